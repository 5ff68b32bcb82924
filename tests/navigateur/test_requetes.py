"""An analyst at work: write, complete, run, draw, take away, keep, share, stop what is too long."""

from __future__ import annotations

import csv
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import duckdb
import openpyxl
import pytest
from playwright.sync_api import Locator, Route, expect

from infocentre.analystes.fichier import tenir_analystes
from infocentre.entrepot import Dossier
from infocentre.requetes.execution import annuler
from tests.navigateur.conftest import TELEPHONE, Onglet, Ouvrir
from tests.navigateur.test_pages import verifier
from tests.requetes.aide import QUI_DORT, lancer

pytestmark = pytest.mark.lent

PAR_STATUT = "select statut, count(*) as demandes from demandes group by all order by statut"
PRUDENCE_MS = 200  # the editor lets nobody accept what they had no time to read
REPONSE_MS = 60_000  # the machine of the tests is shared


def ecrire(onglet: Onglet, sql: str) -> Locator:
    """Open the page, replace what the editor holds; return the editor."""
    onglet.aller("/requetes")
    return remplacer(onglet, sql)


def remplacer(onglet: Onglet, sql: str) -> Locator:
    """Replace what the editor of the page holds; return the editor."""
    editeur = onglet.page.get_by_role("textbox", name="Requête SQL")
    expect(editeur).to_have_class(re.compile("cm-content"))
    editeur.press("Control+A")
    onglet.page.keyboard.insert_text(sql)
    editeur.press("Escape")  # what is proposed would open over the button that is pressed next
    # So would a field of a parameter, come or gone, move it.
    lien = re.compile(re.escape(quote_plus(sql)))
    expect(onglet.page.locator("#vers-indicateur")).to_have_attribute("href", lien)
    return editeur


def attendre_resultat(onglet: Onglet, texte: str) -> None:
    expect(onglet.page.locator("#resultat")).to_contain_text(texte, timeout=REPONSE_MS)


def cellules(onglet: Onglet) -> list[str]:
    """Return what the cells of the first row show, its number left out."""
    ligne = onglet.page.locator("#grille [row-index='0'] .ag-cell:not(.numero)")
    expect(ligne.first).to_be_visible()
    return ligne.all_inner_texts()


def attendre_sql(onglet: Onglet, sql: str | re.Pattern[str]) -> None:
    expect(onglet.page.locator("textarea#sql")).to_have_value(sql)


def test_write_complete_and_run_by_the_keyboard(onglet: Onglet) -> None:
    editeur = ecrire(onglet, "select stat")
    editeur.press_sequentially(" from deman")
    proposition = onglet.page.locator(".cm-tooltip-autocomplete li").first
    expect(proposition).to_contain_text("demandes")
    onglet.page.wait_for_timeout(PRUDENCE_MS)
    editeur.press("Enter")
    attendre_sql(onglet, "select stat from demandes")
    for _ in range(len(" from demandes")):
        editeur.press("ArrowLeft")
    editeur.press("Control+Space")
    expect(proposition).to_contain_text("statut")
    expect(onglet.page.locator(".cm-completionInfo")).to_contain_text("active, radiée ou disparue")
    onglet.page.wait_for_timeout(PRUDENCE_MS)
    editeur.press("Tab")
    attendre_sql(onglet, "select statut from demandes")
    editeur.press("End")
    editeur.press_sequentially(" group by statut order by statut")
    editeur.press("Escape")
    editeur.press("Control+Enter")
    attendre_resultat(onglet, "lignes en ")
    assert cellules(onglet)[0] == "active"


def test_a_result_is_drawn_in_two_clicks(onglet: Onglet) -> None:
    ecrire(onglet, PAR_STATUT)
    page = onglet.page
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "lignes en ")
    page.get_by_role("button", name="Graphique", exact=True).click()
    dessin = page.locator("#image [role=group][aria-label='demandes par statut']")
    expect(dessin).to_contain_text("active", timeout=REPONSE_MS)
    page.get_by_label("Barres").check()
    expect(page.get_by_label("Barres")).to_be_checked()
    expect(dessin).to_contain_text("radiée")
    page.get_by_role("button", name="Graphique", exact=True).click()
    expect(page.locator("#image")).to_have_count(0)


