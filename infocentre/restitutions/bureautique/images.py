"""Pictures that have no native equivalent (maps, funnels), as PNG sharp enough for paper."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.restitutions.html import _polices

RESOLUTION = 200  # dots per inch
_TAILLE = re.compile(r'<svg[^>]*?\swidth="([\d.]+)"[^>]*?\sheight="([\d.]+)"')


@dataclass(frozen=True, slots=True)
class Image:
    """A PNG and its size on paper, in points."""

    png: bytes
    largeur: float
    hauteur: float


def dessiner(svgs: Sequence[str]) -> list[Image]:
    """Return each SVG as a PNG: one page each of one PDF, then drawn."""
    if not svgs:
        return []
    import pypdfium2

    from infocentre.restitutions.pdf import imprimer

    tailles = [_taille(svg) for svg in svgs]
    document = pypdfium2.PdfDocument(imprimer(_page(svgs, tailles)))
    try:
        return [_image(page) for page in document]
    finally:
        document.close()


def _taille(svg: str) -> tuple[float, float]:
    trouve = _TAILLE.search(svg)
    return (float(trouve[1]), float(trouve[2])) if trouve else (680.0, 400.0)


def _page(svgs: Sequence[str], tailles: Sequence[tuple[float, float]]) -> str:
    styles = "".join(
        f"@page p{rang} {{ size: {large}px {haut}px; margin: 0 }} #p{rang} {{ page: p{rang} }}"
        for rang, (large, haut) in enumerate(tailles)
    )
    corps = "".join(f'<div id="p{rang}">{svg}</div>' for rang, svg in enumerate(svgs))
    commun = "body { margin: 0 } div { line-height: 0 } svg { display: block }"
    entete = (
        f"<title>Images</title><style>{''.join(_polices(impression=True))}{commun}{styles}</style>"
    )
    return f'<html lang="fr"><head>{entete}</head><body>{corps}</body></html>'


def _image(page: object) -> Image:
    largeur, hauteur = page.get_size()  # type: ignore[attr-defined]
    tampon = io.BytesIO()
    rendu = page.render(scale=RESOLUTION / 72)  # type: ignore[attr-defined]
    rendu.to_pil().quantize(128).save(tampon, "PNG", optimize=True)
    return Image(tampon.getvalue(), largeur, hauteur)
