"""The secret statistique: which counts to mask so that none about a few people can be found.

Tables are seen as cells bound by sums. Counts from 1 to the threshold less one are masked, then
as many others as it takes for the visible cells and the sums to give no masked cell away.

A reader finds a masked cell in four ways, from the cheapest to try to the dearest:

- one sum, by a subtraction: 25 = 20 + 2 + s, or 25 = 20 + s + s, whose two masked cells make 5, a
  small count too (`_Table._fragile`);
- several sums, by adding and subtracting them (`liberer`): a cell is safe as long as some way of
  moving the masked cells together moves it, and every sum still holds;
- one sum after the other, as each masked cell is 1 at least: 2 = s + s says 1 and 1 (`_Bornes`);
- all of them at once, by a linear program (`bornes.Etendues`).

What « s » says by itself is that a count is 1 at least, and so a total of three of them 3
(`_planchers`). Of a small count who has what is shared may not know more: neither this floor nor
the threshold less one can be ruled out. Nor may who counts for himself, by one sum after the other;
by a linear program, he does not find it. Of a protector, only that it is not found matters.

A reader who counts for himself has one more: what others masked, less his own counts. To him, what
he knows is not masked; only small counts, all of them of others, are protected from him.

`_Table` masks against each in turn, then shows again what turned out not to be needed (`elaguer`).
Decision 0004 (docs/decisions) says why, and what readers are assumed to know.
"""

from __future__ import annotations

import functools
import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from infocentre.mesures.bornes import Complements, Etendues

Cle = Any  # what names a cell: hashable
Vecteur = npt.NDArray[np.float64]
Rangs = npt.NDArray[np.int64]
# A sum reduced to its masked cells: 1 for the total, -1 for a part.
Signes = dict[Cle, int]
# How a masked cell may move while every sum holds: amount by free direction, nothing when fixed.
Libertes = dict[Cle, dict[Hashable, float]]
# What was worked out of sums that hang together, by their masked cells.
Noyaux = dict[tuple[frozenset[tuple[Cle, int]], ...], Libertes]
# Who knows a cell whatever is masked: it is theirs.
Detenteurs = Callable[[Cle], Collection[Hashable]]
_PUBLIC = "public"  # who knows nothing but what is shown
INITIES = "initiés"  # whoever holds a cell: what is nobody's is theirs, as none is known by it
# Prices: what a cell costs to mask for the sake of another one, beside its size.
PUBLIEE = math.inf  # out already: to mask it hides nothing
ESSENTIELLE, COMMUNE, ORDINAIRE, ACCESSOIRE, INVISIBLE = 40.0, 4.0, 1.0, 0.25, 0.01
CAPITALE = ESSENTIELLE * ESSENTIELLE
_TOTAL = 3.0  # how much dearer a total is than a part
_NUL = 1e-8  # what rounding leaves of nothing
_PASSES = 20  # of bounds: each tightens those of the next sums; what takes longer is left to HiGHS
_COURTE = 4  # parts of a sum that leaves little choice of what protects a cell


@dataclass(frozen=True, slots=True)
class Somme:
    """A total and the parts that make it; cells are named by their keys."""

    total: Cle
    parts: tuple[Cle, ...]

    @property
    def cellules(self) -> tuple[Cle, ...]:
        """Every cell of the sum, the total first."""
        return (self.total, *self.parts)


def masquer(
    valeurs: Mapping[Any, int],
    sommes: Iterable[Somme],
    seuil: int,
    aussi: Collection[Cle] = (),
    prix: Mapping[Cle, float] | None = None,
    connues: Collection[Cle] = (),
    detenteurs: Detenteurs = lambda _: (),
) -> frozenset[Cle]:
    """Return the cells to mask: those from 1 to seuil - 1, those of `aussi`, and their protectors.

    Sums that name an unknown cell are left out. A zero is never masked, so that readers know
    every masked cell to be at least 1, and are assumed to. `prix` says which cells are dearer
    or cheaper than others to mask for the sake of another one; a cell that is PUBLIEE already
    protects nothing any more, and comes last; one that readers have (`connues`) is never masked.
    `detenteurs` says whose a cell is, who must not find the small ones of others by it. A protector
    that turns out not to be needed, the dearest first, is shown again.
    """
    # Cells are ranks meanwhile, in an order that only names decide: what compares, compares fast.
    noms = sorted(valeurs, key=str)
    rangs = {nom: rang for rang, nom in enumerate(noms)}
    table = _Table(
        [valeurs[nom] for nom in noms],
        [
            Somme(rangs[une.total], tuple(rangs[part] for part in une.parts))
            for une in sommes
            if all(cle in rangs for cle in une.cellules)
        ],
        seuil,
        {rangs[cle]: un for cle, un in (prix or {}).items() if cle in rangs},
        frozenset(rangs[cle] for cle in connues if cle in rangs),
        [detenteurs(nom) for nom in noms],
    )
    for cle, valeur in enumerate(table.valeurs):
        petite = 0 < valeur < seuil and table.prix_dit(cle) != PUBLIEE
        if cle not in table.connues and (petite or (noms[cle] in aussi and valeur > 0)):
            table.masquer(cle)
    forcees = set(table.masquees)
    table.proteger()
    table.elaguer(forcees)
    table.desepingler()
    table.proteger_des_detenteurs()
    return frozenset(noms[cle] for cle in table.masquees)


