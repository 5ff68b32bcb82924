"""The dashboards: server time of each page, its JavaScript, grid, chart, scroll in Chromium.

INFOCENTRE_DOSSIER names the data directory to serve, copied first; without it a demonstration is
made. Affaires of some years and notes are added to it. Times are a client's on the loopback, so the
compression and the transfer are in them. A page of a guichet, organisme, indicator or demande is
asked for twelve of them in turn: first visits, which read the warehouse, are in the figures, and
are given apart.
"""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.affaires import vivre
from benchmarks.outils import MEGA, Mesure, donnees_copiees, infocentre, servir
from dashboards.navigation import appel
from infocentre.acces import politique
from infocentre.acces.perimetre import TOUT
from infocentre.analystes.fichier import cle
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.notes import Auteur, Genre, Notes, Sujet
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import VersionLue
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.ouverture import ouvrir_pour
from tests.navigateur.conftest import CHROMIUM, OPTIONS

DEPARTEMENT = "013"
NOTES = 5_000
# Each page of the policy is asked for; what stands in « <…> » is one of VALEURS drawn, but here.
DITES = {"/affaires/<code>": "/affaires/reclamations", "/tableaux/<code>": "/tableaux/ATT-09"}
PAGES = (
    *(DITES.get(une, une).replace("<", "{").replace(">", "}") for une in politique.PAGES),
    "/demandes?code={code}",
    "/demandes?code={code}&guichet={guichet}",
)
VALEURS, SEUL, HUIT, CLIENTS, OUVERTURES = 12, 40, 12, 8, 5
P50, P95, P95_HUIT, DEBIT = 25, 80, 300, 100
JAVASCRIPT, FROID, CHAUD, LONGUE = 0.9, 1.2, 0.7, 200
IMAGE, PAS, CRANS = 50, 120, 60  # milliseconds of a frame; pixels and number of wheel steps
APPEL = "/_dash-update-component"
ENTETES = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate, br"}
GRILLE, GRAPHIQUE = ".ag-row .ag-cell", ".graphique svg"
NOTER_IMAGES = """() => {
    window.images = [];
    let avant = performance.now();
    requestAnimationFrame(function noter(instant) {
        window.images.push(instant - avant);
        avant = instant;
        requestAnimationFrame(noter);
    });
}"""
# A task of more than 50 ms holds the page: how long each was, in order.
NOTER_TACHES = """() => {
    window.taches = [];
    new PerformanceObserver((vues) => {
        for (const une of vues.getEntries()) window.taches.push(une.duration);
    }).observe({type: "longtask", buffered: true});
}"""
Temps = dict[str, list[float]]
Pages = dict[str, list[str]]


class _Debit(Mesure):
    """A figure that must reach its limit."""

    @property
    def depasse(self) -> bool:
        return self.limite is not None and not self.valeur >= self.limite


