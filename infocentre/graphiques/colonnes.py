"""Columns side by side or stacked, one group for each period, oldest on the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.graphiques.barres import sur_fond
from infocentre.graphiques.base import (
    GRIS,
    PALETTE,
    Echelle,
    Zone,
    bulle,
    cadre,
    ecrire,
    graduations,
    largeur_texte,
    rectangle,
    texte,
)

PLEIN = 0.72
TAILLE_VALEUR = 11
TAILLE_PERIODE = 12
HAUTEUR = 260
HAUT, BAS, GAUCHE = 34, 28, 52


@dataclass(frozen=True, slots=True)
class Serie:
    """One measure over the periods; None is a gap."""

    nom: str
    valeurs: tuple[float | None, ...]


def colonnes(
    periodes: Sequence[str],
    series: Sequence[Serie],
    titre: str,
    *,
    empilees: bool = False,
    taux: bool = False,
    largeur: float = 680,
    hauteur: float = HAUTEUR,
) -> str:
    """Return the columns with their key above; each says its period, its name and its value."""
    zone = Zone(GAUCHE, HAUT, largeur, hauteur - BAS)
    sommets = _sommets(periodes, series, empilees=empilees)
    valeurs = [v for une in series for v in une.valeurs if v is not None]
    entieres = not taux and all(float(une).is_integer() for une in valeurs)
    gradues = graduations(
        max(sommets, default=0.0), minimum=min(valeurs, default=0.0), entieres=entieres
    )
    y = Echelle(gradues[0], gradues[-1], zone.bas, zone.haut)
    pas = (zone.droite - zone.gauche) / max(1, len(periodes))
    morceaux = legende(series) + zone.axe_y(y, gradues, taux=taux)
    for rang, periode in enumerate(periodes):
        gauche = zone.gauche + (rang + (1 - PLEIN) / 2) * pas
        morceaux += _groupe(rang, periode, series, (gauche, pas * PLEIN), y, empilees, taux)
    morceaux += ecrire_periodes(periodes, zone, pas, zone.gauche + pas / 2)
    return cadre(largeur, hauteur, titre, morceaux)


def _sommets(periodes: Sequence[str], series: Sequence[Serie], *, empilees: bool) -> list[float]:
    par_periode = [[serie.valeurs[rang] or 0 for serie in series] for rang in range(len(periodes))]
    return [sum(v) if empilees else max(v, default=0) for v in par_periode]


def legende(series: Sequence[Serie]) -> list[str]:
    """Return the key of series, on one line above the drawing."""
    morceaux: list[str] = []
    x = 0.0
    for serie, couleur in zip(series, PALETTE, strict=False):
        morceaux += [rectangle(x, 2, 12, 12, couleur), texte(x + 18, 12, serie.nom)]
        x += largeur_texte(serie.nom) * 1.1 + 36
    return morceaux


def _groupe(
    rang: int,
    periode: str,
    series: Sequence[Serie],
    place: tuple[float, float],
    y: Echelle,
    empilees: bool,  # noqa: FBT001 - private
    taux: bool,  # noqa: FBT001 - private
) -> list[str]:
    gauche, large = place
    chaque = large if empilees else large / len(series)
    base, morceaux = 0.0, []
    for numero, (serie, couleur) in enumerate(zip(series, PALETTE, strict=False)):
        valeur = serie.valeurs[rang]
        if not valeur:
            continue
        x = gauche if empilees else gauche + numero * chaque
        haut, bas = sorted((y(base), y(base + valeur)))
        contenu = rectangle(x, haut, chaque - 1, bas - haut, couleur)
        ecrit = ecrire(valeur, taux=taux)
        if largeur_texte(ecrit, TAILLE_VALEUR) + 2 < chaque and bas - haut > TAILLE_VALEUR + 4:
            contenu += texte(
                x + (chaque - 1) / 2,
                haut + TAILLE_VALEUR + 2,
                ecrit,
                ancre="middle",
                couleur=sur_fond(couleur),
                taille=TAILLE_VALEUR,
            )
        morceaux.append(bulle(contenu, f"{periode}, {serie.nom} : {ecrit}"))
        base += valeur if empilees else 0
    return morceaux


def ecrire_periodes(periodes: Sequence[str], zone: Zone, pas: float, premier: float) -> list[str]:
    """Write the periods, one in two or three where they would touch, the last one always."""
    large = max([largeur_texte(une, TAILLE_PERIODE) for une in periodes] or [0]) + 6
    saut = max(1, -int(-large // pas))
    return [
        texte(
            min(premier + rang * pas, zone.droite - large / 2),
            zone.bas + 18,
            periode,
            ancre="middle",
            couleur=GRIS,
            taille=TAILLE_PERIODE,
        )
        for rang, periode in enumerate(periodes)
        if (len(periodes) - 1 - rang) % saut == 0
    ]
