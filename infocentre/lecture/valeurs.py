"""The published values as programs take them away: the same columns in every export."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.catalogue.motifs import MOTIFS

COLONNES = (
    "code, departement, guichet, mois, numerateur, denominateur, taux, etat_mois, numerateur_12m, "
    "denominateur_12m, taux_12m, nb_mois, etat, borne_basse, borne_haute, rang"
)
DE_L_ETAT = ", valeurs.fenetre, n_etat, d_etat, taux_etat"  # what a state rests on


def sql_motifs(condition: str) -> str:
    """Return the SELECT of why indicators and tables are not calculable."""
    return f"SELECT code, departement, mois, motif FROM {MOTIFS} WHERE {condition} ORDER BY ALL"


def dire_motifs(motifs: Mapping[str, str]) -> str:
    """Return one line per indicator or table that is not calculable, and why."""
    lignes = [f"{code} : {motif}" for code, motif in motifs.items()]
    return "\n".join(["Non calculables (n.c.) :", *lignes]) if lignes else ""


def sql_valeurs(par: str, condition: str, *, etat: bool = False) -> str:
    """Return the SELECT of the values per guichet or per organisme, and the département's rows.

    `etat`: with what each state rests on.
    """
    colonnes = COLONNES if par == "guichet" else COLONNES.replace("guichet", "guichet AS organisme")
    colonnes += DE_L_ETAT if etat else ""
    return (
        f"SELECT {colonnes} FROM valeurs LEFT JOIN regles USING (code) "
        f"WHERE niveau IN ('departement', '{par}') AND {condition} "
        "ORDER BY departement, ordre, valeurs.guichet"
    )
