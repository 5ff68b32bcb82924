"""What a procedure is: states, events, deadlines, documents, as its `procedure.yml` says them.

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
Visibilite = Literal["interne", "guichet", "copil", "prefet", "partenaire"]
Role = Literal["gestionnaire", "minuteur", "guichet", "copil", "prefet", "partenaire"]
# What a reader that does not conduct a procedure sees of it: the affaires of the guichets that it
# sees, or how many there are in each state and no more.
Vue = Literal["siens", "comptes"]
Compte = Literal["calendaires", "ouvres"]
Unite = Literal["jours", "mois", "annees"]
Sens = Literal["apres", "avant"]
Forme = Literal["pdf", "docx", "xlsx"]
TypeObjet = Literal["guichet", "organisme", "demande", "autre"]
# What an event is for whoever has to do it, by the harm of not doing it: a queue is read in this
# order. Someone asks for something, then contests, or answers; a message may have left or not; what
# can no longer be undone afterwards; a step, a silence, a reminder, a message, a decision; what
# others are late for; an end; what a changed rule makes doubtful.
Tache = Literal[
    "aide",
    "report",
    "litige",
    "reponse",
    "suspens",
    "fenetre",
    "etape",
    "silence",
    "rappel",
    "message",
    "decision",
    "retard",
    "fin",
    "doute",
]
TypeDonnee = Literal[
    "texte",
    "texte_long",
    "date",
    "heure",
    "entier",
    "oui_non",
    "choix",
    "liste",
    "lignes",
    "guichet",
    "organisme",
    "courriel",
    "adresse",
    "affaire",
    "fichier",
]


def _en_tuple(valeur: object) -> object:
    return tuple(valeur) if isinstance(valeur, list) else valeur


Noms = Annotated[tuple[Nom, ...], BeforeValidator(_en_tuple)]


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class EtatDeProcedure(_Fige):
    """A state: how people read it, what it means and what is expected, its step, if it ends.

    `suite` is the event that comes next, `attend` what one waits for while nobody acts, `attend_de`
    of whom, when they have no account of their own to answer in: they read it in their own queue.
    """

    titre: Texte
    page: Texte
    suite: Nom | None = None
    attend: Texte | None = None
    attend_de: Role | None = None
    etape: Annotated[int, Field(ge=0, le=9)] = 0
    final: bool = False


class Donnee(_Fige):
    """What an event says beside its name; a `choix` has its codes and how they are read.

    `lignes` are rows of these columns, and of no other; a `liste` is of texts (affaires opened
    before there were `lignes` have rows in theirs). An `affaire` names another one. What is
    `calculee` comes from the rules of the procedure: no person is asked; constats that it `ajoute`
    stand beside those told before, others take their place. `precise_par` names, by
    choice, the column of the same row that must then be filled. One `sans_personne` may name
    nobody: a numéro, a NIR, a telephone or an address in it is refused. A date whose `jour` is said
    is that of the event at the latest (`passe`), or at the earliest (`a_venir`).
    """

    titre: Texte
    type: TypeDonnee = "texte"
    requis: bool = False
    aide: Texte | None = None
    calculee: bool = False
    ajoute: bool = False
    sans_personne: bool = False
    jour: Literal["passe", "a_venir"] | None = None
    precise_par: dict[Nom, Nom] = {}
    choix: dict[Nom, Texte] = {}
    colonnes: dict[Nom, Donnee] = {}

    @model_validator(mode="after")
    def _preciser(self) -> Self:
        if (self.type == "choix") != bool(self.choix):
            message = "« choix » va avec « type: choix »"
            raise ValueError(message)
        if self.jour and self.type != "date":
            message = "« jour » va avec « type: date »"
            raise ValueError(message)
        if (self.type == "lignes") != bool(self.colonnes):
            message = "« colonnes » va avec « type: lignes »"
            raise ValueError(message)
        for nom, colonne in self.colonnes.items():
            for choix, precision in colonne.precise_par.items():
                if choix not in colonne.choix or precision not in self.colonnes:
                    message = f"« {nom}.precise_par » : « {choix}: {precision} » n'existe pas"
                    raise ValueError(message)
        return self


class Transition(_Fige):
    """An event: from which states, to which one (none: it stays), what it carries, who may.

    `fait` is how it reads once it happened, `titre` what a person asks. `reste` are states that it
    does not leave, though it leaves those of `de`. `ouvre`: it begins an affaire. `garde` names a
    function that may refuse it. `document` is the template of what it sends, `message` that of
    the mail by which it leaves, `visible` who may read of it. `echange`: something was said to
    whom it is asked of, or by them; `compte`: the name under which counts of a period have it;
    `doute`: it makes what was told doubtful, or tells that it was looked at again; `tache`: what
    it is in the queue of whoever has to do it.
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
    message: Texte | None = None
    echange: bool = False
    compte: Nom | None = None
    doute: Literal["pose", "leve"] | None = None
    tache: Tache = "decision"
    donnees: dict[Nom, Donnee] = {}

    @property
    def automatique(self) -> bool:
        """Tell whether it rests on what only rules work out: no person does it by hand."""
        return any(un.requis and un.calculee for un in self.donnees.values())

    @property
    def dit_seulement(self) -> bool:
        """Tell whether all that it does is to say what it carries: empty, it would be nothing."""
        return bool(self.donnees) and not self.vers and not self.ouvre

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


