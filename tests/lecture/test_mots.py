"""A value of the contract is told with its unit, its label or its name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from infocentre.contrat import contrat
from infocentre.lecture.mots import en_mots


@pytest.mark.parametrize(
    ("table", "colonne", "valeur", "dite"),
    [
        ("stock", "MT_LOYER_MENSUEL_ACTUEL", Decimal("412.50"), "412,50 €"),
        ("stock", "REVENU_FISCAL1_FOYER", Decimal(18250), "18\u202f250 €"),
        ("radiation", "SURFACE", Decimal("64.5"), "64,50 m²"),
        ("stock", "UNITE_CONSO", Decimal("1.5"), "1,50"),
        ("stock", "GUICHET_ENREGISTREUR", "G1200", "Mairie de Béziers"),
        ("stock", "TYPE_DEMANDEUR", "PP", "Personne physique"),
    ],
)
def test_a_value_is_told_as_people_read_it(
    table: str, colonne: str, valeur: object, dite: str
) -> None:
    une = contrat().tables[table].par_nom[colonne]
    assert en_mots(une, valeur, {"G1200": "Mairie de Béziers"}) == dite
