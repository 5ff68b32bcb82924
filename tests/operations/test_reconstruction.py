"""`reconstruire`: the archives and the journal are enough, whatever happened in between."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from infocentre.entrepot import Dossier
from infocentre.entrepot.journal import lire_journal
from infocentre.noyau.erreurs import Refus
from infocentre.operations import controle, purge
from tests.donnees.atelier import (
    alleger,
    alterer,
    base_legere,
    chargee,
    charger,
    contenu,
    controler,
    copie,
    differences,
    octets,
    peu_d_indicateurs,
    reconstruire,
)
from tests.donnees.retors import livraisons

pytestmark = pytest.mark.lent

ATTENDUES = {
    "infocentre/valeurs",
    "infocentre/revisions",
    "infocentre/triangle",
    "infocentre/estimations",
    "infocentre/soldes",
    "infocentre/registre",
    "infocentre/regles",
    "infocentre/reglages",
    "infocentre/tab01_01",
    "infocentre/tab03_02",
    "analystes/demandes",
    "analystes/journal",
    "analystes/messages",
    "analystes/plis",
    "analystes/utilisateurs",
    "analystes/valeurs",
    "etats/013",
    "suivi/013",
}


@pytest.fixture(scope="module")
def vecue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a life: 3, 1, 2, a correction, a changed rule, back to A, a purge."""
    dossier = tmp_path_factory.mktemp("vecue")
    racine = copie(chargee(3, 1, 2), dossier / "donnees")
    corrigee = alterer(
        livraisons()[1], dossier / "corrigee", "journal", lambda lignes: lignes[: len(lignes) // 2]
    )
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        charger(racine, corrigee, confirmer="moitié du journal, pour l'essai")
        controler(racine)
        catalogue = peu_d_indicateurs()
        champs = catalogue.indicateurs["CPL_CHAMPS"]
        change = champs.model_copy(update={"anomalie": champs.anomalie.replace("3", "5")})
        with pytest.MonkeyPatch.context() as autre:
            indicateurs = {**catalogue.indicateurs, "CPL_CHAMPS": change}
            changee = catalogue.model_copy(update={"indicateurs": indicateurs})
            autre.setattr(controle, "lire_catalogue", lambda: changee)
            controler(racine, "2026-01")
        charger(racine, livraisons()[1])
        controler(racine)
    return racine


def test_a_reconstruction_gives_the_same_content_before_and_after_a_purge(
    vecue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(vecue, tmp_path / "donnees")
    avant, numero = contenu(racine), Dossier(racine).version().numero
    assert avant.keys() >= ATTENDUES
    assert avant["infocentre/revisions"]
    reconstruire_de_rien(racine)
    assert differences(avant, contenu(racine)) == {}
    assert Dossier(racine).version().numero == numero + 1

    assert purge.purger(Dossier(racine), dt.date(2026, 12, 1)).personnes
    purge_le = contenu(racine)
    assert set(differences(avant, purge_le)) == {"etats/013", "analystes/liens"}
    reconstruire_de_rien(racine)
    assert differences(purge_le, contenu(racine)) == {}
    assert [une["type"] for une in lire_journal(Dossier(racine).journal)][-3:] == [
        "reconstruction",
        "purge",
        "reconstruction",
    ]


def reconstruire_de_rien(racine: Path) -> None:
    """Rebuild without any derived file."""
    for genre in ("etats", "suivi", "parcours"):
        shutil.rmtree(racine / genre)
        (racine / genre).mkdir()
    reconstruire(racine)


def test_what_the_purge_erased_changes_no_value_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(base_legere(1, 2, 3), tmp_path / "donnees")
    avant = contenu(racine)
    assert purge.purger(Dossier(racine), dt.date(2026, 11, 15)).personnes
    assert controler(racine, "2026-02").revisions == ()
    assert set(differences(avant, contenu(racine))) == {"etats/013", "analystes/liens"}


def test_controls_to_come_go_on_from_a_rebuilt_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(base_legere(1, 2), tmp_path / "donnees")
    for _ in range(2):
        reconstruire(racine)
    charger(racine, livraisons()[2])
    controler(racine)
    assert differences(contenu(base_legere(1, 2, 3)), contenu(racine)) == {}
    assert [une["type"] for une in lire_journal(Dossier(racine).journal)][3:5] == [
        "reconstruction"
    ] * 2


def test_rien_a_reconstruire(tmp_path: Path) -> None:
    with pytest.raises(Refus, match="journal des publications est vide"):
        reconstruire(tmp_path / "donnees")


@pytest.mark.parametrize(
    ("perdu", "message"),
    [("archives/013/2026-02-28", "arrêté du 28/02/2026"), ("catalogues", "catalogue")],
)
def test_what_is_missing_is_named_and_nothing_changes(
    tmp_path: Path, perdu: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(base_legere(1, 2, 3), tmp_path / "donnees")
    shutil.rmtree(racine / perdu)
    avant = octets(racine)
    with pytest.raises(Refus, match=message):
        reconstruire(racine)
    assert octets(racine) == avant
    assert not list((racine / "versions").glob("*.brouillon"))
