"""A guichet in plain French, for its fiche and its page: one text for both."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.lecture.fiche import Fiche
from infocentre.lecture.recit import Recit, recit
from infocentre.restitutions.document import Paragraphe
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True)
class RecitFiche(Contenu):
    """The story of a guichet or organisme."""

    modele = "fiche/recit.md"

    recit: Recit


def raconter(fiche: Fiche) -> list[str]:
    """Return the sentences, in the order in which they are read."""
    blocs = RecitFiche(recit(fiche)).section().blocs
    return [un.texte for un in blocs if isinstance(un, Paragraphe)]
