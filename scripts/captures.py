"""Photograph every page of the dashboards, at the width of a desk and of a telephone.

usage: INFOCENTRE_DOSSIER=<a loaded demonstration> python scripts/captures.py [page ...]
Writes docs/captures/<page>-<width>.png with Debian's chromium, in French (chromium-l10n: a field
for a date speaks the browser's language). It serves a copy: first as one person's, then with the
accounts of the demonstration, as each of them sees it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from infocentre.decisions import ouvrir_magasin
from infocentre.demo.comptes import Pret, preparer
from infocentre.noyau.config import dossier_donnees

CHROMIUM = "/usr/bin/chromium"
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
    "attributions": "/attributions",
    "region": "/region?region=tous",
    "envois": "/envois",
    "calendrier": "/calendrier",
    "requetes": "/requetes",
    "bibliotheque": "/requetes/bibliotheque",
    "requete-indicateur": "/requetes/indicateur",
    "requete-outils": "/requetes/outils",
    "livraisons": "/livraisons",
    "depot": "/depot",
    "reconnaitre": "/reconnaitre",
    "reglages": "/reglages",
    "reglages-messagerie": "/reglages/messagerie",
    "reglages-comparaisons": "/reglages/comparaisons",
    "reglages-objectifs": "/reglages/objectifs",
    "pourquoi": "/pourquoi/ATT_TARDIVE",
    "recherche": "/recherche?q=phare",
    "mesures": "/mesures",
    "affaires": "/affaires",
    "acces": "/affaires/revue_des_acces",
    "conventions": "/affaires/conventions",
    "reclamations": "/affaires/reclamations",
    "reunions": "/affaires/reunions",
    "listes": "/affaires/listes",
    "formations": "/affaires/formations",
    "questions": "/affaires/questions",
    "convention": "/aide/convention",
    "doublons": "/doublons",
    "doublons-suivi": "/doublons/suivi",
    "doublons-signaler": "/doublons/signaler",
    "doublons-recherche": "/doublons/recherche",
    "registre": "/registre",
    "aide": "/aide",
    "tableaux-definitions": "/aide/tableaux",
}
# By account of the demonstration, nobody's first: the pages of accounts, and where each comes in.
DES_COMPTES: Mapping[str, Mapping[str, str]] = {
    "": {"connexion": "/connexion"},
    "administrateur": {
        "comptes": "/comptes",
        "comptes-un": "/comptes/guichet@demo.test",
        "audit": "/audit",
    },
    "gestionnaire": {"compte": "/compte"},
    "guichet": {
        "guichet-son-accueil": "/",
        "guichet-ses-mesures": "/mesures",
        "guichet-ses-acces": "/affaires/revue_des_acces",
    },
    "partenaire": {"partenaire-son-accueil": "/", "partenaire-documents": "/documents"},
    "prefet": {"prefet-son-accueil": "/", "prefet-documents": "/documents"},
    "analyste": {"analyste-son-accueil": "/"},
}
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


def main() -> None:
    """Serve a copy of the demonstration, photograph its pages, stop."""
    CIBLE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="infocentre-captures-") as temporaire:
        copie = Path(temporaire) / "donnees"
        shutil.copytree(dossier_donnees(), copie, symlinks=True)
        _servir(copie)


def _servir(copie: Path) -> None:
    commande = [sys.executable, "-m", "infocentre", "servir", "--port", str(PORT)]
    reglages = os.environ | {"INFOCENTRE_DOSSIER": str(copie)}
    with subprocess.Popen(commande, env=reglages) as serveur:
        try:
            _attendre()
            with sync_playwright() as outil:
                navigateur = outil.chromium.launch(
                    executable_path=CHROMIUM, args=OPTIONS, env={**os.environ, "LANGUAGE": "fr"}
                )
                _photographier(navigateur, None, PAGES)
                prets = {un.identifiant.partition("@")[0]: un for un in _comptes(copie)}
                for qui, pages in DES_COMPTES.items():
                    _photographier(navigateur, prets.get(qui), pages)
        finally:
            serveur.terminate()


def _comptes(copie: Path) -> list[Pret]:
    return preparer(ouvrir_magasin(copie), ["013"])


def _attendre() -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{SITE}/version", timeout=5)  # noqa: S310 - loopback
        except urllib.error.HTTPError:
            sys.exit("Ce dossier a déjà des comptes : prendre une démonstration qui n'en a pas.")
        except OSError:  # not listening yet, or still opening the version
            time.sleep(0.5)
        else:
            return
    sys.exit("Le serveur ne répond pas.")


def _photographier(navigateur: Browser, qui: Pret | None, pages: Mapping[str, str]) -> None:
    voulues = {nom: un for nom, un in pages.items() if nom in sys.argv[1:] or not sys.argv[1:]}
    if not voulues:
        return
    contexte = navigateur.new_context(locale="fr-FR")
    contexte.set_default_timeout(120_000)
    if qui is not None:
        _entrer(contexte, qui)
    page = contexte.new_page()
    for largeur, hauteur in LARGEURS.items():
        page.set_viewport_size({"width": largeur, "height": hauteur})
        for nom, adresse in voulues.items():
            page.goto(SITE + adresse)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(500)
            page.screenshot(path=CIBLE / f"{nom}-{largeur}.png")
    contexte.close()


def _entrer(contexte: BrowserContext, qui: Pret) -> None:
    page = contexte.new_page()
    page.goto(f"{SITE}/connexion")
    page.get_by_label("Adresse électronique").fill(qui.identifiant)
    page.get_by_label("Mot de passe").fill(qui.mot_de_passe)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "/connexion" not in url)
    page.close()


if __name__ == "__main__":
    main()
