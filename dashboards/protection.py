"""Who may speak to the server: its own pages only, under a name that is its own."""

from __future__ import annotations

import http
import os
from urllib.parse import urlsplit

import flask

from infocentre.acces import politique
from infocentre.acces.roles import Action

LOCAUX = frozenset({"127.0.0.1", "localhost", "::1"})
SANS_EFFET = frozenset({"GET", "HEAD", "OPTIONS"})
# The pages to read that a link from elsewhere may lead to. All other addresses that ask who one is
# refuse what another site has a browser ask: files, data, what a page is made of.
LISIBLES = frozenset({"/", "/<path:path>", "/compte", "/comptes", "/comptes/<identifiant>"})
ISOLEMENT = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def protections(serveur: flask.Flask) -> None:
    """Refuse what another site would have a reader's browser ask."""
    serveur.before_request(_verifier)
    serveur.after_request(_isoler)


def _isoler(reponse: flask.Response) -> flask.Response:
    """Keep an answer to this site; what does not say how long it may be kept is not kept.

    What bears a mark of its content is asked about again, and comes only when it has changed.
    """
    reponse.headers.update(ISOLEMENT)
    if not reponse.headers.get("Cache-Control"):
        if reponse.get_etag()[0] or reponse.status_code == http.HTTPStatus.NOT_MODIFIED:
            reponse.cache_control.no_cache = True
        else:
            reponse.cache_control.no_store = True
    return reponse


def _verifier() -> flask.Response | None:
    if _hote(f"//{flask.request.host}") not in hotes():
        return refuser(421, "Ce serveur ne répond pas sous ce nom", "Ouvrir http://127.0.0.1.")
    if not _permise():
        return refuser(403, "Cette demande vient d'un autre site", "La refaire depuis la page.")
    return None


def _permise() -> bool:
    if flask.request.method not in SANS_EFFET:
        return _du_meme_site()
    regle = str(flask.request.url_rule or "")
    if not d_ailleurs() or politique.ROUTES.get(regle, Action.ENTRER) is None:
        return True
    return regle in LISIBLES and flask.request.headers.get("Sec-Fetch-Mode") == "navigate"


def d_ailleurs() -> bool:
    """Tell whether another site has a browser make this request: its reader may not have asked."""
    return flask.request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}


def hotes() -> frozenset[str]:
    """Return the names of this server: the loopback ones, and those of INFOCENTRE_HOTES.

    A site that resolves its own name to 127.0.0.1 (DNS rebinding) is under none of them.
    """
    autres = os.environ.get("INFOCENTRE_HOTES", "").replace(",", " ").split()
    return LOCAUX | {nom.lower() for nom in autres}


def _hote(adresse: str) -> str:
    try:
        return (urlsplit(adresse).hostname or "").lower()
    except ValueError:
        return ""


def _du_meme_site() -> bool:
    """Browsers say where a request comes from; one that says nothing is no browser's."""
    entetes = flask.request.headers
    if origine := entetes.get("Origin"):
        return origine.rpartition("//")[2] == flask.request.host
    return entetes.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def page_demandee() -> bool:
    """Tell whether a browser asks an address to show it, and not one of its pages."""
    requete = flask.request
    mode = requete.headers.get("Sec-Fetch-Mode", "navigate")
    return requete.method == "GET" and mode == "navigate" and requete.accept_mimetypes.accept_html


def refuser(code: int, message: str, que_faire: str) -> flask.Response:
    """Answer in one sentence, for whom no page awaits the answer."""
    return flask.Response(
        f"{message}. {que_faire}\n", code, content_type="text/plain; charset=utf-8"
    )
