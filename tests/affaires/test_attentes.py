"""What waits in an affaire: all that its state, its days and its answers say, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infocentre.affaires import Acteur, Affaire, Affaires, procedures
from infocentre.affaires.attentes import AFaire, demande_a
from infocentre.affaires.procedure import FICHIER
from infocentre.decisions import Magasin
from infocentre.demarches.regles import regles_de
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import DES_PROCEDURES
from infocentre.noyau.erreurs import Refus
from tests.affaires.conftest import Horloge
from tests.affaires.scenario import MUETTE, PLAN, REPOND, SIGNALER, VISITES, Attend
from tests.affaires.test_registre import PAS, _commun, _donnees
from tests.profondeur import PROFONDEUR

MESURES = procedures()["mesures_correctives"]
LE = dt.date(2026, 11, 2)
ECRITES = {
    code: fichiers_yaml.lire((DES_PROCEDURES / code / FICHIER).read_text("utf-8"))
    for code in procedures()
}


def _lignes(une: Affaire, jour: dt.date) -> list[AFaire]:
    return regles_de(une.procedure.code).a_faire(une, jour)


# --- Whatever happens -----------------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.parametrize("code", procedures())
@settings(max_examples=8 * PROFONDEUR, suppress_health_check=list(HealthCheck), deadline=None)
@given(pas=PAS, roles=st.lists(st.booleans(), min_size=16, max_size=16))
def test_what_waits_is_in_the_queue_and_leaves_by_its_button(
    code: str, pas: list[tuple[int, int, int]], roles: list[bool]
) -> None:
    procedure, horloge, magasin = procedures()[code], Horloge(LE), _commun()
    lea = Affaires(magasin, Acteur("Léa"), horloge)
    guichet = Affaires(magasin, Acteur("Guichet", "guichet"), horloge)
    (ouvrant,) = procedure.possibles(None)
    id_ = lea.ouvrir(procedure, "013", "o", "s", _donnees(procedure, ouvrant, 0)).id
    for (choisi, jours, rang), du_guichet in zip(pas, roles, strict=False):
        horloge.avancer(jours)
        permis = procedure.possibles(lea.lire(id_).etat)
        if permis:
            nom = permis[choisi % len(permis)]
            try:
                (guichet if du_guichet else lea).agir(id_, nom, _donnees(procedure, nom, rang))
            except Refus:
                continue
        une = lea.lire(id_)
        lignes = _lignes(une, lea.aujourdhui)
        assert bool(lignes) == _attend(lea, une), (une.etat, lignes)
        _sort_par_son_bouton(lea, une, lignes)


def _attend(registre: Affaires, une: Affaire) -> bool:
    """Tell whether an affaire waits, as its YAML and its events say, read another way."""
    code, jour = une.procedure.code, registre.aujourdhui
    lu = ECRITES[code]
    etat, faits = lu["etats"][une.etat], une.situation.evenements
    if etat.get("final"):
        return False

    def permis(nom: str) -> bool:
        try:
            registre.exiger(une.id, nom)
        except Refus:
            return False
        return True

    humains = [
        un
        for un in faits
        if not any(
            d.get("requis") and d.get("calculee")
            for d in lu["evenements"].get(un.nom, {}).get("donnees", {}).values()
        )
        or un.role == "guichet"
    ]
    derniers = [un for un in humains if un.role in {"gestionnaire", "guichet"}]
    reponses = {nom for nom, e in lu["evenements"].items() if e.get("tache") == "reponse"}
    repondu = [un for un in derniers if un.role == "gestionnaire" or un.nom in reponses]
    a_lire = (
        bool(repondu)
        and repondu[-1].role == "guichet"
        and not lu["evenements"][repondu[-1].nom].get("ouvre")
    )
    suspens = _en_suspens([(un.nom, dict(un.donnees)) for un in faits])
    tard = any(e.due < jour and not (e.alerte or e.propose or e.a_terme) for e in une.echeances)
    propose = any(e.propose and e.due <= jour and permis(e.propose) for e in une.echeances)
    suite = etat.get("suite")
    a_suivre = bool(suite) and (tard or "attend" not in etat) and permis(suite)
    propres = code == "mesures_correctives" and _des_mesures(une, permis)
    return a_lire or suspens or tard or propose or a_suivre or propres or une.a_revoir


def _en_suspens(faits: list[tuple[str, dict[str, Any]]]) -> bool:
    """Tell whether a message may have left: prepared, and nothing that says it did or did not."""
    suspens = None
    for nom, donnees in faits:
        if nom == "preparer_envoi":
            suspens = donnees["pour"]
        elif nom in {suspens, "envoi_echoue"}:
            suspens = None
        elif nom == "lever_doute":
            suspens = suspens if donnees.get("arrive") is True else None
    return suspens is not None


def _des_mesures(une: Affaire, permis: Any) -> bool:
    """Tell what only the measures wait for: help, time, who is right, a plan that is not kept."""
    faits = list(une.situation.evenements)
    envois = [rang for rang, un in enumerate(faits) if un.nom == "signaler"]
    suite = faits[envois[-1] + 1 :] if envois else faits
    rangs = [rang for rang, un in enumerate(suite) if un.nom == "repondre"]
    if rangs:
        reponse, apres = suite[rangs[-1]], suite[rangs[-1] + 1 :]
        if reponse.donnees["choix"] == "aide":
            return True
        if reponse.donnees.get("delai_demande") and not any(
            un.nom == "accorder_delai" for un in apres
        ):
            return True
        conteste = reponse.donnees["choix"] == "conteste"
        if conteste and une.etat == "en_cours" and not any(un.nom == "maintenir" for un in apres):
            return True
    debuts = [rang for rang, un in enumerate(faits) if un.nom in {"proposer", "rouvrir"}]
    vus = [un for un in faits[debuts[-1] :] if un.nom == "verifier"]
    sans_rouge = _de_suite([un.donnees.get("depasse") for un in vus])
    non_tenus = _de_suite([un.donnees.get("plan_tenu") for un in vus])
    if une.etape and sans_rouge >= 2:
        return True
    return une.etat == "en_cours" and non_tenus >= 2 and permis("formaliser")


def _de_suite(dits: list[bool | None]) -> int:
    """Count the last that say no; what says nothing does not count."""
    utiles = [dit for dit in dits if dit is not None]
    return next((n for n, dit in enumerate(reversed(utiles)) if dit), len(utiles))


def _sort_par_son_bouton(registre: Affaires, une: Affaire, lignes: list[AFaire]) -> None:
    """Do what the first line asks, where a click does it: it is there no more."""
    if not lignes or lignes[0].evenement is None:
        return
    premiere, regles = lignes[0], regles_de(une.procedure.code)
    nom = str(premiere.evenement)
    registre.exiger(une.id, nom)  # nothing is proposed that would be refused
    geste = regles.geste(une, nom)
    if geste is not None:
        apres = registre.agir(une.id, nom, geste)
        restent = [
            (un.tache, un.evenement, un.depuis) for un in _lignes(apres, registre.aujourdhui)
        ]
        assert (premiere.tache, nom, premiere.depuis) not in restent


# --- Six months, once every thirty days -----------------------------------------------------------


@pytest.fixture
def guichet(magasin: Magasin, horloge: Horloge) -> Affaires:
    return Affaires(magasin, Acteur("Guichet", "guichet"), horloge)


def _signalee(registre: Affaires, objet: str) -> str:
    donnees = {"mois": "2026-10", "motif": "rouge", "constats": ["c1"]}
    id_ = registre.ouvrir(MESURES, "013", objet, "doublons", donnees).id
    registre.agir(id_, "accepter")
    registre.agir(id_, "signaler", SIGNALER)
    return id_


def _dites(registre: Affaires, id_: str) -> list[tuple[str, str | None, dt.date | None]]:
    lues = _lignes(registre.lire(id_), registre.aujourdhui)
    return [(une.tache, une.evenement, une.due) for une in lues]


def test_a_monthly_visitor_meets_each_reminder_answer_delay_and_silence(
    registre: Affaires, guichet: Affaires, horloge: Horloge
) -> None:
    ids = {MUETTE: _signalee(registre, "A"), REPOND: _signalee(registre, "B")}
    for visite in VISITES:
        for fait in visite.avant:
            horloge.mettre(fait.le)
            qui = guichet if fait.role == "guichet" else registre
            qui.agir(ids[fait.affaire], fait.evenement, fait.donnees)
        horloge.mettre(visite.le)
        for nom, id_ in ids.items():
            _faire_une_a_une(registre, id_, visite.lignes.get(nom, ()))
    assert {nom: registre.lire(id_).etat for nom, id_ in ids.items()} == {
        MUETTE: "transmis", REPOND: "clos"
    }  # fmt: skip


def _faire_une_a_une(registre: Affaires, id_: str, attendues: tuple[Attend, ...]) -> None:
    """Do the lines of an affaire by their buttons: each is the first, and nothing follows them."""
    for une in attendues:
        tache, evenement, due = _dites(registre, id_)[0]
        assert (tache, evenement) == (une.tache, une.evenement)
        assert une.due in {None, due}
        lue = registre.lire(id_)
        geste = regles_de("mesures_correctives").geste(lue, une.evenement)
        assert (geste is None) == (une.dit is not None)
        registre.agir(id_, une.evenement, une.dit if geste is None else geste)
    assert _dites(registre, id_) == []


def test_a_plan_that_does_not_come_is_late_until_more_time_is_given(
    registre: Affaires, guichet: Affaires, horloge: Horloge
) -> None:
    id_ = _signalee(registre, "A")
    guichet.agir(id_, "repondre", {"canal": "application", "choix": "accord"})
    assert [un[:2] for un in _dites(registre, id_)] == [("reponse", "prendre_acte")]
    registre.agir(id_, "prendre_acte")
    horloge.mettre(dt.date(2026, 12, 1))  # 21 working days after the 2nd, one of them a holiday
    assert _dites(registre, id_) == []
    horloge.mettre(dt.date(2026, 12, 31))
    assert _dites(registre, id_) == [("retard", "accorder_delai", dt.date(2026, 12, 2))]


def test_who_acts_has_read_what_was_answered(registre: Affaires, guichet: Affaires) -> None:
    id_ = _signalee(registre, "A")
    guichet.agir(id_, "repondre", {"canal": "application", "choix": "engage"})
    registre.agir(id_, "recevoir_plan", PLAN)
    assert _dites(registre, id_) == []


def test_what_is_contested_waits_for_who_decides(registre: Affaires, guichet: Affaires) -> None:
    id_ = _signalee(registre, "A")
    dit = {"canal": "application", "choix": "conteste", "contestation": "chiffre"}
    guichet.agir(id_, "repondre", dit)
    assert [un[:2] for un in _dites(registre, id_)] == [("litige", "maintenir")]
    registre.agir(id_, "maintenir", {"raison": "le chiffre est juste"})
    assert _dites(registre, id_) == []


def test_a_rule_that_changed_waits_until_somebody_looks_again(registre: Affaires) -> None:
    id_ = _signalee(registre, "A")
    doute = {"raison": "seuil de 5 à 4 %", "regles": ["c1 v2"]}
    registre.agir(id_, "marquer_a_revoir", doute)
    assert [un[:2] for un in _dites(registre, id_)] == [("doute", "revoir")]
    registre.agir(id_, "revoir", {"suite": "maintenue"})
    assert _dites(registre, id_) == []


def test_a_guichet_is_asked_until_it_answers(
    registre: Affaires, guichet: Affaires, horloge: Horloge
) -> None:
    id_ = _signalee(registre, "A")

    def demande() -> tuple[str | None, dt.date | None] | None:
        lue = demande_a(registre.lire(id_), "guichet")
        return (lue.evenement, lue.due) if lue else None

    assert demande() == ("repondre", dt.date(2026, 11, 23))
    horloge.mettre(dt.date(2026, 12, 2))
    registre.agir(id_, "relancer", SIGNALER)
    assert demande() == ("repondre", dt.date(2026, 12, 9))
    horloge.mettre(dt.date(2026, 12, 10))
    registre.agir(id_, "constater_silence", {})
    assert demande() == ("repondre", dt.date(2026, 12, 9))  # late, and still asked
    guichet.agir(id_, "repondre", {"canal": "application", "choix": "accord"})
    assert demande() == ("recevoir_plan", dt.date(2027, 1, 12))
    guichet.agir(id_, "recevoir_plan", PLAN)
    assert demande() is None
