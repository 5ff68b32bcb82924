"""What a delivery says of itself: manifest, département, arrêté, its files and its content."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from infocentre.contrat.territoires import normaliser_departement
from infocentre.livraisons.depot import Depot, ouvrir_depot
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import lire_arrete
from tests.livraisons.atelier import Petite, petite, recevoir_en

FIN = dt.date(2026, 10, 31)


def ouvrir(
    livraison: Petite | Path,
    atelier: Path,
    arrete: str | None = None,
    departement: str | None = None,
    *,
    nom: str = "envoi",
) -> Depot:
    """Open a delivery, written first when it is not on the disk."""
    chemin = livraison.ecrire(atelier / nom) if isinstance(livraison, Petite) else livraison
    temporaire = atelier / f"temporaire-{len(list(atelier.iterdir()))}"
    temporaire.mkdir()
    return ouvrir_depot(chemin, temporaire, arrete, departement)


@pytest.mark.parametrize(
    ("texte", "code"),
    [("13", "013"), ("013", "013"), (" 2a ", "02A"), ("02B", "02B"), ("974", "974"), ("1", "001")],
)
def test_a_departement_is_written_on_three_characters(texte: str, code: str) -> None:
    assert normaliser_departement(texte) == code


@pytest.mark.parametrize("texte", ["", "0", "Var", "2C", "1300", "-1", "１３", "0130"])
def test_what_is_no_departement_is_refused(texte: str) -> None:
    with pytest.raises(Refus, match="code de département"):
        normaliser_departement(texte)


@pytest.mark.parametrize("texte", ["2026-10-31", "31/10/2026", " 2026-10-31 "])
def test_an_arrete_is_the_last_day_of_a_month(texte: str) -> None:
    assert lire_arrete(texte) == FIN


@pytest.mark.parametrize("texte", ["2024-02-29", "2023-02-28", "2026-12-31"])
def test_months_end_when_they_end(texte: str) -> None:
    assert lire_arrete(texte).isoformat() == texte


@pytest.mark.parametrize("texte", ["2024-02-28", "2026-10-30", "01/10/2026"])
def test_another_day_is_refused(texte: str) -> None:
    with pytest.raises(Refus, match="dernier jour d'un mois"):
        lire_arrete(texte)


@pytest.mark.parametrize("texte", ["2026-10", "octobre", "31-10-2026", "2026-02-30", "20261031"])
def test_what_is_no_date_is_refused(texte: str) -> None:
    with pytest.raises(Refus, match="n'est pas une date d'arrêté"):
        lire_arrete(texte)


@pytest.mark.parametrize(
    ("nom", "arrete", "attendu"),
    [
        ("2026-10", None, FIN),
        ("2024-02", None, dt.date(2024, 2, 29)),
        ("envoi", "2026-10-31", FIN),
        ("2026-09", "2026-10-31", FIN),
    ],
)
def test_without_a_manifest_the_month_is_that_of_the_option_or_of_the_name(
    tmp_path: Path, nom: str, arrete: str | None, attendu: dt.date
) -> None:
    depot = ouvrir(petite(), tmp_path, arrete, "13", nom=nom)
    assert (depot.arrete, depot.departement, depot.nom) == (attendu, "013", nom)


@pytest.mark.parametrize("nom", ["2026-13", "2026-00", "2026-1", "202610", "x2026-10", "0026-10"])
def test_another_name_tells_no_month(tmp_path: Path, nom: str) -> None:
    with pytest.raises(Refus, match="l'arrêté de la livraison n'est pas connu"):
        ouvrir(petite(), tmp_path, departement="013", nom=nom)


@pytest.mark.parametrize("option", [None, "2026-10-31", "31/10/2026"])
@pytest.mark.parametrize("departement", [None, "13", "013"])
def test_a_manifest_tells_both_and_options_may_agree(
    tmp_path: Path, option: str | None, departement: str | None
) -> None:
    depot = ouvrir(petite().manifeste(), tmp_path, option, departement, nom="2026-09")
    assert (depot.arrete, depot.departement) == (FIN, "013")


def test_a_zip_tells_the_month_by_its_name(tmp_path: Path) -> None:
    dossier = petite().ecrire(tmp_path / "x")
    chemin = shutil.make_archive(str(tmp_path / "2026-10"), "zip", dossier)
    assert ouvrir(Path(chemin), tmp_path, departement="013").arrete == FIN


def test_what_a_mac_adds_to_a_zip_is_left_out(tmp_path: Path) -> None:
    chemin = tmp_path / "2026-10.zip"
    with zipfile.ZipFile(chemin, "w") as archive:
        for nom, octets in petite().fichiers.items():
            archive.writestr(f"envoi/{nom}", octets)
            archive.writestr(f"__MACOSX/envoi/._{nom}", b"\0\0")
        archive.writestr("envoi/.DS_Store", b"\0")
    depot = ouvrir(chemin, tmp_path, departement="013")
    assert set(depot.fichiers) == {"stock", "radiation", "guichets"}
    assert depot.ignores == ()


def test_files_that_are_no_table_are_told(tmp_path: Path) -> None:
    livraison = petite()
    livraison.fichiers |= {"lisezmoi.txt": b"x", "stock_avant.csv": b"x", "journal.ods": b"x"}
    depot = ouvrir(livraison, tmp_path, "2026-10-31", "013")
    assert set(depot.ignores) == {"lisezmoi.txt", "stock_avant.csv", "journal.ods"}


def test_names_of_files_are_read_in_any_case(tmp_path: Path) -> None:
    livraison = Petite({nom.upper(): octets for nom, octets in petite().fichiers.items()})
    depot = ouvrir(livraison, tmp_path, "2026-10-31", "013")
    assert set(depot.fichiers) == {"stock", "radiation", "guichets"}


def test_a_manifest_may_name_its_files_as_it_likes(tmp_path: Path) -> None:
    livraison = petite()
    livraison.fichiers["Extraction [1].csv"] = livraison.fichiers.pop("stock.csv")
    fichiers = [
        {"table": "STOCK", "nom": "Extraction [1].csv", "lignes": 40},
        {"table": "radiation", "nom": "radiation.csv"},
        {"table": "guichets", "nom": "guichets.csv"},
    ]
    depot = ouvrir(livraison.manifeste(fichiers=fichiers), tmp_path)
    assert depot.fichiers["stock"].name == "Extraction [1].csv"
    assert depot.lignes == {"stock": 40}


def test_a_file_outside_the_manifest_is_left_out(tmp_path: Path) -> None:
    livraison = petite().manifeste()
    livraison.fichiers["plis.csv"] = b"ID_PLI\n"
    depot = ouvrir(livraison, tmp_path)
    assert "plis" not in depot.fichiers
    assert depot.ignores == ("plis.csv",)


@pytest.mark.parametrize("ecrire", [str.upper, str.lower, lambda sha256: f" {sha256} "])
def test_a_sha256_is_read_in_any_case(tmp_path: Path, ecrire: Callable[[str], str]) -> None:
    livraison = petite()
    fichiers = [
        {
            "table": nom.split(".")[0],
            "nom": nom,
            "sha256": ecrire(hashlib.sha256(octets).hexdigest()),
        }
        for nom, octets in livraison.fichiers.items()
    ]
    assert ouvrir(livraison.manifeste(fichiers=fichiers), tmp_path).departement == "013"


@pytest.mark.parametrize(
    "valeurs",
    [
        {"departement": None},
        {"arrete": 20261031},
        {"fichiers": None},
        {"fichiers": [{"table": "stock"}]},
        {"fichiers": ["stock.csv"]},
        {"fichiers": [{"table": "stock", "nom": "stock.csv", "lignes": "40"}]},
        {"fichiers": [{"table": "stock", "nom": "stock.csv", "sha256": 4}]},
        {"fichiers": [{"table": "stock", "nom": "stock.csv"}] * 2},
        {"fichiers": [{"table": "stock", "nom": ".."}]},
        {"fichiers": []},
        {"format": 1},
    ],
    ids=str,
)
def test_a_manifest_that_lacks_something_is_refused(
    tmp_path: Path, valeurs: dict[str, object]
) -> None:
    with pytest.raises(Refus) as refus:
        ouvrir(petite().manifeste(**valeurs), tmp_path)  # type: ignore[arg-type]
    assert refus.value.que_faire


def test_the_content_tells_deliveries_apart_whatever_they_are_called(tmp_path: Path) -> None:
    une = ouvrir(petite(), tmp_path, "2026-10-31", "013", nom="un").empreinte
    assert ouvrir(petite().manifeste(), tmp_path, nom="deux").empreinte == une
    autre = petite()
    autre.fichiers["stock.csv"] += b"\n"
    assert ouvrir(autre, tmp_path, "2026-10-31", "013", nom="trois").empreinte != une
    ajoutee = petite()
    ajoutee.fichiers["plis.csv"] = autre.fichiers["stock.csv"]
    assert ouvrir(ajoutee, tmp_path, "2026-10-31", "013", nom="quatre").empreinte != une


# --- Names and disks that fail --------------------------------------------------------------------


def _en_octets(dossier: Path, nom: bytes) -> Path:
    """Return the path of a file whose name is no UTF-8."""
    return dossier / os.fsdecode(nom)


def test_a_file_whose_name_is_no_utf8_is_told_with_a_name_that_is_safe(tmp_path: Path) -> None:
    envoi = petite().ecrire(tmp_path / "envoi")
    _en_octets(envoi, b"lisez-moi \xe9\x1b[31m.txt").write_text("x")
    depot = ouvrir(envoi, tmp_path, "2026-10-31", "013")
    assert depot.ignores == ("lisez-moi ?[31m.txt",)
    recue = recevoir_en(envoi, tmp_path)
    assert recue.description["fichiers_ignores"] == ["lisez-moi ?[31m.txt"]


def test_a_table_whose_file_has_no_readable_name_is_refused(tmp_path: Path) -> None:
    envoi = petite().ecrire(tmp_path / "envoi")
    (envoi / "stock.csv").rename(_en_octets(envoi, b"stock.\xe9.csv"))
    with pytest.raises(Refus, match="illisibles") as refus:
        ouvrir(envoi, tmp_path, "2026-10-31", "013")
    assert refus.value.ou == "stock.?.csv"
    assert "stock.csv" in refus.value.que_faire


@pytest.mark.parametrize("nom", ["stock\udce9.csv", "st\u202eock.csv"])
def test_a_manifest_that_names_such_a_file_is_refused(tmp_path: Path, nom: str) -> None:
    livraison = petite().manifeste()
    texte = livraison.fichiers["manifeste.json"].decode()
    livraison.fichiers["manifeste.json"] = texte.replace('"stock.csv"', json.dumps(nom)).encode()
    with pytest.raises(Refus, match="fichiers"):
        ouvrir(livraison, tmp_path)


@pytest.mark.parametrize(
    ("nom", "garde"),
    [
        (b"envoi\xe2\x80\xa8d'octobre", "envoi d'octobre"),
        (b"envoi\nd'octobre\x1b[2J", "envoi d'octobre[2J"),
        (b"envoi \xe9", "envoi ?"),
        (b"\xe2\x80\xaeenvoi", "envoi"),
    ],
)
def test_the_name_of_a_delivery_is_cleaned(tmp_path: Path, nom: bytes, garde: str) -> None:
    envoi = petite().ecrire(_en_octets(tmp_path, nom))
    assert ouvrir(envoi, tmp_path, "2026-10-31", "013").nom == garde


def test_a_file_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    envoi = petite().ecrire(tmp_path / "envoi")
    (envoi / "stock.csv").unlink()
    (envoi / "stock.csv").symlink_to("/proc/self/mem")  # its reading fails: an input/output error
    with pytest.raises(Refus, match="la lecture a échoué") as refus:
        ouvrir(envoi, tmp_path, "2026-10-31", "013")
    assert refus.value.ou.endswith("stock.csv")
    assert "droits" in refus.value.que_faire


def test_a_name_in_a_zip_that_no_disk_can_bear_is_a_damaged_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "2026-10.zip", "w") as archive:
        archive.writestr("x" * 300 + ".csv", "a")
    with pytest.raises(Refus, match="abîmée"):
        ouvrir(tmp_path / "2026-10.zip", tmp_path, departement="013")


def test_the_last_part_of_a_zip_is_not_called_damaged(tmp_path: Path) -> None:
    archive = tmp_path / "2026-10.zip"
    with zipfile.ZipFile(archive, "w") as ecrite:
        ecrite.writestr("stock.csv", "a")
    debut, fin = archive.read_bytes().split(b"PK\5\6")
    # Of its last part, the end alone: on the third disk, what it lists being on the others.
    archive.write_bytes(debut[-60:] + b"PK\5\6\2\0" + fin[2:])
    with pytest.raises(Refus, match="n'est qu'une partie d'un envoi") as refus:
        ouvrir(archive, tmp_path, departement="013")
    assert "toutes les parties" in refus.value.que_faire
