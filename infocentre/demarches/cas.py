"""The cases of constats, each under the reference that its row of a workbook carries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Demande:
    """A demande (an access, a message without one) and all its cases, in one row."""

    reference: str
    cas: tuple[Cas, ...]

    @property
    def numero(self) -> str:
        """Its numéro unique; that of what has none, as deliveries name it."""
        return self.cas[0].numero or self.cas[0].unite


def par_demande(organisme: str, dits: Sequence[Constat]) -> list[Demande]:
    """Return the demandes that constats of an organisme tell of, each once, in their order.

    A constat that two affaires tell is one.
    """
    siens: dict[str, list[Cas]] = {}
    for un in cas(list({dit.id: dit for dit in dits}.values())):
        siens.setdefault(un.numero or un.unite, []).append(un)
    return [Demande(reference(organisme, cle), tuple(un)) for cle, un in siens.items()]