def test_a_long_result_is_sorted_filtered_and_exported_whole(
    onglet: Onglet, entrepot_demo: Dossier
) -> None:
    sql = "select a.guichet, b.range as n from registre as a, range(20) as b"
    with tenir_analystes(entrepot_demo) as fichier, duckdb.connect(fichier, read_only=True) as con:
        (attendues,) = con.execute(f"select count(*) from ({sql})").fetchall()[0]
    assert attendues > 10_000
    ecrire(onglet, sql)
    page = onglet.page
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "10\u202f000 premières lignes")
    attendre_resultat(onglet, "les exports donnent le résultat entier")
    entete = page.get_by_role("columnheader", name="n", exact=True)
    entete.click()
    expect(entete).to_have_attribute("aria-sort", "ascending")
    premier = page.locator("#grille [row-index='0'] [col-id=c1]")
    expect(premier).to_have_text("0")
    entete.click()
    expect(entete).to_have_attribute("aria-sort", "descending")
    expect(premier).not_to_have_text("0")
    page.get_by_label("guichet Entrée de filtre").fill("G1302")
    expect(page.locator("#grille [row-index='0'] a[href='/guichet/G1302']")).to_be_visible()
    expect(page.locator("#grille [row-index='1'] [col-id=c0]")).to_have_text("G1302")
    premier.click()
    page.keyboard.press("Tab")
    expect(page.locator("#grille :focus")).to_have_count(0)
    comptes = {}
    for format_ in ("csv", "xlsx", "parquet"):
        with page.expect_download(timeout=REPONSE_MS) as attendu:
            page.get_by_role("button", name=f"Exporter en {format_}").click()
        assert attendu.value.suggested_filename.endswith(f".{format_}")
        comptes[format_] = compter(attendu.value.path(), format_)
    assert comptes == dict.fromkeys(comptes, attendues)


def compter(fichier: Path, format_: str) -> int:
    """Return the number of rows of an exported file, read by somebody else's reader."""
    if format_ == "csv":
        with fichier.open(encoding="utf-8-sig", newline="") as flux:
            return sum(1 for _ in csv.DictReader(flux, delimiter=";"))
    if format_ == "xlsx":
        with fichier.open("rb") as flux:
            feuille = openpyxl.load_workbook(flux, read_only=True).worksheets[0]
            return sum(1 for _ in feuille.iter_rows(min_row=2))
    with duckdb.connect() as con:
        compte: int = con.execute(f"select count(*) from read_parquet('{fichier}')").fetchall()[0][
            0
        ]
    return compte


def test_a_value_is_shown_as_people_read_it(onglet: Onglet) -> None:
    ecrire(
        onglet,
        "select null as rien, null::int as n, '' as vide, 1234567.891 as nombre, 0.25 as part, "
        "date_trunc('month', date '2026-10-31') as mois, timestamp '2026-10-31 14:05:06' as heure, "
        "interval 3 day as duree, [1, null] as liste, repeat('mot ', 200) as texte",
    )
    page = onglet.page
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "1 ligne en ")
    lues = cellules(onglet)
    assert lues[:9] == [
        "null",
        "null",
        "",
        "1\u202f234\u202f567,89",
        "25,0\u00a0%",
        "01/10/2026",
        "31/10/2026 14:05:06",
        "3 jours",
        "[1, null]",
    ]
    expect(page.locator("#grille .ag-cell.nul")).to_have_count(2)
    assert len(lues[9]) > 790

    remplacer(onglet, "select statut, numero_unique from demandes where false")
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "Aucune ligne")
    entetes = page.locator("#grille .ag-header-cell-text")
    expect(entetes).to_have_text(["n°", "statut", "numero unique"])


def test_a_chart_takes_names_and_leaves_totals_out(onglet: Onglet) -> None:
    ecrire(
        onglet,
        "select * from (values ('G1', 'Garlaban', 'T1', 4), ('G1', 'Garlaban', 'T2', 5), "
        "('G1', 'Garlaban', 'Toutes', 9), ('G2', 'Alpilles', 'Toutes', 9)) "
        "as v (guichet, nom, typologie, demandes)",
    )
    page = onglet.page
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "4 lignes en ")
    page.get_by_role("button", name="Graphique", exact=True).click()
    dessin = page.locator("#image [role=group][aria-label='demandes par nom']")
    expect(dessin).to_contain_text("Garlaban")
    expect(dessin).not_to_contain_text("Toutes")
    expect(page.locator("#image")).to_contain_text("Sans les lignes de total.")

    remplacer(onglet, "select statut from demandes limit 3")
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "3 lignes en ")
    expect(page.get_by_role("button", name="Graphique", exact=True)).to_be_hidden()


