"""One delivery in six forms: the same rows; and native types of Parquet and xlsx."""

from __future__ import annotations

import datetime as dt
import decimal
import gzip
import io
import math
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
import xlsxwriter

from infocentre.contrat import contrat
from infocentre.livraisons import textes
from infocentre.livraisons.typage import texte_connu, texte_net, valeur_typee
from infocentre.noyau.erreurs import Refus
from tests.livraisons.atelier import (
    Ligne,
    Petite,
    Recue,
    bonnes,
    colonnes_de,
    en_csv,
    guichets,
    ligne,
    numero,
    petite,
    recevoir_en,
)
from tests.livraisons.conftest import Recevoir

pytestmark = pytest.mark.lent

Tables = dict[str, list[Ligne]]


def _tables() -> Tables:
    """Every table, with what breaks badly: accents, quotes, newlines, defects, repeated lines."""
    un = numero(100_001)
    adresse = "10, rue de l’Œuvre\nbât. « B » ; 3e"
    tables = {table: bonnes(table, 60) for table in contrat().tables}
    tables["guichets"] = [
        *guichets(),
        ligne("guichets", 4, NOM="Cœur d’Île – 12 €", SIREN="012345678"),
    ]
    tables["stock"] += [
        ligne("stock", 1, REVENU_MENSUEL_FOYER="1234,56", NB_Q1="Oui", TAILLE_MENAGE="999"),
        ligne("stock", 2, DATE_MODIFICATION="2026-10-05 10:00:00", MOTIF_DEMANDE="01"),
        ligne("stock", 3, DATE_NAISS_DEMANDEUR="10/1980", SEXE_DEMANDEUR="Z", UNITE_CONSO="1,5"),
        ligne("stock", 4, DATE_CREATION="hier"),
        ligne("stock", 1, REVENU_MENSUEL_FOYER="1234,57", NB_PJRFR="3,0"),
    ]
    tables["radiation"] += [
        ligne("radiation", 1, NUMERO_UNIQUE=un, ADRESSE_LOGEMENT_ATTRIB=adresse, SURFACE="62.5")
    ]
    tables["identites"] += [
        ligne("identites", 1, NUMERO_UNIQUE=numero(100_002), NOM="Œuvrard", PRENOM="Éloïse"),
        ligne("identites", 2, NUMERO_UNIQUE=numero(100_003), NOM="OEUVRARD", PRENOM="ELOISE"),
    ]
    return tables


def _en_csv(tables: Tables, encodage: str) -> Petite:
    livraison = Petite()
    for table, lignes in tables.items():
        livraison.texte(table, en_csv(lignes), encodage)
    return livraison


def _en_gz(tables: Tables) -> Petite:
    livraison = Petite()
    for table, lignes in tables.items():
        livraison.octets(f"{table}.csv.gz", gzip.compress(en_csv(lignes).encode("cp1252")))
    return livraison


def _colonnes_typees(table: str, lignes: list[Ligne]) -> dict[str, pl.Series]:
    """Return the columns with the native types that a program would give them, when all can."""
    typees = {}
    con = duckdb.connect()
    for nom in colonnes_de(lignes):
        colonne = contrat().tables[table].par_nom[nom]
        textes = [une.get(nom, "") for une in lignes]
        net = texte_connu(texte_net("x", colonne), colonne)
        nets = f"SELECT {net} AS n FROM (SELECT unnest(?) AS x)"
        sql = f"SELECT n, {valeur_typee('n', colonne)} FROM ({nets})"
        couples = con.execute(sql, [textes]).fetchall()
        lisible = all(valeur is not None for texte, valeur in couples if texte is not None)
        natif = lisible and colonne.type not in {"code", "texte"}
        typees[nom] = pl.Series(nom, [v if natif else n for n, v in couples])
    return typees


def _en_parquet(tables: Tables) -> Petite:
    livraison = Petite()
    for table, lignes in tables.items():
        tampon = io.BytesIO()
        pl.DataFrame(_colonnes_typees(table, lignes)).write_parquet(tampon)
        livraison.octets(f"{table}.parquet", tampon.getvalue())
    return livraison


