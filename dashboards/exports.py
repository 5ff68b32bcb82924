"""Downloads: each page registers what it lets people take away, one route serves them all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import flask

from dashboards.page import Contexte, contexte_exact
from dashboards.reponses import a_emporter, exporter_reponse, nommer
from infocentre.exports import Donnees
from infocentre.lecture.livraisons import provenance
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.formats import Format
from infocentre.noyau.francais import majuscule
from infocentre.noyau.temps import nom_mois

JOURNAL = logging.getLogger("infocentre.dashboards")
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-excel", "json")
# Parameters of an address that make a file another one, beside its filters and its title.
CHOIX = ("par", "contenu", "colonnes", "montrer", "niveau", "recherche")
CHOIX_MAX = 40
ACCUEIL = "Revenir à l'accueil et choisir un mois."

Fabrique = Callable[[Contexte], Donnees]
EXPORTS: dict[str, Fabrique] = {}
CLASSEURS: dict[str, Callable[[Contexte], bytes]] = {}
_SANS_CONTROLE: set[str] = set()

telechargements = flask.Blueprint("telechargements", __name__)


def export(
    nom: str, *, charges: bool = False, xlsx: Callable[[Contexte], bytes] | None = None
) -> Callable[[Fabrique], Fabrique]:
    """Serve what the function returns at /export/<nom>.<one of FORMATS>, filters included.

    With `charges`, it is also served before any month is controlled. `xlsx` makes its workbook,
    where it is another than that of rows. What says its source is about other places than the
    filters: its title names them, and their month.
    """

    def inscrire(fabrique: Fabrique) -> Fabrique:
        EXPORTS[nom] = fabrique
        if charges:
            _SANS_CONTROLE.add(nom)
        if xlsx:
            CLASSEURS[nom] = xlsx
        return fabrique

    return inscrire


@telechargements.get("/export/<nom>.<format_>")
def telecharger(nom: str, format_: str) -> flask.Response:
    """Serve a download; what cannot be made says so in French."""
    voulu = next((un for un in FORMATS if un == format_), None)
    if nom not in EXPORTS or voulu is None:
        return _refuser(404, "Cet export n'existe pas", "Reprendre le lien de la page.")
    try:
        c = contexte_exact(flask.request.args.to_dict(), charges=nom in _SANS_CONTROLE)
        donnees = EXPORTS[nom](c)
        precision = "" if donnees.source else _precision(c)
        donnees = replace(donnees, source=donnees.source or provenance(c.v, c.filtres))
        flask.g.lignes = sum(len(une.lignes) for une in (donnees, *donnees.autres))
        if voulu == "xlsx" and nom in CLASSEURS:
            fichier = nommer(donnees, voulu, precision)
            return a_emporter(flask.Response(CLASSEURS[nom](c)), fichier)
        return exporter_reponse(donnees, voulu, precision)
    except Refus as refus:
        return _refuser(404, refus.quoi, refus.que_faire or ACCUEIL)
    except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
        JOURNAL.exception("export en échec")
        return _refuser(
            500,
            "Cet export n'a pas pu être préparé",
            "Recommencer ; si cela dure, le signaler avec l'heure et l'adresse.",
        )


def _precision(c: Contexte) -> str:
    """Say the place, what the filters keep, the month: two files that differ have two names."""
    f = c.filtres
    choisis = (c.adresse.get(nom, "")[:CHOIX_MAX] for nom in CHOIX)
    return " ".join(
        [f.departement, c.epcis.get(f.epci, ""), f.type_guichet, *choisis, nom_mois(f.mois)]
    )


def _refuser(code: int, message: str, que_faire: str) -> flask.Response:
    texte = f"{majuscule(message)}. {que_faire}\n"
    return flask.Response(texte, code, content_type="text/plain; charset=utf-8")
