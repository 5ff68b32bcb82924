"""What the page Requêtes asks of the server: run, stop, draw, take away, keep."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import json
import logging
import math
import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial, wraps
from pathlib import Path
from typing import Any

import flask
from markupsafe import Markup
from werkzeug.exceptions import RequestEntityTooLarge

from dashboards.composants.dessins import dessiner, lire_demande
from dashboards.composants.requetes import (
    EDITEUR,
    champ_parametre,
    champs_parametres,
    en_json,
    liste_executions,
    liste_gardees,
)
from dashboards.courant import UN_AN, dossier, lecture
from dashboards.erreurs import lire_json
from dashboards.reponses import a_emporter
from infocentre.decisions import Requetes, ouvrir_magasin, utilisateur
from infocentre.lecture.analystes import schema_analystes
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.formats import FichierRequete
from infocentre.noyau.francais import majuscule, slug
from infocentre.requetes.bibliotheque import (
    Parametre,
    Requete,
    Valeur,
    choix,
    requete_libre,
    valeurs,
)
from infocentre.requetes.execution import annuler, etat, executer, exporter
from infocentre.requetes.modele import RequeteRefusee, Resultat

JOURNAL = logging.getLogger("infocentre.dashboards")
SIMULTANEES = 3
_ILLISIBLE = re.compile("[\0\ud800-\udfff]")  # a null character, or half of one
IDENTIFIANT = re.compile(r"[A-Za-z0-9-]{16,64}")
FORMATS: tuple[FichierRequete, ...] = ("csv", "xlsx", "parquet")

requetes = flask.Blueprint("requetes", __name__)
_places = threading.BoundedSemaphore(SIMULTANEES)
Reponse = flask.typing.ResponseReturnValue
Corps = Mapping[str, Any]


def mes_requetes() -> Requetes:
    """Return the queries of whoever is asking."""
    return Requetes(ouvrir_magasin(dossier().racine), utilisateur())


def champs_de(sql: str, textes: Mapping[str, str]) -> Markup:
    """Return the form of the parameters of a text; what is wrong in its header says so there."""
    try:
        return champs_parametres(requete_libre(sql), textes, _options_ecrites)
    except Refus as refus:
        return _alerte(refus)


def _options_ecrites(parametre: Parametre) -> Mapping[str, str] | None:
    """Return the codes of a list, None when a query gives them: opening a link runs none."""
    return None if parametre.requete else choix(parametre, lambda _: ())


def _options_lues(parametre: Parametre) -> Mapping[str, str]:
    """Return the codes of a list, the query that gives them run as any other."""
    return choix(parametre, lambda sql: executer(dossier(), sql, qui=utilisateur()).lignes)


def _alerte(refus: Refus) -> Markup:
    """Return a refusal as the page shows it: what, where, what to do."""
    ou = f"{refus.ou} : " if refus.ou else ""
    quoi = f"{ou}{refus.quoi}"
    return Markup(
        '<div class="fr-alert fr-alert--error fr-alert--sm"><p><b>{}.</b> {}</p></div>'
    ).format(majuscule(quoi).rstrip("."), refus.que_faire)


def appel(traiter: Callable[[Corps], Corps]) -> Callable[[], Reponse]:
    """Answer a call of the page in JSON; a refusal comes with its text and its place."""

    @wraps(traiter)
    def repondre() -> Reponse:
        return _servir(lambda corps: flask.jsonify(traiter(corps)))

    return repondre


def _servir(faire: Callable[[Corps], Reponse]) -> Reponse:
    """Answer the body of a call; whatever happens, the page gets a sentence to show."""
    try:
        return faire(_lire_corps())
    except Refus as refus:
        return _refuser(refus)
    except RequestEntityTooLarge:
        return _refuser(Refus("cette demande est trop longue", que_faire="La raccourcir."), 413)
    except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
        JOURNAL.exception("appel en échec")
        que_faire = "Recommencer ; si cela dure, le signaler avec l'heure."
        return _refuser(Refus("cette demande n'a pas abouti", que_faire=que_faire), 500)


@requetes.before_request
def fermer() -> Reponse | None:
    """Close SQL to who may not see everything: it reads all that there is."""
    try:
        dossier()
    except Refus as refus:
        return _refuser(refus)
    return None


def _lire_corps() -> Corps:
    """Return the object that a page sent, of texts that can be written; raise Refus."""
    corps = lire_json()
    reste: list[object] = [corps]
    while reste:
        ici = reste.pop()
        if isinstance(ici, dict):
            reste += [*ici, *ici.values()]
        elif isinstance(ici, list):
            reste += ici
        elif isinstance(ici, str) and _ILLISIBLE.search(ici):
            quoi = "cette demande contient un caractère qui ne s'écrit pas"
            raise Refus(quoi, que_faire="L'ôter du texte.")
    return corps if isinstance(corps, dict) else {}


def _refuser(refus: Refus, code: int = 200) -> Reponse:
    """Answer a refusal: for the page it is an answer like another, not a failure."""
    place = (
        (refus.ligne, refus.colonne, refus.longueur) if isinstance(refus, RequeteRefusee) else ()
    )
    motif = refus.motif if isinstance(refus, RefusMotive) else ""
    texte = {"refus": str(_alerte(refus)), "quoi": refus.quoi, "place": place, "motif": motif}
    return flask.jsonify(texte), code


@requetes.get("/editeur/editeur.js")
def editeur() -> Reponse:
    """Serve the editor; its address changes when it does."""
    return flask.send_from_directory(EDITEUR, "editeur.js", max_age=UN_AN)


@requetes.get("/requetes/schema.json")
def schema() -> Reponse:
    """Return the tables for the completion and the page; the address names the version."""
    v = lecture()
    try:
        reponse = flask.jsonify(en_json(schema_analystes(v) if v else ()))
    except Refus as refus:
        return flask.jsonify({"tables": [], "html": str(_alerte(refus))})
    reponse.cache_control.max_age = UN_AN if flask.request.args.get("version") else 0
    reponse.cache_control.private = True
    return reponse


@requetes.post("/requetes/executer")
@appel
def lancer(corps: Corps) -> Corps:
    """Run a query for the screen; it enters one's history whatever comes of it."""
    sql, textes = _texte(corps, "sql"), _textes(corps)
    with _noter(sql) as fait, place():
        _, donnees = _lire(sql, textes)
        fait.resultat = executer(
            dossier(), sql, donnees, qui=utilisateur(), identifiant=_identifiant(corps)
        )
    return _ecran(fait.resultat)


