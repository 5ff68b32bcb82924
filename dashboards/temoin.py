"""What a browser holds: its session, the secret of its forms, and that it is a known one.

Over https, names begin with __Host-: no other site of the domain can have set them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

import flask

from dashboards.protection import refuser
from infocentre.noyau.config import adresse_publique

SESSION, VISITE, APPAREIL = "infocentre", "infocentre-visite", "infocentre-appareil"
CHAMP = "formulaire"
LONGUEUR_MAX = 100


def chiffre() -> bool:
    """Tell whether people come over https."""
    publique = adresse_publique()
    return publique.startswith("https://") if publique else flask.request.is_secure


def lire(nom: str) -> str:
    """Return what the browser holds under a name, '' for nothing."""
    tenu = flask.request.cookies.get(_nom(nom), "")
    return tenu if len(tenu) <= LONGUEUR_MAX else ""


def poser(
    reponse: flask.Response, nom: str, secret: str, duree: dt.timedelta | None = None
) -> flask.Response:
    """Have the browser hold a secret that no script reads, until it is closed or so long."""
    reponse.set_cookie(
        _nom(nom),
        secret,
        max_age=duree,
        path="/",
        secure=chiffre(),
        httponly=True,
        samesite="Lax",
    )
    return reponse


def oter(reponse: flask.Response, nom: str) -> flask.Response:
    """Have the browser forget a secret."""
    reponse.delete_cookie(_nom(nom), path="/", secure=chiffre(), httponly=True, samesite="Lax")
    return reponse


def _nom(nom: str) -> str:
    return f"__Host-{nom}" if chiffre() else nom


def preuve() -> str:
    """Return what the forms of this browser carry; it gets a secret to make it when it has none."""
    tenu = lire(SESSION)
    return _preuve(tenu) if tenu else preuve_de_visite()


def preuve_de_visite() -> str:
    """Return what tells this browser from another before anybody is signed in."""
    tenu = lire(VISITE)
    if not tenu:
        tenu = flask.g.visite = flask.g.get("visite") or secrets.token_urlsafe(32)
    return _preuve(tenu)


def poser_visite(reponse: flask.Response) -> flask.Response:
    """Give the browser the secret that `preuve` has drawn for it."""
    return poser(reponse, VISITE, flask.g.visite) if "visite" in flask.g else reponse


def verifier_preuve() -> flask.Response | None:
    """Refuse a form that this browser was not given."""
    recue = flask.request.form.get(CHAMP, "").encode()
    tenus = [tenu for nom in (SESSION, VISITE) if (tenu := lire(nom))]
    if any(hmac.compare_digest(recue, _preuve(un).encode()) for un in tenus):
        return None
    return refuser(403, "Ce formulaire n'est plus valable", "Rouvrir la page, puis recommencer.")


def _preuve(secret: str) -> str:
    return hmac.new(secret.encode(), b"formulaire", hashlib.sha256).hexdigest()
