"""The store: SQLite in the data directory, or the base that INFOCENTRE_DECISIONS names."""

from __future__ import annotations

import contextlib
import functools
import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from infocentre.decisions.schema import META, VERSION
from infocentre.noyau.erreurs import Refus

FICHIER = "decisions.sqlite"
ATTENTE = 10
PREMIERE = "r0001"
VERROU_POSTGRESQL = 4_417_031  # any number, the same for all: one process at a time migrates
L = TypeVar("L")


def lire_lignes(
    con: sa.Connection, demande: sa.Select[Any], genre: type[L], **valeurs: object
) -> list[L]:
    """Return the rows of a SELECT; `genre` is their type, whose columns they must have.

    `valeurs` are those of its parameters.

    Raises:
        TypeError: they lack one.
    """
    lues = con.execute(demande, valeurs).mappings()
    if manquent := getattr(genre, "__required_keys__", frozenset[str]()) - set(lues.keys()):
        message = f"{genre.__name__} : {', '.join(sorted(manquent))}"
        raise TypeError(message)
    return [cast("L", dict(une)) for une in lues]


class Magasin:
    """An open store: its schema is the one of this version of the infocentre."""

    def __init__(self, url: str) -> None:
        """Open the store, make or complete its schema; raise Refus when that cannot be done."""
        self.lieu = sa.make_url(url).render_as_string(hide_password=True)
        with self._refuser():
            self._moteur = ouvrir_base(url)
            weakref.finalize(self, self._moteur.dispose)
            with self._ecrire() as con:
                _migrer(con)

    @contextlib.contextmanager
    def lire(self) -> Iterator[sa.Connection]:
        """Give a connection that reads one state of the store."""
        with self._refuser(), self._moteur.begin() as con:
            yield con

    @contextlib.contextmanager
    def ecrire(self, *, aussitot: bool = True) -> Iterator[sa.Connection]:
        """Give a connection whose changes are all kept, or none of them.

        They are on the disk when it is left, unless `aussitot` is False: then a machine that loses
        its power may forget the last ones, never a part of one; a process that dies loses none.
        """
        with self._refuser(), self._ecrire(aussitot=aussitot) as con:
            yield con

    @contextlib.contextmanager
    def _ecrire(self, *, aussitot: bool = True) -> Iterator[sa.Connection]:
        options = {"ecriture": True, "aussitot": aussitot}
        with self._moteur.connect().execution_options(**options) as con, con.begin():
            yield con

    def compacter(self) -> bool:
        """Leave on the disk nothing of what was deleted; tell if it could be done at once.

        Of SQLite, whose file and journal keep it; a server has its own housekeeping.
        """
        if self._moteur.dialect.name != "sqlite":
            return True
        vider = "PRAGMA wal_checkpoint(TRUNCATE)"
        with self._refuser(), self._moteur.connect() as con:
            curseur = con.connection.cursor()
            curseur.execute("VACUUM")
            curseur.execute(vider)
            lu = curseur.fetchone()
            return lu is not None and not lu[0]  # whether somebody else was in the way

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


def url_des_decisions() -> str | None:
    """Return the base that INFOCENTRE_DECISIONS names, None for SQLite in the data directory."""
    return os.environ.get("INFOCENTRE_DECISIONS") or None


def ouvrir_magasin(racine: Path) -> Magasin:
    """Return the store of a data directory, opened once per process."""
    return _ouvrir(url_des_decisions() or f"sqlite:///{(racine / FICHIER).absolute()}")


def magasin_present(racine: Path) -> Magasin | None:
    """Return the store of a data directory, None when nothing was ever decided there."""
    if not url_des_decisions() and not (racine / FICHIER).is_file():
        return None
    return ouvrir_magasin(racine)


@functools.cache
def _ouvrir(url: str) -> Magasin:
    return Magasin(url)


def ouvrir_base(url: str) -> sa.Engine:
    """Return what opens a base; the file of SQLite is made for its owner alone."""
    lue = sa.make_url(url)
    if lue.get_backend_name() != "sqlite":
        return sa.create_engine(lue, pool_pre_ping=True)
    if lue.database:
        _creer_fichier(Path(lue.database))
    # Whatever thread lets a store go closes it.
    reglages = {"timeout": ATTENTE, "check_same_thread": False}
    moteur = sa.create_engine(lue, connect_args=reglages)
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
    # Who reads and who writes do not wait for each other, and a write is on the disk at once.
    connexion.cursor().execute("PRAGMA journal_mode = WAL")


def _commencer_sqlite(con: sa.Connection) -> None:
    """Begin; who will write takes the lock at once, so that two writers wait for each other."""
    options = con.get_execution_options()
    if options.get("ecriture"):
        surete = "FULL" if options.get("aussitot", True) else "NORMAL"
        con.exec_driver_sql(f"PRAGMA synchronous = {surete}")
    con.exec_driver_sql("BEGIN IMMEDIATE" if options.get("ecriture") else "BEGIN")


def _migrer(con: sa.Connection) -> None:
    """Bring the schema to VERSION, from nothing or from any older one."""
    if con.dialect.name == "postgresql":
        con.execute(sa.select(sa.func.pg_advisory_xact_lock(VERROU_POSTGRESQL)))
    presente = etape_presente(con)
    if presente == VERSION:
        return
    if not sa.inspect(con).get_table_names():
        _creer(con)
        return
    suivre_les_etapes(con, presente)


def _creer(con: sa.Connection) -> None:
    """Make the tables of today in an empty base, which the steps would make one by one."""
    META.create_all(con)
    version = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32)))
    version.create(con)
    con.execute(version.insert().values(version_num=VERSION))


def suivre_les_etapes(con: sa.Connection, presente: str | None, jusqu_a: str = VERSION) -> None:
    """Bring a base from the step that it is at, None for an empty one, to another.

    Raises:
        Refus: one of the two is of a newer infocentre.
    """
    # Alembic takes a third of a second: only who migrates imports it.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    dossier = Path(__file__).with_name("migrations")
    etapes = ScriptDirectory(str(dossier), version_locations=[str(dossier)])
    connues = [une.revision for une in etapes.walk_revisions()]
    if not {presente, jusqu_a} <= {None, *connues}:
        raise Refus(
            "les décisions ont été gardées par une version plus récente de l'infocentre",
            que_faire="Mettre à jour l'infocentre.",
        )
    with EnvironmentContext(
        Config(),
        etapes,
        fn=lambda revision, _: etapes._upgrade_revs(jusqu_a, revision),  # noqa: SLF001 - what `alembic upgrade` calls
    ) as milieu:
        milieu.configure(connection=con, target_metadata=META)
        if presente == PREMIERE:
            milieu.get_context().stamp(etapes, PREMIERE)
        milieu.run_migrations()


def etape_presente(con: sa.Connection) -> str | None:
    """Return the step that a store is at, None for an empty one.

    Those from before Alembic have the tables of the first step, and their version in a table.
    """
    tables = sa.inspect(con).get_table_names()
    if "alembic_version" in tables:
        return str(con.scalar(sa.text("SELECT version_num FROM alembic_version")))
    return PREMIERE if "version_schema" in tables else None
