"""Horizontal bars: a label that can be long, a bar, its value; whole or in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from infocentre.graphiques.base import (
    BLANC,
    BLEU,
    ENCRE,
    GRIS,
    PALETTE,
    Echelle,
    bulle,
    cadre,
    couper,
    ecrire,
    largeur_texte,
    ligne,
    rectangle,
    texte,
)
from infocentre.noyau.francais import pourcent

ETROIT = 480
HAUTEUR_BARRE = 20
PAS_LARGE, PAS_ETROIT = 30, 46
HAUTEUR_SERREE, PAS_SERRE = 15, 19
PART_LIBELLE, PART_LIBELLE_LARGE = 0.36, 0.58
LARGE = 800
TAILLE_PART = 12
MARGE = 8


@dataclass(frozen=True, slots=True)
class Barre:
    """One bar; `valeur` None is shown as « – », `ecrit` replaces the value's own label.

    `bulle` is what pointing at it says, `detail` what it adds on the screen.
    """

    libelle: str
    valeur: float | None
    parts: tuple[float, ...] = ()
    couleur: str = BLEU
    ecrit: str | None = None
    bulle: str | None = None
    detail: str = ""
    lien: str | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """Where labels end and bars begin, at a width."""

    largeur: float
    libelles: float
    valeurs: float
    pas: float = field(default=PAS_LARGE)
    epaisseur: float = field(default=HAUTEUR_BARRE)

    @property
    def etroite(self) -> bool:
        """Tell whether labels stand above their bars."""
        return self.libelles == 0

    @property
    def pied(self) -> float:
        """Return how far under the top of a bar its texts stand."""
        return self.epaisseur - 5

    def haut(self, rang: int) -> float:
        """Return the top of a bar."""
        return rang * self.pas + (PAS_ETROIT - HAUTEUR_BARRE - 6 if self.etroite else 4)


def barres(
    lignes: Sequence[Barre],
    titre: str,
    *,
    taux: bool = False,
    cible: tuple[float, str] | None = None,
    maximum: float | None = None,
    largeur: float = 680,
    serrees: bool = False,
) -> str:
    """Return one bar per line; `cible` is a value to reach and what it is called.

    With `serrees`, for paper, bars stand closer to one another.
    """
    ecrits = [_ecrit(une, taux=taux) for une in lignes]
    page = _page(lignes, ecrits, largeur)
    if serrees and not page.etroite:
        page = replace(page, pas=PAS_SERRE, epaisseur=HAUTEUR_SERREE)
    valeurs = [une.valeur or 0 for une in lignes]
    fin = maximum or max([*valeurs, *([cible[0]] if cible else []), 1e-9])
    echelle = Echelle(min([*valeurs, 0.0]), fin, page.libelles, largeur - page.valeurs)
    haut = 22 if cible else 0
    tops = [haut + page.haut(rang) for rang in range(len(lignes))]
    morceaux = [_barre(une, page, echelle, y) for une, y in zip(lignes, tops, strict=True)]
    bas = haut + len(lignes) * page.pas + 2
    if cible:
        morceaux += _cible(cible, echelle, bas, largeur)
    if cible and page.etroite:  # its line goes through the labels, written above the bars
        morceaux += [_libelle(une, page, y) for une, y in zip(lignes, tops, strict=True)]
    morceaux += [
        texte(
            _a_cote(echelle, une.valeur, ecrit, cible),
            y + page.pied,
            ecrit,
            gras=True,
            halo=True,
            couleur=ENCRE if une.valeur else GRIS,
        )
        for une, ecrit, y in zip(lignes, ecrits, tops, strict=True)
    ]
    return cadre(largeur, bas + 4, titre, morceaux)


def _a_cote(
    echelle: Echelle, valeur: float | None, ecrit: str, cible: tuple[float, str] | None
) -> float:
    """Return where a value is written: after its bar, and never across the line to reach."""
    x = echelle(max(0.0, valeur or 0)) + MARGE
    if cible is None:
        return x
    vise = echelle(cible[0])
    return vise + MARGE if x - 1 < vise + 1 and vise < x + largeur_texte(ecrit) * 1.1 else x


def barres_empilees(
    lignes: Sequence[Barre],
    series: Sequence[str],
    titre: str,
    *,
    parts: bool = False,
    couleurs: Sequence[str] = PALETTE,
    largeur: float = 680,
) -> str:
    """Return bars cut into the `parts` of each line, named by `series`; in percent of it or not."""
    totaux = [sum(une.parts) for une in lignes]
    ecrits = [ecrire(total, taux=False) for total in totaux]
    page = _page(lignes, ecrits, largeur)
    maximum = max([*totaux, 1e-9])
    legende, haut = _legende(series, couleurs, largeur)
    morceaux = list(legende)
    for rang, (une, total, ecrit) in enumerate(zip(lignes, totaux, ecrits, strict=True)):
        echelle = Echelle(
            0, (total or 1) if parts else maximum, page.libelles, largeur - page.valeurs
        )
        y = haut + page.haut(rang)
        morceaux += [_libelle(une, page, y), *_parts(une, series, couleurs, echelle, y)]
        x = echelle(total) + MARGE if total else page.libelles
        morceaux.append(texte(x, y + 15, ecrit, gras=True))
    return cadre(largeur, haut + len(lignes) * page.pas + 6, titre, morceaux)


def _page(lignes: Sequence[Barre], ecrits: Sequence[str], largeur: float) -> _Page:
    valeurs = max([largeur_texte(un) for un in ecrits] or [0]) * 1.1 + 2 * MARGE
    if largeur < ETROIT:
        return _Page(largeur, 0, valeurs, PAS_ETROIT)
    plus_long = max([largeur_texte(une.libelle) for une in lignes] or [0]) + 2 * MARGE
    part = PART_LIBELLE_LARGE if largeur >= LARGE else PART_LIBELLE
    return _Page(largeur, min(plus_long, part * largeur), valeurs)


def _ecrit(une: Barre, *, taux: bool) -> str:
    if une.ecrit is not None:
        return une.ecrit
    if une.valeur is None:
        return "–"
    return pourcent(une.valeur, 1) if taux else ecrire(une.valeur, taux=False)


def _libelle(une: Barre, page: _Page, y: float) -> str:
    place = page.largeur if page.etroite else page.libelles - MARGE
    position = (0.0, y - 5) if page.etroite else (0.0, y + page.pied)
    ecrit = texte(*position, couper(une.libelle, place), halo=page.etroite)
    return bulle(ecrit, une.libelle if largeur_texte(une.libelle) > place else None)


def _barre(une: Barre, page: _Page, echelle: Echelle, y: float) -> str:
    debut, fin = sorted((echelle(0), echelle(une.valeur or 0)))
    contenu = rectangle(debut, y, fin - debut, page.epaisseur, une.couleur)
    libelle = _libelle(une, page, y)
    if une.lien:
        return bulle(libelle + contenu, une.bulle or une.libelle, une.lien)
    return libelle + bulle(contenu, une.bulle)


def _parts(
    une: Barre, series: Sequence[str], couleurs: Sequence[str], echelle: Echelle, y: float
) -> list[str]:
    total, debut = sum(une.parts), 0.0
    morceaux: list[str] = []
    for nom, part, couleur in zip(series, une.parts, couleurs, strict=False):
        x, fin = echelle(debut), echelle(debut + part)
        debut += part
        if not part:
            continue
        ecrit, compte = pourcent(part / total, 0), ecrire(part, taux=False)
        contenu = rectangle(x, y, fin - x, HAUTEUR_BARRE, couleur)
        if largeur_texte(ecrit, TAILLE_PART) + 6 < fin - x:
            contenu += texte(
                (x + fin) / 2,
                y + 14.5,
                ecrit,
                ancre="middle",
                couleur=sur_fond(couleur),
                taille=TAILLE_PART,
            )
        contenu += ligne((fin, y), (fin, y + HAUTEUR_BARRE), BLANC)
        morceaux.append(bulle(contenu, f"{une.libelle}, {nom} : {compte} ({ecrit})"))
    return morceaux


def sur_fond(couleur: str) -> str:
    """Return the ink that reads on a background: white on a dark one, black on a light one."""
    rouge, vert, bleu = (int(couleur[rang : rang + 2], 16) / 255 for rang in (1, 3, 5))
    clarte = 0.2126 * rouge**2.2 + 0.7152 * vert**2.2 + 0.0722 * bleu**2.2
    return BLANC if clarte < 0.18 else ENCRE  # noqa: PLR2004 - equal contrast with both


def _legende(
    series: Sequence[str], couleurs: Sequence[str], largeur: float
) -> tuple[list[str], float]:
    morceaux: list[str] = []
    x, y = 0.0, 12.0
    for nom, couleur in zip(series, couleurs, strict=False):
        place = largeur_texte(nom) * 1.1 + 36
        if x and x + place > largeur:
            x, y = 0.0, y + 20
        morceaux += [rectangle(x, y - 10, 12, 12, couleur), texte(x + 18, y, nom)]
        x += place
    return morceaux, y + 12


def _cible(cible: tuple[float, str], echelle: Echelle, bas: float, largeur: float) -> list[str]:
    x, nom = echelle(cible[0]), cible[1]
    place = largeur_texte(nom)
    ancre = "start" if x + place < largeur else "end"
    return [
        ligne((x, 18), (x, bas), BLANC, epaisseur=3.5),
        ligne((x, 18), (x, bas), ENCRE, tirets="5 3", epaisseur=1.5),
        texte(x if ancre == "start" else min(x + 4, largeur), 13, nom, ancre=ancre),
    ]
