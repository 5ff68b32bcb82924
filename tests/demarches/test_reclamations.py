"""Réclamations, from what is said at a guichet to what a delivery shows, and to their erasure."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaire, Affaires, procedures
from infocentre.affaires.modele import Role
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.face import Face, passer
from infocentre.demarches.journee import _des_restes
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.radiations import affaire_ouverte
from infocentre.noyau.erreurs import Refus
from infocentre.operations.purge import effacer, purger
from infocentre.procedures.reclamations import regles
from infocentre.restitutions.formes import FORMES
from tests.affaires.conftest import Horloge
from tests.donnees.atelier import charger, copie
from tests.donnees.communs import une_fois
from tests.livraisons.atelier import Ligne, Petite, en_csv, guichets, ligne, numero

CODE, ICI = "reclamations", "013"
SANS_PREAVIS, ABSENTE, LOGEE, TARDIVE, DERADIEE, ACTIVE, REVENUE, SANS_BAIL, AILLEURS = map(
    numero, range(1, 10)
)
DITS = {"sur": "preavis", "recue_par": "guichet", "recue_le": "02/11/2026"}


def _radiee(qui: str, **valeurs: str) -> Ligne:
    """Return a demande of the 1st of September 2025, radiée on the 5th of October 2026."""
    siennes = {
        "DATE_CREATION": "01/09/2025",
        "DATE_RENOUVELLEMENT": "",
        "DATE_PREAVIS_SIMPLE": "",
        "DATE_PREAVIS_AR": "",
        "DATE_RADIATION": "05/10/2026",
        "MOTIF_RADIATION": "RADREN",
        "DATE_SIGNATURE_BAIL": "",
        "CONTACT_MAIL": "1",
    }
    return ligne("radiation", 1) | siennes | {"NUMERO_UNIQUE": qui} | valeurs


RADIEES = {
    SANS_PREAVIS: _radiee(SANS_PREAVIS),
    ABSENTE: _radiee(ABSENTE, DATE_PREAVIS_SIMPLE="20/08/2026"),
    LOGEE: _radiee(LOGEE, MOTIF_RADIATION="RADATT", DATE_SIGNATURE_BAIL="01/10/2026"),
    TARDIVE: _radiee(TARDIVE, DATE_CREATION="10/01/2025", DATE_RADIATION="12/02/2026"),
    DERADIEE: _radiee(DERADIEE),
    SANS_BAIL: _radiee(SANS_BAIL, MOTIF_RADIATION="RADATT", GUICHET_ENREGISTREUR="G1302"),
}


def _acte(rang: int, qui: str, genre: str, le: str) -> Ligne:
    valeurs = {"TYPE_EVENEMENT": genre, "DATE_EVENEMENT": le, "DATE_SAISIE": le}
    return ligne("journal", rang) | {"NUMERO_UNIQUE": qui} | valeurs


ACTES = [_acte(1, DERADIEE, "DERAD", "20/10/2026"), _acte(2, REVENUE, "DERAD", "01/09/2026")]


def _livrer(atelier: Path) -> None:
    monde = Monde(atelier / "donnees", Horloge(dt.date(2026, 11, 5)))
    monde.livrer("2026-10", 31, RADIEES, [ACTIVE, REVENUE])


@pytest.fixture(scope="module")
def octobre() -> Path:
    return une_fois("reclamations", _livrer) / "donnees"


@pytest.fixture
def monde(octobre: Path, tmp_path: Path) -> Monde:
    """Return a data directory whose delivery of October shows one demande of each kind."""
    return Monde(copie(octobre, tmp_path / "donnees"), Horloge(dt.date(2026, 11, 5)))


class Monde:
    """A data directory and the clock of who acts on it."""

    def __init__(self, racine: Path, horloge: Horloge) -> None:
        self.racine, self.horloge = racine, horloge

    def livrer(
        self,
        mois: str,
        fin: int,
        radiees: dict[str, Ligne],
        actives: list[str],
        actes: list[Ligne] | None = None,
        departement: str = ICI,
        plis: list[Ligne] | None = None,
    ) -> None:
        depot = Petite()
        depot.texte("stock", en_csv([ligne("stock", 1) | {"NUMERO_UNIQUE": un} for un in actives]))
        depot.texte("radiation", en_csv([*radiees.values()]))
        depot.texte("guichets", en_csv(guichets()))
        depot.texte("journal", en_csv(actes or ACTES))
        if plis:
            depot.texte("plis", en_csv(plis))
        depot.manifeste(departement=departement, arrete=f"{mois}-{fin}")
        ou = depot.ecrire(self.racine.parent / f"{departement}-{mois}")
        charger(self.racine, ou, confirmer="petite livraison")

    def registre(self, role: Role = "gestionnaire") -> Affaires:
        return Affaires(ouvrir_magasin(self.racine), Acteur("Léa", role), self.horloge)

    @contextmanager
    def face(self, role: Role = "gestionnaire", p: Perimetre = TOUT) -> Iterator[Face]:
        with ouvrir_pour(Dossier(self.racine), p) as v:
            yield Face(v, self.registre(role), procedures()[CODE], role)

    def ouvrir(self, qui: str, **dits: str) -> Affaire:
        with self.face() as face:
            return face.ouvrir(ICI, qui, DITS | dits)

    def agir(self, une: Affaire, *noms: str, **dits: str) -> Affaire:
        for nom in noms:
            with self.face() as face:
                champs = face.champs(nom, une)
                siens = {champ: dits[champ] for champ in champs if champ in dits}
                une = face.agir(une, nom, siens)
        return une

    def passer(self) -> dict[str, str]:
        """Say what the newest delivery shows; return {affaire: the last event}."""
        with ouvrir_pour(Dossier(self.racine), TOUT) as v:
            faites = passer(v, self.registre("minuteur"), ICI)
        return {une.id: une.situation.evenements[-1].nom for une in faites.get(CODE, [])}


def test_what_an_event_carries_is_said_by_its_names_alone_it_needs_none(monde: Monde) -> None:
    une = monde.agir(monde.ouvrir(SANS_PREAVIS), "accuser", canal="telephone")
    with monde.face() as face:
        dits = [quoi for _, _, quoi, _ in face.chronologie(une)]
    assert dits == [
        "téléphone",
        "Objet : préavis non reçu ; Reçue par : un guichet ; Reçue le : 02/11/2026",
    ]


REFUS = {
    ("0139", "preavis"): "« 0139 » n'est pas un numéro unique",
    (numero(99), "preavis"): "n'est dans aucune livraison chargée",
    (ACTIVE, "preavis"): f"la demande {ACTIVE} est active",
    (REVENUE, "radiation"): f"la demande {REVENUE} est déjà déradiée, depuis le 01/09/2026",
    (DERADIEE, "motif"): f"la demande {DERADIEE} est déjà déradiée, depuis le 20/10/2026",
    (LOGEE, "radiation"): "radiée pour attribution d'un logement, bail signé le 01/10/2026",
    (TARDIVE, "preavis"): "la fenêtre de réactivation s'est fermée le 10/07/2026",
}


def test_what_may_not_be_opened_says_why(monde: Monde) -> None:
    for (qui, sur), dit in REFUS.items():
        with pytest.raises(Refus) as refus:
            monde.ouvrir(qui, sur=sur)
        assert dit in refus.value.quoi, qui
        assert refus.value.que_faire, qui
    with pytest.raises(Refus, match="reçue le 04/10/2026, avant la radiation du 05/10/2026"):
        monde.ouvrir(SANS_PREAVIS, recue_le="04/10/2026")
    with pytest.raises(Refus, match="06/11/2026 n'est pas encore passé"):
        monde.ouvrir(SANS_PREAVIS, recue_le="06/11/2026")
    une = monde.ouvrir(SANS_PREAVIS, recue_le="05/10/2026")
    with pytest.raises(Refus, match=f"déjà ouverte pour cette demande : {une.id}"):
        monde.ouvrir(SANS_PREAVIS)
    monde.livrer("2026-10", 31, {AILLEURS: _radiee(AILLEURS)}, [numero(98)], departement="084")
    with pytest.raises(Refus, match="est d'un autre département : Vaucluse"):
        monde.ouvrir(AILLEURS)


def test_a_reclamation_comes_after_the_deposit_but_of_a_refusal_to_register(monde: Monde) -> None:
    for sur in ("attestation", "pieces", "identite", "autre"):
        for le in ("02/11/1950", "31/08/2025"):
            with pytest.raises(
                Refus, match=f"reçue le {le}, avant le dépôt de la demande du 01/09/2025"
            ) as refus:
                monde.ouvrir(SANS_PREAVIS, sur=sur, recue_le=le)
            assert refus.value.que_faire == "Corriger la date de réception."
    assert monde.ouvrir(SANS_PREAVIS, sur="refus", recue_le="31/08/2025").etat == "recue"
    assert monde.ouvrir(SANS_BAIL, sur="autre", recue_le="01/09/2025").etat == "recue"


def test_what_is_no_radiation_may_be_told_of_an_active_demande(monde: Monde) -> None:
    une = monde.ouvrir(ACTIVE, sur="attestation")
    assert une.situation.dite("fenetre_fin") is None
    assert {un.nature for un in une.echeances} == {"accuse", "reponse"}
    une = monde.agir(
        une, "examiner", "corriger", "notifier", nature="attestation", canal="courrier"
    )
    assert une.etat == "notifiee"
    assert monde.passer() == {}


def test_an_attribution_without_a_lease_may_be_contested(monde: Monde) -> None:
    assert monde.ouvrir(SANS_BAIL, sur="radiation").situation.dite("raisons") == ["sans_bail"]


def test_the_window_is_that_of_the_delivery_and_nothing_follows_it(monde: Monde) -> None:
    une = monde.ouvrir(SANS_PREAVIS)
    assert une.situation.dite("fenetre_fin") == "2027-03-01"
    monde.agir(une, "examiner")
    monde.horloge.mettre(dt.date(2027, 3, 1))
    assert monde.passer() == {}
    monde.horloge.mettre(dt.date(2027, 3, 2))
    assert monde.passer() == {une.id: "fermer"}
    assert monde.passer() == {}
    with monde.face() as face:
        fermee = face.lire(une.id)
        assert face.a_ouvrir(ICI) == []
        assert face.possibles(fermee) == ["notifier"]
        # In the order of the YAML, not of what is kept of an affaire, sorted by name.
        dits = face.champs("notifier", fermee)["canal"].choix
        assert list(dits) == ["courrier", "courriel", "telephone", "guichet"]
        texte = str(face.document(fermee, "reponse").sections)
    assert "pouvait être réactivée jusqu’au 1er mars 2027" in texte.replace("'", "’").replace(
        "1ᵉʳ", "1er"
    )


def test_a_delivery_that_shows_it_active_closes_it(monde: Monde) -> None:
    une = monde.agir(
        monde.ouvrir(SANS_PREAVIS), "examiner", "retenir", "demander", pourquoi="preavis"
    )
    assert monde.passer() == {}  # October was taken before it was asked for
    monde.horloge.mettre(dt.date(2026, 12, 4))
    reste = {qui: une for qui, une in RADIEES.items() if qui != SANS_PREAVIS}
    actes = [*ACTES, _acte(3, SANS_PREAVIS, "DERAD", "12/11/2026")]
    monde.livrer("2026-11", 30, reste, [ACTIVE, REVENUE, SANS_PREAVIS], actes)
    assert monde.passer() == {une.id: "constater"}
    close = monde.registre().lire(une.id)
    assert (close.etat, close.situation.finie) == ("constatee", True)
    assert close.situation.dite("le") == "2026-11-12"
    assert monde.passer() == {}


def test_two_deliveries_without_it_open_it_again(monde: Monde) -> None:
    une = monde.agir(monde.ouvrir(ABSENTE), "examiner", "retenir", "demander", pourquoi="preavis")
    faits = []
    for mois, fin, le in (
        ("2026-11", 30, dt.date(2026, 12, 4)),
        ("2026-12", 31, dt.date(2027, 1, 5)),
    ):
        monde.horloge.mettre(le)
        monde.livrer(mois, fin, RADIEES, [ACTIVE, REVENUE])
        faits += [monde.passer(), monde.passer()]
    assert faits == [{une.id: "dementir"}, {}, {une.id: "contredire"}, {}]
    assert monde.registre().lire(une.id).etat == "non_constatee"


def test_a_letter_is_the_same_a_year_later_and_names_no_other_demande(monde: Monde) -> None:
    une = monde.agir(
        monde.ouvrir(ABSENTE), "accuser", "examiner", "retenir", "demander", "notifier",
        pourquoi="preavis", canal="courrier",
    )  # fmt: skip
    with monde.face() as face:
        avant = {forme: face.imprimer(une, "reponse", forme) for forme in ("pdf", "docx")}
        texte = FORMES["html"](face.document(une, "reponse")).decode()
    assert ABSENTE in texte
    assert not [qui for qui in map(numero, range(1, 10)) if qui != ABSENTE and qui in texte]
    assert "préavis" in texte
    monde.horloge.mettre(dt.date(2027, 11, 5))
    monde.livrer("2027-10", 31, {ABSENTE: RADIEES[ABSENTE]}, [ACTIVE])
    with monde.face() as face:
        close = face.lire(une.id)
        assert {un: face.imprimer(close, "reponse", un) for un in avant} == avant


def test_the_preavis_is_not_cited_of_what_ended_without_one(monde: Monde) -> None:
    """Struck off for an attribution, they read « le préavis d'échéance… (articles R.441-2-7 »."""
    dits = []
    for qui, sur in ((SANS_BAIL, "radiation"), (SANS_PREAVIS, "preavis")):
        une = monde.agir(monde.ouvrir(qui, sur=sur), "examiner", "maintenir", raison="regulier")
        with monde.face() as face:
            texte = str(face.document(une, "reponse").sections).replace("\xa0", " ")
        dits.append(
            [
                "préavis d'échéance et la radiation sont prévus" in texte,
                "La radiation est prévue par le code" in texte,
                "R.441-2-7" in texte,
                "R.441-2-8" in texte,
            ]
        )
    assert dits == [[False, True, False, True], [True, False, True, True]]


