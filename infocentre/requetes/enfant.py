"""Run each query in a process that can do nothing else, forked for that query only.

Started by its path, this program loads DuckDB, then waits on its standard input, a socket. Each
message there comes with three descriptors: the query as JSON, the analysts' file, where the result
goes. It forks what answers, opens none of the three itself, and kills it at the next message.

It imports nothing of the project and is told no path of data. Walls of a query, from the outside
in: this program, who kills; limits of the kernel; a kernel that opens no other file (Landlock) and
knows no call but those of a calculation (seccomp); DuckDB on a read-only file, locked; one
statement, a SELECT or an EXPLAIN of one. A query is refused where the kernel lacks one of its two
walls, unless told otherwise.

The result is a sequence of frames: a letter, the length on 4 bytes, JSON.
C columns [[name, type]] · L rows · F the end [number of rows, were there more] · E what DuckDB
says of an error · R our own refusal: DuckDB can be made to say anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import gc
import importlib
import json
import os
import re
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, TypedDict

if TYPE_CHECKING:
    import duckdb

NOM = "analystes"
FUSEAU = "Europe/Paris"
LOT, LOT_IMBRIQUE, FILS, POLITESSE = 500, 10, 2, 5
# Seconds without a query after which this program ends, and that an answer waits for it at most.
REPOS, FIN = 600, 60
# What it says of a query that is over: the code of its end, its processor time in seconds, its
# largest resident memory in bytes.
COMPTE = struct.Struct("=idq")
# Values of one frame, which the parent reads whole, and of one row.
TRAME, LIGNE = 200_000, 1_000_000
# Of a result, and of each SELECT within, `*` being as wide as our widest table.
COLONNES, ETOILE = 1_000, 80
_IMBRIQUE = re.compile(r"STRUCT|MAP|UNION|VARIANT|.*\]$|LIST", re.DOTALL)
_DIT_PAR_DUCKDB = (
    "exception_type",
    "exception_message",
    "error_subtype",
    "name",
    "candidates",
    "position",
)
_PDEATHSIG, _NO_NEW_PRIVS = 1, 38
_LANDLOCK_JEU, _LANDLOCK_REGLE, _LANDLOCK_FERMER = 444, 445, 446
_LIRE_FICHIER = 1 << 2
# What a calculation asks of the kernel, once its file is open: its number on x86_64, on aarch64.
# Neither sockets, io_uring, processes, programs, signals to others, nor rights, dates or names of
# files are among them.
_APPELS = {
    "futex": (202, 98),
    "madvise": (28, 233),
    "mprotect": (10, 226),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "pread64": (17, 67),
    "read": (0, 63),
    "write": (1, 64),
    "openat": (257, 56),
    "close": (3, 57),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "lseek": (8, 62),
    "fcntl": (72, 25),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "poll": (7, None),
    "ppoll": (271, 73),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getcpu": (309, 168),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "membarrier": (324, 283),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# By machine: its mark for the kernel, then the numbers of seccomp, clone, prlimit64 and tgkill.
_MACHINES = {
    "x86_64": (0xC000003E, 317, 56, 302, 234),
    "aarch64": (0xC00000B7, 277, 220, 261, 131),
}
_CLONE3, _FIL = 435, 0x10000
_LIRE, _EGAL, _A, _RENDRE = 0x20, 0x15, 0x45, 0x06  # instructions of the kernel's filters
_NUMERO, _MARQUE, _PREMIER = 0, 4, 16  # where a call's number, machine and first argument are
_PERMIS, _REFUSE, _INCONNU, _MORT = 0x7FFF0000, 0x50001, 0x50026, 0x80000000
_EXPLAIN = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*explain\b(?:\s+analy[sz]e\b)?(?:\s*\([^()]*\))?",
    re.DOTALL | re.IGNORECASE,
)
REGLAGES = (
    f"SET threads = {FILS}",
    "SET temp_directory = ''",
    "SET secret_directory = ''",
    "SET extension_directory = ''",
    "SET allow_persistent_secrets = false",
    "SET enable_progress_bar = false",
    "SET enable_logging = false",
    "SET python_enable_replacements = false",
    "SET python_scan_all_frames = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET errors_as_json = true",
    f"SET TimeZone = '{FUSEAU}'",
    "SET enable_external_access = false",
    # The file that is open stays open; without this, read_blob would open it again.
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET lock_configuration = true",
)


class Demande(TypedDict):
    """A query with its parameters, and what it may take."""

    sql: str
    parametres: dict[str, Any]
    lignes: int
    valeurs: int
    memoire: int
    octets: int
    secondes: int
    sans_cloison: bool


class Refusee(Exception):
    """A query refused by these checks: its argument is what the parent translates."""


class Situee(Exception):
    """An error of DuckDB with what we add to it: its argument is what the parent translates."""


def attendre() -> None:
    """Fork what answers each query that comes, one after another, until nobody asks any more."""
    gc.disable()  # neither this nor a query makes cycles
    con, moi = preparer(), os.getpid()
    with socket.socket(fileno=0) as demandeur:
        while recus := _recevoir(demandeur):
            if not (pid := os.fork()):
                _mourir_avec(moi)
                demandeur.close()  # a query may not speak in our name
                _repondre_et_attendre(con, *recus)
            os.setpgid(pid, pid)
            for descripteur in recus:
                os.close(descripteur)
            encore = demandeur.recv(1)
            compte = _finir(pid)
            if not encore:
                return
            demandeur.sendall(COMPTE.pack(*compte))


def _mourir_avec(pere: int) -> None:
    """Have the kernel kill this process when what forked it dies, now if it is dead already."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != pere:
        os._exit(1)


