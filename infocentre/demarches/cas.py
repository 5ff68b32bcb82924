"""The cases of constats, each under the reference that its row of a workbook carries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from infocentre.affaires import Constat

REFERENCE = "Référence"  # the sheet that says which affaire a workbook is of


class Cas(NamedTuple):
    """A case of a constat, under the reference that its row carries."""

    reference: str
    constat: Constat
    unite: str
    numero: str
    jour: str
    explication: str


def reference(constat: str, unite: str) -> str:
    """Return the name of a case, that its constat and itself give."""
    return hashlib.sha256(f"{constat}|{unite}".encode()).hexdigest()[:12].upper()


def cas(dits: Sequence[Constat]) -> Iterator[Cas]:
    """Yield the cases of constats, in the order in which the workbook lists them."""
    for un in dits:
        for unite, numero, jour, explication in un.unites:
            yield Cas(reference(un.id, unite), un, unite, numero, jour, explication)
