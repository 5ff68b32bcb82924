"""A control says two objectives of one year: bilan and policy tell one each."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.entrepot import Dossier
from infocentre.operations import controle
from tests.donnees.atelier import alleger, chargee, copie

DIT = (
    "objectifs: [{mesure: logement_dabord, annee: %s, source: PDALHPD, departement: '%s', "
    "nombre: 150}]"
)


def test_two_objectives_of_one_year_are_said_by_a_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(chargee(1), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    (racine / "reglages.yml").write_text(
        'logement_dabord_objectif: {"013": 120, "084": 150}\n', "utf-8"
    )
    for annee, dites in ((2026, 1), (2027, 0)):  # 2027 is not controlled
        (racine / "objectifs.yml").write_text(DIT % (annee, "013"), "utf-8")
        etapes: list[str] = []
        assert controle.controler(Dossier(racine), mois="2026-01", etape=etapes.append).mois
        lues = [une for une in etapes if une.startswith("deux objectifs")]
        assert len(lues) == dites
        if lues:
            assert "120 dans les réglages" in lues[0]
            assert "150 dans objectifs.yml" in lues[0]
            assert "retirer l'objectif d'objectifs.yml" in lues[0]
    (racine / "objectifs.yml").write_text("objectifs: [{}]", "utf-8")  # wrong: it stops nothing
    dits: list[str] = []
    assert controle.controler(Dossier(racine), mois="2026-01", etape=dits.append).mois
    assert any(un.startswith("objectifs non lus : ") for un in dits)
