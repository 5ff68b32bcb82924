"""What pages and documents tell in the same words: a guichet, the movement of a rate."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.lecture.decomposition import Recit as RecitDuMouvement
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
    return _phrases(RecitFiche(recit(fiche)))


@dataclass(frozen=True)
class RecitMouvement(Contenu):
    """Where the movement of a rate comes from."""

    modele = "commun/pourquoi.md"

    recit: RecitDuMouvement


def raconter_mouvement(dit: RecitDuMouvement) -> list[str]:
    """Return the sentences: by how much the rate moved, then where from."""
    return _phrases(RecitMouvement(dit))


def _phrases(contenu: Contenu) -> list[str]:
    blocs = contenu.section().blocs
    return [un.texte for un in blocs if isinstance(un, Paragraphe)]
