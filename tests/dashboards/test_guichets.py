"""Guichets enregistreurs: the register, its gaps, what changed, the list for the public."""

from __future__ import annotations

import csv
import inspect
import io
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

from dashboards.navigation import appel
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.entrepot.version import Controle
from infocentre.lecture import guichets
from infocentre.lecture.commun import registre
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.histoire_guichet import Etape, histoire
from infocentre.lecture.lecteur import Lecteur, Lecture, VersionOuverte
from infocentre.noyau.francais import clef_de_tri
from tests.dashboards.listes import table, tables
from tests.dashboards.vues import Ecran, ecrit

COLONNES = (
    "departement VARCHAR, mois VARCHAR, guichet VARCHAR, nom VARCHAR, type_guichet VARCHAR, "
    "organisme VARCHAR, siren VARCHAR, mode_enregistrement VARCHAR, adresse VARCHAR, "
    "code_postal VARCHAR, commune VARCHAR, telephone VARCHAR, courriel VARCHAR, horaires VARCHAR, "
    "date_convention DATE, date_fermeture DATE"
)
COMPLET = (
    "'903900000', '903900000', 'DIRECT', '1 rue', '13600', '13005', '04', 'a@b.fr', '9h-12h', "
    "DATE '2020-01-01'"
)
REGISTRE = [
    ("2026-01", "GDPUB", "Portail", "PORTAIL", "NULL, NULL, 'DIRECT'" + ", NULL" * 7, "NULL"),
    ("2026-01", "G1", "Ancien", "BAILLEUR", COMPLET, "NULL"),
    ("2026-01", "G2", "Ferme", "COMMUNE", COMPLET, "NULL"),
    ("2026-01", "G3", "Retiré", "COMMUNE", COMPLET, "NULL"),
    ("2026-02", "GDPUB", "Portail", "PORTAIL", "NULL, NULL, 'DIRECT'" + ", NULL" * 7, "NULL"),
    ("2026-02", "G1", "Ancien rebaptisé", "BAILLEUR", COMPLET.replace("'9h-12h'", "NULL"), "NULL"),
    ("2026-02", "G2", "Ferme", "COMMUNE", COMPLET, "DATE '2026-02-28'"),
    ("2026-02", "G4", "Nouveau", "COMMUNE", COMPLET.replace("'04'", "NULL"), "NULL"),
]


@pytest.fixture
def v(tmp_path_factory: pytest.TempPathFactory) -> Lecture:
    con = duckdb.connect()
    con.execute(f"CREATE TABLE registre ({COLONNES})")
    for mois, guichet, nom, type_, reste, fermeture in REGISTRE:
        con.execute(
            f"INSERT INTO registre VALUES ('013', '{mois}', '{guichet}', '{nom}', '{type_}', "
            f"{reste}, {fermeture})"
        )
    livraisons = tuple(
        Livraison("013", arrete, "e", "n", "l", Controle("c", "l"))
        for arrete in ("2026-01-31", "2026-02-28")
    )
    dossier = Dossier(tmp_path_factory.mktemp("guichets"))
    return Lecture(VersionOuverte(dossier, Version(2, livraisons), con), TOUT)


FEVRIER = Filtres("013", "2026-02")


def test_gaps_are_those_of_open_guichets_only(v: Lecture) -> None:
    lacunes = {une["guichet"]: une["lacunes"] for une in guichets.guichets(v, FEVRIER)}
    assert lacunes == {"G1": ["horaires"], "G2": [], "G4": ["téléphone"], "GDPUB": []}


def test_who_closes_on_the_day_of_the_arrete_is_open_no_more(v: Lecture) -> None:
    ouverts = {une["guichet"]: une["ouvert"] for une in guichets.guichets(v, FEVRIER)}
    assert ouverts == {"G1": True, "G2": False, "G4": True, "GDPUB": True}


def test_a_guichet_is_open_and_is_not_the_portal(v: Lecture) -> None:
    """G1 and G4 are open, G2 closed; the portal is no guichet."""
    assert guichets.compter_guichets(guichets.guichets(v, FEVRIER)) == guichets.Comptes(2, 1, 1)


def test_movements_since_the_month_before(v: Lecture) -> None:
    mouvements = {
        une["guichet"]: (une["nom"], une["mouvement"], une["mois"])
        for une in guichets.mouvements(v, FEVRIER)
    }
    assert mouvements == {
        "G1": ("Ancien rebaptisé (auparavant Ancien)", "renommé", "2026-02"),
        "G2": ("Ferme", "fermé", "2026-02"),
        "G3": ("Retiré", "retiré", "2026-02"),
        "G4": ("Nouveau", "ouvert", "2026-02"),
    }
    assert guichets.mouvements(v, Filtres("013", "2026-01")) == []


