"""What the months since a day say of a value: the published state, or the same test over months."""

from __future__ import annotations

from typing import NamedTuple

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Valeur
from infocentre.mesures.jugement import ETAT_DE_COMPTES, Comptes, parametres, reunir
from infocentre.noyau.etats import MAUVAIS, SIGNIFICATIFS, Etat

_MOIS = """
SELECT mois_juge, numerateur, denominateur FROM triangle
WHERE departement = $departement AND code = $code AND guichet = $guichet AND mois = $mois
    AND mois_juge BETWEEN $depuis AND $mois
ORDER BY mois_juge DESC
"""


class Juge(NamedTuple):
    """A state, the counts that it rests on; `depuis` is the first of the months read together.

    `depuis` is empty for what is published as it stands.
    """

    etat: Etat
    numerateur: int = 0
    denominateur: int = 0
    depuis: str = ""

    @property
    def mauvais(self) -> bool | None:
        """Tell whether it is rouge or à traiter; None: it says nothing."""
        return self.etat in MAUVAIS if self.etat in SIGNIFICATIFS else None


def juger_depuis(
    v: Lecture, catalogue: Catalogue, un: Indicateur, valeur: Valeur | None, depuis: str
) -> Juge:
    """Judge a value of a guichet by what happened from the month `depuis` to its own.

    What can be put right, and a stock, has the state that is published. A past fact weighs twelve
    months on the published state: only the months since count, the last ones that say something
    together; when none does, the state is « effectif insuffisant ». Of a tolérance zéro, months
    without a unit say that there was no case, which is all that is asked.
    """
    if valeur is None:
        return Juge(Etat.SANS_OBJET)
    publie = Juge(Etat(valeur["etat"]), int(valeur["n_etat"] or 0), int(valeur["d_etat"] or 0))
    stock = catalogue.populations[un.population].nature == "stock"
    if un.a_corriger or stock or publie.etat in {Etat.CONTEXTE, Etat.NON_CALCULABLE}:
        return _aucun_cas(un, publie)
    reunis = reunir(_mois(v, valeur, depuis), tolerance_zero=un.tolerance_zero)
    if reunis is None:
        return _aucun_cas(un, Juge(Etat.EFFECTIF_INSUFFISANT, depuis=depuis))
    seuils = (un.seuils.orange, un.seuils.rouge) if un.seuils else None
    ((etat,),) = v.tuples(ETAT_DE_COMPTES, dict(parametres(reunis, seuils)))
    return Juge(Etat(etat), reunis.numerateur, reunis.denominateur, reunis.mois)


def _aucun_cas(un: Indicateur, juge: Juge) -> Juge:
    """Return a tolérance zéro without a unit as kept: who stopped has none, and never will."""
    muet = juge.etat in {Etat.SANS_OBJET, Etat.EFFECTIF_INSUFFISANT} and not juge.denominateur
    return juge._replace(etat=Etat.VERT) if un.tolerance_zero and muet else juge


def _mois(v: Lecture, une: Valeur, depuis: str) -> list[Comptes]:
    """Return the counts of each month as the delivery of the value tells them, newest first."""
    cles = {
        "departement": une["departement"],
        "code": une["code"],
        "guichet": une["guichet"],
        "mois": une["mois"],
    }
    return [Comptes(*lus) for lus in v.tuples(_MOIS, {**cles, "depuis": depuis})]
