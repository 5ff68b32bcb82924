"""The effect of the corrective measures of a département: of those contacted, since they were."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from infocentre.affaires import Affaire, Constat
from infocentre.lecture.affaires import affaires_au, comptees, constats_de, selon_les_affaires
from infocentre.lecture.commun import derniers
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.effets import MINIMUM, TEMOINS, Effet, Silence, Suivie, effet
from infocentre.noyau.francais import accorder, nombre, pourcentage
from infocentre.noyau.temps import mois_avant, rang

UN_AN = 12

# Windows of as many months before the constat, when nobody was contacted, that tell of drifts.
REJOUEES = 3

# What each guichet counted when its months begin, and in them: those of a flow added up, the last
# one of a stock.
_DEPUIS = """
WITH fenetres AS (
    SELECT unnest($codes::VARCHAR[]) AS code, unnest($constats::VARCHAR[]) AS constat,
        unnest($debuts::VARCHAR[]) AS debut, unnest($fins::VARCHAR[]) AS fin
),
ici AS (FROM valeurs WHERE niveau = 'guichet' AND departement = $departement),
avant AS (
    SELECT f.*, guichet, type_guichet, n_etat AS n_avant, d_etat AS d_avant
    FROM ici JOIN fenetres AS f ON ici.code = f.code AND ici.mois = f.constat WHERE d_etat > 0
),
apres AS (
    SELECT f.code, f.constat, f.fin, guichet,
        sum(numerateur)::BIGINT AS n, sum(denominateur)::BIGINT AS d
    FROM ici JOIN fenetres AS f ON ici.code = f.code AND ici.mois BETWEEN f.debut AND f.fin
    GROUP BY ALL
)
SELECT code, constat, fin, guichet, coalesce(type_guichet, '') AS type_guichet,
    n_avant, d_avant, n, d
