"""A click is what a person did, whatever else called the same callback at the same moment."""

from __future__ import annotations

import contextvars
from typing import Any, cast

import dash
import pytest
from dash._callback_context import context_value
from dash._utils import AttributeDict

from dashboards.clics import appele, bouton

HORLOGE = {"prop_id": "travaux-horloge.n_intervals", "value": 7}
ABANDONNER = '{"action":"abandonner","travail":"t1","type":"travail"}.n_clicks'
REPONSE = {"prop_id": "reconnaissance.reponse", "value": {"quoi": "essayer"}}


def lus(*appels: dict[str, Any]) -> tuple[Any, bool]:
    def lire() -> tuple[Any, bool]:
        context_value.set(AttributeDict(triggered_inputs=list(appels)))
        return bouton(), appele("reconnaissance")

    return contextvars.copy_context().run(lire)


@pytest.mark.parametrize("avec", [(), (HORLOGE,)])
def test_what_is_clicked_is_read_with_or_without_the_clock(
    avec: tuple[dict[str, Any], ...],
) -> None:
    clic = {"action": "abandonner", "travail": "t1", "type": "travail"}
    assert lus(*avec, {"prop_id": ABANDONNER, "value": 1}) == (clic, False)
    assert lus(*avec, REPONSE) == (None, True)


def test_what_is_only_drawn_is_not_clicked_while_the_clock_ticks() -> None:
    assert lus({"prop_id": ABANDONNER, "value": None}, HORLOGE) == (None, False)
    assert lus({"prop_id": "reconnaissance.reponse", "value": None}, HORLOGE) == (None, False)


def test_no_clock_calls_again_while_its_answer_is_awaited(app: dash.Dash) -> None:
    appeles: list[str] = []
    for un in cast("Any", app)._callback_list:
        horloges = {i["id"] for i in un["inputs"] if i["property"] == "n_intervals"}
        arretees = (un.get("running") or {}).get("running", {})
        assert all(arretees.get(f"{une}.max_intervals") == 0 for une in horloges), un["output"]
        appeles += horloges
    # Deliveries, unknown files, messages, queries and what waits for its turn, documents of a page.
    assert len(appeles) >= 6