def test_a_guichet_answers_within_the_working_days_of_its_departement(monde: Monde) -> None:
    """Five from Wednesday 24 March 2027: Good Friday, the 26th, is off in the Bas-Rhin alone."""
    une = monde.ouvrir(ABSENTE)
    monde.horloge.mettre(dt.date(2027, 3, 24))
    with monde.face() as face:
        fige = regles.REGLES.fige(face.v, une)
        assert fige is not None
        dits = {
            ici: regles.REGLES.noms(face.registre, replace(une, departement=ici), fige)
            for ici in (ICI, "067")
        }
    le = {ici: dit["reponse_avant"] for ici, dit in dits.items()}
    assert le == {ICI: dt.date(2027, 4, 1), "067": dt.date(2027, 4, 2)}


@pytest.mark.parametrize(
    ("fin", "avant"),
    [
        ("2026-12-10", dt.date(2026, 12, 9)),  # five working days from Wednesday 2 December
        ("2026-12-09", dt.date(2026, 12, 8)),
        ("2026-12-07", dt.date(2026, 12, 4)),  # a Monday: on the Friday before
        ("2026-12-03", None),
        ("2026-12-02", None),  # its last day
        ("2026-12-01", dt.date(2026, 12, 9)),  # it has ended: there is nothing to be in time for
    ],
)
def test_a_guichet_answers_before_the_window_ends(
    monde: Monde, fin: str, avant: dt.date | None
) -> None:
    une = monde.ouvrir(ABSENTE)
    monde.horloge.mettre(dt.date(2026, 12, 2))
    with monde.face() as face:
        fige = regles.REGLES.fige(face.v, une)
        assert fige is not None
        noms = regles.REGLES.noms(face.registre, une, {**fige, "fenetre_fin": fin})
    assert noms["reponse_avant"] == avant


