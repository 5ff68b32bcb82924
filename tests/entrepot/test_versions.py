"""Versions: two kept, readers undisturbed, one writer, and a repair after any crash."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.cli import main
from infocentre.entrepot import Dossier, Livraison, Publication, Version
from infocentre.entrepot.dossier import VersionLue
from infocentre.entrepot.journal import ajouter_ligne, lire_journal
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Reperes
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.parcours import lire_etats, sql_parcours
from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import Contenu, chargee, charger, contenu, copie, octets
from tests.donnees.communs import une_fois
from tests.donnees.retors import livraisons

pytestmark = pytest.mark.lent

RACINE_DU_PROJET = Path(__file__).parents[2]


@pytest.fixture
def racine(tmp_path: Path) -> Path:
    return copie(chargee(1), tmp_path / "donnees")


def publier(dossier: Dossier, fois: int = 1) -> None:
    """Publish versions that differ by a table `compteur` only."""
    for _ in range(fois):
        with dossier.ecrire():
            publication = Publication(dossier)
            brouillon = publication.brouillon()
            with brouillon.connexion() as con:
                con.execute(
                    "CREATE OR REPLACE TABLE compteur AS "
                    f"SELECT {brouillon.version.numero}::BIGINT AS numero FROM range(1000)"
                )
            publication.publier(brouillon, {"type": "essai"})


def numero_lu(lecture: Lecture | VersionLue) -> int:
    """Read the number in the warehouse; it must be that of the version that is open."""
    con = lecture.con if isinstance(lecture, VersionLue) else lecture.ouverte.con
    ((numero, lignes),) = con.execute("SELECT max(numero), count(*) FROM compteur").fetchall()
    assert lignes == 1000
    assert numero == lecture.version.numero
    return int(numero)


def test_two_versions_stay_on_the_disk(racine: Path) -> None:
    dossier = Dossier(racine)
    publier(dossier, 5)
    numeros = sorted(chemin.name for chemin in dossier.versions.iterdir())
    assert numeros == ["000005", "000006"]
    assert dossier.courante.readlink() == Path("versions/000006")
    assert [une["version"] for une in lire_journal(dossier.journal)] == [1, 2, 3, 4, 5, 6]


def test_a_reader_keeps_its_version_during_ten_publications(racine: Path) -> None:
    dossier = Dossier(racine)
    publier(dossier)
    numero = min(n for n, *_ in _numeros(racine))
    with ouvrir_pour(dossier, TOUT) as v:
        ouverte = numero_lu(v)
        parcours = sql_parcours(v, numero, lire_etats(v, numero, Reperes))
        avant = v.tuples(parcours)
        charger(racine, livraisons()[1])
        publier(dossier, 9)
        assert numero_lu(v) == ouverte
        # The state of the demandes is a file beside the version: it must stay as well.
        encore = sql_parcours(v, numero, lire_etats(v, numero, Reperes))
        assert encore == parcours
        assert v.tuples(parcours) == avant
    publier(dossier)
    assert len(list(dossier.versions.iterdir())) == 2
    assert len(list(dossier.etats.glob("*/*.parquet"))) == 1
    assert len(list(dossier.parcours.glob("*/*"))) == 1


def _numeros(racine: Path) -> list[tuple[str, ...]]:
    import duckdb

    (etat,) = (racine / "etats").glob("*/*.parquet")
    with duckdb.connect() as con:
        return con.execute(f"SELECT numero_unique FROM read_parquet('{etat}')").fetchall()


LECTEUR = """
import sys, time
from pathlib import Path
from infocentre.entrepot import Dossier

dossier, vus = Dossier(Path(sys.argv[1])), []
fin = time.monotonic() + float(sys.argv[2])
print("prêt", flush=True)
while time.monotonic() < fin:
    with dossier.lire() as lecture:
        (numero, lignes), = lecture.con.execute(
            "SELECT max(numero), count(*) FROM compteur").fetchall()
        assert (numero, lignes) == (lecture.version.numero, 1000), (numero, lecture.version.numero)
        vus.append(numero)
