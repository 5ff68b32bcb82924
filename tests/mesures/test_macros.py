"""The macros: what tables share is written once, and what they read is seen through them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.catalogue.analyse import colonnes_du_select, tables_nommees
from infocentre.catalogue.motifs import motif_non_calculable
from infocentre.catalogue.schema import types_colonnes
from infocentre.entrepot.macros import macros
from infocentre.mesures import lire_tableaux, requis_tableau
from infocentre.mesures.tableaux import nommes_tableau
from infocentre.noyau.erreurs import Refus

RACINE = Path(__file__).parents[2]
SUITE = 6
MUTATION = ("stock", "MODE_MUTATION")


def lignes_de_code(chemin: Path) -> list[str]:
    lignes = chemin.read_text("utf-8").splitlines()
    return [une for une in lignes if une.strip() and not une.lstrip().startswith("--")]


def test_tables_repeat_themselves_little() -> None:
    """At most a fifth of their code stands in a run of six lines that another file has too."""
    fichiers = {
        chemin.name: lignes_de_code(chemin)
        for chemin in sorted((RACINE / "queries" / "tableaux").glob("*.sql"))
    }
    suites: dict[tuple[str, ...], set[str]] = {}
    for nom, lignes in fichiers.items():
        for debut in range(len(lignes) - SUITE + 1):
            suites.setdefault(tuple(lignes[debut : debut + SUITE]), set()).add(nom)
    repetees = sum(
        any(
            len(suites.get(tuple(lignes[debut : debut + SUITE]), ())) > 1
            for debut in range(rang - SUITE + 1, rang + 1)
            if debut >= 0
        )
        for lignes in fichiers.values()
        for rang in range(len(lignes))
    )
    total = sum(map(len, fichiers.values()))
    assert repetees <= 0.2 * total, f"{repetees} of {total} lines"


def test_a_column_that_only_a_macro_reads_makes_the_table_non_calculable() -> None:
    tableau = lire_tableaux()["TAB03-03"]
    assert "mode_mutation" not in tableau.sql
    requises, nommees = requis_tableau(tableau), nommes_tableau(tableau)
    assert MUTATION in requises & nommees

    def motif(livrees: list[str], illisibles: int) -> str | None:
        compte = {"renseignees": 75, "illisibles": illisibles, "hors_liste": 0}
        stock = {"livrees": livrees, "faits": {"colonnes": {MUTATION[1]: compte}}}
        decrite: Any = {"tables": {"stock": stock}}
        return motif_non_calculable(requises, nommees, decrite)

    assert motif(["MODE_MUTATION", "NATIONALITE_DEMANDEUR"], 0) is None
    assert motif(["NATIONALITE_DEMANDEUR"], 0) == "colonne MODE_MUTATION du stock non livrée"
    lu = motif(["MODE_MUTATION", "NATIONALITE_DEMANDEUR"], 30)
    assert lu == "MODE_MUTATION du stock illisible pour 40\u202f% des valeurs (30 sur 75)"


def test_macros_read_as_what_they_replace() -> None:
    """A source by its name, bare or quoted; a value and a condition, through two macros."""
    for source in ("stock", "'stock'"):
        sql = f"from repartition({source}, sur_douze_mois(date_creation, arrete), motif_demande, "
        sql += "nom_liste := 'MOTIF_DEMANDE', rang := 1)"
        assert tables_nommees(sql) == {"stock", "codes"}
        noms = {nom[-1] for nom in colonnes_du_select(sql)}
        assert {"date_creation", "arrete", "motif_demande", "mode_mutation"} <= noms
        assert not noms & {"source", "filtre", "valeur", "jour", "fin", "rang"}


@pytest.mark.parametrize(
    ("texte", "message"),
    [
        ("select 1;\n", "« create macro essai(…) as … ; » est attendu"),
        ("create macro autre() as 1;\n", "« create macro essai(…) as … ; » est attendu"),
        ("create macro essai() as boucle();\n", "en rond"),
    ],
)
def test_a_wrong_macro_is_refused(tmp_path: Path, texte: str, message: str) -> None:
    (tmp_path / "essai.sql").write_text(texte, "utf-8")
    (tmp_path / "boucle.sql").write_text("create macro boucle() as essai();\n", "utf-8")
    with pytest.raises(Refus) as refus:
        macros(tmp_path)
    assert message in refus.value.quoi
    assert "essai" in refus.value.ou


def test_a_population_calls_no_macro() -> None:
    """What a control judged by is kept with it; the macros are not."""
    with pytest.raises(duckdb.CatalogException, match="sur_douze_mois does not exist"):
        types_colonnes("select sur_douze_mois(date_creation, arrete) as x from stock")
