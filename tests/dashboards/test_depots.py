"""Several files in one body: what their list says is what comes, or nothing is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from infocentre import travaux


@pytest.mark.parametrize(
    ("liste", "contenu"),
    [
        ([["d/a.csv", 3], ["d/b.csv", 2]], b"aaab"),
        ([["d/a.csv", -1], ["d/b.csv", 5]], b"aaab"),
        ([["d/a.csv"]], b"aaa"),
        ({"d/a.csv": 3}, b"aaa"),
        ("rien", b"aaa"),
        ([["../a.csv", 3], ["d/b.csv", 1]], b"aaab"),
    ],
)
def test_a_list_that_is_not_of_what_comes_keeps_nothing(
    app_vide: Any, liste: object, contenu: bytes
) -> None:
    tete = json.dumps(liste).encode()
    with app_vide.server.test_client() as client:
        reponse = client.post(f"/depot?liste={len(tete)}", data=tete + contenu)
    assert reponse.status_code == 422
    assert reponse.json["refus"]
    assert travaux.lister(app_vide.server.config["LECTEUR"].dossier.racine) == []


@pytest.mark.usefixtures("app_vide")
def test_a_delivery_that_takes_the_place_of_another_is_told_so() -> None:
    from dashboards.pages.depot import suite

    lue: travaux.Chargee = {"departement": "013", "mois": "2026-02", "deja": False}
    fait = travaux.Travail("1", "charger", "camille", "2026-03-02T09:00", {}, "fait", resultat=lue)
    autre = replace(fait, resultat={**lue, "remplacees": ["2026-02"]})
    assert "remplace" not in str(suite(fait))
    assert "Elle remplace celle qui était chargée pour février 2026." in str(suite(autre))