def test_what_deliveries_changed_of_a_guichet(v: Lecture) -> None:
    lues = {un: histoire(v, FEVRIER, un) for un in ("G1", "G2", "G3", "G4", "GDPUB", "G9")}
    entre = Etape("2026-01", "Au registre dès la première livraison")
    assert lues == {
        "G1": [
            Etape("2026-02", "horaires", "9h-12h", ""),
            Etape("2026-02", "nom", "Ancien", "Ancien rebaptisé"),
            entre,
        ],
        "G2": [Etape("2026-02", "date de fermeture", "", "28/02/2026"), entre],
        "G3": [Etape("2026-02", "Absent du registre"), entre],
        "G4": [Etape("2026-02", "Inscrit au registre")],
        "GDPUB": [entre],
        "G9": [],
    }
    assert histoire(v, Filtres("013", "2026-01"), "G1") == [entre]
    seul = Lecture(v.ouverte, Perimetre(guichets=frozenset({"G4"})))
    assert histoire(seul, FEVRIER, "G1") == []


def test_the_public_list_has_no_portal_and_none_that_is_closed(v: Lecture) -> None:
    assert [une["guichet"] for une in guichets.liste_publique(v, FEVRIER)] == ["G1", "G4"]


def test_a_perimetre_restricts_the_register(v: Lecture) -> None:
    seul = Lecture(v.ouverte, Perimetre(guichets=frozenset({"G4"})))
    assert [une["guichet"] for une in guichets.guichets(seul, FEVRIER)] == ["G4"]
    assert [une["guichet"] for une in guichets.mouvements(seul, FEVRIER)] == ["G4"]


@pytest.mark.parametrize(
    ("code", "nom"),
    [
        ("13005", "Aubagne"),
        ("13201", "Marseille 1er Arrondissement"),
        ("99999", "99999"),
        (None, ""),
    ],
)
def test_the_name_of_a_commune(code: str | None, nom: str) -> None:
    assert guichets.nom_commune(code) == nom


def test_the_register_is_counted_and_sorted_as_asked(afficher: Callable[[str], Ecran]) -> None:
    ecran = afficher("/guichets?tri=nom")
    noms = [une[0] for une in table(ecran, "98 guichets ouverts")]
    assert len(noms) > 5
    assert noms == sorted(noms, key=clef_de_tri)
    compte = re.search(r"(\d+) guichets? ouverts?", ecran.texte)
    assert compte
    assert f"{compte[1]} guichets ouverts" in afficher("/suivi").texte, "one number everywhere"
    premiers = table(afficher("/guichets?tri=lacunes"), "98 guichets ouverts")
    manques = [len(une[5].split(", ")) if une[5] else 0 for une in premiers]
    assert manques == sorted(manques, reverse=True)
    assert any("montrer=lacunes" in un for un in ecran.liens)


def test_the_public_list_has_contents_and_names_its_departement(
    afficher: Callable[[str], Ecran], client: FlaskClient
) -> None:
    ecran = afficher("/guichets/liste-publique")
    assert "guichets enregistreurs des Bouches-du-Rhône" in ecran.texte
    page = client.get("/guichets/liste-a-publier.html").get_data(as_text=True)
    ancres = re.findall(r'<a href="#([^"]+)">', page)
    assert ancres == re.findall(r'<h2 id="([^"]+)">', page)
    assert len(ancres) > 5


def test_the_page_shows_the_guichets_to_complete(afficher: Callable[[str], Ecran]) -> None:
    tous = table(afficher("/guichets"), "98 guichets ouverts")
    ecran = afficher("/guichets?montrer=lacunes")
    lacunes = [ligne[5] for ligne in tous if ligne[5]]
    assert lacunes
    assert [ligne[5] for ligne in table(ecran, f"{len(lacunes)} guichets ouverts")] == lacunes
    assert "Aucun guichet pour ces filtres" in afficher("/guichets?type=RIEN").texte


def test_a_register_that_was_read_is_kept_for_its_other_pages(v: Lecture) -> None:
    lu = guichets.guichets(v, FEVRIER)
    assert guichets.guichets(v, FEVRIER) is lu
    for rang in range(9):  # large: only the last ones are kept
        guichets.guichets(v, Filtres("013", "2026-02", epci=f"{rang}"))
    assert guichets.guichets(v, FEVRIER) is not lu


def test_each_word_is_searched_whatever_accents_and_case(v: Lecture) -> None:
    lignes = guichets.guichets(v, FEVRIER)

    def trouver(recherche: str) -> set[str]:
        return {une["guichet"] for une in guichets.chercher_guichets(lignes, recherche)}

    assert trouver("") == trouver("  ") == {"G1", "G2", "G4", "GDPUB"}
    assert trouver("AUBAGNE ancien") == {"G1"}
    assert trouver("fermé") == trouver("g2") == {"G2"}
    assert trouver("13600") == trouver("903900000") == {"G1", "G2", "G4"}
    assert trouver("aubagne portail") == set()


@pytest.fixture
def par_page(app: dash.Dash, monkeypatch: pytest.MonkeyPatch) -> int:
    """Make the pages of the list short enough for a demonstration to have several."""
    assert app.server
    page = inspect.unwrap(dash.page_registry["guichets"]["layout"])
    monkeypatch.setitem(page.__globals__, "PAR_PAGE", 30)
    return 30


