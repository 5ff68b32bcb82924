"""The store: SQLite in the data directory, or the base that INFOCENTRE_DECISIONS names."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from infocentre.decisions import scelles, tenue
from infocentre.decisions.schema import META, VERSION, identite
from infocentre.noyau import temoins
from infocentre.noyau.cle import lire_cle
from infocentre.noyau.complements import exiger_complement
from infocentre.noyau.erreurs import Refus

FICHIER = "decisions.sqlite"
ATTENTE = 10
SURE = 1.0  # seconds without a write, after which the next one leaves another mark
SCEAUX = b"infocentre, sceaux des chaines"  # what the key that seals is drawn for
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


@dataclass(frozen=True, slots=True)
class _Tenu:
    """The state of a store that a thread reads."""

    magasin: Magasin
    con: sa.Connection
    fil: int
    lus: dict[Hashable, Any] = field(default_factory=dict)


_TENU: ContextVar[_Tenu | None] = ContextVar("tenu", default=None)


class Magasin:
    """An open store: its schema is the one of this version of the infocentre."""

    def __init__(self, url: str, racine: Path | None = None, attendu: str | None = None) -> None:
        """Open the store, make or complete its schema.

        Its seals are made with the key of this data directory; without one, with a key that all
        know.

        Raises:
            Refus: that cannot be done, or the store is not the one that is expected.
        """
        self.lieu = sa.make_url(url).render_as_string(hide_password=True)
        with self._refuser():
            moteur = ouvrir_base(url)
            scelles.suivre(moteur)
            weakref.finalize(self, moteur.dispose)
            self._moteur = moteur.execution_options(secret=secret_des_sceaux(racine))
            with self._ecrire() as con:
                _migrer(con, racine, attendu)
                self.identite = tenue.reconnaitre(con, attendu)

    def fermer(self) -> None:
        """Close what is open of the base."""
        self._moteur.dispose()

    @contextlib.contextmanager
    def lire(self) -> Iterator[sa.Connection]:
        """Give a connection that reads one state of the store."""
        if tenu := self._tenu():
            with self._refuser():
                yield tenu.con
            return
        with self._refuser(), self._moteur.begin() as con:
            yield con

    def lire_une_fois(self, cle: Hashable, lire: Callable[[sa.Connection], L]) -> L:
        """Return what `lire` reads, which it does once in a block of `d_un_trait`."""
        tenu = self._tenu()
        if tenu is None:
            with self.lire() as con:
                return lire(con)
        if cle not in tenu.lus:
            with self.lire() as con:
                tenu.lus[cle] = lire(con)
        lu: L = tenu.lus[cle]
        return lu

    def _tenu(self) -> _Tenu | None:
        tenu = _TENU.get()
        ici = tenu and tenu.magasin is self and tenu.fil == threading.get_ident()
        return tenu if ici else None

    @contextlib.contextmanager
    def d_un_trait(self) -> Iterator[None]:
        """Have all that this thread reads in this block come from one state of the store.

        What it writes there ends that: it reads it again.
        """
        with self.lire() as con:
            jeton = _TENU.set(_Tenu(self, con, threading.get_ident()))
            try:
                yield
            finally:
                _TENU.reset(jeton)

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
        _TENU.set(None)
        options = {"ecriture": True, "aussitot": aussitot}
        with self._moteur.connect().execution_options(**options) as con, con.begin():
            tenue.commencer(con)
            yield con
            tenue.sceller(con)

    @property
    def marque(self) -> Hashable | None:
        """Return what each write changes; None where no file tells it, or not surely yet.

        A clock of files is coarse: two writes that follow at once may leave the same mark.
        """
        base = self._moteur.url.database
        if self._moteur.dialect.name != "sqlite" or not base or base == ":memory:":
            return None
        vus = [os.stat(un) for un in (base, f"{base}-wal") if os.path.exists(un)]  # noqa: PTH110, PTH116 - asked of each page, every few seconds
        if not vus or time.time() - max(un.st_mtime for un in vus) < SURE:
            return None
        return tuple((un.st_ino, un.st_size, un.st_mtime_ns) for un in vus)

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
        except (
            sa.exc.DBAPIError,
            sa.exc.NoSuchModuleError,
            ImportError,
            OSError,
            UnicodeDecodeError,  # what SQLite says of a schema that is damaged
        ) as erreur:
            raise Injoignable(
                "les décisions ne peuvent être lues ni gardées",
                f"{self.lieu} ({_cause(erreur)})",  # for who keeps the machine: pages do not say it
                "Vérifier la place et les droits sur le disque, ou l'adresse donnée dans "
                "INFOCENTRE_DECISIONS et le pilote de cette base ; voir ce qui est abîmé : "
                "infocentre verifier.",
            ) from erreur


def secret_des_sceaux(racine: Path | None) -> Callable[[], bytes]:
    """Return what gives the key of seals: drawn from that of a data directory, read once.

    Whoever has the key has that of seals: it keeps away who may write the base, and no one else.
    """

    @functools.cache
    def secret() -> bytes:
        cle = lire_cle(racine, faire=False) if racine else ""
        return hmac.digest(cle.encode("utf-8", "surrogateescape"), SCEAUX, "sha256")

    return secret


def _cause(erreur: Exception) -> str:
    if isinstance(erreur, UnicodeDecodeError):
        return "la base est abîmée"
    origine = erreur.orig if isinstance(erreur, sa.exc.DBAPIError) else erreur
    return str(origine).strip().splitlines()[0] if str(origine).strip() else type(origine).__name__


def url_des_decisions() -> str | None:
    """Return the base that INFOCENTRE_DECISIONS names, None for SQLite in the data directory."""
    return os.environ.get("INFOCENTRE_DECISIONS") or None


def url_du_magasin(racine: Path) -> str:
    """Return the address of the store of a data directory."""
    return url_des_decisions() or f"sqlite:///{(racine / FICHIER).absolute()}"


def lieu_du_magasin() -> str:
    """Return what names the place of the store, the same in each copy of the data directory."""
    url = url_des_decisions()
    return hashlib.sha256(url.encode()).hexdigest()[:16] if url else FICHIER


def ouvrir_magasin(racine: Path) -> Magasin:
    """Return the store of a data directory, opened once per process.

    Raises:
        Refus: it cannot be opened, or is not the one that the directory had.
    """
    lieu = racine.absolute()
    return _ouvrir(url_du_magasin(lieu), lieu)


def magasin_present(racine: Path) -> Magasin | None:
    """Return the store of a data directory, None when nothing was ever decided there."""
    if not url_des_decisions() and not (racine / FICHIER).is_file():
        exiger_present(racine)
        return None
    return ouvrir_magasin(racine)


def exiger_present(racine: Path) -> None:
    """Raise Refus when the file of a store that the directory had is there no more."""
    fichier = racine / FICHIER
    if lieu_du_magasin() in temoins.lire(racine).get("decisions", {}) and not fichier.is_file():
        raise tenue.magasin_perdu("les décisions ne sont plus là", str(fichier))


@functools.cache
def _ouvrir(url: str, racine: Path) -> Magasin:
    connus = temoins.lire(racine)
    if not url_des_decisions():
        exiger_present(racine)
    magasin = Magasin(url, racine, connus.get("decisions", {}).get(lieu_du_magasin()))
    _se_reconnaitre(magasin, racine, connus)
    return magasin


def _se_reconnaitre(magasin: Magasin, racine: Path, connus: temoins.Temoins) -> None:
    """Have the store and the directory say the same of each other: who lost it learns it again."""
    with magasin.lire() as con:
        sienne = con.scalar(sa.select(identite.c.cle))
    decisions = connus.get("decisions", {})
    if lieu_du_magasin() not in decisions:
        connue = {lieu_du_magasin(): magasin.identite}
        temoins.noter(racine, {"decisions": {**decisions, **connue}})
    if sienne and "cle" not in connus:
        temoins.noter(racine, {"cle": str(sienne)})
    elif not sienne and "cle" in connus:
        with magasin.ecrire() as con:
            con.execute(identite.update().values(cle=connus["cle"]))


def ouvrir_base(url: str) -> sa.Engine:
    """Return what opens a base; the file of SQLite is made for its owner alone."""
    lue = sa.make_url(url)
    if lue.get_backend_name() != "sqlite":
        if lue.drivername in {"postgresql", "postgresql+psycopg"}:
            exiger_complement("postgresql", "garder les décisions dans PostgreSQL")
        moteur = sa.create_engine(lue, pool_pre_ping=True)
        tenue.suivre(moteur)
        return moteur
    if lue.database:
        _creer_fichier(Path(lue.database))
    # Whatever thread lets a store go closes it.
    reglages = {"timeout": ATTENTE, "check_same_thread": False}
    moteur = sa.create_engine(lue, connect_args=reglages)
    tenue.suivre(moteur)
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


def _migrer(con: sa.Connection, racine: Path | None, attendu: str | None) -> None:
    """Bring the schema to VERSION, from nothing or from any older one."""
    if con.dialect.name == "postgresql":
        con.execute(sa.select(sa.func.pg_advisory_xact_lock(VERROU_POSTGRESQL)))
    presente = etape_presente(con)
    if presente == VERSION:
        return
    vide = not sa.inspect(con).get_table_names()
    if vide and attendu:
        raise tenue.magasin_perdu("les décisions ont été vidées : il n'en reste rien")
    if vide:
        creer(con)
    else:
        suivre_les_etapes(con, presente)
    if racine:
        lire_cle(racine)
    scelles.achever(con, vide=vide)
    tenue.sceller_tout(con)


def creer(con: sa.Connection) -> None:
    """Make the tables of today in an empty base, which the steps would make one by one."""
    for ordre in _ordres(con.dialect.name):
        con.exec_driver_sql(ordre)
    con.execute(sa.text("INSERT INTO alembic_version VALUES (:etape)"), {"etape": VERSION})


@functools.cache
def _ordres(dialecte: str) -> list[str]:
    """Return what makes the tables, which takes longer to write than a base to do."""
    ordres: list[str] = []

    def noter(ordre: sa.ExecutableDDLElement, *_: object, **__: object) -> None:
        ordres.append(str(ordre.compile(dialect=moteur.dialect)))

    moteur = sa.create_mock_engine(f"{dialecte}://", noter)
    META.create_all(moteur, checkfirst=False)
    etape = sa.Column("version_num", sa.String(32))
    sa.Table("alembic_version", sa.MetaData(), etape).create(moteur, checkfirst=False)
    return ordres


# What SQLite says of the machine, and not of the file.
_DE_LA_MACHINE = tuple(
    f"SQLITE_{un}" for un in "READONLY BUSY LOCKED CANTOPEN PERM AUTH FULL IOERR NOMEM".split()
)


class Injoignable(Refus):
    """A store that does not answer, or that the machine keeps from being read or written."""

    @property
    def de_la_machine(self) -> bool:
        """Tell whether rights, room, a lock or a server keep it away: it is not damaged."""
        cause = self.__cause__
        origine = getattr(cause, "orig", None)
        if isinstance(origine, sqlite3.Error):
            return sqlite_de_la_machine(origine)
        return isinstance(cause, (OSError, sa.exc.OperationalError))


def sqlite_de_la_machine(erreur: sqlite3.Error) -> bool:
    """Tell whether SQLite refuses because of the machine, and not of what the file holds."""
    return str(getattr(erreur, "sqlite_errorname", "")).startswith(_DE_LA_MACHINE)


class PlusRecent(Refus):
    """A store that a newer infocentre keeps: whole, and not ours to mend."""


def suivre_les_etapes(con: sa.Connection, presente: str | None, jusqu_a: str = VERSION) -> None:
    """Bring a base from the step that it is at, None for an empty one, to another.

    Raises:
        PlusRecent: one of the two is of a newer infocentre.
    """
    # Alembic takes a third of a second: only who migrates imports it.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    dossier = Path(__file__).with_name("migrations")
    etapes = ScriptDirectory(str(dossier), version_locations=[str(dossier)])
    connues = [une.revision for une in etapes.walk_revisions()]
    if not {presente, jusqu_a} <= {None, *connues}:
        raise PlusRecent(
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
