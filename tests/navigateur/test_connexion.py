"""Accounts in a browser: invited, recognised, shut out at once."""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.facteurs import code_du_pas
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from tests.navigateur.conftest import BUREAU, Arriver, Onglet, servir
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent

MOT = "trois mots et un chat"
NEUF = "une autre phrase entière"
ADMIN, BRUNO, CHLOE = "ada@metropole.fr", "bruno@metropole.fr", "chloe@metropole.fr"


def test_a_person_is_invited_comes_in_and_is_shut_out_with_a_page_open(
    arriver: Arriver, tmp_path: Path
) -> None:
    comptes = Comptes(ouvrir_magasin(tmp_path))
    perimetre = perimetre_du_role(Role.ADMINISTRATEUR, {})
    lien = comptes.inviter(Fiche(ADMIN, "Ada Min", Role.ADMINISTRATEUR, perimetre))
    comptes.choisir(lien, MOT)
    with servir(Dossier(tmp_path), INFOCENTRE_PROCESSUS="2") as site:
        ada, chloe = (Onglet(arriver().new_page(), site) for _ in range(2))
        _entrer(ada, ADMIN)
        expect(ada.page).to_have_url(f"{site}/comptes")
        verifier(ada)
        ada.page.get_by_label("Adresse électronique").fill(CHLOE)
        ada.page.get_by_label("Prénom et nom").fill("Chloé Roux")
        ada.page.get_by_label("Rôle").select_option("gestionnaire")
        ada.page.get_by_label("Départements").fill("013")
        ada.page.get_by_role("button", name="Inviter").click()
        remis = ada.page.locator(".lien-a-remettre").inner_text()

        verifier(ada)
        chloe.page.goto(remis)
        verifier(chloe)
        chloe.page.get_by_label("Mot de passe", exact=True).fill(MOT)
        chloe.page.get_by_label("une seconde fois").fill(MOT)
        chloe.page.get_by_role("button", name="Choisir ce mot de passe").click()
        chloe.titre("Infocentre")
        expect(chloe.page.get_by_role("link", name="Chloé Roux")).to_be_visible()
        chloe.page.get_by_role("button", name="Se déconnecter").click()
        chloe.titre("Vous êtes déconnecté")
        chloe.aller("/livraisons")
        verifier(chloe)
        _entrer(chloe, CHLOE, "/livraisons")
        expect(chloe.page).to_have_url(f"{site}/livraisons")
        chloe.attendre_le_calme()
        compte = Onglet(chloe.page.context.new_page(), site)
        compte.aller("/compte")
        verifier(compte)
        compte.exiger_propre()
        assert [un for un in chloe.erreurs if "401" not in un] == []

        ada.page.get_by_role("button", name="Fermer le compte").click()
        expect(ada.page.get_by_text("Le compte est fermé, dès maintenant")).to_be_visible()
        with chloe.page.expect_response(re.compile("_dash-update-component")) as appel:
            chloe.page.evaluate("infocentre.aller('/aide/glossaire')")
        assert appel.value.status == 401
        expect(chloe.page.get_by_text("Votre session est fermée")).to_be_visible()
        chloe.page.get_by_role("link", name="Se connecter de nouveau").click()
        # Whichever asked first: the click, or the header that asks what arrived.
        retour = re.compile(r"/connexion\?retour=%2F(aide%2Fglossaire|livraisons)$")
        expect(chloe.page).to_have_url(retour)
        ada.exiger_propre()
        assert chloe.hotes == {"127.0.0.1"}


def test_a_long_name_leaves_its_place_to_the_search(arriver: Arriver, tmp_path: Path) -> None:
    comptes = Comptes(ouvrir_magasin(tmp_path))
    comptes.inviter(Fiche(ADMIN, "Ada Min", Role.ADMINISTRATEUR, TOUT))
    nom = "Marie-Antoinette-Bérengère de La Rochefoucauld-Montmorency-Luxembourg d’Estaing"
    comptes.choisir(comptes.inviter(Fiche(BRUNO, nom, Role.GESTIONNAIRE, TOUT)), MOT)
    with servir(Dossier(tmp_path)) as site:
        bruno = Onglet(arriver().new_page(), site)
        _entrer(bruno, BRUNO)
        bruno.page.set_viewport_size(BUREAU)
        champ = bruno.page.locator(".recherche-entete .fr-input")
        expect(champ).to_be_visible()
        largeur = champ.evaluate("champ => champ.clientWidth")
        assert largeur >= 240, largeur  # 123 where the name takes what it wants


