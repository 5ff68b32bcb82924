"""A delivery handed over in the browser: refused, confirmed, loaded, controlled, published."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from infocentre import travaux
from infocentre.entrepot import Dossier
from tests.donnees.atelier import alterer, base, copie
from tests.donnees.retors import livraisons
from tests.navigateur.conftest import BUREAU, LONG, TELEPHONE, Habitue, servir
from tests.operations.registre_rempli import rempli

pytestmark = pytest.mark.lent


def en_zip(livraison: Path, cible: Path) -> Path:
    """Write a delivery as one archive."""
    with zipfile.ZipFile(cible, "w") as archive:
        for fichier in sorted(livraison.iterdir()):
            archive.write(fichier, fichier.name)
    return cible


@pytest.fixture(scope="module")
def donnees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory of one's own, January published."""
    return copie(base(1), tmp_path_factory.mktemp("depot") / "donnees")


@pytest.fixture(scope="module")
def site(donnees: Path) -> Iterator[str]:
    with servir(Dossier(donnees)) as adresse:
        yield adresse


@pytest.fixture
def page(habitue: Habitue, site: str) -> Iterator[Page]:
    ouverte = habitue.prendre(site)
    yield ouverte
    habitue.laisser(ouverte)


def deposer(page: Page, site: str, archive: Path) -> None:
    page.goto(f"{site}/depot")
    page.set_input_files("#depot-fichier", archive)
    expect(page.locator(".depot [role=status]")).to_contain_text("déposé")


def test_une_livraison_du_depot_a_la_publication(
    page: Page, navigateur: Browser, site: str, donnees: Path, tmp_path: Path
) -> None:
    moitie = alterer(livraisons()[1], tmp_path, "stock", lambda lignes: lignes[::3])
    deposer(page, site, en_zip(moitie, tmp_path / "fevrier.zip"))
    attente = page.locator("#travaux-a-completer")
    expect(attente).to_contain_text("« fevrier.zip » attend une réponse", timeout=LONG)
    expect(attente).to_contain_text("Demandes disparues sans radiation")
    expect(attente).not_to_contain_text("--confirmer")
    # Someone else hands over the right one, from a telephone, and closes the page at once.
    autre = navigateur.new_page(viewport=TELEPHONE)
    deposer(autre, site, en_zip(livraisons()[1], tmp_path / "fevrier-bonne.zip"))
    autre.close()
    fait = page.locator(".travail-fait").first
    expect(fait).to_contain_text("fevrier-bonne.zip", timeout=LONG)
    expect(fait).to_contain_text("Chargée, février 2026, Bouches-du-Rhône")
    # Files that are told to be false may be said column by column.
    page.get_by_role("button", name="Reconnaître ces fichiers").click()
    expect(attente.get_by_role("link")).to_have_attribute(
        "href", re.compile("^/reconnaitre"), timeout=LONG
    )
    page.get_by_role("button", name="Abandonner").click()
    expect(attente).to_be_empty()
    page.get_by_role("button", name="Contrôler et publier").click()
    controle = page.locator(".travail").first
    expect(controle).to_contain_text("1 mois publié", timeout=LONG)
    controle.get_by_role("link", name="Voir février 2026").click()
    expect(page.locator("main h1")).to_contain_text("Février 2026")
    attendre(lambda: recu(donnees) == 0)


