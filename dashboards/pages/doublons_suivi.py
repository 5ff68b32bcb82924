"""Suivi des doublons: the cases under way, what may be done of each, lists for guichets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, State, callback, html, no_update

from dashboards import doublons
from dashboards.affaires import face
from dashboards.clics import MESSAGE
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    Filtre,
    ariane,
    barre_filtres,
    choix,
    exports,
    pagination,
    titre,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.gestes import conclure, sorties
from dashboards.page import Contexte, Vue, page
from dashboards.pages.affaires import montrer
from infocentre.affaires import Affaire
from infocentre.demarches.face import chemin, par_echeance
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.demandes import numeros_de
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.filtres import PAR_PAGE, nombre_de_pages, page_montree
from infocentre.noyau.francais import accorder, enumerer
from infocentre.noyau.temps import jour, nom_mois
from infocentre.procedures.doublons import actes
from infocentre.procedures.doublons.cas import exiger_revue
from infocentre.procedures.doublons.listes import EFFACE


@page
def layout(c: Contexte) -> Vue:
    """Return the cases of a département, or one of them (`affaire`)."""
    exiger_revue(c.v, c.filtres.departement)
    if c.adresse.get("affaire"):
        ici = face(c.v, PROCEDURE)
        return montrer(c, ici, ici.lire(c.adresse["affaire"]))
    toutes = doublons.registre(c.v).lister(c.filtres.departement, procedure=PROCEDURE, finies=True)
    montrees = sorted((une for une in toutes if _montree(une, c)), key=par_echeance)
    decidees = len(actes.decidees(toutes))
    dites = accorder(decidees, "suppression décidée", "suppressions décidées")
    corps = html.Div(
        [
            html.Div(id=MESSAGE),
            html.P(_bouton(f"Confier {dites} aux guichets")) if decidees else None,
            html.H2(accorder(len(montrees), "cas", "cas"), className="fr-h5"),
            _liste(c, montrees) if montrees else html.P("Aucun cas dans cet état."),
            _fichiers(c),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [
                ariane([("Doublons", c.filtres.lien("/doublons")), ("Suivi", None)]),
                titre(
                    "Suivi des doublons", f"{c.lieu} : ce qui est décidé, et ce qu'il en advient"
                ),
            ]
        ),
        filtres=_filtres(c),
    )


def _filtres(c: Contexte) -> list[Filtre]:
    noms = noms_des_guichets(c.v, c.filtres.departement)
    tous = [("", "Tous les guichets"), *sorted(noms.items(), key=lambda un: un[1])]
    a = c.adresse
    return barre_filtres(
        c.filtres,
        c.mois,
        c.departements,
        plus=[
            choix("etat", "État", actes.ETATS.items(), a.get("etat", "")),
            choix("guichet", "Guichet", tous, a.get("guichet", "")),
        ],
    )


def _montree(une: Affaire, c: Contexte) -> bool:
    etat = c.adresse.get("etat", "")
    if c.adresse.get("guichet", "") not in {"", une.objet}:
        return False
    return une.etat == etat if etat else not une.situation.finie


def _liste(c: Contexte, tries: Sequence[Affaire]) -> html.Div:
    """Return a page of the cases, the nearest deadline first."""
    numero = page_montree(c.adresse, len(tries))
    montrees = tries[PAR_PAGE * (numero - 1) : PAR_PAGE * numero]
    numeros, noms = numeros_de(c.v, montrees), noms_des_guichets(c.v, c.filtres.departement)
    lignes: list[list[Cellule]] = [
        [
            lien_direct(une.id, c.filtres.lien("/doublons/suivi", affaire=une.id)),
            enumerer(sorted(numeros.get(une.id, {}).values())) or EFFACE,
            noms.get(une.objet, une.objet),
            une.titre_etat,
            f"{une.echeance.titre} le {jour(une.echeance.due)}" if une.echeance else "–",
        ]
        for une in montrees
    ]
    colonnes = ("Affaire", "Demandes", "Guichet", "État", "Échéance")
    autres = {nom: c.adresse[nom] for nom in ("etat", "guichet") if c.adresse.get(nom)}
    return html.Div(
        [
            liste(colonnes, lignes, "Cas, l'échéance la plus proche d'abord", nus=(1, 2, 3)),
            pagination(
                numero,
                nombre_de_pages(len(tries)),
                lambda n: c.filtres.lien("/doublons/suivi", page=str(n), **autres),
            ),
        ]
    )


def _fichiers(c: Contexte) -> html.Div:
    """Return the lists to take away: those of the guichet of the filters, else of all."""
    guichet = c.adresse.get("guichet", "") or "tous"
    base = f"/doublons/listes/{guichet}"
    suite = f"?departement={c.filtres.departement}&mois={c.filtres.mois}"
    liens = {
        f"Relevé des suppressions, {nom_mois(c.filtres.mois)} (PDF)": f"{base}/releve.pdf{suite}",
        "Le même (.xlsx)": f"{base}/releve.xlsx{suite}",
    }
    if guichet != "tous":
        liens = {
            "Liste de travail (PDF)": f"{base}/travail.pdf{suite}",
            "Liste de travail (.xlsx)": f"{base}/travail.xlsx{suite}",
        } | liens
    dit = "" if guichet != "tous" else "Choisir un guichet pour sa liste de travail."
    return html.Div([html.H2("À emporter", className="fr-h5"), html.P(dit), exports(liens)])


def _bouton(texte: str) -> html.Button:
    return html.Button(
        texte, id="doublons-confier", className="fr-btn fr-btn--sm fr-btn--secondary", type="button"
    )


@callback(
    *sorties(),
    Input("doublons-confier", "n_clicks"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def agir(clics: int | None, recherche: str | None) -> tuple[Any, Any]:
    """Give what is decided to guichets, then show the page again."""
    if not clics:
        return no_update, no_update
    return conclure(lambda _: doublons.confier(recherche), recherche, chemin(PROCEDURE))


dash.register_page(
    "doublons_suivi",
    path="/doublons/suivi",
    sous="/doublons",
    name="Suivi des doublons",
    title="Suivi des doublons – Infocentre",
    layout=layout,
)
