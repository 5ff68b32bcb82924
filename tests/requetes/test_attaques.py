"""Whatever is typed: nothing outside is read, written or named, and nothing lasts."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from infocentre.requetes import enfant
from infocentre.requetes.execution import annuler, executer
from infocentre.requetes.modele import ECRAN
from infocentre.requetes.processus import MEMOIRE, MILIEU
from tests.donnees.atelier import MAGASIN
from tests.profondeur import PROFONDEUR
from tests.requetes.aide import TEST, attendre, journal, lancer, processus_enfants, refus
from tests.requetes.attaques import ATTAQUES, ECRITURES, LECTURES

pytestmark = pytest.mark.lent

CANARI = "CANARI-7f3a"
# What looks for a file is given the time to find it; what only lasts or swells needs none.
LIMITE, BREVE, GRACE, OCTETS = 0.3, 0.1, 10, 2_000_000_000
CHEMIN = re.compile(r"/(?:bin|dev|etc|home|opt|proc|root|run|tmp|usr|var|work)\b[\w./-]*")
# These reach the limit of memory before that of time, given some seconds: all of them in canary.
GOURMANDES = ("texte agrégé", "jointure énorme", "étapes qui doublent")[:PROFONDEUR]


@dataclass(frozen=True)
class Cible:
    """What the attacks aim at: readable files, a name never to be written, the data directory."""

    dossier: Dossier
    secret: Path
    ecrit: Path

    @property
    def noms(self) -> dict[str, str]:
        return {
            "secret": str(self.secret),
            "ecrit": str(self.ecrit),
            "dossier": str(self.dossier.racine),
            "nominatif": str(next(self.dossier.nominatif.rglob("*.parquet"))),
            "entrepot": str(self.dossier.courante.resolve() / "infocentre.duckdb"),
        }

    def etat(self) -> dict[str, tuple[int, int]]:
        """Size and date of every file that an attack could touch."""
        racines = (self.dossier.racine, self.secret, self.ecrit.parent)
        chemins = (
            Path(dossier, nom)
            for racine in racines
            for dossier, _, noms in os.walk(racine)
            for nom in noms
            if not nom.startswith(("requetes", "place-", "tour", *MAGASIN))
        )
        etats = ((str(chemin), chemin.stat()) for chemin in chemins)
        return {chemin: (etat.st_size, etat.st_mtime_ns) for chemin, etat in etats}


@pytest.fixture(scope="session")
def cible(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Cible:
    secret = tmp_path_factory.mktemp("secret")
    (secret / "secret.csv").write_text(f"secret\n{CANARI}\n")
    (secret / "secret.txt").write_text(CANARI)
    (secret / "secret.json").write_text(json.dumps({"secret": CANARI}))
    with duckdb.connect(str(secret / "secret.db")) as con:
        con.execute(f"CREATE TABLE secret AS SELECT '{CANARI}' AS secret")
        con.execute(f"COPY secret TO '{secret}/secret.parquet'")
    return Cible(dossier, secret, tmp_path_factory.mktemp("ecrit") / "ecrit")


@pytest.mark.parametrize("nom", ATTAQUES)
def test_an_attack_reads_and_writes_nothing(nom: str, cible: Cible) -> None:
    sql = ATTAQUES[nom].format(**cible.noms)
    limites = replace(ECRAN, secondes=BREVE if nom.startswith("excès") else LIMITE)
    avant, debut = cible.etat(), time.monotonic()
    try:
        resultat = executer(cible.dossier, sql, None, limites, acces=TEST)
        dit = "\n".join(str(valeur) for ligne in resultat.lignes for valeur in ligne)
    except Refus as refus:
        dit = str(refus)
    assert time.monotonic() - debut < LIMITE + GRACE
    assert journal(cible.dossier)[-1]["memoire"] < OCTETS
    assert cible.etat() == avant
    assert CANARI not in dit
    assert [chemin for chemin in CHEMIN.findall(dit) if chemin not in sql] == []


def test_there_are_more_than_two_hundred_and_fifty() -> None:
    assert len(ATTAQUES) > 250


@pytest.mark.parametrize("nom", GOURMANDES)
def test_those_that_have_the_time_meet_the_limit_of_memory(nom: str, cible: Cible) -> None:
    (sql,) = (sql for entier, sql in ATTAQUES.items() if entier.endswith(f" : {nom}"))
    assert refus(cible.dossier, sql, limites=replace(ECRAN, secondes=60)).motif == "memoire"
    assert 500_000_000 < journal(cible.dossier)[-1]["memoire"] < OCTETS


# --- What is published is all that there is -------------------------------------------------------


@pytest.mark.tentative(
    "force",
    "les identités dans le fichier des analystes",
)
def test_identities_are_not_there(dossier: Dossier) -> None:
    assert refus(dossier, "from identites").motif == "table"
    bases = executer(dossier, "select distinct database_name from duckdb_tables()", acces=TEST)
    assert bases.lignes == [("analystes",)]


def test_no_name_nor_numero_is_in_clear(dossier: Dossier, fichier: Path) -> None:
    archives = ", ".join(f"'{archive}'" for archive in dossier.nominatif.rglob("*.parquet"))
    personnes = f"SELECT COLUMNS('nom|numero') FROM read_parquet([{archives}])"
    with duckdb.connect() as con:
        identites = textes(con.execute(personnes))
    with duckdb.connect(str(fichier), read_only=True) as con:
        tables = {t for (t,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        tables -= {"communes"}  # there is one called Marie
        publies = set().union(*(textes(con.execute(f"FROM {table}")) for table in tables))
    assert len(identites) > 100
    assert len(publies) > 1_000
    assert {texte for texte in identites & publies if len(texte) > 3} == set()


def textes(curseur: duckdb.DuckDBPyConnection) -> set[str]:
    return {v for ligne in curseur.fetchall() for v in ligne if isinstance(v, str)}


# --- Each wall holds by itself --------------------------------------------------------------------


@pytest.fixture
def verrouillee(cible: Cible, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """DuckDB as the process of a query opens it, in a kernel that has no wall."""
    monkeypatch.setattr(enfant, "enfermer", lambda _fichier: ())
    fichier = os.open(cible.dossier.courante.resolve() / "analystes.duckdb", os.O_RDONLY)
    with duckdb.connect(config={"threads": 1}) as con:
        enfant.ouvrir(con, fichier, 1 << 30)
        yield con
    os.close(fichier)


def reponses(con: Any, attaques: dict[str, str], cible: Cible) -> set[str]:
    """Names of the attacks that DuckDB answers to."""
    repondues = set()
    for nom, sql in attaques.items():
        with contextlib.suppress(duckdb.Error):
            con.execute(sql.format(**cible.noms)).fetchall()
            repondues.add(nom)
    return repondues


def test_duckdb_alone_reads_no_file(cible: Cible, verrouillee: Any) -> None:
    assert reponses(verrouillee, LECTURES, cible) == set()


def test_duckdb_alone_writes_no_file(cible: Cible, verrouillee: Any) -> None:
    avant = cible.etat()
    # Asked to log in a file that it may not write, DuckDB stops the whole process.
    essais = {nom: sql for nom, sql in ECRITURES.items() if "enable_logging" not in sql}
    repondues = reponses(verrouillee, essais, cible)
    assert not {nom for nom in repondues if "{ecrit}" in essais[nom]} - {"fonction write_log"}
    assert cible.etat() == avant


@pytest.mark.parametrize(
    "sql",
    [
        "set lock_configuration = false",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "set threads = 64",
        "set disabled_filesystems = ''",
        "reset errors_as_json",
        "pragma threads = 64",
    ],
)
def test_duckdb_alone_keeps_its_settings(sql: str, verrouillee: Any) -> None:
    with pytest.raises(duckdb.Error, match="locked"):
        verrouillee.execute(sql)


@pytest.mark.skipif(
    ctypes.CDLL(None).syscall(444, None, 0, 1) < 4, reason="this kernel has no Landlock with TCP"
)
@pytest.mark.parametrize(
    "action",
    [
        "open('/etc/hostname').read()",
        "open('{secret}/secret.txt').read()",
        "open('{ecrit}', 'w')",
        "__import__('os').listdir('/')",
        "__import__('os').mkdir('{ecrit}')",
        "__import__('os').unlink('{secret}/secret.txt')",
        "__import__('os').execv('/bin/true', ['true'])",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
    ],
)
def test_the_kernel_alone_opens_this_file_only(action: str, cible: Cible) -> None:
    base = cible.dossier.courante.resolve() / "analystes.duckdb"
    programme = (
        "import os, socket, sys\n"
        f"sys.path.insert(0, {str(Path(enfant.__file__).parent)!r})\n"
        "import enfant\n"
        f"fichier = os.open({str(base)!r}, os.O_RDONLY)\n"
        "assert not enfant.enfermer(fichier)\n"
        "assert os.open(f'/proc/self/fd/{fichier}', os.O_RDONLY)\n"
        "try:\n"
        f"    {action.format(**cible.noms)}\n"
        "except PermissionError:\n"
        "    print('refused')\n"
    )
    fini = subprocess.run([sys.executable, "-c", programme], capture_output=True, check=False)
    assert fini.stdout == b"refused\n", fini.stderr


def test_the_process_knows_nothing_and_can_do_almost_nothing(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_CLE", CANARI)
    with ThreadPoolExecutor() as fils:
        nom, _ = lancer(dossier, fils)
        attendre(lambda: len(threads()) > 1)
        (fiche,) = processus_enfants()
        milieu = (fiche / "environ").read_bytes().decode().strip("\0").split("\0")
        assert dict(ligne.split("=", 1) for ligne in milieu) == MILIEU
        assert str(dossier.racine).encode() not in (fiche / "cmdline").read_bytes()
        assert (fiche / "cwd").readlink() == Path("/")
        ouverts = {str(fd.readlink()).partition(":")[0] for fd in (fiche / "fd").iterdir()}
        assert "socket" not in ouverts  # the one by which queries are asked is not a query's
        attendre(lambda: _limite(fiche, "processes") == "0")  # once its threads are all there
        assert _limite(fiche, "file size") == _limite(fiche, "core file size") == "0"
        assert _limite(fiche, "address space") == str(MEMOIRE)
        annuler(dossier, nom)


def _limite(fiche: Path, quoi: str) -> str:
    """A limit of a process that it cannot raise again."""
    dite = re.search(rf"Max {quoi} +(\S+) +\1 ", (fiche / "limits").read_text())
    return dite[1] if dite else ""


def threads() -> list[Path]:
    """Threads of the only query that runs."""
    return [tache for fiche in processus_enfants() for tache in (fiche / "task").iterdir()]
