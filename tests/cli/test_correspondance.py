"""`infocentre correspondance`: what is shown, what a draft lacks, what is found by itself."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from infocentre.correspondances.ecrits import lire
from infocentre.correspondances.garde import livree
from infocentre.demo import ecrire_forme, fabriquer
from infocentre.noyau import fichiers_yaml
from tests.cli.lancer import Commande


@pytest.fixture(scope="module")
def livraison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (une,) = fabriquer(tmp_path_factory.mktemp("livraison"), taille=300, mois=1)
    return une


@pytest.fixture
def infocentre(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    return Commande(tmp_path / "donnees", monkeypatch, capsys)


def test_what_is_shipped_is_listed_and_shown_as_it_is_read(
    infocentre: Commande, tmp_path: Path
) -> None:
    assert infocentre("correspondance", "lister").texte.startswith("gip-sne-1\t")
    montree = infocentre("correspondance", "montrer", "gip-sne-1").texte
    ecrite = tmp_path / "montree.yml"
    ecrite.write_text(montree, "utf-8")
    assert lire(ecrite) == livree("gip-sne-1.yml")
    refusee = infocentre("correspondance", "montrer", "inconnue")
    assert (refusee.code, "gip-sne-1" in refusee.erreur) == (1, True)
    for quoi, dit in (
        (tmp_path / "absente.yml", "il n'existe pas"),
        (tmp_path, "c'est un dossier"),
    ):
        refusee = infocentre("correspondance", "adopter", quoi)
        assert (
            refusee.code,
            f"{quoi} : ce fichier ne peut pas être lu : {dit}" in refusee.erreur,
        ) == (1, True)


def test_a_draft_is_nothing_until_each_question_has_its_answer(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    ecrite = tmp_path / "c.yml"
    proposee = infocentre(
        "correspondance", "proposer", dossier, "--departement", "13", "--sortie", ecrite
    )
    assert proposee.code == 0
    assert "Questions : 0" not in proposee.texte
    assert not (tmp_path / "donnees" / "correspondances").exists()
    refusee = infocentre("correspondance", "adopter", ecrite)
    assert (refusee.code, "reste à choisir" in refusee.erreur) == (1, True)
    brouillon = fichiers_yaml.lire(ecrite.read_text("utf-8"))
    assert any("?" in un["colonnes"].values() for un in brouillon["fichiers"])


def test_a_long_name_is_shown_by_its_end_too(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    dit = "Suivi de la demande\\Demandeur, détail\\Situation de famille"
    for fichier in dossier.glob("demandes_*.csv"):
        texte = fichier.read_text("utf-8-sig").replace("situ_fam", f'"{dit}"', 1)
        fichier.write_text(texte, "utf-8")
    proposee = infocentre("correspondance", "proposer", dossier, "--departement", "13").texte
    assert "\n  Suivi de la d…étail\\Situation de famille " in proposee


def test_who_accepts_all_is_told_which_values_are_left_without_a_code(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    (actives,) = dossier.rglob("demandes_actives.csv")
    lues = list(csv.DictReader(actives.read_text("utf-8-sig").splitlines()))
    en_union = sum(une["situ_fam"] == "U" for une in lues)
    with actives.open("w", encoding="utf-8") as fichier:
        ecrivain = csv.DictWriter(fichier, lues[0])
        ecrivain.writeheader()
        ecrivain.writerows(
            une | {"situ_fam": "Union" if une["situ_fam"] == "U" else une["situ_fam"]}
            for une in lues
        )
    proposee = infocentre(
        "correspondance", "proposer", dossier, "--departement", "13", "--accepter"
    )
    assert "Questions : 0" in proposee.texte
    (dite,) = (une for une in proposee.texte.splitlines() if "sans code" in une)
    assert dite == f"  ! sans code, hors de leur liste une fois chargées : « Union » ({en_union})"


def test_what_was_adopted_reads_the_next_delivery_by_itself_and_the_archive_keeps_it(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    avant = infocentre("charger", dossier, "--departement", "13")
    assert (avant.code, "Faire reconnaître" in avant.erreur) == (1, True)
    ecrite = tmp_path / "c.yml"
    dits = ("--departement", "13", "--accepter", "--source", "observatoire")
    infocentre("correspondance", "proposer", dossier, *dits, "--sortie", ecrite)
    assert infocentre("correspondance", "adopter", ecrite).code == 0
    assert infocentre("correspondance", "lister").texte.startswith("observatoire-1\t")
    fait = infocentre("charger", dossier)
    assert fait.code == 0, fait.erreur
    assert "observatoire" in fait.texte
    encore = infocentre("charger", dossier)
    assert "déjà chargée, rien ne change" in encore.texte
    # What was read stays so, whatever became of the correspondance.
    (fichier,) = (tmp_path / "donnees" / "correspondances").iterdir()
    assert infocentre("verifier").code == 0
    fichier.unlink()
    perdue = infocentre("verifier")
    assert (perdue.code, "observatoire-1.yml" in perdue.texte + perdue.erreur) == (1, True)
    assert infocentre("reconstruire").code == 0


def _changer(dossier: Path, changer: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Change the rows of the files of demandes of form D."""
    for fichier in dossier.glob("demandes_*.csv"):
        lues = list(csv.DictReader(fichier.read_text("utf-8-sig").splitlines()))
        changees = [changer(une) for une in lues]
        with fichier.open("w", encoding="utf-8", newline="") as flux:
            ecrivain = csv.DictWriter(flux, changees[0])
            ecrivain.writeheader()
            ecrivain.writerows(changees)