def classeur(lignes: Sequence[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet, each value with its own type."""
    tampon = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy", "strings_to_numbers": False}
    with xlsxwriter.Workbook(tampon, options) as fichier:
        feuille = fichier.add_worksheet("données")
        for rang, valeurs in enumerate(lignes):
            feuille.write_row(rang, 0, ["" if v is None else v for v in valeurs])
    return tampon.getvalue()


def _en_xlsx(tables: Tables) -> Petite:
    livraison = Petite()
    for table, lignes in tables.items():
        colonnes = _colonnes_typees(table, lignes)
        valeurs = list(zip(*(serie.to_list() for serie in colonnes.values()), strict=True))
        livraison.octets(f"{table}.xlsx", classeur([list(colonnes), *valeurs]))
    return livraison


FORMES: dict[str, Callable[[Tables], Petite]] = {
    "cp1252": lambda tables: _en_csv(tables, "cp1252"),
    "utf-8 avec BOM": lambda tables: _en_csv(tables, "utf-8-sig"),
    "csv.gz": _en_gz,
    "parquet": _en_parquet,
    "xlsx": _en_xlsx,
    "zip": lambda tables: _en_csv(tables, "utf-8"),
}


def _recevoir(forme: str, dossier: Path) -> Recue:
    dossier.mkdir()
    chemin = FORMES[forme](_tables()).ecrire(dossier / "2026-10")
    if forme == "zip":
        chemin = Path(shutil.make_archive(str(dossier / "archive"), "zip", dossier, "2026-10"))
    return recevoir_en(chemin, dossier)


@pytest.fixture(scope="module")
def temoin(tmp_path_factory: pytest.TempPathFactory) -> Recue:
    return _recevoir("cp1252", tmp_path_factory.mktemp("temoin") / "x")


@pytest.mark.parametrize("forme", [forme for forme in FORMES if forme != "cp1252"])
def test_six_forms_of_one_delivery_give_the_same_rows(
    temoin: Recue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forme: str
) -> None:
    monkeypatch.setattr(textes, "LOT_LIGNES", 7)
    recue = _recevoir(forme, tmp_path / "x")
    for table in contrat().tables:
        assert recue.lire(table) == temoin.lire(table), table
    assert recue.rejets() == temoin.rejets()
    if forme not in {"parquet", "xlsx"}:  # no text of an unreadable column is lost there either
        assert recue.anomalies() == temoin.anomalies()
    comptes = {"lus", "conserves", "rejets", "livrees", "absentes"}
    for table in contrat().tables:
        une, autre = (r.description["tables"][table].items() for r in (recue, temoin))
        assert {un for un, _ in une} >= comptes
        assert [dit for dit in une if dit[0] in comptes] == [
            dit for dit in autre if dit[0] in comptes
        ]


def test_characters_outside_ascii_survive(temoin: Recue) -> None:
    assert temoin.valeurs("guichets", "nom")[-1] == "Cœur d’Île – 12 €"
    assert temoin.valeurs("radiation", "adresse_logement_attrib")[-1] == (
        "10, rue de l’Œuvre\nbât. « B » ; 3e"
    )
    assert temoin.valeurs("guichets", "siren")[-1] == "012345678"
    faits = "SELECT numero_unique, doublon_plus_ancien"
    assert (numero(100_003), True) in temoin.lire("stock", faits)


# --- Native types ---------------------------------------------------------------------------------

JOUR, MOMENT = dt.date(2026, 10, 5), dt.datetime(2026, 10, 5, 13, 14, 15)  # noqa: DTZ001
Natif = tuple[str, str, Any, Any, pl.DataType | None]
NATIFS: list[Natif] = [
    ("stock", "DATE_MODIFICATION", JOUR, JOUR, None),
    ("stock", "DATE_MODIFICATION", MOMENT, JOUR, None),
    ("stock", "DATE_MODIFICATION", MOMENT.replace(microsecond=5), JOUR, pl.Datetime("ns")),
    ("stock", "DATE_MODIFICATION", dt.date(26, 1, 1), None, None),
    ("stock", "DATE_MODIFICATION", dt.date(2101, 1, 1), None, None),
    ("stock", "DATE_MODIFICATION", "05/10/2026", JOUR, None),
    ("stock", "DATE_NAISS_DEMANDEUR", "10/1980", dt.date(1980, 10, 1), None),
    ("stock", "NB_PJIDENTITE", 12, 12, pl.Int8()),
    ("stock", "NB_PJIDENTITE", 12, 12, pl.UInt64()),
    ("stock", "NB_PJIDENTITE", 12.0, 12, None),
    ("stock", "NB_PJIDENTITE", 12.5, None, None),
    ("stock", "NB_PJIDENTITE", 960.0, 960, pl.Float32()),
    ("stock", "NB_PJIDENTITE", float("nan"), None, None),
    ("stock", "TAILLE_MENAGE", 999, None, None),
    ("stock", "TAILLE_MENAGE", 999.0, None, None),
    ("stock", "REVENU_MENSUEL_FOYER", 1234.56, 1234.56, None),
    ("stock", "REVENU_MENSUEL_FOYER", decimal.Decimal("1234.50"), 1234.5, pl.Decimal(12, 2)),
    ("stock", "REVENU_MENSUEL_FOYER", decimal.Decimal("1234.00"), 1234.0, pl.Decimal(12, 2)),
    ("stock", "REVENU_MENSUEL_FOYER", 1e16, None, None),
    ("stock", "REVENU_MENSUEL_FOYER", 0.00001, 0.00001, None),
    ("stock", "REVENU_MENSUEL_FOYER", -1.5e-7, -1.5e-7, None),
    ("stock", "REVENU_MENSUEL_FOYER", float("inf"), None, None),
    ("stock", "REVENU_MENSUEL_FOYER", float("nan"), None, None),
    ("stock", "CONTACT_MAIL", True, 1, None),
    ("stock", "CONTACT_MAIL", False, 0, None),
    ("stock", "CONTACT_MAIL", 1, 1, None),
    ("stock", "CONTACT_MAIL", 0.0, 0, None),
    ("stock", "CONTACT_MAIL", "Oui", 1, pl.Categorical()),
    ("stock", "MOTIF_DEMANDE", "01", "01", None),
    ("stock", "VERSION_CERFA", 7, "7", None),
    ("stock", "NATIONALITE_DEMANDEUR", 1.0, "1", None),
    ("guichets", "HORAIRES", " œ € ’ ", "œ € ’", None),
    ("guichets", "HORAIRES", "NA/NA", None, None),
]


XLSX = [
    un
    for un in NATIFS
    if not isinstance(un[2], float) or math.isfinite(un[2])
    if not (isinstance(un[2], dt.date) and un[2].year < 1900)
]


def _par_livraison(cas: Sequence[Natif]) -> list[list[Natif]]:
    """Share the cases out: in one delivery, each is of a column of its own."""
    de: dict[tuple[str, str], list[Natif]] = {}
    for un in cas:
        de.setdefault(un[:2], []).append(un)
    return [
        [siens[rang] for siens in de.values() if rang < len(siens)]
        for rang in range(max(map(len, de.values())))
    ]


def _cellules(cas: Sequence[Natif], table: str) -> tuple[list[Ligne], dict[str, list[Any]]]:
    """Return the rows of a table, and its columns of cases: each case has a row of its own."""
    siens = [un for un in cas if un[0] == table]
    lignes = [*(ligne(table, rang) for rang in range(len(siens))), *bonnes(table, 5)]
    rangs = range(len(lignes))
    return lignes, {
        un[1]: [un[2] if rang == n else None for rang in rangs] for n, un in enumerate(siens)
    }


def _attendre(recue: Recue, cas: Sequence[Natif]) -> None:
    for table in {un[0] for un in cas}:
        anomalies = [(c, nature, nombre) for _, c, _, nature, nombre, _ in recue.anomalies(table)]
        attendues = []
        for rang, (_, colonne, valeur, attendue, _) in enumerate(
            un for un in cas if un[0] == table
        ):
            assert recue.valeurs(table, colonne)[rang] == attendue, (colonne, valeur)
            if attendue is None and valeur not in {999, "NA/NA"}:
                attendues.append((colonne, "valeur illisible", 1))
        assert sorted(anomalies) == sorted(attendues)


# Midnight in Paris is the evening before where hours are counted from Greenwich, as Spark's are.
DES_FUSEAUX: list[Natif] = [
    ("stock", "DATE_MODIFICATION", moment, JOUR, pl.Datetime("us", fuseau))
    for moment in (
        dt.datetime(2026, 10, 5, tzinfo=ZoneInfo("Europe/Paris")),
        dt.datetime(2026, 10, 5, tzinfo=dt.UTC),
    )
    for fuseau in ("UTC", "Europe/Paris", "Indian/Reunion")
]


@pytest.mark.parametrize("cas", _par_livraison(NATIFS + DES_FUSEAUX))
def test_native_values_of_parquet(recevoir: Recevoir, cas: list[Natif]) -> None:
    livraison = petite()
    for table in {un[0] for un in cas}:
        lignes, cellules = _cellules(cas, table)
        types = {un[1]: un[4] for un in cas}
        textes = {nom: [une[nom] for une in lignes] for nom in lignes[0]}
        series = [pl.Series(nom, valeurs) for nom, valeurs in textes.items()]
        series += [pl.Series(nom, v, dtype=types[nom]) for nom, v in cellules.items()]
        tampon = io.BytesIO()
        pl.DataFrame(series).write_parquet(tampon)
        livraison.octets(f"{table}.parquet", tampon.getvalue())
    _attendre(recevoir(livraison), cas)


@pytest.mark.parametrize("cas", _par_livraison(XLSX))
def test_native_values_of_xlsx(recevoir: Recevoir, cas: list[Natif]) -> None:
    livraison = petite()
    for table in {un[0] for un in cas}:
        lignes, cellules = _cellules(cas, table)
        rangees = zip(*cellules.values(), strict=True)
        corps = [[*une.values(), *natifs] for une, natifs in zip(lignes, rangees, strict=True)]
        livraison.octets(f"{table}.xlsx", classeur([[*lignes[0], *cellules], *corps]))
    _attendre(recevoir(livraison), cas)


def test_a_numero_that_a_workbook_holds_as_a_number_is_kept_under_no_other(
    recevoir: Recevoir,
) -> None:
    """Seventeen figures are more than a number holds: 971062600000301184 is somebody else's."""
    lignes: list[dict[str, Any]] = [*bonnes("stock", 40)]
    for rang in range(2):
        lignes[rang]["NUMERO_UNIQUE"] = 971_062_600_000_301_209 + rang
    corps = [list(une.values()) for une in lignes]
    recue = recevoir(petite().octets("stock.xlsx", classeur([list(lignes[0]), *corps])))
    assert [rejet[1:] for rejet in recue.rejets()] == [
        (rang, "NUMERO_UNIQUE", "forme 9.99999999999999A+99", "numéro unique mal formé")
        for rang in (2, 3)
    ]
    corps = [list(une.values()) for une in lignes[:20]]
    with pytest.raises(Refus, match="2 lignes rejetées sur 20") as refus:
        recevoir(petite().octets("stock.xlsx", classeur([list(lignes[0]), *corps])))
    assert "dont les derniers chiffres sont perdus" in str(refus.value)


def test_lines_of_a_workbook_are_those_that_a_person_sees(recevoir: Recevoir) -> None:
    lignes = [ligne("radiation", rang, ADRESSE_LOGEMENT_ATTRIB="a\nb") for rang in range(40)]
    lignes[10]["DATE_RADIATION"] = "hier"
    noms = list(lignes[0])
    corps: list[list[Any]] = [list(une.values()) for une in lignes]
    corps.insert(5, [None] * len(noms))
    recue = recevoir(petite().octets("radiation.xlsx", classeur([noms, *corps])))
    assert recue.rejets() == [
        ("radiation", 13, "DATE_RADIATION", "forme A", "date obligatoire illisible")
    ]


def test_rows_of_a_parquet_file_are_told_by_their_rank(recevoir: Recevoir) -> None:
    lignes = bonnes("stock", 40)
    lignes[10]["DATE_CREATION"] = "hier"
    tampon = io.BytesIO()
    pl.DataFrame(lignes).write_parquet(tampon)
    recue = recevoir(petite().octets("stock.parquet", tampon.getvalue()))
    assert [rejet[1] for rejet in recue.rejets()] == [12]


@pytest.mark.parametrize("colonnes", [["NUMERO_UNIQUE", "numero_unique"], ["ZUT", "Zut "]])
@pytest.mark.parametrize("forme", ["csv", "parquet", "xlsx"])
def test_a_column_twice_is_refused_in_every_form(
    recevoir: Recevoir, forme: str, colonnes: list[str]
) -> None:
    lignes = [{**une, colonnes[0]: "x", colonnes[1]: "y"} for une in bonnes("stock", 5)]
    if forme == "csv":
        livraison = petite().texte("stock", en_csv(lignes))
    elif forme == "parquet":
        tampon = io.BytesIO()
        pl.DataFrame(lignes).write_parquet(tampon)
        livraison = petite().octets("stock.parquet", tampon.getvalue())
    else:
        corps = [list(une.values()) for une in lignes]
        livraison = petite().octets("stock.xlsx", classeur([list(lignes[0]), *corps]))
    with pytest.raises(Refus, match=f"deux fois : {colonnes[0]}"):
        recevoir(livraison)


def _parquet_abime() -> bytes:
    """A file whose footer is whole and whose pages are not."""
    tampon = io.BytesIO()
    pl.DataFrame(bonnes("stock", 500)).write_parquet(tampon, compression="zstd")
    octets = bytearray(tampon.getvalue())
    for place in range(200, len(octets) // 2, 7):
        octets[place] ^= 0x5A
    return bytes(octets)


@pytest.mark.parametrize(
    ("nom", "octets"),
    [
        ("stock.parquet", b"PAR1 rien"),
        ("stock.parquet", b""),
        ("stock.parquet", _parquet_abime()),
        ("stock.xlsx", b"PK rien"),
        ("stock.xlsx", b""),
        ("stock.xlsx", classeur([])),
        ("stock.xlsx", classeur([["a"]])[:-200]),
    ],
)
def test_damaged_files_are_refused(recevoir: Recevoir, nom: str, octets: bytes) -> None:
    with pytest.raises(Refus) as refus:
        recevoir(petite().octets(nom, octets))
    assert refus.value.ou == nom
    assert refus.value.que_faire


def test_a_workbook_that_swells_is_refused(recevoir: Recevoir) -> None:
    contenu = io.BytesIO(classeur([["NUMERO_UNIQUE"], ["a"]]))
    with zipfile.ZipFile(contenu, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/vide.bin", bytes(120 << 20))
    with pytest.raises(Refus, match="taille anormale"):
        recevoir(petite().octets("stock.xlsx", contenu.getvalue()))


@pytest.mark.parametrize("dossier", ["livraison [octobre]", "l'été * ?", "a{b,c}"])
@pytest.mark.parametrize("forme", ["csv", "parquet"])
def test_the_name_of_a_directory_is_no_pattern(tmp_path: Path, dossier: str, forme: str) -> None:
    lignes = bonnes("stock", 5)
    livraison = petite().texte("stock", en_csv(lignes))
    if forme == "parquet":
        tampon = io.BytesIO()
        pl.DataFrame(lignes).write_parquet(tampon)
        livraison.octets("stock.parquet", tampon.getvalue())
    chemin = livraison.ecrire(tmp_path / dossier)
    assert len(recevoir_en(chemin, tmp_path).lire("stock")) == 5
