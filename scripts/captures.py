"""Photograph every page of the dashboards, at the width of a desk and of a telephone.

usage: INFOCENTRE_DOSSIER=<a loaded demonstration> python scripts/captures.py
Writes docs/captures/<page>-<width>.png with Debian's chromium.
"""

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PORT = 8099
SITE = f"http://127.0.0.1:{PORT}"
CIBLE = Path(__file__).parent.parent / "docs" / "captures"
LARGEURS = {1360: 1000, 390: 844}
PAGES = {
    "accueil": "/",
    "suivi": "/suivi",
    "guichet": "/guichet/G1302",
    "organisme": "/organisme/903900018",
    "indicateurs": "/indicateurs",
    "indicateur": "/indicateurs/ATT_TARDIVE",
    "demandes": "/demandes?code=ATT_TARDIVE",
    "demande": "/demande/0130424028686GDPUB",
    "echantillon": "/echantillon",
    "tableaux": "/tableaux",
    "tableau": "/tableaux/ATT-09",
    "guichets": "/guichets",
    "liste-publique": "/guichets/liste-publique",
    "documents": "/documents",
    "requetes": "/requetes",
    "bibliotheque": "/requetes/bibliotheque",
    "requete-indicateur": "/requetes/indicateur",
    "requete-outils": "/requetes/outils",
    "livraisons": "/livraisons",
    "depot": "/depot",
    "reglages": "/reglages",
    "pourquoi": "/pourquoi/ATT_TARDIVE",
    "recherche": "/recherche?q=phare",
    "mesures": "/mesures",
    "doublons": "/doublons",
    "doublons-suivi": "/doublons/suivi",
    "doublons-signaler": "/doublons/signaler",
    "aide": "/aide",
}
OPTIONS = (
    "--headless --lang=fr-FR --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


def main() -> None:
    """Serve the demonstration, photograph its pages, stop."""
    CIBLE.mkdir(parents=True, exist_ok=True)
    commande = [sys.executable, "-m", "infocentre", "servir", "--port", str(PORT)]
    with subprocess.Popen(commande) as serveur:
        try:
            _attendre()
            with sync_playwright() as outil:
                navigateur = outil.chromium.launch(
                    executable_path="/usr/bin/chromium", args=OPTIONS
                )
                for largeur, hauteur in LARGEURS.items():
                    _photographier(navigateur, largeur, hauteur)
        finally:
            serveur.terminate()


def _attendre() -> None:
    for _ in range(60):
        try:
            urllib.request.urlopen(f"{SITE}/version", timeout=5)  # noqa: S310 - loopback
        except OSError:  # not listening yet, or still opening the version
            time.sleep(0.5)
        else:
            return
    sys.exit("Le serveur ne répond pas.")


def _photographier(navigateur: Browser, largeur: int, hauteur: int) -> None:
    page = navigateur.new_page(viewport={"width": largeur, "height": hauteur})
    for nom, adresse in PAGES.items():
        page.goto(SITE + adresse)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        page.screenshot(path=CIBLE / f"{nom}-{largeur}.png")


if __name__ == "__main__":
    main()
