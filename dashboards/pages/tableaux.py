"""Demande et attributions: the list of the standard tables, by theme."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import dash
from dash import html

from dashboards.composants.elements import barre_filtres, lien, titre, typographie
from dashboards.courant import acces
from dashboards.page import Contexte, Vue, page
from infocentre.acces.roles import Action
from infocentre.lecture.tableaux import en_bref, lire_tableau, themes
from infocentre.mesures import Tableau
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import nom_mois

PAR = ", par "


@page
def layout(c: Contexte) -> Vue:
    """Return the list of the tables, each with what it is about."""
    return Vue(
        html.Div(
            [
                html.P(lien("Politique d'attribution", c.filtres.lien("/attributions"))),
                _region(c),
                *(_theme(c, nom, groupes) for nom, groupes in themes().items()),
            ]
        ),
        tete=titre(
            "Demande et attributions",
            f"{len(tableaux())} tableaux standard, {nom_mois(c.filtres.mois)}",
        ),
        filtres=barre_filtres(c.filtres, c.mois, c.departements),
    )


def _region(c: Contexte) -> html.P | None:
    """Return the way to départements side by side, to who sees several."""
    if len(c.departements) < 2 or not acces().peut(Action.REGION):  # noqa: PLR2004
        return None
    return html.P(lien("Région : les départements côte à côte", "/region"))


def _theme(c: Contexte, nom: str, groupes: dict[str, list[Tableau]]) -> html.Section:
    return html.Section(
        [
            html.H2(nom, className="fr-h4"),
            html.Div(
                [
                    html.Div(
                        [
                            html.H3(groupe, className="fr-h6"),
                            *_listes(c, groupe, tableaux_),
                        ]
                    )
                    for groupe, tableaux_ in groupes.items()
                ],
                className="liste-tableaux",
            ),
        ]
    )


def _listes(c: Contexte, groupe: str, tableaux_: list[Tableau]) -> list[Any]:
    """Return the tables of a heading; what several titles begin with is said once."""
    listes: list[Any] = []
    for debut, siens in groupby(tableaux_, lambda un: un.titre.partition(PAR)[0]):
        ensemble = list(siens)
        if len(ensemble) == 1:
            listes.append(html.Ul(_entree(c, ensemble[0], ensemble[0].titre)))
            continue
        entrees = [_entree(c, un, f"Par {un.titre.partition(PAR)[2]}") for un in ensemble]
        listes += [html.P(debut) if debut != groupe else None, html.Ul(entrees)]
    return listes


def _entree(c: Contexte, tableau: Tableau, nom: str) -> html.Li:
    lu = lire_tableau(c.v, tableau.code, c.filtres.departement, c.filtres.mois, partage=False)
    return html.Li(
        [
            lien(nom, c.filtres.lien(f"/tableaux/{tableau.code}")),
            html.Span(
                typographie(" – ".join(filter(None, (tableau.code, en_bref(lu))))),
                className="fr-hint-text",
            ),
        ]
    )


dash.register_page(
    __name__,
    path="/tableaux",
    menu=50,
    rubrique="Tableaux",
    name="Demande et attributions",
    title="Demande et attributions – Infocentre",
    layout=layout,
)
