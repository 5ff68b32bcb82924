"""What a delivery would publish beside its own past: the months already said, then the new one.

A mistake of extraction says again, in another way, the months that were already delivered; a true
event is in the new month alone, and seldom in all guichets at once. Counts are compared by the
exact test of the house.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from infocentre.controles.vraisemblance.examen import Examen, Mesure
from infocentre.controles.vraisemblance.publie import FENETRE, Publies, Rapport, Releve
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.noyau.francais import accorder, citer, entier
from infocentre.noyau.temps import jour, nom_mois

CITES = 3
FACTEUR_GUICHET = 1.25  # under which a guichet is as before, however many its units
MENEURS = 2  # guichets whose own event is no mistake of the file
RARETE_MAX = 10**12
Cotes = tuple[Rapport, Rapport]
Regard = Callable[[Releve], Cotes]


@dataclass(frozen=True, slots=True)
class Ecart:
    """One thing counted of one guichet (« * »: of all), before and now, so many months apart."""

    code: str
    guichet: str
    avant: Rapport
    ici: Rapport
    chance: float
    mois: int = 1

    @property
    def facteur(self) -> float:
        """How many times more, or less, by month: half a unit added, so that 0 compares too."""
        avant, ici = ((n + 0.5) / (d + 1) for n, d in (self.avant, self.ici))
        return float(max(avant / ici, ici / avant) ** (1 / self.mois))

    @property
    def rarete(self) -> int:
        """One chance in so many that nothing moved."""
        return int(1 / max(self.chance, 1 / RARETE_MAX))


def deja_publies(examen: Examen) -> Iterator[Mesure]:
    """Measure how differently the months that both deliveries judge are said."""
    if examen.reference is None:
        return
    quand = f"au {jour(examen.reference['arrete'])}"
    publies = examen.publies
    regard: Regard = lambda un: (un.alors, un.ici)  # noqa: E731
    durees = dict.fromkeys(publies.stocks, max(abs(examen.ecart_mois), 1))
    for un in _ecarts(_reunis(publies.releves, regard), durees=durees):
        dit = f"{_dire(un, publies)}, contre {_ecrire(un.avant, un.code, publies)} {quand}"
        yield Mesure("publies", un.code, un.facteur, un.rarete, dit)
    yield from _guichets("publies_guichets", publies, publies.releves, regard, durees)


def du_mois(examen: Examen) -> Iterator[Mesure]:
    """Measure how far the new month is from those before, as the new delivery says them all."""
    if examen.reference is None:
        return
    publies = examen.publies
    regard: Regard = lambda un: (un.passe, un.mois)  # noqa: E731
    quand = nom_mois(examen.livraison["mois"])
    for un in _ecarts(_sans_meneurs(publies), _dispersions(publies)):
        avant = _ecrire(un.avant, un.code, publies)
        dit = f"{_dire(un, publies)} en {quand}, contre {avant} dans les {FENETRE} mois d’avant"
        yield Mesure("mois", un.code, un.facteur, un.rarete, dit)
    # August has fewer deposits in all guichets: a count of the month is judged together only.
    taux = [un for un in publies.releves if un.code not in publies.seuls]
    yield from _guichets("mois_guichets", publies, taux, regard)


def _guichets(
    controle: str,
    publies: Publies,
    releves: Iterable[Releve],
    regard: Regard,
    durees: Mapping[str, int] | None = None,
) -> Iterator[Mesure]:
    """Count, by thing, the guichets that moved together, told apart from chance all at once."""
    comptes = ((un.code, un.guichet, regard(un)) for un in releves)
    ecarts = list(_ecarts(comptes, _dispersions(publies), durees))
    if not ecarts:
        return
    tenus = retenir_ensemble([un.chance for un in ecarts])
    bouges: dict[str, list[str]] = defaultdict(list)
    for un, tenu in zip(ecarts, tenus, strict=True):
        if tenu and un.facteur > FACTEUR_GUICHET:
            bouges[un.code].append(un.guichet)
    if bouges:
        yield _pire(controle, bouges, publies)


def _pire(controle: str, bouges: dict[str, list[str]], publies: Publies) -> Mesure:
    """Say in which thing the most guichets moved, and in which others as many or so."""
    code, siens = max(bouges.items(), key=lambda un: (len(un[1]), un[0]))
    autres = [un for un, eux in bouges.items() if un != code and 2 * len(eux) >= len(siens)]
    combien = accorder(len(siens), "guichet change", "guichets changent")
    noms = citer(siens, CITES, "autre", "autres")
    de_meme = f" ; de même {citer(sorted(autres), CITES, 'autre', 'autres')}" if autres else ""
    dit = f"{publies.libelles[code]} : {combien} à la fois ({noms}){de_meme}"
    return Mesure(controle, code, len(siens), len(siens), dit)


def _ecarts(
    comptes: Iterable[tuple[str, str, Cotes]],
    dispersions: Mapping[str, float] | None = None,
    durees: Mapping[str, int] | None = None,
) -> Iterator[Ecart]:
    """Compare each pair of counts; those of what varies more than chance count for less.

    `durees`: by thing, in how many months it had the time to move, 1 for those it does not say.
    """
    lus = list(comptes)
    if not lus:
        return
    moins = np.array([(dispersions or {}).get(code, 1.0) for code, _, _ in lus])
    n_avant, d_avant, n, d = (
        np.floor(colonne / moins)
        for colonne in np.array([[*a, *b] for _, _, (a, b) in lus], dtype=np.float64).T
    )
    chances = chances_d_un_ecart((n_avant, d_avant), (n, d))
    for (code, guichet, (avant, ici)), chance in zip(lus, chances, strict=True):
        yield Ecart(code, guichet, avant, ici, float(chance), (durees or {}).get(code, 1))


def _reunis(releves: Iterable[Releve], regard: Regard) -> Iterator[tuple[str, str, Cotes]]:
    sommes: dict[str, list[int]] = {}
    for un in releves:
        (a, b), (c, d) = regard(un)
        vus = sommes.setdefault(un.code, [0, 0, 0, 0])
        sommes[un.code] = [x + y for x, y in zip(vus, (a, b, c, d), strict=True)]
    for code, (a, b, c, d) in sommes.items():
        yield code, "*", ((a, b), (c, d))


def _sans_meneurs(publies: Publies) -> Iterator[tuple[str, str, Cotes]]:
    """Sum the new month and those before over all guichets but the few that moved the most."""
    par_code: dict[str, list[Releve]] = defaultdict(list)
    for un in publies.releves:
        par_code[un.code].append(un)
    for siens in par_code.values():
        ranges = sorted(siens, key=_mouvement)
        yield from _reunis(ranges[:-MENEURS], lambda un: (un.passe, un.mois))


def _mouvement(un: Releve) -> float:
    """Return how many units a guichet is from what its own past lets expect."""
    n, d = un.passe
    return abs(un.mois[0] - un.mois[1] * n / d) if d else un.mois[0]


def _dispersions(publies: Publies) -> dict[str, float]:
    """Return, by thing, how many times more than chance its months vary: 1 at least."""
    return {code: _dispersion(serie) for code, serie in publies.series.items()}


def _dispersion(serie: Sequence[Rapport]) -> float:
    n, d = np.array(serie, dtype=np.float64).T
    taux = n.sum() / max(d.sum(), 1)
    if len(serie) < FENETRE // 2 or not 0 < taux < 1:
        return 1.0
    ecarts = (n - d * taux) ** 2 / np.maximum(d * taux * (1 - taux), 1e-9)
    return max(float(ecarts.sum() / (len(serie) - 1)), 1.0)


def _dire(un: Ecart, publies: Publies) -> str:
    return f"{publies.libelles[un.code]} : {_ecrire(un.ici, un.code, publies)}"


def _ecrire(rapport: Rapport, code: str, publies: Publies) -> str:
    n, d = rapport
    return entier(n) if code in publies.seuls else f"{entier(n)} sur {entier(d)}"
