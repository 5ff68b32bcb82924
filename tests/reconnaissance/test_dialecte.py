"""How files are written: whatever a sender's software does, it is seen and said."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from infocentre.noyau.erreurs import Refus
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.encodage import est_courant
from tests.reconnaissance.atelier import RADIATION, STOCK, classeur, profil, rangs, texte

PETIT = rangs(
    {nom: STOCK[nom] for nom in ("NUMERO_UNIQUE", "DATE_CREATION", "REVENU_MENSUEL_FOYER")}
)
NOMS = tuple(PETIT[0])
ACCENTS = [
    ["Numéro unique", "Prénom", "Réservé à"],
    *(
        [ligne[0], ("Hélène", "André", "Gaëlle")[rang % 3], "Sans-abri hébergé"]
        for rang, ligne in enumerate(PETIT[1:])
    ),
]


@pytest.mark.parametrize(
    ("encodage", "marque"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
        ("mac-roman", b""),
        ("cp850", b""),
    ],
)
def test_the_encoding_is_found_with_its_mark_or_without(
    tmp_path: Path, encodage: str, marque: bytes
) -> None:
    fichier = tmp_path / "a.txt"
    fichier.write_bytes(marque + texte(ACCENTS, "\t").encode(encodage))
    lu = profil(fichier)
    assert (lu.dialecte.encodage, lu.dialecte.separateur) == (encodage, "\t")
    assert lu.entete == tuple(ACCENTS[0])
    assert lu.exemples.row(1) == tuple(ACCENTS[2])
    assert lu.avis == ()


@pytest.mark.parametrize("encodage", ["cp1252", "mac-roman", "cp850"])
def test_the_encoding_of_capitals_is_found_too(tmp_path: Path, encodage: str) -> None:
    lignes = [["NUMERO", "PRENOM"], ["1", "HÉLÈNE"], ["2", "FRANÇOIS"], ["3", "ÉMILE RENÉ"]]
    octets = texte(lignes).encode(encodage)
    (tmp_path / "a.csv").write_bytes(octets)
    assert profil(tmp_path / "a.csv").exemples.rows() == [tuple(une) for une in lignes[1:]]
    assert est_courant(octets) == (encodage == "cp1252")


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
def test_the_separator_is_the_one_that_quoted_fields_leave_constant(
    tmp_path: Path, separateur: str
) -> None:
    lignes = [[*une[:2], f'"{une[2]}"' if separateur == "," else une[2]] for une in PETIT]
    (tmp_path / "a.csv").write_text(texte(lignes, separateur))
    lu = profil(tmp_path / "a.csv")
    assert lu.dialecte.separateur == separateur
    assert lu.exemples.row(0) == tuple(PETIT[1])
    assert lu.dialecte.decimale == ","


def test_a_decimal_comma_in_every_row_is_no_separator(tmp_path: Path) -> None:
    lignes = [["code", "montant"], *([f"G{i}", f"{i},5"] for i in range(30))]
    (tmp_path / "a.csv").write_text(texte(lignes))
    assert profil(tmp_path / "a.csv").entete == ("code", "montant")


def test_titles_and_blank_lines_stand_above_the_names(tmp_path: Path) -> None:
    titres = "Extraction, mensuelle\n\nArrêtée au;31/10/2026\n"
    (tmp_path / "a.csv").write_text(titres + texte(PETIT), encoding="utf-8")
    lu = profil(tmp_path / "a.csv")
    assert (lu.dialecte.entete, lu.entete, lu.exemples.height) == (4, NOMS, 60)


def test_each_oddity_among_the_rows_is_said(tmp_path: Path) -> None:
    lignes = [*PETIT[:30], PETIT[0], *PETIT[30:], ["Total", "", "60"]]
    (tmp_path / "a.csv").write_text(texte(lignes))
    lu = profil(tmp_path / "a.csv")
    assert [une.split(" : ")[0] for une in lu.avis] == [
        "La ligne des noms est répétée 1 fois parmi les données, la première fois à la ligne 31",
        "1 ligne de total ou de note sous les données",
    ]
    assert lu.exemples["0"].to_list() == [une[0] for une in PETIT[1:]]
    (tmp_path / "b.csv").write_text(texte(PETIT)[:-12])
    assert profil(tmp_path / "b.csv").avis == (
        "Le fichier est coupé : sa dernière ligne n'a que 2 champs sur 3.",
    )


def test_dates_that_would_be_misread_are_said(tmp_path: Path) -> None:
    lignes = [
        ["numéro", "entrée", "sortie"],
        *([f"G{i}", f"10/{i + 1}/2025", f"0{i % 9 + 1}/10/25"] for i in range(9, 28)),
        ["G28", "NA", "NA"],
    ]
    (tmp_path / "a.csv").write_text(texte(lignes), encoding="utf-8")
    assert profil(tmp_path / "a.csv").avis == (
        "Dates MM/JJ/AAAA dans « entrée » : leur jour et leur mois seraient échangés.",
        "Dates sans siècle (JJ/MM/AA) dans « sortie » : elles ne seront pas lues.",
    )


def test_an_encoding_that_changes_is_said_with_its_line_and_rows_come_from_all_along(
    tmp_path: Path,
) -> None:
    lignes = [
        ["numéro", "nom", "état"],
        *([f"{i:06d}", f"Hélène {i}", "réservé"] for i in range(60_000)),
    ]
    debut, fin = texte(lignes[:40_000]).encode(), texte(lignes[40_000:]).encode("cp1252")
    (tmp_path / "a.csv").write_bytes(debut + fin)
    lu = profil(tmp_path / "a.csv")
    (avis,) = lu.avis
    assert avis.startswith("L'encodage change à la ligne 40001 (UTF-8 et Windows-1252)")
    assert int(lu.exemples["0"].to_list()[-1]) > 50_000
    assert set(lu.exemples["2"]) == {"réservé"}


@pytest.mark.parametrize("octets", [800, 1300])
def test_no_row_is_looked_at_twice(tmp_path: Path, octets: int) -> None:
    """1 300 rows are a little more than the first megabyte, then much more."""
    longues = {**STOCK, "QUARTIER": lambda i: f"{i} ".ljust(octets, "x")}
    (tmp_path / "a.csv").write_text(texte(rangs(longues, 1300)), "utf-8")
    numeros = profil(tmp_path / "a.csv").exemples["0"]
    assert numeros.n_unique() == len(numeros) > 600


def _html(chemin: Path) -> None:
    chemin.write_text("<html><table><tr><td>NUMERO</td></tr></table></html>")


def _protege(chemin: Path) -> None:
    chemin.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    )


def _virgules(chemin: Path) -> None:
    chemin.write_text(
        texte(
            [["code", "loyer", "surface"], *([f"G{i}", f"{i},5", f"{i},2"] for i in range(9))], ","
        )
    )


def _deux_fois(chemin: Path) -> None:
    chemin.write_text(texte([["code", "Nom", "NOM"], *([f"G{i}", "a", "b"] for i in range(9))]))


def _fusion(chemin: Path) -> None:
    with xlsxwriter.Workbook(str(chemin)) as ecrit:
        feuille = ecrit.add_worksheet()
        feuille.merge_range(0, 0, 1, 0, "Numéro")
        feuille.write_row(1, 1, ["Date", "Motif", "Ville", "Type"])
        for i in range(2, 9):
            feuille.write_row(i, 0, [i, "01/02/2026", "01", "13001", "T2"])


def _demesure(chemin: Path) -> None:
    with xlsxwriter.Workbook(str(chemin)) as ecrit:
        feuille = ecrit.add_worksheet()
        feuille.write_row(0, 0, ["a", "b"])
        feuille.write(1_048_575, 300, 1)


@pytest.mark.parametrize(
    ("nom", "ecrire", "dit"),
    [
        ("a.xls", _html, "ce n'est pas un classeur : c'est une page web"),
        ("a.xlsx", _protege, "ce classeur est protégé par un mot de passe"),
        ("a.xlsx", _demesure, "une feuille s'étend sur 1048576 lignes et 301 colonnes"),
        ("a.xlsx", _fusion, "les noms des colonnes tiennent sur plusieurs lignes"),
        (
            "a.csv",
            _virgules,
            "9 lignes sur 9 ont plus de champs que de noms de colonnes : des nombres",
        ),
        ("a.csv", _deux_fois, "colonne présente deux fois : NOM (colonnes 2 et 3)"),
        ("a.csv", lambda c: c.write_text(texte(PETIT[1:])), "aucune ligne de noms de colonnes"),
        ("a.csv", lambda c: c.write_bytes(b""), "le fichier est vide"),
        ("a.csv", lambda c: c.write_bytes(b"a;b\rc;d\r"), "comme sur un ancien Mac"),
        ("a.csv", lambda c: c.write_bytes(bytes(range(256)) * 9), "des octets nuls"),
        ("a.txt", lambda c: c.write_text("Lisez-moi\n" * 9), "aucun séparateur n'y est reconnu"),
        (
            "a.parquet",
            lambda c: c.write_bytes(b"PAR1" + bytes(99)),
            "pas un fichier Parquet lisible",
        ),
        (
            "a.csv.gz",
            lambda c: c.write_bytes(gzip.compress(b"a;b\n" * 99)[:-9]),
            "tronqué ou abîmé",
        ),
        ("a.zip", lambda c: c.write_bytes(b"PK\3\4" + bytes(99)), "l'archive zip est abîmée"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(
    tmp_path: Path, nom: str, ecrire: Callable[[Path], object], dit: str
) -> None:
    ecrire(tmp_path / nom)
    with pytest.raises(Refus) as refus:
        profiler(tmp_path / nom, tmp_path / "temporaire")
    assert dit in refus.value.quoi, nom
    assert refus.value.que_faire, nom


def test_a_hidden_sheet_is_said_and_a_copy_of_one_that_is_seen_is_left(tmp_path: Path) -> None:
    """Who opens the workbook sees one sheet: nothing is asked of another that has its columns."""
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as ecrit:
        feuilles = {nom: ecrit.add_worksheet(nom) for nom in ("Octobre", "Copie", "Réglages")}
        for nom, lignes in {"Octobre": PETIT, "Copie": PETIT[:9], "Réglages": ACCENTS}.items():
            for rang, ligne in enumerate(lignes):
                feuilles[nom].write_row(rang, 0, ligne)
        feuilles["Copie"].hide()
        feuilles["Réglages"].very_hidden()
    lus = profiler(tmp_path / "a.xlsx", tmp_path / "temporaire")
    assert [(un.dialecte.feuille, un.exemples.height, un.avis) for un in lus] == [
        (
            "Octobre",
            60,
            (
                (
                    "La feuille « Copie » est masquée dans le classeur, avec les mêmes colonnes : "
                    "elle n'est pas lue."
                ),
            ),
        ),
        ("Réglages", 60, ("La feuille « Réglages » est masquée dans le classeur.",)),
    ]


def _ods(chemin: Path, lignes: list[list[str]], chiffre: str = "") -> None:
    cellules = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{une}</text:p>'
            "</table:table-cell>"
            for une in ligne
        )
        + "</table:table-row>"
        for ligne in lignes
    )
    espaces = " ".join(
        f'xmlns:{nom}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"'
        for nom in ("office", "table", "text")
    )
    corps = (
        f"<office:document-content {espaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="F">{cellules}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(chemin, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{chiffre}</manifest>")
        archive.writestr("content.xml", corps)


def test_a_sheet_of_libreoffice_is_read_unless_a_password_protects_it(tmp_path: Path) -> None:
    _ods(tmp_path / "a.ods", PETIT)
    lu = profil(tmp_path / "a.ods")
    assert (lu.entete, lu.dialecte.feuille, lu.exemples.row(5)) == (NOMS, "F", tuple(PETIT[6]))
    _ods(tmp_path / "b.ods", PETIT, "<encryption-data/>")
    with pytest.raises(Refus, match="protégé par un mot de passe"):
        profil(tmp_path / "b.ods")


def test_every_container_gives_the_same_rows(tmp_path: Path) -> None:
    colonnes = {str(r): [une[r] for une in PETIT[1:]] for r in range(3)}
    pl.DataFrame(colonnes).rename(dict(zip("012", NOMS, strict=True))).write_parquet(
        tmp_path / "a.parquet"
    )
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(texte(PETIT).encode()))
    classeur(tmp_path / "a.xlsx", {"Lisez-moi": [["Bonjour"]], "Données": [["Titre"], [], *PETIT]})
    (tmp_path / "faux.xls").write_text(texte(PETIT, "\t"))
    for nom in ("a.parquet", "a.csv.gz", "a.xlsx", "faux.xls"):
        lu = profil(tmp_path / nom)
        assert lu.entete == NOMS, nom
        assert lu.exemples.rows() == [tuple(une) for une in PETIT[1:]], nom
    feuille = profil(tmp_path / "a.xlsx")
    assert (feuille.dialecte.feuille, feuille.dialecte.entete) == ("Données", 3)


def test_a_number_that_lost_its_last_digits_is_shown_as_it_will_be_read(tmp_path: Path) -> None:
    """Not as 971062600000301184, which has the shape of a numéro and is another's."""
    lignes = [[971_062_600_000_301_209.0, 4.0, 0.5], [971_062_600_000_301_210.0, 5.0, 0.00001]]
    noms = ["NUD", "Personnes", "Part"]
    pl.DataFrame(lignes, schema=noms, orient="row").write_parquet(tmp_path / "a.parquet")
    classeur(tmp_path / "a.xlsx", {"a": [noms, *lignes]})
    for nom in ("a.parquet", "a.xlsx"):
        vues = profil(tmp_path / nom).exemples.rows()
        assert [une[:2] for une in vues] == [
            ("9.71062600000301e+17", "4"),
            ("9.71062600000301e+17", "5"),
        ], nom


