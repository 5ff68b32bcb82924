"""The store of affaires: append-only, chained; state = fold; every refusal a sentence."""

from __future__ import annotations

import datetime as dt
import functools
import random
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infocentre.affaires import Acteur, Affaires, Constat, procedures
from infocentre.affaires.chaine import COLONNES, verifier
from infocentre.affaires.donnees import verifier as admises
from infocentre.affaires.gardes import contre
from infocentre.affaires.modele import Donnee, Procedure
from infocentre.affaires.reglages import reglages_de
from infocentre.affaires.situation import Situation, replier
from infocentre.cli import main
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.decisions.schema import affaires, constats, evenements
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives.promesses import promesse_due
from tests.affaires.conftest import Horloge
from tests.decisions.gardes import sans_gardes
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

MESURES = procedures()["mesures_correctives"]
CONSTAT = Constat(
    "013", "G1201", "Guichet", "DBL_ACTIF", "Doublons", 1, "2026-10", 3, 9, 60, 0.08, 0.26,
    "rouge", "stock", "2026-08",
    (("u1", "013120000000000001", "2026-10-02", "autre demande"),),
)  # fmt: skip
CHOIX = 60  # what is filled at it, a multiple, takes the first of up to six choices
PROPOSE = {"mois": "2026-10", "motif": "rouge"}


def _ouvrir(registre: Affaires, objet: str = "903900000") -> str:
    return registre.ouvrir(MESURES, "013", objet, "doublons", PROPOSE, constats_=[CONSTAT]).id


def _remplir(un: Donnee, rang: int) -> Any:
    if un.type == "lignes":  # one time out of three, no row at all
        return ["x" if rang % 3 == 1 else {c: _remplir(d, rang) for c, d in un.colonnes.items()}]
    if un.type == "choix":
        return list(un.choix)[rang % len(un.choix)]
    valeurs: Mapping[str, Any] = {
        "date": {"passe": "2026-10-05", "a_venir": "2099-01-15"}.get(un.jour or "", "2027-01-15"),
        "heure": "09:30",
        "oui_non": rang % 3 == 0,
        "entier": rang,
        "liste": [f"x{rang}", f"y{rang}"],
        "guichet": f"G{rang:04d}",
        "courriel": f"guichet{rang}@exemple.fr",
        "fichier": f"{rang:064x}",
        "affaire": f"013-2026-{rang + 1:05}",
    }
    return valeurs.get(un.type, f"texte {rang}")


PAS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 40), st.integers(0, 9)), max_size=16)


@pytest.mark.parametrize("code", procedures())
@settings(suppress_health_check=list(HealthCheck))
@given(pas=PAS)
def test_random_events_leave_a_state_that_their_fold_gives(
    code: str, pas: list[tuple[int, int, int]]
) -> None:
    procedure = procedures()[code]
    horloge = Horloge(dt.date(2026, 11, 2))
    registre = Affaires(_commun(), Acteur("Léa"), horloge)
    (ouvrant,) = procedure.possibles(None)
    id_ = registre.ouvrir(procedure, "013", "o", "s", _donnees(procedure, ouvrant, 0)).id
    avant = registre.lire(id_)
    faits = list(avant.situation.evenements)
    for choisi, jours, rang in pas:
        horloge.avancer(jours)
        # Two times out of three an event that the state allows, else any.
        permis = procedure.possibles(avant.etat)
        noms = list(permis if choisi % 3 and permis else procedure.evenements)
        nom = noms[choisi % len(noms)]
        refuse = _refus(registre, id_, nom, _donnees(procedure, nom, rang))
        apres = registre.lire(id_)
        assert apres.etat in procedure.etats
        assert apres.situation.finie or apres.suite or apres.attend
        if refuse is None:
            faits.append(apres.situation.evenements[-1])
            assert apres.etat == procedure.arrivee(avant.etat, nom)
            avant = apres
        else:
            assert len(refuse.quoi) > 15
            assert apres == avant
    assert replier(procedure, faits, "013") == avant.situation
    assert _finit(avant.situation, reglages_de(procedure))
    registre.verifier()


def _finit(debut: Situation, reglages: Mapping[str, int]) -> bool:
    """Tell whether people and deliveries, given time, can bring an affaire to its end."""
    vues, reste = set[tuple[str | None, ...]](), [debut]
    while reste:
        situation = reste.pop(0)
        if situation.finie:
            return True
        suites = [une for une in _suites(situation, reglages) if _cle(une) not in vues]
        vues.update(map(_cle, suites))
        reste += suites
    return False