@dataclass(frozen=True, slots=True)
class Limites:
    """Milliseconds and answers per second; None: for information."""

    p50: float | None = P50
    p95: float | None = P95
    p95_huit: float | None = P95_HUIT
    debit: float | None = DEBIT


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Serve the data directory as `servir` does; ask every page alone, by eight, in Chromium."""
    yield from mesurer_entrepot(_donnees(atelier), Limites())


def mesurer_entrepot(donnees: Path, limites: Limites) -> Iterator[Mesure]:
    """Measure the pages of a data directory against these limits."""
    pages = _pages(donnees)
    with servir(donnees) as port:
        premieres = un_client(port, pages, VALEURS)
        durees = {page: premieres[page] + d for page, d in un_client(port, pages, SEUL).items()}
        for page in pages:
            if len(pages[page]) > 1:
                yield Mesure(f"{page}: first visits", statistics.median(premieres[page]), "ms")
            yield Mesure(f"{page}: p50", statistics.median(durees[page]), "ms", limites.p50)
            yield Mesure(f"{page}: p95", p95(durees[page]), "ms", limites.p95)
        yield from _huit(port, pages, limites)
        yield from _navigateur(f"http://127.0.0.1:{port}")


def _huit(port: int, pages: Pages, limites: Limites) -> Iterator[Mesure]:
    debut = time.perf_counter()
    huit = _clients(port, pages, HUIT)
    secondes = time.perf_counter() - debut
    for page, durees in huit.items():
        yield Mesure(f"{page}: p95, eight clients", p95(durees), "ms", limites.p95_huit)
    nombre = sum(map(len, huit.values()))
    yield _Debit("requests answered to eight clients", nombre / secondes, "/s", limites.debit)


def _donnees(atelier: Path) -> Path:
    """Return a data directory with two thousand affaires of ten events, and five thousand notes."""
    racine = donnees_copiees(atelier)
    for un in racine.glob("decisions.sqlite*"):
        un.unlink()
    infocentre(racine, "reparer", "--decisions-neuves")
    vivre(racine)
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        inscrits = registre(v, DEPARTEMENT, mois_controles(v, DEPARTEMENT)[-1])
        notes = Notes(ouvrir_magasin(racine), cle(v.dossier), Auteur("banc"))
        for rang in range(NOTES):
            lieu = inscrits[rang % len(inscrits)]["guichet"]
            notes.ecrire(Sujet(DEPARTEMENT, Genre.GUICHET, lieu), f"Appel {rang} : bien reçu.")
    return racine


def _charge(page: str) -> bytes:
    """Return what the browser posts to have this page."""
    return json.dumps(appel(page)).encode()


def _demander(connexion: http.client.HTTPConnection, page: str) -> None:
    connexion.request("POST", APPEL, _charge(page), ENTETES)
    reponse = connexion.getresponse()
    reponse.read()
    if reponse.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{page}: {reponse.status}")


def _pages(donnees: Path) -> Pages:
    """Return the addresses of each page, of twelve guichets, indicators and demandes."""
    with Dossier(donnees).lire() as lecture:
        etat = lecture.dossier.etats / lecture.version.etats[DEPARTEMENT]
        registre = f"FROM registre WHERE departement = '{DEPARTEMENT}'"
        valeurs = {
            "guichet": _tirer(lecture, f"guichet {registre}"),
            "organisme": _tirer(lecture, f"organisme {registre}"),
            "code": _tirer(lecture, "code FROM valeurs WHERE numerateur > 0"),
            "numero": _tirer(lecture, f"numero_unique FROM read_parquet('{etat}')"),
            "cle": _tirer(lecture, "mois FROM valeurs"),
        }
    tours = [
        {nom: choisies[rang % len(choisies)] for nom, choisies in valeurs.items()}
        for rang in range(VALEURS)
    ]
    lieu = f"departement={DEPARTEMENT}"
    return {
        page: list(
            dict.fromkeys(
                f"{page}{'&' if '?' in page else '?'}{lieu}".format_map(tour) for tour in tours
            )
        )
        for page in PAGES
    }


def _tirer(lecture: VersionLue, source: str) -> list[str]:
    """Choose values, always the same."""
    lignes = lecture.con.execute(
        f"SELECT v FROM (SELECT DISTINCT {source.replace(' ', ' AS v ', 1)}) "
        f"ORDER BY hash(v), v LIMIT {VALEURS}"
    ).fetchall()
    return [valeur for (valeur,) in lignes]


def un_client(port: int, pages: Pages, fois: int, decalage: int = 0) -> Temps:
    """Ask the pages in turn on one connection; milliseconds of each answer."""
    durees: Temps = defaultdict(list)
    connexion = http.client.HTTPConnection("127.0.0.1", port)
    noms = list(pages)
    for tour in range(fois):
        for page in noms[decalage:] + noms[:decalage]:
            adresses = pages[page]
            debut = time.perf_counter()
            _demander(connexion, adresses[tour % len(adresses)])
            durees[page].append((time.perf_counter() - debut) * 1000)
    connexion.close()
    return durees


def _clients(port: int, pages: Pages, fois: int) -> Temps:
    """Ask the pages by eight clients at once, each from another page."""
    ensemble: Temps = defaultdict(list)
    depart = threading.Barrier(CLIENTS)

    def partir(rang: int) -> Temps:
        depart.wait()
        return un_client(port, pages, fois, rang * len(pages) // CLIENTS)

    with ThreadPoolExecutor(CLIENTS) as pool:
        for durees in pool.map(partir, range(CLIENTS)):
            for page, valeurs in durees.items():
                ensemble[page] += valeurs
    return ensemble


def p95(durees: list[float]) -> float:
    """Return the 95th centile of some times."""
    return statistics.quantiles(durees, n=20, method="inclusive")[-1]


def _navigateur(site: str) -> Iterator[Mesure]:
    """Open grid and chart with an empty cache, then again; count the JavaScript of the first."""
    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        for nom, page, repere in (
            ("/suivi, grid", f"/suivi?departement={DEPARTEMENT}", GRILLE),
            (
                "/indicateurs/…, chart",
                f"/indicateurs/ATT_TARDIVE?departement={DEPARTEMENT}",
                GRAPHIQUE,
            ),
        ):
            essais = [_ouvrir(navigateur, site + page, repere) for _ in range(OUVERTURES)]
            octets, froids, chauds, longues = zip(*essais, strict=True)
            yield Mesure(f"{nom}: JavaScript transferred", max(octets) / MEGA, "MB", JAVASCRIPT)
            yield Mesure(f"{nom}: visible, cold", statistics.median(froids), "s", FROID)
            yield Mesure(f"{nom}: visible, warm", statistics.median(chauds), "s", CHAUD)
            suite = f"{nom}: longest task but the first"
            yield Mesure(suite, statistics.median(longues), "ms", LONGUE)
        yield from _defiler(navigateur, f"{site}/suivi?departement={DEPARTEMENT}&colonnes=tous")
        navigateur.close()


def _defiler(navigateur: Browser, adresse: str) -> Iterator[Mesure]:
    """Scroll the grid, all its columns there, as fast as a wheel is read: time between frames."""
    page = navigateur.new_page(viewport={"width": 1360, "height": 900})
    for sens, (x, y) in {"down": (0, PAS), "right": (PAS, 0)}.items():
        _visible(page, adresse, GRILLE)
        page.wait_for_load_state("networkidle")
        page.locator(".grille-suivi").evaluate("grille => grille.scrollIntoView()")
        page.locator(".ag-center-cols-viewport").hover(position={"x": 400, "y": 200})
        depart = _position(page)
        page.evaluate(NOTER_IMAGES)
        for _ in range(CRANS):
            page.mouse.wheel(x, y)
            page.wait_for_timeout(16)
        images: list[float] = page.evaluate("window.images")
        if _position(page) == depart:
            raise RuntimeError(f"{adresse}: the grid does not scroll")
        nom = f"/suivi, all columns, scrolled {sens}"
        longues = sum(image > IMAGE for image in images) / len(images)
        yield Mesure(f"{nom}: p95 between two frames", p95(images), "ms", IMAGE)
        yield Mesure(f"{nom}: frames of more than {IMAGE} ms", 100 * longues, "%")
    page.close()


def _position(page: Page) -> list[float]:
    """Return how far the grid is scrolled, down and right."""
    vertical, horizontal = ".ag-body-viewport", ".ag-center-cols-viewport"
    return [
        page.locator(vertical).evaluate("bloc => bloc.scrollTop"),
        page.locator(horizontal).evaluate("bloc => bloc.scrollLeft"),
    ]


def _ouvrir(navigateur: Browser, adresse: str, repere: str) -> tuple[float, float, float, float]:
    """Return the bytes of JavaScript, the seconds with an empty cache, those with a full one.

    Then the milliseconds of the longest task of the first visit, its first left out: it starts
    the application.
    """
    contexte = navigateur.new_context(viewport={"width": 1360, "height": 900})
    page = contexte.new_page()
    octets = _compter_javascript(page)
    page.add_init_script(f"({NOTER_TACHES})()")
    froid = _visible(page, adresse, repere)
    page.wait_for_load_state("networkidle")
    transfere = sum(octets)
    taches: list[float] = page.evaluate("window.taches")
    chaud = _visible(page, adresse, repere)
    contexte.close()
    return transfere, froid, chaud, max(taches[1:], default=0)


def _compter_javascript(page: Page) -> list[float]:
    """Return the list where the size of each script on the wire will come."""
    octets: list[float] = []
    scripts: set[str] = set()
    session = page.context.new_cdp_session(page)

    def reponse(evenement: dict[str, Any]) -> None:
        if evenement["type"] == "Script":
            scripts.add(evenement["requestId"])

    def fini(evenement: dict[str, Any]) -> None:
        if evenement["requestId"] in scripts:
            octets.append(evenement["encodedDataLength"])

    session.on("Network.responseReceived", reponse)
    session.on("Network.loadingFinished", fini)
    session.send("Network.enable")
    return octets


def _visible(page: Page, adresse: str, repere: str) -> float:
    debut = time.perf_counter()
    page.goto(adresse, wait_until="commit")
    page.locator(repere).locator("visible=true").first.wait_for()
    return time.perf_counter() - debut
