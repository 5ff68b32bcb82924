"""Columns: unknown, missing, forbidden, in any order and any case; tables that are missing."""

from __future__ import annotations

import gzip
import random
import re
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from infocentre.lecture.rapport import lignes_rapport
from infocentre.livraisons.interdites import semble_interdite
from infocentre.noyau.erreurs import Refus
from infocentre.operations.chargement import Demande, charger
from tests.livraisons.atelier import (
    ARRETE,
    MODELES,
    Silence,
    bonnes,
    colonnes_de,
    en_csv,
    guichets,
    ligne,
    petite,
)
from tests.livraisons.conftest import Recevoir

pytestmark = pytest.mark.lent

OBLIGATOIRES = {
    table.nom: [colonne.nom for colonne in table.colonnes if colonne.obligatoire]
    for table in contrat().tables.values()
} | {"guichets": ["CODE_GUICHET"]}  # a person may say the rest of a register
FACULTATIVES = [table.nom for table in contrat().tables.values() if not table.obligatoire]


@pytest.mark.parametrize("table", OBLIGATOIRES)
def test_the_missing_compulsory_columns_are_all_named(recevoir: Recevoir, table: str) -> None:
    manquent = OBLIGATOIRES[table]
    lignes = [
        {k: v for k, v in une.items() if k not in manquent} | {"SEULE": "1"}
        for une in bonnes(table, 5)
    ]
    mots = "colonnes obligatoires absentes" if len(manquent) > 1 else "colonne obligatoire absente"
    with pytest.raises(Refus, match=re.escape(f"{mots} : {', '.join(manquent)}")) as refus:
        recevoir(petite().texte(table, en_csv(lignes)))
    assert refus.value.ou == f"{table}.csv, ligne 1"


def test_one_missing_column_is_enough(recevoir: Recevoir) -> None:
    with pytest.raises(Refus, match="colonne obligatoire absente : STATUT"):
        recevoir(petite().texte("plis", "ID_PLI;NUMERO_UNIQUE;TYPE_PLI;DATE_ENVOI\n"))


def test_columns_come_in_any_order_and_any_case(recevoir: Recevoir) -> None:
    rangees, melees = petite(), petite()
    for nom in MODELES:
        lignes = bonnes(nom, 5)
        noms = colonnes_de(lignes)
        rangees.texte(nom, en_csv(lignes))
        autrement = random.Random(4).sample(noms, len(noms))  # noqa: S311
        entete, _, corps = en_csv(lignes, autrement).partition("\n")
        melees.texte(nom, f" {entete.lower().replace(';', ' ; ')}\n{corps}")
    attendue, recue = recevoir(rangees), recevoir(melees)
    for nom in MODELES:
        assert recue.lire(nom) == attendue.lire(nom), nom
        assert recue.description["tables"][nom]["inconnues"] == [], nom


def test_an_optional_column_that_is_missing_is_null_and_told(recevoir: Recevoir) -> None:
    recue = recevoir(petite())
    assert set(recue.valeurs("stock", "nb_q1")) == {None}
    absentes = recue.description["tables"]["stock"]["absentes"]
    attendues = {une.nom for une in contrat().tables["stock"].colonnes if not une.depuis}
    assert set(absentes) == attendues - set(ligne("stock", 1))


def test_every_table_has_every_column_with_its_type(recevoir: Recevoir) -> None:
    recue = recevoir(petite())
    for table in contrat().tables.values():
        if table.nominative or table.depuis:
            continue
        fichier = str(recue.archive / f"{table.nom}.parquet")
        decrites = duckdb.connect().execute("DESCRIBE FROM read_parquet(?)", [fichier]).fetchall()
        types = {nom: type_sql for nom, type_sql, *_ in decrites}
        attendus = {c.champ: c.type_sql for c in table.colonnes if not c.depuis}
        assert attendus.items() <= types.items()
        assert (types["departement"], types["arrete"], types["mois"]) == (
            "VARCHAR",
            "DATE",
            "VARCHAR",
        )
        if table.nom not in recue.description["tables"]:
            assert recue.lire(table.nom) == []


