"""A delivery written, received, read again: in one call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.livraisons.atelier import Petite, Recue, recevoir_en

Recevoir = Callable[[Petite], Recue]


@pytest.fixture
def recevoir(tmp_path: Path) -> Recevoir:
    """Write a delivery and receive it."""

    def _recevoir(livraison: Petite) -> Recue:
        rang = len(list(tmp_path.iterdir()))
        return recevoir_en(livraison.ecrire(tmp_path / f"livraison-{rang}"), tmp_path)

    return _recevoir