def _cle(situation: Situation) -> tuple[str | None, ...]:
    return situation.etat, *sorted({un.nom for un in situation.evenements[-4:]})


def _suites(situation: Situation, reglages: Mapping[str, int]) -> Iterator[Situation]:
    """Yield what each event leads to, a year later, that no guard refuses."""
    dernier, procedure = situation.evenements[-1], situation.procedure
    quand = dernier.saisi_le + dt.timedelta(days=400)
    neuf = CHOIX * len(situation.evenements)  # a delivery not seen yet, the same choices
    for nom in procedure.possibles(situation.etat):
        regle = procedure.evenements[nom]
        for rang in range(len(regle.donnees["issue"].choix) if "issue" in regle.donnees else 1):
            portees = admises(regle, _donnees(procedure, nom, neuf + rang), quand.date())
            un = replace(dernier, nom=nom, jour=quand.date(), saisi_le=quand, donnees=portees)
            if contre(regle, situation, un, reglages) is None:
                yield situation.apres(un)


def test_what_is_contested_and_maintained_may_go_on_to_the_next_step(
    registre: Affaires, horloge: Horloge
) -> None:
    id_ = _ouvrir(registre)
    for nom, donnees in (
        ("accepter", {}),
        ("signaler", {"canal": "courriel"}),
        ("repondre", {"canal": "courriel", "choix": "conteste", "contestation": "chiffre"}),
    ):
        registre.agir(id_, nom, donnees)
    reglages = reglages_de(MESURES)
    assert promesse_due(registre.lire(id_).situation, reglages) is None
    horloge.avancer(10)
    registre.agir(id_, "maintenir", {"raison": "le chiffre est celui de la livraison"})
    # 21 working days after Thursday 12 November 2026.
    assert promesse_due(registre.lire(id_).situation, reglages) == dt.date(2026, 12, 11)
    with pytest.raises(Refus, match="n'attend de suite"):
        registre.agir(id_, "maintenir", {"raison": "encore"})


@pytest.mark.parametrize(
    ("faits", "due"),
    [
        # Nothing was answered: nothing was promised.
        ([], None),
        # Agreed on Tuesday 10 November, without a plan: 21 working days, the 11th being off.
        ([("repondre", 10, {"canal": "courriel", "choix": "accord"})], dt.date(2026, 12, 10)),
        # The same, and a week granted: Thursday the 17th.
        (
            [
                ("repondre", 10, {"canal": "courriel", "choix": "engage"}),
                ("accorder_delai", 12, {"jusqu_au": "2026-11-19", "raison": "congés"}),
            ],
            dt.date(2026, 12, 17),
        ),
        # A plan: its first date; without one, the day it came; a longer time granted since holds.
        ([("recevoir_plan", 12, {"actions": [{"action": "former"}]})], dt.date(2026, 11, 12)),
        (
            [
                ("recevoir_plan", 12, {"actions": [
                    {"action": "former", "pour_le": "2027-02-01"},
                    {"action": "corriger", "pour_le": "2026-12-31"},
                ]}),
            ],
            dt.date(2026, 12, 31),
        ),
        (
            [
                ("recevoir_plan", 12, {"actions": [{"action": "a", "pour_le": "2026-12-31"}]}),
                ("accorder_delai", 20, {"jusqu_au": "2027-01-31", "raison": "logiciel"}),
            ],
            dt.date(2027, 1, 31),
        ),
    ],
)  # fmt: skip
def test_a_promise_is_due_on_a_day(
    registre: Affaires,
    horloge: Horloge,
    faits: list[tuple[str, int, dict[str, Any]]],
    due: dt.date | None,
) -> None:
    id_ = _ouvrir(registre)
    registre.agir(id_, "accepter")
    registre.agir(id_, "signaler", {"canal": "courriel"})
    for nom, jour, donnees in faits:
        horloge.mettre(dt.date(2026, 11, jour))
        registre.agir(id_, nom, donnees)
    assert promesse_due(registre.lire(id_).situation, reglages_de(MESURES)) == due


def _refus(registre: Affaires, id_: str, nom: str, donnees: dict[str, Any]) -> Refus | None:
    try:
        registre.agir(id_, nom, donnees)
    except Refus as refus:
        return refus
    return None


