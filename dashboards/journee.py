"""Ma journée: the queue of whoever asks, and what its buttons do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import Input, Output, State, html, no_update

from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import typographie
from dashboards.composants.journee import DITE, FILE, arbre, ma_journee
from dashboards.courant import acces, lecteur, qui
from dashboards.mesures import alerte
from dashboards.page import Contexte, contexte_affiche
from infocentre.acces.modele import Action
from infocentre.affaires import Acteur, Affaires
from infocentre.demarches.face import role_de
from infocentre.demarches.journee import Ligne, faire, file_d_attente
from infocentre.demarches.registre import registre_de
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder


def registre() -> Affaires:
    """Return the affaires, on which whoever asks acts; who has no part in them reads none."""
    moi = acces()
    role = role_de(moi) if moi.peut(Action.AFFAIRES) else "copil"
    return registre_de(lecteur().dossier, Acteur(qui(), role))


def attendent(v: Lecture, departement: str) -> tuple[tuple[Ligne, ...], dt.date]:
    """Return what waits for whoever asks, and the day that it is."""
    siens = registre()
    return file_d_attente(v, siens, acces(), departement), siens.aujourdhui


def la_mienne(c: Contexte) -> html.Div:
    """Return the queue of whoever asks."""
    lignes, aujourdhui = attendent(c.v, c.filtres.departement)
    return ma_journee(c, lignes, aujourdhui)


def rappels(app: dash.Dash) -> None:
    """Register what the buttons of the queue do."""
    app.callback(
        Output(FILE, "arbre"),
        Output(FILE, "reponse"),
        Output(DITE, "children"),
        Input(FILE, "fait"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(agir)


def agir(fait: Mapping[str, Any] | None, recherche: str | None) -> tuple[Any, Any, Any]:
    """Do what a person asks of lines of the queue, then show it again; say what was not done."""
    cles = (fait or {}).get("cles")
    if not fait or not isinstance(cles, list):
        return no_update, no_update, no_update
    fois = fait.get("fois")
    c = contexte_affiche(recherche)
    if c is None:
        return no_update, fois, alerte(Refus("aucun mois n'est encore publié"))
    try:
        faits, refuses = faire(c.v, registre(), acces(), c.filtres.departement, map(str, cles))
        lignes, aujourdhui = attendent(c.v, c.filtres.departement)
    except Refus as refus:
        return no_update, fois, alerte(refus)
    return courber(arbre(c, lignes, aujourdhui)), fois, _dire(faits, refuses)


def _dire(faits: int, refuses: Sequence[str]) -> html.Div:
    dits = [f"{accorder(faits, 'ligne faite', 'lignes faites')}."] if faits else []
    dits += dict.fromkeys(refuses)
    classe = "warning" if refuses else "success"
    return html.Div(
        [html.P(courber(typographie(un))) for un in dits],
        className=f"fr-alert fr-alert--{classe} fr-alert--sm",
    )
