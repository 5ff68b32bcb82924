"""Which states are not told beside masked counts: thresholds are public, and states bound counts.

« vert » says at most so many anomalies, orange and rouge at least so many more. One state may be a
count by itself; several are one together, as places add up: a département that is « vert » up to 3
and a type that is orange from 3 on have 3. Who knows his own counts finds more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from infocentre.mesures.effectifs import (
    DEPARTEMENT,
    ORGANISME,
    TOTAL,
    TYPE,
    Lieu,
    detenteurs,
    qui_fait,
)
from infocentre.mesures.secret import INITIES
from infocentre.noyau.etats import EFFECTIF_MINIMAL, SIGNIFICATIFS, Etat

# Which states are given up first: those of whom fewest readers look for.
_ABANDONS = ((ORGANISME,), (TYPE,), (ORGANISME, TYPE), (ORGANISME, TYPE, DEPARTEMENT))
_BEAUCOUP = 10**9  # nobody knows how many
_PASSES = 8  # of bounds from sum to sum
# Between what and what counts lie.
Bornes = Mapping[Lieu, tuple[float, float]]


class Jugee(NamedTuple):
    """The counts of a place, its state, and whether readers are told the counts.

    `su`: another indicator tells the effectif. `rouge`: the least that is, where it is over.
    """

    n: int
    d: int
    etat: str
    masquee: bool
    su: bool = False
    rouge: int = 0


def seule_anomalie(d: int, orange: float) -> bool:
    """Tell whether « vert » is one anomaly at most: one is under the first threshold, two over."""
    return d > 0 and 1 / d <= orange < 2 / d


def etats_tus(
    lieux: Mapping[Lieu, Jugee], orange: float, seuil: int, epci: Mapping[Lieu, str]
) -> frozenset[Lieu]:
    """Return the places of an indicator whose state would give a small masked count away.

    What an organisme has of a type is a place too, of no state; `epci` names where each lies.
    """
    petits = [
        lieu
        for lieu, une in lieux.items()
        if une.masquee and une.n < seuil and une.etat in SIGNIFICATIFS
    ]
    seuls = {lieu for lieu in petits if seule_anomalie(lieux[lieu].d, orange)}
    if not petits:
        return frozenset()
    savoir = _Savoir(lieux, orange, seuil, epci)
    if not savoir.trahit(seuls):
        return frozenset(seuls)
    tus = seuls
    for niveaux in _ABANDONS:
        tus = seuls | {lieu for lieu in petits if lieu[0] in niveaux}
        if not savoir.trahit(tus):
            break
    return frozenset(tus)


@dataclass(frozen=True, slots=True)
class _Somme:
    """A place, those that make it, and what is of none of them."""

    total: Lieu
    parts: Sequence[Lieu]
    reste: int

    def etendue(self, bornes: Bornes) -> tuple[float, float]:
        """Return between what and what its parts add up."""
        bas, haut = zip(*(bornes[un] for un in self.parts), strict=True)
        return self.reste + sum(bas), self.reste + sum(haut)


class _Savoir:
    """What readers know of the anomalies of an indicator."""

    def __init__(
        self,
        lieux: Mapping[Lieu, Jugee],
        orange: float,
        seuil: int,
        epci: Mapping[Lieu, str],
    ) -> None:
        self.lieux, self.orange, self.seuil = lieux, orange, seuil
        colonne = {lieu: une.n for lieu, une in lieux.items()}
        self.sommes = [
            _Somme(total, parts, reste)
            for total, parts in qui_fait(colonne)
            if total in lieux and (reste := colonne[total] - sum(colonne[un] for un in parts)) >= 0
        ]
        lies = {un for une in self.sommes for un in une.parts}
        connaissent = detenteurs(colonne, epci)
        siennes: dict[str, set[Lieu]] = defaultdict(set)
        for lieu in lies:
            for qui in connaissent((None, lieu)):
                siennes[str(qui)].add(lieu)
        inities = siennes.pop(INITIES, set())
        self.siens = {qui: siens | inities for qui, siens in siennes.items()}

    def trahit(self, tus: Collection[Lieu]) -> bool:
        """Tell whether a reader, or an organisme by its own counts, finds a small masked one."""
        bornes: Bornes = {lieu: self._dites(lieu, tus) for lieu in self.lieux}
        if not any(bas for bas, _ in bornes.values()):
            return False  # nothing says that there is one
        bornes = self._serrer(bornes)
        if self._trouve(bornes, ()):
            return True
        marges = [(une, *self._marges(une, bornes)) for une in self.sommes]
        for siens in self.siens.values():
            connues = {lieu: (self.lieux[lieu].n, self.lieux[lieu].n) for lieu in siens}
            bas = sum(n - bornes[lieu][0] for lieu, (n, _) in connues.items())
            haut = sum(bornes[lieu][1] - n for lieu, (n, _) in connues.items())
            serre = any(
                bas >= dessus or haut >= dessous
                for une, dessus, dessous in marges
                if not siens.issuperset(une.parts)
                and (une.total == TOTAL or not siens.isdisjoint(une.parts))
            )
            if serre and self._trouve(self._serrer({**bornes, **connues}), siens):
                return True
        return False

    def _dites(self, lieu: Lieu, tus: Collection[Lieu]) -> tuple[int, int]:
        """Return between what and what a place's count and state say that it lies."""
        une = self.lieux[lieu]
        if not une.masquee:
            return une.n, une.n
        plus = une.d if une.su else _BEAUCOUP
        if lieu in tus or une.etat not in SIGNIFICATIFS:
            insuffisant = une.etat == Etat.EFFECTIF_INSUFFISANT
            return 0, min(plus, EFFECTIF_MINIMAL - 1) if insuffisant else plus
        au_plus = int(self.orange * une.d)
        au_plus += (au_plus + 1) / une.d <= self.orange
        if une.etat == Etat.VERT:
            return 0, au_plus
        rouge = max(une.rouge, au_plus + 1)
        return (rouge, plus) if une.etat == Etat.ROUGE else (au_plus + 1, rouge - 1)

    def _serrer(self, bornes: Bornes) -> Bornes:
        """Pass bounds on from sum to sum."""
        bornes = dict(bornes)
        for _ in range(_PASSES):
            avant = bornes.copy()
            for une in self.sommes:
                bas, haut = une.etendue(bornes)
                dessous, dessus = bornes[une.total]
                dessous, dessus = max(dessous, bas), min(dessus, haut)
                bornes[une.total] = dessous, dessus
                for un in une.parts:
                    b, h = bornes[un]
                    bornes[un] = max(b, dessous - haut + h), min(h, dessus - bas + b)
            if bornes == avant:
                break
        return bornes

    @staticmethod
    def _marges(une: _Somme, bornes: Bornes) -> tuple[float, float]:
        """Return what more its parts may be at least, and less at most."""
        bas, haut = une.etendue(bornes)
        return bornes[une.total][1] - bas, haut - bornes[une.total][0]

    def _trouve(self, bornes: Bornes, siens: Collection[Lieu]) -> bool:
        """Tell whether a masked count is known that others have a few of."""
        connues = {
            lieu
            for lieu, une in self.lieux.items()
            if une.masquee and bornes[lieu][0] == bornes[lieu][1]
        }
        if not connues:
            return False
        dont = {lieu: self.lieux[lieu].n for lieu in siens}
        for une in reversed(self.sommes):  # types, then the département that they make
            dont.setdefault(une.total, sum(dont.get(un, 0) for un in une.parts))
        return any(0 < self.lieux[un].n - dont.get(un, 0) < self.seuil for un in connues)
