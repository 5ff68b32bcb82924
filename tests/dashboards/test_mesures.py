"""Mesures: from what the month proposes to the answer, by the calls that the page makes."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dash
import openpyxl
import pytest

from dashboards import mesures
from dashboards.app import creer_app
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Affaires
from infocentre.demarches import message
from infocentre.entrepot import Dossier
from infocentre.exports import lisible
from infocentre.lecture.lieux import ouvrir_pour
from tests.dashboards.listes import table
from tests.dashboards.vues import Ecran, ecrit, ouvrir

VIEUX_BASSIN = "Bureau d’accueil du Vieux-Bassin"


@pytest.fixture
def app_mesures(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dash.Dash:
    """Return the application over the demonstration, its decisions kept apart."""
    racine = tmp_path / "donnees"
    shutil.copytree(entrepot_demo.racine, racine, symlinks=True, copy_function=_lier)
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    return creer_app(Dossier(racine))


def _lier(de: str, vers: str) -> None:
    Path(vers).hardlink_to(de)


@pytest.fixture
def registre(app_mesures: dash.Dash) -> Iterator[Affaires]:
    """Give the affaires as the page has them, within a request."""
    with app_mesures.server.test_request_context("/mesures"):
        yield mesures.registre()


def _cliquer(evenement: str, affaire: str = "toutes", **dits: str) -> str:
    """Do what a button does; return what is still to be read."""
    v = mesures._publiee()
    return mesures._agir(v, evenement, affaire, dits, "?departement=013")


def test_the_page_goes_from_the_proposal_to_the_answer(
    app_mesures: dash.Dash, registre: Affaires, tmp_path: Path
) -> None:
    def page(adresse: str = "/mesures") -> Ecran:
        return ouvrir(app_mesures, adresse)

    assert "4 organismes à signaler" in page().texte
    _cliquer("proposer")
    assert "4 propositions à accepter ou à écarter" in page().texte
    _cliquer("accepter")
    vu = page()
    assert "4 messages à envoyer" in vu.texte
    une = next(un for un in registre.lister("013") if un.sujet == "radiations")
    assert f"affaire={une.id}" in _tout(vu)

    seule = page(f"/mesures?affaire={une.id}")
    assert "Accepté, à envoyer" in seule.texte
    corps = next(un for un in seule.composants("Textarea") if "rediger.corps" in str(un.id))
    assert corps.value.startswith("Bonjour,\n\nLes données du SNE")
    _cliquer("rediger", une.id, objet="Radiations", corps="Appelez-nous.")
    _cliquer("signaler", une.id, canal="telephone")
    signalee = registre.lire(une.id)
    assert signalee.situation.evenements[-1].donnees["corps"] == "Appelez-nous."
    apres = page(f"/mesures?affaire={une.id}").texte
    assert "Signalé, étape 1" in apres
    assert "La relance vient trop tôt" in apres

    assert mesures._lire(mesures._publiee(), "rendu.xlsx", _rendu(registre, une.id, tmp_path)) == ""
    assert registre.lire(une.id).etat == "en_cours"
    (dit,) = registre.constats(registre.lire(une.id).constats)
    net = f"{lisible((dit.numerateur - 1) / dit.denominateur, taux=True)} (1 justifié)"
    assert table(page(f"/mesures?affaire={une.id}"), "Ce qui est dit")[0][6] == net
    _cliquer("regrouper", une.id, cause_commune="Éditeur Alpha")
    assert table(page(), "Causes communes") == [
        ["Éditeur Alpha", "1", "Mairie de Font-Claire-en-Provence"]
    ]
    assert "Mesures correctives" in page("/").texte
    assert "(étape 1)" in str(page("/suivi").composants("AgGrid")[0].rowData)
    assert f"Mesure corrective {une.id}" in page("/guichet/G1309").texte
    numero = registre.constats(registre.lire(une.id).constats)[0].unites[0][1]
    assert f"{une.id} : radiations, réponse reçue" in page(f"/demande/{numero}").texte


def _tout(vu: Ecran) -> str:
    return " ".join(map(ecrit, vu.composants())) + " ".join(vu.liens)


def _rendu(registre: Affaires, id_: str, tmp_path: Path) -> str:
    """Return the workbook of an affaire, answered, as a browser gives it."""
    with ouvrir_pour(mesures._publiee().dossier, TOUT) as v:
        (_, xlsx) = message.joindre(v, registre.lire(id_), lambda *_: b"")
    classeur = openpyxl.load_workbook(io.BytesIO(xlsx.octets))
    classeur["Réponse"]["B1"] = "d'accord"
    classeur["Cas"]["G2"], classeur["Cas"]["I2"] = "justifié", "décision du bailleur"
    chemin = tmp_path / "rendu.xlsx"
    classeur.save(chemin)
    return "data:application/xlsx;base64," + base64.b64encode(chemin.read_bytes()).decode()


def test_a_refusal_is_said_where_one_clicked(registre: Affaires, app_mesures: dash.Dash) -> None:
    _cliquer("proposer")
    (id_, *_) = [une.id for une in registre.lister("013")]
    agir: Callable[[Any], str] = lambda v: mesures._agir(v, "ecarter", id_, {}, "")  # noqa: E731
    adresse, alerte = mesures._repondre(agir, "")
    assert adresse is dash.no_update
    assert alerte.children.children.startswith("Il manque «\u202fRaison\u202f».")
    registre.agir(id_, "accepter")  # somebody else, who has another page
    _, alerte = mesures._repondre(
        lambda v: mesures._agir(v, "ecarter", id_, {"raison": "fermé", "vus": "1"}, ""), ""
    )
    assert alerte.children.children.startswith("L’affaire a changé entre-temps")
    adresse, rien = mesures._repondre(
        lambda v: mesures._agir(v, "ecarter", id_, {"raison": "fermé", "vus": "2"}, ""), "?etape=0"
    )
    assert (adresse, rien) == (f"/mesures?etape=0&vus={registre.tete().rang}", None)
    assert (
        mesures._repondre(lambda v: mesures._lire(v, "a.xlsx", "data:,!"), "")[0] is dash.no_update
    )
    client = app_mesures.server.test_client()
    assert client.get(f"/mesures/{id_}/dossier.zip").status_code == 404
    assert client.get("/mesures/inconnue/message.eml").status_code == 404
