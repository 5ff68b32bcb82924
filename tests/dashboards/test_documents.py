"""Documents from the pages: the same bytes as the command line, within what the reader may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

import dashboards.courant
import dashboards.documents
import dashboards.traces
from dashboards.app import creer_app
from infocentre.acces.modele import SEUL, Role
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.restitutions import lecture, mots, pdf
from infocentre.restitutions.commande import TEMPS, Commande, fabriquer
from infocentre.restitutions.prepares import Preparation
from infocentre.restitutions.registre import DOCUMENTS
from tests.dashboards.comme import acces, comme
from tests.dashboards.vues import Ecran, ouvrir
from tests.donnees.atelier import MAGASIN, copie

MOIS = "2026-06"


@pytest.fixture(autouse=True)
def _a_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the documents of each test apart from the data that tests share."""
    monkeypatch.setattr(Dossier, "documents", property(lambda _: tmp_path / "documents"))


@pytest.fixture
def commandes(monkeypatch: pytest.MonkeyPatch) -> list[Commande]:
    """Print nothing: keep what is asked."""
    demandes: list[Commande] = []

    def noter(_: Dossier, commande: Commande, __: object) -> bytes:
        demandes.append(commande)
        return b"fait"

    monkeypatch.setattr(dashboards.documents, "obtenir", noter)
    return demandes


# --- The page -------------------------------------------------------------------------------------


def test_the_page_offers_each_document_and_each_link_answers(
    afficher: Callable[[str], Ecran], client: FlaskClient, commandes: list[Commande]
) -> None:
    ecran = afficher(f"/documents?mois={MOIS}")
    liens = [un.id["adresse"] for un in ecran.composants("Button")]
    assert {client.get(un).status_code for un in liens} == {200}
    assert [(un.nom, un.forme, un.mois, un.semestre) for un in commandes] == [
        *(("synthese", forme, MOIS, "") for forme in ("pdf", "docx", "html")),
        *(("guichets", forme, MOIS, "") for forme in ("pdf", "docx", "xlsx")),
        *(("bilan", forme, "", "2026-S1") for forme in ("pdf", "pptx", "docx", "xlsx", "html")),
        ("infographie", "pdf", "", "2026-S1"),
        *(("mission", forme, "", "2026-S1") for forme in ("pdf", "docx")),
        *(("reservataires", forme, "", "") for forme in ("pdf", "docx", "xlsx")),
        *(("attributions", forme, "", "") for forme in ("pdf", "pptx", "docx", "xlsx")),
        *(("attributions-prefet", forme, "", "") for forme in ("pdf", "docx")),
    ]
    assert {un.annee for un in commandes} == {"", "2026"}


def test_a_guichet_of_a_bailleur_is_offered_what_is_of_the_whole_bailleur(
    app: dash.Dash, entrepot_demo: Dossier
) -> None:
    du_bailleur = {un.nom for un in DOCUMENTS.values() if un.d_un_bailleur}
    with lecture.ouvrir(entrepot_demo, TOUT) as v:
        lus = v.tuples(
            "SELECT type_guichet, min(guichet), min(organisme), count(*) FROM registre "
            f"WHERE mois = '{MOIS}' AND type_guichet IN ('BAILLEUR', 'COMMUNE') "
            "GROUP BY type_guichet, organisme ORDER BY count(*) DESC"
        )
    bailleur = next(une for une in lus if une[0] == "BAILLEUR")
    commune = next(une for une in lus if une[0] == "COMMUNE")
    assert bailleur[3] > 1
    assert _offerts(app, bailleur[1]) == du_bailleur | {"fiche"}
    assert _offerts(app, commune[1]) == {"fiche"}
    une_partie = Perimetre(departements=frozenset({"013"}), guichets=frozenset({bailleur[1]}))
    with comme(app, replace(SEUL, perimetre=une_partie)):
        assert _offerts(app, bailleur[1]) == {"fiche"}


@pytest.mark.tentative(
    "pdf", "le bilan annuel d'un bailleur entier, par un mois où l'on en tenait le seul guichet"
)
def test_the_year_of_a_bailleur_is_for_who_sees_its_guichets_of_the_year(
    entrepot_demo: Dossier, tmp_path: Path, commandes: list[Commande]
) -> None:
    """In May a bailleur has one guichet, in June others too: the paper is of all of the year."""
    dossier = Dossier(copie(entrepot_demo.racine, tmp_path / "donnees"))
    with duckdb.connect(str(dossier.courante / ENTREPOT)) as con:
        lu = con.execute(
            f"SELECT organisme, min(guichet) FROM registre WHERE mois = '{MOIS}' "
            "AND type_guichet = 'BAILLEUR' GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1"
        ).fetchone()
        assert lu
        siren, mien = lu
        con.execute(
            f"DELETE FROM registre WHERE mois = '2026-05' AND organisme = '{siren}' "
            f"AND guichet <> '{mien}'"
        )
    app = creer_app(dossier)
    with comme(app, acces(Role.GUICHET, "013", guichets={mien})):
        for mois in ("2026-05", MOIS):
            adresse = f"/documents/flux-etat.xlsx?departement=013&mois={mois}&guichet={mien}"
            assert app.server.test_client().get(adresse).status_code == 404, mois
    assert commandes == []


