"""Guards of the charters: what is amended is one of its commitments, what is voted was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.temps import jour


@garde
def engagement_connu(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Words are changed of a commitment that the charter has."""
    codes = [ligne["code"] for ligne in s.dite("engagements") or []]
    dit = str(un.dit("engagement") or "")
    if dit in {"", *codes}:
        return None
    return f"« {dit[:20]} » n'est pas l'un de ses engagements : {', '.join(codes)}"


@garde
def vote_passe(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:  # noqa: ARG001
    """A charter was voted on a day that has come."""
    dit = un.dit("votee_le")
    if dit and dt.date.fromisoformat(str(dit)) > un.jour:
        return f"« Votée le » : le {jour(str(dit))} n'est pas encore passé"
    return None