def test_an_export_that_is_too_long_is_cancelled(onglet: Onglet) -> None:
    ecrire(onglet, "select * from range(20000000) as n order by hash(n.range)")
    page = onglet.page
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "10\u202f000 premières lignes")
    page.get_by_role("button", name="Exporter en parquet").click()
    page.get_by_role("button", name="Annuler l’export").click()
    expect(page.locator("#export-dit")).to_have_text("Export annulé.", timeout=REPONSE_MS)
    expect(page.get_by_role("button", name="Annuler l’export")).to_be_hidden()


def test_a_phone_is_brought_to_the_answer(ouvrir: Ouvrir) -> None:
    telephone = ouvrir(taille=TELEPHONE)
    for sql, cherche in ((PAR_STATUT, "#resultat h2"), ("select statu", "#resultat .fr-alert")):
        ecrire(telephone, sql)
        telephone.page.get_by_role("button", name="Exécuter").click()
        expect(telephone.page.locator(cherche)).to_be_in_viewport(timeout=REPONSE_MS)


def test_the_list_of_a_parameter_is_read_by_a_button(onglet: Onglet) -> None:
    sql = (
        "-- parametre g: {type: liste, libelle: Lequel, requete: select guichet from registre}\n"
        "select distinct nom from registre where guichet = $g"
    )
    onglet.aller(f"/requetes?{urlencode({'sql': sql, 'p_g': 'G1302'})}")
    choix = onglet.page.get_by_label("Lequel")
    expect(choix).to_have_value("G1302")
    expect(choix.locator("option")).to_have_count(2)
    onglet.page.get_by_role("button", name="Charger la liste").click()
    charger = onglet.page.get_by_role("button", name="Charger la liste")
    expect(charger).to_have_count(0, timeout=REPONSE_MS)
    expect(choix).to_have_value("G1302")
    expect(choix.locator("option").nth(3)).to_be_attached()
    onglet.page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "1 ligne")


def test_keep_find_again_and_share(onglet: Onglet, ouvrir: Ouvrir) -> None:
    ecrire(onglet, PAR_STATUT)
    page = onglet.page
    page.get_by_text("Enregistrer", exact=True).click()
    page.get_by_label("Titre").fill("Demandes par statut")
    page.get_by_label("tous les utilisateurs").check()
    page.get_by_role("button", name="Enregistrer la requête").click()
    expect(page.locator("#garder-dit")).to_have_text("Requête enregistrée.")
    expect(page.locator("#gardees")).to_contain_text("Demandes par statut")
    page.get_by_role("button", name="Copier le lien").click()
    expect(page).to_have_url(re.compile(r"\?requete=[0-9a-f]{16}$"))

    autre = ouvrir()
    autre.aller(page.url.removeprefix(autre.site))
    expect(autre.page.locator("#origine h2")).to_contain_text("Demandes par statut")
    attendre_sql(autre, PAR_STATUT)
    autre.page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(autre, "lignes en ")
    expect(autre.page.locator("#executions")).to_contain_text(PAR_STATUT)

    autre.aller("/requetes")
    autre.page.get_by_label("Chercher", exact=True).fill("statut")
    autre.page.get_by_role("link", name="Demandes par statut").click()
    expect(autre.page.locator("#origine h2")).to_contain_text("Demandes par statut")
    autre.page.get_by_text("Enregistrer", exact=True).click()
    autre.page.once("dialog", lambda question: question.accept())
    autre.page.get_by_role("button", name="Supprimer").click()
    expect(autre.page.locator("#gardees")).not_to_contain_text("Demandes par statut")


