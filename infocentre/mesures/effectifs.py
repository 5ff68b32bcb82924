"""What the indicators of a month hide to be shared together: one decision for all of a window.

An indicator tells three counts of a place: its anomalies, the units that it judges, those that are
right. Indicators share their effectifs, leave out of them what another one counts, and places add
up: it is one system of cells, masked at once. A place of an indicator that hides one of its counts
hides all three; a count stays told when another indicator tells it.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from infocentre.catalogue import Indicateur
from infocentre.mesures.diffusions import Systeme, completer, masquer_apres
from infocentre.mesures.secret import (
    COMMUNE,
    ESSENTIELLE,
    INITIES,
    INVISIBLE,
    ORDINAIRE,
    PUBLIEE,
    Cle,
    Detenteurs,
    Somme,
)
from infocentre.mesures.valeurs import SANS_TYPE

DEPARTEMENT, TYPE, ORGANISME, PARTIE = "departement", "type", "organisme", "partie"
_DEHORS = "hors registre"
TOTAL = (DEPARTEMENT, "*")
_PRIX = {DEPARTEMENT: ESSENTIELLE, TYPE: COMMUNE, ORGANISME: ORDINAIRE}
_ANOMALIES, _UNITES, _JUSTES, _RESTE = "anomalies", "unites", "justes", "reste"
# Values that two columns have at least, for them to be the same by no chance.
_DISTINCTES = 3

# What is counted, and where: a level and its key.
Quoi = tuple[Any, ...]
Lieu = tuple[str, str]
Colonne = Mapping[Lieu, int]


class Compte(NamedTuple):
    """Anomalies among the units of a place, of which there are some.

    A place is the département, a type, an organisme, or what guichets of a type an organisme has.
    """

    lieu: Lieu
    n: int
    d: int


def partie(organisme: str, type_guichet: str) -> Lieu:
    """Return the place that an organisme's guichets of a type are."""
    return PARTIE, f"{organisme} {type_guichet}"


def detenteurs(lieux: Iterable[Lieu], epci: Mapping[Lieu, str]) -> Detenteurs:
    """Return who knows a count, given the places that have some: its organisme, its EPCI.

    An EPCI reads the guichets that lie in it: `epci` names that of each part which has no guichet
    elsewhere. One that is alone in a type, by its guichets, knows those of the type; what is out of
    the register is nobody's.
    """
    siens: dict[Lieu, tuple[str, ...]] = {(TYPE, SANS_TYPE): (INITIES,)}
    de_types: dict[str, set[str]] = defaultdict(set)
    lus: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for niveau, cle in lieux:
        if niveau == PARTIE:
            organisme, type_guichet = cle.rsplit(" ", 1)
            le_sien = (f"EPCI {epci[niveau, cle]}",) if (niveau, cle) in epci else ()
            siens[niveau, cle] = (organisme, *le_sien)
            lus[organisme].add(le_sien)
            de_types[type_guichet].add(organisme)
    for organisme, dits in lus.items():
        siens[ORGANISME, organisme] = (organisme, *(dits.pop() if len(dits) == 1 else ()))
    siens |= {(TYPE, un): tuple(seuls) for un, seuls in de_types.items() if len(seuls) == 1}
    return lambda cle: siens.get(cle[1], (INITIES,) if cle[1][0] == _DEHORS else ())


@dataclass(slots=True)
class Cellules:
    """Counts of places, and the sums that bind them."""

    valeurs: dict[Any, int] = field(default_factory=dict)
    sommes: list[Somme] = field(default_factory=list)

    def compter(self, quoi: Quoi, colonne: Colonne) -> None:
        """Add what is counted in places: types make the département, organismes make it too.

        So do its organismes make a type, or the parts of them that are of this type.
        """
        self.valeurs |= {(quoi, lieu): nombre for lieu, nombre in colonne.items() if nombre}
        for total, parts in qui_fait(colonne):
            reste = colonne.get(total, 0) - sum(colonne[un] for un in parts)
            dehors: Lieu = (TYPE, SANS_TYPE)
            if reste > 0 and colonne.get(dehors) != reste:
                dehors = (_DEHORS, " ".join((*total, parts[0][0])))
                self.valeurs[quoi, dehors] = reste
            tous = [*parts, dehors] if reste > 0 else parts
            self.additionner((quoi, total), [(quoi, un) for un in tous])

    def additionner(self, total: Cle, parts: Iterable[Cle]) -> None:
        """Bind a count to those that make it, unless they make another one: a zero is no cell."""
        siennes = tuple(dict.fromkeys(un for un in parts if un in self.valeurs and un != total))
        if siennes and self.valeurs.get(total) == sum(self.valeurs[un] for un in siennes):
            self.sommes.append(Somme(total, siennes))