def _recevoir(demandeur: socket.socket) -> list[int]:
    """Return the descriptors of the next query; none when nobody asks any more."""
    demandeur.settimeout(REPOS)
    try:
        return socket.recv_fds(demandeur, 1, 3)[1]
    except TimeoutError:
        return []
    finally:
        demandeur.settimeout(None)


def _finir(pid: int) -> tuple[int, float, int]:
    """Kill a process and all that it may have started; return what `COMPTE` says of it."""
    octets = _memoire(pid)
    os.killpg(pid, signal.SIGKILL)
    _, statut, usage = os.wait4(pid, 0)
    processeur = usage.ru_utime + usage.ru_stime
    return os.waitstatus_to_exitcode(statut), processeur, octets or usage.ru_maxrss * 1024


def _memoire(pid: int) -> int:
    """Return the largest resident memory of a process in bytes, 0 when it died by itself."""
    for ligne in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
        if ligne.startswith("VmHWM:"):
            return int(ligne.split()[1]) * 1024
    return 0


def _repondre_et_attendre(
    con: duckdb.DuckDBPyConnection, requete: int, fichier: int, sortie: int
) -> Never:
    """Answer a query, then wait to be measured and killed; never return to what forked it."""
    try:
        # Another connection, or all queries would draw the same numbers at random.
        principal(con.cursor(), requete, fichier, sortie)
        time.sleep(FIN)
    finally:
        os._exit(1)


def principal(con: duckdb.DuckDBPyConnection, requete: int, fichier: int, sortie: int) -> None:
    """Answer the query of a descriptor by frames on another, closed at the end."""
    with os.fdopen(requete) as lue:
        demande: Demande = json.load(lue)
    borner(demande["octets"], demande["secondes"])
    chemin = f"/proc/{os.getpid()}/fd/{fichier}".encode()

    def envoyer(lettre: bytes, contenu: object) -> None:
        texte = json.dumps(contenu, ensure_ascii=False, default=_texte, separators=(",", ":"))
        # DuckDB tells how its file was opened, to who asks for it.
        octets = texte.encode().replace(chemin, NOM.encode())
        _ecrire(sortie, lettre + struct.pack(">I", len(octets)) + octets)

    try:
        for lettre, contenu in repondre(con, demande, fichier):
            envoyer(lettre, contenu)
    except BrokenPipeError:
        pass
    except Refusee as refusee:
        envoyer(b"R", refusee.args[0])
    except Exception as erreur:  # noqa: BLE001 - whatever it is, the parent says it in French
        envoyer(b"E", _erreur(erreur))
    os.close(sortie)


