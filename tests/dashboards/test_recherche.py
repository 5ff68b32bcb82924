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


def test_a_long_answer_has_pages_that_hold_each_result_once(afficher: Afficher) -> None:
    vus, page, total = list[str](), 1, 0
    while True:
        ecran = afficher(f"/recherche?q=agence&page={page}")
        ici = [un for un in ecran.liens if "/guichet/" in un]
        if page > 1 and f"page={page + 1}" not in " ".join(ecran.liens):
            total = len(vus) + len(ici)
        vus += ici
        if total:
            break
        page += 1
    assert page > 2
    assert len(set(vus)) == len(vus) == total
    assert f"Guichets ({total})" in afficher("/recherche?q=agence").texte
    assert afficher("/recherche?q=agence&page=999").liens == ecran.liens
