"""A JSON object with its own sha256, so that who reads it knows that it is what was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SCEAU = "sha256"


def sceau_json(contenu: Mapping[str, Any]) -> str:
    """Return the sha256 of an object, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(contenu, sort_keys=True).encode()).hexdigest()


def sceller(contenu: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with its seal."""
    return {**contenu, SCEAU: sceau_json(contenu)}


def desceller(lu: object, *, sans_sceau: bool = False) -> dict[str, Any]:
    """Return an object without its seal; one that has none, with `sans_sceau`, as it is.

    Raises:
        ValueError: it is not what was sealed.
    """
    if isinstance(lu, dict):
        contenu = {nom: un for nom, un in lu.items() if nom != SCEAU}
        sceau = lu.get(SCEAU)
        if sans_sceau if sceau is None else sceau == sceau_json(contenu):
            return contenu
    raise ValueError(SCEAU)