def _planchers(
    petites: Collection[int], sommes: Sequence[Somme], valeurs: Sequence[int]
) -> dict[int, int]:
    """Return what « s » alone tells small cells to be at least: 1, and the floors of their parts.

    The parts of a small total are small or nothing; one that is not protected is known. An only
    part is the total.
    """
    planchers = dict.fromkeys(petites, 1)
    lues = [
        (une.total, [part for part in une.parts if valeurs[part]])
        for une in sommes
        if une.total in planchers
    ]
    lues += [(parts[0], [total]) for total, parts in lues if len(parts) == 1]
    montent = True
    while montent:
        montent = False
        for total, parts in lues:
            bas = sum(planchers.get(part, valeurs[part]) for part in parts)
            if total in planchers and bas > planchers[total]:
                planchers[total], montent = bas, True
    return planchers


def _tout_a_eux(
    detenteurs: Sequence[Collection[Hashable]], sommes: Sequence[Somme], valeurs: Sequence[int]
) -> Sequence[Collection[Hashable]]:
    """Return whose each cell is, a total being his whose all its parts are, or nobody's."""
    eux = [set(siens) for siens in detenteurs]
    bougent = True
    while bougent:
        bougent = False
        for une in sommes:
            siens = [eux[part] for part in une.parts if valeurs[part]]
            dits = set.union(*siens, set()) - {INITIES} if siens and all(siens) else set[Hashable]()
            de_tout = {un for un in dits if all(un in ses or INITIES in ses for ses in siens)}
            if de_tout - eux[une.total] and INITIES not in eux[une.total]:
                eux[une.total] |= de_tout
                bougent = True
            if len(siens) == 1 and not eux[une.total] <= siens[0]:
                siens[0] |= eux[une.total]
                bougent = True
    return [sorted(siens, key=str) for siens in eux]


def determinees(masquees: Collection[Cle], sommes: Iterable[Somme]) -> frozenset[Cle]:
    """Return the masked cells that linear algebra gives back from the visible ones."""
    return _immobiles(liberer(masquees, sommes))


def _immobiles(libertes: Libertes) -> frozenset[Cle]:
    return frozenset(cle for cle, pas in libertes.items() if not pas)


def liberer(
    masquees: Collection[Cle], sommes: Iterable[Somme], deja: Noyaux | None = None
) -> Libertes:
    """Return how each masked cell may move while the visible ones and the sums stay.

    `deja` keeps what was worked out of groups of sums, for the next time.
    """
    reduites = _reduire(set(masquees), sommes)
    deja = {} if deja is None else deja
    # Most sums have a cell of their own, which makes up for whatever the others do: algebra is for
    # the rest, a few groups of sums. Those set aside come back last first, each with its cells.
    pelees, noyau = _peler(reduites)
    libertes: Libertes = {}
    for groupe in _composantes([reduites[rang] for rang in noyau]):
        contenu = tuple(frozenset(signes.items()) for signes in groupe)
        if contenu not in deja:
            deja[contenu] = _noyau(groupe)
        libertes |= deja[contenu]
    for rang, libres in reversed(pelees):
        _remonter(reduites[rang], libres, libertes)
    return libertes


def _reduire(masquees: set[Cle], sommes: Iterable[Somme]) -> list[Signes]:
    """Leave of each sum its masked cells: the visible ones are known, and move nothing."""
    reduites = []
    for somme in sommes:
        signes = {cle: -1 for cle in somme.parts if cle in masquees}
        if somme.total in masquees:
            signes[somme.total] = 1
        if signes:
            reduites.append(signes)
    return reduites


def _peler(reduites: Sequence[Signes]) -> tuple[list[tuple[int, list[Cle]]], list[int]]:
    """Set aside, one after the other, the sums that hold cells found in no other one.

    Such a sum tells nothing of the rest. Return [(sum, its own cells)] in order, and the rest.
    """
    de: dict[Cle, set[int]] = defaultdict(set)
    for rang, signes in enumerate(reduites):
        for cle in signes:
            de[cle].add(rang)
    restent = dict.fromkeys(range(len(reduites)))
    file = deque(rang for siens in de.values() if len(siens) == 1 for rang in siens)
    pelees = []
    while file:
        rang = file.popleft()
        if rang in restent:
            del restent[rang]
            pelees.append((rang, [cle for cle in reduites[rang] if len(de[cle]) == 1]))
            for cle in reduites[rang]:
                de[cle].discard(rang)
                if len(de[cle]) == 1:
                    file.extend(de[cle])
    return pelees, list(restent)


def _remonter(signes: Signes, libres: Sequence[Cle], libertes: Libertes) -> None:
    """Give its own cells of a sum their freedom: all but one at will, the last makes up."""
    derniere, *autres = libres
    for cle in autres:
        libertes[cle] = {("libre", cle): 1.0}
    somme: dict[Hashable, float] = defaultdict(float)
    for cle, signe in signes.items():
        if cle != derniere:
            for direction, pas in libertes[cle].items():
                somme[direction] -= signe * pas * signes[derniere]
    libertes[derniere] = {direction: pas for direction, pas in somme.items() if abs(pas) > _NUL}


