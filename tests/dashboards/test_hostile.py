"""What a hostile site, link, body or number gets from the server: a sentence, and soon."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dash
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import dashboards.requetes
from benchmarks.attaques import attaquer
from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.acces import politique
from infocentre.acces.audit import Recherche, chercher
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Role
from infocentre.acces.perimetre import Perimetre
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.noyau import file
from infocentre.requetes import execution
from infocentre.restitutions import prepares
from tests.dashboards import comme
from tests.dashboards.rappels import rappeler, texte
from tests.dashboards.vues import Ecran
from tests.profondeur import PROFONDEUR

Afficher = Callable[[str], Ecran]
APPELS = "/_dash-update-component"
LISTE = (
    "-- titre: Essai\n"
    "-- parametre g: {type: liste, libelle: Guichet, requete: select guichet from registre}\n"
    "select * from registre where guichet = $g"
)


@pytest.fixture(autouse=True)
def decisions(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Léa")


@pytest.fixture
def executees(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the queries that the server runs."""
    lancees: list[str] = []
    vraie = execution.executer

    def executer(dossier: Dossier, sql: str, *suite: Any, **options: Any) -> Any:
        lancees.append(sql)
        return vraie(dossier, sql, *suite, **options)

    monkeypatch.setattr(dashboards.requetes, "executer", executer)
    return lancees


def ouvrir_page(client: FlaskClient, chemin: str, recherche: str = "") -> TestResponse:
    """Ask for a page as a browser does."""
    return client.post(APPELS, json=appel(chemin + recherche))


# --- Opening a link runs nothing ----------------------------------------------------------------


@pytest.mark.tentative(
    "site",
    "un lien qui exécuterait une requête sans clic",
)
def test_opening_a_link_runs_no_query(
    app: dash.Dash, client: FlaskClient, executees: list[str]
) -> None:
    page = ouvrir_page(client, "/requetes", f"?sql={quote(LISTE)}&p_g=G1")
    assert '"charger":true' in page.get_data(as_text=True)
    lu = rappeler(app, client, "parametres.groupes", "editeur.valeur", {"editeur.valeur": LISTE})
    ((champ,),) = (un["champs"] for un in lu["parametres.groupes"])
    assert champ["charger"]
    assert executees == []


def charger(app: dash.Dash, client: FlaskClient, nom: str) -> dict[str, Any]:
    """Return what changes when somebody asks for the list of a parameter."""
    tenus = {
        "editeur.valeur": LISTE,
        "parametres.charge": {"nom": nom, "fois": 1},
        "parametres.valeurs": {"g": "G1302"},
    }
    return rappeler(app, client, "parametres.groupes", "parametres.charge", tenus)


def test_a_list_is_read_when_somebody_asks_for_it(
    app: dash.Dash, client: FlaskClient, executees: list[str]
) -> None:
    ((champ,),) = (un["champs"] for un in charger(app, client, "g")["parametres.groupes"])
    assert executees == ["select guichet from registre"]
    assert "G1302" in dict(champ["options"])
    assert len(champ["options"]) > 3
    assert not champ["charger"]
    assert "« h »" in texte(charger(app, client, "h")["parametres-dit.children"])


EVENEMENTS = {
    "parametres-dit.children": "editeur.valeur",
    "resultat.children": "executer.n_clicks",
    "export-dit.children": "exporter-csv.n_clicks",
    "apercu.children": "regle.envois",
}


@pytest.mark.parametrize("sortie", EVENEMENTS)
def test_what_reads_a_text_keeps_threads_for_the_pages(
    app: dash.Dash, client: FlaskClient, sortie: str
) -> None:
    occupees, libres = dashboards.requetes._occupees, dashboards.requetes.SIMULTANEES
    occupees["d'autres"] += libres
    tenus = {
        "editeur.valeur": LISTE,
        "executee.data": {"sql": LISTE, "donnes": {}},
        "regle.valeurs": {"nombre": "2"},
        "code-essaye.data": {"code": "ATT_TARDIVE"},
    }
    try:
        lu = rappeler(app, client, sortie, EVENEMENTS[sortie], tenus)
    finally:
        occupees["d'autres"] -= libres
    if sortie == "resultat.children":  # the page asks again by itself
        assert lu["reprise.disabled"] is False
        assert "resultat.children" not in lu
    else:
        assert "autres requêtes sont en cours" in texte(lu[sortie])


# --- Texts that cost more than they weigh -------------------------------------------------------

