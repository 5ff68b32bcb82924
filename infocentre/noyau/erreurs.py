"""What a person is told when the infocentre refuses."""

from __future__ import annotations


class Refus(Exception):
    """A refusal in French: what is wrong, where, and what to do about it."""

    def __init__(self, quoi: str, ou: str = "", que_faire: str = "") -> None:
        """Keep the three parts apart, so that a screen can lay them out."""
        super().__init__(quoi, ou, que_faire)
        self.quoi = quoi
        self.ou = ou
        self.que_faire = que_faire

    @property
    def phrase(self) -> str:
        """Return it in one text, as a page or an answer says it: « Quoi. Que faire. »."""
        return f"{self.quoi[:1].upper()}{self.quoi[1:].rstrip('.')}. {self.que_faire}".rstrip()

    def __str__(self) -> str:
        """Return the message as it is printed: « où : quoi. Que faire. »."""
        debut = f"{self.ou} : {self.quoi}" if self.ou else self.quoi
        return f"{debut}\n→ {self.que_faire}" if self.que_faire else debut


class MauvaisUsage(Refus):
    """A refusal of arguments that exclude one another: the command ends as on those it misreads."""


class RefusMotive(Refus):
    """A refusal of a kind that programs tell apart: `motif` names it (occupe, temps…)."""

    def __init__(self, motif: str, quoi: str, que_faire: str = "", ou: str = "") -> None:
        """Keep the kind beside the text."""
        self.motif = motif
        super().__init__(quoi, ou, que_faire)
