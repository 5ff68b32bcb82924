"""A file is there whole, with its rights, or not at all, and nothing else is left."""

from __future__ import annotations

import ast
import errno
import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from infocentre.cli import main
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import (
    dossier_en_place,
    ecrire,
    en_place,
    exiger_fichier,
    fermer_aux_autres,
    ouverts,
    refus_d_ecriture,
    remettre,
)

RACINE = Path(__file__).parents[2]


def droits(fichier: Path) -> int:
    return stat.S_IMODE(fichier.stat().st_mode)


def test_a_file_takes_the_place_of_the_former_one_whole(tmp_path: Path) -> None:
    cible = tmp_path / "neuf" / "a.csv"
    ecrire(cible, "avant")
    with en_place(cible) as partiel:
        partiel.write_text("é" * 10_000, "utf-8")
        assert cible.read_text("utf-8") == "avant"
    assert cible.read_bytes() == b"\xc3\xa9" * 10_000
    assert list(cible.parent.iterdir()) == [cible]


def test_a_write_that_fails_leaves_nothing_and_keeps_the_former_one(tmp_path: Path) -> None:
    cible = tmp_path / "a[1].duckdb"
    ecrire(cible, "avant")

    def echouer() -> None:
        with en_place(cible) as partiel, duckdb.connect(str(partiel)) as con:
            con.execute("CREATE TABLE t AS SELECT 1")
            con.execute("n'importe quoi")

    with pytest.raises(duckdb.ParserException):
        echouer()
    assert {un.name: un.read_text("utf-8") for un in tmp_path.iterdir()} == {cible.name: "avant"}


def test_modes_hold_from_the_first_byte_to_the_last(tmp_path: Path) -> None:
    ancien = os.umask(0o022)
    try:
        with en_place(tmp_path / "cle", droits=0o600) as partiel:
            assert droits(partiel) == 0o600
            partiel.write_text("secret", "utf-8")
        ecrire(tmp_path / "ouvert", "lisible")
    finally:
        os.umask(ancien)
    assert [droits(tmp_path / nom) for nom in ("cle", "ouvert")] == [0o600, 0o644]


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    cible = tmp_path / "X.yml"

    def arriver_second() -> None:
        with en_place(cible, neuf=True) as partiel:
            partiel.write_text("second", "utf-8")
            cible.write_text("premier", "utf-8")

    with pytest.raises(FileExistsError):
        arriver_second()
    assert {un.name: un.read_text("utf-8") for un in tmp_path.iterdir()} == {"X.yml": "premier"}


def test_a_directory_takes_its_name_whole_and_what_a_death_left_of_it_goes(tmp_path: Path) -> None:
    mort, autre = tmp_path / ".site.abcd.partiel", tmp_path / ".site.git"
    for un in (mort, autre):
        un.mkdir()
        (un / "page.html").touch()
    with dossier_en_place(tmp_path / "site") as vivant:
        (vivant / "page.html").write_text("a")
        assert not mort.exists()
        with dossier_en_place(tmp_path / "site") as second:
            assert vivant.exists(), "it is held: another is writing it"
            (second / "page.html").write_text("b")
        shutil.rmtree(tmp_path / "site")
    assert {un.name for un in tmp_path.iterdir()} == {"site", ".site.git"}
    assert (tmp_path / "site/page.html").read_text() == "a"


def test_several_threads_do_not_write_in_the_same_draft(tmp_path: Path) -> None:
    cible, textes = tmp_path / "a", [lettre * 100_000 for lettre in "abcdefgh"]
    with ThreadPoolExecutor(8) as fils:
        list(fils.map(lambda texte: ecrire(cible, texte), textes))
    assert cible.read_text("utf-8") in textes
    assert list(tmp_path.iterdir()) == [cible]