def qui_fait(colonne: Colonne) -> Iterator[tuple[Lieu, list[Lieu]]]:
    """Yield the places that others make, and these."""
    parties = [tuple(cle.rsplit(" ", 1)) for niveau, cle in colonne if niveau == PARTIE]
    types = Counter(organisme for organisme, _ in parties)
    siennes: dict[Lieu, list[Lieu]] = defaultdict(list)
    for organisme, type_guichet in parties:
        entier, part = (ORGANISME, organisme), partie(organisme, type_guichet)
        seul = types[organisme] == 1 and entier in colonne
        siennes[TYPE, type_guichet].append(entier if seul else part)
        if not seul:
            siennes[entier].append(part)
    for niveau in (TYPE, ORGANISME):
        if parts := [lieu for lieu in colonne if lieu[0] == niveau]:
            yield TOTAL, parts
    yield from siennes.items()


@dataclass(frozen=True, slots=True)
class Fenetre:
    """The indicators of a window, and what standard tables print of their counts.

    `lignes`: the counts of a code. `imprimes`: what a table tells of the département, its count,
    or None where it hides it. `epci`: that of the parts which lie in one.
    """

    regles: Mapping[str, Indicateur]
    lignes: Mapping[str, Sequence[Compte]]
    imprimes: Mapping[Quoi, int | None]
    seuil: int
    epci: Mapping[Lieu, str]

    def masquer(self, anciens: Sequence[Systeme] = ()) -> tuple[set[tuple[str, Lieu]], Systeme]:
        """Return the places of codes to mask, and what is told as the register keeps it.

        Units first, which every indicator that judges them would lose; then the rest. A count that
        is in no place shown, and not masked, is held for told all the same.
        """
        cellules, places = self._cellules(), self._places()
        systeme = Systeme(cellules.valeurs, completer(cellules.valeurs, cellules.sommes))
        lieux = (une.lieu for lignes in self.lignes.values() for une in lignes)
        connaissent = detenteurs(lieux, self.epci)
        caches: frozenset[Cle] = frozenset(
            (quoi, TOTAL) for quoi, dit in self.imprimes.items() if dit is None
        )
        for noms in ({_UNITES, _RESTE}, {_UNITES, _RESTE, _ANOMALIES, _JUSTES}):
            prix = self._prix(places, caches, systeme.valeurs)
            etage = _restreindre(systeme, noms)
            caches |= masquer_apres(
                etage,
                [_restreindre(un, noms) for un in anciens],
                self.seuil,
                caches,
                prix,
                connaissent,
            ).masquees
        masquees = {une for une, cles in places.items() if not caches.isdisjoint(cles)}
        return masquees, replace(systeme, masquees=caches)

    def _places(self) -> dict[tuple[str, Lieu], tuple[Cle, ...]]:
        """Return the counts that each place of a code tells."""
        return {
            (code, une.lieu): tuple(
                (nommer(self.regles[code]), une.lieu) for nommer in (unites, anomalies, justes)
            )
            for code, lignes in self.lignes.items()
            for une in lignes
            if une.lieu[0] != PARTIE
        }

    def _prix(
        self,
        places: Mapping[tuple[str, Lieu], tuple[Cle, ...]],
        caches: Collection[Cle],
        valeurs: Mapping[Any, int],
    ) -> dict[Cle, float]:
        """A count costs the places that show it, nothing when none does any more.

        The units that are right are masked with the anomalies: they cost nothing more.
        """
        prix: dict[Cle, float] = dict.fromkeys(valeurs, INVISIBLE)
        for (_, lieu), cles in places.items():
            if not any(un in caches or 0 < valeurs.get(un, 0) < self.seuil for un in cles):
                for cle in cles[:2]:
                    prix[cle] = prix.get(cle, 0) + _PRIX[lieu[0]]
        dits = {(quoi, TOTAL): PUBLIEE for quoi, dit in self.imprimes.items() if dit is not None}
        return prix | dits

    def _cellules(self) -> Cellules:
        cellules, colonnes = Cellules(), self._colonnes()
        for quoi, colonne in colonnes.items():
            cellules.compter(quoi, colonne)
        for total, parts in dict.fromkeys([*self._declarees(), *_egalites(colonnes)]):
            for lieu in colonnes.get(total, ()):
                cellules.additionner((total, lieu), [(quoi, lieu) for quoi in parts])
        return cellules

    def _declarees(self) -> Iterator[tuple[Quoi, tuple[Quoi, ...]]]:
        """Yield what makes the units of an indicator, and all the units of a population."""
        for code in self.lignes:
            un = self.regles[code]
            yield unites(un), (anomalies(un), justes(un))
            if un.applicable is not None:
                ici = (un.population, un.applicable)
                yield (_UNITES, un.population, None), ((_UNITES, *ici), (_RESTE, *ici))

    def _colonnes(self) -> dict[Quoi, Colonne]:
        """Return what each indicator counts, then the units that an effectif leaves out."""
        colonnes: dict[Quoi, Colonne] = {}
        for code, lignes in self.lignes.items():
            un = self.regles[code]
            colonnes[unites(un)] = {une.lieu: une.d for une in lignes}
            colonnes[anomalies(un)] = {une.lieu: une.n for une in lignes}
            colonnes[justes(un)] = {une.lieu: une.d - une.n for une in lignes}
        for quoi in [un for un in colonnes if un[0] == _UNITES and un[2] is not None]:
            if tous := colonnes.get((*quoi[:2], None)):
                colonnes[_RESTE, *quoi[1:]] = {
                    lieu: nombre - colonnes[quoi].get(lieu, 0) for lieu, nombre in tous.items()
                }
        return colonnes


