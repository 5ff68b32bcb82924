"""Who has the repères of some months beside all that is shared, and looks for what they rest on.

How a file is made is no secret. When its deciles are those of what the bilan tells, the masked
organismes having their common rate, whoever has the bilan writes it without its maker: it binds no
count, for any reader, whatever else they know. When they are not, it is of the rates as they are:
each decile falls between two organismes, in the order of their rates, and bounds both. How many of
the masked ones stand on either side is said by binaries, in the program of all that is shared.
Where two unknown rates make a decile together, each is bounded by what the other may be.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from infocentre.catalogue import Catalogue
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.reperes import DECILES, Repere
from infocentre.restitutions.bilan.releve import Releve, Valeur, relever
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.reperes import _SANS_TAUX as SANS_TAUX
from infocentre.restitutions.reperes import tirer, types_uniques
from tests.mesures.grand_juge import Contrainte
from tests.mesures.juge import PLAFOND
from tests.restitutions.curieux import PARTIES, RANG, Lieu, Savoir, parties_de

DEMI = 0.005 + 1e-9  # half of what a decile is told to
PRES = 1e-9
FOIS = 20  # after which the bounds of ranks move no more

# What makes the deciles of a month: its shared values, types of organismes, rules, threshold.
Tirage = Callable[[Releve, Mapping[str, str], Catalogue, int], Iterator[Repere]]
# What finds counts again, of those that may be.
Juge = Callable[[Savoir, set[Lieu]], set[Lieu]]


def tirer_des_taux(
    releve: Releve, types: Mapping[str, str], regles: Catalogue, seuil: int
) -> Iterator[Repere]:
    """Yield the deciles of the rates as they are, masked or not: what a file must not do."""
    nus = {cle: replace(une, masquee=False) for cle, une in releve.valeurs.items()}
    return tirer(replace(releve, valeurs=nus), types, regles, seuil)


@dataclass(frozen=True)
class Mois:
    """A month as it is shared; `seuil` is how many organismes a file is made of at least."""

    releve: Releve
    types: Mapping[str, str]
    regles: Catalogue
    seuil: int

    def fichier(self, tirage: Tirage) -> list[tuple[Repere, list[Valeur]]]:
        """Return the repères of its file, with the organismes that each is of."""
        par_type: dict[tuple[str, str], list[Valeur]] = defaultdict(list)
        for une in self.releve.valeurs.values():
            if une.niveau == "organisme" and une.cle in self.types and une.etat not in SANS_TAUX:
                par_type[une.un.code, self.types[une.cle]].append(une)
        faits = tirage(self.releve, self.types, self.regles, self.seuil)
        return [(un, par_type[un.indicateur, un.type_guichet]) for un in faits]


def lire_un_mois(e: Edition, seuil: int = 0) -> Mois:
    """Return a month; its file is made of as many organismes as the threshold, without `seuil`."""
    regles = catalogue_du_mois(e.v, e.filtres)
    releve = relever(e.v, e.departement, e.mois, regles.en_json(), partage=True)
    return Mois(releve, types_uniques(e), regles, seuil or seuil_secret(e.v))


def petites_de(mois: Sequence[Mois], seuil: int, tirage: Tirage = tirer) -> set[Lieu]:
    """Return the small masked counts that the files of these months rest on."""
    return {
        _lieu(une, "n")
        for un in mois
        for _, siennes in un.fichier(tirage)
        for une in siennes
        if une.masquee and 0 < (une.n or 0) < seuil
    }


def lire_les_reperes(
    savoir: Savoir, mois: Mois, tirage: Tirage = tirer, codes: set[str] | None = None
) -> None:
    """Read the file of a month, of `codes` alone if told, and what it binds."""
    for un, siennes in mois.fichier(tirage):
        if codes is None or un.indicateur in codes:
            commun = _commun(mois.releve(un.indicateur, "type", un.type_guichet), siennes)
            taux = [commun if une.masquee else une.taux for une in siennes]
            if not _sont(un.deciles, taux):
                _lier(savoir, un, siennes)


def _lieu(une: Valeur, nom: str) -> Lieu:
    return (une.un.code, une.mois, f"{une.niveau}/{une.cle}", nom)


def _commun(type_: Valeur | None, siennes: Sequence[Valeur]) -> float | None:
    """Return the rate of the masked organismes together, as the bilan tells it."""
    if type_ is None or type_.masquee:
        return type_.environ if type_ else None
    dites = [une for une in siennes if not une.masquee]
    n, d = (
        (getattr(type_, nom) or 0) - sum(getattr(une, nom) for une in dites) for nom in ("n", "d")
    )
    return n / d if d else None


def _sont(deciles: Sequence[float], taux: Sequence[float | None]) -> bool:
    """Tell whether deciles are those of these rates."""
    lus = [un for un in taux if un is not None]
    if len(lus) < len(taux):
        return False
    calcules = np.quantile(lus, np.arange(1, DECILES) / DECILES)
    return bool(np.all(np.abs(calcules - deciles) < DEMI))


def _lier(savoir: Savoir, un: Repere, siennes: Sequence[Valeur]) -> None:
    """Bind the counts that a reader lacks to the deciles of all."""
    lieux = [(_lieu(une, "n"), _lieu(une, "d")) for une in siennes]
    tus = [deux for deux in lieux if not savoir.cachees.isdisjoint(deux)]
    connus = sorted(savoir.vraies[n] / savoir.vraies[d] for n, d in lieux if (n, d) not in tus)
    for rang, (bas, haut) in enumerate(_bornes(un.deciles, connus, len(tus))):
        dessous = sum(taux <= haut + PRES for taux in connus)
        dessus = sum(taux >= bas - PRES for taux in connus)
        _exiger(savoir, tus, rang + 1 - dessous, haut, 1)
        _exiger(savoir, tus, len(siennes) - rang - dessus, bas, -1)


def _bornes(
    deciles: Sequence[float], connus: Sequence[float], tus: int
) -> Iterator[tuple[float, float]]:
    """Yield between what and what the rate of each rank lies, from the lowest to the highest."""
    nombre = len(connus) + tus
    bas = [connus[rang - tus] if rang >= tus else 0.0 for rang in range(nombre)]
    haut = [connus[rang] if rang < len(connus) else 1.0 for rang in range(nombre)]
    for _ in range(FOIS):
        for n, lu in enumerate(deciles, 1):
            rang, reste = divmod(n * (nombre - 1), DECILES)
            part, suivant = reste / DECILES, rang + 1
            moins, plus = lu - DEMI, lu + DEMI
            bas[rang] = max(bas[rang], (moins - part * haut[suivant]) / (1 - part))
            haut[rang] = min(haut[rang], (plus - part * bas[suivant]) / (1 - part))
            if part:
                bas[suivant] = max(bas[suivant], (moins - (1 - part) * haut[rang]) / part)
                haut[suivant] = min(haut[suivant], (plus - (1 - part) * bas[rang]) / part)
        bas = list(itertools.accumulate(bas, max))
        haut = list(itertools.accumulate(reversed(haut), min))[::-1]
    yield from zip(bas, haut, strict=True)


def _exiger(
    savoir: Savoir, tus: Sequence[tuple[Lieu, Lieu]], combien: int, taux: float, sens: int
) -> None:
    """Say that so many of the rates that a reader lacks are this one at most, at least if -1."""
    if combien <= 0 or not 0 < taux < 1:
        return
    rangs = []
    for n, d in tus:
        ecart = {n: float(sens), d: -sens * taux}
        if combien == len(tus):
            savoir.contraintes.append(Contrainte(ecart, None, PRES))
            continue
        rang = (RANG, (n, taux, sens))
        vraie = sens * (savoir.vraies[n] - taux * savoir.vraies[d]) <= PRES
        savoir.dire(rang, int(vraie), masquee=True)
        savoir.contraintes += [
            Contrainte({**ecart, rang: 2 * PLAFOND}, None, 2 * PLAFOND),
            Contrainte({rang: 1}, 0, 1),
        ]
        rangs.append(rang)
    if rangs:
        savoir.contraintes.append(Contrainte(dict.fromkeys(rangs, 1), combien, None))


# --- Who lacks the counts of two organismes ---


def deviner(
    savoir: Savoir, mois: Sequence[Mois], seuil: int, juger: Juge, tirage: Tirage, au_plus: int
) -> set[Lieu]:
    """Return what files give to who has all the counts of a type but those of two organismes.

    Of each small masked count that a file rests on, the other organisme has the most of those that
    are masked with it; so many of these readers are tried `au_plus`. What one finds without the
    files is left out.
    """
    donnees: set[Lieu] = set()
    paires = _paires(mois, seuil, tirage).items()
    for (type_, deux), codes in itertools.islice(paires, au_plus):
        siens = {f"organisme/{un}" for lu in mois for un, leur in lu.types.items() if leur == type_}
        siens -= {f"organisme/{un}" for un in deux}
        cachees = {un for un in savoir.cachees if len(un) < PARTIES or un[2] not in siens}
        avec = Savoir(savoir.vraies.copy(), cachees.copy(), [*savoir.contraintes])
        for lu in mois:
            lire_les_reperes(avec, lu, tirage, codes)
        ajoutees = {un for c in avec.contraintes[len(savoir.contraintes) :] for un in c.termes}
        autour = {
            un for siennes, _ in parties_de(avec) if not ajoutees.isdisjoint(siennes)
            for un in siennes
        }  # fmt: skip
        if autour:
            sans = Savoir(savoir.vraies, cachees, savoir.contraintes)
            donnees |= juger(avec, autour) - juger(sans, autour & cachees)
    return donnees


def _paires(
    mois: Sequence[Mois], seuil: int, tirage: Tirage
) -> dict[tuple[str, frozenset[str]], set[str]]:
    """Return the organismes two by two, with their type, and the indicators of which it is so."""
    paires: dict[tuple[str, frozenset[str]], set[str]] = defaultdict(set)
    for lu in mois:
        for un, siennes in lu.fichier(tirage):
            tues = sorted((une for une in siennes if une.masquee), key=lambda une: une.n or 0)
            for une in tues[:-1]:
                if 0 < (une.n or 0) < seuil:
                    deux = frozenset({une.cle, tues[-1].cle})
                    paires[un.type_guichet, deux].add(un.indicateur)
    return paires
