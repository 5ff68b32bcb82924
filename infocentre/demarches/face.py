"""A procedure as someone sees it and acts on it: what its page, its command and its files show.

Whatever the procedure, the rights, the forms, the workbook and the papers are here, once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infocentre.acces.modele import Acces, Action
from infocentre.acces.modele import Role as RoleDeCompte
from infocentre.affaires import Affaire, Affaires, Constat, Evenement, Procedure, procedures
from infocentre.affaires.attentes import TACHES, AFaire, non_lue, passee
from infocentre.affaires.donnees import exiger
from infocentre.affaires.echeances import Echeance
from infocentre.affaires.formulaire import ecrire, lire, lire_date, par_cas
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.affaires.modele import ENVOIS, LIRE, Donnee, Role, Transition, Visibilite
from infocentre.affaires.registre import devance
from infocentre.analystes.fichier import cle
from infocentre.decisions.contenus import objet_de
from infocentre.demarches import a_remplir, papiers
from infocentre.demarches.cas import Cas, cas
from infocentre.demarches.message import Message, Piece, Pli, lien, mots_ecrits, partants
from infocentre.demarches.regles import (
    Attente,
    Imprimer,
    Ouverture,
    Regles,
    Releve,
    Saisie,
    regles_de,
)
from infocentre.exports import Donnees
from infocentre.lecture.affaires import en_cours, toutes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, de, enumerer, majuscule, minuscule, slug
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.noyau.texte import est_un_texte, nom_sur
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES

# Who a role of an account is for a procedure; without a role, whoever started the program.
_ROLES: Mapping[RoleDeCompte | None, Role] = {
    None: "gestionnaire",
    RoleDeCompte.GESTIONNAIRE: "gestionnaire",
    RoleDeCompte.GUICHET: "guichet",
    RoleDeCompte.PREFET: "prefet",
    RoleDeCompte.REGIONAL: "prefet",
    RoleDeCompte.PARTENAIRE: "partenaire",
}
TUS = frozenset({"corps", "empreinte", "constats", "fichiers", "message_id"})  # read elsewhere
OBJET_MAX = 200  # letters of what an affaire is opened of
DIT_MAX = 200  # letters of an answer that are quoted where it is told that it came
# What an answer asks for, and what its button says of it.
REPONSES = frozenset(TACHES[: TACHES.index("reponse") + 1])
BOUTONS = {"aide": "Aide apportée", "report": "Accorder", "litige": "Trancher"}
CODES = frozenset({"guichet", "organisme"})  # objects that a code names
# What was declared, when some affaires were opened, as a text or a list that is more precise today.
RETYPEES = {("texte", "texte_long"), ("texte", "heure"), ("liste", "lignes")}
COLONNES = ("affaire", "objet", "etat", "depuis", "suite", "echeance", "due")
TITRES = {
    "affaire": "affaire",
    "code": "code",
    "objet": "de quoi",
    "sujet": "sujet",
    "etat": "état",
    "depuis": "dernier événement",
    "suite": "ce qui vient",
    "echeance": "échéance",
    "due": "due le",
}


def role_de(acces: Acces) -> Role:
    """Return who an account is for procedures; raise Refus to who is nobody there."""
    role = _ROLES.get(acces.role)
    if role is None:
        raise Refus(
            "Les affaires ne sont pas ouvertes à ce compte",
            que_faire="S'adresser au gestionnaire territorial.",
        )
    return role


def procedure_de(code: str) -> Procedure:
    """Return a procedure; raise Refus when there is none of this code."""
    trouvee = procedures().get(code)
    if trouvee is None:
        raise Refus(
            f"la procédure « {code[:40]} » n'existe pas",
            que_faire=f"Procédures : {', '.join(procedures())}.",
        )
    return trouvee


@dataclass(frozen=True, slots=True)
class Face:
    """A procedure, before someone of a role; what they may not see is not there.

    `imprimer_ailleurs` prints the fiche that a message carries, in this process without one.
    """

    v: Lecture
    registre: Affaires
    procedure: Procedure
    role: Role = "gestionnaire"
    imprimer_ailleurs: Imprimer | None = None

    @property
    def regles(self) -> Regles:
        """What the procedure knows beside its YAML."""
        return regles_de(self.procedure.code)

    @property
    def conduit(self) -> bool:
        """Tell whether they conduct the procedure in whole départements."""
        return self.role == "gestionnaire" and not self.v.p.partiel

    @property
    def lecteur(self) -> Visibilite | None:
        """Of whom the events are shown, None for who sees all of them."""
        if self.conduit:
            return None
        if self.role == "gestionnaire" or self.role == "minuteur":  # noqa: PLR1714 - narrows
            return "guichet"
        return self.role

    # --- Rights -----------------------------------------------------------------------------------

    def exiger_vue(self) -> None:
        """Raise Refus to who sees nothing of this procedure."""
        if self.role != "gestionnaire" and self.role not in self.procedure.voient:
            raise Refus(
                f"« {self.procedure.titre} » n'est pas ouvert à ce compte",
                que_faire="S'adresser au gestionnaire territorial.",
            )

    @property
    def comptes_seuls(self) -> bool:
        """Tell whether they are told how many there are, and no more."""
        return self.procedure.voient.get(self.role) == "comptes"

    def voit(self, une: Affaire) -> bool:
        """Tell whether an affaire is shown: those of one's guichets, once something is for them."""
        if not self.v.p.voit(une.departement) or self.comptes_seuls:
            return False
        if self.conduit:
            return True
        return bool(self._vus(une)) and self.regles.voit(self.v, une)

    # --- Reading ----------------------------------------------------------------------------------

    def lister(self, departement: str, *, finies: bool = False) -> list[Affaire]:
        """Return the affaires that they see, the nearest deadline first."""
        self.exiger_vue()
        lire = toutes if finies else en_cours
        siennes = lire(self.v, departement, self.procedure.code)
        return sorted((une for une in siennes if self.voit(une)), key=par_echeance)

    def compter(self, departement: str) -> dict[str, int]:
        """Return {state: how many affaires of it}, for who is told no more; none is of theirs."""
        self.exiger_vue()
        if not self.v.p.voit(departement):
            return {}
        siennes = toutes(self.v, departement, self.procedure.code)
        return dict(Counter(une.etat for une in siennes))

    def lire(self, id_: str) -> Affaire:
        """Return an affaire; raise Refus when there is none of this name that they see."""
        self.exiger_vue()
        une = self.registre.lire(id_)
        if une.procedure.code != self.procedure.code or not self.voit(une):
            liste = f"infocentre affaires {self.procedure.code} lister"
            raise Refus(
                f"l'affaire « {id_[:24]} » n'existe pas parmi « {self.procedure.titre} »",
                que_faire=f"Vérifier son numéro dans la liste de cette procédure ({liste})."
                if self.conduit
                else "Vérifier son numéro ; si elle existe, elle n'est pas ouverte à ce compte.",
            )
        return une

    def de_la_demande(self, departement: str, numero: str) -> list[Affaire]:
        """Return the affaires about a demande that they see, whatever became of them."""
        if self.procedure.objet_type != "demande":
            return []
        siennes = self.registre.lister(
            departement,
            procedure=self.procedure.code,
            objet=objet_de(cle(self.v.dossier), numero),
            finies=True,
        )
        return [une for une in siennes if self.voit(une)]

    def nom(self, une: Affaire) -> str:
        """Return how people read the object of an affaire."""
        return self.regles.nom(self.v, une)

    @property
    def par_numero(self) -> bool:
        """Tell whether its objects have the numéro of a demande for a name."""
        return self.procedure.objet_type == "demande" or self.regles.par_numero

    def sujet(self, une: Affaire) -> str:
        """Return what an affaire is about, '' where its name says it."""
        dit = self.regles.sujet(une)
        return "" if dit == self.nom(une) else dit

    def a_ouvrir(self, departement: str) -> list[Attente]:
        """Return what data give reason to open, to who conducts it."""
        if not self.conduit or self.comptes_seuls:
            return []
        return self.regles.a_ouvrir(self.v, self.registre, departement)

    def chronologie(self, une: Affaire) -> list[tuple[dt.date, str, str, str]]:
        """Return (day, what happened, what it says, by whom) of the events they see, last first."""
        entiere = self.regles.entiere(self.v, une)
        return [
            (un.jour, une.mots(un).arrive, self.contenu(une, un), un.auteur if entiere else "")
            for un in reversed(self._vus(une))
        ]

    def message_dit(self, une: Affaire) -> Evenement | None:
        """Return the last event that left with words that they may read, None without any."""
        dits = [un for un in self._vus(une) if un.dit("corps") and un.nom != self.regles.redige]
        return dits[-1] if dits and self.regles.entiere(self.v, une) else None

    def dernier_vu(self, une: Affaire) -> Evenement:
        """Return the last event of an affaire that they may read."""
        return self._vus(une)[-1]

    def _vus(self, une: Affaire) -> list[Evenement]:
        regle = une.situation.procedure.regle
        return [
            un
            for un in une.situation.evenements
            if self.lecteur is None or self.lecteur in regle(un.nom).visible
        ]

    def contenu(self, une: Affaire, un: Evenement) -> str:
        """Return what an event carries that a person reads."""
        if (raconte := self.regles.raconter(self.v, une, un)) is not None:
            return raconte
        portees = [
            (donnee, un.dit(nom))
            for nom, donnee in _regle(une, un.nom).donnees.items()
            if un.dit(nom) is not None and nom not in TUS and not donnee.calculee
        ]
        dits = (_dire(donnee, valeur, seule=len(portees) == 1) for donnee, valeur in portees)
        return " ; ".join(filter(None, dits))

    def exporter(self, departement: str, *, finies: bool = True) -> Donnees:
        """Return the affaires as rows to be taken away."""
        code = ("code",) if self.procedure.objet_type in CODES else ()
        listees = self.lister(departement, finies=finies)
        sujet = ("sujet",) if any(map(self.sujet, listees)) else ()
        lignes = [
            (
                une.id,
                *(une.objet for _ in code),
                self.nom(une),
                *(self.sujet(une) for _ in sujet),
                une.titre_etat,
                *self.regles.compter(une),
                self.dernier_vu(une).jour,
                self.suite_dite(une),
                une.echeance.titre if une.echeance else "",
                une.echeance.due if une.echeance else None,
            )
            for une in listees
        ]
        nombres = self.regles.nombres
        avant, apres = COLONNES[:1], COLONNES[3:]
        colonnes = (*avant, *code, "objet", *sujet, "etat", *nombres, *apres)
        return Donnees(self.procedure.titre, colonnes, lignes, titres=TITRES | dict(nombres))

    def a_faire(self, une: Affaire) -> AFaire | None:
        """Return the next thing to do of an affaire, None while one waits for somebody else."""
        if not self.conduit:
            return None
        return next(iter(self.regles.a_faire(une, self.registre.aujourdhui)), None)

    def suite(self, une: Affaire) -> str | None:
        """Return the event that comes next, be it too early for it."""
        fait = self.a_faire(une)
        return fait.evenement if fait else une.suite

    def suite_dite(self, une: Affaire) -> str:
        """Return what comes next in words: what one waits for until it is late, then the action."""
        if une.situation.finie:
            return ""
        fait, suite = self.a_faire(une), self.suite(une)
        if une.attend and (fait is None or suite is None):
            return f"on attend {une.attend}"
        return _regle(une, suite).titre if suite else ""

    def phrase(self, une: Affaire) -> str:
        """Say what comes next of an affaire, and by when or since when; at an end, its outcome."""
        if une.situation.finie:
            return self._issue(une)
        if not self.conduit:
            return self._phrase_a_qui_repond(une)
        fait, suite = self.a_faire(une), majuscule(self.suite_dite(une))
        if fait is None:
            # What could be done since a day, and is not yet allowed, is late of nothing.
            dues = [
                e for e in une.echeances if not (e.alerte or (e.propose and self.retard(e.due) > 0))
            ]
            terme = f" ; {minuscule(self.depuis(dues[0].titre, dues[0].due))}" if dues else ""
            return f"{suite}{terme}."
        return self._phrase_de(une, fait, suite)

    def _issue(self, une: Affaire) -> str:
        """Return how an affaire ended, and on which day; '' of what they may not read."""
        fin = une.situation.arrivee
        if fin not in self._vus(une):
            return ""
        dit = self.contenu(une, fin).rstrip(".")
        return f"{une.mots(fin).arrive} le {ecrire_jour(fin.jour)}{f' : {dit}' if dit else ''}."

    def _phrase_de(self, une: Affaire, fait: AFaire, suite: str) -> str:
        if fait.tache == "suspens":
            return "Un envoi est peut-être parti : dire s'il est arrivé."
        part = bool(fait.evenement) and fait.evenement == self.envoi(une)
        pret = " : le message est prêt" if part else ""
        if fait.dit and fait.due:
            return f"{self.depuis(fait.dit, fait.due)}{pret}."
        if rendue := self.rendue(une, fait):
            dit = self.citer(une, rendue)
            return f"{une.mots(rendue).arrive} le {ecrire_jour(rendue.jour)} : {dit}"
        return f"{suite} : {fait.dit}." if fait.dit else f"{suite}{pret}."

    def rendue(self, une: Affaire, fait: AFaire) -> Evenement | None:
        """Return the answer that something to do is about, None when it is of none.

        What an answer asks for is in it, whatever came since; else it is what nobody has read.
        """
        if fait.tache not in REPONSES:
            return None
        dite = une.situation.dernier(self.regles.reponse())
        return non_lue(une) or dite if fait.tache == "reponse" else dite

    def bouton(self, une: Affaire, nom: str) -> str:
        """Return what the button of an event says: what an answer asks for, in its own words."""
        fait = self.a_faire(une)
        suivi = fait.tache if fait and fait.evenement == nom else ""
        return BOUTONS.get(suivi) or _regle(une, nom).titre

    def geste(self, une: Affaire, nom: str) -> dict[str, str]:
        """Return what a form of an event holds at first: what one click would do."""
        fait = self.a_faire(une)
        if fait is None or fait.evenement != nom:
            return {}
        return {cle: str(un) for cle, un in (self.regles.geste(une, nom) or {}).items()}

    def citer(self, une: Affaire, rendue: Evenement) -> str:
        """Return what an answer says, cut where it is long; its chronology has by which way."""
        donnees: Any = {nom: un for nom, un in rendue.donnees.items() if nom != "canal"}
        dit = self.contenu(une, replace(rendue, donnees=donnees))
        return textwrap.shorten(dit, DIT_MAX, placeholder="…")

    def _phrase_a_qui_repond(self, une: Affaire) -> str:
        if self.role in {"prefet", "partenaire"} and une.attend:
            return f"On attend {une.attend}."
        repond = self.regles.reponse() in self.possibles(une)
        if repond and une.attendues:
            return f"{self.depuis(une.attendues[0].titre, une.attendues[0].due)}."
        rendue = une.situation.dernier(self.regles.reponse())
        if repond and rendue:
            return f"Votre réponse du {ecrire_jour(rendue.jour)} est reçue ; elle se complète ici."
        return "Vous pouvez répondre." if repond else ""

    def depuis(self, titre: str, due: dt.date) -> str:
        """Say a deadline: the day to come, or the one since which it is late."""
        return f"{titre} {'le' if self.retard(due) < 0 else 'depuis le'} {self.echeance(due)}"

    def prochaine(self, une: Affaire) -> str:
        """Return the next deadline of an affaire, or what is late of it; '' without any."""
        fait = self.a_faire(une)
        if fait and fait.due and fait.dit:
            return self.depuis(fait.dit, fait.due)
        dues = une.echeances if self.conduit else une.attendues
        return f"{dues[0].titre} le {ecrire_jour(dues[0].due)}" if dues else ""

    def terme(self, une: Affaire, e: Echeance) -> str:
        """Return the day of a deadline, late when one waits for it: not one from which to act."""
        fait = self.a_faire(une)
        attendue = fait is not None and fait.due == e.due
        tard = attendue or not self.conduit or passee(e, self.registre.aujourdhui)
        return self.echeance(e.due) if tard else ecrire_jour(e.due)

    def echeance(self, due: dt.date) -> str:
        """Return the day of a deadline, and how late it is."""
        retard = self.retard(due)
        tard = f", {accorder(retard, 'jour', 'jours')} de retard" if retard > 0 else ""
        return f"{ecrire_jour(due)}{tard}"

    def retard(self, due: dt.date) -> int:
        """Return how many days ago something was due, below 0 when it is to come."""
        return (self.registre.aujourdhui - due).days

    def liees(self, id_: str) -> list[tuple[Affaire, str]]:
        """Return the affaires that one names, (affaire, how it names it), those that they see."""
        une = self.lire(id_)
        nommees = {
            str(un.dit(nom)): donnee.titre
            for un in self._vus(une)
            for nom, donnee in une.situation.procedure.regle(un.nom).donnees.items()
            if donnee.type == "affaire" and un.dit(nom)
        }
        trouvees = []
        for autre, titre in nommees.items():
            with contextlib.suppress(Refus):
                nommee = self.registre.lire(autre)
                face = replace(self, procedure=nommee.procedure)
                trouvees.append((face.lire(autre), titre.lower()))
        return trouvees

    # --- What may be done -------------------------------------------------------------------------

    def possibles(self, une: Affaire) -> list[str]:
        """Return the events that they may ask for in this state, the next one first."""
        if self.role == "gestionnaire" and not self.conduit:
            return []
        regles = une.situation.procedure
        noms = [
            nom
            for nom in regles.possibles(une.etat)
            if nom not in ENVOIS
            and self.role in regles.evenements[nom].qui
            and not _regle(une, nom).automatique
            and (une.a_revoir or _regle(une, nom).doute != "leve")
        ]
        noms += [LIRE] if self.conduit and (non_lue(une) or self.suite(une) == LIRE) else []
        ordre = [self.suite(une), *une.procedure.evenements]
        return sorted(noms, key=lambda nom: ordre.index(nom) if nom in ordre else len(ordre))

    def peut(self, une: Affaire, nom: str) -> bool:
        """Tell whether they may ask for an event now."""
        return nom in self.possibles(une) and not self.contre(une, nom)

    def contre(self, une: Affaire, nom: str) -> str:
        """Return why an event would be refused now whatever it carries, '' when it would not."""
        try:
            self.registre.exiger(une.id, nom)
        except Refus as refus:
            return refus.quoi
        return ""

    def champs(self, nom: str, une: Affaire | None = None) -> dict[str, Donnee]:
        """Return what a person is asked of an event: not its rows, which a workbook has."""
        dites = _regle(une, nom).donnees if une else self.procedure.evenements[nom].donnees
        classeur = self.procedure.classeur
        tues = TUS | ({classeur.donnee} if classeur and classeur.evenement == nom else set())
        if "corps" in dites:
            tues |= {"objet"}  # of a message, whose words have their own form
        if not self.conduit and nom == self.regles.reponse():
            tues |= {"canal"}
        demandes = {cle: un for cle, un in dites.items() if not un.calculee and cle not in tues}
        return (
            dict(self.regles.demander(self.v, une, nom, demandes, self.role)) if une else demandes
        )

    @property
    def ouverture(self) -> str:
        """Return the event that opens an affaire."""
        return self.procedure.possibles(None)[0]

    def peut_ouvrir(self) -> bool:
        """Tell whether they may open an affaire."""
        conduit = self.conduit or self.role != "gestionnaire"
        return conduit and self.role in self.procedure.evenements[self.ouverture].qui

    def ouvrir(self, departement: str, objet: str, dits: Mapping[str, str]) -> Affaire:
        """Open an affaire of an object, from what a person says.

        Raises:
            Refus: they may not, there is nothing of this name, or one of it is open.
        """
        self.exiger_vue()
        if not self.peut_ouvrir() or not self.v.p.voit(departement):
            raise Refus("ouvrir une affaire n'est pas ouvert à ce compte")
        if not objet.strip():
            raise Refus(
                f"il manque « {majuscule(self.procedure.objet)} »",
                que_faire="Compléter ou corriger, puis recommencer.",
            )
        if not est_un_texte(objet) or len(objet) > OBJET_MAX:
            raise Refus(
                f"« {nom_sur(objet, 30)}… » n'est pas de quoi ouvrir une affaire",
                que_faire=f"Dire de quoi ({self.procedure.objet}) en {OBJET_MAX} lettres au plus.",
            )
        regle = self.procedure.evenements[self.ouverture]
        lus = lire(regle, dits)
        exiger(regle, lus, self.registre.aujourdhui)
        une = self.regles.ouvrir(self.v, self.registre, departement, objet, lus)
        donnees = lus | dict(une.donnees)
        self._exiger_neuve(departement, une, donnees)
        return self.registre.ouvrir(
            self.procedure,
            departement,
            une.objet,
            une.sujet,
            donnees,
            constats_=une.constats,
            contenu=une.contenu,
            seule=not self.procedure.plusieurs,
        )

    def _exiger_neuve(self, departement: str, neuve: Ouverture, donnees: Mapping[str, Any]) -> None:
        """Raise Refus when one that says the same is open: it was sent from another window."""
        if not self.procedure.plusieurs:
            return  # the register opens one only
        dites = {nom: un for nom, un in donnees.items() if un not in (None, "", [])}
        for une in self.registre.lister(
            departement, procedure=self.procedure.code, objet=neuve.objet
        ):
            if une.sujet == neuve.sujet and une.situation.evenements[0].donnees == dites:
                raise Refus(
                    f"l'affaire {une.id} est déjà ouverte et dit la même chose",
                    que_faire="La lire ; si c'est d'autre chose qu'il s'agit, dire ce qui change.",
                )

    def agir(
        self, une: Affaire, nom: str, dits: Mapping[str, str], *, vus: int | None = None
    ) -> Affaire:
        """Do an event from texts; « jour » is when it happened, today without one.

        Raises:
            Refus: the state, a guard or the role is against it, a text is not what is expected, or
                something came after the `vus` events that they had before them.
        """
        vus = self._exiger_lue(une, vus)
        if nom not in self.possibles(une):
            une.situation.procedure.arrivee(une.etat, nom)  # says what is possible
            raise Refus(
                f"« {une.situation.procedure.regle(nom).titre} » ne se fait pas à la main",
                f"affaire {une.id}",
            )
        dits = dict(dits)
        jour = _jour(dits.pop("jour", ""))
        saisie = Saisie(une, nom, dits, jour, vus)
        if (fait := self.regles.agir(self.v, self.registre, saisie)) is not None:
            return fait
        rangees, reste = par_cas(self.procedure, dits)
        regle = _regle(une, nom)
        donnees = lire(regle, reste)
        if regle.message and "corps" in regle.donnees:
            donnees = (
                dict(zip(("objet", "corps"), self.texte(Pli(nom, (une,)), jour), strict=True))
                | donnees
            )
        classeur = self.procedure.classeur
        if rangees and classeur and classeur.evenement == nom:
            lues = a_remplir.lire_saisie(self.registre, une, rangees)
            neuves = self.regles.neuves(une, lues)
            if not neuves:
                raise Refus("aucune réponse n'est nouvelle", que_faire="En remplir une au moins.")
            donnees[classeur.donnee] = [dict(un) for un in neuves]
        if nom == self.regles.reponse() and "canal" in regle.donnees:
            donnees.setdefault("canal", "application")
        return self.registre.agir(une.id, nom, donnees, jour=jour, vus=vus)

    def _exiger_lue(self, une: Affaire, vus: int | None) -> int | None:
        """Return how many events there are; raise Refus when they may read one that they had not.

        What is not shown to them changes nothing of what they answer.
        """
        if vus is None:
            return None
        siens = self._vus(une)
        neufs = [un for un in une.situation.evenements[vus:] if un in siens]
        if not self.conduit:
            neufs = [un for un in neufs if self.regles.raconter(self.v, une, un) != ""]
        if neufs:
            raise devance(une, neufs, par=self.conduit)
        return len(une.situation.evenements)

    def recevoir(
        self, chemin: Path, canal: str = "courriel", chez: Affaire | None = None
    ) -> tuple[Affaire, a_remplir.Lu]:
        """Read a returned workbook and keep its answers; what is refused of it is in what is read.

        `chez` is the affaire on whose page it is dropped: it is then of the same object.

        Raises:
            Refus: it is no workbook of an affaire that they see, or that of another than `chez`,
                or none of it is an answer.
        """

        def exiger_la_sienne(id_: str) -> None:
            une = self.lire(id_)
            if chez and une.objet != chez.objet:
                raise Refus(
                    f"ce classeur est celui {de(self.nom(une))} (affaire {une.id}), et cette page "
                    f"celle {de(self.nom(chez))}",
                    chemin.name,
                    "Rien n'a été gardé : le déposer dans son affaire.",
                )

        return self.regles.recevoir(self.registre, chemin, canal, exiger_la_sienne)

    def constats(self, une: Affaire) -> list[Constat]:
        """Return what was told in an affaire, frozen, of what they see."""
        return self.regles.constats(self.v, self.registre, une)

    def cas(self, une: Affaire) -> list[Cas]:
        """Return the frozen list of an affaire, of what they see."""
        return list(cas(self.constats(une)))

    # --- Papers, workbook, messages ---------------------------------------------------------------

    def documents(self, une: Affaire) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return {name: (title, forms)} of the papers of an affaire that they may take."""
        return {
            nom: (un.titre, un.formes)
            for nom, un in papiers.documents(une).items()
            if self.lecteur is None or self.lecteur in un.visible
        } | (dict(self.regles.papiers(une)) if self.conduit else self._recues(une))

    def _recues(self, une: Affaire) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return the letters that who answers was sent, as they left."""
        if self.lecteur != "guichet" or not self.regles.entiere(self.v, une):
            return {}
        vus = self._vus(une)
        lettres = self.regles.lettres(une).items()
        return {nom: (titre, ("pdf",)) for nom, (titre, fait) in lettres if fait in vus}

    def document(self, une: Affaire, nom: str) -> Document:
        """Return a paper of an affaire; raise Refus when it is not theirs to take."""
        self._exiger_document(une, nom)
        return papiers.ecrire_document(self.v, self.registre, self.regles, une, nom)

    def _exiger_document(self, une: Affaire, nom: str) -> tuple[str, ...]:
        """Return the forms of a paper; raise Refus when it is not theirs to take."""
        connus = self.documents(une)
        if nom not in connus:
            raise Refus(
                f"« {nom[:40]} » n'est pas un document de cette affaire dans son état",
                f"affaire {une.id}",
                f"Documents : {', '.join(connus)}." if connus else "Elle n'en a aucun.",
            )
        return connus[nom][1]

    def imprimer(self, une: Affaire, nom: str, forme: str) -> bytes:
        """Return a paper of an affaire in a form; raise Refus for one that it has not."""
        formes = self._exiger_document(une, nom)
        if forme not in formes:
            raise Refus(f"« {forme} » n'est pas une forme de ce document", "", enumerer(formes))
        if nom in self.regles.papiers(une):
            return self.regles.papier(self.v, une, nom, forme, self.registre.aujourdhui)
        document = self.document(une, nom)
        papiers.exiger_ses_pages(une, nom, document)
        return FORMES[forme](document)

    def classeur(self, une: Affaire) -> bytes:
        """Return the workbook to fill in; raise Refus when there is none, or nothing to fill."""
        if self.procedure.classeur and not une.constats:
            raise Refus(
                "aucune liste n'est figée dans cette affaire : son classeur serait vide",
                f"affaire {une.id}",
                "Répondre sans classeur : infocentre affaires "
                f"{self.procedure.code} agir {une.id}, qui dit les événements possibles.",
            )
        return a_remplir.en_octets(self.registre, une)

    def nom_de_fichier(self, une: Affaire, quoi: str, forme: str) -> str:
        """Return the name of a file of an affaire."""
        return f"{slug(quoi)}-{une.id}.{forme}"

    @property
    def par_courriel(self) -> bool:
        """Tell whether its mails leave by SMTP: it declares what follows one in doubt."""
        return set(ENVOIS) <= self.procedure.evenements.keys()

    def envoi(self, une: Affaire) -> str | None:
        """Return the event by which a mail leaves now, None when none does."""
        partent = partants(self.procedure)
        return next((nom for nom in self.possibles(une) if nom in partent), None)

    def a_envoyer(self, unes: Iterable[Affaire]) -> list[Affaire]:
        """Return the affaires whose next action is a mail that may leave."""
        partent = set(partants(self.procedure))
        return [
            une
            for une in unes
            if not partent.isdisjoint(une.situation.procedure.possibles(une.etat))
            and (suite := self.suite(une)) in partent
            and suite == self.envoi(une)
            and not self.contre(une, suite)
        ]

    def plis(self, unes: Iterable[Affaire]) -> list[Pli]:
        """Return the messages by which affaires are told of now."""
        par_envoi: dict[str, list[Affaire]] = {}
        for une in unes:
            if evenement := self.envoi(une):
                par_envoi.setdefault(evenement, []).append(une)
        return [un for nom, siennes in par_envoi.items() for un in self.regles.plis(siennes, nom)]

    def message(self, pli: Pli, a: Iterable[str] = (), le: dt.date | None = None) -> Message:
        """Return a message, as it leaves on a day: its words, the workbook, the list on paper.

        Who has an account answers in the application: no list leaves by mail then.

        Raises:
            Refus: no address is known, the event does not leave by mail.
        """
        vers = tuple(a) or self.regles.adresses(self.v, pli)
        premiere, *autres = pli.ids
        if not vers:
            raise Refus(
                "aucune adresse électronique n'est connue",
                f"affaire {premiere}",
                "En donner une avec --destinataire, ou remettre autrement, puis dire par où.",
            )
        jour = le or self.registre.aujourdhui
        joints = self.regles.joints(self.v, pli, jour, self.imprimer_ailleurs)
        pieces = (*joints, *self.pieces(pli))
        return Message(premiere, pli.pour, vers, *self.texte(pli, le), pieces, tuple(autres))

    def texte(self, pli: Pli, le: dt.date | None = None) -> tuple[str, str]:
        """Return (subject, body) of a message, as a person last wrote it.

        Raises:
            Refus: the event does not leave by mail, or there is nothing to say.
        """
        objet, corps = self.regles.texte(self.v, pli, le or self.registre.aujourdhui)
        if corps:
            return objet, corps
        return papiers.message(self.v, self.registre, self.regles, pli.affaires[0], pli.pour)

    def ecrit(self, pli: Pli) -> bool:
        """Tell whether a person wrote a message in the place of the facts."""
        redige = self.regles.redige
        return bool(redige) and mots_ecrits(pli.affaires[0], redige) is not None

    def pieces(self, pli: Pli) -> tuple[Piece, ...]:
        """Return the files that leave with a message: none to who reads them in the application."""
        une = pli.affaires[0]
        return () if self._repond_ici(une) else self.fichiers(une, pli.pour)

    def dire_pieces(self, pli: Pli) -> list[str]:
        """Return what is joined to a message, in words."""
        une, dits = pli.affaires[0], self.regles.dire_joints(self.v, pli)
        if self._repond_ici(une):
            return dits
        if self.procedure.classeur and une.constats:
            dits.append(f"{self.procedure.classeur.titre} (xlsx)")
        siens = papiers.documents(une).values()
        return dits + [un.titre for un in siens if un.evenement == pli.pour]

    def _repond_ici(self, une: Affaire) -> bool:
        dits = self.constats(une)
        return bool(dits and lien(self.v, une, dits, chemin(self.procedure.code)))

    def fichiers(self, une: Affaire, evenement: str) -> tuple[Piece, ...]:
        """Return the workbook of an affaire, and the papers that an event says are sent."""
        joints = []
        if self.procedure.classeur and une.constats:
            nom = self.nom_de_fichier(une, self.procedure.classeur.titre, "xlsx")
            joints.append(Piece(nom, self.classeur(une)))
        for nom, un in papiers.documents(une).items():
            if un.evenement == evenement:
                forme = "pdf" if "pdf" in un.formes else un.formes[0]
                nom_fichier = self.nom_de_fichier(une, un.titre, forme)
                joints.append(Piece(nom_fichier, self.imprimer(une, nom, forme)))
        return tuple(joints)

    def remis(
        self,
        une: Affaire,
        evenement: str,
        canal: str,
        joints: Sequence[Piece] = (),
        vers: Sequence[str] = (),
    ) -> Affaire:
        """Record that the files of an event left by a person, to these addresses if any."""
        connues = une.situation.procedure.evenements[evenement].donnees
        fichiers = [{"nom": un.nom, "sha256": un.empreinte} for un in joints]
        donnees = {"canal": canal, "fichiers": fichiers, "destinataire": ", ".join(vers)}
        siennes = {nom: un for nom, un in donnees.items() if nom in connues}
        return self.registre.agir(une.id, evenement, siennes)

    def suspens(self, une: Affaire) -> Evenement | None:
        """Return the sending of which nobody said whether it left, None without one."""
        return envoi_en_suspens(une.situation)

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about all affaires, to who conducts the procedure."""
        return self.regles.releves() if self.conduit else ()

    def releve(self, departement: str, nom: str, forme: str) -> tuple[bytes, Document]:
        """Return a paper about all affaires of a département; raise Refus for another."""
        self.exiger_vue()
        self.regles.exiger(self.v, departement)
        formes = {un.nom: un.formes for un in self.releves()}.get(nom)
        if formes is None or forme not in formes:
            raise Refus("ce relevé n'existe pas", que_faire="Reprendre le lien.")
        document = self.regles.releve(self.v, self.registre, departement, nom)
        return FORMES[forme](document), document


def chemin(code: str) -> str:
    """Return the path of a procedure's page: its own, or that of any."""
    trouvee = procedures().get(code)
    return (trouvee.page if trouvee else None) or f"/affaires/{code}"


