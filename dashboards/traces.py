"""What comes out of the application leaves a trace: no page nor file has to think of it.

Every answer is read before it leaves: the numéros uniques that it shows make a list that someone
saw, one alone a demande. A file or a document that is taken away is traced whatever it holds, with
its sha256; so is what is changed, asked or refused. An answer whose trace cannot be kept is not
given.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import dash
import flask

from dashboards.courant import lecteur, reconnu
from dashboards.erreurs import APPELS, lire_json
from dashboards.garde import nom_du_rappel, ouverte
from dashboards.protection import refuser
from infocentre.acces import politique
from infocentre.acces.audit import Trace, tracer
from infocentre.acces.modele import Acces, Action
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.noyau.erreurs import Refus

REFUSE, INDISPONIBLE = 403, 503
# What is said of an address: filters, never what someone typed to look for a person.
PARAMETRES = frozenset(
    "departement mois epci type code guichet organisme fenetre page tri suite gravite n graine cle "
    "partenaire contenu".split()
)
_VALEUR = re.compile(r"[\w.:*-]{1,60}")
# By rule, of what is done or taken away whatever it shows; the other answers are read.
ROUTES: Mapping[str, Trace] = {
    "/acces/<id_>/liste.<forme>": Trace.DOCUMENT,
    "/acces/releve.<forme>": Trace.DOCUMENT,
    "/audit/acces.<format_>": Trace.EXPORT,
    "/depot": Trace.DEPOT,
    "/documents/<nom>.<forme>": Trace.DOCUMENT,
    "/doublons/accuse/<guichet>.<forme>": Trace.DOCUMENT,
    "/doublons/formulaire/<guichet>.<forme>": Trace.DOCUMENT,
    "/doublons/listes/<guichet>/<nom>.<forme>": Trace.DOCUMENT,
    "/droits/extrait": Trace.EXTRAIT,
    "/echantillon/classeur.xlsx": Trace.EXPORT,
    "/export/<nom>.<format_>": Trace.EXPORT,
    "/mesures/<id_>/<nom>.<forme>": Trace.DOCUMENT,
}
# By action of what answers a call, where it changes something.
RAPPELS: Mapping[Action | None, Trace] = {
    Action.CONDUIRE: Trace.AFFAIRE,
    Action.REPONDRE: Trace.AFFAIRE,
    Action.DOUBLONS: Trace.AFFAIRE,
    Action.SIGNALER: Trace.AFFAIRE,
    Action.REGLER: Trace.REGLAGE,
    Action.COMPTES: Trace.COMPTE,
}
MESSAGES = frozenset({"envoyer", "envoyer_relance"})
PAGE = "navigation.montrer"


def traces(app: dash.Dash) -> None:
    """Trace what answers give; registered last, it reads them before they are compressed."""

    @app.server.after_request
    def garder(reponse: flask.Response) -> flask.Response:
        regle = flask.request.url_rule
        if regle is None or ouverte(str(regle)):
            return reponse
        try:
            if (qui := reconnu()) is not None:
                _tracer(app, qui, str(regle), reponse)
        except Refus as refus:
            return refuser(INDISPONIBLE, refus.quoi[:1].upper() + refus.quoi[1:], refus.que_faire)
        return reponse


def tracer_ici(
    qui: Acces, action: Trace, objet: str, nombre: int | None = None, **dites: object
) -> None:
    """Write an entry in the store of the application; raise Refus when it cannot be."""
    numero = str(dites.pop("numero", ""))
    magasin = ouvrir_magasin(lecteur().dossier.racine)
    tracer(magasin, qui, action, objet, nombre, numero=numero, **dites)


def _tracer(app: dash.Dash, qui: Acces, regle: str, reponse: flask.Response) -> None:
    if reponse.status_code == REFUSE:
        tracer_ici(qui, Trace.REFUS, regle, methode=flask.request.method)
    elif not 200 <= reponse.status_code < 300:  # noqa: PLR2004 - nothing was given
        return
    elif action := ROUTES.get(regle):
        _tracer_fichier(qui, action, reponse)
    elif not reponse.is_streamed:
        _tracer_vue(app, qui, regle, reponse.get_data())


def _tracer_fichier(qui: Acces, action: Trace, reponse: flask.Response) -> None:
    """Trace what is taken away: how many rows, or numéros, and the sha256 of its bytes."""
    corps = reponse.get_data()
    vus = numeros_ecrits(corps)
    nombre = flask.g.get("lignes", len(vus) or None)
    dites = _filtres(flask.request.args) | {"empreinte": hashlib.sha256(corps).hexdigest()}
    voulu = flask.request.args.get("numero", "").strip().upper()
    numero = voulu if voulu in vus or numeros_ecrits(voulu.encode()) else ""
    tracer_ici(qui, action, flask.request.path, nombre, numero=numero, **dites)


def _tracer_vue(app: dash.Dash, qui: Acces, regle: str, corps: bytes) -> None:
    """Trace what the answer to a call did, and the numéros that it shows."""
    appel = lire_json() if regle == APPELS else None
    rappel = nom_du_rappel(app, appel) if isinstance(appel, dict) else ""
    faite = RAPPELS.get(politique.RAPPELS.get(rappel))
    if faite and _agit(appel):
        dites = _cliquee(appel)
        faite = Trace.MESSAGE if dites.get("evenement") in MESSAGES else faite
        tracer_ici(qui, faite, rappel, None, **dites)
    if vus := numeros_ecrits(corps):
        objet, filtres = _page(appel) if rappel == PAGE else (rappel or flask.request.path, {})
        voulu = objet.rpartition("/")[2].upper()
        numero = voulu if voulu in vus else next(iter(vus)) if len(vus) == 1 else ""
        action = Trace.DEMANDE if numero else Trace.LISTE
        tracer_ici(qui, action, objet, len(vus), numero=numero, **filtres)


def _agit(appel: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a call may do something: buttons that a page has just drawn call too, at zero.

    No callback does anything without a click or a file; what cannot be read is traced.
    """
    tenus = appel.get("inputs")
    if not isinstance(tenus, list):
        return True
    plats = [un for une in tenus for un in (une if isinstance(une, list) else [une])]
    return not all(isinstance(un, dict) and not un.get("value") for un in plats)


def _page(appel: Any) -> tuple[str, dict[str, str]]:  # noqa: ANN401 - JSON
    """Return the address of the page that a call shows, and its filters."""
    chemin, recherche = (str(une.get("value") or "") for une in appel["inputs"][:2])
    return chemin, _filtres(dict(parse_qsl(recherche.removeprefix("?"))))


def _filtres(adresse: Mapping[str, str]) -> dict[str, str]:
    return {
        nom: valeur
        for nom, valeur in adresse.items()
        if nom in PARAMETRES and _VALEUR.fullmatch(valeur)
    }


def _cliquee(appel: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    """Return what tells a button from the others: the event, the affaire, the setting."""
    change = next(iter(appel.get("changedPropIds") or []), "").rpartition(".")[0]
    try:
        lu = json.loads(change)
    except ValueError:
        lu = {"bouton": change}
    return {nom: str(un) for nom, un in lu.items() if nom != "type" and _VALEUR.fullmatch(str(un))}
