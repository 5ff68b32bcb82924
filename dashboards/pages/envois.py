"""Envois: the messages that wait to leave, read again one after the other, then sent."""

from __future__ import annotations

from typing import Any

import dash
from dash import dcc, html

from dashboards.clics import MESSAGE
from dashboards.composants import envois as pieces
from dashboards.composants.elements import ariane, barre_filtres, lien, titre, vide
from dashboards.courant import acces, aujourdhui
from dashboards.envois import attendent, ligne, montrer, refusees, suivre_le_dernier
from dashboards.page import Contexte, Vue, page
from infocentre.acces.modele import Action
from infocentre.demarches.invitations import messagerie_reglee
from infocentre.procedures.mesures_correctives.envois import canaux

CADENCE = 1000  # milliseconds between two looks at what leaves


@page
def layout(c: Contexte) -> Vue:
    """Return what waits to leave in a département, and where what is leaving stands."""
    mois = c.mois[-1]
    ceux = attendent(c.v, c.filtres.departement, mois)
    suite, vit = suivre_le_dernier(c.filtres.departement)
    corps = html.Div(
        [
            html.Div(suite, id="envoi-suite"),
            dcc.Interval(id="envoi-horloge", interval=CADENCE, disabled=not vit),
            *(_a_envoyer(c, ceux, mois) if ceux else _rien(c, vit=vit)),
            pieces.revenus(list(refusees(c.v).values())),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [
                ariane([("Mesures", c.filtres.lien("/mesures")), ("Envois", None)]),
                titre("Envois", f"{c.lieu} : les messages qui attendent de partir"),
            ]
        ),
        filtres=barre_filtres(c.filtres, c.mois, c.departements),
    )


def _rien(c: Contexte, *, vit: bool) -> list[Any]:
    suite = ["Ce qui est à signaler s’accepte dans ", lien("Mesures", c.filtres.lien("/mesures"))]
    cachees: list[Any] = [html.Div(id=nom) for nom in (MESSAGE, "envoi-lu")]
    cachees.append(pieces.liste([]))
    if vit:
        return cachees
    return [vide("Aucun message n’attend d’être envoyé", [*suite, "."]), *cachees]


def _a_envoyer(c: Contexte, ceux: list[Any], mois: str) -> list[Any]:
    lignes = [ligne(c.v, un, mois) for un in ceux]
    return [
        pieces.avertir(lignes),
        pieces.liste(lignes),
        *_envoyer(c, len([une for une in lignes if une.vers])),
        html.Div(id=MESSAGE),
        pieces.tour(len(ceux)),
        html.Div(montrer(c.v, ceux, 0, mois), id="envoi-lu"),
    ]


def _envoyer(c: Contexte, nombre: int) -> list[Any]:
    if messagerie_reglee(c.v.dossier.racine):
        return [pieces.a_envoyer(nombre)]
    adresse = c.filtres.lien("/envois/messages.zip")
    regle = acces().peut(Action.COMPTES)
    sans = pieces.sans_messagerie(nombre, adresse, canaux(), aujourdhui(), regle=regle)
    return [sans]


dash.register_page(
    __name__,
    path="/envois",
    sous="/mesures",
    name="Envois",
    title="Envois – Infocentre",
    layout=layout,
)
