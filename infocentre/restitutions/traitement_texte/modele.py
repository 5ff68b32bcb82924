"""The text file's model: A4, French, the styles that Word calls Titre 1…, header and footer."""

from __future__ import annotations

import re
from typing import Any

import docx
from docx.document import Document as Fichier
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from infocentre.graphiques.base import PALETTE
from infocentre.restitutions.bureautique.mesure import POLICE

BLEU, ENCRE, GRIS, PALE, FILET = "000091", "161616", "555555", "F5F5FE", "CECECE"
LANGUE = "fr-FR"
LARGEUR_MM = 174.0  # between the margins of a portrait page
CELLULE, NOMBRE, LEGENDE, NOTE, ALERTE, CHAPEAU, ATTENTE, CHIFFRE, TABLEAU = (
    "Cellule",
    "Nombre",
    "Titre de tableau",
    "Note de lecture",
    "Alerte",
    "Chapeau",
    "À compléter",
    "Chiffre-clé",
    "Tableau infocentre",
)
# name: (size, bold, colour, space before, space after)
_TITRES = {
    "Title": (28, True, BLEU, 160, 12),
    "Subtitle": (16, False, ENCRE, 0, 6),
    "Heading 1": (19, True, BLEU, 18, 10),
    "Heading 2": (13, True, BLEU, 14, 6),
    "Heading 3": (11, True, ENCRE, 10, 4),
    "Heading 4": (10, True, ENCRE, 8, 3),
    "TOC Heading": (19, True, BLEU, 0, 10),
}
_PARAGRAPHES = {
    CELLULE: (8.5, False, ENCRE, 1.5, 1.5),
    NOMBRE: (8.5, False, ENCRE, 1.5, 1.5),
    LEGENDE: (10, True, ENCRE, 8, 3),
    NOTE: (8, False, GRIS, 2, 2),
    ALERTE: (10, False, ENCRE, 6, 6),
    CHAPEAU: (11.5, False, ENCRE, 0, 8),
    ATTENTE: (10, False, GRIS, 0, 6),
    CHIFFRE: (22, True, BLEU, 3, 0),
    "toc 1": (9, True, ENCRE, 2, 0),
    "toc 2": (8, False, ENCRE, 0, 0),
}


# What differs in a document of a few pages: a heading in place of a cover, smaller letters.
_COURTS = {
    "Title": (17, True, BLEU, 0, 3),
    "Subtitle": (11, False, ENCRE, 0, 2),
    "Heading 1": (12.5, True, BLEU, 7, 3),
    "Heading 2": (10.5, True, BLEU, 5, 2),
    LEGENDE: (9, True, ENCRE, 3, 2),
    NOTE: (7.5, False, GRIS, 1, 1),
    CHAPEAU: (10, False, ENCRE, 0, 4),
    CHIFFRE: (14, True, BLEU, 1, 0),
}
# Size of the letters, space after a paragraph, height of a line; margins at the top and bottom.
_LONG, _COURT = (10.0, 6.0, 1.2, 20.0, 18.0), (9.0, 2.5, 1.1, 15.0, 14.0)


def nouveau(*, court: bool = False) -> Fichier:
    """Return an empty file that has the model's look, that of a few pages when it is `court`."""
    fichier = docx.Document()
    taille, apres, interligne, *marges = _COURT if court else _LONG
    _page(fichier, *marges)
    _langue(fichier)
    _theme(fichier)
    styles = fichier.styles
    _style(styles["Normal"], taille, gras=False, couleur=ENCRE, avant=0, apres=apres)
    styles["Normal"].paragraph_format.line_spacing = interligne
    voulus = _TITRES | _PARAGRAPHES | (_COURTS if court else {})
    for nom, (taille, gras, couleur, avant, apres) in voulus.items():
        style = styles[nom] if nom in styles else _ajouter(styles, nom)
        _style(style, taille, gras=gras, couleur=couleur, avant=avant, apres=apres)
    for nom in ("Header", "Footer"):
        _style(styles[nom], 8, gras=False, couleur=GRIS, avant=0, apres=0)
    _particularites(styles)
    _style_de_tableau(styles)
    return fichier


def _page(fichier: Fichier, haut: float, bas: float) -> None:
    section = fichier.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(haut), Mm(bas)
    section.header_distance = section.footer_distance = Mm(bas / 2)
    section.different_first_page_header_footer = True


def _langue(fichier: Fichier) -> None:
    for langue in fichier.styles.element.iter(qn("w:lang")):
        langue.set(qn("w:val"), LANGUE)
    reglages = fichier.settings.element
    for balise in ("w:proofState", "w:savePreviewPicture"):
        for element in list(reglages.iter(qn(balise))):
            reglages.remove(element)
    # Fields (contents, numbers of pages) are computed when the file is opened.
    champs = parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>')
    reglages.find(qn("w:compat")).addprevious(champs)
    reglages.find(qn("w:themeFontLang")).set(qn("w:val"), LANGUE)
    reglages.find(qn("w:decimalSymbol")).set(qn("w:val"), ",")
    reglages.find(qn("w:listSeparator")).set(qn("w:val"), ";")
    zoom = reglages.find(qn("w:zoom"))
    zoom.set(qn("w:percent"), "100")  # the schema wants it


