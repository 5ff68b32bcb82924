"""Aide: documents rendered, glossary and dictionaries that follow catalogue and contract."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import pytest
import yaml

from dashboards.composants.texte import PAGES, lire_document, rendre
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import convention, procedures
from infocentre.catalogue import lire_catalogue
from infocentre.cli.options import COMMANDES
from infocentre.contrat import contrat
from infocentre.contrat.publication import PUBLICATIONS
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from tests.dashboards.listes import table, tables
from tests.dashboards.vues import Ecran, ouvrir

PAGES_AIDE = (
    "", "/gestionnaire", "/guichet", "/glossaire", "/colonnes", "/codes", "/contrat", "/tableaux",
    "/procedures", "/convention", "/demonstration",
)  # fmt: skip


def test_what_is_rendered_has_anchors_and_lets_no_html_through() -> None:
    document = rendre(
        "# Titre\n\n<!-- caché\n -->\n## Protéger les « personnes »\n\n<script>x</script>\n\n"
        "| | b |\n| --- | --- |\n| 1 | 2 |\n\n"
        "Voir [les tableaux](tableaux.md), [le reste](installation.md).\n\n"
        "Ou [le mois](guide.md#chaque-mois), [la suite](installation.md#preuves).\n\n"
        "```mermaid\nstateDiagram-v2\n```\n"
    )
    assert document.titre == "Titre"
    assert document.sections == (("proteger-les-personnes", "Protéger les « personnes »"),)
    assert 'id="proteger-les-personnes"' in document.contenu
    assert "<script>" not in document.contenu
    assert "caché" not in document.contenu
    assert '<table tabindex="0">' in document.contenu
    assert '<a href="/aide/tableaux">les tableaux</a>' in document.contenu
    assert "le reste (<code>docs/installation.md</code>)" in document.contenu
    assert '<a href="/aide/gestionnaire#chaque-mois">le mois</a>' in document.contenu
    assert "la suite (<code>docs/installation.md</code>)" in document.contenu
    assert "stateDiagram" not in document.contenu
    assert "<h1" not in document.contenu
    assert "<th></th>" not in document.contenu


@pytest.mark.parametrize(
    "document", ["guide", "guichet", "tableaux", "procedures", "convention", "demonstration"]
)
def test_documents_are_read_where_they_are_installed(document: str) -> None:
    assert lire_document(document).sections


@pytest.mark.parametrize("page", PAGES_AIDE)
def test_the_help_opens_before_any_delivery(app_vide: dash.Dash, page: str) -> None:
    ecran = ouvrir(app_vide, f"/aide{page}")
    assert len(ecran.composants("H1")) == 1
    assert "n'est pas installé" not in ecran.texte


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("role", "premier"),
    [
        (Role.GUICHET, "Guide du guichet"),
        (Role.GESTIONNAIRE, "Guide de l'infocentre"),
        (Role.PREFET, "Guide de l'infocentre"),
    ],
)
def test_a_guichet_has_a_guide_of_its_own(
    monkeypatch: pytest.MonkeyPatch, role: Role, premier: str
) -> None:
    module = sys.modules["dashboards.pages.aide"]
    monkeypatch.setattr(module, "acces", lambda: Acces("ada", "Ada", role, TOUT))
    ecran = Ecran(module.aide())
    (titre,) = ecran.composants("H1")
    assert str(titre.children) == premier
    assert "/aide/gestionnaire" in ecran.liens or role is not Role.GUICHET


def test_the_guide_of_a_guichet_has_each_procedure_in_which_it_acts() -> None:
    dit = lire_document("guichet").contenu.replace("’", "'").lower()
    siennes = [
        un
        for un in procedures().values()
        if any("guichet" in evenement.qui for evenement in un.evenements.values())
    ]
    assert len(siennes) >= 9
    absentes = [un.titre for un in siennes if not any(w.lower() in dit for w in (un.titre, un.une))]
    assert absentes == [], "docs/guichet.md"


@pytest.mark.usefixtures("app")
def test_links_between_documents_lead_to_pages() -> None:
    connues = {page["path"] for page in dash.page_registry.values()}
    assert {page for page in PAGES.values() if page.startswith("/aide")} <= connues


@pytest.mark.usefixtures("app")
def test_what_serves_the_convention_exists() -> None:
    """41 obligations; their procedures and indicators are named by the page itself."""
    lues = convention.obligations()
    connues = {page["path"] for page in dash.page_registry.values()}
    assert len(lues) == 41
    assert {page for une in lues for page in une.par.pages} <= connues
    assert {une for lue in lues for une in lue.par.commandes} <= COMMANDES.keys()
    sans_procedure = procedures().keys() - {un for une in lues for un in une.par.procedures}
    assert sans_procedure == set(), "a procedure serves an article"
    page = (ressources("docs") / convention.PAGE).read_text("utf-8")
    assert page == convention.rediger(lues), "python -m infocentre.affaires.convention"


@pytest.mark.parametrize(
    "faute", [{"etat": "oui", "manque": "x"}, {"etat": "non", "par": {"pages": ["/"]}}, {"x": 1}]
)
def test_an_obligation_says_what_serves_it_or_what_is_missing(
    faute: dict[str, Any], tmp_path: Path
) -> None:
    juste = {"article": "2.1", "qui": "guichet", "quoi": "enregistrer", "etat": "partie",
             "par": {"pages": ["/"]}, "manque": "tout"}  # fmt: skip
    (tmp_path / "convention.yml").write_text(yaml.safe_dump({"obligations": [juste | faute]}))
    with pytest.raises(Refus):
        convention.obligations(tmp_path / "convention.yml")


def test_the_glossary_follows_the_catalogue(afficher: Callable[[str], Ecran]) -> None:
    listes = tables(afficher("/aide/glossaire"))
    catalogue = lire_catalogue()
    codes = [ligne[0] for ligne in listes["Indicateurs, dans l'ordre où ils sont montrés"]]
    assert codes == list(catalogue.indicateurs)
    objets = {ligne[1] for ligne in listes["Populations sur lesquelles les taux sont calculés"]}
    assert objets == {une.objet for une in catalogue.populations.values()}
    assert [ligne[1] for ligne in listes["États d'un indicateur"]] == [un.sens for un in Etat]


@pytest.mark.parametrize("nom", contrat().tables)
def test_the_dictionary_follows_the_contract(afficher: Callable[[str], Ecran], nom: str) -> None:
    lignes = table(afficher(f"/aide/colonnes?table={nom}"), "Colonnes de la table")
    for ligne, une in zip(lignes, contrat().tables[nom].colonnes, strict=True):
        assert ligne[:2] == [une.nom, une.libelle]
        assert ("donnée personnelle" in ligne[4]) == une.personnelle
        assert ("liste de codes" in ligne[4]) == bool(une.codes)


def test_the_contract_is_read_on_the_page_and_taken_away(
    app: dash.Dash, afficher: Callable[[str], Ecran]
) -> None:
    ecran = afficher("/aide/contrat?table=voeux")
    lues = {une[0]: une[1:] for une in table(ecran, "Ce qu'on écrit")}
    assert list(lues) == ["ID_VOEU", "NUMERO_UNIQUE", "ORDRE", "COMMUNE", "QUARTIER"]
    assert lues["COMMUNE"][1:3] == ["", "code INSEE, cinq caractères"]
    assert lues["ID_VOEU"][1] == "oui"
    client = app.server.test_client()
    for une in PUBLICATIONS.values():
        reponse = client.get(f"/aide/contrat/{une.fichier}")
        assert reponse.get_data() == une.ecrire(), une.fichier
        assert une.fichier in reponse.headers["Content-Disposition"]
    assert client.get("/aide/contrat/autre.txt").status_code == 404


def test_the_lists_of_codes(afficher: Callable[[str], Ecran]) -> None:
    assert list(tables(afficher("/aide/codes"))) == list(contrat().codes)
    une = tables(afficher("/aide/codes?liste=MOTIF_DEMANDE"))
    assert ["06", "Violences familiales"] in une["MOTIF_DEMANDE"]
    assert len(une) == 1
    assert len(tables(afficher("/aide/codes?liste=RIEN"))) == len(contrat().codes)


def test_the_questions_of_the_day_come_first_and_installing_last() -> None:
    sections = [nom for _, nom in lire_document("guide").sections]
    assert sections[:2] == ["Que faire aujourd'hui ?", "Mon guichet est rouge, que faire ?"]
    assert sections[-2:] == ["Installer", "Essayer avant la première livraison"]


@pytest.mark.parametrize(
    ("adresse", "nom", "voisin"),
    [
        ("/guichet/G1302X", "Guichet inconnu", "/guichet/G1302"),
        ("/organisme/1", "Organisme inconnu", "/guichets"),
    ],
)
def test_an_unknown_guichet_is_told_as_such_with_a_way_on(
    afficher: Callable[[str], Ecran], adresse: str, nom: str, voisin: str
) -> None:
    ecran = afficher(adresse)
    assert [un.children for un in ecran.composants("H1")] == [nom]
    assert any(un.startswith(f"{voisin}?") for un in ecran.liens)
    assert any(un.startswith("/suivi?") for un in ecran.liens)


def test_what_is_refused_is_the_title_of_its_page(afficher: Callable[[str], Ecran]) -> None:
    (titre,) = afficher("/demandes?guichet=G0000").composants("H1")
    assert titre.children == "Le guichet « G0000 » n'est pas connu"


def test_a_page_under_another_leads_to_it(app: dash.Dash) -> None:
    dessous = [une for une in dash.page_registry.values() if une.get("sous") and une["path"]]
    directes = {une["path"]: une["sous"] for une in dessous if not une["path_template"]}
    assert directes["/reglages"] == "/livraisons"
    assert len(directes) >= 10
    for chemin, au_dessus in directes.items():
        fil = ouvrir(app, chemin).composants("Nav")[0]
        assert fil.className == "fr-breadcrumb"
        vers = str(fil.children.children[0].children.href).partition("?")[0]
        assert au_dessus in {vers, directes.get(vers)}, chemin
