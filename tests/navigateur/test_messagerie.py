"""How mails leave and who signs them, set in the browser: tried at once, the password unseen."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infocentre.demarches.envoi import SECRET
from infocentre.entrepot import Dossier
from tests.demarches.test_envoi import Serveur, ecouter
from tests.navigateur.conftest import BUREAU, Ouvrir, servir
from tests.navigateur.test_journee import ETROIT
from tests.navigateur.test_pages import tenir, verifier

pytestmark = pytest.mark.lent

MOT = "phrase-que-personne-ne-relit"


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("messagerie")


@pytest.fixture(scope="module")
def site(racine: Path) -> Iterator[str]:
    with servir(Dossier(racine)) as adresse:
        yield adresse


def test_a_server_is_set_and_tried_and_its_password_never_shown(
    ouvrir: Ouvrir, site: str, racine: Path
) -> None:
    boite, onglet = Serveur(), ouvrir(site)
    page = onglet.page
    essai = page.locator("#messagerie-essai-dit")
    with ecouter(boite) as port:
        onglet.aller("/reglages/messagerie")
        verifier(onglet, au_telephone=True)
        tenir(onglet, ETROIT)
        page.set_viewport_size(BUREAU)
        expect(page.get_by_label("Oublier le mot de passe")).to_have_count(0)
        _au_clavier(page, "127.0.0.1", str(port), "aucun", "g@exemple.fr", "gestion", MOT)
        page.keyboard.press("Tab")  # its button
        page.keyboard.press("Enter")
        expect(page.locator("#messagerie-dit")).to_contain_text("Messagerie enregistrée")
        onglet.aller("/reglages/messagerie")
        expect(page.get_by_label("Mot de passe", exact=False).first).to_have_value("")
        expect(page.locator("main")).to_contain_text("Un mot de passe est gardé")
        assert MOT not in page.content()
        assert MOT in (racine / SECRET).read_text("utf-8")
        page.get_by_label("Oublier le mot de passe gardé").check()
        page.get_by_label("Nom d’utilisateur").fill("")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator("main")).to_contain_text("Aucun n’est gardé")
        page.get_by_label("Votre adresse").fill("lea@exemple.fr")
        page.get_by_role("button", name="M’envoyer un essai").click()
        expect(essai).to_contain_text("Essai parti à lea@exemple.fr")
    (lu,) = (email.message_from_bytes(un, policy=email.policy.default) for un in boite.contenus)
    assert (str(lu["To"]), str(lu["From"])) == ("lea@exemple.fr", "g@exemple.fr")
    page.get_by_role("button", name="M’envoyer un essai").click()  # nobody listens any more
    expect(essai.get_by_role("alert")).to_contain_text("ne répond pas")


def _au_clavier(page: Page, *dits: str) -> None:
    """Fill in fields one after the other, by Tab."""
    page.get_by_label("Serveur SMTP").focus()
    for rang, dit in enumerate(dits):
        if rang:
            page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type(dit)


def test_who_signs_is_set_and_said_back(ouvrir: Ouvrir, site: str, racine: Path) -> None:
    onglet = ouvrir(site)
    page = onglet.page
    onglet.aller("/reglages/signature")
    verifier(onglet, au_telephone=True)
    tenir(onglet, ETROIT)
    page.set_viewport_size(BUREAU)
    page.get_by_label("Personne qui signe").fill("Camille Durand")
    page.get_by_label("Où la joindre").fill("04 91 00 00 00")
    page.keyboard.press("Enter")
    expect(page.locator("#signature-dit")).to_contain_text("Signature enregistrée")
    onglet.aller("/reglages/signature")
    expect(page.get_by_label("Personne qui signe")).to_have_value("Camille Durand")
    assert "Camille Durand" in (racine / "service.yml").read_text("utf-8")
