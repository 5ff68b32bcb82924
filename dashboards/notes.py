"""What the forms of notes and of events do, on every page that has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

import dash
from dash import ALL, Input, Output, State, html, no_update

from dashboards.clics import appele, bouton
from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import typographie
from dashboards.composants.notes import EVENEMENTS, NOTES, relire
from dashboards.courant import acces, lecture, perimetre, qui
from dashboards.gestes import registre
from infocentre.decisions.notes import Genre, Lecteurs, Sujet
from infocentre.demarches.notes import exiger_vu
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.notes import carnet
from infocentre.noyau.erreurs import Refus


def rappels(app: dash.Dash) -> None:
    """Register what their forms and their buttons do."""
    for ou in (NOTES, EVENEMENTS):
        app.callback(
            Output(ou, "children"),
            Output(f"{ou}-dit", "children"),
            Output(f"{ou}-ecrire", "valeurs"),
            Input(f"{ou}-ecrire", "envois"),
            Input({"type": f"{ou}-retirer", "note": ALL}, "n_clicks"),
            State(f"{ou}-ecrire", "valeurs"),
            State(f"{ou}-de", "data"),
            prevent_initial_call=True,
        )(agir)


def agir(
    _envois: int | None,
    _clics: Sequence[int | None],
    valeurs: Mapping[str, object] | None,
    de: object,
) -> tuple[Any, Any, Any]:
    """Add what is written, or take back what is clicked; a refusal is said, the text stays."""
    clic, reste = bouton(), cast("Any", no_update)
    ecrit = any(appele(f"{ou}-ecrire") for ou in (NOTES, EVENEMENTS))
    if not (clic or ecrit):
        return no_update, no_update, no_update
    try:
        sujet = _sujet(de)
        v = _publiee()
        exiger_vu(v, registre(), acces(), sujet)
        siennes = carnet(v, acces(), qui())
        if clic is not None:
            siennes.retirer(str(clic.get("note", "")), perimetre().departements)
            dit = "Retirée."
        else:
            textes = {n: un for n, un in (valeurs or {}).items() if isinstance(un, str)}
            du, au = _jour(textes.get("du", "")), _jour(textes.get("au", ""))
            siennes.ecrire(sujet, textes.get("texte", ""), _lecteurs(sujet, textes), du, au)
            dit = "Enregistrée." if sujet.genre is not Genre.EVENEMENT else _MARQUE
            reste = {nom: un for nom, un in textes.items() if nom == "lecteurs"}
    except Refus as refus:
        dite = html.P(typographie(refus.phrase), className="fr-error-text", role="alert")
        return no_update, courber(dite), no_update
    return courber(relire(v, sujet)), courber(html.P(dit, role="status")), reste


_MARQUE = "Enregistré. Les courbes le montrent dès que la page est ouverte de nouveau."


def _publiee() -> Lecture:
    if (v := lecture()) is None:
        raise Refus("aucun mois n'est encore publié")
    return v


def _sujet(de: object) -> Sujet:
    lus = de if isinstance(de, Mapping) else {}
    departement, objet = str(lus.get("departement", ""))[:3], str(lus.get("objet", ""))[:60]
    try:
        return Sujet(departement, Genre(str(lus.get("genre", ""))), objet)
    except ValueError:
        raise Refus("cette note n'est de rien", que_faire="Reprendre la page.") from None


def _lecteurs(sujet: Sujet, textes: Mapping[str, str]) -> Lecteurs:
    if sujet.genre is Genre.EVENEMENT:
        return Lecteurs.TOUS
    tous = textes.get("lecteurs") == Lecteurs.TOUS
    return Lecteurs.TOUS if tous else Lecteurs.GESTIONNAIRES


def _jour(texte: str) -> dt.date | None:
    if not texte.strip():
        return None
    try:
        return dt.date.fromisoformat(texte.strip())
    except ValueError:
        raise Refus(
            f"« {texte[:20]} » n'est pas un jour", que_faire="Le choisir dans le calendrier."
        ) from None
