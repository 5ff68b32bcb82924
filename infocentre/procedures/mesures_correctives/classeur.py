"""The workbook of an organisme: one row per demande, what to do of it, an answer to choose; a plan.

It is the same wherever it is taken, of all that is told of an organisme or of a part of it. What
was told is read only by convention: each row has a reference, by which it is known again however
the rows were sorted. `reponses` reads it back.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from infocentre.affaires import Affaire, Constat
from infocentre.catalogue import Indicateur
from infocentre.demarches.cas import REFERENCE, Cas, Demande, par_demande, reference
from infocentre.lecture.affaires import affaires
from infocentre.lecture.commun import catalogue, noms_guichets
from infocentre.lecture.fiche import Fiche
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.remise import Ligne, a_faire, a_lister, prochain_arrete
from infocentre.lecture.remise import par_demande as lignes_de
from infocentre.noyau.temps import fin_de_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions.bureautique.paquet import figer

CAS, REPONSE = "Cas", "Réponse"
TITRES_CAS = (
    "Référence",
    "Guichet",
    "Numéro unique",
    "Ce qui est constaté",
    "Ce qu'il faut faire",
    "Avant le",
    "Votre réponse",
    "Corrigé le",
    "Commentaire",
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
# The answers to choose stand in cells: a list written in its rule is cut at each comma.
_COLONNE = 3
_LISTE = f"='{REFERENCE}'!$D$1:$D${len(CHOIX)}"
CELLULE_MAX = 32_000  # letters of a cell that Excel opens


# What a unit of a population is, as people count it; a demande else.
UNITES = {
    "acces": ("accès", "accès"),
    "attestations_dues": ("attestation due", "attestations dues"),
    "attributions": ("attribution", "attributions"),
    "creations": ("création", "créations"),
    "creations_15j": ("création", "créations"),
    "enregistrements": ("demande enregistrée", "demandes enregistrées"),
    "messages": ("message", "messages"),
    "preavis": ("préavis", "préavis"),
    "radiations": ("radiation", "radiations"),
    "radiations_jugees": ("radiation", "radiations"),
    "renouvellements": ("renouvellement", "renouvellements"),
}
DEMANDES = ("demande", "demandes")


def nom_d_une_unite(un: Cas) -> tuple[str, str]:
    """Return what a case is, as people count it, (one, several)."""
    return _nom(un.constat.code)


def _nom(code: str) -> tuple[str, str]:
    connu = catalogue().indicateurs.get(code)
    return UNITES.get(connu.population, DEMANDES) if connu else DEMANDES


def numero_dit(numero: str | None, unite: str, code: str) -> str:
    """Return what a row has for numéro unique: what is looked for where there is none, and why."""
    return numero or f"sans numéro : {_nom(code)[0]} {unite}"


@dataclass(frozen=True, slots=True)
class Rangee:
    """What a row tells of a demande."""

    reference: str
    guichet: str
    numero: str
    constat: str
    a_faire: str


@dataclass(frozen=True, slots=True)
class ARemplir:
    """What a workbook asks of an organisme, by when; of which month, affaires and constats.

    Without an affaire, what is answered goes to those that are open when it is read.
    """

    departement: str
    organisme: str
    mois: str
    avant: dt.date
    rangees: tuple[Rangee, ...]
    affaires: tuple[str, ...] = ()
    constats: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def des_affaires(unes: Sequence[Affaire], dits: Sequence[Constat], avant: dt.date) -> ARemplir:
    """Return what is asked in affaires of one organisme, by what was frozen."""
    return ARemplir(
        unes[0].departement,
        unes[0].objet,
        max(un.mois for un in dits),
        avant,
        tuple(_rangee(une) for une in sorted(par_demande(unes[0].objet, dits), key=_passee)),
        tuple(une.id for une in unes),
        tuple(dict.fromkeys(un.id for un in dits)),
    )


def _passee(une: Demande) -> bool:
    """Tell whether nothing of a demande is to be corrected: past facts come last."""
    connus = catalogue().indicateurs
    return not any(
        connus[un.constat.code].a_corriger for un in une.cas if un.constat.code in connus
    )


def numero_de(une: Demande) -> str:
    """Return what the row of a demande has for numéro unique."""
    un = une.cas[0]
    return numero_dit(un.numero, un.unite, un.constat.code)


def _rangee(une: Demande) -> Rangee:
    connus = catalogue().indicateurs
    siens = [connus[un.constat.code] for un in une.cas if un.constat.code in connus]
    return Rangee(
        une.reference,
        _joindre(_guichet(un.constat.nom, un.constat.guichet) for un in une.cas),
        numero_de(une),
        _joindre(
            f"{un.constat.libelle} : {un.explication}" if un.explication else un.constat.libelle
            for un in une.cas
        ),
        a_faire(siens),
    )


def de_la_fiche(v: Lecture, fiche: Fiche, code: str | None, le: dt.date, **notes: str) -> ARemplir:
    """Return what is asked of a guichet or organisme by a month, all its indicators or one.

    It is handed out on a day (`le`): what is asked is asked for later.
    """
    ici, mois = fiche.filtres.departement, fiche.filtres.mois
    noms = noms_guichets(v, ici, mois)
    organisme = fiche.cle if fiche.niveau == "organisme" else fiche.guichets[0]["organisme"]
    listes = sorted(a_lister(fiche, code), key=lambda un: not un.a_corriger)
    lignes = lignes_de(v, fiche, listes)
    return ARemplir(
        ici,
        organisme,
        mois,
        _avant(v, fiche, organisme, le),
        tuple(_de_la_ligne(une, organisme, noms) for une in lignes),
        notes=tuple(notes.items()),
    )


def _avant(v: Lecture, fiche: Fiche, organisme: str, le: dt.date) -> dt.date:
    """Return the day by which measures await an answer; without any, the next arrêté."""
    attendues = [
        e.due
        for une in affaires(v, fiche.filtres.departement)
        for e in une.echeances
        if une.objet == organisme and e.nature == "reponse" and e.due >= le
    ]
    return min(attendues, default=prochain_arrete(v, fiche, le))


def _de_la_ligne(une: Ligne, organisme: str, noms: dict[str, str]) -> Rangee:
    premier = une.cas[0][1]
    guichet = premier["guichet"]
    indicateurs: list[Indicateur] = [un for un, _ in une.cas]
    return Rangee(
        reference(organisme, une.cle),
        _guichet(noms.get(guichet, ""), guichet),
        numero_dit(premier["numero_unique"], premier["unite"], indicateurs[0].code),
        _joindre(f"{un.libelle} : {cas['constat']}" for un, cas in une.cas),
        a_faire(indicateurs),
    )


def _guichet(nom: str, code: str) -> str:
    return f"{nom} ({code})" if nom and nom != code else code


def _joindre(textes: Iterable[str]) -> str:
    return " ; ".join(dict.fromkeys(textes))


def en_octets(un: ARemplir) -> bytes:
    """Return a workbook; the same demandes and the same day give the same bytes."""
    tampon, arrete = io.BytesIO(), fin_de_mois(un.mois)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(tampon, options) as classeur:
        classeur.set_properties({"created": dt.datetime.combine(arrete, dt.time(), dt.UTC)})
        _feuille_reponse(classeur)
        _feuille_cas(classeur, un)
        _feuille_reference(classeur, un)
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
    feuille.data_validation(0, 1, 0, 1, {"validate": "list", "source": _LISTE})
    feuille.data_validation(1, 1, 1, 1, {"validate": "list", "source": list(CONTESTATIONS)})
    debut = len(QUESTIONS) + 1
    feuille.write_string(debut, 0, TITRE_PLAN, titre)
    feuille.write_row(debut + 1, 0, TITRES_PLAN, titre)
    for rang in range(debut + 2, debut + 2 + LIGNES_PLAN):
        for colonne in range(len(TITRES_PLAN)):
            style = date if TITRES_PLAN[colonne] == "Pour le" else saisie
            feuille.write_blank(rang, colonne, None, style)


def _feuille_cas(classeur: Any, un: ARemplir) -> None:  # noqa: ANN401
    titre, saisie, date = _formats(classeur)
    replie = classeur.add_format({"text_wrap": True, "valign": "top"})
    feuille = classeur.add_worksheet(CAS)
    feuille.write_row(0, 0, TITRES_CAS, titre)
    avant = ecrire_jour(un.avant)
    for rang, une in enumerate(un.rangees, start=1):
        textes = (une.reference, une.guichet, une.numero, une.constat, une.a_faire, avant)
        for colonne, texte in enumerate(textes):
            feuille.write_string(rang, colonne, texte[:CELLULE_MAX], replie)
        feuille.write_blank(rang, 6, None, saisie)
        feuille.write_blank(rang, 7, None, date)
        feuille.write_blank(rang, 8, None, saisie)
    dernier = max(len(un.rangees), 1)
    feuille.data_validation(1, 6, dernier, 6, {"validate": "list", "source": list(SORTS)})
    feuille.freeze_panes(1, 3)
    for colonne, largeur in enumerate((15, 26, 21, 56, 56, 12, 14, 13, 34)):
        feuille.set_column(colonne, colonne, largeur)
    feuille.autofilter(0, 0, dernier, len(TITRES_CAS) - 1)


def _feuille_reference(classeur: Any, un: ARemplir) -> None:  # noqa: ANN401
    feuille = classeur.add_worksheet(REFERENCE)
    feuille.set_column(0, 0, 24)
    feuille.set_column(1, 1, 70)
    dits = [
        ("departement", un.departement),
        ("organisme", un.organisme),
        ("mois", un.mois),
        *(("affaire", une) for une in un.affaires),
        *(("constat", une) for une in un.constats),
        *un.notes,
    ]
    for rang, dit in enumerate(dits):
        feuille.write_row(rang, 0, dit)
    feuille.write_column(0, _COLONNE, CHOIX)
    feuille.set_column(_COLONNE, _COLONNE, None, None, {"hidden": True})
