"""What an event carries, checked against what its procedure declares of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast

from infocentre.affaires.modele import Donnee, Transition, TypeDonnee
from infocentre.livraisons.intrus import intrus_dans
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer
from infocentre.noyau.temps import jour
from infocentre.noyau.texte import est_un_texte

TEXTE_MAX = 100_000


class Fichier(TypedDict, total=False):
    """A file that was sent or received."""

    nom: str
    sha256: str


class CasRepondu(TypedDict, total=False):
    """What an organisme answers of a case of a constat."""

    constat: str
    unite: str
    sort: str
    le: str
    texte: str


class Action(TypedDict, total=False):
    """An action of a plan."""

    action: str
    qui: str
    pour_le: str
    indicateur: str
    cible: str


class CasParSort(TypedDict, total=False):
    """What a delivery shows of a constat: its counts of the month, its cases by their sort."""

    guichet: str
    code: str
    constat: str
    numerateur: int
    denominateur: int
    etat: str
    jugees: int
    en_anomalie: int
    depuis: str
    depasse: bool
    corrigee: int
    sortie: int
    encore: int
    nouvelle: int
    passee: int
    dementies: int


class Acces(TypedDict, total=False):
    """An access of a frozen list."""

    reference: str
    profil: str


class ReponseAcces(TypedDict, total=False):
    """What a guichet answers of an access."""

    reference: str
    reponse: str
    precision: str


class Vu(TypedDict, total=False):
    """What a delivery shows of a demande (`membre`), of a field of one or of an access."""

    membre: str
    champ: str
    reference: str
    sort: str


class ValeurReprise(TypedDict, total=False):
    """A field whose value comes from a demande that goes."""

    champ: str
    de: str


class ChampACorriger(TypedDict, total=False):
    """A field to correct, and the HMAC of what is written before."""

    champ: str
    avant: str


class Donnees(TypedDict, total=False):
    """All that events carry, whatever their procedure: each has what its event declares."""

    actions: list[Action]
    arrive: bool
    avec: str
    canal: str
    cause_commune: str
    champs: list[ChampACorriger]
    changements: list[ReponseAcces]
    choix: str
    comite_du: str
    comptes: list[CasParSort]
    constats: list[str]
    contestation: str
    corps: str
    de: str
    delai_demande: str
    depasse: bool
    destinataire: str
    donnees_a_garder: str
    dossier: str
    empreinte: str
    fenetre_fin: str
    fichiers: list[Fichier]
    garder: str
    guichet: str
    issue: str
    jour_exact: str
    jugement: int
    jusqu_au: str
    le: str
    lignes: list[Acces]
    livraison: str
    membre: str
    membres: list[str]
    message_id: str
    mois: str
    motif: str
    mouvement: str
    nature: str
    objet: str
    origine: str
    piece: str
    plan_tenu: bool
    pour: str
    pourquoi: str
    raison: str
    raisons: list[str]
    regles: list[str]
    recue_le: str
    recue_par: str
    reponses: list[ReponseAcces]
    sorts: list[Vu]
    suite: str
    supprimer: list[str]
    sur: str
    texte: str
    unites: list[CasRepondu]
    valeurs: list[ValeurReprise]


def exiger(regle: Transition, donnees: Mapping[str, Any], le: dt.date) -> None:
    """Raise Refus that names each fault of what a person says on a day, before it is used."""
    demandees = {nom: un for nom, un in regle.donnees.items() if not un.calculee}
    _exiger(regle, _fautes(demandees, donnees, le))


def verifier(regle: Transition, donnees: Mapping[str, Any], le: dt.date) -> Donnees:
    """Return what an event of a day carries, without what is empty.

    Raises:
        Refus: it names each fault.
    """
    dites = {nom: un for nom, un in donnees.items() if un not in (None, "", [])}
    fautes = [f"« {nom} » n'est pas attendu" for nom in dites if nom not in regle.donnees]
    exigees = any(un.requis for un in regle.donnees.values())  # said below, each by its name
    if regle.dit_seulement and not dites and not exigees:
        titres = [f"« {un.titre} »" for un in regle.donnees.values()]
        fautes.append(f"il manque {enumerer(titres, 'ou')}")
    _exiger(regle, [*fautes, *_fautes(regle.donnees, dites, le)])
    return cast("Donnees", dites)  # as they were just checked


def _exiger(regle: Transition, fautes: list[str]) -> None:
    if fautes:
        raise Refus(" ; ".join(fautes), regle.titre, "Compléter ou corriger, puis recommencer.")


def _fautes(attendues: Mapping[str, Donnee], dites: Mapping[str, Any], le: dt.date) -> list[str]:
    """Say what is missing of what is expected, and what is not as it is expected."""
    fautes = []
    for nom, attendue in attendues.items():
        if nom not in dites:
            if attendue.requis:
                fautes.append(f"il manque « {attendue.titre} »")
        elif faute := _faute(attendue, dites[nom], le):
            fautes.append(f"« {attendue.titre} » : {faute}")
    return fautes


def _faute(attendue: Donnee, valeur: Any, le: dt.date) -> str:  # noqa: ANN401 - what one gives
    convient, dit = _TYPES[attendue.type]
    if not convient(valeur):
        return f"{dit} est attendue" if dit.startswith("une ") else f"{dit} est attendu"
    if attendue.type == "choix" and valeur not in attendue.choix:
        return f"« {valeur} » n'est pas l'un de {', '.join(attendue.choix)}"
    if attendue.type == "lignes":
        dites = (_faute_de_ligne(attendue, *une, le) for une in enumerate(valeur, start=1))
        return next(filter(None, dites), "")
    if isinstance(valeur, str) and len(valeur) > TEXTE_MAX:
        return f"{TEXTE_MAX} lettres au plus"
    if attendue.sans_personne and (vu := intrus_dans(valeur)):
        return f"il y a {vu}, or ce texte ne désigne personne : l'enlever"
    return _faute_de_jour(attendue, valeur, le)


def _faute_de_jour(attendue: Donnee, valeur: str, le: dt.date) -> str:
    """Say why a date is not one that an event of a day may carry, '' when it is."""
    if attendue.jour is None:
        return ""
    dit = dt.date.fromisoformat(valeur)
    if attendue.jour == "passe":
        return f"le {jour(dit)} n'est pas encore passé" if dit > le else ""
    return f"le {jour(dit)} est passé" if dit < le else ""


def _faute_de_ligne(attendue: Donnee, numero: int, ligne: Any, le: dt.date) -> str:  # noqa: ANN401
    """Say what is wrong of a row: it has the columns that are declared, those required filled."""
    if not isinstance(ligne, Mapping):
        return f"ligne {numero}, une colonne par donnée est attendue"
    if inconnues := [str(nom)[:30] for nom in ligne if nom not in attendue.colonnes]:
        return f"ligne {numero}, « {inconnues[0]} » n'est pas attendu"
    for nom, colonne in attendue.colonnes.items():
        vide = ligne.get(nom) in (None, "")
        if vide and colonne.requis:
            return f"ligne {numero}, il manque « {colonne.titre} »"
        if not vide and (faute := _faute(colonne, ligne[nom], le)):
            return f"ligne {numero}, « {colonne.titre} » : {faute}"
    return ""


def _date(valeur: object) -> bool:
    try:
        return isinstance(valeur, str) and bool(dt.date.fromisoformat(valeur))
    except ValueError:
        return False


def _comme(motif: str) -> Callable[[object], bool]:
    """Return what tells a text of this shape."""
    forme = re.compile(motif)
    return lambda valeur: est_un_texte(valeur) and bool(forme.fullmatch(str(valeur)))


_heure = _comme(r"([01]\d|2[0-3]):[0-5]\d")
_code = _comme(r"[0-9A-Z]{1,20}")
_courriel = _comme(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_affaire = _comme(r"[0-9]{2}[0-9AB]-\d{4}-\d{5}")
_sha256 = _comme(r"[0-9a-f]{64}")


def _liste(valeur: object) -> bool:
    if not isinstance(valeur, list):
        return False
    try:
        return est_un_texte(json.dumps(valeur, ensure_ascii=False))
    except (TypeError, ValueError):
        return False


_TYPES: dict[TypeDonnee, tuple[Callable[[object], bool], str]] = {
    "texte": (est_un_texte, "un texte"),
    "texte_long": (est_un_texte, "un texte"),
    "guichet": (_code, "un code de guichet"),
    "organisme": (_code, "un code d'organisme"),
    "courriel": (_courriel, "une adresse électronique"),
    "adresse": (est_un_texte, "une adresse"),
    "affaire": (_affaire, "le numéro d'une affaire"),
    "fichier": (_sha256, "le sha256 d'un fichier"),
    "date": (_date, "un jour AAAA-MM-JJ"),
    "heure": (_heure, "une heure HH:MM"),
    "entier": (lambda un: isinstance(un, int) and not isinstance(un, bool), "un nombre entier"),
    "oui_non": (lambda un: isinstance(un, bool), "oui ou non"),
    "choix": (est_un_texte, "un choix"),
    "liste": (_liste, "une liste"),
    "lignes": (_liste, "une liste"),
}
