"""All that a page has read has curly apostrophes; code and addresses keep theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboards.composants.apostrophes import courber
from dashboards.composants.balises import balise
from dashboards.navigation import appel
from infocentre.noyau.francais import apostropher
from tests.dashboards.vues import Ecran

DROITE = re.compile(r"(?<=\w)'(?=\w)|\b(?:[cdjlmnst]|qu)'$", re.IGNORECASE)
# What is never read as prose: code and what is typed, identifiers, data of a component.
A_PART = {"value", "valeur", "id", "href", "className", "rowData", "texte", "sql", "adresse"}
D_AILLEURS = {"dashAgGridLocale.js", "regenerator.min.js"}  # of others
PAGES = (
    "/", "/suivi", "/suivi?affichage=tableau", "/guichet/G1302", "/organisme/{organisme}",
    "/indicateurs", "/indicateurs/ATT_TARDIVE", "/pourquoi/ATT_TARDIVE", "/demandes",
    "/demandes?code=ATT_TARDIVE", "/echantillon", "/tableaux", "/tableaux/ATT-09",
    "/tableaux/TAB01-01", "/guichets", "/guichets/liste-publique", "/documents", "/mesures",
    "/requetes", "/requetes/bibliotheque", "/requetes/indicateur", "/requetes/outils",
    "/livraisons", "/reglages", "/depot", "/reconnaitre", "/recherche?q=zzz", "/aide",
    "/aide/glossaire",
    "/aide/colonnes", "/aide/codes", "/aide/tableaux", "/aide/procedures", "/aide/convention",
    "/aide/demonstration",
    "/aide/contrat", "/introuvable", "/registre", "/audit", "/doublons", "/doublons/suivi",
    "/doublons/signaler",
)  # fmt: skip


def test_what_a_script_says_has_curly_apostrophes_only() -> None:
    textes = [
        (chemin.name, texte)
        for chemin in (Path(__file__).parents[2] / "dashboards/assets").glob("*.js")
        if chemin.name not in D_AILLEURS
        for texte in re.findall(r'"([^"\n]*)"', chemin.read_text("utf-8"))
    ]
    assert len(textes) > 1000
    assert [un for un in textes if DROITE.search(un[1])] == []


@pytest.mark.parametrize("adresse", PAGES)
def test_a_page_has_curly_apostrophes_only(client: FlaskClient, adresse: str) -> None:
    reponse = client.post("/_dash-update-component", json=appel(adresse.format(organisme="G1302")))
    textes = list(_lus(json.loads(reponse.data)["response"]))
    assert len(textes) > 5
    assert [un for un in textes if DROITE.search(un)] == []


def test_the_names_of_the_grid_have_them_too(afficher: Callable[[str], Ecran]) -> None:
    grille = afficher("/suivi").trouver("grille-suivi")
    noms = [ligne["nom"] for ligne in grille.rowData]
    assert "CA d’Arles-Crau-Camargue-Montagnette – guichet de l’habitat" in noms
    assert [un for un in noms if DROITE.search(un)] == []


def _lus(noeud: Any) -> Iterator[str]:
    """Yield the texts of an answer."""
    if isinstance(noeud, str):
        yield noeud
    elif isinstance(noeud, list):
        if noeud and noeud[0] in ("code", "pre", "textarea"):  # a tree: its name first
            return
        for un in noeud:
            yield from _lus(un)
    elif isinstance(noeud, dict):
        if noeud.get("type") in ("Code", "Editeur", "Tables", "Pre", "Textarea"):
            return
        for nom, un in noeud.items():
            if nom not in A_PART:
                yield from _lus(un)


def test_code_stays_as_it_is() -> None:
    arbre = balise("p", "l'aide : ", balise("code", "d'abord"), title="qu'il", href="/l'un")
    assert courber(arbre) == [
        "p", {"title": "qu’il", "href": "/l'un"}, "l’aide : ", ["code", {}, "d'abord"],
    ]  # fmt: skip
    assert apostropher("l'« État » 'seul'") == "l’« État » 'seul'"
