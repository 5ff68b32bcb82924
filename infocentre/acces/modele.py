"""Who asks: a person, their role, what they may see."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.acces.politique import ACTIONS
from infocentre.acces.roles import Action, Role

__all__ = ["SEUL", "Acces", "Action", "Role"]


@dataclass(frozen=True, slots=True)
class Acces:
    """The rights of a request: `qui` is the identifiant of the account, `nom` what others read.

    Without a role, it is whoever started the program while there are no accounts: they may read
    the files, so they may do everything.
    """

    qui: str
    nom: str
    role: Role | None
    perimetre: Perimetre

    def peut(self, action: Action) -> bool:
        """Tell whether the policy grants an action."""
        return self.role is None or action in ACTIONS[self.role]


SEUL = Acces("", "", None, TOUT)