# Those of the engine of messages, in every procedure that sends some: an intention, then that it
# did not leave, or whether it arrived.
PREPARER, ECHOUER, LEVER = ENVOIS = ("preparer_envoi", "envoi_echoue", "lever_doute")

# By which a procedure that sends mails is told that one came back, when it keeps it.
REVENIR = "noter_un_retour"

# The two events that every procedure has, whenever an affaire began: who acts says that the clock
# of the machine was wrong, which is of the store and not of what is asked of someone; and that what
# was answered is read.
HORLOGE, LIRE = "horloge_erronee", "prendre_acte"


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


def _lire(etats: Iterable[str]) -> Transition:
    return Transition(
        titre="Marquer comme lue",
        fait="Réponse lue",
        de=tuple(etats),
        visible=("interne", "guichet"),
        tache="reponse",
    )


_DE_TOUTES = {HORLOGE: _horloge, LIRE: _lire}


class Repit(_Fige):
    """Days that are left after an event that came in between, whatever the deadline was."""

    depuis: Nom
    reglage: Nom


class Delai(_Fige):
    """A deadline: so long after the last of `depuis`, unless one of `annule_par` came since.

    `donnee` names the date that this event carries, to count from in place of its day: the date
    itself without a `reglage`, which is the setting that says how many of `unite`, before or after.
    Where none carries it, there is no deadline, or that of `sans_donnee`, so many days after the
    last of these events. `propose` is the event that people are then proposed, `a_terme` the one
    that happens by itself the day after, a mere `alerte` nothing of either. The days between an
    event of `suspendu_par` and the day it grants do not count; `au_moins` leaves some after an
    event that came since. One that is `interne` is told to nobody but who conducts the procedure.
    """

    titre: Texte
    depuis: Noms
    donnee: Nom | None = None
    sans_donnee: Nom | None = None
    reglage: Nom | None = None
    unite: Unite = "jours"
    sens: Sens = "apres"
    compte: Compte = "calendaires"
    fois: Annotated[int, Field(ge=1)] = 1
    dans: Noms
    propose: Nom | None = None
    a_terme: Nom | None = None
    alerte: bool = False
    interne: bool = False
    annule_par: Noms = ()
    suspendu_par: Noms = ()
    au_moins: Repit | None = None

    @model_validator(mode="after")
    def _compter(self) -> Self:
        if self.reglage is None and self.donnee is None:
            message = "il manque « reglage », ou « donnee », la date à compter"
            raise ValueError(message)
        if self.compte == "ouvres" and (self.unite, self.sens) != ("jours", "apres"):
            message = "« compte: ouvres » va avec des jours, après"
            raise ValueError(message)
        if self.fois > 1 and (self.reglage is None or self.a_terme is None):
            message = "« fois » va avec « reglage » et « a_terme », ce qui revient de soi-même"
            raise ValueError(message)
        return self