def test_a_folder_and_a_zip_give_the_files_of_their_folders(tmp_path: Path) -> None:
    depot = tmp_path / "depot"
    for nom, colonnes in (
        ("2025/stock.csv", STOCK),
        ("2026/stock.csv", STOCK),
        ("rad.csv", RADIATION),
    ):
        (depot / nom).parent.mkdir(parents=True, exist_ok=True)
        (depot / nom).write_text(texte(rangs(colonnes)))
    (depot / "lisez-moi.txt").write_text("Bonjour\n")
    (depot / "courrier.pdf").write_bytes(b"%PDF-")
    with zipfile.ZipFile(tmp_path / "depot.zip", "w") as archive:
        for fichier in sorted(depot.rglob("*.*")):
            archive.write(fichier, fichier.relative_to(depot))
    with zipfile.ZipFile(tmp_path / "envoi.zip", "w") as envoi:
        envoi.write(tmp_path / "depot.zip", "reçu/depot.zip")
    for place in (depot, tmp_path / "depot.zip", tmp_path / "depot.zip", tmp_path / "envoi.zip"):
        profils = profiler(place, tmp_path / "temporaire")
        noms = ["/".join(un.chemin.parts[-2:]) for un in profils]
        assert [nom.split("/")[1] for nom in noms] == ["stock.csv", "stock.csv", "rad.csv"], place
        assert noms[:2] == ["2025/stock.csv", "2026/stock.csv"], place
