"""What a value of a file means: a code, a label, a known spelling, or nothing that is sure."""

from __future__ import annotations

import polars as pl
import pytest

from infocentre.contrat import contrat
from infocentre.reconnaissance.valeurs import accord, code_de, regarder


@pytest.mark.parametrize(
    ("liste", "valeur", "code"),
    [
        ("MOTIF_RADIATION", "radatt", "RADATT"),
        ("MOTIF_RADIATION", "ATTRIBUTION D’UN LOGEMENT", "RADATT"),
        ("MOTIF_RADIATION", "RADREN - Non-renouvellement", "RADREN"),
        ("MOTIF_RADIATION", "Impossibilité de contacter le ménage", "RADCON"),
        ("MOTIF_RADIATION", "Radiation", None),
        ("MOTIF_RADIATION", "Fusion des dossiers", "RADFUS"),
        ("SITU_FAMILIALE", "Concubin(e)", "U"),
        ("COMPOSITION_FAMILLE", "Couple avec 2 enfants", "COUPLE2"),
        ("COMPOSITION_FAMILLE", "Couple avec enfants", None),  # a couple, how many nobody says
        ("COMPOSITION_FAMILLE", "Personne seule avec enfant", None),
        ("MOTIF_DEMANDE", "7", "07"),
        ("MOTIF_DEMANDE", "11 : Divorce", "11"),
        ("MOTIF_DEMANDE", "Logement trop", None),  # dear, great or small: three begin so
        ("TYPE_LOGEMENT_RECHERCHE", "3 pièces", "T3"),
        ("TYPE_LOGEMENT_RECHERCHE", "F4", "T4"),
        ("TYPE_LOGEMENT_RECHERCHE", "T6 et plus", "T6P"),
        ("TYPE_LOGEMENT_RECHERCHE", "T12", None),
        ("indicatrice", "Yes", "1"),
        ("indicatrice", "peut-être", None),
    ],
)
def test_a_value_is_a_code_when_one_only_can_be_meant(
    liste: str, valeur: str, code: str | None
) -> None:
    assert code_de(valeur, liste) == code


def test_values_tell_births_from_acts_and_monthly_incomes_from_yearly_ones() -> None:
    radiation = contrat().tables["radiation"].par_nom
    naissances = regarder(pl.Series([f"01/02/{annee}" for annee in range(1940, 2000)]))
    actes = regarder(pl.Series([f"01-02-20{annee} 00:00:00" for annee in range(14, 27)]))
    assert accord(naissances, radiation["DATE_NAISS_DEMANDEUR"]) > 0.8
    assert accord(naissances, radiation["DATE_RADIATION"]) < 0.3
    assert accord(actes, radiation["DATE_RADIATION"]) > 0.8
    drapeaux = regarder(pl.Series(["0", "1", "0"] * 20))
    assert accord(drapeaux, radiation["VERSION_CERFA"]) < accord(drapeaux, radiation["NB_QPV"])
    annuels = regarder(pl.Series([str(9000 + 500 * i) for i in range(40)]))
    mensuel, fiscal = radiation["REVENU_MENSUEL_FOYER"], radiation["REVENU_FISCAL1_FOYER"]
    assert accord(annuels, mensuel) < accord(annuels, fiscal)
