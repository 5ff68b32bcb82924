"""`infocentre acces …`, the command that the review of accesses had: what it now is of the face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infocentre.noyau.erreurs import Refus


def ancienne_commande(action: str, quoi: Sequence[str], issue: str) -> list[dict[str, Any]]:
    """Return what `infocentre affaires` is asked, one after the other, for an action of before."""
    if action == "proposer":
        ensemble: dict[str, Any] = {"action": "ensemble", "quoi": ("proposer",)}
        return [{"action": "ouvrir"} if quoi else ensemble]
    if action == "releve":
        return [
            {"action": "ensemble", "quoi": ("demander",), "sortie": None},
            {"action": "releve", "quoi": ("acces",)},
        ]
    if action == "clore":
        if not quoi or not issue:
            raise Refus(
                "il manque l'affaire ou son issue",
                que_faire="infocentre acces clore AFFAIRE --issue maintenus",
            )
        return [{"action": "agir", "evenement": "clore", "donnee": (f"issue={issue}",)}]
    return [{"action": action}]
