"""A file as it is answered: one taken away is never kept by the browser."""

from __future__ import annotations

from dataclasses import replace

import flask

from dashboards.courant import qui
from infocentre.exports import Donnees, dire_emport, en_octets
from infocentre.noyau.formats import Format
from infocentre.noyau.francais import slug
from infocentre.restitutions.formes import FORMES

MIMES = {
    "csv": "text/csv; charset=utf-8",
    "eml": "message/rfc822",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
} | {nom: une.mime for nom, une in FORMES.items()}

COMPRIMES = {"text/javascript", "text/css", "application/javascript"}
EN_FLUX = ("br", "zstd", "deflate")  # what Flask-Compress can compress a stream by


def lire_entier(reponse: flask.Response) -> flask.Response:
    """Read a file whole for who takes gzip alone, which compresses no file that is streamed."""
    prises = flask.request.accept_encodings
    gzip_seul = prises.quality("gzip") and not any(prises.quality(une) for une in EN_FLUX)
    if gzip_seul and reponse.direct_passthrough and reponse.mimetype in COMPRIMES:
        reponse.direct_passthrough = False
        reponse.set_data(reponse.get_data())
    return reponse


def a_emporter(reponse: flask.Response, nom: str) -> flask.Response:
    """Make an answer a download under this name; its type is that of the name's ending."""
    reponse.content_type = MIMES[nom.rpartition(".")[2]]
    reponse.headers.set("Content-Disposition", "attachment", filename=nom)
    reponse.cache_control.no_store = True
    return reponse


def exporter_reponse(donnees: Donnees, format_: Format, precision: str = "") -> flask.Response:
    """Return the download; the file is named after the title, then `precision` (place, month)."""
    if flask.has_request_context():
        donnees = replace(donnees, emporte=dire_emport(qui()))
    nom = "-".join(filter(None, [slug(donnees.titre), slug(precision)]))
    fin = "-excel.csv" if format_ == "csv-excel" else f".{format_}"
    return a_emporter(flask.Response(en_octets(donnees, format_)), f"{nom}{fin}")
