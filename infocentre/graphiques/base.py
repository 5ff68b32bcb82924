"""Pieces of charts: scales, French labels, marks, and the accessible frame around them.

Everything is presentation attributes: no style sheet, so that a browser under a strict policy
and a PDF maker draw the same picture.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import nombre, pourcent

GRIS_NEUTRE = "#929292"  # what is apart: an answer that is missing, the other population
BLEU, BLEU_CLAIR, GRIS, GRIS_CLAIR, ENCRE, BLANC = (
    "#000091",
    "#dcdcfc",
    "#666666",
    "#dddddd",
    "#161616",
    "#ffffff",
)
ROUGE, ORANGE, VERT = Etat.ROUGE.encre, Etat.ORANGE.encre, Etat.VERT.encre
COULEURS_ETAT: dict[str, str] = {un: un.encre for un in Etat if un.encre}
# Told apart in grey and by people who do not see red from green, in this order.
PALETTE = ("#000091", "#a558a0", "#c8aa39", "#37635f", "#ce614a", "#009099", "#465f9d", "#68a532")
POLICE = "Marianne, Signes, Arial, sans-serif"
TAILLE = 13
LARGEUR_LETTRE = 0.54
PAS_RONDS = (1.0, 2.0, 2.5, 5.0, 10.0)
MARGE_DROITE = 8


@dataclass(frozen=True, slots=True)
class Echelle:
    """From a value to a coordinate; `racine` gives small values more room."""

    de: float
    a: float
    debut: float
    fin: float
    racine: bool = False

    def __call__(self, valeur: float) -> float:
        """Return the coordinate of a value, kept within the drawing."""
        de, a = self.de, self.a
        if self.racine:
            de, a, valeur = math.sqrt(de), math.sqrt(a), math.sqrt(max(0.0, valeur))
        part = (valeur - de) / (a - de) if a != de else 0.0
        return self.debut + min(1.0, max(0.0, part)) * (self.fin - self.debut)


def graduations(
    maximum: float, nombre_voulu: int = 4, *, minimum: float = 0.0, entieres: bool = False
) -> list[float]:
    """Return round values, 0 among them, that reach the maximum and a minimum below 0.

    `entieres`: whole numbers only.
    """
    haut, bas = max(maximum, 0.0), min(minimum, 0.0)
    if haut == bas:
        return [0.0, 1.0]
    brut = (haut - bas) / nombre_voulu
    brut = max(1.0, brut) if entieres else brut
    puissance = 10.0 ** math.floor(math.log10(brut))
    ronds = (rond * puissance * dix for dix in (1, 10) for rond in PAS_RONDS)
    pas = next(un for un in ronds if un >= brut * 0.999 and (un % 1 == 0 or not entieres))
    premier, dernier = math.floor(bas / pas + 1e-9), math.ceil(haut / pas - 1e-9)
    return [round(rang * pas, 10) for rang in range(premier, dernier + 1)]


def ecrire(valeur: float, *, taux: bool) -> str:
    """Return the label of an axis: a ratio in percent or a plain number."""
    return pourcent(valeur) if taux else nombre(valeur, _decimales(valeur))


def _decimales(valeur: float) -> int:
    """Return none for a whole number, one, or more when a small value would read as 0."""
    if valeur == int(valeur):
        return 0
    assez = (d for d in range(1, 12) if abs(valeur - round(valeur, d)) < abs(valeur) / 50)
    return 1 if abs(valeur) > 1 else next(assez, 12)


def largeur_texte(texte: str, taille: float = TAILLE) -> float:
    """Return about how wide a text is, in units of the drawing."""
    return len(texte) * taille * LARGEUR_LETTRE


def couper(texte: str, largeur: float, taille: float = TAILLE) -> str:
    """Return the text, cut with « … » where it would be wider than the room it has."""
    lettres = int(largeur / (taille * LARGEUR_LETTRE))
    return texte if len(texte) <= lettres else texte[: max(1, lettres - 1)].rstrip() + "…"


def arrondi(valeur: float) -> str:
    """Return a coordinate with one decimal at most."""
    return f"{valeur:.1f}".removesuffix(".0")


def balise(nom: str, contenu: str = "", **attributs: float | str | None) -> str:
    """Return an SVG element; `_` in a name stands for `-`, None leaves the attribute out."""
    ecrits = "".join(
        f' {cle.rstrip("_").replace("_", "-")}="{_valeur(valeur)}"'
        for cle, valeur in attributs.items()
        if valeur is not None
    )
    return f"<{nom}{ecrits}>{contenu}</{nom}>" if contenu else f"<{nom}{ecrits}/>"


def _valeur(valeur: float | str) -> str:
    return html.escape(valeur) if isinstance(valeur, str) else arrondi(valeur)


def texte(  # noqa: PLR0913 - what a piece of text is
    x: float,
    y: float,
    contenu: str,
    *,
    ancre: str = "start",
    couleur: str = ENCRE,
    taille: float = TAILLE,
    gras: bool = False,
    halo: bool = False,
) -> str:
    """Return a text on its base line; `ancre`: start, middle, end; `halo` parts it from lines."""
    attributs: dict[str, float | str | None] = {
        "x": x,
        "y": y,
        "text_anchor": None if ancre == "start" else ancre,
        "font_size": taille,
        "font_weight": "700" if gras else None,
    }
    ecrit = html.escape(contenu, quote=False)
    fond = (
        balise(
            "text",
            ecrit,
            **attributs,
            fill=BLANC,
            stroke=BLANC,
            stroke_width=4,
            stroke_linejoin="round",
            aria_hidden="true",
        )
        if halo
        else ""
    )
    return fond + balise("text", ecrit, **attributs, fill=couleur)


def ligne(
    debut: tuple[float, float],
    fin: tuple[float, float],
    couleur: str = GRIS_CLAIR,
    *,
    tirets: str | None = None,
    epaisseur: float = 1,
) -> str:
    """Return a straight line."""
    (x1, y1), (x2, y2) = debut, fin
    return balise(
        "line",
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        stroke=couleur,
        stroke_width=epaisseur,
        stroke_dasharray=tirets,
    )


def trace(
    points: Iterable[tuple[float, float]],
    couleur: str,
    *,
    epaisseur: float = 2,
    tirets: str | None = None,
) -> str:
    """Return a broken line through the points."""
    return balise(
        "polyline",
        points=_points(points),
        fill="none",
        stroke=couleur,
        stroke_width=epaisseur,
        stroke_dasharray=tirets,
        stroke_linejoin="round",
    )


def surface(points: Iterable[tuple[float, float]], couleur: str) -> str:
    """Return a filled shape."""
    return balise("polygon", points=_points(points), fill=couleur)


def rectangle(x: float, y: float, largeur: float, hauteur: float, couleur: str) -> str:
    """Return a filled rectangle; a negative width or height draws nothing."""
    return balise("rect", x=x, y=y, width=max(0.0, largeur), height=max(0.0, hauteur), fill=couleur)


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{arrondi(x)},{arrondi(y)}" for x, y in points)


def marque(x: float, y: float, etat: str | None, rayon: float = 5) -> str:
    """Return the sign of a state, told apart by its shape: ● ▲ ■ ✖, ○ for any other."""
    couleur = COULEURS_ETAT.get(etat or "", GRIS)
    return _FORMES.get(etat or "", _anneau)(x, y, rayon, couleur)


def _disque(x: float, y: float, r: float, couleur: str) -> str:
    return balise("circle", cx=x, cy=y, r=r, fill=couleur)


def _anneau(x: float, y: float, r: float, couleur: str) -> str:
    return balise("circle", cx=x, cy=y, r=r - 0.7, fill=BLANC, stroke=couleur, stroke_width=1.5)


def _triangle(x: float, y: float, r: float, couleur: str) -> str:
    r *= 1.15
    return surface([(x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)], couleur)


def _carre(x: float, y: float, r: float, couleur: str) -> str:
    return rectangle(x - r, y - r, 2 * r, 2 * r, couleur)


def _croix(x: float, y: float, r: float, couleur: str) -> str:
    return "".join(
        ligne((x - r, y - s * r), (x + r, y + s * r), couleur, epaisseur=3) for s in (1, -1)
    )


_FORMES: dict[str, Callable[[float, float, float, str], str]] = {
    Etat.VERT: _disque,
    Etat.ORANGE: _triangle,
    Etat.ROUGE: _carre,
    Etat.A_TRAITER: _croix,
}


def losange(x: float, y: float, r: float, couleur: str = BLEU) -> str:
    """Return the mark of « this one » among others."""
    return surface([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], couleur)


def bulle(contenu: str, titre: str | None, href: str | None = None) -> str:
    """Return a group that says more when pointed at, and leads somewhere when `href` is given."""
    titre_ecrit = balise("title", html.escape(titre, quote=False)) if titre else ""
    if href:
        return balise("a", titre_ecrit + contenu, href=href, aria_label=titre)
    return balise("g", titre_ecrit + contenu) if titre_ecrit else contenu


def cadre(largeur: float, hauteur: float, titre: str, contenu: Sequence[str]) -> str:
    """Return the whole picture; its <title> is what who cannot see it is told."""
    liens = any("<a " in morceau for morceau in contenu)
    return balise(
        "svg",
        balise("title", html.escape(titre, quote=False)) + "".join(contenu),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {arrondi(largeur)} {arrondi(hauteur)}",
        width=largeur,
        height=hauteur,
        role="group" if liens else "img",
        font_family=POLICE,
        font_size=TAILLE,
    )


@dataclass(frozen=True, slots=True)
class Zone:
    """The rectangle in which data are drawn, with its margins taken off."""

    gauche: float
    haut: float
    droite: float
    bas: float

    def axe_y(
        self, echelle: Echelle, valeurs: Sequence[float], *, taux: bool, taille: float = 12
    ) -> list[str]:
        """Return grid lines and their labels on the left."""
        morceaux: list[str] = []
        for valeur in valeurs:
            y = echelle(valeur)
            morceaux += [
                ligne((self.gauche, y), (self.droite, y), GRIS if valeur == 0 else GRIS_CLAIR),
                texte(
                    self.gauche - 6,
                    y + 4,
                    ecrire(valeur, taux=taux),
                    ancre="end",
                    couleur=GRIS,
                    taille=taille,
                ),
            ]
        return morceaux

    def axe_x(
        self, echelle: Echelle, valeurs: Sequence[float], *, taux: bool, taille: float = 12
    ) -> list[str]:
        """Return ticks under the drawing and their labels; those that would touch are left out."""
        morceaux: list[str] = []
        libre = -math.inf
        for valeur in valeurs:
            x, ecrit = echelle(valeur), ecrire(valeur, taux=taux)
            demi = largeur_texte(ecrit, taille) / 2
            morceaux.append(ligne((x, self.bas), (x, self.bas + 4), GRIS))
            centre = min(x, self.droite + MARGE_DROITE - demi)
            if centre - demi > libre + 4:
                morceaux.append(
                    texte(centre, self.bas + 18, ecrit, ancre="middle", couleur=GRIS, taille=taille)
                )
                libre = centre + demi
        return morceaux