def _offerts(app: dash.Dash, guichet: str) -> set[str]:
    """Return the documents of a guichet that the page offers."""
    ecran = ouvrir(app, f"/documents?mois={MOIS}&guichet={guichet}")
    adresses = [str(un.id["adresse"]) for un in ecran.composants("Button")]
    return {un[len("/documents/") :].partition(".")[0] for un in adresses if "guichet=" in un}


def test_the_page_says_when_a_semester_is_not_over(
    afficher: Callable[[str], Ecran],
) -> None:
    assert "semestre n'est pas terminé" not in afficher(f"/documents?mois={MOIS}").texte
    assert "s'appuient sur octobre 2026" in afficher("/documents?mois=2026-08").texte
    assert "Cette année n'est pas terminée" in afficher(f"/documents?mois={MOIS}").texte
    assert "Cette année" not in afficher("/documents?mois=2025-12").texte


def test_the_page_says_what_the_arrete_prefectoral_must_set(
    afficher: Callable[[str], Ecran],
) -> None:
    ecran = afficher(f"/documents?mois={MOIS}")
    assert "non fixé » pour le délai anormalement long" in ecran.texte
    assert "/reglages" in {un.partition("?")[0] for un in ecran.liens}


@pytest.mark.parametrize("page", ["/guichet/G1301", "/organisme/903900000"])
def test_the_fiche_is_downloaded_from_its_page(
    afficher: Callable[[str], Ecran], client: FlaskClient, commandes: list[Commande], page: str
) -> None:
    (lien,) = (un for un in afficher(page).liens if un.startswith("/documents/fiche.pdf"))
    reponse = client.get(lien)
    assert reponse.data == b"fait"
    (commande,) = commandes
    assert commande.guichet == page.rpartition("/")[2]
    nom = f"fiche-013-{commande.mois}-{commande.guichet.lower()}.pdf"
    assert nom in reponse.headers["Content-Disposition"]
    assert reponse.content_type == "application/pdf"


def test_a_guichet_of_a_bailleur_has_its_flux_and_another_has_not(
    afficher: Callable[[str], Ecran], client: FlaskClient, commandes: list[Commande]
) -> None:
    def offerts(guichet: str) -> set[str]:
        ecran = afficher(f"/documents?mois={MOIS}&guichet={guichet}")
        liens = {str(un.id["adresse"]) for un in ecran.composants("Button")}
        return {un for un in liens if "/flux-" in un}

    siens = offerts("G1302")
    assert len(siens) == 12  # four réservataires, three forms
    assert {client.get(un).status_code for un in siens} == {200}
    assert {(un.annee, un.guichet, un.mois) for un in commandes} == {("2026", "903900018", "")}
    assert offerts("G1351") == set()


def test_a_partner_whose_bilan_is_its_own_has_its_site_too(
    afficher: Callable[[str], Ecran], client: FlaskClient, commandes: list[Commande]
) -> None:
    def offerts(partenaire: str) -> list[str]:
        ecran = afficher(f"/documents?mois={MOIS}&partenaire={partenaire}")
        liens = [str(un.id["adresse"]) for un in ecran.composants("Button")]
        siens = [un for un in liens if "bilan.zip" in un]
        assert ("Le site est à ouvrir" in ecran.texte) == bool(siens)
        assert ("ses petits nombres en clair" in ecran.texte) == bool(siens)
        return siens

    (lien,) = offerts("toits-et-pinedes")
    reponse = client.get(lien)
    assert (reponse.status_code, reponse.content_type) == (200, "application/zip")
    assert "site-013-2026-S1-toits-et-pinedes.zip" in reponse.headers["Content-Disposition"]
    (une,) = commandes
    assert (une.nom, une.forme, une.partenaire) == ("bilan", "zip", "toits-et-pinedes")
    assert offerts("ddets-des-bouches-du-rhone") == offerts("") == []


# --- What is made ---------------------------------------------------------------------------------


def test_the_document_is_that_of_the_command_line(
    client: FlaskClient, entrepot_demo: Dossier
) -> None:
    reponse = client.get(f"/documents/synthese.pdf?mois={MOIS}")
    with lecture.ouvrir(entrepot_demo, TOUT) as v:
        document = DOCUMENTS["synthese"].construire(lecture.du_mois(v, mois=MOIS))
        attendu = pdf.en_octets(document)
    assert reponse.data == attendu
    assert reponse.headers["Cache-Control"] == "no-store"


