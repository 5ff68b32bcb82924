"""A proposal that a person finishes in an editor: what is certain, a « ? » for each question.

A « ? » is nowhere accepted: the draft is no correspondance until each has its answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from infocentre.correspondances.ecrits import A_CHOISIR, AUCUNE, contenu
from infocentre.noyau.francais import citer, nombre
from infocentre.reconnaissance.apercu import apercu
from infocentre.reconnaissance.proposition import (
    Choix,
    ColonneProposee,
    FichierPropose,
    Proposition,
    Question,
)

DES_FICHIERS = {"parts", "fichier"}  # what is asked of files before their columns
MONTREES = 4  # candidates that are named


def brouillon(
    proposition: Proposition, source: str, libelle: str, auteur: str, le: dt.date, choix: Choix
) -> str:
    """Return a proposal as YAML: what is decided, a « ? » for the rest, and what may answer it."""
    doutes = [une for une in proposition.questions(choix) if une.sujet in DES_FICHIERS]
    lue = proposition.avec(_supposee(proposition, doutes))
    autres = [une for une in lue.questions(choix) if une.sujet not in DES_FICHIERS]
    decide = choix.avec(_sans_reponse((*doutes, *autres))).avec(_supposee(proposition, doutes))
    ecrite = contenu(lue.ebauche(source, libelle, auteur, le, decide))
    for question in autres:
        _interroger(ecrite, lue, question)
    for question in doutes:
        _interroger(ecrite, proposition, question)
    texte = yaml.safe_dump(ecrite, allow_unicode=True, sort_keys=False, width=100)
    entete = [*_entete(lue, autres, proposition, doutes)]
    return "".join(f"# {ligne}\n" for ligne in entete) + texte


def _supposee(proposition: Proposition, doutes: Sequence[Question]) -> Choix:
    """Return the likeliest table of each file that may be of several: its columns are proposed."""
    par_cle = {un.cle: un for un in proposition.fichiers}
    tables = {une.fichier: par_cle[une.fichier].tables for une in doutes if une.sujet == "fichier"}
    return Choix({cle: siennes[0] for cle, siennes in tables.items() if siennes})


def _sans_reponse(questions: Sequence[Question]) -> Choix:
    """Return what leaves every question aside."""
    return Choix(
        {une.fichier: None for une in questions if une.sujet == "fichier"},
        {(une.fichier, une.colonne): None for une in questions if une.sujet == "colonne"},
        {(une.fichier, une.colonne): {} for une in questions if une.sujet == "valeurs"},
    )


def _interroger(ecrite: dict[str, Any], proposition: Proposition, question: Question) -> None:
    """Put a « ? » where a question is."""
    propose = next(un for un in proposition.fichiers if un.cle == question.fichier)
    fichier = next(
        (un for un in ecrite["fichiers"] if un.get("exemple") == propose.profil.nom), None
    )
    if fichier is None:
        return
    if question.sujet == "parts":
        return  # both have that table: this is refused
    if question.sujet == "fichier":
        fichier["table"] = A_CHOISIR
    elif question.sujet == "valeurs":
        lecture = fichier["colonnes"].get(question.colonne)
        if lecture is not None:
            une: dict[str, Any] = {"vers": lecture} if isinstance(lecture, str) else lecture
            demandees = {un.texte: A_CHOISIR for un in _colonne(propose, question).demandees}
            fichier["colonnes"][question.colonne] = {
                **une,
                "valeurs": {**demandees, **une.get("valeurs", {})},
            }
    else:
        for nom in _concernees(propose, question):
            fichier["colonnes"][nom] = _a_choisir(propose, nom)
            fichier.get("laissees", {}).pop(nom, None)


def _a_choisir(propose: FichierPropose, nom: str) -> str | dict[str, Any]:
    """Return a « ? » with what the values would become: who confirms the column confirms them."""
    traduites = next(une.traduites for une in propose.colonnes if une.nom == nom)
    lues: dict[str, Any] = {"vers": A_CHOISIR}
    if traduites.reference:
        lues["reference"] = traduites.reference
    if traduites.valeurs:
        lues["valeurs"] = dict(traduites.valeurs)
    return lues if len(lues) > 1 else A_CHOISIR


def _concernees(propose: FichierPropose, question: Question) -> tuple[str, ...]:
    if question.sujet == "colonne":
        return (question.colonne,)
    return next((un.possibles for un in propose.manquent if un.colonne == question.colonne), ())


def _colonne(propose: FichierPropose, question: Question) -> ColonneProposee:
    return next(une for une in propose.colonnes if une.nom == question.colonne)


def _entete(
    lue: Proposition,
    questions: Sequence[Question],
    proposition: Proposition,
    doutes: Sequence[Question],
) -> Iterator[str]:
    nombre_dit = len(questions) + len(doutes)
    yield f"Questions : {nombre_dit}. Remplacer chaque « {A_CHOISIR} », ou ôter sa ligne pour ne"
    yield f"pas lire la colonne (« table: {AUCUNE} » pour ne pas lire le fichier) ; puis :"
    yield "infocentre correspondance adopter FICHIER"
    propres = {une.cle: une for une in proposition.fichiers}
    supposes = {une.cle: une for une in lue.fichiers}
    toutes = [*((propres, une) for une in doutes), *((supposes, une) for une in questions)]
    for rang, (par_cle, question) in enumerate(toutes, 1):
        yield f"{rang}. {question.texte}"
        yield from (f"   {ligne}" for ligne in dire(par_cle[question.fichier], question))


def sans_code(colonne: ColonneProposee) -> str:
    """Return the values of which nobody knows the code, the most frequent first."""
    dites = [f"« {un.texte} » ({un.fois})" for un in colonne.demandees]
    return citer(dites, MONTREES, "autre")


def dire(propose: FichierPropose, question: Question) -> Iterator[str]:
    """Yield what a question may be answered with: candidates, and masked values."""
    if question.sujet == "parts":
        return
    if question.sujet == "fichier":
        yield f"tables possibles : {', '.join((*propose.tables, AUCUNE))}"
        return
    if question.sujet == "manque":
        possibles = _concernees(propose, question)
        yield f"colonnes qui conviendraient : {', '.join(possibles) or 'aucune'}"
        return
    colonne = _colonne(propose, question)
    if question.sujet == "valeurs":
        yield sans_code(colonne)
        return
    candidats = ", ".join(
        f"{un.colonne} ({nombre(un.confiance, 2)})" for un in colonne.candidats[:MONTREES]
    )
    yield f"candidates : {candidats or 'aucune'}"
    yield from apercu(propose.profil, colonne.rang, colonne.vers)
