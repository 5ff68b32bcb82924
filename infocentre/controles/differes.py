"""The import of Great Expectations, made as short as it can be.

Some modules it imports whole, for expectations that the infocentre has not: they load at their
first use, which never comes. The standard library's LazyLoader loads as soon as a module is
imported twice. Others make a model for each database and each format of file that it can read, or
for each of its metrics and expectations: the infocentre has it read one database and what is in
memory, judge by metrics and expectations of its own, and does without them.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from infocentre.noyau.depart import sans

DIFFERES = ("scipy.stats", "altair", "requests")
_LIEUX = "file_path|filesystem|dbfs|s3|google_cloud_storage|azure_blob_storage"
# Those of PostgreSQL and Databricks stay: it looks for both at each opening of another one.
_BASES = "alloy|aurora|bigquery|citus|fabric|neon|redshift|snowflake|spark|sql_server|sqlite"
_SORTES = "column_aggregate|column_map|column_pair_map|multicolumn_map|query"
OMIS = re.compile(
    r"great_expectations\.(core\.http|datasource\.fluent\."
    rf"((pandas|spark)_({_LIEUX})_datasource|({_BASES})_datasource|fabric|dynamic_pandas)"
    rf"|expectations\.(core|metrics\.({_SORTES})_metrics)(\..*)?"
    r"|metrics\.(batch|column|column_pair|multi_column|query)(\..*)?"
    r"|render\.(view(\..*)?|renderer\.(?!renderer$).*))"
)


def differer(*noms: str) -> None:
    """Let these modules load at the first use of a name of theirs; the loaded ones stay."""
    for nom in noms:
        sys.modules.setdefault(nom, _Differe(nom))


@contextmanager
def importer() -> Iterator[None]:
    """Import it meanwhile: some modules put off, and no search for garbage, as all of it stays.

    Nor does the collector walk it afterwards, each time that it looks for garbage. pandas loads
    without pyarrow, which another library has installed: a quarter of its time.
    """
    if "great_expectations" in sys.modules or not gc.isenabled():
        yield
        return
    differer(*DIFFERES)
    omission = _Omission()
    sys.meta_path.insert(0, omission)
    gc.disable()
    try:
        with sans("pyarrow"):
            yield
        gc.freeze()
    finally:
        gc.enable()
        sys.meta_path.remove(omission)


class _Differe(ModuleType):
    """Stands for a module until somebody reads what is in it."""

    def __getattr__(self, attribut: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribut)


class _Omission(MetaPathFinder, Loader):
    """Finds a stand-in for each module that is left out."""

    def find_spec(self, nom: str, *_: object) -> ModuleSpec | None:
        """Find it, unless it is to be loaded as it is."""
        return ModuleSpec(nom, self, is_package=True) if OMIS.fullmatch(nom) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make it."""
        return _Omis(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""


class _Omis(ModuleType):
    """Stands for a module that nobody uses, of which names are imported: it makes nothing."""

    def __getattr__(self, attribut: str) -> object:
        if attribut.startswith("__"):  # what tells one module from another
            raise AttributeError(attribut)
        if attribut.lstrip("_")[0].isupper():
            return type(attribut, (), {})
        return lambda *_, **__: {}
