"""A drift that would change what is published is told before it is: each names its column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from infocentre.controles.vraisemblance import Examen
from infocentre.controles.vraisemblance.deja_livre import relues
from infocentre.livraisons.relecture import relire
from infocentre.mesures.reglages import lire_seuils
from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import base_legere, charger, copie
from tests.donnees.atelier import chargee as mars_seul
from tests.donnees.derives import DERIVES, DU_CONTRAT, Derive, Tables, ecrire
from tests.donnees.retors import livraisons
from tests.livraisons.atelier import Recue, recevoir_en
from tests.profondeur import echantillon

pytestmark = pytest.mark.lent

# Drifts that stand together in one delivery: by name, what is said of each.
ENSEMBLES = [
    {
        "MODE_MUTATION inversée": "MODE_MUTATION du stock et des radiations : vaut maintenant",
        "NB_DALO inversée": "NB_DALO du stock et des radiations : vaut maintenant « 1 »",
        "DATE_DEPART vidée": "DATE_DEPART des utilisateurs : vide maintenant dans 25 des 25 lignes",
        "NB_QPV et NB_HQPV permutées": "NB_HQPV des radiations : vaut maintenant « 0 »",
    },
    {
        "RPLS en notation d’Excel": "NUMERORPLS des radiations : a changé dans 119 des 119 lignes",
        "SIREN en SIRET": "SIREN_RADIATION des radiations : a changé dans 165 des 165 lignes",
        "commune en lettres": "COMMUNE_LOGEMENT_ATTRIB hors de sa liste",
        "bail 31 jours plus tard": "DATE_SIGNATURE_BAIL des radiations : a changé dans 158 des 158",
        "RADIRR écrit RADABA": "« RADABA » dans 9 des 9 lignes déjà livrées où elle valait",
    },
    {
        "ATTRIBUE_DALO toujours NON": "« NON » dans 10 des 10 lignes déjà livrées où elle valait",
        "guichets enregistreur et créateur permutés": "CLE_GUICHETCREATEUR des radiations",
        "CONTACT_MAIL inversée": "CONTACT_MAIL du stock et des radiations : vaut maintenant « 0 »",
        "NB_PJIDENTITE toujours 1": "remplie dans 47 des 47 lignes déjà livrées du stock où elle",
    },
]
# What the département would have published of them.
PUBLIES = {
    "ATT_RPLS_NR": "162 sur 162, contre 53 sur 162 au 28/02/2026",
    "ATT_TARDIVE": "43 sur 158, contre 98 sur 158 au 28/02/2026",
    "ATT_SIREN_NR": "174 sur 174, contre 15 sur 174 au 28/02/2026",
}


@pytest.fixture(scope="module")
def chargee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """January and February of the small département are loaded."""
    return copie(base_legere(1, 2), tmp_path_factory.mktemp("derives") / "donnees")


def refus(chargee: Path, livraison: Path) -> str:
    with pytest.raises(Refus) as leve:
        charger(chargee, livraison)
    return str(leve.value)


@pytest.mark.parametrize("ensemble", echantillon(ENSEMBLES, 1), ids=lambda un: next(iter(un)))
def test_each_drift_of_a_column_is_named(
    ensemble: dict[str, str], chargee: Path, tmp_path: Path
) -> None:
    derives = tuple(DERIVES[nom] for nom in ensemble)
    dit = refus(chargee, ecrire(livraisons()[2], tmp_path / "2026-03", derives))
    assert "livraison à confirmer" in dit
    assert [nom for nom, phrase in ensemble.items() if phrase not in dit] == []


def test_what_would_be_published_of_the_same_months_is_said_with_its_past(
    chargee: Path, tmp_path: Path
) -> None:
    """The eleven months that both deliveries judge, 158 leases and 174 attributions of them."""
    derives = tuple(DERIVES[nom] for nom in ENSEMBLES[1])
    dit = refus(chargee, ecrire(livraisons()[2], tmp_path / "2026-03", derives)).splitlines()
    assert {
        code: un
        for code, un in PUBLIES.items()
        if not any(f" {code} (" in une and un in une for une in dit)
    } == {}


def test_every_flag_and_every_list_of_the_contract_is_watched(tmp_path: Path) -> None:
    """All are altered in one delivery: flags inverted, the two most frequent codes exchanged.

    Without any, nothing is told.
    """
    alteree = ecrire(livraisons()[2], tmp_path / "alteree", DU_CONTRAT)
    fevrier, mars, autre = (
        recevoir_en(une, tmp_path, None, None) for une in (*livraisons()[1:], alteree)
    )
    assert _nommees(mars, fevrier) == set()
    assert {une.colonne for une in DU_CONTRAT} - _nommees(autre, fevrier) == set()


def test_acts_numbered_anew_at_each_extraction_are_no_alarm(tmp_path: Path) -> None:
    """The same identifier then names another act, of another demande."""

    def renumeroter(tables: Tables) -> None:
        for nom, cle in (("journal", "ID_EVENEMENT"), ("utilisateurs", "ID_UTILISATEUR")):
            cles = [une[cle] for une in tables[nom]]
            for une, autre in zip(tables[nom], [*cles[7:], *cles[:7]], strict=True):
                une[cle] = autre

    derive = Derive("actes renumérotés", ("journal", "utilisateurs"), renumeroter)
    alteree = derive.ecrire(livraisons()[2], tmp_path / "alteree")
    fevrier, mars = (recevoir_en(une, tmp_path, None, None) for une in (livraisons()[1], alteree))
    assert _nommees(mars, fevrier) == set()


def _nommees(ici: Recue, avant: Recue) -> set[str]:
    """Return the columns that are told to have changed in the rows that both deliveries have."""
    with duckdb.connect() as con:
        lues = relire(con, ici.archive, avant.archive, ici.description, avant.description)
    examen = Examen(ici.description, avant.description, dt.date(2026, 11, 5), relectures=lues)
    return {une.objet for une in relues(examen) if une.valeur > lire_seuils().relues_part}


def test_a_bailleur_that_is_missing_is_named(chargee: Path, tmp_path: Path) -> None:
    derive = DERIVES["premier bailleur absent du stock et des radiations"]
    dit = refus(chargee, derive.ecrire(livraisons()[2], tmp_path / "2026-03"))
    assert "Bailleur n° 5 : 76 des 82 lignes du stock et 99 des 99 lignes des radiations" in dit


def test_an_older_month_is_judged_by_the_one_after_it(tmp_path: Path) -> None:
    """Without a drift it passes: what moves by itself is told of none (test_vraisemblance.py)."""
    racine = copie(mars_seul(3), tmp_path / "donnees")
    derive = DERIVES["MODE_MUTATION inversée"]
    fevrier = derive.ecrire(livraisons()[1], tmp_path / "2026-02")
    assert "MODE_MUTATION du stock et des radiations : vaut maintenant" in refus(racine, fevrier)
