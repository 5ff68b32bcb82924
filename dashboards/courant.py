"""What serves the request that is being answered: the reader, their rights, the data directory."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

import flask

from infocentre.acces.modele import Acces
from infocentre.acces.perimetre import Perimetre
from infocentre.acces.veille import Veille
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.ouverture import lire_comme
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present
from infocentre.noyau.utilisateur import utilisateur

UN_AN = 31_536_000  # seconds a browser may keep what changes its address when it changes

Reconnaitre = Callable[[], Acces | None]


def lecteur() -> Lecteur:
    """Return the reader of the running application."""
    trouve: Lecteur = flask.current_app.config["LECTEUR"]
    return trouve


def dossier() -> Dossier:
    """Return the data directory, to who sees whole départements; raise Refus.

    Whoever reads it keeps to the départements of `perimetre()`.
    """
    if perimetre().partiel:
        raise Refus(
            "cette page porte sur des départements entiers, qui ne sont pas ouverts à ce compte",
            que_faire="S'adresser au gestionnaire territorial.",
        )
    return lecteur().dossier


def reconnu() -> Acces | None:
    """Return what `reconnaitre` says, asked once a request."""
    if "acces" not in flask.g:
        flask.g.acces = flask.current_app.config["RECONNAITRE"]()
    trouve: Acces | None = flask.g.acces
    return trouve


def acces() -> Acces:
    """Return the rights of who makes this request; raise Refus when nobody is known."""
    trouve = reconnu()
    if trouve is None:
        raise Refus("il faut se connecter pour voir cette page", que_faire="Se connecter.")
    return trouve


def qui() -> str:
    """Return the name under which what this person decides is kept."""
    return acces().qui or utilisateur()


def aujourdhui() -> dt.date:
    """Return the day of the one who acts."""
    return a_present().astimezone().date()


def veille() -> Veille:
    """Return what tells whether who makes this request may still have what they asked for."""
    return Veille(lecteur().dossier.racine, acces())


def perimetre() -> Perimetre:
    """Return what the reader of this request may see."""
    return acces().perimetre


def departement_ouvert(voulu: str) -> str | None:
    """Return the département that a page sends, None for all; raise Refus when it is not open."""
    p = perimetre()
    if p.departements is not None and voulu not in p.departements:
        raise Refus("ce département n'est pas ouvert à ce compte", que_faire="Reprendre la page.")
    return voulu or None


def lecture() -> Lecture | None:
    """Return the published version as the reader may see it; None while nothing is published."""
    ouverte = lecteur().ouvrir()
    return lire_comme(ouverte, perimetre()) if ouverte else None


def version_publiee() -> int | None:
    """Return the number of the published version: 0 before the first, None for one not readable."""
    with contextlib.suppress(Refus):
        ouverte = lecteur().ouvrir()
        return ouverte.version.numero if ouverte else 0
    return None