def test_a_refusal_says_why_where_and_what_to_do(tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "a.csv"
    with pytest.raises(Refus) as leve:
        remettre(absent, b"")
    assert (leve.value.quoi, leve.value.ou, leve.value.que_faire) == (
        "l'écriture a échoué : son dossier n'existe pas",
        str(absent),
        "Choisir un autre fichier.",
    )
    assert not absent.parent.exists()
    remettre(absent, b"", dossiers=True)
    with pytest.raises(Refus, match="l'écriture a échoué : c'est un dossier"):
        remettre(absent.parent, b"")


@pytest.mark.parametrize(
    ("numero", "attendu"),
    [
        (errno.ENOSPC, "le disque est plein"),
        (errno.EACCES, "le droit d'y écrire manque"),
        (errno.EXDEV, f"erreur {errno.EXDEV} du système"),
    ],
)
def test_what_the_system_says_is_said_in_french(tmp_path: Path, numero: int, attendu: str) -> None:
    dit = f"l'écriture a échoué : {attendu}"
    with pytest.raises(Refus, match=dit), refus_d_ecriture(tmp_path):
        raise OSError(numero, os.strerror(numero))


def test_only_an_ordinary_file_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube")
    fichier = tmp_path / "a.pdf"
    fichier.touch()
    for refuse in (tmp_path / "tube", Path("/dev/null"), tmp_path, fichier / "b.pdf"):
        with pytest.raises(Refus):
            exiger_fichier(refuse)
    for accepte in (fichier, tmp_path / "neuf" / "dossier" / "b.pdf"):
        exiger_fichier(accepte)
    assert sorted(un.name for un in tmp_path.iterdir()) == ["a.pdf", "tube"]


def test_one_module_alone_puts_a_file_in_the_place_of_another() -> None:
    """Path.replace has one argument, str.replace two, datetime.replace names its own."""
    ailleurs = {
        str(chemin.relative_to(RACINE))
        for paquet in ("infocentre", "dashboards")
        for chemin in (RACINE / paquet).rglob("*.py")
        if ".replace" in (texte := chemin.read_text("utf-8"))
        for noeud in ast.walk(ast.parse(texte))
        if isinstance(noeud, ast.Call)
        and isinstance(noeud.func, ast.Attribute)
        and (noeud.func.attr, len(noeud.args), len(noeud.keywords)) == ("replace", 1, 0)
    }
    # The link to the published version is no file: publication swaps it.
    assert ailleurs == {"infocentre/entrepot/publication.py", "infocentre/noyau/fichiers.py"}


def test_what_others_may_read_is_found_and_shut(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    (tmp_path / "a" / "lu").write_text("x")
    (tmp_path / "a" / "lu").chmod(0o640)
    (tmp_path / "a" / "ferme").write_text("x")
    (tmp_path / "a" / "ferme").chmod(0o600)
    (tmp_path / "a" / "lien").symlink_to("/etc/hostname")
    avant = Path("/etc/hostname").stat().st_mode
    assert set(ouverts(tmp_path)) == {tmp_path / "a", tmp_path / "a" / "lu"} | (
        {tmp_path} if tmp_path.stat().st_mode & 0o077 else set()
    )
    fermer_aux_autres(ouverts(tmp_path))
    assert ouverts(tmp_path) == []
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "lu").stat().st_mode & 0o777 == 0o600
    assert Path("/etc/hostname").stat().st_mode == avant


def test_a_command_writes_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    sortie = tmp_path / "donnees" / "sortie.json"
    sortie.parent.mkdir()
    ancien = os.umask(0o000)
    try:
        assert main(["expliquer", "ATT_TARDIVE"]) == 0
        assert os.umask(0o000) == 0o000  # as it was
        with pytest.MonkeyPatch.context() as reglages:
            reglages.setattr("infocentre.cli.lectures.expliquer", lambda _: sortie.write_text("x"))
            assert main(["expliquer", "ATT_TARDIVE"]) == 0
    finally:
        os.umask(ancien)
    assert sortie.stat().st_mode & 0o777 == 0o600
