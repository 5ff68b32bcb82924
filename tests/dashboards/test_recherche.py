"""The page of the one search: results by kind, a way on when there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards.composants.natifs import Chercher
from tests.dashboards.vues import Ecran

Afficher = Callable[[str], Ecran]


def test_results_stand_under_their_kind_and_lead_to_their_page(afficher: Afficher) -> None:
    ecran = afficher("/recherche?q=phare&mois=2026-09")
    assert "1 résultat pour « phare »" in ecran.texte
    assert [un.children for un in ecran.composants("H2")] == ["Guichets (1)"]
    assert "/guichet/G1302?departement=013&mois=2026-09" in ecran.liens


def test_without_a_result_what_is_near_then_what_may_be_looked_for(afficher: Afficher) -> None:
    ecran = afficher("/recherche?q=ATT_TARDVE")
    assert "Aucun résultat" in ecran.texte
    assert any(un.startswith("/indicateurs/ATT_TARDIVE") for un in ecran.liens)
    for adresse in ("/recherche", "/recherche?q=zzzz"):
        assert "une demande, par son numéro unique" in afficher(adresse).texte


def test_the_field_is_in_the_header_of_every_page(app: Any) -> None:
    with app.server.test_request_context("/"):
        racine = app.layout()
    assert any(isinstance(un, Chercher) for un in racine._traverse())
