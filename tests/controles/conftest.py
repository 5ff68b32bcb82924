"""What the tests of controls start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.controles.petit_controle import creer_entrepot


@pytest.fixture
def entrepot(tmp_path: Path) -> Path:
    return creer_entrepot(tmp_path)
