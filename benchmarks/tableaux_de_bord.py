"""The dashboards: server time of each page, its JavaScript, the grid in Chromium.

INFOCENTRE_DOSSIER names the data directory to serve (only read); without it a demonstration is
made. Times are a client's on the loopback, so the compression and the transfer are in them.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.outils import MEGA, Mesure, infocentre, servir

PAGES = (
    "/",
    "/suivi",
    "/guichet/G1302",
    "/indicateurs",
    "/indicateurs/ATT_TARDIVE",
    "/demandes?code=ATT_TARDIVE",
    "/echantillon",
    "/tableaux",
    "/tableaux/ATT-09",
    "/guichets",
    "/guichets/liste-publique",
    "/livraisons",
    "/aide",
)
SEUL, HUIT, CLIENTS, OUVERTURES = 40, 12, 8, 5
P50, P95, P95_HUIT, DEBIT = 25, 80, 300, 60
JAVASCRIPT, FROID, CHAUD = 2, 2, 1
APPEL = "/_dash-update-component"
ENTETES = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate, br"}
NUMERO = re.compile(r"/demande/([0-9A-Z]+)")
CHROMIUM = "/usr/bin/chromium"
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
Temps = dict[str, list[float]]


class _Debit(Mesure):
    """A figure that must reach its limit."""

    @property
    def depasse(self) -> bool:
        return self.limite is not None and not self.valeur >= self.limite


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Serve the data directory as `servir` does; ask every page alone, by eight, in Chromium."""
    with servir(_donnees(atelier)) as port:
        pages = [*PAGES, *_une_demande(port)]
        _clients(port, pages, 2)  # both processes have opened the version
        for page, durees in _client(port, pages, SEUL).items():
            yield Mesure(f"{page}: p50, one client", statistics.median(durees), "ms", P50)
            yield Mesure(f"{page}: p95, one client", _p95(durees), "ms", P95)
        debut = time.perf_counter()
        huit = _clients(port, pages, HUIT)
        secondes = time.perf_counter() - debut
        for page, durees in huit.items():
            yield Mesure(f"{page}: p50, eight clients", statistics.median(durees), "ms")
            yield Mesure(f"{page}: p95, eight clients", _p95(durees), "ms", P95_HUIT)
        nombre = sum(map(len, huit.values()))
        yield _Debit("requests answered to eight clients", nombre / secondes, "/s", DEBIT)
        yield from _navigateur(f"http://127.0.0.1:{port}/suivi")


def _donnees(atelier: Path) -> Path:
    """Return the data directory that is given, else a demonstration of the usual size."""
    if donne := os.environ.get("INFOCENTRE_DOSSIER"):
        return Path(donne)
    infocentre(atelier / "demo", "demo", "--sans-servir")
    return atelier / "demo"


def _charge(page: str) -> bytes:
    """Return what the browser posts to have this page."""
    adresse = urlsplit(page)
    valeurs = {"pathname": adresse.path, "search": adresse.query and f"?{adresse.query}"}
    sorties = (("_pages_content", "children"), ("_pages_store", "data"))
    appel = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [{"id": nom, "property": propriete} for nom, propriete in sorties],
        "inputs": [
            {"id": "_pages_location", "property": propriete, "value": valeur}
            for propriete, valeur in valeurs.items()
        ],
        "changedPropIds": [f"_pages_location.{propriete}" for propriete in valeurs],
        "parsedChangedPropsIds": [f"_pages_location.{propriete}" for propriete in valeurs],
    }
    return json.dumps(appel).encode()


def _demander(connexion: http.client.HTTPConnection, page: str, **entetes: str) -> bytes:
    connexion.request("POST", APPEL, _charge(page), ENTETES | entetes)
    reponse = connexion.getresponse()
    contenu = reponse.read()
    if reponse.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{page}: {reponse.status}")
    return contenu


def _une_demande(port: int) -> list[str]:
    """Return the page of the first demande that the list of anomalies shows."""
    connexion = http.client.HTTPConnection("127.0.0.1", port)
    liste = _demander(connexion, "/demandes?code=ATT_TARDIVE", **{"Accept-Encoding": "identity"})
    connexion.close()
    trouve = NUMERO.search(str(json.loads(liste)))
    return [f"/demande/{trouve[1]}"] if trouve else []


def _client(port: int, pages: list[str], fois: int, decalage: int = 0) -> Temps:
    """Ask the pages in turn on one connection; milliseconds of each answer."""
    durees: Temps = defaultdict(list)
    connexion = http.client.HTTPConnection("127.0.0.1", port)
    for page in (pages[decalage:] + pages[:decalage]) * fois:
        debut = time.perf_counter()
        _demander(connexion, page)
        durees[page].append((time.perf_counter() - debut) * 1000)
    connexion.close()
    return durees


def _clients(port: int, pages: list[str], fois: int) -> Temps:
    """Ask the pages by eight clients at once, each from another page."""
    ensemble: Temps = defaultdict(list)
    depart = threading.Barrier(CLIENTS)

    def partir(rang: int) -> Temps:
        depart.wait()
        return _client(port, pages, fois, rang * len(pages) // CLIENTS)

    with ThreadPoolExecutor(CLIENTS) as pool:
        for durees in pool.map(partir, range(CLIENTS)):
            for page, valeurs in durees.items():
                ensemble[page] += valeurs
    return ensemble


def _p95(durees: list[float]) -> float:
    return statistics.quantiles(durees, n=20, method="inclusive")[-1]


def _navigateur(adresse: str) -> Iterator[Mesure]:
    """Open the grid with an empty cache, then again; count the JavaScript of the first time."""
    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        essais = [_ouvrir(navigateur, adresse) for _ in range(OUVERTURES)]
        navigateur.close()
    octets, froids, chauds = zip(*essais, strict=True)
    yield Mesure("/suivi: JavaScript transferred", max(octets) / MEGA, "MB", JAVASCRIPT)
    yield Mesure("/suivi: grid visible, cold", statistics.median(froids), "s", FROID)
    yield Mesure("/suivi: grid visible, warm", statistics.median(chauds), "s", CHAUD)


def _ouvrir(navigateur: Browser, adresse: str) -> tuple[float, float, float]:
    """Return the bytes of JavaScript, the seconds with an empty cache, those with a full one."""
    contexte = navigateur.new_context(viewport={"width": 1360, "height": 900})
    page = contexte.new_page()
    octets = _compter_javascript(page)
    froid = _grille_visible(page, adresse)
    page.wait_for_load_state("networkidle")
    transfere = sum(octets)
    chaud = _grille_visible(page, adresse)
    contexte.close()
    return transfere, froid, chaud


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


def _grille_visible(page: Page, adresse: str) -> float:
    debut = time.perf_counter()
    page.goto(adresse, wait_until="commit")
    page.locator(".ag-row .ag-cell").first.wait_for(state="visible")
    return time.perf_counter() - debut
