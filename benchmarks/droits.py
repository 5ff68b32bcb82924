"""What rights add to a request: 200 accounts, of which a hundred guichets, one after another.

INFOCENTRE_DOSSIER names the data directory to read; without it a demonstration is made. The
accounts are in a store of this benchmark.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import dash

from benchmarks.outils import Mesure, infocentre
from dashboards.app import creer_app
from dashboards.courant import lecture
from dashboards.navigation import appel
from dashboards.temoin import SESSION
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Role
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.acces.sessions import Sessions, Visite
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.lieux import guichets_par_epci

COMPTES, GUICHETS, TOURS = 200, 100, 40
LECTURES = 20  # queries of a page
DECISIONS = ("decisions.sqlite", "temoins.json", "ancres.jsonl")  # what knows the store
MILLISECONDES = 5.0


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Time who asks, the door and the reading; then pages that show the same with and without."""
    dossier = _relie(_donnees(atelier), atelier / "droits")
    cles = _ouvrir_sessions(dossier)
    app, sans = creer_app(dossier), creer_app(dossier, reconnaitre=lambda: SEUL)
    _une_demande(sans, "")
    nus = [_une_demande(sans, "") for _ in range(500)]
    premieres = [_une_demande(app, cle) for cle in cles]
    toutes = [*premieres, *(_une_demande(app, cle) for _ in range(TOURS) for cle in cles)]
    for rang, (nom, limite) in enumerate((("", MILLISECONDES), (", processor time", None))):
        nu = statistics.median(une[rang] for une in nus)
        ajoutees = [une[rang] - nu for une in toutes]
        bruit = [une[rang] - nu for une in nus]
        yield Mesure(f"a request, median{nom}", _ms(ajoutees, 50), "ms")
        yield Mesure(f"a request, p95{nom}", _ms(ajoutees, 95), "ms", limite)
        yield Mesure(f"the same without rights, p95 over its median{nom}", _ms(bruit, 95), "ms")
        premiere = statistics.median(une[rang] - nu for une in premieres)
        yield Mesure(f"the first of an account, median{nom}", 1000 * premiere, "ms")
    for adresse in ("/suivi", "/indicateurs"):
        avec = [_page(app, cles[-1], adresse) for _ in range(40)]
        libre = [_page(sans, "", adresse) for _ in range(40)]
        ecart = statistics.median(avec) - statistics.median(libre)
        yield Mesure(f"{adresse}, what an account of the département adds", 1000 * ecart, "ms")


def _ms(durees: list[float], centile: int) -> float:
    return 1000 * statistics.quantiles(durees, n=100)[centile - 1]


def _donnees(atelier: Path) -> Path:
    if voulu := os.environ.get("INFOCENTRE_DOSSIER"):
        return Path(voulu)
    infocentre(atelier, "demo", "--mois", "3", "--taille", "20000", "--dossier", str(atelier))
    return atelier


def _relie(source: Path, cible: Path) -> Dossier:
    """Return the same data, beside a store of its own."""
    cible.mkdir()
    for un in source.iterdir():
        if not un.name.startswith(DECISIONS) and un != cible:
            (cible / un.name).symlink_to(un.absolute())
    return Dossier(cible)


def _ouvrir_sessions(dossier: Dossier) -> list[str]:
    """Make the accounts and sign each in; the last one sees its whole département."""
    magasin = ouvrir_magasin(dossier.racine)
    comptes, sessions = Comptes(magasin), Sessions(magasin)
    comptes.inviter(Fiche("admin@exemple.fr", "Admin", Role.ADMINISTRATEUR, Perimetre()))
    cles = []
    for rang, (role, p) in enumerate(_perimetres(dossier)):
        fiche = Fiche(f"compte{rang}@exemple.fr", f"Compte {rang}", role, p)
        comptes.inviter(fiche)
        cles.append(sessions.ouvrir(comptes.lire(fiche.identifiant), Visite("lien")))
    return cles


def _perimetres(dossier: Dossier) -> list[tuple[Role, Perimetre]]:
    ouverte = Lecteur(dossier).ouvrir()
    if ouverte is None:
        raise SystemExit("nothing is published")
    v = Lecture(ouverte, TOUT)
    ici = v.version.departements[0]
    lus = v.tuples("SELECT DISTINCT guichet FROM registre WHERE departement = $d", {"d": ici})
    un = frozenset({ici})
    guichets = [(Role.GUICHET, Perimetre(un, guichets=frozenset({g}))) for (g,) in sorted(lus)]
    epci = [(Role.PARTENAIRE, Perimetre(un, frozenset({e}))) for e in guichets_par_epci(v, ici)]
    entiers = [(role, Perimetre(un)) for role in (Role.ANALYSTE, Role.PREFET, Role.GESTIONNAIRE)]
    autres = [*epci, *entiers]
    siens = guichets[:GUICHETS]
    reste = COMPTES - len(siens)
    return [*siens, *(autres * (1 + reste // len(autres)))[-reste:]]


def _une_demande(app: dash.Dash, cle: str) -> tuple[float, float]:
    """Return the seconds, and those of processor, from the door to what a page reads with.

    Its queries read nothing: what it takes to stand among a reader's own views is what is timed.
    """
    entetes = {"Cookie": f"{SESSION}={cle}"} if cle else {}
    with app.server.test_request_context("/_dash-layout", headers=entetes):
        debut, processeur = time.perf_counter(), time.thread_time()
        if app.server.preprocess_request() is not None:
            raise SystemExit("an account is refused")
        v = lecture()
        if v is None:
            raise SystemExit("nothing is published")
        for _ in range(LECTURES):
            v.tuples("SELECT 1")
        return time.perf_counter() - debut, time.thread_time() - processeur


def _page(app: dash.Dash, cle: str, adresse: str) -> float:
    client = app.server.test_client()
    if cle:
        client.set_cookie(SESSION, cle)
    debut = time.perf_counter()
    reponse = client.post("/_dash-update-component", json=appel(adresse))
    if reponse.status_code != 200:
        raise SystemExit(f"{adresse}: {reponse.status_code}")
    return time.perf_counter() - debut
