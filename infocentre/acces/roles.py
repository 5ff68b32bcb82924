"""The roles that an account may have, and the actions that the policy grants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Lieu = Literal["departements", "epci", "organismes", "guichets"]


class Role(StrEnum):
    """What a person is for the application."""

    GESTIONNAIRE = "gestionnaire"
    GUICHET = "guichet"
    PARTENAIRE = "partenaire"
    ANALYSTE = "analyste"
    PREFET = "prefet"
    REGIONAL = "regional"
    ADMINISTRATEUR = "administrateur"


class Action(StrEnum):
    """What may be asked of the application, whatever way it is asked."""

    ENTRER = "entrer"  # be known: the shell of the application, its help
    CHERCHER = "chercher"  # in all that has a page
    SYNTHESE = "synthese"  # the month of a département in one screen
    STATISTIQUES = "statistiques"  # the standard tables
    REGION = "region"  # several départements side by side
    INDICATEURS = "indicateurs"  # rates, those of the guichets that one sees
    FICHE = "fiche"  # all of one guichet or organisme
    ANNUAIRE = "annuaire"  # who guichets are, where, when they are open
    NOMINATIF = "nominatif"  # lists of demandes, a demande by its numéro unique
    DOUBLONS = "doublons"  # names of demandes side by side, what is decided of them
    SIGNALER = "signaler"  # tell of duplicates by the form
    PETITS_NOMBRES = "petits_nombres"  # counts of 1 to 10, masked to others
    LIVRAISONS = "livraisons"  # what was received, and how it was judged
    DEPOSER = "deposer"
    BILANS = "bilans"  # the bilan of a semester, or what a partner has of it
    PARTENAIRES = "partenaires"  # the partners, by name, and the bilan that each has
    IMPRIMER_SYNTHESE = "imprimer_synthese"
    DOCUMENTS = "documents"  # all that is printed of a département
    AFFAIRES = "affaires"  # what is asked of guichets, and their answers
    NOTER = "noter"  # write notes, read those of the service
    CONDUIRE = "conduire"  # open, send, formalise, close an affaire
    ACCES_SNE = "acces_sne"  # who has an access to the SNE, and the review of it
    REPONDRE = "repondre"  # answer an affaire of one's own guichets
    REGLER = "regler"
    INTERROGER = "interroger"  # SQL on the analysts' pseudonymised data
    EXPLOITER = "exploiter"  # install, control, keep: what the machine's owner does
    DROITS = "droits"  # what is held of a person who asks for it
    COMPTES = "comptes"
    CONFIRMER = "confirmer"  # that what opens the account of another is replaced
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profil:
    """All that a role is: nothing of it may be left unsaid."""

    nom: str  # as people read it
    lieux: tuple[Lieu, ...]  # that may bound it, one at least being said; none: it has no data
    accueil: str  # the page where it comes in; who has one guichet alone, at its fiche
    actions: frozenset[Action]


def complets(profils: Mapping[Role, Profil]) -> Mapping[Role, Profil]:
    """Return the profils of the roles.

    Raises:
        TypeError: a role has none.
    """
    if sans := [str(role) for role in Role if role not in profils]:
        raise TypeError(
            f"the role « {sans[0]} » has no Profil: say its name, its lieux, its accueil and its "
            "actions in ROLES, infocentre/acces/politique.py"
        )
    return profils
