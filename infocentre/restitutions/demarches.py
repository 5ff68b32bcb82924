"""What was done with an organisme, and what comes next, in words: the same in every table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from infocentre.lecture.demarches import Demarche
from infocentre.noyau.francais import majuscule
from infocentre.restitutions.document import Paragraphe
from infocentre.restitutions.redaction import Contenu

Quoi = Literal["faits", "ensuite", "tenue"]


@dataclass(frozen=True)
class Dite(Contenu):
    """What was done, what comes next, what became of a plan."""

    modele = "commun/demarche.md"

    une: Demarche
    quoi: Quoi


def dire(une: Demarche, quoi: Quoi) -> str:
    """Return it in a sentence without a stop, '' when nothing comes next."""
    blocs = Dite(une, quoi).blocs()
    return majuscule(" ".join(un.texte for un in blocs if isinstance(un, Paragraphe)))
