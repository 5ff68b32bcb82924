"""A standard table may be taken out: every page, document and command still opens without it.

Some of distant themes at a time, which share what opening everything costs: half of them, a sixth
in canary.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.partage import masquer_ensemble
from infocentre.mesures.tableaux import Tableaux, nom_mart, tableaux
from infocentre.restitutions import lecture
from tests.donnees.atelier import MAGASIN
from tests.profondeur import PROFONDEUR
from tests.restitutions.ouvertures import (
    DES_TABLEAUX,
    construire_documents,
    lancer_commandes,
    ouvrir_pages,
)

pytestmark = pytest.mark.lent

TABLEAUX = tableaux()
COMBIEN = 6 if PROFONDEUR > 1 else 2
GROUPES = [tuple(TABLEAUX)[rang::COMBIEN] for rang in range(COMBIEN)]
SEUIL = 11


@pytest.fixture
def sans(
    request: pytest.FixtureRequest,
    entrepot_demo: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Take tables out of queries/tableaux, and their marts out of the published version."""
    codes: tuple[str, ...] = request.param
    autres = Tableaux({un: tableau for un, tableau in TABLEAUX.items() if un not in codes})
    monkeypatch.setattr(sys.modules["infocentre.mesures.tableaux"], "lire_tableaux", lambda: autres)
    tableaux.cache_clear()
    racine = tmp_path / "donnees"
    racine.mkdir()
    for chose in entrepot_demo.racine.iterdir():
        if not chose.name.startswith(("versions", "diffusions", *MAGASIN)):
            (racine / chose.name).symlink_to(chose.readlink() if chose.is_symlink() else chose)
    shutil.copytree(entrepot_demo.racine / "versions", racine / "versions", symlinks=True)
    for base in racine.glob(f"versions/*/{ENTREPOT}"):
        with duckdb.connect(str(base)) as con:
            for code in codes:
                con.execute(f"drop table if exists {nom_mart(code)}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    yield codes, racine
    tableaux.cache_clear()


@pytest.mark.parametrize("sans", GROUPES, ids=map(str, range(COMBIEN)), indirect=True)
def test_everything_opens_without_some_tables(sans: tuple[tuple[str, ...], Path]) -> None:
    codes, racine = sans
    for adresse, ecran in ouvrir_pages(racine, DES_TABLEAUX).items():
        menees = {lien.split("?")[0] for lien in ecran.liens}
        assert menees.isdisjoint(f"/tableaux/{code}" for code in codes), adresse
    construire_documents(racine)
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        mois = lecture.du_mois(v)
        lues = {
            un: lire_tableau(v, un, mois.departement, mois.mois, partage=False).lignes
            for un in tableaux()
        }
    assert masquer_ensemble(lues, SEUIL).caches
    listes = lancer_commandes()["tableau"]
    for code in codes:
        assert code not in listes
        assert main(["tableau", code, "--format", "csv"]) == 1
