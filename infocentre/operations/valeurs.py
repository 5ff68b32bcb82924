"""The published values as programs take them away: the same columns in every export."""

from __future__ import annotations

COLONNES = (
    "code, departement, guichet, mois, numerateur, denominateur, taux, etat_mois, numerateur_12m, "
    "denominateur_12m, taux_12m, nb_mois, etat, borne_basse, borne_haute, rang"
)
TAUX = ("taux", "taux_12m", "borne_basse", "borne_haute")


def sql_valeurs(par: str, condition: str) -> str:
    """Return the SELECT of the values per guichet or per organisme, and the département's rows."""
    colonnes = COLONNES if par == "guichet" else COLONNES.replace("guichet", "guichet AS organisme")
    return (
        f"SELECT {colonnes} FROM valeurs LEFT JOIN regles USING (code) "
        f"WHERE niveau IN ('departement', '{par}') AND {condition} "
        "ORDER BY departement, ordre, valeurs.guichet"
    )
