"""Signature: who signs the messages and the documents, and where to be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import Input, Output, State, callback, html, no_update

from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import ariane, titre, typographie
from dashboards.composants.saisie import Champ, formulaire, groupe
from dashboards.courant import lecteur
from infocentre.demarches import reglages_messagerie as reglages
from infocentre.noyau.erreurs import Refus


def signature(**_: str) -> html.Div:
    """Return who signs, to be changed."""
    champs = [
        Champ("nom", "Service", large=True),
        Champ("auteur", "Personne qui signe", large=True),
        Champ(
            "contact",
            "Où la joindre",
            aide="Une adresse électronique, ou un téléphone.",
            large=True,
        ),
        Champ("lieu", "Ville", aide="Celle d'où partent les lettres : « Marseille, le… »."),
    ]
    try:
        connue, dite = reglages.service_connu(lecteur().dossier.racine), None
    except Refus as refus:
        connue, dite = {}, html.P(courber(typographie(refus.phrase)), className="fr-error-text")
    return html.Div(
        [
            ariane([("Réglages", "/reglages"), ("Signature", None)]),
            titre("Signature", "Ce qui signe les messages, les lettres et les documents"),
            dite,
            formulaire("signature", [groupe("signature", champs)], connue, bouton="Enregistrer"),
            html.Div(id="signature-dit"),
        ]
    )


@callback(
    Output("signature-dit", "children"),
    Input("signature", "envois"),
    State("signature", "valeurs"),
    prevent_initial_call=True,
)
def regler(envois: int | None, valeurs: Mapping[str, object] | None) -> Any:  # noqa: ANN401
    """Write who signs; say what is wrong with it."""
    if not envois:
        return no_update
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    dits = {nom: un for nom, un in lus.items() if isinstance(un, str)}
    try:
        reglages.regler_service(lecteur().dossier.racine, dits)
    except Refus as refus:
        dit, genre = refus.phrase, "error"
    else:
        dit, genre = "Signature enregistrée.", "success"
    return html.Div(
        html.P(courber(typographie(dit))), role="status", className=f"fr-alert fr-alert--{genre}"
    )


dash.register_page(
    __name__,
    path="/reglages/signature",
    sous="/livraisons",
    name="Signature",
    title="Signature – Infocentre",
    layout=signature,
)