def test_unknown_columns_are_kept_out_and_told_once(recevoir: Recevoir) -> None:
    lignes = [ligne("stock", rang, ZUT="secret", **{'l\'autre "x"': "1"}) for rang in range(30)]
    recue = recevoir(petite().texte("stock", en_csv(lignes).replace("ZUT", "Zut")))
    assert recue.description["tables"]["stock"]["inconnues"] == ["ZUT", 'L\'AUTRE "X"']
    rapport = "\n".join(lignes_rapport(recue.description, None, None))
    assert rapport.count("ZUT") == 1
    assert not any("secret" in str(une) for une in recue.lire("stock"))


def test_columns_without_a_name_are_kept_out(recevoir: Recevoir) -> None:
    texte = "\n".join(f"{une};;" for une in en_csv(bonnes("stock", 30)).splitlines())
    recue = recevoir(petite().texte("stock", texte))
    assert recue.description["tables"]["stock"]["inconnues"] == [
        "(sans nom)"
    ]  # the last is a final « ; »
    assert recue.description["tables"]["stock"]["conserves"] == 30


@pytest.mark.parametrize("forme", ["csv", "csv.gz", "zip"])
def test_nir_and_comments_never_come_in(tmp_path: Path, forme: str) -> None:
    nir, commentaire = "1840313055001", "rappeler le voisin du dessus"
    interdits = {"nir": nir, "COMMENTAIRE_LIBRE": commentaire, "Commentaires": commentaire}
    livraison = petite()
    tables = ("stock", "radiation", "identites", "journal")
    for table in tables:
        lignes = [ligne(table, rang, **interdits) for rang in range(30)]
        lignes[0].update(ligne(table, 0, **{contrat().tables[table].cle: ""}))  # rejected
        texte = en_csv(lignes)
        livraison.texte(table, texte)
        if forme == "csv.gz":
            livraison.octets(f"{table}.csv.gz", gzip.compress(texte.encode()))
    chemin = livraison.ecrire(tmp_path / "2026-10")
    if forme == "zip":
        chemin = Path(shutil.make_archive(str(tmp_path / "2026-10"), "zip", chemin))
    dossier = Dossier(tmp_path / "donnees")
    (fait,) = charger(dossier, Demande((chemin,), ARRETE, "013"), Silence())
    for table in tables:
        decrite = fait.description["tables"][table]
        assert decrite["interdites"] == ["NIR", "COMMENTAIRE_LIBRE", "COMMENTAIRES"], table
        assert decrite["inconnues"] == [], table
    rapport = "\n".join(lignes_rapport(fait.description, None, None))
    assert rapport.count("NIR") >= len(tables)
    assert rapport.count("COMMENTAIRE_LIBRE") >= len(tables)
    assert fichiers_avec(dossier.racine, nir, commentaire) == []


def test_a_column_that_holds_nir_or_writing_is_left_out_whatever_its_name(
    recevoir: Recevoir,
) -> None:
    nirs = [f"18403130550{rang:02d}" for rang in range(30)]
    recit = "Le demandeur est passé ce matin, rappeler après la commission"
    lignes = [
        ligne("stock", rang, ETAT_DEMANDE=nir, VERSION_CERFA=f"{recit} {rang}", NB_Q1="1")
        for rang, nir in enumerate(nirs)
    ]
    recue = recevoir(petite().texte("stock", en_csv(lignes)))
    decrite = recue.description["tables"]["stock"]
    assert decrite["interdites"] == [
        "ETAT_DEMANDE (la plupart de ses valeurs ont la forme d’un NIR)",
        "VERSION_CERFA (la plupart de ses valeurs sont de longs textes libres)",
    ]
    assert {"ETAT_DEMANDE", "VERSION_CERFA"} & set(decrite["livrees"]) == set()
    assert set(recue.lire("stock", "SELECT etat_demande, version_cerfa")) == {(None, None)}
    assert recue.valeurs("stock", "nb_q1") == [1] * 30
    assert recue.anomalies("stock") == []


def test_a_compulsory_column_that_holds_nir_refuses_the_delivery_and_says_so(
    recevoir: Recevoir,
) -> None:
    lignes = [ligne("stock", 1, NUMERO_UNIQUE=f"18403130550{rang:02d}") for rang in range(30)]
    with pytest.raises(Refus, match=r"NUMERO_UNIQUE n'est pas ce que dit son nom.*NIR") as refus:
        recevoir(petite().texte("stock", en_csv(lignes)))
    assert refus.value.ou == "stock.csv"
    assert "1840313" not in str(refus.value)