def _noyau(groupe: Sequence[Signes]) -> Libertes:
    """Return the freedom of the cells of sums that hang together, from their null space."""
    libertes: Libertes = {cle: {cle: 1.0} for signes in groupe for cle in signes}
    for pivot, ligne in _echelonner(groupe).items():
        libertes[pivot] = {cle: -pas for cle, pas in ligne.items() if cle != pivot}
    return libertes


def _echelonner(groupe: Sequence[Signes]) -> dict[Cle, dict[Cle, float]]:
    """Return the reduced echelon form of sums, a row by pivot; most of what it holds is nothing."""
    lignes: list[dict[Cle, float]] = [dict(signes) for signes in groupe]
    de: dict[Cle, set[int]] = defaultdict(set)
    for rang, ligne in enumerate(lignes):
        for cle in ligne:
            de[cle].add(rang)
    reduites: dict[Cle, dict[Cle, float]] = {}
    for rang in sorted(range(len(lignes)), key=lambda un: len(lignes[un])):
        if lignes[rang]:
            pivot = min(lignes[rang], key=lambda cle: len(de[cle]))
            # The cell found in fewest sums: less to take off the others, which stay nearly empty.
            facteur = lignes[rang][pivot]
            lignes[rang] = {cle: pas / facteur for cle, pas in lignes[rang].items()}
            for autre in de[pivot] - {rang}:
                _retrancher(lignes, autre, lignes[rang], lignes[autre][pivot], de)
            reduites[pivot] = lignes[rang]
    return reduites


def _retrancher(
    lignes: list[dict[Cle, float]],
    rang: int,
    autre: Mapping[Cle, float],
    fois: float,
    de: Mapping[Cle, set[int]],
) -> None:
    """Take a row, so many times, off another one, in place."""
    ligne = lignes[rang]
    for cle, pas in autre.items():
        nouveau = ligne.get(cle, 0.0) - fois * pas
        if abs(nouveau) > _NUL:
            ligne[cle] = nouveau
            de[cle].add(rang)
        elif cle in ligne:
            del ligne[cle]
            de[cle].discard(rang)


def _composantes(reduites: Sequence[Signes]) -> list[list[Signes]]:
    """Group the sums by cells they have in common."""
    de: dict[Cle, list[int]] = defaultdict(list)
    for rang, signes in enumerate(reduites):
        for cle in signes:
            de[cle].append(rang)
    vues: set[int] = set()
    groupes = []
    for rang in range(len(reduites)):
        if rang not in vues:
            siennes, file = {rang}, [rang]
            while file:
                for cle in reduites[file.pop()]:
                    neuves = [une for une in de.pop(cle, ()) if une not in siennes]
                    siennes.update(neuves)
                    file += neuves
            vues |= siennes
            groupes.append([reduites[une] for une in sorted(siennes)])
    return groupes


class Mouvements:
    """How masked cells may move together, while some of them get fixed one after the other."""

    def __init__(self, libertes: Libertes) -> None:
        self._libertes = libertes
        self._de: dict[Hashable, set[Cle]] = defaultdict(set)
        for cle, pas in libertes.items():
            for direction in pas:
                self._de[direction].add(cle)
        self._avant: Libertes = {}

    def fixer(self, cle: Cle) -> None:
        """Hold a cell still: one direction of those that move it is made of the other ones."""
        siens = self._libertes.get(cle)
        if not siens:
            return
        # « This cell does not move » is an equation between directions: it gives one of them by
        # the others, in every cell that it moves. A cell left without direction is found.
        pivot = min(siens, key=lambda une: (len(self._de[une]), str(une)))
        unite = {direction: pas / siens[pivot] for direction, pas in siens.items()}
        for autre in list(self._de[pivot]):
            self._retrancher(autre, unite, self._libertes[autre][pivot])

    def _retrancher(self, cle: Cle, unite: Mapping[Hashable, float], fois: float) -> None:
        pas = self._libertes[cle]
        self._avant.setdefault(cle, pas)
        reste = {une: pas.get(une, 0.0) - fois * unite.get(une, 0.0) for une in {*pas, *unite}}
        self._poser(cle, {une: combien for une, combien in reste.items() if abs(combien) > _NUL})

    def _poser(self, cle: Cle, pas: dict[Hashable, float]) -> None:
        for direction in self._libertes[cle].keys() - pas.keys():
            self._de[direction].discard(cle)
        for direction in pas:
            self._de[direction].add(cle)
        self._libertes[cle] = pas

    def fixees(self, cellules: Iterable[Cle]) -> list[Cle]:
        """Return those of these cells that sums bind, and that cannot move."""
        return [cle for cle in cellules if not self._libertes.get(cle, True)]

    def trouvees(self) -> set[Cle]:
        """Return the cells that cannot move since those held since the last time were."""
        return {cle for cle in self._avant if not self._libertes[cle]}

    def montent(self, parmi: Collection[Cle], tenues: Collection[Cle]) -> set[Cle]:
        """Return those of some cells that one direction after the other moves up.

        The `tenues` do not go down, but those that went up before: between two worlds are others.
        """
        au_bord, montees = set(tenues), set[Cle]()
        file = {une for cle in parmi for une in self._libertes.get(cle, ())}
        while file:
            direction = file.pop()
            bougent = self._de[direction] & au_bord
            if len({self._libertes[cle][direction] > 0 for cle in bougent}) == 1:
                au_bord -= bougent
                montees |= bougent
                file.update(une for cle in bougent for une in self._libertes[cle])
        return montees.intersection(parmi)

    def garder(self) -> None:
        """Hold for good the cells held since the last time."""
        self._avant.clear()

    def rendre(self) -> None:
        """Let go of the cells held since the last time."""
        for cle, pas in self._avant.items():
            self._poser(cle, pas)
        self._avant.clear()


