"""Whom a paper is for: what each page says of its diffusion, and who may fetch it, follow."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum


class Lecteur(Enum):
    """The reader of a paper, from the widest to the narrowest.

    `diffusion` is what its pages say; `masque` tells that no small count is in it.
    """

    PUBLIC = "public", "Petits nombres masqués, diffusable aux partenaires", True
    DESTINATAIRE = "destinataire", "Réservé au destinataire : ses petits nombres en clair", False
    PREFET = "prefet", "Ne pas diffuser : petits nombres non masqués", False
    PERSONNE = "personne", "À ne remettre qu’à la personne concernée", False
    SERVICE = "service", "Ne pas diffuser : petits nombres non masqués", False

    def __init__(self, code: str, diffusion: str, masque: bool) -> None:  # noqa: FBT001
        """Tell what the value says."""
        self.code, self.diffusion, self.masque = code, diffusion, masque


# Who sees a thing of an affaire, the widest first, and the reader that it makes of a paper.
_VISIBILITES = {
    "copil": Lecteur.PUBLIC,  # all partners are there
    "partenaire": Lecteur.PUBLIC,
    "guichet": Lecteur.DESTINATAIRE,
    "prefet": Lecteur.PREFET,
}


def lecteur_de(visible: Collection[str]) -> Lecteur:
    """Return the reader of a paper of an affaire, by who sees it: the widest of them."""
    return next((un for qui, un in _VISIBILITES.items() if qui in visible), Lecteur.SERVICE)
