"""What the pages about queries share: their routes, and callbacks that answer in sentences."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from operator import attrgetter
from pathlib import Path
from typing import Any

import dash
import flask

from dashboards.composants.requetes import EDITEUR, alerte, en_json
from dashboards.composants.resultat import FORMATS
from dashboards.connexion import session_ouverte
from dashboards.courant import UN_AN, acces, dossier, lecture, perimetre, qui
from dashboards.erreurs import lire_json
from dashboards.reponses import a_emporter
from dashboards.traces import tracer_ici
from infocentre.acces.audit import Trace
from infocentre.decisions import Requetes, ouvrir_magasin
from infocentre.lecture.analystes import schema_analystes
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.formats import FichierRequete
from infocentre.noyau.francais import slug
from infocentre.requetes.bibliotheque import (
    Parametre,
    Requete,
    Valeur,
    choix,
    requete_libre,
    valeurs,
)
from infocentre.requetes.execution import annuler, executer, exporter
from infocentre.requetes.modele import Resultat

JOURNAL = logging.getLogger("infocentre.dashboards")
SIMULTANEES, PAR_COMPTE = 3, 2  # threads of this process that wait for queries
EMPORT = "emport-"
PRIS = f"{EMPORT}pris-"
GARDE_S = 900.0  # a file that nobody took away
_ILLISIBLE = re.compile("[\0\ud800-\udfff]")  # a null character, or half of one
IDENTIFIANT = re.compile(r"[A-Za-z0-9-]{16,64}")

requetes = flask.Blueprint("requetes", __name__)
_verrou = threading.Lock()
_occupees: Counter[str] = Counter()  # by account
Reponse = flask.typing.ResponseReturnValue
Reponses = dict[str, Any]


def mes_requetes() -> Requetes:
    """Return the queries of whoever is asking."""
    return Requetes(ouvrir_magasin(dossier().racine), qui())


# --- Callbacks ------------------------------------------------------------------------------------


def rappel(
    sorties: Mapping[str, Any],
    entrees: Mapping[str, Any],
    *,
    refus: str,
    en_texte: bool = False,
    **options: Any,  # noqa: ANN401 - as Dash has it
) -> Callable[[Callable[..., Reponses]], Callable[..., Reponses]]:
    """Register what answers an event; what it leaves out does not change.

    It speaks to who may see everything: SQL reads all that there is. A refusal, a failure or a text
    that cannot be written becomes a sentence in the output `refus`: an alert, or with `en_texte`
    a text alone.
    """
    dire: Callable[[Refus], Any] = attrgetter("phrase") if en_texte else alerte

    def enregistrer(faire: Callable[..., Reponses]) -> Callable[..., Reponses]:
        @wraps(faire)
        def repondre(**lus: Any) -> Reponses:  # noqa: ANN401 - whatever a page sends
            vide = dict.fromkeys(sorties, dash.no_update)
            try:
                dossier()
                _exiger_lisible(lus)
                return vide | faire(**lus)
            except Refus as dit:
                return vide | {refus: dire(dit)}
            except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
                JOURNAL.exception("rappel en échec")
                que_faire = "Recommencer ; si cela dure, le signaler avec l'heure."
                return vide | {refus: dire(Refus("cela n'a pas abouti", que_faire=que_faire))}

        dash.callback(
            output=dict(sorties), inputs=dict(entrees), prevent_initial_call=True, **options
        )(repondre)
        return repondre

    return enregistrer


def _exiger_lisible(lu: object) -> None:
    """Raise Refus when a text, wherever it is, cannot be written."""
    reste: list[object] = [lu]
    while reste:
        ici = reste.pop()
        if isinstance(ici, dict):
            reste += [*ici, *ici.values()]
        elif isinstance(ici, list):
            reste += ici
        elif isinstance(ici, str) and _ILLISIBLE.search(ici):
            quoi = "cette demande contient un caractère qui ne s'écrit pas"
            raise Refus(quoi, que_faire="L'ôter du texte.")


def texte(lu: object, nom: str = "") -> str:
    """Return a text that a page sent, or the one of this name in an object; else an empty one."""
    valeur = lu.get(nom) if nom and isinstance(lu, dict) else None if nom else lu
    return valeur if isinstance(valeur, str) else ""


def textes(lu: object) -> dict[str, str]:
    """Return the texts of an object that a page sent."""
    if not isinstance(lu, dict):
        return {}
    return {nom: un for nom, un in lu.items() if isinstance(nom, str) and isinstance(un, str)}


def identifiant(lu: object) -> str | None:
    """Return the name of a query, None when it is not one."""
    return lu if isinstance(lu, str) and IDENTIFIANT.fullmatch(lu) else None


@contextlib.contextmanager
def place() -> Iterator[None]:
    """Keep a thread of this process for the other pages, and one for the queries of others."""
    compte = qui()
    with _verrou:
        quoi = _manque(compte)
        if quoi:
            raise RefusMotive("occupe", quoi, "Réessayer dans quelques secondes.")
        _occupees[compte] += 1
    try:
        yield
    finally:
        with _verrou:
            _occupees[compte] -= 1


def _manque(compte: str) -> str:
    """Say why an account has no thread, '' when it has one."""
    if _occupees.total() >= SIMULTANEES:
        return "d'autres requêtes sont en cours"
    return "vos autres requêtes sont en cours" if _occupees[compte] >= PAR_COMPTE else ""


# --- Queries --------------------------------------------------------------------------------------


def lancer(sql: str, donnes: Mapping[str, str], nom: str | None) -> Resultat:
    """Run a query for the screen; it enters one's history whatever comes of it."""
    with _noter(sql) as fait, place():
        fait.resultat = executer(dossier(), sql, lire(sql, donnes), acces=acces(), identifiant=nom)
    return fait.resultat


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