def test_a_wrong_answer_is_told_until_the_next_and_keeps_the_files(
    page: Page, site: str, tmp_path: Path
) -> None:
    nue = tmp_path / "nue"
    shutil.copytree(livraisons()[1], nue, ignore=shutil.ignore_patterns("manifeste.json"))
    deposer(page, site, en_zip(nue, tmp_path / "nue.zip"))
    attente = page.locator("#travaux-a-completer")
    expect(attente).to_contain_text("Données arrêtées au", timeout=LONG)
    for dit, refus in (
        ("", "Le champ est vide"),
        ("30/02/2026", "« 30/02/2026 » n’est pas une date d’arrêté"),
        ("27/02/2026", "L’arrêté du 27/02/2026 n’est pas le dernier jour d’un mois"),
    ):
        attente.get_by_role("textbox").fill(dit)
        attente.get_by_role("button", name="Charger la livraison").click()
        expect(page.get_by_role("alert")).to_contain_text(refus)
    page.wait_for_timeout(6000)  # the clock has ticked, once in five seconds
    expect(page.get_by_role("alert")).to_contain_text("dernier jour d’un mois")
    attente.get_by_role("textbox").fill("31/10/2035")
    attente.get_by_role("button", name="Charger la livraison").click()
    expect(attente).to_contain_text("Le département de la livraison n’est pas connu", timeout=LONG)
    attente.get_by_role("textbox").fill("99")
    attente.get_by_role("button", name="Charger la livraison").click()
    expect(page.get_by_role("alert")).to_contain_text("« 99 » n’est le code d’aucun département")
    attente.get_by_role("textbox").fill("13")
    attente.get_by_role("button", name="Charger la livraison").click()
    # It could be a date and is not that of these files: they wait for another one.
    expect(attente).to_contain_text("arrêté au 31/10/2035", timeout=LONG)
    dite = attente.get_by_role("textbox", name="Données arrêtées au")
    expect(dite).to_have_value("31/10/2035")
    expect(attente.get_by_role("textbox", name="Département")).to_have_value("13")
    dite.fill("31/01/2026")
    attente.get_by_role("button", name="Charger la livraison").click()
    raison = attente.get_by_role("textbox", name="Pourquoi la livraison est bonne malgré tout")
    expect(raison).to_be_visible(timeout=LONG)
    attente.get_by_role("button", name="Charger la livraison").click()
    expect(page.get_by_role("alert")).to_contain_text("Le champ est vide")
    dite.fill("28/02/2026")
    attente.get_by_role("button", name="Charger la livraison").click()
    expect(page.locator(".travail-fait", has_text="nue.zip")).to_be_visible(timeout=LONG)


def test_an_answer_slower_than_the_clock_is_shown(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}/depot")
    expect(page.locator("#travaux-controler")).to_be_attached()

    def ralentir(route: Route) -> None:
        reponse = route.fetch()
        time.sleep(2.5)  # the clock ticks each second
        route.fulfill(response=reponse)

    page.route("**/_dash-update-component*", ralentir)
    page.set_input_files("#depot-fichier", en_zip(livraisons()[0], tmp_path / "janvier-lent.zip"))
    fait = page.locator(".travail-fait", has_text="janvier-lent.zip")
    expect(fait).to_contain_text("elle l’était déjà", timeout=60_000)
    page.unroute_all(behavior="wait")


def recu(donnees: Path) -> int:
    """Return how many bytes of archives are on the server's disk."""
    total = 0
    # os.walk, unlike rglob, passes over a folder that the server removes meanwhile.
    for dossier, _, noms in os.walk(donnees / travaux.DOSSIER):
        for nom in noms:
            with contextlib.suppress(FileNotFoundError):
                total += Path(dossier, nom).stat().st_size if nom.endswith(".zip") else 0
    return total


def dossiers(donnees: Path) -> list[str]:
    """Return the names of the works, of those that still come in too."""
    return sorted(next(os.walk(travaux.dossier(donnees)))[1])


def fermer_le_navigateur(navigateur: Browser, site: str, donnees: Path, archive: Path) -> None:
    """Hand over an archive by a slow line; close everything while it goes."""
    contexte = navigateur.new_context(viewport=BUREAU)
    page = contexte.new_page()
    page.goto(f"{site}/depot")
    lente = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1 << 20}
    contexte.new_cdp_session(page).send("Network.emulateNetworkConditions", lente)
    page.set_input_files("#depot-fichier", archive)
    expect(page.locator(".depot progress")).to_be_visible()
    attendre(lambda: recu(donnees) > 0)
    assert recu(donnees) < archive.stat().st_size
    contexte.close()


