"""Suivi des guichets: the grid of guichets × indicators that the gestionnaire opens."""

from __future__ import annotations

from typing import Any

import dash
import dash_ag_grid as dag
from dash import html
from infocentre.catalogue import Indicateur

from dashboards.composants.elements import (
    SIGNES,
    TYPES,
    barre_filtres,
    choix,
    choix_fenetre,
    choix_type,
    exports,
    titre,
)
from dashboards.donnees.commun import indicateurs
from dashboards.donnees.suivi import grille
from dashboards.filtres import nom_mois
from dashboards.lecteur import Ligne
from dashboards.page import Contexte, page

CONTENUS = {"taux": "Taux", "numerateur": "Nombre d'anomalies", "rang": "Rang"}
PAR = {"guichet": "Guichets", "organisme": "Organismes"}
LARGEUR = 116


@page
def layout(c: Contexte) -> html.Div:
    """Return the page: filters, legend, grid, exports."""
    par = c.adresse.get("par", "guichet")
    contenu = c.adresse.get("contenu", "taux")
    tous = c.adresse.get("tous") == "oui"
    retenus = indicateurs(quinzaine=not tous)
    lignes = grille(c.v, c.p, c.filtres, niveau=par if par in PAR else "guichet")
    contenu = contenu if contenu in CONTENUS else "taux"
    return html.Div(
        [
            titre("Suivi des guichets", f"{len(lignes)} {PAR.get(par, 'guichets').lower()}, "
                  f"{nom_mois(c.filtres.mois)}"),  # fmt: skip
            barre_filtres(
                c.filtres,
                c.mois,
                c.departements,
                plus=[
                    choix_type(c.filtres),
                    choix_fenetre(c.filtres),
                    choix("par", "Lignes", list(PAR.items()), par),
                    choix("contenu", "Contenu", list(CONTENUS.items()), contenu),
                    choix("tous", "Indicateurs", [("", "La quinzaine"), ("oui", "Tous (37)")],
                          "oui" if tous else ""),
                ],
            ),
            _legende(),
            _grille(c, lignes, retenus, contenu),
            exports(_liens_export(c)),
        ]
    )  # fmt: skip


def _legende() -> html.P:
    gardes = ("vert", "orange", "rouge", "a_traiter", "effectif_insuffisant")
    return html.P(
        [html.Span(f"{SIGNES[e][0]} {SIGNES[e][1]}", className=f"etat etat-{e}") for e in gardes]
        + [html.Span("s.o. : sans objet"), html.Span("n.c. : non calculable")],
        className="legende",
    )


def _grille(c: Contexte, lignes: list[Ligne], retenus: list[Indicateur], contenu: str) -> Any:  # noqa: ANN401
    fenetre = c.filtres.fenetre
    return dag.AgGrid(
        id="grille-suivi",
        columnDefs=[
            {
                "field": "nom",
                "headerName": "Guichet",
                "pinned": "left",
                "width": 260,
                "cellRenderer": "LienInterne",
                "filter": "agTextColumnFilter",
            },
            {"field": "type", "headerName": "Type", "width": 130, "filter": "agTextColumnFilter"},
            *(_colonne(un, contenu) for un in retenus),
        ],
        rowData=[_ligne(c, une, retenus, contenu, fenetre) for une in lignes],
        defaultColDef={"sortable": True, "resizable": True, "wrapHeaderText": True,
                       "autoHeaderHeight": True},
        dashGridOptions={
            "animateRows": False,
            "theme": {"function": "themeInfocentre(theme)"},
            "enableCellTextSelection": True,
            "tooltipShowDelay": 300,
        },
        style={"height": "68vh", "width": "100%"},
        dangerously_allow_code=False,
    )  # fmt: skip


def _colonne(un: Indicateur, contenu: str) -> dict[str, Any]:
    return {
        "field": un.code,
        "headerName": un.code,
        "headerTooltip": un.libelle,
        "width": LARGEUR,
        "cellRenderer": "CaseSuivi",
        "comparator": {"function": "comparerCases"},
        "type": "rightAligned",
        "cellClassRules": {
            f"case-{etat}": f"params.value && params.value.e === '{etat}'" for etat in SIGNES
        },
        "context": {"contenu": contenu},
    }


def _ligne(
    c: Contexte, une: Ligne, retenus: list[Indicateur], contenu: str, fenetre: str
) -> dict[str, Any]:
    cases = {
        un.code: _case(une["valeurs"][un.code], contenu, fenetre, c, une)
        for un in retenus
        if un.code in une["valeurs"]
    }
    chemin = f"/guichet/{une['guichet']}"
    return {
        "nom": {"t": une["nom"], "h": c.filtres.lien(chemin)},
        "type": TYPES.get(une["type"], une["type"]),
        **cases,
    }


def _case(
    valeur: Ligne, contenu: str, fenetre: str, c: Contexte, une: Ligne
) -> dict[str, Any]:
    """Return a cell: value to sort by (v), state (e), month beside (m), counts, link (h)."""
    sur_12 = fenetre == "12m" and valeur["taux_12m"] is not None
    numerateur = valeur["numerateur_12m"] if sur_12 else valeur["numerateur"]
    denominateur = valeur["denominateur_12m"] if sur_12 else valeur["denominateur"]
    nombre = {
        "taux": valeur["taux_12m"] if sur_12 else valeur["taux"],
        "numerateur": numerateur,
        "rang": valeur["rang"],
    }[contenu]
    return {
        "v": nombre,
        "e": valeur["etat"] if fenetre == "12m" else valeur["etat_mois"],
        "m": valeur["taux"] if sur_12 and contenu == "taux" else None,
        "n": numerateur,
        "d": denominateur,
        "p": contenu == "taux",
        "h": c.filtres.lien("/demandes", code=valeur["code"], guichet=une["guichet"]),
    }


def _liens_export(c: Contexte) -> dict[str, str]:
    parametres = {cle: valeur for cle, valeur in c.adresse.items() if cle in {"par", "tous"}}
    return {
        "Exporter en xlsx": c.filtres.lien("/export/suivi.xlsx", **parametres),
        "Exporter en csv": c.filtres.lien("/export/suivi.csv", **parametres),
    }


dash.register_page(__name__, path="/suivi", name="Suivi des guichets",
                   title="Suivi des guichets – Infocentre", layout=layout)  # fmt: skip
