"""What was not delivered makes exactly what needs it non calculable; départements stay apart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infocentre.catalogue import lire_catalogue, requis
from infocentre.cli import main
from infocentre.contrat import contrat
from tests.donnees.atelier import (
    alleger,
    alterer,
    base,
    base_legere,
    charger,
    contenu,
    controler,
    copie,
    interroger,
)
from tests.donnees.retors import codes_de_reference, livraisons

pytestmark = pytest.mark.lent

CHAMPS_SUIVIS = """
    DATE_NAISS_DEMANDEUR SEXE_DEMANDEUR NATIONALITE_DEMANDEUR SITU_FAMILIALE_DEMANDEUR
    STATUT_PROF_DEMANDEUR TAILLE_MENAGE REVENU_FISCAL1_FOYER REVENU_FISCAL2_FOYER
    MODE_LOGEMENT_ACTUEL COMMUNE_LOG_ACTUEL MOTIF_DEMANDE CATEG_LOGEMENT_RECHERCHE
    TYPE_LOGEMENT_RECHERCHE COMMUNE_LOG_RECHERCHE CATEG_LOGEMENT_ACTUEL TYPE_LOGEMENT_ACTUEL
    NBRE_HABITANT_ACTUEL MT_LOYER_MENSUEL_ACTUEL
