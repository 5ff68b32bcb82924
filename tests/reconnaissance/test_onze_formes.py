"""The eleven forms in which people hold one département: each loads, and is the same to the unit.

What is expected is what the contract's own delivery is archived as, row by row.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from infocentre.contrat.territoires import territoires
from infocentre.correspondances.ecrits import texte
from infocentre.demo import ecrire_forme, fabriquer
from infocentre.livraisons.depot import ouvrir_depot
from infocentre.livraisons.reception import recevoir
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.ouverture import A_RECONNAITRE, Ouverture, mois_dit, ouvrir
from infocentre.reconnaissance.proposition import VIDE_EST_NON, Choix, Proposition, proposer
from tests.donnees.communs import en_memoire
from tests.livraisons.atelier import Recue, Silence

Lignes = list[dict[str, str]]
# Each form: whether it is read without anybody, and how many questions are left once what is
# « à confirmer » was said yes to.
FORMES = {
    "A": None,
    "A2": None,
    "A3": None,
    "A4": None,
    "B": 0,
    "C": 0,
    "D": 0,
    "E": None,
    "F": None,
    "G": 0,
    "web": None,
}
# What a person who knows the observatory answers of its columns.
REPONSES = {"nb_pers": "TAILLE_MENAGE", "dalo": "NB_DALO", "quartile1": "NB_Q1"}
# Read of names, of which the forms have none, or not among the 159 columns.
DES_NOMS = {"identite_presente", "doublon_plus_ancien", "deja_reloge"}
HORS_DU_GIP = {"adresse_logement_attrib"}


@dataclass(frozen=True, slots=True)
class Departement:
    """A delivery in the contract's words, and what it is archived as."""

    livraison: Path
    archive: Recue


@pytest.fixture(scope="module")
def departement(tmp_path_factory: pytest.TempPathFactory) -> Departement:
    atelier = tmp_path_factory.mktemp("departement")
    (livraison,) = fabriquer(atelier / "livraisons", taille=240, mois=1)
    travail = atelier / "travail"
    travail.mkdir()
    recevoir(ouvrir_depot(livraison, travail), travail / "archive", travail, Silence())
    return Departement(livraison, _lire(travail / "archive"))


def _lire(archive: Path) -> Recue:
    return Recue(archive, json.loads((archive / "livraison.json").read_text("utf-8")))


def _repondre(proposition: Proposition) -> tuple[Choix, int]:
    """Say yes to what is likely, and answer the rest as who knows the files; count the rest."""
    oui = proposition.accepter()
    restent = proposition.questions(oui)
    dites = {(une.fichier, une.colonne): REPONSES[une.colonne] for une in restent}
    return oui.avec(Choix(colonnes=dites)), len(restent)


def _recevoir(fichiers: Path, atelier: Path, questions: int | None) -> Recue:
    travail = atelier / "travail"
    travail.mkdir()
    correspondance = None
    if questions is not None:
        proposition = proposer(profiler(fichiers, travail / "vus"), "013")
        choix, restent = _repondre(proposition)
        assert restent == questions
        lue = proposition.correspondance(
            "la-source", "Essai", "Alice", dt.date(2026, 11, 29), choix
        )
        correspondance = str(atelier / "c.yml")
        Path(correspondance).write_text(texte(lue), "utf-8")
    quoi = Ouverture(fichiers, "2026-10-31", "013", correspondance)
    (depot,) = ouvrir(atelier / "donnees", quoi, travail)
    recevoir(depot, travail / "archive", travail, Silence())
    return _lire(travail / "archive")


def _differences(lue: Recue, attendue: Recue, table: str, sauf: set[str]) -> Mapping[str, int]:
    """Count by column the rows that differ, and those that only one has under its numéro."""
    con = en_memoire()
    une, autre = (f"'{un.archive / f'{table}.parquet'}'" for un in (lue, attendue))
    colonnes = [nom for nom, *_ in con.execute(f"DESCRIBE SELECT * FROM {autre}").fetchall()]
    comparees = [nom for nom in colonnes if nom not in {"numero_unique", *sauf}]
    comptes = ", ".join(
        f"count(*) FILTER (a.{nom} IS DISTINCT FROM b.{nom}) AS {nom}" for nom in comparees
    )
    (lus,) = con.execute(
        f"SELECT count(*) FILTER (a.mois IS NULL OR b.mois IS NULL) AS lignes, {comptes} "
        f"FROM {une} AS a FULL JOIN {autre} AS b USING (numero_unique)"
    ).fetchall()
    return {nom: n for nom, n in zip(("lignes", *comparees), lus, strict=True) if n}


