"""A delivery handed over by a browser: kept as it comes, loaded by a process of its own."""

from __future__ import annotations

import flask

from dashboards.courant import dossier, perimetre, qui
from infocentre import travaux
from infocentre.acces.perimetre import Perimetre
from infocentre.noyau.erreurs import Refus

SANS_TAILLE, REFUSE = 411, 422

depots = flask.Blueprint("depots", __name__)


def permis(p: Perimetre) -> dict[str, str]:
    """Return what keeps a work to the départements of who asks for it."""
    return {} if p.departements is None else {travaux.PERMIS: " ".join(sorted(p.departements))}


@depots.post("/depot")
def deposer() -> flask.typing.ResponseReturnValue:
    """Keep the archive that is the body of the request; answer the work's name, or why not."""
    requete = flask.request
    requete.max_content_length = travaux.OCTETS_MAX
    octets = requete.content_length
    if octets is None:
        return {"refus": "La taille de l'archive n'est pas dite. Reprendre la page."}, SANS_TAILLE
    try:
        racine = dossier().racine
        nom = requete.args.get("nom", "")
        identifiant = travaux.deposer(
            racine, requete.stream, nom, octets, qui(), permis(perimetre())
        )
        travaux.lancer(racine)
    except Refus as refus:
        return {"refus": refus.phrase}, REFUSE
    return {"travail": identifiant}
