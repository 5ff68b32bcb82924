"""The Dash application: shell, pages, downloads, security headers."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import dash
import flask
from dash._pages import _import_layouts_from_pages, _path_to_page

from dashboards.affaires import fichiers_affaires
from dashboards.affaires import rappels as rappels_des_affaires
from dashboards.calendrier import routes as calendrier
from dashboards.composants.coquille import coquille
from dashboards.comptes import comptes
from dashboards.connexion import INTERNE, connexion, identite_affichee, reconnaitre
from dashboards.courant import UN_AN, Reconnaitre, acces, lecteur
from dashboards.depots import depots
from dashboards.documents import documents
from dashboards.doublons import routes as doublons
from dashboards.droits import droits
from dashboards.envois import rappels as rappels_des_envois
from dashboards.envois import routes as envois
from dashboards.erreurs import erreurs
from dashboards.exports import telechargements
from dashboards.fichiers import fichiers
from dashboards.fournisseur import fournisseur
from dashboards.garde import gardes
from dashboards.gestes import rappels as rappels_des_gestes
from dashboards.journee import arrivees
from dashboards.journee import rappels as rappels_de_la_journee
from dashboards.mesures import mesures
from dashboards.mesures import rappels as rappels_des_mesures
from dashboards.navigation import appel, navigation, statut
from dashboards.notes import rappels as rappels_des_notes
from dashboards.protection import protections
from dashboards.registres import registres
from dashboards.remise import remises
from dashboards.reponses import rendre_script
from dashboards.requetes import requetes
from dashboards.traces import traces
from dashboards.traceur import DE_DASH, traceur
from dashboards.vues import rappels as rappels_des_vues
from infocentre.acces.modele import SEUL
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.demandes import lire_la_premiere
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.noyau.config import polices
from infocentre.noyau.dsfr import DSFR, feuille

ICI = Path(__file__).parent
TITRE = "Infocentre – Suivi des guichets"
SOURCE = re.compile(r'src="([^"]+)"')
A_LA_DEMANDE = re.compile(r'src="[^"]*/(dash_ag_grid/|assets/dashAgGrid)')
# Dash's own table, and what old browsers lack; assets/regenerator.min.js is all that Dash needs.
INUTILES = re.compile(r'src="[^"]*/dash/(dash_table|deps/polyfill)')
# What Dash fetches once a grid, or a chart, is on the page.
DOCUMENT = {"/", "/<path:path>"}  # the rules of Dash that give the page of an address
GRILLE = "/_dash-component-suites/dash_ag_grid/async-community.js"
GRAPHIQUE = "/_dash-component-suites/dash/dcc/async-graph.js"
CHARGEMENT = '<div id="react-entry-point"><p class="_dash-loading">Chargement…</p></div>'
PAGE = """<!DOCTYPE html>
<html lang="fr" data-fr-scheme="light">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/dsfr.css">
{%css%}
</head>
<body>
{%app_entry%}
<div>{%config%}{%scripts%}{%renderer%}</div>
</body>
</html>"""


class Application(dash.Dash):
    """Dash with the infocentre's own way to a page (dashboards.navigation)."""

    def enable_pages(self) -> None:
        """Read the pages, without Dash's router: it builds again all that a page holds."""
        cast("Any", _import_layouts_from_pages)(self.config.pages_folder)

    def interpolate_index(self, *_: Any, **morceaux: Any) -> Any:  # noqa: ANN401 - as Dash has it
        """Return the document: in French, with the scripts that every page needs.

        Those of the grid are named to who has one to show (assets/composants.js). A page whose
        registration says what it shows (`montre`) has the scripts of that fetched while it is made.
        """
        scripts = re.findall(r"<script .*?</script>", morceaux["scripts"])
        grille = [une for un in scripts if A_LA_DEMANDE.search(un) for une in SOURCE.findall(un)]
        gardes = [un for un in scripts if not A_LA_DEMANDE.search(un) and not INUTILES.search(un)]
        differes = f'<meta name="scripts-grille" content="{" ".join(grille)}">'
        attendus = {"grille": [*grille, GRILLE], "graphique": [GRAPHIQUE, DE_DASH]}
        gardes += [
            f'<link rel="preload" as="script" fetchpriority="low" href="{adresse}">'
            for adresse in attendus.get(_montre(flask.request.path), ())
        ]
        return super().interpolate_index(
            **morceaux
            | {
                "app_entry": CHARGEMENT,
                "metas": f"{morceaux['metas']}\n{differes}",
                "scripts": "\n".join(gardes),
            }
        )


