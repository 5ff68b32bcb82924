"""Modules that Great Expectations imports whole, for expectations that the infocentre has not.

They load at their first use, which never comes: a second of each control is spared. The
standard library's LazyLoader loads as soon as a module is imported twice.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

DIFFERES = ("scipy.stats", "altair")


def differer(*noms: str) -> None:
    """Let these modules load at the first use of a name of theirs; the loaded ones stay."""
    for nom in noms:
        sys.modules.setdefault(nom, _Differe(nom))


class _Differe(ModuleType):
    """Stands for a module until somebody reads what is in it."""

    def __getattr__(self, attribut: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribut)
