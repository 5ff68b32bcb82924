"""Accueil: the month in one screen."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboards.composants.elements import (
    barre_filtres,
    choix_epci,
    faits,
    lien,
    repli,
    titre,
)
from dashboards.composants.nouvelles import ce_mois_ci, en_rouge, en_un_an
from dashboards.composants.objectifs import realise_et_objectifs
from dashboards.composants.tuiles import tuiles
from dashboards.courant import acces, aujourdhui
from dashboards.journee import la_mienne
from dashboards.page import Contexte, Vue, page
from infocentre.acces.roles import Action
from infocentre.lecture.accueil import EtatLivraison, derniere_livraison
from infocentre.lecture.rapport import TERMES, Solde
from infocentre.noyau.francais import accorder, entier
from infocentre.noyau.temps import fin_de_mois, jour, nom_mois


@page
def layout(c: Contexte) -> Vue:
    """Return the month in one screen."""
    livraison = derniere_livraison(c.v, c.filtres.departement, aujourdhui())
    arrete = jour(fin_de_mois(c.filtres.mois))
    sous_titre = f"{c.lieu}, données arrêtées au {arrete}"
    corps = html.Div(
        [
            _portee(c),
            _section("Ma journée", la_mienne(c)) if acces().peut(Action.AFFAIRES) else None,
            _nouvelles(c) if acces().peut(Action.INDICATEURS) else None,
            _section("Chiffres du mois", tuiles(c)),
            html.Div(
                [
                    _section("Réalisé, objectif et prorata", realise_et_objectifs(c)),
                    _section("Dernière livraison", _livraison(c, livraison)) if livraison else None,
                ],
                className="deux-tiers",
            ),
        ],
        className="accueil",
    )
    return Vue(
        corps,
        tete=titre(nom_mois(c.filtres.mois).capitalize(), sous_titre),
        filtres=barre_filtres(
            c.filtres, c.mois, c.departements, plus=choix_epci(c.filtres, c.epcis)
        ),
    )


def _nouvelles(c: Contexte) -> html.Div:
    """Return who is rouge and what moved: of guichets, for who may see them."""
    return html.Div(
        [
            _section("En rouge", en_rouge(c)),
            html.Div(
                [
                    _section("Ce mois-ci", ce_mois_ci(c)),
                    repli("En un an : ce qui a bougé le plus nettement", en_un_an(c)),
                ]
            ),
        ],
        className="deux-colonnes",
    )


def _portee(c: Contexte) -> html.P | None:
    """Say what the EPCI of the filters restricts, and what stays the département's."""
    if not c.filtres.epci:
        return None
    return html.P(
        "Les guichets sont ceux dont la commune est dans l'EPCI. Demandes actives : celles qui "
        "souhaitent d'abord une commune de l'EPCI ; attributions : celles des logements de "
        "l'EPCI. Ce qui n'est connu que pour le département entier le dit.",
        className="portee",
    )


def _section(nom: str, contenu: Any) -> html.Section:  # noqa: ANN401
    return html.Section([html.H2(nom, className="fr-h5"), contenu])


def _livraison(c: Contexte, vue: EtatLivraison) -> html.Div:
    livraison = vue.livraison
    age = accorder(vue.jours, "jour", "jours")
    reserves = [
        accorder(vue.anomalies_format, "anomalie de format", "anomalies de format"),
        accorder(vue.codes_inconnus, "code hors liste", "codes hors liste"),
        accorder(vue.guichets_inconnus, "guichet inconnu", "guichets inconnus"),
    ]
    return html.Div(
        [
            faits(
                [
                    ("Données arrêtées au", f"{jour(livraison.arrete)}, il y a {age}"),
                    ("Chargée le", jour(livraison.chargee_le[:10])),
                    (
                        "Lignes",
                        f"{entier(vue.lues)} lues, "
                        + accorder(vue.rejetees, "rejetée", "rejetées"),
                    ),
                    ("Réserves", ", ".join(reserves)),
                    ("Solde", _solde(vue.solde)),
                ]
            ),
            lien("Voir les livraisons", c.filtres.lien("/livraisons")),
        ]
    )


def _solde(solde: Solde | None) -> str:
    """Return the balance in one line: before, what came in and out, after."""
    if solde is None:
        return "premier arrêté du département : rien à comparer"
    termes = [
        f"{signe} {accorder(solde[cle], singulier, pluriel)}"
        for cle, signe, singulier, pluriel in TERMES
        if solde[cle]
    ]
    return f"{entier(solde['avant'])} {' '.join(termes)} = {entier(solde['apres'])}"


dash.register_page(
    __name__, path="/", menu=10, name="Accueil", title="Accueil – Infocentre", layout=layout
)
