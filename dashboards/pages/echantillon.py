"""Échantillon: draw demandes to check by hand, and read the verdicts back."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.elements import ariane, barre_filtres, choix_epci, titre
from dashboards.composants.formulaires import (
    cache,
    champ,
    envoi,
    fichier,
    liste,
    telechargement,
)
from dashboards.composants.natifs import Bloc
from dashboards.page import Contexte, Vue, page
from infocentre.lecture.commun import indicateurs, registre
from infocentre.noyau.temps import nom_mois

CLASSEUR = ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def layout(c: Contexte) -> Vue:
    """Return the two forms: draw, read back."""
    tete = html.Div(
        [
            ariane([("Demandes en anomalie", c.filtres.lien("/demandes")), ("Échantillon", None)]),
            titre("Échantillon à vérifier", nom_mois(c.filtres.mois)),
        ]
    )
    corps = html.Div(
        [
            html.H2("1. Tirer", className="fr-h5"),
            html.P(
                "Le classeur donne les faits à vérifier sur pièces, et des colonnes de verdict "
                "vides. Le tirage est réparti entre demandes récentes, anciennes, attributions et "
                "autres radiations ; avec un indicateur, entre demandes en anomalie et sans "
                "anomalie. La même graine donne le même tirage."
            ),
            _tirer(c),
            html.H2("2. Lire les verdicts", className="fr-h5"),
            html.P(
                "Remplir la colonne « Conforme » par oui ou non. Le taux d'erreur est donné avec "
                "sa marge d'incertitude ; rien du classeur n'est gardé."
            ),
            envoi(
                "/echantillon/lecture",
                [
                    fichier(
                        "classeur", "Classeur rempli", CLASSEUR, aide="Format .xlsx, 5 Mo au plus"
                    )
                ],
                "Lire les verdicts",
            ),
        ]
    )
    return Vue(
        corps,
        tete=tete,
        filtres=barre_filtres(
            c.filtres, c.mois, c.departements, plus=choix_epci(c.filtres, c.epcis)
        ),
    )


def _tirer(c: Contexte) -> Bloc:
    connus = registre(c.v, c.filtres.departement, c.filtres.mois, c.vus)
    guichets = [
        ("", "Choisir…"),
        *((une["guichet"], une["nom"] or une["guichet"]) for une in connus),
    ]
    codes = [
        ("", "Toutes les demandes"),
        *((un.code, f"{un.code} – {un.libelle}") for un in indicateurs()),
    ]
    return telechargement(
        "/echantillon/classeur.xlsx",
        [
            cache("departement", c.filtres.departement),
            cache("mois", c.filtres.mois),
            liste("guichet", "Guichet", guichets, c.adresse.get("guichet", "")),
            liste("code", "Parmi", codes, c.adresse.get("code", "")),
            champ(
                "n",
                "Nombre de demandes",
                c.adresse.get("n", "30"),
                type="number",
                min="1",
                max="1000",
            ),
            champ("graine", "Graine", c.adresse.get("graine", "1"), type="number"),
        ],
        "Tirer l'échantillon",
    )


dash.register_page(
    __name__,
    path="/echantillon",
    sous="/demandes",
    name="Échantillon",
    title="Échantillon à vérifier – Infocentre",
    layout=layout,
)
