"""How many pairs of a tier are of one person, from pairs drawn at random: never from all decided.

People choose what they decide first: the share of what is decided measures their order. A draw
takes as many pairs in each band of weight; a band then weighs as many pairs as it had. A draw is
read once all its pairs are decided: what is decided first of it is chosen too.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from infocentre.analystes.fichier import cle
from infocentre.decisions import magasin_present
from infocentre.decisions.doublons import Bilans, Paire, Verdict, sceller
from infocentre.decisions.tirages import Bande, Tiree, lire_tirages
from infocentre.identite.paires import Niveau
from infocentre.lecture.doublons.paires import lire_jointes
from infocentre.lecture.lecteur import Lecture

# A pair of foyer says that two persons share a household: how many are one person is not asked.
MESURES = (Niveau.EXACT, Niveau.PROBABLE)
BANDES = 4  # of weight, each as many pairs
PAR_BANDE = 30
RISQUE = 0.05


@dataclass(frozen=True, slots=True)
class Vue:
    """What is known of a band of a draw: those of one person, of others, gone before a decision."""

    effectif: int
    tirees: int
    memes: int
    autres: int

    @property
    def parties(self) -> int:
        """How many were drawn and cannot be decided any more."""
        return self.tirees - self.memes - self.autres


@dataclass(frozen=True, slots=True)
class Justesse:
    """What the newest draw of a tier tells; `taux` and `marge` (95 %) once all of it is decided.

    `mois` is that of the draw, '' when there is none; `paires` those it was drawn from; `oui` of
    `sur` decided are of one person; `parties` went before they were decided: the interval has them
    on both sides.
    """

    mois: str = ""
    paires: int = 0
    tirees: int = 0
    oui: int = 0
    sur: int = 0
    parties: int = 0
    taux: float | None = None
    marge: tuple[float, float] | None = None

    @property
    def a_relire(self) -> int:
        """How many pairs are left to decide before it tells."""
        return self.tirees - self.sur - self.parties


Justesses = Mapping[Niveau, Justesse]


def justesses(
    v: Lecture, bilans: Bilans, departement: str, avant: dt.datetime | None = None
) -> Justesses:
    """Return what draws tell of each tier: the newest of which all is decided, else the newest.

    `bilans` and the draws are those before a moment.

    Raises:
        Refus: a draw is not what was written.
    """
    magasin = magasin_present(v.dossier.racine)
    tirages = lire_tirages(magasin, cle(v.dossier), departement, avant) if magasin else []
    lues: dict[Niveau, list[Justesse]] = {niveau: [] for niveau in MESURES}
    if tirages:
        presentes = {une.scellee.paire for une in lire_jointes(v, departement).jointes}
        verdicts = regles(bilans)
        for un in tirages:
            for niveau in MESURES:
                siennes = [une for une in un.bandes if une.niveau == niveau]
                if siennes:
                    lue = replace(juger(siennes, verdicts, presentes), mois=un.mois)
                    lues[niveau].append(lue)
    return {
        niveau: next((une for une in toutes if une.marge), toutes[0] if toutes else Justesse())
        for niveau, toutes in lues.items()
    }


def regles(bilans: Bilans) -> dict[str, Verdict]:
    """Return what each pair was decided to be, on whichever fields: by whom it was decided last."""
    dits: dict[str, tuple[dt.datetime, Verdict]] = {}
    for (paire, _), un in bilans.items():
        if un.verdict in (None, Verdict.A_VERIFIER):
            continue
        le = un.decisions[-1].le
        if paire not in dits or dits[paire][0] < le:
            dits[paire] = (le, un.verdict)
    return {paire: verdict for paire, (_, verdict) in dits.items()}


def restantes(
    bande: Bande, verdicts: Mapping[str, Verdict], presentes: Collection[str]
) -> set[str]:
    """Return the pairs of a band that are left to decide."""
    return {un.paire for un in bande.paires if un.paire in presentes and un.paire not in verdicts}


def juger(
    siennes: Sequence[Bande], verdicts: Mapping[str, Verdict], presentes: Collection[str]
) -> Justesse:
    """Return what the bands of a tier tell, by what is decided and which pairs are still found."""
    vues, restent = [], 0
    for une in siennes:
        dits = [verdicts[un.paire] for un in une.paires if un.paire in verdicts]
        memes = dits.count(Verdict.MEME)
        restent += len(restantes(une, verdicts, presentes))
        vues.append(Vue(une.effectif, une.tirees, memes, len(dits) - memes))
    oui, sur = sum(une.memes for une in vues), sum(une.memes + une.autres for une in vues)
    tirees = sum(une.tirees for une in vues)
    lue = Justesse(
        paires=sum(une.effectif for une in vues),
        tirees=tirees,
        oui=oui,
        sur=sur,
        parties=tirees - sur - restent,
    )
    if restent or not sur:
        return lue
    taux, marge = estimer(vues)
    return replace(lue, taux=taux, marge=marge)


# --- The draw -------------------------------------------------------------------------------------


def tirer(secret: str, departement: str, mois: str, paires: Iterable[Paire]) -> tuple[Bande, ...]:
    """Return the bands of weight of each tier, and in each the first pairs by their HMAC.

    The order is that of a key: nobody chooses it, and drawn twice it is the same.
    """
    toutes = list(paires)
    bandes = []
    for niveau in MESURES:
        siennes = [une for une in toutes if une.niveau == niveau]
        for lot in _couper(siennes, niveau):
            ordre = sorted(lot, key=lambda p: sceller(secret, "tirer", departement, mois, p.paire))
            poids = [une.poids for une in lot if une.poids is not None]
            tirees = ordre[: PAR_BANDE if niveau is Niveau.PROBABLE else BANDES * PAR_BANDE // 2]
            bandes.append(
                Bande(
                    niveau,
                    min(poids, default=None),
                    max(poids, default=None),
                    len(lot),
                    len(tirees),
                    tuple(Tiree(une.paire, une.membre_a, une.membre_b) for une in tirees),
                )
            )
    return tuple(bandes)


def _couper(siennes: list[Paire], niveau: Niveau) -> list[list[Paire]]:
    """Cut the pairs by their weight; those of the exact rule are alike, and stay together."""
    if niveau is not Niveau.PROBABLE:
        return [siennes] if siennes else []
    rangees = sorted(siennes, key=lambda une: (une.poids or 0.0, une.paire))
    nombre = len(rangees)
    bornes = [nombre * rang // BANDES for rang in range(BANDES + 1)]
    lots = [rangees[bas:haut] for bas, haut in pairwise(bornes)]
    return [lot for lot in lots if lot]


# --- The interval ---------------------------------------------------------------------------------


def estimer(vues: Sequence[Vue]) -> tuple[float, tuple[float, float]]:
    """Return the rate of all the pairs of some bands, and its bounds at 95 %.

    Each band has Clopper and Pearson's bounds, or its own rate when all of it was seen; they are
    put together as Zou and Donner do (2008): what each bound stands from its rate, weighted and
    squared, is summed. `python -m benchmarks doublons-justesse` tells how often they hold. What
    went undecided is of others in the low bound, of one person in the high one.
    """
    total = sum(une.effectif for une in vues)
    taux = _ensemble([_part(une.memes, une.memes + une.autres) for une in vues], vues)
    bas, haut = 0.0, 0.0
    moins = [_part(une.memes, une.tirees) for une in vues]
    plus = [_part(une.memes + une.parties, une.tirees) for une in vues]
    for une, pire, mieux in zip(vues, moins, plus, strict=True):
        poids = une.effectif / total
        entiere = une.tirees >= une.effectif
        plancher = pire if entiere else _plancher(une.memes, une.tirees)
        plafond = mieux if entiere else 1 - _plancher(une.autres, une.tirees)
        bas += (poids * (pire - plancher)) ** 2
        haut += (poids * (plafond - mieux)) ** 2
    basse = max(0.0, _ensemble(moins, vues) - math.sqrt(bas))
    haute = min(1.0, _ensemble(plus, vues) + math.sqrt(haut))
    return taux, (basse, haute)


def _part(oui: int, sur: int) -> float:
    return oui / sur if sur else 0.5


def _ensemble(parts: Sequence[float], vues: Sequence[Vue]) -> float:
    total = sum(une.effectif for une in vues)
    return sum(une.effectif * part for part, une in zip(parts, vues, strict=True)) / total


@functools.lru_cache(maxsize=4096)
def _plancher(oui: int, sur: int) -> float:
    """Return Clopper and Pearson's lower bound: the rate at which so many or more are a chance."""
    if not oui:
        return 0.0
    bas, haut = 0.0, oui / sur
    for _ in range(40):
        milieu = (bas + haut) / 2
        if _au_moins(oui, sur, milieu) < RISQUE / 2:
            bas = milieu
        else:
            haut = milieu
    return bas


def _au_moins(oui: int, sur: int, taux: float) -> float:
    """Return the chance of at least so many among `sur` at a rate."""
    return sum(math.comb(sur, k) * taux**k * (1 - taux) ** (sur - k) for k in range(oui, sur + 1))
