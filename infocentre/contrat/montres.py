"""The numéros uniques that a request or a command reads, and those that it gives.

To name a numéro is not to see it: an address, a form, a sheet may name any. What reads data says
here what it read; what is given is read again before it leaves: the numéros of both were shown.

The two places that data come by say it for all readers: a `Lecture`, and the store where it keeps
numéros. What reads thousands to compute with them does it under `en_silence`, then says which it
returns.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from infocentre.contrat.numeros import LONGUEUR, numeros_ecrits, numeros_ouverts
from infocentre.noyau.fichiers import A_REMETTRE

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Montres:
    """What was read; `donnes` are those of what left beside an answer: messages, files.

    `sujets` are those whose life was read: what tells it may not write them again. `confies` is
    how many messages were entrusted to what sends them later.
    """

    lus: set[str] = field(default_factory=set)
    sujets: set[str] = field(default_factory=set)
    donnes: set[str] = field(default_factory=set)
    confies: int = 0

    def dans(self, octets: bytes) -> frozenset[str]:
        """Return the numéros that a text or a file shows, among those that were read."""
        return (numeros_ouverts(octets) & self.lus) | self.sujets if self.lus else frozenset()

    def donner(self, octets: bytes, _: Mapping[str, str] = MappingProxyType({})) -> frozenset[str]:
        """Note that this is given; return the numéros that it shows and that were not yet."""
        neufs = self.dans(octets) - self.donnes
        self.donnes |= neufs
        return neufs


_LISIBLES = frozenset({str, list, tuple, set, frozenset, dict})
_ICI: ContextVar[Montres | None] = ContextVar("montres", default=None)


def commencer() -> Montres:
    """Follow what is read from now on, in this thread."""
    neufs = Montres()
    _ICI.set(neufs)
    A_REMETTRE.set(neufs.donner)
    return neufs


def finir() -> None:
    """Follow nothing more."""
    _ICI.set(None)
    A_REMETTRE.set(None)


@contextlib.contextmanager
def suivre() -> Iterator[Montres]:
    """Give what is read in this block, and there alone."""
    neufs = Montres()
    jeton = _ICI.set(neufs)
    try:
        yield neufs
    finally:
        _ICI.reset(jeton)


@contextlib.contextmanager
def en_silence() -> Iterator[None]:
    """Read in this block what is only computed with."""
    jeton = _ICI.set(None)
    try:
        yield
    finally:
        _ICI.reset(jeton)


def lire(*valeurs: object) -> None:
    """Say that these values were read: texts, lists, or anything else, where no numéro can be."""
    lire_lignes([valeurs])


def lire_lignes(lignes: Iterable[Iterable[object]]) -> None:
    """Say that these rows were read."""
    ici = _ICI.get()
    if ici is None:
        return
    # Every row that is read passes here: what no numéro can be in is left out at once.
    tenues = [une for ligne in lignes for une in ligne if type(une) in _LISIBLES]
    if textes := list(_textes(tenues)):
        ici.lus |= numeros_ecrits("\n".join(textes).encode(errors="replace"))


def lire_sujet(numero: str) -> None:
    """Say that the life of a demande was read."""
    if (ici := _ICI.get()) is not None:
        ici.lus.add(numero)
        ici.sujets.add(numero)


def relire(vus: Montres) -> None:
    """Say that what was read once, and kept, is read again."""
    if (ici := _ICI.get()) is not None:
        ici.lus |= vus.lus
        ici.sujets |= vus.sujets


def lire_numeros(numeros: Iterable[str]) -> None:
    """Say that these numéros were read."""
    if (ici := _ICI.get()) is not None:
        ici.lus.update(numeros)


def remettre(octets: bytes, **dites: str) -> None:
    """Say that this message leaves, to whom (`destinataire`), and what else is told of it."""
    if (dire := A_REMETTRE.get()) is not None:
        dire(octets, dites)


def confier(messages: int) -> None:
    """Say that messages are entrusted to what sends them later."""
    if (ici := _ICI.get()) is not None:
        ici.confies += messages


def ailleurs(faire: Callable[P, T]) -> Callable[P, T]:
    """Return a function that says what it reads here, in whatever thread it is called."""
    contexte = copy_context()
    return lambda *arguments, **nommes: contexte.copy().run(faire, *arguments, **nommes)


def _textes(valeurs: Iterable[object]) -> Iterator[str]:
    for une in valeurs:
        if isinstance(une, str):
            if len(une) >= LONGUEUR:
                yield une
        elif isinstance(une, Mapping):
            yield from _textes([*une, *une.values()])
        elif isinstance(une, Iterable):
            yield from _textes(une)
