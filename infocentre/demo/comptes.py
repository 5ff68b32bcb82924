"""Accounts of the demonstration: one a role, with passwords drawn for its data directory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from infocentre.acces import mots_de_passe
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.jetons import ENTREE
from infocentre.acces.politique import ROLES
from infocentre.acces.roles import Action, Role
from infocentre.decisions import Magasin
from infocentre.procedures.revue_des_acces.demonstration import GUICHET

DOMAINE = "demo.test"  # a domain that nobody may have
GESTIONNAIRE = f"gestionnaire@{DOMAINE}"
DUREE = dt.timedelta(days=1)


class Pret(NamedTuple):
    """An account that may be used at once."""

    nom: str
    identifiant: str
    mot_de_passe: str


# Those whose person has another name than their role.
_NOMS: Mapping[Role, str] = {
    Role.ADMINISTRATEUR: "Camille Admin",
    Role.GESTIONNAIRE: "Gestionnaire",
    Role.PARTENAIRE: "Partenaire du comité",
    Role.GUICHET: f"Guichet {GUICHET}",
}


def preparer(magasin: Magasin, departements: Iterable[str]) -> list[Pret]:
    """Make an account a role; return them with their passwords, [] when there are accounts."""
    comptes = Comptes(magasin)
    if not comptes.aucun():
        return []
    ici = sorted(departements)
    # who manages accounts first: without one there is none
    roles = sorted(Role, key=lambda un: Action.COMPTES not in ROLES[un].actions)
    return [_preparer(comptes, role, ici) for role in roles]


def _preparer(comptes: Comptes, role: Role, departements: list[str]) -> Pret:
    possibles = ROLES[role].lieux
    lieux = {"departements": departements} if "departements" in possibles else {}
    if not lieux and possibles:
        lieux = {"guichets": [GUICHET]}
    nom = f"{_NOMS.get(role, ROLES[role].nom)} (démonstration)"
    fiche = Fiche(f"{role}@{DOMAINE}", nom, role, perimetre_du_role(role, lieux))
    mot = mots_de_passe.tirer()
    comptes.choisir(comptes.inviter(fiche), mot)
    return Pret(nom, fiche.identifiant, mot)


def dire(prets: list[Pret]) -> str:
    """Return what is told of the accounts: each with its password, or that they were there."""
    if not prets:
        return (
            "Les comptes de ce dossier existent déjà (infocentre comptes) ; leurs mots de passe "
            "ont été montrés une fois.\nPour en choisir un autre : infocentre comptes lien COMPTE"
        )
    large = max(len(un.identifiant) for un in prets)
    return "\n".join(
        [
            "Comptes de cette démonstration (mots de passe tirés au sort, montrés une fois) :",
            *(f"  {un.identifiant:{large}}  {un.mot_de_passe}  {un.nom}" for un in prets),
        ]
    )


def entree_du_gestionnaire(magasin: Magasin) -> str | None:
    """Return what signs the gestionnaire in once, None when this account is not there."""
    comptes = Comptes(magasin)
    compte = comptes.trouver(GESTIONNAIRE)
    if compte is None or not compte.ouvert:
        return None
    return comptes.jetons.donner(ENTREE, DUREE, compte=compte.identifiant)