@pytest.mark.parametrize("forme", FORMES)
def test_each_form_is_read_as_the_contract_s_own_delivery(
    departement: Departement, tmp_path: Path, forme: str
) -> None:
    fichiers = ecrire_forme(departement.livraison, tmp_path / "forme", forme)
    if forme == "web":
        fichiers /= "fichiers"
    lue = _recevoir(fichiers, tmp_path, FORMES[forme])
    sauf = (DES_NOMS if forme not in {"E", "F"} else set()) | (
        HORS_DU_GIP if forme in {"A", "A2"} else set()
    )
    for table in ("stock", "radiation"):
        assert _differences(lue, departement.archive, table, sauf) == {}
    guichets = set(lue.valeurs("guichets", "code_guichet"))
    attendus = set(departement.archive.valeurs("guichets", "code_guichet"))
    # Without a register, those that acted are seen, and no other.
    assert guichets < attendus if forme in {"A", "A3"} else guichets == attendus


def test_a_zip_of_a_report_is_read_as_its_files(departement: Departement, tmp_path: Path) -> None:
    fichiers = ecrire_forme(departement.livraison, tmp_path / "forme", "web") / "rapport.zip"
    lue = _recevoir(fichiers, tmp_path, 0)
    for table in ("stock", "radiation"):
        assert _differences(lue, departement.archive, table, DES_NOMS) == {}


def test_one_file_of_all_demandes_is_to_recognise_whatever_its_columns_are_called(
    departement: Departement, tmp_path: Path
) -> None:
    """In the contract's own columns too: who hands it over is asked what it is."""
    fichiers = ecrire_forme(departement.livraison, tmp_path / "forme", "G")
    quoi = Ouverture(fichiers, "2026-10-31", "013")
    with pytest.raises(RefusMotive) as refus:
        ouvrir(tmp_path / "donnees", quoi, tmp_path)
    assert refus.value.motif == A_RECONNAITRE
    # The radiations alone are no such file: their date is always there.
    (fichiers / "demandes.csv").write_bytes((departement.livraison / "radiation.csv").read_bytes())
    with pytest.raises(Refus, match="table obligatoire absente : stock"):
        ouvrir(tmp_path / "donnees", quoi, tmp_path)


def test_what_spreadsheets_add_to_the_contract_s_files_is_no_part_of_them(
    departement: Departement, tmp_path: Path
) -> None:
    """The separator told to another spreadsheet, titles, blank lines, who has a file open."""
    fichiers = tmp_path / "2026-10"
    fichiers.mkdir()
    for un in departement.livraison.glob("*.csv"):
        debut = {"stock": b"sep=;\r\n", "radiation": b"\n\nRadiations au 31/10/2026;;\n"}
        (fichiers / un.name).write_bytes(debut.get(un.stem, b"") + un.read_bytes())
    (fichiers / "~$stock.xlsx").write_bytes(b"\x05Alice" + b" " * 100)
    lue = _recevoir(fichiers, tmp_path, None)
    for table in ("stock", "radiation"):
        assert _differences(lue, departement.archive, table, set()) == {}


def test_the_rest_of_a_table_under_another_name_is_not_left_aside(
    departement: Departement, tmp_path: Path
) -> None:
    fichiers = tmp_path / "2026-10"
    shutil.copytree(departement.livraison, fichiers)
    (fichiers / "manifeste.json").unlink(missing_ok=True)
    shutil.copy(fichiers / "stock.csv", fichiers / "stock_suite.csv")
    with pytest.raises(Refus, match="2 fichiers ou feuilles sont de la table « stock »"):
        _recevoir(fichiers, tmp_path, None)


def test_two_deliveries_in_one_zip_are_told_apart(departement: Departement, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "envoi.zip", "w") as envoi:
        for nom in ("septembre", "octobre"):
            base = str(tmp_path / nom)
            envoi.write(shutil.make_archive(base, "zip", departement.livraison), f"{nom}.zip")
    with pytest.raises(Refus, match="2 fichiers ou feuilles sont de la table") as refus:
        _recevoir(tmp_path / "envoi.zip", tmp_path, None)
    noms = {un.partition("/")[0] for un in refus.value.ou.split(" et ")}
    assert noms == {"octobre", "septembre"}
    assert refus.value.que_faire.startswith("Donner chaque livraison à part")