""".split()
# Read by hand in indicateurs.md; what is not here makes nothing non calculable.
ATTENDUS: dict[str, str] = {
    "journal": "ENR_DELAI ENR_ATTESTATION REN_SAISIE_TARDIVE REN_ANTICIPE REN_TARDIF RAD_ANNULEE",
    "messages": "MSG_ANOMALIE",
    "plis": "PLI_NPAI",
    "utilisateurs": "ACC_DEPART_OUVERT ACC_INACTIF",
    "identites": "DBL_ACTIF DBL_RELOGE",
    **{f"stock.{champ}": "CPL_CHAMPS" for champ in CHAMPS_SUIVIS},
    **{f"radiation.{champ}": "CPL_CHAMPS" for champ in CHAMPS_SUIVIS},
    "stock.REVENU_MENSUEL_FOYER": "CPL_CHAMPS CPL_RESSOURCES",
    "radiation.REVENU_MENSUEL_FOYER": "CPL_CHAMPS",
    "stock.NB_QNA": "CPL_RESSOURCES",
    "stock.CONTACT_MAIL": "CPL_CONTACT",
    "stock.NB_PJIDENTITE": "ENR_PJ_IDENTITE",
    "stock.DATE_RENOUVELLEMENT": "REN_ECHUE",
    "radiation.NB_PJIDENTITE": "ENR_PJ_IDENTITE",
    "radiation.DATE_RENOUVELLEMENT": "RAD_SANS_PREAVIS",
    "radiation.DATE_PREAVIS_SIMPLE": "RAD_SANS_PREAVIS",
    "radiation.DATE_PREAVIS_AR": "RAD_SANS_PREAVIS",
    "radiation.SMOTIF_RADIATION": "RAD_IRR_NJ",
    "radiation.DATE_SIGNATURE_BAIL": "ATT_TARDIVE ATT_ANTICIPEE ATT_DEMANDE_POSTERIEURE "
    "ATT_BAIL_NR DBL_RELOGE",
    "radiation.NUMERORPLS": "ATT_RPLS_NR ATT_ADRESSE_NR",
    "radiation.CLE_ETAT_RPLS": "ATT_RPLS_NR",
    "radiation.ADRESSE_LOGEMENT_ATTRIB": "ATT_ADRESSE_NR",
    "radiation.TYPE_RESERVATAIRE": "ATT_RESERVATAIRE_NR ATT_AUCUN",
    "radiation.NB_QPV": "ATT_QPV_NR",
    "radiation.NB_HQPV": "ATT_QPV_NR",
    "radiation.NB_QPVNA": "ATT_QPV_NR",
    "radiation.SURFACE": "ATT_SURFACE_TYPO_NR",
    "radiation.TYPE_LOGEMENT_ATTRIB": "ATT_SURFACE_TYPO_NR",
    "radiation.ATTRIBUE_DALO": "ATT_DALO_NR ATT_DALO_INCOHERENT",
    "radiation.NB_DALO": "ATT_DALO_INCOHERENT",
    "radiation.NB_QNA": "ATT_RESSOURCES_NR",
    "radiation.COMMUNE_LOGEMENT_ATTRIB": "ATT_COMMUNE_NR",
    "radiation.SIREN_RADIATION": "ATT_SIREN_NR",
    "journal.CANAL": "ENR_DELAI ENR_ATTESTATION REN_SAISIE_TARDIVE REN_ANTICIPE REN_TARDIF",
    "journal.DATE_ATTESTATION": "ENR_ATTESTATION",
    "journal.DATE_ECHEANCE": "REN_ANTICIPE REN_TARDIF",
    "messages.DATE_RENVOI_OK": "MSG_ANOMALIE",
    "utilisateurs.DATE_DEPART": "ACC_DEPART_OUVERT",
    "utilisateurs.DATE_DERNIERE_CONNEXION": "ACC_INACTIF",
    "utilisateurs.DATE_FERMETURE": "ACC_DEPART_OUVERT ACC_INACTIF",
}
# An indicator that is added says what it needs in its own test.
REFERENCE = set(codes_de_reference())
FACULTATIFS = [
    *(table.nom for table in contrat().tables.values() if not table.obligatoire),
    *(
        f"{table.nom}.{colonne.nom}"
        for table in contrat().tables.values()
        for colonne in table.colonnes
        if not colonne.obligatoire
    ),
]


def test_each_expected_one_is_optional_in_the_contract() -> None:
    assert ATTENDUS.keys() <= set(FACULTATIFS)


@pytest.mark.parametrize("absent", FACULTATIFS)
def test_what_is_missing_makes_non_calculable_what_needs_it_and_nothing_else(
    absent: str,
) -> None:
    livrees = {
        (table.nom, nom)
        for table in contrat().tables.values()
        if table.nom != absent
        for nom in ("*", *(colonne.nom for colonne in table.colonnes))
        if f"{table.nom}.{nom}" != absent
    }
    catalogue = lire_catalogue()
    obtenus = {code for code in catalogue.indicateurs if not requis(catalogue, code) <= livrees}
    assert obtenus & REFERENCE == set(ATTENDUS.get(absent, "").split())


def sans(livraison: Path, cible: Path, *absents: str) -> Path:
    """Copy a delivery without these tables and columns."""
    copiee = cible / livraison.name
    shutil.copytree(livraison, copiee)
    manifeste = json.loads((copiee / "manifeste.json").read_text("utf-8"))
    for absent in absents:
        table, _, colonne = absent.partition(".")
        if colonne:
            alterer(
                livraison,
                cible,
                table,
                lambda lignes, nom=colonne: [  # type: ignore[misc]
                    {cle: valeur for cle, valeur in ligne.items() if cle != nom} for ligne in lignes
                ],
            )
            continue
        (copiee / f"{table}.csv").unlink()
        manifeste = json.loads((copiee / "manifeste.json").read_text("utf-8"))
        manifeste["fichiers"] = [a for a in manifeste["fichiers"] if a["table"] != table]
        (copiee / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    return copiee


def test_the_published_month_says_non_calculable_and_never_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    racine = tmp_path / "donnees"
    absents = ("journal", "identites", "stock.CONTACT_MAIL", "radiation.NUMERORPLS")
    charger(racine, sans(livraisons()[2], tmp_path / "livraison", *absents))
    controler(racine)
    attendus = {code for absent in absents for code in ATTENDUS[absent].split()}
    lignes = interroger(
        racine,
        "SELECT code, guichet, numerateur, denominateur, numerateur_12m, denominateur_12m, "
        "etat_mois FROM valeurs WHERE etat = 'non_calculable'",
    )
    assert {code for code, *_ in lignes} == attendus
    assert {guichet for _, guichet, *_ in lignes} == {"*"}
    assert {ligne[2:] for ligne in lignes} == {(None, None, None, None, "non_calculable")}
    autres = interroger(racine, "SELECT DISTINCT code FROM valeurs WHERE denominateur > 0")
    assert not attendus & {code for (code,) in autres}
    # Without a journal nothing tells a couple's separation: every creation is in DBL_FORCE.
    touches = attendus | {"DBL_FORCE"}
    assert _valeurs_sans(contenu_valeurs(racine), touches) == _valeurs_sans(
        contenu_valeurs(base(1, 2, 3)), touches
    )
    effectif = "SELECT denominateur FROM valeurs WHERE guichet = '*' AND mois = '2026-03' AND code "
    (sans_journal,), (avec_journal,) = (
        interroger(une, effectif + "= 'DBL_FORCE'")[0] for une in (racine, base(1, 2, 3))
    )
    assert sans_journal > avec_journal

    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    assert main(["anomalies", "ENR_DELAI"]) == 0
    assert "n'est pas calculable dans le département 013 en 2026-03" in capsys.readouterr().err


def contenu_valeurs(racine: Path, departement: str = "013") -> list[tuple[Any, ...]]:
    return interroger(
        racine,
        "SELECT code, * EXCLUDE (code, departement) FROM valeurs "
        f"WHERE mois = '2026-03' AND departement = '{departement}' ORDER BY ALL",
    )


def _valeurs_sans(lignes: list[tuple[Any, ...]], codes: set[str]) -> list[tuple[Any, ...]]:
    return [ligne for ligne in lignes if ligne[0] not in codes]


def ailleurs(livraison: Path, cible: Path) -> Path:
    """Copy a delivery as that of another département."""
    shutil.copytree(livraison, cible / livraison.name)
    fichier = cible / livraison.name / "manifeste.json"
    manifeste = json.loads(fichier.read_text("utf-8"))
    fichier.write_text(json.dumps({**manifeste, "departement": "02A"}), "utf-8")
    return cible / livraison.name


def test_two_departements_with_the_same_guichets_each_have_their_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alleger(monkeypatch)
    racine = copie(base_legere(1, 2, 3), tmp_path / "donnees")
    avant = contenu(racine)
    mars = ailleurs(livraisons()[2], tmp_path / "02A")
    charger(racine, mars, confirmer="mêmes numéros, pour l'essai")
    resultat = controler(racine)
    assert [(une.departement, une.mois) for une in resultat.mois] == [("02A", "2026-03")]
    assert contenu_valeurs(racine, "02A") == contenu_valeurs(racine, "013")
    assert interroger(racine, "SELECT count(*) FROM revisions") == [(0,)]
    apres = contenu(racine)
    for nom, lignes in avant.items():
        anciennes = set(lignes)
        assert [une for une in apres[nom] if une in anciennes] == lignes, nom
        de_trop = [une for une in apres[nom] if une not in anciennes and "013" in une]
        assert not de_trop, nom

    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    assert main(["indicateurs"]) == 1
    assert "Donner --departement parmi : 013, 02A" in capsys.readouterr().err
    assert main(["indicateurs", "--departement", "2A", "--format", "csv", "--mois", "2026-03"]) == 0
    lignes_csv = capsys.readouterr().out.splitlines()[1:]
    assert {ligne.split(";")[1] for ligne in lignes_csv} == {"02A"}
    assert main(["indicateurs", "--departement", "02A", "--mois", "2026-01"]) == 1
