"""The contract as it is published: a reader of Table Schema that is not ours judges as we do."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from infocentre.contrat import Colonne, contrat
from infocentre.contrat.publication import PUBLICATIONS, motif, paquet
from infocentre.noyau.erreurs import Refus
from tests.cli.lancer import Commande
from tests.donnees.retors import lignes_csv, livraisons
from tests.livraisons.atelier import (
    Ligne,
    Petite,
    Recue,
    bonnes,
    en_csv,
    guichets,
    ligne,
    petite,
    recevoir_en,
)

TABLES = contrat().tables
LIGNES = 30


def juger(dossier: Path, table: str) -> list[tuple[int | None, str | None, str]]:
    """Return what frictionless finds wrong in a file: line, column, kind of error."""
    from frictionless import Resource

    decrite = next(une for une in paquet()["resources"] if une["name"] == table)
    rapport = Resource.from_descriptor(decrite, basepath=str(dossier)).validate()
    lues = rapport.flatten(["rowNumber", "fieldName", "type"])
    return [(ligne_, colonne, genre) for ligne_, colonne, genre in lues]


# --- What is written as the contract says ---------------------------------------------------------


def _jour(texte: str) -> str:
    """Write a day as the contract asks, read without the project's reader."""
    un, deux, trois = re.split("[-/]", texte[:10])
    annee, mois, jour = (un, deux, trois) if len(un) == 4 else (trois, deux, un)
    return f"{dt.date(int(annee), int(mois), int(jour)):%d/%m/%Y}"


def _nombre(texte: str) -> str:
    nu = re.sub(r"[\s\u00a0\u202f€m²]", "", texte)
    return f"{float(nu.replace('.', '').replace(',', '.') if ',' in nu else nu):g}".replace(
        ".", ","
    )


ECRIRE: dict[str, Callable[[str], str]] = {
    "date": _jour,
    "naissance": _jour,
    "entier": lambda texte: str(int(float(texte.replace(",", ".")))),
    "decimal": _nombre,
    "code": str.upper,
}


def _ecrire(colonne: Colonne, texte: str) -> str:
    nu = texte.strip()
    if nu in {"", "NA", "NA/NA"} or (nu == "999" and colonne.neuf_cents_99):
        return ""
    return ECRIRE.get(colonne.type, str)(nu)


def _bien_ecrites(table: str) -> list[Ligne]:
    """Return rows of a real extract, respelled; those that cannot be have something wrong."""
    ecrites = []
    for une in lignes_csv(livraisons()[2], table):
        try:
            respelee = {
                nom.upper(): _ecrire(TABLES[table].par_nom[nom.upper()], texte)
                for nom, texte in une.items()
                if nom.upper() in TABLES[table].par_nom
            }
        except (ValueError, AttributeError):
            continue
        obligatoires = [c.nom for c in TABLES[table].colonnes if c.obligatoire]
        siren = respelee.get("SIREN_RADIATION", "")
        if all(respelee[nom] for nom in obligatoires) and len(siren) in {0, 9}:
            ecrites.append(respelee)
    return ecrites[:LIGNES]


@pytest.fixture(scope="module")
def ecrite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ici = tmp_path_factory.mktemp("contrat")
    livraison = Petite()
    for table in TABLES:
        lignes = [ligne("voeux", 1, ID_VOEU="V1")] if table == "voeux" else _bien_ecrites(table)
        livraison.texte(table, en_csv(lignes))
    return livraison.ecrire(ici / "2026-03")


@pytest.fixture(scope="module")
def recue(ecrite: Path) -> Recue:
    return recevoir_en(ecrite, ecrite.parent, "2026-03-31")


@pytest.mark.parametrize("table", TABLES)
def test_rows_written_as_published_are_accepted_there_and_here(
    ecrite: Path, recue: Recue, table: str
) -> None:
    ici = {(une[2], une[4]) for une in recue.rejets(table)} | {
        (une[1], une[3]) for une in recue.anomalies(table)
    }
    ailleurs = {(colonne, genre) for _, colonne, genre in juger(ecrite, table)}
    assert ici == set(), table
    assert ailleurs == set(), table
    assert recue.description["tables"][table]["conserves"] >= (1 if table == "voeux" else 10)


# --- What is wrong is wrong for both --------------------------------------------------------------

# Column, what is written, in a row of its own.
FAUTES = {
    "stock": [
        ("DATE_CREATION", "31/02/2026"),
        ("DATE_CREATION", "hier"),
        ("DATE_MODIFICATION", "2026-13-45"),
        ("NUMERO_UNIQUE", "0131326000001G13"),
        ("NUMERO_UNIQUE", "X130126000001G1301"),
        ("NUMERO_UNIQUE", ""),
        ("SEXE_DEMANDEUR", "Z"),
        ("MOTIF_DEMANDE", "99"),
        ("COMMUNE_LOG_ACTUEL", "1305"),
        ("MODE_MUTATION", "peut-être"),
        ("TAILLE_MENAGE", "douze"),
        ("TAILLE_MENAGE", "31"),
        ("AGE_DEMANDEUR_DEMANDE", "-1"),
        ("REVENU_MENSUEL_FOYER", "1e"),
        ("REVENU_MENSUEL_FOYER", "1000000"),
        ("NB_CERFA_PRIO_VIOLENCE", "2"),
        ("COMPSIRENORGBAILLEUR", "12345"),
    ],
    "radiation": [
        ("DATE_RADIATION", ""),
        ("POSITION_PLAFOND_ATTRIB", "PLUSS"),
        ("SIREN_RADIATION", "ABC"),
        ("NB_MIXITE_Q1", "oui ?"),
    ],
    "voeux": [("ID_VOEU", ""), ("ORDRE", "0"), ("COMMUNE", "Arles"), ("NUMERO_UNIQUE", "1")],
}


