"""The catalogue is complete: each code has its definition, its test rows, its documentation."""

from pathlib import Path

import pytest

from infocentre.catalogue import Catalogue, requis, sql_anomalies, sql_comptes
from infocentre.catalogue.documentation import rendre_documentation
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import ressources

CAS = Path(__file__).parents[1] / "indicateurs"
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "indicateurs.md"

# Of the specification, in its order; ★ are the ones of the suivi.
SPECIFIES = """
ENR_DELAI★ ENR_ATTESTATION★ ENR_PJ_IDENTITE★ CPL_CHAMPS★ CPL_RESSOURCES★ CPL_CONTACT DBL_FORCE★
DBL_ACTIF★ DBL_RELOGE REN_SAISIE_TARDIVE★ REN_ANTICIPE REN_TARDIF REN_ECHUE RAD_SANS_PREAVIS
RAD_IRR_NJ RAD_IRR_HORS_BAILLEUR RAD_ANNULEE ATT_TARDIVE★ ATT_ANTICIPEE ATT_DEMANDE_POSTERIEURE
ATT_BAIL_NR★ ATT_RPLS_NR★ ATT_ADRESSE_NR ATT_RESERVATAIRE_NR★ ATT_AUCUN ATT_QPV_NR★
ATT_SURFACE_TYPO_NR ATT_DALO_NR★ ATT_DALO_INCOHERENT ATT_RESSOURCES_NR ATT_COMMUNE_NR ATT_SIREN_NR
ATT_HORS_BAILLEUR MSG_ANOMALIE★ PLI_NPAI ACC_DEPART_OUVERT★ ACC_INACTIF
""".split()
SEUILS = {
    "ENR_DELAI": (0.02, 0.05),
    "ENR_ATTESTATION": (0.02, 0.05),
    "ENR_PJ_IDENTITE": (0.02, 0.05),
    "CPL_CHAMPS": (0.10, 0.20),
    "CPL_RESSOURCES": (0.05, 0.10),
    "DBL_FORCE": (0.01, 0.03),
    "DBL_ACTIF": (0.005, 0.02),
    "DBL_RELOGE": (0.002, 0.01),
    "REN_SAISIE_TARDIVE": (0.02, 0.05),
    "REN_ANTICIPE": (0.02, 0.05),
    "REN_ECHUE": (0.02, 0.05),
    "RAD_ANNULEE": (0.02, 0.05),
    "ATT_TARDIVE": (0.05, 0.15),
    "ATT_ANTICIPEE": (0, 0.02),
    "ATT_DEMANDE_POSTERIEURE": (0, 0.01),
    "ATT_BAIL_NR": (0.01, 0.05),
    "ATT_RPLS_NR": (0.05, 0.15),
    "ATT_ADRESSE_NR": (0.02, 0.05),
    "ATT_RESERVATAIRE_NR": (0.01, 0.03),
    "ATT_QPV_NR": (0.02, 0.05),
    "ATT_SURFACE_TYPO_NR": (0.02, 0.05),
    "ATT_DALO_NR": (0.01, 0.03),
    "ATT_RESSOURCES_NR": (0.02, 0.05),
    "ATT_COMMUNE_NR": (0.01, 0.03),
    "ATT_SIREN_NR": (0.01, 0.03),
    "ATT_HORS_BAILLEUR": (0, 0.02),
    "MSG_ANOMALIE": (0.01, 0.05),
    "PLI_NPAI": (0.05, 0.10),
    "ACC_INACTIF": (0.10, 0.20),
}
TOLERANCE_ZERO = {
    "RAD_SANS_PREAVIS",
    "RAD_IRR_NJ",
    "RAD_IRR_HORS_BAILLEUR",
    "ATT_DALO_INCOHERENT",
    "ACC_DEPART_OUVERT",
}
CONTEXTE = {"CPL_CONTACT", "REN_TARDIF", "ATT_AUCUN"}
GESTIONNAIRE = {"REN_ECHUE", "RAD_SANS_PREAVIS", "PLI_NPAI"}
CODES = sorted(chemin.stem for chemin in ressources("expectations").glob("[A-Z]*.yml"))


