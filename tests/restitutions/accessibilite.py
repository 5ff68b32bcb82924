"""Whether a PDF can be read aloud: tagged, in French, titled; by all of PDF/UA where outloud is.

outloud brings 200 MB: only `make canary` installs it.
"""

from __future__ import annotations

import importlib
import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pikepdf


def exiger_accessible(octets: bytes, dossier: Path, *, sans_reserve: bool = False) -> None:
    """Fail when a PDF is not accessible; `dossier` is where it may be written.

    `sans_reserve`: nor may the judge have a warning.
    """
    with pikepdf.open(io.BytesIO(octets)) as lu:
        racine: Any = lu.Root
        assert bool(racine.MarkInfo.Marked)
        assert racine.StructTreeRoot.K
        assert str(racine.Lang) == "fr"
        assert bool(racine.ViewerPreferences.DisplayDocTitle)
        with lu.open_metadata() as dits:
            assert dits["pdfuaid:part"] == "1"
            assert dits["dc:title"]
    if find_spec("outloud"):
        (dossier / "juge.pdf").write_bytes(octets)
        juge = importlib.import_module("outloud").check(str(dossier / "juge.pdf"))
        assert (juge.error, juge.errors) == (None, 0)
        assert not (sans_reserve and juge.warnings)
