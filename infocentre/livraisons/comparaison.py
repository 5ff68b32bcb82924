"""What a corrected delivery changes, by set difference with the one that it replaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from infocentre.contrat import contrat
from infocentre.entrepot.relations import fichiers_de, sql_archives


def comparer_archives(avant: Path, apres: Path) -> dict[str, dict[str, int]]:
    """Return {table: {ajoutees, retirees, modifiees}}, rows counted by the key of the table."""
    resultat: dict[str, dict[str, Any]] = {}
    with duckdb.connect() as con:
        for table in contrat().tables.values():
            if table.nominative:
                continue
            ancienne, nouvelle = (
                f"({sql_archives(table, fichiers_de(table, [archive]))})"
                for archive in (avant, apres)
            )
            cle = table.cle.lower()
            ajoutees, retirees, modifiees = con.execute(
                f"""SELECT
                    (SELECT count(*) FROM {nouvelle} AS n ANTI JOIN {ancienne} AS a USING ({cle})),
                    (SELECT count(*) FROM {ancienne} AS a ANTI JOIN {nouvelle} AS n USING ({cle})),
                    (SELECT count(*) FROM (FROM {nouvelle} EXCEPT FROM {ancienne}) AS n
                        SEMI JOIN {ancienne} AS a USING ({cle}))"""
            ).fetchall()[0]
            resultat[table.nom] = {
                "ajoutees": ajoutees,
                "retirees": retirees,
                "modifiees": modifiees,
            }
    return resultat
