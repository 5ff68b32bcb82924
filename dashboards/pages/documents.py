"""Documents: what is printed for the préfet, the comité, a guichet, prepared on demand."""

from __future__ import annotations

from collections.abc import Sequence

import dash
from dash import html

from dashboards.composants.elements import barre_filtres, lien, titre, typographie
from dashboards.page import Contexte, page
from infocentre.contrat.territoires import nom_departement
from infocentre.noyau.temps import bornes, nom_mois, nom_semestre, semestre_du_mois

NOMS = {
    "pdf": "PDF",
    "html": "Page HTML",
    "docx": "Texte à modifier (.docx)",
    "pptx": "Diaporama (.pptx)",
    "xlsx": "Tous les tableaux (.xlsx)",
}


@page
def documents(c: Contexte) -> html.Div:
    """Return the documents of a month and of its semester."""
    mois = nom_mois(c.filtres.mois)
    semestre = semestre_du_mois(c.filtres.mois)
    return html.Div(
        [
            titre("Documents", nom_departement(c.filtres.departement)),
            barre_filtres(c.filtres, c.mois, c.departements),
            html.P(
                typographie(
                    "Chaque document est préparé quand on le demande, d'après les données "
                    "publiées : quelques secondes, une dizaine pour le bilan."
                )
            ),
            html.H2(mois.capitalize(), className="fr-h5"),
            _document(
                c,
                "synthese",
                "Synthèse mensuelle pour le préfet",
                "Deux pages : ce qui est attendu de lui, le réalisé et les objectifs, les alertes. "
                "À ne pas diffuser : les petits nombres n'y sont pas masqués.",
                ("pdf", "docx", "html"),
            ),
            _document(
                c,
                "guichets",
                "Liste des services enregistreurs",
                "Adresses, téléphones et horaires des guichets ouverts, ce qui a changé en un an, "
                "ce qui manque au registre.",
                ("pdf", "docx", "xlsx"),
            ),
            html.H2(nom_semestre(semestre).capitalize(), className="fr-h5"),
            html.P(provisoire) if (provisoire := _provisoire(c, semestre)) else None,
            _document(
                c,
                "bilan",
                "Bilan semestriel",
                "La demande, les attributions, les publics prioritaires, la qualité de "
                "l'enregistrement ; le diaporama du comité de pilotage en tire douze diapositives. "
                "Les petits nombres sont masqués.",
                ("pdf", "pptx", "docx", "xlsx", "html"),
            ),
            _document(
                c,
                "mission",
                "Compte rendu de mission",
                "Ce que le gestionnaire a fait dans le semestre : livraisons, contrôles, anomalies "
                "ouvertes et closes ; le reste se complète à la main.",
                ("pdf", "docx"),
            ),
            html.H2("Un guichet, un organisme, un partenaire", className="fr-h5"),
            html.P(
                [
                    "La fiche d'un guichet ou d'un organisme se télécharge depuis sa page : ",
                    lien("choisir dans le suivi des guichets", c.filtres.lien("/suivi")),
                    ".",
                ]
            ),
            html.P(
                [
                    "Les bilans de tous les partenaires s'impriment ensemble par la commande ",
                    html.Code(f"infocentre bilan {semestre} --tous"),
                    ".",
                ]
            ),
        ]
    )


def _provisoire(c: Contexte, semestre: str) -> str | None:
    """Say on which month a semester rests while its last one is not published."""
    siens = [mois for mois in c.mois if semestre_du_mois(mois) == semestre]
    if siens[-1] == bornes(semestre)[1]:
        return None
    return (
        "Ce semestre n'est pas terminé ou pas entièrement publié : ses documents s'appuient sur "
        f"{nom_mois(siens[-1])}."
    )


def _document(
    c: Contexte, nom: str, libelle: str, description: str, formes: Sequence[str]
) -> html.Section:
    """Return one document: what it is, and a link for each of its forms."""
    return html.Section(
        [
            html.H3(libelle, className="fr-h6"),
            html.P(typographie(description)),
            html.P(
                [
                    html.A(
                        [NOMS[forme], html.Span(f", {libelle}", className="fr-sr-only")],
                        href=c.filtres.lien(f"/documents/{nom}.{forme}"),
                        className="fr-btn fr-btn--tertiary fr-btn--sm",
                    )
                    for forme in formes
                ],
                className="exports",
            ),
        ],
        className="document",
    )


dash.register_page(
    __name__,
    path="/documents",
    name="Documents",
    title="Documents – Infocentre",
    layout=documents,
)
