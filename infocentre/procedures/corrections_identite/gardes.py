"""What a correction of an identity rests on."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation


@garde
def piece_d_un_changement(_: Situation, un: Evenement, __: Mapping[str, int]) -> str | None:
    """A name that changed is written on a document; a slip of the keyboard may be plain."""
    if (un.donnees.get("nature"), un.donnees.get("piece")) != ("changement_justifie", "aucune"):
        return None
    return "un changement se justifie par une pièce : dire le genre de celle qui a été vue"
