"""What a page holds, written as the browser reads it, with curly apostrophes in all that is read.

One walk makes plain data of the components: Dash asks each of them for its hundred possible
properties otherwise. Code, addresses and fields stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.composants.balises import Balise
from infocentre.noyau.francais import apostropher

LUS = frozenset(
    {"children", "title", "label", "placeholder", "alt", "aria-label", "data-nom", "arbre"}
)
TITRES = ("headerName", "headerTooltip")
TELS_QUELS = frozenset({"Code", "Editeur", "Tables", "Pre", "Textarea", "Upload", "Store"})
CODES = frozenset({"code", "pre", "textarea", "kbd"})
# What Dash keeps in a component beside its properties.
INTERNES = frozenset(vars(html.Div()).keys() - {"children"})


class Courbee(Balise):
    """A tree that is curly already; several pages may hold it, and none changes it."""


def courber(noeud: Any) -> Any:  # noqa: ANN401 - what a component may hold
    """Return what a page holds as plain data, its apostrophes curly; nothing changes in place."""
    if isinstance(noeud, str):
        return apostropher(noeud)
    if noeud is None or isinstance(noeud, Courbee):
        return noeud
    if isinstance(noeud, Balise):
        return noeud if noeud[0] in CODES else _courber_balise(noeud)
    if isinstance(noeud, Component):
        return _ecrire(noeud)
    if isinstance(noeud, Sequence):
        return [courber(un) for un in noeud]
    return noeud


def _courber_balise(une: Balise) -> Balise:
    lus = {
        cle: apostropher(valeur) if "'" in valeur and cle in LUS else valeur
        for cle, valeur in une[1].items()
    }
    courbee = Balise([une[0], lus])
    for fils in une[2:]:
        if type(fils) is str:  # most of them
            courbee.append(apostropher(fils) if "'" in fils else fils)
        else:
            courbee.append(courber(fils))
    return courbee


def _ecrire(un: Component) -> dict[str, Any]:
    genre = un._type  # noqa: SLF001 - Dash's own name of it
    proprietes = {
        nom: valeur
        for nom, valeur in vars(un).items()
        if nom not in INTERNES and not nom.startswith("_")
    }
    if genre not in TELS_QUELS and genre.lower() not in CODES:
        for nom in LUS.intersection(proprietes):
            proprietes[nom] = courber(proprietes[nom])
    if genre == "AgGrid":
        proprietes["columnDefs"] = [_courber_colonne(une) for une in proprietes["columnDefs"]]
    return {"props": proprietes, "type": genre, "namespace": un._namespace}  # noqa: SLF001


def _courber_colonne(une: dict[str, Any]) -> dict[str, Any]:
    """Return a column of a grid, or a group of them."""
    lue = {nom: courber(valeur) if nom in TITRES else valeur for nom, valeur in une.items()}
    if "children" in une:
        lue["children"] = [_courber_colonne(enfant) for enfant in une["children"]]
    return lue
