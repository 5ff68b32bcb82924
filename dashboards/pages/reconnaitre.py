"""Reconnaître mes fichiers: say once what unknown files are, try them, use them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import Input, Output, State, callback, dcc, html, no_update

from dashboards.clics import appele, patienter
from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import ariane, attributs, lien, repli, titre, typographie
from dashboards.composants.natifs import Depot, Reconnaissance
from dashboards.courant import dossier, qui
from dashboards.depots import siens
from dashboards.page import Vue
from dashboards.pages.depot import LENT, VITE, suite
from infocentre import travaux
from infocentre.correspondances.garde import en_usage
from infocentre.correspondances.modele import Correspondance
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import jour
from infocentre.travaux import Travail

REPONSES_MAX = 1 << 20  # characters of what a page sends
TITRE = "Reconnaître mes fichiers"


def layout(travail: str = "", **_: str) -> Vue:
    """Return the page of the files of a work, or where to drop some."""
    try:
        racine = dossier().racine
        connues = en_usage(racine)
    except Refus as refus:
        return Vue(html.Div([titre(TITRE), html.P(refus.quoi), html.P(refus.que_faire)]))
    corps = html.Div(
        [
            html.Div(Depot(id="reconnaitre-depot", adresse="/depot"), hidden=bool(_un(travail))),
            html.Div(id="reconnaitre-etat", **attributs(aria_live="polite")),
            Reconnaissance(id="reconnaissance"),
            dcc.Store(id="reconnaitre-suivi", data={"travail": travail}),
            dcc.Interval(id="reconnaitre-horloge", interval=VITE),
            _connues(connues),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [
                ariane([("Livraisons", "/livraisons"), (TITRE, None)]),
                titre(
                    TITRE,
                    "Dire une fois ce que contiennent ces fichiers : ceux des mois suivants se "
                    "chargeront sans question. Rien n'est écrit avant « Utiliser ».",
                ),
            ]
        ),
    )


def _un(travail: str) -> Travail | None:
    """Return a work that the reader may see, None for any other."""
    return next((un for un in siens(dossier().racine) if un.identifiant == travail), None)


@callback(
    Output("reconnaissance", "donnees"),
    Output("reconnaissance", "occupe"),
    Output("reconnaitre-etat", "children"),
    Output("reconnaitre-suivi", "data"),
    Output("reconnaitre-horloge", "interval"),
    Input("reconnaitre-depot", "depose"),
    Input("reconnaissance", "reponse"),
    Input("reconnaitre-horloge", "n_intervals"),
    State("reconnaitre-suivi", "data"),
    running=patienter("reconnaitre-horloge"),
)
def suivre(
    depose: str | None,
    reponse: dict[str, Any] | None,
    _battements: int | None,
    suivi: dict[str, str] | None,
) -> tuple[Any, ...]:
    """Do what was answered, then return what has changed since it was shown."""
    vu = suivi if isinstance(suivi, dict) else {}
    nomme = depose if appele("reconnaitre-depot") else vu.get("travail", "")
    racine, un = dossier().racine, _un(str(nomme))
    if un is None:
        return no_update, False, no_update, no_update, LENT
    clic = appele("reconnaissance")
    dit = _repondre(un, reponse if clic else None)
    garde = dit if clic else vu.get("dit", "")  # until what is answered next
    travaux.lancer(racine)
    un = _un(un.identifiant) or un
    donnees = travaux.reconnus(racine, un) if un.inconnue else None
    etat = courber(_etat(un, dit or garde))
    neuf = {
        "travail": un.identifiant,
        "dit": garde,
        "etat": str(etat),
        "vu": str(hash(str(donnees))),
    }
    occupe = un.etat in {"attente", "encours"}
    return (
        _donnees(un, donnees, meme=vu.get("vu") == neuf["vu"]),
        occupe,
        no_update if vu.get("etat") == neuf["etat"] else etat,
        neuf if not occupe else {**neuf, "vu": vu.get("vu", "")},
        VITE if occupe else LENT,
    )


def _donnees(un: Travail, donnees: dict[str, Any] | None, *, meme: bool) -> Any:  # noqa: ANN401
    """Return what is shown of the files: what stood there stays while they are looked at again."""
    if un.nature == "charger" and un.etat in {"encours", "fait"}:
        return None
    return no_update if donnees is None or meme else {**donnees, "travail": un.identifiant}


def _repondre(un: Travail, reponse: Mapping[str, Any] | None) -> str:
    """Ask for what a person answered, and for a first look at files nobody knows; say why not."""
    racine = dossier().racine
    try:
        if reponse and un.inconnue:
            _demander(un, str(reponse.get("quoi")), reponse.get("reponses"))
        elif un.inconnue and un.nature == "charger":
            travaux.repondre(racine, un.identifiant, qui(), {})
    except Refus as refus:
        return refus.phrase
    return ""


def _demander(un: Travail, quoi: str, reponses: object) -> None:
    racine = dossier().racine
    if not isinstance(reponses, dict) or len(json.dumps(reponses)) > REPONSES_MAX:
        raise Refus("ces réponses ne se lisent pas", que_faire="Reprendre la page.")
    if quoi != "utiliser":
        travaux.repondre(racine, un.identifiant, qui(), reponses)
        return
    dits = {nom: str(reponses.get(nom, ""))[:40] for nom in ("arrete", "departement")}
    travaux.redemander(racine, un.identifiant, qui(), {travaux.ADOPTER: "oui", **dits}, "charger")


def _etat(un: Travail, dit: str) -> list[Any]:
    """Return how far it is, what it became, or why it cannot be."""
    if dit:
        return [html.P(dit, className="fr-error-text", role="alert")]
    if un.nature == "charger" and un.etat == "fait":
        return [
            html.Div(
                [
                    html.H2(typographie(f"« {un.objet} » est chargé"), className="fr-h5"),
                    *suite(un),
                    html.P(html.Strong(lien("Contrôler et publier", "/depot"))),
                ],
                className="fr-callout",
            )
        ]
    if un.attend and not un.inconnue:
        return [*suite(un), html.P(lien("Répondre à ce qu'elle attend", "/depot"))]
    if un.etat == "attente":
        return [html.P("En attente…")]
    if un.inconnue and un.nature == "charger":
        return []
    return suite(un)


def _connues(connues: Sequence[Correspondance]) -> html.Section:
    return html.Section(
        [
            html.H2("Sources connues", className="fr-h5", id="sources-connues"),
            html.P("Leurs fichiers se chargent sans question."),
            html.Ul([_connue(une) for une in connues], className="sources-connues"),
        ],
        className="no-print",
        **attributs(aria_labelledby="sources-connues"),
    )


def _connue(une: Correspondance) -> html.Li:
    """Return a source: its name, its version, who fixed it and when, what it leaves out."""
    fixee = [f"par {une.auteur}" if une.auteur else "", f"le {jour(une.le)}" if une.le else ""]
    laissees = [(nom, pourquoi) for un in une.fichiers for nom, pourquoi in un.laissees.items()]
    fichiers = [un.exemple for un in une.fichiers if un.exemple]
    return html.Li(
        [
            html.P(
                [
                    html.Strong(une.libelle),
                    typographie(f", version {une.version}, {' '.join(filter(None, fixee))}"),
                ]
            ),
            html.P(f"Fichiers : {', '.join(fichiers)}.", className="fr-hint-text")
            if fichiers
            else None,
            repli(
                f"{accorder(len(laissees), 'colonne laissée', 'colonnes laissées')} de côté",
                html.Ul(
                    [
                        html.Li(typographie(f"{nom} : {pourquoi}" if pourquoi else nom))
                        for nom, pourquoi in laissees
                    ]
                ),
            )
            if laissees
            else None,
        ]
    )


dash.register_page(
    __name__,
    path="/reconnaitre",
    sous="/livraisons",
    name=TITRE,
    title=f"{TITRE} – Infocentre",
    layout=layout,
)
