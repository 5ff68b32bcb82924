"""What WeasyPrint and pydyf do again for each piece of a page, done once.

A file has the same bytes, but for the words of pictures: drawn letter by letter, they were not
spaced as those of the page are.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

import pydyf
from weasyprint.images import SVGImage

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
