"""A standard table may be taken out: every page, document and command still opens without it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.lecture.perimetre import TOUT
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.partage import masquer_ensemble
from infocentre.mesures.tableaux import Tableaux, lire_tableaux, nom_mart, tableaux
from infocentre.restitutions import lecture
from tests.restitutions.ouvertures import (
    DES_TABLEAUX,
    construire_documents,
    lancer_commandes,
    ouvrir_pages,
)

TABLEAUX = lire_tableaux()
SEUIL = 11


@pytest.fixture
def sans(
    request: pytest.FixtureRequest,
    entrepot_demo: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, Path]]:
    """Take a table out of queries/tableaux, and its mart out of the published version."""
    code = str(request.param)
    autres = Tableaux({un: tableau for un, tableau in TABLEAUX.items() if un != code})
    monkeypatch.setattr(sys.modules["infocentre.mesures.tableaux"], "lire_tableaux", lambda: autres)
    tableaux.cache_clear()
    racine = tmp_path / "donnees"
    racine.mkdir()
    for chose in entrepot_demo.racine.iterdir():
        if chose.name != "versions":
            (racine / chose.name).symlink_to(chose.readlink() if chose.is_symlink() else chose)
    shutil.copytree(entrepot_demo.racine / "versions", racine / "versions", symlinks=True)
    for base in racine.glob(f"versions/*/{ENTREPOT}"):
        with duckdb.connect(str(base)) as con:
            con.execute(f"drop table if exists {nom_mart(code)}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    yield code, racine
    tableaux.cache_clear()


@pytest.mark.parametrize("sans", TABLEAUX, indirect=True)
def test_everything_opens_without_any_table(sans: tuple[str, Path]) -> None:
    code, racine = sans
    for adresse, ecran in ouvrir_pages(racine, DES_TABLEAUX).items():
        menees = {lien.split("?")[0] for lien in ecran.liens}
        assert f"/tableaux/{code}" not in menees, adresse
    construire_documents(racine)
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        mois = lecture.du_mois(v)
        lues = {
            un: lire_tableau(v, un, mois.departement, mois.mois, partage=False).lignes
            for un in tableaux()
        }
    assert masquer_ensemble(lues, SEUIL).caches
    assert code not in lancer_commandes()["tableau"]
    assert main(["tableau", code, "--format", "csv"]) == 1