@pytest.mark.parametrize("table", FAUTES)
def test_each_fault_is_found_there_and_here_in_the_same_place(tmp_path: Path, table: str) -> None:
    fautives = [ligne(table, 1 + r, **{nom: dit}) for r, (nom, dit) in enumerate(FAUTES[table])]
    texte = en_csv([*fautives, *bonnes(table, 400)]).upper()
    chemin = petite().texte(table, texte).ecrire(tmp_path / "2026-10")
    recue = recevoir_en(chemin, tmp_path)
    ici = {(une[1], une[2]) for une in recue.rejets(table)}
    ici |= {(rang, nom) for _, nom, _, _, _, rang in recue.anomalies(table)}
    ailleurs = {(rang, nom) for rang, nom, genre in juger(chemin, table) if genre != "primary-key"}
    attendues = {(2 + rang, nom) for rang, (nom, _) in enumerate(FAUTES[table])}
    assert ailleurs == attendues
    assert ici == attendues


@pytest.mark.parametrize("nom", ["NUMERO_UNIQUE", "DATE_CREATION", "DOUBLON_FORCE"])
def test_a_missing_compulsory_column_is_named_by_both(tmp_path: Path, nom: str) -> None:
    lignes = [{c: v for c, v in ligne("stock", r).items() if c != nom} for r in range(5)]
    chemin = petite().texte("stock", en_csv(lignes)).ecrire(tmp_path / "2026-10")
    assert {(colonne, genre) for _, colonne, genre in juger(chemin, "stock")} == {
        (nom, "missing-label")
    }
    with pytest.raises(Refus, match=nom):
        recevoir_en(chemin, tmp_path)


def test_a_repeated_key_is_found_by_both(tmp_path: Path) -> None:
    registre = [*guichets(), ligne("guichets", 1301)]
    chemin = petite().texte("guichets", en_csv(registre)).ecrire(tmp_path / "2026-10")
    assert [genre for _, _, genre in juger(chemin, "guichets")] == ["primary-key"]
    (rejet,) = recevoir_en(chemin, tmp_path).rejets("guichets")
    assert rejet[4] == "ligne répétée"


# --- The files themselves -------------------------------------------------------------------------


def test_every_column_list_and_label_is_published() -> None:
    ressources = {
        une["name"]: une for une in json.loads(PUBLICATIONS["table-schema"].ecrire())["resources"]
    }
    assert list(ressources) == list(TABLES)
    for table in TABLES.values():
        champs = ressources[table.nom]["schema"]["fields"]
        assert [un["name"] for un in champs] == [une.nom for une in table.colonnes]
        for champ, une in zip(champs, table.colonnes, strict=True):
            libelles = {un["value"]: un["label"] for un in champ.get("categories", [])}
            assert libelles == (contrat().codes[une.codes] if une.codes else {})
            assert champ["constraints"].get("enum", []) == list(libelles)
            assert (champ["title"], champ["description"]) == (une.libelle, une.description)
    texte = PUBLICATIONS["csv"].ecrire().decode("utf-8-sig")
    lues = list(csv.DictReader(io.StringIO(texte), delimiter=";"))
    assert [(une["table"], une["colonne"]) for une in lues] == [
        (table.nom, une.nom) for table in TABLES.values() for une in table.colonnes
    ]
    dite = next(une for une in lues if une["colonne"] == "NB_CERFA_PRIO_VIOLENCE")
    assert (dite["personnelle"], dite["depuis"], dite["obligatoire"]) == ("oui", "2026-11", "non")
    md = PUBLICATIONS["md"].ecrire().decode()
    for table in TABLES.values():
        assert f"(`{table.nom}`)" in md
        assert all(f"| `{une.nom}` |" in md for une in table.colonnes)


def test_the_same_contract_gives_the_same_bytes() -> None:
    for une in PUBLICATIONS.values():
        premiere = une.ecrire()
        contrat.cache_clear()
        assert une.ecrire() == premiere, une.nom


def test_every_pattern_is_one_that_readers_know() -> None:
    for table in TABLES.values():
        for une in table.colonnes:
            assert "\\p" not in motif(une), une.nom
            re.compile(motif(une))
    profil = re.compile(motif(TABLES["utilisateurs"].par_nom["PROFIL"]))
    assert profil.fullmatch("Référent d’agence")
    assert not profil.fullmatch("4e étage")


def test_the_command_writes_each_form_or_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    infocentre = Commande(tmp_path / "aucune", monkeypatch, capsys)
    for forme, une in PUBLICATIONS.items():
        dit = infocentre("contrat", "--format", forme, "--sortie", tmp_path / "contrat")
        ecrit = tmp_path / "contrat" / une.fichier
        assert (dit.code, str(ecrit) in dit.texte) == (0, True)
        assert ecrit.read_bytes() == une.ecrire()
    assert infocentre("contrat").texte == PUBLICATIONS["md"].ecrire().decode()
    assert infocentre("contrat", "--format", "pdf").code == 2
    occupe = infocentre("contrat", "--sortie", ecrit)
    assert (occupe.code, "Traceback" in occupe.erreur) == (1, False)