def lire(sql: str, donnes: Mapping[str, str]) -> dict[str, Valeur]:
    """Return the values of the parameters of a query; raise Refus when one is wrong."""
    requete = requete_libre(sql)
    return valeurs(requete, {nom: un for nom, un in donnes.items() if nom in requete.parametres})


def options_ecrites(parametre: Parametre) -> Mapping[str, str] | None:
    """Return the codes of a list, None when a query gives them: opening a link runs none."""
    return None if parametre.requete else choix(parametre, lambda _: ())


def options_lues(parametre: Parametre) -> Mapping[str, str]:
    """Return the codes of a list, the query that gives them run as any other."""
    return choix(parametre, lambda sql: executer(dossier(), sql, acces=acces()).lignes)


def preparer(
    sql: str, donnes: Mapping[str, str], format_: FichierRequete, titre: str, nom: str | None
) -> str:
    """Write the whole result of a query; return where it is taken away, once."""
    ici = dossier()
    _balayer(ici.file)
    jeton = secrets.token_hex(16)
    with place():
        requete: Requete = requete_libre(sql)
        cible = _emport(ici.file, jeton)
        exporter(ici, sql, lire(sql, donnes), format_, cible, acces=acces(), identifiant=nom)
    return f"/requetes/fichier/{jeton}/{slug(titre or requete.titre) or 'requete'}.{format_}"


def _emport(file: Path, jeton: str) -> Path:
    """Return where a result waits: another account, session or périmètre looks elsewhere."""
    session = session_ouverte()
    tenant = [jeton, qui(), session.nom if session else "", perimetre().en_json()]
    dit = hashlib.sha256(json.dumps(tenant, sort_keys=True).encode()).hexdigest()
    return file / f"{EMPORT}{dit[:32]}"


def _balayer(file: Path) -> None:
    """Delete the files that nobody took away."""
    for reste in file.glob(f"{EMPORT}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - reste.stat().st_mtime > GARDE_S:
                reste.unlink()


# --- Routes ---------------------------------------------------------------------------------------


@requetes.before_request
def fermer() -> Reponse | None:
    """Close SQL to who may not see everything: it reads all that there is."""
    try:
        dossier()
    except Refus as refus:
        return flask.jsonify({"refus": refus.phrase})
    return None


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
        return flask.jsonify(en_json(()) | {"refus": refus.phrase})
    reponse.cache_control.max_age = UN_AN if flask.request.args.get("version") else 0
    reponse.cache_control.private = True
    return reponse


@requetes.post("/requetes/annuler")
def arreter() -> Reponse:
    """Stop the query of a page that is left, running or waiting, in whatever process."""
    nom = identifiant(texte(lire_json(), "identifiant"))
    return flask.jsonify({"annulee": bool(nom and annuler(dossier(), nom))})


@requetes.get("/requetes/fichier/<jeton>/<nom>")
def emporter(jeton: str, nom: str) -> Reponse:
    """Give a result that was prepared, once, to the session that asked for it."""
    base, _, format_ = nom.rpartition(".")
    file = dossier().file
    _balayer(file)
    if not re.fullmatch("[0-9a-f]{32}", jeton) or format_ not in FORMATS:
        flask.abort(404)
    pris = file / f"{PRIS}{secrets.token_hex(16)}"
    try:
        _emport(file, jeton).rename(pris)  # one of two that ask at once
    except FileNotFoundError:
        flask.abort(404)
    flux = pris.open("rb")  # still there for who reads it, once its name is gone
    pris.unlink()
    dite = hashlib.file_digest(flux, "sha256").hexdigest()
    flux.seek(0)
    tracer_ici(acces(), Trace.EXPORT, f"résultat de requête ({format_})", empreinte=dite)
    reponse = flask.send_file(flux, mimetype="application/octet-stream")
    return a_emporter(reponse, f"{slug(base) or 'requete'}.{format_}")
