"""Doublons: demandes that may be of one person, one case at a time, decided by the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import dash
from dash import Input, Output, State, callback, html

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
from dashboards.page import Contexte, Vue, page
from infocentre.demarches.doublons.cas import LISTES, ORDRES, exiger_revue
from infocentre.demarches.doublons.decrire import noms_des_guichets
from infocentre.lecture.doublons.paires import NIVEAUX, personnes

AIDE = (
    "Chaque décision a sa touche, écrite sur son bouton ; un chiffre choisit la demande à "
    "conserver. Une décision s'annule tant que rien n'est exécuté dans le SNE. Le poids donné par "
    "l'outil n'est montré qu'une fois la décision prise, pour qu'il ne la dicte pas. « Personnes "
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
                    html.Strong(doublons.dire_attente(len(cas))),
                    f", chacun vu par {personnes()} personnes." if personnes() > 1 else ".",
                    " ",
                    lien("Suivre les cas décidés", c.filtres.lien("/doublons/suivi")),
                    " · ",
                    lien("Formulaire des guichets", c.filtres.lien("/doublons/signaler")),
                    " · ",
                    lien("Corrections d'identité", c.filtres.lien("/doublons/corrections")),
                ]
            ),
            Revue(
                id="revue",
                pile=doublons.donner(c.v, premiers),
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


def _filtres(c: Contexte) -> list[Filtre]:
    a = c.adresse
    noms = noms_des_guichets(c.v, c.filtres.departement)
    guichets = sorted(noms.items(), key=lambda un: un[1])
    return [
        *[un for un in barre_filtres(c.filtres, c.mois, c.departements) if un.nom != "mois"],
        choix("liste", "À décider", LISTES.items(), a.get("liste", "paires")),
        choix("niveau", "Paires", [("", "Toutes"), *NIVEAUX.items()], a.get("niveau", "")),
        *choix_epci(c.filtres, c.epcis),
        choix("guichet", "Guichet", [("", "Tous les guichets"), *guichets], a.get("guichet", "")),
        choix("ordre", "Ordre", ORDRES.items(), a.get("ordre", "incertaines")),
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


dash.register_page(
    __name__,
    path="/doublons",
    menu=42,
    name="Doublons",
    title="Doublons – Infocentre",
    layout=layout,
)
