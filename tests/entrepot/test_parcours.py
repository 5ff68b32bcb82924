"""The files of the lives: they say what the archives say, whatever the order of the loadings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from infocentre.entrepot.parcours import TABLES, VUES, fichiers_parcours
from infocentre.lecture.lignes import Reperes
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.parcours import lire_etats, sql_parcours
from infocentre.operations.purge import MASQUES
from tests.donnees.atelier import (
    base,
    chargee,
    charger,
    contenu,
    copie,
    differences,
    lire_parquet,
    reconstruire,
)
from tests.donnees.retors import livraisons

pytestmark = pytest.mark.lent

DEPARTEMENT = "013"
Vies = dict[str, list[tuple[Any, ...]]]


def fichiers(racine: Path) -> dict[str, Path] | None:
    """Return the files of the published version, None when they are not all there."""
    dossier = Dossier(racine)
    return fichiers_parcours(dossier, dossier.version().etats[DEPARTEMENT])


def vies(racine: Path) -> Vies:
    """Return the lives of some of the numéros that the version knows."""
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        etat = v.dossier.etats / v.version.etats[DEPARTEMENT]
        numeros = v.tuples(
            f"SELECT numero_unique FROM read_parquet('{etat}') "
            "ORDER BY hash(numero_unique), numero_unique LIMIT 12"
        )
        return {
            numero: v.tuples(sql_parcours(v, numero, lire_etats(v, numero, Reperes)))
            for (numero,) in numeros
        }


@pytest.fixture
def racine(tmp_path: Path) -> Path:
    return copie(base(1, 2, 3), tmp_path / "donnees")


def test_the_files_say_what_the_archives_say(racine: Path) -> None:
    assert fichiers(racine)
    ecrites = vies(racine)
    shutil.rmtree(racine / "parcours")
    assert fichiers(racine) is None
    assert ecrites == vies(racine)
    assert max(map(len, ecrites.values())) > 8


def test_where_a_file_is_missing_the_archives_are_read(racine: Path) -> None:
    ecrites = vies(racine)
    trouves = fichiers(racine)
    assert trouves
    trouves["plis"].unlink()
    assert fichiers(racine) is None
    assert vies(racine) == ecrites


def test_a_month_added_gives_what_reading_all_again_gives(racine: Path) -> None:
    """Rebuilt with every indicator and every table, too."""
    ajoute = contenu(racine)
    assert {f"infocentre/{nom}" for nom in ("tab01_01", "att_06", "dem_02")} <= ajoute.keys()
    assert {f"parcours/{DEPARTEMENT}/{nom}" for nom in (VUES, *TABLES)} <= ajoute.keys()
    reconstruire(racine)
    assert differences(ajoute, contenu(racine)) == {}


def test_a_month_loaded_again_replaces_what_it_said(tmp_path: Path) -> None:
    racine = copie(chargee(1), tmp_path / "donnees")
    for rang in (2, 1):  # the last one loaded is not the newest: everything is read again
        charger(racine, livraisons()[rang])
    parcours = {nom: lire_parquet(un) for nom, un in (fichiers(racine) or {}).items()}
    attendu = {nom: lire_parquet(un) for nom, un in (fichiers(base(1, 2, 3)) or {}).items()}
    assert parcours == attendu
    assert parcours


def test_without_the_former_files_all_is_read_again(tmp_path: Path) -> None:
    racine = copie(chargee(1), tmp_path / "donnees")
    shutil.rmtree(racine / "parcours")  # a data directory of before
    charger(racine, livraisons()[1])
    attendu = {nom: lire_parquet(un) for nom, un in (fichiers(chargee(1, 2)) or {}).items()}
    assert {nom: lire_parquet(un) for nom, un in (fichiers(racine) or {}).items()} == attendu
    assert attendu


def test_a_demande_that_two_departements_know(racine: Path, tmp_path: Path) -> None:
    autre = shutil.copytree(livraisons()[0], tmp_path / livraisons()[0].name)
    manifeste = json.loads((autre / "manifeste.json").read_text("utf-8"))
    (autre / "manifeste.json").write_text(json.dumps(manifeste | {"departement": "084"}), "utf-8")
    charger(racine, autre, confirmer="mêmes numéros, pour l'essai")
    ecrites = vies(racine)
    etats = etats_de(racine, ecrites)
    assert {tuple(un) for un in etats.values()} == {("013",), ("013", "084")}
    assert etats_de(racine, ["0130199000001G0000"]) == {"0130199000001G0000": []}
    for perdu in ("084", "013"):  # one of them was last loaded before these files, then both
        shutil.rmtree(racine / "parcours" / perdu)
        assert etats_de(racine, ecrites) == etats
        assert vies(racine) == ecrites


def etats_de(racine: Path, numeros: Iterable[str]) -> dict[str, list[str]]:
    """Return {numéro: départements that know it}."""
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        return {
            numero: [un["departement"] for un in lire_etats(v, numero, Reperes)]
            for numero in numeros
        }


def test_nothing_that_purger_erases_is_there(racine: Path) -> None:
    personnelles = {
        colonne.champ
        for table in contrat().tables.values()
        for colonne in table.colonnes
        if colonne.personnelle and colonne.champ != "numero_unique"
    }
    assert personnelles >= MASQUES
    trouves = fichiers(racine)
    assert trouves
    for fichier in trouves.values():
        colonnes = duckdb.sql(f"DESCRIBE FROM read_parquet('{fichier}')").fetchall()
        assert not personnelles & {nom for nom, *_ in colonnes}
        assert "numero_unique" in {nom for nom, *_ in colonnes}
