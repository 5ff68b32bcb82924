"""The two duplicate facts of a demande, drawn from the names before they are set apart."""

from __future__ import annotations

import re
import unicodedata

import duckdb

LIGATURES = str.maketrans({"ß": "SS", "ẞ": "SS", "Œ": "OE", "Æ": "AE"})


def nom_normalise(texte: str) -> str:
    """Return a name as it is compared: upper case, ligatures spelt out, A–Z only."""
    decompose = unicodedata.normalize("NFKD", texte.upper().translate(LIGATURES))
    return re.sub("[^A-Z]", "", decompose)


def calculer_faits(con: duckdb.DuckDBPyConnection) -> None:
    """Create `faits`: per active numéro with an identity, is an older one there, is it rehoused.

    Same person and territory = equal first three characters of the numéro and equal name, first
    name and birth date; an empty part matches nobody. Source: indicateurs.md.
    """
    _normaliser_noms(con)
    con.execute("""
        CREATE OR REPLACE TABLE personnes AS
        SELECT numero_unique, CASE WHEN nom <> '' AND prenom <> '' AND naissance IS NOT NULL
            THEN concat_ws('|', substring(numero_unique, 1, 3), nom, prenom, naissance)
            END AS personne
        FROM (
            SELECT i.numero_unique, n.normal AS nom, p.normal AS prenom,
                i.date_naissance AS naissance
            FROM identites AS i
            LEFT JOIN noms AS n ON i.nom = n.texte LEFT JOIN noms AS p ON i.prenom = p.texte
            WHERE i.motif IS NULL
        )""")
    con.execute("""
        CREATE OR REPLACE TABLE faits AS
        WITH actives AS (
            SELECT numero_unique, date_creation, personne
            FROM stock INNER JOIN personnes USING (numero_unique) WHERE motif IS NULL
        ), relogees AS (
            SELECT personne, max(date_signature_bail) AS dernier_bail
            FROM radiation INNER JOIN personnes USING (numero_unique)
            WHERE motif IS NULL AND motif_radiation = 'RADATT' AND personne IS NOT NULL
            GROUP BY personne
        )
        SELECT numero_unique, personne IS NOT NULL AND row_number() OVER (
                PARTITION BY personne ORDER BY date_creation, numero_unique
            ) > 1 AS doublon_plus_ancien,
            coalesce(dernier_bail >= date_creation, false) AS deja_reloge
        FROM actives LEFT JOIN relogees USING (personne)""")


def _normaliser_noms(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        CREATE OR REPLACE TABLE noms AS
        SELECT texte, regexp_replace(upper(texte), '[^A-Z]', '', 'g') AS normal
        FROM (SELECT nom AS texte FROM identites UNION SELECT prenom FROM identites)
        WHERE texte IS NOT NULL""")
    accentues = [
        texte
        for (texte,) in con.execute(
            r"SELECT texte FROM noms WHERE regexp_matches(texte, '[^\x00-\x7F]')"
        ).fetchall()
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE accentues (texte VARCHAR, normal VARCHAR)")
    con.execute(
        "INSERT INTO accentues SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [accentues, [nom_normalise(texte) for texte in accentues]],
    )
    con.execute(
        "UPDATE noms SET normal = accentues.normal FROM accentues "
        "WHERE noms.texte = accentues.texte"
    )
