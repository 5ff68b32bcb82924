"""The months of a series of flows add up to the totals that other tables print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.tableaux import TableauDe, lire_tableau
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.temps import bornes

FLUX = ("depots", "radiations", "attributions", "attributions_prioritaires", "non_renouvellements")
Lire = Callable[[str], TableauDe[Any]]


@pytest.fixture
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    return Lecture(ouverte, TOUT)


@pytest.fixture
def mois(v: Lecture) -> list[str]:
    return sorted(une.mois for une in v.version.de("013"))


def lecture(v: Lecture, mois: str, *, partage: bool = False) -> Lire:
    return lambda role: lire_tableau(v, role, "013", mois, partage=partage)


def douze_mois(lire: Lire, code: str) -> int:
    (ligne,) = [
        une
        for une in lire("evolution").lignes
        if (une["code"], une["fenetre"]) == (code, "12_mois")
    ]
    return int(ligne["total"])


def test_the_last_twelve_months_make_every_total_of_twelve_months(
    v: Lecture, mois: list[str]
) -> None:
    for un in mois:
        lire = lecture(v, un)
        derniers = lire("flux_mois").lignes[-12:]
        sommes = {nom: sum(une[nom] for une in derniers) for nom in FLUX}
        assert {une["code_livraison"] for une in derniers} == {un}
        assert sommes["depots"] == lire("depots").ensemble["total"] == douze_mois(lire, "DEPOTS")
        assert sommes["radiations"] == douze_mois(lire, "RADIATIONS")
        assert sommes["attributions"] == lire("attributions").ensemble["total"]
        assert sommes["attributions"] == douze_mois(lire, "RADATT") > 0
        assert sommes["attributions_prioritaires"] == lire("prioritaires").ensemble["prioritaires"]
        assert sommes["non_renouvellements"] == douze_mois(lire, "RADREN")


def test_the_same_months_stand_in_the_tables_of_deposits_and_attributions(
    v: Lecture, mois: list[str]
) -> None:
    lire = lecture(v, mois[-1])
    series = {une["periode"]: une for une in lire("flux_mois").lignes}
    for role, nom in (("depots", "depots"), ("attributions", "attributions")):
        for une in lire(role).modalites:
            assert une["total"] == series[une["code"]][nom]


def test_what_each_month_said_is_what_the_series_of_publications_says(
    v: Lecture, mois: list[str]
) -> None:
    lire = lecture(v, mois[-1])
    publies = {une["periode"]: une for une in lire("serie_mois").lignes}
    vus = [une for une in lire("flux_mois").lignes if une["periode"] in publies]
    assert len(vus) == 12
    for une in vus:
        for nom in ("depots", "radiations", "attributions", "non_renouvellements"):
            assert une[f"{nom}_a_l_epoque"] == publies[une["periode"]][nom]
            assert une[f"{nom}_depuis"] == une[nom] - publies[une["periode"]][nom]
    assert sum(une["depots_depuis"] for une in vus) > 0


def test_six_months_make_a_semester(v: Lecture, mois: list[str]) -> None:
    """And the two of a year make the total of 12 months of its last one."""
    fin = max(un for un in mois if un.endswith(("-06", "-12")))
    lire = lecture(v, fin)
    semestres, mensuels = lire("flux_semestres").lignes, lire("flux_mois").lignes
    assert len(semestres) >= 3
    for une in semestres:
        debut, dernier = bornes(une["periode"])
        siens = [un for un in mensuels if debut <= un["periode"] <= dernier]
        if len(siens) == 6:
            for nom in FLUX:
                assert une[nom] == sum(un[nom] for un in siens)
    deux = semestres[-2:]
    assert sum(une["depots"] for une in deux) == lire("depots").ensemble["total"]
    assert sum(une["attributions"] for une in deux) == lire("attributions").ensemble["total"]
    assert deux[-1]["depots"] == deux[-1]["depots_en_fin"]


def test_a_semester_is_compared_as_its_own_last_month_saw_it(v: Lecture, mois: list[str]) -> None:
    fins = [un for un in mois if un.endswith(("-06", "-12"))]
    derniers = {une["periode"]: une for une in lecture(v, mois[-1])("flux_semestres").lignes}
    for fin in fins:
        alors = lecture(v, fin)("flux_semestres").lignes[-1]
        for nom in FLUX:
            assert derniers[alors["periode"]][f"{nom}_en_fin"] == alors[nom]


def test_a_count_that_is_hidden_is_hidden_in_every_table_of_flows(
    v: Lecture, mois: list[str]
) -> None:
    """A small one always; the semester with the only month of it that is hidden."""
    seuil, caches = seuil_secret(v), 0
    for un in mois:
        lire = lecture(v, un, partage=True)
        series = {une["periode"]: une for une in lire("flux_mois").lignes}
        for role, nom in (("depots", "depots"), ("attributions", "attributions")):
            for une in lire(role).modalites:
                assert une["total"] == series[une["code"]][nom]
        for une in lire("flux_12_mois").modalites:
            assert {nom: une[nom] for nom in FLUX} == {
                nom: series[une["code"]][nom] for nom in FLUX
            }
        for role in ("flux_mois", "flux_semestres"):
            for une in lire(role).lignes:
                montres = [une[nom] for nom in une if nom.startswith(FLUX) and "depuis" not in nom]
                caches += montres.count(MASQUE)
                assert not [n for n in montres if isinstance(n, int) and 0 < n < seuil]
        for une in lire("flux_semestres").lignes:
            debut, fin = bornes(une["periode"])
            for nom in FLUX:
                siens = [series[m][nom] for m in series if debut <= m <= fin]
                if len(siens) == 6 and siens.count(MASQUE) == 1:
                    assert une[nom] == MASQUE
    assert caches
