"""Réclamations: what a demande's page says of its reactivation, and where it leads."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import dash
import pytest

from dashboards import courant
from dashboards.app import creer_app
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.radiations import Radiee, a_verifier, affaire_ouverte, derniere
from infocentre.procedures.reclamations.demonstration import SUITES, planter
from tests.affaires.conftest import Horloge
from tests.dashboards.comme import acces, comme
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import SANS_MAGASIN, lier

ICI, LE = "013", dt.date(2026, 11, 5)
GESTIONNAIRE = acces(Role.GESTIONNAIRE, ICI)


@pytest.fixture
def racine(entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the demonstration whose réclamations were told on 5 November 2026."""
    racine = tmp_path / "donnees"
    shutil.copytree(
        entrepot_demo.racine, racine, symlinks=True, ignore=SANS_MAGASIN,
        copy_function=lier,
    )  # fmt: skip
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    monkeypatch.setattr(courant, "aujourdhui", lambda: LE)
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        plantees = planter(v, ouvrir_magasin(racine), ICI, Horloge(LE))
    assert plantees == len(SUITES)
    return racine


@pytest.fixture
def application(racine: Path) -> dash.Dash:
    return creer_app(Dossier(racine))


def _radiees(racine: Path) -> tuple[list[Radiee], dict[str, str]]:
    """Return the radiations to be checked, and the réclamations under way by numéro."""
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        unes = a_verifier(v, derniere(v, ICI))
        lues = {une["numero_unique"]: affaire_ouverte(v, ICI, une["numero_unique"]) for une in unes}
    return unes, {numero: une.id for numero, une in lues.items() if une}


def test_a_demande_says_until_when_and_leads_to_a_reclamation(
    racine: Path, application: dash.Dash
) -> None:
    unes, affaires = _radiees(racine)
    assert len(affaires) == len(SUITES) - 1  # one is closed
    encore = [une for une in unes if une["fenetre_fin"] and une["fenetre_fin"] >= LE]
    libre = next(une for une in encore if une["numero_unique"] not in affaires)
    numero, fin = libre["numero_unique"], libre["fenetre_fin"]
    assert fin is not None
    with comme(application, GESTIONNAIRE):
        lue = ouvrir(application, f"/demande/{numero}")
        prise = ouvrir(application, f"/demande/{next(iter(affaires))}")
    assert f"Réactivable jusqu'au {fin:%d/%m/%Y}" in lue.texte
    assert "constat passé" not in lue.texte
    assert [un for un in lue.liens if "/affaires/reclamations" in un and f"ouvrir={numero}" in un]
    assert [un for un in prise.liens if f"affaire={next(iter(affaires.values()))}" in un]
    assert "ouvrir=" not in "".join(prise.liens)
    with comme(application, GESTIONNAIRE):
        for sienne, id_ in affaires.items():  # and back
            page = ouvrir(application, f"/affaires/reclamations?affaire={id_}")
            assert [un for un in page.liens if f"/demande/{sienne}" in un]
    with comme(application, acces(Role.ANALYSTE, ICI)):
        assert not [un for un in ouvrir(application, f"/demande/{numero}").liens if "ouvrir=" in un]


def test_once_the_window_has_ended_nothing_is_proposed(
    racine: Path, application: dash.Dash
) -> None:
    unes, affaires = _radiees(racine)
    une = next(
        une
        for une in unes
        if une["fenetre_fin"] and une["fenetre_fin"] < LE and une["numero_unique"] not in affaires
    )
    with comme(application, GESTIONNAIRE):
        lue = ouvrir(application, f"/demande/{une['numero_unique']}")
    assert f"N'est plus possible depuis le {une['fenetre_fin']:%d/%m/%Y}" in lue.texte
    assert "ouvrir=" not in "".join(lue.liens)


def test_a_list_of_radiations_says_which_may_be_undone(
    racine: Path, application: dash.Dash
) -> None:
    unes, _ = _radiees(racine)
    siennes = [une for une in unes if "hors_bailleur" in une["raisons"]]
    ouvertes = [une for une in siennes if une["fenetre_fin"] and une["fenetre_fin"] >= LE]
    assert ouvertes
    with comme(application, GESTIONNAIRE):
        lue = ouvrir(application, "/demandes?code=RAD_IRR_HORS_BAILLEUR&fenetre=12m&mois=2026-10")
    for une in ouvertes[:10]:
        assert f"réactivable jusqu'au {une['fenetre_fin']:%d/%m/%Y}" in lue.texte
    assert lue.texte.count("réactivable jusqu'au") == len(ouvertes)
