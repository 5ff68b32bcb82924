"""Doublons: demandes that may be of one person, one case at a time, decided by the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import dash
from dash import Input, Output, State, callback, html, no_update

from dashboards import doublons
from dashboards.composants.elements import (
    Filtre,
    barre_filtres,
    choix,
    choix_epci,
    lien,
    repli,
    titre,
    typographie,
)
from dashboards.composants.natifs import Revue
from dashboards.gestes import alerte
from dashboards.page import Contexte, Vue, page
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.paires import NIVEAUX, personnes
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.procedures.doublons import tirage
from infocentre.procedures.doublons.cas import HASARD, LISTES, ORDRES, aveugle, exiger_revue

AIDE = (
    "Chaque décision a sa touche, écrite sur son bouton ; un chiffre choisit la demande à "
    "conserver. Une décision s'annule tant que rien n'est exécuté dans le SNE. Le poids donné par "
    "l'outil n'est montré qu'une fois la décision prise, pour qu'il ne la dicte pas ; l'ordre des "
    "cas, tiré au sort, n'en dit rien. « Personnes "
    "distinctes » n'est plus proposé tant qu'aucun des champs comparés ne change."
)


@page
def layout(c: Contexte) -> Vue:
    """Return the review of the cases that the address asks for."""
    exiger_revue(c.v, c.filtres.departement)
    cas = doublons.cas_voulus(c.v, c.filtres, c.adresse)
    premiers = cas[: doublons.PILE]
    suite = {n: un for n, un in c.adresse.items() if n in {"liste", "niveau", "guichet", "ordre"}}
    corps = html.Div(
        [
            html.P(
                [
                    f"Chaque cas est vu par {personnes()} personnes. " if personnes() > 1 else "",
                    lien("Suivre les cas décidés", c.filtres.lien("/doublons/suivi")),
                    " · ",
                    lien("Formulaire des guichets", c.filtres.lien("/doublons/signaler")),
                    " · ",
                    lien("Corrections d'identité", c.filtres.lien("/doublons/corrections")),
                ]
            ),
            html.P(_justesse(c)),
            html.Div(id="doublons-tirage-dit"),
            Revue(
                id="revue",
                pile=doublons.donner(c.v, premiers),
                nombre=len(cas),
                liste=f"{c.filtres.departement}?{urlencode(suite)}&epci={c.filtres.epci}",
                vide="Aucun cas n’attend de décision ici.",
            ),
            repli("Comment décider", html.P(typographie(AIDE))),
            html.P(
                lien("Ce que vaut la recherche", c.filtres.lien("/doublons/recherche")),
            ),
        ]
    )
    return Vue(
        corps,
        tete=titre("Doublons", f"{c.lieu} : demandes qui sont peut-être d'une même personne"),
        filtres=_filtres(c),
    )


def _justesse(c: Contexte) -> list[Any]:
    """Return the way to measure the search: what is left of the draw, or the button that draws."""
    etat = tirage.lire(c.v, doublons.memoire(c.v), c.filtres.departement)
    restent = len(etat.a_relire)
    if restent:
        un, plusieurs = "paire tirée au sort reste", "paires tirées au sort restent"
        dit = f"{accorder(restent, un, plusieurs)} à relire"
        return ["Mesurer la justesse : ", lien(dit, c.filtres.lien("/doublons", liste="tirage"))]
    if not etat.tirable:
        return ["Justesse : le tirage du mois est relu."] if etat.mois else []
    bouton = html.Button(
        "Tirer des paires au sort",
        id="doublons-tirer",
        className="fr-btn fr-btn--sm fr-btn--secondary",
        type="button",
    )
    return ["Mesurer la justesse de la recherche : ", bouton]


def _filtres(c: Contexte) -> list[Filtre]:
    a = c.adresse
    niveaux = [("", "Toutes"), *NIVEAUX.items()]
    qui_disent = (
        []
        if aveugle()
        else [
            choix("niveau", "Paires", niveaux, a.get("niveau", "")),
            choix("ordre", "Ordre", ORDRES.items(), a.get("ordre", HASARD)),
        ]
    )
    noms = noms_des_guichets(c.v, c.filtres.departement)
    guichets = sorted(noms.items(), key=lambda un: un[1])
    return [
        *[un for un in barre_filtres(c.filtres, c.mois, c.departements) if un.nom != "mois"],
        choix("liste", "À décider", LISTES.items(), a.get("liste", "paires")),
        *choix_epci(c.filtres, c.epcis),
        choix("guichet", "Guichet", [("", "Tous les guichets"), *guichets], a.get("guichet", "")),
        *qui_disent,
    ]


@callback(
    Output("revue", "reponse"),
    Input("revue", "decision"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def decider(decision: Mapping[str, Any] | None, recherche: str | None) -> Any:  # noqa: ANN401
    """Keep what a person decided of a case."""
    return doublons.decider(decision, recherche)


@callback(
    Output("adresse", "href", allow_duplicate=True),
    Output("doublons-tirage-dit", "children"),
    Input("doublons-tirer", "n_clicks"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def tirer(clics: int | None, recherche: str | None) -> tuple[Any, Any]:
    """Draw pairs at random, then show them."""
    if not clics:
        return no_update, no_update
    try:
        return doublons.tirer(recherche), None
    except Refus as refus:
        return no_update, alerte(refus)


dash.register_page(
    __name__,
    path="/doublons",
    menu=42,
    name="Doublons",
    title="Doublons – Infocentre",
    layout=layout,
)
