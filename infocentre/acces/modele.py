"""Who asks: a person, their role, what they may see."""

from __future__ import annotations

from dataclasses import dataclass, replace

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.acces.politique import ROLES
from infocentre.acces.roles import Action, Role
from infocentre.noyau.erreurs import Refus

__all__ = ["SEUL", "Acces", "Action", "Role"]
RIEN = frozenset[str]()
DES_DONNEES = {Action.SYNTHESE, Action.STATISTIQUES, Action.INDICATEURS, Action.AFFAIRES}


@dataclass(frozen=True, slots=True)
class Acces:
    """The rights of a request: `qui` is the identifiant of the account, `nom` what others read.

    `perimetre` is what is read: that of the account, without what its role may not see. Without a
    role, it is whoever started the program while there are no accounts: they may read the files,
    so they may do everything.
    """

    qui: str
    nom: str
    role: Role | None
    perimetre: Perimetre

    def __post_init__(self) -> None:
        """Take from the périmètre what the role may not see."""
        if self.role is not None:
            object.__setattr__(self, "perimetre", _selon(self.role, self.perimetre))

    def peut(self, action: Action | None) -> bool:
        """Tell whether the policy grants an action; None is one that it does not know."""
        if action is None:
            return False
        return self.role is None or action in ROLES[self.role].actions

    @property
    def imprime(self) -> Perimetre:
        """What is printed of départements is made of: all of them to whom DOCUMENTS is not granted.

        The policy gives some readers what is printed, and not what it is made of.
        """
        if self.peut(Action.DOCUMENTS):
            return self.perimetre
        return replace(TOUT, departements=self.perimetre.departements)

    @property
    def accueil(self) -> str:
        """Where this person comes in: the path of a page that the policy opens to them."""
        if self.peut(Action.FICHE):
            for chemin, siens in (
                ("guichet", self.perimetre.guichets),
                ("organisme", self.perimetre.organismes),
            ):
                if siens is not None and len(siens) == 1:
                    return f"/{chemin}/{next(iter(siens))}"
        return ROLES[self.role].accueil if self.role else "/"

    def exiger(self, action: Action | None, quoi: str) -> None:
        """Raise Refus unless the policy grants an action, `quoi` being what is refused."""
        if not self.peut(action):
            raise Refus(
                f"{quoi} n'est pas ouverte à ce compte",
                que_faire="S'adresser au gestionnaire territorial.",
            )


def _selon(role: Role, p: Perimetre) -> Perimetre:
    """Return what of a périmètre a role may see.

    Who may not read rates of guichets sees none of them by name; who has no lists, no numéro; who
    has no data, no département.
    """
    actions = ROLES[role].actions
    if not actions & DES_DONNEES:
        return Perimetre(RIEN, RIEN, RIEN, RIEN, nominatif=False, masque=True)
    siens = p if Action.INDICATEURS in actions else replace(p, guichets=RIEN)
    petits = Action.PETITS_NOMBRES in actions
    return replace(
        siens,
        nominatif=p.nominatif and Action.NOMINATIF in actions,
        masque=None if petits and not siens.partiel else not petits,
        nommables=Action.AFFAIRES in actions and Action.INDICATEURS not in actions,
    )


SEUL = Acces("", "", None, TOUT)
