"""What decisions know: how each is called, where it was taken."""

from __future__ import annotations

from infocentre.affaires import Affaire
from infocentre.demarches.regles import Regles
from infocentre.lecture.lecteur import Lecture

CODE, LETTRES = "decisions", 80


class Decisions(Regles):
    """The rules of the decisions."""

    def nom(self, v: Lecture, une: Affaire) -> str:  # noqa: ARG002
        """Return what was decided, cut where it is long."""
        return self.sujet(une)

    def sujet(self, une: Affaire) -> str:
        """Return what was decided, cut where it is long."""
        dit = str(une.situation.dite("dite") or une.objet)
        return dit if len(dit) <= LETTRES else f"{dit[: LETTRES - 1].rstrip()}…"

    def voit(self, v: Lecture, une: Affaire) -> bool:  # noqa: ARG002
        """Tell that nobody but who conducts them reads decisions by name."""
        return False

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return who does it, where it was decided."""
        faits = [("Qui", str(une.situation.dite("par_qui")))]
        reunion = une.situation.dite("reunion")
        return [*faits, ("Réunion", str(reunion))] if reunion else faits


REGLES = Decisions(CODE)
