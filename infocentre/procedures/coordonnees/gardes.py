"""Guard of the coordinates: what is confirmed is not older than what was."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.temps import jour


@garde
def confirmees_a_ce_jour(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Coordinates were not confirmed before they last were."""
    dit = un.dit("confirmees_le")
    if dit is None:
        return None
    avant = s.dernier(un.nom)
    if avant and avant.dit("confirmees_le") and str(avant.dit("confirmees_le")) > str(dit):
        return f"elles sont déjà confirmées, le {jour(str(avant.dit('confirmees_le')))}"
    return None
