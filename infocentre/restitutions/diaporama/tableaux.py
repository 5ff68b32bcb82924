"""Native tables of a slide: measured before they are drawn, cut when they are too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from infocentre.exports import COULEURS
from infocentre.graphiques.base import COULEURS_ETAT
from infocentre.restitutions.bureautique.markdown import Morceau
from infocentre.restitutions.bureautique.mesure import hauteur, largeur, plus_long_mot
from infocentre.restitutions.bureautique.valeurs import ecrire, simple
from infocentre.restitutions.diaporama.modele import BLEU, ENCRE, FILET, FOND, GRIS, Zone
from infocentre.restitutions.diaporama.textes import ecrire_morceaux
from infocentre.restitutions.document import Cellule, Lignes, Tableau

TAILLES = (15, 14, 13, 12, 11)
MARGE = 6.0  # left and right of a cell, points
SANS_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's « no style, no grid »
LARGEUR_NOM, LARGEUR_NOMBRE = 400.0, 130.0
MOT = 16  # times the size of its letters: what is longer is no word, and may be broken
TOTAL = "F6F6F6"


@dataclass(frozen=True, slots=True)
class Grille:
    """A table as it will be drawn: ranks of the columns and rows kept, and their measures."""

    tableau: Tableau
    taille: float
    largeurs: tuple[float, ...]
    lignes: tuple[int, ...]
    hauteurs: tuple[float, ...]  # of the heading, then of each row

    @property
    def coupee(self) -> bool:
        """Whether rows or columns are left out."""
        complet = (len(self.tableau.lignes), len(self.tableau.colonnes))
        return (len(self.lignes), len(self.largeurs)) != complet

    def texte(self, ligne: int, colonne: int) -> str:
        """Return what is written in a cell, whole."""
        return _texte(self.tableau, ligne, colonne)

    @property
    def totaux(self) -> frozenset[int]:
        """Ranks of the rows that sum up others."""
        return self.tableau.totaux


def _texte(tableau: Tableau, ligne: int, colonne: int) -> str:
    return ecrire(tableau.lignes[ligne][colonne], tableau.colonnes[colonne])


def calculer(tableau: Tableau, place: Zone) -> Grille:
    """Return the largest table that fits: smaller letters first, then fewer rows."""
    for taille in TAILLES:
        grille = _grille(tableau, place.largeur, taille)
        if not grille.coupee and sum(grille.hauteurs) <= place.hauteur:
            return grille
    return _couper(grille, place.hauteur)


def _grille(tableau: Tableau, place: float, taille: float) -> Grille:
    largeurs = _largeurs(tableau, place, taille)
    grille = Grille(tableau, taille, largeurs, tuple(range(len(tableau.lignes))), ())
    hauteurs = [_hauteur_entete(grille), *(_hauteur(grille, un) for un in grille.lignes)]
    return Grille(tableau, taille, largeurs, grille.lignes, tuple(hauteurs))


def _largeurs(tableau: Tableau, place: float, taille: float) -> tuple[float, ...]:
    """Share the width: numbers have what they need, names what is left; last columns may go."""
    voulues = [_largeur_voulue(tableau, rang, taille) for rang in range(len(tableau.colonnes))]
    trop = sum(voulues) - place
    if trop > 0:
        souples = {
            rang: voulues[rang] - _largeur_min(tableau, rang, taille)
            for rang in range(len(voulues))
        }
        souplesse = sum(souples.values())
        for rang, souple in souples.items():
            voulues[rang] -= souple * min(1.0, trop / souplesse) if souplesse else 0
    while len(voulues) > 1 and sum(voulues) > place + 0.01:
        voulues.pop()
    return tuple(voulues)


def est_texte(tableau: Tableau, rang: int) -> bool:
    """Whether a column holds words, aligned on the left."""
    return rang < tableau.entetes or tableau.colonnes[rang].genre == "texte"


def _largeur_voulue(tableau: Tableau, rang: int, taille: float) -> float:
    titre = tableau.colonnes[rang].titre
    valeurs = [_texte(tableau, ligne, rang) for ligne in range(len(tableau.lignes))]
    valeur = max((largeur(un, taille, gras=True) for un in valeurs), default=0.0)
    if est_texte(tableau, rang):
        naturelle = max(valeur, largeur(titre, taille, gras=True))
        return min(LARGEUR_NOM, naturelle + 2 * MARGE + 1)
    sur_deux_lignes = min(LARGEUR_NOMBRE, largeur(titre, taille, gras=True) / 2 + taille)
    return max(valeur, plus_long_mot(titre, taille, gras=True), sur_deux_lignes) + 2 * MARGE + 1


def _largeur_min(tableau: Tableau, rang: int, taille: float) -> float:
    """Return the width under which names take more than two lines or a usual word is broken."""
    textes = [tableau.colonnes[rang].titre]
    textes += [_texte(tableau, ligne, rang) for ligne in range(len(tableau.lignes))]
    mot = max(plus_long_mot(un, taille, gras=True) for un in textes)
    if not est_texte(tableau, rang):
        valeur = max(largeur(un, taille, gras=True) for un in textes[1:] or [""])
        return max(mot, valeur) + 2 * MARGE + 1
    moitie = max(largeur(un, taille, gras=True) for un in textes) / 2 + 2 * taille
    voulue = _largeur_voulue(tableau, rang, taille)
    mot = min(mot, MOT * taille)  # else a name in one word would take the place of whole columns
    return min(voulue, max(mot + 2 * MARGE + 1, min(moitie, 12 * taille)))


def _hauteur_entete(grille: Grille) -> float:
    return max(
        hauteur(colonne.titre, large - 2 * MARGE, grille.taille, gras=True)
        for colonne, large in zip(grille.tableau.colonnes, grille.largeurs, strict=False)
    ) + _marges(grille.taille)


def _hauteur(grille: Grille, ligne: int) -> float:
    gras = ligne in grille.totaux
    return max(
        hauteur(grille.texte(ligne, rang), large - 2 * MARGE, grille.taille, gras=gras)
        for rang, large in enumerate(grille.largeurs)
    ) + _marges(grille.taille)


def _marges(taille: float) -> float:
    return 0.5 * taille


def _couper(grille: Grille, place: float) -> Grille:
    """Keep the first rows that fit, and those that sum up others."""
    totaux = [rang for rang in grille.lignes if rang in grille.totaux]
    reste = place - grille.hauteurs[0] - sum(grille.hauteurs[rang + 1] for rang in totaux)
    gardees = []
    for rang in grille.lignes:
        if rang in grille.totaux:
            continue
        reste -= grille.hauteurs[rang + 1]
        if reste < 0:
            break
        gardees.append(rang)
    lignes = tuple(sorted({*gardees, *totaux}))
    hauteurs = (grille.hauteurs[0], *(grille.hauteurs[rang + 1] for rang in lignes))
    return Grille(grille.tableau, grille.taille, grille.largeurs, lignes, hauteurs)


def poser_tableau(diapo: Any, tableau: Tableau, zone: Zone) -> Grille:
    """Draw a table in a zone; say what was kept of it."""
    grille = calculer(tableau, zone)
    place = Zone(zone.x, zone.y, sum(grille.largeurs), sum(grille.hauteurs))
    nom = tableau.titre or ", ".join(une.titre for une in tableau.colonnes)
    table = _table(diapo, (len(grille.lignes) + 1, len(grille.largeurs)), place, nom)
    for rang, large in enumerate(grille.largeurs):
        table.columns[rang].width = Pt(large)
        _entete(
            table.cell(0, rang),
            tableau.colonnes[rang].titre,
            grille.taille,
            droite=not est_texte(tableau, rang),
        )
    for numero, haut in enumerate(grille.hauteurs):
        table.rows[numero].height = Pt(haut)
    for numero, ligne in enumerate(grille.lignes, start=1):
        for rang in range(len(grille.largeurs)):
            _cellule(table.cell(numero, rang), grille, ligne, rang)
    return grille


def _table(diapo: Any, taille: tuple[int, int], zone: Zone, titre: str) -> Any:
    """Return a table without any style but the headings it announces to screen readers."""
    cadre = diapo.shapes.add_table(*taille, *zone.emu)
    dit = simple(f"Tableau : {titre}")
    decrire(cadre, dit, dit)
    cadre._element.find(".//" + qn("a:tableStyleId")).text = SANS_STYLE
    table = cadre.table
    table.first_row, table.first_col, table.horz_banding = True, True, False
    return table


def decrire(forme: Any, nom: str, description: str) -> None:
    """Give a shape its name and its alternative text."""
    forme.name = nom[:120]
    forme._element.xpath(".//p:cNvPr")[0].set("descr", description)


def _entete(case: Any, titre: str, taille: float, *, droite: bool) -> None:
    _ecrire(case, titre, taille, couleur=BLEU, gras=True, droite=droite)
    case.vertical_anchor = MSO_ANCHOR.BOTTOM
    _fond(case, FOND)
    _filets(case, bas=(BLEU, 1.5))


def _cellule(case: Any, grille: Grille, ligne: int, rang: int) -> None:
    cellule = grille.tableau.lignes[ligne][rang]
    total = ligne in grille.totaux
    _ecrire(
        case,
        grille.texte(ligne, rang),
        grille.taille,
        couleur=_couleur(cellule),
        gras=total or rang < grille.tableau.entetes == 0 or cellule.etat in COULEURS_ETAT,
        droite=not est_texte(grille.tableau, rang),
    )
    if cellule.etat in COULEURS:
        _fond(case, COULEURS[cellule.etat].strip("#"))
    elif total:
        _fond(case, TOTAL)
    _filets(case, bas=(FILET, 0.75), haut=(BLEU, 1.0) if total else None)


def _couleur(cellule: Cellule) -> str:
    if cellule.masquee:
        return GRIS
    return COULEURS_ETAT.get(cellule.etat or "", "#" + ENCRE).strip("#").upper()


def _ecrire(
    case: Any, texte: str, taille: float, *, couleur: str, gras: bool, droite: bool
) -> None:
    case.margin_left = case.margin_right = Pt(MARGE)
    case.margin_top = case.margin_bottom = Pt(_marges(taille) / 2)
    case.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraphe = case.text_frame.paragraphs[0]
    paragraphe.alignment = PP_ALIGN.RIGHT if droite else PP_ALIGN.LEFT
    ecrire_morceaux(paragraphe, [Morceau(texte)], taille, couleur=couleur, gras=gras)


def _fond(case: Any, hexa: str) -> None:
    case.fill.solid()
    case.fill.fore_color.rgb = RGBColor.from_string(hexa)


def _filets(case: Any, *, bas: tuple[str, float], haut: tuple[str, float] | None = None) -> None:
    """Rule a cell under it, and above it; the schema wants these before the fill."""
    proprietes = case._tc.get_or_add_tcPr()
    traits = [("a:lnT", haut)] if haut else []
    for rang, (nom, (hexa, epaisseur)) in enumerate([*traits, ("a:lnB", bas)]):
        ligne = proprietes.makeelement(qn(nom), {"w": str(Pt(epaisseur))})
        plein = ligne.makeelement(qn("a:solidFill"), {})
        plein.append(plein.makeelement(qn("a:srgbClr"), {"val": hexa}))
        ligne.append(plein)
        proprietes.insert(rang, ligne)


def poser_lignes(diapo: Any, lignes: Lignes, zone: Zone) -> None:
    """Draw a table to be filled in: a heading, then empty rows as high as the zone allows."""
    haut = min(44.0, (zone.hauteur - 28) / lignes.nombre)
    place = Zone(zone.x, zone.y, zone.largeur, haut * lignes.nombre + 28)
    taille = (lignes.nombre + 1, len(lignes.titres))
    table = _table(diapo, taille, place, "à compléter : " + ", ".join(lignes.titres))
    for numero in range(lignes.nombre + 1):
        table.rows[numero].height = Pt(haut if numero else 28)
    for rang, (titre, part) in enumerate(zip(lignes.titres, lignes.parts, strict=True)):
        table.columns[rang].width = Pt(zone.largeur * part / sum(lignes.parts))
        _entete(table.cell(0, rang), titre, 14, droite=False)
        for numero in range(1, lignes.nombre + 1):
            _ecrire(table.cell(numero, rang), "", 14, couleur=ENCRE, gras=False, droite=False)
            _filets(table.cell(numero, rang), bas=(FILET, 0.75))
