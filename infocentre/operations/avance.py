"""The next delivery is opened and received while the one before is judged and published."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from infocentre.livraisons.reception import Avancement

T = TypeVar("T")


class Retenu:
    """How far a reception is: told once its turn has come, in the words of when it was."""

    def __init__(self, vers: Avancement) -> None:
        """Tell this one at once, as long as nothing is made ahead."""
        self._vers = vers
        self._verrou = threading.Lock()
        self._tour = True
        self._dits: list[Callable[[], object]] = []

    def table(self, nom: str, octets: int) -> Callable[[int], None]:
        """Announce a file and return what counts its bytes as they are read."""
        suites: list[Callable[[int], None]] = []
        self._dire(lambda: suites.append(self._vers.table(nom, octets)))
        return lambda nombre: self._dire(lambda: suites[0](nombre))

    def _dire(self, quoi: Callable[[], object]) -> None:
        with self._verrou:
            if self._tour:
                quoi()
            else:
                self._dits.append(quoi)

    def retenir(self) -> None:
        """Keep what is told from now on."""
        self._tour = False

    def laisser(self) -> None:
        """Tell what was kept, and the rest as it comes."""
        with self._verrou:
            for quoi in self._dits:
                quoi()
            self._dits.clear()
            self._tour = True


def en_avance(suite: Iterator[T], suivi: Retenu) -> Generator[T, None, None]:
    """Yield what an iterator makes; each thing but the first while the one before is in use.

    Its user closes it, whatever happens: nothing is being made any more then.
    """
    fin = object()
    un: T | object = next(suite, fin)
    with ThreadPoolExecutor(1) as fil:
        while un is not fin:
            suivi.retenir()
            suivant = fil.submit(next, suite, fin)
            yield un  # type: ignore[misc]
            suivi.laisser()
            un = suivant.result()
