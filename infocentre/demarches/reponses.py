"""Answers: a returned workbook, the mail that carries it, or a page, read row by row alike.

Nothing of it is believed: it is opened in a process with limits, each row must be one that was
sent, with an answer that exists. What is refused is said with its line and why; the rest counts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from infocentre.affaires import Affaire, Affaires, Constat
from infocentre.affaires.donnees import Action, CasRepondu, Donnees
from infocentre.demarches import courriel
from infocentre.demarches.classeur import (
    CAS,
    CHOIX,
    CONTESTATIONS,
    QUESTIONS,
    REFERENCE,
    REPONSE,
    SORTS,
    TITRE_PLAN,
    TITRES_CAS,
    TITRES_PLAN,
    Cas,
    cas,
)
from infocentre.livraisons.classeurs import lire_feuilles
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import raison
from infocentre.noyau.francais import compter, simplifier
from infocentre.noyau.temps import jour as ecrire_jour

OCTETS_MAX = 30 << 20
TEXTE_MAX = 20_000
_FRANCAISE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


Lignes = list[list[str]]


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a file answers to an affaire, and its lines that cannot be taken, each with why."""

    affaire: str
    nom: str
    empreinte: str
    choix: str
    contestation: str = ""
    delai_demande: str = ""
    texte: str = ""
    unites: tuple[CasRepondu, ...] = ()
    actions: tuple[Action, ...] = ()
    refusees: tuple[str, ...] = field(default=())

    @property
    def donnees(self) -> Donnees:
        """Return what the event keeps of it."""
        return {
            "choix": self.choix,
            "contestation": self.contestation,
            "delai_demande": self.delai_demande,
            "texte": self.texte,
            "unites": list(self.unites),
            "fichiers": [{"nom": self.nom, "sha256": self.empreinte}] if self.nom else [],
        }


def lire(registre: Affaires, chemin: Path, jour: dt.date) -> Reponse:
    """Read a returned .xlsx, or an .eml that carries it; nothing is written.

    Raises:
        Refus: it is no such file, it answers to another affaire or to what was replaced since, or
            nothing in it is an answer.
    """
    octets = lire_octets(chemin)
    courrier, classeur, nom = ouvrir_rendu(chemin.name, octets)
    reponse, plan, lignes, references = _feuilles(classeur, nom)
    affaire = _affaire(registre, references, nom)
    envoi = _Rendu(reponse, plan, lignes, CLASSEUR)
    lue = _composer(affaire, registre.constats(affaire.constats), envoi, jour, courrier)
    if not lue.choix:
        raise Refus(
            "ce classeur ne contient aucune réponse" + _dire_refusees(lue.refusees),
            nom,
            "Choisir une réponse dans la feuille « Réponse », ou pour un cas au moins.",
        )
    return replace(lue, nom=nom, empreinte=hashlib.sha256(octets).hexdigest())


@dataclass(frozen=True, slots=True)
class Saisie:
    """What a page has written of an answer: the questions, the cases by reference, the plan.

    `cas` are {reference: (answer, corrected on, why)}, `plan` an action a line, « action ; qui ;
    JJ/MM/AAAA ».
    """

    questions: Mapping[str, str]
    cas: Mapping[str, tuple[str, str, str]]
    plan: str = ""


def lire_saisie(
    affaire: Affaire, dits: Sequence[Constat], saisie: Saisie, jour: dt.date
) -> Reponse:
    """Read what a page has written, as a workbook is; `dits` are the constats that it may answer.

    Raises:
        Refus: a line of it cannot be taken, or nothing is an answer; nothing is kept then.
    """
    numeros = {un.reference: un.numero for un in cas(dits)}
    lignes = [
        list(TITRES_CAS),
        *(
            [reference, "", "", numeros.get(reference, ""), "", "", *rendu]
            for reference, rendu in saisie.cas.items()
        ),
    ]
    questions = [[QUESTIONS[nom], dit] for nom, dit in saisie.questions.items() if nom in QUESTIONS]
    plan = [list(TITRES_PLAN)] + [
        [un.strip() for un in ligne.split(";")] for ligne in saisie.plan.split("\n")
    ]
    lue = _composer(affaire, dits, _Rendu(questions, plan, lignes, PAGE), jour)
    if lue.refusees:
        raise Refus(lue.refusees[0], que_faire="Rien n'a été gardé : corriger, puis envoyer.")
    if not lue.choix:
        raise Refus(
            "il manque la réponse",
            que_faire="Choisir une réponse, ou dire pour un cas au moins ce qu'il en est.",
        )
    return lue


