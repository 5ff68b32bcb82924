"""Région et France: the figures that the bilan sets beside the département's, typed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import dash
from dash import Input, Output, State, callback, html, no_update

from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import ariane, lien, titre, typographie
from dashboards.composants.saisie import Champ, formulaire, groupe
from dashboards.courant import lecteur
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.references import (
    FICHIER,
    LIBELLES,
    TEXTES,
    Reference,
    enregistrer,
    lire,
)


def comparaisons(territoire: str = "", **_: str) -> html.Div:
    """Return the territories that are known, and the form of one."""
    try:
        connues, dite = lire(lecteur().dossier.racine / FICHIER), None
    except Refus as refus:
        connues = ()
        dite = html.P(courber(typographie(refus.phrase)), className="fr-error-text")
    une = next((un for un in connues if un.territoire == territoire), None)
    return html.Div(
        [
            ariane([("Réglages", "/reglages"), ("Région et France", None)]),
            titre("Région et France", "Les chiffres auxquels le bilan compare le département"),
            dite,
            _connues(connues),
            formulaire(
                "comparaisons",
                [
                    groupe("comparaisons", [_champ(nom) for nom in TEXTES]),
                    groupe("comparaisons", [_champ(nom) for nom in LIBELLES if nom not in TEXTES]),
                ],
                {} if une is None else _valeurs(une),
                bouton="Enregistrer",
            ),
            html.Div(id="comparaisons-dit"),
        ]
    )


def _connues(connues: tuple[Reference, ...]) -> html.P | None:
    if not connues:
        return None
    liens = [
        lien(une.territoire, f"/reglages/comparaisons?territoire={quote(une.territoire)}")
        for une in connues
    ]
    return html.P(["Saisis : ", *(un for suite in liens for un in (suite, " "))])


def _champ(nom: str) -> Champ:
    aides = {
        "territoire": "France, une région, un autre département.",
        "source": "D'où viennent ces chiffres : elle est imprimée sous le tableau.",
    }
    jour = nom == "arrete"
    return Champ(
        nom,
        LIBELLES[nom],
        "date" if jour else "text",
        aide=aides.get(nom, ""),
        large=nom in TEXTES and not jour,
    )


def _valeurs(une: Reference) -> dict[str, str]:
    return {
        nom: f"{valeur:g}".replace(".", ",") if isinstance(valeur, float) else str(valeur)
        for nom, valeur in une.model_dump(exclude_none=True).items()
    }


def _nommer(phrase: str) -> str:
    """Return a refusal with the names that the form gives to its fields."""
    for nom, dit in LIBELLES.items():
        phrase = phrase.replace(f"« {nom} »", f"« {dit} »")
    return phrase


@callback(
    Output("comparaisons-dit", "children"),
    Input("comparaisons", "envois"),
    State("comparaisons", "valeurs"),
    prevent_initial_call=True,
)
def saisir(envois: int | None, valeurs: Mapping[str, object] | None) -> Any:  # noqa: ANN401
    """Write what is typed of a territory; say what is wrong with it."""
    if not envois:
        return no_update
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    dits = {nom: un for nom, un in lus.items() if isinstance(un, str)}
    try:
        connues = enregistrer(lecteur().dossier.racine, dits)
    except Refus as refus:
        dit, genre = _nommer(refus.phrase), "error"
    else:
        noms = ", ".join(une.territoire for une in connues) or "aucun territoire"
        dit, genre = f"Enregistré. Le bilan compare le département à : {noms}.", "success"
    return html.Div(
        html.P(courber(typographie(dit))), role="status", className=f"fr-alert fr-alert--{genre}"
    )


dash.register_page(
    __name__,
    path="/reglages/comparaisons",
    sous="/livraisons",
    name="Région et France",
    title="Région et France – Infocentre",
    layout=comparaisons,
)
