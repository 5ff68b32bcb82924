"""The store: SQLite in the data directory, or the base that INFOCENTRE_DECISIONS names."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from infocentre.decisions.schema import META, MIGRATIONS, VERSION, version_schema
from infocentre.noyau.erreurs import Refus

FICHIER = "decisions.sqlite"
ATTENTE = 10
VERROU_POSTGRESQL = 4_417_031  # any number, the same for all: one process at a time migrates


class Magasin:
    """An open store: its schema is the one of this version of the infocentre."""

    def __init__(self, url: str) -> None:
        """Open the store, make or complete its schema; raise Refus when that cannot be done."""
        self.lieu = sa.make_url(url).render_as_string(hide_password=True)
        with self._refuser():
            self._moteur = _moteur(url)
            with self._ecrire() as con:
                _migrer(con)

    @contextlib.contextmanager
    def lire(self) -> Iterator[sa.Connection]:
        """Give a connection that reads one state of the store."""
        with self._refuser(), self._moteur.begin() as con:
            yield con

    @contextlib.contextmanager
    def ecrire(self) -> Iterator[sa.Connection]:
        """Give a connection whose changes are all kept, or none of them."""
        with self._refuser(), self._ecrire() as con:
            yield con

    @contextlib.contextmanager
    def _ecrire(self) -> Iterator[sa.Connection]:
        with self._moteur.connect().execution_options(ecriture=True) as con, con.begin():
            yield con

    @contextlib.contextmanager
    def _refuser(self) -> Iterator[None]:
        """Turn what the base refuses (file, server, right) into a Refus."""
        try:
            yield
        except (sa.exc.DBAPIError, sa.exc.NoSuchModuleError, ImportError, OSError) as erreur:
            raise Refus(
                f"les décisions ne peuvent être lues ni gardées ({_cause(erreur)})",
                self.lieu,
                "Vérifier la place et les droits sur le disque, ou l'adresse donnée dans "
                "INFOCENTRE_DECISIONS et le pilote de cette base.",
            ) from erreur


def _cause(erreur: Exception) -> str:
    origine = erreur.orig if isinstance(erreur, sa.exc.DBAPIError) else erreur
    return str(origine).strip().splitlines()[0] if str(origine).strip() else type(origine).__name__


def ouvrir_magasin(racine: Path) -> Magasin:
    """Return the store of a data directory, opened once per process."""
    url = os.environ.get("INFOCENTRE_DECISIONS")
    return _ouvrir(url or f"sqlite:///{(racine / FICHIER).absolute()}")


@functools.cache
def _ouvrir(url: str) -> Magasin:
    return Magasin(url)


def _moteur(url: str) -> sa.Engine:
    lue = sa.make_url(url)
    if lue.get_backend_name() != "sqlite":
        return sa.create_engine(lue, pool_pre_ping=True)
    if lue.database:
        _creer_fichier(Path(lue.database))
    moteur = sa.create_engine(lue, connect_args={"timeout": ATTENTE})
    sa.event.listen(moteur, "connect", _regler_sqlite)
    sa.event.listen(moteur, "begin", _commencer_sqlite)
    return moteur


def _creer_fichier(fichier: Path) -> None:
    """Make the file before SQLite does: nobody else may read it, not even for an instant."""
    fichier.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(fichier, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _regler_sqlite(connexion: sa.engine.interfaces.DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connexion.isolation_level = None  # transactions are begun below
    connexion.cursor().execute("PRAGMA foreign_keys = ON")


def _commencer_sqlite(con: sa.Connection) -> None:
    """Begin; who will write takes the lock at once, so that two writers wait for each other."""
    ecriture = con.get_execution_options().get("ecriture")
    con.exec_driver_sql("BEGIN IMMEDIATE" if ecriture else "BEGIN")


def _migrer(con: sa.Connection) -> None:
    """Bring the schema to VERSION, from nothing or from any older one."""
    if con.dialect.name == "postgresql":
        con.execute(sa.select(sa.func.pg_advisory_xact_lock(VERROU_POSTGRESQL)))
    version_schema.create(con, checkfirst=True)
    presente = con.scalar(sa.select(sa.func.max(version_schema.c.version)))
    if presente is not None and presente > VERSION:
        raise Refus(
            "les décisions ont été gardées par une version plus récente de l'infocentre",
            que_faire="Mettre à jour l'infocentre.",
        )
    if presente == VERSION:
        return
    etapes: list[Callable[[sa.Connection], None]] = [META.create_all]
    if presente is not None:
        etapes = [*MIGRATIONS[presente - 1 :]]
    for etape in etapes:
        etape(con)
    con.execute(version_schema.insert().values(version=VERSION))
