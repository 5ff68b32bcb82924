"""The contours of communes and arrondissements, for maps; see referentiels/LISEZMOI.md."""

from __future__ import annotations

import functools
import gzip
import itertools
from collections.abc import Iterable, Mapping
from importlib import resources
from types import MappingProxyType

Point = tuple[float, float]
Anneau = tuple[Point, ...]
_PAS_PAR_DEGRE = 2000
_FICHIER = "referentiels/contours.csv.gz"


def contours(codes: Iterable[str]) -> dict[str, tuple[Anneau, ...]]:
    """Return the rings of each code that has any, in degrees: longitude, latitude.

    Neighbours share the very points of their border; a ring is not closed by its first point.
    """
    return {
        code: tuple(_anneau(texte) for texte in lignes[code].split("|"))
        for code in codes
        if code in (lignes := _lignes(code[:2]))
    }


@functools.cache
def _lignes(debut: str) -> Mapping[str, str]:
    """Return the lines of the codes that begin so: those of one département, or of few."""
    lignes = _par_debut().get(debut, "").splitlines()
    return MappingProxyType(dict(ligne.split(",", 1) for ligne in lignes))


@functools.cache
def _par_debut() -> Mapping[str, str]:
    """Return the file in pieces: a text a commune would double its memory."""
    fichier = resources.files("infocentre.contrat").joinpath(_FICHIER)
    lignes = gzip.decompress(fichier.read_bytes()).decode().splitlines(keepends=True)
    pieces = itertools.groupby(sorted(lignes), key=lambda ligne: ligne[:2])
    return MappingProxyType({debut: "".join(siennes) for debut, siennes in pieces})


def _anneau(texte: str) -> Anneau:
    nombres = [int(un) for un in texte.split()]
    axes = [itertools.accumulate(nombres[debut::2]) for debut in (0, 1)]
    return tuple((x / _PAS_PAR_DEGRE, y / _PAS_PAR_DEGRE) for x, y in zip(*axes, strict=True))
