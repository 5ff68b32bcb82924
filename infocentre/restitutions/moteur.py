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
    from weasyprint import css
    from weasyprint.images import SVGImage
    from weasyprint.layout import (
        LayoutContext,
        absolute,
        block,
        column,
        grid,
        inline,
        page,
        percent,
        preferred,
        table,
    )
    from weasyprint.layout import float as floats
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


_resoudre = percent.resolve_percentages
_COTES = ("top", "right", "bottom", "left")
_MESURES = (
    *(
        f"{quoi}_{cote}"
        for quoi in ("margin", "padding")
        for cote in ("left", "right", "top", "bottom")
    ),
    *(f"{borne}{axe}" for axe in ("width", "height") for borne in ("", "min_", "max_")),
)
_BORDS = tuple(f"border_{cote}_width" for cote in ("top", "right", "bottom", "left"))


def _resoudre_une_fois(box: Any, containing_block: Any) -> None:  # noqa: ANN401
    """Give a box its measures: those of a style that none of its container changes are kept."""
    style = box.style
    if not hasattr(style, "mesures"):
        style.mesures = _mesures(style)
    if style.mesures is None:
        _resoudre(box, containing_block)
        return
    siennes = vars(box)
    siennes.update(style.mesures)
    # Borders that tables share were given to their parts before.
    partages = style["border_collapse"] == "collapse"
    for bord in _BORDS:
        if not (partages and bord in siennes):
            siennes[bord] = style[bord]
    percent.adjust_box_sizing(box, "width")
    percent.adjust_box_sizing(box, "height")


def _mesures(style: Any) -> dict[str, Any] | None:  # noqa: ANN401
    """Return the measures that a style gives in pixels, None when one is told otherwise."""
    dites = {nom: style[nom] for nom in _MESURES}
    if any(une != "auto" and getattr(une, "unit", "") != "px" for une in dites.values()):
        return None
    rien = {"min_width": 0, "min_height": 0}
    return {
        nom: rien.get(nom, "auto") if une == "auto" else une.value for nom, une in dites.items()
    }


for _module in (absolute, block, column, floats, grid, inline, page, table):
    _module.resolve_percentages = _resoudre_une_fois


_ligne_vide = inline.strut


def _ligne_vide_une_fois(style: Any) -> tuple[float, float]:  # noqa: ANN401
    """Return the height and the baseline of a line of a style, kept with it."""
    if not hasattr(style, "ligne_vide"):
        style.ligne_vide = _ligne_vide(style)
    mesures: tuple[float, float] = style.ligne_vide
    return mesures


inline.strut = _ligne_vide_une_fois

_dans_le_flux = block.boxes.Box.is_in_normal_flow


def _dans_le_flux_vite(box: Any) -> bool:  # noqa: ANN401
    """Tell whether a box stands where it is written, as nearly all do."""
    style = box.style
    ordinaire = style["float"] == "none" and style["position"] in ("static", "relative")
    return ordinaire or bool(_dans_le_flux(box))


block.boxes.Box.is_in_normal_flow = _dans_le_flux_vite


_chercher = css.ComputedStyle.__missing__
_A_PART = frozenset({"display", "float", "page", "position"})
_HERITEES = frozenset(
    nom
    for nom in css.INHERITED
    if nom not in _A_PART
    and nom not in css.PHYSICAL_FUNCTIONS
    and not nom.startswith("text_decoration_")
)


def _chercher_vite(style: Any, key: str) -> Any:  # noqa: ANN401
    """Return a value of a style; what an element says nothing of is that of what it is in."""
    parent = style.parent_style
    if key in _HERITEES and parent is not None and key not in style.cascaded:
        value = style[key] = parent[key]
        return value
    return _chercher(style, key)


css.ComputedStyle.__missing__ = _chercher_vite


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