def _donnees(procedure: Procedure, nom: str, rang: int) -> dict[str, Any]:
    regle = procedure.evenements[nom]
    dites, toutes = regle.donnees, rang % 2 or regle.dit_seulement
    gardees = {cle: un for cle, un in dites.items() if un.requis or toutes}
    donnees = {cle: _remplir(un, rang) for cle, un in gardees.items()}
    donnees.pop("constats", None)
    if "constats" in dites:
        donnees["constats"] = [CONSTAT.id]
    return donnees


@functools.cache
def _avec_une_autre() -> tuple[Magasin, str]:
    """Return a store that the examples share, and the affaire that it had before them."""
    magasin = Magasin("sqlite://")
    return magasin, _ouvrir(Affaires(magasin, Acteur("Léa"), Horloge(dt.date(2026, 11, 2))))


def _commun() -> Magasin:
    """Return the store of the examples, as it was before them: another affaire is in it."""
    magasin, autre = _avec_une_autre()
    with sans_gardes(magasin) as con:
        for table, la_sienne in (
            (constats, constats.c.affaire),
            (evenements, evenements.c.affaire),
            (affaires, affaires.c.id),
        ):
            con.execute(table.delete().where(la_sienne != autre))
    return magasin


def test_an_altered_chain_is_named_whatever_is_altered() -> None:
    hasard = random.Random(14)  # noqa: S311 - the same alterations each time
    horloge, magasin = Horloge(dt.date(2026, 11, 2)), Magasin("sqlite://")
    registre = Affaires(magasin, Acteur("Léa"), horloge)
    _ouvrir(registre)  # with the constat that the others quote
    for procedure in procedures().values():
        for rang in (0, 2, 3):
            _vivre(registre, procedure, rang, hasard)
    tete = registre.verifier()
    with sans_gardes(magasin) as con:
        lignes = [dict(une) for une in con.execute(evenements.select()).mappings()]
        notees = [dict(une) for une in con.execute(affaires.select()).mappings()]
    assert len(lignes) > 10 * len(procedures())
    for tour in range(50 * PROFONDEUR):
        ligne, autre = hasard.sample(lignes, 2)
        notee = hasard.choice(notees)
        with pytest.raises(Refus) as refus, magasin.ecrire() as con:  # noqa: PT012 - undone by it
            if tour % 5:
                _alterer(con, ligne, autre, hasard, tete.rang)
            else:
                _renoter(con, notee, {une["regles"] for une in notees}, hasard)
            verifier(con)
        dit = f"événement {ligne['rang']} " if tour % 5 else f"l'affaire {notee['id']} :"
        assert dit in refus.value.quoi
        assert refus.value.que_faire
    assert registre.verifier(tete.empreinte[:16]) == tete


def _vivre(registre: Affaires, procedure: Procedure, rang: int, hasard: random.Random) -> None:
    """Open an affaire, and do what may be done of it a few times."""
    (ouvrant,) = procedure.possibles(None)
    id_ = registre.ouvrir(procedure, "013", "o", "s", _donnees(procedure, ouvrant, rang)).id
    for _ in range(8):
        nom = hasard.choice(procedure.possibles(registre.lire(id_).etat) or [ouvrant])
        _refus(registre, id_, nom, _donnees(procedure, nom, rang))


def _renoter(
    con: sa.Connection, notee: dict[str, Any], regles: set[str], hasard: random.Random
) -> None:
    """Change a column of what the row of an affaire keeps of its events."""
    colonne = hasard.choice([un for un in COLONNES if un != "close_le" or notee[un]])
    valeur = notee[colonne]
    if colonne == "regles":  # those of another procedure
        change: Any = hasard.choice(sorted(regles - {valeur}))
    elif isinstance(valeur, int):
        change = valeur + 1
    elif isinstance(valeur, dt.date):
        change = valeur + dt.timedelta(days=1)
    else:
        change = _autre(valeur, hasard)
    con.execute(affaires.update().where(affaires.c.id == notee["id"]).values({colonne: change}))


def _alterer(
    con: sa.Connection,
    ligne: dict[str, Any],
    autre: dict[str, Any],
    hasard: random.Random,
    dernier: int,
) -> None:
    """Remove an event, put another in its place, or change one letter of one of its columns."""
    cible = evenements.c.rang == ligne["rang"]
    genre = hasard.choice(["retirer", "echanger", "modifier", "modifier"])
    if (
        genre == "retirer" and ligne["rang"] < dernier
    ):  # the last one is what the printed head tells
        con.execute(evenements.delete().where(cible))
    elif genre == "echanger":
        sans_rang = {nom: un for nom, un in autre.items() if nom != "rang"}
        con.execute(evenements.update().where(cible).values(sans_rang))
    else:
        colonne = hasard.choice(
            [nom for nom, un in ligne.items() if isinstance(un, str) and nom != "affaire"]
        )
        change = {colonne: _autre(ligne[colonne], hasard)}
        con.execute(evenements.update().where(cible).values(change))


