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
    from weasyprint.layout import LayoutContext, block, inline, preferred
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
LIGNES = 50_000  # kept by fonts: those of two hundred documents that tell nearly the same
# What cuts a text, and how wide its letters are: what WeasyPrint's line_break reads of a style.
_D_UNE_LIGNE = frozenset(
    {
        "direction",
        "font_family",
        "font_feature_settings",
        "font_kerning",
        "font_language_override",
        "font_size",
        "font_stretch",
        "font_style",
        "font_variant_alternates",
        "font_variant_caps",
        "font_variant_east_asian",
        "font_variant_ligatures",
        "font_variant_numeric",
        "font_variant_position",
        "font_variation_settings",
        "font_weight",
        "hyphenate_character",
        "hyphenate_limit_chars",
        "hyphenate_limit_zone",
        "hyphens",
        "lang",
        "letter_spacing",
        "overflow_wrap",
        "tab_size",
        "text_decoration_line",
        "white_space",
        "word_break",
        "word_spacing",
    }
)


def _ecriture(style: Any) -> str:  # noqa: ANN401 - WeasyPrint ships no types
    """Return how a style writes a line; what says nothing of it writes as what it is in."""
    faite: str | None = vars(style).get("ecriture")
    if faite is None:
        parent = style.parent_style
        dits = _D_UNE_LIGNE & (style.keys() | getattr(style, "cascaded", {}).keys())
        if parent is not None and all(style[nom] == parent[nom] for nom in dits):
            faite = _ecriture(parent)
        else:
            faite = repr([style[nom] for nom in sorted(_D_UNE_LIGNE)])
        style.ecriture = faite
    return faite


def _couper_une_fois(
    text: str,
    style: Any,  # noqa: ANN401 - WeasyPrint ships no types
    context: Any,  # noqa: ANN401
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,  # noqa: FBT001, FBT002 - as WeasyPrint calls it
    minimum: bool = False,  # noqa: FBT001, FBT002
) -> Any:  # noqa: ANN401
    """Fit a line of text: tables ask it again and again, and documents tell the same."""
    lignes = vars(style.font_config).setdefault("lignes_coupees", {})
    suite = (max_width, justification_spacing, is_line_start, minimum)
    cle = (text, _ecriture(style), *suite)
    coupee = lignes.get(cle)
    if coupee is None:
        if len(lignes) >= LIGNES:
            lignes.clear()
        coupee = lignes[cle] = _couper(text, style, context, *suite)
    ligne, *mesures = coupee
    return copy.copy(ligne), *mesures  # one is changed when it is drawn


for _module in (inline, preferred):
    _module.split_first_line = _couper_une_fois


_en_colonnes = block.columns_layout
JEU = 2.0  # pixels: what rounding may take


def _equilibrer(  # noqa: PLR0913, PLR0917 - as WeasyPrint calls it
    context: Any,  # noqa: ANN401 - WeasyPrint ships no types
    box: Any,  # noqa: ANN401
    bottom_space: float,
    skip_stack: Any,  # noqa: ANN401
    containing_block: Any,  # noqa: ANN401
    page_is_empty: bool,  # noqa: FBT001 - as WeasyPrint calls it
    absolute_boxes: Any,  # noqa: ANN401
    fixed_boxes: Any,  # noqa: ANN401
    adjoining_margins: list[float],
    *styles: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Balance two columns: laid out once as one, then at the height where that one is cut.

    WeasyPrint lays them out again and again, a little higher each time.
    """
    libre = box.copy()
    libre.style = box.style.copy()
    libre.style["column_fill"] = "auto"

    def poser(boite: Any, bas: float) -> Any:  # noqa: ANN401
        suite = (page_is_empty, absolute_boxes, fixed_boxes, list(adjoining_margins))
        return _en_colonnes(context, boite, bas, skip_stack, containing_block, *suite, *styles)

    remplie = poser(libre, bottom_space)
    boite, suite = remplie[:2]
    colonnes = [une for une in boite.children if une.is_column] if boite else []
    if boite and suite and not colonnes and not page_is_empty:  # a heading would stand alone
        block.remove_placeholders(context, [boite], absolute_boxes, fixed_boxes)
        return None, (0, None), {"break": "any", "page": None}, [], False
    haut, hauteur = (0.0, 0.0) if suite else _moitie(colonnes)
    if not hauteur:
        return remplie
    block.remove_placeholders(context, [boite], absolute_boxes, fixed_boxes)
    place = context.page_bottom - haut - hauteur - JEU
    posee = poser(libre, max(bottom_space, place))
    if posee[0] is not None and posee[1] is None:
        return posee
    if posee[0] is not None:
        block.remove_placeholders(context, [posee[0]], absolute_boxes, fixed_boxes)
    return poser(box, bottom_space)


def _moitie(colonnes: list[Any]) -> tuple[float, float]:
    """Return the top of columns, and the least height of two that hold them; 0 when nothing is cut.

    They are cut between blocks, never after one that announces the next.
    """
    hauteurs = []
    fait = bas = 0.0
    coupable = False
    for une in colonnes:
        blocs = [un for un in une.descendants() if un.element_tag in ("p", "li") and un.children]
        blocs = [un for un in blocs if isinstance(un, block.boxes.BlockBox)]
        for un in blocs:
            dessus = fait + un.border_box_y() - une.position_y
            if coupable:
                hauteurs.append((bas, dessus))
            bas = dessus + un.border_height()
            coupable = un.style["break_after"] != "avoid"
        fait = bas
    if not hauteurs:
        return 0.0, 0.0
    fin = bas + colonnes[-1].children[-1].margin_bottom
    return colonnes[0].position_y, min(max(avant, fin - apres) for avant, apres in hauteurs)


block.columns_layout = _equilibrer


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
