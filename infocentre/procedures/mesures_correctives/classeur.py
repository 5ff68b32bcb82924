"""The workbook that goes with a message: one row per case, an answer to choose, and the plan.

What was told is read only by convention: each row has a reference that its constat and case give,
by which it is known again however the rows were sorted. `reponses` reads it back.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from infocentre.affaires import Affaire, Constat
from infocentre.demarches.cas import REFERENCE, Cas, cas
from infocentre.restitutions.bureautique.paquet import figer

CAS, REPONSE = "Cas", "Réponse"
TITRES_CAS = (
    "Référence",
    "Guichet",
    "Indicateur",
    "Numéro unique",
    "Date",
    "Ce qui est constaté",
    "Votre réponse",
    "Corrigé le",
    "Précision",
)
SORTS = {"corrigé": "corrige", "justifié": "justifie", "contesté": "conteste"}
CHOIX = {
    "d'accord": "accord",
    "d'accord, besoin d'aide": "aide",
    "déjà engagé": "engage",
    "conteste": "conteste",
}
CONTESTATIONS = {
    "le chiffre": "chiffre",
    "l'imputation": "imputation",
    "le logiciel ou son éditeur": "logiciel",
    "la réglementation": "reglementation",
}
QUESTIONS = {
    "choix": "Votre réponse (liste)",
    "contestation": "Si vous contestez : quoi (liste)",
    "delai_demande": "Délai demandé jusqu'au (JJ/MM/AAAA)",
    "texte": "Vos observations",
}
TITRES_PLAN = ("Action", "Qui", "Pour le", "Indicateur", "Cible")
LIGNES_PLAN = 10
TITRE_PLAN = "Plan d'action"


def en_octets(affaire: Affaire, dits: Sequence[Constat], arrete: dt.date) -> bytes:
    """Return the workbook of an affaire; the same constats give the same bytes."""
    tampon = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(tampon, options) as classeur:
        classeur.set_properties({"created": dt.datetime.combine(arrete, dt.time(), dt.UTC)})
        _feuille_reponse(classeur)
        _feuille_cas(classeur, list(cas(dits)))
        _feuille_reference(classeur, affaire, dits)
    return figer(tampon.getvalue(), arrete)


def _formats(classeur: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 - XlsxWriter ships no types
    return (
        classeur.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True}),
        classeur.add_format({"bg_color": "#FFF9E0", "text_wrap": True, "valign": "top"}),
        classeur.add_format({"bg_color": "#FFF9E0", "num_format": "dd/mm/yyyy", "valign": "top"}),
    )


def _feuille_reponse(classeur: Any) -> None:  # noqa: ANN401
    titre, saisie, date = _formats(classeur)
    feuille = classeur.add_worksheet(REPONSE)
    feuille.set_column(0, 0, 38)
    feuille.set_column(1, 4, 24)
    for rang, (nom, question) in enumerate(QUESTIONS.items()):
        feuille.write_string(rang, 0, question, titre)
        feuille.write_blank(rang, 1, None, date if nom == "delai_demande" else saisie)
    rang_texte = list(QUESTIONS).index("texte")
    feuille.set_row(rang_texte, 90)
    feuille.data_validation(0, 1, 0, 1, {"validate": "list", "source": list(CHOIX)})
    feuille.data_validation(1, 1, 1, 1, {"validate": "list", "source": list(CONTESTATIONS)})
    debut = len(QUESTIONS) + 1
    feuille.write_string(debut, 0, TITRE_PLAN, titre)
    feuille.write_row(debut + 1, 0, TITRES_PLAN, titre)
    for rang in range(debut + 2, debut + 2 + LIGNES_PLAN):
        for colonne in range(len(TITRES_PLAN)):
            style = date if TITRES_PLAN[colonne] == "Pour le" else saisie
            feuille.write_blank(rang, colonne, None, style)


def _feuille_cas(classeur: Any, lignes: Sequence[Cas]) -> None:  # noqa: ANN401
    titre, saisie, date = _formats(classeur)
    feuille = classeur.add_worksheet(CAS)
    feuille.write_row(0, 0, TITRES_CAS, titre)
    for rang, un in enumerate(lignes, start=1):
        jour = f"{dt.date.fromisoformat(un.jour):%d/%m/%Y}" if un.jour else ""
        textes = (un.reference, un.constat.guichet, un.constat.libelle, un.numero, jour)
        for colonne, texte in enumerate((*textes, un.explication)):
            feuille.write_string(rang, colonne, texte)
        feuille.write_blank(rang, 6, None, saisie)
        feuille.write_blank(rang, 7, None, date)
        feuille.write_blank(rang, 8, None, saisie)
    choix = {"validate": "list", "source": list(SORTS)}
    feuille.data_validation(1, 6, max(len(lignes), 1), 6, choix)
    feuille.freeze_panes(1, 1)
    for colonne, largeur in enumerate((15, 10, 34, 21, 12, 60, 14, 13, 34)):
        feuille.set_column(colonne, colonne, largeur)
    feuille.autofilter(0, 0, max(len(lignes), 1), len(TITRES_CAS) - 1)


def _feuille_reference(classeur: Any, affaire: Affaire, dits: Sequence[Constat]) -> None:  # noqa: ANN401
    feuille = classeur.add_worksheet(REFERENCE)
    feuille.set_column(0, 0, 24)
    feuille.set_column(1, 1, 70)
    feuille.write_row(0, 0, ("affaire", affaire.id))
    feuille.write_row(1, 0, ("organisme", affaire.objet))
    feuille.write_row(2, 0, ("mois", dits[0].mois))
    for rang, un in enumerate(dits, start=3):
        feuille.write_row(rang, 0, ("constat", un.id))
