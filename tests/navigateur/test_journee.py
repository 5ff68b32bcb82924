"""Ma journée in the browser: what came is told, done by the keyboard, ticked together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.procedures.mesures_correctives.proposer import proposer
from tests.donnees.atelier import copie
from tests.navigateur.conftest import BUREAU, LONG, Ouvrir, servir
from tests.navigateur.test_pages import tenir, verifier

pytestmark = pytest.mark.lent

ETROIT = ViewportSize(width=680, height=900)  # a screen of 1360 at 200 %


@pytest.fixture(scope="module")
def racine(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demonstration with four organismes to accept, one of them told already."""
    racine = copie(entrepot_demo.racine, tmp_path_factory.mktemp("journee") / "donnees")
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"))
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        premiere, *_ = proposer(v, registre, "013", mois_controles(v, "013")[-1])
    registre.agir(premiere.id, "accepter")
    registre.agir(premiere.id, "signaler", {"canal": "courriel"})
    return racine


@pytest.fixture(scope="module")
def site(racine: Path) -> Iterator[str]:
    with servir(Dossier(racine)) as adresse:
        yield adresse


def test_what_came_is_told_then_done_with_the_keyboard(
    ouvrir: Ouvrir, site: str, racine: Path
) -> None:
    onglet = ouvrir(site)
    page = onglet.page
    onglet.aller("/")
    verifier(onglet)
    tenir(onglet, ETROIT)
    page.set_viewport_size(BUREAU)
    expect(page.get_by_role("navigation", name="Le mois du gestionnaire")).to_contain_text(
        "Livraison"
    )

    accepter = page.get_by_role("region", name="Mesures correctives : accepter la proposition")
    coches = accepter.get_by_role("checkbox")
    expect(coches).to_have_count(3)
    coches.first.check()
    accepter.get_by_role("button", name="Accepter la cochée").click()
    # What comes in the place of what was done is not ticked.
    expect(coches).to_have_count(2, timeout=LONG)
    expect(accepter.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(accepter.get_by_role("button", name="Tout accepter")).to_be_visible()
    coches.nth(0).check()
    coches.nth(1).check()
    accepter.get_by_role("button", name="Accepter les 2 cochées").click()
    expect(page.get_by_role("status").filter(has_text="2 lignes faites")).to_be_visible(
        timeout=LONG
    )
    expect(accepter).to_have_count(0)

    registre = Affaires(ouvrir_magasin(racine), Acteur("Accueil", "guichet"))
    une = next(un for un in registre.lister("013") if un.etat == "signale")
    dits = {"canal": "application", "choix": "aide", "texte": "Pouvez-vous nous aider ?"}
    registre.agir(une.id, "repondre", dits)
    onglet.aller("/indicateurs")
    signe = page.get_by_role("link", name="1 nouvelle")
    expect(signe).to_be_visible(timeout=LONG)
    signe.click()
    aide = page.get_by_role("region", name="Aide demandée")
    expect(aide).to_contain_text("Pouvez-vous nous aider", timeout=LONG)
    expect(page.locator(".journee-groupe").first).to_contain_text("Aide demandée")
    expect(page.get_by_role("link", name="1 nouvelle")).to_have_count(0, timeout=LONG)
    bouton = aide.get_by_role("button", name="Aide apportée")
    bouton.focus()
    page.keyboard.press("Enter")
    expect(aide).to_have_count(0, timeout=LONG)
    expect(page.locator("#journee")).to_be_focused()
    assert registre.lire(une.id).situation.evenements[-1].nom == "prendre_acte"
    verifier(onglet)