def test_every_indicator_of_the_specification_is_there_in_its_order(catalogue: Catalogue) -> None:
    specifies = [code.rstrip("★") for code in SPECIFIES]
    assert [code for code in catalogue.indicateurs if code in specifies] == specifies


def test_the_specification_s_stars_thresholds_and_responsibilities(catalogue: Catalogue) -> None:
    codes = {code.rstrip("★") for code in SPECIFIES}
    connus = {code: un for code, un in catalogue.indicateurs.items() if code in codes}
    assert {f"{code}★" for code, un in connus.items() if un.suivi} == {
        code for code in SPECIFIES if code.endswith("★")
    }
    assert {
        code: (un.seuils.orange, un.seuils.rouge) for code, un in connus.items() if un.seuils
    } == SEUILS
    assert {code for code, un in connus.items() if un.tolerance_zero} == TOLERANCE_ZERO
    assert {code for code, un in connus.items() if un.imputable == "contexte"} == CONTEXTE
    assert {code for code, un in connus.items() if un.imputable == "gestionnaire"} == GESTIONNAIRE


@pytest.mark.parametrize("code", CODES)
def test_an_indicator_is_complete_everywhere(catalogue: Catalogue, code: str) -> None:
    assert catalogue.indicateurs[code].population in catalogue.populations
    assert f"n_{code}" in sql_comptes(catalogue, catalogue.indicateurs[code].population)
    assert f"'{code}'" in sql_anomalies(catalogue, code)
    assert f"### {code}" in rendre_documentation(catalogue)
    assert isinstance(requis(catalogue, code), frozenset)

    fiche = CAS / f"{code}.yml"
    assert fiche.exists(), f"write tests/indicateurs/{code}.yml"
    genres = {cas["genre"] for cas in fichiers_yaml.lire(fiche.read_text("utf-8"))["cas"]}
    assert {"conforme", "anomalie"} <= genres


@pytest.mark.parametrize("code", CODES)
def test_an_anomaly_case_has_an_anomaly_and_a_clean_one_has_none(code: str) -> None:
    for cas in fichiers_yaml.lire((CAS / f"{code}.yml").read_text("utf-8"))["cas"]:
        numerateurs = sum(un["numerateur"] for un in cas["attendu"].values())
        if cas["genre"] == "anomalie":
            assert numerateurs > 0
        if cas["genre"] == "conforme":
            assert numerateurs == 0
            assert cas["attendu"]


def test_no_test_file_without_its_indicator() -> None:
    assert sorted(chemin.stem for chemin in CAS.glob("*.yml")) == CODES


def test_every_population_is_used(catalogue: Catalogue) -> None:
    utilisees = {un.population for un in catalogue.indicateurs.values()}
    assert set(catalogue.populations) == utilisees


def test_the_published_documentation_says_what_the_catalogue_says(catalogue: Catalogue) -> None:
    """A new code may be missing until the file is written again; what is there must be true."""
    publiees = _sections(DOCUMENTATION.read_text("utf-8"))
    actuelles = _sections(rendre_documentation(catalogue))
    perimees = [titre for titre, texte in publiees.items() if actuelles.get(titre) != texte]
    assert not perimees, "run: python -m infocentre.catalogue.documentation"


def _sections(texte: str) -> dict[str, str]:
    blocs = texte.replace("\n## ", "\n### ").split("\n### ")[1:]
    return {bloc.partition("\n")[0]: bloc.partition("\n")[2].strip() for bloc in blocs}


def test_each_indicator_says_what_it_counts(catalogue: Catalogue) -> None:
    assert [un.code for un in catalogue.indicateurs.values() if un.compte is None] == []
