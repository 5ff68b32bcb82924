"""A file as it is answered: one taken away is never kept by the browser."""

from __future__ import annotations

import functools
import gzip
import http
from collections.abc import Callable, Mapping
from dataclasses import replace

import brotli
import flask

from dashboards.courant import UN_AN, qui, veille
from infocentre.exports import Donnees, dire_emport, en_octets
from infocentre.noyau.formats import Format
from infocentre.noyau.francais import slug
from infocentre.restitutions.formes import FORMES

MIMES = {
    "csv": "text/csv; charset=utf-8",
    "eml": "message/rfc822",
    "geojson": "application/geo+json",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
} | {nom: une.mime for nom, une in FORMES.items()}

SCRIPTS = {"text/javascript", "text/css", "application/javascript"}
DATE = "m"  # what Dash adds to the address of an asset: when it was changed
COMPRESSIONS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": functools.partial(brotli.compress, quality=5),
    "gzip": gzip.compress,
}


def rendre_script(reponse: flask.Response) -> flask.Response:
    """Compress a script or a sheet, once for all readers; one that says its date is kept a year."""
    if reponse.mimetype not in SCRIPTS or reponse.status_code != http.HTTPStatus.OK:
        return reponse
    if DATE in flask.request.args:
        reponse.cache_control.no_cache = None
        reponse.cache_control.max_age = UN_AN
        reponse.cache_control.immutable = True
    prises = flask.request.accept_encodings
    prise = next((une for une in COMPRESSIONS if prises.quality(une)), None)
    if prise and flask.request.method == "GET":
        reponse.direct_passthrough = False
        reponse.set_data(_comprimer(reponse.get_data(), prise))
        reponse.content_encoding = prise
    return reponse


@functools.lru_cache(64)
def _comprimer(octets: bytes, prise: str) -> bytes:
    return COMPRESSIONS[prise](octets)


def a_emporter(reponse: flask.Response, nom: str) -> flask.Response:
    """Make an answer a download under this name; its type is that of the name's ending."""
    reponse.content_type = MIMES[nom.rpartition(".")[2]]
    reponse.headers.set("Content-Disposition", "attachment", filename=nom)
    reponse.cache_control.no_store = True
    return reponse


def exporter_reponse(donnees: Donnees, format_: Format, precision: str = "") -> flask.Response:
    """Return the download, named as `nommer` does."""
    permis = veille() if flask.has_request_context() else None
    if permis:
        donnees = replace(donnees, emporte=dire_emport(qui()))
    octets = en_octets(donnees, format_, permis)
    return a_emporter(flask.Response(octets), nommer(donnees, format_, precision))


def nommer(donnees: Donnees, format_: Format, precision: str = "") -> str:
    """Return the name of a download: its title, then `precision` (place, month)."""
    nom = "-".join(filter(None, [slug(donnees.titre), slug(precision)]))
    return f"{nom}-excel.csv" if format_ == "csv-excel" else f"{nom}.{format_}"
