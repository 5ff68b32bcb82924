"""A document as PDF/UA-1: tagged, in French, its fonts inside, the same bytes for the same words.

No clock, no chance, no network: dates are those of the data, identifiers come from the content,
and nothing is fetched.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import functools
import gc
import hashlib
import logging
import ssl
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pydyf

from infocentre.noyau.config import polices
from infocentre.noyau.depart import CYCLES
from infocentre.restitutions.document import Document
from infocentre.restitutions.html import DESSIN, POLICE, en_html
from infocentre.restitutions.moteur import (
    FontConfiguration,
    URLFetcher,
    URLFetcherResponse,
    dessiner_par_mots,
    ecrire_une_fois,
    oublier,
    weasyprint,
)

IMPRIMABLE = 4
RESTES = 3 * CYCLES  # objects that layouts leave in cycles, 50 MB: freed together, or never

atexit.register(gc.freeze)  # a process that ends need not sort out what its layouts left


class _Interdit(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """Gives our fonts and the drawings that the page holds, nothing else: no file, no address."""

    def __init__(self) -> None:
        """Read no certificate: no address is opened."""
        super().__init__(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:  # noqa: ARG002
        if url.startswith(DESSIN):
            dessin = base64.b64decode(url.removeprefix(DESSIN))
            return URLFetcherResponse("", dessin, {"Content-Type": "image/svg+xml"})
        # As a printer reads them: unpacking the pages' own takes half a second.
        noms = {f"{POLICE}{fichier.name}": fichier for fichier in polices().glob("*.ttf")}
        if url not in noms:
            raise ValueError(f"a document fetches nothing: {url[:80]}")
        return URLFetcherResponse(url, noms[url].read_bytes(), {"Content-Type": "font/ttf"})


@functools.cache
def _configuration() -> FontConfiguration:
    """Return the fonts of the process: read once, whatever it prints."""
    return FontConfiguration()


@atexit.register
def rendre_les_polices() -> None:
    """Delete the directory of the fonts, as a process ends: nothing is collected then."""
    if _configuration.cache_info().currsize:
        _configuration().__del__()
        _configuration.cache_clear()


def en_octets(document: Document) -> bytes:
    """Return the document as a PDF file."""
    return imprimer(en_html(document, impression=True))


def imprimer(html: str) -> bytes:
    """Return a page of HTML as PDF; links get the Print flag, the identifier is the content's."""
    identifiant = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    with _sans_collecte():
        octets: bytes = _composer(html).write_pdf(
            finisher=_finir, pdf_variant="pdf/ua-1", pdf_identifier=identifiant
        )
    return octets


@contextlib.contextmanager
def _sans_collecte() -> Iterator[None]:
    """Spare a quarter of the time: a layout keeps all that it makes until it is written.

    What it leaves goes when the next one begins, the cycles that stay once they are many: a process
    that prints one document never sorts them out.
    """
    active = gc.isenabled()
    gc.disable()
    oublier()
    if gc.get_count()[0] > RESTES:
        gc.collect(0)
    try:
        yield
    finally:
        _, *autres = gc.get_threshold()
        gc.set_threshold(gc.get_count()[0] + RESTES, *autres)
        if active:
            gc.enable()


def nombre_de_pages(document: Document) -> int:
    """Return on how many pages a document stands."""
    with _sans_collecte():
        return len(_composer(en_html(document, impression=True)).pages)


def _composer(html: str) -> weasyprint.Document:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    images: dict[str, object] = {}
    page = _lire(html)
    document = page.render(
        font_config=_configuration(),
        pdf_variant="pdf/ua-1",
        cache=images,
        stylesheets=_sortir_les_styles(page),
    )
    dessiner_par_mots(images.values())
    return document


def _lire(html: str) -> weasyprint.HTML:
    """Return a page as the printer reads it: ours are XML too, which costs it nothing to read."""
    try:
        racine = ET.fromstring(html)  # noqa: S314 - written here, texts escaped
    except ET.ParseError:  # what a library wrote may be HTML only
        return weasyprint.HTML(string=html, url_fetcher=_Interdit())
    page = weasyprint.HTML(string="", url_fetcher=_Interdit())
    page.etree_element = racine
    page.wrapper_element = type(page.wrapper_element).from_html_root(racine, content_language=None)
    return page


def _sortir_les_styles(page: weasyprint.HTML) -> list[weasyprint.CSS]:
    """Take the style sheets out of a page: those that another one had were read then."""
    dits = [un.text or "" for un in page.etree_element.iter("style")]
    for un in page.etree_element.iter("style"):
        un.text = ""
    return [_feuille(un) for un in dits]


@functools.lru_cache(8)
def _feuille(styles: str) -> weasyprint.CSS:
    """Return a style sheet as a printer reads it; its fonts are those of the process."""
    return weasyprint.CSS(string=styles, url_fetcher=_Interdit(), font_config=_configuration())


def _finir(_: weasyprint.Document, fichier: pydyf.PDF) -> None:
    """Say that links are printed as the rest of the page is: PDF/UA wants them to be."""
    for objet in fichier.objects:
        if isinstance(objet, pydyf.Dictionary) and objet.get("Subtype") == "/Link":
            objet["F"] = IMPRIMABLE
    ecrire_une_fois(fichier)
