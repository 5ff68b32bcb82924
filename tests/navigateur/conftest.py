"""The application in Debian's chromium, headless: one server and one browser for the session."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    expect,
)

from infocentre.entrepot import Dossier
from tests.dashboards.conftest import app

__all__ = ["app"]

# The same engine without the windows of a desktop: a seventh of the time of these tests.
CHROMIUM = Path("/usr/bin/chromium-headless-shell")
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--font-render-hinting=none"  # letters where they are on paper
).split()
HOTE = "127.0.0.1"
# What is waited for comes: on a busy machine, later than the five seconds of Playwright.
expect.set_options(timeout=30_000)
LONG = 180_000  # milliseconds that the work of another process takes, on a machine that is busy
CALME = 60  # seconds
BUREAU: ViewportSize = {"width": 1360, "height": 1000}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}

# The page has nothing left to do: twice, as the first time may be between two of its steps.
AU_REPOS = "new Promise(fini => requestIdleCallback(() => requestIdleCallback(() => fini())))"

Ouvrir = Callable[..., "Onglet"]
Arriver = Callable[..., BrowserContext]


class Onglet:
    """A tab that remembers what it asked for and what went wrong in it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.hotes: set[str | None] = set()
        self.erreurs: list[str] = []
        self.demandes = 0
        self.en_route: set[Request] = set()
        self._ecouter(page.on)

    def _ecouter(self, brancher: Any) -> None:
        brancher("request", self._noter)
        brancher("requestfinished", self._rayer)
        brancher("requestfailed", self._rayer)
        brancher("pageerror", self._deplorer)
        brancher("console", self._lire_console)

    def _noter(self, requete: Request) -> None:
        self.demandes += 1
        self.en_route.add(requete)
        adresse = urlsplit(requete.url)
        if adresse.scheme not in {"data", "blob"}:
            self.hotes.add(adresse.hostname)

    def _rayer(self, requete: Request) -> None:
        self.en_route.discard(requete)

    def _deplorer(self, erreur: Error) -> None:
        self.erreurs.append(str(erreur))

    def _lire_console(self, message: ConsoleMessage) -> None:
        # A page that is not there, or is closed, is told by the status of its document as well.
        la = (
            message.location["url"].split("#")[0] == self.page.url
            and "status of 40" in message.text
        )
        if message.type == "error" and not (la and re.search("40[34]", message.text)):
            self.erreurs.append(f"{message.location['url']} : {message.text}")

    def lacher(self) -> None:
        """Listen no more to the tab, which somebody else takes."""
        self._ecouter(self.page.remove_listener)

    def aller(self, adresse: str) -> dict[str, str]:
        """Open an address, wait for its title and its rows; return the headers of the document."""
        reponse = self.page.goto(self.site + adresse)
        expect(self.page.locator("main h1, body > h1").first).to_be_visible()
        self.attendre_le_calme()
        expect(self.page.locator(".grille-suivi:not(:has(.ag-row))")).to_have_count(0)
        return reponse.all_headers() if reponse else {}

    def attendre_le_calme(self) -> None:
        """Wait until nothing is asked of the server, nor will be by what the page still does."""
        fin = time.monotonic() + CALME
        demandes = -1
        while self.en_route or demandes != self.demandes:
            demandes = self.demandes
            self.page.evaluate(AU_REPOS)
            assert time.monotonic() < fin, [une.url for une in self.en_route]

    def exiger_propre(self) -> None:
        """Check that it has not left the machine nor met an error."""
        assert self.hotes <= {HOTE}
        assert self.erreurs == []

    def titre(self, texte: str) -> None:
        """Wait for the page that has this title."""
        expect(self.page.locator("main h1")).to_contain_text(texte)


