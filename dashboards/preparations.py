"""Documents that a page offers: to prepare, being made, there, or why one cannot be made.

A page shows them in a `zone`; its callback, under `suivi`, returns what `avancer` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, callback, dcc, html

from dashboards.clics import bouton, patienter
from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import attributs, typographie
from dashboards.courant import veille
from dashboards.documents import commander
from dashboards.page import Contexte, contexte_affiche
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import nombre
from infocentre.noyau.temps import dater_heure
from infocentre.restitutions.commande import Commande
from infocentre.restitutions.prepares import Moment, preparation, preparer
from infocentre.restitutions.registre import existe, libelle_de

CADENCE = 1000  # milliseconds between two looks at what is being made

Suivis = tuple[Any, bool, dict[str, list[str]]]


def zone(nom: str, blocs: Sequence[Any]) -> html.Div:
    """Return where a page shows its documents, looked at again while one is being made."""
    return html.Div(
        [
            html.Div(list(blocs), id=nom, **attributs(aria_live="polite")),
            dcc.Store(id=f"{nom}-prets"),
            dcc.Interval(id=f"{nom}-horloge", interval=CADENCE, disabled=True),
        ]
    )


def suivi(nom: str) -> Callable[[Callable[..., Suivis]], Callable[..., Suivis]]:
    """Have a function called with what a zone's buttons, clock, address and store say."""

    def inscrire(faire: Callable[..., Suivis]) -> Callable[..., Suivis]:
        dash.clientside_callback(
            ClientsideFunction("infocentre", "remettre"),
            Output(f"{nom}-horloge", "n_intervals"),
            Input(f"{nom}-prets", "data"),
            prevent_initial_call=True,
        )
        inscrit: Callable[..., Suivis] = callback(
            Output(nom, "children"),
            Output(f"{nom}-horloge", "disabled"),
            Output(f"{nom}-prets", "data"),
            Input({"type": "preparer", "adresse": ALL}, "n_clicks"),
            Input(f"{nom}-horloge", "n_intervals"),
            State("adresse", "search"),
            State(f"{nom}-prets", "data"),
            running=patienter(f"{nom}-horloge"),
            prevent_initial_call=True,
        )(faire)
        return inscrit

    return inscrire


def avancer(
    recherche: str | None, suivis: object, montrer: Callable[[Contexte], Sequence[Any]]
) -> Suivis:
    """Start what was clicked, return where each document is, and those to hand over now."""
    c = contexte_affiche(recherche)
    if c is None:
        return [], True, {}
    lus = suivis.get("attendus") if isinstance(suivis, Mapping) else None
    attendus = [un for un in lus if isinstance(un, str)] if isinstance(lus, list) else []
    if clic := bouton():
        voulue = str(clic["adresse"])
        preparer(c.v.dossier, _lire(voulue), veille())
        attendus.append(voulue)
    ou = {une: preparation(c.v.dossier, _lire(une)).etat for une in attendus}
    restent = [une for une, etat in ou.items() if etat == "encours"]
    prets = [une for une, etat in ou.items() if etat == "pret"]
    return courber(montrer(c)), not restent, {"attendus": restent, "prets": prets}


def _lire(adresse: str) -> Commande:
    """Return what an address of a document asks, as its download reads it; raise Refus."""
    try:
        lue = urlsplit(adresse)
    except ValueError as erreur:
        quoi = "cette adresse n'est pas celle d'un document"
        raise Refus(quoi, que_faire="Reprendre la page.") from erreur
    nom, _, forme = lue.path.rpartition("/")[2].partition(".")
    c = contexte_affiche(lue.query)
    if c is None or not existe(nom, forme):
        raise Refus("ce document n'existe pas", que_faire="Reprendre la page.")
    return commander(c, nom, forme, c.adresse)


def forme_a_preparer(
    c: Contexte, nom: str, forme: str, titre: str, pour: Mapping[str, str], de: Moment
) -> html.Div:
    """Return a form of a document: to prepare, being made, there, or why it cannot be made."""
    adresse = c.filtres.lien(f"/documents/{nom}.{forme}", **pour)
    ou = preparation(c.v.dossier, commander(c, nom, forme, pour), de)
    dit: list[Any] = [libelle_de(forme), html.Span(f", {titre}", className="fr-sr-only")]
    if ou.etat == "pret":
        fait = f", fait le {dater_heure(ou.fait_le)}" if ou.fait_le else ""
        taille = f"\u00a0– {nombre(max(ou.octets / 1000, 1))} ko{fait}"
        return html.Div(
            # One piece: a button lays out side by side what it is given.
            html.A(
                html.Span([*dit, taille]), href=adresse, download="", className="fr-btn fr-btn--sm"
            )
        )
    if ou.etat == "encours":
        return html.Div([*dit, " en préparation…"], className="en-preparation")
    a_preparer = html.Button(
        dit,
        id={"type": "preparer", "adresse": adresse},
        type="button",
        className="fr-btn fr-btn--tertiary fr-btn--sm",
    )
    if ou.refus is None:
        return html.Div(a_preparer)
    return html.Div([a_preparer, html.P(typographie(ou.refus.phrase), className="fr-error-text")])