def test_a_delivery_zipped_twice_is_read_as_its_files(
    departement: Departement, tmp_path: Path
) -> None:
    dedans = Path(shutil.make_archive(str(tmp_path / "livraison"), "zip", departement.livraison))
    with zipfile.ZipFile(tmp_path / "envoi.zip", "w") as envoi:
        envoi.write(dedans, dedans.name)
    lue = _recevoir(tmp_path / "envoi.zip", tmp_path, None)
    for table in ("stock", "radiation"):
        assert _differences(lue, departement.archive, table, set()) == {}


def _observatoire(
    departement: Departement, atelier: Path, changer: Callable[[Lignes], Lignes]
) -> tuple[Path, int]:
    """Write form D with the rows of demandes changed; return it, and how many rows were added."""
    fichiers, ajoutees = ecrire_forme(departement.livraison, atelier / "forme", "D"), 0
    for un in fichiers.glob("demandes_*.csv"):
        with un.open(encoding="utf-8-sig", newline="") as flux:
            lignes = list(csv.DictReader(flux))
        changees = changer(lignes)
        ajoutees += len(changees) - len(lignes)
        with un.open("w", encoding="utf-8", newline="") as flux:
            ecrit = csv.DictWriter(flux, list(changees[0]))
            ecrit.writeheader()
            ecrit.writerows(changees)
    return fichiers, ajoutees


def _une_ligne_par_personne(lignes: Lignes) -> Lignes:
    """Give one demande in three a line of who shares it, before the other or after."""
    toutes = []
    for place, ligne in enumerate(lignes):
        titulaire = {**ligne, "rang_personne": "1"}
        autre = {**ligne, "rang_personne": "2", "sexe": "F", "dt_naissance": "1985-02-03"}
        deux = [autre, titulaire] if place % 2 else [titulaire, autre]
        toutes += deux if place % 3 == 0 else [titulaire]
    return toutes


def test_of_several_lines_of_a_demande_the_first_is_read(
    departement: Departement, tmp_path: Path
) -> None:
    fichiers, ajoutees = _observatoire(departement, tmp_path, _une_ligne_par_personne)
    lue = _recevoir(fichiers, tmp_path, 0)
    tables = {nom: lue.description["tables"][nom] for nom in ("stock", "radiation")}
    assert sum(une["suites"] for une in tables.values()) == ajoutees > 100
    for table, une in tables.items():
        contrat = departement.archive.description["tables"][table]["rejets"]
        assert une["rejets"].get("ligne répétée") == contrat.get("ligne répétée")
        assert _differences(lue, departement.archive, table, DES_NOMS) == {}


def test_lines_that_nothing_ranks_are_told_before_anything_is_read(
    departement: Departement, tmp_path: Path
) -> None:
    def sans_rang(lignes: Lignes) -> Lignes:
        lues = _une_ligne_par_personne(lignes)
        return [{nom: v for nom, v in une.items() if nom != "rang_personne"} for une in lues]

    fichiers, _ = _observatoire(departement, tmp_path, sans_rang)
    lue = proposer(profiler(fichiers, tmp_path / "vus"), "013")
    # Of three demandes four lines, of which one has the numéro of another.
    avis = [avis for un in lue.fichiers for avis in un.avis if avis.startswith("25,")]
    assert len(avis) == 2
    assert "des lignes ont le numéro d'une autre : une ligne par personne ou par vœu ?" in avis[0]


def test_totals_under_groups_are_no_demandes(departement: Departement, tmp_path: Path) -> None:
    """One row in eleven: they are no reason to refuse a file of which one in twenty is wrong."""

    def par_dix(lignes: Lignes) -> Lignes:
        vide = dict.fromkeys(lignes[0], "")
        total = {**vide, "num_unique": "Sous-total du guichet", "type_dem": "10"}
        dizaines = [lignes[debut : debut + 10] for debut in range(0, len(lignes), 10)]
        return [une for dix in dizaines for une in (*dix, total)]

    fichiers, ajoutees = _observatoire(departement, tmp_path, par_dix)
    lue = _recevoir(fichiers, tmp_path, 0)
    tables = {nom: lue.description["tables"][nom] for nom in ("stock", "radiation")}
    assert sum(une["rejets"]["ligne illisible"] for une in tables.values()) == ajoutees > 30
    for table in tables:
        assert _differences(lue, departement.archive, table, DES_NOMS) == {}


