"""What a test reads of a page: its text, its links, its components of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import dash
from dash import html
from dash._pages import _path_to_page
from dash.development.base_component import Component

from dashboards.composants.balises import Balise
from dashboards.composants.balises import html as html_de_l_arbre
from dashboards.composants.elements import Filtre
from dashboards.page import Vue


@dataclass(frozen=True)
class Ecran:
    """A page as the server made it."""

    racine: Any
    filtres: tuple[Filtre, ...] = ()

    @property
    def texte(self) -> str:
        """Text of the page but its filters, one space between the pieces."""
        return " ".join(" ".join(_textes(self.racine)).split())

    def filtre(self, nom: str) -> Filtre:
        """Return the filter of this parameter of the address."""
        return next(un for un in self.filtres if un.nom == nom)

    @property
    def liens(self) -> list[str]:
        """Addresses of the links, in the order of the page."""
        return [adresse for un in self.composants() for adresse in _adresses(un)]

    def composants(self, type_: str | None = None) -> list[Any]:
        """Return the components of a type ("AgGrid", "H1"), all of them by default."""
        return [un for un in _parcourir(self.racine) if type_ in {None, un._type}]

    def gestes(self) -> list[Any]:
        """Return the forms by which something is done of an affaire, as the page lays them out."""
        return [un for un in self.composants("Formulaire") if isinstance(un.id, dict)]

    def trouver(self, identifiant: str | dict[str, str]) -> Any:
        """Return the component that has this id."""
        return next(un for un in self.composants() if getattr(un, "id", None) == identifiant)


def dit_de(alerte: Any) -> str:
    """Return the first sentence of what a click says, of what it did or refuses."""
    return str(next(un.children for un in alerte._traverse() if isinstance(un, html.P)))


def ecrit(un: Any) -> str:
    """Return the tree of a component as HTML, nothing when it has none."""
    arbre = getattr(un, "arbre", None)
    return str(html_de_l_arbre(arbre)) if arbre else ""


def ouvrir(app: dash.Dash, adresse: str) -> Ecran:
    """Return the page at an address, made as a browser's request would."""
    morceaux = urlsplit(adresse)
    with app.server.test_request_context(adresse):
        page, variables = cast("Any", _path_to_page)(morceaux.path.strip("/"))
        vue = page["layout"](**(variables or {}), **dict(parse_qsl(morceaux.query)))
    if not isinstance(vue, Vue):
        return Ecran(vue)
    return Ecran(html.Div([vue.tete, vue.contenu]), (*vue.filtres, *vue.reglages))


def _parcourir(noeud: Any) -> Iterator[Any]:
    if isinstance(noeud, list | tuple):
        for enfant in noeud:
            yield from _parcourir(enfant)
    elif isinstance(noeud, Component):
        yield noeud
        yield from _parcourir(getattr(noeud, "children", None))


def _adresses(un: Component) -> Iterator[str]:
    if adresse := getattr(un, "href", None):
        yield adresse
    restent = [getattr(un, "arbre", None)]
    while restent:
        noeud = restent.pop(0)
        if isinstance(noeud, Balise):
            if noeud[0] == "a":
                yield noeud[1]["href"]
            restent = [*noeud[2:], *restent]


def _textes(noeud: Any) -> Iterator[str]:
    if isinstance(noeud, Balise):
        yield from _textes(noeud[2:])
    elif isinstance(noeud, list | tuple):
        for enfant in noeud:
            yield from _textes(enfant)
    elif isinstance(noeud, Component):
        yield from _textes(getattr(noeud, "children", None))
        yield from _textes(getattr(noeud, "arbre", None))
    elif noeud is not None:
        yield str(noeud)
