"""A callback as a browser calls it: an event, what the page holds, what changes in return."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import dash
from flask.testing import FlaskClient

APPELS = "/_dash-update-component"


def rappel_de(app: dash.Dash, sortie: str) -> tuple[str, Mapping[str, Any]]:
    """Return the callback that gives « component.property », with its key."""
    return next(
        (cle, un) for cle, un in app.callback_map.items() if sortie in cle.strip(".").split("...")
    )


def corps_de(app: dash.Dash, sortie: str, evenement: str, tenus: Mapping[str, Any]) -> Any:
    """Return what a browser posts when `evenement` happens; `tenus` is what its page holds."""
    cle, un = rappel_de(app, sortie)
    sorties = [dict(zip(("id", "property"), s.rsplit(".", 1), strict=True)) for s in _sorties(cle)]
    return {
        "output": cle,
        "outputs": sorties if cle.startswith("..") else sorties[0],
        "inputs": [_tenu(une, tenus) for une in un["inputs"]],
        "state": [_tenu(une, tenus) for une in un["state"]],
        "changedPropIds": [evenement],
    }


def _sorties(cle: str) -> list[str]:
    return cle[2:-2].split("...") if cle.startswith("..") else [cle]


def _tenu(une: Mapping[str, Any], tenus: Mapping[str, Any]) -> dict[str, Any]:
    return {**une, "value": tenus.get(f"{une['id']}.{une['property']}")}


def rappeler(
    app: dash.Dash, client: FlaskClient, sortie: str, evenement: str, tenus: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what changes, « component.property » by « component.property »."""
    corps = json.dumps(corps_de(app, sortie, evenement, tenus))
    reponse = client.post(APPELS, data=corps, content_type="application/json")
    assert reponse.status_code in {200, 204}, reponse.get_data(as_text=True)
    if reponse.status_code == 204:
        return {}
    lue = reponse.get_json()["response"]
    return {f"{nom}.{un}": valeur for nom, props in lue.items() for un, valeur in props.items()}


def texte(composant: object) -> str:
    """Return the text of a component as it travels, one space between its pieces."""
    return " ".join(" ".join(_textes(composant)).split())


def composants(racine: object) -> Iterator[dict[str, Any]]:
    """Yield every component of an answer."""
    if isinstance(racine, list):
        for un in racine:
            yield from composants(un)
    elif isinstance(racine, dict) and "props" in racine:
        yield racine
        yield from composants(racine["props"].get("children"))


def _textes(noeud: object) -> Iterator[str]:
    if isinstance(noeud, list):
        for un in noeud:
            yield from _textes(un)
    elif isinstance(noeud, dict) and "props" in noeud:
        yield from _textes(noeud["props"].get("children"))
    elif noeud is not None and not isinstance(noeud, dict):
        yield str(noeud)
