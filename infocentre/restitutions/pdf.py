"""A document as PDF/UA-1: tagged, in French, its fonts inside, the same bytes for the same words.

No clock, no chance, no network: dates are those of the data, identifiers come from the content,
and nothing is fetched.
"""

from __future__ import annotations

import io
import logging

import pikepdf
import weasyprint
from weasyprint.urls import URLFetcher

from infocentre.restitutions.document import Document
from infocentre.restitutions.html import en_html

IMPRIMABLE = 4
POLICES = "data:font/woff2;base64,"


class _Interdit(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """Gives the fonts that the style sheet holds, and nothing else: no file, no address."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:
        if not url.startswith(POLICES):
            raise ValueError(f"a document fetches nothing: {url[:80]}")
        return super().fetch(url, headers)


def en_octets(document: Document) -> bytes:
    """Return the document as a PDF file."""
    return imprimer(en_html(document, impression=True))


def imprimer(html: str) -> bytes:
    """Return a page of HTML as PDF; links get the Print flag, the identifier is the content's."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    brut = weasyprint.HTML(string=html, url_fetcher=_Interdit()).write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=b"0" * 16
    )
    return _finir(brut)


def _finir(brut: bytes) -> bytes:
    sortie = io.BytesIO()
    with pikepdf.open(io.BytesIO(brut)) as pdf:
        for page in pdf.pages:
            for lien in page.get("/Annots", []):
                lien.F = int(lien.get("/F", 0)) | IMPRIMABLE
        pdf.save(
            sortie, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
    return sortie.getvalue()
