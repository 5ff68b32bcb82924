"""What all tests share: the demonstration, made once for the processes of a run."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import settings

from infocentre.noyau.depart import prendre_l_heure_de_paris
from tests.donnees.communs import GARDES, une_fois
from tests.profondeur import PROFONDEUR

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from infocentre.entrepot import Dossier

ICI = Path(__file__).parent
# What waits comes first, for others: each recipe starts a pytest of its own, a browser its server.
DABORD = (ICI / "test_recettes.py", ICI / "navigateur")
TAILLE, MOIS = 800, 14
# Where files are in memory, and the room that a run must find there.
MEMOIRE, PLACE = Path("/dev/shm"), 4 << 30  # noqa: S108 - TMPDIR, unless another is asked for
# How many threads each keeps, read when it is imported.
FILS = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS")


# Speed is measured by the benchmarks: an example that waits for a busy machine is not wrong.
settings.register_profile("infocentre", deadline=None, max_examples=25 * PROFONDEUR)
settings.load_profile("infocentre")


def pytest_configure(config: pytest.Config) -> None:
    """Make the directory that the processes of a run have in common, share the cores out."""
    prendre_l_heure_de_paris()
    _ecrire_en_memoire()
    _partager_les_coeurs(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    if not os.environ.get(GARDES):
        os.environ[GARDES] = tempfile.mkdtemp(prefix="infocentre-communs-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(GARDES), ignore_errors=True))


def _ecrire_en_memoire() -> None:
    """Have temporary files in memory, where there is room, unless TMPDIR says where.

    All that is published is put on the disk before it is named: of tests, most of the wait.
    """
    if "TMPDIR" in os.environ or not os.access(MEMOIRE, os.W_OK):
        return
    if shutil.disk_usage(MEMOIRE).free > PLACE:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMOIRE)


def _partager_les_coeurs(processus: int) -> None:
    """Have DuckDB, polars and BLAS use this process's share of the cores, unless told otherwise.

    Threads that wait for the other processes' cost a fifth of the time of a run.
    """
    connecter: Callable[..., Any] = duckdb.connect
    fils = max((os.cpu_count() or 1) // processus, 1)
    for variable in FILS if processus > 1 else ():
        os.environ.setdefault(variable, str(fils))

    def partager(*ou: Any, config: dict[str, Any] | None = None, **autres: Any) -> Any:
        return connecter(*ou, config={"threads": fils, **(config or {})}, **autres)

    pytest.MonkeyPatch().setattr(duckdb, "connect", partager)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is `profond` to canary; put first what waits.

    One process waits while another makes the demonstration.
    """
    if PROFONDEUR == 1:
        config.hook.pytest_deselected(items=[un for un in items if _est_profond(un)])
        items[:] = [un for un in items if not _est_profond(un)]
    items.sort(key=lambda item: _rang(item.path))


def _est_profond(item: pytest.Item) -> bool:
    return item.get_closest_marker("profond") is not None


@functools.cache
def _rang(chemin: Path) -> list[bool]:
    return [not chemin.is_relative_to(un) for un in DABORD]


def pytest_xdist_auto_num_workers() -> int:
    """Have two processes more than there are cores: those that wait for a browser leave them."""
    return (os.cpu_count() or 1) + 2


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    """Return the browser of this process: Playwright starts once in each."""
    from playwright.sync_api import sync_playwright

    from tests.navigateur.conftest import CHROMIUM, OPTIONS

    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    with sync_playwright() as outil:
        ouvert = outil.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield ouvert
        ouvert.close()


@pytest.fixture(scope="session")
def entrepot_demo() -> Dossier:
    """Return a data directory that no test may change: copy it to load something else."""
    from infocentre.entrepot import Dossier

    return Dossier(une_fois("demonstration", _demonstration) / "donnees")


def _demonstration(atelier: Path) -> None:
    from infocentre.entrepot import Dossier
    from infocentre.noyau.cle import lire_cle
    from tests.donnees.atelier import publier_demonstration

    publier_demonstration(atelier / "donnees", taille=TAILLE, mois=MOIS)
    lire_cle(atelier / "donnees")  # what is decided elsewhere of it is sealed with its key
    _decider_ce_que_les_bilans_masquent(Dossier(atelier / "donnees"))


def _decider_ce_que_les_bilans_masquent(dossier: Dossier) -> None:
    """Do once what `infocentre quotidien` does at night: each bilan would, of all its months."""
    from infocentre.acces.perimetre import TOUT
    from infocentre.lecture.commun import mois_controles
    from infocentre.lecture.ouverture import ouvrir_pour
    from infocentre.lecture.publies import masquer_mois

    with ouvrir_pour(dossier, TOUT) as v:
        for departement in v.version.departements:
            for mois in mois_controles(v, departement):
                masquer_mois(v, departement, mois)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Give the URL of a PostgreSQL that the tests of a process share."""
    from tests.postgresql import serveur

    with serveur() as url:
        yield url


@pytest.fixture
def base_postgresql(postgresql: str) -> str:
    """Give the URL of the PostgreSQL of the session, emptied."""
    import sqlalchemy as sa

    moteur = sa.create_engine(postgresql)
    with moteur.begin() as con:
        con.exec_driver_sql("DROP SCHEMA public CASCADE")
        con.exec_driver_sql("CREATE SCHEMA public")
    moteur.dispose()
    return postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty base of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    return str(request.getfixturevalue("base_postgresql"))