def _le_mois_suivant(
    departement: Departement, atelier: Path, changer: Callable[[Lignes], Lignes]
) -> Recue:
    """Read form G, one file for all demandes, by what was confirmed before its rows changed."""
    fichiers = ecrire_forme(departement.livraison, atelier / "forme", "G")
    proposition = proposer(profiler(fichiers, atelier / "vus"), "013")
    choix, _ = _repondre(proposition)
    lue = proposition.correspondance("la-source", "Essai", "Alice", dt.date(2026, 11, 29), choix)
    (atelier / "c.yml").write_text(texte(lue), "utf-8")
    with (fichiers / "demandes.csv").open(encoding="cp1252", newline="") as flux:
        lignes = changer(list(csv.DictReader(flux, delimiter=";")))
    with (fichiers / "demandes.csv").open("w", encoding="cp1252", newline="") as flux:
        ecrit = csv.DictWriter(flux, list(lignes[0]), delimiter=";")
        ecrit.writeheader()
        ecrit.writerows(lignes)
    (atelier / "travail").mkdir()
    quoi = Ouverture(fichiers, "2026-10-31", "013", str(atelier / "c.yml"))
    (depot,) = ouvrir(atelier / "donnees", quoi, atelier / "travail")
    recevoir(depot, atelier / "travail" / "archive", atelier / "travail", Silence())
    return _lire(atelier / "travail" / "archive")


def _en_un_fichier(
    departement: Departement, atelier: Path
) -> tuple[Path, Path, bytes, list[bytes]]:
    """Write form G; return it, its file of demandes, the names in it and its other lines."""
    fichiers = ecrire_forme(departement.livraison, atelier / "forme", "G")
    entete, *lignes = (fichiers / "demandes.csv").read_bytes().splitlines()
    return fichiers, fichiers / "demandes.csv", entete, lignes


def test_columns_without_name_nor_value_are_nothing(
    departement: Departement, tmp_path: Path
) -> None:
    """Some exports end each line by separators; what is filled under no name is still refused."""
    fichiers, demandes, entete, lignes = _en_un_fichier(departement, tmp_path)
    demandes.write_bytes(b"".join(une + b";;;\r\n" for une in (entete, *lignes)))
    lue = _recevoir(fichiers, tmp_path, 0)
    for table in ("stock", "radiation"):
        assert _differences(lue, departement.archive, table, DES_NOMS) == {}
    demandes.write_bytes(b"".join([entete, b"\r\n", *(une + b";;;x\r\n" for une in lignes)]))
    with pytest.raises(Refus, match="plus de champs que de noms") as refus:
        proposer(profiler(fichiers, tmp_path / "autres"), "013")
    assert "un nom au-dessus de chaque colonne" in refus.value.que_faire


def test_a_line_break_in_a_name_is_no_row_of_names_that_comes_again(
    departement: Departement, tmp_path: Path
) -> None:
    """What stands before the break is in each row here."""
    fichiers, demandes, entete, lignes = _en_un_fichier(departement, tmp_path)
    premiers = [b'"1";' + une.partition(b";")[2] for une in lignes]
    ecrites = [b'"1\nTAILLE_MENAGE";' + entete.partition(b";")[2], *premiers]
    for ajoutees, dites in (([], 0), ([ecrites[0]] * 2, 1)):
        demandes.write_bytes(b"\n".join([*ecrites, *ajoutees, b""]))
        vus = profiler(fichiers, tmp_path / f"vus-{dites}")
        avis = [un for lu in proposer(vus, "013").fichiers for un in lu.avis]
        assert sum("ligne des noms est répétée" in un for un in avis) == dites


def _dire(etat: str, de: str, combien: int) -> Callable[[Lignes], Lignes]:
    """Return what gives another state to so many rows of one."""

    def changer(lignes: Lignes) -> Lignes:
        siennes = [rang for rang, une in enumerate(lignes) if une["ETAT_DEMANDE"] == de]
        for rang in siennes[:combien]:
            lignes[rang]["ETAT_DEMANDE"] = etat
        return lignes

    return changer


@pytest.mark.parametrize(
    ("changer", "faute"),
    [
        (_dire("", "RADIEE", 12), r"ne connaît pas « \(vide\) » \(12 lignes\)"),
        (_dire("SUSPENDUE", "ACTIVE", 12), r"ne connaît pas « SUSPENDUE » \(12 lignes\)"),
        (_dire("ACTIVE", "RADIEE", 12), r": 12 lignes « ACTIVE » sur \d+ en ont une$"),
        (_dire("RADIEE", "ACTIVE", 12), r": 12 lignes « RADIEE » sur \d+ n'en ont pas$"),
    ],
)
def test_rows_of_one_file_are_of_no_table_that_their_date_denies(
    departement: Departement, tmp_path: Path, changer: Callable[[Lignes], Lignes], faute: str
) -> None:
    """Radiées that say nothing, or that they are active, entered the stock without a word."""
    with pytest.raises(Refus, match="la colonne « ETAT_DEMANDE » dit la table") as refus:
        _le_mois_suivant(departement, tmp_path, changer)
    assert re.search(faute, refus.value.quoi)