def test_what_lasts_too_long_is_stopped(entrepot_demo: Dossier) -> None:
    commande = Commande("bilan", "pdf", "013", semestre="2026-S1", perimetre=TOUT)
    with pytest.raises(Refus, match="dans le temps imparti"):
        fabriquer(entrepot_demo, commande, secondes=0.2)


def test_what_lasts_longer_than_an_answer_goes_on_and_is_said_to(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is given, so nothing is traced; asked again, it is not made again."""

    def trop_long(*_: object) -> bytes:
        raise RefusMotive(TEMPS, "ce document n'a pas pu être préparé dans le temps imparti")

    suivis: list[str] = []
    monkeypatch.setattr(dashboards.documents, "obtenir", trop_long)
    monkeypatch.setattr(
        dashboards.documents, "preparer", lambda _, une, __: suivis.append(une.forme)
    )
    monkeypatch.setattr(dashboards.traces, "tracer_ici", lambda *_, **__: suivis.append("tracé"))
    for etat in ("absent", "encours"):
        la = Preparation(etat)
        monkeypatch.setattr(dashboards.documents, "preparation", lambda *_, la=la: la)
        reponse = client.get("/documents/synthese.pdf")
        assert reponse.status_code == 202
        assert int(reponse.headers["Retry-After"]) > 0
        assert "Ce document est en préparation" in reponse.text
    assert suivis == ["pdf"]


def test_a_script_in_the_words_is_refused_with_its_place(
    entrepot_demo: Dossier, tmp_path: Path
) -> None:
    racine = tmp_path / "donnees"
    racine.mkdir()
    for chose in entrepot_demo.racine.iterdir():
        if not chose.name.startswith(MAGASIN):
            (racine / chose.name).symlink_to(chose)
    chemin = mots.fichier(racine, MOIS, "attendu-du-prefet")
    chemin.parent.mkdir(parents=True)
    chemin.write_text("Bien.\n\n<script>x</script>", "utf-8")
    client = creer_app(Dossier(racine)).server.test_client()
    reponse = client.get(f"/documents/synthese.pdf?mois={MOIS}")
    assert reponse.status_code == 404
    assert "attendu-du-prefet.md, ligne 3" in reponse.get_data(as_text=True)


# --- Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adresse", "message"),
    [
        ("rapport.pdf", "Ce document n'existe pas"),
        ("synthese.exe", "Ce document n'existe pas"),
        ("synthese.zip", "Ce document n'existe pas"),
        ("fiche.pdf", "pas connu"),
        ("fiche.pdf?guichet=NULLEPART", "« NULLEPART » n'est pas connu"),
    ],
)
def test_what_does_not_exist_is_said(
    client: FlaskClient, commandes: list[Commande], adresse: str, message: str
) -> None:
    reponse = client.get(f"/documents/{adresse}")
    texte = re.sub(r"&#39;", "'", reponse.get_data(as_text=True))
    assert reponse.status_code == 404
    assert message in texte
    assert "Traceback" not in texte
    assert commandes == []


def test_when_nothing_is_published_nothing_is_printed(app_vide: Any) -> None:
    reponse = app_vide.server.test_client().get("/documents/synthese.pdf")
    assert reponse.status_code == 404
    assert "encore publié" in reponse.get_data(as_text=True)


def test_a_failure_is_told_without_detail(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def echouer(*_: object) -> bytes:
        raise RuntimeError("secret")

    monkeypatch.setattr(dashboards.documents, "obtenir", echouer)
    reponse = client.get("/documents/synthese.pdf")
    assert reponse.status_code == 500
    assert "secret" not in reponse.get_data(as_text=True)


@pytest.mark.tentative(
    "pdf",
    "la fiche imprimée d'un autre guichet, par le lecteur d'un seul",
)
def test_a_restricted_reader_has_the_fiches_of_their_guichets_only(
    client: FlaskClient, commandes: list[Commande], monkeypatch: pytest.MonkeyPatch
) -> None:
    siens = Perimetre(guichets=frozenset({"G1301"}))
    monkeypatch.setattr(dashboards.courant, "reconnu", lambda: replace(SEUL, perimetre=siens))
    for nom in ("synthese", "guichets", "bilan", "mission"):
        reponse = client.get(f"/documents/{nom}.pdf")
        assert reponse.status_code == 404
        assert "pas ouvert à ce compte" in reponse.get_data(as_text=True)
    assert client.get("/documents/fiche.pdf?guichet=G1302").status_code == 404
    assert commandes == []
    assert client.get("/documents/fiche.pdf?guichet=G1301").status_code == 200
    assert [un.guichet for un in commandes] == ["G1301"]
