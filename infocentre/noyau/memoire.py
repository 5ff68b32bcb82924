"""What was worked out and still holds: by key, bounded, shared by the threads of a process.

The one memory of results, with one rule of forgetting: what is of another version is worked out
again, and the least lately read goes first. `functools.cache` is for what never changes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memoire(Generic[T]):
    """The last `nombre` results of a calculation; nobody changes what is returned."""

    def __init__(self, nombre: int) -> None:
        """Hold nothing yet."""
        self._nombre = nombre
        self._gardes: OrderedDict[Hashable, tuple[Hashable, T]] = OrderedDict()
        self._verrou = threading.Lock()

    def lire(self, cle: Hashable, calcul: Callable[[T | None], T], version: Hashable = None) -> T:
        """Return what is kept of a key while its version is the same, else work it out and keep it.

        `calcul` is given what is kept of another version, None when nothing is. Threads that ask
        for it together may each work it out: none waits for another.
        """
        with self._verrou:
            garde = self._gardes.get(cle)
            if garde is not None and garde[0] == version:
                self._gardes.move_to_end(cle)
                return garde[1]
        resultat = calcul(None if garde is None else garde[1])
        with self._verrou:
            self._gardes[cle] = version, resultat
            self._gardes.move_to_end(cle)
            while len(self._gardes) > self._nombre:
                self._gardes.popitem(last=False)
        return resultat
