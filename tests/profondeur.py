"""How far tests that draw at random go: said once, for each change; ten times as far in canary."""

from __future__ import annotations

import os

PROFONDEUR = int(os.environ.get("INFOCENTRE_TESTS_PROFONDEUR", "1"))