@dataclass(frozen=True, slots=True)
class _Vue:
    """What some know of masked cells: their moves, bounds, the small ones, those that are found."""

    mouvements: Mouvements
    bornes: Intervalles
    etendues: Mapping[int, Etendues]
    petites: set[int]
    trouvees: set[int]

    def autour(self, cellules: Iterable[int]) -> set[int]:
        """Return what hangs together with some cells."""
        liees = {self.etendues[cle] for cle in cellules if cle in self.etendues}
        return set().union(*(une.cellules for une in liees))


class _Table:
    """The cells and sums of a table while cells get masked; a cell is a rank among `valeurs`."""

    def __init__(
        self,
        valeurs: Sequence[int],
        sommes: Sequence[Somme],
        seuil: int,
        prix: Mapping[int, float],
        connues: frozenset[int],
        detenteurs: Sequence[Collection[Hashable]],
    ) -> None:
        self.valeurs = valeurs
        self.detenteurs = _tout_a_eux(detenteurs, sommes, valeurs)
        self._leurs: dict[Hashable, set[int]] = defaultdict(set, {INITIES: set()})
        for cle, siens in enumerate(self.detenteurs):
            for lecteur in siens:
                self._leurs[lecteur].add(cle)
        for leurs in self._leurs.values():
            leurs.update(self._leurs[INITIES])
        self.sommes = sommes
        self.seuil = seuil
        self.connues = connues
        self._dits = prix
        self.cellules = [frozenset(somme.cellules) for somme in sommes]
        self.masquees: set[int] = set()
        self.de: list[list[int]] = [[] for _ in valeurs]
        for rang, somme in enumerate(sommes):
            for cle in somme.cellules:
                self.de[cle].append(rang)
        totaux = {somme.total for somme in sommes}
        self.prix = [self._prix(cle, total=cle in totaux) for cle in range(len(valeurs))]
        self._bornes = _Bornes(sommes, valeurs)
        self._a_voir: list[tuple[int, int]] = []
        self._attendent: set[int] = set()
        # By reader, the cells that nothing protects: all that moves with them is known.
        self._sans_recours: set[tuple[Hashable, int]] = set()
        # By reader, the small cells of which more is told than « s » whatever is masked.
        self._bornees: dict[Hashable, set[int]] = defaultdict(set)
        self._libres: Libertes | None = None  # of what is masked, when it was just worked out
        self._noyaux: Noyaux = {}
        self._programmes: dict[tuple[frozenset[tuple[int, int]], ...], Etendues] = {}
        # By reader, the small cells of which no more is told than « s »: masking more tells less.
        self._larges: dict[Hashable, set[int]] = defaultdict(set)
        # By reader who knows his own besides, the cells of 1 that may be more to him.
        self._decollees: dict[Hashable, set[int]] = defaultdict(set)
        self._lire_les_petites()

    def _lire_les_petites(self) -> None:
        """Keep the small cells to hide, and what « s » says of each."""
        petites = {
            cle
            for cle, un in enumerate(self.valeurs)
            if 0 < un < self.seuil and cle not in self.connues and self.prix_dit(cle) != PUBLIEE
        }
        self._petites = _planchers(petites, self.sommes, self.valeurs)
        # What « s » says of small cells, as bounds of all: those of others say nothing.
        self._planchers = np.full(len(self.valeurs), np.inf)
        self._planchers[[*self._petites]] = [*self._petites.values()]
        self._plafonds = np.where(self._planchers < np.inf, self.seuil - 1.0, -np.inf)
        self._unes = {cle for cle in petites if self.valeurs[cle] == 1}
        self._au_bord = {cle for cle, un in enumerate(self.valeurs) if un == 1}

    @functools.cached_property
    def _complements(self) -> Mapping[int, Complements]:
        """Return a program for each group of sums that hang together, by the cells of it."""
        mobiles = {cle for cle, un in enumerate(self.valeurs) if un > 0 and cle not in self.connues}
        par_cellule: dict[int, Complements] = {}
        for groupe in _composantes(_reduire(mobiles, self.sommes)):
            un = Complements(groupe, self.valeurs, self.prix)
            par_cellule |= dict.fromkeys(un.cellules, un)
        return par_cellule

    def masquer(self, cle: int) -> None:
        self.masquees.add(cle)
        self._libres = None
        for rang in self.de[cle]:
            if rang not in self._attendent:
                self._attendent.add(rang)
                heapq.heappush(self._a_voir, (len(self.sommes[rang].parts), rang))

    def proteger(self) -> None:
        """Mask further cells until no masked one can be worked out, nor pinned by its bounds.

        Short sums first, which leave little choice. Masking more gives no more away: only what
        was exposed, or was just masked, may be.
        """
        self._proteger_localement()
        avant = frozenset(self.masquees)
        exposees = self._exposees(avant)
        while exposees and self._desserrer(exposees):
            self._proteger_localement()
            neuves = self.masquees - avant
            avant |= neuves
            exposees = self._exposees(exposees | neuves)

    def desepingler(self) -> None:
        """Mask further cells until all bounds together tell no more than « s » of a small one."""
        while exposees := self._etroites():
            if not self._desserrer(exposees):
                return
            self.proteger()

    def _etroites(self) -> set[int]:
        """Return the small cells of which bounds tell; a tree of sums tells no more than each."""
        reduites = _reduire(self.masquees, self.sommes)
        _, noyau = _peler(reduites)
        if not noyau:
            return set()
        larges = self._larges[_PUBLIC]
        a_voir = self.masquees & self._petites.keys() - larges - self._bornees[_PUBLIC]
        serrees = self._serrees(self._bornes.serrer(self.masquees), a_voir)
        larges |= self._larges_de(self._etendues(reduites), a_voir - serrees)
        return a_voir - larges

    def _larges_de(self, etendues: Mapping[int, Etendues], parmi: set[int]) -> set[int]:
        """Return those of some small cells of which no more is told; what no sum holds is one."""
        liees = dict(_groupees(etendues, parmi))
        return (parmi - etendues.keys()).union(*(une.larges(un) for une, un in liees.items()))

    def _etendues(self, reduites: Sequence[Signes]) -> dict[int, Etendues]:
        """Return a program for each group of sums that hang together, by the cells of it."""
        par_cellule: dict[int, Etendues] = {}
        for groupe in _composantes(reduites):
            contenu = tuple(frozenset(signes.items()) for signes in groupe)
            if (une := self._programmes.get(contenu)) is None:
                une = Etendues(groupe, self.valeurs, self._petites, self.seuil - 1)
                self._programmes[contenu] = une
            par_cellule |= dict.fromkeys(une.cellules, une)
        return par_cellule

    def _proteger_localement(self) -> None:
        while self._a_voir:
            _, rang = heapq.heappop(self._a_voir)
            self._attendent.discard(rang)
            sans_recours: set[Hashable] = set()
            while devinent := [un for un in self._devinent(rang) if un not in sans_recours]:
                if not self._ajouter([rang], self._leurs.get(devinent[0], ())):
                    sans_recours.add(devinent[0])

    def proteger_des_detenteurs(self) -> None:
        """Mask further cells until nobody finds a small one of others, less his own.

        All small ones are masked already, and masking more gives none away: who finds nothing now
        will not later.
        """
        inities = self._vu_des_inities()
        for lecteur in self._leurs:
            while self._desserrer(self._exposees_a(lecteur, inities), lecteur):
                self.proteger()
                inities = self._vu_des_inities()

    def _vu_des_inities(self) -> _Vue:
        """Return what is known of masked cells where those that are nobody's are."""
        communes = self.masquees & self._leurs[INITIES]
        mouvements = self._mouvements()
        for cle in sorted(communes):
            mouvements.fixer(cle)
        mouvements.garder()
        petites = self.masquees & self._petites.keys() - communes
        bornes = self._bornes.serrer(self.masquees - communes)
        etendues = self._etendues(_reduire(self.masquees - communes, self.sommes))
        trouvees = {*mouvements.fixees(petites)} | self._serrees(bornes, petites, INITIES)
        a_voir = petites - trouvees - self._larges[INITIES] - self._sans_plus(INITIES)
        self._larges[INITIES] |= self._larges_de(etendues, a_voir)
        trouvees |= a_voir - self._larges[INITIES]
        return _Vue(mouvements, bornes, etendues, petites, trouvees)

    def _exposees_a(self, lecteur: Hashable, inities: _Vue) -> set[int]:
        """Return the small cells of others that sums or bounds give away to a reader."""
        sues = self.masquees & self._leurs[lecteur]
        siennes = sues - self._leurs[INITIES]
        if not siennes:
            return inities.trouvees if lecteur == INITIES else set()
        for cle in sorted(siennes):
            inities.mouvements.fixer(cle)
        exposees = inities.mouvements.trouvees() | inities.trouvees
        # What hangs together with none of his own is to him what it is to the others.
        unes = self.masquees & self._unes & inities.autour(siennes)
        au_bord = self.masquees & self._au_bord
        self._decollees[lecteur] |= inities.mouvements.montent(unes - sues, au_bord)
        inities.mouvements.rendre()
        autres = inities.petites - sues
        exposees |= self._serrees(self._bornes.sachant(inities.bornes, siennes), autres, lecteur)
        a_voir = unes & autres - exposees - self._decollees[lecteur]
        for une, voulues in _groupees(inities.etendues, a_voir):
            self._decollees[lecteur] |= une.decollees(voulues, siennes)
        return exposees & autres | (a_voir - self._decollees[lecteur])

    def _desserrer(self, exposees: Iterable[int], lecteur: Hashable = _PUBLIC) -> bool:
        """Mask what lets each exposed cell move, unless another one's does; tell if any was.

        What a reader knows, whatever is masked, does not move to his eyes.
        """
        avant, libres = frozenset(self.masquees), set[int]()
        sues = self._leurs.get(lecteur, ())
        for cle in sorted(exposees):
            # What nothing protects from who knows less is not to be protected from who knows more.
            perdue = any((un, cle) in self._sans_recours for un in (_PUBLIC, INITIES, lecteur))
            petite = cle in self._petites
            if (petite or cle not in libres) and not perdue:
                entre = (self._petites[cle], self.seuil - 1) if petite else None
                bougent = self._complements[cle].pour(cle, self.masquees, sues, entre)
                # What readers come for is hidden for a count that would be found, not for its room.
                if entre and any(
                    self.prix_dit(une) >= ESSENTIELLE for une in bougent - self.masquees
                ):
                    bougent = self._complements[cle].pour(cle, self.masquees, sues)
                # One reader's own counts never hide from all what is said of all demandes.
                if sues and any(self.prix_dit(une) >= CAPITALE for une in bougent - self.masquees):
                    bougent = frozenset()
                if not bougent:
                    self._sans_recours.add((lecteur, cle))
                    # By its bounds it is known to who knows that every cell is 1 at least; no sum
                    # of what is told gives it to the others.
                    if lecteur == _PUBLIC:
                        bougent = self._complements[cle].sans_plancher(cle, self.masquees)
                libres |= bougent
                if bougent <= avant:
                    self._bornees[lecteur].add(cle)
                for une in bougent - self.masquees:
                    self.masquer(une)
        return self.masquees > avant

    def _fragile(self, rang: int) -> bool:
        """Tell whether a sum alone gives away a masked cell, or a masked group under the seuil."""
        return next(self._devinent(rang), None) is not None

    def _devinent(self, rang: int) -> Iterator[Hashable]:
        """Yield who finds a masked cell, or a masked group under the seuil, by a sum alone.

        Who knows some of its cells finds what is left of them: nothing, when that is not small.
        """
        masquees = self._masquees_de(rang)
        if not masquees:
            return
        somme = self.sommes[rang]
        tous = [self.valeurs[cle] for cle in masquees]
        if self._petit_groupe(len(tous), sum(tous), secret=somme.total in masquees):
            yield _PUBLIC
        sues: dict[Hashable, list[int]] = defaultdict(list)
        for cle in masquees:
            for lecteur in self.detenteurs[cle]:
                sues[lecteur].append(cle)
        petites = sum(un < self.seuil for un in tous) if sues else 0
        communes = sues.get(INITIES, [])
        for lecteur, propres in sues.items():
            siennes = propres if lecteur == INITIES else propres + communes
            leurs = [self.valeurs[cle] for cle in siennes]
            if petites > sum(un < self.seuil for un in leurs) and self._petit_groupe(
                len(tous) - len(leurs),
                sum(tous) - sum(leurs),
                secret=somme.total in masquees and somme.total not in siennes,
            ):
                yield lecteur

    def _petit_groupe(self, nombre: int, groupe: int, *, secret: bool) -> bool:
        """Tell whether masked cells of a sum are found: alone, or less than the seuil together.

        With a `secret` total, what the masked parts make together is not known.
        """
        return nombre == 1 or (not secret and groupe < self.seuil)

    def _exposees(self, parmi: Collection[int]) -> frozenset[int]:
        """Return the masked cells that sums give away (these ones at most), else their bounds."""
        voisines, autour = self._autour(parmi)
        libertes = liberer(voisines, [self.sommes[rang] for rang in autour], self._noyaux)
        if retrouvees := _immobiles(libertes):
            return retrouvees
        # All that is masked was looked at: `elaguer` need not work it out again.
        if all(cle in voisines or not self.de[cle] for cle in self.masquees):
            self._libres = libertes
        return frozenset(self._serrees(self._bornes.serrer(self.masquees), self.masquees))

    def _serrees(
        self, bornes: Intervalles, parmi: Collection[int], lecteur: Hashable = _PUBLIC
    ) -> set[int]:
        """Return those of these cells that are found, and the small ones of which more is told."""
        etroites = bornes.etroites(parmi, self._planchers, self._plafonds)
        return bornes.fixees(parmi) | etroites - self._sans_plus(lecteur)

    def _mouvements(self) -> Mouvements:
        """Return how masked cells may move together; what holds some of them still changes it."""
        libres, self._libres = self._libres, None
        return Mouvements(libres or liberer(self.masquees, self.sommes, self._noyaux))

    def elaguer(self, forcees: Collection[int]) -> None:
        """Show again each protector that the others make useless, the dearest first."""
        secondaires = self.masquees.difference(forcees)
        mouvements = self._mouvements()
        bornes = self._bornes.serrer(self.masquees)
        vues = {cle for cle in secondaires if self._dits.get(cle) != INVISIBLE}
        for cle in sorted(vues, key=self._cherte):
            if cle in self.masquees:
                # Tried at once, kept when what stays masked still holds: the other way round, one
                # would not know which of two protectors is the one too many.
                montrees = self._montrer(cle, forcees)
                self.masquees.difference_update(montrees)
                if montrees and (resserrees := self._tient(montrees, mouvements, bornes)):
                    mouvements.garder()
                    bornes = resserrees
                else:
                    mouvements.rendre()
                    self.masquees.update(montrees)

    def _cherte(self, cle: int) -> tuple[float, int]:
        return (-self.prix[cle], cle)

    def _montrer(self, cle: int, forcees: Collection[int]) -> set[int]:
        """Return a protector and those that would protect nothing without it, nothing if any must.

        A sum that has a single masked cell left gives it away: it is shown as well.
        """
        montrees, file = {cle}, [cle]
        while file:
            for rang in self.de[file.pop()]:
                restees = self._masquees_de(rang) - montrees
                if len(restees) == 1:
                    if not restees.isdisjoint(forcees):
                        return set()
                    montrees |= restees
                    file.extend(restees)
        return montrees

    def _sans_plus(self, lecteur: Hashable) -> set[int]:
        """Return the small cells of which more is told to a reader, whatever is masked."""
        return self._bornees[_PUBLIC] | self._bornees[INITIES] | self._bornees[lecteur]

    def _tient(
        self, montrees: Collection[int], mouvements: Mouvements, bornes: Intervalles
    ) -> Intervalles | None:
        """Return the bounds once these are shown, None when a masked cell around them is found."""
        rangs = {rang for cle in montrees for rang in self.de[cle]}
        if any(self._fragile(rang) for rang in rangs):
            return None
        for cle in montrees:
            mouvements.fixer(cle)
        voisines, _ = self._autour(montrees)
        if mouvements.fixees(voisines):
            return None
        resserrees = self._bornes.sachant(bornes, montrees)
        return None if self._serrees(resserrees, voisines) else resserrees

    def _masquees_de(self, rang: int) -> set[int]:
        return self.masquees & self.cellules[rang]

    def _autour(self, cellules: Collection[int]) -> tuple[set[int], list[int]]:
        """Return the masked cells that hang together with some cells, and their sums."""
        vus: dict[int, None] = {}
        voisines: set[int] = set()
        file = list(cellules)
        while file:
            for rang in self.de[file.pop()]:
                if rang not in vus:
                    vus[rang] = None
                    neuves = self._masquees_de(rang) - voisines
                    voisines |= neuves
                    file.extend(neuves)
        return voisines, list(vus)

    def _ajouter(self, rangs: Iterable[int], sues: Collection[int] = ()) -> bool:
        """Mask the least useful visible cell of these sums; False when they have none.

        One of `sues` would protect from nobody who knows it.
        """
        ecartees = self.masquees.union(self.connues, sues)
        candidates = {
            cle
            for rang in rangs
            for cle in self.sommes[rang].cellules
            if cle not in ecartees and self.valeurs[cle] > 0
        }
        if not candidates:
            return False
        self.masquer(min(candidates, key=self._cout))
        return True

    def _cout(self, cle: int) -> tuple[float, int]:
        """What masking a cell costs: its price, and that of protecting it where it is alone."""
        neuves = (rang for rang in self.de[cle] if not self._masquees_de(rang))
        return (self.prix[cle] + sum(self._suite(rang, cle) for rang in neuves), cle)

    def _suite(self, rang: int, cle: int) -> float:
        """Return the price of the cheapest other cell of a sum, when it leaves little choice."""
        if len(self.sommes[rang].parts) > _COURTE:
            return ORDINAIRE
        autres = (
            self.prix[autre]
            for autre in self.sommes[rang].cellules
            if autre != cle and self.valeurs[autre] > 0
        )
        return min(autres, default=PUBLIEE)

    def prix_dit(self, cle: int) -> float:
        """Return what was declared of a cell."""
        return self._dits.get(cle, ORDINAIRE)

    def _prix(self, cle: int, *, total: bool) -> float:
        """What a cell is worth to readers: dearer when large, when a total, when declared so."""
        taille = 1 + math.log10(max(self.valeurs[cle], 1))
        return self.prix_dit(cle) * taille * (_TOTAL if total else 1)


