"""The two tiers that a rule decides: the same person exactly, and the cotitulaire elsewhere."""

from __future__ import annotations

import duckdb

from infocentre.identite.paires import Niveau

# A key shared by more demandes than this is a placeholder rather than a person: each is then
# paired with the oldest alone, so that pairs grow as demandes do.
PLUS_GRAND_GROUPE = 20
EXACT = """{"personne": {"niveau": "même nom, même prénom, même date de naissance"}}"""
FOYER = """{"cotitulaire": {"niveau": "l’un est le cotitulaire de l’autre"}}"""


def chercher_par_regle(con: duckdb.DuckDBPyConnection) -> None:
    """Create `par_regle`: departement, numero_a, numero_b, niveau, details, from `personnes`.

    EXACT: equal `personne`, the key of DBL_ACTIF. FOYER: names and birth date of a cotitulaire
    equal those of the person of another demande of the territory.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE par_regle AS
        SELECT departement, numero_a, numero_b, min_by(niveau, rang) AS niveau,
            min_by(details, rang) AS details
        FROM (
            SELECT departement, least(un, autre) AS numero_a, greatest(un, autre) AS numero_b,
                '{Niveau.EXACT}' AS niveau, '{EXACT}' AS details, 1 AS rang FROM ({_EXACTES})
            UNION ALL
            SELECT departement, least(un, autre), greatest(un, autre),
                '{Niveau.FOYER}', '{FOYER}', 2 FROM ({_FOYERS})
        ) GROUP BY departement, numero_a, numero_b""")


_EXACTES = f"""
    WITH rangees AS (
        SELECT departement, personne, numero_unique, date_creation,
            row_number() OVER groupe AS rang,
            count(*) OVER (PARTITION BY departement, personne) AS n
        FROM personnes WHERE personne IS NOT NULL
        WINDOW groupe AS (PARTITION BY departement, personne ORDER BY date_creation, numero_unique)
    )
    SELECT a.departement, a.numero_unique AS un, b.numero_unique AS autre
    FROM (FROM rangees WHERE n > 1) AS a JOIN (FROM rangees WHERE n > 1) AS b
        ON a.departement = b.departement AND a.personne = b.personne AND a.rang < b.rang
    WHERE a.rang = 1 OR a.n <= {PLUS_GRAND_GROUPE}"""

_CLE = "departement, territoire, nom, prenom, date_naissance"
_FOYERS = f"""
    WITH titulaires AS (
        SELECT {_CLE}, numero_unique FROM personnes
        QUALIFY count(*) OVER (PARTITION BY {_CLE}) <= {PLUS_GRAND_GROUPE}
    ), cotitulaires AS (
        SELECT departement, territoire, nom_cotitulaire AS nom, prenom_cotitulaire AS prenom,
            date_naissance_cotitulaire AS date_naissance, numero_unique FROM personnes
        QUALIFY count(*) OVER (PARTITION BY {_CLE}) <= {PLUS_GRAND_GROUPE}
    )
    SELECT departement, t.numero_unique AS un, c.numero_unique AS autre
    FROM titulaires AS t JOIN cotitulaires AS c USING ({_CLE})
    WHERE t.numero_unique <> c.numero_unique"""
