"""Texts of a slide: what fits is written, at the largest size that lets it fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Pt

from infocentre.noyau.francais import composer
from infocentre.restitutions.bureautique.markdown import Ligne, Morceau
from infocentre.restitutions.bureautique.mesure import INTERLIGNE, hauteur
from infocentre.restitutions.diaporama.modele import ENCRE, GRIS, LANGUE, Zone

TAILLES = (18, 16, 14, 13, 12)
RETRAIT = 22.0  # points, of a point of a list
ESPACE = 0.45  # between paragraphs, in lines
SUITE = Ligne("texte", (Morceau("Suite en annexe", italique=True),))


def hauteur_de(lignes: Sequence[Ligne], largeur: float, taille: float) -> float:
    """Return the height of paragraphs at this size, in points."""
    espaces = ESPACE * taille * INTERLIGNE * max(0, len(lignes) - 1)
    return espaces + sum(
        hauteur(un.texte, largeur - _retrait(un) - 1, taille, gras=un.genre == "titre")
        for un in lignes
    )


def _retrait(ligne: Ligne) -> float:
    return RETRAIT * (ligne.niveau + (ligne.genre in {"puce", "numero"}))


def ajuster(
    lignes: Sequence[Ligne], zone: Zone, maximum: float = TAILLES[0]
) -> tuple[float, list[Ligne]]:
    """Return the size and the paragraphs that fit in a zone; what does not is said to follow."""
    for taille in (un for un in TAILLES if un <= maximum):
        if hauteur_de(lignes, zone.largeur, taille) <= zone.hauteur:
            return taille, list(lignes)
    gardees = list(lignes)
    while len(gardees) > 1 and hauteur_de([*gardees, SUITE], zone.largeur, taille) > zone.hauteur:
        gardees.pop()
    return taille, [*gardees, SUITE]


def poser_texte(
    diapo: Any, lignes: Sequence[Ligne], zone: Zone, maximum: float, forme: Any = None
) -> None:
    """Write paragraphs in a zone: in this placeholder when given, else in a box of their own."""
    taille, gardees = ajuster(lignes, zone, maximum)
    if forme is None:
        forme = diapo.shapes.add_textbox(*zone.emu)
    else:
        zone.placer(forme)
    cadre = forme.text_frame
    sans_marges(cadre)
    for rang, ligne in enumerate(gardees):
        paragraphe = cadre.paragraphs[0] if rang == 0 else cadre.add_paragraph()
        if rang:
            paragraphe.space_before = Pt(ESPACE * taille * INTERLIGNE)
        _mettre_en_forme(paragraphe, ligne)
        ecrire_morceaux(paragraphe, ligne.morceaux, taille, gras=ligne.genre == "titre")


def sans_marges(cadre: Any, ancre: MSO_ANCHOR = MSO_ANCHOR.TOP) -> None:
    """Let a box of text be as wide as it is said to be."""
    cadre.word_wrap = True
    cadre.vertical_anchor = ancre
    cadre.margin_left = cadre.margin_right = cadre.margin_top = cadre.margin_bottom = 0


def _mettre_en_forme(paragraphe: Any, ligne: Ligne) -> None:
    """Give a paragraph its indent and its mark: a bullet, a number, none."""
    retrait = RETRAIT if ligne.genre in {"puce", "numero"} else 0
    proprietes = paragraphe._p.get_or_add_pPr()
    proprietes.set("marL", str(Pt(RETRAIT * ligne.niveau + retrait)))
    proprietes.set("indent", str(-Pt(retrait)))
    if ligne.genre == "numero":
        attributs = {"type": "arabicPeriod", "startAt": str(max(1, ligne.rang))}
        marque = proprietes.makeelement(qn("a:buAutoNum"), attributs)
    elif ligne.genre == "puce":
        marque = proprietes.makeelement(qn("a:buChar"), {"char": "•"})
    else:
        marque = proprietes.makeelement(qn("a:buNone"), {})
    proprietes.append(marque)


def ecrire_morceaux(
    paragraphe: Any,
    morceaux: Sequence[Morceau],
    taille: float,
    *,
    couleur: str = ENCRE,
    gras: bool = False,
) -> None:
    """Add runs to a paragraph, its lines as far apart as measured; what is to write is grey."""
    paragraphe.line_spacing = Pt(INTERLIGNE * taille)
    for morceau in morceaux:
        run = paragraphe.add_run()
        run.text = composer(morceau.texte)
        run._r.get_or_add_rPr().set("lang", LANGUE)
        police = run.font
        police.size = Pt(taille)
        police.bold = gras or morceau.gras
        police.italic = morceau.italique or None
        teinte = GRIS if morceau.italique and couleur == ENCRE else couleur
        police.color.rgb = RGBColor.from_string(teinte)


def etiquette(
    diapo: Any,
    texte: str,
    zone: Zone,
    taille: float,
    *,
    couleur: str = ENCRE,
    gras: bool = False,
) -> Any:
    """Write a text in one style in a box of its own."""
    boite = diapo.shapes.add_textbox(*zone.emu)
    sans_marges(boite.text_frame)
    morceaux = [Morceau(texte)]
    ecrire_morceaux(boite.text_frame.paragraphs[0], morceaux, taille, couleur=couleur, gras=gras)
    return boite