@contextlib.contextmanager
def servir(dossier: Dossier, **reglages: str) -> Iterator[str]:
    """Serve a data directory as `infocentre servir` does, on a free port; give its address.

    One process answers, unless `reglages` says two: to most pages, and where several people meet.
    """
    with socket.socket() as prise:
        prise.bind((HOTE, 0))
        port = str(prise.getsockname()[1])
    site = f"http://{HOTE}:{port}"
    commande = [sys.executable, "-m", "infocentre", "servir", "--port", port]
    sien = {"INFOCENTRE_DOSSIER": str(dossier.racine), "INFOCENTRE_PROCESSUS": "1"}
    milieu = os.environ | sien | reglages
    with subprocess.Popen(commande, env=milieu, stdout=subprocess.DEVNULL) as serveur:
        try:
            _attendre(serveur, f"{site}/version")
            yield site
        finally:
            serveur.terminate()


def _attendre(serveur: subprocess.Popen[bytes], adresse: str) -> None:
    """Wait for its first answer, as long as it lives: a busy machine takes a minute to start it."""
    for _ in range(600):
        if serveur.poll() is not None:
            break
        try:
            urllib.request.urlopen(adresse, timeout=60).close()  # noqa: S310 - loopback
        except urllib.error.HTTPError as reponse:  # it asks who it is
            reponse.close()
            return
        except OSError:  # not there yet, or too busy to answer
            time.sleep(0.2)
        else:
            return
    pytest.fail("Le serveur ne répond pas.")


@pytest.fixture(scope="session")
def site(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demonstration with a store of its own: what is kept here stays here."""
    decisions = tmp_path_factory.mktemp("decisions") / "decisions.sqlite"
    reglages = {
        "INFOCENTRE_DECISIONS": f"sqlite:///{decisions}",
        "INFOCENTRE_UTILISATEUR": "Léa",
        "INFOCENTRE_PROCESSUS": "2",
    }
    with servir(entrepot_demo, **reglages) as adresse:
        yield adresse


class Habitue:
    """Who reads page after page in the same tab: scripts are fetched and compiled once.

    Each tab is a window of its own: one behind another would draw once a second.
    """

    def __init__(self, navigateur: Browser) -> None:
        self.navigateur = navigateur
        self.site = ""
        self.laisses: list[Page] = []

    def prendre(self, site: str, taille: ViewportSize = BUREAU) -> Page:
        """Give a tab of this server, or a new one; those of another server are closed."""
        if site != self.site:
            for page in self.laisses:
                page.context.close()
            self.site, self.laisses = site, []
        page = self.laisses.pop() if self.laisses else visiteur(self.navigateur).new_page()
        page.set_viewport_size(taille)
        return page

    def laisser(self, page: Page) -> None:
        """Leave a tab on what does nothing: another address keeps what is compiled."""
        page.unroute_all()
        page.goto(f"{self.site}/version")
        self.laisses.append(page)


@pytest.fixture(scope="session")
def habitue(navigateur: Browser) -> Habitue:
    return Habitue(navigateur)


@pytest.fixture
def ouvrir(habitue: Habitue, site: str) -> Iterator[Ouvrir]:
    """Return what opens a tab; afterwards no tab may have left the machine nor met an error.

    It is one of `habitue`, or of the browser that it is given.
    """
    onglets: list[Onglet] = []
    siens: list[Page] = []

    def nouveau(
        adresse_site: str = site,
        taille: ViewportSize = BUREAU,
        contexte: BrowserContext | None = None,
    ) -> Onglet:
        page = contexte.new_page() if contexte else habitue.prendre(adresse_site, taille)
        if not contexte:
            siens.append(page)
        onglets.append(Onglet(page, adresse_site))
        return onglets[-1]

    yield nouveau
    for un in onglets:
        un.lacher()
    for page in siens:
        habitue.laisser(page)
    for un in onglets:
        un.exiger_propre()


@pytest.fixture
def arriver(navigateur: Browser) -> Iterator[Arriver]:
    """Return what opens the browser of somebody who comes for the first time."""
    with contextlib.ExitStack() as pile:
        yield lambda taille=BUREAU: pile.enter_context(visiteur(navigateur, taille))


def visiteur(navigateur: Browser, taille: ViewportSize = BUREAU) -> BrowserContext:
    """Open a browser that has nothing of any server yet, nor is known to one."""
    return navigateur.new_context(viewport=taille, accept_downloads=True, locale="fr-FR")


@pytest.fixture
def onglet(ouvrir: Ouvrir) -> Onglet:
    return ouvrir()
