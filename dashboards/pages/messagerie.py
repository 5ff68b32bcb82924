"""Messagerie: the server by which messages leave, set and tried; its password is never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import Input, Output, State, callback, html, no_update

from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import ariane, titre, typographie
from dashboards.composants.saisie import Champ, Formulaire, formulaire, groupe
from dashboards.courant import acces, lecteur, qui
from infocentre.demarches import reglages_messagerie as reglages
from infocentre.noyau.erreurs import Refus

SECURITES = [("starttls", "STARTTLS"), ("tls", "TLS"), ("aucune", "aucun")]


def messagerie(**_: str) -> html.Div:
    """Return the settings of the mail, and what tries them."""
    racine = lecteur().dossier.racine
    try:
        connue, dite = reglages.messagerie_connue(racine), None
    except Refus as refus:
        connue, dite = {}, _dire(refus.phrase, echec=True)
    return html.Div(
        [
            ariane([("Réglages", "/reglages"), ("Messagerie", None)]),
            titre("Messagerie", "Le serveur par lequel partent les messages et les liens"),
            dite,
            html.Div(_formulaire(connue), id="messagerie-champs"),
            html.Div(id="messagerie-dit"),
            html.H2("Essai", className="fr-h5"),
            formulaire(
                "messagerie-essai",
                [groupe("essai", [Champ("vers", "Votre adresse")])],
                {"vers": qui() if "@" in qui() else ""},
                bouton="M’envoyer un essai",
            ),
            html.Div(id="messagerie-essai-dit"),
        ]
    )


def _formulaire(connue: Mapping[str, str]) -> Formulaire:
    garde = reglages.mot_de_passe_connu(lecteur().dossier.racine)
    aide = "Un mot de passe est gardé ; vide : il reste." if garde else "Aucun n’est gardé."
    champs = [
        Champ("serveur", "Serveur SMTP"),
        Champ("port", "Port", "number", precisions={"min": 1, "max": 65_535}),
        Champ("securite", "Chiffrement", "liste", options=SECURITES),
        Champ("expediteur", "Adresse qui envoie"),
        Champ("utilisateur", "Nom d’utilisateur", aide="Celui que le serveur demande, ou rien."),
        Champ(
            "mot_de_passe",
            "Mot de passe",
            "password",
            aide=f"{aide} Il est oublié quand le serveur change.",
        ),
        *([Champ("oublier", "Oublier le mot de passe gardé", "case")] if garde else []),
        Champ(
            "dossier_rebonds",
            "Dossier des avis de non-remise (facultatif)",
            aide="Dossier du serveur (Maildir, ou des .eml) où arrive le courrier de l’adresse qui "
            "envoie. « infocentre quotidien » y lit les messages revenus et marque leurs adresses.",
            large=True,
        ),
    ]
    valeurs = {"port": "587", "securite": "starttls", **connue}
    return formulaire("messagerie", [groupe("messagerie", champs)], valeurs, bouton="Enregistrer")


@callback(
    Output("messagerie-dit", "children"),
    Output("messagerie-champs", "children"),
    Input("messagerie", "envois"),
    State("messagerie", "valeurs"),
    prevent_initial_call=True,
)
def regler(envois: int | None, valeurs: Mapping[str, object] | None) -> tuple[Any, Any]:
    """Write the settings; the form comes back without the password."""
    if not envois:
        return no_update, no_update
    dits = lire_valeurs(valeurs)
    racine = lecteur().dossier.racine
    try:
        if dits.get("oublier"):
            reglages.oublier_mot_de_passe(racine)
        mot = dits.get("mot_de_passe", "")
        reglages.regler_messagerie(racine, dits, mot, par=acces().qui)
        connue = reglages.messagerie_connue(racine)
    except Refus as refus:
        return _dire(refus.phrase, echec=True), no_update
    return _dire("Messagerie enregistrée."), _formulaire(connue)


@callback(
    Output("messagerie-essai-dit", "children"),
    Input("messagerie-essai", "envois"),
    State("messagerie-essai", "valeurs"),
    prevent_initial_call=True,
)
def essayer(envois: int | None, valeurs: Mapping[str, object] | None) -> Any:  # noqa: ANN401
    """Send a message to the address that is written."""
    if not envois:
        return no_update
    vers = lire_valeurs(valeurs).get("vers", "").strip()
    try:
        reglages.essayer(lecteur().dossier.racine, vers)
    except Refus as refus:
        return _dire(refus.phrase, echec=True)
    return _dire(f"Essai parti à {vers} : vérifier qu’il est arrivé, et son expéditeur.")


def lire_valeurs(valeurs: Mapping[str, object] | None) -> dict[str, str]:
    """Return what a form holds, texts alone."""
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    return {nom: un for nom, un in lus.items() if isinstance(un, str)}


def _dire(phrase: str, *, echec: bool = False) -> html.Div:
    return html.Div(
        html.P(courber(typographie(phrase))),
        role="alert" if echec else "status",
        className=f"fr-alert fr-alert--{'error' if echec else 'success'}",
    )


dash.register_page(
    __name__,
    path="/reglages/messagerie",
    sous="/livraisons",
    name="Messagerie",
    title="Messagerie – Infocentre",
    layout=messagerie,
)