def _groupees(
    etendues: Mapping[int, Etendues], parmi: Iterable[int]
) -> Iterator[tuple[Etendues, set[int]]]:
    """Yield each program with those of some cells that it holds."""
    groupes: dict[Etendues, set[int]] = defaultdict(set)
    for cle in parmi:
        if cle in etendues:
            groupes[etendues[cle]].add(cle)
    yield from groupes.items()


@dataclass(frozen=True, slots=True)
class Intervalles:
    """Between what and what each cell lies."""

    bas: Vecteur
    haut: Vecteur

    def fixees(self, parmi: Collection[int]) -> set[int]:
        """Return those of these cells whose bounds meet."""
        cles = np.fromiter(parmi, dtype=int, count=len(parmi))
        return set(cles[self.bas[cles] == self.haut[cles]].tolist())

    def etroites(self, parmi: Collection[int], planchers: Vecteur, plafonds: Vecteur) -> set[int]:
        """Return those that cannot be at their floor, or at their ceiling."""
        cles = np.fromiter(parmi, dtype=int, count=len(parmi))
        etroites = (self.bas[cles] > planchers[cles]) | (self.haut[cles] < plafonds[cles])
        return set(cles[etroites].tolist())


class _Bornes:
    """Between what and what masked cells lie, for a reader who knows that each is 1 at least."""

    def __init__(self, sommes: Sequence[Somme], valeurs: Sequence[int]) -> None:
        self._valeurs = np.array(valeurs, dtype=float)
        self._totaux = np.array([une.total for une in sommes], dtype=int)
        self._parts = _Groupes([une.parts for une in sommes])
        de: list[list[int]] = [[] for _ in valeurs]
        for rang, une in enumerate(sommes):
            for cle in une.cellules:
                de[cle].append(rang)
        self._de = _Groupes(de)

    def serrer(self, masquees: Collection[int]) -> Intervalles:
        """Return the bounds of all cells while these ones are masked."""
        caches = np.zeros(len(self._valeurs), dtype=bool)
        caches[list(masquees)] = True
        bornes = Intervalles(
            np.where(caches, 1.0, self._valeurs), np.where(caches, np.inf, self._valeurs)
        )
        self._propager(bornes, np.arange(len(self._totaux)))
        return bornes

    def sachant(self, bornes: Intervalles, sues: Collection[int]) -> Intervalles:
        """Return the bounds of a reader who knows these cells besides."""
        cles = np.fromiter(sues, dtype=int, count=len(sues))
        resserrees = Intervalles(bornes.bas.copy(), bornes.haut.copy())
        resserrees.bas[cles] = resserrees.haut[cles] = self._valeurs[cles]
        self._propager(resserrees, self._sommes_de(cles))
        return resserrees

    def _propager(self, bornes: Intervalles, rangs: Rangs) -> None:
        """Tighten in place by these sums, then by those of what moved, until nothing does."""
        for _ in range(_PASSES):
            if not len(rangs):
                return
            parts, de = self._parts.contenu(rangs)
            vues = np.concatenate([self._totaux[rangs], parts])
            bas, haut = bornes.bas[vues], bornes.haut[vues]
            _passer(bornes.bas, bornes.haut, self._totaux[rangs], parts, de)
            bougees = (bornes.bas[vues] != bas) | (bornes.haut[vues] != haut)
            rangs = self._sommes_de(vues[bougees])

    def _sommes_de(self, cles: Rangs) -> Rangs:
        """Return the sums that hold these cells."""
        siennes = np.zeros(len(self._totaux), dtype=bool)
        siennes[self._de.contenu(cles)[0]] = True
        return np.flatnonzero(siennes)


