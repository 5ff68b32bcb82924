"""The register to complete: the workbook that a page gives, and takes back filled."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

import flask
from dash import html

from dashboards.composants.elements import attributs, lien, typographie
from dashboards.courant import acces, dossier, perimetre, qui
from dashboards.depots import permis
from dashboards.page import Contexte, contexte_affiche, contexte_exact
from dashboards.reponses import a_emporter
from dashboards.traces import tracer_ici
from infocentre import travaux
from infocentre.acces.audit import Trace
from infocentre.demarches import registre_guichets
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule

OCTETS_MAX = 5 << 20

registres = flask.Blueprint("registres", __name__)


@registres.get("/guichets/registre.xlsx")
def emporter() -> flask.typing.ResponseReturnValue:
    """Serve the workbook of the guichets of a département, to complete."""
    try:
        c = contexte_exact(flask.request.args.to_dict())
        ici = c.filtres.departement
        _exiger_entier(c)
        octets = registre_guichets.brouillon(c.v.dossier, c.v.version, ici)
    except Refus as refus:
        return flask.Response(refus.phrase, 404, mimetype="text/plain; charset=utf-8")
    return a_emporter(flask.Response(octets), f"registre-{ici}.xlsx")


def recevoir(contenu: str, nom: str, recherche: str | None) -> html.Div:
    """Take back a filled workbook: read it, then ask that its months be completed.

    Raises:
        Refus: a line of it is wrong, or it is of another département; nothing is kept then.
    """
    c = contexte_affiche(recherche)
    if c is None:
        raise Refus("Aucun mois n'est encore publié", que_faire="Contrôler une livraison.")
    _exiger_entier(c)
    octets, ici = _octets(contenu), c.filtres.departement
    connus = registre_guichets.guichets_connus(c.v.dossier, c.v.version)
    lu = registre_guichets.lire(octets, nom[:80], connus, ici)
    racine = dossier().racine
    travaux.deposer_registre(
        racine, io.BytesIO(octets), nom, len(octets), qui(), permis(perimetre())
    )
    travaux.lancer(racine)
    tracer_ici(acces(), Trace.DEPOT, "registre", departement=ici)
    remplis = sum("type_guichet" in un for un in lu.guichets)
    dits = accorder(remplis, "guichet", "guichets")
    return html.Div(
        html.P([f"Registre reçu, {dits}. ", lien("Suivre la suite", "/depot")]),
        className="fr-alert fr-alert--success",
        **attributs(role="status"),
    )


def _exiger_entier(c: Contexte) -> None:
    c.v.exiger_departements("Le registre à compléter")
    if not c.v.p.voit(c.filtres.departement):
        raise Refus("ce département n'est pas ouvert à ce compte")


def _octets(contenu: str) -> bytes:
    try:
        octets = base64.b64decode(contenu.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise Refus(
            "ce fichier n'est pas arrivé entier", que_faire="Le choisir de nouveau."
        ) from None
    if len(octets) > OCTETS_MAX:
        raise Refus("ce fichier est trop gros", que_faire="Déposer le seul classeur rempli.")
    return octets


def alerte(refus: Refus) -> html.Div:
    """Return what a refusal says, each line of it, where one clicked."""
    phrase, *points = refus.quoi.split("\n")
    contenu: list[Any] = [
        html.P(typographie(majuscule(phrase))),
        html.Ul([html.Li(typographie(un.strip(" -"))) for un in points]) if points else None,
        html.P(typographie(refus.que_faire)) if refus.que_faire else None,
    ]
    return html.Div(contenu, className="fr-alert fr-alert--error", **attributs(role="alert"))
