"""Texts of a slide: what fits is written, at the largest size that lets it fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
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
) -> tuple[float, list[Ligne], list[Ligne]]:
    """Return the size, the paragraphs that fit in a zone, and those that go on another slide."""
    for taille in (un for un in TAILLES if un <= maximum):
        if hauteur_de(lignes, zone.largeur, taille) <= zone.hauteur:
            return taille, list(lignes), []
    gardees, reste = list(lignes), list[Ligne]()
    while gardees and hauteur_de(gardees, zone.largeur, taille) > zone.hauteur:
        reste.insert(0, gardees.pop())
    if not gardees:  # a paragraph that is longer than its zone
        debut, fin = _couper(reste[0], zone, taille)
        gardees, reste = [debut], [fin, *reste[1:]]
    return taille, gardees, reste


def _couper(ligne: Ligne, zone: Zone, taille: float) -> tuple[Ligne, Ligne]:
    """Part a paragraph between two words: what fits in the zone, a word at least, and the rest."""
    mots = [
        morceau._replace(texte=mot)
        for morceau in ligne.morceaux
        for mot in re.split(r"(?<= )", morceau.texte)
        if mot
    ]
    combien = len(mots)
    while combien > 1:
        debut = replace(ligne, morceaux=tuple(mots[:combien]))
        if hauteur_de([debut], zone.largeur, taille) <= zone.hauteur:
            break
        combien = min(combien - 1, int(combien * 0.95))
    return (
        replace(ligne, morceaux=tuple(mots[:combien])),
        replace(ligne, genre="texte", morceaux=tuple(mots[combien:])),
    )


def poser_texte(
    diapo: Any, lignes: Sequence[Ligne], zone: Zone, maximum: float, forme: Any = None
) -> list[Ligne]:
    """Write paragraphs in a zone: in this placeholder when given, else in a box of their own.

    Returns:
        Those for which there was no room.
    """
    taille, gardees, reste = ajuster(lignes, zone, maximum)
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
    return reste


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
