"""The catalogue as a table, so that every measure is plain SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infocentre.catalogue import Catalogue, Indicateur
    from infocentre.mesures.connexion import Connexion

_SCHEMA = """
create or replace table regles (
    code varchar, population varchar, nature varchar, imputable varchar, tolerance_zero boolean,
    seuil_orange double, seuil_rouge double, mostly double, ordre integer, remede varchar
)
"""


def ecrire_regles(con: Connexion, catalogue: Catalogue) -> None:
    """Replace `regles`: one row per indicator, thresholds as ratios, `ordre` as published."""
    con.execute(_SCHEMA)
    for ordre, indicateur in enumerate(catalogue.indicateurs.values()):
        nature = catalogue.populations[indicateur.population].nature
        ligne = _ligne(indicateur, nature, ordre)
        con.execute(f"insert into regles values ({', '.join('?' * len(ligne))})", ligne)


def _ligne(indicateur: Indicateur, nature: str, ordre: int) -> list[object]:
    seuils = indicateur.seuils
    return [
        indicateur.code,
        indicateur.population,
        nature,
        indicateur.imputable,
        indicateur.tolerance_zero,
        seuils.orange if seuils else None,
        seuils.rouge if seuils else None,
        indicateur.mostly,
        ordre,
        indicateur.remede,
    ]