@pytest.mark.tentative(
    "balises",
    "dans le titre d'une requête partagée",
    "dans un nom de colonne, une valeur, un paramètre",
    "dans ce que lit un graphique",
    "dans ce que la recherche de requêtes retrouve",
)
def test_markup_in_a_shared_query_is_text_to_its_reader(onglet: Onglet, ouvrir: Ouvrir) -> None:
    balise = "<img src=x onerror=document.title=1><a href=https://a.fr>Voir</a>"
    ecrire(
        onglet,
        f"-- parametre g: {{type: texte, libelle: '{balise}', defaut: a}}\n"
        f"select '{balise}' || range as \"{balise}\", range + 1 as demandes, $g as g from range(3)",
    )
    page = onglet.page
    page.get_by_text("Enregistrer", exact=True).click()
    page.get_by_label("Titre").fill(balise)
    page.get_by_label("tous les utilisateurs").check()
    page.get_by_role("button", name="Enregistrer la requête").click()
    expect(page.locator("#garder-dit")).to_have_text("Requête enregistrée.")

    lecteur = ouvrir()
    lecteur.aller("/requetes")
    lu = lecteur.page
    expect(lu.locator("#gardees")).to_contain_text(balise)
    lu.get_by_label("Chercher", exact=True).fill("onerror")
    lu.get_by_role("link", name=balise).first.click()
    expect(lu.locator("#origine h2")).to_contain_text(balise)
    lu.get_by_role("button", name="Exécuter").click()
    attendre_resultat(lecteur, "3 lignes en ")
    assert cellules(lecteur)[0] == f"{balise}0"
    lu.get_by_role("button", name="Graphique", exact=True).click()
    expect(lu.locator("#image [role=group]")).to_contain_text("Voir", timeout=REPONSE_MS)
    expect(lu.locator("img[src=x], a[href*='a.fr']")).to_have_count(0)
    assert lu.title() != "1", "nothing of it ran"


def test_the_address_is_the_query(onglet: Onglet, ouvrir: Ouvrir) -> None:
    ecrire(onglet, "select $n as n")
    champ = onglet.page.get_by_label("n", exact=True)
    champ.fill("douze & demi")
    onglet.page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "douze & demi")
    autre = ouvrir()
    autre.aller(onglet.page.url.removeprefix(onglet.site))
    attendre_sql(autre, "select $n as n")
    expect(autre.page.get_by_label("n", exact=True)).to_have_value("douze & demi")
    expect(autre.page.locator("#resultat")).to_be_empty()


def test_an_error_shows_its_place(onglet: Onglet) -> None:
    ecrire(onglet, "select statu\nfrom demandes")
    onglet.page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "Ligne 1, colonne 8")
    attendre_resultat(onglet, "statut")
    expect(onglet.page.locator(".cm-lintRange-error")).to_have_text("statu")


def test_a_query_that_is_too_long_is_cancelled_and_others_go_on(
    onglet: Onglet, ouvrir: Ouvrir
) -> None:
    ecrire(onglet, QUI_DORT)
    page = onglet.page
    page.get_by_role("button", name="Exécuter").click()
    expect(page.get_by_role("button", name="Exécuter")).to_be_disabled()
    expect(page.locator("#course-dite")).to_contain_text(re.compile(r"En cours… \d"))

    autre = ouvrir()
    ecrire(autre, PAR_STATUT)
    autre.page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(autre, "lignes en ")
    autre.aller("/suivi")
    autre.titre("Suivi des guichets")

    debut = time.monotonic()
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#temps")).to_have_text("Requête annulée.", timeout=REPONSE_MS)
    assert time.monotonic() - debut < 10
    attendre_resultat(onglet, "annulée")
    expect(page.get_by_role("button", name="Exécuter")).to_be_enabled()
    remplacer(onglet, "select 42 as reponse")
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "1 ligne en ")


def test_a_query_waits_for_its_turn_and_says_so(onglet: Onglet, entrepot_demo: Dossier) -> None:
    ecrire(onglet, PAR_STATUT)
    page = onglet.page
    attente = re.compile("En attente, d'autres requêtes sont en cours… ")
    with ThreadPoolExecutor() as fils:
        noms = [lancer(entrepot_demo, fils, 30)[0] for _ in range(2)]
        page.get_by_role("button", name="Exécuter").click()
        expect(page.locator("#course-dite")).to_have_text(attente)
        page.get_by_role("button", name="Annuler", exact=True).click()
        attendre_resultat(onglet, "annulée")
        page.get_by_role("button", name="Exécuter").click()
        expect(page.locator("#course-dite")).to_have_text(attente)
        for nom in noms:
            annuler(entrepot_demo, nom)
        attendre_resultat(onglet, "lignes en ")


