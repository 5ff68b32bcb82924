"""What was clicked: the buttons of a page whose identifiers say what they do; clocks that wait."""

from __future__ import annotations

from typing import TypedDict, cast

from dash import Output, ctx

TOUTES = "toutes"  # in the place of an affaire: all that wait
DIT, MESSAGE = "geste-dit", "affaire-message"  # what a gesture says, where a page shows it


class Bouton(TypedDict, total=False):
    """What the identifier of a button says, beside its type."""

    action: str
    adresse: str
    affaire: str
    evenement: str
    note: str
    quoi: str
    sens: str
    vue: str
    travail: str


def bouton() -> Bouton | None:
    """Return the button that was clicked, None when a callback was called otherwise.

    What has only just been drawn calls too, and a clock may call at the same time as a click.
    """
    noms = ctx.triggered_prop_ids
    for un in ctx.triggered:
        if un["value"] and isinstance(lu := noms.get(un["prop_id"]), dict):
            return cast("Bouton", lu)
    return None


def appele(composant: str) -> bool:
    """Tell whether a component called with something to say, a clock at the same time or not."""
    noms = ctx.triggered_prop_ids
    return any(un["value"] and noms.get(un["prop_id"]) == composant for un in ctx.triggered)


def patienter(horloge: str) -> list[tuple[Output, int, int]]:
    """Have a clock stop while its answer is awaited, for `running` of what it calls.

    A slow answer is lost otherwise: a page keeps that of the last call alone.
    """
    return [(Output(horloge, "max_intervals"), 0, -1)]
