"""What a procedure knows beside its YAML: `infocentre/procedures/<code>/regles.py` says it.

Such a module has `REGLES`, an object of a class that fills in what it needs here; a procedure
without one is all in its YAML.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import importlib.util
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from infocentre.affaires import Affaire, Affaires, Constat, Evenement, Procedure
from infocentre.affaires.attentes import AFaire, a_faire
from infocentre.affaires.formulaire import lire
from infocentre.affaires.modele import Donnee, Role, Transition
from infocentre.affaires.procedure import PAQUET
from infocentre.contrat.adresses import adresses_de
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions.contenus import Contenu
from infocentre.demarches import a_remplir
from infocentre.demarches.cas import Cas
from infocentre.demarches.courrier import courrier
from infocentre.demarches.message import Piece, Pli
from infocentre.lecture.commun import (
    dernier_nom,
    mois_controles,
    noms_des_guichets,
    noms_des_organismes,
    registre,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.lecteurs import Lecteur
from infocentre.restitutions.document import Document, Tableau
from infocentre.restitutions.redaction import Contenu as Redaction

__all__ = [
    "Attente",
    "Ensemble",
    "Jalon",
    "Ouverture",
    "Regles",
    "Releve",
    "Reste",
    "Saisie",
    "regles_de",
]


@dataclass(frozen=True, slots=True)
class Ouverture:
    """What an affaire is opened with, beside what a person says: of whom, about what, its list.

    `contenu` is what it holds of a person, which goes with them: no event has it.
    """

    objet: str
    sujet: str
    donnees: Mapping[str, Any] = field(default_factory=dict)
    constats: Sequence[Constat] = ()
    contenu: Contenu | None = None


@dataclass(frozen=True, slots=True)
class Saisie:
    """What a person types to do an event of an affaire, after the `vus` events that they had read.

    `dits` are texts by the names of what the event carries; `jour` is when it happened, None today.
    """

    une: Affaire
    nom: str
    dits: Mapping[str, str]
    jour: dt.date | None = None
    vus: int | None = None

    @property
    def regle(self) -> Transition:
        """What is declared of the event."""
        return self.une.situation.procedure.regle(self.nom)

    def lue(self) -> dict[str, Any]:
        """Return what the texts say; raise Refus when one is not of its type."""
        return lire(self.regle, self.dits)

    def garder(self, registre_: Affaires, donnees: Mapping[str, Any]) -> Affaire:
        """Do the event with what it carries; raise Refus as `Affaires.agir` does."""
        return registre_.agir(self.une.id, self.nom, donnees, jour=self.jour, vus=self.vus)


@dataclass(frozen=True, slots=True)
class Attente:
    """Something of which an affaire may be opened: who, why, until which day; `objet` opens it."""

    objet: str
    nom: str
    motif: str
    avant: str = ""
    precisions: Mapping[str, str] = field(default_factory=dict)


class Reste(NamedTuple):
    """What waits of a procedure beside its affaires: in words, where it is done and how.

    `qui` is of whom it is, `depuis` since when, `avant` by which day; `presse` tells that it can no
    longer be done soon. `objet` is what one click opens an affaire with, '' when none does.
    """

    dit: str
    chemin: str
    bouton: str
    qui: str = ""
    depuis: dt.date | None = None
    avant: dt.date | None = None
    parametres: tuple[tuple[str, str], ...] = ()
    presse: bool = False
    objet: str = ""


class Jalon(NamedTuple):
    """What has a date of a procedure beside its affaires: on which day, what, of whom.

    `fait` is the day on which it was done, `manque` what is missing to do it.
    """

    le: dt.date
    quoi: str
    qui: str = ""
    fait: dt.date | None = None
    manque: str = ""


class Ensemble(NamedTuple):
    """What a button does for a whole département at once: what waits (one, several), how many."""

    nom: str
    titre: str
    dit: tuple[str, str]
    nombre: int


class Releve(NamedTuple):
    """A paper about all affaires of a département: its name, its title, its forms.

    `faire` gives what it says. It is of the département unless it is `pour` somebody; its counts
    are for the service to read unless it leaves it (`lecteur`).
    """

    nom: str
    titre: str
    formes: tuple[str, ...]
    faire: Callable[[Lecture, Affaires, str], Redaction]
    pour: str = ""
    lecteur: Lecteur = Lecteur.SERVICE


# Prints the fiche of an organisme: (data, département, month, organisme); what is held meanwhile.
Imprimer = Callable[[Lecture, str, str, str], bytes]
Tenir = Callable[[], AbstractContextManager[object]]


class Regles:
    """What a procedure knows; each method says what those without anything special do.

    `nombres` are what the list of affaires shows of each beside the rest, by name, as people read
    it; `redige` the event by which a person changes the words of its message, '' without one;
    `fondus` those that whoever answers does by answering; `ailleurs` those that have a page of
    their own: (what leads there, its address). `joints_figes`: what is joined to its messages was
    frozen before, so that a person who sends them otherwise sends the same files; `par_numero`: its
    affaires are called by numéros uniques, which a calendar does not show. `rendu`: what comes back
    filled in, in words, and the ends of the names of its files.
    """

    nombres: ClassVar[Mapping[str, str]] = {}
    redige: ClassVar[str] = ""
    joints_figes: ClassVar[bool] = False
    par_numero: ClassVar[bool] = False
    fondus: ClassVar[frozenset[str]] = frozenset()
    ailleurs: ClassVar[Mapping[str, tuple[str, str]]] = {}
    rendu: ClassVar[tuple[str, str]] = (
        "Classeur rendu (.xlsx), ou courriel qui le porte (.eml)",
        ".xlsx,.ods,.xls,.eml",
    )

    def __init__(self, code: str = "") -> None:
        """Know of a procedure by its code."""
        self.code = code

    # --- Who and what -----------------------------------------------------------------------------

    def guichet(self, une: Affaire) -> str:
        """Return the guichet that an affaire is of, '' when it is of none."""
        dit = une.situation.dite("guichet")
        genre = une.procedure.objet_type
        return une.objet if genre == "guichet" else str(dit or "")

    def nom(self, v: Lecture, une: Affaire) -> str:
        """Return how people read the object of an affaire, be it no longer in the register."""
        genre, ici = une.procedure.objet_type, une.departement
        if genre not in {"guichet", "organisme"}:
            return une.objet
        noms = (noms_des_guichets if genre == "guichet" else noms_des_organismes)(v, ici)
        return noms.get(une.objet) or dernier_nom(v, ici, une.objet) or une.objet

    def voit(self, v: Lecture, une: Affaire) -> bool:
        """Tell whether who reads is one of those that an affaire is of."""
        if une.procedure.objet_type == "organisme":
            return v.voit("organisme", une.objet)
        sien = self.guichet(une)
        return bool(sien) and v.p.voit_guichet(sien)

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return facts for the head of an affaire's page, (title, text)."""
        return []

    def titre(self, une: Affaire) -> str:
        """Return what an affaire is about, beside its object."""
        return une.procedure.une

    def raconter(self, v: Lecture, une: Affaire, un: Evenement) -> str | None:  # noqa: ARG002
        """Return what an event says, '' when it is not theirs to read; None: as it carries it."""
        return None

    def entiere(self, v: Lecture, une: Affaire) -> bool:  # noqa: ARG002
        """Tell whether the reader sees all that an affaire tells of, who said what included."""
        return True

    def compter(self, une: Affaire) -> tuple[int, ...]:  # noqa: ARG002
        """Return the `nombres` of an affaire, in their order."""
        return ()

    def adresses(self, v: Lecture, pli: Pli) -> tuple[str, ...]:
        """Return the addresses that the register of the last month gives to its guichet."""
        une = pli.affaires[0]
        mois, sien = mois_controles(v, une.departement), self.guichet(une)
        inscrits = registre(v, une.departement, mois[-1]) if mois else []
        if une.procedure.objet_type == "organisme":
            siens = [un for un in inscrits if un["organisme"] == une.objet]
        else:
            siens = [un for un in inscrits if un["guichet"] == sien]
        return tuple(dict.fromkeys(dite for un in siens for dite in adresses_de(un["courriel"])))

    # --- Opening ----------------------------------------------------------------------------------

    def exiger(self, v: Lecture, departement: str) -> None:
        """Raise Refus to who may not conduct this procedure in a département."""
        v.exiger_departements("Cette procédure")
        if not v.p.voit(departement):
            raise Refus("ce département n'est pas ouvert à ce compte")

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what an affaire of this object is opened with.

        Raises:
            Refus: there is nothing of this name, or it is of others than who asks; or it is a
                demande, whose numéro no event may have.
        """
        une, objet = self._procedure(), objet.strip()
        if une.objet_type == "demande":
            raise Refus(
                "rien ne garde le numéro d'une demande à part des événements, pour l'effacer",
                f"{une.code}/regles.py",
                "Y écrire « ouvrir », qui rend Ouverture(objet_de(…), …, contenu=…).",
            )
        if une.objet_type == "guichet":
            connus = noms_des_guichets(v, departement)
            if objet not in connus:
                raise Refus(
                    f"le guichet « {objet[:20]} » n'est pas dans l'annuaire",
                    que_faire="Vérifier son code dans l'annuaire des guichets.",
                )
        if une.objet_type == "organisme" and objet not in noms_des_organismes(v, departement):
            raise Refus(
                f"l'organisme « {objet[:20]} » n'a aucun guichet dans l'annuaire",
                que_faire="Donner son SIREN, tel que l'annuaire des guichets le dit.",
            )
        sien = objet if une.objet_type == "guichet" else str(dits.get("guichet") or "")
        if (une.objet_type == "organisme" and not v.voit("organisme", objet)) or (
            une.objet_type != "organisme" and v.p.partiel and not v.p.voit_guichet(sien)
        ):
            raise Refus(
                "une affaire d'un autre guichet n'est pas ouverte à ce compte",
                que_faire="Nommer l'un des siens.",
            )
        return Ouverture(objet, une.code)

    def objets(self) -> Mapping[str, str]:
        """Return what an affaire may be opened of, {code: title}, when it is one of few."""
        return {}

    def a_ouvrir(self, v: Lecture, registre_: Affaires, departement: str) -> list[Attente]:  # noqa: ARG002
        """Return what data give reason to open, the most urgent first."""
        return []

    # --- What waits -------------------------------------------------------------------------------

    def a_faire(self, une: Affaire, jour: dt.date) -> list[AFaire]:
        """Return what waits in an affaire for who conducts it, [] when nothing does."""
        return a_faire(une, jour)

    def sujet(self, une: Affaire) -> str:  # noqa: ARG002
        """Return what an affaire is about, where its procedure does not say it all."""
        return ""

    def geste(self, une: Affaire, evenement: str) -> Mapping[str, Any] | None:
        """Return what an event carries when one click does it, None when a person must say more.

        What leaves as a message or a letter is read before.
        """
        regle = une.situation.procedure.regle(evenement)
        if regle.document or regle.message or any(un.requis for un in regle.donnees.values()):
            return None
        return {}

    def restes(
        self,
        v: Lecture,  # noqa: ARG002
        registre_: Affaires,  # noqa: ARG002
        departement: str,  # noqa: ARG002
    ) -> list[Reste]:
        """Return what waits beside the affaires that are open."""
        return []

    def jalons(
        self,
        v: Lecture,  # noqa: ARG002
        registre_: Affaires,  # noqa: ARG002
        departement: str,  # noqa: ARG002
        au: dt.date,  # noqa: ARG002
    ) -> list[Jalon]:
        """Return what has a date up to a day beside the affaires, of all of which the kernel tells.

        They are read by who conducts the procedure.
        """
        return []

    def ouvrir_un_reste(
        self,
        v: Lecture,  # noqa: ARG002
        registre_: Affaires,  # noqa: ARG002
        departement: str,  # noqa: ARG002
        objet: str,  # noqa: ARG002
    ) -> Affaire:
        """Open the affaire of a reste that has an `objet`; raise Refus when it waits no more."""
        raise Refus("cette affaire ne s'ouvre pas d'ici", que_faire="Actualiser la page.")

    def temoin(self, v: Lecture, departement: str) -> Hashable:  # noqa: ARG002
        """Return what changes when `restes` does, beside affaires and the published version."""
        return None

    # --- Together ---------------------------------------------------------------------------------

    def ensembles(
        self,
        v: Lecture,  # noqa: ARG002
        registre_: Affaires,  # noqa: ARG002
        departement: str,  # noqa: ARG002
        unes: Sequence[Affaire],  # noqa: ARG002
    ) -> list[Ensemble]:
        """Return what may be done of all at once in a département, whose affaires are read."""
        return []

    def ensemble(self, v: Lecture, registre_: Affaires, departement: str, nom: str) -> str:  # noqa: ARG002
        """Do it for a département; return what must still be read, '' when all is done."""
        raise Refus("cette action n'existe pas")

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:  # noqa: ARG002
        """Return what is frozen of an affaire beside its list, None without anything."""
        return None

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:  # noqa: ARG002
        """Return a table that stands under the list of affaires, None without one."""
        return None

    # --- What people do ---------------------------------------------------------------------------

    def demander(
        self,
        v: Lecture,  # noqa: ARG002
        une: Affaire,  # noqa: ARG002
        nom: str,  # noqa: ARG002
        donnees: Mapping[str, Donnee],
        role: Role,  # noqa: ARG002
    ) -> Mapping[str, Donnee]:
        """Return what someone of a role is asked of an event, from what it carries."""
        return donnees

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:  # noqa: ARG002
        """Do what is more than the event that is typed; None: it is that event."""
        return None

    # --- Deliveries -------------------------------------------------------------------------------

    def livraison(
        self,
        v: Lecture,  # noqa: ARG002
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],  # noqa: ARG002
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        """Yield (affaire, event, what it carries): what the newest delivery says of affaires.

        Each is done before the next is asked for. `unes` are those of a département, one at least,
        at an end or not.
        """
        return iter(())

    def dire(self, suivies: Sequence[Affaire]) -> tuple[str, ...]:
        """Return what people are told of the affaires that deliveries changed, once an event."""
        dites = accorder(len({une.id for une in suivies}), "affaire suivie", "affaires suivies")
        titre = self._procedure().titre
        return (f"{titre} : {dites} (infocentre affaires {self.code} lister)",)

    def proposer_mesures(
        self,
        v: Lecture,  # noqa: ARG002
        registre_: Affaires,  # noqa: ARG002
        departement: str,  # noqa: ARG002
        mois: str,  # noqa: ARG002
    ) -> list[Affaire]:
        """Propose the measures that this procedure gives reason for; return what changed."""
        return []

    # --- Papers -----------------------------------------------------------------------------------

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:  # noqa: ARG002
        """Return what the text of a paper or a message may name beside the affaire's own data.

        They come from what is frozen in the affaire: a paper is the same a year later.
        """
        return {}

    def plis(self, unes: Sequence[Affaire], pour: str) -> list[Pli]:
        """Return the messages by which affaires are told of: one each."""
        return [Pli(pour, (une,)) for une in unes]

    def ampleur(self, v: Lecture, pli: Pli) -> str:  # noqa: ARG002
        """Return how much a message is about, '' where it does not say."""
        return ""

    def texte(self, v: Lecture, pli: Pli, jour: dt.date) -> tuple[str, str]:  # noqa: ARG002
        """Return (subject, body) of a message; ('', ''): its template alone."""
        return "", ""

    def joints(
        self,
        v: Lecture,  # noqa: ARG002
        pli: Pli,  # noqa: ARG002
        jour: dt.date,  # noqa: ARG002
        imprimer: Imprimer | None,  # noqa: ARG002
    ) -> tuple[Piece, ...]:
        """Return what is joined to a message beside its workbook and its papers."""
        return ()

    def dire_joints(self, v: Lecture, pli: Pli) -> list[str]:  # noqa: ARG002
        """Return what `joints` are, in words."""
        return []

    def imprimant(
        self,
        v: Lecture,  # noqa: ARG002
        ceux: Sequence[Pli],  # noqa: ARG002
        imprimer: Imprimer | None,
        tenir: Tenir,  # noqa: ARG002
    ) -> AbstractContextManager[Imprimer | None]:
        """Give what prints what is joined to these messages; `tenir` is held while it prints."""
        return nullcontext(imprimer)

    def lettres(self, une: Affaire) -> Mapping[str, tuple[str, Evenement]]:  # noqa: ARG002
        """Return {name: (title, the event by which it left)} of the letters among `papiers`."""
        return {}

    def papiers(self, une: Affaire) -> Mapping[str, tuple[str, tuple[str, ...]]]:  # noqa: ARG002
        """Return {name: (title, forms)} of the papers that no template alone makes."""
        return {}

    def papier(self, v: Lecture, une: Affaire, nom: str, forme: str, jour: dt.date) -> bytes:  # noqa: ARG002
        """Return one of `papiers`; raise Refus when it cannot be written."""
        raise Refus("ce document n'existe pas", que_faire="Reprendre le lien.")

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about all affaires of a département."""
        return ()

    def arrete(self, v: Lecture, departement: str) -> dt.date | None:  # noqa: ARG002
        """Return the day of the data that `releves` rest on, None when on affaires alone."""
        return None

    def releve(self, v: Lecture, registre_: Affaires, departement: str, nom: str) -> Document:
        """Return one of `releves` as it is today; raise Refus for another name."""
        trouve = next((un for un in self.releves() if un.nom == nom), None)
        if trouve is None:
            raise Refus("ce relevé n'existe pas", que_faire="Reprendre le lien.")
        v.exiger_departements("Ce relevé")
        return courrier(
            v,
            departement,
            trouve.pour or nom_departement(departement),
            trouve.titre,
            trouve.faire(v, registre_, departement).rediger(),
            registre_.aujourdhui,
            lecteur=trouve.lecteur,
            arrete=self.arrete(v, departement),
        )

    # --- Answers ----------------------------------------------------------------------------------

    def reponse(self) -> str:
        """Return the event by which those of whom it is asked answer, '' without one."""
        classeur = self._procedure().classeur
        return classeur.evenement if classeur else ""

    def constats(self, v: Lecture, registre_: Affaires, une: Affaire) -> list[Constat]:  # noqa: ARG002
        """Return what was told, frozen, that the reader may see."""
        return registre_.constats(une.constats)

    def champs_d_un_cas(self, un: Cas) -> Mapping[str, Donnee]:  # noqa: ARG002
        """Return what is asked of a case, by name."""
        return a_remplir.champs(self._procedure())

    def recevoir(
        self, registre_: Affaires, chemin: Path, canal: str, exiger: Callable[[str], object]
    ) -> tuple[Affaire, a_remplir.Lu]:
        """Read a returned workbook, or the mail that carries it, and keep its answers.

        `exiger` raises Refus when the affaire that it names is not theirs.
        """
        lu = a_remplir.lire(registre_, self._procedure(), chemin)
        exiger(lu.affaire)
        return a_remplir.enregistrer(registre_, self._procedure(), lu, canal), lu

    def neuves(self, une: Affaire, lignes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the rows of a form that say something else than was last said of each."""
        classeur, deja = une.procedure.classeur, self.dites(une)
        return [un for un in lignes if classeur and un != deja.get(un[classeur.reference])]

    def dites(self, une: Affaire) -> dict[str, Mapping[str, Any]]:
        """Return {reference: what was last answered of a case}."""
        classeur = une.procedure.classeur
        if classeur is None:
            return {}
        dites = une.situation.tous(classeur.evenement)
        return {
            ligne[classeur.reference]: ligne for un in dites for ligne in un.dit(classeur.donnee)
        }

    def vus(self, une: Affaire) -> dict[str, str]:  # noqa: ARG002
        """Return {reference: what the last delivery that was looked at shows of a case}."""
        return {}

    def _procedure(self) -> Procedure:
        from infocentre.affaires import procedures

        return procedures()[self.code]


@functools.cache
def regles_de(code: str) -> Regles:
    """Return what a procedure knows beside its YAML."""
    nom = f"{PAQUET}.{code}.regles"
    if importlib.util.find_spec(f"{PAQUET}.{code}") and importlib.util.find_spec(nom):
        lues = getattr(importlib.import_module(nom), "REGLES", None)
        if not isinstance(lues, Regles) or lues.code != code:
            raise Refus(
                "ce module ne dit pas les règles de sa procédure",
                f"{code}/regles.py",
                f'L\'écrire à sa fin : REGLES = _Regles("{code}"), une sorte de Regles.',
            )
        return lues
    return Regles(code)