def _restreindre(systeme: Systeme, noms: Collection[str]) -> Systeme:
    """Return the part of a system that counts some things only."""
    valeurs = {cle: un for cle, un in systeme.valeurs.items() if cle[0][0] in noms}
    masquees = systeme.masquees & valeurs.keys()
    return Systeme(valeurs, completer(valeurs, systeme.sommes), masquees)


def unites(un: Indicateur) -> Quoi:
    """Return the name of what an indicator judges, which others may judge too."""
    return _UNITES, un.population, un.applicable


def anomalies(un: Indicateur) -> Quoi:
    """Return the name of its anomalies."""
    return _ANOMALIES, un.code


def justes(un: Indicateur) -> Quoi:
    """Return the name of the units that are right."""
    return _JUSTES, un.code


def _egalites(colonnes: Mapping[Quoi, Colonne]) -> Iterator[tuple[Quoi, tuple[Quoi, ...]]]:
    """Yield what adds up in every place: the units of an indicator, what an effectif leaves.

    Columns that are the same, or whose difference is another one, are found by their counts.
    """
    par_total: dict[int, list[Quoi]] = defaultdict(list)
    for quoi, colonne in colonnes.items():
        par_total[colonne.get(TOTAL, 0)].append(quoi)
    for memes in par_total.values():
        for une, autre in itertools.combinations(memes, 2):
            if _pareilles(colonnes[une], colonnes[autre]):
                yield une, (autre,)
    unites = [quoi for quoi in colonnes if quoi[0] == _UNITES]
    for une, autre in itertools.permutations(unites, 2):
        reste = colonnes[une].get(TOTAL, 0) - colonnes[autre].get(TOTAL, 0)
        for tierce in par_total.get(reste, ()) if reste > 0 else ():
            if _complete(colonnes[une], colonnes[autre], colonnes[tierce]):
                yield une, (autre, tierce)


def _pareilles(une: Colonne, autre: Colonne) -> bool:
    communs = [lieu for lieu in une if lieu in autre]
    distinctes = {une[lieu] for lieu in communs}
    return len(distinctes) >= _DISTINCTES and all(une[un] == autre[un] for un in communs)


def _complete(total: Colonne, part: Colonne, reste: Colonne) -> bool:
    return all(
        nombre == part[lieu] + reste.get(lieu, 0) for lieu, nombre in total.items() if lieu in part
    )
