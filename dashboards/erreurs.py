"""The last net: whatever fails, a person reads a sentence in French, and the log says what it was.

Calls of Dash that its own pages cannot have made are refused before they reach it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import dash
import flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from dashboards.protection import page_demandee, refuser
from infocentre.decisions.magasin import Injoignable
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import apostropher, majuscule

JOURNAL = logging.getLogger("infocentre.dashboards")
OCTETS_MAX = 4 << 20  # of any request, whether it says its length or not
APPELS, COMPOSANTS = "/_dash-update-component", "/_dash-component-suites/"
_ADRESSE = "adresse"
_TEXTE, _NOMBRE = (str, type(None)), (int, float, type(None))
# What a page gives of these properties, whatever the component: a callback reads nothing else.
_TENUES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("contents", "filename", "valeur"), _TEXTE),
    **dict.fromkeys(("n_clicks", "n_intervals", "submit_n_clicks", "envois"), _NOMBRE),
    "value": (str, *_NOMBRE),
    "valeurs": (dict, type(None)),
}
_MESSAGES = {
    400: ("Cette demande est mal formée", "La refaire depuis la page."),
    404: ("Cette adresse n'existe pas", "Revenir à l'accueil."),
    405: ("Cette demande ne se fait pas ainsi", "La refaire depuis la page."),
    413: ("Cette demande est trop longue", "La raccourcir."),
}
INDISPONIBLE = 503
_PLUS_TARD = "Réessayer dans quelques minutes ; si cela dure, le signaler avec l'heure."
_ECHEC = ("Cette demande n'a pas abouti", "Recommencer ; si cela dure, le signaler avec l'heure.")


def erreurs(app: dash.Dash) -> None:
    """Bound what is read of a request, refuse malformed calls, answer every failure."""
    serveur: flask.Flask = app.server
    serveur.config["MAX_CONTENT_LENGTH"] = OCTETS_MAX
    serveur.register_error_handler(HTTPException, _refus_http)
    serveur.register_error_handler(Refus, _refus)
    serveur.register_error_handler(Exception, _echec)

    @serveur.before_request
    def verifier_appel() -> flask.Response | None:
        if flask.request.path != APPELS or appel_connu(app, lire_json()):
            return None
        return refuser(400, *_MESSAGES[400])


def lire_json() -> object:
    """Return the body of the request, None when it is not JSON.

    Raises:
        RequestEntityTooLarge: it is too long, whether it said its length or not.
    """
    if len(flask.request.get_data()) >= OCTETS_MAX:
        raise RequestEntityTooLarge
    try:
        return flask.request.get_json(silent=True)
    except RecursionError:
        return None


def _refus_http(erreur: HTTPException) -> flask.typing.ResponseReturnValue:
    code = erreur.code or 500
    if erreur.response is not None or code < 400:  # noqa: PLR2004 - a redirection
        return erreur
    return refuser(code, *_MESSAGES.get(code, _ECHEC))


def _refus(refus: Refus) -> flask.Response:
    """Answer a call of a page whose refusal nothing shows, such as that of who may not see it."""
    if isinstance(refus, Injoignable):
        return indisponible(refus)
    return refuser(403, majuscule(refus.quoi), refus.que_faire)


def indisponible(refus: Refus) -> flask.Response:
    """Answer while what people decide cannot be read: the log alone says where it is, and why."""
    JOURNAL.error("%s", refus)
    if not page_demandee():
        return refuser(INDISPONIBLE, majuscule(refus.quoi), _PLUS_TARD)
    page = flask.render_template(
        "refus.html",
        titre="Infocentre",
        refus=Refus(refus.quoi, que_faire=apostropher(_PLUS_TARD)),
    )
    return flask.make_response(page, INDISPONIBLE)


def _echec(erreur: Exception) -> flask.typing.ResponseReturnValue:
    chemin = flask.request.path
    if chemin.startswith(COMPOSANTS):  # Dash raises for a file that it does not have
        return refuser(404, *_MESSAGES[404])
    JOURNAL.error("%s %s en échec", flask.request.method, chemin, exc_info=erreur)
    quoi, que_faire = _ECHEC
    page = flask.render_template(
        "refus.html",
        titre="Infocentre",
        refus=Refus(quoi, que_faire=que_faire),
        retour="/",
        retour_texte="Revenir à l'accueil",
    )
    return page, 500


def appel_connu(app: dash.Dash, corps: object) -> bool:
    """Tell if a body is a call that a page of this application makes, by its form."""
    if not isinstance(corps, dict) or not isinstance(corps.get("output"), str):
        return False
    connue = app.callback_map.get(corps["output"])
    if connue is None or "callback" not in connue:  # none, or one of the browser's own
        return False
    if _nom_de(corps.get("outputs")) != corps["output"]:
        return False
    change = corps.get("changedPropIds", [])
    return (
        _memes(corps.get("inputs"), connue["inputs"])
        and _memes(corps.get("state", []), connue["state"])
        and isinstance(change, list)
        and all(any(_a_change(un, entree) for entree in connue["inputs"]) for un in change)
    )


def _a_change(dit: object, entree: Mapping[str, Any]) -> bool:
    """Tell if what a page says to have changed may be what a callback listens to.

    Of a pattern of ids, one that was on the page: it may have left it since.
    """
    if not isinstance(dit, str):
        return False
    nom, _, propriete = dit.rpartition(".")
    if propriete != entree["property"]:
        return False
    if not entree["id"].startswith("{"):
        return nom == str(entree["id"])
    try:
        return _du_motif(json.loads(nom), json.loads(entree["id"]))
    except (ValueError, RecursionError):
        return False


def _nom_de(sorties: object) -> str:
    """Return how Dash names what a call gives: « a.b », « ..a.b...c.d.. » for several."""
    if isinstance(sorties, list):
        return f"..{'...'.join(map(_nom, sorties))}.."
    return _nom(sorties)


def _nom(propriete: object) -> str:
    if not isinstance(propriete, Mapping):
        return ""
    return f"{propriete.get('id')}.{propriete.get('property')}"


def _memes(donnees: object, attendues: Sequence[Mapping[str, Any]]) -> bool:
    return (
        isinstance(donnees, list)
        and len(donnees) == len(attendues)
        and all(map(_meme, donnees, attendues))
    )


def _meme(donnee: object, attendue: Mapping[str, Any]) -> bool:
    """Tell if what a page gives is what a callback takes; of a pattern of ids, a list of any."""
    if not attendue["id"].startswith("{"):
        return (
            isinstance(donnee, dict)
            and _nom(donnee) == _nom(attendue)
            and _lisible(donnee)
            and _tenue(donnee)
        )
    motif = json.loads(attendue["id"])
    unes = donnee if ["ALL"] in motif.values() else [donnee]
    return isinstance(unes, list) and all(
        isinstance(une, dict)
        and _du_motif(une.get("id"), motif)
        and une.get("property") == attendue["property"]
        and _tenue(une)
        for une in unes
    )


def _tenue(donnee: Mapping[str, Any]) -> bool:
    """Tell if a value has a type that pages give of its property."""
    valeur, propriete = donnee.get("value"), donnee["property"]
    if propriete == "id":
        return isinstance(valeur, dict) and valeur == donnee["id"]
    if isinstance(donnee["id"], dict) and propriete == "value":
        return isinstance(valeur, _TEXTE)
    return isinstance(valeur, _TENUES.get(propriete, object))


def _du_motif(nom: object, motif: Mapping[str, Any]) -> bool:
    """Tell if an id is of a pattern: its names, each with what the pattern says or one word."""
    return (
        isinstance(nom, dict)
        and nom.keys() == motif.keys()
        and all(
            nom[cle] == voulu if isinstance(voulu, str) else isinstance(nom[cle], str)
            for cle, voulu in motif.items()
        )
    )


def _lisible(donnee: Mapping[str, Any]) -> bool:
    """Tell if Dash's router can read this value, when it is an address."""
    valeur = donnee.get("value")
    if donnee["id"] != _ADRESSE:
        return True
    if donnee["property"] == "pathname":
        return isinstance(valeur, str) and valeur.startswith("/")
    return valeur is None or isinstance(valeur, str)