class _Rendu(NamedTuple):
    """What is read of an answer: its questions, plan and cases; how the place of each is said."""

    questions: Lignes
    plan: Lignes
    cas: Lignes
    ou: tuple[str, str, str]


CLASSEUR = ("feuille « Réponse »", "feuille « Cas », ligne {0}", "plan d'action, ligne {}")
PAGE = ("réponse", "cas {1}", "plan d'action, ligne {}")


def _composer(
    affaire: Affaire, dits: Sequence[Constat], rendu: _Rendu, jour: dt.date, courrier: str = ""
) -> Reponse:
    attendus = {un.reference: un for un in cas(dits)}
    refusees: list[str] = []
    questions = _questions(rendu.questions, refusees, rendu.ou[0])
    unites = _unites(rendu.cas, attendus, jour, refusees, rendu.ou[1])
    actions = _actions(rendu.plan, refusees, rendu.ou[2])
    texte = questions["texte"] or courrier
    return Reponse(
        affaire.id,
        "",
        "",
        questions["choix"] or _choix_deduit(unites, actions),
        questions["contestation"],
        questions["delai_demande"],
        texte[:TEXTE_MAX],
        tuple(unites),
        tuple(actions),
        tuple(refusees),
    )


def enregistrer(
    registre: Affaires,
    reponse: Reponse,
    jour: dt.date | None = None,
    canal: str = "courriel",
    vus: int | None = None,
) -> Affaire:
    """Write what was read as events: the answer, then its plan when it has one.

    While observations are awaited, its words are those observations. `vus` is how many events
    the person had before them.

    Raises:
        Refus: the affaire does not await it, or this very file was read before.
    """
    affaire = registre.lire(reponse.affaire)
    for un in affaire.situation.tous("repondre"):
        if any(f["sha256"] == reponse.empreinte for f in un.donnees.get("fichiers") or []):
            raise Refus(
                f"ce fichier a déjà été lu le {ecrire_jour(un.saisi_le.date())}",
                reponse.nom,
                "Rien n'a été ajouté.",
            )
    suite = registre.agir(
        reponse.affaire, "repondre", {**reponse.donnees, "canal": canal}, jour=jour, vus=vus
    )
    if suite.etat == "observations" and reponse.texte:
        observations = {"texte": reponse.texte, "fichiers": reponse.donnees["fichiers"]}
        suite = registre.agir(reponse.affaire, "recevoir_observations", observations, jour=jour)
    if reponse.actions:
        plan = {"actions": list(reponse.actions)}
        suite = registre.agir(reponse.affaire, "recevoir_plan", plan, jour=jour)
    return suite


def _choix_deduit(unites: Sequence[CasRepondu], actions: Sequence[object]) -> str:
    """Return what an answer by rows alone says: contested rows contest, others engage."""
    if any(une["sort"] == "conteste" for une in unites):
        return "conteste"
    if any(une["sort"] == "corrige" for une in unites):
        return "engage"
    return "accord" if unites or actions else ""


def _dire_refusees(refusees: Sequence[str]) -> str:
    if not refusees:
        return ""
    return f" ({compter(len(refusees), 'ligne refusée', 'lignes refusées')} : {refusees[0]})"


# --- The file -------------------------------------------------------------------------------------


def lire_octets(chemin: Path) -> bytes:
    """Return what a returned file holds; raise Refus when it cannot be read or is too large."""
    try:
        with chemin.open("rb") as flux:
            octets = flux.read(OCTETS_MAX + 1)
    except OSError as erreur:
        raise Refus(
            f"ce fichier ne peut pas être lu : {raison(erreur)}",
            str(chemin),
            "Vérifier le chemin donné.",
        ) from erreur
    if len(octets) > OCTETS_MAX:
        raise Refus("ce fichier dépasse 30 Mo", chemin.name, "Demander le seul classeur rempli.")
    return octets


