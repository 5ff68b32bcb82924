"""A standard table may be taken out: every page, document and command still opens without it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dashboards.app import creer_app
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.lecture.perimetre import TOUT
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.partage import masquer_ensemble
from infocentre.mesures.tableaux import Tableaux, lire_tableaux, nom_mart, tableaux
from infocentre.restitutions import bilan, lecture, mission, synthese
from infocentre.restitutions.bilan.contexte import Contexte
from tests.dashboards.vues import ouvrir

TABLEAUX = lire_tableaux()
# Each of these reads tables besides its own; a page of a table reads its own alone.
PAGES = ("/", "/?epci=200054807", "/tableaux", "/documents", "/guichet/G1302")
SEUIL = 11


@pytest.fixture
def sans(
    request: pytest.FixtureRequest, entrepot_demo: Dossier, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, Path]]:  # fmt: skip
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
def test_everything_opens_without_any_table(
    sans: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, racine = sans
    app = creer_app(Dossier(racine))
    for page in PAGES:
        ecran = ouvrir(app, page)
        assert ecran.texte
        assert not [un for un in ecran.liens if un.split("?")[0] == f"/tableaux/{code}"], page
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        mois, semestre = lecture.du_mois(v), lecture.du_semestre(v, "2026-S1")
        assert synthese.construire(mois).sections
        assert mission.construire(semestre).sections
        entier = bilan.construire(semestre, Contexte(semestre, partage=False))
        assert code not in {un.tableau.code for un in Contexte(semestre, partage=False).absences()}
        assert entier.sections
        lues = {
            un: lire_tableau(v, un, mois.departement, mois.mois, partage=False).lignes
            for un in tableaux()
        }
    assert masquer_ensemble(lues, SEUIL).caches
    assert main(["tableau"]) == 0
    assert code not in capsys.readouterr().out
    assert main(["expliquer", "ATT_DALO_NR"]) == 0
    assert main(["tableau", code, "--format", "csv"]) == 1
