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
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pydyf

from infocentre.noyau.config import polices
from infocentre.restitutions.document import Document
from infocentre.restitutions.html import DESSIN, POLICE, en_html
from infocentre.restitutions.moteur import (
    FontConfiguration,
    URLFetcher,
    URLFetcherResponse,
    dessiner_par_mots,
    ecrire_une_fois,
    weasyprint,
)

IMPRIMABLE = 4
RESTES = 200_000  # objects: ten fiches leave as many
PART_STABLE = 2  # what stays is looked through again once a half of it was left
_TAS = {"stables": 0, "restes": 0}  # objects when they were last sorted out, and left since

atexit.register(gc.freeze)  # a process that ends need not sort out what its layouts left


class _Interdit(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """Gives our fonts and the drawings that the page holds, nothing else: no file, no address."""

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
    configuration = FontConfiguration()
    # Its directory goes when it is collected; at the end of a process, nothing is.
    atexit.register(configuration.__del__)
    return configuration


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

    What it leaves is set aside, and sorted out before the next one when it is much: a process that
    prints one document never does.
    """
    active = gc.isenabled()
    gc.disable()
    if _TAS["restes"] > RESTES + _TAS["stables"] // PART_STABLE:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _TAS.update(stables=gc.get_freeze_count(), restes=0)
    try:
        yield
    finally:
        _TAS["restes"] += gc.get_count()[0]  # asking what is frozen walks through all of it
        gc.freeze()
        if active:
            gc.enable()


def nombre_de_pages(document: Document) -> int:
    """Return on how many pages a document stands."""
    with _sans_collecte():
        return len(_composer(en_html(document, impression=True)).pages)


def _composer(html: str) -> weasyprint.Document:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    images: dict[str, object] = {}
    document = _lire(html).render(
        font_config=_configuration(), pdf_variant="pdf/ua-1", cache=images
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


def _finir(_: weasyprint.Document, fichier: pydyf.PDF) -> None:
    """Say that links are printed as the rest of the page is: PDF/UA wants them to be."""
    for objet in fichier.objects:
        if isinstance(objet, pydyf.Dictionary) and objet.get("Subtype") == "/Link":
            objet["F"] = IMPRIMABLE
    ecrire_une_fois(fichier)
