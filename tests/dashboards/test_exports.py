"""Downloads: named in French, refused in French, the same content as the command line."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboards import exports
from dashboards.exports import exporter_reponse, nom_de_fichier
from dashboards.page import Contexte
from infocentre.erreurs import Refus
from infocentre.exports import Donnees

DEUX = Donnees("Délais d'attribution", ("guichet", "taux"), [("G1", 0.25), ("G2", None)])


@pytest.fixture
def registre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_FABRIQUES", {})


def test_nom_de_fichier_sans_accents_ni_ponctuation() -> None:
    assert nom_de_fichier("Délais d'attribution – T1/T2") == "delais-d-attribution-t1-t2"


def test_reponse_csv_de_la_ligne_de_commande() -> None:
    reponse = exporter_reponse(DEUX, "csv", "013 octobre 2026")
    assert reponse.get_data(as_text=True) == "guichet;taux\nG1;0.250000\nG2;\n"
    assert "delais-d-attribution-013-octobre-2026.csv" in reponse.headers["Content-Disposition"]


@pytest.mark.usefixtures("registre")
def test_export_sert_ce_qui_est_inscrit(client: FlaskClient) -> None:
    @exports.export("essai")
    def _essai(c: Contexte) -> Donnees:
        return Donnees("Essai", ("mois", "code"), [(c.filtres.mois, c.adresse["code"])])

    reponse = client.get("/export/essai.csv?mois=2026-05&code=X")
    assert reponse.get_data(as_text=True) == "mois;code\n2026-05;X\n"
    assert "essai-013-mai-2026.csv" in reponse.headers["Content-Disposition"]
    assert client.get("/export/essai.xlsx?code=X").get_data().startswith(b"PK")


@pytest.mark.usefixtures("registre")
def test_export_inconnu_ou_refuse_le_dit_en_francais(client: FlaskClient) -> None:
    @exports.export("refuse")
    def _refuse(_c: Contexte) -> Donnees:
        raise Refus("ce code n'existe pas", que_faire="Choisir un code.")

    @exports.export("casse")
    def _casse(_c: Contexte) -> Donnees:
        raise KeyError("colonne")

    refus = client.get("/export/refuse.csv")
    assert (refus.status_code, refus.get_data(as_text=True)) == (
        404,
        "Ce code n'existe pas. Choisir un code.\n",
    )
    assert client.get("/export/casse.csv").status_code == 500
    assert client.get("/export/nulle-part.csv").status_code == 404
    assert client.get("/export/refuse.pdf").status_code == 404
