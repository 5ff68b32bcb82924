"""How often the printed precision holds the true one, whatever the order in which people review.

Each review draws as the page does, and stops where it likes; what is printed before the whole draw
is decided is nothing. Beside it, what the share of all that was decided would have said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.outils import Mesure
from infocentre.decisions.doublons import Paire, Verdict
from infocentre.identite.paires import Niveau
from infocentre.lecture.doublons.justesse import Justesse, juger, tirer
from infocentre.lecture.echantillons import intervalle

REVUES = 500
COUVERTURE = 0.93
LOT = 100  # pairs decided between two looks at the page
DECIDEES = 100  # of all, in the order of the review: what was printed before
Reels = NDArray[np.float64]


@dataclass(frozen=True)
class Monde:
    """Pairs of a tier: how many of each kind weigh how much, how often of one person."""

    nom: str
    parts: tuple[tuple[int, float], ...]  # (pairs, share of one person), the lightest first


MONDES = (
    Monde("0.60, spread", ((250, 0.2), (250, 0.5), (250, 0.8), (250, 0.9))),
    Monde("0.75, few sure", ((500, 0.55), (300, 0.92), (200, 1.0))),
    Monde("0.894, doubtful ones first", ((100, 0.2), (100, 0.75), (800, 0.998))),
    Monde("0.894, even", ((1000, 0.894),)),
    Monde("0.95, a few bad", ((50, 0.1), (950, 0.995))),
    Monde("0.99, even", ((1000, 0.99),)),
    Monde("0.99, few pairs", ((25, 0.92), (135, 1.0))),
    Monde("0.90, forty pairs", ((10, 0.6), (30, 1.0))),
)
# How people choose what comes next, by weight: the order of the review.
ORDRES: dict[str, Callable[[Reels, np.random.Generator], Reels]] = {
    "least certain first": lambda poids, _: np.abs(poids - np.quantile(poids, 0.05)),
    "surest first": lambda poids, _: -poids,
    "at random": lambda poids, alea: alea.random(len(poids)),
}


def mesurer(_: Path) -> Iterator[Mesure]:
    """Give, in each world, how often what is printed misses the truth."""
    for monde in MONDES:
        revues = [Revue(monde, graine) for graine in range(REVUES)]
        lues = {ordre: [une.lire(ordre) for une in revues] for ordre in ORDRES}
        for ordre, dites in lues.items():
            tenues = [
                tient(dite.marge, une.verite) for une, dite in zip(revues, dites, strict=True)
            ]
            avant = np.mean([tient(une.comme_avant(ordre), une.verite) for une in revues])
            print(f"  {monde.nom:28} {ordre:20} covers {np.mean(tenues):.3f}; "
                  f"the first {DECIDEES} decided {avant:.3f}")  # fmt: skip
            manque = 1 - float(np.mean(tenues))
            yield Mesure(f"missed: {monde.nom}, {ordre}", manque, "", 1 - COUVERTURE)
        largeur = np.mean([un.marge[1] - un.marge[0] for un in lues["at random"] if un.marge])
        yield Mesure(f"width of the interval: {monde.nom}", float(largeur), "")


def tient(marge: tuple[float, float] | None, verite: float) -> bool:
    """Tell whether an interval holds the truth."""
    return marge is not None and marge[0] - 1e-9 <= verite <= marge[1] + 1e-9


class Revue:
    """The pairs of a world, a draw of them, and what people find."""

    def __init__(self, monde: Monde, graine: int) -> None:
        """Make the world of a seed, and draw."""
        self._alea = np.random.default_rng(graine)
        self._poids, self._memes = _paires(monde, self._alea)
        paires = [
            Paire(f"p{rang}", "", f"a{rang}", f"b{rang}", Niveau.PROBABLE, float(un))
            for rang, un in enumerate(self._poids)
        ]
        self._noms = [une.paire for une in paires]
        self._bandes = tirer(f"cle{graine}", "013", "2026-10", paires)
        self.verite = float(np.mean(self._memes))

    def lire(self, ordre: str) -> Justesse:
        """Return the first that is printed while people decide of pairs in an order."""
        verdicts: dict[str, Verdict] = {}
        rangs = self._rangs(ordre)
        for debut in range(0, len(rangs), LOT):
            for rang in rangs[debut : debut + LOT]:
                meme = self._memes[rang]
                verdicts[self._noms[rang]] = Verdict.MEME if meme else Verdict.DISTINCTES
            lue = juger(self._bandes, verdicts, set(self._noms))
            if lue.marge is not None:
                return lue
        raise AssertionError(ordre)

    def comme_avant(self, ordre: str) -> tuple[float, float]:
        """Return the interval of the share of the first decided, as it was printed."""
        decidees = [self._memes[rang] for rang in self._rangs(ordre)[:DECIDEES]]
        return intervalle(sum(decidees) / len(decidees), len(decidees))

    def _rangs(self, ordre: str) -> list[int]:
        rangs: list[int] = np.argsort(
            ORDRES[ordre](self._poids, self._alea), kind="stable"
        ).tolist()
        return rangs


def _paires(monde: Monde, alea: np.random.Generator) -> tuple[Reels, list[bool]]:
    """Return the weight of each pair and whether it is of one person."""
    nombres, parts = zip(*monde.parts, strict=True)
    debuts = np.repeat(np.arange(len(nombres)), nombres).astype(float)
    memes = alea.random(len(debuts)) < np.repeat(parts, nombres)
    return debuts * 5 + alea.random(len(debuts)) * 5, memes.tolist()