def _autre(valeur: str, hasard: random.Random) -> str:
    rang = hasard.randrange(len(valeur))
    remplacant = "b" if valeur[rang] != "b" else "c"
    return valeur[:rang] + remplacant + valeur[rang + 1 :]


def test_an_end_cut_off_is_told_by_the_printed_head(registre: Affaires, magasin: Magasin) -> None:
    id_ = _ouvrir(registre)
    registre.agir(id_, "accepter")
    imprimee = registre.tete().empreinte[:16]
    with sans_gardes(magasin) as con:
        con.execute(evenements.delete().where(evenements.c.nom == "accepter"))
    with pytest.raises(Refus, match=f"aucun événement n'a l'empreinte {imprimee}"):
        registre.verifier(imprimee)
    with pytest.raises(Refus, match="scellés, disent « a_proposer »"):
        registre.verifier()


def test_an_altered_or_missing_constat_is_named_with_the_event_that_quotes_it(
    registre: Affaires, magasin: Magasin
) -> None:
    _ouvrir(registre)
    for change in (
        {"contenu": CONSTAT.contenu.replace('"denominateur":60', '"denominateur":61')},
        {"contenu": CONSTAT.contenu, "unites": CONSTAT.liste.replace("u1", "u2")},
    ):
        with sans_gardes(magasin) as con:
            con.execute(constats.update().values(change))
        with pytest.raises(Refus, match=r"le constat .* que cite l'événement 1 .* a été modifié"):
            registre.verifier()
    with sans_gardes(magasin) as con:
        con.execute(constats.delete())
    with pytest.raises(Refus, match=r"le constat .* manque"):
        registre.verifier()


def test_two_who_open_the_same_at_once_open_it_once(registre: Affaires) -> None:
    id_ = _ouvrir(registre)
    with pytest.raises(Refus, match=f"l'affaire {id_} est déjà ouverte"):
        registre.ouvrir(MESURES, "013", "903900000", "doublons", PROPOSE, seule=True)
    registre.agir(id_, "ecarter", {"raison": "x"})
    dites = {"constats_": [CONSTAT], "seule": True}
    autre = registre.ouvrir(MESURES, "013", "903900000", "doublons", PROPOSE, **dites)  # type: ignore[arg-type]
    assert registre.lire(autre.id) == autre


def test_the_timer_decides_nothing(magasin: Magasin, horloge: Horloge, registre: Affaires) -> None:
    minuteur = Affaires(magasin, Acteur("minuteur", "minuteur"), horloge)
    id_ = _ouvrir(minuteur)
    with pytest.raises(Refus, match="se décide par une personne"):
        minuteur.agir(id_, "accepter")
    registre.agir(id_, "accepter")
    with pytest.raises(Refus, match="se décide par une personne"):
        minuteur.agir(id_, "signaler", {"canal": "courriel"})


def test_a_clock_moved_back_writes_nothing(registre: Affaires, horloge: Horloge) -> None:
    id_ = _ouvrir(registre)
    horloge.avancer(-3)
    with pytest.raises(Refus, match="avant le dernier événement"):
        registre.agir(id_, "accepter")
    horloge.avancer(3)
    assert registre.lire(id_).etat == "a_proposer"


