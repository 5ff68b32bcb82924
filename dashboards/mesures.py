"""What the page Mesures does of all that wait: proposed, accepted, sent; an affaire has its face.

Everything is written through the registre of affaires, in the name of whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash
import flask
from dash import ALL, Input, State, no_update

from dashboards import affaires
from dashboards.clics import bouton
from dashboards.gestes import Fait, conclure, registre, sorties
from infocentre.affaires.registre import MESURES
from infocentre.demarches.face import chemin
from infocentre.lecture import affaires as lues
from infocentre.lecture.commun import departements, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.procedures.mesures_correctives import actes
from infocentre.procedures.mesures_correctives.proposer import proposer

mesures = flask.Blueprint("mesures", __name__)


def rappels(app: dash.Dash) -> None:
    """Register what buttons and files of the page do."""
    app.callback(
        *sorties(),
        Input({"type": "mesure-action", "evenement": ALL, "affaire": ALL}, "n_clicks"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(faire)


def faire(_clics: Sequence[int | None], recherche: str | None) -> tuple[Any, Any]:
    """Do what a button asks of all that wait; a refusal is said where one clicked."""
    clic = bouton()
    if not clic:
        return no_update, no_update
    return conclure(
        lambda v: faire_de_toutes(v, clic["evenement"], recherche or ""),
        recherche,
        chemin(MESURES),
    )


def faire_de_toutes(v: Lecture, action: str, recherche: str) -> str:
    """Do what a button says of all that wait; return what was done."""
    if action not in ENSEMBLE:
        raise Refus("cette action n'existe pas", que_faire="Actualiser la page.")
    return ENSEMBLE[action](v, recherche)


# --- Several at once ------------------------------------------------------------------------------


def _lieu(v: Lecture, recherche: str) -> tuple[str, str]:
    """Return the département of the page, and its last controlled month."""
    dit = re.search(r"[?&]departement=([0-9AB]{3})", recherche)
    connus = departements(v)
    ici = dit[1] if dit and dit[1] in connus else connus[0]
    return ici, mois_controles(v, ici)[-1]


def _proposer(v: Lecture, recherche: str) -> str:
    nombre = len(proposer(v, registre(), *_lieu(v, recherche)))
    return Fait(f"{accorder(nombre, 'affaire ouverte ou revue', 'affaires ouvertes ou revues')}.")


def _accepter(v: Lecture, recherche: str) -> str:
    ici, _ = _lieu(v, recherche)
    nombre = len(list(actes.accepter(registre(), actes.a_accepter(lues.affaires(v, ici)))))
    return Fait(f"{accorder(nombre, 'proposition acceptée', 'propositions acceptées')}.")


ENSEMBLE: Mapping[str, Callable[[Lecture, str], str]] = {
    actes.PROPOSER: _proposer,
    actes.ACCEPTER: _accepter,
}


# --- Files to take away ---------------------------------------------------------------------------


@mesures.get("/mesures/<id_>/<nom>.<forme>")
def emporter(id_: str, nom: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve the draft of a message, a letter, the note or the dossier of an affaire."""
    return affaires.emporter(MESURES, id_, nom, forme)
