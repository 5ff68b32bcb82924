"""Published tables for who may see no small count: as pages show them, hidden figures null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT, ouvrir_entrepot
from infocentre.entrepot.relations import en_lignes
from infocentre.mesures.caches import lire_tables, masquer_mois
from infocentre.mesures.partage import MASQUE, montrer
from infocentre.mesures.petits import sans_petits, seuil_publie
from infocentre.mesures.tableaux import tableaux

RANG = "ordre"  # of a row in its table and month


@dataclass(frozen=True, slots=True)
class Montres:
    """The rows of each standard table (by its mart) as they are shown, and the small counts."""

    lignes: Mapping[str, list[tuple[Any, ...]]]
    seuil: int

    def colonnes(self, relation: str) -> dict[str, str]:
        """Return the SQL of the columns of a relation of values that may be small, by name."""
        petit = self.seuil - 1
        return {nom: sql.format(petit=petit) for nom, sql in sans_petits(relation).items()}


def publiee(table: str) -> bool:
    """Tell whether small counts of a table of the file are hidden."""
    return bool(sans_petits(table)) or table in {un.mart for un in tableaux().values()}


def masquer_tableaux(dossier: Dossier, version: Path, departements: Iterable[str]) -> Montres:
    """Return what the standard tables of a version show to who may see no small count.

    Raises:
        Refus: the register of what was shared cannot be read or written.
    """
    with ouvrir_entrepot(version / ENTREPOT) as con:
        seuil = seuil_publie(con)
        lignes: dict[str, list[tuple[Any, ...]]] = {}
        for departement in departements:
            for mart, siennes in _du_departement(con, dossier, departement, seuil).items():
                lignes.setdefault(mart, []).extend(siennes)
    return Montres(lignes, seuil)


def _du_departement(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, departement: str, seuil: int
) -> dict[str, list[tuple[Any, ...]]]:
    def lire(sql: str, parametres: dict[str, Any]) -> list[dict[str, Any]]:
        return en_lignes(con.execute(sql, parametres))

    historique = masquer_mois(lire, departement, seuil, dossier)
    rendues: dict[str, list[tuple[Any, ...]]] = {}
    for mois, tables in lire_tables(lire, departement).items():
        for code, partage in montrer(tables, historique[mois]).items():
            mart = tableaux()[code].mart
            colonnes = [nom for nom, *_ in con.execute(f"DESCRIBE {mart}").fetchall()]
            rangees = ({**ligne, RANG: rang} for rang, ligne in enumerate(partage.lignes, 1))
            rendues.setdefault(mart, []).extend(
                tuple(_sans_masque(une[nom]) for nom in colonnes) for une in rangees
            )
    return rendues


def _sans_masque(valeur: Any) -> Any:  # noqa: ANN401 - a figure, a text or nothing
    return None if valeur == MASQUE else valeur
