"""What months hide is kept on the disk: the same as worked out anew, and never out of date."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture import partage
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures import caches
from infocentre.mesures.declarations import PlanDeclare
from infocentre.mesures.impressions import Impression
from infocentre.mesures.partage import Ensemble, masquer_ensemble
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.scelle import desceller, sceller
from infocentre.operations.controle import controler
from infocentre.restitutions import lecture
from tests.donnees.atelier import base, copie

pytestmark = pytest.mark.lent

historique = partage._historique.__wrapped__  # type: ignore[attr-defined]


@pytest.fixture
def dossier(tmp_path: Path) -> Dossier:
    """Return a data directory whose three months were masked when they were controlled."""
    return Dossier(copie(base(1, 2, 3), tmp_path / "donnees"))


@pytest.fixture
def v(dossier: Dossier) -> Iterator[Lecture]:
    """Open it: pandas, which an open version hides, is loaded before."""
    importlib.import_module("pandas")
    with lecture.ouvrir(dossier, TOUT) as ouverte:
        yield ouverte


@pytest.fixture
def comptees(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how many months are masked anew."""
    faites: list[int] = []

    def compter(*arguments: object) -> Ensemble:
        faites.append(1)
        return masquer_ensemble(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(caches, "masquer_ensemble", compter)
    return faites


def test_the_second_reading_masks_nothing_anew_and_says_the_same(
    v: Lecture, dossier: Dossier, comptees: list[int]
) -> None:
    (departement,) = v.version.departements
    gardee = historique(v, departement)
    assert not comptees
    for chemin in (dossier.partages, dossier.diffusions):
        shutil.rmtree(chemin)
    premiere = historique(v, departement)
    assert premiere == gardee
    assert len(comptees) == len(mois_controles(v, departement))
    assert any(ensemble.caches for ensemble in premiere.values())
    del comptees[:]
    assert historique(v, departement) == premiere
    assert not comptees


def test_a_revised_month_is_masked_anew_after_what_was_shared_of_it(
    v: Lecture, dossier: Dossier, comptees: list[int]
) -> None:
    (departement,) = v.version.departements
    historique(v, departement)
    mois = mois_controles(v, departement)
    revise = mois[-3]
    v.ouverte.con.close()
    with duckdb.connect(str(dossier.courante / "infocentre.duckdb")) as con:
        con.execute("UPDATE dem_01 SET total = total + 1 WHERE mois = ?", [revise])
    del comptees[:]
    with lecture.ouvrir(dossier, TOUT) as autre:
        neuve = historique(autre, departement)
    assert len(comptees) == 1
    assert len(list((dossier.diffusions / departement / "tableaux" / revise).iterdir())) == 2
    shutil.rmtree(dossier.partages)
    with lecture.ouvrir(dossier, TOUT) as autre:
        assert historique(autre, departement) == neuve


def test_a_control_masks_the_months_that_nobody_masked_and_readers_none(
    v: Lecture, dossier: Dossier, comptees: list[int]
) -> None:
    (departement,) = v.version.departements
    premiere = historique(v, departement)
    dernier = mois_controles(v, departement)[-1]
    v.ouverte.con.close()
    fichier = dossier.partages / f"{departement}.json"
    lus = desceller(json.loads(fichier.read_text("utf-8")))
    empreinte, _ = lus.popitem()
    fichier.write_text(json.dumps(sceller(lus)), "utf-8")
    shutil.rmtree(dossier.diffusions / departement / "tableaux" / dernier)
    registre = dossier.diffuses
    autres = [une for une in registre.read_text().split("\n") if f"/{dernier}/" not in une]
    registre.write_text("\n".join(autres))
    del comptees[:]
    controler(dossier, mois=dernier, etape=lambda _: None)
    assert len(comptees) == 1
    assert empreinte in json.loads(fichier.read_text("utf-8"))
    with lecture.ouvrir(dossier, TOUT) as autre:
        assert historique(autre, departement) == premiere
    assert len(comptees) == 1


def test_another_threshold_masks_every_month_anew(
    v: Lecture, comptees: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (departement,) = v.version.departements
    historique(v, departement)
    del comptees[:]
    monkeypatch.setattr(partage, "seuil_secret", lambda _: 6)
    historique(v, departement)
    assert len(comptees) == len(mois_controles(v, departement))


def test_a_heading_is_no_rule_and_a_plan_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changing how a table is printed or listed masks nothing anew."""
    avant, (code, un) = caches._regles(), next(iter(tableaux().items()))

    def changer(champ: str, valeur: object) -> str:
        declare = un.declare.model_copy(update={champ: valeur})
        autres = {**tableaux(), code: un.model_copy(update={"declare": declare})}
        monkeypatch.setattr(caches, "tableaux", lambda: autres)
        return caches._regles()

    assert changer("imprime", Impression(lignes="Autre")) == avant
    assert changer("rang", 1) == avant
    assert changer("plan", PlanDeclare()) != avant


@pytest.mark.parametrize("contenu", ["", "{", "[]", '{"x": 1}', '{"x": {"caches": 1}}'])
def test_a_file_that_cannot_be_read_is_made_again(
    v: Lecture, dossier: Dossier, contenu: str
) -> None:
    (departement,) = v.version.departements
    juste = historique(v, departement)
    fichier = dossier.partages / f"{departement}.json"
    fichier.write_text(contenu, "utf-8")
    assert historique(v, departement) == juste
    assert caches.intact(fichier)
    assert len(caches.relire(fichier)) == len(juste)


def test_a_disk_that_refuses_only_costs_time(v: Lecture, dossier: Dossier) -> None:
    (departement,) = v.version.departements
    shutil.rmtree(dossier.partages)
    dossier.partages.write_text("in the way", "utf-8")
    assert historique(v, departement)
    assert dossier.partages.read_text("utf-8") == "in the way"
