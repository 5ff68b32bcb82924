"""What was clicked: the buttons of a page whose identifiers say what they do."""

from __future__ import annotations

from typing import TypedDict

from dash import ctx

TOUTES = "toutes"  # in the place of an affaire: all that wait
DIT, MESSAGE = "geste-dit", "affaire-message"  # what a gesture says, where a page shows it


class Bouton(TypedDict, total=False):
    """What the identifier of a button says, beside its type."""

    action: str
    adresse: str
    affaire: str
    evenement: str
    note: str
    vue: str
    travail: str


def bouton() -> Bouton | None:
    """Return the button by which a callback was called, None when it was called otherwise."""
    appel: object = ctx.triggered_id
    lu: Bouton | None = ctx.triggered_id if isinstance(appel, dict) else None
    return lu


def clique() -> bool:
    """Tell whether it was clicked: what has only just been drawn calls too."""
    return any(un["value"] for un in ctx.triggered)