def couper(site: str, donnees: Path, archive: Path, *, net: bool) -> None:
    """Send a third of an archive, then leave: `net` as a machine that falls does (a reset)."""
    contenu = archive.read_bytes()
    adresse = urlsplit(site)
    with socket.create_connection((adresse.hostname, adresse.port)) as prise:
        entete = (
            f"POST /depot?nom={archive.name} HTTP/1.1\r\nHost: {adresse.netloc}\r\n"
            f"Content-Type: application/zip\r\nContent-Length: {len(contenu)}\r\n\r\n"
        )
        prise.sendall(entete.encode() + contenu[: len(contenu) // 3])
        attendre(lambda: recu(donnees) > 0)
        if net:
            prise.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def attendre(vrai: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    fin = time.monotonic() + LONG / 1000
    while not vrai():
        assert time.monotonic() < fin
        time.sleep(0.05)


def test_le_navigateur_ferme_pendant_le_transfert(
    page: Page, navigateur: Browser, site: str, donnees: Path, tmp_path: Path
) -> None:
    """A transfer cut in the middle leaves nothing, stops nobody, and can be done again."""
    archive = en_zip(livraisons()[2], tmp_path / "mars.zip")
    with zipfile.ZipFile(archive, "a") as lourde:  # so that there is a middle
        lourde.writestr("lisez-moi.txt", os.urandom(9 << 20))
    version, avant = Dossier(donnees).version().numero, dossiers(donnees)
    fermer_le_navigateur(navigateur, site, donnees, archive)
    for net in (False, True):
        attendre(lambda: recu(donnees) == 0)
        couper(site, donnees, archive, net=net)
    attendre(lambda: dossiers(donnees) == avant)
    assert not travaux.occupe(donnees)
    assert not travaux.en_attente(donnees)
    assert Dossier(donnees).version().numero == version
    deposer(page, site, archive)
    fait = page.locator(".travail").first
    expect(fait).to_contain_text("Chargée, mars 2026, Bouches-du-Rhône", timeout=LONG)
    assert recu(donnees) == 0


def test_un_fichier_qui_n_est_pas_une_livraison(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}/depot")
    (tmp_path / "note.pdf").write_bytes(b"%PDF")
    page.set_input_files("#depot-fichier", tmp_path / "note.pdf")
    expect(page.get_by_role("alert")).to_contain_text(
        "« note.pdf » n'est pas un fichier de données"
    )
    (tmp_path / "faux.zip").write_bytes(b"rien")
    deposer(page, site, tmp_path / "faux.zip")
    expect(page.locator(".travail-refus").first).to_contain_text("abîmée", timeout=LONG)


def test_un_registre_se_complete_puis_se_depose(page: Page, site: str, tmp_path: Path) -> None:
    def casser(livre: Any) -> None:
        titres = [case.value for case in livre["Registre"][1]]
        livre["Registre"].cell(2, titres.index("Type de guichet") + 1).value = "Château"

    page.goto(f"{site}/guichets?mois=2026-01")
    with page.expect_download() as remis:
        page.get_by_role("link", name="Télécharger le registre à compléter").click()
    octets, classeur = Path(remis.value.path()).read_bytes(), tmp_path / "registre.xlsx"
    for changer, role, dit in (
        (casser, "alert", "ligne 2 : « Château » n'est pas"),
        (None, "status", "Registre reçu"),
    ):
        classeur.write_bytes(rempli(octets, {}, changer))
        with page.expect_file_chooser() as choix:
            page.get_by_role("button", name="Déposer le registre complété").press("Enter")
        choix.value.set_files(classeur)
        expect(page.locator(f"#registre-lu [role={role}]")).to_contain_text(dit)
    page.get_by_role("link", name="Suivre la suite").click()
    fait = page.locator(".travail").first
    expect(fait).to_contain_text("Registre des guichets de « registre.xlsx », fait", timeout=LONG)


def test_un_document_se_prepare_puis_se_remet(page: Page, site: str) -> None:
    page.goto(f"{site}/documents?mois=2026-01")
    section = page.locator("section.document", has_text="Synthèse mensuelle")
    with page.expect_download(timeout=LONG) as remis:
        section.get_by_role("button", name="PDF").click()
        expect(section).to_contain_text("en préparation")
    assert remis.value.suggested_filename == "synthese-013-2026-01.pdf"
    assert Path(remis.value.path()).read_bytes().startswith(b"%PDF")
    expect(section.get_by_role("link", name="PDF")).to_be_visible()


def test_un_reglage_s_essaie_puis_s_enregistre(page: Page, site: str, donnees: Path) -> None:
    page.goto(f"{site}/reglages?mois=2026-01")
    page.locator("tr", has_text="Logement d’abord").first.get_by_role("link").click()
    page.fill("#reglage-valeur", "beaucoup")
    page.click("#reglage-enregistrer")
    expect(page.get_by_role("alert")).to_contain_text("Donner un nombre entier")
    page.fill("#reglage-valeur", "1 200")
    page.click("#reglage-essayer")
    ligne = page.locator("#reglage-dit tr", has_text="Prorata").first
    expect(ligne).to_contain_text("100")  # one month of twelve
    assert not (donnees / "reglages.yml").exists()
    page.click("#reglage-enregistrer")
    expect(page.locator("#reglage-dit")).to_contain_text("Enregistré : 1\u202f200")
    expect(page.locator("#reglages")).to_contain_text("Qui a changé quoi")
    assert "'013': 1200" in (donnees / "reglages.yml").read_text("utf-8")