class DocumentDeProcedure(_Fige):
    """A paper that a template of the folder's `textes/` writes of an affaire.

    `etats`: those in which it may be written, all without one; `apres`: not before this event.
    `evenement` is the one that says that it left: it is of that day for ever after. One of more
    than `pages` is refused.
    """

    titre: Texte
    modele: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.md$")]
    formes: Annotated[tuple[Forme, ...], BeforeValidator(_en_tuple)] = ("docx", "pdf")
    etats: Noms = ()
    apres: Nom | None = None
    evenement: Nom | None = None
    pages: Annotated[int, Field(ge=1)] | None = None
    visible: Annotated[tuple[Visibilite, ...], BeforeValidator(_en_tuple)] = ("interne",)


# What a workbook and a frozen list show of a case.
DE_CAS = ("unite", "numero", "jour", "explication", "guichet", "indicateur")


class ClasseurDeProcedure(_Fige):
    """A workbook to fill in: a row per case of the frozen list, then what `donnee` asks of each.

    `donnee` are the `lignes` that the event `evenement` carries; the columns of the case are
    `colonnes`, how people read them by name; those of `cles` must come back unchanged.
    """

    titre: Texte
    feuille: Texte
    evenement: Nom
    donnee: Nom
    reference: Nom = "reference"
    colonnes: dict[Nom, Texte] = {}
    cles: Noms = ()


class Reglage(_Fige):
    """A number that an installation may change: its default, what it means, where it is from."""

    titre: Texte
    valeur: Annotated[int, Field(ge=0)]
    source: Texte | None = None


