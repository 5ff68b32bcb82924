"""The version of the standard tables that may be shared: small counts and protectors masked.

The tables of a month are masked together, so that none gives away what another one hides; a plan
says how each adds up, `liens` what they have in common.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infocentre.mesures.liens import PM, TOUTES, Fait, Lien, Place, faits, liens, place
from infocentre.mesures.plans import ENSEMBLE, RESTE, Addition, Ligne, Plan
from infocentre.mesures.secret import PUBLIEE, Cle, Somme, masquer
from infocentre.mesures.tableaux import tableaux

MASQUE = "s"

# What earlier months published of the evolution of the stock: value, and whether it was masked.
Publies = Mapping[Fait, tuple[int, bool]]
Tables = Mapping[str, Sequence[Ligne]]
# The columns that a table hides, by rank of row; a row that hides none is not there.
Caches = Mapping[int, frozenset[str]]
Rang = Hashable
Nommer = Callable[[int, str], Cle]


@dataclass(frozen=True, slots=True)
class Partage:
    """Rows in which MASQUE stands for what is hidden, and how many counts that makes."""

    lignes: list[dict[str, Any]]
    masquees: int


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What the tables of a month hide to be shared together, and what they publish that is new."""

    caches: Mapping[str, Caches]
    neufs: Publies = field(default_factory=dict)


def partager(code: str, lignes: Sequence[Ligne], seuil: int) -> Partage:
    """Return the rows of a standard table alone, in their order, fit to be shared."""
    return partager_ensemble({code: lignes}, seuil)[code]


def partager_ensemble(tables: Tables, seuil: int) -> Mapping[str, Partage]:
    """Return the tables of a month alone, by code, fit to be shared together."""
    return montrer(tables, masquer_ensemble(tables, seuil).caches)


def masquer_ensemble(tables: Tables, seuil: int, publies: Publies | None = None) -> Ensemble:
    """Return what the tables of a month, by code, hide to be shared together after `publies`."""
    ensemble = _Ensemble(tables, publies or {})
    sommes = ensemble.sommes()
    aussi, prix = ensemble.aussi(seuil), ensemble.prix()
    masquees = masquer(ensemble.valeurs, sommes, seuil, aussi, prix)
    caches = {code: table.caches(masquees) for code, table in ensemble.cellules.items()}
    neufs = {
        cle: (valeur, cle in masquees)
        for cle, valeur in ensemble.valeurs.items()
        if cle[0] == TOUTES and cle not in ensemble.publies
    }
    return Ensemble(caches, neufs)


def montrer(tables: Tables, caches: Mapping[str, Caches]) -> Mapping[str, Partage]:
    """Return the rows of tables with MASQUE for what they hide."""
    return {
        code: Partage(
            [
                {
                    nom: MASQUE if nom in caches[code].get(rang, ()) else valeur
                    for nom, valeur in ligne.items()
                }
                for rang, ligne in enumerate(lignes)
            ],
            sum(len(noms & set(tableaux()[code].plan.comptes)) for noms in caches[code].values()),
        )
        for code, lignes in tables.items()
    }


class _Ensemble:
    """The cells of several tables, a fact having one name in all of them."""

    def __init__(self, tables: Tables, publies: Publies) -> None:
        self.tables = tables
        self.publies = publies
        self.valeurs: dict[Any, int] = {un: valeur for un, (valeur, _) in publies.items()}
        self.revisions: set[Cle] = set()
        self.noms: dict[Place | Fait, Cle] = {}
        self.cellules = {
            code: _Cellules(
                tableaux()[code].plan, lignes, code, functools.partial(self._nommer, code)
            )
            for code, lignes in tables.items()
        }
        for table in self.cellules.values():
            self.valeurs |= table.valeurs

    def _nommer(self, code: str, rang: int, nom: str) -> Cle:
        """Name a cell; seen later with another value, a fact is another one."""
        ligne = self.tables[code][rang]
        valeur = ligne[nom]
        cle: Cle = (code, rang, nom)
        for connu in faits(code, ligne, nom) if valeur is not None else ():
            if self.valeurs.setdefault(connu, valeur) == valeur:
                cle = connu
                break
        if "mois" in ligne:
            self.noms[place(code, ligne, nom)] = cle
        return cle

    def sommes(self) -> list[Somme]:
        """Return the sums within each table, then between them.

        Those of a series were seen to when each of its months was published.
        """
        evolution = tableaux().code("evolution") in self.tables
        sommes = [
            somme
            for code, table in self.cellules.items()
            for somme in table.sommes()
            if not (evolution and tableaux()[code].declare.faits.deja_vus)
        ]
        return [*sommes, *filter(None, map(self._lier, liens(self.tables)))]

    def _lier(self, lien: Lien) -> Somme | None:
        total, *parts = (self.noms.get(un, un) for un in (lien.total, *lien.parts))
        if any(cle not in self.valeurs for cle in (total, *parts)):
            return None
        reste = self.valeurs[total] - sum(self.valeurs[part] for part in parts)
        if lien.reste or lien.revision:
            cle = ("revision" if lien.revision else "reste", total, *parts)
            self.valeurs[cle] = reste
            if lien.revision:
                self.revisions.add(cle)
            parts.append(cle)
        elif reste:
            return None
        return Somme(total, tuple(parts)) if reste >= 0 or lien.revision else None

    def aussi(self, seuil: int) -> set[Cle]:
        """Return what to mask besides small counts: twins of small ones, what was masked."""
        jumeaux = {cle for table in self.cellules.values() for cle in table.petits_jumeaux(seuil)}
        return jumeaux | {un for un, (_, masque) in self.publies.items() if masque}

    def prix(self) -> dict[Cle, int]:
        """Return what is dear to mask: what several tables rest on, then what is out already."""
        fois = Counter(self.noms.values())
        communs = {cle for cle, nombre in fois.items() if nombre > 1}
        actives = {cle for cle in self.valeurs if cle[0] == PM and cle[2] == "ACTIVES"}
        return dict.fromkeys(communs | actives, 1) | dict.fromkeys(
            self.publies.keys() | self.revisions, PUBLIEE
        )


