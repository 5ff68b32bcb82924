"""Calls of pages whose components are named by a pattern: what a page makes passes, no more."""

from __future__ import annotations

from typing import Any, cast

import dash
import pytest
from dash import ALL, Input, Output, State, html

from dashboards.erreurs import appel_connu


@pytest.fixture(scope="module")
def app() -> dash.Dash:
    """Return an application of one callback over all the buttons of a kind."""
    une = dash.Dash("motifs")
    une.layout = html.Div([html.P(id="dit"), html.P(id="lieu")])

    @une.callback(
        Output("dit", "children"),
        Input({"type": "bouton", "rang": ALL}, "n_clicks"),
        State("lieu", "children"),
    )
    def dire(clics: list[int], lieu: str) -> str:
        return f"{clics} {lieu}"

    cast("Any", une)._setup_server()
    return une


def corps(boutons: Any) -> dict[str, Any]:
    return {
        "output": "dit.children",
        "outputs": {"id": "dit", "property": "children"},
        "inputs": [boutons],
        "state": [{"id": "lieu", "property": "children", "value": "ici"}],
        "changedPropIds": ['{"rang":"un","type":"bouton"}.n_clicks'],
    }


def bouton(rang: object, type_: object = "bouton", propriete: str = "n_clicks") -> dict[str, Any]:
    return {"id": {"type": type_, "rang": rang}, "property": propriete, "value": 1}


@pytest.mark.parametrize("boutons", [[], [bouton("un")], [bouton("un"), bouton("deux")]])
def test_what_a_page_asks_goes_through(app: dash.Dash, boutons: list[dict[str, Any]]) -> None:
    assert appel_connu(app, corps(boutons))


@pytest.mark.parametrize(
    "boutons",
    [
        None,
        "bouton",
        bouton("un"),
        [None],
        [bouton("un", "lien")],
        [bouton("un", None)],
        [bouton("un", propriete="children")],
        [{**bouton(1), "id": "bouton"}],
        [{**bouton(1), "id": {"type": "bouton"}}],
        [{**bouton(1), "id": {"type": "bouton", "rang": 1, "autre": 2}}],
    ],
)
def test_what_no_page_asks_is_refused(app: dash.Dash, boutons: object) -> None:
    assert not appel_connu(app, corps(boutons))
