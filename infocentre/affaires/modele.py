"""What a procedure is: its states, events, deadlines, as `procedures/*.yml` declare them.

What does not hold together is refused: a state that nothing leaves or that nothing reaches, a
name that nothing has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer

Texte = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Nom = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Visibilite = Literal["interne", "guichet", "copil", "prefet"]
Role = Literal["gestionnaire", "minuteur", "guichet"]
Compte = Literal["calendaires", "ouvres"]
TypeDonnee = Literal["texte", "date", "entier", "oui_non", "choix", "liste", "lignes"]


def _en_tuple(valeur: object) -> object:
    return tuple(valeur) if isinstance(valeur, list) else valeur


Noms = Annotated[tuple[Nom, ...], BeforeValidator(_en_tuple)]


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class EtatDeProcedure(_Fige):
    """A state: how people read it, what it means and what is expected, its step, if it ends."""

    titre: Texte
    page: Texte
    etape: Annotated[int, Field(ge=0, le=9)] = 0
    final: bool = False


class Donnee(_Fige):
    """What an event says beside its name; a `choix` has its codes and how they are read.

    `lignes` are rows of these columns, and of no other; a `liste` is of texts (affaires opened
    before there were `lignes` have rows in theirs).
    """

    titre: Texte
    type: TypeDonnee = "texte"
    requis: bool = False
    choix: dict[Nom, Texte] = {}
    colonnes: dict[Nom, Donnee] = {}

    @model_validator(mode="after")
    def _preciser(self) -> Self:
        if (self.type == "choix") != bool(self.choix):
            message = "« choix » va avec « type: choix »"
            raise ValueError(message)
        if (self.type == "lignes") != bool(self.colonnes):
            message = "« colonnes » va avec « type: lignes »"
            raise ValueError(message)
        return self


class Transition(_Fige):
    """An event: from which states, to which one (none: it stays), what it carries, who may.

    `fait` is how it reads once it happened, `titre` what a person asks. `reste` are states that it
    does not leave, though it leaves those of `de`. `ouvre`: it begins an affaire. `garde` names a
    function that may refuse it. `document` is the template of what it sends, `visible` who may
    read of it.
    """

    titre: Texte
    fait: Texte | None = None
    de: Noms = ()
    reste: Noms = ()
    vers: Nom | None = None
    ouvre: bool = False
    garde: Nom | None = None
    qui: Annotated[tuple[Role, ...], BeforeValidator(_en_tuple)] = ("gestionnaire",)
    visible: Annotated[tuple[Visibilite, ...], BeforeValidator(_en_tuple)] = ("interne",)
    document: Texte | None = None
    donnees: dict[Nom, Donnee] = {}

    @property
    def arrive(self) -> str:
        """Return what happened, as a chronology says it."""
        return self.fait or self.titre

    @model_validator(mode="after")
    def _commencer(self) -> Self:
        if self.ouvre and (self.de or not self.vers):
            message = "un événement qui ouvre n'a pas « de » et dit « vers »"
            raise ValueError(message)
        if not self.ouvre and not self.de:
            message = "il manque « de », les états dont il part"
            raise ValueError(message)
        return self


# The one event that every procedure has, whenever an affaire began: who acts says that the clock
# of the machine was wrong. It is of the store, not of what is asked of someone.
HORLOGE = "horloge_erronee"


def _horloge(etats: Iterable[str]) -> Transition:
    return Transition(
        titre="Dire que l'horloge était fausse",
        fait="Horloge fausse : ce qui a été saisi sous une date à venir est de ce jour",
        de=tuple(etats),
        donnees={
            "raison": Donnee(titre="Raison", requis=True),
            "jour_exact": Donnee(titre="Jour où cela s'est passé", type="date", requis=True),
        },
    )


class Repit(_Fige):
    """Days that are left after an event that came in between, whatever the deadline was."""

    depuis: Nom
    reglage: Nom


class Delai(_Fige):
    """A deadline: so many days after the last of `depuis`, unless one of `annule_par` came since.

    `reglage` names the setting that says how many days; `propose` the event that people are then
    proposed. The days between an event of `suspendu_par` and the day it grants do not count;
    `au_moins` leaves some after an event that came since.
    """

    titre: Texte
    depuis: Noms
    reglage: Nom
    compte: Compte = "calendaires"
    dans: Noms
    propose: Nom | None = None
    annule_par: Noms = ()
    suspendu_par: Noms = ()
    au_moins: Repit | None = None


class Reglage(_Fige):
    """A number that an installation may change: its default, what it means."""

    titre: Texte
    valeur: Annotated[int, Field(ge=0)]


class Procedure(_Fige):
    """What may happen to an affaire of a kind, and by when."""

    code: Nom
    titre: Texte
    version: Annotated[int, Field(ge=1)]
    objet: Texte
    resume: Texte
    etats: dict[Nom, EtatDeProcedure]
    evenements: dict[Nom, Transition]
    delais: dict[Nom, Delai] = {}
    reglages: dict[Nom, Reglage] = {}

    @property
    def definition(self) -> str:
        """Return its canonical JSON: what an affaire keeps of the rules that it began with."""
        return json.dumps(
            self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    def transition(self, nom: str) -> Transition | None:
        """Return an event of these rules, or that of every procedure; None when there is none."""
        return self.evenements.get(nom) or (_horloge(self.etats) if nom == HORLOGE else None)

    def regle(self, nom: str) -> Transition:
        """Return an event that happened; raise KeyError when these rules have none of its name."""
        une = self.transition(nom)
        if une is None:
            raise KeyError(nom)
        return une

    @property
    def empreinte(self) -> str:
        """Return the sha256 of its definition."""
        return hashlib.sha256(self.definition.encode()).hexdigest()

    @classmethod
    def depuis_json(cls, definition: str) -> Self:
        """Read back a definition that the store kept."""
        return cls.model_validate_json(definition)

    def possibles(self, etat: str | None) -> tuple[str, ...]:
        """Return the events that a state allows, guards apart; those that open for None."""
        if etat is None:
            return tuple(nom for nom, un in self.evenements.items() if un.ouvre)
        return tuple(nom for nom, un in self.evenements.items() if etat in (*un.de, *un.reste))

    def arrivee(self, etat: str | None, nom: str) -> str:
        """Return the state after an event.

        Raises:
            Refus: the event does not exist, or this state does not allow it.
        """
        regle = self.transition(nom)
        if regle is None:
            raise Refus(
                f"l'événement « {nom} » n'existe pas",
                self.titre,
                f"Événements : {', '.join(self.evenements)}.",
            )
        permis = regle.ouvre if etat is None else etat in regle.de or etat in regle.reste
        if not permis:
            raise Refus(
                f"« {regle.titre} » n'est pas possible {self._dans(etat)}",
                que_faire=self._proposer(etat),
            )
        return str(etat) if etat in regle.reste else regle.vers or str(etat)

    def _dans(self, etat: str | None) -> str:
        return f"dans l'état « {self.etats[etat].titre} »" if etat else "avant l'ouverture"

    def _proposer(self, etat: str | None) -> str:
        titres = [f"« {self.evenements[nom].titre} »" for nom in self.possibles(etat)]
        return f"Ce qui est possible : {enumerer(titres, 'ou')}." if titres else ""

    @model_validator(mode="after")
    def _lier(self) -> Self:
        fautes = [*self._inconnus(), *self._impasses()]
        if fautes:
            raise ValueError(" ; ".join(fautes))
        return self

    def _inconnus(self) -> Iterable[str]:
        for nom, un in self.evenements.items():
            yield from self._absents(
                f"evenements.{nom}", (*un.de, *un.reste, *filter(None, [un.vers]))
            )
        for nom, delai in self.delais.items():
            yield from self._absents(f"delais.{nom}.dans", delai.dans)
            repit = [delai.au_moins] if delai.au_moins else []
            dits = (
                *delai.depuis,
                *delai.annule_par,
                *delai.suspendu_par,
                *(un.depuis for un in repit),
            )
            for un_nom in (*dits, *filter(None, [delai.propose])):
                if un_nom not in self.evenements:
                    yield f"delais.{nom} : l'événement « {un_nom} » n'existe pas"
            for reglage in (delai.reglage, *(un.reglage for un in repit)):
                if reglage not in self.reglages:
                    yield f"delais.{nom}.reglage : le réglage « {reglage} » n'existe pas"

    def _absents(self, ou: str, etats: Iterable[str]) -> Iterable[str]:
        for un in etats:
            if un not in self.etats:
                yield f"{ou} : l'état « {un} » n'existe pas"

    def _impasses(self) -> Iterable[str]:
        """Say which states nothing reaches, or from which no final state is reached."""
        pas = [(de, un.vers) for un in self.evenements.values() for de in un.de if un.vers]
        ouverts = {un.vers for un in self.evenements.values() if un.ouvre}
        finals = {nom for nom, un in self.etats.items() if un.final}
        atteints = _fermer(ouverts, pas)
        sortants = _fermer(finals, [(vers, de) for de, vers in pas])
        for nom in self.etats:
            if nom not in atteints:
                yield f"etats.{nom} : aucun événement n'y mène"
            if nom not in sortants:
                yield f"etats.{nom} : aucun événement n'en sort vers une fin"


def _fermer(debut: Iterable[str | None], pas: Iterable[tuple[str, str]]) -> set[str | None]:
    vus, pas = set(debut), list(pas)
    while neufs := {vers for de, vers in pas if de in vus} - vus:
        vus |= neufs
    return vus
