"""What makes two pages enough: as much of a list as its place allows, never a part of a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def tenir(
    choses: Iterable[T], longueur: Callable[[T], int], nombre: int, signes: int
) -> tuple[T, ...]:
    """Return the first ones, at most `nombre`, of `signes` letters together; one at least."""
    retenues: list[T] = []
    reste = signes
    for une in choses:
        reste -= longueur(une)
        if len(retenues) == nombre or (retenues and reste < 0):
            break
        retenues.append(une)
    return tuple(retenues)
