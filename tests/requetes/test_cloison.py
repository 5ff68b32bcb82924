"""The kernel's filter alone: a query's process calculates, with its threads, and does no more."""

from __future__ import annotations

import os
import py_compile
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infocentre.entrepot import Dossier
from infocentre.requetes import enfant, processus
from infocentre.requetes.modele import RequeteRefusee
from infocentre.requetes.processus import DEPART, MILIEU
from tests.requetes.aide import attendre, demander, lancer, prets, processus_enfants, refus

# Each line is a call that only the filter stops: Landlock knows nothing of most of them.
ACTIONS = """
socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
socket.socket(socket.AF_INET, socket.SOCK_RAW)
socket.socketpair()
os.fork()
os.posix_spawn('/bin/true', ['true'], {})
os.execv('/bin/true', ['true'])
os.chmod(cible, 0o777)
os.chown(cible, 1, 1)
os.utime(cible, (0, 0))
os.setxattr(cible, 'user.x', b'x')
os.rename(cible, cible + '.autre')
os.unlink(cible)
os.mkdir(cible + '.dossier')
os.listdir('/')
os.kill(os.getppid(), 0)
os.pipe()
os.memfd_create('x')
resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (64, 64))
appel(272, 0x10000000)
appel(425, 8, bytes(120))
appel(101, 16, os.getppid(), 0, 0)
appel(310, os.getppid(), 0, 0, 0, 0, 0)
appel(165, 0, 0, 0, 0, 0)
appel(321, 0, 0, 0)
appel(298, 0, 0, 0, 0, 0)
appel(323, 0)
appel(0x40000000 + 41, 2, 1, 0)
""".split("\n")[1:-1]
PROGRAMME = f"""
import ctypes, errno, os, resource, socket, sys, threading
sys.path.insert(0, {str(Path(enfant.__file__).parent)!r})
import enfant
libc = ctypes.CDLL(None, use_errno=True)
cible = sys.argv[1]
def appel(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), 'refused')
libc.prctl(38, 1, 0, 0, 0)
assert enfant._fermer_appels(libc)
for action in sys.argv[2:]:
    try:
        eval(action)
    except PermissionError:
        print(action)
fil = threading.Thread(target=print, args=('un fil',))
fil.start()
fil.join()
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="these are numbers of x86_64")
def test_seccomp_alone_leaves_nothing_but_calculation(tmp_path: Path) -> None:
    cible = tmp_path / "cle"
    cible.write_text("secret")
    avant = cible.stat()
    fini = subprocess.run(
        [sys.executable, "-c", PROGRAMME, str(cible), *ACTIONS],
        capture_output=True,
        check=True,
        text=True,
    )
    assert fini.stdout.splitlines() == [*ACTIONS, "un fil"]
    assert cible.stat() == avant


@pytest.fixture(autouse=True)
def _rien_n_attend() -> Iterator[None]:
    processus.fermer()
    yield
    processus.fermer()


@pytest.fixture
def programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the program of queries, to change before the first one is asked."""
    copie = tmp_path / "enfant.py"
    shutil.copyfile(enfant.__file__, copie)
    monkeypatch.setattr(processus, "PROGRAMME", copie)
    return copie


def changer(programme: Path, avant: str, apres: str) -> None:
    source = programme.read_text("utf-8")
    assert source.count(avant) == 1
    programme.write_text(source.replace(avant, apres), "utf-8")


def test_without_walls_a_query_is_refused_unless_told_otherwise(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch, programme: Path
) -> None:
    changer(programme, "libc.syscall(_LANDLOCK_JEU, None, 0, 1)", "-1")
    leve = refus(dossier, "select 1")
    assert leve.motif == "cloison"
    assert "ne sait pas enfermer une requête (Landlock)" in leve.quoi
    monkeypatch.setenv("INFOCENTRE_SANS_CLOISON", "oui")
    assert demander(dossier, "select 1").lignes == [(1,)]


# --- What forks the queries -----------------------------------------------------------------------


def test_queries_are_forked_by_one_process_that_keeps_nothing_of_them(dossier: Dossier) -> None:
    assert demander(dossier, "select 1").lignes == [(1,)]
    (pret,) = prets()
    assert demander(dossier, "select 2").lignes == [(2,)]
    assert prets() == [pret]
    assert len(list((pret / "task").iterdir())) == 1  # else it could not fork
    assert {fd.name for fd in (pret / "fd").iterdir()} == {"0", "1", "2"}
    assert str(dossier.racine) not in (pret / "maps").read_text()
    assert processus_enfants() == []


def test_each_query_draws_its_own_numbers(dossier: Dossier) -> None:
    tires = [demander(dossier, "select random(), uuid()").lignes[0] for _ in range(4)]
    assert len(set(tires)) == len({un for un, _ in tires}) == len({un for _, un in tires}) == 4


def test_a_query_is_forked_by_another_when_the_one_before_is_dead(dossier: Dossier) -> None:
    assert demander(dossier, "select 1").lignes == [(1,)]
    (mort,) = prets()
    os.kill(int(mort.name), signal.SIGKILL)
    attendre(lambda: ") Z " in (mort / "stat").read_text())  # all that it held is given back
    assert demander(dossier, "select 2").lignes == [(2,)]
    assert mort not in prets()


def test_a_query_dies_with_what_forked_it_and_is_said_stopped(dossier: Dossier) -> None:
    with ThreadPoolExecutor() as fils:
        _, suite = lancer(dossier, fils)
        attendre(lambda: len(processus_enfants()) == 1)
        (fiche,), (pret,) = processus_enfants(), prets()
        os.kill(int(pret.name), signal.SIGKILL)
        leve = suite.exception(5)
    assert isinstance(leve, RequeteRefusee)
    assert leve.motif == "memoire"  # the system kills so what takes too much of it
    attendre(lambda: not fiche.exists())
    assert demander(dossier, "select 1").lignes == [(1,)]


def test_a_query_dies_though_what_forked_it_died_at_that_instant(
    dossier: Dossier, programme: Path
) -> None:
    changer(programme, "_mourir_avec(moi)", "time.sleep(0.5); _mourir_avec(moi)")
    with ThreadPoolExecutor() as fils:
        _, suite = lancer(dossier, fils)
        attendre(lambda: len(processus_enfants()) == 1)
        (fiche,), (pret,) = processus_enfants(), prets()
        os.kill(int(pret.name), signal.SIGKILL)
        assert isinstance(suite.exception(5), RequeteRefusee)
    attendre(lambda: not fiche.exists())


def test_what_forks_them_does_not_stay_when_nothing_is_asked(
    dossier: Dossier, programme: Path
) -> None:
    changer(programme, "REPOS, FIN = 600,", "REPOS, FIN = 0.05,")
    assert demander(dossier, "select 1").lignes == [(1,)]
    attendre(lambda: prets() == [])
    assert demander(dossier, "select 2").lignes == [(2,)]


def test_a_query_starts_compiled_and_runs_nothing_of_what_is_installed(tmp_path: Path) -> None:
    programme = tmp_path / "enfant.py"
    programme.write_text(
        "import sys, _duckdb, pytz\n"
        "drapeaux = sys.flags.isolated, sys.flags.no_site, sys.flags.dont_write_bytecode\n"
        "print(*drapeaux, 'site' in sys.modules)"
    )
    sans_verifier = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(programme), invalidation_mode=sans_verifier)
    programme.write_text("print('compiled again')")
    depart = [*DEPART, str(programme)]
    fini = subprocess.run(depart, capture_output=True, check=True, text=True, env=MILIEU)
    assert fini.stdout == "1 1 1 False\n"