def test_the_list_is_shown_in_pages(afficher: Callable[[str], Ecran], par_page: int) -> None:
    pages = [table(afficher(f"/guichets?page={rang}"), "De ") for rang in (1, 2, 3, 4)]
    assert [len(lignes) for lignes in pages] == [par_page] * 3 + [10]
    assert len({ligne[0] for lignes in pages for ligne in lignes}) > 95
    assert (
        "De 31 à 60 sur 100 : 98 guichets ouverts, 1 fermé, le portail en ligne à part"
    ) in tables(afficher("/guichets?page=2"))
    assert table(afficher("/guichets?page=99"), "De 91 à 100") == pages[3]
    assert table(afficher("/guichets?page=x"), "De 1 à 30") == pages[0]
    ecran = afficher("/guichets?page=2&montrer=ouverts&recherche=a")
    (suivante,) = {un for un in ecran.liens if "page=3" in un}
    assert "montrer=ouverts" in suivante
    assert "recherche=a" in suivante
    assert table(afficher(suivante), "De 61 à ")


def test_the_search_is_over_all_pages(
    afficher: Callable[[str], Ecran], client: FlaskClient, par_page: int
) -> None:
    derniere = table(afficher("/guichets?page=4"), "De ")[-1][0]
    ecran = afficher(f"/guichets?recherche={quote(derniere.upper())}")
    assert derniere in [ligne[0] for ligne in table(ecran, "1 guichet")]
    assert "Aucun guichet pour ces filtres" in afficher("/guichets?recherche=zzz").texte
    (export,) = (un for un in afficher("/guichets?recherche=service").liens if ".csv?" in un)
    lignes = list(
        csv.DictReader(io.StringIO(client.get(export).get_data(as_text=True)), delimiter=";")
    )
    assert len(lignes) > par_page
    assert all("service" in " ".join(une.values()).lower() for une in lignes)
    entier = client.get("/export/guichets.csv?page=2").get_data(as_text=True)
    assert len(entier.splitlines()) == 101


def test_codes_that_the_register_does_not_know(v: Lecture) -> None:
    archive = v.dossier.archive(v.version.livraisons[1])
    archive.mkdir(parents=True)
    usages = [{"guichet": "G9", "table": table, "lignes": 2} for table in ("plis", "messages")]
    cle = {"departement": "013", "arrete": "2026-02-28", "empreinte": "e"}
    description = json.dumps(cle | {"guichets_inconnus": usages})
    (archive / "livraison.json").write_text(description, "utf-8")
    assert guichets.inconnus(v, FEVRIER) == [
        {"guichet": "G9", "tables": ["plis", "messages"], "lignes": 4}
    ]


def test_the_export_follows_the_filter(client: FlaskClient) -> None:
    texte = client.get("/export/guichets.csv?montrer=lacunes").get_data(as_text=True)
    lignes = list(csv.DictReader(io.StringIO(texte), delimiter=";"))
    assert lignes
    assert all(une["a_completer"] for une in lignes)


def test_the_list_to_publish_says_nothing_internal(
    client: FlaskClient, entrepot_demo: Dossier, afficher: Callable[[str], Ecran]
) -> None:
    reponse = client.get("/guichets/liste-a-publier.html")
    page = reponse.get_data(as_text=True)
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    filtres = Filtres("013", ouverte.version.de("013")[-1].mois)
    publics = guichets.liste_publique(Lecture(ouverte, TOUT), filtres)
    assert page.count('<p class="nom">') == len(publics) > 50
    assert not any(une["guichet"] in page or (une["courriel"] or "@") in page for une in publics)
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    ecran = afficher("/guichets/liste-publique")
    (contenu,) = (texte for un in ecran.composants() if "<section>" in (texte := ecrit(un)))
    assert contenu.count("<li>") == len(publics)
    d_action_logement = sum(une["type_guichet"] == "ACTION_LOGEMENT" for une in publics)
    for montree in (page, contenu):
        assert montree.count("Réservé aux salariés") == d_action_logement > 0
    assert not any(une["guichet"] in ecran.texte for une in publics)


def test_the_alphabetical_order_does_not_mind_accents(entrepot_demo: Dossier) -> None:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    filtres = Filtres("013", ouverte.version.de("013")[-1].mois)
    communes = [
        une["nom_commune"] for une in guichets.liste_publique(Lecture(ouverte, TOUT), filtres)
    ]
    assert "Éguilles" in communes
    assert communes.index("Éguilles") < communes.index("Martigues")
    noms = [une["nom"] for une in registre(Lecture(ouverte, TOUT), "013", filtres.mois)]
    assert noms.index("Étang Bleu Habitat – agence Sud") < noms.index("Garlaban Résidences – siège")


def test_the_page_introduces_itself_in_words(client: FlaskClient) -> None:
    reponse = client.post("/_dash-update-component", json=appel("/guichets"))
    texte = reponse.get_json()["response"]["annonce"]["page"]["texte"]
    assert texte.startswith("Guichets enregistreurs. ")
    assert "Link(" not in texte
    assert " à compléter" in texte or "registre complet" in texte