def test_a_password_is_replaced_by_two_and_a_second_factor_is_added(
    arriver: Arriver, tmp_path: Path
) -> None:
    comptes = Comptes(ouvrir_magasin(tmp_path))
    administre = perimetre_du_role(Role.ADMINISTRATEUR, {})
    ici = perimetre_du_role(Role.PREFET, {"departements": ["013"]})
    for fiche in (
        Fiche(ADMIN, "Ada Min", Role.ADMINISTRATEUR, administre),
        Fiche(BRUNO, "Bruno Petit", Role.ADMINISTRATEUR, administre),
        Fiche(CHLOE, "Chloé Roux", Role.PREFET, ici),
    ):
        comptes.choisir(comptes.inviter(fiche), MOT)
    exige = {"INFOCENTRE_SECOND_FACTEUR": "prefet"}
    with servir(Dossier(tmp_path), **exige) as site:
        ada, bruno, chloe = (Onglet(arriver().new_page(), site) for _ in range(3))
        _entrer(ada, ADMIN)
        _entrer(bruno, BRUNO)
        code, lien = _faire_remplacer(ada, bruno)
        secours = _remplacer(chloe, lien, code)
        chloe.page.goto(f"{site}/compte")
        verifier(chloe)
        expect(chloe.page.get_by_role("link", name="Chloé Roux (3 avis)")).to_be_visible()
        _presser(chloe, "J’ai lu, continuer")
        chloe.attendre_le_calme()
        expect(chloe.page.get_by_role("link", name="Chloé Roux", exact=True)).to_be_visible()
        _presser(chloe, "Se déconnecter")
        chloe.page.goto(f"{site}/connexion")
        _saisir(chloe, CHLOE, NEUF)
        chloe.titre("Second facteur")
        verifier(chloe)
        chloe.page.get_by_label("Code").fill(secours[0])
        _presser(chloe, "Se connecter")
        chloe.attendre_le_calme()
        ada.page.goto(f"{site}/comptes/{CHLOE}")
        _presser(ada, "Remplacer le second facteur")
        _garder_puis_changer(chloe, secours[1])
        for un in (ada, bruno):
            un.exiger_propre()


def _faire_remplacer(ada: Onglet, bruno: Onglet) -> tuple[str, str]:
    """Have two administrators replace a password; return what each is given."""
    ada.page.goto(f"{ada.site}/comptes/{CHLOE}")
    _presser(ada, "Remplacer le mot de passe")
    code = ada.page.locator(".lien-a-remettre").inner_text()
    verifier(ada)
    bruno.page.goto(f"{bruno.site}/compte")
    verifier(bruno)
    _presser(bruno, f"Confirmer pour {CHLOE}")
    verifier(bruno)
    return code, bruno.page.locator(".lien-a-remettre").inner_text()


def _remplacer(chloe: Onglet, lien: str, code: str) -> list[str]:
    """Choose a password, and add the second factor that is asked; return its codes of help."""
    chloe.page.goto(lien)
    verifier(chloe)
    chloe.page.get_by_label("Code remis avec ce lien").fill(code)
    chloe.page.get_by_label("Mot de passe", exact=True).fill(NEUF)
    chloe.page.get_by_label("une seconde fois").fill(NEUF)
    _presser(chloe, "Choisir ce mot de passe")
    chloe.titre("Ajouter un second facteur")
    verifier(chloe)
    chloe.page.get_by_label("Code").fill(_code(chloe.page.locator(".cle").inner_text()))
    _presser(chloe, "Ajouter ce second facteur")
    chloe.titre("Codes de secours")
    verifier(chloe)
    secours = chloe.page.locator(".codes-de-secours code").all_inner_texts()
    assert len(secours) == 10
    return secours


def _garder_puis_changer(chloe: Onglet, secours: str) -> None:
    """Refuse that another replaces a factor; take it away, and begin to add another."""
    chloe.page.goto(f"{chloe.site}/compte")
    verifier(chloe)
    _presser(chloe, "Refuser ce remplacement")
    expect(chloe.page.get_by_text("rien ne change")).to_be_visible()
    chloe.page.get_by_label("Code de l’application").fill(secours)
    _presser(chloe, "Ôter le second facteur")
    expect(chloe.page.get_by_text("Le second facteur est ôté")).to_be_visible()
    chloe.page.locator("#mot_pour_facteur").fill(NEUF)
    _presser(chloe, "Ajouter un second facteur")
    verifier(chloe)


def _code(cle: str) -> str:
    """Return what an application shows now for a key."""
    return code_du_pas(base64.b32decode(cle.replace(" ", "")), int(time.time()) // 30)


def _presser(onglet: Onglet, nom: str) -> None:
    """Press what sends a form, and wait for the page that answers: between the two is none."""
    with onglet.page.expect_navigation():
        onglet.page.get_by_role("button", name=nom, exact=True).click()


def _saisir(onglet: Onglet, identifiant: str, mot: str) -> None:
    onglet.page.get_by_label("Adresse électronique").fill(identifiant)
    onglet.page.get_by_label("Mot de passe").fill(mot)
    _presser(onglet, "Se connecter")


def _entrer(onglet: Onglet, identifiant: str, adresse: str = "/connexion") -> None:
    onglet.page.goto(onglet.site + adresse)
    _saisir(onglet, identifiant, MOT)
