"""Twisted calls: a value that no page sends, in each place of each callback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient

from tests.dashboards.rappels import APPELS

TORDUES: tuple[Any, ...] = (5, -1.5, True, "x", [], [5, None], {}, {"affaire": 5, "rang": {}})
# What a page sends when all is well, by property; the rest is null.
DROITES: dict[str, Any] = {
    "n_clicks": 1,
    "envois": 1,
    "n_intervals": 1,
    "submit_n_clicks": 1,
    "executions": 1,
    "pathname": "/doublons",
    "search": "?affaire=x",
    "valeur": "select 1",
    "value": "x",
    "contents": "data:text/plain;base64,eA==",
    "filename": "x.xlsx",
    "valeurs": {"reponse": "x"},
    "decision": {"affaire": "x", "rang": 1, "verdict": "meme"},
}


@pytest.fixture(autouse=True)
def decisions(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Léa")
    monkeypatch.setattr("infocentre.travaux.lancer", lambda _: None)
    monkeypatch.setattr("infocentre.travaux.demander", lambda *_, **__: None)


def _appels(app: dash.Dash) -> Iterator[tuple[str, str]]:
    """Yield calls, and what is wrong in each: one value of one place, or of one id of a pattern."""
    for cle, un in app.callback_map.items():
        if "callback" not in un:
            continue
        places = [*un["inputs"], *un["state"]]
        for rang, place in enumerate(places):
            for tordue in TORDUES:
                yield (
                    f"{cle} {place['id']}.{place['property']}={tordue}",
                    _corps(cle, un, rang, {"value": tordue}),
                )
            for nom in json.loads(place["id"]) if place["id"].startswith("{") else ():
                corps = _corps(cle, un, rang, {"id": {nom: 5}})
                yield f"{cle} {place['id']} {nom}=5", corps


def _corps(cle: str, un: Mapping[str, Any], tordu: int, faute: Mapping[str, Any]) -> str:
    places = [*un["inputs"], *un["state"]]
    tenues = [_tenue(une, faute if rang == tordu else {}) for rang, une in enumerate(places)]
    nombre = len(un["inputs"])
    sorties = [
        dict(zip(("id", "property"), une.rsplit(".", 1), strict=True))
        for une in (cle[2:-2].split("...") if cle.startswith("..") else [cle])
    ]
    premiere = tenues[0][0] if isinstance(tenues[0], list) else tenues[0]
    nom = premiere["id"]
    dit = nom if isinstance(nom, str) else json.dumps(nom, sort_keys=True, separators=(",", ":"))
    return json.dumps(
        {
            "output": cle,
            "outputs": sorties if cle.startswith("..") else sorties[0],
            "inputs": tenues[:nombre],
            "state": tenues[nombre:],
            "changedPropIds": [f"{dit}.{premiere['property']}"],
        }
    )


def _tenue(une: Mapping[str, Any], faute: Mapping[str, Any]) -> Any:
    valeur = faute.get("value", DROITES.get(une["property"]))
    if not une["id"].startswith("{"):
        return {**une, "value": valeur}
    motif = json.loads(une["id"])
    ici = {nom: "x" if isinstance(mot, list) else mot for nom, mot in motif.items()}
    ici |= faute.get("id", {})
    tenue = {
        "id": ici,
        "property": une["property"],
        "value": ici if une["property"] == "id" else valeur,
    }
    return [tenue] if ["ALL"] in motif.values() else tenue


@pytest.mark.tentative(
    "rappel", "un nombre, une liste, un objet à chaque place de chaque appel d'une page"
)
def test_a_twisted_value_is_refused_in_a_sentence_and_leaves_no_trace(
    app: dash.Dash, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    tombes, faits = {}, 0
    for dit, corps in _appels(app):
        caplog.clear()
        reponse = client.post(APPELS, data=corps, content_type="application/json")
        traces = [un.getMessage() for un in caplog.records if un.levelno >= logging.ERROR]
        if reponse.status_code not in {200, 204, 400, 403, 404, 409, 413} or traces:
            tombes[dit] = (reponse.status_code, traces)
        faits += 1
    assert tombes == {}
    assert faits > 700
