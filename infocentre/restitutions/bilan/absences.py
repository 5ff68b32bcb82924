"""Why a standard table has no row in a month: not calculated, not delivered, nothing to count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from infocentre.contrat.dictionnaire import contrat
from infocentre.lecture.tableaux import trouver
from infocentre.mesures import Tableau, requis_tableau
from infocentre.mesures.tableaux import sources
from infocentre.noyau.francais import minuscule
from infocentre.noyau.temps import dater, nom_mois
from infocentre.restitutions.document import Bloc
from infocentre.restitutions.redaction import Contenu

Colonnes = Collection[tuple[str, str]]


class Cause(Enum):
    """Why a table has no row."""

    NON_CALCULE = "non calculé"  # the month was controlled before the table existed
    NON_LIVRE = "non livré"
    INUTILISABLE = "inutilisable"  # delivered, but a column says nothing
    RETIRE = "retiré"  # no table has its role
    RIEN = "rien"  # delivered, and nothing of the kind in the period


NON_CALCULABLES = frozenset({Cause.NON_LIVRE, Cause.INUTILISABLE})


@dataclass(frozen=True, slots=True)
class Absence:
    """A table without a row; `manquants` are what was not delivered, or why it is unusable."""

    tableau: Tableau
    cause: Cause
    manquants: tuple[str, ...] = ()

    def dire(self, arrete: dt.date) -> Bloc:
        """Return the sentence that stands in place of the table."""
        (dite,) = Absente(
            self.cause.value,
            self.tableau.titre,
            arrete,
            nom_mois(f"{arrete:%Y-%m}"),
            self.manquants,
            self.tableau.declare.sans_ligne.format(arrete=dater(arrete)),
        ).blocs()
        return dite


@dataclass(frozen=True)
class Absente(Contenu):
    """What is said of a table without a row; `manquants` in words."""

    modele = "commun/absence.md"

    cause: str
    titre: str
    arrete: dt.date
    arrete_mois: str
    manquants: tuple[str, ...]
    sans_ligne: str


def expliquer(
    code: str, livrees: Colonnes, *, calcule: bool, motifs: Mapping[str, str] = MappingProxyType({})
) -> Absence:
    """Return why a table has no row; `livrees` holds the (table, COLUMN), (table, "*") of a month.

    `motifs` says by table why it is not calculable. A table made from those of other tables lacks
    what they lack.
    """
    tableau = trouver(code)
    if not tableau.existe:
        return Absence(tableau, Cause.RETIRE)
    if not calcule:
        return Absence(tableau, Cause.NON_CALCULE)
    manquants = sorted(_requis(tableau) - set(livrees))
    if manquants:
        return Absence(tableau, Cause.NON_LIVRE, tuple(_nommer(*un) for un in manquants))
    inutilisables = dict.fromkeys(motifs[un.code] for un in sources(tableau) if un.code in motifs)
    if inutilisables:
        return Absence(tableau, Cause.INUTILISABLE, tuple(inutilisables))
    return Absence(tableau, Cause.RIEN)


def _requis(tableau: Tableau) -> set[tuple[str, str]]:
    return {paire for un in sources(tableau) for paire in requis_tableau(un)}


def _nommer(table: str, colonne: str) -> str:
    """Return what a delivery lacks: « la table « Demandes actives » », « « Typologie » … »."""
    livree = contrat().tables[table]
    if colonne == "*":
        return f"la table « {livree.libelle} »"
    return f"« {livree.par_nom[colonne].libelle} » ({minuscule(livree.libelle)})"
