"""Guard of the charters: what is amended is one of its commitments."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation


@garde
def engagement_connu(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Words are changed of a commitment that the charter has."""
    codes = [ligne["code"] for ligne in s.dite("engagements") or []]
    dit = str(un.dit("engagement") or "")
    if dit in {"", *codes}:
        return None
    return f"« {dit[:20]} » n'est pas l'un de ses engagements : {', '.join(codes)}"
