"""Accounts: 200 persons sign in and read by eight processes at once; what a session costs.

INFOCENTRE_DOSSIER names the data directory to read, copied first; without it a demonstration of the
usual size is made. The store is SQLite, then a PostgreSQL started for this.
"""

from __future__ import annotations

import contextlib
import http
import multiprocessing
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.outils import Mesure, donnees_copiees
from dashboards.app import chauffer, creer_app
from dashboards.connexion import INTERNE
from dashboards.navigation import appel
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Role
from infocentre.acces.perimetre import TOUT
from infocentre.acces.sessions import Sessions, Visite
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import departements
from infocentre.lecture.ouverture import ouvrir_pour
from tests.postgresql import serveur

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

MOT = "trois mots et un chat"
PROCESSUS, COMPTES, GUICHETS, LECTURES, FOIS = 8, 200, 100, 5, 150
SURCOUT = 5  # ms, at p95
PREUVE = re.compile(r'name="formulaire" value="(\w+)"')
PAGE = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
MEME = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Passage:
    """What a process met: seconds of each sign-in and of each reading, what went wrong."""

    entrees: list[float]
    lectures: list[float]
    erreurs: list[str]


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Let everybody in with each base, then measure one request with a session and without."""
    donnees = donnees_copiees(atelier)
    yield from _avec("SQLite", donnees)
    with serveur() as url, _decisions(url):
        yield from _avec("PostgreSQL", donnees)


@contextlib.contextmanager
def _decisions(url: str) -> Iterator[None]:
    os.environ["INFOCENTRE_DECISIONS"] = url
    try:
        yield
    finally:
        del os.environ["INFOCENTRE_DECISIONS"]


def _avec(base: str, donnees: Path) -> Iterator[Mesure]:
    magasin = ouvrir_magasin(donnees)
    identifiants = _inviter(magasin, donnees)
    parts = [identifiants[rang::PROCESSUS] for rang in range(PROCESSUS)]
    contexte = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSUS, mp_context=contexte) as processus:
        list(processus.map(_preparer, [donnees] * PROCESSUS))
        debut = time.perf_counter()
        faits = list(processus.map(partial(_passer, donnees), parts))
        secondes = time.perf_counter() - debut
    entrees = [un for fait in faits for un in fait.entrees]
    lectures = [un for fait in faits for un in fait.lectures]
    erreurs = [un for fait in faits for un in fait.erreurs]
    for une in erreurs[:3]:
        print(f"  {une}")
    qui = f"{base}, {PROCESSUS} processes, {COMPTES} accounts"
    yield Mesure(f"{qui}: errors", len(erreurs), "", 0)
    yield Mesure(f"{qui}: signed in", len(entrees), "")
    yield Mesure(f"{qui}: requests", (len(entrees) + len(lectures)) / secondes, "/s")
    yield Mesure(f"{qui}: p95 of a sign-in", 1000 * _p95(entrees), "ms")
    yield Mesure(f"{qui}: p95 of a reading", 1000 * _p95(lectures), "ms")
    yield from _surcout(base, donnees)


def _inviter(magasin: Magasin, donnees: Path) -> list[str]:
    """Make the accounts: an administrator, one a guichet, and gestionnaires; return their names."""
    comptes = Comptes(magasin)
    with ouvrir_pour(Dossier(donnees), TOUT) as v:
        ici = departements(v)[0]
        guichets = [
            str(un) for (un,) in v.tuples("SELECT DISTINCT guichet FROM registre ORDER BY 1", {})
        ][:GUICHETS]
    lieux = [(Role.GUICHET, {"guichets": [un]}) for un in guichets]
    lieux += [(Role.GESTIONNAIRE, {"departements": [ici]})] * (COMPTES - len(lieux))
    administre = perimetre_du_role(Role.ADMINISTRATEUR, {})
    comptes.inviter(Fiche("admin@banc.test", "Admin", Role.ADMINISTRATEUR, administre))
    noms = []
    for rang, (role, siens) in enumerate(lieux):
        fiche = Fiche(f"c{rang}@banc.test", f"C {rang}", role, perimetre_du_role(role, siens))
        comptes.choisir(comptes.inviter(fiche), MOT)
        noms.append(fiche.identifiant)
    return noms


_APPLICATIONS: dict[Path, Any] = {}


def _application(donnees: Path) -> Any:  # noqa: ANN401 - Flask's, that Dash has no type for
    if donnees not in _APPLICATIONS:
        _APPLICATIONS[donnees] = creer_app(Dossier(donnees)).server
    return _APPLICATIONS[donnees]


def _preparer(donnees: Path) -> None:
    chauffer(_application(donnees), ("/suivi",))


def _passer(donnees: Path, identifiants: list[str]) -> Passage:
    """Sign each person in, from an address of their own, and let them read."""
    fait = Passage([], [], [])
    for identifiant in identifiants:
        client = _application(donnees).test_client()
        ici = {"REMOTE_ADDR": f"192.0.2.{int(identifiant[1:-10]) % 250}"}
        debut = time.perf_counter()
        page = client.get("/connexion", headers=PAGE, environ_overrides=ici).text
        trouve = PREUVE.search(page)
        donnes = {"identifiant": identifiant, "mot_de_passe": MOT, "retour": "/"}
        donnes["formulaire"] = trouve[1] if trouve else ""
        reponse = client.post("/connexion", data=donnes, headers=MEME, environ_overrides=ici)
        fait.entrees.append(time.perf_counter() - debut)
        if reponse.status_code != http.HTTPStatus.SEE_OTHER:
            fait.erreurs.append(f"{identifiant}: {reponse.status_code} {reponse.text[:300]}")
            continue
        for _ in range(LECTURES):
            for demander in (partial(_lire, client), partial(_montrer, client)):
                secondes, code = demander()
                fait.lectures.append(secondes)
                if code != http.HTTPStatus.OK:
                    fait.erreurs.append(f"{identifiant}: {code}")
    return fait


def _lire(client: FlaskClient, **interne: Any) -> tuple[float, int]:  # noqa: ANN401
    return _chronometrer(partial(client.get, "/version"), interne)


def _montrer(client: FlaskClient, **interne: Any) -> tuple[float, int]:  # noqa: ANN401
    envoyer = partial(client.post, "/_dash-update-component", json=appel("/suivi"))
    return _chronometrer(envoyer, interne)


def _chronometrer(demander: Callable[..., TestResponse], interne: Any) -> tuple[float, int]:  # noqa: ANN401
    debut = time.perf_counter()
    reponse = demander(headers=MEME, environ_overrides=interne)
    return time.perf_counter() - debut, reponse.status_code


def _surcout(base: str, donnees: Path) -> Iterator[Mesure]:
    """Ask the same with a session and as the program itself, by turns, one process."""
    client = _application(donnees).test_client()
    _preparer(donnees)
    compte = Comptes(ouvrir_magasin(donnees)).lire(f"c{COMPTES - 1}@banc.test")
    client.set_cookie(
        "infocentre", Sessions(ouvrir_magasin(donnees)).ouvrir(compte, Visite("banc"))
    )
    for nom, demander in {"/version": _lire, "/suivi": _montrer}.items():
        for sorte, montre in {"": time.perf_counter, ", processor": time.process_time}.items():
            avec: list[float] = []
            sans: list[float] = []
            for _ in range(FOIS):
                avec.append(_mesurer(montre, partial(demander, client)))
                sans.append(_mesurer(montre, partial(demander, client, **{INTERNE: SEUL})))
            medianes = statistics.median(avec) - statistics.median(sans)
            qui = f"{base}, {nom}: session and rights{sorte}"
            yield Mesure(f"{qui}, median", medianes, "ms")
            yield Mesure(f"{qui}, p95", _p95(avec) - _p95(sans), "ms", SURCOUT)


def _mesurer(montre: Callable[[], float], demander: Callable[[], object]) -> float:
    debut = montre()
    demander()
    return 1000 * (montre() - debut)


def _p95(durees: list[float]) -> float:
    return statistics.quantiles(durees, n=20, method="inclusive")[-1]
