"""Objectifs d'attribution: those that are set, the form of one, who set which and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import dash
from dash import Input, Output, State, callback, html, no_update

from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import ariane, titre, typographie
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.saisie import Champ, formulaire, groupe
from dashboards.courant import aujourdhui, lecteur, lecture, perimetre, qui
from infocentre.contrat.dictionnaire import contrat
from infocentre.contrat.territoires import departements_des_epcis, nom_departement, territoires
from infocentre.lecture.commun import mois_controles, noms_des_organismes, registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.objectifs import REGLES
from infocentre.mesures.objectifs import (
    LIEUX,
    MESURES,
    Objectif,
    est_siren,
    fixer,
    historique,
    lire,
    lire_a_corriger,
    lire_saisie,
    retirer,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import clef_de_tri, exact, majuscule
from infocentre.noyau.temps import dater_heure
from infocentre.noyau.types_guichet import TypeGuichet

HISTORIQUE = 20
REGLE = (
    "Ce qui n'est pas fixé ici suit les Réglages, qui ont la part de la loi tant qu'ils ne sont "
    "pas changés : 25 % de ménages prioritaires, 25 % du premier quartile hors QPV, 50 % des trois "
    "autres en QPV. Le contingent du préfet est alors de 30 % au plus."
)


def objectifs(**_: str) -> html.Div:
    """Return what is set, the form of one, and who set which."""
    return html.Div(
        [
            ariane([("Réglages", "/reglages"), ("Objectifs d'attribution", None)]),
            titre("Objectifs d'attribution", "Par mesure, territoire ou organisme, et année"),
            html.P(typographie(REGLE)),
            html.Div(_connus(), id="objectifs-connus"),
            html.H2("Fixer un objectif", className="fr-h5"),
            formulaire("objectifs", [groupe("objectifs", _champs())], bouton="Enregistrer"),
            html.Div(id="objectifs-dit"),
        ]
    )


def _champs() -> list[Champ]:
    mesures = [(un, REGLES[un].titre) for un in MESURES]
    annee = aujourdhui().year
    annees = [(str(un), str(un)) for un in (annee, annee + 1, *range(annee - 1, annee - 6, -1))]
    offerts = {un: nom for un, nom in _lieux().items() if _est_sien(un)}
    lieux = [
        (":".join(lieu), f"{majuscule(LIEUX[lieu[0]])} : {nom}")
        for lieu, nom in (offerts | {un: un[1] for un in _disparus()}).items()
    ]
    partout = [("", "Partout")] if _est_sien(("", "")) else []
    return [
        Champ("mesure", "Mesure", "liste", options=mesures),
        Champ("annee", "Année", "liste", options=annees),
        Champ("pour", "Pour", "liste", options=[*partout, *lieux]),
        Champ(
            "valeur",
            "Objectif",
            aide="En %, ou en nombre pour le Logement d'abord ; vide : celui-ci est retiré.",
        ),
        Champ("source", "Source", aide="L'acte qui le fixe : « CIA du 12/03/2026 ».", large=True),
    ]


def _lieux() -> dict[tuple[str, str], str]:
    """Return all that an objective may be of, by its genre and code: its name."""
    v = lecture()
    siens = [un for un in v.version.departements if v.p.voit(un)] if v else []
    du = {code: un for code, un in territoires().items() if un.departement in siens}
    par_genre = {
        "departement": {un: nom_departement(un) for un in siens},
        "epci": {un.epci: un.epci_nom for un in du.values() if un.epci and un.actuelle},
        "bailleur": {
            code: nom
            for un in siens
            for code, nom in (_bailleurs(v, un) if v else {}).items()
            if est_siren(code)
        },
        "reservataire": contrat().codes["TYPE_RESERVATAIRE"],
        "commune": {code: un.nom for code, un in du.items() if un.actuelle or un.arrondissement},
    }
    return {
        (genre, code): nom
        for genre, noms in par_genre.items()
        for code, nom in sorted(noms.items(), key=lambda un: (clef_de_tri(un[1]), un[0]))
    }


def _disparus() -> list[tuple[str, str]]:
    """Return the places of what is set that are no more: an objective of one can be removed."""
    try:
        fixes = lire_a_corriger(lecteur().dossier.racine)
    except Refus:
        return []  # the page says why
    return [un.lieu for un in fixes if not un.existe]


def _bailleurs(v: Lecture, departement: str) -> dict[str, str]:
    """Return the organismes of a département that have a guichet of bailleur: their names."""
    mois = next(reversed(mois_controles(v, departement)), "")
    siens = {
        une["organisme"]
        for une in registre(v, departement, mois)
        if une["type_guichet"] == TypeGuichet.BAILLEUR
    }
    noms = noms_des_organismes(v, departement)
    return {code: nom for code, nom in noms.items() if code in siens}


def _connus() -> list[Any]:
    racine = lecteur().dossier.racine
    try:
        lus = lire(racine)
    except Refus as refus:
        return [html.P(courber(typographie(refus.phrase)), className="fr-error-text")]
    blocs: list[Any] = []
    if lus:
        noms = _lieux()
        lignes: list[list[Cellule]] = [
            [str(un.annee), REGLES[un.mesure].titre, _ou(un, noms), _valeur(un), un.source]
            for un in lus
        ]
        colonnes = ("Année", "Mesure", "Pour", "Objectif", "Source")
        blocs.append(liste(colonnes, lignes, "Objectifs fixés"))
    else:
        blocs.append(html.P("Aucun objectif local n'est fixé."))
    faits = historique(racine)[:HISTORIQUE]
    if faits:
        changes: list[list[Cellule]] = [
            [
                dater_heure(dt.datetime.fromisoformat(un.le)),
                un.par,
                un.objectif,
                "–" if un.avant is None else exact(un.avant),
                "retiré" if un.apres is None else exact(un.apres),
            ]
            for un in faits
        ]
        titres = ("Le", "Par", "Objectif", "Avant", "Après")
        blocs.append(html.H2("Qui a changé quoi", className="fr-h5"))
        blocs.append(liste(titres, changes, "Changements d'objectifs"))
    return blocs


def _ou(un: Objectif, noms: Mapping[tuple[str, str], str]) -> str:
    genre, code = un.lieu
    nom = noms.get(un.lieu)
    dit = f" : {nom}" if nom else f" {code}"
    return f"{majuscule(LIEUX[genre])}{dit}" if genre else "Partout"


def _valeur(un: Objectif) -> str:
    return f"{exact(un.part)} %" if un.part is not None else exact(un.nombre or 0)


@callback(
    Output("objectifs-dit", "children"),
    Output("objectifs-connus", "children"),
    Input("objectifs", "envois"),
    State("objectifs", "valeurs"),
    prevent_initial_call=True,
)
def saisir(envois: int | None, valeurs: Mapping[str, object] | None) -> tuple[Any, Any]:
    """Write an objective, or remove it; say what is wrong with it."""
    if not envois:
        return no_update, no_update
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    dits = {nom: un for nom, un in lus.items() if isinstance(un, str)}
    genre, _, code = dits.get("pour", "").partition(":")
    racine = lecteur().dossier.racine
    try:
        voulu, garde = lire_saisie({**dits, "genre": genre, "code": code})
        _exiger_sien(voulu)
        (fixer if garde else retirer)(racine, voulu, qui())
    except Refus as refus:
        return _dire(refus.phrase, "error"), no_update
    fait = "Enregistré" if garde else "Retiré"
    suite = (
        "La politique d'attribution le suit aussitôt ; les tableaux, le bilan et la synthèse d'un "
        f"mois de {voulu.annee}, une fois ce mois contrôlé de nouveau."
    )
    return _dire(f"{fait} : {voulu.ou}. {suite}", "success"), courber(_connus())


def _exiger_sien(un: Objectif) -> None:
    """Raise Refus for an objective of what is out of the reader's départements."""
    if not un.existe:
        return  # of no département any more: it may be removed, not set
    if not _est_sien(un.lieu):
        raise Refus(
            "cet objectif vaut pour des départements qui ne sont pas ouverts à ce compte",
            que_faire="S'adresser à qui suit tous les départements de cette installation.",
        )


def _est_sien(lieu: tuple[str, str]) -> bool:
    """Return whether a place is in the reader's départements: what is of all of them is not."""
    siens, (genre, code) = perimetre().departements, lieu
    ou = {
        "departement": code,
        "epci": departements_des_epcis().get(code, ""),
        "commune": territoires()[code].departement if code in territoires() else "",
    }.get(genre, "")
    return siens is None or ou in siens


def _dire(dit: str, genre: str) -> html.Div:
    return html.Div(
        html.P(courber(typographie(dit))), role="status", className=f"fr-alert fr-alert--{genre}"
    )


dash.register_page(
    __name__,
    path="/reglages/objectifs",
    sous="/livraisons",
    name="Objectifs d'attribution",
    title="Objectifs d'attribution – Infocentre",
    layout=objectifs,
)
