"""Numbers on screen are those of the command line, which people put beside them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from typing import Any

import dash
import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.lecture.suivi import Case, lire_cases
from infocentre.mesures.tableaux import tableaux
from tests.dashboards.vues import ouvrir
from tests.donnees import fenetres

pytestmark = pytest.mark.lent

INDICATEURS = lire_catalogue().indicateurs
CODES = tuple(INDICATEURS)
MOIS = ("2026-06", "2026-08", "2026-10")
Commande = Callable[..., list[dict[str, str]]]


@pytest.fixture
def commande(
    entrepot_demo: Dossier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    """Return what runs a command of the infocentre and reads its csv."""
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))

    def lancer(*mots: str) -> list[dict[str, str]]:
        assert main([*mots, "--format", "csv"]) == 0
        return list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter=";"))

    return lancer


def test_vingt_cases_egales_a_infocentre_indicateurs(app: dash.Dash, commande: Commande) -> None:
    grilles = {mois: _grille(app, mois) for mois in MOIS}
    lues = {
        mois: {
            (une["code"], une["guichet"]): une for une in commande("indicateurs", "--mois", mois)
        }
        for mois in MOIS
    }
    cases = [(mois, *cle) for mois, grille in grilles.items() for cle in grille]
    for mois, code, guichet in random.Random(20).sample(cases, 20):  # noqa: S311 - a sample
        valeur = lues[mois][code, guichet]
        suffixe = fenetres.suffixe(code)
        case = grilles[mois][code, guichet]
        vus = (case.etat, *map(_texte, (case.numerateur, case.denominateur, case.rang)))
        assert vus == (
            valeur["etat"],
            valeur[f"numerateur{suffixe}"],
            valeur[f"denominateur{suffixe}"],
            valeur["rang"],
        )


def _grille(app: dash.Dash, mois: str) -> dict[tuple[str, str], Case]:
    """Return the cells of the grid by code and guichet."""
    (grille,) = ouvrir(app, f"/suivi?colonnes={'.'.join(CODES)}&mois={mois}").composants("AgGrid")
    return {
        (CODES[position], ligne["id"]): case
        for ligne in grille.rowData
        for position, case in lire_cases(ligne["c"]).items()
    }


def _texte(nombre: int | None) -> str:
    return "" if nombre is None else str(nombre)


@pytest.mark.parametrize("code", tableaux())
def test_tableau_egal_a_infocentre_tableau(app: dash.Dash, commande: Commande, code: str) -> None:
    reponse = app.server.test_client().get(f"/export/tableau.csv?code={code}&mois={MOIS[-1]}")
    affichees: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(reponse.text), delimiter=";"))
    assert affichees == commande("tableau", code, "--mois", MOIS[-1])
