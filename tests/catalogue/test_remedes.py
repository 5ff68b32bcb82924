"""Corriger or constater: which anomalies can be put right, and the words for either."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from infocentre.catalogue import MOTS, Catalogue, lire_catalogue
from infocentre.catalogue.documentation import rendre_documentation
from infocentre.catalogue.remedes import dire_suite
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from tests.donnees.retors import codes_de_reference

# Of the specification; the value is what may still be done, None when nothing can.
CONSTATER = {
    "ENR_DELAI": None,
    "ENR_ATTESTATION": "remettre l'attestation",
    "DBL_FORCE": "fusionner le doublon",
    "REN_SAISIE_TARDIVE": None,
    "REN_ANTICIPE": None,
    "REN_TARDIF": None,
    "RAD_SANS_PREAVIS": "réactiver la demande",
    "RAD_ANNULEE": None,
    "RAD_IRR_HORS_BAILLEUR": "réactiver la demande",
    "ATT_TARDIVE": None,
    "ATT_HORS_BAILLEUR": "faire corriger son type",
    "MSG_ANOMALIE": "envoyer de nouveau le message",
    "PLI_NPAI": "renvoyer le préavis",
}
CODES = sorted(chemin.stem for chemin in ressources("expectations").glob("[A-Z]*.yml"))


def test_the_past_facts_of_the_reference_are_those_of_the_specification(
    catalogue: Catalogue,
) -> None:
    reference = [catalogue.indicateurs[code] for code in codes_de_reference()]
    assert {un.code for un in reference if not un.a_corriger} == set(CONSTATER)


@pytest.mark.parametrize("code", CONSTATER)
def test_what_may_still_be_done_is_said_of_past_facts(catalogue: Catalogue, code: str) -> None:
    un, attendu = catalogue.indicateurs[code], CONSTATER[code]
    if attendu is None:
        assert un.encore_possible is None
        assert un.encore == "Rien n'est à reprendre sur les cas passés."
    else:
        assert attendu in (un.encore_possible or "")
        assert un.encore == f"Ce qui reste possible : {un.encore_possible}."


@pytest.mark.parametrize("code", CODES)
def test_every_file_says_its_remede_and_the_reference_repeats_it(
    catalogue: Catalogue, code: str
) -> None:
    ecrit = fichiers_yaml.lire((ressources("expectations") / f"{code}.yml").read_text("utf-8"))
    assert catalogue.indicateurs[code].remede == ecrit["remede"]
    section = rendre_documentation(catalogue).split(f"### {code}", 1)[1].split("\n### ", 1)[0]
    mots = MOTS[ecrit["remede"]]
    assert f"**Les cas listés** : {mots.reste}." in section
    assert f"**{mots.comment}.**" in section
    assert ("**Ce qui reste possible.**" in section) == ("encore_possible" in ecrit)


@pytest.mark.parametrize("code", CONSTATER)
def test_no_past_fact_is_advised_to_be_corrected(catalogue: Catalogue, code: str) -> None:
    """What may be done about the listed ones is `encore_possible`; `correction` looks ahead."""
    conseil = catalogue.indicateurs[code].correction
    assert "demandes listées" not in conseil
    assert "à corriger" not in MOTS["constater"].dit


@pytest.fixture
def dossiers(tmp_path: Path) -> tuple[Path, Path]:
    shutil.copytree(ressources("expectations"), tmp_path / "expectations")
    return tmp_path / "expectations", ressources("queries") / "populations"


DEFAUTS = {
    "un acte dont on sortirait": (
        "ATT_BAIL_NR",
        "remede: corriger",
        "remede: corriger\nsortie_corrige: true",
        "champ « sortie_corrige » : on ne sort que d'un stock",
    ),
    "sans remède": ("ATT_TARDIVE", "remede: constater", "# remede", "champ « remede » : il manque"),
    "remède inconnu": (
        "ATT_TARDIVE",
        "remede: constater",
        "remede: oublier",
        "champ « remede » : « oublier » n'est pas l'un de",
    ),
    "corriger, avec ce qui reste possible": (
        "ATT_BAIL_NR",
        "remede: corriger",
        "remede: corriger\nencore_possible: attendre",
        "« encore_possible » ne se dit que d'un fait passé",
    ),
    "stock constaté": (
        "CPL_RESSOURCES",
        "remede: corriger",
        "remede: constater",
        "champ « remede » : une unité d'un stock est là à chaque arrêté",
    ),
}


@pytest.mark.parametrize("defaut", DEFAUTS)
def test_a_wrong_remede_is_refused(dossiers: tuple[Path, Path], defaut: str) -> None:
    code, avant, apres, attendu = DEFAUTS[defaut]
    fichier = dossiers[0] / f"{code}.yml"
    texte = fichier.read_text("utf-8")
    assert avant in texte
    fichier.write_text(texte.replace(avant, apres), "utf-8")
    with pytest.raises(Refus) as refus:
        lire_catalogue(*dossiers)
    assert f"{code}.yml" in str(refus.value)
    assert attendu in str(refus.value)


def test_a_catalogue_stored_before_is_still_read(catalogue: Catalogue) -> None:
    """It says « corriger » when nothing else is known, else what is known today."""
    ancien = json.loads(catalogue.en_json())
    for un in ancien["indicateurs"].values():
        del un["remede"], un["encore_possible"], un["sortie_corrige"]
    texte = json.dumps(ancien)
    seul, complete = Catalogue.depuis_json(texte), Catalogue.depuis_json(texte, catalogue)
    assert {un.remede for un in seul.indicateurs.values()} == {"corriger"}
    assert complete == catalogue
    assert seul.populations == catalogue.populations


@pytest.mark.parametrize(
    ("remede", "statut", "motif", "attendu"),
    [
        ("corriger", "ouverte", None, "à corriger"),
        ("corriger", "close", "corrigée", "corrigée en mai 2026"),
        ("corriger", "close", "sortie", "sortie en mai 2026"),
        ("constater", "constat passé", None, "constat passé"),
        ("constater", "close", "retirée", "retirée par une livraison corrigée de mai 2026"),
        # As written by a version that did not know past facts.
        ("constater", "ouverte", None, "constat passé"),
        ("constater", "close", "corrigée", "retirée par une livraison corrigée de mai 2026"),
        ("constater", None, None, "constat passé"),
    ],
)
def test_what_became_of_a_unit_is_said_by_its_remede(
    remede: str, statut: str | None, motif: str | None, attendu: str
) -> None:
    assert dire_suite(remede, statut, motif, "mai 2026") == attendu  # type: ignore[arg-type]