class Procedure(_Fige):
    """What may happen to an affaire of a kind, and by when.

    `une` is how one of its affaires is called, `page` the path of a page of its own; `plusieurs` of
    one object may be open about the same thing. `voient` says
    what each role that does not conduct it sees, `valeurs` what its rules give to its texts beside
    what its events carry.
    """

    code: Nom
    titre: Texte
    version: Annotated[int, Field(ge=1)]
    objet: Texte
    objet_type: TypeObjet = "autre"
    resume: Texte
    une: Texte = "affaire"
    plusieurs: bool = False
    page: Texte | None = None
    voient: dict[Role, Vue] = {}
    valeurs: Noms = ()
    etats: dict[Nom, EtatDeProcedure]
    evenements: dict[Nom, Transition]
    delais: dict[Nom, Delai] = {}
    reglages: dict[Nom, Reglage] = {}
    documents: dict[Nom, DocumentDeProcedure] = {}
    classeur: ClasseurDeProcedure | None = None

    @property
    def definition(self) -> str:
        """Return its JSON: the rules that an affaire began with, as it keeps them, in order."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))

    def transition(self, nom: str) -> Transition | None:
        """Return an event of these rules, or of every procedure; None when there is none."""
        if nom in _DE_TOUTES:
            return _DE_TOUTES[nom](self.etats)
        return self.evenements.get(nom)

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
        unes = [self.evenements[nom] for nom in self.possibles(etat)]
        titres = [f"« {une.titre} »" for une in unes if not une.automatique]
        return f"Ce qui est possible : {enumerer(titres, 'ou')}." if titres else ""

    @model_validator(mode="after")
    def _lier(self) -> Self:
        fautes = [*self._inconnus(), *self._impasses()]
        if fautes:
            raise ValueError(" ; ".join(fautes))
        return self

    def _inconnus(self) -> Iterable[str]:
        for nom, etat in self.etats.items():
            yield from self._sans_evenement(f"etats.{nom}.suite", etat.suite)
        for nom, un in self.evenements.items():
            yield from self._absents(
                f"evenements.{nom}", (*un.de, *un.reste, *filter(None, [un.vers]))
            )
        for nom, delai in self.delais.items():
            yield from self._delai(nom, delai)
        for nom, document in self.documents.items():
            yield from self._absents(f"documents.{nom}.etats", document.etats)
            yield from self._sans_evenement(f"documents.{nom}.evenement", document.evenement)
            yield from self._sans_evenement(f"documents.{nom}.apres", document.apres)
        if self.classeur:
            yield from self._classeur(self.classeur)
        if len(self.possibles(None)) != 1:
            yield f"evenements : {len(self.possibles(None))} ouvrent une affaire, il en faut un"

    def _classeur(self, une: ClasseurDeProcedure) -> Iterable[str]:
        yield from self._sans_evenement("classeur.evenement", une.evenement)
        regle = self.evenements.get(une.evenement)
        if regle is None:
            return
        lignes = regle.donnees.get(une.donnee)
        if lignes is None or lignes.type != "lignes":
            yield (f"classeur.donnee : « {une.evenement} » ne porte pas de lignes « {une.donnee} »")
            return
        if une.reference not in lignes.colonnes:
            yield f"classeur.reference : « {une.donnee} » n'a pas de colonne « {une.reference} »"
        for colonne in une.colonnes:
            if colonne not in DE_CAS:
                yield f"classeur.colonnes : « {colonne} » n'est pas l'un de {', '.join(DE_CAS)}"
        for cle in une.cles:
            if cle not in une.colonnes:
                yield f"classeur.cles : « {cle} » n'est pas l'une de ses colonnes"

    def _delai(self, nom: str, delai: Delai) -> Iterable[str]:
        yield from self._absents(f"delais.{nom}.dans", delai.dans)
        repit = [delai.au_moins] if delai.au_moins else []
        dits = (
            *delai.depuis,
            *delai.annule_par,
            *delai.suspendu_par,
            *(un.depuis for un in repit),
            delai.propose,
            delai.a_terme,
        )
        for dit in dits:
            yield from self._sans_evenement(f"delais.{nom}", dit)
        for reglage in (delai.reglage, delai.sans_donnee, *(un.reglage for un in repit)):
            if reglage is not None and reglage not in self.reglages:
                yield f"delais.{nom}.reglage : le réglage « {reglage} » n'existe pas"
        if delai.donnee is not None:
            portent = [self.evenements[un] for un in delai.depuis if un in self.evenements]
            types = {un.donnees[delai.donnee].type for un in portent if delai.donnee in un.donnees}
            if types != {"date"}:
                yield (
                    f"delais.{nom}.donnee : aucun de ses événements ne porte la date "
                    f"« {delai.donnee} »"
                )
        yield from self._seul(f"delais.{nom}.a_terme", delai)
        if self._tourne(nom):
            yield f"delais.{nom}.a_terme : ce délai se relance lui-même sans fin"

    def _seul(self, ou: str, delai: Delai) -> Iterable[str]:
        """Say why what should happen by itself could not: the timer may do it, and says nothing."""
        regle = self.evenements.get(delai.a_terme or "")
        if regle is None:
            return
        if "minuteur" not in regle.qui:
            yield f"{ou} : « {delai.a_terme} » n'est pas ouvert au minuteur (qui)"
        for nom, une in regle.donnees.items():
            if une.requis:
                yield f"{ou} : « {delai.a_terme} » demande « {nom} », que personne ne dit"
        for etat in delai.dans:
            if etat not in (*regle.de, *regle.reste):
                yield f"{ou} : « {delai.a_terme} » ne part pas de « {etat} »"

    def _tourne(self, nom: str) -> bool:
        """Tell whether what happens at its end leads back to it, with nobody in between."""
        pas = [
            (un, autre)
            for un, delai in self.delais.items()
            for autre, suivant in self.delais.items()
            if delai.a_terme in self.evenements
            and delai.fois == suivant.fois == 1
            and suivant.a_terme
            and delai.a_terme not in suivant.annule_par
            and {self._mene(etat, delai.a_terme) for etat in delai.dans} & set(suivant.dans)
        ]
        return nom in _fermer({vers for de, vers in pas if de == nom}, pas)

    def _mene(self, etat: str, nom: str) -> str:
        """Return where an event leads from a state that it leaves or keeps."""
        regle = self.evenements[nom]
        return etat if etat in regle.reste else regle.vers or etat

    def _sans_evenement(self, ou: str, nom: str | None) -> Iterable[str]:
        if nom is not None and nom not in self.evenements:
            yield f"{ou} : l'événement « {nom} » n'existe pas"

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


def _fermer(
    debut: Iterable[str | None], pas: Iterable[tuple[str | None, str | None]]
) -> set[str | None]:
    vus, pas = set(debut), list(pas)
    while neufs := {vers for de, vers in pas if de in vus} - vus:
        vus |= neufs
    return vus