def code_du_chemin(chemin_: str) -> str:
    """Return the procedure of a page's path."""
    nu = chemin_.rstrip("/")
    siennes = (code for code, une in procedures().items() if une.page == nu)
    return next(siennes, nu.rpartition("/")[2])


def par_echeance(une: Affaire) -> tuple[Any, ...]:
    """Sort affaires: those under way first, by the nearest deadline."""
    dues = [e.due for e in une.echeances if not e.alerte]
    return (une.situation.finie, min(dues, default=dt.date.max), une.id)


def _regle(une: Affaire, nom: str) -> Transition:
    """Return an event by the own rules of an affaire; what is worked out, as today's have it.

    An event that rests on what only rules work out is done by no hand, however old the affaire.
    Data and choices come in the order of today's: what is kept of an affaire is sorted by name.
    """
    sienne, connue = une.situation.procedure.regle(nom), une.procedure.evenements.get(nom)
    du_jour = connue.donnees if connue else {}
    cles = [*(cle for cle in du_jour if cle in sienne.donnees), *sienne.donnees]
    donnees = {cle: _comme(sienne.donnees[cle], du_jour.get(cle)) for cle in cles}
    return sienne.model_copy(update={"donnees": donnees})


def _comme(un: Donnee, du_jour: Donnee | None) -> Donnee:
    """Return a datum that today's rules work out or not, its choices in their order."""
    if du_jour is None:
        return un
    choix = du_jour.choix if du_jour.choix.items() == un.choix.items() else un.choix
    comme: dict[str, Any] = {"calculee": du_jour.calculee, "choix": choix}
    if (un.type, du_jour.type) in RETYPEES:
        comme |= {"type": du_jour.type, "colonnes": du_jour.colonnes}
    return un.model_copy(update=comme)


