"""A delivery handed over by a browser: kept as it comes, loaded by a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import flask

from dashboards.courant import dossier, perimetre, qui
from infocentre import travaux
from infocentre.acces.perimetre import Perimetre
from infocentre.contrat.territoires import departement_connu
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import lire_arrete
from infocentre.travaux import Recu, Travail

SANS_TAILLE, REFUSE = 411, 422
LISTE_MAX = 1 << 18  # bytes of the names of files

depots = flask.Blueprint("depots", __name__)


def permis(p: Perimetre) -> dict[str, str]:
    """Return what keeps a work to the départements of who asks for it."""
    return {} if p.departements is None else {travaux.PERMIS: " ".join(sorted(p.departements))}


def siens(racine: Path) -> list[Travail]:
    """Return the works that the reader may see: theirs, and those about their départements."""
    p, moi = perimetre(), qui()
    return [
        un
        for un in travaux.lister(racine)
        if p.departements is None
        or un.par == moi
        or (un.departement is not None and p.voit(un.departement))
        or (un.permis is not None and un.permis <= p.departements)
    ]


def exiger_dits(dits: Mapping[str, str]) -> None:
    """Raise Refus when no delivery is of the département or the arrêté that a person tells.

    It is told before the files go to the loading, which does not keep what it refuses.
    """
    if departement := dits.get("departement"):
        departement_connu(departement)
    if arrete := dits.get("arrete"):
        lire_arrete(arrete)


@depots.post("/depot")
def deposer() -> flask.typing.ResponseReturnValue:
    """Keep the file that is the body of the request, or several; answer the work, or why not.

    `nom` names the one file. Several begin with their list, of `liste` bytes of JSON: the name of
    each and its size, then they come one after the other.
    """
    requete = flask.request
    requete.max_content_length = travaux.OCTETS_MAX
    octets = requete.content_length
    if octets is None:
        return {"refus": "La taille de l'archive n'est pas dite. Reprendre la page."}, SANS_TAILLE
    try:
        racine = dossier().racine
        recus = _recus(requete, octets)
        identifiant = travaux.deposer(racine, requete.stream, recus, qui(), permis(perimetre()))
        travaux.lancer(racine)
    except Refus as refus:
        return {"refus": refus.phrase}, REFUSE
    return {"travail": identifiant}


def _recus(requete: flask.Request, octets: int) -> list[Recu]:
    """Return what files come, in their order; raise Refus when they are not the body's size."""
    if "liste" not in requete.args:
        return [Recu(requete.args.get("nom", "").replace("\\", "/").rsplit("/", 1)[-1], octets)]
    taille = requete.args.get("liste", type=int) or 0
    lus = _liste(requete.stream.read(taille)) if 0 < taille <= LISTE_MAX else []
    if taille + sum(un.octets for un in lus) != octets:
        raise Refus("la liste des fichiers déposés ne se lit pas", que_faire="Reprendre la page.")
    return lus


def _liste(brute: bytes) -> list[Recu]:
    try:
        lus = [Recu(str(nom), int(taille)) for nom, taille in json.loads(brute)]
    except (ValueError, TypeError):
        return []
    return lus if all(un.octets >= 0 for un in lus) else []
