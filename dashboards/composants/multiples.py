"""The months of an indicator as points of a curve: of a guichet, an organisme, the département."""

from __future__ import annotations

from dataclasses import replace

from dashboards.composants.direct import part_de, part_du_mois
from dashboards.composants.elements import taux
from infocentre.catalogue import Indicateur
from infocentre.graphiques import Point, Seuil, seuils_etats
from infocentre.lecture.indicateurs import mesure
from infocentre.lecture.lignes import Valeur
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.etats import Etat
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import TypeGuichet

DONNEES = "Voir les données"


def nom_des_pairs(type_guichet: str) -> str:
    """Return what the guichets of a type are called together, within a sentence."""
    lu = TypeGuichet.lire(type_guichet)
    return lu.pairs if lu else "guichets"


def seuils_de(un: Indicateur) -> tuple[Seuil, ...]:
    """Return the two thresholds of an indicator as lines."""
    return seuils_etats(un.seuils.orange, un.seuils.rouge) if un.seuils else ()


def points_de(
    valeurs: dict[str, Valeur],
    mois: list[str],
    revises: frozenset[str] = frozenset(),
    *,
    seul: bool = False,
) -> list[Point]:
    """Return one point per month: the rate that the state rests on, its margins, its bubble.

    With `seul`, what it is compared with is the month alone, where the rate is over 12 months.
    """
    points = [_point(valeurs.get(m), m, revise=m in revises) for m in mois]
    return [_avec_le_mois(un, valeurs.get(un.mois)) for un in points] if seul else points


def _avec_le_mois(point: Point, ligne: Valeur | None) -> Point:
    if ligne is None or point.valeur is None or not mesure(ligne).sur_12_mois:
        return point
    dit = f"{point.bulle} ; le mois : {part_du_mois(ligne)}"
    return replace(point, autre=ligne["taux"], bulle=dit)


def _point(ligne: Valeur | None, mois: str, *, revise: bool) -> Point:
    if ligne is None:
        return Point(mois, None, bulle=f"{nom_mois(mois)} : sans objet")
    m = mesure(ligne)
    if m.masquee:
        return Point(mois, None, bulle=f"{nom_mois(mois)} : {MASQUE}")
    if m.taux is None:
        dit = (
            Etat(ligne["etat"]).mot if ligne["etat"] == Etat.NON_CALCULABLE else Etat.SANS_OBJET.mot
        )
        return Point(mois, None, bulle=f"{nom_mois(mois)} : {dit}")
    dit = f"{nom_mois(mois)} : {part_de(m)}"
    return Point(
        mois,
        m.taux,
        ligne["borne_basse"],
        ligne["borne_haute"],
        etat=ligne["etat"],
        revise=revise,
        bulle=f"{dit}, révisé" if revise else dit,
    )


def decrire(un: Indicateur, points: list[Point]) -> str:
    """Say a curve to who cannot see it: where it begins and ends."""
    connus = [point for point in points if point.valeur is not None]
    if not connus:
        return f"{un.libelle} : aucune valeur"
    debut, fin = connus[0], connus[-1]
    return (
        f"{un.libelle} : {taux(debut.valeur)} en {nom_mois(debut.mois)}, "
        f"{taux(fin.valeur)} en {nom_mois(fin.mois)}"
    )
