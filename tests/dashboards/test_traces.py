"""What comes out leaves a trace: whoever shows a numéro need not think of it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

from dashboards.droits import nommer
from dashboards.navigation import appel
from dashboards.page import Vue
from dashboards.traces import ROUTES
from infocentre.acces import politique
from infocentre.acces.audit import Entree, Recherche, Trace, chercher, verifier
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.decisions.schema import audit
from infocentre.entrepot import Dossier
from tests.dashboards.comme import comme
from tests.dashboards.listes import table
from tests.dashboards.rappels import corps_de
from tests.dashboards.vues import ecrit, ouvrir

LEA = Acces("lea@exemple.fr", "Léa", None, TOUT)


@pytest.fixture(autouse=True)
def comme_lea(
    app: dash.Dash, entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    (tmp_path / "cle").symlink_to(entrepot_demo.racine / "cle")
    with comme(app, LEA):
        yield


@pytest.fixture
def numero(entrepot_demo: Dossier) -> str:
    """A demande in anomaly, which the search finds."""
    v = entrepot_demo.version()
    fichier = entrepot_demo.suivi / v.suivi["013"]
    with duckdb.connect() as con:
        lu = con.execute(
            "SELECT numero_unique FROM read_parquet(?) WHERE code = 'CPL_CONTACT' LIMIT 1",
            [str(fichier)],
        ).fetchone()
    assert lu
    return str(lu[0])


def _entrees(tmp_path: Path) -> list[Entree]:
    magasin = ouvrir_magasin(tmp_path)
    verifier(magasin)
    return chercher(magasin, Recherche(), page=None)[1][::-1]


def _page(client: FlaskClient, adresse: str) -> str:
    return client.post("/_dash-update-component", json=appel(adresse)).get_data(as_text=True)


def test_what_is_seen_and_taken_away_is_told_once_each(
    client: FlaskClient, numero: str, tmp_path: Path
) -> None:
    assert numero in _page(client, f"/demande/{numero}")
    liste = _page(client, "/demandes?code=CPL_CONTACT&departement=013&recherche=DURAND")
    assert numero in _page(client, f"/recherche?q={numero[:10]}&q2=DURAND")
    for adresse in ("/suivi", "/indicateurs", "/guichets", "/aide", "/demande/DURAND"):
        _page(client, adresse)
    export = client.get("/export/demandes.csv?code=CPL_CONTACT")
    classeur = client.get(f"/export/demande.xlsx?numero={numero.lower()}").get_data()
    with zipfile.ZipFile(io.BytesIO(classeur)) as archive:
        assert "par lea@exemple.fr, le " in archive.read("xl/sharedStrings.xml").decode()
    client.get("/export/suivi.csv")
    client.get("/export/suivi.csv?mois=1999-01")  # refused: nothing comes out
    demande, vue, cherchee, emportee, fiche, suivi = _entrees(tmp_path)
    assert {une.qui for une in (demande, vue, emportee)} == {"lea@exemple.fr"}
    assert (demande.action, demande.numero) == (Trace.DEMANDE, numero)
    assert (vue.action, vue.objet, vue.nombre) == (
        Trace.LISTE,
        "/demandes",
        len(set(re.findall(r"\d{13}[0-9A-Z]{5}", liste))),
    )
    dites = {nom: un for nom, un in vue.precisions.items() if nom != "numeros_empreinte"}
    assert dites == {"code": "CPL_CONTACT", "departement": "013", "numeros": vue.nombre}
    assert cherchee.objet == "/recherche"
    octets = export.get_data()
    assert (emportee.action, emportee.objet) == (Trace.EXPORT, "/export/demandes.csv")
    assert emportee.nombre == octets.count(b"\n") - 1
    assert emportee.precisions["empreinte"] == hashlib.sha256(octets).hexdigest()
    assert (fiche.action, fiche.numero) == (Trace.EXPORT, numero)
    assert (suivi.objet, suivi.numero) == ("/export/suivi.csv", "")


def test_numeros_that_nothing_says_were_read_are_counted_and_accuse_nobody(
    app: dash.Dash, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = next(une for une in dash.page_registry.values() if une["path"] == "/aide")
    fuite = Vue(dash.html.P("Voir 0130126003573GDPUB et 0130126003574GDPUB."))
    monkeypatch.setitem(page, "layout", lambda **_: fuite)
    _page(client, "/aide")
    (une,) = _entrees(tmp_path)
    assert (une.action, une.objet, une.nombre) == (Trace.LISTE, "/aide", None)
    assert une.precisions == {"sans_lecture": 2}
    assert app.server.config["RECONNAITRE"]() == LEA


def _sortie(app: dash.Dash, bouton: str) -> str:
    """Return what a callback gives, from the type of what it listens to."""
    (cle,) = (
        cle
        for cle, un in app.callback_map.items()
        if un["inputs"] and f'"type":"{bouton}"' in un["inputs"][0]["id"]
    )
    return str(cle).strip(".").split("...")[0]


def test_a_button_is_traced_when_it_is_clicked_not_when_it_is_drawn(
    app: dash.Dash, client: FlaskClient, tmp_path: Path
) -> None:
    bouton = {"type": "affaire-bouton", "action": "inconnu", "affaire": "*"}
    evenement = f"{json.dumps(bouton, separators=(',', ':'), sort_keys=True)}.n_clicks"
    for clics in (None, 1):
        tenus = {"adresse.search": "?", "adresse.pathname": "/affaires/revue_des_acces"}
        corps = corps_de(app, _sortie(app, "affaire-bouton"), evenement, tenus)
        corps["inputs"] = [[{"id": bouton, "property": "n_clicks", "value": clics}]]
        reponse = client.post("/_dash-update-component", json=corps)
        assert reponse.status_code in {200, 204}, reponse.get_data(as_text=True)
        if clics is None:
            assert _entrees(tmp_path) == []
    (une,) = _entrees(tmp_path)
    assert (une.action, une.objet) == (Trace.AFFAIRE, "affaires.faire")
    assert une.precisions == {"affaire": "*", "evenement": "inconnu"}


def test_a_form_of_an_affaire_is_traced_when_it_is_sent(
    app: dash.Dash, client: FlaskClient, tmp_path: Path
) -> None:
    """What is noted as sent is no message that leaves."""
    formulaire = {"type": "affaire-geste", "evenement": "envoyer", "affaire": "013-2026-00001"}
    cle = json.dumps(formulaire, separators=(",", ":"), sort_keys=True)
    tenus = {"adresse.search": "?", "adresse.pathname": "/affaires/revue_des_acces"}
    corps = corps_de(app, _sortie(app, "affaire-geste"), f"{cle}.envois", tenus)
    corps["inputs"] = [[{"id": formulaire, "property": "envois", "value": 1}]]
    corps["state"][:2] = [
        [{"id": formulaire, "property": "valeurs", "value": {"canal": "courrier"}}],
        [{"id": formulaire, "property": "id", "value": formulaire}],
    ]
    reponse = client.post("/_dash-update-component", json=corps)
    assert reponse.status_code in {200, 204}, reponse.get_data(as_text=True)
    (une,) = _entrees(tmp_path)
    assert (une.action, une.precisions["evenement"]) == (Trace.AFFAIRE, "envoyer")


def test_no_name_that_someone_types_is_kept(
    client: FlaskClient, numero: str, tmp_path: Path
) -> None:
    for adresse in (
        "/demande/DURAND PAUL",
        "/recherche?q=DURAND",
        f"/demande/{numero}?guichet=DURAND PAUL&nom=DURAND",
        "/demandes?code=CPL_CONTACT&guichet=DURAND",
    ):
        _page(client, adresse)
    client.get("/export/demande.csv?numero=DURAND")
    client.get("/export/demandes.csv?code=CPL_CONTACT&recherche=DURAND&nom=DURAND")
    with ouvrir_magasin(tmp_path).lire() as con:
        tout = json.dumps([dict(une) for une in con.execute(audit.select()).mappings()])
    assert numero in tout
    assert "DURAND" not in tout


def test_a_refusal_is_told_and_nothing_shown_without_a_trace(
    app: dash.Dash,
    client: FlaskClient,
    numero: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The page says when to try again; the log, where the store is and what is wrong with it."""
    analyste = Acces("ana@exemple.fr", "Ana", Role.ANALYSTE, TOUT)
    with comme(app, analyste):
        assert client.get("/export/demandes.csv?code=CPL_CONTACT").status_code == 403
    (une,) = _entrees(tmp_path)
    assert (une.qui, une.action) == ("ana@exemple.fr", Trace.REFUS)
    with ouvrir_magasin(tmp_path).ecrire() as con:
        con.exec_driver_sql("DROP TABLE audit")
    reponse = client.post("/_dash-update-component", json=appel(f"/demande/{numero}"))
    assert reponse.status_code == 503
    dit = reponse.get_data(as_text=True)
    assert "ne peuvent être lues ni gardées" in dit
    assert numero not in dit
    assert "si cela dure, le signaler" in dit
    assert reponse.headers["Content-Security-Policy"]
    page = client.get("/export/suivi.csv", headers={"Accept": "text/html"})
    assert page.status_code == 503
    dit = page.get_data(as_text=True)
    assert "</h2>" in dit
    assert "Réessayer dans quelques minutes" in dit
    assert str(tmp_path) not in dit
    assert "no such table: audit" not in dit
    assert f"{tmp_path}" in caplog.text
    assert "no such table: audit" in caplog.text
    assert client.post("/_dash-update-component", json=appel("/suivi")).status_code == 200


