"""What the register of a département still lacks, as its newest delivery says it."""

from __future__ import annotations

from typing import NamedTuple

from infocentre.entrepot.sceaux import decrire_archive
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.rapport import dire_a_completer


class ACompleter(NamedTuple):
    """The guichets that act and of which the register does not say the type or the mode.

    `nouveaux` of them were never asked about; `livre`: the delivery has a register.
    """

    guichets: int
    nouveaux: int
    livre: bool

    @property
    def phrase(self) -> str:
        """Return « 2 guichets nouveaux à compléter », or how many of all of them are new."""
        return dire_a_completer(self.guichets, self.nouveaux)


def a_completer(v: Lecture, departement: str) -> ACompleter | None:
    """Return what is to complete, by the newest delivery in force; None when nothing is.

    Who sees a part of the département only is told nothing of it.
    """
    suite = v.version.de(departement)
    if not suite or v.p.partiel or not v.p.voit(departement):
        return None
    dit = decrire_archive(v.dossier, suite[-1]).get("registre")
    if not dit or not dit["a_completer"]:
        return None
    return ACompleter(len(dit["a_completer"]), len(dit["nouveaux"]), dit["livre"])
