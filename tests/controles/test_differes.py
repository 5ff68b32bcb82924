"""What Great Expectations would load for nothing is not loaded by a control."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.lent

PROGRAMME = """
import gc, sys
from infocentre.controles.differes import importer
with importer():
    import infocentre.controles.contexte
import infocentre.cli.ecritures, infocentre.operations.controle
assert gc.isenabled() and gc.get_freeze_count() > 100_000
assert "scipy.stats._continuous_distns" not in sys.modules
assert "altair.vegalite" not in sys.modules
assert "requests.adapters" not in sys.modules, "a control asks nothing of any host"
assert "pandas" in sys.modules and "pyarrow" not in sys.modules
assert "polars" not in sys.modules, "what receives is not what controls"
assert not [nom for nom in sys.modules if ".data_asset.path.spark" in nom or ".expect_" in nom]
from scipy import stats
print(round(stats.norm.cdf(0), 2))
"""


def test_modules_put_off_are_loaded_when_used_only() -> None:
    fini = subprocess.run(
        [sys.executable, "-c", PROGRAMME], capture_output=True, text=True, check=False
    )
    assert fini.stdout.strip() == "0.5", fini.stderr
