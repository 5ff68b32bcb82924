"""The audit tells what was shown: never what an address says, whatever a person is sent."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

from dashboards.navigation import appel
from infocentre.acces.audit import Entree, Recherche, Trace, chercher, verifier
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.analystes.fichier import cle
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier
from tests.dashboards.comme import acces, comme

LEA = Acces("lea@exemple.fr", "Léa", Role.GESTIONNAIRE, TOUT)
G = "G1302"


@pytest.fixture(autouse=True)
def comme_lea(
    app: dash.Dash, entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    (tmp_path / "cle").symlink_to(entrepot_demo.racine / "cle")
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    with comme(app, LEA):
        yield


def _anomalies(entrepot_demo: Dossier, condition: str) -> list[str]:
    fichier = entrepot_demo.suivi / entrepot_demo.version().suivi["013"]
    with duckdb.connect() as con:
        lus = con.execute(
            f"SELECT DISTINCT numero_unique FROM read_parquet(?) WHERE {condition} ORDER BY 1",
            [str(fichier)],
        ).fetchall()
    return [numero for (numero,) in lus]


@pytest.fixture
def numero(entrepot_demo: Dossier) -> str:
    """A demande in anomaly, which pages find."""
    return _anomalies(entrepot_demo, "code = 'CPL_CONTACT'")[0]


def _entrees(tmp_path: Path, numero: str = "", dossier: Dossier | None = None) -> list[Entree]:
    magasin = ouvrir_magasin(tmp_path)
    verifier(magasin)
    voulu = Recherche(numero=numero)
    return chercher(magasin, voulu, page=None, cle=cle(dossier) if dossier else "")[1][::-1]


def _page(client: FlaskClient, adresse: str) -> str:
    return client.post("/_dash-update-component", json=appel(adresse)).get_data(as_text=True)


def test_an_address_that_names_a_numero_accuses_nobody(
    app: dash.Dash, client: FlaskClient, entrepot_demo: Dossier, tmp_path: Path
) -> None:
    guichet = acces(Role.GUICHET, "013", guichets={"G1301"})
    (autre,) = _anomalies(entrepot_demo, "code = 'CPL_CONTACT' AND guichet = 'G1302'")[:1]
    with comme(app, guichet):
        for adresse in (
            f"/aide?numero={autre}",
            f"/recherche?q={autre}",
            f"/demande/{autre}",
            f"/demande?numero={autre}",
            f"/suivi?recherche={autre}",
            f"/guichet/{autre}",
            f"/introuvable/{autre}",
            f"/indicateurs/{autre}",
            f"/demandes?code=CPL_CONTACT&guichet={autre}",
        ):
            assert autre in _page(client, adresse), adresse
        client.get(f"/export/demande.csv?numero={autre}")
        client.get(f"/export/suivi.csv?recherche={autre}")
    dites = [une for une in _entrees(tmp_path) if autre in f"{une}"]
    assert dites == []
    assert _entrees(tmp_path, autre, entrepot_demo) == []


def test_what_was_shown_is_found_by_each_numero_that_it_showed(
    client: FlaskClient, numero: str, entrepot_demo: Dossier, tmp_path: Path
) -> None:
    tous = _anomalies(entrepot_demo, "code = 'CPL_CONTACT'")
    autre = next(un for un in _anomalies(entrepot_demo, "true") if un not in tous)
    export = client.get("/export/demandes.xlsx?code=CPL_CONTACT").get_data()
    with zipfile.ZipFile(io.BytesIO(export)) as archive:
        ecrits = archive.read("xl/sharedStrings.xml").decode()
    emportes = [un for un in tous if un in ecrits]
    assert emportes
    for un in emportes:
        (une,) = _entrees(tmp_path, un, entrepot_demo)
        assert (une.action, une.objet) == (Trace.EXPORT, "/export/demandes.xlsx")
    assert une.precisions["numeros"] == len(emportes)
    assert _entrees(tmp_path, autre, entrepot_demo) == []
    _page(client, f"/demande/{numero}")
    actions = [une.action for une in _entrees(tmp_path, numero.lower(), entrepot_demo)]
    assert actions == [Trace.EXPORT, Trace.DEMANDE]


def test_a_sample_is_told_by_its_numeros(client: FlaskClient, tmp_path: Path) -> None:
    reponse = client.get(f"/echantillon/classeur.xlsx?guichet={G}&n=5")
    assert reponse.status_code == 200
    (une,) = _entrees(tmp_path)
    assert (une.action, une.nombre, une.precisions["numeros"]) == (Trace.EXPORT, 5, 5)


def test_the_extract_given_to_a_person_says_what_was_shown_and_no_more(
    app: dash.Dash, client: FlaskClient, numero: str
) -> None:
    with comme(app, acces(Role.GUICHET, "013", guichets={"G1301"})):
        _page(client, f"/aide?numero={numero}")
        _page(client, f"/recherche?q={numero}")
    with comme(app, acces(Role.GESTIONNAIRE, "013")):
        client.get("/export/demandes.csv?code=CPL_CONTACT")
    extrait = json.loads(client.get(f"/droits/extrait?forme=json&numero={numero}").get_data())
    (piece,) = [p for p in extrait["pieces"] if p["titre"] == "Qui a consulté cette demande"]
    assert [(une["Qui"], une["Quoi"]) for une in piece["lignes"]] == [
        ("gestionnaire@exemple.fr", "fichier emporté")
    ]