_ALIAS = ", ".join(f"&{b} [{f'*{a},' * 9}*{a}]" for a, b in zip("abcdefg", "bcdefgh", strict=True))
COUTEUX = {
    "aliases": f"-- parametre p: {{type: liste, valeurs: [&a [x], {_ALIAS}]}}\nselect $p",
    "spaces in tags": f"-- tags: a{' ' * 90_000},b\nselect 1",
    "spaces in a title": f"-- titre: a{' ' * 90_000}b\nselect 1",
    "a long header": "-- a\n" * 30_000,
    "columns": "select " + ",".join("1" * 49_000),
    "columns beyond": "select " + ",".join("1" * 500_000),
    "parameters": "select " + ",".join(f"$p{rang}" for rang in range(12_000)),
    "nested": "select " + "(select " * 400 + "1" + ")" * 400,
    "parentheses": "select " + "(" * 20_000 + "1" + ")" * 20_000,
    "brackets in a header": f"-- parametre p: {'[' * 4_000}\nselect $p",
    "conditions": "select * from attributions where " + " and ".join(["1=1"] * 9_000),
}


@pytest.mark.parametrize("sql", COUTEUX.values(), ids=list(COUTEUX))
@pytest.mark.parametrize("chemin", ["/requetes", "/requetes/indicateur"])
def test_a_link_costs_little_whatever_it_holds(client: FlaskClient, chemin: str, sql: str) -> None:
    debut = time.process_time()
    page = ouvrir_page(client, chemin, f"?sql={quote(sql)}")
    assert page.status_code == 200
    assert time.process_time() - debut < 1.5


# --- Bodies -------------------------------------------------------------------------------------


def test_a_body_too_long_is_refused_whether_it_says_its_length_or_not(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    corps = json.dumps({"sql": "a" * (5 << 20)}).encode()
    for adresse in ("/requetes/annuler", APPELS):
        for entetes in ({}, {"Transfer-Encoding": "chunked"}):
            reponse = envoyer(client, adresse, corps, entetes)
            assert reponse.status_code == 413, (adresse, entetes)
            assert "trop longue" in reponse.get_data(as_text=True)
    assert "aaaa" not in caplog.text


def envoyer(
    client: FlaskClient, adresse: str, corps: bytes, entetes: dict[str, str]
) -> TestResponse:
    """Post a body; chunked, its length is told by nothing (gunicorn then ends the input)."""
    options: dict[str, Any] = {}
    if entetes:
        options["environ_overrides"] = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return client.post(
        adresse,
        input_stream=io.BytesIO(corps),
        content_type="application/json",
        headers=entetes,
        **({"content_length": len(corps)} if not entetes else {}),
        **options,
    )


@pytest.mark.parametrize("sortie", [*EVENEMENTS, "garder-dit.children", "reponses.children"])
@pytest.mark.parametrize("ecrit", ["select '\0'", "select '\ud800'", "\udfff"])
def test_characters_that_cannot_be_written_are_refused(
    app: dash.Dash, client: FlaskClient, sortie: str, ecrit: str
) -> None:
    tenus = {
        "editeur.valeur": ecrit,
        "executee.data": {"sql": ecrit},
        "regle.valeurs": {"anomalie": ecrit},
        "garder.valeurs": {"titre": ecrit},
        "question.valeurs": {"question": ecrit},
    }
    evenements = {
        **EVENEMENTS,
        "garder-dit.children": "garder.envois",
        "reponses.children": "question.envois",
    }
    lu = rappeler(app, client, sortie, evenements[sortie], tenus)
    assert "ne s'écrit pas" in texte(lu[sortie])


@pytest.mark.parametrize(
    "corps",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        "{}",
        '{"output": 5}',
        '{"output": "x.y", "outputs": {"id": "x", "property": "y"}, "inputs": []}',
    ],
)
def test_a_malformed_call_of_dash_is_refused_in_french(client: FlaskClient, corps: str) -> None:
    reponse = client.post(APPELS, data=corps, content_type="application/json")
    assert reponse.status_code == 400
    assert "mal formée" in reponse.get_data(as_text=True)


def test_an_unknown_file_of_dash_is_not_found(client: FlaskClient) -> None:
    for nom in ("rien/rien.js", "dash/rien.js", "dash/dash-renderer/../../x.js"):
        assert client.get(f"/_dash-component-suites/{nom}").status_code == 404


def test_whatever_fails_is_said_in_french(entrepot_demo: Dossier) -> None:
    serveur = creer_app(entrepot_demo).server
    serveur.view_functions["version"] = lambda: 1 / 0
    reponse = serveur.test_client().get("/version")
    assert reponse.status_code == 500
    assert "n&#39;a pas abouti" in reponse.get_data(as_text=True)
    assert "ZeroDivision" not in reponse.get_data(as_text=True)


