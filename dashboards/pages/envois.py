"""Envois: the messages that wait to leave, read again one after the other, then sent."""

from __future__ import annotations

from typing import Any

import dash
from dash import dcc, html

from dashboards.clics import MESSAGE
from dashboards.composants import envois as pieces
from dashboards.composants.elements import ariane, barre_filtres, lien, titre, vide
from dashboards.courant import acces, aujourdhui
from dashboards.envois import (
    CHOIX,
    attendent,
    choisies,
    ligne,
    montrer,
    refusees,
    suivre_le_dernier,
)
from dashboards.page import Contexte, Vue, page
from infocentre.acces.modele import Action
from infocentre.demarches.invitations import messagerie_reglee
from infocentre.demarches.message import Pli
from infocentre.demarches.plis import canaux
from infocentre.noyau.francais import accorder

CHOISIS_PARTIS = "Rien de ce qui est choisi n’attend d’être envoyé"
CADENCE = 1000  # milliseconds between two looks at what leaves


@page
def layout(c: Contexte) -> Vue:
    """Return what waits to leave in a département, and where what is leaving stands."""
    choix = choisies(c.adresse)
    ceux = attendent(c.v, c.filtres.departement, choix)
    suite, vit = suivre_le_dernier(c.filtres.departement)
    corps = html.Div(
        [
            html.Div(suite, id="envoi-suite"),
            dcc.Interval(id="envoi-horloge", interval=CADENCE, disabled=not vit),
            _tous(c, len(ceux)) if choix else None,
            *(_a_envoyer(c, ceux) if ceux else _rien(c, vit=vit)),
            # At the end of a sending the page is made again: a file dropped then would be lost.
            None if vit else pieces.revenus(list(refusees(c.v).values())),
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
    if c.adresse.get(CHOIX):
        return [vide(CHOISIS_PARTIS, "C’est envoyé, ou quelqu’un l’a décidé autrement."), *cachees]
    return [vide("Aucun message n’attend d’être envoyé", [*suite, "."]), *cachees]


def _tous(c: Contexte, nombre: int) -> html.P:
    """Say that what is shown was chosen, and lead to all that waits."""
    tous = lien("Voir tous les messages qui attendent", c.filtres.lien("/envois"))
    dit = f"{accorder(nombre, 'message choisi', 'messages choisis')}. " if nombre else ""
    return html.P([dit, tous])


def _a_envoyer(c: Contexte, ceux: list[Pli]) -> list[Any]:
    lignes = [ligne(c.v, un) for un in ceux]
    return [
        pieces.avertir(lignes),
        pieces.liste(lignes),
        *_envoyer(c, ceux, len([une for une in lignes if une.vers])),
        html.Div(id=MESSAGE),
        pieces.tour(len(ceux)),
        html.Div(montrer(c.v, ceux, 0), id="envoi-lu"),
    ]


def _envoyer(c: Contexte, ceux: list[Pli], nombre: int) -> list[Any]:
    if messagerie_reglee(c.v.dossier.racine):
        return [pieces.a_envoyer(nombre)]
    adresse = c.filtres.lien("/envois/messages.zip", **{CHOIX: c.adresse.get(CHOIX, "")})
    regle = acces().peut(Action.COMPTES)
    sans = pieces.sans_messagerie(nombre, adresse, canaux(ceux), aujourdhui(), regle=regle)
    return [sans]


dash.register_page(
    __name__,
    path="/envois",
    sous="/mesures",
    name="Envois",
    title="Envois – Infocentre",
    layout=layout,
)
