"""The grid guichets × indicators: columns by famille, rows as text that the browser reads."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag
from dash import html

from dashboards.composants.motifs import motif
from dashboards.composants.natifs import GrillePapier
from dashboards.courant import acces
from dashboards.page import Contexte
from infocentre.acces.modele import Action
from infocentre.catalogue import Indicateur
from infocentre.lecture.affaires import mesures_suivies
from infocentre.lecture.suivi import Case, Rangee, cases_absentes, saisies_tardives
from infocentre.noyau.etats import AVEC_SIGNE, SANS_UNITE, SIGNIFICATIFS, Etat
from infocentre.noyau.francais import apostropher
from infocentre.noyau.temps import nom_mois

LARGEUR, LARGEUR_NOM, LARGEUR_ETAT = 122, 200, 88
HAUTEUR_LIGNE, HAUTEUR_ENTETE, HAUTEUR_FAMILLE = 34, 62, 26
COURTE = 12  # rows that the grid shows without a bar of its own
DEVANT = "En rouge ou à traiter"
# By their number in a cell; the browser draws the signs of those that say something of a rate.
ETATS = [
    {
        "code": un,
        "mot": un.mot,
        "signe": un.signe if un in AVEC_SIGNE else "",
        "juge": un in SIGNIFICATIFS,
        "calculable": un != Etat.NON_CALCULABLE,
        "unites": un not in SANS_UNITE,
    }
    for un in Etat
]


def grille_suivi(
    c: Contexte,
    rangees: list[Rangee],
    retenus: list[Indicateur],
    contenu: str,
    objet: str,
    *,
    devant: frozenset[str],
) -> html.Div:
    """Return the grid, and what stands in its place on paper.

    `objet` is what its rows are called, `devant` the columns that come before their familles.
    """
    epinglees = [une for une in rangees if une.nature == "departement"]
    courantes = [une for une in rangees if une.nature != "departement"]
    en_cours = mesures_suivies(c.v, c.filtres.departement)
    etapes = {cle: max(une.etape for une in siennes) for cle, siennes in en_cours.items()}
    vive = dag.AgGrid(
        id="grille-suivi",
        columnDefs=_colonnes(c, rangees, retenus, objet, devant),
        rowData=[_ligne(une, etapes) for une in courantes],
        defaultColDef={
            "sortable": True,
            "sortingOrder": ["desc", "asc"],
            "resizable": True,
            "wrapHeaderText": True,
            "cellDataType": False,
            "suppressMovable": True,
        },
        dashGridOptions={
            "animateRows": False,
            "domLayout": "autoHeight" if len(courantes) <= COURTE else "normal",
            "theme": {"function": "themeInfocentre(themeQuartz)"},
            "getLocaleText": {"function": "texteFrancais(params)"},
            "rowHeight": HAUTEUR_LIGNE,
            "headerHeight": HAUTEUR_ENTETE,
            "groupHeaderHeight": HAUTEUR_FAMILLE,
            "pinnedTopRowData": [_ligne(une, etapes) for une in epinglees],
            "context": {
                "etats": ETATS,
                "contenu": contenu,
                "adresse": c.filtres.lien("").removeprefix("?"),
                "demandes": acces().peut(Action.NOMINATIF),
                "groupes": any(une.tete for une in courantes),
            },
            "postSortRows": {"function": "garderGroupes(params)"},
        },
        rowClassRules={"ligne-ensemble": "params.data.k"},
        eventListeners={
            "cellKeyDown": ["ouvrirCase(params)"],
            "columnEverythingChanged": ["ajuster(params)"],
            "sortChanged": ["noterTri(params)"],
        },
        className="grille-suivi courte" if len(courantes) <= COURTE else "grille-suivi",
        style={"height": None, "width": "100%"},
        dangerously_allow_code=False,
    )
    legende = f"Suivi des guichets, {nom_mois(c.filtres.mois)}"
    papier = GrillePapier(id="grille-papier", grille="grille-suivi", legende=legende)
    return html.Div([html.Div(vive, className="place-grille", style=_place(courantes)), papier])


def _place(courantes: list[Rangee]) -> dict[str, int] | None:
    """Return the room that a short grid will take; that of others is in the style sheet."""
    if len(courantes) > COURTE:
        return None
    rangees = HAUTEUR_LIGNE * (len(courantes) + 1)
    return {"minHeight": HAUTEUR_FAMILLE + HAUTEUR_ENTETE + rangees}


def _ligne(une: Rangee, etapes: Mapping[str, int]) -> dict[str, Any]:
    """Return a row: id, name, group order (o), kind (k), address (h), problems (p), cells (c).

    The name says the step of the corrective measure that is under way.
    """
    ouvertes = acces().peut(Action.FICHE)
    nom = apostropher(une.nom)
    chemins = {"guichet": f"/guichet/{une.cle}", "organisme": f"/organisme/{une.cle}"}
    ensemble = une.tete or une.nature == "departement"
    return {
        "id": une.cle,
        "nom": f"{nom} (étape {etapes[une.cle]})" if une.cle in etapes else nom,
        "o": une.groupe,
        "k": une.nature if ensemble or une.nature == "organisme" else "",
        "h": chemins.get(une.nature) if ouvertes else None,
        "p": None if ensemble else une.problemes,
        "c": une.cases,
    }


def _colonnes(
    c: Contexte,
    rangees: list[Rangee],
    retenus: list[Indicateur],
    objet: str,
    devant: frozenset[str],
) -> list[dict[str, Any]]:
    absentes = cases_absentes(rangees, len(retenus))
    tardives = saisies_tardives(c.v, c.filtres)
    rangs = {un.code: rang for rang, un in enumerate(retenus)}
    tri = c.adresse.get("tri", "")
    croissant, trie = tri.startswith("-"), tri.removeprefix("-")
    nom = {
        "field": "nom",
        "headerName": "Nom",
        "pinned": "left",
        "initialWidth": LARGEUR_NOM,
        "cellRenderer": "NomSuivi",
        "cellClass": "cellule-suivi",
        "comparator": {"function": "comparerNoms"},
        "sortingOrder": ["asc", "desc"],
    }
    etat = {
        "colId": "etat",
        "headerName": "■✖ ▲",
        "headerTooltip": "Nombre d'indicateurs en rouge, à traiter, en orange",
        "pinned": "left",
        "width": LARGEUR_ETAT,
        "valueGetter": {"function": "problemes(params)"},
        "comparator": {"function": "comparerProblemes"},
        "cellRenderer": "ProblemesSuivi",
        "cellClass": "cellule-suivi",
    }
    for colonne, cle, sens in ((nom, "nom", ("asc", "desc")), (etat, "", ("desc", "asc"))):
        if trie == cle or (cle == "" and trie not in {"nom", *rangs}):
            colonne["sort"] = sens[croissant]
    familles = itertools.groupby(
        retenus, key=lambda un: DEVANT if un.code in devant else un.titre_famille
    )
    groupes = [
        {
            "headerName": famille,
            "children": [
                _colonne(c, un, rangs[un.code], absentes, tardive=un.code in tardives)
                | ({"sort": "asc" if croissant else "desc"} if un.code == trie else {})
                for un in groupe
            ],
        }
        for famille, groupe in familles
    ]
    return [{"headerName": objet, "children": [nom, etat]}, *groupes]


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
    """Return what announces the other window: the month, or the 12 months of a tolérance zéro."""
    return "12 mois :" if un.tolerance_zero else f"{nom_mois(c.filtres.mois).split()[0]} :"