def test_a_few_nir_among_good_numeros_are_rejected_one_by_one(recevoir: Recevoir) -> None:
    fausses = [ligne("stock", 1, NUMERO_UNIQUE=f"18403130550{rang:02d}") for rang in range(25)]
    recue = recevoir(petite().poser("stock", fausses, combler=1000))
    assert len(recue.rejets("stock")) == 25


def test_long_addresses_and_hours_of_guichets_are_no_free_text(recevoir: Recevoir) -> None:
    horaires = "du lundi au vendredi de 9 h à 12 h, et de 14 h à 17 h"
    lignes = [ligne("guichets", rang, HORAIRES=horaires) for rang in range(30)]
    recue = recevoir(petite().texte("guichets", en_csv([*guichets(), *lignes])))
    assert recue.valeurs("guichets", "horaires").count(horaires) == 30


def test_what_looks_forbidden_is_told_of_a_sample() -> None:
    assert semble_interdite(pl.Series(["1 84 03 13 055 001 22", "184031305500122"]))
    assert semble_interdite(pl.Series(["un texte que quelqu'un a écrit au sujet d'un autre", None]))
    assert not semble_interdite(pl.Series(["0130126100001G1301", "0130126100002G1301"]))
    assert not semble_interdite(pl.Series(["13055", "13001", "184031305500122"]))
    assert not semble_interdite(pl.Series([], dtype=pl.String))


def fichiers_avec(racine: Path, *textes: str) -> list[str]:
    """Return the files under a directory in which a text is found, once opened and read."""
    trouves, base = [], duckdb.connect()
    for fichier in (f for f in racine.rglob("*") if f.is_file()):
        if fichier.suffix == ".parquet":
            contenu = repr(base.execute("FROM read_parquet(?)", [str(fichier)]).fetchall())
        elif fichier.suffix == ".duckdb":
            with duckdb.connect(str(fichier), read_only=True) as con:
                tables = [nom for (nom,) in con.execute("SHOW TABLES").fetchall()]
                contenu = repr([con.execute(f'FROM "{nom}"').fetchall() for nom in tables])
        else:
            contenu = fichier.read_bytes().decode("utf-8", "replace")
        if any(un in contenu or un.encode() in fichier.read_bytes() for un in textes):
            trouves.append(fichier.name)
    return trouves


def test_the_search_for_forbidden_texts_finds_what_is_there(tmp_path: Path) -> None:
    dossier = Dossier(tmp_path / "donnees")
    chemin = petite().ecrire(tmp_path / "2026-10")
    list(charger(dossier, Demande((chemin,), ARRETE, "013"), Silence()))
    assert set(fichiers_avec(dossier.racine, "Mairie de Salon")) == {"guichets.parquet"}
    assert "version.json" in fichiers_avec(dossier.racine, "2026-10-31")


def test_optional_tables_may_hold_their_header_only(recevoir: Recevoir) -> None:
    livraison = petite()
    for table in FACULTATIVES:
        livraison.texte(table, en_csv([], colonnes_de([ligne(table, 1)])))
    recue = recevoir(livraison)
    for table in FACULTATIVES:
        assert recue.description["tables"][table]["lus"] == 0, table
        inscrits = ["G1301"] if table == "guichets" else []  # a register of nobody is a draft
        assert [une[0] for une in recue.lire(table)] == inscrits, table


@pytest.mark.parametrize("table", ["stock", "radiation"])
def test_a_compulsory_table_may_not(recevoir: Recevoir, table: str) -> None:
    texte = en_csv([], colonnes_de([ligne(table, 1)]))
    with pytest.raises(Refus, match="ne contient que la ligne d'en-tête"):
        recevoir(petite().texte(table, texte))


def test_names_are_kept_apart_from_the_archive(tmp_path: Path) -> None:
    dossier = Dossier(tmp_path / "donnees")
    cle = ligne("stock", 1)["NUMERO_UNIQUE"]
    nommee = ligne("identites", 1, NOM="Introuvable", NUMERO_UNIQUE=cle)
    livraison = petite().poser("identites", [nommee]).poser("stock", [ligne("stock", 1)])
    chemin = livraison.ecrire(tmp_path / "2026-10")
    list(charger(dossier, Demande((chemin,), ARRETE, "013"), Silence()))
    (fichier,) = dossier.nominatif.rglob("*.parquet")
    assert fichiers_avec(dossier.racine, "Introuvable") == [fichier.name]
    assert fichier.stat().st_mode & 0o077 == 0
    assert dossier.nominatif.stat().st_mode & 0o077 == 0
