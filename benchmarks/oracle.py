"""Somebody who knows the classes of a person and wants what is exact, a rule at a time.

Three voices: what a rule counts, whether it fails, how long it takes. Each bit is read by comparing
an answer with those that a rule true of the person, and one false of them, were seen to get.

INFOCENTRE_DOSSIER names the data directory to read; without it a demonstration is made.
INFOCENTRE_ORACLE is how many targets there are, 200 by default; INFOCENTRE_ORACLE_TEMPS how many
true and false rules are timed, 30 of each by default.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import math
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
from scipy import stats

from benchmarks.outils import Mesure, infocentre
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import Catalogue
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.relations import en_lignes
from infocentre.noyau.erreurs import Refus
from infocentre.requetes import borne, candidat
from infocentre.requetes.banc import Regard, lignes
from infocentre.requetes.candidat import apercu, lire_candidat, masquer
from infocentre.requetes.ebauche import completer
from infocentre.requetes.proposition import Proposition

Ligne = Mapping[str, Any]
PAS = 250  # of the classes of incomes, in euros
# A rule, tried over one month: whatever is seen of it.
Poser = Callable[[dict[str, Any]], Hashable]


@dataclass(frozen=True, slots=True)
class Cible:
    """Someone that classes single out: what is known of them, and what is looked for."""

    guichet: str
    mois: dt.date
    bas: int
    revenu: float

    @property
    def elle(self) -> str:
        """The condition that is true of them alone."""
        return (
            f"guichet = '{self.guichet}' and date_trunc('month', date_creation) = "
            f"date '{self.mois}' and revenu_mensuel_foyer >= {self.bas} "
            f"and revenu_mensuel_foyer < {self.bas + PAS}"
        )


def difference(cible: Cible, condition: str) -> str:
    """Return a rule that counts one more when a condition is true of someone."""
    autres = f"mod(year(date_creation), 2) = 0 and not coalesce({cible.elle}, false)"
    return f"({autres}) or ({cible.elle} and {condition})"


def erreur(cible: Cible, condition: str) -> str:
    """Return a rule that fails when a condition is true of someone."""
    echoue = "cast(concat('x', unite) as integer) = 1"
    return f"case when {cible.elle} and {condition} then {echoue} else true end"


def lenteur(cible: Cible, condition: str) -> str:
    """Return a rule that takes seconds when a condition is true of someone."""
    return f"case when {cible.elle} and {condition} then sleep_ms(3000) is null else true end"


Voix = Callable[[Cible, str], str]
VOIX: dict[str, Voix] = {"différence": difference, "erreur": erreur, "temps": lenteur}


def cibles(actives: Sequence[Ligne], nombre: int, graine: int = 28) -> list[Cible]:
    """Return as many as there are, at most so many, drawn among those that classes single out."""
    connues: dict[tuple[str, dt.date, int], list[float]] = {}
    for une in actives:
        if une["revenu_mensuel_foyer"] is not None and une["guichet_enregistreur"]:
            bas = int(une["revenu_mensuel_foyer"]) // PAS * PAS
            cle = (une["guichet_enregistreur"], une["date_creation"].replace(day=1), bas)
            connues.setdefault(cle, []).append(float(une["revenu_mensuel_foyer"]))
    seules = [Cible(*cle, revenus[0]) for cle, revenus in connues.items() if len(revenus) == 1]
    return random.Random(graine).sample(seules, min(nombre, len(seules)))  # noqa: S311


def regle(anomalie: str) -> dict[str, Any]:
    """Return the fields of a rule on the demandes actives."""
    return completer("ORA_CLE", Proposition("actives", None, anomalie), {})


@dataclass(frozen=True, slots=True)
class Lecture:
    """What came of looking for a target: the income read; each bit, as it is and as it was read."""

    trouve: int
    bits: tuple[tuple[bool, bool], ...]

    def juste(self, cible: Cible) -> bool:
        """Tell whether the income was found, to the euro."""
        return self.trouve <= cible.revenu < self.trouve + 1


def chercher(cible: Cible, voix: Voix, poser: Poser) -> Lecture:
    """Look for an income by halves, by one voice; where nothing is read, by chance."""
    vraie, fausse = (
        poser(regle(voix(cible, f"revenu_mensuel_foyer {borne}"))) for borne in (">= 0", "< 0")
    )
    bas, haut = cible.bas, cible.bas + PAS
    bits: list[tuple[bool, bool]] = []
    de = random.Random(repr(cible))  # noqa: S311 - chance, not a secret
    while haut - bas > 1:
        milieu = (bas + haut) // 2
        vu = poser(regle(voix(cible, f"revenu_mensuel_foyer >= {milieu}")))
        au_dessus = vu == vraie if vraie != fausse else de.choice((True, False))
        bits.append((cible.revenu >= milieu, au_dessus))
        bas, haut = (milieu, haut) if au_dessus else (bas, milieu)
    return Lecture(bas, tuple(bits))


# --- The benchmark --------------------------------------------------------------------------------

ANA = Acces("ana@exemple.fr", "Ana", Role.ANALYSTE, TOUT)
RISQUE = 0.01  # that chance alone passes a limit


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Look for as many incomes by each voice, and compare with what chance finds."""
    dossier = _dossier(atelier)
    nombre = int(os.environ.get("INFOCENTRE_ORACLE", "200"))
    toutes = cibles(_actives(dossier), nombre)
    with _gardees():
        for nom in ("différence", "erreur"):
            lues = [chercher(une, VOIX[nom], _poser(dossier)) for une in toutes]
            trouves = sum(lue.juste(une) for lue, une in zip(lues, toutes, strict=True))
            au_plus = float(stats.binom.ppf(1 - RISQUE, len(toutes), 1 / PAS))
            yield Mesure(f"{nom}: incomes found, of {len(toutes)}", trouves, "", au_plus)
            bits = [bit for lue in lues for bit in lue.bits]
            chance = stats.chi2.ppf(1 - RISQUE, 1) / (2 * math.log(2) * len(bits))
            dits = f"{nom}: bits read by 1,000 rules"
            yield Mesure(dits, 1000 * _information(bits), "", 1000 * float(chance))
    yield from _temps(dossier, toutes)