def test_the_list_to_open_has_what_is_open_and_not_told_of(monde: Monde) -> None:
    with monde.face() as face:
        assert {un.objet for un in face.a_ouvrir(ICI)} == {SANS_PREAVIS, ABSENTE, SANS_BAIL}
    une = monde.ouvrir(ABSENTE)
    with monde.face() as face:
        assert {un.objet for un in face.a_ouvrir(ICI)} == {SANS_PREAVIS, SANS_BAIL}
        ouverte = affaire_ouverte(face.v, ICI, ABSENTE)
        assert ouverte is not None
        assert ouverte.id == une.id
        assert affaire_ouverte(face.v, ICI, SANS_PREAVIS) is None


def test_a_window_that_closes_soon_is_told_before_what_may_wait(
    monde: Monde, tmp_path: Path
) -> None:
    """Eighteen months after 15/05/2025: the window closes on 15/11/2026."""
    bientot = _radiee(TARDIVE, DATE_CREATION="15/05/2025", DATE_RADIATION="12/09/2026")
    dalo = _radiee(ABSENTE, DATE_PREAVIS_SIMPLE="20/08/2026", NB_DALO="1")
    presse = Monde(tmp_path / "presse" / "donnees", monde.horloge)
    presse.livrer("2026-10", 31, RADIEES | {TARDIVE: bientot, ABSENTE: dalo}, [ACTIVE, REVENUE])
    for un, genre in ((monde, "ouverture"), (presse, "fenetre")):
        with un.face() as face:
            (reste,) = face.regles.restes(face.v, face.registre, ICI)
            (ligne_,) = _des_restes(face, ICI)
            a_ouvrir = [une.objet for une in face.a_ouvrir(ICI)]
        assert reste.presse is (un is presse)
        assert ligne_.genre == genre
    assert a_ouvrir[:2] == [TARDIVE, ABSENTE]  # then the DALO, of a year hence


