"""Who may speak to the server: its own pages only, under a name that is its own."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import flask

LOCAUX = frozenset({"127.0.0.1", "localhost", "::1"})
SANS_EFFET = frozenset({"GET", "HEAD", "OPTIONS"})


def protections(serveur: flask.Flask) -> None:
    """Refuse what another site would have a reader's browser ask."""
    serveur.before_request(_verifier)


def _verifier() -> flask.Response | None:
    if _hote(f"//{flask.request.host}") not in hotes():
        return _refuser(421, "Ce serveur ne répond pas sous ce nom", "Ouvrir http://127.0.0.1.")
    if flask.request.method not in SANS_EFFET and not _du_meme_site():
        return _refuser(403, "Cette demande vient d'un autre site", "La refaire depuis la page.")
    return None


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
        return urlsplit(origine).netloc == flask.request.host
    return entetes.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def _refuser(code: int, message: str, que_faire: str) -> flask.Response:
    return flask.Response(
        f"{message}. {que_faire}\n", code, content_type="text/plain; charset=utf-8"
    )
