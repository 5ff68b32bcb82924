"""Why an indicator or a table is not calculable: what was not delivered, or says nothing.

A column says nothing when too many of its values cannot be read, or are outside their list: what
rests on it would be wrong in silence, whether a person confirmed the delivery or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from infocentre.catalogue.exigences import TABLE_ENTIERE, Paire, nommes, requis
from infocentre.catalogue.modele import Catalogue
from infocentre.contrat import contrat
from infocentre.contrat.intitules import DE_LA_TABLE, nommer_colonne
from infocentre.entrepot.description import Description, TableDecrite, compte_de
from infocentre.noyau.francais import entier, pourcentage

# The contract's rule: more than 5 % of the values of a column, and at least 20 of them.
PART_EN_MASSE, VALEURS_EN_MASSE = 0.05, 20
CITEES = 3
# Published: why an indicator or a table of a month is not calculable (code, departement, mois).
MOTIFS = "motifs_non_calculable"
Motifs = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Nature:
    """What may be wrong with the values of a column, as it is counted and as it is said of them."""

    fait: Literal["illisibles", "hors_liste"]
    dite: str


ILLISIBLE, HORS_LISTE = Nature("illisibles", "illisible"), Nature("hors_liste", "hors de sa liste")
HORS_FORME = Nature("hors_liste", "hors de sa forme")


def natures(table: str, colonne: str) -> tuple[Nature, ...]:
    """Return what may be wrong with the values of a column in mass, so that it says nothing.

    A code outside its list or its form means nothing; what names one thing (a SIREN) is counted
    where it is ill-formed by the indicators themselves.
    """
    une = contrat().tables[table].par_nom[colonne]
    if une.codes:
        return ILLISIBLE, HORS_LISTE
    formee = une.forme and not contrat().formes[une.forme].identifie
    return (ILLISIBLE, HORS_FORME) if formee else (ILLISIBLE,)


def motifs_des_indicateurs(catalogue: Catalogue, description: Description) -> Motifs:
    """Return why each indicator of a delivery is not calculable, None for one that is."""
    # Which columns each rests on is asked of DuckDB's planner: not where all of them say something.
    tout = {(une.nom, colonne) for une in contrat().tables.values() for colonne in une.par_nom}
    parle = motif_non_calculable((), tout, description) is None
    return {
        code: motif_non_calculable(
            requis(catalogue, code), () if parle else nommes(catalogue, code), description
        )
        for code in catalogue.indicateurs
    }


def motif_non_calculable(
    requis: Collection[Paire], nommes: Collection[Paire], description: Description
) -> str | None:
    """Return in French what keeps a rule from being calculated, None when nothing does.

    `requis` are the optional (table, COLUMN | "*") that must have been delivered, `nommes` every
    (table, COLUMN) that must be usable; `description` is that of the delivery.
    """
    raisons = [
        *_en_masse(nommes, description),
        *_sans_registre(nommes, description),
        *_non_livrees(requis, description),
    ]
    if len(raisons) > CITEES + 1:
        autres = len(raisons) - CITEES
        raisons = [
            *raisons[:CITEES],
            f"{autres} autres colonnes non livrées, illisibles ou hors de leur liste",
        ]
    return " ; ".join(raisons) or None


def _non_livrees(requis: Collection[Paire], description: Description) -> Iterator[str]:
    tables = description["tables"]
    for table in sorted({table for table, _ in requis if table not in tables}):
        yield f"table {table} non livrée"
    for table, colonne in sorted(requis):
        if table in tables and colonne not in (TABLE_ENTIERE, *tables[table]["livrees"]):
            yield f"colonne {colonne} {DE_LA_TABLE[table]} non livrée"


def _en_masse(nommes: Collection[Paire], description: Description) -> Iterator[str]:
    for table, colonne in sorted(nommes):
        decrite = description["tables"].get(table)
        if decrite and colonne != TABLE_ENTIERE:
            yield from colonne_en_masse(decrite, table, colonne)


# What the register says of a guichet, and the acts that need it said.
_AU_REGISTRE = {
    "TYPE_GUICHET": ("type", "demandes"),
    "MODE_ENREGISTREMENT": ("mode d'enregistrement", "messages"),
}


def _sans_registre(nommes: Collection[Paire], description: Description) -> Iterator[str]:
    """Say what the register does not know of the guichets of too many acts."""
    dit = description.get("registre")
    for colonne, (sans, tous) in sorted(dit["sans"].items()) if dit else ():
        trop = est_en_masse(sans, tous) or sans == tous > 0
        if trop and ("guichets", colonne) in nommes:
            quoi, actes = _AU_REGISTRE[colonne]
            yield (
                f"{quoi} du guichet inconnu pour {pourcentage(sans / tous, 0)} des {actes} "
                f"({sans} sur {tous}) : registre à compléter"
            )


def colonne_en_masse(decrite: TableDecrite, table: str, colonne: str) -> Iterator[str]:
    """Yield « DATE_SIGNATURE_BAIL illisible pour 38 % des valeurs (112 sur 290) », or nothing."""
    compte = compte_de(decrite, colonne)
    if compte is None:
        return
    sur, nom = compte["renseignees"], nommer_colonne(table, colonne)
    for nature in natures(table, colonne):
        if est_en_masse(combien := compte[nature.fait], sur):
            part = pourcentage(combien / sur, 0)
            sur_combien = f"{entier(combien)} sur {entier(sur)}"
            yield f"{nom} {nature.dite} pour {part} des valeurs ({sur_combien})"


def est_inutilisable(description: Description, table: str, colonne: str) -> bool:
    """Tell a column that says nothing in a delivery."""
    decrite = description["tables"].get(table)
    return decrite is not None and any(colonne_en_masse(decrite, table, colonne))


def est_en_masse(combien: int, renseignees: int) -> bool:
    """Tell a column of which too many values are wrong for a rate to rest on it."""
    return combien >= VALEURS_EN_MASSE and combien > PART_EN_MASSE * renseignees