def test_a_guichet_opens_and_reads_its_own_and_the_prefet_counts(monde: Monde) -> None:
    mien = Perimetre(frozenset({ICI}), guichets=frozenset({"G1301"}))
    with monde.face("guichet", mien) as face:
        une = face.ouvrir(ICI, ABSENTE, DITS)
        assert face.lire(une.id).situation.dite("guichet") == "G1301"
        assert face.nom(une) == ABSENTE
    with monde.face("guichet", Perimetre(frozenset({ICI}), guichets=frozenset({"G1303"}))) as face:
        with pytest.raises(Refus, match="n'existe pas"):
            face.lire(une.id)
        with pytest.raises(Refus, match="n'est dans aucune livraison"):
            face.ouvrir(ICI, SANS_PREAVIS, DITS)
    with monde.face("prefet", Perimetre(nominatif=False)) as face:
        assert face.compter(ICI) == {"recue": 1}
        with pytest.raises(Refus, match="ouvrir une affaire n'est pas ouvert"):
            face.ouvrir(ICI, SANS_PREAVIS, DITS)


def test_a_preavis_that_was_delivered_did_not_come_back(tmp_path: Path) -> None:
    """The history that the affaire holds denies the cause; of one that came back, it may be."""
    monde = Monde(tmp_path / "donnees", Horloge(dt.date(2026, 11, 5)))
    sorts = {SANS_PREAVIS: "DISTRIBUE", ABSENTE: "NPAI"}
    plis = [
        ligne("plis", rang)
        | {"NUMERO_UNIQUE": qui, "TYPE_PLI": "PREAVIS_SIMPLE", "DATE_ENVOI": "20/07/2026"}
        | {"STATUT": sort, "DATE_STATUT": "24/07/2026"}
        for rang, (qui, sort) in enumerate(sorts.items(), 1)
    ]
    monde.livrer("2026-10", 31, RADIEES, [ACTIVE], plis=plis)
    une = monde.agir(monde.ouvrir(SANS_PREAVIS), "examiner")
    with pytest.raises(Refus, match=r"préavis arrivé .*20/07/2026 : distribué le 24/07/2026"):
        monde.agir(une, "retenir", pourquoi="npai")
    assert monde.agir(une, "retenir", pourquoi="erreur").etat == "a_reactiver"
    revenu = monde.agir(monde.ouvrir(ABSENTE), "examiner", "retenir", pourquoi="npai")
    assert revenu.etat == "a_reactiver"