assert vus == sorted(vus), "an older version after a newer one"
print(len(vus), len(set(vus)))
"""


def test_readers_read_without_a_stop_while_versions_are_published(racine: Path) -> None:
    dossier = Dossier(racine)
    publier(dossier)
    arret, vus, erreurs = threading.Event(), list[int](), list[BaseException]()

    def lire() -> None:
        try:
            while not arret.is_set():
                with dossier.lire() as lecture:
                    vus.append(numero_lu(lecture))
        except BaseException as erreur:  # noqa: BLE001 - reported by the test itself
            erreurs.append(erreur)

    autre = subprocess.Popen(
        [sys.executable, "-c", LECTEUR, str(racine), "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=RACINE_DU_PROJET,
        text=True,
    )
    assert autre.stdout is not None
    autre.stdout.readline()
    fil = threading.Thread(target=lire)
    fil.start()
    for _ in range(10):
        publier(dossier)
        time.sleep(0.05)
    arret.set()
    fil.join()
    sortie, plainte = autre.communicate(timeout=30)
    assert erreurs == []
    assert autre.returncode == 0, plainte
    lectures, versions = map(int, sortie.split())
    assert lectures > versions > 1
    assert vus == sorted(vus)
    assert len(set(vus)) > 1


def test_the_lock_says_who_writes(racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier, avant = Dossier(racine), octets(racine)
    with dossier.ecrire():
        autre = subprocess.run(
            [sys.executable, "-m", "infocentre", "charger", str(livraisons()[1])],
            env={**os.environ, "INFOCENTRE_DOSSIER": str(racine)},
            cwd=RACINE_DU_PROJET,
            capture_output=True,
            text=True,
            check=False,
        )
    assert autre.returncode == 1
    assert re.search(
        rf"une autre opération est en cours \(processus {os.getpid()}, depuis le \d\d/\d\d/\d{{4}} "
        r"à \d+ h \d\d\)\n→ Attendre",
        autre.stderr,
    )
    assert octets(racine) == avant
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    assert main(["charger", str(livraisons()[0])]) == 0


def test_reading_before_any_publication_says_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(Refus, match="aucune livraison n'est encore chargée") as refus,
        Dossier(tmp_path).lire(),
    ):
        pass
    assert "infocentre charger" in str(refus.value)


def test_a_torn_line_of_the_journal_is_written_again_an_abandoned_draft_erased(
    racine: Path,
) -> None:
    restes = [racine / "versions/000002.brouillon", racine / "temporaire/0"]
    for reste in restes:
        reste.mkdir(parents=True)
        (reste / "infocentre.duckdb").write_bytes(b"...")
    journal = Dossier(racine).journal
    (entree,) = lire_journal(journal)
    with journal.open("ab") as flux:
        flux.write('{"version": 2, "type": "chargement", "nom": "dé'.encode()[:-1])
    assert lire_journal(journal) == [entree]
    charger(racine, livraisons()[1])
    assert [une["version"] for une in lire_journal(journal)] == [1, 2]
    assert journal.read_bytes().endswith(b"}\n")
    assert not any(reste.exists() for reste in restes)
    assert Dossier(racine).version().numero == 2


def test_a_torn_entry_of_the_version_in_force_is_made_again(racine: Path) -> None:
    journal = Dossier(racine).journal
    entier = journal.read_bytes()
    journal.write_bytes(entier[: len(entier) // 2])
    assert lire_journal(journal) == []
    charger(racine, livraisons()[0])
    assert journal.read_bytes() == entier


def test_a_line_feed_alone_ends_a_line_of_the_journal(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    entrees = [{"version": rang, "nom": f"a{fin}b"} for rang, fin in enumerate("\u2028\u2029\x85")]
    for entree in entrees:
        ajouter_ligne(journal, entree)
    assert lire_journal(journal) == entrees


# Imports once, as commands do, then loads in a child of its own for each death that it is told.
MORT = """
import os, sys
from pathlib import Path
from infocentre.controles.differes import importer
with importer():
    from infocentre.controles import contexte
