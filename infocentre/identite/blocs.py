"""Which pairs are worth comparing: those that share a block, none of which is large.

A demande is in a block per key that it has. Its birth date is a key with an initial, its two
initials whatever their order, or its postcode: a date alone is shared by strangers, who would be
half of the pairs. Its two names, whatever their order, are one alone and with the day and month:
where names are common, a year mistyped is found by the latter. Then the beginnings of its names
with the year, its cotitulaire, its first name with the year and postcode. Two demandes of one
person that share no key are never compared.
"""

from __future__ import annotations

import duckdb

# No block holds more demandes: a larger one is cut by a second key, and what is still larger is
# left out and counted. So pairs grow as demandes do, whatever the names.
PLUS_GRAND_BLOC = 50
_DEUX_NOMS = "'noms', least({nom}, prenom), greatest({nom}, prenom)"
_NOMMEE = "nom IS NOT NULL AND prenom IS NOT NULL"
_CLES = (
    # key, condition, what cuts a block that is too large
    ("'date', naissance, left(prenom, 1)", "naissance IS NOT NULL AND prenom IS NOT NULL", "nom"),
    ("'jour', naissance, left(nom, 1)", "naissance IS NOT NULL AND nom IS NOT NULL", "prenom"),
    (
        "'initiales', naissance, least(nom[1], prenom[1]), greatest(nom[1], prenom[1])",
        f"naissance IS NOT NULL AND {_NOMMEE}",
        "greatest(nom, prenom)",
    ),
    (
        "'chez', naissance, code_postal",
        "naissance IS NOT NULL AND code_postal IS NOT NULL",
        "left(prenom, 1)",
    ),
    (_DEUX_NOMS.format(nom="nom"), _NOMMEE, "annee"),
    (f"{_DEUX_NOMS.format(nom='nom')}, chiffres[5:8]", f"{_NOMMEE} AND jour_connu", "code_postal"),
    (
        _DEUX_NOMS.format(nom="nom_naissance"),
        "nom_naissance IS NOT NULL AND nom_naissance <> coalesce(nom, '') AND prenom IS NOT NULL",
        "annee",
    ),
    (
        "'debuts', left(nom, 3), left(prenom, 3), annee",
        f"{_NOMMEE} AND annee IS NOT NULL",
        "code_postal",
    ),
    (
        "'cotitulaire', nom_cotitulaire, prenom_cotitulaire, date_naissance_cotitulaire",
        "prenom_cotitulaire IS NOT NULL AND date_naissance_cotitulaire IS NOT NULL",
        "left(prenom, 1)",
    ),
    (
        "'prenom', prenom, annee, code_postal",
        "prenom IS NOT NULL AND annee IS NOT NULL AND code_postal IS NOT NULL",
        "left(nom, 1)",
    ),
)


def chercher_candidates(con: duckdb.DuckDBPyConnection) -> int:
    """Create `candidates` (ligne_a < ligne_b) from `personnes`, one at least in `nouvelles`.

    Return how many demandes were in a block that is too large, and left out of it.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE cles AS {_sql_cles()}")
    taille = "count(*) OVER (PARTITION BY cle)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE blocs AS
        SELECT ligne, cle FROM (
            SELECT ligne, if(n > {PLUS_GRAND_BLOC}, hash(cle, coupe), cle) AS cle
            FROM (SELECT *, {taille} AS n FROM cles)
        )""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE trop_grands AS
        SELECT cle, count(*) AS n FROM blocs GROUP BY cle HAVING n > {PLUS_GRAND_BLOC}""")
    con.execute("DROP TABLE cles")
    con.execute("""
        CREATE OR REPLACE TABLE candidates AS
        SELECT DISTINCT least(a.ligne, b.ligne) AS ligne_a, greatest(a.ligne, b.ligne) AS ligne_b
        FROM (FROM blocs SEMI JOIN nouvelles USING (ligne) ANTI JOIN trop_grands USING (cle)) AS a
        JOIN blocs AS b ON a.cle = b.cle AND a.ligne <> b.ligne
        ORDER BY ALL""")
    ((laissees,),) = con.execute("SELECT coalesce(sum(n), 0) FROM trop_grands").fetchall()
    con.execute("DROP TABLE blocs; DROP TABLE trop_grands")
    return int(laissees)


def _sql_cles() -> str:
    return " UNION ALL ".join(
        f"SELECT ligne, hash(departement, territoire, {cle}) AS cle, hash({coupe}) AS coupe "
        f"FROM personnes WHERE {condition}"
        for cle, condition, coupe in _CLES
    )
