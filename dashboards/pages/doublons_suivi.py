"""Suivi des doublons: the cases under way, what may be done of each, lists for guichets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, html, no_update

from dashboards import doublons
from dashboards.clics import bouton
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    Filtre,
    ariane,
    barre_filtres,
    choix,
    exports,
    faits,
    pagination,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.gestes import alerte, encore
from dashboards.page import Contexte, Vue, page
from infocentre.affaires import Affaire, Evenement
from infocentre.demarches.face import par_echeance
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.demandes import numeros_de
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.filtres import PAR_PAGE, nombre_de_pages, page_montree
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer
from infocentre.noyau.temps import jour, nom_mois
from infocentre.procedures.doublons import actes
from infocentre.procedures.doublons.cas import A_INSTRUIRE, exiger_revue
from infocentre.procedures.doublons.listes import EFFACE
from infocentre.procedures.doublons.suite import SORTS, derniere_decision

TOUTES = "toutes"


@page
def layout(c: Contexte) -> Vue:
    """Return the cases of a département, or one of them (`affaire`)."""
    exiger_revue(c.v, c.filtres.departement)
    if c.adresse.get("affaire"):
        return _une(c, doublons.une_affaire(c.v, c.adresse["affaire"]))
    toutes = doublons.registre(c.v).lister(c.filtres.departement, procedure=PROCEDURE, finies=True)
    montrees = sorted((une for une in toutes if _montree(une, c)), key=par_echeance)
    decidees = len(actes.decidees(toutes))
    dites = accorder(decidees, "suppression décidée", "suppressions décidées")
    corps = html.Div(
        [
            html.Div(id="doublons-message"),
            _bouton(f"Confier {dites} aux guichets", actes.CONFIER, TOUTES) if decidees else None,
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


def _bouton(texte: str, evenement: str, affaire: str) -> html.Button:
    return html.Button(
        texte,
        id={"type": "doublon-action", "evenement": evenement, "affaire": affaire},
        className="fr-btn fr-btn--sm fr-btn--secondary",
        type="button",
    )


# --- One case -------------------------------------------------------------------------------------


def _une(c: Contexte, une: Affaire) -> Vue:
    numeros = numeros_de(c.v, [une]).get(une.id, {})
    noms = noms_des_guichets(c.v, c.filtres.departement)
    etat = une.situation.procedure.etats[une.etat]
    paires: list[tuple[str, Any]] = [
        ("État", etat.titre),
        ("Demandes", enumerer(sorted(numeros.values())) or EFFACE),
        *_decidees(une, numeros),
        ("Guichet", noms.get(une.objet, une.objet)),
        ("Ouverte le", jour(une.ouverte_le)),
        *((e.titre, jour(e.due)) for e in une.echeances),
    ]
    corps = html.Div(
        [
            faits(paires),
            html.P(typographie(etat.page)),
            html.Div(id="doublons-message"),
            html.Div(_actes(c, une), className="exports"),
            html.H2("Chronologie", className="fr-h5"),
            liste(
                ("Jour", "Événement", "Précision", "Par"),
                _chronologie(une, numeros),
                "Chronologie, la fin d'abord",
            ),
        ]
    )
    fil = ariane(
        [
            ("Doublons", c.filtres.lien("/doublons")),
            ("Suivi", c.filtres.lien("/doublons/suivi")),
            (une.id, None),
        ]
    )
    return Vue(corps, tete=html.Div([fil, titre(f"Doublons : affaire {une.id}")]))


def _decidees(une: Affaire, numeros: Mapping[str, str]) -> list[tuple[str, str]]:
    decision = derniere_decision(une)
    if decision is None:
        return []
    dit = decision.donnees
    supprimees = sorted(numeros.get(un, EFFACE) for un in dit["supprimer"])
    garder, raisons = numeros.get(dit["garder"], EFFACE), " ; ".join(dit.get("raisons", []))
    return [
        ("À conserver", f"{garder} ({raisons})" if raisons else garder),
        ("À supprimer", enumerer(supprimees)),
    ]


def _actes(c: Contexte, une: Affaire) -> list[Any]:
    boutons: list[Any] = [_bouton(dit, nom, une.id) for nom, dit in actes.boutons(une)]
    if not actes.a_decider(une):
        return boutons
    revue = c.filtres.lien("/doublons", liste=A_INSTRUIRE)
    decider = html.A("Décider sur la page de revue", href=revue, className="fr-btn fr-btn--sm")
    return [decider, *boutons]


def _chronologie(une: Affaire, numeros: Mapping[str, str]) -> list[list[Cellule]]:
    regle = une.situation.procedure.regle
    return [
        [
            jour(un.jour),
            regle(un.nom).titre,
            typographie(_dire(une, un, numeros)),
            un.auteur,
        ]
        for un in reversed(une.situation.evenements)
    ]


def _dire(une: Affaire, un: Evenement, numeros: Mapping[str, str]) -> str:
    """Return what an event carries, each demande by its numéro."""
    dits = []
    donnees: Mapping[str, Any] = un.donnees
    for champ, regle in une.situation.procedure.regle(un.nom).donnees.items():
        valeur = donnees.get(champ)
        if valeur is None or champ in {"membres", "fichiers", "livraison", "valeurs"}:
            continue
        if regle.type == "choix":
            dits.append(regle.choix.get(valeur, str(valeur)))
        elif champ == "sorts":
            vus = un.donnees["sorts"]
            dits += [f"{numeros.get(vu['membre'], EFFACE)} {SORTS[vu['sort']]}" for vu in vus]
        elif champ == "mois":
            dits.append(nom_mois(valeur))
        elif champ == "raisons":
            dits += valeur
        elif champ in {"garder", "supprimer"}:
            siens = [valeur] if isinstance(valeur, str) else valeur
            mot = "conserver" if champ == "garder" else "supprimer"
            dits.append(f"{mot} {enumerer([numeros.get(sien, EFFACE) for sien in siens])}")
        else:
            dits.append(str(valeur))
    return " ; ".join(dits)


@callback(
    Output("adresse", "href", allow_duplicate=True),
    Output("doublons-message", "children"),
    Input({"type": "doublon-action", "evenement": ALL, "affaire": ALL}, "n_clicks"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def agir(clics: Sequence[int | None], recherche: str | None) -> tuple[Any, Any]:
    """Do what a button asks of a case, then show the page again."""
    clic = bouton()
    if not clic or not any(clics):
        return no_update, no_update
    try:
        doublons.agir(recherche, clic["affaire"], clic["evenement"])
    except Refus as refus:
        return no_update, alerte(refus)
    return encore("/doublons/suivi", recherche), None


dash.register_page(
    "doublons_suivi",
    path="/doublons/suivi",
    sous="/doublons",
    name="Suivi des doublons",
    title="Suivi des doublons – Infocentre",
    layout=layout,
)
