"""Rows as they are taken away: exact for programs, French for people."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import openpyxl
import pytest

from infocentre.exports import (
    BRUT,
    Donnees,
    en_octets,
    exporter,
    lisible,
    sans_colonnes,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.formats import Format

DONNEES = Donnees(
    "Suivi : [octobre]",
    ("code", "taux", "etat", "numerateur", "jour", "explication"),
    [
        ("A", 0.1234567, "rouge", 1234, dt.date(2026, 10, 31), 'dit « ; », "oui"\net ’ € œ'),
        ("B", None, None, None, None, None),
        ("C", 0.0, "a_traiter", 0, dt.date(2026, 1, 1), "=SOMME(A1:A2)"),
    ],
    taux=frozenset({"taux"}),
    titres={"code": "indicateur"},
    note="Lire ainsi.",
)


def ecrire(donnees: Donnees, format_: Format, dossier: Path) -> Path:
    sortie = dossier / f"sortie.{'txt' if format_ == 'table' else format_}"
    exporter(donnees, format_, sortie)
    return sortie


def test_csv_keeps_all_and_six_decimals(tmp_path: Path) -> None:
    texte = ecrire(DONNEES, "csv", tmp_path).read_text("utf-8")
    entete, *lignes = list(csv.reader(io.StringIO(texte), delimiter=";"))
    assert tuple(entete) == DONNEES.colonnes
    assert lignes == [
        ["A", "0.123457", "rouge", "1234", "2026-10-31", 'dit « ; », "oui"\net ’ € œ'],
        ["B", "", "", "", "", ""],
        ["C", "0.000000", "a_traiter", "0", "2026-01-01", "'=SOMME(A1:A2)"],
    ]


FORMULES = (
    "=1+1",
    "+cmd|' /c calc'!A0",
    "@SUM(1)",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    "=",
    "+33 6 x",
    "＝1+1",
    "\u200b=1+1",
    "\ufeff\u00a0＠SUM(1)",
    "﹢1",
)
TELS_QUELS = (
    "",
    "-5",
    "+5,2",
    "-1 234.50",
    "-",
    "--",
    "-1 day 02:00:00",
    "*",
    "1=1",
    "’=",
    "RADATT",
    "2026-10-31",
)


@pytest.mark.parametrize("texte", FORMULES)
@pytest.mark.tentative(
    "fichiers",
    "une formule de tableur dans un nom livré (=, +, -, @, tabulation)",
)
def test_a_spreadsheet_does_not_calculate_a_text(texte: str) -> None:
    donnees = Donnees("x", (texte,), [(texte,)])
    garde = '"' if "\r" in texte else ""  # a spreadsheet would begin a row there
    assert en_octets(donnees, "csv").decode() == f"{garde}'{texte}{garde}\n" * 2
    BRUT.set(True)
    try:
        assert en_octets(donnees, "csv").decode() == f"{garde}{texte}{garde}\n" * 2
    finally:
        BRUT.set(False)


def test_a_line_feed_within_a_text_begins_no_row() -> None:
    donnees = Donnees("x", ("a", "b"), [("Dupont\r=1+1", "c\nd")])
    assert en_octets(donnees, "csv") == b'a;b\n"Dupont\r=1+1";"c\nd"\n'


@pytest.mark.parametrize("valeur", [*TELS_QUELS, -7, -0.5, dt.date(2026, 1, 1)])
def test_a_number_a_code_a_date_stay_as_they_are(valeur: object) -> None:
    assert not en_octets(Donnees("x", ("a", "b"), [(valeur, "")]), "csv").startswith(b"a;b\n'")


def test_json_keeps_types_and_what_is_empty(tmp_path: Path) -> None:
    lignes = json.loads(ecrire(DONNEES, "json", tmp_path).read_text("utf-8"))
    assert lignes[0] | {"explication": ""} == {
        "code": "A",
        "taux": 0.1234567,
        "etat": "rouge",
        "numerateur": 1234,
        "jour": "2026-10-31",
        "explication": "",
    }
    assert set(lignes[1].values()) == {"B", None}


@pytest.mark.tentative(
    "fichiers",
    "une formule dans un classeur xlsx",
)
def test_the_workbook_has_numbers_dates_and_no_formula(tmp_path: Path) -> None:
    feuille = openpyxl.load_workbook(ecrire(DONNEES, "xlsx", tmp_path)).worksheets[0]
    assert feuille.title == "Suivi  octobre"
    entete, une, vide, formule = feuille.iter_rows(values_only=True)
    assert entete[:4] == ("Indicateur", "Taux", "État", "Anomalies")
    assert une[:5] == ("A", 0.1234567, "■ rouge", 1234, dt.datetime(2026, 10, 31))  # noqa: DTZ001
    assert vide[1:] == (None,) * 5
    assert formule[5] == "=SOMME(A1:A2)"
    assert feuille.cell(4, 6).data_type == "s"
    assert feuille.cell(2, 2).number_format == "0.0 %"


def test_excel_opens_the_csv_in_words_at_a_click() -> None:
    octets = en_octets(DONNEES, "csv-excel")
    assert octets.startswith(b"\xef\xbb\xbf"), "without a BOM, Excel reads accents wrong"
    entete, *lignes = csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";")
    assert entete == ["Indicateur", "Taux", "État", "Anomalies", "Jour", "Explication"]
    assert lignes[0][:5] == ["A", "0,123457", "■ rouge", "1234", "31/10/2026"]
    assert lignes[1] == ["B", "", "", "", "", ""]
    assert lignes[2][1:] == ["0", "✖ à traiter", "0", "01/01/2026", "'=SOMME(A1:A2)"]


@pytest.mark.parametrize(
    ("valeur", "ecrite"),
    [
        ("01004", '="01004"'),  # a commune, else 1004
        ("971062600000301209", '="971062600000301209"'),  # a numéro, else …301000
        ("75E01", '="75E01"'),  # a guichet, else 750
        ("0442123456", '="0442123456"'),
        ("+33442123456", '="+33442123456"'),
        ("2A004", "2A004"),
        ("13055", "13055"),
        ("200054807", "200054807"),
        ("0", "0"),
        ("+12", "+12"),
    ],
)
def test_excel_makes_no_other_number_of_a_code(valeur: str, ecrite: str) -> None:
    octets = en_octets(Donnees("Codes", ("code",), [(valeur,)]), "csv-excel")
    assert octets.decode("utf-8-sig") == f"Code\r\n{_entre_guillemets(ecrite)}\r\n"


def _entre_guillemets(texte: str) -> str:
    """Write a field as CSV does: quotes in it are doubled, and it is quoted."""
    return '"' + texte.replace('"', '""') + '"' if '"' in texte else texte


REGISTRE = Donnees(
    "Registre",
    ("guichet", "nom", "type_guichet", "mois", "x", "y"),
    [("G1", "Mairie", "COMMUNE", "2026-10", 1, None)],
    titres={"x": "octobre", "y": "octobre"},
    de="guichets",
    note="Une ligne par guichet.",
    source="SNE, données arrêtées au 31/10/2026.",
    saisies={"y": ("oui", "non")},
)


def test_a_workbook_says_its_codes_in_words_under_titles_that_differ() -> None:
    classeur = openpyxl.load_workbook(io.BytesIO(en_octets(REGISTRE, "xlsx")))
    feuille = classeur["Registre"]
    entete, une = feuille.iter_rows(values_only=True)
    assert entete == ("Guichet", "Nom", "Type", "Mois", "Octobre", "Octobre (2)")
    assert une == ("G1", "Mairie", "Commune", dt.datetime(2026, 10, 1), 1, None)  # noqa: DTZ001
    assert feuille.freeze_panes == "C2", "the name of a row stays in sight"
    (liste,) = feuille.data_validations.dataValidation
    assert (str(liste.sqref), liste.formula1) == ("F2", '"oui,non"')


def test_a_workbook_says_what_it_is_where_it_comes_from_and_how_it_is_read() -> None:
    lecture = openpyxl.load_workbook(io.BytesIO(en_octets(REGISTRE, "xlsx")))["Lecture"]
    lues = list(lecture.iter_rows(values_only=True))
    assert lues[:3] == [
        ("Contenu", "Registre"),
        ("Source", "SNE, données arrêtées au 31/10/2026."),
        ("À savoir", "Une ligne par guichet."),
    ]


def test_the_table_reads_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    exporter(DONNEES, "table", None)
    texte = capsys.readouterr().out
    for attendu in (
        "12,3\u202f%",
        "■ rouge",
        "✖ à traiter",
        "1\u202f234",
        "31/10/2026",
        "indicateur",
        "Lire ainsi.",
    ):
        assert attendu in texte
    assert "None" not in texte


@pytest.mark.parametrize("format_", ["table", "csv", "json", "xlsx"])
def test_no_row_is_exported_too(format_: Format, tmp_path: Path) -> None:
    sortie = ecrire(Donnees("Rien", ("code",), []), format_, tmp_path)
    assert sortie.stat().st_size > 0
    assert [f.name for f in tmp_path.iterdir()] == [sortie.name]


def test_a_file_that_cannot_be_written_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refus, match="l'écriture a échoué"):
        exporter(DONNEES, "csv", tmp_path / "absent/sortie.csv")
    with pytest.raises(Refus, match="s'écrit dans un fichier"):
        exporter(DONNEES, "xlsx", None)


@pytest.mark.parametrize(
    ("valeur", "texte"),
    [
        (None, ""),
        (True, "oui"),
        (False, "non"),
        (0, "0"),
        (1234567, "1\u202f234\u202f567"),
        (1234.5, "1\u202f234,50"),
        (dt.date(2026, 3, 1), "01/03/2026"),
        ("sans_objet", "s.o."),
        ("G1202", "G1202"),
    ],
    ids=str,
)
def test_a_value_is_written_as_in_french(valeur: object, texte: str) -> None:
    assert lisible(valeur) == texte


def test_a_rate_is_written_as_a_percentage() -> None:
    assert lisible(0.0, taux=True) == "0,0\u202f%"
    assert lisible(1, taux=True) == "100,0\u202f%"
    assert lisible(None, taux=True) == ""


def test_columns_are_taken_out_by_name_and_by_suffix() -> None:
    moins = sans_colonnes(DONNEES, ("jour", "absente"), "eur")
    assert moins.colonnes == ("code", "taux", "etat", "explication")
    assert moins.lignes[1] == ("B", None, None, None)
    assert len(DONNEES.colonnes) == 6


def test_a_title_is_not_cut_by_a_narrow_table() -> None:
    titre = "Un titre plus long que la seule colonne de sa table"
    table = en_octets(Donnees(titre, ("fenetre",), [("12_mois",)]), "table").decode()
    assert table.startswith(titre)
    assert "12 mois" in table


def test_a_window_is_said_in_words_in_its_column_only() -> None:
    lignes: list[tuple[object, ...]] = [("arrete", "arrete")]
    table = en_octets(Donnees("Fenêtres", ("column_name", "fenetre"), lignes), "table").decode()
    assert "│ arrete      │ à l'arrêté │" in table


def _table(colonnes: tuple[str, ...], ligne: tuple[str, ...]) -> list[list[str]]:
    """Return the words of each line of two rows drawn where nobody looks: 200 letters wide."""
    texte = en_octets(Donnees("Titre", colonnes, [ligne, ligne]), "table").decode()
    return [une.split() for une in texte.splitlines()]


def test_a_table_for_which_there_is_no_room_is_written_a_line_a_value() -> None:
    """A column asks for 8 letters and 3 between two: 18 of them stand in 200, 19 do not."""
    noms = tuple(f"c{rang:08}" for rang in range(19))
    assert _table(noms[:18], noms[:18])[2][0] == "┃", "in columns"
    assert _table(noms, noms) == [
        ["Titre"],
        *[["—", "1", "—"], *([nom, nom] for nom in noms)],
        *[["—", "2", "—"], *([nom, nom] for nom in noms)],
    ]


def test_words_are_whole_where_there_is_room_for_them() -> None:
    """A long sentence gives its place to codes: both were cut at the same width."""
    noms = ("code", "phrase", *(f"c{rang}" for rang in range(13)))
    mots = ("ATT_DEMANDE_POSTERIEURE", "une phrase " * 20, *["anomalies"] * 13)
    assert "ATT_DEMANDE_POSTERIEURE" in _table(noms, mots)[4]
