"""The roles that an account may have, and the actions that the policy grants them."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is for the application."""

    GESTIONNAIRE = "gestionnaire"
    GUICHET = "guichet"
    PARTENAIRE = "partenaire"
    ANALYSTE = "analyste"
    PREFET = "prefet"
    ADMINISTRATEUR = "administrateur"


class Action(StrEnum):
    """What may be asked of the application, whatever way it is asked."""

    SYNTHESE = "synthese"  # the state of a département, without its guichets by name
    STATISTIQUES = "statistiques"  # the standard tables
    INDICATEURS = "indicateurs"  # rates by guichet
    FICHE = "fiche"  # all of one guichet or organisme
    ANNUAIRE = "annuaire"  # who guichets are, where, when they are open
    NOMINATIF = "nominatif"  # lists of demandes, a demande by its numéro unique
    LIVRAISONS = "livraisons"  # what was received, and how it was judged
    DEPOSER = "deposer"
    BILANS = "bilans"
    DOCUMENTS = "documents"  # documents that name guichets
    AFFAIRES = "affaires"  # what is asked of guichets, and their answers
    CONDUIRE = "conduire"  # open, send, formalise, close an affaire
    REPONDRE = "repondre"  # answer an affaire of one's own guichets
    REGLER = "regler"
    INTERROGER = "interroger"  # SQL on the analysts' pseudonymised data
    AIDE = "aide"
    COMPTES = "comptes"
    AUDIT = "audit"
