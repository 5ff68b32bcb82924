"""From one wide table of counts per population to the long table of every indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infocentre.catalogue import sql_comptes

if TYPE_CHECKING:
    from infocentre.catalogue import Catalogue
    from infocentre.mesures.connexion import Connexion

_COLONNES = "departement, guichet, mois, mois_juge"


def compter(con: Connexion, catalogue: Catalogue, population: str) -> None:
    """Replace `comptes_<population>`: one scan of it, one row per guichet and month judged."""
    con.execute(
        f"create or replace table {_large(population)} as {sql_comptes(catalogue, population)}"
    )


def assembler_comptes(con: Connexion, catalogue: Catalogue) -> None:
    """Turn every `comptes_<population>` into `comptes`, rows without a unit left out."""
    blocs = [
        f"select '{un.code}' as code, {_COLONNES}, n_{un.code} as numerateur, "
        f"d_{un.code} as denominateur from {_large(un.population)} where d_{un.code} > 0"
        for un in catalogue.indicateurs.values()
    ]
    con.execute(f"create or replace table comptes as {' union all '.join(blocs)}")
    for population in populations(catalogue):
        con.execute(f"drop table {_large(population)}")


def populations(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the populations that an indicator uses, in the order of indicators."""
    return tuple(dict.fromkeys(un.population for un in catalogue.indicateurs.values()))


def _large(population: str) -> str:
    return f"comptes_{population}"
