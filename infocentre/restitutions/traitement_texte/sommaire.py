"""Contents of a text file: entries that lead to their headings, in a field that Word computes."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document as Fichier
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

_CODE = r'TOC \o "1-2" \h \z \u'


def ecrire_sommaire(
    fichier: Fichier, entrees: list[tuple[int, str, str]], ids: dict[str, str]
) -> None:
    """Add the contents on a page of its own: (level, heading, anchor) of each entry.

    Until the field is computed, where a program knows the pages, entries are links and no number.
    """
    titre = fichier.add_paragraph("Sommaire", "TOC Heading")
    titre.paragraph_format.page_break_before = True
    for rang, (niveau, nom, ancre) in enumerate(entrees):
        debut = _champ("begin", dirty=True) + _code(_CODE) + _champ("separate") if rang == 0 else ""
        fin = _champ("end") if rang == len(entrees) - 1 else ""
        xml = (
            f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{ids[f"toc {niveau}"]}"/></w:pPr>{debut}'
            f'<w:hyperlink w:anchor="{ancre}" w:history="1"><w:r><w:t>{escape(nom)}</w:t></w:r>'
            f"</w:hyperlink>{fin}</w:p>"
        )
        fichier.element.body.insert_element_before(parse_xml(xml), "w:sectPr")


def _champ(genre: str, *, dirty: bool = False) -> str:
    sale = ' w:dirty="true"' if dirty else ""
    return f'<w:r><w:fldChar w:fldCharType="{genre}"{sale}/></w:r>'


def _code(code: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'


def ancrer(paragraphe: Any, ancre: str) -> None:
    """Put a bookmark around a heading, for the contents to lead to."""
    numero = int(ancre.rpartition("-")[2])
    proprietes = paragraphe._p.get_or_add_pPr()
    debut = f'<w:bookmarkStart {nsdecls("w")} w:id="{numero}" w:name="{ancre}"/>'
    proprietes.addnext(parse_xml(debut))
    paragraphe._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{numero}"/>'))
