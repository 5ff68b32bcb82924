"""The types of guichets: code, order and every way in which they are named."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class TypeGuichet(StrEnum):
    """A type, equal to its code in the contract; they are shown in this order.

    `singulier` and `pluriel` are headings, `un` and `plusieurs` count within a sentence; `ensemble`
    is its guichets taken together, `pairs` are those that one is compared with, `court` fits a
    narrow column, `genre` follows « ce guichet ».
    """

    BAILLEUR = (
        "BAILLEUR",
        "Bailleur",
        "Bailleurs",
        "bailleur",
        "bailleurs",
        "Ensemble des bailleurs",
        "bailleurs",
        "bailleur",
        "de bailleur",
    )
    COMMUNE = (
        "COMMUNE",
        "Commune",
        "Communes",
        "commune",
        "communes",
        "Ensemble des communes",
        "communes",
        "commune",
        "communal",
    )
    EPCI = (
        "EPCI",
        "EPCI",
        "EPCI",
        "EPCI",
        "EPCI",
        "Ensemble des EPCI",
        "EPCI",
        "EPCI",
        "intercommunal",
    )
    DEPARTEMENT = (
        "DEPARTEMENT",
        "Département",
        "Département",
        "service du Département",
        "services du Département",
        "Ensemble des services du Département",
        "services du Département",
        "Département",
        "départemental",
    )
    ACTION_LOGEMENT = (
        "ACTION_LOGEMENT",
        "Action Logement",
        "Action Logement",
        "service d'Action Logement",
        "services d'Action Logement",
        "Ensemble d'Action Logement",
        "guichets d'Action Logement",
        "Action Logement",
        "d'Action Logement",
    )
    ETAT = (
        "ETAT",
        "État",
        "État",
        "service de l'État",
        "services de l'État",
        "Ensemble des services de l'État",
        "services de l'État",
        "État",
        "de l'État",
    )
    PORTAIL = (
        "PORTAIL",
        "Portail grand public",
        "Portail grand public",
        "portail",
        "portails",
        "Portail grand public",
        "portails",
        "portail",
        "",
    )
    AUTRE = (
        "AUTRE",
        "Autre",
        "Autres",
        "autre guichet",
        "autres guichets",
        "Ensemble des guichets de type « Autre »",
        "guichets de type « Autre »",
        "autre",
        "",
    )
    INCONNU = (
        "INCONNU",
        "Type inconnu",
        "De type inconnu",
        "guichet de type inconnu",
        "guichets de type inconnu",
        "Ensemble des guichets de type inconnu",
        "guichets de type inconnu",
        "inconnu",
        "",
    )

    singulier: str
    pluriel: str
    un: str
    plusieurs: str
    ensemble: str
    pairs: str
    court: str
    genre: str

    def __new__(  # noqa: PLR0913, PLR0917 - one argument a field
        cls,
        code: str,
        singulier: str = "",
        pluriel: str = "",
        un: str = "",
        plusieurs: str = "",
        ensemble: str = "",
        pairs: str = "",
        court: str = "",
        genre: str = "",
    ) -> Self:
        """Return the type whose value is `code`."""
        type_ = str.__new__(cls, code)
        type_._value_ = code
        type_.singulier, type_.pluriel, type_.un, type_.plusieurs = (
            singulier,
            pluriel,
            un,
            plusieurs,
        )
        type_.ensemble, type_.pairs, type_.court, type_.genre = ensemble, pairs, court, genre
        return type_

    @classmethod
    def lire(cls, code: object) -> Self | None:
        """Return the type of a code, None for what is none."""
        return next((type_ for type_ in cls if type_ == code), None)


# The national portal: neither place nor organisme; its values are context, never a judgement.
EN_LIGNE = TypeGuichet.PORTAIL
# Of no organisme of their own: one partner stands for all of them.
SANS_ORGANISME = (EN_LIGNE, TypeGuichet.ETAT, TypeGuichet.ACTION_LOGEMENT)
# What the house says of a guichet whose register nobody filled: never delivered.
INCONNU = TypeGuichet.INCONNU
# Of these nothing is judged: no rate of theirs has a colour, nor a rank.
SANS_ETAT = (EN_LIGNE, INCONNU)
# The types that a register may give, those that a document shows beside each other.
LIVRES = tuple(un for un in TypeGuichet if un != INCONNU)
TYPES_JUGES = tuple(un for un in TypeGuichet if un not in SANS_ETAT)
SINGULIERS: dict[str, str] = {un: un.singulier for un in TypeGuichet}
PLURIELS: dict[str, str] = {un: un.pluriel for un in TypeGuichet}
