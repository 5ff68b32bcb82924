"""A control refuses two objectives of one year: bilan and policy would tell one each."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import alleger, chargee, controler, copie

DIT = (
    "objectifs: [{mesure: logement_dabord, annee: %s, source: PDALHPD, departement: '%s', "
    "nombre: 150}]"
)


def test_two_objectives_of_one_year_stop_a_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(chargee(1), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    (racine / "reglages.yml").write_text(
        'logement_dabord_objectif: {"013": 120, "084": 150}\n', "utf-8"
    )
    dits = racine / "objectifs.yml"
    dits.write_text(DIT % (2026, "013"), "utf-8")
    with pytest.raises(Refus, match=r"120 dans les réglages.*150 dans objectifs\.yml") as refus:
        controler(racine)
    assert "retirer l'objectif d'objectifs.yml" in refus.value.que_faire
    dits.write_text(DIT % (2027, "013"), "utf-8")  # of a year that is not controlled
    assert controler(racine).mois