from infocentre.entrepot import Dossier, dossier, publication
from tests.donnees.atelier import charger

def mourir(*_, **__):
    os._exit(9)

def frapper(ou):
    if ou == "avant l'échange":
        renommer = Path.rename
        Path.rename = lambda soi, cible: mourir() if soi.suffix else renommer(soi, cible)
    elif ou == "version renommée":
        Path.symlink_to = mourir
    elif ou == "lien préparé":
        original = Path.replace
        Path.replace = lambda soi, cible: mourir() if soi.is_symlink() else original(soi, cible)
    elif ou == "avant le journal":
        Dossier.ajouter_ligne = mourir
    elif ou == "journal écrit":
        publication.Publication._oublier_derives = mourir
    elif ou == "archive rangée":
        publication.Publication.brouillon = mourir

for ligne in sys.stdin:
    if enfant := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(enfant, 0)[1]), flush=True)
        continue
    ou, racine = ligne.strip().split(":", 1)
    frapper(ou)
    charger(Path(racine), Path(sys.argv[1]))
    os._exit(0)
"""
POINTS = {
    "archive rangée": 1,
    "avant l'échange": 1,
    "version renommée": 1,
    "lien préparé": 1,
    "avant le journal": 2,
    "journal écrit": 2,
}


@pytest.fixture(scope="module")
def avant() -> Contenu:
    return contenu(chargee(1))


@pytest.fixture(scope="module")
def apres() -> Contenu:
    """What two loadings without any crash give."""
    return contenu(chargee(1, 2))


@pytest.fixture(scope="module")
def morts() -> dict[str, Path]:
    """What each death leaves."""
    lieu = une_fois("morts", _mourir)
    return {point: lieu / str(n) for n, point in enumerate(POINTS)}


def _mourir(lieu: Path) -> None:
    laissees = {point: copie(chargee(1), lieu / str(n)) for n, point in enumerate(POINTS)}
    tues = subprocess.run(
        [sys.executable, "-c", MORT, str(livraisons()[1])],
        cwd=RACINE_DU_PROJET,
        input="".join(f"{point}:{racine}\n" for point, racine in laissees.items()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tues.stdout.split() == ["9"] * len(POINTS), tues.stderr


@pytest.mark.parametrize("point", POINTS)
def test_a_death_during_publication_is_mended(
    point: str, morts: dict[str, Path], avant: Contenu, apres: Contenu
) -> None:
    racine = morts[point]
    dossier = Dossier(racine)
    assert dossier.version().numero == POINTS[point]
    if POINTS[point] == 1:
        assert contenu(racine) == avant
    charger(racine, livraisons()[1])
    assert contenu(racine) == apres
    assert [une["version"] for une in lire_journal(dossier.journal)] == [1, 2]
    assert sorted(chemin.name for chemin in dossier.versions.iterdir()) == ["000001", "000002"]
    assert not (racine / "courante.nouvelle").is_symlink()
    assert not (racine / "temporaire").exists()
    noms = [json.loads(ligne)["nom"] for ligne in dossier.journal.read_text().splitlines()]
    assert noms == ["2026-01", "2026-02"]


def test_a_version_is_read_as_it_was_written(racine: Path) -> None:
    version = Dossier(racine).version()
    attendue = version.avec(Livraison("02A", "2026-01-31", "ef", "n", "t"))
    assert attendue.departements == ["013", "02A"]
    assert Version.depuis_json(attendue.en_json()) == attendue != version


def test_the_lock_goes_with_who_took_it_whoever_was_being_started(tmp_path: Path) -> None:
    """A process started meanwhile has a copy of each open file until it becomes another program."""
    dossier = Dossier(tmp_path / "donnees")
    with dossier.ecrire():
        enfant = os.fork()
        if not enfant:
            signal.pause()
    try:
        with dossier.ecrire():
            pass
    finally:
        os.kill(enfant, signal.SIGKILL)
        os.waitpid(enfant, 0)
