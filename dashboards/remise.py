"""What is handed over goes to whom may still have it: looked at as it leaves, block by block."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import flask
from werkzeug.wsgi import ClosingIterator

from dashboards.courant import veille
from dashboards.protection import refuser
from infocentre.acces.modele import Acces
from infocentre.acces.veille import CADENCE, Veille
from infocentre.noyau.erreurs import RefusMotive
from infocentre.noyau.francais import majuscule

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

VEILLE = "infocentre.veille"  # of the environment of a request, that no header can set
BLOC = 1 << 16


def remises(serveur: flask.Flask) -> None:
    """Hand nothing over to an account that was closed meanwhile; registered last, it is first."""

    @serveur.before_request
    def dater() -> None:
        flask.g.arrivee = time.monotonic()

    @serveur.after_request
    def verifier(reponse: flask.Response) -> flask.Response:
        qui = flask.g.get("acces")
        if not isinstance(qui, Acces) or not qui.qui:
            return reponse
        sienne = veille()
        if time.monotonic() - flask.g.get("arrivee", 0.0) > CADENCE:
            try:
                sienne.exiger()
            except RefusMotive as refus:
                reponse.close()
                return refuser(401, majuscule(refus.quoi), refus.que_faire)
        flask.request.environ[VEILLE] = sienne
        return reponse

    serveur.wsgi_app = _ParBlocs(serveur.wsgi_app)  # type: ignore[method-assign]


class _ParBlocs:
    """Sends what is long in blocks, and breaks off once its account is closed."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reponse = self._application(environ, start_response)
        sienne = environ.get(VEILLE)
        if not isinstance(sienne, Veille):
            return reponse
        return ClosingIterator(_blocs(reponse, sienne), getattr(reponse, "close", None))


def _blocs(reponse: Iterable[bytes], sienne: Veille) -> Iterator[bytes]:
    for morceau in reponse:
        for debut in range(0, len(morceau), BLOC):
            sienne()
            yield morceau[debut : debut + BLOC]
