"""What comes out of the application leaves a trace: no page nor file has to think of it.

Every answer is read before it leaves, a file as who opens it would: the numéros uniques that it
shows, and that were read to make it (`infocentre.contrat.montres`), make a list that someone saw,
one alone a demande. One that an address, a form or a sheet names and nothing was read of was not
seen. A file or a document that is taken away is traced whatever it holds, with its sha256; so is
what is changed, asked or refused. An answer whose trace cannot be kept is not given.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import dash
import flask

from dashboards.courant import lecteur, reconnu
from dashboards.erreurs import APPELS, indisponible, lire_json
from dashboards.garde import nom_du_rappel, ouverte
from dashboards.protection import d_ailleurs
from infocentre.acces import politique
from infocentre.acces.audit import INCONNU, Scelles, Trace, tracer
from infocentre.acces.modele import Acces, Action
from infocentre.analystes.fichier import cle
from infocentre.contrat import montres
from infocentre.contrat.montres import Montres
from infocentre.contrat.numeros import numeros_ecrits, numeros_ouverts
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import A_REMETTRE

REFUSE, PAS_ENCORE = 403, 202
# What is said of an address: filters, never what someone typed to look for a person.
PARAMETRES = frozenset(
    "departement mois epci type code guichet organisme fenetre page tri suite gravite n graine cle "
    "partenaire contenu".split()
)
_VALEUR = re.compile(r"[\w.:*-]{1,60}")
# By rule, of what is done or taken away whatever it shows; the other answers are read.
ROUTES: Mapping[str, Trace] = {
    "/affaires/<code>/<id_>/<nom>.<forme>": Trace.DOCUMENT,
    "/affaires/<code>/liste.<format_>": Trace.EXPORT,
    "/affaires/<code>/releve/<nom>.<forme>": Trace.DOCUMENT,
    "/audit/acces.<format_>": Trace.EXPORT,
    "/depot": Trace.DEPOT,
    "/documents/<nom>.<forme>": Trace.DOCUMENT,
    "/doublons/accuse/<guichet>.<forme>": Trace.DOCUMENT,
    "/doublons/formulaire/<guichet>.<forme>": Trace.DOCUMENT,
    "/doublons/listes/<guichet>/<nom>.<forme>": Trace.DOCUMENT,
    "/droits/extrait": Trace.EXTRAIT,
    "/echantillon/classeur.xlsx": Trace.EXPORT,
    "/envois/messages.zip": Trace.DOCUMENT,
    "/export/<nom>.<format_>": Trace.EXPORT,
    "/guichets/liste-a-publier.<forme>": Trace.EXPORT,
    "/guichets/registre.xlsx": Trace.EXPORT,
    "/mesures/<id_>/<nom>.<forme>": Trace.DOCUMENT,
}
# By action of what answers a call, where it changes something.
RAPPELS: Mapping[Action | None, Trace] = {
    Action.CONDUIRE: Trace.AFFAIRE,
    Action.REPONDRE: Trace.AFFAIRE,
    Action.AFFAIRES: Trace.AFFAIRE,
    Action.DOUBLONS: Trace.AFFAIRE,
    Action.SIGNALER: Trace.AFFAIRE,
    Action.NOTER: Trace.NOTE,
    Action.REGLER: Trace.REGLAGE,
    Action.COMPTES: Trace.COMPTE,
}
# They change nothing.
LISENT = frozenset({"envois.compter", "envois.demander", "envois.suivre", "envois.voir"})
# What is kept of the identifier of what was clicked, and its name in an entry.
CLIQUES = {"action": "evenement"} | {
    un: un for un in ("adresse", "affaire", "bouton", "evenement", "travail")
}
# What a process of its own makes, of data alone: all that it holds was read there.
FAITS_A_PART = frozenset({"/documents/<nom>.<forme>"})
PAGE = "navigation.montrer"


def traces(app: dash.Dash) -> None:
    """Trace what answers give; registered last, it reads them before they are compressed."""

    @app.server.before_request
    def suivre() -> None:
        flask.g.montres = montres.commencer()
        A_REMETTRE.set(lambda octets, dites: _remettre(app, octets, dites))

    @app.server.teardown_request
    def finir(_: BaseException | None) -> None:
        montres.finir()

    @app.server.after_request
    def garder(reponse: flask.Response) -> flask.Response:
        regle = flask.request.url_rule
        if regle is None or ouverte(str(regle)):
            return reponse
        try:
            if (qui := reconnu()) is not None:
                _tracer(app, qui, str(regle), reponse)
        except Refus as refus:
            return indisponible(refus)
        return reponse


@dataclass(frozen=True, slots=True)
class Vus:
    """The numéros that an answer shows; `seul` is the one that it is about, '' for a list.

    `sans_lecture` is how many others it holds that nothing was read of, nor the request named:
    where they come from is not known, and they accuse nobody.
    """

    montres: frozenset[str] = frozenset()
    seul: str = ""
    sans_lecture: int = 0

    @property
    def aucun(self) -> bool:
        """Whether it holds none but those that the request named."""
        return not self.montres and not self.sans_lecture


def tracer_ici(
    qui: Acces,
    action: Trace,
    objet: str,
    nombre: int | None = None,
    vus: Vus = Vus(),
    **dites: object,
) -> None:
    """Write an entry in the store of the application; raise Refus when it cannot be."""
    tracer(
        ouvrir_magasin(lecteur().dossier.racine),
        qui,
        action,
        objet,
        nombre,
        numero=vus.seul,
        montres=Scelles(vus.montres, cle(lecteur().dossier)) if vus.montres else None,
        sans_lecture=vus.sans_lecture or None,
        **dites,
    )


def _vus(ecrits: frozenset[str], voulu: str) -> Vus:
    """Return which of the numéros that an answer holds it shows; `voulu` is the one asked for."""
    lus: Montres = flask.g.montres
    montres_, voulu = ecrits & lus.lus, voulu.strip().upper()
    seul = voulu if voulu in montres_ else next(iter(montres_)) if len(montres_) == 1 else ""
    inconnus = ecrits - montres_
    return Vus(montres_, seul, len(inconnus - _nommes()) if inconnus else 0)


def _nommes() -> frozenset[str]:
    """Return the numéros that the request itself names."""
    adresse = unquote_plus(flask.request.full_path).upper().encode(errors="replace")
    return numeros_ecrits(adresse) | numeros_ouverts(flask.request.get_data().upper())


def _tracer(app: dash.Dash, qui: Acces, regle: str, reponse: flask.Response) -> None:
    if reponse.status_code == REFUSE and d_ailleurs():
        return
    if reponse.status_code == REFUSE:
        tracer_ici(qui, Trace.REFUS, regle, methode=flask.request.method)
    elif reponse.status_code == PAS_ENCORE or not 200 <= reponse.status_code < 300:  # noqa: PLR2004
        return  # nothing was given
    elif action := ROUTES.get(regle):
        _tracer_fichier(qui, action, regle, reponse)
    elif not reponse.is_streamed:
        _tracer_vue(app, qui, regle, reponse.get_data())


def _tracer_fichier(qui: Acces, action: Trace, regle: str, reponse: flask.Response) -> None:
    """Trace what is taken away: how many rows, or numéros, and the sha256 of its bytes."""
    corps = reponse.get_data()
    lus: Montres = flask.g.montres
    donnes = flask.request.method != "HEAD"
    ecrits = numeros_ouverts(corps) | lus.sujets if donnes else frozenset[str]()
    if regle in FAITS_A_PART:
        lus.lus |= ecrits
    vus = _vus(ecrits, flask.request.args.get("numero", ""))
    nombre = flask.g.get("lignes", len(vus.montres) or None)
    dites = _filtres(flask.request.args) | {"empreinte": hashlib.sha256(corps).hexdigest()}
    tracer_ici(qui, action, flask.request.path, nombre, vus, **dites)


def _tracer_vue(app: dash.Dash, qui: Acces, regle: str, corps: bytes) -> None:
    """Trace what the answer to a call did and sent, and the numéros that it shows."""
    appel = lire_json() if regle == APPELS else None
    rappel = nom_du_rappel(app, appel) if isinstance(appel, dict) else ""
    faite = RAPPELS.get(politique.RAPPELS.get(rappel))
    if faite and rappel not in LISENT and _agit(appel):
        confies = flask.g.montres.confies
        faite = Trace.ENVOI if confies else faite
        donnes = Vus(frozenset(flask.g.montres.donnes))
        nombre = confies or len(donnes.montres) or None
        tracer_ici(qui, faite, rappel, nombre, donnes, **_cliquee(appel))
    if ecrits := numeros_ouverts(corps):
        objet, filtres = _page(appel) if rappel == PAGE else (rappel or flask.request.path, {})
        vus = _vus(ecrits, objet.rpartition("/")[2])
        if not vus.aucun:
            action = Trace.DEMANDE if vus.seul else Trace.LISTE
            tracer_ici(qui, action, objet, len(vus.montres) or None, vus, **filtres)


def _remettre(app: dash.Dash, octets: bytes, dites: Mapping[str, str]) -> None:
    """Trace a message before it leaves: who sends it, to whom, the numéros that it shows."""
    if not dites:  # a file
        flask.g.montres.donner(octets)
        return
    montres_ = flask.g.montres.dans(octets)
    objet = flask.request.path
    if str(flask.request.url_rule) == APPELS and isinstance(appel := lire_json(), dict):
        objet = nom_du_rappel(app, appel) or objet
    tracer_ici(
        reconnu() or INCONNU, Trace.MESSAGE, objet, len(montres_) or None, Vus(montres_), **dites
    )


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
    return {
        CLIQUES[nom]: str(un)
        for nom, un in lu.items()
        if nom in CLIQUES and _VALEUR.fullmatch(str(un))
    }
