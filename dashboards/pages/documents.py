"""Documents: what is printed for the préfet, the comité, a guichet, prepared on demand."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.elements import barre_filtres, lien, titre, typographie
from dashboards.page import Contexte, Vue, page
from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.reglages import dire_a_fixer
from infocentre.noyau.temps import bornes, nom_mois, nom_semestre, semestre_du_mois
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.registre import DOCUMENTS, Imprime, Periode


@page
def documents(c: Contexte) -> Vue:
    """Return the documents of a month, of its semester and of its year."""
    mois = nom_mois(c.filtres.mois)
    semestre, annee = semestre_du_mois(c.filtres.mois), c.filtres.mois[:4]
    corps = html.Div(
        [
            html.P(
                typographie(
                    "Chaque document est préparé quand on le demande, d'après les données "
                    "publiées : quelques secondes, une dizaine pour le bilan."
                )
            ),
            html.P(typographie(a_fixer)) if (a_fixer := _a_fixer(c)) else None,
            html.H2(mois.capitalize(), className="fr-h5"),
            *_documents(c, "mois"),
            html.H2(nom_semestre(semestre).capitalize(), className="fr-h5"),
            html.P(provisoire) if (provisoire := _provisoire(c, semestre)) else None,
            *_documents(c, "semestre"),
            html.H2(f"Année {annee}", className="fr-h5"),
            html.P(provisoire) if (provisoire := _provisoire(c, annee)) else None,
            *_documents(c, "annee"),
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
    return Vue(
        corps,
        tete=titre("Documents", nom_departement(c.filtres.departement)),
        filtres=barre_filtres(c.filtres, c.mois, c.departements),
    )


def _a_fixer(c: Contexte) -> str:
    return dire_a_fixer(c.v, c.filtres.departement, c.filtres.mois)


def _provisoire(c: Contexte, periode: str) -> str | None:
    """Say on which month a semester, or a year, rests while its last one is not published."""
    annuel = len(periode) == len("2026")
    premier, dernier = (f"{periode}-01", f"{periode}-12") if annuel else bornes(periode)
    publie = max(mois for mois in c.mois if premier <= mois <= dernier)
    if publie == dernier:
        return None
    quoi = "Cette année n'est pas terminée" if annuel else "Ce semestre n'est pas terminé"
    return (
        f"{quoi} ou pas {'entièrement publiée' if annuel else 'entièrement publié'} : ses "
        f"documents s'appuient sur {nom_mois(publie)}."
    )


def _documents(c: Contexte, periode: Periode) -> list[html.Section]:
    """Return the documents of the whole département for a period."""
    voulus = [un for un in DOCUMENTS.values() if un.periode == periode and not un.d_un_guichet]
    return [_document(c, un) for un in voulus]


def _document(c: Contexte, un: Imprime) -> html.Section:
    """Return one document: what it is, and a link for each of its forms."""
    return html.Section(
        [
            html.H3(un.libelle, className="fr-h6"),
            html.P(typographie(un.description)),
            html.P(
                [
                    html.A(
                        [
                            FORMES[forme].libelle,
                            html.Span(f", {un.libelle}", className="fr-sr-only"),
                        ],
                        href=c.filtres.lien(f"/documents/{un.nom}.{forme}"),
                        className="fr-btn fr-btn--tertiary fr-btn--sm",
                    )
                    for forme in un.formes
                ],
                className="exports",
            ),
        ],
        className="document",
    )


dash.register_page(
    __name__,
    path="/documents",
    menu=70,
    name="Documents",
    title="Documents – Infocentre",
    layout=documents,
)