def ouvrir_rendu(nom: str, octets: bytes) -> tuple[str, bytes, str]:
    """Return (words of the mail, workbook, its name) of a workbook or of a mail that has one."""
    if not nom.lower().endswith(".eml"):
        return "", octets, nom
    recu = courriel.ouvrir(octets, nom)
    return recu.texte, recu.classeur, recu.nom


def _feuilles(octets: bytes, nom: str) -> tuple[Lignes, Lignes, Lignes, Lignes]:
    """Return the questions, the plan, the cases and the references of a workbook."""
    faux = Refus(
        "ce n'est pas le classeur d'une mesure corrective",
        nom,
        "Rendre le classeur .xlsx tel qu'il a été reçu, rempli.",
    )
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as fichier:
        fichier.write(octets)
        fichier.flush()
        reponse, lignes, references = lire_feuilles(
            Path(fichier.name), (REPONSE, CAS, REFERENCE), faux
        )
    if not references or not (reponse or lignes):
        raise faux
    debut = next((r for r, une in enumerate(reponse) if une and une[0] == TITRE_PLAN), None)
    if debut is None:
        return reponse, [], lignes, references
    return reponse[:debut], reponse[debut + 1 :], lignes, references


def _affaire(registre: Affaires, references: Lignes, nom: str) -> Affaire:
    """Return the affaire that a workbook answers to; refuse another month's or organisme's."""
    dites: dict[str, list[str]] = {}
    for ligne in references:
        if len(ligne) > 1 and ligne[0]:
            dites.setdefault(ligne[0], []).append(ligne[1].strip())
    affaire = registre.lire((dites.get("affaire") or [""])[0])
    if dites.get("organisme") != [affaire.objet]:
        raise Refus(
            f"ce classeur est celui d'un autre organisme que l'affaire {affaire.id}",
            nom,
            "Vérifier à qui il a été envoyé.",
        )
    constats = set(dites.get("constat", []))
    if constats != set(affaire.constats):
        mois = (dites.get("mois") or ["un autre mois"])[0]
        raise Refus(
            f"ce classeur ({mois}) ne porte pas les constats de l'affaire {affaire.id} : il est "
            "celui d'un autre mois, ou sa feuille « Référence » a été changée",
            nom,
            "Faire remplir le dernier classeur envoyé.",
        )
    return affaire


# --- Its rows -------------------------------------------------------------------------------------


def _questions(lignes: Lignes, refusees: list[str], ou: str) -> dict[str, str]:
    dites = {comparable(une[0]): une[1] if len(une) > 1 else "" for une in lignes if une}
    lues = {nom: dites.get(comparable(question), "").strip() for nom, question in QUESTIONS.items()}
    lues["choix"] = _choisir(CHOIX, lues["choix"], f"{ou}, votre réponse", refusees)
    lues["contestation"] = _choisir(
        CONTESTATIONS, lues["contestation"], f"{ou}, ce que vous contestez", refusees
    )
    delai = lues["delai_demande"]
    lues["delai_demande"] = _date(delai)
    if delai and not lues["delai_demande"]:
        refusees.append(f"{ou} : « {delai[:30]} » n'est pas une date JJ/MM/AAAA")
    return lues


def _choisir(choix: Mapping[str, str], dit: str, quoi: str, refusees: list[str]) -> str:
    connus = {comparable(nom): code for nom, code in choix.items()}
    if dit and comparable(dit) not in connus:
        refusees.append(f"{quoi} : « {dit[:30]} » n'est pas l'un de {', '.join(choix)}")
    return connus.get(comparable(dit), "")


def _unites(
    lignes: Lignes, attendus: Mapping[str, Cas], jour: dt.date, refusees: list[str], ou: str
) -> list[CasRepondu]:
    """Return the answers of the rows, in their order; what is refused is added to the list."""
    if not lignes:
        return []
    colonnes = {comparable(nom): rang for rang, nom in enumerate(lignes[0])}
    if manquent := [nom for nom in TITRES_CAS if comparable(nom) not in colonnes]:
        refusees.append(f"feuille « Cas » : il manque la colonne « {manquent[0]} »")
        return []
    unites: list[CasRepondu] = []
    vues: set[str] = set()
    for numero, ligne in enumerate(lignes[1:], start=2):
        dit = {nom: cellule(ligne, colonnes[comparable(nom)]) for nom in TITRES_CAS}
        if not any(dit[nom] for nom in TITRES_CAS[6:]):
            continue  # nothing is answered of it
        try:
            unites.append(_unite(dit, attendus, vues, jour))
        except ValueError as erreur:
            refusees.append(f"{ou.format(numero, dit['Référence'])} : {erreur}")
    return unites