# --- Addresses, numbers, other sites ------------------------------------------------------------


@pytest.mark.parametrize(
    "chemin", ["/", "/suivi", "/demandes", "/guichets", "/tableaux", "/requetes", "/livraisons"]
)
def test_of_a_parameter_given_twice_the_first_counts(client: FlaskClient, chemin: str) -> None:
    reponse = ouvrir_page(client, chemin, "?mois=2026-10&mois=b&sql=a&sql=b&code=x&code=y&q=1&q=2")
    assert reponse.status_code == 200
    assert "n'a pas pu être préparée" not in json.loads(reponse.data)["response"].__str__()


@pytest.mark.parametrize(
    "adresse", ["/documents/bilan.pdf", "/export/suivi.csv", "/echantillon/classeur.xlsx"]
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.tentative(
    "site",
    "un document, un export, un classeur demandés par un autre site",
)
def test_another_site_has_no_file_made(client: FlaskClient, adresse: str, site: str) -> None:
    assert client.get(adresse, headers={"Sec-Fetch-Site": site}).status_code == 403


# What answers whoever follows a link from elsewhere: a page to read, what it is drawn with, the way
# in. All the rest of the map of addresses is refused, whatever is added to it.
OUVERTES_A_UN_LIEN = {"/", "/<path:path>", "/compte", "/comptes", "/comptes/<identifiant>"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.tentative(
    "site",
    "chaque adresse du serveur demandée par un autre site : extrait, relevé, message, classeur",
)
def test_another_site_has_nothing_but_pages_asked(
    app: dash.Dash, site: str, tmp_path: Path
) -> None:
    client, fautes = app.server.test_client(), []
    for regle in app.server.url_map.iter_rules():
        action = politique.ROUTES[str(regle)]
        if "GET" not in (regle.methods or set()) or action is None:
            continue
        adresse = re.sub(r"<[^>]+>", "x", str(regle))
        for mode in ("navigate", "no-cors"):
            entetes = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
            with client.get(adresse, headers=entetes) as reponse:
                refusee = "vient d'un autre site" in reponse.get_data(as_text=True)
            if refusee == (str(regle) in OUVERTES_A_UN_LIEN and mode == "navigate"):
                fautes.append(f"{mode} {regle} : {reponse.status_code}")
    assert not fautes, "\n".join(fautes)
    assert chercher(ouvrir_magasin(tmp_path), Recherche())[0] == 0


def test_what_is_served_stays_here(client: FlaskClient) -> None:
    for adresse in ("/export/suivi.csv", "/", "/version", "/dsfr.css"):
        entetes = client.get(adresse, headers={"Sec-Fetch-Site": "same-origin"}).headers
        assert entetes["Cross-Origin-Resource-Policy"] == "same-origin"
        assert entetes["Cross-Origin-Opener-Policy"] == "same-origin"
        garde = entetes["Cache-Control"]
        assert ("max-age" in garde) if adresse == "/dsfr.css" else (garde == "no-store")


def test_busy_is_not_absent(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_place_libre", lambda _: None)
    vraie = file.place
    monkeypatch.setattr(file, "place", lambda ou, nom, *_, **dits: vraie(ou, nom, 0, **dits))
    reponse = client.get("/documents/synthese.pdf")
    assert reponse.status_code == 503
    assert int(reponse.headers["Retry-After"]) > 0
    assert "occupé" in reponse.get_data(as_text=True).lower()


# --- Chance -------------------------------------------------------------------------------------

GRAINE, ESSAIS = 20261126, 200 * PROFONDEUR


@pytest.mark.tentative(
    "rappel",
    "deux cents demandes au hasard, tous les rôles",
)
def test_chance_finds_no_failure_whoever_asks(
    app: dash.Dash, entrepot_demo: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m benchmarks attaques` does so for a minute, works and documents included."""
    monkeypatch.setattr("infocentre.travaux.lancer", lambda _: None)
    monkeypatch.setattr("infocentre.travaux.demander", lambda *_, **__: None)
    monkeypatch.setattr(prepares, "_preparer", lambda *donnes: donnes[3].close())
    monkeypatch.setattr("dashboards.documents.obtenir", lambda *_: b"")
    fiche = Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre())
    Comptes(ouvrir_magasin(entrepot_demo.racine)).inviter(fiche)  # so that there is a form
    roles = [SEUL, None, *(comme.acces(role, "013") for role in Role)]
    faite = attaquer(app, roles, graine=GRAINE, essais=ESSAIS)
    assert faite.tombes == []
    assert faite.comptes.total() == ESSAIS
    assert {genre for genre, code in faite.comptes if code in {200, 204, 303}} >= {"page", "appel"}
