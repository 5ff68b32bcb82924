"""The import of Great Expectations, made as short as it can be.

Some modules it imports whole, for expectations that the infocentre has not: they load at their
first use, which never comes. The standard library's LazyLoader loads as soon as a module is
imported twice. Others make a model for each format of file that it can read, or for each of its
expectations: the infocentre has it read a database and what is in memory, judge by expectations of
its own, and does without them.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

DIFFERES = ("scipy.stats", "altair")
_SOURCES = "great_expectations.datasource.fluent"
_ATTENTES = "great_expectations.expectations.core"
_LIEUX = ("file_path", "filesystem", "dbfs", "s3", "google_cloud_storage", "azure_blob_storage")
OMIS = (
    *(f"{_SOURCES}.{lu}_{lieu}_datasource" for lu in ("pandas", "spark") for lieu in _LIEUX),
    f"{_SOURCES}.spark_datasource",
    f"{_SOURCES}.fabric",
    f"{_SOURCES}.fabric_datasource",
    _ATTENTES,
    f"{_ATTENTES}.unexpected_rows_expectation",
)


def differer(*noms: str) -> None:
    """Let these modules load at the first use of a name of theirs; the loaded ones stay."""
    for nom in noms:
        sys.modules.setdefault(nom, _Differe(nom))


def omettre(*noms: str) -> None:
    """Have classes of nothing imported from these modules; the loaded ones stay."""
    for nom in noms:
        sys.modules.setdefault(nom, _Omis(nom))


@contextmanager
def importer() -> Iterator[None]:
    """Import it meanwhile: some modules put off, and no search for garbage, as all of it stays.

    Nor does the collector walk it afterwards, each time that it looks for garbage.
    """
    if "great_expectations" in sys.modules or not gc.isenabled():
        yield
        return
    differer(*DIFFERES)
    omettre(*OMIS)
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


class _Differe(ModuleType):
    """Stands for a module until somebody reads what is in it."""

    def __getattr__(self, attribut: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribut)


class _Omis(ModuleType):
    """Stands for a module that nobody uses, of which classes are imported by name."""

    def __getattr__(self, attribut: str) -> type:
        if attribut.startswith("__"):  # what tells one module from another
            raise AttributeError(attribut)
        return type(attribut, (), {})
