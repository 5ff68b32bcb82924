"""As a newcomer does: unknown files, from the drop to the first screen, then the next month."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from infocentre import travaux
from infocentre.demo import ecrire_forme, fabriquer
from infocentre.entrepot import Dossier
from tests.navigateur.conftest import LONG, Habitue, Onglet, servir
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent

CLICS_MAX = 25
SOURCE = "Observatoire du logement"
# What is in no page nor any file of what waits: a NIR, a name, a text that somebody typed.
SECRETS = ("184127645108946", "QUENOUILLE", "femme battue par son conjoint")


@pytest.fixture(scope="module")
def recus(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the folders of two months as an observatory writes them, with secrets in each."""
    atelier = tmp_path_factory.mktemp("recus")
    livraisons = fabriquer(atelier / "livraisons", taille=300, mois=2)
    return [recevoir(une, atelier / str(rang)) for rang, une in enumerate(livraisons)]


def secrets(rang: int) -> tuple[str, str, str]:
    """Return what a row tells of somebody: now and then the secrets, else as much of others."""
    if rang % 90 == 0:
        return SECRETS
    return f"2{84127645108900 + rang}", f"DUPUIS{chr(65 + rang % 26)}A", f"revu le dossier {rang}"


def recevoir(livraison: Path, atelier: Path) -> Path:
    """Write a delivery as its sender does, in a folder of their own name."""
    dossier = ecrire_forme(livraison, atelier, "observatoire").rename(atelier / SOURCE)
    for fichier in dossier.glob("demandes_*.csv"):
        with fichier.open(encoding="utf-8", newline="") as flux:
            entete, *lignes = csv.reader(flux)
        with fichier.open("w", encoding="utf-8", newline="") as flux:
            ecrit = csv.writer(flux)
            ecrit.writerow([*entete, "nir", "nom_du_demandeur", "observations"])
            ecrit.writerows([*ligne, *secrets(rang)] for rang, ligne in enumerate(lignes))
    return dossier


@pytest.fixture(scope="module")
def donnees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("donnees")


@pytest.fixture(scope="module")
def site(donnees: Path) -> Iterator[str]:
    with servir(Dossier(donnees)) as adresse:
        yield adresse


class Personne:
    """Who clicks, and counts it; a choice in a list is two clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.clics = page, 0

    def cliquer(self, quoi: Locator) -> None:
        self.clics += 1
        quoi.click(timeout=LONG)

    def choisir(self, liste: Locator, rang: int) -> None:
        self.clics += 2
        liste.select_option(index=rang)

    def deposer(self, site: str, dossier: Path) -> None:
        self.page.goto(f"{site}/depot")
        self.clics += 1
        self.page.set_input_files("#depot-dossier", dossier)

    def bouton(self, nom: str) -> Locator:
        return self.page.get_by_role("button", name=nom)


@pytest.fixture
def personne(habitue: Habitue, site: str) -> Iterator[Personne]:
    page = habitue.prendre(site)
    yield Personne(page)
    habitue.laisser(page)


def exiger_sans_secret(page: Page, donnees: Path) -> None:
    """Check that nobody's data is on the page, nor in what is kept beside the files themselves."""
    textes = [page.content()]
    textes += [un.read_text("utf-8") for un in (donnees / travaux.DOSSIER).glob("*/*.json")]
    textes += [un.read_text("utf-8") for un in donnees.rglob("*.yml")]
    assert not [secret for secret in SECRETS for texte in textes if secret in texte]


def exiger_lisible(page: Page, site: str) -> None:
    """Check what axe finds, and that nothing leaves the screen of a telephone."""
    onglet = Onglet(page, site)
    verifier(onglet)
    onglet.lacher()


def test_a_newcomer_reads_their_first_month_in_a_few_clicks(
    personne: Personne, site: str, recus: list[Path], donnees: Path
) -> None:
    page = personne.page
    personne.deposer(site, recus[0])
    personne.cliquer(page.get_by_role("link", name="Reconnaître ces fichiers"))
    reste = page.locator(".restent [role=status]")
    expect(reste).to_contain_text("questions", timeout=LONG)
    exiger_lisible(page, site)
    exiger_sans_secret(page, donnees)
    # A trial asked too early says what is left, and where.
    page.keyboard.press("Tab")
    personne.bouton("Essayer sur 1 000 lignes").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("y répondre d’abord")
    personne.cliquer(personne.bouton("Tout ce qui est proposé me convient"))
    vues = personne.bouton("J’ai vu")
    while vues.count():
        personne.cliquer(vues.first)
    attendent = page.locator(".colonne-recue.attend")
    while attendent.count():
        personne.choisir(attendent.first.get_by_role("combobox"), 1)
    expect(reste).to_have_text("Tout est répondu.")
    assert page.input_value("#reconnaitre-source") == SOURCE
    assert page.input_value("#reconnaitre-departement") == "013"
    personne.cliquer(personne.bouton("Essayer sur 1 000 lignes"))
    expect(page.locator(".apport")).to_contain_text("Indicateurs", timeout=LONG)
    expect(page.locator(".apport")).to_contain_text("Il manque la table «\u00a0Journal des actes")
    expect(page.locator(".essai-recu")).to_contain_text("Département 013")
    exiger_lisible(page, site)
    exiger_sans_secret(page, donnees)
    # Nothing is written yet but what waits.
    assert not {"archives", "correspondances", "refus.jsonl"} & {
        un.name for un in donnees.iterdir()
    }
    personne.cliquer(personne.bouton("Utiliser"))
    personne.cliquer(page.get_by_role("link", name="Contrôler et publier"))
    personne.cliquer(personne.bouton("Contrôler et publier"))
    personne.cliquer(page.locator(".travail").first.get_by_role("link", name="Voir"))
    expect(page.locator("main h1")).to_contain_text("2026")
    assert personne.clics <= CLICS_MAX
    exiger_sans_secret(page, donnees)


def test_the_next_month_of_a_known_source_asks_nothing(
    personne: Personne, site: str, recus: list[Path]
) -> None:
    page = personne.page
    personne.deposer(site, recus[1])
    depot = page.locator("#travaux-a-completer")
    # The month alone is asked: no name of a file tells it.
    expect(depot).to_contain_text("Données arrêtées au", timeout=LONG)
    depot.get_by_role("textbox").fill("31/10/2026")
    depot.get_by_role("button", name="Charger la livraison").click()
    fait = page.locator(".travail-fait").first
    expect(fait).to_contain_text("Chargée, octobre 2026", timeout=LONG)
    fait.get_by_role("link", name="Lire le rapport").click()
    expect(page.locator("main")).to_contain_text("Lue comme «\u202fObservatoire du logement")
    page.goto(f"{site}/reconnaitre")
    source = page.locator(".sources-connues > li", has_text=SOURCE)
    expect(source).to_contain_text("version 1")
    source.locator("summary").click()
    expect(source).to_contain_text("observations")
    exiger_lisible(page, site)
