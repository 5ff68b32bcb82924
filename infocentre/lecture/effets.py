"""The effect of the corrective measures of a département: of those contacted, since they were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypedDict

from infocentre.affaires import Affaire
from infocentre.lecture.affaires import affaires, comptees, constats_de, selon_les_affaires
from infocentre.lecture.commun import derniers
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.effets import MINIMUM, Effet, Suivie, effet
from infocentre.noyau.francais import accorder, nombre, pourcentage
from infocentre.noyau.temps import mois_avant

UN_AN = 12

# What each guichet counted when the constat was made, and since: the months of a flow added up,
# the last month of a stock.
_DEPUIS = """
WITH avant AS (
    SELECT guichet, type_guichet, n_etat AS n_avant, d_etat AS d_avant FROM valeurs
    WHERE niveau = 'guichet' AND departement = $departement AND code = $code AND mois = $constat
        AND d_etat > 0
),
apres AS (
    SELECT guichet, sum(numerateur)::BIGINT AS n, sum(denominateur)::BIGINT AS d FROM valeurs
    WHERE niveau = 'guichet' AND departement = $departement AND code = $code
        AND mois BETWEEN $debut AND $fin
    GROUP BY guichet
)
SELECT guichet, coalesce(type_guichet, '') AS type_guichet, n_avant, d_avant, n, d
FROM avant JOIN apres USING (guichet) WHERE d > 0
"""


class _Compte(TypedDict):
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
    effet: Effet | None


def bilan_des_mesures(v: Lecture, departement: str, debut: str, fin: str) -> Bilan | None:
    """Return what the measures of a period (months) were, and the effect of all up to its end.

    None when no affaire was open by then.
    """
    toutes = comptees(v, departement)
    if all(f"{une.ouverte_le:%Y-%m}" > fin for une in toutes):
        return None
    faits: Counter[str] = Counter()
    nommables = []
    for une in toutes:
        dits = [un for un in une.situation.evenements if debut <= f"{un.jour:%Y-%m}" <= fin]
        noms = {un.nom for un in dits}
        faits.update(noms)
        faits["ouvertes"] += not noms.isdisjoint(("proposer", "rouvrir"))
        faits["corrigees"] += any(un.donnees.get("issue") == "corrige" for un in dits)
        if not noms.isdisjoint(("formaliser", "soumettre")):
            nommables.append(une)
    return Bilan(
        faits["ouvertes"],
        faits["rouvrir"],
        faits["signaler"],
        faits["repondre"],
        faits["formaliser"],
        faits["soumettre"],
        faits["clore"],
        faits["corrigees"],
        tuple(nommables),
        effet_des_mesures(v, departement, fin),
    )


@selon_les_affaires
def effet_des_mesures(v: Lecture, departement: str, mois: str) -> Effet | None:
    """Return the effect of contacting by a month, over a year at most after each constat."""
    contactes = [
        une for une in affaires(v, departement, finies=True) if une.situation.dernier("signaler")
    ]
    return _effet(v, departement, mois, tuple(un for une in contactes for un in une.constats))


@derniers(16)
def _effet(v: Lecture, departement: str, mois: str, ids: tuple[str, ...]) -> Effet | None:
    """Return the effect of these constats: whatever else happens to affaires, it is the same."""
    signales: dict[tuple[str, str], set[str]] = {}
    for un in constats_de(v, ids):
        if un.mois < mois:
            signales.setdefault((un.code, un.mois), set()).add(un.guichet)
    contactees: list[Suivie] = []
    temoins: list[Suivie] = []
    tous = {(code, guichet) for (code, _), guichets in signales.items() for guichet in guichets}
    for (code, constat), guichets in signales.items():
        for ligne in _lire(v, departement, code, constat, mois):
            suivie = Suivie(
                f"{ligne['type_guichet']}/{code}/{constat}",
                ligne["n_avant"],
                ligne["d_avant"],
                ligne["n"],
                ligne["d"],
            )
            if ligne["guichet"] in guichets:
                contactees.append(suivie)
            elif (code, ligne["guichet"]) not in tous:
                temoins.append(suivie)
    return effet(contactees, temoins)


def _lire(v: Lecture, departement: str, code: str, constat: str, mois: str) -> list[_Compte]:
    fin = min(mois, mois_avant(constat, -UN_AN))
    catalogue = catalogue_du_mois(v, Filtres(departement, fin))
    un = catalogue.indicateurs.get(code)
    stock = un is not None and catalogue.populations[un.population].nature == "stock"
    parametres = {
        "departement": departement,
        "code": code,
        "constat": constat,
        "debut": fin if stock else mois_avant(constat, -1),
        "fin": fin,
    }
    return v.lignes(_DEPUIS, parametres, _Compte)


def dire_effet(lu: Effet | None, *, comptes: bool = True) -> str:
    """Return the effect in a sentence, or why none is said; without `comptes`, the ratio alone."""
    if lu is None:
        return (
            f"Effet non estimé : moins de {MINIMUM} indicateurs de guichets signalés ont un mois "
            "publié depuis."
        )
    marge = (
        f"rapport de {nombre(lu.rapport, 2)}, marge de {nombre(lu.borne_basse, 2)} à "
        f"{nombre(lu.borne_haute, 2)}"
    )
    if comptes:
        attendu = accorder(round(lu.attendues), "anomalie attendue", "anomalies attendues")
        dites = f"{accorder(lu.observees, 'anomalie')} depuis les signalements"
        debut = f"{dites}, pour {attendu} sans eux ({marge})"
    else:
        debut = f"Anomalies depuis les signalements, sur celles attendues sans eux ({marge})"
    if not lu.net:
        return f"{debut} : l'écart ne se distingue pas du hasard."
    sens = "de moins" if lu.rapport < 1 else "de plus"
    return f"{debut} : {pourcentage(abs(1 - lu.rapport), 0)} {sens} que ce qui était attendu."