class _Fait:
    """What came of a query: its result, once there is one."""

    resultat: Resultat


@contextlib.contextmanager
def _noter(sql: str) -> Iterator[_Fait]:
    """Write a query and its verdict in one's history; not a turn that did not come."""
    fait, miennes = _Fait(), mes_requetes()
    try:
        yield fait
    except Refus as refus:
        if not (isinstance(refus, RefusMotive) and refus.motif == "occupe"):
            miennes.noter(sql, secondes=None, lignes=None, verdict=refus.quoi)
        raise
    resultat = fait.resultat
    miennes.noter(sql, secondes=resultat.secondes, lignes=len(resultat.lignes), verdict="exécutée")


@contextlib.contextmanager
def place() -> Iterator[None]:
    """Keep a thread of this process for the other pages: queries never take them all."""
    if not _places.acquire(blocking=False):
        raise RefusMotive(
            "occupe", "d'autres requêtes sont en cours", "Réessayer dans quelques secondes."
        )
    try:
        yield
    finally:
        _places.release()


def _lire(sql: str, textes: Mapping[str, str]) -> tuple[Requete, dict[str, Valeur]]:
    """Return a query and the values of its parameters."""
    requete = requete_libre(sql)
    connus = {nom: texte for nom, texte in textes.items() if nom in requete.parametres}
    return requete, valeurs(requete, connus)


def _texte(corps: Corps, nom: str) -> str:
    valeur = corps.get(nom)
    return valeur if isinstance(valeur, str) else ""


def _textes(corps: Corps) -> dict[str, str]:
    lus = corps.get("parametres")
    return {str(nom): str(texte) for nom, texte in lus.items()} if isinstance(lus, dict) else {}


def _identifiant(corps: Corps) -> str | None:
    lu = _texte(corps, "identifiant")
    return lu if IDENTIFIANT.fullmatch(lu) else None


def _ecran(resultat: Resultat) -> Corps:
    return {
        "colonnes": [[une.nom, une.type] for une in resultat.colonnes],
        "lignes": [[_valeur(une) for une in ligne] for ligne in resultat.lignes],
        "tronque": resultat.tronque,
        "secondes": round(resultat.secondes, 2),
    }