def test_totals_without_a_state_are_of_no_table(departement: Departement, tmp_path: Path) -> None:
    def par_dix(lignes: Lignes) -> Lignes:
        total = {**dict.fromkeys(lignes[0], ""), "NUMERO_UNIQUE": "Sous-total du guichet"}
        dizaines = [lignes[debut : debut + 10] for debut in range(0, len(lignes), 10)]
        return [une for dix in dizaines for une in (*dix, total)]

    lue = _le_mois_suivant(departement, tmp_path, par_dix)
    for table in ("stock", "radiation"):
        assert _differences(lue, departement.archive, table, DES_NOMS) == {}


FANIONS = ("doublon_force", "crea_portail", "mutation", "dem_elargie", "dalo", "prioritaire")


def test_where_only_yes_is_written_what_is_empty_is_no(
    departement: Departement, tmp_path: Path
) -> None:
    def coches(lignes: Lignes) -> Lignes:
        croix = {nom: {"1": "X", "0": "-" if nom == "dalo" else ""} for nom in FANIONS}
        return [{**une, **{nom: croix[nom][une[nom]] for nom in FANIONS}} for une in lignes]

    fichiers, _ = _observatoire(departement, tmp_path, coches)
    lue = proposer(profiler(fichiers, tmp_path / "vus"), "013")
    etats = {c.nom: (c.etat, c.raison) for un in lue.fichiers for c in un.colonnes}
    assert {etats[nom] for nom in FANIONS} == {("à confirmer", VIDE_EST_NON)}
    recue = _recevoir(fichiers, tmp_path, 0)
    for table in ("stock", "radiation"):
        assert _differences(recue, departement.archive, table, DES_NOMS) == {}


def test_groups_of_figures_and_names_beside_codes_are_read(
    departement: Departement, tmp_path: Path
) -> None:
    noms = {un.code: un for un in territoires().values() if un.departement == "013"}

    def commune(code: str) -> str:
        if code not in noms:
            return code
        if code.startswith("132"):
            return f"MARSEILLE {code[3:]}"
        return noms[code].nom.upper().replace("-", " ").replace("SAINT ", "ST ")

    def parler(une: dict[str, str]) -> dict[str, str]:
        numero = une["num_unique"]
        guichets = {
            nom: f"{une[nom]} - Agence du 8" if une[nom] else ""
            for nom in ("guichet_enreg", "guichet_crea")
        }
        lieux = {nom: commune(code) for nom, code in une.items() if nom.startswith("insee_")}
        groupes = f"{numero[:3]} {numero[3:7]} {numero[7:13]} {numero[13:]}"
        return {**une, **guichets, **lieux, "num_unique": groupes}

    fichiers, _ = _observatoire(departement, tmp_path, lambda lignes: [*map(parler, lignes)])
    lue = _recevoir(fichiers, tmp_path, 0)
    for table in ("stock", "radiation"):
        assert _differences(lue, departement.archive, table, DES_NOMS) == {}


def test_what_is_compared_is_all_of_the_two_tables(departement: Departement) -> None:
    nombre = sum(len(departement.archive.valeurs(t, "mois")) for t in ("stock", "radiation"))
    assert nombre > 240
    assert len(FORMES) == 11


@pytest.mark.parametrize(
    ("nom", "mois"),
    [
        ("EXTRACT_SNE_STOCK_D13_20261031.csv", "2026-10"),
        ("stock-2026-10.csv", "2026-10"),
        ("stock 2026.10.31.xlsx", "2026-10"),
        ("Stock 31.10.2026.xlsx", "2026-10"),
        ("stock_31102026.csv", "2026-10"),
        ("radiations 10-2026.ods", "2026-10"),
        ("SNE Octobre 2026.xlsx", "2026-10"),
        ("sne_décembre2026.xlsx", "2026-12"),
        ("stock_20122026.csv", "2026-12"),  # 20 December, no day of 2012
        ("stock_2026.csv", ""),
        ("stock_1302026.csv", ""),
        ("stock.csv", ""),
    ],
)
def test_the_name_of_a_file_tells_its_month(nom: str, mois: str) -> None:
    assert mois_dit(nom) == mois