def borner(octets: int, secondes: int) -> None:
    """Let the kernel stop this process beyond its memory and processor time; it writes no file.

    It lets the pages be served first.
    """
    os.nice(POLITESSE)
    for limite, valeur in (
        (resource.RLIMIT_AS, octets),
        (resource.RLIMIT_CPU, secondes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(limite, (valeur, valeur))


def enfermer(*fichiers: int) -> tuple[str, ...]:
    """Leave this thread and those to come these files and calculation; return what is missing.

    Connections and signals to other processes are refused too.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    murs = {"Landlock": _fermer_fichiers(libc, fichiers), "seccomp": _fermer_appels(libc)}
    return tuple(nom for nom, tient in murs.items() if not tient)


def _fermer_fichiers(libc: ctypes.CDLL, fichiers: tuple[int, ...]) -> bool:
    version = libc.syscall(_LANDLOCK_JEU, None, 0, 1)
    if version < 1:
        return False
    # Each version of the interface adds rights: on files (13 at first), on TCP, on processes.
    droits = 13 + (version >= 2) + (version >= 3) + (version >= 5)  # noqa: PLR2004
    regles = struct.pack("QQQ", (1 << droits) - 1, 3 * (version >= 4), 3 * (version >= 6))  # noqa: PLR2004
    jeu = libc.syscall(_LANDLOCK_JEU, regles, len(regles), 0)
    for fichier in fichiers:
        libc.syscall(_LANDLOCK_REGLE, jeu, 1, struct.pack("=Qi", _LIRE_FICHIER, fichier), 0)
    return bool(libc.syscall(_LANDLOCK_FERMER, jeu, 0) == 0)


def _fermer_appels(libc: ctypes.CDLL) -> bool:
    machine = os.uname().machine
    if machine not in _MACHINES or sys.maxsize < 1 << 32:
        return False
    filtre = ctypes.create_string_buffer(_filtre(machine))
    longueur = (len(filtre) - 1) // 8  # instructions; the buffer ends with a zero
    programme = struct.pack("HxxxxxxP", longueur, ctypes.addressof(filtre))
    return bool(libc.syscall(_MACHINES[machine][1], 1, 1, programme) == 0)


def _filtre(machine: str) -> bytes:
    """Return the program by which the kernel judges each call: (code, if true, if not, value)."""
    marque, _, clone, prlimit, tgkill = _MACHINES[machine]
    rang = list(_MACHINES).index(machine)
    permis = [un for numeros in _APPELS.values() if (un := numeros[rang]) is not None]
    suite = [
        (_LIRE, 0, 0, _MARQUE),
        (_EGAL, 1, 0, marque),
        (_RENDRE, 0, 0, _MORT),
        (_LIRE, 0, 0, _NUMERO),
    ]
    for numero in permis:
        suite += [(_EGAL, 0, 1, numero), (_RENDRE, 0, 0, _PERMIS)]
    # The C library, told that it is unknown, falls back on `clone`, whose flags can be read.
    suite += [(_EGAL, 0, 1, _CLONE3), (_RENDRE, 0, 0, _INCONNU)]
    for numero, compare, valeur in (
        (clone, _A, _FIL),  # a thread, no process
        (prlimit, _EGAL, 0),  # its own limits
        (tgkill, _EGAL, os.getpid()),  # its own end
    ):
        suite += [
            (_EGAL, 0, 4, numero),
            (_LIRE, 0, 0, _PREMIER),
            (compare, 0, 1, valeur),
            (_RENDRE, 0, 0, _PERMIS),
            (_RENDRE, 0, 0, _REFUSE),
        ]
    suite.append((_RENDRE, 0, 0, _REFUSE))
    return b"".join(struct.pack("HBBI", *une) for une in suite)


def preparer() -> duckdb.DuckDBPyConnection:
    """Load all that a query needs, which can open no module; return DuckDB, on nothing yet.

    It starts alone (it looks at the machine's memory): with no other thread, it can be forked.
    """
    sys.setdlopenflags(os.RTLD_LAZY)  # of its 30,000 functions, those that are called are looked up
    import _duckdb as duckdb  # alone: the package around it takes twice its time

    for module in ("decimal", "uuid", "pytz"):  # what it makes Python values with
        with contextlib.suppress(ImportError):
            charge = importlib.import_module(module)
            if module == "pytz":
                vars(charge)["all_timezones_set"] = {FUSEAU}  # else it looks for 600 files
                charge.timezone(FUSEAU)
    return duckdb.connect(config={"threads": 1})


def repondre(
    con: duckdb.DuckDBPyConnection, demande: Demande, fichier: int
) -> Iterator[tuple[bytes, object]]:
    """Yield the frames of a query: its columns, its rows by batches, the end."""
    from _duckdb import BinderException

    ouvrir(con, fichier, demande["memoire"], sans_cloison=demande["sans_cloison"])
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # its threads are all there
    instruction = verifier(con, demande["sql"], demande["parametres"])
    exiger_etroite(con, demande["sql"])
    try:
        con.execute(instruction, _valeurs(demande["parametres"]))
        if len(con.description or ()) > COLONNES:
            raise Refusee({"refus": "colonnes", "nombre": COLONNES})
        yield b"C", [(nom, str(type_)) for nom, type_, *_ in con.description or ()]
        yield from _lignes(con, demande["lignes"], demande["valeurs"])
    except BinderException as erreur:
        raise _situer(con, erreur) from erreur


def ouvrir(
    con: duckdb.DuckDBPyConnection, fichier: int, memoire: int, *, sans_cloison: bool = False
) -> None:
    """Give DuckDB this descriptor, read-only, its settings locked, no other database there.

    The threads that it adds are shut in like the one that adds them.
    """
    manque = enfermer(fichier)
    if manque and not sans_cloison:
        raise Refusee({"refus": "cloison", "manque": manque})
    for reglage in (
        f"SET memory_limit = '{memoire}B'",
        f"ATTACH '/proc/self/fd/{fichier}' AS {NOM} (READ_ONLY)",
        f"USE {NOM}",
        "DETACH memory",
        *REGLAGES,
    ):
        con.execute(reglage)


def verifier(
    con: duckdb.DuckDBPyConnection, sql: str, parametres: dict[str, Any]
) -> duckdb.Statement:
    """Return the only statement of a text; raise Refusee unless it is a SELECT or an EXPLAIN."""
    from _duckdb import StatementType

    instructions = con.extract_statements(sql)
    if len(instructions) != 1:
        pivot = [une.type for une in instructions] == [StatementType.CREATE, StatementType.SELECT]
        mot = "pivot" if pivot else "plusieurs" if instructions else "vide"
        raise Refusee({"refus": mot, "nombre": len(instructions)})
    instruction = instructions[0]
    if instruction.type == StatementType.EXPLAIN:
        reste = con.extract_statements(_EXPLAIN.sub("", sql, count=1))
        permise = [une.type for une in reste] == [StatementType.SELECT]
    else:
        permise = instruction.type == StatementType.SELECT
    if not permise:
        raise Refusee({"refus": "instruction", "type": instruction.type.name})
    attendus = set(instruction.named_parameters)
    if attendus != set(parametres):
        manque, trop = sorted(attendus - set(parametres)), sorted(set(parametres) - attendus)
        raise Refusee({"refus": "parametres", "manque": manque, "trop": trop})
    return instruction


def exiger_etroite(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise Refusee for a SELECT of too many columns: what binds them takes seconds, and gigabytes.

    What cannot be read as a tree is left to DuckDB, which says why.
    """
    from _duckdb import Error

    texte = _EXPLAIN.sub("", sql, count=1).replace("'", "''")
    reste: list[Any] = []
    with contextlib.suppress(Error, RecursionError):
        reste = [
            json.loads(un)
            for (un,) in con.execute(f"SELECT json_serialize_sql('{texte}')").fetchall()
        ]
    while reste:
        ici = reste.pop()
        if isinstance(ici, dict):
            choisies = ici.get("select_list") or ()
            larges = sum(ETOILE if un.get("class") == "STAR" else 1 for un in choisies)
            if larges > COLONNES:
                raise Refusee({"refus": "colonnes", "nombre": COLONNES})
            reste += ici.values()
        elif isinstance(ici, list):
            reste += ici


def _lignes(
    con: duckdb.DuckDBPyConnection, maximum: int, valeurs: int
) -> Iterator[tuple[bytes, object]]:
    """Yield at most so many rows, then whether there were more; Refusee beyond so many values."""
    imbriques = [
        rang
        for rang, (_, type_, *_) in enumerate(con.description or ())
        if _IMBRIQUE.match(str(type_))
    ]
    reste, permises = maximum, valeurs
    pas = LOT_IMBRIQUE if imbriques else LOT
    while lot := con.fetchmany(min(pas, reste + 1)):
        for trame, nombre in _trames(lot[:reste], imbriques):
            permises -= nombre
            if permises < 0:
                raise Refusee({"refus": "valeurs", "nombre": valeurs})
            yield b"L", trame
        if len(lot) > reste:
            yield b"F", (maximum, True)
            return
        reste -= len(lot)
    yield b"F", (maximum - reste, False)


def _trames(lot: list[Any], imbriques: list[int]) -> Iterator[tuple[list[Any], int]]:
    """Yield rows by frames, and how many values each has."""
    trame: list[Any] = []
    nombre = 0
    for ligne in lot:
        de_la_ligne = len(ligne) + sum(_compter(ligne[rang]) for rang in imbriques)
        if de_la_ligne > LIGNE:
            raise Refusee({"refus": "valeurs", "nombre": LIGNE})
        if trame and nombre + de_la_ligne > TRAME:
            yield trame, nombre
            trame, nombre = [], 0
        trame.append(ligne)
        nombre += de_la_ligne
    if trame:
        yield trame, nombre


def _compter(valeur: object) -> int:
    """Return how many values are inside one, more than a row may have when there are more."""
    nombre, reste = 0, [valeur]
    while reste and nombre <= LIGNE:
        ici = reste.pop()
        dedans: Any = ici.values() if isinstance(ici, dict) else ici
        if isinstance(ici, dict | list | tuple):
            nombre += len(ici)
            reste += dedans
    return nombre


def _valeurs(parametres: dict[str, Any]) -> dict[str, Any]:
    """Read the values of the parent: {"date": "2026-10-31"} is a date, the others are JSON's."""
    return {nom: _valeur(valeur) for nom, valeur in parametres.items()}


def _valeur(valeur: object) -> object:
    if isinstance(valeur, list):
        return [_valeur(un) for un in valeur]
    if isinstance(valeur, dict):
        ((type_, texte),) = valeur.items()
        return dt.date.fromisoformat(texte) if type_ == "date" else texte
    return valeur


def _texte(valeur: object) -> object:
    """Write what JSON has no type for; the parent knows the type of the column."""
    if isinstance(valeur, dt.date | dt.time):
        return valeur.isoformat()
    if isinstance(valeur, dt.timedelta):
        return _duree(valeur)
    return valeur.hex() if isinstance(valeur, bytes) else str(valeur)


def _duree(valeur: dt.timedelta) -> str:
    """Write a duration as DuckDB does: 3 days 02:00:00, with its sign before it all."""
    positive = abs(valeur)
    temps = str(positive - dt.timedelta(positive.days))
    morceaux = [f"{positive.days} day{'s' * (positive.days > 1)}"] if positive.days else []
    if temps != "0:00:00" or not morceaux:
        morceaux.append("0" * (temps[1] == ":") + temps)
    return "-" * (valeur < dt.timedelta()) + " ".join(morceaux)


def _erreur(erreur: BaseException) -> dict[str, Any]:
    """Return an error as data: what DuckDB says of it, or its type alone."""
    if isinstance(erreur, Situee):
        contenu: dict[str, Any] = erreur.args[0]
        return contenu
    message = str(erreur)
    with contextlib.suppress(ValueError, RecursionError):
        lu = json.loads(message[message.index("{") :])
        if isinstance(lu, dict) and {"exception_type", "exception_message"} <= lu.keys():
            return {nom: str(lu[nom]) for nom in _DIT_PAR_DUCKDB if nom in lu}
    return {"exception_type": type(erreur).__name__, "exception_message": message}


def _situer(con: duckdb.DuckDBPyConnection, erreur: Exception) -> Exception:
    """Add to an unknown column the tables that have one of this name."""
    contenu = _erreur(erreur)
    if contenu.get("error_subtype") != "COLUMN_NOT_FOUND":
        return erreur
    tables = con.execute(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = lower(?) "
        "ORDER BY table_name",
        [contenu.get("name")],
    ).fetchall()
    return Situee(contenu | {"tables": [table for (table,) in tables]})


def _ecrire(sortie: int, octets: bytes) -> None:
    reste = memoryview(octets)
    while reste:
        reste = reste[os.write(sortie, reste) :]


if __name__ == "__main__":
    attendre()
