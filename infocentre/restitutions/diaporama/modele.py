"""The slides' model: 16:9, the State's colours and font, three layouts in French."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Diaporama
from pptx.util import Length, Pt

from infocentre.graphiques.base import PALETTE
from infocentre.restitutions.bureautique.mesure import POLICE

BLEU, ENCRE, GRIS, FOND, FILET = "000091", "161616", "666666", "E3E3FD", "DDDDDD"
LARGEUR, HAUTEUR = 960.0, 540.0
LANGUE = "fr-FR"


@dataclass(frozen=True, slots=True)
class Zone:
    """A rectangle of a slide, in points from its upper left corner."""

    x: float
    y: float
    largeur: float
    hauteur: float

    def placer(self, forme: Any) -> None:
        """Put a shape here."""
        forme.left, forme.top, forme.width, forme.height = self.emu

    @property
    def emu(self) -> tuple[Length, Length, Length, Length]:
        """The four measures as python-pptx takes them."""
        return Pt(self.x), Pt(self.y), Pt(self.largeur), Pt(self.hauteur)

    def colonnes(self, *parts: float, gouttiere: float = 24) -> list[Zone]:
        """Cut it in columns whose widths are in the ratio of `parts`."""
        utile = self.largeur - gouttiere * (len(parts) - 1)
        zones, x = [], self.x
        for part in parts:
            large = utile * part / sum(parts)
            zones.append(Zone(x, self.y, large, self.hauteur))
            x += large + gouttiere
        return zones

    def sous(self, retrait: float) -> Zone:
        """Leave `retrait` points free at the top."""
        return Zone(self.x, self.y + retrait, self.largeur, self.hauteur - retrait)


RUBRIQUE = Zone(44, 24, 872, 20)
TITRE = Zone(44, 44, 872, 66)
CORPS = Zone(44, 122, 872, 340)
NOTES = Zone(44, 466, 872, 34)
PIED = Zone(44, 508, 700, 20)
NUMERO = Zone(816, 508, 100, 20)
TITRE_COUVERTURE = Zone(64, 130, 800, 150)
SOUS_TITRE = Zone(64, 330, 800, 120)
TAILLE_TITRE, TAILLE_CORPS = 26, 18
COUVERTURE, CONTENU, TITRE_SEUL = "Couverture", "Titre et texte", "Titre seul"
_DISPOSITIONS = {
    "Title Slide": COUVERTURE,
    "Title and Content": CONTENU,
    "Title Only": TITRE_SEUL,
}
_PLACES = {"title": TITRE, "body": CORPS, "ftr": PIED, "sldNum": NUMERO}
_INVITES = {
    "Click to edit Master title style": "Le message de la diapositive",
    "Click to edit Master subtitle style": "Territoire et période",
    "Click to edit Master text styles": "Texte",
    "Second level": "Deuxième niveau",
    "Third level": "Troisième niveau",
    "Fourth level": "Quatrième niveau",
    "Fifth level": "Cinquième niveau",
}


def nouveau() -> Diaporama:
    """Return an empty presentation that has the model's look."""
    diaporama = Presentation()
    diaporama.slide_width, diaporama.slide_height = Pt(LARGEUR), Pt(HAUTEUR)
    diaporama.part._element.find(qn("p:sldSz")).attrib.pop("type", None)
    masque = diaporama.slide_master
    _theme(masque.part.part_related_by(RT.THEME))
    for disposition in list(diaporama.slide_layouts):
        if disposition.name not in _DISPOSITIONS:
            diaporama.slide_layouts.remove(disposition)
    for page in (masque, *diaporama.slide_layouts):
        _franciser(page)
        _placer(page)
    _styles(masque._element)
    _couverture(diaporama.slide_layouts[0])
    return diaporama


def _theme(partie: Any) -> None:
    """Write the colours and fonts of the theme; python-pptx knows it as bytes only."""
    xml = partie.blob.decode()
    couleurs = {"dk2": BLEU, "lt2": FOND, "hlink": BLEU, "folHlink": GRIS}
    couleurs |= {f"accent{n}": c.strip("#").upper() for n, c in enumerate(PALETTE[:6], 1)}
    for nom, hexa in couleurs.items():
        xml = re.sub(rf"(<a:{nom}><a:srgbClr val=\")\w+", rf"\g<1>{hexa}", xml)
    xml = re.sub(r"<a:dk1>.*?</a:dk1>", f'<a:dk1><a:srgbClr val="{ENCRE}"/></a:dk1>', xml)
    police = f'<a:latin typeface="{POLICE}"/>'
    xml = re.sub(r'<a:latin typeface="Calibri"/>', police, xml)
    partie._blob = xml.replace("Office Theme", "Infocentre").encode()