def test_every_route_that_gives_a_file_is_declared() -> None:
    """A file holds what its answer cannot be read for: each route of one is in the table."""
    donnent = {
        regle
        for regle, action in politique.ROUTES.items()
        if action and re.search(r"\.(<|xlsx|pdf)|/fichier/", regle)
    }
    assert donnent <= {*ROUTES, "/requetes/fichier/<jeton>/<nom>"}  # its query was traced
    assert ROUTES.keys() <= politique.ROUTES.keys()


def test_the_administrator_searches_and_takes_away(
    app: dash.Dash, client: FlaskClient, numero: str, tmp_path: Path
) -> None:
    _page(client, f"/demande/{numero}")
    _page(client, "/demandes?code=CPL_CONTACT&departement=013")
    admin = Acces("zoe@exemple.fr", "Zoé", Role.ADMINISTRATEUR, TOUT)
    with comme(app, admin):
        toutes = ouvrir(app, "/audit")
        assert "2 traces gardées 12 mois" in toutes.texte
        lus = [ligne[3] for ligne in table(toutes, "Qui a vu")]
        assert lus[0].startswith("Demandes")
        assert "département : 013" in lus[0]
        assert lus[1] == f"Une demande {numero}"
        assert nommer("/connexion") == "Page de connexion"
        assert nommer("mesures.faire") == "Mesures"
        assert nommer("infocentre sql") == "infocentre sql"
        cherchee = ouvrir(app, f"/audit?numero={numero}&qui=lea")
        assert "1 trace gardée 12 mois" in cherchee.texte
        assert "Aucune trace" in ouvrir(app, "/audit?au=2026-01-01").texte
        for page in (10**30, "²", "0"):  # none: the first
            assert "2 traces gardées" in ouvrir(app, f"/audit?page={page}").texte
        assert "n’est pas un jour" in ouvrir(app, "/audit?du=hier").texte
        export = client.get(f"/audit/acces.csv?numero={numero}")
        assert export.get_data(as_text=True).count(numero) == 2  # its address, and itself
        assert client.get("/audit/acces.pdf").status_code == 404
        assert client.get(f"/droits/extrait?numero={numero}").status_code == 403
    *_, emportee, refusee = _entrees(tmp_path)
    assert (emportee.qui, emportee.nombre) == ("zoe@exemple.fr", 1)
    assert refusee.action == Trace.REFUS
    gestionnaire = Acces("max@exemple.fr", "Max", Role.GESTIONNAIRE, TOUT)
    with comme(app, gestionnaire):
        assert client.get("/audit/acces.csv").status_code == 403
        assert "ouverte à ce compte" in _texte(_page(client, "/audit"))


