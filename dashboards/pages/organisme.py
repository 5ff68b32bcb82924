"""Fiche organisme: the guichets of one SIREN, judged together."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.chartes import engagements
from dashboards.composants.elements import ariane, barre_filtres, titre
from dashboards.composants.fiche import (
    a_faire,
    imprimer,
    membres,
    resume,
    revisees,
    suivies,
    verifications,
)
from dashboards.composants.fiche_indicateurs import indicateurs
from dashboards.composants.inconnu import connu, inconnu
from dashboards.composants.notes import notes
from dashboards.journee import chez_soi
from dashboards.page import Contexte, Vue, page
from infocentre.decisions.notes import Genre
from infocentre.lecture.fiche import lire_fiche
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import SINGULIERS


@page
def layout(c: Contexte) -> Vue:
    """Return the page of an organisme in a month."""
    cle, tous = c.adresse.get("organisme", "").upper(), c.adresse.get("tous") == "oui"
    try:
        fiche = lire_fiche(c.v, c.filtres, "organisme", cle, tous=tous)
    except Refus as refus:
        return Vue(inconnu(c, "Organisme inconnu", cle, refus))
    type_ = SINGULIERS.get(fiche.type_guichet, "Organisme")
    siren = f"SIREN {fiche.cle}" if fiche.cle.isdigit() else f"guichet {fiche.cle}, sans SIREN"
    tete = html.Div(
        [
            ariane(
                [
                    ("Suivi des guichets", c.filtres.lien("/suivi", par="organisme")),
                    (fiche.nom, None),
                ]
            ),
            html.Div(
                [
                    titre(fiche.nom, f"{type_} – {siren} – {nom_mois(c.filtres.mois)}"),
                    imprimer(c, fiche),
                ],
                className="entete-fiche",
            ),
        ]
    )
    corps = html.Div(
        [
            chez_soi(c),
            a_faire(c, fiche),
            resume(fiche),
            notes(c, Genre.ORGANISME, fiche.cle),
            membres(c, fiche),
            indicateurs(c, fiche),
            engagements(c, fiche.cle),
            suivies(c, fiche),
            verifications(c, fiche),
            revisees(fiche),
        ]
    )
    return Vue(corps, tete=tete, filtres=barre_filtres(c.filtres, c.mois, c.departements))


dash.register_page(
    __name__,
    path_template="/organisme/<organisme>",
    sous="/suivi",
    name="Organisme",
    title=lambda organisme="", **_: f"Organisme {organisme} – Infocentre",
    montre="graphique",
    connu=lambda organisme="", **_: connu("organisme", organisme),
    layout=layout,
)