def _unite(
    dit: Mapping[str, str], attendus: Mapping[str, Cas], vues: set[str], jour: dt.date
) -> CasRepondu:
    """Return the answer of a row; raise ValueError that says why there is none."""
    reference = dit["Référence"].upper()
    un = attendus.get(reference)
    if un is None:
        message = f"la référence « {reference[:20]} » n'est pas l'une de celles envoyées"
        raise ValueError(message)
    if reference in vues:
        message = f"la référence {reference} a déjà sa réponse plus haut"
        raise ValueError(message)
    if un.numero and dit["Numéro unique"] != un.numero:
        message = f"le numéro unique n'est pas celui de la référence {reference}"
        raise ValueError(message)
    unite: CasRepondu = {
        "constat": un.constat.id,
        "unite": un.unite,
        "sort": _sort(dit["Votre réponse"]),
        "le": _date(dit["Corrigé le"]),
        "texte": dit["Précision"][:1000],
    }
    if faute := _incomplete(unite, dit["Corrigé le"], jour):
        raise ValueError(faute)
    vues.add(reference)
    return unite


def _sort(dit: str) -> str:
    connus = {comparable(nom): code for nom, code in SORTS.items()}
    if comparable(dit) not in connus:
        message = f"« {dit[:30]} » n'est pas l'un de {', '.join(SORTS)}"
        raise ValueError(message)
    return connus[comparable(dit)]


def _incomplete(unite: CasRepondu, date: str, jour: dt.date) -> str:
    if date and not unite["le"]:
        return f"« {date[:30]} » n'est pas une date JJ/MM/AAAA"
    if unite["le"] > jour.isoformat():
        return f"le {ecrire_jour(unite['le'])} n'est pas encore passé"
    if unite["sort"] == "corrige" and not unite["le"]:
        return "la date de la correction manque"
    if unite["sort"] != "corrige" and not unite["texte"]:
        return "une précision est attendue : pourquoi ce cas est justifié ou contesté"
    return ""


def _actions(lignes: Lignes, refusees: list[str], place: str) -> list[Action]:
    actions: list[Action] = []
    for numero, ligne in enumerate(lignes, start=1):
        dite = tuple(cellule(ligne, rang)[:500] for rang in range(len(TITRES_PLAN)))
        if dite == TITRES_PLAN or not any(dite):
            continue
        ou = place.format(numero - 1)
        action, qui, pour_le, indicateur, cible = dite
        if not action:
            refusees.append(f"{ou} : l'action manque")
        elif pour_le and not _date(pour_le):
            refusees.append(f"{ou} : « {pour_le[:30]} » n'est pas une date JJ/MM/AAAA")
        else:
            actions.append(
                {
                    "action": action,
                    "qui": qui,
                    "pour_le": _date(pour_le),
                    "indicateur": indicateur,
                    "cible": cible,
                }
            )
    return actions


def cellule(ligne: Sequence[str], rang: int) -> str:
    """Return a cell of a row, '' past its end."""
    return ligne[rang].strip() if rang < len(ligne) else ""


def comparable(texte: str) -> str:
    """Return a title or a choice as it is compared: no accents, capitals, nor curly apostrophe."""
    return " ".join(simplifier(texte.replace("’", "'")).split())


def _date(texte: str) -> str:
    """Return a date in ISO, '' when the text is none: a cell of date, or JJ/MM/AAAA."""
    texte = texte.strip()
    try:
        if lue := _FRANCAISE.fullmatch(texte):
            return dt.date(int(lue[3]), int(lue[2]), int(lue[1])).isoformat()
        return dt.date.fromisoformat(texte[:10]).isoformat() if "-" in texte[:10] else ""
    except ValueError:
        return ""