class _Groupes:
    """Groups of ranks, several of which are read at once."""

    def __init__(self, groupes: Sequence[Sequence[int]]) -> None:
        self._tailles = np.array([len(un) for un in groupes], dtype=int)
        self._debuts = np.cumsum(self._tailles) - self._tailles
        self._tous = np.array([rang for un in groupes for rang in un], dtype=int)

    def contenu(self, lesquels: Rangs) -> tuple[Rangs, Rangs]:
        """Return what these groups hold, and the place among them of the group of each."""
        tailles = self._tailles[lesquels]
        de = np.repeat(np.arange(len(lesquels)), tailles)
        decalages = self._debuts[lesquels] - (np.cumsum(tailles) - tailles)
        return self._tous[decalages[de] + np.arange(len(de))], de


def _passer(bas: Vecteur, haut: Vecteur, totaux: Rangs, parts: Rangs, de: Rangs) -> None:
    """Tighten once: a total lies between what its parts make at least and at most.

    A part lies between the least total less the most of the other parts, and the greatest total
    less their least. `de` is the rank of the sum of each part; an upper bound may be infinite, and
    is then counted apart, as an infinite one cannot be taken off a sum again.
    """
    des_parts, sans_fin = bas[parts], np.isinf(haut[parts])
    finis = np.where(sans_fin, 0, haut[parts])
    nombre = len(totaux)
    en_bas = np.bincount(de, des_parts, nombre)
    en_haut = np.bincount(de, finis, nombre)
    infinis = np.bincount(de, sans_fin, nombre)
    np.maximum.at(bas, totaux, en_bas)
    np.minimum.at(haut, totaux, np.where(infinis > 0, np.inf, en_haut))
    autres = np.where(infinis[de] > sans_fin, np.inf, en_haut[de] - finis)
    np.maximum.at(bas, parts, bas[totaux][de] - autres)
    np.minimum.at(haut, parts, haut[totaux][de] - en_bas[de] + des_parts)