def test_a_draft_says_what_the_values_of_a_column_would_become(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    _changer(dossier, lambda une: une | {"mutation": {"1": "X", "0": ""}[une["mutation"]]})
    ecrite = tmp_path / "c.yml"
    infocentre("correspondance", "proposer", dossier, "--departement", "13", "--sortie", ecrite)
    brouillon = fichiers_yaml.lire(ecrite.read_text("utf-8"))
    lues = [un["colonnes"].get("mutation") for un in brouillon["fichiers"]]
    attendue = {"vers": "?", "valeurs": {"X": "1", "(vide)": "0"}}
    assert [une for une in lues if une] == [attendue, attendue]


def test_what_was_adopted_for_the_contract_s_own_names_reads_them(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "A3")
    for fichier in dossier.glob("*.csv"):
        points = re.sub(rb"\b(\d\d)[/-](\d\d)[/-](\d{4})\b", rb"\1.\2.\3", fichier.read_bytes())
        fichier.write_bytes(points)
    charger = ("charger", dossier, "--departement", "13", "--arrete", "2026-10-31")
    assert "faire reconnaître ces fichiers" in infocentre(*charger).erreur
    ecrite = tmp_path / "c.yml"
    dits = ("--departement", "13", "--accepter", "--sortie", ecrite)
    infocentre("correspondance", "proposer", dossier, *dits)
    assert infocentre("correspondance", "adopter", ecrite).code == 0
    assert "gip-sne" in infocentre("correspondance", "lister").texte
    assert infocentre(*charger).code == 0


def test_a_file_that_is_left_is_said_of_no_table(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    (dossier / "filtres.csv").write_text("filtre;valeur\ndépartement;13\nmois;octobre\n", "utf-8")
    datees = pl.read_csv(dossier / "demandes_sorties.csv", infer_schema=False)
    datees.drop("dt_radiation").write_csv(dossier / "sorties_sans_date.csv")
    ecrite = tmp_path / "c.yml"
    dits = ("--departement", "13", "--accepter", "--sortie", ecrite)
    proposee = infocentre("correspondance", "proposer", dossier, *dits).texte
    assert "filtres.csv : laissé de côté\n  ! ses colonnes ne sont d'aucune table\n" in proposee
    assert "tables possibles : stock, radiation, aucune\n" in proposee
    refusee = infocentre("correspondance", "adopter", ecrite)
    assert "« aucune » pour un fichier à ne pas lire" in refusee.erreur
    assert "aucune de ses colonnes" not in refusee.erreur
    texte = ecrite.read_text("utf-8")
    assert texte.count("\n  table: '?'\n") == 1
    ecrite.write_text(texte.replace("\n  table: '?'\n", "\n  table: aucune\n"), "utf-8")
    assert infocentre("correspondance", "adopter", ecrite).code == 0
    assert infocentre("charger", dossier, "--departement", "13").code == 0


def test_a_known_source_whose_columns_change_is_asked_only_of_what_changed(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    ecrite = tmp_path / "c.yml"
    proposer = ("correspondance", "proposer", dossier, "--departement", "13", "--sortie", ecrite)
    infocentre(*proposer, "--accepter", "--source", "observatoire")
    assert infocentre("correspondance", "adopter", ecrite).code == 0
    _changer(dossier, lambda une: {nom.replace("dt_bail", "bail"): v for nom, v in une.items()})
    refusee = infocentre("charger", dossier, "--departement", "13")
    assert "n'a plus dt_bail, et a BAIL en plus" in refusee.erreur
    proposee = infocentre(*proposer).texte
    assert "Source déjà connue : seul ce qui change est demandé." in proposee
    assert "Questions : 1\n  1. « bail »" in proposee
    # The answer makes the next version of the same source.
    texte = ecrite.read_text("utf-8")
    ecrite.write_text(texte.replace("bail: '?'", "bail: DATE_SIGNATURE_BAIL"), "utf-8")
    assert "observatoire-2" in infocentre("correspondance", "adopter", ecrite).texte
    assert infocentre("charger", dossier, "--departement", "13").code == 0


def test_a_value_that_a_known_source_never_had_is_asked_and_the_others_are_not(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    ecrite = tmp_path / "c.yml"
    proposer = ("correspondance", "proposer", dossier, "--departement", "13", "--sortie", ecrite)

    def dire(**codes: str) -> None:
        texte = ecrite.read_text("utf-8")
        for valeur, code in codes.items():
            texte = texte.replace(f"{valeur}: '?'", f"{valeur}: {code}")
        ecrite.write_text(texte, "utf-8")
        adoptee = infocentre("correspondance", "adopter", ecrite)
        assert adoptee.code == 0, adoptee.erreur

    _changer(dossier, lambda une: une | {"situ_fam": une["situ_fam"].replace("M", "Alliance")})
    infocentre(*proposer, "--accepter", "--source", "observatoire")
    texte = ecrite.read_text("utf-8")
    ecrite.write_text(texte.replace("situ_fam: SITU_FAMILIALE_DEMANDEUR", LUE_A_LA_MAIN), "utf-8")
    dire()
    _changer(dossier, lambda une: une | {"situ_fam": une["situ_fam"].replace("C", "Fiançailles")})
    refusee = infocentre("charger", dossier, "--departement", "13")
    assert "faire reconnaître ces fichiers pour dire le code de chacune" in refusee.erreur
    proposee = infocentre(*proposer).texte
    assert (
        "Questions : 2\n  1. « situ_fam » (demandes_actives.csv) : 1 valeur sans code" in proposee
    )
    dire(Fiançailles="C")
    assert infocentre("charger", dossier, "--departement", "13").code == 0
    lus = infocentre("sql", "select distinct situ_familiale_demandeur from demandes").texte
    assert not {"HL", "Fiançailles", "Alliance"} & set(lus.split())


def test_of_a_known_source_whose_compulsory_columns_were_renamed_the_source_is_named(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    """Three lack, in two files: more than the two tables that any other source would lack."""
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    ecrite = tmp_path / "c.yml"
    dits = ("--departement", "13", "--accepter", "--source", "observatoire", "--sortie", ecrite)
    infocentre("correspondance", "proposer", dossier, *dits)
    assert infocentre("correspondance", "adopter", ecrite).code == 0
    nouveaux = {"dt_creation": "depose", "motif_rad": "pourquoi"}
    _changer(dossier, lambda une: {nouveaux.get(nom, nom): v for nom, v in une.items()})
    refusee = infocentre("charger", dossier, "--departement", "13").erreur
    assert "la correspondance « observatoire-1 » ne lit plus ces fichiers" in refusee
    assert "stock.DATE_CREATION, radiation.DATE_CREATION, radiation.MOTIF_RADIATION" in refusee
    assert "demandes_sorties.csv n'a plus dt_creation, motif_rad, et a DEPOSE, POURQUOI" in refusee


def test_a_stock_in_two_files_is_told_before_all_and_is_not_adopted(
    infocentre: Commande, livraison: Path, tmp_path: Path
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", "D")
    (actives,) = dossier.rglob("demandes_actives.csv")
    entete, *lignes = actives.read_text("utf-8-sig").splitlines(keepends=True)
    actives.write_text(entete + "".join(lignes[:100]), "utf-8")
    (dossier / "suite.csv").write_text(entete + "".join(lignes[100:]), "utf-8")
    ecrite = tmp_path / "c.yml"
    dits = ("--departement", "13", "--accepter", "--sortie", ecrite)
    proposee = infocentre("correspondance", "proposer", dossier, *dits).texte
    assert proposee.startswith("! 2 fichiers ou feuilles sont de la table « stock », et un seul")
    assert "Questions : 1\n  1. 2 fichiers ou feuilles sont de la table « stock »" in proposee
    refusee = infocentre("correspondance", "adopter", ecrite)
    assert refusee.code == 1
    assert "c.yml : deux fichiers y sont de la table « stock » (" in refusee.erreur
    assert not (tmp_path / "donnees" / "correspondances").exists()


# « Alliance » told by hand, which no list of words knows.
LUE_A_LA_MAIN = """situ_fam:
      vers: SITU_FAMILIALE_DEMANDEUR
      valeurs:
        Alliance: M"""