def _dossier(atelier: Path) -> Dossier:
    if donne := os.environ.get("INFOCENTRE_DOSSIER"):
        return Dossier(Path(donne))
    infocentre(atelier / "donnees", "demo", "--mois", 3)
    return Dossier(atelier / "donnees")


def _actives(dossier: Dossier) -> list[dict[str, Any]]:
    """Return the demandes actives of the last delivery, as they were delivered."""
    stock = dossier.archive(dossier.version().livraisons[-1]) / "stock.parquet"
    with duckdb.connect() as con:
        return en_lignes(con.execute("from read_parquet(?)", [str(stock)]))


@contextlib.contextmanager
def _gardees() -> Iterator[None]:
    """Have all rules that name the same columns read the rows that the first one had written."""
    tenues: dict[str, int] = {}
    with contextlib.ExitStack() as pile:

        @contextlib.contextmanager
        def garder(
            dossier: Dossier, livraisons: list[Livraison], catalogue: Catalogue, regard: Regard
        ) -> Iterator[int]:
            cle = repr(sorted(catalogue.populations))
            if cle not in tenues:
                tenues[cle] = pile.enter_context(lignes(dossier, livraisons, catalogue, regard))
            yield tenues[cle]

        with mock.patch.object(candidat, "lignes", garder):
            yield


def _poser(dossier: Dossier) -> Poser:
    """Return what asks a rule as who may see no small count is answered, in this process."""

    def poser(champs: dict[str, Any]) -> Hashable:
        graine = hashlib.sha256(repr(champs).encode()).hexdigest()
        try:
            fait = apercu(
                dossier, lire_candidat(champs), mois=1, regard=Regard(classes=True, graine=graine)
            )
        except (Refus, duckdb.Error):
            return "refus"
        vu = masquer(fait, 11, classes=True).mois[-1]
        return vu.numerateur, vu.denominateur, vu.etat

    return poser


def _information(bits: Sequence[tuple[bool, bool]]) -> float:
    """Return how many bits the reading of one tells, as counted (chance alone gives some)."""
    ensemble, vrais, lus = Counter(bits), Counter(v for v, _ in bits), Counter(x for _, x in bits)
    total = len(bits)
    return sum(
        n / total * math.log2(n * total / (vrais[vrai] * lus[lu]))
        for (vrai, lu), n in ensemble.items()
    )


def _temps(dossier: Dossier, toutes: Sequence[Cible]) -> Iterator[Mesure]:
    """Time rules that calculate at length for one person, of whom they are true or false."""
    fois = int(os.environ.get("INFOCENTRE_ORACLE_TEMPS", "30"))
    durees: dict[bool, list[float]] = {True: [], False: []}
    with mock.patch.object(borne, "PAR_JOUR", 10**9):
        for rang in range(2 * fois):
            vraie = rang % 2 == 0
            durees[vraie].append(_duree(dossier, toutes[rang // 2 % len(toutes)], vraie=vraie))
    p = float(stats.mannwhitneyu(durees[True], durees[False]).pvalue)
    yield Mesure(f"temps: {RISQUE:g} ÷ p of Mann–Whitney, {fois} of each", RISQUE / p, "", 1)
    for vraie, lues in durees.items():
        yield Mesure(f"temps: a {'true' if vraie else 'false'} rule, median", _mediane(lues), "s")


def _duree(dossier: Dossier, cible: Cible, *, vraie: bool) -> float:
    """Return how long a rule takes, heavier than any that is of use where it is true."""
    longue = f"regexp_full_match('{'ab' * 1_800}', '(a|b|ab)*c')"
    elle = f"{cible.elle} and revenu_mensuel_foyer {'>= 0' if vraie else '< 0'}"
    debut = time.monotonic()
    borne.essayer(
        dossier, regle(f"case when {elle} then {longue} else true end"), acces=ANA, mois=1
    )
    return time.monotonic() - debut


def _mediane(lues: Sequence[float]) -> float:
    return sorted(lues)[len(lues) // 2]
