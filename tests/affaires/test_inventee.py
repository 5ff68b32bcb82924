"""A procedure that nobody wrote works from its folder alone, in a copy of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_recettes import RACINE, copier

pytestmark = pytest.mark.lent
VISITES = Path(__file__).parent / "visites"


def test_a_procedure_works_from_its_folder_alone(tmp_path: Path) -> None:
    copie = copier(tmp_path)
    shutil.copytree(VISITES, copie / "infocentre" / "procedures" / "visites")
    essai = Path(__file__).with_name("essai_visites.py").relative_to(RACINE)
    fait = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(essai)],
        cwd=copie,
        env=os.environ | {"PYTHONPATH": str(copie)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr
