"""Duplicates decided by the keyboard: the next case is there at once, the last one comes back."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from infocentre.acces.perimetre import TOUT
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import Memoire
from infocentre.demarches.doublons.cas import file
from infocentre.entrepot import Dossier
from infocentre.lecture.lieux import ouvrir_pour
from infocentre.operations.doublons import chercher
from tests.donnees.atelier import alleger, charger, controler
from tests.identite.atelier import livraison, personne
from tests.livraisons.atelier import numero
from tests.navigateur.conftest import BUREAU, Onglet, Ouvrir, servir
from tests.navigateur.test_pages import verifier

PAIRES = 24
# Press a key, wait until another case is painted; give how long that took, in milliseconds.
FRAPPER = """touche => new Promise(fini => {
  const vus = () => (document.querySelector('.revue thead a') || {}).textContent;
  const avant = vus(), debut = performance.now();
  if (!avant) return setTimeout(() => fini(null), 50);  // the server is behind: wait for it
  const voir = () => requestAnimationFrame(() =>
    vus() === avant ? voir() : fini(performance.now() - debut));
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: touche, bubbles: true}));
  voir();
})"""


def fabriquer(racine: Path, paires: int) -> Path:
    """Publish a delivery of so many pairs of demandes; return its data directory."""
    gens = [
        personne(numero(2 * rang + autre), _nom(rang), "Anne", f"{1950 + rang % 50}-03-02")
        for rang in range(paires)
        for autre in (1, 2)
    ]
    charger(racine / "donnees", livraison(racine / "2026-10", gens))
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        controler(racine / "donnees")
    chercher(Dossier(racine / "donnees"))
    return racine / "donnees"


def _nom(rang: int) -> str:
    """Return a name that resembles no other."""
    chiffres = hashlib.sha256(str(rang).encode()).hexdigest()[:9]
    return chiffres.translate(str.maketrans("0123456789", "ghijklmnop"))


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fabriquer(tmp_path_factory.mktemp("doublons"), PAIRES)


@pytest.fixture(scope="module")
def site(racine: Path) -> Iterator[str]:
    with servir(Dossier(racine)) as adresse:
        yield adresse


def cas(onglet: Onglet) -> list[str]:
    """Return the demandes of the case on the screen."""
    return onglet.page.locator(".revue thead a").all_text_contents()


def dire(onglet: Onglet, texte: str) -> None:
    """Wait until the page says it."""
    expect(onglet.page.locator(".revue .dit")).to_contain_text(texte)


def test_cases_are_decided_by_the_keyboard(ouvrir: Ouvrir, site: str, racine: Path) -> None:
    onglet, autre = ouvrir(site), ouvrir(site)
    onglet.aller("/doublons")
    verifier(onglet)
    onglet.page.set_viewport_size(BUREAU)
    autre.aller("/doublons")
    expect(onglet.page.locator(".revue h2")).to_be_focused()
    assert onglet.page.locator(".revue").inner_text().count("oids") == 0
    premier = cas(onglet)
    assert cas(autre) == premier

    temps = [onglet.page.evaluate(FRAPPER, touche) for touche in "dcsvd" * 3]
    sys.stdout.write(f"\nnext case: {sorted(temps)[7]:.0f} ms, {max(temps):.0f} at worst\n")
    expect(onglet.page.locator(".revue h2")).to_be_focused()
    quinzieme = cas(onglet)
    dire(onglet, "Décidé : personnes distinctes ; l'outil disait")
    onglet.page.keyboard.press("2")
    expect(onglet.page.get_by_role("radio", name="À conserver").nth(1)).to_be_checked()
    onglet.page.keyboard.press("m")
    dire(onglet, "Décidé : même personne ; affaire 013-2026-00004")
    onglet.page.keyboard.press("z")
    dire(onglet, "Décision annulée")
    assert cas(onglet) == quinzieme

    autre.page.keyboard.press("m")
    dire(autre, "a déjà décidé de cette paire : personnes distinctes")
    assert cas(autre) != premier
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        restants = file(v, Memoire(ouvrir_magasin(racine), "quelqu'un"), "013")
    assert len(restants) == PAIRES - 15
    assert tuple(quinzieme) in {un.numeros for un in restants}
    for adresse in ("/doublons/suivi", "/doublons/signaler"):
        autre.aller(adresse)
        verifier(autre)
