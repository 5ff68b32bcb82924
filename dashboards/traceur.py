"""The plotly.js of the pages that show a chart: ours, the smallest that draws them, in French.

Dash loads plotly.js when a page first shows a chart, from an address of its own; that address
leads to our file, whose name says its version.
"""

from __future__ import annotations

import functools
import io
from pathlib import Path

import flask
from werkzeug.wrappers import Response

from dashboards.courant import UN_AN

DE_DASH = "/_dash-component-suites/plotly/package_data/plotly.min.js"
FICHIERS = Path(__file__).parent / "plotly"
FICHIER = next(FICHIERS.glob("plotly-*.min.js")).name

traceur = flask.Blueprint("traceur", __name__)


@traceur.get(DE_DASH)
def de_dash() -> Response:
    """Lead to our plotly.js."""
    return flask.redirect(f"/plotly/{FICHIER}")


@traceur.get(f"/plotly/{FICHIER}")
def fichier() -> flask.Response:
    """Serve our plotly.js, from memory: no demand, however odd, leaves a file open."""
    return flask.send_file(
        io.BytesIO(_contenu()),
        mimetype="text/javascript",
        download_name=FICHIER,
        etag=FICHIER,
        max_age=UN_AN,
    )


@functools.cache
def _contenu() -> bytes:
    return (FICHIERS / FICHIER).read_bytes()
