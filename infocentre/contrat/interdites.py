"""The columns that are never let in, by their name: NIR, and what people write of others."""

from __future__ import annotations

import functools
import re

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from infocentre.contrat.dictionnaire import EXACT, lire_yaml, valider
from infocentre.noyau.francais import simplifier

INTERDITES = "interdites.yml"


@dataclass(frozen=True, slots=True, config=EXACT)
class Interdites:
    """interdites.yml, whole; it says what its fields mean."""

    mots: tuple[str, ...]
    parts: tuple[str, ...]


@functools.cache
def interdites() -> Interdites:
    """Return what makes a name forbidden (cached); raise Refus that names what is wrong."""
    return valider(TypeAdapter(Interdites), lire_yaml(INTERDITES), INTERDITES)


def est_interdite(nom: str) -> bool:
    """Tell the name of a column, in whatever file, that is never let in."""
    lu, nu = interdites(), simplifier(nom).upper()
    mots = re.findall("[0-9A-Z]+", nu)
    return any(mot.startswith(lu.mots) for mot in mots) or any(un in nu for un in lu.parts)
