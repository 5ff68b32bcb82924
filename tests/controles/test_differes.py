"""What Great Expectations would load for nothing is not loaded by a control."""

from __future__ import annotations

import subprocess
import sys

PROGRAMME = """
import gc, sys
from infocentre.controles.differes import importer
with importer():
    import infocentre.controles.contexte
assert gc.isenabled() and gc.get_freeze_count() > 100_000
assert "scipy.stats._continuous_distns" not in sys.modules
assert "altair.vegalite" not in sys.modules
from scipy import stats
print(round(stats.norm.cdf(0), 2))
"""

D_AVANCE = """
import gc, sys
from infocentre.controles.differes import d_avance
if "casse" in sys.argv:
    sys.modules["great_expectations"] = None
with d_avance():
    pass
assert gc.isenabled()
print("infocentre.controles.pages" in sys.modules)
import infocentre.controles.pages
"""


def test_les_modules_differes_ne_se_chargent_qu_a_leur_usage() -> None:
    fini = _lancer(PROGRAMME)
    assert fini.stdout.strip() == "0.5", fini.stderr


def test_d_avance_tout_est_la_et_une_panne_reste_dite() -> None:
    fini = _lancer(D_AVANCE)
    assert fini.stdout.strip() == "True", fini.stderr
    casse = _lancer(D_AVANCE, "casse")
    assert casse.stdout.strip() == "False"
    assert "great_expectations" in casse.stderr
    assert casse.stderr.count("Traceback") == 1


def _lancer(programme: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", programme, *arguments], capture_output=True, text=True, check=False
    )
