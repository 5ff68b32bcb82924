"""The kernel's filter alone: a query's process calculates, with its threads, and does no more."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from infocentre.acces.modele import SEUL
from infocentre.entrepot import Dossier
from infocentre.requetes import enfant
from infocentre.requetes.execution import executer
from infocentre.requetes.modele import RequeteRefusee
from infocentre.requetes.processus import DEPART, MILIEU

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


def test_without_walls_a_query_is_refused_unless_told_otherwise(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programme = tmp_path / "enfant.py"
    source = Path(enfant.__file__).read_text("utf-8")
    programme.write_text(source.replace("libc.syscall(_LANDLOCK_JEU, None, 0, 1)", "-1"))
    monkeypatch.setattr("infocentre.requetes.processus.PROGRAMME", programme)
    with pytest.raises(
        RequeteRefusee, match=r"ne sait pas enfermer une requête \(Landlock\)"
    ) as dit:
        executer(dossier, "select 1", acces=SEUL)
    assert dit.value.motif == "cloison"
    monkeypatch.setenv("INFOCENTRE_SANS_CLOISON", "oui")
    assert executer(dossier, "select 1", acces=SEUL).lignes == [(1,)]


def test_a_query_starts_compiled_and_runs_nothing_of_what_is_installed(tmp_path: Path) -> None:
    programme = tmp_path / "enfant.py"
    programme.write_text(
        "import sys, _duckdb, pytz\n"
        "drapeaux = sys.flags.isolated, sys.flags.no_site, sys.flags.dont_write_bytecode\n"
        "print(*drapeaux, 'site' in sys.modules, *sys.argv[1:])"
    )
    sans_verifier = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(programme), invalidation_mode=sans_verifier)
    programme.write_text("print('compiled again')")
    depart = [*DEPART, str(programme), "3", "4"]
    fini = subprocess.run(depart, capture_output=True, check=True, text=True, env=MILIEU)
    assert fini.stdout == "1 1 1 False 3 4\n"