def _montre(chemin: str) -> str:
    """Return what a page shows that has scripts of its own: "grille", "graphique" or nothing."""
    page, _ = cast("Any", _path_to_page)(chemin.strip("/"))
    return str((page or {}).get("montre", ""))


def creer_app(
    dossier: Dossier, *, marque: str | None = None, reconnaitre: Reconnaitre = reconnaitre
) -> dash.Dash:
    """Return the application over a data directory; it serves only what is published there.

    `reconnaitre` says who makes a request, and their rights.
    """
    app = Application(
        "dashboards",
        use_pages=True,
        pages_folder=str(ICI / "pages"),
        assets_folder=str(ICI / "assets"),
        title=TITRE,
        update_title="",
        index_string=PAGE,
        compress=True,
        serve_locally=True,
        suppress_callback_exceptions=True,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "robots", "content": "noindex"},
        ],
    )
    app.server.config["LECTEUR"] = Lecteur(dossier)
    app.server.config["RECONNAITRE"] = reconnaitre
    app.layout = lambda: coquille(acces(), identite_affichee(), marque=marque)
    navigation(app)
    rappels_des_gestes(app)
    rappels_des_mesures(app)
    rappels_des_affaires(app)
    rappels_des_notes(app)
    rappels_des_vues(app)
    rappels_de_la_journee(app)
    rappels_des_envois(app)
    _routes(app)
    _preparer(app)
    return app


def _preparer(app: dash.Dash) -> None:
    """Let Dash do now, alone, what it does at its first request: its scripts' hashes are whole."""
    with app.server.test_request_context("/", environ_overrides={INTERNE: SEUL}):
        app.server.preprocess_request()
        _politique(app)


def chauffer(application: flask.Flask, adresses: Sequence[str]) -> None:
    """Ask for pages as a browser does: what all of them share is read before the first reader.

    What cannot be read is said by the page that needs it: it keeps nobody from being served.
    """
    client = application.test_client()
    interne = {INTERNE: SEUL}
    for ressource in ("/", "/_dash-layout", "/_dash-dependencies", "/dsfr.css"):
        client.get(ressource, environ_overrides=interne)
    for adresse in adresses:
        client.post("/_dash-update-component", json=appel(adresse), environ_overrides=interne)
    lu: Lecteur = application.config["LECTEUR"]
    with contextlib.suppress(Exception):
        if ouverte := lu.ouvrir():
            lire_la_premiere(Lecture(ouverte, TOUT))


def _routes(app: dash.Dash) -> None:
    serveur = app.server
    protections(serveur)
    serveur.register_blueprint(connexion)
    serveur.register_blueprint(comptes)
    serveur.register_blueprint(fournisseur)
    erreurs(app)
    gardes(app)
    serveur.after_request(rendre_script)
    for routes in (
        calendrier,
        telechargements,
        droits,
        fichiers,
        documents,
        mesures,
        fichiers_affaires,
        envois,
        doublons,
        requetes,
        traceur,
        depots,
        registres,
    ):
        serveur.register_blueprint(routes)

    @serveur.get("/dsfr.css")
    def dsfr() -> flask.Response:
        reponse = flask.Response(_feuille_dsfr(), mimetype="text/css")
        reponse.cache_control.max_age = UN_AN
        return reponse

    @serveur.get("/dsfr/fonts/<nom>")
    def police(nom: str) -> flask.Response:
        return flask.send_from_directory(polices(), nom, max_age=UN_AN)

    @serveur.get("/dsfr/<path:chemin>")
    def fichier_dsfr(chemin: str) -> flask.Response:
        return flask.send_from_directory(DSFR, chemin, max_age=UN_AN)

    @serveur.get("/version")
    def version() -> dict[str, Any]:
        ouverte = lecteur().ouvrir()
        return {"version": ouverte.version.numero if ouverte else 0, "arrivees": arrivees()}

    @serveur.after_request
    def proteger(reponse: flask.Response) -> flask.Response:
        if reponse.status_code == 200 and str(flask.request.url_rule) in DOCUMENT:  # noqa: PLR2004
            reponse.status_code = statut(flask.request.path)
        reponse.headers["Content-Security-Policy"] = _politique(app)
        return reponse

    traces(app)
    remises(serveur)


@functools.cache
def _feuille_dsfr() -> str:
    """Return one sheet of all that is vendored, its paths made absolute."""
    return feuille("/dsfr/")


@functools.cache
def _politique(app: dash.Dash) -> str:
    """Content-Security-Policy, computed at the first response: nothing but this server."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; "
        "frame-ancestors 'none'; form-action 'self'"
    )
