"""What the names say of duplicates, drawn from them before they are set apart.

Two facts per active demande, which values are counted from; and the other demande of each
duplicate, which people need to act.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import duckdb

from infocentre.contrat.listes import Motif
from infocentre.entrepot.liens import Lien

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
    normaliser_noms(con, ("nom", "prenom"))
    con.execute(f"""
        CREATE OR REPLACE TABLE personnes AS
        SELECT numero_unique, {sql_personne("numero_unique", "nom", "prenom", "naissance")}
            AS personne
        FROM (
            SELECT i.numero_unique, n.normal AS nom, p.normal AS prenom,
                i.date_naissance AS naissance
            FROM identites AS i
            LEFT JOIN noms AS n ON i.nom = n.texte LEFT JOIN noms AS p ON i.prenom = p.texte
            WHERE i.motif IS NULL
        )""")
    con.execute(f"""
        CREATE OR REPLACE TABLE faits AS
        WITH actives AS (
            SELECT numero_unique, date_creation, personne
            FROM stock INNER JOIN personnes USING (numero_unique) WHERE motif IS NULL
        ), relogees AS (
            SELECT personne, max(date_signature_bail) AS dernier_bail
            FROM radiation INNER JOIN personnes USING (numero_unique)
            WHERE motif IS NULL AND motif_radiation = '{Motif.ATTRIBUTION}'
                AND personne IS NOT NULL
            GROUP BY personne
        )
        SELECT numero_unique, personne IS NOT NULL AND row_number() OVER (
                PARTITION BY personne ORDER BY date_creation, numero_unique
            ) > 1 AS doublon_plus_ancien,
            coalesce(dernier_bail >= date_creation, false) AS deja_reloge
        FROM actives LEFT JOIN relogees USING (personne)""")


def sql_personne(numero: str, nom: str, prenom: str, naissance: str) -> str:
    """Return the key of a person and territory, null when a part is empty; names normalised."""
    return (
        f"CASE WHEN {nom} <> '' AND {prenom} <> '' AND {naissance} IS NOT NULL "
        f"THEN concat_ws('|', substring({numero}, 1, 3), {nom}, {prenom}, {naissance}) END"
    )


def relier(con: duckdb.DuckDBPyConnection) -> None:
    """Create `liens`: per numéro and indicator, the other demande of the same person and territory.

    DBL_ACTIF: the oldest active demande, the one to keep. DBL_RELOGE: the attribution of the last
    lease. DBL_FORCE: a demande that was there before, active rather than radiée, the oldest first;
    failing that one made since; null when there is none. After `calculer_faits`.
    """
    con.execute("""
        CREATE OR REPLACE TEMP VIEW connues AS
        SELECT numero_unique, personne, active, date_creation, doublon_force,
            cle_guichetcreateur AS guichet, guichet_enregistreur AS gestionnaire,
            date_radiation, date_signature_bail AS date_bail, motif_radiation
        FROM (
            SELECT *, true AS active FROM stock WHERE motif IS NULL
            UNION ALL BY NAME SELECT *, false AS active FROM radiation WHERE motif IS NULL
        ) LEFT JOIN personnes USING (numero_unique)""")
    con.execute(f"""
        CREATE OR REPLACE TABLE liens AS
        WITH paires AS MATERIALIZED ({" UNION ALL ".join(_PAIRES)})
        SELECT p.numero_unique, p.code, c.numero_unique AS autre_numero, c.guichet AS autre_guichet,
            c.gestionnaire AS autre_gestionnaire, c.date_creation AS autre_date_creation,
            c.date_radiation AS autre_date_radiation,
            if(p.code = '{Lien.RELOGE}', c.date_bail, NULL) AS autre_date_bail
        FROM paires AS p LEFT JOIN connues AS c ON c.numero_unique = p.autre""")


_ANCIENNE = "(a.date_creation, a.numero_unique) < (d.date_creation, d.numero_unique)"
_PAIRES = (
    f"""
    SELECT numero_unique, '{Lien.ACTIF}' AS code, ancienne AS autre
    FROM faits INNER JOIN personnes USING (numero_unique) INNER JOIN (
        SELECT personne, arg_min(numero_unique, (date_creation, numero_unique)) AS ancienne
        FROM connues WHERE active AND personne IS NOT NULL GROUP BY personne
    ) USING (personne) WHERE doublon_plus_ancien""",
    f"""
    SELECT numero_unique, '{Lien.RELOGE}' AS code, relogee AS autre
    FROM faits INNER JOIN personnes USING (numero_unique) INNER JOIN (
        SELECT personne, arg_max(numero_unique, (date_bail, numero_unique)) AS relogee
        FROM connues WHERE motif_radiation = '{Motif.ATTRIBUTION}' AND date_bail IS NOT NULL
            AND personne IS NOT NULL GROUP BY personne
    ) USING (personne) WHERE deja_reloge""",
    f"""
    SELECT d.numero_unique, '{Lien.FORCE}' AS code, arg_min(a.numero_unique,
            (NOT {_ANCIENNE}, NOT a.active, a.date_creation, a.numero_unique)) AS autre
    FROM connues AS d LEFT JOIN connues AS a
        ON a.personne = d.personne AND a.numero_unique <> d.numero_unique
    WHERE d.doublon_force = 1 GROUP BY d.numero_unique""",
)


def normaliser_noms(con: duckdb.DuckDBPyConnection, colonnes: Sequence[str]) -> None:
    """Create `noms`: texte and normal, of each text of these columns of `identites`."""
    textes = " UNION ".join(f"SELECT {colonne} AS texte FROM identites" for colonne in colonnes)
    con.execute(f"""
        CREATE OR REPLACE TABLE noms AS
        SELECT texte, regexp_replace(upper(texte), '[^A-Z]', '', 'g') AS normal
        FROM ({textes}) WHERE texte IS NOT NULL""")
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
