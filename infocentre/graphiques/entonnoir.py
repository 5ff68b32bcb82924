"""The funnel: rates against how many units they rest on, with what chance alone allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.graphiques.base import (
    BLEU,
    ENCRE,
    GRIS,
    Echelle,
    Zone,
    bulle,
    cadre,
    couper,
    graduations,
    largeur_texte,
    ligne,
    marque,
    texte,
    trace,
)
from infocentre.graphiques.courbe import Seuil
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import nombre, pourcent

Z_95, Z_998 = 1.96, 3.09
PAS_LIMITES = 60
NOMS_MONTRES = 6
TAILLE_NOM = 11


@dataclass(frozen=True, slots=True)
class Bulle:
    """One guichet: how many units, its rate, its state, where a click leads."""

    nom: str
    effectif: int
    taux: float
    etat: str | None = None
    bulle: str | None = None
    lien: str | None = None


def limite(ensemble: float, effectif: float, z: float) -> float:
    """Return the bound of the funnel: z < 0 the lower one; kept within 0 and 1."""
    ecart = math.sqrt(ensemble * (1 - ensemble) / effectif) if effectif > 0 else 1.0
    return min(1.0, max(0.0, ensemble + z * ecart))


def entonnoir(
    points: Sequence[Bulle],
    ensemble: float,
    titre: str,
    *,
    seuils: Sequence[Seuil] = (),
    nom_ensemble: str = "taux d'ensemble",
    dimensions: tuple[float, float] = (680, 380),
) -> str:
    """Return the funnel around the pooled rate; the names beyond its outer limit are written."""
    largeur, hauteur = dimensions
    effectifs = graduations(max((un.effectif for un in points), default=1), 6)
    valeurs_y = graduations(plafond(points, ensemble, seuils), 5)
    zone = Zone(46, 24, largeur - 12, hauteur - 44)
    x = Echelle(0, effectifs[-1], zone.gauche, zone.droite, racine=True)
    y = Echelle(0, valeurs_y[-1], zone.bas, zone.haut)
    morceaux = zone.axe_y(y, valeurs_y, taux=True)
    morceaux += zone.axe_x(x, _graduations_racine(effectifs), taux=False)
    morceaux.append(
        texte(
            (zone.gauche + zone.droite) / 2,
            hauteur - 6,
            "effectif (nombre d'unités examinées)",
            ancre="middle",
            couleur=GRIS,
            taille=12,
        )
    )
    morceaux += _limites(ensemble, x, y, valeurs_y[-1])
    morceaux += _lignes(ensemble, seuils, y, zone, nom_ensemble)
    morceaux += _noms(points, ensemble, x, y, zone)
    for un in sorted(points, key=lambda p: p.etat not in {None, Etat.EFFECTIF_INSUFFISANT}):
        ecrit = un.bulle or f"{un.nom} : {pourcent(un.taux, 1)} sur {nombre(un.effectif)}"
        signe = marque(x(un.effectif), y(un.taux), un.etat)
        if un.taux > y.a:
            signe += texte(x(un.effectif), zone.haut - 8, "↑", ancre="middle", taille=12)
        morceaux.append(bulle(signe, ecrit, un.lien))
    return cadre(largeur, hauteur, titre, morceaux)


def plafond(points: Sequence[Bulle], ensemble: float, seuils: Sequence[Seuil]) -> float:
    """Highest rate drawn in its place: one guichet far above must not crush all the others."""
    lourds = sorted(un.taux for un in points if un.etat != Etat.EFFECTIF_INSUFFISANT)
    neuf_dixiemes = lourds[int(0.9 * (len(lourds) - 1))] if lourds else 0.0
    utile = max(2 * neuf_dixiemes, 3 * ensemble, *(1.3 * un.valeur for un in seuils), 0.01)
    haut = max((un.taux for un in points), default=0.0)
    return min(1.0, utile, max(1.08 * haut, 2 * ensemble, 0.01))


def _graduations_racine(valeurs: Sequence[float]) -> list[float]:
    """Give the crowded small end of a square-root scale one more tick."""
    pas = valeurs[1]
    return [0.0, pas / 5, pas / 2, *valeurs[1:]] if pas >= 10 else list(valeurs)  # noqa: PLR2004


def _limites(ensemble: float, x: Echelle, y: Echelle, haut: float) -> list[str]:
    """Draw the four limits, each only where it lies within the picture."""
    morceaux: list[str] = []
    if not 0 < ensemble < 1:
        return morceaux
    effectifs = [x.a * (rang / PAS_LIMITES) ** 2 for rang in range(1, PAS_LIMITES + 1)]
    for z, tirets in ((Z_95, "5 3"), (Z_998, None)):
        for signe in (-1, 1):
            points = [(n, limite(ensemble, n, signe * z)) for n in effectifs]
            vus = [(x(n), y(v)) for n, v in points if v <= haut and (signe > 0 or v > 0)]
            if len(vus) > 1:
                morceaux.append(trace(vus, BLEU, epaisseur=1.2, tirets=tirets))
    return morceaux


def _lignes(
    ensemble: float, seuils: Sequence[Seuil], y: Echelle, zone: Zone, nom: str
) -> list[str]:
    morceaux = [ligne((zone.gauche, y(ensemble)), (zone.droite, y(ensemble)), ENCRE)]
    morceaux += [
        ligne(
            (zone.gauche, y(un.valeur)), (zone.droite, y(un.valeur)), un.couleur, tirets=un.tirets
        )
        for un in seuils
        if un.valeur <= y.a
    ]
    ecrit = f"{nom} {pourcent(ensemble, 1)}"
    morceaux.append(texte(zone.droite, y(ensemble) - 5, ecrit, ancre="end", taille=12, halo=True))
    return morceaux


def hors_limites(un: Bulle, ensemble: float) -> bool:
    """Tell whether a guichet lies beyond the 99.8 % limits."""
    bas, haut = (limite(ensemble, un.effectif, z) for z in (-Z_998, Z_998))
    return not bas <= un.taux <= haut


def a_nommer(points: Sequence[Bulle], ensemble: float) -> list[Bulle]:
    """Return those highest above the funnel, the highest first."""
    candidats = [
        un
        for un in points
        if un.taux > ensemble
        and hors_limites(un, ensemble)
        and un.etat != Etat.EFFECTIF_INSUFFISANT
    ]
    candidats.sort(key=lambda un: -(un.taux - limite(ensemble, un.effectif, Z_998)))
    return candidats[:NOMS_MONTRES]


def _noms(
    points: Sequence[Bulle], ensemble: float, x: Echelle, y: Echelle, zone: Zone
) -> list[str]:
    """Write the names of those highest above the funnel, where no other name stands."""
    morceaux: list[str] = []
    prises: list[tuple[float, float, float]] = []
    for un in a_nommer(points, ensemble):
        place = (zone.droite - zone.gauche) * 0.45
        suite = f" {pourcent(un.taux, 1)}" if un.taux > y.a else ""
        ecrit = couper(un.nom, place - largeur_texte(suite, TAILLE_NOM), TAILLE_NOM) + suite
        px, py = x(un.effectif), y(un.taux) + 4
        long = largeur_texte(ecrit, TAILLE_NOM)
        a_droite = px + 9 + long < zone.droite
        debut = px + 9 if a_droite else px - 9 - long
        if any(abs(py - b) < 13 and debut < f and d < debut + long for d, f, b in prises):  # noqa: PLR2004
            continue
        prises.append((debut, debut + long, py))
        morceaux.append(
            texte(
                px + (9 if a_droite else -9),
                py,
                ecrit,
                taille=TAILLE_NOM,
                halo=True,
                ancre="start" if a_droite else "end",
            )
        )
    return morceaux
