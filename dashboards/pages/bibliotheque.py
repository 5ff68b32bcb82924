"""Bibliothèque: the queries that are kept for the territory, found by a question, ready to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dash
from dash import html

from dashboards.composants.elements import attributs, chercher, lien, titre, typographie, vide
from dashboards.composants.requetes import lien_requete, onglets, reponses
from dashboards.page import Contexte, Vue, page
from dashboards.requetes import mes_requetes
from infocentre.noyau.francais import accorder
from infocentre.requetes.bibliotheque import Requete, lire_bibliotheque
from infocentre.requetes.recherche import chercher as chercher_requetes

REPONSES = 6
MONTREES = 4  # among the most used
DU_MOIS, SANS_THEME = "suivi", "Autres questions"


@page
def bibliotheque(c: Contexte) -> Vue:
    """Return what answers the question of the address, else every query by theme."""
    toutes = lire_bibliotheque()
    question = c.adresse.get("recherche", "")
    tete = html.Div(
        [
            titre(
                "Bibliothèque de requêtes",
                f"{accorder(len(toutes), 'question prête', 'questions prêtes')}, avec ce que l'on "
                "y choisit",
            ),
            onglets("/requetes/bibliotheque"),
        ]
    )
    corps = _reponses(toutes, question) if question else _tout(toutes)
    return Vue(
        html.Div(corps, className="page-bibliotheque"),
        tete=tete,
        filtres=[chercher("recherche", "Votre question, en français", question)],
    )


def _reponses(toutes: Mapping[str, Requete], question: str) -> list[Any]:
    trouvees = chercher_requetes(toutes, question)[:REPONSES]
    retour = html.P(lien("Voir toute la bibliothèque", "/requetes/bibliotheque"))
    if not trouvees:
        quoi = "Aucune requête ne répond à cette question"
        return [vide(quoi, "La dire autrement, ou parcourir la bibliothèque."), retour]
    return [
        html.H2("Ce qui y répond le mieux", className="fr-h5"),
        reponses(trouvees),
        retour,
    ]


def _tout(toutes: Mapping[str, Requete]) -> list[Any]:
    """Return what is asked each month, what is most used, then every query by theme."""
    du_mois = [une for une in toutes.values() if DU_MOIS in une.tags]
    autres = [une for une in toutes.values() if DU_MOIS not in une.tags]
    return [
        html.H2("Ce mois-ci", className="fr-h5"),
        html.Ul([_carte(une) for une in du_mois], className="fiches-requetes"),
        *_utilisees(autres),
        *(_theme(nom, siennes) for nom, siennes in _par_theme(autres).items()),
    ]


def _utilisees(autres: Sequence[Requete]) -> list[Any]:
    fois = mes_requetes().compter([une.sql.strip() for une in autres])
    servies = [une for une in autres if fois.get(une.sql.strip())]
    premieres = sorted(servies, key=lambda une: -fois[une.sql.strip()])[:MONTREES]
    if not premieres:
        return []
    return [
        html.H2("Les plus utilisées", className="fr-h5"),
        html.Ul(
            [
                html.Li(
                    [
                        lien(une.titre, lien_requete(bibliotheque=une.nom)),
                        html.Small(f" {fois[une.sql.strip()]} fois"),
                    ]
                )
                for une in premieres
            ],
            className="requetes-utilisees",
        ),
    ]


def _par_theme(toutes: Iterable[Requete]) -> dict[str, list[Requete]]:
    """Return the queries of each theme, the theme that has most first, those without one last."""
    themes: dict[str, list[Requete]] = {}
    for une in toutes:
        themes.setdefault(une.theme or SANS_THEME, []).append(une)
    ordre = sorted(themes, key=lambda nom: (nom == SANS_THEME, -len(themes[nom]), nom))
    return {nom: themes[nom] for nom in ordre}


def _theme(nom: str, siennes: Sequence[Requete]) -> html.Section:
    return html.Section(
        [
            html.H2([nom, html.Small(f" {len(siennes)}")], className="fr-h5"),
            html.Ul([_ligne(une) for une in siennes], className="requetes-theme"),
        ],
        **attributs(aria_label=nom),
    )


def _carte(une: Requete) -> html.Li:
    return html.Li(
        [
            html.H3(lien(une.titre, lien_requete(bibliotheque=une.nom)), className="fr-h6"),
            html.P(typographie(une.description)),
        ]
    )


def _ligne(une: Requete) -> html.Li:
    de = f" De {une.auteur}." if une.auteur not in {None, "infocentre"} else ""
    return html.Li(
        [
            lien(une.titre, lien_requete(bibliotheque=une.nom)),
            html.P(typographie(f"{_premiere_phrase(une.description)}{de}")),
        ]
    )


def _premiere_phrase(texte: str) -> str:
    return f"{texte.partition('. ')[0].removesuffix('.')}.".replace("?.", "?")


dash.register_page(
    "requetes_bibliotheque",
    path="/requetes/bibliotheque",
    name="Bibliothèque",
    title="Bibliothèque de requêtes – Infocentre",
    layout=bibliotheque,
)