def _franciser(page: Any) -> None:
    element = page._element
    for texte in element.iter(qn("a:t")):
        texte.text = _INVITES.get(texte.text, texte.text)
    for porteur in element.iter(qn("a:rPr"), qn("a:endParaRPr"), qn("a:defRPr")):
        if porteur.get("lang"):
            porteur.set("lang", LANGUE)
    if page.name in _DISPOSITIONS:
        element.cSld.set("name", _DISPOSITIONS[page.name])


def _placer(page: Any) -> None:
    """Put the placeholders of the master in place; those of the layouts inherit from it."""
    est_masque = page._element.tag == qn("p:sldMaster")
    for forme in list(page.placeholders):
        genre = forme._element.ph.get("type", "obj")
        if genre == "dt":
            forme._element.getparent().remove(forme._element)
        elif est_masque:
            _PLACES[genre].placer(forme)
            for retrait in ("margin_left", "margin_right", "margin_top", "margin_bottom"):
                setattr(forme.text_frame, retrait, 0)


def _styles(masque: Any) -> None:
    """Sizes and colours of titles, of the five levels of texts, of the foot."""
    styles = masque.find(qn("p:txStyles"))
    titre = styles.find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    titre.set("algn", "l")
    _caractere(titre.find(qn("a:defRPr")), TAILLE_TITRE, "tx2", gras=True)
    for rang, niveau in enumerate(list(styles.find(qn("p:bodyStyle")))[:5]):
        niveau.set("marL", str(Pt(16 * (rang + 1))))
        niveau.set("indent", str(-Pt(16)))
        _caractere(niveau.find(qn("a:defRPr")), TAILLE_CORPS - 2 * min(rang, 2), "tx1")
    for forme in masque.iter(qn("p:sp")):
        genre = forme.ph.get("type")
        corps = forme.find(qn("p:txBody")).find(qn("a:bodyPr"))
        corps.set("anchor", "t" if genre in {"title", "body"} else "ctr")
        if genre in {"ftr", "sldNum"}:
            style = next(forme.iter(qn("a:lvl1pPr")))
            style.set("algn", "r" if genre == "sldNum" else "l")
            _caractere(style.find(qn("a:defRPr")), 10, "tx1")


def _caractere(style: Any, taille: int, couleur: str, *, gras: bool = False) -> None:
    style.set("sz", str(100 * taille))
    style.set("b", "1" if gras else "0")
    for teinte in style.iter(qn("a:schemeClr")):
        teinte.set("val", couleur)


def _couverture(disposition: Any) -> None:
    """Give the cover its blue ground, a white title, and where and when it speaks of."""
    fond = disposition.background.fill
    fond.solid()
    fond.fore_color.rgb = RGBColor.from_string(BLEU)
    titre, sous_titre = disposition.placeholders[0], disposition.placeholders[1]
    TITRE_COUVERTURE.placer(titre)
    SOUS_TITRE.placer(sous_titre)
    titre.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    for forme, taille in ((titre, 40), (sous_titre, 20)):
        _blanchir(forme, taille)
    for forme in list(disposition.placeholders)[2:]:
        forme._element.getparent().remove(forme._element)


def _blanchir(forme: Any, taille: int) -> None:
    """Make the texts of a placeholder white and left-aligned, whoever types in it."""
    liste = forme._element.find(qn("p:txBody")).find(qn("a:lstStyle"))
    for niveau in list(liste):
        liste.remove(niveau)
    niveau = liste.makeelement(qn("a:lvl1pPr"), {"marL": "0", "indent": "0", "algn": "l"})
    niveau.append(liste.makeelement(qn("a:buNone"), {}))
    police = liste.makeelement(qn("a:defRPr"), {"sz": str(100 * taille)})
    plein = liste.makeelement(qn("a:solidFill"), {})
    plein.append(liste.makeelement(qn("a:schemeClr"), {"val": "bg1"}))
    police.append(plein)
    niveau.append(police)
    liste.append(niveau)
