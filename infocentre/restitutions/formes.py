"""Each form of a document and what makes it: imported when it is asked, for each is heavy."""

from __future__ import annotations

from collections.abc import Callable

from infocentre.restitutions.document import Document


def _pdf(document: Document) -> bytes:
    from infocentre.restitutions import pdf

    return pdf.en_octets(document)


def _html(document: Document) -> bytes:
    from infocentre.restitutions import html

    return html.en_octets(document)


def _pptx(document: Document) -> bytes:
    from infocentre.restitutions import diaporama

    return diaporama.en_octets(document)


def _docx(document: Document) -> bytes:
    from infocentre.restitutions import traitement_texte

    return traitement_texte.en_octets(document)


def _xlsx(document: Document) -> bytes:
    from infocentre.restitutions import classeur

    return classeur.en_octets(document)


FORMES: dict[str, Callable[[Document], bytes]] = {
    "pdf": _pdf,
    "html": _html,
    "pptx": _pptx,
    "docx": _docx,
    "xlsx": _xlsx,
}
