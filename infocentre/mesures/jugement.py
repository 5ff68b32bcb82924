"""The judge: what state counts have. Nothing else compares a rate with a threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from infocentre.noyau.etats import EFFECTIF_MINIMAL, Etat

if TYPE_CHECKING:
    from infocentre.catalogue.modele import Seuils


class Comptes(NamedTuple):
    """Units in anomaly out of those judged, of a month or of all the months since one."""

    mois: str
    numerateur: int
    denominateur: int


def etat_en_sql(numerateur: str, denominateur: str, rouges: str) -> str:
    """SQL of the state of two counts, expressions; needs the columns of a rule beside them.

    These are calculable, contexte, tolerance_zero, seuil_orange; `rouges` names what has
    numerateur_rouge, the least numerator that is rouge for this denominator.
    """
    return f"""case
        when not calculable then '{Etat.NON_CALCULABLE}'
        when contexte then '{Etat.CONTEXTE}'
        when {denominateur} = 0 then '{Etat.SANS_OBJET}'
        when tolerance_zero then if({numerateur} >= 1, '{Etat.A_TRAITER}', '{Etat.VERT}')
        when {denominateur} < {EFFECTIF_MINIMAL} then '{Etat.EFFECTIF_INSUFFISANT}'
        when {numerateur} >= {rouges}.numerateur_rouge then '{Etat.ROUGE}'
        when {numerateur} / {denominateur} > seuil_orange then '{Etat.ORANGE}'
        else '{Etat.VERT}'
    end"""


ETAT_DE_COMPTES = f"""
SELECT {etat_en_sql("n", "d", "au_seuil")} AS etat
FROM (
    SELECT $n::BIGINT AS n, $d::BIGINT AS d, $seuil_orange::DOUBLE AS seuil_orange,
        $tolerance_zero::BOOLEAN AS tolerance_zero, true AS calculable, false AS contexte
) AS comptes, (SELECT $numerateur_rouge::BIGINT AS numerateur_rouge) AS au_seuil
"""


def parametres(comptes: Comptes, seuils: tuple[float, float] | None) -> Mapping[str, object]:
    """Return what `ETAT_DE_COMPTES` asks; `seuils` are (orange, rouge), None: tolérance zéro."""
    from infocentre.mesures.probabilites import numerateurs_rouges

    orange, rouge = seuils or (None, None)
    rouges = None if rouge is None else int(numerateurs_rouges(rouge, comptes.denominateur)[0])
    return {
        "n": comptes.numerateur,
        "d": comptes.denominateur,
        "seuil_orange": orange,
        "numerateur_rouge": rouges,
        "tolerance_zero": seuils is None,
    }


def reunir(mois: Iterable[Comptes], *, tolerance_zero: bool) -> Comptes | None:
    """Return the counts of the last months together, as many as it takes to say something.

    `mois` are given the newest first. One unit is enough for a tolérance zéro, EFFECTIF_MINIMAL
    for a rate. None when all of them are not enough: they say nothing. How many months are read
    never depends on how many anomalies they have, so that the risk of a rouge stays that of one
    test.
    """
    assez = 1 if tolerance_zero else EFFECTIF_MINIMAL
    numerateur = denominateur = 0
    for un in mois:
        numerateur += un.numerateur
        denominateur += un.denominateur
        if denominateur >= assez:
            return Comptes(un.mois, numerateur, denominateur)
    return None


def exces(seuils: Seuils | None, numerateur: int, denominateur: int) -> float:
    """Return how many units in anomaly are beyond what the first threshold allows: an order.

    Number and distance in one; without thresholds, none is allowed.
    """
    return numerateur - (seuils.orange if seuils else 0.0) * denominateur


def exces_en_sql(numerateur: str, denominateur: str) -> str:
    """SQL of `exces`, the table `regles` beside."""
    return f"{numerateur} - coalesce(regles.seuil_orange, 0) * {denominateur}"
