"""The contract gains optional columns: what was archived before them is still read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import contrat, dictionnaire
from infocentre.entrepot import Dossier
from tests.donnees.atelier import base, charger, controler, copie, interroger, reconstruire
from tests.donnees.retors import livraisons

NOUVELLE = {"type": "code", "libelle": "Nouvelle", "description": "Inconnue hier."}


@pytest.fixture
def contrat_etendu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give a new optional column to four tables of the contract."""
    lire = dictionnaire.lire_yaml

    def etendre(nom: str) -> dict[str, Any]:
        lu = lire(nom)
        for table in ("stock", "guichets", "journal", "plis") if nom == "colonnes.yml" else ():
            lu[table]["colonnes"]["NOUVELLE"] = NOUVELLE
        return lu

    monkeypatch.setattr(dictionnaire, "lire_yaml", etendre)
    contrat.cache_clear()
    yield
    contrat.cache_clear()


def test_older_archives_are_read_with_the_new_columns_empty(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    racine = copie(base(1, 2), tmp_path / "donnees")
    compter = "SELECT mois, sum(numerateur), sum(denominateur) FROM valeurs GROUP BY ALL ORDER BY 1"
    avant = interroger(racine, compter)
    request.getfixturevalue("contrat_etendu")
    assert "NOUVELLE" in contrat().tables["stock"].par_nom
    charger(racine, livraisons()[2])
    controler(racine)
    controler(racine, mois=avant[0][0])
    assert interroger(racine, compter)[:2] == avant
    vus = interroger(racine, "SELECT count(DISTINCT mois), count(nouvelle) FROM registre")
    assert vus == [(3, 0)]
    reconstruire(racine)
    assert interroger(racine, compter)[:2] == avant
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier.exists()
