"""What serves the request that is being answered: the reader, the data directory."""

from __future__ import annotations

import flask

from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur

UN_AN = 31_536_000  # seconds a browser may keep what changes its address when it changes


def lecteur() -> Lecteur:
    """Return the reader of the running application."""
    trouve: Lecteur = flask.current_app.config["LECTEUR"]
    return trouve


def dossier() -> Dossier:
    """Return the data directory of the running application."""
    return lecteur().dossier