def _dire(donnee: Donnee, valeur: Any, *, seule: bool) -> str:  # noqa: ANN401 - as the type says
    """Return what an event carries by its name, '' when it is empty; words alone need none."""
    en_lignes = donnee.type == "lignes"
    dit = accorder(len(valeur), "ligne") if en_lignes else ecrire(donnee, valeur)
    if not dit or (seule and donnee.type in {"choix", "texte", "texte_long"}):
        return dit
    return f"{donnee.titre} : {dit}"


def _jour(texte: str) -> dt.date | None:
    return lire_date(texte) if texte.strip() else None


def passer(
    v: Lecture, registre: Affaires, departement: str, voulues: Iterable[Procedure] = ()
) -> dict[str, list[Affaire]]:
    """Record what the newest delivery and the clock say of the affaires of every procedure.

    `registre` is that on which the timer acts. Done twice, it does nothing more.
    Returns {procedure: its affaires after each event}, of those that have one.
    """
    faites: dict[str, list[Affaire]] = {}
    for procedure in tuple(voulues) or procedures().values():
        unes = registre.lister(departement, procedure=procedure.code, finies=True)
        if not unes:
            continue
        changees = [
            registre.agir(une.id, nom, donnees)
            for une, nom, donnees in regles_de(procedure.code).livraison(v, registre, unes)
        ]
        if any(un.a_terme for un in procedure.delais.values()):
            for une in registre.lister(departement, procedure=procedure.code):
                changees += _echoir(une, registre)
        if changees:
            faites[procedure.code] = changees
    return faites


def _echoir(une: Affaire, minuteur: Affaires) -> Iterator[Affaire]:
    """Do what happens by itself once a deadline is past, then what that brings; yield each."""
    for echue in une.echeances:
        a_terme = echue.a_terme if echue.due < minuteur.aujourdhui else None
        if a_terme and not minuteur.contre(une.id, a_terme, {}):
            suite = minuteur.agir(une.id, a_terme, {})
            yield suite
            yield from _echoir(suite, minuteur)
            return


def voir(
    acces: Acces,
    v: Lecture,
    registre: Affaires,
    code: str,
    imprimer_ailleurs: Imprimer | None = None,
) -> Face:
    """Return a procedure before an account; raise Refus to who sees nothing of it."""
    face = Face(v, registre, procedure_de(code), role_de(acces), imprimer_ailleurs)
    acces.exiger(Action.AFFAIRES, "Cette page")
    face.exiger_vue()
    return face