def test_a_clock_once_ahead_locks_nothing_once_it_is_told(
    registre: Affaires, horloge: Horloge, magasin: Magasin
) -> None:
    """An affaire sent and another opened under 2031; the clock is put right on 5 November 2026."""
    id_ = _ouvrir(registre)
    registre.agir(id_, "accepter")
    horloge.mettre(dt.date(2031, 1, 1))
    registre.agir(id_, "signaler", {"canal": "courriel"})
    autre = _ouvrir(registre, "903900018")
    horloge.mettre(dt.date(2026, 11, 5))
    with pytest.raises(Refus, match="avant le dernier événement, du 01/01/2031") as refus:
        registre.agir(id_, "repondre", {"canal": "courriel", "choix": "accord"})
    assert "infocentre mesures horloge" in refus.value.que_faire
    corrigees = registre.corriger_l_horloge("carte mère remplacée", dt.date(2026, 11, 4))
    assert [une.id for une in corrigees] == sorted([id_, autre])
    une = registre.lire(id_)
    # Its days are the right ones: the answer is due 21 days after 4 November, and may come.
    assert [un.jour for un in une.situation.tous("signaler")] == [dt.date(2026, 11, 4)]
    assert {e.nature: e.due for e in une.echeances}["reponse"] == dt.date(2026, 11, 25)
    registre.agir(id_, "repondre", {"canal": "courriel", "choix": "accord"})
    assert registre.lire(autre).ouverte_le == dt.date(2026, 11, 4)
    registre.agir(autre, "accepter", jour=dt.date(2026, 11, 4))
    # What was written is still there, in a chain that holds.
    with magasin.lire() as con:
        ecrits = con.execute(sa.select(evenements.c.jour).order_by(evenements.c.rang)).scalars()
        assert list(ecrits)[2:4] == ["2031-01-01", "2031-01-01"]
    assert registre.verifier().rang == 8
    with pytest.raises(Refus, match="aucun événement n'est d'une date à venir"):
        registre.corriger_l_horloge("encore")


def test_a_clock_far_ahead_of_the_last_delivery_writes_nothing(magasin: Magasin) -> None:
    horloge = Horloge(dt.date(2026, 11, 2))
    registre = Affaires(
        magasin, Acteur("Léa"), horloge, derniere_livraison=lambda: dt.date(2026, 10, 31)
    )
    id_ = _ouvrir(registre)
    horloge.mettre(dt.date(2027, 12, 5))  # 400 days after
    registre.agir(id_, "accepter")
    for le in (dt.date(2027, 12, 6), dt.date(2031, 1, 1)):
        horloge.mettre(le)
        dit = "jours après la dernière livraison, du 31/10/2026"
        with pytest.raises(Refus, match=dit):
            registre.agir(id_, "signaler", {"canal": "courriel"})
        with pytest.raises(Refus, match=dit):
            _ouvrir(registre, "903900018")
    assert registre.tete().rang == 2


def test_what_happened_last_week_is_entered_today(registre: Affaires, horloge: Horloge) -> None:
    id_ = _ouvrir(registre)
    horloge.avancer(10)
    registre.agir(id_, "accepter")
    envoi = registre.agir(id_, "signaler", {"canal": "courrier"}, jour=dt.date(2026, 11, 5))
    (le,) = envoi.situation.tous("signaler")
    assert (le.jour, le.saisi_le.date()) == (dt.date(2026, 11, 5), dt.date(2026, 11, 12))
    assert envoi.echeances[0].due == dt.date(2026, 11, 19)
    for jour in (dt.date(2026, 11, 1), dt.date(2026, 11, 13)):
        with pytest.raises(Refus, match="n'est pas entre"):
            registre.agir(id_, "repondre", {"canal": "courrier", "choix": "accord"}, jour=jour)


def test_two_people_on_one_affaire_are_told_of_each_other(
    registre: Affaires, magasin: Magasin, horloge: Horloge
) -> None:
    id_ = _ouvrir(registre)
    vus = len(registre.lire(id_).situation.evenements)
    Affaires(magasin, Acteur("Bruno"), horloge).agir(id_, "accepter")
    with pytest.raises(Refus, match="« Proposition acceptée » par Bruno"):
        registre.agir(id_, "ecarter", {"raison": "fermé"}, vus=vus)


@pytest.mark.parametrize(
    ("nom", "donnees", "dit"),
    [
        ("ecarter", {}, "il manque « Raison »"),
        ("ecarter", {"raison": "x", "autre": 1}, "« autre » n'est pas attendu"),
        ("ecarter", {"raison": 3}, "un texte est attendu"),
        ("inconnu", {}, "n'existe pas"),
        ("clore", {"issue": "corrige"}, "n'est pas possible"),
    ],
)
def test_what_an_event_may_not_carry_is_said(
    registre: Affaires, nom: str, donnees: dict[str, Any], dit: str
) -> None:
    with pytest.raises(Refus, match=dit):
        registre.agir(_ouvrir(registre), nom, donnees)


def test_an_affaire_keeps_the_rules_that_it_began_with(registre: Affaires) -> None:
    id_ = _ouvrir(registre)
    nouvelle = MESURES.model_copy(update={"version": 9, "titre": "Autres mesures"})
    autre = registre.ouvrir(nouvelle, "013", "o", "s", PROPOSE, constats_=[CONSTAT])
    assert registre.lire(id_).situation.procedure.version == MESURES.version
    assert registre.lire(autre.id).situation.procedure == nouvelle