def _texte(corps: str) -> str:
    return corps.encode().decode("unicode_escape")


def test_the_register_says_which_data_and_why(
    app: dash.Dash, client: FlaskClient, numero: str, tmp_path: Path
) -> None:
    vue = ouvrir(app, "/registre")
    dits = (
        "Mission d’intérêt public (RGPD, article 6, 1, e, au 25/05/2018)",
        "Gardé 12 mois",
        "Droit d’accès",
        "Risque de reconnaître une personne",
    )
    for dit in dits:
        assert dit in vue.texte
    tables = " ".join(ecrit(un) for un in vue.composants())
    for dit in ("Guichets enregistreurs", "CCH R.441-2-6", "Nom de naissance", "Une empreinte"):
        assert dit in tables
    analyste = Acces("ana@exemple.fr", "Ana", Role.ANALYSTE, TOUT)
    with comme(app, analyste):
        restreinte = ouvrir(app, "/registre").texte
    assert "Droit d’accès" not in restreinte
    assert "Risque" not in restreinte
    extrait = client.get(f"/droits/extrait?forme=json&numero={numero.lower()}")
    assert json.loads(extrait.get_data())["numero_unique"] == numero
    assert client.get("/droits/extrait?forme=json&numero=DURAND").status_code == 404
    (une,) = _entrees(tmp_path)
    assert (une.action, une.numero) == (Trace.EXTRAIT, numero)
