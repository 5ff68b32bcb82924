"""Recherche: one field for all that has a page, its results by kind."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboards.composants.elements import pagination, titre, typographie, vide
from dashboards.composants.listes import trouves
from dashboards.page import Contexte, page
from dashboards.trouver import chercher_ailleurs
from infocentre.lecture.filtres import nombre_de_pages, page_voulue
from infocentre.lecture.recherche import TROUVES_MAX, Groupe, proches, rechercher
from infocentre.noyau.francais import accorder, entier

EXEMPLES = (
    "un guichet ou un organisme, par son nom, son code, son SIREN ou sa commune",
    "un indicateur ou un tableau, par son code ou un mot de son titre",
    "une commune, par son nom ou son code",
    "une affaire, par son numéro ou l'organisme ; un document, une requête, un mot de l'aide",
    "une demande, par son numéro unique ou six de ses chiffres au moins",
)


@page
def layout(c: Contexte) -> html.Div:
    """Return what the text of the address (`q`) finds, or what may be looked for."""
    texte = " ".join(c.adresse.get("q", "").split())
    if not texte:
        return html.Div([titre("Recherche"), _aide("Écrire ce que l'on cherche dans l'en-tête")])
    page_ = page_voulue(c.adresse)
    groupes = _chercher(c, texte, page_)
    pages = nombre_de_pages(max((un.total for un in groupes), default=0), TROUVES_MAX)
    if page_ > pages:
        page_, groupes = pages, _chercher(c, texte, pages)
    total = sum(un.total for un in groupes)
    dit = accorder(total, "résultat") if total else "Aucun résultat"
    return html.Div(
        [
            titre("Recherche", typographie(f"{dit} pour « {texte} »")),
            *(_groupe(un) for un in groupes if un.trouves),
            pagination(page_, pages, lambda n: c.filtres.lien("/recherche", q=texte, page=str(n))),
            *([] if groupes else _rien(c, texte)),
        ]
    )


def _chercher(c: Contexte, texte: str, page_: int) -> list[Groupe]:
    return [*rechercher(c.v, c.filtres, texte, page_), *chercher_ailleurs(c, texte, page_)]


def _groupe(un: Groupe) -> html.Section:
    return html.Section(
        [
            html.H2(f"{un.nom} ({entier(un.total)})", className="fr-h5"),
            trouves(un.trouves),
        ]
    )


def _rien(c: Contexte, texte: str) -> list[Any]:
    voisins = proches(c.v, c.filtres, texte)
    if not voisins:
        return [_aide("Rien ne porte ces mots")]
    return [
        html.H2("Peut-être", className="fr-h5"),
        trouves(voisins),
        _aide("Rien ne porte exactement ces mots"),
    ]


def _aide(message: str) -> html.Div:
    return html.Div(
        [
            vide(message, "On peut chercher :"),
            html.Ul([html.Li(un) for un in EXEMPLES]),
        ]
    )


dash.register_page(
    __name__, path="/recherche", name="Recherche", title="Recherche – Infocentre", layout=layout
)