def test_papers_of_the_departement(monde: Monde) -> None:
    with monde.face() as face, pytest.raises(Refus, match="aucune réclamation n'attend"):
        face.regles.releve(face.v, face.registre, ICI, "assistance")
    monde.agir(monde.ouvrir(ABSENTE), "examiner", "retenir", pourquoi="npai")
    with monde.face() as face:
        textes = {
            un.nom: str(face.regles.releve(face.v, face.registre, ICI, un.nom).sections)
            for un in face.regles.releves()
        }
    assert "demande de logement social est à réactiver" in textes["assistance"]
    assert ABSENTE not in textes["assistance"]  # the list goes apart
    assert ABSENTE in textes["liste"]
    assert SANS_PREAVIS in textes["radiations"]
    assert "Novembre 2026" in textes["tableau"]


def _partout(racine: Path) -> str:
    """Return all that the store holds, as text."""
    with closing(sqlite3.connect(racine / "decisions.sqlite")) as con:
        return "\n".join(con.iterdump())


@pytest.mark.parametrize("a_sa_demande", [False, True])
def test_the_erasure_of_a_person_leaves_a_count(monde: Monde, *, a_sa_demande: bool) -> None:
    une, autre = monde.ouvrir(ABSENTE), monde.ouvrir(SANS_PREAVIS)
    assert ABSENTE in _partout(monde.racine)
    if a_sa_demande:
        effacer(Dossier(monde.racine), ABSENTE, dt.date(2026, 11, 6))
    else:
        purger(Dossier(monde.racine), dt.date(2027, 10, 6))
    assert ABSENTE not in _partout(monde.racine)
    assert (SANS_PREAVIS in _partout(monde.racine)) == a_sa_demande
    assert "2026-08-20" not in _partout(monde.racine)  # nor the day of its préavis
    registre = monde.registre()
    registre.verifier()
    with monde.face() as face:
        assert [un.id for un in face.lister(ICI)] == [une.id, autre.id]
        effacee = face.lire(une.id)
        assert face.nom(effacee) == "demande effacée"
        assert face.regles.faits(face.v, effacee) == [
            ("Demande", "Effacée, avec ce qui en était gardé ici.")
        ]
    maintenue = monde.agir(effacee, "examiner", "maintenir", raison="regulier")
    with monde.face() as face, pytest.raises(Refus, match="est effacé : ce document ne peut plus"):
        face.document(maintenue, "reponse")
    with pytest.raises(Refus, match="est effacé"):
        monde.ouvrir(ABSENTE)
    assert monde.ouvrir(ACTIVE, sur="identite").etat == "recue"
    assert monde.passer() == {}


def test_no_delivery_is_awaited_of_a_demande_that_is_erased(monde: Monde) -> None:
    une = monde.agir(monde.ouvrir(ABSENTE), "examiner", "retenir", "demander", pourquoi="preavis")
    assert monde.passer() == {}  # asked for after the last delivery
    effacer(Dossier(monde.racine), ABSENTE, dt.date(2026, 11, 6))
    assert monde.passer() == {une.id: "eteindre"}
    assert monde.passer() == {}
    assert monde.registre().lire(une.id).titre_etat == "Close"