def _valeur(valeur: object) -> object:
    """Return a value as JSON holds it; what it cannot hold becomes its text."""
    if isinstance(valeur, float):
        return valeur if math.isfinite(valeur) else str(valeur)
    if isinstance(valeur, decimal.Decimal):
        return float(valeur)
    if isinstance(valeur, dt.date | dt.time):
        return valeur.isoformat(sep=" ") if isinstance(valeur, dt.datetime) else valeur.isoformat()
    if isinstance(valeur, int) and abs(valeur) > 1 << 53:
        return str(valeur)
    if isinstance(valeur, list | dict):
        return json.dumps(valeur, ensure_ascii=False, default=str)
    return valeur if valeur is None or isinstance(valeur, str | int) else str(valeur)


@requetes.post("/requetes/annuler")
@appel
def arreter(corps: Corps) -> Corps:
    """Stop a query that is running or waiting, in whatever process of the server."""
    identifiant = _identifiant(corps)
    return {"annulee": bool(identifiant and annuler(dossier(), identifiant))}


@requetes.post("/requetes/etat")
@appel
def attente(corps: Corps) -> Corps:
    """Tell whether a query waits for its turn or runs."""
    identifiant = _identifiant(corps)
    return {"etat": etat(dossier(), identifiant) if identifiant else None}


@requetes.post("/requetes/parametres")
@appel
def parametres(corps: Corps) -> Corps:
    """Return the form of the parameters that a text asks for."""
    with place():
        return {"champs": str(champs_de(_texte(corps, "sql"), _textes(corps)))}


@requetes.post("/requetes/liste")
@appel
def liste(corps: Corps) -> Corps:
    """Return the field of one parameter, the query of its list run: somebody asked for it."""
    nom = _texte(corps, "nom")
    with place():
        parametre = requete_libre(_texte(corps, "sql")).parametres.get(nom)
        if parametre is None:
            raise Refus(f"la requête n'a pas de paramètre « {nom} »", que_faire="La relire.")
        champ = champ_parametre(nom, parametre, _textes(corps).get(nom), _options_lues)
    return {"champ": str(champ)}


@requetes.post("/requetes/graphique")
@appel
def graphique(corps: Corps) -> Corps:
    """Draw rows that are on the screen."""
    demande = lire_demande(corps)
    return {"svg": dessiner(demande), "titre": demande.titre, "dessinees": len(demande.lignes)}


@requetes.post("/requetes/garder")
@appel
def garder(corps: Corps) -> Corps:
    """Keep a query, a new one or one's own changed; return it and the lists to show."""
    miennes, id_ = mes_requetes(), _texte(corps, "id")
    titre, sql = _texte(corps, "titre"), _texte(corps, "sql")
    partagee = bool(corps.get("partagee"))
    if id_:
        gardee = miennes.changer(id_, titre, sql, partagee=partagee)
    else:
        gardee = miennes.garder(titre, sql, partagee=partagee)
    return {"id": gardee.id, "titre": gardee.titre, **_listes(miennes)}


@requetes.post("/requetes/supprimer")
@appel
def supprimer(corps: Corps) -> Corps:
    """Delete one's own query."""
    miennes = mes_requetes()
    miennes.supprimer(_texte(corps, "id"))
    return _listes(miennes)


@requetes.post("/requetes/listes")
@appel
def listes(corps: Corps) -> Corps:
    """Return what one may open and what one ran; `recherche` narrows the first."""
    return _listes(mes_requetes(), _texte(corps, "recherche"))


def _listes(miennes: Requetes, recherche: str = "") -> Corps:
    return {
        "gardees": str(liste_gardees(miennes.lister(recherche), miennes.auteur)),
        "executions": str(liste_executions(miennes.historique())),
    }


@requetes.post("/requetes/export/<format_>")
def emporter(format_: str) -> Reponse:
    """Take away the full result of a query as a file."""
    voulu = next((un for un in FORMATS if un == format_), None)
    if voulu is None:
        return _refuser(Refus("cet export n'existe pas", que_faire="Choisir csv, xlsx ou parquet."))
    return _servir(partial(_exporter, format_=voulu))


def _exporter(corps: Corps, format_: FichierRequete) -> Reponse:
    sql = _texte(corps, "sql")
    with tempfile.TemporaryDirectory() as temporaire, place():
        requete, donnees = _lire(sql, _textes(corps))
        cible = Path(temporaire) / f"resultat.{format_}"
        exporter(
            dossier(),
            sql,
            donnees,
            format_,
            cible,
            qui=utilisateur(),
            identifiant=_identifiant(corps),
        )
        flux = cible.open("rb")  # still there for who reads it, once its directory is gone
    reponse = flask.send_file(flux, mimetype="application/octet-stream")
    titre = slug(_texte(corps, "titre") or requete.titre) or "requete"
    return a_emporter(reponse, f"{titre}.{format_}")
