"""A real PostgreSQL, made and started for the tests of a process, in a directory of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

COMPTE = "postgres"  # the server refuses to be root


def _programme(nom: str) -> str:
    trouves = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{nom}"))
    if not trouves:
        message = f"{nom} manque : make setup installe le paquet Debian postgresql"
        raise RuntimeError(message)
    return str(trouves[-1])


def _lancer(*arguments: str) -> None:
    compte = COMPTE if os.geteuid() == 0 else None
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, user=compte, cwd="/tmp")  # noqa: S108


@contextlib.contextmanager
def serveur(adresse: str = "") -> Iterator[str]:
    """Give the URL of an empty base, on a socket that only this machine has, or at an address."""
    dossier = Path(tempfile.mkdtemp(prefix="infocentre-pg-"))
    donnees = dossier / "donnees"
    try:
        if os.geteuid() == 0:
            compte = pwd.getpwnam(COMPTE)
            os.chown(dossier, compte.pw_uid, compte.pw_gid)
        _lancer(_programme("initdb"), "-D", str(donnees), "-A", "trust", "-U", "test", "-E", "UTF8")
        with (donnees / "pg_hba.conf").open("a") as regles_d_acces:
            regles_d_acces.write("host all test samenet trust\n")
        regles = f"-c listen_addresses={adresse} -c unix_socket_directories={dossier} -c fsync=off"
        journal = str(dossier / "journal")
        pg_ctl = _programme("pg_ctl")
        _lancer(pg_ctl, "-D", str(donnees), "-l", journal, "-o", regles, "-w", "start")
        try:
            yield f"postgresql+psycopg://test@/postgres?host={adresse or dossier}"
        finally:
            _lancer(pg_ctl, "-D", str(donnees), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(dossier, ignore_errors=True)
