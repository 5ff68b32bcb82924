"""The review of the users of the SNE in the browser: from a frozen list to what is asked."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from infocentre.acces.perimetre import TOUT
from infocentre.decisions import ouvrir_magasin
from infocentre.demo.revues import planter
from infocentre.entrepot import Dossier
from infocentre.lecture.lieux import ouvrir_pour
from tests.donnees.atelier import copie
from tests.navigateur.conftest import BUREAU, Arriver, Onglet, servir
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent

LONG = 60_000  # milliseconds, on a machine that does something else


def test_a_list_is_handed_over_answered_and_asked_for(
    arriver: Arriver, entrepot_demo: Dossier, tmp_path: Path
) -> None:
    racine = copie(entrepot_demo.racine, tmp_path / "donnees")
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        assert planter(v, ouvrir_magasin(racine), "013") == 3
    with servir(Dossier(racine)) as site:
        onglet = Onglet(arriver().new_page(), site)
        page = onglet.page
        page.set_default_timeout(LONG)
        contenu = page.locator("main")
        onglet.aller("/acces")
        onglet.titre("Accès au SNE")
        expect(contenu).to_contain_text("3 revues", timeout=LONG)
        verifier(onglet)
        page.set_viewport_size(BUREAU)
        figee = contenu.get_by_role("row").filter(has_text="Liste figée").first
        figee.get_by_role("link").first.click()
        expect(contenu).to_contain_text("La liste des accès est figée.", timeout=LONG)
        verifier(onglet)
        page.set_viewport_size(BUREAU)
        page.get_by_role("button", name="Noter remise par courrier").click()
        expect(contenu).to_contain_text("Réponse du guichet attendue", timeout=LONG)

        liste = contenu.get_by_role("link", name="Liste à remplir (.xlsx)").get_attribute("href")
        classeur = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{site}{liste}").body()))
        feuille = classeur["Accès"]
        for rang in range(2, feuille.max_row + 1):
            feuille[f"E{rang}"] = "maintenir" if rang > 2 else "fermer"
        classeur.save(tmp_path / "rendu.xlsx")
        page.set_input_files("input[type=file]", tmp_path / "rendu.xlsx")
        expect(contenu).to_contain_text("Répondue", timeout=LONG)

        contenu.get_by_role("link", name="Accès au SNE").click()
        expect(contenu).to_contain_text("1 guichet demande des changements", timeout=LONG)
        page.get_by_role("button", name="Les noter demandés au SNE").click()
        expect(contenu.get_by_role("button", name="Les noter demandés au SNE")).to_have_count(
            0, timeout=LONG
        )
        expect(contenu.get_by_role("row").filter(has_text="Demandée")).not_to_have_count(
            0, timeout=LONG
        )
        assert onglet.erreurs == []
