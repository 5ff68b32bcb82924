"""Workbooks that would fill the memory, or are none: refused, by whoever reads them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from infocentre.lecture.echantillons import FEUILLE, TIRAGE, relire
from infocentre.livraisons import classeurs
from infocentre.noyau.borne import GIGA
from infocentre.noyau.erreurs import Refus
from tests.livraisons.atelier import petite
from tests.livraisons.conftest import Recevoir

DERNIERE = "XFD1048576"


def _classeur(cellules: dict[tuple[int, int], object], *, noms: tuple[str, ...] = ("a",)) -> bytes:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, {"in_memory": True}) as classeur:
        for nom in noms:
            feuille = classeur.add_worksheet(nom)
            for (ligne, colonne), valeur in cellules.items():
                feuille.write(ligne, colonne, valeur)
    return tampon.getvalue()


def _refaire(octets: bytes, changer: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """Rewrite each part of a workbook."""
    tampon = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(octets)) as avant,
        zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as apres,
    ):
        for nom in avant.namelist():
            if change := changer(nom, avant.read(nom)):
                apres.writestr(*change)
    return tampon.getvalue()


def _sans_adresses(nom: str, octets: bytes) -> tuple[str, bytes]:
    """Hide where the cells are from whoever looks for their addresses in the usual parts."""
    return nom.replace("worksheets/sheet1", "feuille"), octets.replace(
        b"worksheets/sheet1", b"feuille"
    )


def _au_bout(nom: str, octets: bytes) -> tuple[str, bytes]:
    """Move B2 to the end of its sheet: seconds are needed to write a million rows up to it."""
    bout, ligne = DERNIERE.encode(), DERNIERE.removeprefix("XFD").encode()
    for avant, apres in ((b"B2", bout), (b'row r="2" spans="1:2"', b'row r="' + ligne + b'"')):
        octets = octets.replace(avant, apres)
    return nom, octets


PRES: dict[tuple[int, int], object] = {(0, 0): "NOM", (1, 1): "x"}
LOIN = _refaire(_classeur(PRES, noms=(FEUILLE, TIRAGE)), _au_bout)
MACROS = io.BytesIO(LOIN)
with zipfile.ZipFile(MACROS, "a") as _archive:
    _archive.writestr("xl/vbaProject.bin", b"x")

CAS = {
    "une cellule au bout de la feuille": (LOIN, "1048576 lignes et 16384 colonnes"),
    "des macros": (MACROS.getvalue(), "macros"),
    "tronqué": (LOIN[:-100], "ce n'est pas"),
    "un tableau d'un autre format": (b"PK\x03\x04 un tableau", "ce n'est pas"),
    "un zip quelconque": (
        _refaire(LOIN, lambda nom, o: None if nom == "xl/workbook.xml" else (nom, o)),
        "ce n'est pas",
    ),
    "du texte": ("NUMERO_UNIQUE;é\n".encode(), "ce n'est pas"),
    "un classeur protégé": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "ce n'est pas"),
    "vide": (b"", "ce n'est pas"),
}


@pytest.mark.parametrize("cas", CAS)
def test_a_delivery_refuses_it(recevoir: Recevoir, cas: str) -> None:
    octets, mots = CAS[cas]
    with pytest.raises(Refus, match=mots) as refus:
        recevoir(petite().octets("stock.xlsx", octets))
    assert refus.value.ou == "stock.xlsx"
    assert refus.value.que_faire


@pytest.mark.parametrize("cas", CAS)
def test_a_filled_sample_refuses_it(cas: str) -> None:
    octets, mots = CAS[cas]
    with pytest.raises(Refus, match=mots) as refus:
        relire(octets, "rempli.xlsx")
    assert refus.value.ou == "rempli.xlsx"
    assert refus.value.que_faire


def test_what_escapes_the_look_stops_at_the_memory_allowed(
    recevoir: Recevoir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classeurs, "LIVRAISON", replace(classeurs.LIVRAISON, memoire=GIGA))
    cache = _refaire(_refaire(_classeur(PRES), _au_bout), _sans_adresses)
    with pytest.raises(Refus, match="trop de temps ou de mémoire"):
        recevoir(petite().octets("stock.xlsx", cache))


def test_a_sample_that_swells_is_refused() -> None:
    def gonfler(nom: str, octets: bytes) -> tuple[str, bytes]:
        return nom, octets + b" " * (40 << 20) if "sharedStrings" in nom else octets

    gonfle = _refaire(_classeur({(0, 0): "x"}, noms=(FEUILLE, TIRAGE)), gonfler)
    assert len(gonfle) < 1 << 20
    with pytest.raises(Refus, match="taille anormale"):
        relire(gonfle, "rempli.xlsx")


def test_rows_and_columns_left_blank_before_the_data_keep_their_place(tmp_path: Path) -> None:
    (tmp_path / "stock.xlsx").write_bytes(
        _classeur(
            {(0, 1): "A", (0, 2): "B", (2, 1): "x\ny", (2, 2): 5.5, (3, 1): " ", (4, 2): True}
        )
    )
    plat = classeurs.en_csv(tmp_path / "stock.xlsx", tmp_path / "plat")
    assert plat == classeurs.Plat(["", "A", "B"], [3, 5])
    assert (tmp_path / "plat").read_text() == ';"x\ny";5.5\n;;1\n'


def test_the_farthest_cell_is_found_where_a_read_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classeurs, "BLOC", 7)
    chemin = tmp_path / "loin.xlsx"
    chemin.write_bytes(LOIN)
    with pytest.raises(Refus, match=re.escape("1048576 lignes et 16384 colonnes")):
        classeurs._examiner(chemin, Refus("faux", "loin.xlsx"), 5_000_000, GIGA)


def test_a_disk_that_is_full_is_not_told_as_a_workbook_too_large(tmp_path: Path) -> None:
    (tmp_path / "stock.xlsx").write_bytes(_classeur({(0, 0): "A", (1, 0): "x"}))
    with pytest.raises(OSError, match="No space left"):
        classeurs.en_csv(tmp_path / "stock.xlsx", Path("/dev/full"))


def test_a_sheet_that_is_full_has_lost_what_came_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lire(lignes: int) -> object:
        chemin = tmp_path / "stock.xlsx"
        corps: dict[tuple[int, int], object] = {(rang, 0): "x" for rang in range(1, lignes)}
        chemin.write_bytes(_classeur({(0, 0): "A"} | corps))
        return classeurs._faire(
            {
                "faire": "csv",
                "cible": str(tmp_path / "plat"),
                "feuille": 0,
                "entete": 1,
                "chemin": str(chemin),
                "illisible": ("faux", "stock.xlsx", ""),
                "bornes": (100, GIGA),
            }
        )

    monkeypatch.setattr(classeurs, "PLEINE", 5)
    assert lire(4) == {"entete": ["A"], "lignes": [2, 3, 4]}
    with pytest.raises(Refus, match=r"la feuille est pleine \(5 lignes\)"):
        lire(5)


def test_an_xls_is_full_long_before() -> None:
    """Its sheets have 65 536 lines: the active demandes of a large département do not go in one."""
    classeurs._refuser_pleine([2, 65_535], "stock.xls", classeurs.PLEINE_ANCIENNE)
    with pytest.raises(Refus, match="pleine"):
        classeurs._refuser_pleine([2, 65_536], "stock.xls", classeurs.PLEINE_ANCIENNE)


def _de_deux_feuilles(seconde: list[tuple[str, str]]) -> bytes:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, {"in_memory": True}) as classeur:
        for nom, lignes in (("Nord", [("CODE", "NOM"), ("A", "un")]), ("Sud", seconde)):
            feuille = classeur.add_worksheet(nom)
            for rang, ligne in enumerate(lignes):
                feuille.write_row(rang, 0, ligne)
    return tampon.getvalue()


def test_a_table_that_goes_on_in_another_sheet_is_refused(tmp_path: Path) -> None:
    classeur = tmp_path / "guichets.xlsx"
    classeur.write_bytes(_de_deux_feuilles([("nom", " code "), ("deux", "B")]))
    with pytest.raises(Refus, match="2 feuilles ont les mêmes colonnes, et une seule serait lue"):
        classeurs.en_csv(classeur, tmp_path / "plat")
    for autre in ([("Lisez-moi", "")], [("CODE", "NOM")], [("CODE", "VILLE"), ("B", "Aix")]):
        classeur.write_bytes(_de_deux_feuilles(autre))
        assert classeurs.en_csv(classeur, tmp_path / "plat").lignes == [2]


@pytest.mark.parametrize(
    ("fusion", "refusee"),
    [("A3:A4", True), ("B2:B4", True), ("A1:B1", False), ("A4:B4", False), ("A5:B5", False)],
)
def test_a_value_that_rows_share_is_refused_a_title_or_a_note_is_not(
    tmp_path: Path, fusion: str, *, refusee: bool
) -> None:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, {"in_memory": True}) as classeur:
        feuille = classeur.add_worksheet()
        for rang in range(4):
            feuille.write_row(rang, 0, (f"a{rang}", f"b{rang}"))
        feuille.merge_range(fusion, "x")
    fichier = tmp_path / "guichets.xlsx"
    fichier.write_bytes(tampon.getvalue())
    if not refusee:
        classeurs.en_csv(fichier, tmp_path / "plat")
        return
    with pytest.raises(Refus, match="fusionnées sur plusieurs lignes") as refus:
        classeurs.en_csv(fichier, tmp_path / "plat")
    assert refus.value.ou.endswith({"A": "lignes 3 à 4", "B": "lignes 2 à 4"}[fusion[0]])
