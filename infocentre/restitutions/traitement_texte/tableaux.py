"""Real tables of a text file: headings repeated on each page, described, one style for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from infocentre.exports import COULEURS
from infocentre.graphiques.base import COULEURS_ETAT
from infocentre.restitutions.bureautique.valeurs import ecrire, simple
from infocentre.restitutions.colonnes import largeurs
from infocentre.restitutions.document import Cellule, Chiffre, Chiffres, Colonne, Lignes, Tableau
from infocentre.restitutions.traitement_texte.modele import (
    BLEU,
    CELLULE,
    CHIFFRE,
    GRIS,
    LARGEUR_MM,
    NOMBRE,
    NOTE,
    PALE,
)

TAILLE = 8.5
SERRE, TRES_SERRE = 8, 11  # numbers of columns above which letters are smaller
NOMBREUSES = 5
TITRE = 3  # lines of the heading of a number
POINTS_PAR_MM = 72 / 25.4
MARGE = 8.0
VINGTIEMES = 20
PLACE = LARGEUR_MM * POINTS_PAR_MM
VALEUR = {1: 0.26, 2: 0.16}  # its part of the width of a page, by the number of figures abreast


def tableau_xml(tableau: Tableau, identifiants: dict[str, str], *, annote: bool = True) -> Any:
    """Return the table's XML; `identifiants` gives the id of each style; a note is under `annote`.

    A short table stays whole, with its caption and its first note.
    """
    taille = _taille(len(tableau.colonnes))
    largeurs = _largeurs(tableau, taille)
    lignes = [_entete(tableau, largeurs, taille, identifiants)]
    liees = len(tableau.lignes) - (not annote) if tableau.court else 0
    for rang in range(len(tableau.lignes)):
        ligne = _ligne(tableau, rang, largeurs, taille, identifiants)
        lignes.append(ligne.replace("</w:pPr>", "<w:keepNext/></w:pPr>") if rang < liees else ligne)
    return _table(largeurs, lignes, tableau.titre, tableau.lecture)


def _taille(colonnes: int) -> float:
    return TAILLE - 1.0 * (colonnes > SERRE) - 0.5 * (colonnes > TRES_SERRE)


def _largeurs(tableau: Tableau, taille: float) -> list[float]:
    def lignes(cellule: Cellule, colonne: Colonne) -> list[str]:
        return _texte(tableau, cellule, colonne).split("\n")

    return largeurs(tableau, lignes, taille, MARGE, PLACE, titre=TITRE, traits=True)


def _texte(tableau: Tableau, cellule: Cellule, colonne: Colonne) -> str:
    """Return what is written in a cell; among many columns, what a rate is out of is under it."""
    texte = ecrire(cellule, colonne)
    sous = cellule.sur is not None and len(tableau.colonnes) >= NOMBREUSES
    return texte.replace(" (", "\n(") if sous else texte


def _table(largeurs: list[float], lignes: list[str], titre: str, description: str) -> Any:
    grille = "".join(f'<w:gridCol w:w="{_vingtiemes(large)}"/>' for large in largeurs)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableauInfocentre"/>'
        f'<w:tblW w:w="{_vingtiemes(sum(largeurs))}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" '
        'w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(titre)}/>"
        f"<w:tblDescription w:val={quoteattr(description or titre)}/></w:tblPr>"
        f"<w:tblGrid>{grille}</w:tblGrid>{''.join(lignes)}</w:tbl>"
    )


def _vingtiemes(points: float) -> int:
    return round(points * VINGTIEMES)


def _entete(tableau: Tableau, largeurs: list[float], taille: float, ids: dict[str, str]) -> str:
    cases = "".join(
        _case(colonne.titre, large, taille, _style(tableau, rang, ids), couleur=BLEU, gras=True)
        for rang, (colonne, large) in enumerate(zip(tableau.colonnes, largeurs, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cases}</w:tr>"


def _style(tableau: Tableau, rang: int, ids: dict[str, str]) -> str:
    texte = rang < tableau.entetes or tableau.colonnes[rang].genre == "texte"
    return ids[CELLULE if texte else NOMBRE]


def _ligne(
    tableau: Tableau, rang: int, largeurs: list[float], taille: float, ids: dict[str, str]
) -> str:
    total = rang in tableau.totaux
    cases = []
    for numero, (cellule, large) in enumerate(zip(tableau.lignes[rang], largeurs, strict=True)):
        texte = _texte(tableau, cellule, tableau.colonnes[numero])
        fond = PALE if total else COULEURS.get(cellule.etat or "", "").strip("#")
        style = _style(tableau, numero, ids)
        case = _case(texte, large, taille, style, couleur=_couleur(cellule), gras=total, fond=fond)
        cases.append(case)
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cases)}</w:tr>"


def _couleur(cellule: Cellule) -> str:
    if cellule.masquee:
        return GRIS
    return COULEURS_ETAT.get(cellule.etat or "", "").strip("#").upper()


def _case(
    texte: str,
    large: float,
    taille: float,
    style: str,
    *,
    couleur: str = "",
    gras: bool = False,
    fond: str = "",
) -> str:
    ombre = f'<w:shd w:val="clear" w:color="auto" w:fill="{fond}"/>' if fond else ""
    caractere = "<w:b/>" if gras else ""
    caractere += f'<w:color w:val="{couleur}"/>' if couleur else ""
    if taille != TAILLE:
        caractere += f'<w:sz w:val="{round(2 * taille)}"/>'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_vingtiemes(large)}" w:type="dxa"/>{ombre}</w:tcPr>'
        f"{_paragraphe(texte, style, caractere)}</w:tc>"
    )


def _run(texte: str, caractere: str = "") -> str:
    if not texte:
        return ""
    proprietes = f"<w:rPr>{caractere}</w:rPr>" if caractere else ""
    lignes = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(ligne)}</w:t>' for ligne in texte.split("\n")
    )
    return f"<w:r>{proprietes}{lignes}</w:r>"


def chiffres_xml(chiffres: Chiffres, ids: dict[str, str], *, de_front: int = 1) -> Any:
    """Return key figures as a table, so many abreast: each, then what it counts and its change."""
    valeur = VALEUR[de_front]
    largeurs = [PLACE * part for part in (valeur, 1 / de_front - valeur)] * de_front
    lignes = [_entete_simple(("Valeur", "Ce qu'elle compte") * de_front, largeurs, ids)]
    for rang in range(0, len(chiffres.chiffres), de_front):
        siens = chiffres.chiffres[rang : rang + de_front]
        contenus = [contenu for un in siens for contenu in _chiffre(un, ids)]
        contenus += [_paragraphe("", ids[CELLULE])] * (len(largeurs) - len(contenus))
        cases = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{_vingtiemes(large)}" w:type="dxa"/>'
            f'<w:vAlign w:val="center"/></w:tcPr>{contenu}</w:tc>'
            for large, contenu in zip(largeurs, contenus, strict=True)
        )
        lignes.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cases}</w:tr>")
    description = "Chaque valeur, puis ce qu'elle compte et son évolution"
    return _table(largeurs, lignes, "Chiffres-clés", description)


def _chiffre(un: Chiffre, ids: dict[str, str]) -> tuple[str, str]:
    precisions = " · ".join(filter(None, (un.evolution, un.sur)))
    noms = _paragraphe(un.libelle, ids[CELLULE], "<w:b/>")
    noms += _paragraphe(precisions, ids[NOTE]) if precisions else ""
    return _paragraphe(un.ecrit, ids[CHIFFRE]), noms


def _paragraphe(texte: str, style: str, caractere: str = "") -> str:
    run = _run(simple(texte), caractere)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run}</w:p>'


def _entete_simple(titres: Sequence[str], largeurs: list[float], ids: dict[str, str]) -> str:
    cases = "".join(
        _case(titre, large, TAILLE, ids[CELLULE], couleur=BLEU, gras=True)
        for titre, large in zip(titres, largeurs, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cases}</w:tr>"


def lignes_xml(lignes: Lignes, ids: dict[str, str]) -> Any:
    """Return a table to be filled in: a heading, then empty rows high enough for a hand."""
    largeurs = [PLACE * part / sum(lignes.parts) for part in lignes.parts]
    vide = "".join(_case("", large, TAILLE, ids[CELLULE]) for large in largeurs)
    rangees = [_entete_simple(lignes.titres, largeurs, ids)]
    haute = '<w:trPr><w:cantSplit/><w:trHeight w:val="620" w:hRule="atLeast"/></w:trPr>'
    rangees += [f"<w:tr>{haute}{vide}</w:tr>"] * lignes.nombre
    return _table(largeurs, rangees, "À compléter", ", ".join(lignes.titres))
