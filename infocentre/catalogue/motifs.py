"""Why an indicator or a table is not calculable in a month: not delivered, or not readable."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from infocentre.catalogue.exigences import TABLE_ENTIERE, nommes, requis
from infocentre.catalogue.modele import Catalogue
from infocentre.contrat.phrases import DE_LA_TABLE, nommer_colonne
from infocentre.entrepot.description import Description, compte_de
from infocentre.noyau.francais import pourcentage

# The contract's rule: more than 5 % of the values of a column, and at least 20 of them.
PART_ILLISIBLE, ILLISIBLES = 0.05, 20
CITEES = 3
# Published: why an indicator or a table of a month is not calculable (code, departement, mois).
MOTIFS = "motifs_non_calculable"
Paire = tuple[str, str]
Motifs = dict[str, str | None]


def motifs_des_indicateurs(catalogue: Catalogue, description: Description) -> Motifs:
    """Return why each indicator of a delivery is not calculable, None for one that is."""
    return {
        code: motif_non_calculable(requis(catalogue, code), nommes(catalogue, code), description)
        for code in catalogue.indicateurs
    }


def motif_non_calculable(
    requis: Collection[Paire], nommes: Collection[Paire], description: Description
) -> str | None:
    """Return in French what keeps a rule from being calculated, None when nothing does.

    `requis` are the optional (table, COLUMN | "*") that must have been delivered, `nommes` every
    (table, COLUMN) that must be readable; `description` is that of the delivery.
    """
    raisons = [
        *_illisibles(nommes, description),
        *_sans_registre(nommes, description),
        *_non_livrees(requis, description),
    ]
    if len(raisons) > CITEES + 1:
        autres = len(raisons) - CITEES
        raisons = [*raisons[:CITEES], f"{autres} autres colonnes non livrées ou illisibles"]
    return " ; ".join(raisons) or None


def _non_livrees(requis: Collection[Paire], description: Description) -> Iterator[str]:
    tables = description["tables"]
    for table in sorted({table for table, _ in requis if table not in tables}):
        yield f"table {table} non livrée"
    for table, colonne in sorted(requis):
        if table in tables and colonne not in (TABLE_ENTIERE, *tables[table]["livrees"]):
            yield f"colonne {colonne} {DE_LA_TABLE[table]} non livrée"


def _illisibles(nommes: Collection[Paire], description: Description) -> Iterator[str]:
    for table, colonne in sorted(nommes):
        decrite = description["tables"].get(table)
        compte = compte_de(decrite, colonne) if decrite else None
        if compte and est_illisible(compte["illisibles"], compte["renseignees"]):
            yield illisible(table, colonne, compte["illisibles"], compte["renseignees"])


# What the register says of a guichet, and the acts that need it said.
_AU_REGISTRE = {
    "TYPE_GUICHET": ("type", "demandes"),
    "MODE_ENREGISTREMENT": ("mode d'enregistrement", "messages"),
}


def _sans_registre(nommes: Collection[Paire], description: Description) -> Iterator[str]:
    """Say what the register does not know of the guichets of too many acts."""
    dit = description.get("registre")
    for colonne, (sans, tous) in sorted(dit["sans"].items()) if dit else ():
        trop = est_illisible(sans, tous) or sans == tous > 0
        if trop and ("guichets", colonne) in nommes:
            quoi, actes = _AU_REGISTRE[colonne]
            yield (
                f"{quoi} du guichet inconnu pour {pourcentage(sans / tous, 0)} des {actes} "
                f"({sans} sur {tous}) : registre à compléter"
            )


def est_illisible(illisibles: int, renseignees: int) -> bool:
    """Tell a column of which too much cannot be read for a rate to rest on it."""
    return illisibles >= ILLISIBLES and illisibles > PART_ILLISIBLE * renseignees


def illisible(table: str, colonne: str, illisibles: int, renseignees: int) -> str:
    """Return « DATE_SIGNATURE_BAIL illisible pour 38 % des valeurs (112 sur 290) »."""
    part = pourcentage(illisibles / renseignees, 0)
    return (
        f"{nommer_colonne(table, colonne)} illisible pour {part} des valeurs "
        f"({illisibles} sur {renseignees})"
    )
