"""The codes of the contract's lists that Python must name; codes.yml has them all."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Motif(StrEnum):
    """Why a demande is radiée (MOTIF_RADIATION), equal to its code."""

    ATTRIBUTION = "RADATT"
    NON_RENOUVELLEMENT = "RADREN"
    ABANDON = "RADABA"
    IRRECEVABILITE = "RADIRR"
    SANS_CONTACT = "RADCON"
    FUSION = "RADFUS"


# The channel (CANAL) of what the applicant does alone, at no guichet.
CANAL_EN_LIGNE: Final = "PORTAIL"

# The act (TYPE_EVENEMENT) by which a demande is taken out of the SNE.
SUPPRESSION: Final = "SUP"
