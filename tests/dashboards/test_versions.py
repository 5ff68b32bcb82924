"""Readers under way while versions are published: no error, and never back in time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from http import HTTPStatus
from pathlib import Path

import duckdb
import pytest
from flask.testing import FlaskClient

from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.entrepot import Dossier, Publication, dossier
from infocentre.entrepot.dossier import ENTREPOT, retenir
from infocentre.entrepot.publication import VERSIONS_GARDEES
from infocentre.lecture.lecteur import Lecteur
from tests.donnees.atelier import base, copie
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

CLIENTS = 8
REQUETES, VERSIONS = (504, 10) if PROFONDEUR > 1 else (168, 4)
PAGES = ("/suivi", "/livraisons", "/indicateurs", "/guichets")
APPEL = "/_dash-update-component"


@pytest.fixture
def donnees(tmp_path: Path) -> Dossier:
    """Return three months that may be published again."""
    return Dossier(copie(base(1, 2, 3), tmp_path / "donnees"))


def test_a_version_of_before_the_windows_is_read_as_one_of_today(donnees: Dossier) -> None:
    lire = "FROM valeurs ORDER BY ALL"
    with duckdb.connect(str(donnees.courante / ENTREPOT)) as con:
        attendues = con.execute(lire).fetchall()
        colonnes = [une[0] for une in con.description or ()]
        con.execute("DELETE FROM valeurs WHERE niveau = 'type'")
        for une in ("fenetre", "n_etat", "d_etat", "taux_etat"):
            con.execute(f"ALTER TABLE valeurs DROP COLUMN {une}")
        con.execute("ALTER TABLE regles DROP COLUMN fenetre")
    v = Lecteur(donnees).ouvrir()
    assert v
    lues = v.lignes(f"SELECT {', '.join(colonnes)} FROM valeurs ORDER BY ALL")
    assert [tuple(une.values()) for une in lues] == attendues
    page = creer_app(donnees).server.test_client().post(APPEL, json=appel("/suivi"))
    assert page.status_code == HTTPStatus.OK


def republier(donnees: Dossier) -> int:
    """Publish the same content again, as a new version; return its number."""
    with donnees.ecrire():
        publication = Publication(donnees)
        return publication.publier(publication.brouillon(), {"type": "essai"}).numero


def version(navigateur: FlaskClient) -> int:
    numero: int = navigateur.get("/version").get_json()["version"]
    return numero


def test_a_page_says_which_version_it_shows(donnees: Dossier) -> None:
    """Not what is published once it has come: a version published meanwhile would go unsaid."""
    navigateur = creer_app(donnees).server.test_client()
    for _ in range(2):
        page = navigateur.post(APPEL, json=appel("/guichets")).get_json()
        montree = page["response"]["version-nouvelle"]["page"]
        assert montree == {"adresse": "/guichets", "version": donnees.version().numero}
        republier(donnees)


def test_a_version_deleted_before_it_could_be_opened_leaves_its_place(
    donnees: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    publiees: list[int] = []

    def retenir_trop_tard(chemin: Path) -> AbstractContextManager[None]:
        while len(publiees) < VERSIONS_GARDEES:
            publiees.append(republier(donnees))
        return retenir(chemin)

    monkeypatch.setattr(dossier, "retenir", retenir_trop_tard)
    ouverte = Lecteur(donnees).ouvrir()
    assert ouverte is not None
    assert ouverte.version.numero == publiees[-1]


def test_a_version_held_by_a_reader_stays_on_the_disk(donnees: Dossier) -> None:
    ouverte = Lecteur(donnees).ouvrir()
    assert ouverte is not None
    for _ in range(VERSIONS_GARDEES + 1):
        republier(donnees)
    tenue = donnees.versions / f"{ouverte.version.numero:06d}"
    assert tenue.is_dir()
    del ouverte
    republier(donnees)
    assert not tenue.exists()


def test_a_reader_never_fails_nor_goes_back_while_versions_are_published(
    donnees: Dossier, caplog: pytest.LogCaptureFixture
) -> None:
    application = creer_app(donnees)
    avant = donnees.version().numero
    fini = threading.Event()
    repondues = threading.Semaphore(0)

    def lire(rang: int) -> list[int]:
        navigateur = application.server.test_client()
        vues: list[int] = []
        while len(vues) < REQUETES // CLIENTS or not fini.is_set():
            page = navigateur.post(APPEL, json=appel(PAGES[(rang + len(vues)) % len(PAGES)]))
            assert page.status_code == HTTPStatus.OK
            contenu = page.get_data(as_text=True).encode().decode("unicode_escape")
            assert "n’a pas pu" not in contenu
            assert "Aucun mois n’est encore publié" not in contenu
            vues.append(version(navigateur))
            repondues.release()
        return [*vues, version(navigateur)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        lectures = [pool.submit(lire, rang) for rang in range(CLIENTS)]
        publiees = []
        try:
            for _ in range(VERSIONS):
                for _ in range(REQUETES // (VERSIONS + 1)):
                    assert repondues.acquire(timeout=10)
                publiees.append(republier(donnees))
        finally:
            fini.set()
        clients = [lecture.result() for lecture in lectures]
    assert publiees == list(range(avant + 1, avant + 1 + VERSIONS))
    assert sum(map(len, clients)) >= REQUETES
    assert clients == [sorted(vues) for vues in clients]
    assert {vues[-1] for vues in clients} == {publiees[-1]}
    assert len({numero for vues in clients for numero in vues}) > VERSIONS // 2
    assert not [une for une in caplog.records if une.levelname == "ERROR"]
