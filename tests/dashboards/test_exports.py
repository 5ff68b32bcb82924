"""Downloads: named in French, refused in French, the same content as the command line."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboards import exports
from dashboards.page import Contexte
from dashboards.reponses import exporter_reponse
from infocentre.exports import Donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import slug

DEUX = Donnees("Délais d'attribution", ("guichet", "taux"), [("G1", 0.25), ("G2", None)])


@pytest.fixture
def registre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXPORTS", {})


def test_the_name_of_a_file_has_no_accent_nor_punctuation() -> None:
    assert slug("Délais d'attribution – T1/T2") == "delais-d-attribution-t1-t2"


def test_a_csv_answer_is_that_of_the_command_line() -> None:
    reponse = exporter_reponse(DEUX, "csv", "013 octobre 2026")
    assert reponse.get_data(as_text=True) == "guichet;taux\nG1;0.250000\nG2;\n"
    assert "delais-d-attribution-013-octobre-2026.csv" in reponse.headers["Content-Disposition"]


@pytest.mark.usefixtures("registre")
def test_an_export_serves_what_is_registered(client: FlaskClient) -> None:
    @exports.export("essai")
    def _essai(c: Contexte) -> Donnees:
        return Donnees("Essai", ("mois", "code"), [(c.filtres.mois, c.adresse["code"])])

    reponse = client.get("/export/essai.csv?mois=2026-05&code=ATT_TARDIVE")
    assert reponse.get_data(as_text=True) == "mois;code\n2026-05;ATT_TARDIVE\n"
    assert "essai-013-mai-2026.csv" in reponse.headers["Content-Disposition"]
    assert client.get("/export/essai.xlsx?code=ATT_TARDIVE").get_data().startswith(b"PK")


@pytest.mark.usefixtures("registre")
def test_an_unknown_or_refused_export_says_so_in_french(client: FlaskClient) -> None:
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


ABSENTS = [
    ("suivi.csv", "mois=2026-13", "Aucune donnée contrôlée pour « 2026-13 »"),
    ("suivi.csv", "mois=1999-01", "Aucune donnée contrôlée pour janvier 1999"),
    ("valeurs.csv", "departement=075", "Le département 075 n'a aucun mois contrôlé"),
    ("guichets.csv", "epci=1", "L'EPCI 1 n'est pas dans ce département"),
    ("suivi.xlsx", "fenetre=24m", "La période « 24m » n'existe pas"),
    ("guichets.json", "type=GARAGE", "Le type de guichet « GARAGE » n'existe pas"),
    ("demandes.csv", "code=CPL_CONTACT&guichet=G0000", "Le guichet « G0000 » n'est pas connu"),
    ("demandes.csv", "code=XX_YY", "Le code « XX_YY » n'existe pas"),
    ("a-corriger.xlsx", "guichet=G0000", "Le guichet « G0000 » n'est pas connu"),
    ("a-corriger.xlsx", "organisme=1", "Le guichet « 1 » n'est pas connu"),
    ("a-corriger.xlsx", "guichet=G1302&code=XX_YY", "Le code « XX_YY » n'existe pas"),
    ("revisions.csv", "code=XX_YY", "Le code « XX_YY » n'existe pas"),
    ("indicateur.csv", "code=ATT_TARDIVE&mois=2026-13", "Aucune donnée contrôlée"),
    ("tableau.csv", "code=TAB01-01&mois=2026-13", "Aucune donnée contrôlée"),
    ("demande.csv", "numero=0130199000001G0000", "n'est dans aucune livraison chargée"),
    ("livraison.csv", "cle=2026-10&mois=2026-13", "Aucune donnée contrôlée"),
]


@pytest.mark.parametrize(("nom", "demande", "message"), ABSENTS)
def test_an_export_never_gives_something_else_than_what_is_asked(
    client: FlaskClient, nom: str, demande: str, message: str
) -> None:
    """A file of October under the name of a month that does not exist would be believed."""
    reponse = client.get(f"/export/{nom}?{demande}")
    assert reponse.status_code == 404
    assert message in reponse.get_data(as_text=True)


@pytest.mark.parametrize(
    "adresse",
    [
        "/documents/synthese.pdf",
        "/documents/bilan.docx",
        "/guichets/liste-a-publier.html",
    ],
)
def test_a_document_of_a_missing_month_is_refused(client: FlaskClient, adresse: str) -> None:
    reponse = client.get(f"{adresse}?mois=2026-13&guichet=G1302")
    assert reponse.status_code in {400, 404}
    assert "Aucune donnée contrôlée pour « 2026-13 »" in reponse.get_data(as_text=True)


def test_two_exports_that_differ_have_two_names(client: FlaskClient) -> None:
    """Side by side in a folder of downloads, the second one would be read as the first."""
    adresses = (
        "suivi.csv?x=1 suivi.csv?fenetre=mois suivi.csv?type=BAILLEUR "
        "suivi.csv?contenu=numerateur suivi.csv?par=organisme suivi.csv?recherche=phare "
        "suivi.csv?mois=2026-09 suivi.csv?colonnes=tous guichets.csv?x=1 "
        "guichets.csv?montrer=tous revisions.csv?x=1 revisions.csv?code=ATT_TARDIVE "
        "revisions.csv?guichet=G1302 a-corriger.xlsx?guichet=G1302 "
        "a-corriger.xlsx?guichet=G1302&code=ATT_TARDIVE"
    ).split()
    noms = []
    for adresse in adresses:
        reponse = client.get(f"/export/{adresse}")
        assert reponse.status_code == 200, adresse
        noms.append(reponse.headers["Content-Disposition"])
    assert len(set(noms)) == len(adresses), noms
    longue = client.get(f"/export/suivi.csv?recherche={'a' * 4000}")
    assert len(longue.headers["Content-Disposition"]) < 300


def test_the_fonts_of_pages_are_those_of_documents(client: FlaskClient) -> None:
    for graisse in ("Regular", "Medium", "Bold"):
        with client.get(f"/dsfr/fonts/Marianne-{graisse}.woff2") as reponse:
            assert reponse.data[:4] == b"wOF2"
        assert f"/dsfr/fonts/Marianne-{graisse}.woff2" in client.get("/dsfr.css").text
