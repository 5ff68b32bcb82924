"""The documents and the pages of a month say the same thing in the same figures."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from dashboards.app import creer_app
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import registre
from infocentre.lecture.lecteur import Lecture
from infocentre.restitutions import (
    bilan,
    fiche,
    html,
    lecture,
    liste_guichets,
    mission,
    reservataires,
    synthese,
)
from infocentre.restitutions.document import Chiffre, Chiffres, Document, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import DOCUMENTS
from tests.dashboards.vues import ouvrir

pytestmark = pytest.mark.lent

MOIS, SEMESTRE = "2026-06", "2026-S1"
# A file of settings, an option or a command, a name of the code, what Python or SQL call nothing.
LOGICIEL = re.compile(
    r"\.ya?ml\b|(?<![\w-])--[a-z]|\binfocentre (?:bilan|charger|controler|tableau|sql)\b"
    r"|\bversion \d+, depuis|\b(?:None|null|nan|True|False)\b|\w_\w|`"
)


@dataclass(frozen=True)
class Lus:
    """The documents of a month, and its accueil and register as the browser has them."""

    bilan: Document
    synthese: Document
    mission: Document
    liste: Document
    accueil: str
    registre: str


@pytest.fixture(scope="module")
def edition(version_demo: Lecture) -> Edition:
    return lecture.du_semestre(version_demo, SEMESTRE)


@pytest.fixture(scope="module")
def lus(edition: Edition, version_demo: Lecture, entrepot_demo: Dossier) -> Lus:
    app = creer_app(entrepot_demo)
    return Lus(
        bilan.construire(edition),
        synthese.construire(lecture.du_mois(version_demo, mois=MOIS)),
        mission.construire(edition),
        liste_guichets.construire(edition),
        ouvrir(app, f"/?mois={MOIS}").texte,
        ouvrir(app, f"/guichets?mois={MOIS}").texte,
    )


def texte(document: Document) -> str:
    """Words of the document with plain spaces, its markup taken off."""
    return _plat(re.sub(r"<[^>]+>", " ", html.en_html(document).split("<body", 1)[1]))


def _plat(texte_: str) -> str:
    return re.sub(r"\s+", " ", texte_).replace("’", "'")


def chiffre(document: Document, debut: str) -> Chiffre:
    """Return the key figure whose name begins so."""
    tous = [
        un
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        if isinstance(bloc, Chiffres)
        for un in bloc.chiffres
    ]
    return next(un for un in tous if un.libelle.startswith(debut))


def test_les_guichets_sont_ouverts_et_sans_le_portail(lus: Lus, edition: Edition) -> None:
    """Neither the closed one nor the portal is a guichet: 97, not 98 nor 99."""
    ((attendu,),) = edition.v.tuples(
        "SELECT count(*) FROM registre WHERE mois = $mois AND type_guichet <> 'PORTAIL' "
        "AND (date_fermeture IS NULL OR date_fermeture > $arrete)",
        {"mois": MOIS, "arrete": edition.arrete},
    )
    dits = [
        *re.findall(r"(\d+) guichets? ouverts?", texte(lus.bilan)),
        *re.findall(r"sur (\d+) guichets ouverts", texte(lus.synthese)),
        *re.findall(r"calculés pour (\d+) guichets ouverts", texte(lus.mission)),
        *re.findall(r"(\d+) guichets des Bouches", texte(lus.liste)),
        *re.findall(r"(\d+) guichets ouverts", _plat(lus.registre)),
    ]
    assert len(dits) >= 6
    assert set(dits) == {str(attendu)}


def test_the_synthese_and_the_accueil_count_the_same_guichets_in_the_same_words(lus: Lus) -> None:
    """Rouge and à traiter together, those of closed guichets too."""
    (dit,) = re.findall(r"(\d+) guichets en rouge ou à traiter", lus.accueil.replace("\u00a0", " "))
    assert chiffre(lus.synthese, "Guichets en rouge ou à traiter").ecrit == dit


@pytest.mark.parametrize(
    ("au_bilan", "a_la_synthese", "a_l_accueil"),
    [
        ("Demandes actives", "Demandes en attente", "Demandes actives {} "),
        ("Attributions en 12 mois", "Logements attribués", "Attributions sur 12 mois {} "),
        ("Demandes pour une", "Demandes pour un logement", "Demandes pour une attribution {} "),
        ("Délai médian", "Attente avant", "Délai médian d'attribution sur 12 mois {} "),
    ],
)
def test_un_chiffre_et_ce_qu_il_a_fait_en_un_an_sont_partout_les_memes(
    lus: Lus, au_bilan: str, a_la_synthese: str, a_l_accueil: str
) -> None:
    ici, la = chiffre(lus.bilan, au_bilan), chiffre(lus.synthese, a_la_synthese)
    assert _plat(ici.ecrit) == _plat(la.ecrit)
    assert _plat(ici.evolution) == _plat(la.evolution)
    assert a_l_accueil.format(_plat(ici.ecrit)) in _plat(lus.accueil)


def tableau(document: Document, cle: str) -> Tableau:
    return next(un for un in document.tableaux() if un.cle.startswith(cle))


def test_ce_qui_est_a_corriger_est_ce_que_le_bilan_compte(lus: Lus, edition: Edition) -> None:
    """Anomalies behind the rates that the bilan prints of the département."""
    codes = {un.libelle: un.code for un in fiche.lire(edition, "guichet", "G1302").indicateurs}
    *lignes, _ = tableau(lus.mission, "mission-anomalies").lignes
    a_la_mission = {
        codes[str(une[0].valeur)]: une[-1].valeur for une in lignes if une[0].valeur in codes
    }
    lues = bilan.Contexte(edition, partage=False).relever()
    assert len(a_la_mission) > 5
    for code, reste in a_la_mission.items():
        au_bilan = lues(code)
        assert au_bilan
        assert au_bilan.n == reste


def test_une_fiche_compte_une_anomalie_d_une_seule_facon(edition: Edition) -> None:
    """« À corriger », « constats passés » and the column « Anomalies » are one count."""
    document = fiche.construire(edition, "G1303")
    anomalies = {
        ligne[0].valeur: ligne[1].valeur for ligne in tableau(document, "indicateurs-").lignes
    }
    suivies = {ligne[0].valeur: ligne[1].valeur for ligne in tableau(document, "ouvertes-").lignes}
    communes = anomalies.keys() & suivies.keys()
    assert communes
    assert {nom: suivies[nom] for nom in communes} == {nom: anomalies[nom] for nom in communes}
    passe = fiche.construire(edition, "G1302")
    ((retard,),) = edition.v.tuples(
        "SELECT numerateur_12m FROM valeurs WHERE niveau = 'guichet' AND guichet = 'G1302' "
        "AND code = 'ATT_TARDIVE' AND mois = $mois",
        {"mois": MOIS},
    )
    dits = re.findall(r"enregistrées tardivement \((\d+)\)", texte(passe))
    assert dits == [str(retard)]


def test_no_document_says_a_word_of_software(lus: Lus, version_demo: Lecture) -> None:
    annee = lecture.de_l_annee(version_demo, "2025")
    mois = lecture.du_mois(version_demo, mois=MOIS)
    (guichet, *_) = (une["guichet"] for une in registre(version_demo, mois.departement, MOIS))
    documents = (
        *(lus.bilan, lus.synthese, lus.mission, lus.liste),
        *(reservataires.construire(annee), DOCUMENTS["fiche"].construire(mois, guichet)),
    )
    for document in documents:
        ecrit = texte(document)
        trouves = [ecrit[un.start() - 30 : un.end() + 30] for un in LOGICIEL.finditer(ecrit)]
        assert trouves == [], document.titre