def _theme(fichier: Fichier) -> None:
    """Write the theme's fonts and colours."""
    for partie in fichier.part.package.iter_parts():
        if partie.partname == "/word/theme/theme1.xml":
            xml = partie.blob.decode()
            xml = re.sub(r'(<a:latin typeface=)"(?:Calibri|Cambria)"', rf'\1"{POLICE}"', xml)
            for rang, teinte in enumerate(PALETTE[:6], start=1):
                hexa = teinte.strip("#").upper()
                motif = rf'(<a:accent{rang}>\s*<a:srgbClr val=")\w+'
                xml = re.sub(motif, rf"\g<1>{hexa}", xml)
            partie._blob = xml.encode()


def _ajouter(styles: Any, nom: str) -> Any:
    style = styles.add_style(nom, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    style.quick_style = True
    return style


def _style(
    style: Any, taille: float, *, gras: bool, couleur: str, avant: float, apres: float
) -> None:
    police = style.font
    police.name, police.size, police.bold = POLICE, Pt(taille), gras
    police.italic = None
    police.color.rgb = RGBColor.from_string(couleur)
    noms = style.element.rPr.rFonts
    for attribut in list(noms.attrib):
        del noms.attrib[attribut]
    for nom in ("ascii", "hAnsi", "cs", "eastAsia"):
        noms.set(qn(f"w:{nom}"), POLICE)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(avant), Pt(apres)


def _particularites(styles: Any) -> None:
    for nom in ("Title", "Subtitle"):
        for bord in list(styles[nom].element.iter(qn("w:pBdr"))):
            bord.getparent().remove(bord)
    styles[NOMBRE].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for nom in (LEGENDE, CHIFFRE):
        styles[nom].paragraph_format.keep_with_next = True
    for nom in (CELLULE, NOMBRE, CHIFFRE):
        styles[nom].paragraph_format.line_spacing = 1.0
    styles["toc 2"].paragraph_format.left_indent = Mm(6)
    for niveau in ("toc 1", "toc 2"):  # where the numbers of pages go, once they are known
        styles[niveau].paragraph_format.tab_stops.add_tab_stop(
            Mm(LARGEUR_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
    _encadrer(
        styles[ALERTE], f'<w:left w:val="single" w:sz="24" w:space="6" w:color="{BLEU}"/>', PALE
    )
    cotes = "".join(
        f'<w:{cote} w:val="dashed" w:sz="4" w:space="6" w:color="{GRIS}"/>'
        for cote in ("top", "left", "bottom", "right")
    )
    _encadrer(styles[ATTENTE], cotes, None)


def _encadrer(style: Any, bords: str, fond: str | None) -> None:
    proprietes = style.element.get_or_add_pPr()
    espacement = proprietes.find(qn("w:spacing"))
    espacement.addprevious(parse_xml(f"<w:pBdr {nsdecls('w')}>{bords}</w:pBdr>"))
    if fond:
        espacement.addprevious(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fond}"/>')
        )


def _style_de_tableau(styles: Any) -> None:
    """Define one style for every table: headings, rules, names of rows."""

    def trait(cote: str, epaisseur: int, couleur: str) -> str:
        return f'<w:{cote} w:val="single" w:sz="{epaisseur}" w:space="0" w:color="{couleur}"/>'

    xml = (
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="TableauInfocentre">'
        f'<w:name w:val="{TABLEAU}"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        "<w:tblPr><w:tblBorders>"
        f"{trait('top', 12, BLEU)}{trait('bottom', 6, BLEU)}{trait('insideH', 4, FILET)}"
        '</w:tblBorders><w:tblCellMar><w:left w:w="70" w:type="dxa"/>'
        '<w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/>'
        f'<w:color w:val="{BLEU}"/></w:rPr><w:tcPr><w:tcBorders>{trait("bottom", 6, BLEU)}'
        '</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
    )
    styles.element.append(parse_xml(xml))


def entete_et_pied(fichier: Fichier, entete: str, pied: str) -> None:
    """Write what runs on every page but the first: title, date of the data, page n of N."""
    section = fichier.sections[0]
    section.header.paragraphs[0].text = entete
    paragraphe = section.footer.paragraphs[0]
    arrets = paragraphe.paragraph_format.tab_stops
    for arret in list(fichier.styles["Footer"].element.iter(qn("w:tab"))):
        arret.getparent().remove(arret)
    arrets.add_tab_stop(Mm(LARGEUR_MM), WD_TAB_ALIGNMENT.RIGHT)
    paragraphe.add_run(f"{pied}\tpage ")
    champ(paragraphe, "PAGE", "1")
    paragraphe.add_run(" sur ")
    champ(paragraphe, "NUMPAGES", "1")


def champ(paragraphe: Any, code: str, resultat: str) -> None:
    """Add a field that the reader's program computes, and what it shows until then."""
    for morceau in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {code} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f"<w:t>{resultat}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraphe._p.append(parse_xml(f"<w:r {nsdecls('w')}>{morceau}</w:r>"))
