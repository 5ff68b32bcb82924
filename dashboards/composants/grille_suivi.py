"""The grid guichets × indicators: columns by famille, rows as text that the browser reads."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag

from dashboards.composants.motifs import motif
from dashboards.page import Contexte
from infocentre.catalogue import Indicateur
from infocentre.lecture.affaires import mesures_suivies
from infocentre.lecture.suivi import Case, Rangee, cases_absentes, saisies_tardives
from infocentre.noyau.etats import AVEC_SIGNE, Etat
from infocentre.noyau.temps import nom_mois

LARGEUR, LARGEUR_NOM = 142, 270
HAUTEUR_LIGNE = 46
# By their number in a cell; the browser draws the signs of those that say something of a rate.
ETATS = [
    {
        "code": un,
        "mot": un.mot,
        "signe": un.signe if un in AVEC_SIGNE else "",
        "calculable": un != Etat.NON_CALCULABLE,
    }
    for un in Etat
]


def grille_suivi(
    c: Contexte, rangees: list[Rangee], retenus: list[Indicateur], contenu: str, objet: str
) -> dag.AgGrid:
    """Return the grid; `objet` is what its rows are called."""
    epinglees = [une for une in rangees if une.nature == "departement"]
    courantes = [une for une in rangees if une.nature != "departement"]
    en_cours = mesures_suivies(c.v, c.filtres.departement)
    etapes = {cle: max(une.etape for une in siennes) for cle, siennes in en_cours.items()}
    return dag.AgGrid(
        id="grille-suivi",
        columnDefs=_colonnes(c, rangees, retenus, objet),
        rowData=[_ligne(une, etapes) for une in courantes],
        defaultColDef={
            "sortable": True,
            "unSortIcon": True,
            "resizable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "cellDataType": False,
            "suppressMovable": True,
        },
        dashGridOptions={
            "animateRows": False,
            "theme": {"function": "themeInfocentre(themeQuartz)"},
            "getLocaleText": {"function": "texteFrancais(params)"},
            "rowHeight": HAUTEUR_LIGNE,
            "pinnedTopRowData": [_ligne(une, etapes) for une in epinglees],
            "context": {
                "etats": ETATS,
                "contenu": contenu,
                "adresse": c.filtres.lien("").removeprefix("?"),
                "groupes": any(une.tete for une in courantes),
            },
            "postSortRows": {"function": "garderGroupes(params)"},
            "isExternalFilterPresent": {"function": "rechercheActive()"},
            "doesExternalFilterPass": {"function": "trouve(params)"},
        },
        rowClassRules={"ligne-ensemble": "params.data.k"},
        eventListeners={
            "cellKeyDown": ["ouvrirCase(params)"],
            "columnEverythingChanged": ["ajusterNoms(params)"],
        },
        className="grille-suivi",
        style={"height": None, "width": "100%"},
        dangerously_allow_code=False,
    )


def _ligne(une: Rangee, etapes: Mapping[str, int]) -> dict[str, Any]:
    """Return a row: id, name, group order (o), pooled kind (k), address (h), search (r), cells.

    The name says the step of the corrective measure that is under way.
    """
    chemins = {"guichet": f"/guichet/{une.cle}", "organisme": f"/organisme/{une.cle}"}
    ensemble = une.tete or une.nature == "departement"
    return {
        "id": une.cle,
        "nom": f"{une.nom} (étape {etapes[une.cle]})" if une.cle in etapes else une.nom,
        "o": une.groupe,
        "k": une.nature if ensemble or une.nature == "organisme" else "",
        "h": chemins.get(une.nature),
        "r": une.recherche,
        "c": une.cases,
    }


def _colonnes(
    c: Contexte, rangees: list[Rangee], retenus: list[Indicateur], objet: str
) -> list[dict[str, Any]]:
    absentes = cases_absentes(rangees, len(retenus))
    tardives = saisies_tardives(c.v, c.filtres)
    rangs = {un.code: rang for rang, un in enumerate(retenus)}
    nom = {
        "field": "nom",
        "headerName": "Nom",
        "pinned": "left",
        "initialWidth": LARGEUR_NOM,
        "cellRenderer": "NomSuivi",
        "cellClass": "cellule-suivi",
        "comparator": {"function": "comparerNoms"},
    }
    familles = itertools.groupby(retenus, key=lambda un: un.titre_famille)
    groupes = [
        {
            "headerName": famille,
            "children": [
                _colonne(c, un, rangs[un.code], absentes, tardive=un.code in tardives)
                for un in groupe
            ],
        }
        for famille, groupe in familles
    ]
    return [{"headerName": objet, "children": [nom]}, *groupes]


def _colonne(
    c: Contexte, un: Indicateur, rang: int, absentes: dict[int, Case], *, tardive: bool
) -> dict[str, Any]:
    return {
        "colId": un.code,
        "headerName": un.libelle,
        "width": LARGEUR,
        "valueGetter": {"function": f"lireCase(params, {rang})"},
        "comparator": {"function": "comparerCases"},
        "cellRenderer": "CaseSuivi",
        "cellRendererParams": {
            "code": un.code,
            "periode": annonce(c, un),
            "calculable": absentes[rang].etat != Etat.NON_CALCULABLE,
            **({} if absentes[rang].etat != Etat.NON_CALCULABLE else {"motif": motif(c, un.code)}),
        },
        "cellClass": "cellule-suivi",
        "headerComponentParams": {
            "innerHeaderComponent": "EnteteIndicateur",
            "innerHeaderComponentParams": {
                "adresse": c.filtres.lien(f"/indicateurs/{un.code}"),
                "tardive": tardive,
            },
        },
    }


def annonce(c: Contexte, un: Indicateur) -> str:
    """Return what stands beside the figure: the month, or the 12 months of a tolérance zéro."""
    return "12 mois :" if un.tolerance_zero else f"{nom_mois(c.filtres.mois).split()[0]} :"
