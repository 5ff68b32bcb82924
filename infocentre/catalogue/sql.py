"""The SQL that a catalogue stands for: counts of a population, units in anomaly of a rule."""

from __future__ import annotations

import re

from infocentre.catalogue.analyse import colonnes_nommees
from infocentre.catalogue.modele import Catalogue, Indicateur
from infocentre.catalogue.schema import types_colonnes
from infocentre.entrepot.relations import citer

MARQUE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
NON_RENSEIGNE = "non renseigné"


def sql_comptes(catalogue: Catalogue, nom_population: str) -> str:
    """Return one SELECT in one scan, grain departement × guichet × mois × mois_juge.

    Columns: departement, guichet, mois, mois_juge ('AAAA-MM'), then d_<CODE> and n_<CODE>.
    """
    indicateurs = catalogue.de_population(nom_population)
    comptes = "".join(f",\n        {_comptes(un)}" for un in indicateurs)
    colonnes = "".join(f",\n    d_{un.code},\n    n_{un.code}" for un in indicateurs)
    return f"""select
    departement,
    guichet,
    mois,
    strftime(debut_mois_juge, '%Y-%m') as mois_juge{colonnes}
from (
    select
        departement,
        guichet,
        mois,
        date_trunc('month', jour) as debut_mois_juge{comptes}
    from (
{catalogue.populations[nom_population].sql}
    ) as population
    group by all
) as comptes"""


def sql_anomalies(catalogue: Catalogue, code: str) -> str:
    """Return the SELECT of the units in anomaly over both windows, one row per unit.

    Columns: code, departement, guichet, mois, mois_juge, jour, unite, numero_unique, explication,
    gravite (null where the indicator has none).
    """
    indicateur = catalogue.indicateurs[code]
    population = catalogue.populations[indicateur.population].sql
    types = types_colonnes(population)
    explication = sql_explication(indicateur.explication, types)
    return f"""select
    '{code}' as code,
    departement,
    guichet,
    mois,
    strftime(jour, '%Y-%m') as mois_juge,
    jour,
    unite,
    numero_unique,
    {explication} as explication,
    {_sql_gravite(indicateur, types)} as gravite
from (
{population}
) as population
where
    {condition(indicateur)}"""


def sql_constats(catalogue: Catalogue, nom_population: str) -> str:
    """Return one SELECT in one scan: the units in anomaly of each month, in its own window.

    Columns: code, departement, mois, unite, guichet, numero_unique.
    """
    conditions = {un.code: condition(un) for un in catalogue.de_population(nom_population)}
    codes = ", ".join(f"case when {regle} then '{code}' end" for code, regle in conditions.items())
    en_anomalie = " or ".join(f"({regle})" for regle in conditions.values())
    return f"""select
    unnest(list_filter([{codes}], un_code -> un_code is not null)) as code,
    departement,
    mois,
    unite,
    guichet,
    numero_unique
from (
{catalogue.populations[nom_population].sql}
) as population
where
    jour between date_trunc('month', arrete) and arrete
    and ({en_anomalie})"""


def condition(indicateur: Indicateur) -> str:
    """Return the condition that puts a unit of the population in the numerator."""
    if indicateur.applicable is None:
        return f"({indicateur.anomalie}\n)"
    return f"({indicateur.applicable}\n) and ({indicateur.anomalie}\n)"


def sql_explication(modele: str, types: dict[str, str]) -> str:
    """Return the SQL that fills a template: {column} is written as a person reads it."""
    morceaux = MARQUE.split(modele)
    termes = [
        _valeur_lisible(morceau, types[morceau]) if rang % 2 else citer(morceau)
        for rang, morceau in enumerate(morceaux)
        if morceau
    ]
    return f"concat({', '.join(termes)})"


def _sql_gravite(indicateur: Indicateur, types: dict[str, str]) -> str:
    """Return how far a unit is beyond the rule; a population of before may not have the columns."""
    gravite = indicateur.gravite
    if gravite is None or not colonnes_nommees(gravite.mesure) <= types.keys():
        return "null::bigint"
    return f"({gravite.mesure})::bigint"


def _comptes(un: Indicateur) -> str:
    filtre = f" filter (where {un.applicable}\n)" if un.applicable else ""
    return (
        f"count(*){filtre} as d_{un.code},\n"
        f"        count(*) filter (where {condition(un)}) as n_{un.code}"
    )


def _valeur_lisible(colonne: str, type_sql: str) -> str:
    lisible = colonne
    if type_sql == "DATE" or type_sql.startswith("TIMESTAMP"):
        lisible = f"strftime({colonne}, '%d/%m/%Y')"
    elif type_sql in ("DOUBLE", "FLOAT"):
        lisible = f"replace(format('{{:.10g}}', {colonne}), '.', ',')"
    elif type_sql == "BOOLEAN":
        lisible = f"case {colonne} when true then 'oui' when false then 'non' end"
    elif type_sql != "VARCHAR":
        lisible = f"replace({colonne}::varchar, '.', ',')"
    return f"coalesce({lisible}, '{NON_RENSEIGNE}')"
