"""Whatever happens to a good delivery, it is received or refused: nothing else."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infocentre.contrat import contrat
from infocentre.noyau.erreurs import Refus
from tests.livraisons.atelier import Petite, bonnes, en_csv, guichets, petite, recevoir_en
from tests.livraisons.test_formats import FORMES, _tables
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

JETONS = [
    b'"', b'""', b";", b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xe9", b"\xc3", b"\x81", b",",
    b"\t", b" ", b"NA", b"999", b"9" * 400, b"1e400", b"nan", b"\xef\xbb\xbf", b"'", b"\\", b"{",
    b"31/12/9999", b"-", b"\xc2\xa0", b"A" * 70_000, b"#", b"--", b"/*", b"%s", b"\x1a",
]  # fmt: skip
GRAINES, ESSAIS = range(PROFONDEUR), 6


def _ecorcher(octets: bytes, hasard: random.Random) -> bytes:
    """Cut, swap, copy, change a few bytes anywhere, the header more often than its share."""
    mutes = bytearray(octets)
    for _ in range(hasard.choice((1, 1, 2, 5, 30))):
        place = hasard.randrange(len(mutes) + 1) if hasard.random() < 0.8 else hasard.randrange(200)
        longueur = hasard.choice((1, 1, 3, 20, 500))
        match hasard.randrange(5):
            case 0:
                mutes[place:place] = hasard.choice(JETONS)
            case 1:
                del mutes[place : place + longueur]
            case 2:
                mutes[place : place + 1] = bytes([hasard.randrange(256)])
            case 3:
                mutes[place:place] = mutes[place : place + longueur]
            case _:
                del mutes[max(place, len(mutes) // 2) :]
        mutes = mutes or bytearray(b"\n")
    return bytes(mutes)


def _recue_ou_refusee(livraison: Path, atelier: Path) -> bool:
    """Tell whether it is received, or refused by a reason and an advice."""
    try:
        recue = recevoir_en(livraison, atelier)
    except Refus as refus:
        return bool(refus.quoi and refus.que_faire)
    for nom, table in recue.description["tables"].items():
        assert table["lus"] == table["conserves"] + sum(table["rejets"].values())
        if not contrat().tables[nom].nominative:
            assert len(recue.lire(nom)) == table["conserves"]
    return True


def _bonne(table: str) -> tuple[Petite, bytes]:
    lignes = guichets() if table == "guichets" else bonnes(table, 60)
    texte = en_csv(lignes)
    return petite(), texte.encode("cp1252" if table == "radiation" else "utf-8")


@pytest.mark.parametrize("graine", GRAINES)
@pytest.mark.parametrize("table", ["stock", "radiation", "identites", "messages"])
def test_a_csv_at_random_is_received_or_refused(tmp_path: Path, table: str, graine: int) -> None:
    hasard = random.Random(f"{table}{graine}")  # noqa: S311
    livraison, bonne = _bonne(table)
    for essai in range(ESSAIS):
        octets = _ecorcher(bonne, hasard)
        nom = f"{table}.csv"
        if essai % 5 == 0:
            nom, octets = f"{table}.csv.gz", gzip.compress(octets)
        atelier = tmp_path / str(essai)
        chemin = livraison.octets(nom, octets).ecrire(atelier / "livraison")
        assert _recue_ou_refusee(chemin, atelier)
        shutil.rmtree(atelier)


def _comprimee(tmp_path: Path) -> Path:
    dossier = petite().manifeste().ecrire(tmp_path / "bonne")
    return Path(shutil.make_archive(str(tmp_path / "bonne"), "zip", dossier))


BINAIRES: dict[str, Callable[[], Petite]] = {
    forme: (lambda forme=forme: FORMES[forme](_tables()))  # type: ignore[misc]
    for forme in ("parquet", "xlsx", "csv.gz")
}


@pytest.mark.parametrize("forme", BINAIRES)
def test_damaged_binaries_at_random_are_received_or_refused(tmp_path: Path, forme: str) -> None:
    hasard = random.Random(forme)  # noqa: S311
    entiere = BINAIRES[forme]()
    for essai in range(3 * PROFONDEUR):
        atelier = tmp_path / str(essai)
        livraison = Petite(dict(entiere.fichiers))
        nom = hasard.choice(sorted(livraison.fichiers))
        livraison.fichiers[nom] = _ecorcher(livraison.fichiers[nom], hasard)
        assert _recue_ou_refusee(livraison.ecrire(atelier / "livraison"), atelier)
        shutil.rmtree(atelier)


def test_a_damaged_zip_at_random_is_received_or_refused(tmp_path: Path) -> None:
    hasard = random.Random(5)  # noqa: S311
    entiere = _comprimee(tmp_path).read_bytes()
    for essai in range(5 * PROFONDEUR):
        atelier = tmp_path / str(essai)
        atelier.mkdir()
        (atelier / "2026-10.zip").write_bytes(_ecorcher(entiere, hasard))
        assert _recue_ou_refusee(atelier / "2026-10.zip", atelier)
        shutil.rmtree(atelier)


def test_a_manifest_at_random_is_obeyed_or_refused(tmp_path: Path) -> None:
    hasard = random.Random(6)  # noqa: S311
    entiere = petite().manifeste({"stock": 40})
    for essai in range(5 * PROFONDEUR):
        atelier = tmp_path / str(essai)
        livraison = Petite(dict(entiere.fichiers))
        octets = _ecorcher(livraison.fichiers["manifeste.json"], hasard)
        livraison.fichiers["manifeste.json"] = octets
        assert _recue_ou_refusee(livraison.ecrire(atelier / "livraison"), atelier)
        shutil.rmtree(atelier)
