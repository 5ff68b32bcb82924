"""`infocentre sql`: for a person at a terminal, a notebook, a script."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import polars as pl
import pytest

from infocentre.entrepot import Dossier
from tests.cli.lancer import Commande
from tests.requetes.aide import journal

COMPTE = "select statut, count(*) as demandes from demandes group by statut order by statut"


@pytest.fixture
def infocentre(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Léa")
    return Commande(dossier.racine, monkeypatch, capsys)


def entree(monkeypatch: pytest.MonkeyPatch, texte: str, *, terminal: bool = False) -> None:
    flux = io.StringIO(texte)
    flux.isatty = lambda: terminal  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", flux)


def test_a_table_at_the_terminal_and_its_count_beside(
    infocentre: Commande, dossier: Dossier
) -> None:
    sortie = infocentre("sql", COMPTE)
    assert sortie.code == 0
    assert "statut" in sortie.texte
    assert "active" in sortie.texte
    assert "lignes, en " in sortie.erreur
    assert journal(dossier)[-1]["qui"] == "Léa"


def test_the_columns_of_a_free_query_keep_their_name(infocentre: Commande) -> None:
    texte = infocentre("sql", "select 1 as nb_mois, count(*), 2 as numero_unique").texte
    for nom in ("nb_mois", "count_star()", "numero_unique"):
        assert nom in texte


def test_csv_and_json_are_alone_on_the_output(infocentre: Commande) -> None:
    sortie = infocentre("sql", COMPTE, "--format", "json")
    lignes = json.loads(sortie.texte)
    assert sortie.erreur == ""
    assert {ligne["statut"] for ligne in lignes} >= {"active", "radiée"}
    texte = infocentre("sql", COMPTE, "--format", "csv").texte
    entete, *suite = texte.splitlines()
    assert entete == "statut;demandes"
    assert suite == [f"{ligne['statut']};{ligne['demandes']}" for ligne in lignes]


def test_a_text_is_no_formula_except_for_a_program(infocentre: Commande) -> None:
    sql = "select '=1+1' as \"@a\", -2 as n, '-2' as t"
    assert infocentre("sql", sql, "--format", "csv").texte == "'@a;n;t\n'=1+1;-2;-2\n"
    assert infocentre("sql", sql, "--format", "csv", "--brut").texte == "@a;n;t\n=1+1;-2;-2\n"
    assert infocentre("sql", sql, "--format", "csv").texte.startswith("'@a")


def test_the_query_comes_from_the_input(
    infocentre: Commande, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in ((), ("-",)):
        entree(monkeypatch, "select 41 + 1 as reponse")
        assert infocentre("sql", *arguments, "--format", "csv").texte == "reponse\n42\n"


@pytest.mark.parametrize(("texte", "terminal"), [("", 1), ("", 0), (" \n", 0)])
def test_without_a_query_an_example_is_given(
    texte: str, terminal: int, infocentre: Commande, monkeypatch: pytest.MonkeyPatch
) -> None:
    entree(monkeypatch, texte, terminal=bool(terminal))
    sortie = infocentre("sql")
    assert sortie.code == 1
    assert "il manque une requête" in sortie.erreur


def test_a_file_and_its_parameters(infocentre: Commande, tmp_path: Path) -> None:
    fichier = tmp_path / "essai.sql"
    fichier.write_text(
        "-- titre: Essai\n"
        "-- parametre jours: {type: entier, libelle: Jours, defaut: 30, min: 1}\n"
        "-- parametre mois: {type: mois, libelle: Mois}\n"
        "select $jours + 1 as jours, $mois || '-01' as debut",
        "utf-8",
    )
    appel = ("sql", "--fichier", fichier, "--format", "csv", "--parametre")
    assert infocentre(*appel, "mois=2026-10").texte == "jours;debut\n31;2026-10-01\n"
    sortie = infocentre(*appel, "mois=2026-10", "--parametre", "jours=7")
    assert sortie.texte == "jours;debut\n8;2026-10-01\n"
    for faux, dit in (
        ("jours=0", "inférieur à 1"),
        ("mois", "nom=valeur"),
        ("x=1", "paramètre"),
        ("$mois=2026-09", "« mois » est donné deux fois"),
    ):
        sortie = infocentre(*appel, "mois=2026-10", "--parametre", faux)
        assert (sortie.code, sortie.texte) == (1, "")
        assert dit in sortie.erreur


def test_without_a_declaration_a_parameter_is_a_text(infocentre: Commande) -> None:
    appel = ("sql", "select $ville as v", "--format", "csv", "--parametre")
    assert infocentre(*appel, "ville=L'Estaque = ; --").texte == 'v\n"L\'Estaque = ; --"\n'


@pytest.mark.parametrize("format_", ["csv", "json", "xlsx", "parquet"])
def test_the_format_follows_the_name_of_the_output(
    format_: str, infocentre: Commande, tmp_path: Path
) -> None:
    cible, nommee = tmp_path / f"a.{format_}", tmp_path / "sans_suffixe"
    assert infocentre("sql", COMPTE, "--sortie", cible).texte == ""
    assert infocentre("sql", COMPTE, "--format", format_, "--sortie", nommee).code == 0
    premiere, seconde = cible.read_bytes(), nommee.read_bytes()
    assert premiere[:4] == seconde[:4]
    assert format_ == "xlsx" or premiere == seconde  # a workbook says when it was made
    if format_ == "parquet":
        assert pl.read_parquet(cible).columns == ["statut", "demandes"]


@pytest.mark.parametrize("format_", ["xlsx", "parquet"])
def test_a_binary_format_wants_a_file(format_: str, infocentre: Commande) -> None:
    sortie = infocentre("sql", COMPTE, "--format", format_)
    assert (sortie.code, sortie.texte) == (1, "")
    assert "--sortie" in sortie.erreur


def test_the_whole_result_comes_out_in_csv_a_thousand_rows_in_a_table(infocentre: Commande) -> None:
    longue = "select i from range(2500) t(i)"
    assert len(infocentre("sql", longue, "--format", "csv").texte.splitlines()) == 2_501
    sortie = infocentre("sql", longue)
    assert "999" in sortie.texte
    assert "Les 1\u202f000 premières lignes seulement" in sortie.erreur


def test_a_mistake_is_told_with_its_place(infocentre: Commande) -> None:
    sortie = infocentre("sql", "select\n  absente from demandes", "--format", "csv")
    assert (sortie.code, sortie.texte) == (1, "")
    assert "ligne 2, colonne 3 : la colonne « absente » n'existe pas ici" in sortie.erreur


def test_a_plan_is_shown_as_it_is(infocentre: Commande) -> None:
    texte = infocentre("sql", "explain from demandes where age_demandeur_demande = 40").texte
    assert "┌───" in texte
    assert "explain_key" not in texte


def test_data_are_no_markup(infocentre: Commande) -> None:
    assert "[/b] :house:" in infocentre("sql", "select '[/b] :house:' as a").texte


def test_a_file_and_a_query_do_not_go_together(infocentre: Commande) -> None:
    sortie = infocentre("sql", "select 1", "--fichier", "x.sql")
    assert sortie.code == 2
    assert "ne va pas avec" in sortie.erreur


@pytest.mark.parametrize(
    ("contenu", "dit"), [(None, "il n'existe pas"), (b"select '\xe9'", "n'est pas en UTF-8")]
)
def test_an_unreadable_file_is_refused(
    contenu: bytes | None, dit: str, infocentre: Commande, tmp_path: Path
) -> None:
    fichier = tmp_path / "x.sql"
    if contenu:
        fichier.write_bytes(contenu)
    sortie = infocentre("sql", "--fichier", fichier)
    assert sortie.code == 1
    assert dit in sortie.erreur
    essai = infocentre("candidat", "ATT_ESSAI", "--fichier", fichier)
    assert (essai.code, dit in essai.erreur) == (1, True)


def test_without_data_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sortie = Commande(tmp_path / "vide", monkeypatch, capsys)("sql", "select 1")
    assert sortie.code == 1
    assert "aucune livraison" in sortie.erreur
    assert not (tmp_path / "vide").exists()
