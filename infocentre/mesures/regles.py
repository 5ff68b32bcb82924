"""The catalogue as a table, so that every measure is plain SQL."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infocentre.catalogue import Catalogue, Indicateur
    from infocentre.mesures.connexion import Connexion

_SCHEMA = """
create or replace table regles (
    code varchar, population varchar, nature varchar, imputable varchar, tolerance_zero boolean,
    seuil_orange double, seuil_rouge double, mostly double, ordre integer, remede varchar,
    fenetre varchar, sortie_corrige boolean
)
"""


def ecrire_regles(con: Connexion, catalogue: Catalogue) -> None:
    """Replace `regles`: one row per indicator, thresholds as ratios, `ordre` as published.

    `fenetre` is the window that a state rests on, 'mois' or '12m'.
    """
    con.execute(_SCHEMA)
    lignes = [
        _ligne(catalogue, indicateur, ordre)
        for ordre, indicateur in enumerate(catalogue.indicateurs.values())
    ]
    if lignes:  # in one statement: each costs as much as all
        valeurs = ", ".join(f"({', '.join('?' * len(ligne))})" for ligne in lignes)
        con.execute(f"insert into regles values {valeurs}", list(chain.from_iterable(lignes)))


def completer_regles(con: Connexion) -> None:
    """Give the rules of a version published before `fenetre`: what `Catalogue.fenetre` says."""
    con.execute("alter table regles add column if not exists fenetre varchar")
    con.execute(
        "update regles set fenetre = if(nature = 'stock' or tolerance_zero, 'mois', '12m') "
        "where fenetre is null"
    )


def _ligne(catalogue: Catalogue, indicateur: Indicateur, ordre: int) -> list[object]:
    seuils = indicateur.seuils
    return [
        indicateur.code,
        indicateur.population,
        catalogue.populations[indicateur.population].nature,
        indicateur.imputable,
        indicateur.tolerance_zero,
        seuils.orange if seuils else None,
        seuils.rouge if seuils else None,
        indicateur.mostly,
        ordre,
        indicateur.remede,
        catalogue.fenetre(indicateur),
        indicateur.sortie_corrige,
    ]
