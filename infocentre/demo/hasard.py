"""Seeded chance: one independent stream per use, so that a new column changes no other."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from infocentre.demo.temps import Entiers, Masque, Reels


@dataclass(frozen=True, slots=True)
class Hasard:
    """A family of random streams; `domaine` is usually the département."""

    graine: int
    domaine: str

    def flux(self, nom: str) -> np.random.Generator:
        """Return the stream of that name, always at its beginning."""
        cle = [self.graine, zlib.crc32(self.domaine.encode()), zlib.crc32(nom.encode())]
        return np.random.Generator(np.random.PCG64(cle))


def tirer(alea: np.random.Generator, poids: Sequence[float] | Reels, nombre: int) -> Entiers:
    """Draw `nombre` indices with these weights (they need not sum to 1)."""
    cumul = np.cumsum(np.asarray(poids, dtype=float))
    rangs = np.searchsorted(cumul, alea.random(nombre) * cumul[-1], side="right")
    indices: Entiers = np.minimum(rangs, len(cumul) - 1).astype(np.int64)
    return indices


def tirer_code(alea: np.random.Generator, poids: Mapping[str, float], nombre: int) -> Entiers:
    """Draw indices into the keys of `poids`."""
    return tirer(alea, list(poids.values()), nombre)


def arrive(alea: np.random.Generator, taux: float | Reels, nombre: int) -> Masque:
    """Draw whether an event of that probability happens, for each unit."""
    tirage: Masque = alea.random(nombre) < taux
    return tirage


def entre(alea: np.random.Generator, bas: int, haut: int, nombre: int) -> Entiers:
    """Draw whole numbers from `bas` to `haut`, both included."""
    return alea.integers(bas, haut, size=nombre, endpoint=True, dtype=np.int64)
