"""The policy names every place where something is given or done, and no other."""

from __future__ import annotations

import importlib

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.app import creer_app
from dashboards.composants.coquille import navigation
from dashboards.exports import EXPORTS
from dashboards.garde import nom_du_rappel
from dashboards.navigation import appel
from infocentre.acces import documentation, politique
from infocentre.acces.modele import SEUL, Action, Role
from infocentre.acces.roles import Profil, complets
from infocentre.api import Infocentre
from infocentre.cli.options import COMMANDES
from infocentre.entrepot import Dossier
from infocentre.noyau.config import ressources
from infocentre.restitutions.registre import DOCUMENTS
from tests.dashboards.comme import acces, comme


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> dash.Dash:
    """Return the application over a data directory where nothing is loaded."""
    return creer_app(Dossier(tmp_path_factory.mktemp("vide")))


@pytest.fixture
def client(app: dash.Dash) -> FlaskClient:
    ouvert: FlaskClient = app.server.test_client()
    return ouvert


def test_it_names_all_places_and_only_them(app: dash.Dash) -> None:
    routes = {str(un) for un in app.server.url_map.iter_rules()}
    assert routes == politique.ROUTES.keys()
    pages = {un.get("path_template") or un["path"] for un in dash.page_registry.values()}
    assert pages == politique.PAGES.keys()
    rappels = {
        nom_du_rappel(app, {"output": sortie})
        for sortie, un in app.callback_map.items()
        if "callback" in un
    }
    assert rappels <= politique.RAPPELS.keys()
    for nom in politique.RAPPELS:
        module, _, fonction = nom.rpartition(".")
        assert hasattr(importlib.import_module(f"dashboards.{module}"), fonction), nom
    assert politique.EXPORTS.keys() == EXPORTS.keys()
    assert politique.DOCUMENTS.keys() == DOCUMENTS.keys()
    assert politique.COMMANDES.keys() == COMMANDES.keys()
    publiques = {nom for nom in vars(Infocentre) if not nom.startswith("_")}
    assert politique.API.keys() == publiques


def test_a_role_without_a_profil_is_named() -> None:
    sans: dict[Role, Profil] = dict(politique.ROLES)
    del sans[Role.PREFET]
    with pytest.raises(TypeError, match="the role « prefet » has no Profil: say its name"):
        complets(sans)


@pytest.mark.parametrize("role", Role)
def test_a_role_comes_in_where_it_may(role: Role) -> None:
    une = acces(role, "013")
    assert une.peut(politique.PAGES[une.accueil])


def test_a_guichet_comes_in_at_its_own_page() -> None:
    assert acces(Role.GUICHET, guichets={"G1301"}).accueil == "/guichet/G1301"
    assert acces(Role.GUICHET, organismes={"CCAS13055"}).accueil == "/organisme/CCAS13055"
    assert acces(Role.GUICHET, guichets={"G1301", "G1302"}).accueil == "/suivi"


def test_what_it_does_not_name_is_refused_to_everybody(
    app: dash.Dash, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sans(table: str, cle: str) -> None:
        lue = getattr(politique, table)
        monkeypatch.setattr(politique, table, {k: un for k, un in lue.items() if k != cle})

    def lire_page() -> str:
        reponse = client.post("/_dash-update-component", json=appel("/aide"))
        return reponse.get_data(as_text=True).encode().decode("unicode_escape")

    with comme(app, SEUL):
        assert client.get("/_dash-layout").status_code == 200
        assert "ouverte à ce compte" not in lire_page()
        sans("PAGES", "/aide")
        assert "ouverte à ce compte" in lire_page()
        sans("RAPPELS", "navigation.montrer")
        assert client.post("/_dash-update-component", json=appel("/aide")).status_code == 403
        sans("ROUTES", "/_dash-layout")
        assert client.get("/_dash-layout").status_code == 403


def test_nobody_known_reads_nothing_but_what_holds_no_data(
    app: dash.Dash, client: FlaskClient
) -> None:
    with comme(app, None):
        assert client.get("/dsfr.css").status_code == 200
        for chemin in ("/", "/suivi", "/_dash-layout", "/_dash-dependencies", "/export/suivi.csv",
                       "/documents/bilan.pdf", "/requetes/schema.json"):  # fmt: skip
            assert client.get(chemin).status_code == 401, chemin
        assert client.post("/_dash-update-component", json=appel("/")).status_code == 401
        assert client.post("/depot?nom=a.zip", data=b"").status_code == 401


def test_the_menu_has_what_is_open(app: dash.Dash) -> None:
    def menu(role: Role) -> set[str]:
        return {une["nom"] for une in navigation(acces(role, "013"))}

    assert app.layout
    assert menu(Role.GESTIONNAIRE) == {une["nom"] for une in navigation(SEUL)}
    assert "Anomalies" in menu(Role.GUICHET)
    for role, vers in ((Role.GESTIONNAIRE, "/doublons"), (Role.GUICHET, "/doublons/signaler")):
        entrees = [une for une in navigation(acces(role, "013")) if une["nom"] == "Doublons"]
        assert [une["chemin"] for une in entrees] == [vers], role
    assert menu(Role.PARTENAIRE) == {"Tableaux", "Documents", "Aide"}
    assert menu(Role.PREFET) == {
        "Accueil", "Affaires", "Mesures", "Calendrier", "Documents", "Aide",
    }  # fmt: skip
    assert not {"Anomalies", "Livraisons"} & menu(Role.ANALYSTE)
    assert menu(Role.ADMINISTRATEUR) == {"Aide"}


def test_the_page_of_rights_says_what_the_policy_says() -> None:
    page = (ressources("docs") / "acces.md").read_text("utf-8")
    assert page == documentation.rediger(), "python -m infocentre.acces.documentation"
    assert documentation.ACTIONS.keys() == set(Action)
