"""Accounts in a browser: invited, recognised, shut out at once."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from tests.navigateur.conftest import Arriver, Onglet, servir
from tests.navigateur.test_pages import verifier

MOT = "trois mots et un chat"
ADMIN, CHLOE = "ada@metropole.fr", "chloe@metropole.fr"


def test_a_person_is_invited_comes_in_and_is_shut_out_with_a_page_open(
    arriver: Arriver, tmp_path: Path
) -> None:
    comptes = Comptes(ouvrir_magasin(tmp_path))
    perimetre = perimetre_du_role(Role.ADMINISTRATEUR, {})
    lien = comptes.inviter(Fiche(ADMIN, "Ada Min", Role.ADMINISTRATEUR, perimetre))
    comptes.choisir(lien, MOT)
    with servir(Dossier(tmp_path)) as site:
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
        expect(chloe.page).to_have_url(re.compile(r"/connexion\?retour=%2Faide%2Fglossaire$"))
        ada.exiger_propre()
        assert chloe.hotes == {"127.0.0.1"}


def _entrer(onglet: Onglet, identifiant: str, adresse: str = "/connexion") -> None:
    onglet.page.goto(onglet.site + adresse)
    onglet.page.get_by_label("Adresse électronique").fill(identifiant)
    onglet.page.get_by_label("Mot de passe").fill(MOT)
    onglet.page.get_by_role("button", name="Se connecter").click()
