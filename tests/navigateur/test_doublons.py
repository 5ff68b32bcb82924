"""Duplicates decided by the keyboard: the next case is there at once, the last one comes back."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.perimetre import TOUT
from infocentre.acces.roles import Role
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import Memoire
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.operations.doublons import chercher
from infocentre.procedures.doublons.cas import file
from tests.affaires.numeros import ouverte_ce_jour
from tests.donnees.atelier import alleger, charger, controler
from tests.identite.atelier import livraison, personne
from tests.livraisons.atelier import numero
from tests.navigateur.conftest import BUREAU, Arriver, Onglet, Ouvrir, servir
from tests.navigateur.test_connexion import MOT, _entrer
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent

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


def entetes(onglet: Onglet) -> Locator:
    """Return the links to the demandes of the case on the screen."""
    return onglet.page.locator(".revue thead a")


def cas(onglet: Onglet) -> list[str]:
    """Return the demandes of the case on the screen, once there is one."""
    expect(entetes(onglet).first).to_be_visible()
    return entetes(onglet).all_text_contents()


def frapper(onglet: Onglet, touche: str) -> float:
    """Press a key when a case is there; return the milliseconds until the next one is painted."""
    while (temps := onglet.page.evaluate(FRAPPER, touche)) is None:
        expect(entetes(onglet).first).to_be_visible()
    return float(temps)


def dire(onglet: Onglet, texte: str) -> None:
    """Wait until the page says it."""
    expect(onglet.page.locator(".revue .dit")).to_contain_text(texte)


def _insister(onglet: Onglet, attente: Locator) -> None:
    """Click twice, hold a key: what is on the screen is decided, not the case that comes after."""
    page = onglet.page
    page.get_by_role("button", name="Personnes distinctes").dblclick()
    expect(attente).to_contain_text("16 décidés sur cette page")
    dire(onglet, "Décidé")
    page.keyboard.down("d")
    page.keyboard.down("d")  # as a keyboard repeats it
    page.keyboard.up("d")
    expect(attente).to_contain_text("17 décidés sur cette page")
    for reste in (16, 15):
        page.keyboard.press("z")
        expect(attente).to_contain_text(f"{reste} décidés sur cette page")


def test_cases_are_decided_by_the_keyboard(ouvrir: Ouvrir, site: str, racine: Path) -> None:
    onglet, autre = ouvrir(site), ouvrir(site)
    onglet.aller("/doublons")
    verifier(onglet)
    onglet.page.set_viewport_size(BUREAU)
    autre.aller("/doublons")
    expect(onglet.page.locator(".revue h2")).to_be_focused()
    premier = cas(onglet)
    expect(onglet.page.locator(".revue")).not_to_contain_text("oids")
    expect(entetes(autre)).to_have_text(premier)

    temps = [frapper(onglet, touche) for touche in "dcsvd" * 3]
    sys.stdout.write(f"\nnext case: {sorted(temps)[7]:.0f} ms, {max(temps):.0f} at worst\n")
    expect(onglet.page.locator(".revue h2")).to_be_focused()
    quinzieme = cas(onglet)
    dire(onglet, "Décidé : personnes distinctes ; l'outil disait")
    attente = onglet.page.locator(".revue .attente")  # F13: the counter follows
    expect(attente).to_have_text(
        f"{PAIRES - 15} cas à décider sur {PAIRES}, 15 décidés sur cette page"
    )
    onglet.page.keyboard.press("2")
    expect(onglet.page.get_by_role("radio", name="À conserver").nth(1)).to_be_checked()
    onglet.page.keyboard.press("m")
    dire(onglet, f"Décidé : même personne ; affaire {ouverte_ce_jour(4)}")
    onglet.page.keyboard.press("z")
    dire(onglet, "Décision annulée")
    expect(entetes(onglet)).to_have_text(quinzieme)
    _insister(onglet, attente)
    expect(entetes(onglet)).to_have_text(quinzieme)

    autre.page.keyboard.press("m")
    dire(autre, "a déjà décidé de cette paire : personnes distinctes")
    expect(entetes(autre).first).not_to_have_text(premier[0])
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        restants = file(v, Memoire(ouvrir_magasin(racine), "quelqu'un"), "013")
    assert len(restants) == PAIRES - 15
    assert tuple(quinzieme) in {un.numeros for un in restants}
    for adresse in ("/doublons/suivi", "/doublons/signaler"):
        autre.aller(adresse)
        verifier(autre)


def test_pairs_are_drawn_by_a_button_then_read(
    arriver: Arriver, racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    with servir(Dossier(racine)) as adresse:
        onglet = Onglet(arriver().new_page(), adresse)
        onglet.aller("/doublons")
        onglet.page.get_by_role("button", name="Tirer des paires au sort").click()
        restent = f"{PAIRES} paires tirées au sort restent à relire"
        expect(onglet.page.locator("main")).to_contain_text(restent)
        verifier(onglet)
        onglet.page.set_viewport_size(BUREAU)
        cas(onglet)
        onglet.page.locator(".revue h2").focus()
        onglet.page.keyboard.press("d")
        dire(onglet, "Décidé : personnes distinctes")
        onglet.aller("/doublons")
        restent = f"{PAIRES - 1} paires tirées au sort restent à relire"
        expect(onglet.page.locator("main")).to_contain_text(restent)
        onglet.exiger_propre()


def test_two_people_decide_of_one_pair_each_without_the_other(
    arriver: Arriver, racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is decided there yet: what one person settled alone would wait for another.
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    magasin = ouvrir_magasin(racine)
    (racine / "affaires.yml").write_text("doublons: {personnes: 2}\n")
    comptes = Comptes(magasin)
    for nom, role in (("ada", Role.ADMINISTRATEUR), ("lea", Role.GESTIONNAIRE),
                      ("bruno", Role.GESTIONNAIRE)):  # fmt: skip
        lieux = {"departements": ["013"]} if role is Role.GESTIONNAIRE else {}
        fiche = Fiche(f"{nom}@metropole.fr", nom, role, perimetre_du_role(role, lieux))
        comptes.choisir(comptes.inviter(fiche), MOT)
    with servir(Dossier(racine), INFOCENTRE_PROCESSUS="2") as adresse:
        lea, bruno = (Onglet(arriver().new_page(), adresse) for _ in range(2))
        for onglet, nom in ((lea, "lea"), (bruno, "bruno")):
            _entrer(onglet, f"{nom}@metropole.fr", "/connexion?retour=/doublons")
            expect(onglet.page.locator(".revue h2")).to_be_focused()
            expect(onglet.page.locator("main")).to_contain_text("Chaque cas est vu par 2 personnes")
        paire = cas(lea)
        expect(entetes(bruno)).to_have_text(paire)

        lea.page.keyboard.press("m")
        dire(lea, "Décidé : même personne ; une autre personne décide aussi.")
        bruno.page.keyboard.press("d")
        dire(bruno, "désaccord avec lea@metropole.fr (même personne)")
        bruno.page.keyboard.press("z")
        dire(bruno, "Décision annulée")
        expect(entetes(bruno).first).to_have_text(paire[0])
        bruno.page.keyboard.press("m")
        dire(bruno, f"Décidé : même personne ; affaire {ouverte_ce_jour(0)[:-1]}")
        registre = Affaires(magasin, Acteur("lecteur"))
        ouverte = registre.lister("013", procedure="doublons", finies=True)[-1]
        assert ouverte.etat == "decidee"

        lea.page.keyboard.press("z")  # hers counted too: the affaire goes with it
        dire(lea, "Décision annulée")
        expect(entetes(lea).first).to_have_text(paire[0])
        assert registre.lire(ouverte.id).etat == "sans_suite"
        lea.page.keyboard.press("c")
        dire(lea, "désaccord avec bruno@metropole.fr (même personne)")
        for onglet in (lea, bruno):
            onglet.aller("/doublons?liste=desaccords")
            expect(entetes(onglet).first).to_have_text(paire[0])
            expect(onglet.page.locator(".revue")).to_contain_text("lea@metropole.fr : conjoints")
        bruno.page.keyboard.press("s")
        dire(bruno, "Décidé : séparation")
        with ouvrir_pour(Dossier(racine), TOUT) as v:
            restants = file(v, Memoire(magasin, "quelqu'un", 2), "013")
        assert tuple(paire) not in {un.numeros for un in restants}
        for onglet in (lea, bruno):
            onglet.exiger_propre()


def test_a_correction_is_asked_then_told_done_and_the_keyboard_is_not_lost(
    ouvrir: Ouvrir, site: str
) -> None:
    """What was pressed is there no more: focus stands at the head of the page, which says it."""
    onglet = ouvrir(site)
    page = onglet.page
    onglet.aller("/doublons/corrections")
    page.get_by_role("button", name="Demander la correction").click()
    expect(page.locator(".fr-alert")).to_contain_text("Il manque le numéro unique")
    page.get_by_label("Numéro unique").fill(numero(3))
    page.get_by_label("Nature").select_option("erreur_manifeste")
    page.get_by_label("Pièce vue").select_option("aucune")
    page.locator("label", has_text="Corriger : prénoms").click()
    page.get_by_role("button", name="Demander la correction").click()
    expect(page.locator(".fr-alert--success")).to_contain_text("à corriger dans le SNE")
    expect(page.get_by_label("Numéro unique")).to_have_value("")
    page.get_by_role("button", name="Corrigée dans le SNE").click()
    expect(page.locator(".fr-alert--success")).to_contain_text("corrigée, à constater")
    expect(page.locator("#contenu")).to_be_focused()
