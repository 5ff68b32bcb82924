"""Corrections d'identité: asked, done by guichets in the SNE, seen by the next delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import ALL, Input, State, callback, html, no_update

from dashboards import doublons
from dashboards.clics import MESSAGE, Bouton, appele, bouton
from dashboards.composants.elements import ariane, barre_filtres, lien, repli, tableau, titre
from dashboards.composants.elements import typographie as dit
from dashboards.composants.saisie import Champ, formulaire, groupe
from dashboards.courant import acces
from dashboards.gestes import Fait, conclure, sorties
from dashboards.page import Contexte, Vue, page
from dashboards.requetes import texte, textes
from infocentre.acces.roles import Action
from infocentre.affaires import Affaire
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.face import par_echeance
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons import corrections as lues
from infocentre.lecture.doublons.demandes import numeros_de
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import majuscule, minuscule
from infocentre.noyau.temps import jour, nom_mois
from infocentre.procedures.corrections_identite import corrections as demarche
from infocentre.procedures.doublons.formulaire import nettoyer
from infocentre.procedures.doublons.listes import EFFACE

AIDE = (
    "Ce qui est à corriger dans le SNE, pourquoi, et le genre de pièce vue. N'écrire ni nom, ni "
    "numéro de pièce : rien n'en est gardé. La livraison suivante dit si c'est fait."
)
EXPLIQUER = (
    "Ce mouvement d'identité a été vu en {mois}. Dire pourquoi il est justifié le retire de ceux "
    "qui restent à vérifier."
)
CHEMIN = "/doublons/corrections"
FINIES = 50  # shown of those at an end, the newest


@page
def layout(c: Contexte) -> Vue:
    """Return the form, then the corrections under way and those at an end."""
    c.v.exiger_nominatif()
    mouvement = c.adresse.get("mouvement", "")
    aide = EXPLIQUER.format(mois=nom_mois(mouvement)) if mouvement else AIDE
    corps = html.Div(
        [
            html.P(dit(aide)),
            formulaire(
                "correction",
                [groupe("correction", _champs(choisir=not mouvement))],
                {"numero": "".join(nettoyer([c.adresse.get("numero", "")[:30]]))},
                bouton="Expliquer ce mouvement" if mouvement else "Demander la correction",
            ),
            html.Div(id=MESSAGE),
            *_listes(c),
        ]
    )
    tete = titre("Corrections d'identité", c.lieu)
    if acces().peut(Action.DOUBLONS):
        fil = ariane([("Doublons", c.filtres.lien("/doublons")), ("Corrections d'identité", None)])
        tete = html.Div([fil, tete])
    filtres = [un for un in barre_filtres(c.filtres, c.mois, c.departements) if un.nom != "mois"]
    return Vue(corps, tete=tete, filtres=filtres)


def _champs(*, choisir: bool) -> list[Champ]:
    cases = [Champ(nom, f"Corriger : {dite}", "case") for nom, dite in lues.CHAMPS.items()]
    return [
        Champ("numero", "Numéro unique"),
        Champ("nature", "Nature", "liste", options=_options("nature")),
        Champ("piece", "Pièce vue", "liste", options=_options("piece")),
        *(cases if choisir else ()),
    ]


def _options(nom: str) -> list[tuple[str, str]]:
    return [("", "Choisir…"), *demarche.choix(nom).items()]


def _listes(c: Contexte) -> list[Any]:
    noms = noms_des_guichets(c.v, c.filtres.departement)
    siennes = [
        une
        for une in lues.corrections(c.v, c.filtres.departement)
        if not c.v.p.partiel or une.objet in noms
    ]
    ouvertes = sorted((une for une in siennes if not une.situation.finie), key=par_echeance)
    finies = [une for une in reversed(siennes) if une.situation.finie][:FINIES]
    blocs: list[Any] = [html.H2("En cours", className="fr-h5")]
    blocs.append(
        _table(c, ouvertes, noms, "Corrections demandées")
        if ouvertes
        else html.P("Aucune correction n'est en cours.")
    )
    if finies:
        blocs.append(repli("Les dernières finies", _table(c, finies, noms, "Corrections finies")))
    return blocs


def _table(c: Contexte, siennes: Sequence[Affaire], noms: Mapping[str, str], legende: str) -> Any:  # noqa: ANN401 - a component
    numeros = {id_: next(iter(un.values())) for id_, un in numeros_de(c.v, siennes).items()}
    lignes = [
        [
            une.id,
            lien(numeros[une.id], c.filtres.lien(f"/demande/{numeros[une.id]}"))
            if une.id in numeros
            else EFFACE,
            dit(lues.dire(une)),
            noms.get(une.objet, une.objet),
            une.titre_etat,
            jour(une.echeance.due) if une.echeance else "–",
            html.Div(_actes(une), className="exports"),
        ]
        for une in siennes
    ]
    colonnes = ["Affaire", "Demande", "Correction", "Guichet", "État", "Avant le", "Suite"]
    return tableau(colonnes, lignes, legende)


def _actes(une: Affaire) -> list[Any]:
    faite, classer = demarche.boutons(une, classe=acces().peut(Action.DOUBLONS))
    boutons: list[Any] = [_bouton(dit, nom, une) for nom, dit in faite]
    if classer:
        sans_suite = [_bouton(majuscule(dite), nom, une) for nom, dite in classer]
        boutons.append(repli("Sans suite", html.Div(sans_suite, className="exports")))
    return boutons


def _bouton(nom: str, evenement: str, une: Affaire) -> html.Button:
    return html.Button(
        dit(nom),
        id={"type": "correction-action", "evenement": evenement, "affaire": une.id},
        className="fr-btn fr-btn--sm fr-btn--secondary",
        type="button",
    )


@callback(
    *sorties(),
    Input("correction", "envois"),
    Input({"type": "correction-action", "evenement": ALL, "affaire": ALL}, "n_clicks"),
    State("correction", "valeurs"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def faire(
    _envois: object, _clics: Sequence[int | None], valeurs: object, recherche: str | None
) -> tuple[Any, Any]:
    """Ask what the form says, or do what a button asks, then show the page again."""
    clic = bouton()
    if not (clic or appele("correction")):
        return no_update, no_update

    def agir(_: Lecture) -> str:
        c = doublons.contexte(recherche)
        une = _agir(c, clic) if clic else _demander(c, textes(valeurs))
        return Fait(f"Affaire {une.id} : {minuscule(une.titre_etat)}.")

    return conclure(agir, recherche, CHEMIN)


def _demander(c: Contexte, valeurs: Mapping[str, str]) -> Affaire:
    une = demarche.Correction(
        "".join(nettoyer([valeurs.get("numero", "")])),
        valeurs.get("nature", ""),
        valeurs.get("piece", ""),
        tuple(nom for nom in lues.CHAMPS if valeurs.get(nom)),
        c.adresse.get("mouvement", ""),
    )
    magasin = ouvrir_magasin(c.v.dossier.racine)
    return demarche.demander(c.v, magasin, doublons.registre(c.v), c.filtres.departement, une)


def _agir(c: Contexte, clic: Bouton) -> Affaire:
    registre = doublons.registre(c.v)
    une = demarche.exiger_sienne(c.v, registre.lire(texte(clic.get("affaire"))))
    nom, _, issue = texte(clic.get("evenement")).partition(".")
    return registre.agir(une.id, nom, {"issue": issue} if issue else {})


dash.register_page(
    "doublons_corrections",
    path=CHEMIN,
    sous="/doublons",
    name="Corrections d'identité",
    title="Corrections d'identité – Infocentre",
    layout=layout,
)
