"""Tables and columns of the deliveries, named in a sentence."""

from __future__ import annotations

from infocentre.contrat.dictionnaire import contrat

DE_LA_TABLE = {
    "stock": "du stock",
    "radiation": "des radiations",
    "guichets": "des guichets",
    "journal": "du journal",
    "messages": "des messages",
    "plis": "des plis",
    "voeux": "des vœux",
    "utilisateurs": "des utilisateurs",
    "identites": "des identités",
}


def nommer_colonne(table: str, colonne: str) -> str:
    """Name a column in a sentence, with its table when another table has it too."""
    partagee = sum(colonne in une.par_nom for une in contrat().tables.values()) > 1
    return f"{colonne} {DE_LA_TABLE[table]}" if partagee else colonne
