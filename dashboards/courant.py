"""What serves the request that is being answered: the reader, the data directory."""

from __future__ import annotations

import flask

from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.lieux import lire_comme
from infocentre.lecture.perimetre import TOUT, Perimetre, exiger_tout

UN_AN = 31_536_000  # seconds a browser may keep what changes its address when it changes


def lecteur() -> Lecteur:
    """Return the reader of the running application."""
    trouve: Lecteur = flask.current_app.config["LECTEUR"]
    return trouve


def dossier() -> Dossier:
    """Return the data directory of the application, to who may see all of it; raise Refus."""
    exiger_tout(perimetre(), "Cette page")
    return lecteur().dossier


def perimetre() -> Perimetre:
    """Return what the reader of this request may see: everything, while there are no accounts."""
    return TOUT


def lecture() -> Lecture | None:
    """Return the published version as the reader may see it; None while nothing is published."""
    ouverte = lecteur().ouvrir()
    return lire_comme(ouverte, perimetre()) if ouverte else None
