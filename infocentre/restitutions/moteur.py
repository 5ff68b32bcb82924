"""WeasyPrint and pydyf, what they do again for each piece of a page being done once.

A file has the same bytes, but for the words of pictures: drawn letter by letter, they were not
spaced as those of the page are.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes.util
import functools
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pydyf


@contextlib.contextmanager
def _sans_chercher() -> Iterator[None]:
    """Have shared libraries opened by the name of their file alone, which Linux has.

    WeasyPrint tries those of other systems first: each starts the compiler to look for it.
    """
    chercher = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = chercher


with _sans_chercher():
    import weasyprint
    from weasyprint.images import SVGImage
    from weasyprint.layout import LayoutContext, inline, preferred
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

__all__ = [
    "FontConfiguration",
    "URLFetcher",
    "URLFetcherResponse",
    "dessiner_par_mots",
    "ecrire_une_fois",
    "oublier",
    "weasyprint",
]

_PAR_LETTRE = frozenset({"dx", "dy", "rotate", "letter-spacing", "textLength"})


class _UneFois(pydyf.Object):  # type: ignore[misc] # pydyf ships no types
    """An object whose bytes are made once: a file asks for them, then its identifier does."""

    compressible = False

    def __init__(self, objet: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation = objet.number, objet.generation
        self.compressible = objet.compressible
        self._objet = objet

    @functools.cached_property
    def data(self) -> bytes:
        octets: bytes = self._objet.data
        del self._objet
        return octets


class _Mots(str):
    """A text that is drawn whole: who goes through its letters finds it alone."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


@functools.lru_cache(1)
def _renvois(pages: tuple[int, ...]) -> tuple[bytes, ...]:
    return tuple(b"%d 0 R" % page for page in pages)


# Each tag of a page asks for the references of all pages: they are written when a page is added.
pydyf.PDF.page_references = property(lambda fichier: _renvois(tuple(fichier.pages["Kids"][::3])))


_couper = inline.split_first_line


def _couper_une_fois(
    text: str,
    style: Any,  # noqa: ANN401 - WeasyPrint ships no types
    context: Any,  # noqa: ANN401
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,  # noqa: FBT001, FBT002 - as WeasyPrint calls it
    minimum: bool = False,  # noqa: FBT001, FBT002
) -> Any:  # noqa: ANN401
    """Fit a line of text: balanced columns and tables of free widths ask it again and again.

    Lines are kept with the layout of their document, and go with it.
    """
    suite = (max_width, justification_spacing, is_line_start, minimum)
    if context is None:  # a picture, that is laid out once
        return _couper(text, style, context, *suite)
    lignes = context.__dict__.setdefault("lignes_coupees", {})
    cle = (text, id(style), *suite)
    if cle not in lignes:
        # Its style is kept too: no other one has its id as long as it is there.
        lignes[cle] = style, _couper(text, style, context, *suite)
        return lignes[cle][1]
    ligne, *mesures = lignes[cle][1]
    return copy.copy(ligne), *mesures  # one is changed when it is drawn


for _module in (inline, preferred):
    _module.split_first_line = _couper_une_fois


_ICI = threading.local()  # what is laid out in each thread


def _contexte(*arguments: Any) -> Any:  # noqa: ANN401
    un = LayoutContext(*arguments)
    vars(_ICI).setdefault("contextes", []).append(un)
    return un


weasyprint.document.LayoutContext = _contexte


def oublier() -> None:
    """Take apart what this thread laid out and wrote: all of it hangs together by one object.

    It goes at once, for a tenth of what looking for its cycles takes.
    """
    for un in vars(_ICI).pop("contextes", ()):
        vars(un).clear()


def ecrire_une_fois(fichier: pydyf.PDF) -> None:
    """Have each object of a finished file written out once; the first, free, has no bytes."""
    fichier.objects[1:] = [_UneFois(un) for un in fichier.objects[1:]]


def dessiner_par_mots(images: Iterable[object]) -> None:
    """Have the texts of pictures drawn whole, but where letters have places of their own."""
    for image in images:
        if isinstance(image, SVGImage):
            _par_mots(image._svg.tree)  # noqa: SLF001 - nothing else leads to its texts


def _par_mots(noeud: Any) -> None:  # noqa: ANN401 - WeasyPrint ships no types
    if noeud.tag in ("text", "tspan") and noeud.text and not _PAR_LETTRE & noeud.attrib.keys():
        noeud._etree_node.text = _Mots(noeud.text)  # noqa: SLF001
    for enfant in noeud:
        _par_mots(enfant)
