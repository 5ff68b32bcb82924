"""A procedure as someone sees it and acts on it: what its page, its command and its files show.

Whatever the procedure, the rights, the forms, the workbook and the papers are here, once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infocentre.acces.modele import Acces, Action
from infocentre.acces.modele import Role as RoleDeCompte
from infocentre.affaires import Affaire, Affaires, Evenement, Procedure, procedures
from infocentre.affaires.formulaire import ecrire, lire, lire_date, par_cas
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.affaires.modele import ENVOIS, Donnee, Role, Transition, Visibilite
from infocentre.demarches import a_remplir, papiers
from infocentre.demarches.message import Message, Piece, lien
from infocentre.demarches.regles import Attente, Regles, Releve, regles_de
from infocentre.exports import Donnees
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer, slug
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES

# Who a role of an account is for a procedure; without a role, whoever started the program.
_ROLES: Mapping[RoleDeCompte | None, Role] = {
    None: "gestionnaire",
    RoleDeCompte.GESTIONNAIRE: "gestionnaire",
    RoleDeCompte.GUICHET: "guichet",
    RoleDeCompte.PREFET: "prefet",
    RoleDeCompte.PARTENAIRE: "partenaire",
}
TUS = frozenset({"corps", "empreinte", "constats", "fichiers", "message_id"})  # read elsewhere
CODES = frozenset({"guichet", "organisme"})  # objects that a code names
COLONNES = ("affaire", "objet", "etat", "depuis", "suite", "echeance", "due")
TITRES = {
    "affaire": "affaire",
    "code": "code",
    "objet": "de quoi",
    "etat": "état",
    "depuis": "depuis le",
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
    """A procedure, before someone of a role; what they may not see is not there."""

    v: Lecture
    registre: Affaires
    procedure: Procedure
    role: Role = "gestionnaire"

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
        toutes = self._toutes(departement, finies=finies)
        return sorted((une for une in toutes if self.voit(une)), key=par_echeance)

    def _toutes(self, departement: str, *, finies: bool) -> list[Affaire]:
        return self.registre.lister(departement, procedure=self.procedure.code, finies=finies)

    def compter(self, departement: str) -> dict[str, int]:
        """Return {state: how many affaires of it}, for who is told no more; none is of theirs."""
        self.exiger_vue()
        if not self.v.p.voit(departement):
            return {}
        return dict(Counter(une.etat for une in self._toutes(departement, finies=True)))

    def lire(self, id_: str) -> Affaire:
        """Return an affaire; raise Refus when there is none of this name that they see."""
        self.exiger_vue()
        une = self.registre.lire(id_)
        if une.procedure.code != self.procedure.code or not self.voit(une):
            raise Refus(
                f"l'affaire « {id_[:24]} » n'existe pas parmi « {self.procedure.titre} »",
                que_faire=f"Les affaires : infocentre affaires {self.procedure.code} lister",
            )
        return une

    def nom(self, une: Affaire) -> str:
        """Return how people read the object of an affaire."""
        return self.regles.nom(self.v, une)

    def a_ouvrir(self, departement: str) -> list[Attente]:
        """Return what data give reason to open, to who conducts it."""
        if not self.conduit or self.comptes_seuls:
            return []
        return self.regles.a_ouvrir(self.v, self.registre, departement)

    def chronologie(self, une: Affaire) -> list[tuple[dt.date, str, str, str]]:
        """Return (day, what happened, what it says, by whom) of the events they see, last first."""
        return [
            (un.jour, une.mots(un).arrive, self.contenu(une, un), un.auteur)
            for un in reversed(self._vus(une))
        ]

    def _vus(self, une: Affaire) -> list[Evenement]:
        regle = une.situation.procedure.regle
        return [
            un
            for un in une.situation.evenements
            if self.lecteur is None or self.lecteur in regle(un.nom).visible
        ]

    def contenu(self, une: Affaire, un: Evenement) -> str:
        """Return what an event carries that a person reads."""
        dits = []
        for nom, donnee in _regle(une, un.nom).donnees.items():
            valeur = un.dit(nom)
            if valeur is not None and nom not in TUS and not donnee.calculee:
                dits.append(_dire(donnee, valeur))
        return " ; ".join(filter(None, dits))

    def exporter(self, departement: str, *, finies: bool = True) -> Donnees:
        """Return the affaires as rows to be taken away."""
        code = ("code",) if self.procedure.objet_type in CODES else ()
        lignes = [
            (
                une.id,
                *(une.objet for _ in code),
                self.nom(une),
                une.titre_etat,
                *self.regles.compter(une),
                une.situation.evenements[-1].jour,
                self.suite_dite(une),
                une.echeance.titre if une.echeance else "",
                une.echeance.due if une.echeance else None,
            )
            for une in self.lister(departement, finies=finies)
        ]
        nombres = self.regles.nombres
        colonnes = (*COLONNES[:1], *code, *COLONNES[1:3], *nombres, *COLONNES[3:])
        return Donnees(self.procedure.titre, colonnes, lignes, titres=TITRES | dict(nombres))

    def suite_dite(self, une: Affaire) -> str:
        """Return what comes next in words: what one waits for until it is late, then the action."""
        if une.situation.finie:
            return ""
        tard = any(e.due < self.registre.aujourdhui for e in une.echeances if not e.alerte)
        if une.attend and (une.suite is None or not tard):
            return f"on attend {une.attend}"
        return une.situation.procedure.evenements[une.suite].titre if une.suite else ""

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
        ]
        ordre = [une.suite, *une.procedure.evenements]
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
        a_part = {classeur.donnee} if classeur and classeur.evenement == nom else set[str]()
        return {cle: un for cle, un in dites.items() if not un.calculee and cle not in a_part | TUS}

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
                f"il manque de quoi ouvrir une affaire ({self.procedure.objet})",
                que_faire="Le dire, puis recommencer.",
            )
        lus = lire(self.procedure.evenements[self.ouverture], dits)
        une = self.regles.ouvrir(self.v, self.registre, departement, objet, lus)
        return self.registre.ouvrir(
            self.procedure,
            departement,
            une.objet,
            une.sujet,
            lus | dict(une.donnees),
            constats_=une.constats,
            contenu=une.contenu,
            seule=True,
        )

    def agir(
        self, une: Affaire, nom: str, dits: Mapping[str, str], *, vus: int | None = None
    ) -> Affaire:
        """Do an event from texts; « jour » is when it happened, today without one.

        Raises:
            Refus: the state, a guard or the role is against it, or a text is not what is expected.
        """
        if nom not in self.possibles(une):
            une.situation.procedure.arrivee(une.etat, nom)  # says what is possible
            raise Refus(
                f"« {une.situation.procedure.regle(nom).titre} » ne se fait pas à la main",
                f"affaire {une.id}",
            )
        rangees, reste = par_cas(self.procedure, dits)
        regle = _regle(une, nom)
        jour = _jour(reste.pop("jour", ""))
        donnees = lire(regle, reste)
        classeur = self.procedure.classeur
        if rangees and classeur and classeur.evenement == nom:
            lues = a_remplir.lire_saisie(self.registre, une, rangees)
            neuves = self.regles.neuves(une, lues)
            if not neuves:
                raise Refus("aucune réponse n'est nouvelle", que_faire="En remplir une au moins.")
            donnees[classeur.donnee] = [dict(un) for un in neuves]
            if "canal" in regle.donnees:
                donnees.setdefault("canal", "application")
        return self.registre.agir(une.id, nom, donnees, jour=jour, vus=vus)

    def recevoir(self, chemin: Path, canal: str = "courriel") -> tuple[Affaire, a_remplir.Lu]:
        """Read a returned workbook and keep its answers; what is refused of it is in what is read.

        Raises:
            Refus: it is no workbook of an affaire that they see, or none of it is an answer.
        """
        lu = a_remplir.lire(self.registre, self.procedure, chemin)
        self.lire(lu.affaire)
        return a_remplir.enregistrer(self.registre, self.procedure, lu, canal), lu

    # --- Papers, workbook, messages ---------------------------------------------------------------

    def documents(self, une: Affaire) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return {name: (title, forms)} of the papers of an affaire that they may take."""
        return {
            nom: (un.titre, un.formes)
            for nom, un in papiers.documents(une).items()
            if self.lecteur is None or self.lecteur in un.visible
        }

    def document(self, une: Affaire, nom: str) -> Document:
        """Return a paper of an affaire; raise Refus when it is not theirs to take."""
        if nom not in self.documents(une):
            connus = ", ".join(self.documents(une))
            raise Refus(
                f"« {nom[:40]} » n'est pas un document de cette affaire dans son état",
                f"affaire {une.id}",
                f"Documents : {connus}." if connus else "Elle n'en a aucun.",
            )
        return papiers.ecrire_document(self.v, self.registre, self.regles, une, nom)

    def imprimer(self, une: Affaire, nom: str, forme: str) -> bytes:
        """Return a paper of an affaire in a form; raise Refus for one that it has not."""
        formes = self.documents(une).get(nom, ("", ()))[1]
        document = self.document(une, nom)
        if forme not in formes:
            raise Refus(f"« {forme} » n'est pas une forme de ce document", "", enumerer(formes))
        papiers.exiger_ses_pages(une, nom, document)
        return FORMES[forme](document)

    def classeur(self, une: Affaire) -> bytes:
        """Return the workbook to fill in; raise Refus when the procedure has none."""
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
        regles = self.procedure.evenements
        partent = [nom for nom in self.possibles(une) if nom in regles and regles[nom].message]
        return partent[0] if partent else None

    def message(self, une: Affaire, evenement: str, a: Iterable[str] = ()) -> Message:
        """Return the mail by which an event leaves: its words, the workbook, the list on paper.

        Who has an account answers in the application: no list leaves by mail then.

        Raises:
            Refus: no address is known, the event does not leave by mail.
        """
        vers = tuple(a) or self.regles.adresses(self.v, une)
        if not vers:
            raise Refus(
                "aucune adresse électronique n'est connue",
                f"affaire {une.id}",
                "En donner une avec --destinataire, ou remettre autrement, puis dire par où.",
            )
        objet, corps = papiers.message(self.v, self.registre, self.regles, une, evenement)
        return Message(une.id, evenement, vers, objet, corps, self.pieces(une, evenement))

    def pieces(self, une: Affaire, evenement: str) -> tuple[Piece, ...]:
        """Return the files that leave with an event: none to who reads them in the application."""
        dits = self.registre.constats(une.constats)
        if dits and lien(self.v, une, dits, chemin(self.procedure.code)):
            return ()
        return self.fichiers(une, evenement)

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
        self, une: Affaire, evenement: str, canal: str, joints: Sequence[Piece] = ()
    ) -> Affaire:
        """Record that the files of an event left by a person."""
        connues = une.situation.procedure.evenements[evenement].donnees
        fichiers = [{"nom": un.nom, "sha256": un.empreinte} for un in joints]
        donnees = {"canal": canal, "fichiers": fichiers}
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
    """Return the path of a procedure's page."""
    return f"/affaires/{code}"


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
    return un.model_copy(update={"calculee": du_jour.calculee, "choix": choix})


def _dire(donnee: Donnee, valeur: Any) -> str:  # noqa: ANN401 - as the type says
    if donnee.type == "lignes":
        return f"{donnee.titre.lower()} : {accorder(len(valeur), 'ligne')}"
    dit = ecrire(donnee, valeur)
    return dit if donnee.type in {"choix", "texte", "texte_long"} else f"{donnee.titre} : {dit}"


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


def voir(acces: Acces, v: Lecture, registre: Affaires, code: str) -> Face:
    """Return a procedure before an account; raise Refus to who sees nothing of it."""
    face = Face(v, registre, procedure_de(code), role_de(acces))
    acces.exiger(Action.AFFAIRES, "Cette page")
    face.exiger_vue()
    return face
