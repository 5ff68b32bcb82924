"""The demonstration's radiations, counted by hand: a breakdown of mail, préavis that came back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.demo.fabrique import TAILLE, fabriquer_derniers
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.radiations import a_verifier, comptes, pannes
from tests.donnees.atelier import charger
from tests.donnees.communs import une_fois

PANNE = (dt.date(2025, 12, 13), dt.date(2025, 12, 15))


def _fabriquer(atelier: Path) -> None:
    """Load the deliveries of March and October 2026 of the demonstration as it is installed."""
    livraisons = fabriquer_derniers(
        atelier / "livraisons", taille=TAILLE, mois=25, livrees=8, avancement=lambda _: None
    )
    charger(atelier / "donnees", livraisons[0], livraisons[-1])


@pytest.fixture(scope="module")
def v() -> Lecture:
    ouverte = Lecteur(Dossier(une_fois("radiations", _fabriquer) / "donnees")).ouvrir()
    assert ouverte is not None
    return Lecture(ouverte, TOUT)


def test_those_that_the_breakdown_struck_had_months_left(v: Lecture) -> None:
    mars = v.version.de("013")[0]
    assert mars.mois == "2026-03"
    unes = a_verifier(v, mars, raison="panne")
    assert (len(unes), sum(une["portail"] for une in unes)) == (31, 13)
    assert unes == a_verifier(v, mars, raison="tardif")
    assert pannes(v, mars) == [PANNE]
    fins = {une["numero_unique"]: une["fenetre_fin"] or PANNE[0] for une in unes}
    restes = {(fins[une["numero_unique"]] - une["date_radiation"]).days for une in unes}
    assert restes == {152, 153, 154, 155}  # on the day of the radiation
    # On the first arrêté that shows each: 28 February, or 31 March for those of March.
    fevrier = [une for une in unes if une["date_radiation"] < dt.date(2026, 3, 1)]
    assert len(fevrier) == 10
    assert min(fins[une["numero_unique"]] for une in fevrier) == dt.date(2026, 7, 27)
    assert min(une["jours_restants"] or 0 for une in unes if une not in fevrier) == 123


def test_on_the_last_arrete_theirs_are_closed_and_others_are_open(v: Lecture) -> None:
    octobre = v.version.de("013")[-1]
    lus = {un.raison: un[1:] for un in comptes(v, octobre)}
    assert {raison: lus[raison] for raison in ("toutes", "tardif", "panne", "npai")} == {
        "toutes": (193, 66, 14),
        "tardif": (31, 0, 0),
        "panne": (31, 0, 0),
        "npai": (116, 47, 10),
    }
    assert {une["fenetre_fin"] for une in a_verifier(v, octobre, raison="panne")} <= {
        dt.date(2026, 7, 27) + dt.timedelta(days=n) for n in range(16)
    }


def test_a_preavis_distributed_a_year_before_hides_no_one_that_came_back(v: Lecture) -> None:
    """Counted over all préavis that the feed has, 97 are found, of which 28 may be reactivated."""
    unes = a_verifier(v, v.version.de("013")[-1], raison="npai")
    seuls = [une for une in unes if not une["annee_avant_distribuee"]]
    restes = [une["jours_restants"] or 0 for une in seuls]
    assert (len(seuls), sum(un >= 0 for un in restes)) == (97, 28)
    assert sum(0 <= un <= 30 for un in restes) == 8
    assert sum(une["courriel_connu"] for une in seuls) == 72