FROM avant JOIN apres USING (code, constat, fin, guichet) WHERE d > 0
ORDER BY ALL
"""


class _Compte(TypedDict):
    code: str
    constat: str
    fin: str
    guichet: str
    type_guichet: str
    n_avant: int
    d_avant: int
    n: int
    d: int


@dataclass(frozen=True, slots=True)
class Bilan:
    """What was done by measures in a period: affaires by step reached and by outcome, their effect.

    Each count is of affaires of which it happened, once each; those opened are of those reopened
    too. `nommables` reached step 2 or 3 in the period: their organisme may be named.
    """

    ouvertes: int
    rouvertes: int
    signalees: int
    repondues: int
    formalisees: int
    soumises: int
    closes: int
    corrigees: int
    nommables: tuple[Affaire, ...]
    effet: Effet | Silence


def bilan_des_mesures(
    v: Lecture, departement: str, debut: str, fin: str, jour: dt.date | None = None
) -> Bilan | None:
    """Return what the measures of a period (months) were, and the effect of all up to its end.

    As it was known on a day, or is now. None when no affaire was open by then.
    """
    toutes = comptees(v, departement, jour)
    if all(f"{une.ouverte_le:%Y-%m}" > fin for une in toutes):
        return None
    faits: Counter[str] = Counter()
    nommables = []
    for une in toutes:
        dits = [un for un in une.situation.evenements if debut <= f"{un.jour:%Y-%m}" <= fin]
        comptes = {une.compte(un) for un in dits}
        ouverte = not comptes.isdisjoint(("ouvertes", "rouvertes"))
        faits.update(comptes | ({"ouvertes"} if ouverte else set()))
        faits["corrigees"] += any(un.donnees.get("issue") == "corrige" for un in dits)
        if not comptes.isdisjoint(("formalisees", "soumises")):
            nommables.append(une)
    return Bilan(
        faits["ouvertes"],
        faits["rouvertes"],
        faits["signalees"],
        faits["repondues"],
        faits["formalisees"],
        faits["soumises"],
        faits["closes"],
        faits["corrigees"],
        tuple(nommables),
        effet_des_mesures(v, departement, fin, jour),
    )


@selon_les_affaires
def effet_des_mesures(
    v: Lecture, departement: str, mois: str, jour: dt.date | None = None
) -> Effet | Silence:
    """Return the effect of contacting by a month, over a year at most after each constat.

    Of the contacts that were known on a day, or are now.
    """
    contactes = [une for une in affaires_au(v, departement, jour) if une.comptes("signalees")]
    return _effet(v, departement, mois, tuple(un for une in contactes for un in une.constats))


@derniers(16)
def _effet(v: Lecture, departement: str, mois: str, ids: tuple[str, ...]) -> Effet | Silence:
    """Return the effect of these constats: whatever else happens to affaires, it is the same."""
    return effet_suppose(
        v, departement, mois, _premiers(un for un in constats_de(v, ids) if un.mois < mois)
    )


def effet_suppose(
    v: Lecture, departement: str, mois: str, premiers: Mapping[tuple[str, str], str]
) -> Effet | Silence:
    """Return the effect by a month of contacts: {(code, guichet): month of the first constat}."""
    constats = sorted({(code, constat) for (code, _), constat in premiers.items()})
    contactees: list[Suivie] = []
    temoins: list[Suivie] = []
    for ligne in _lire(v, departement, constats, mois):
        constat = premiers.get((ligne["code"], ligne["guichet"]))
        if constat and (constat, _fin(constat, mois)) == (ligne["constat"], ligne["fin"]):
            contactees.append(_suivie(ligne))
        elif constat is None or ligne["fin"] <= constat:
            temoins.append(_suivie(ligne))
    return effet(contactees, temoins)


def _premiers(constats: Iterable[Constat]) -> dict[tuple[str, str], str]:
    """Return {(code, guichet): the month of its first constat}: it is contacted once for all."""
    premiers: dict[tuple[str, str], str] = {}
    for un in constats:
        cle = un.code, un.guichet
        premiers[cle] = min(un.mois, premiers.get(cle, un.mois))
    return premiers


def _suivie(ligne: _Compte) -> Suivie:
    return Suivie(
        ligne["guichet"],
        f"{ligne['type_guichet']}/{ligne['code']}",
        f"{ligne['constat']}/{ligne['fin']}",
        ligne["n_avant"],
        ligne["d_avant"],
        ligne["n"],
        ligne["d"],
    )


def _lire(
    v: Lecture, departement: str, constats: Iterable[tuple[str, str]], mois: str
) -> list[_Compte]:
    """Return what each guichet counted since each (code, constat), and in the windows before it."""
    fenetres = {une for code, constat in constats for une in _fenetres(code, constat, mois)}
    catalogue = catalogue_du_mois(v, Filtres(departement, mois))
    stocks = {
        code
        for code, un in catalogue.indicateurs.items()
        if catalogue.populations[un.population].nature == "stock"
    }
    tries = sorted(fenetres)
    parametres = {
        "departement": departement,
        "codes": [code for code, _, _ in tries],
        "constats": [constat for _, constat, _ in tries],
        "debuts": [
            fin if code in stocks else mois_avant(constat, -1) for code, constat, fin in tries
        ],
        "fins": [fin for _, _, fin in tries],
    }
    return v.lignes(_DEPUIS, parametres, _Compte)


def _fin(constat: str, mois: str) -> str:
    return min(mois, mois_avant(constat, -UN_AN))


def _fenetres(code: str, constat: str, mois: str) -> Iterator[tuple[str, str, str]]:
    """Yield (code, start, end): the year at most since a constat, then as many months before."""
    fin = _fin(constat, mois)
    duree = rang(fin) - rang(constat)
    for recul in range(REJOUEES + 1):
        yield code, mois_avant(constat, recul * duree), mois_avant(fin, recul * duree)


class Cause(NamedTuple):
    """What an effect is of, in words: since what, without what, what was done of the guichets."""

    depuis: str
    sans: str
    sans_elle: str
    faits: str


SIGNALEMENTS = Cause("les signalements", "signalement", "eux", "signalés")
FORMATION = Cause("la formation", "formation", "elle", "formés")

_SANS_EFFET = {
    Silence.CONTACTEES: f"moins de {MINIMUM} indicateurs de guichets {{faits}} ont un mois publié "
    "depuis",
    Silence.TEMOINS: f"moins de {TEMOINS} guichets non {{faits}} disent ce qui serait arrivé sans "
    "{sans}",
    Silence.DERIVE: "les guichets non {faits} varient trop d'eux-mêmes",
    Silence.DISSEMBLABLES: "les guichets non {faits} ressemblent trop peu à ceux qui l'ont été",
}


def dire_effet(lu: Effet | Silence, *, comptes: bool = True, cause: Cause = SIGNALEMENTS) -> str:
    """Return the effect in a sentence, or why none is said; without `comptes`, the ratio alone."""
    if isinstance(lu, Silence):
        dit = _SANS_EFFET[lu].format(faits=cause.faits, sans=cause.sans)
        return f"L'effet ne peut pas être estimé : {dit}."
    marge = (
        f"rapport de {nombre(lu.rapport, 2)}, marge de {nombre(lu.borne_basse, 2)} à "
        f"{nombre(lu.borne_haute, 2)}, variations propres des guichets "
        f"({pourcentage(lu.derive, 0)}) comprises"
    )
    if comptes:
        attendu = accorder(round(lu.attendues), "anomalie attendue", "anomalies attendues")
        dites = f"{accorder(lu.observees, 'anomalie')} depuis {cause.depuis}"
        debut = f"{dites}, pour {attendu} sans {cause.sans_elle} ({marge})"
    else:
        attendues = f"celles attendues sans {cause.sans_elle} ({marge})"
        debut = f"Anomalies depuis {cause.depuis}, sur {attendues}"
    if not lu.net:
        return f"{debut} : l'écart ne se distingue pas du hasard ni de ces variations."
    sens = "de moins" if lu.rapport < 1 else "de plus"
    return f"{debut} : {pourcentage(abs(1 - lu.rapport), 0)} {sens} que ce qui était attendu."
