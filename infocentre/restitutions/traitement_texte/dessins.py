"""Pictures of a text file: native charts that people can edit, PNG for the others."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document as Fichier
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt

from infocentre.restitutions.bureautique.images import Image
from infocentre.restitutions.bureautique.natifs import Natif, en_xml
from infocentre.restitutions.traitement_texte.modele import LARGEUR_MM

TYPE_GRAPHIQUE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
TYPE_CLASSEUR = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NS_GRAPHIQUE = "http://schemas.openxmlformats.org/drawingml/2006/chart"
EMU_PAR_MM = 36_000
HAUTEUR_MM, HAUTEUR_COURTE_MM = 68.0, 44.0
HAUTEUR_BARRES_MM = 60.0  # under it, LibreOffice flattens letters
HAUTEUR_MAX_MM = 190.0
IMAGE_MAX_MM, IMAGE_COURTE_MM = 125.0, 50.0


def poser_natif(
    fichier: Fichier, natif: Natif, nom: str, description: str, *, court: bool = False
) -> None:
    """Add a paragraph that holds a chart, and the workbook that people edit it with."""
    haut = _hauteur(natif, court=court)
    element, classeur = en_xml(natif, haut)
    rang = 1 + sum(1 for p in fichier.part.package.iter_parts() if "/chart" in p.partname)
    paquet = fichier.part.package
    livre = Part(PackURI(f"/word/embeddings/graphique{rang}.xlsx"), TYPE_CLASSEUR, classeur, paquet)
    graphique = Part(PackURI(f"/word/charts/chart{rang}.xml"), TYPE_GRAPHIQUE, b"", paquet)
    element.append(
        parse_xml(
            f'<c:externalData xmlns:c="{NS_GRAPHIQUE}" {nsdecls("r")} '
            f'r:id="{graphique.relate_to(livre, RT.PACKAGE)}"><c:autoUpdate val="0"/>'
            "</c:externalData>"
        )
    )
    graphique._blob = serialize_part_xml(element)
    relation = fichier.part.relate_to(graphique, RT.CHART)
    paragraphe = fichier.add_paragraph()
    paragraphe.add_run()._r.append(_cadre(relation, rang, haut, nom, description))


def _hauteur(natif: Natif, *, court: bool) -> float:
    """Return the height of a chart, in mm: bars have theirs each."""
    if natif.forme != "barres":
        return HAUTEUR_COURTE_MM if court else HAUTEUR_MM
    barre, moindre = (5.5, HAUTEUR_COURTE_MM) if court else (6.5, HAUTEUR_BARRES_MM)
    return min(HAUTEUR_MAX_MM, max(moindre, 14 + barre * natif.points))


def _cadre(relation: str, rang: int, haut: float, nom: str, description: str) -> Any:
    """Return the drawing that shows a chart, as wide as the text."""
    large, haut_emu = round(LARGEUR_MM * EMU_PAR_MM), round(haut * EMU_PAR_MM)
    return parse_xml(
        f"<w:drawing {nsdecls('w', 'wp', 'a', 'r')}>"
        '<wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{large}" cy="{haut_emu}"/>'
        f'<wp:docPr id="{1000 + rang}" name={quoteattr(nom)} descr={quoteattr(description)}/>'
        "<wp:cNvGraphicFramePr/>"
        f'<a:graphic><a:graphicData uri="{NS_GRAPHIQUE}">'
        f'<c:chart xmlns:c="{NS_GRAPHIQUE}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def poser_image(
    fichier: Fichier, image: Image, nom: str, description: str, *, court: bool = False
) -> None:
    """Add a paragraph that holds a picture, as wide as the text unless it would be too tall."""
    haut = IMAGE_COURTE_MM if court else IMAGE_MAX_MM
    echelle = min(Mm(LARGEUR_MM) / Pt(image.largeur), Mm(haut) / Pt(image.hauteur))
    forme = fichier.add_picture(io.BytesIO(image.png), width=Pt(image.largeur * echelle))
    proprietes = forme._inline.docPr
    proprietes.set("name", nom)
    proprietes.set("descr", description)