class _Cellules:
    """The counts of a table as cells, with the hidden ones that sums imply.

    `nommer` gives the cell of a row and column the name that it has in every table.
    """

    def __init__(
        self, plan: Plan, lignes: Sequence[Ligne], code: str = "", nommer: Nommer | None = None
    ) -> None:
        self.code = code
        self.plan = plan
        self.lignes = lignes
        self.additions = plan.additions(lignes)
        # Rows « Ensemble », one per typology wanted where the table is a matrix.
        self.ensembles = {
            ligne.get("code_recherche"): rang
            for rang, ligne in enumerate(lignes)
            if ligne.get("code", ligne.get("code_attribue")) == ENSEMBLE
        }
        self.valeurs: dict[Cle, int] = {}
        self.noms: dict[tuple[Rang, str], Cle] = {}
        for rang, ligne in enumerate(lignes):
            for nom in plan.comptes:
                if isinstance(ligne[nom], int):
                    cle = self.noms[rang, nom] = (nommer or self.cle)(rang, nom)
                    self.valeurs[cle] = ligne[nom]
        self._completer()

    def cle(self, rang: Rang, nom: str) -> Cle:
        """Return the name of a cell, or of what a sum leaves."""
        return self.noms.get((rang, nom), (self.code, rang, nom))

    def _completer(self) -> None:
        for rang in range(len(self.lignes)):
            for total, parts in self.plan.sommes:
                if RESTE in parts:
                    autres = [self.cle(rang, part) for part in parts if part != RESTE]
                    reste = self.cle(rang, _reste(total, parts))
                    self._deduire(reste, self.cle(rang, total), autres)
        for addition in self.additions:
            for nom in self._colonnes() if addition.reste else ():
                autres = [self.cle(part, nom) for part in addition.parts]
                reste = self.cle(_autres(addition), nom)
                self._deduire(reste, self.cle(addition.total, nom), autres)

    def _deduire(self, cle: Cle, total: Cle, parts: Sequence[Cle]) -> None:
        if total in self.valeurs and all(part in self.valeurs for part in parts):
            reste = self.valeurs[total] - sum(self.valeurs[part] for part in parts)
            if reste >= 0:
                self.valeurs[cle] = reste

    def _colonnes(self) -> list[str]:
        """Return the counts, told or left by a sum, that add up from row to row."""
        plan = self.plan
        restes = [
            _reste(total, parts)
            for total, parts in plan.sommes
            if RESTE in parts and total not in plan.constantes
        ]
        return [*(nom for nom in plan.comptes if nom not in plan.constantes), *restes]

    def sommes(self) -> Iterator[Somme]:
        """Yield the sums along rows, then from row to row."""
        rangs: list[Rang] = [*range(len(self.lignes)), *map(_autres, self.additions)]
        for rang in rangs:
            for total, parts in self.plan.sommes:
                noms = [_reste(total, parts) if part == RESTE else part for part in parts]
                yield Somme(self.cle(rang, total), tuple(self.cle(rang, nom) for nom in noms))
        for addition in self.additions:
            reste = [_autres(addition)] if addition.reste else []
            for nom in self._colonnes():
                parts_cles = tuple(self.cle(rang, nom) for rang in [*addition.parts, *reste])
                yield Somme(self.cle(addition.total, nom), parts_cles)

    def petits_jumeaux(self, seuil: int) -> set[Cle]:
        """Return the counts to mask because the one that hardly differs from them is small."""
        return {
            self.cle(rang, modele)
            for rang, ligne in enumerate(self.lignes)
            for jumeau, modele in self.plan.jumeaux.items()
            if ligne[jumeau] is not None and 0 < ligne[jumeau] < seuil
        }

    def caches(self, masquees: Collection[Cle]) -> Caches:
        """Return the columns that each row must hide: masked cells, and what tells of them."""
        caches = {rang: self._caches(rang, masquees) for rang in range(len(self.lignes))}
        return {rang: noms for rang, noms in caches.items() if noms}

    def _caches(self, rang: int, masquees: Collection[Cle]) -> frozenset[str]:
        plan = self.plan
        ensemble = self.ensembles.get(self.lignes[rang].get("code_recherche"))
        cachees = {nom for nom in plan.comptes if self.cle(rang, nom) in masquees}
        cachees |= {
            nom for nom, source in plan.repetes.items() if self.cle(ensemble, source) in masquees
        }
        cachees |= {nom for nom, modele in plan.jumeaux.items() if modele in cachees}
        cachees |= {
            nom
            for nom, source in plan.cumuls.items()
            if any(self.cle(autre, source) in masquees for autre in range(len(self.lignes)))
        }
        # In two turns: a derived column may rest on another one.
        for _ in range(2):
            cachees |= {nom for nom, de in plan.derives.items() if not cachees.isdisjoint(de)}
        return frozenset(cachees)


def _reste(total: str, parts: Iterable[str]) -> str:
    return f"{total} - {' - '.join(part for part in parts if part != RESTE)}"


def _autres(addition: Addition) -> Rang:
    return ("autres", addition.total, addition.parts)
