"""What the gestionnaire conducts with organismes, that asks nothing of the préfet yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from infocentre.lecture.demarches import Demarche, ecrites_depuis, reconnues
from infocentre.restitutions.document import Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.attendu import (
    Cas,
    Persistant,
    connues,
    persistants,
    pire,
)
from infocentre.restitutions.synthese.commun import tenir

CITES, LETTRES = 3, 300


@dataclass(frozen=True, slots=True)
class Suivie:
    """An organisme that may be named: what was asked of it, None when nobody wrote to it."""

    nom: str
    cas: Cas | None
    demarche: Demarche | None

    @property
    def longueur(self) -> int:
        """Letters that are not always the same."""
        dite = len(self.demarche.titre + self.demarche.raison) if self.demarche else 0
        return len(self.nom) + dite + (len(self.cas.un.libelle) if self.cas else 0)


@dataclass(frozen=True)
class Suivies(Contenu):
    """Who is named, and `informelles`: those of step 1, who are not (convention 3.2.2 b)."""

    modele = "synthese/suivies.md"

    mois: str
    citees: tuple[Suivie, ...]
    autres: int
    informelles: tuple[Demarche, ...]


def suivies(edition: Edition) -> tuple[Section, ...]:
    """Return the section, none when nothing is conducted nor is to be."""
    toutes = list(_suivies(edition))
    citees = tenir(toutes, lambda une: une.longueur, CITES, LETTRES)
    informelles = tuple(
        une for une in connues(edition) if not (une.finie or une.saisie or une.nommable)
    )
    if not toutes and not informelles:
        return ()
    return Suivies(edition.mois, citees, len(toutes) - len(citees), informelles).rediger()


def _suivies(edition: Edition) -> Iterator[Suivie]:
    """Yield formal demands, then who nobody wrote to, then who was right to contest."""
    dites = connues(edition)
    for une in dites:
        if une.nommable and not une.finie and not une.saisie:
            yield Suivie(une.nom, pire(edition, une), une)
    yield from (Suivie(un.nom, un.cas, None) for un in a_signaler(edition))
    justes = reconnues(dites)
    for une in dites:
        if (une.organisme, une.famille) in justes and une.reconnue and (cas := pire(edition, une)):
            yield Suivie(une.nom, cas, une)


def a_signaler(edition: Edition) -> list[Persistant]:
    """Return who has been failing for a year, and nobody wrote to of it: once each, the worst.

    Who was right to contest it is not asked again, nor who is closed to mend its ways, nor who was
    written to since it began, even if what was asked is closed.
    """
    dites = connues(edition)
    connus = reconnues(dites) | {(une.organisme, une.famille) for une in dites if not une.finie}
    trouves: dict[str, Persistant] = {}
    for un in persistants(edition):
        famille = un.cas.un.famille
        if (
            not un.ferme
            and (un.organisme, famille) not in connus
            and not ecrites_depuis(dites, un.organisme, famille, un.cas.depuis)
        ):
            trouves.setdefault(un.organisme, un)
    return list(trouves.values())
