"""What is planted in a delivery, looked for in all that is given out and in all that is kept.

Every page, download, file and document is asked for by a gestionnaire and by an analyst, and each
byte of it is read, opened if it can be. What must not enter is nowhere; what names a person is
where identities may be shown, and nowhere else.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

import dash
import duckdb
import polars as pl
import pytest
import xlsxwriter
from flask.testing import FlaskClient

from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.analystes.partie import tenir_partie
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.formats import FichierRequete
from infocentre.operations.doublons import chercher
from infocentre.procedures.mesures_correctives.proposer import proposer
from infocentre.requetes.execution import exporter
from infocentre.restitutions import commande, prepares
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.registre import DOCUMENTS
from tests.acces.affaires import formaliser, registre
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import APPELS
from tests.dashboards.test_perimetre import EXPORTS, PAGES
from tests.donnees.ouverts import textes
from tests.livraisons.plantees import (
    COMPTE,
    IDENTITE,
    JUMELLES,
    LOGEMENT,
    PLANTES,
    RELOGEE,
    publier_les_plantees,
    trouver,
)

ICI, MOIS, GUICHET = "013", "2026-10", "G1301"
PARTENAIRE = "metropole-d-aix-marseille-provence"  # whose site is an archive
NOMS, LIEUX = tuple(IDENTITE.values()), tuple(LOGEMENT.values())
TOUT_CE_QUI_EST_PLANTE = (*PLANTES, *NOMS, *LIEUX, COMPTE)
GESTIONNAIRE, ANALYSTE = acces(Role.GESTIONNAIRE, ICI), acces(Role.ANALYSTE, ICI)
# Each document, each form, once: they are made of the same blocks.
IMPRIMES = {
    "synthese": ("html",),
    "bilan": ("pptx", "xlsx"),
    "mission": ("docx",),
    "guichets": ("xlsx",),
    "reservataires": ("docx",),
    "synthese-region": ("pdf",),
    "bilan-region": ("xlsx",),
    "fiche": ("pdf",),
    "infographie": ("pdf",),
    "attributions": ("xlsx",),
    "attributions-prefet": ("docx",),
    "attributions-bailleur": ("docx",),
    "flux-etat": ("xlsx",),
    "flux-action-logement": ("docx",),
    "flux-collectivites": ("html",),
    "flux-autres": ("xlsx",),
}
FORMATS = ("xlsx", "csv", "csv-excel", "json")
Vus = dict[str, list[str]]


@pytest.fixture(scope="module")
def monde() -> Dossier:
    """Return the data directory where all is planted, its duplicates looked for, affaires open."""
    dossier = publier_les_plantees()
    chercher(dossier)
    siens = registre(dossier)
    with ouvrir_pour(dossier, TOUT) as v:
        proposer(v, siens, ICI, MOIS)
    une, autre, *_ = siens.lister(ICI)
    siens.agir(autre.id, "accepter")  # its message waits
    siens.agir(une.id, "accepter")
    siens.agir(une.id, "signaler", {"canal": "courriel"})
    formaliser(siens, une, min(siens.guichets([une])[une.id]))
    return dossier


@pytest.fixture(scope="module")
def app(monde: Dossier) -> Iterator[dash.Dash]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepares, "fabriquer", _imprimer_ici)
        yield creer_app(monde)


def _imprimer_ici(dossier: Dossier, voulue: commande.Commande, **_: object) -> bytes:
    """Return a document made in the process of the test."""
    return commande._faire(dossier.racine, voulue)


# --- What is asked --------------------------------------------------------------------------------


def _adresses(monde: Dossier) -> Iterator[str]:
    """Yield the address of every page, then of every file."""
    dits = {
        "autre": "G1303",
        "organisme": GUICHET,
        "mon_numero": JUMELLES[0],
        "leur_numero": RELOGEE,
    }
    for siennes in PAGES.values():
        yield from (une.format(**dits) for une in siennes)
    yield from ("/aide", "/aide/demonstration", "/audit", f"/guichet/{GUICHET}")
    demandes = [f"{nom}.{{}}?{un}" for nom, choix in EXPORTS.items() for un in choix]
    for une, format_ in zip(demandes, itertools.cycle(FORMATS), strict=False):
        yield f"/export/{une.format(format_, **dits)}"
    for nom, formes in IMPRIMES.items():
        yield from (f"/documents/{nom}.{f}?guichet={GUICHET}" for f in formes)
    yield f"/documents/bilan.zip?partenaire={PARTENAIRE}"
    affaire = registre(monde).lister(ICI)[0].id
    for nom in ("lettre.pdf", "note.docx", "observations.docx", "dossier.zip"):
        yield f"/mesures/{affaire}/{nom}"
    yield f"/mesures?affaire={affaire}"
    yield "/envois/messages.zip"
    for nom in ("travail.xlsx", "travail.pdf", "releve.xlsx"):
        yield f"/doublons/listes/{GUICHET}/{nom}"
    yield from (f"/doublons/formulaire/{GUICHET}.{f}" for f in ("xlsx", "pdf"))
    yield from (f"/droits/extrait?numero={JUMELLES[0]}&forme={f}" for f in ("pdf", "json"))
    yield f"/echantillon/classeur.xlsx?guichet={GUICHET}&n=50"
    yield "/affaires/revue_des_acces/releve/acces.xlsx"
    yield from (f"/guichets/liste-a-publier.{un}" for un in ("html", "csv", "geojson"))
    yield "/requetes/schema.json"


def _demander(client: FlaskClient, adresse: str) -> bytes:
    """Return what is answered; b"" for what is refused."""
    chemin = adresse.partition("?")[0]
    fichier = "." in chemin or chemin == "/droits/extrait"
    reponse = client.get(adresse) if fichier else client.post(APPELS, json=appel(adresse))
    assert reponse.status_code in {200, 403, 404}, adresse
    return bytes(reponse.get_data()) if reponse.status_code == 200 else b""


def _parcourir(monde: Dossier, app: dash.Dash, qui: Acces) -> Vus:
    """Return what is planted that each address shows; of those that answer."""
    client = app.server.test_client()
    with comme(app, qui):
        rendus = {adresse: _demander(client, adresse) for adresse in _adresses(monde)}
    return {
        adresse: trouver("\n".join(textes(octets)), TOUT_CE_QUI_EST_PLANTE)
        for adresse, octets in rendus.items()
        if octets
    }


@pytest.fixture(scope="module")
def vus(monde: Dossier, app: dash.Dash) -> Vus:
    return _parcourir(monde, app, GESTIONNAIRE)


def _ou(vus: Mapping[str, list[str]], voulus: tuple[str, ...]) -> set[str]:
    """Return where at least one of these is shown: the paths of the addresses."""
    return {
        adresse.partition("?")[0]
        for adresse, dits in vus.items()
        if not set(dits).isdisjoint(voulus)
    }


# --- What is given out ----------------------------------------------------------------------------


def test_all_that_there_is_answers_a_gestionnaire(monde: Dossier, vus: Vus) -> None:
    assert IMPRIMES.keys() == DOCUMENTS.keys()
    assert {f for formes in IMPRIMES.values() for f in formes} == FORMES.keys()
    refusees = {une.partition("?")[0] for une in set(_adresses(monde)) - vus.keys()}
    siens = tuple(f"/documents/{un.nom}" for un in DOCUMENTS.values() if un.d_un_bailleur)
    leurs = {un for un in refusees if un.startswith(siens)}
    assert len(leurs) == len(siens), "no bailleur is here"
    refusees -= leurs
    # One month creates nothing, one département is no region.
    reunis = {"/documents/synthese-region.pdf", "/documents/bilan-region.xlsx"}
    exports = {f"/export/{un}.{f}" for un in ("livraison", "region") for f in FORMATS}
    assert refusees <= reunis | exports


@pytest.mark.tentative(
    "fichiers",
    "ce qui ne doit pas entrer, cherché dans chaque page, téléchargement, document",
)
def test_what_must_not_enter_is_given_out_nowhere(vus: Vus) -> None:
    assert _ou(vus, PLANTES) == set()


def test_names_are_shown_by_the_review_of_duplicates_and_to_whom_they_name(vus: Vus) -> None:
    assert _ou(vus, NOMS) == {"/doublons", "/droits/extrait"}


def test_the_address_of_a_dwelling_and_its_number_are_shown_nowhere(vus: Vus) -> None:
    assert _ou(vus, LIEUX) == set()
    assert f"/demande/{RELOGEE}" in vus


def test_an_account_is_shown_to_who_has_it_closed_alone(vus: Vus) -> None:
    assert {ou.partition(".")[0] for ou in _ou(vus, (COMPTE,))} == {"/export/a-corriger"}


def test_an_analyst_is_shown_nothing_of_a_person(monde: Dossier, app: dash.Dash) -> None:
    vus = _parcourir(monde, app, ANALYSTE)
    assert len(vus) > 40
    assert _ou(vus, TOUT_CE_QUI_EST_PLANTE) == set()


@pytest.mark.parametrize("qui", [GESTIONNAIRE, ANALYSTE], ids=["gestionnaire", "analyste"])
def test_sql_and_the_files_of_its_results_have_nothing_of_a_person(
    monde: Dossier, qui: Acces, tmp_path: Path
) -> None:
    p = qui.perimetre
    with (
        tenir_partie(
            monde, p.departements, classes=not p.nominatif, masquee=p.petits_masques
        ) as fichier,
        duckdb.connect(str(fichier), read_only=True) as con,
    ):
        tables = [nom for (nom,) in con.execute("SHOW TABLES").fetchall()]
        for table in tables:
            lues = repr(con.execute(f'FROM "{table}"').fetchall())
            assert trouver(lues, TOUT_CE_QUI_EST_PLANTE) == [], table
    formats: tuple[FichierRequete, ...] = ("csv", "json", "xlsx", "parquet")
    for un in formats:
        exporter(monde, "FROM demandes", {}, un, tmp_path / f"r.{un}", acces=qui)
        emportees = "\n".join(textes((tmp_path / f"r.{un}").read_bytes()))
        assert "G1301" in emportees, un
        assert trouver(emportees, TOUT_CE_QUI_EST_PLANTE) == [], un


# --- What is kept ---------------------------------------------------------------------------------


def test_names_are_kept_apart_and_nothing_else_is_kept_beside(monde: Dossier, vus: Vus) -> None:
    assert vus  # documents, lists and drafts were made
    montrent = {
        fichier.relative_to(monde.racine).parts[0]
        for fichier in monde.racine.rglob("*")
        if fichier.is_file() and trouver("\n".join(textes(fichier.read_bytes())), (*PLANTES, *NOMS))
    }
    assert montrent == {"nominatif"}


def test_what_is_planted_is_found_in_every_kind_of_file(tmp_path: Path) -> None:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, {"in_memory": True}) as classeur:
        classeur.add_worksheet().write(0, 0, "É QUINTE FEUILLE")
    table = io.BytesIO()
    pl.DataFrame({"nom": ["quintefeuille"]}).write_parquet(table)
    base = tmp_path / "base.duckdb"
    with duckdb.connect(str(base)) as con:
        con.execute("CREATE TABLE t AS SELECT 'quintefeuille' AS nom")
    gardee = base.read_bytes()
    message = b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\nUVVJTlRFRkVVSUxMRQ==\n"
    page, json = b"<p>Quinte<b>feuille</b>", b'{"n": "quinte\\u0066euille"}'
    for octets in (tampon.getvalue(), table.getvalue(), gardee, message, page, json):
        assert trouver("\n".join(textes(octets)), NOMS) == ["QUINTEFEUILLE"], octets[:20]