def test_a_busy_server_is_asked_again(onglet: Onglet) -> None:
    """The server answers « occupé » twice, as `lancer` has it: the page asks a third time."""
    demandes = []

    def repondre(route: Route) -> None:
        appel: dict[str, Any] = route.request.post_data_json or {}
        if "resultat.children" not in appel["output"]:
            route.continue_()
            return
        demandes.append(appel["changedPropIds"])
        if len(demandes) < 3:
            dit = {"temps": {"children": "En attente"}, "reprise": {"disabled": False}}
            route.fulfill(json={"multi": True, "response": dit})
        else:
            route.continue_()

    ecrire(onglet, "select 9 as neuf")
    onglet.page.route("**/_dash-update-component*", repondre)
    onglet.page.get_by_role("button", name="Exécuter").click()
    expect(onglet.page.locator("#temps")).to_contain_text("En attente")
    attendre_resultat(onglet, "1 ligne en ")
    # Then it may be busy indeed, and be asked again.
    assert demandes[:3] == [["executer.n_clicks"], *[["reprise.n_intervals"]] * 2]


def test_the_keyboard_is_not_caught_in_the_editor(onglet: Onglet) -> None:
    editeur = ecrire(onglet, "select 1")
    editeur.press("Escape")
    editeur.press("Tab")
    expect(onglet.page.get_by_role("button", name="Exécuter")).to_be_focused()


def test_without_the_editor_a_text_area_remains(onglet: Onglet) -> None:
    page = onglet.page
    page.route("**/editeur/editeur.js*", lambda route: route.fulfill(status=200, body="oups("))
    onglet.aller("/requetes")
    page.get_by_label("Requête SQL").fill("select 7 as sept")
    page.get_by_label("Requête SQL").press("Control+Enter")
    attendre_resultat(onglet, "1 ligne en ")
    assert onglet.erreurs
    onglet.erreurs.clear()


def test_the_codes_of_a_column_are_proposed_between_the_quotes(onglet: Onglet) -> None:
    editeur = ecrire(onglet, "select 1 from demandes where motif_radiation in ")
    editeur.press_sequentially("('RADATT', 'RADA")
    propositions = onglet.page.locator(".cm-tooltip-autocomplete li")
    expect(propositions).to_have_count(2)
    expect(propositions.last).to_contain_text("Abandon")
    onglet.page.wait_for_timeout(PRUDENCE_MS)
    editeur.press("ArrowDown")
    editeur.press("Enter")
    attendre_sql(onglet, re.compile(re.escape("in ('RADATT', 'RADABA')") + "$"))


def test_the_tables_are_searched_and_their_names_inserted(onglet: Onglet) -> None:
    ecrire(onglet, "select ")
    page = onglet.page
    page.get_by_label("Chercher une table").fill("median")
    expect(page.locator("[data-table='att_02']")).to_be_visible()
    expect(page.locator("[data-table='plis']")).to_be_hidden()
    mediane = page.locator("[data-table='att_02'] [data-inserer='delai_median_mois']")
    mediane.click()
    attendre_sql(onglet, "select delai_median_mois")
    mediane.click()
    attendre_sql(onglet, "select delai_median_mois, delai_median_mois")


def test_a_name_is_inserted_where_a_query_that_was_opened_ends(onglet: Onglet) -> None:
    onglet.aller(f"/requetes?{urlencode({'sql': 'select count(*) from'})}")
    page = onglet.page
    page.get_by_label("Chercher une table").fill("median")
    page.locator("[data-table='att_02'] [data-inserer='att_02']").click()
    attendre_sql(onglet, "select count(*) from att_02")


@pytest.mark.parametrize(
    "adresse",
    [
        "/requetes",
        "/requetes?requete=absente",
        "/requetes/bibliotheque",
        "/requetes/bibliotheque?recherche=rien+de+tel",
        "/requetes/outils",
        "/requetes/indicateur",
        "/requetes/indicateur?code=ATT_TARDIVE",
    ],
)
def test_the_pages_are_accessible(onglet: Onglet, adresse: str) -> None:
    politique = onglet.aller(adresse)["content-security-policy"]
    assert "default-src 'self'" in politique
    assert "unsafe-eval" not in politique
    verifier(onglet)


def test_a_result_and_its_chart_are_accessible(onglet: Onglet) -> None:
    ecrire(onglet, PAR_STATUT)
    page = onglet.page
    page.get_by_text("demandes", exact=True).first.click()
    page.get_by_role("button", name="Exécuter").click()
    attendre_resultat(onglet, "lignes en ")
    page.get_by_role("button", name="Graphique", exact=True).click()
    expect(page.locator("#image svg").first).to_be_visible(timeout=REPONSE_MS)
    page.get_by_text("Enregistrer", exact=True).click()
    verifier(onglet)
