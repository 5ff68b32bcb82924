"""Curly apostrophes in all that a page has read; code, addresses and fields stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash.development.base_component import Component

from dashboards.composants.balises import Balise
from infocentre.noyau.francais import apostropher

LUS = ("children", "title", "label", "placeholder", "alt", "aria-label", "data-nom", "arbre")
TITRES = ("headerName", "headerTooltip")
TELS_QUELS = frozenset({"Code", "Editeur", "Tables", "Pre", "Textarea", "Upload", "Store"})
CODES = frozenset({"code", "pre", "textarea", "kbd"})


class Courbee(Balise):
    """A tree that is curly already; several pages may hold it, and none changes it."""


def courber(noeud: Any) -> Any:  # noqa: ANN401 - what a component may hold
    """Return what a page holds with its apostrophes curly; components are changed in place."""
    if isinstance(noeud, str):
        return apostropher(noeud)
    if isinstance(noeud, Courbee):
        return noeud
    if isinstance(noeud, Balise):
        return noeud if noeud[0] in CODES else _courber_balise(noeud)
    if isinstance(noeud, Sequence):
        return [courber(un) for un in noeud]
    if isinstance(noeud, Component):
        _courber_composant(noeud)
    return noeud


def _courber_balise(une: Balise) -> Balise:
    nom, attributs, *fils = une
    lus = {cle: apostropher(valeur) if cle in LUS else valeur for cle, valeur in attributs.items()}
    return Balise([nom, lus, *map(courber, fils)])


def _courber_composant(un: Component) -> None:
    genre = un._type  # noqa: SLF001 - Dash's own name of it
    if genre in TELS_QUELS or genre.lower() in CODES:
        return
    if genre == "AgGrid":
        colonnes: list[dict[str, Any]] = vars(un)["columnDefs"]
        vars(un)["columnDefs"] = [_courber_colonne(une) for une in colonnes]
    for nom in LUS:
        valeur = getattr(un, nom, None)
        if valeur is not None:
            setattr(un, nom, courber(valeur))


def _courber_colonne(une: dict[str, Any]) -> dict[str, Any]:
    """Return a column of a grid, or a group of them."""
    lue = {nom: courber(valeur) if nom in TITRES else valeur for nom, valeur in une.items()}
    if "children" in une:
        lue["children"] = [_courber_colonne(enfant) for enfant in une["children"]]
    return lue