def test_a_delivery_may_say_nothing_of_an_affaire_that_began_before(registre: Affaires) -> None:
    """Its rules of version 3 asked that a verification say « encore rouge » or not."""
    dits = dict(MESURES.evenements["verifier"].donnees)
    dits["depasse"] = dits["depasse"].model_copy(update={"requis": True})
    del dits["jugement"]
    avant = MESURES.evenements["verifier"].model_copy(update={"donnees": dits})
    ancienne = MESURES.model_copy(
        update={"version": 3, "evenements": {**MESURES.evenements, "verifier": avant}}
    )
    une = registre.ouvrir(ancienne, "013", "o", "s", PROPOSE, constats_=[CONSTAT])
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "signaler", {"canal": "courriel"})
    compte = {"guichet": "G1301", "constat": CONSTAT.id, "etat": "effectif_insuffisant"}
    dite = {"livraison": "a", "mois": "2026-11", "jugement": 2, "comptes": [compte]}
    suite = registre.agir(une.id, "verifier", dite)
    assert "depasse" not in suite.situation.evenements[-1].donnees
    assert suite.situation.procedure.version == 3


def test_the_rules_that_an_affaire_keeps_are_in_the_order_of_their_file(
    registre: Affaires,
) -> None:
    """A person types « value ; value »: the columns of a row in the order that is said."""
    une = registre.ouvrir(MESURES, "013", "o", "s", PROPOSE, constats_=[CONSTAT])
    gardees = registre.lire(une.id).situation.procedure
    assert list(gardees.evenements) == list(MESURES.evenements)
    for nom, evenement in MESURES.evenements.items():
        for cle, donnee in evenement.donnees.items():
            gardee = gardees.evenements[nom].donnees[cle]
            assert list(gardee.colonnes) == list(donnee.colonnes)
    colonnes = MESURES.evenements["repondre"].donnees["unites"].colonnes
    assert list(colonnes) != sorted(colonnes)  # else this tells nothing


def test_an_affaire_that_began_before_is_held_to_the_days_of_today(registre: Affaires) -> None:
    """Its procedure said of no date that it is to come: it named a guard, which is none now."""
    accorder = MESURES.evenements["accorder_delai"]
    dits = {nom: un.model_copy(update={"jour": None}) for nom, un in accorder.donnees.items()}
    avant = accorder.model_copy(update={"donnees": dits, "garde": "jour_a_venir"})
    ancienne = MESURES.model_copy(
        update={"version": 3, "evenements": {**MESURES.evenements, "accorder_delai": avant}}
    )
    une = registre.ouvrir(ancienne, "013", "o", "s", PROPOSE, constats_=[CONSTAT])
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "signaler", {"canal": "courriel"})
    with pytest.raises(Refus, match="« Jusqu'au » : le 01/11/2026 est passé"):
        registre.agir(une.id, "accorder_delai", {"jusqu_au": "2026-11-01", "raison": "travaux"})
    registre.agir(une.id, "accorder_delai", {"jusqu_au": "2026-11-20", "raison": "travaux"})


def test_writers_of_one_chain_wait_for_each_other(url: str, horloge: Horloge) -> None:
    def ouvrir() -> None:
        registre = Affaires(Magasin(url), Acteur("x"), horloge)
        for _ in range(5):
            _ouvrir(registre)

    Magasin(url)
    fils = [threading.Thread(target=ouvrir) for _ in range(4)]
    for un in fils:
        un.start()
    for un in fils:
        un.join()
    registre = Affaires(Magasin(url), Acteur("x"), horloge)
    assert registre.verifier().rang == 20
    assert len({une.id for une in registre.lister("013")}) == 20


def test_the_command_names_what_is_altered_and_finds_the_printed_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    assert main(["preuve", "verifier"]) == 1
    assert "rien n'a encore été décidé" in capsys.readouterr().err
    magasin = ouvrir_magasin(tmp_path)
    registre = Affaires(magasin, Acteur("Léa"))
    registre.agir(_ouvrir(registre), "accepter")
    assert main(["preuve", "verifier", "--tete", registre.tete().empreinte[:16]]) == 0
    assert "2 événements intacts" in capsys.readouterr().out
    with sans_gardes(magasin) as con:
        con.execute(evenements.update().where(evenements.c.rang == 2).values(auteur="Bruno"))
    assert main(["preuve", "verifier"]) == 1
    assert "l'événement 2 (affaire 013-" in capsys.readouterr().err
