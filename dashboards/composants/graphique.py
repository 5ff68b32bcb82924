"""A chart on the screen: its picture that one can question, and the table of the same numbers."""

from __future__ import annotations

import functools
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, clientside_callback, dcc, html

from dashboards.composants.apostrophes import Courbee, courber
from dashboards.composants.balises import balise, bloc, lire
from dashboards.composants.elements import attributs, repli
from dashboards.composants.listes import region
from dashboards.composants.natifs import Bloc
from infocentre.graphiques.descriptions import Carte, Courbe, Description, Table, dire_repere
from infocentre.graphiques.plotly import hauteur, plotly
from infocentre.graphiques.svg import Format, svg
from infocentre.noyau.francais import slug

DONNEES = "Voir les données"
CARTE_MIN = 380  # pixels: a map on a telephone, under its key
CARTE_MAX = 720  # a map higher than wide is seen whole on a screen
CONFIG: Any = {
    "locale": "fr",
    "displaylogo": False,
    "plotlyServerURL": "",
    # Each is a stop of Tab: what a drag does, and what the table below says, needs none.
    "modeBarButtons": [["toImage", "resetScale2d"]],
    "toImageButtonOptions": {"format": "png", "scale": 2},
    "doubleClick": "reset",  # codespell:ignore
    "showTips": False,
}

clientside_callback(
    ClientsideFunction("graphiques", "ouvrir"),
    Output("adresse", "href", allow_duplicate=True),
    Input({"type": "graphique", "nom": ALL}, "clickData"),
    prevent_initial_call=True,
)


def graphique(
    d: Description,
    *,
    nom: str = "",
    table: Any = None,  # noqa: ANN401 - any component
    sans_table: bool = False,
) -> html.Figure:
    """Return a chart, what is told to who cannot see it, and its table folded under it.

    `nom` tells it from another of the same title on the page. `table` replaces the one that is
    derived from the description, `sans_table` says that the page shows the same numbers beside.
    """
    dessous = table_de(d) if table is None else table
    return html.Figure(
        [
            html.Div(
                _tracer(d, nom or slug(d.titre)),
                className="trace",
                style=_place(d),
                role="group",
                **attributs(aria_label=d.dite),
            ),
            *_reperes(d),
            None if sans_table else repli(DONNEES, dessous),
        ],
        className="graphique",
    )


def _reperes(d: Description) -> list[html.Ol]:
    """Return what the numbers above a curve stand for."""
    if not isinstance(d, Courbe) or not d.reperes:
        return []
    return [html.Ol([html.Li(dire_repere(un)) for un in d.reperes], className="reperes")]


def _place(d: Description) -> dict[str, str]:
    """Return the room that a picture takes, before it comes too: nothing moves when it does."""
    if not isinstance(d, Carte):
        return {"height": f"{hauteur(d)}px"}
    large, haute = d.fond.largeur, d.fond.hauteur + 90
    return {
        "aspectRatio": f"{large:.0f} / {haute:.0f}",
        "minHeight": f"{CARTE_MIN}px",
        "width": "100%",
        "maxWidth": f"{CARTE_MAX * large / haute:.0f}px",
    }


def _tracer(d: Description, nom: str) -> dcc.Graph:
    config = CONFIG | {"toImageButtonOptions": CONFIG["toImageButtonOptions"] | {"filename": nom}}
    return dcc.Graph(
        id={"type": "graphique", "nom": nom},
        figure=plotly(d),
        config=config,
        responsive=True,
        style={"position": "absolute", "inset": "0", "height": "100%"},
    )


def table_de(d: Description) -> Bloc:
    """Return the numbers of a chart as a table, its rows leading where its marks lead."""
    lue: Table = d.table()
    lignes = [
        balise(
            "tr",
            balise("th", balise("a", nom, href=vers) if vers else nom, scope="row"),
            [balise("td", cellule, class_="nombre") for cellule in cellules],
        )
        for (nom, *cellules), vers in zip(lue.lignes, lue.liens, strict=True)
    ]
    entete = balise("tr", [balise("th", un, scope="col") for un in lue.colonnes])
    table = balise(
        "table",
        balise("caption", d.titre),
        balise("thead", entete),
        balise("tbody", lignes),
    )
    return region(table, d.titre)


def vignette(d: Description, largeur: float, hauteur_: float) -> html.Figure:
    """Return a chart too small to be questioned, drawn as on paper: nothing is loaded for it."""
    return html.Figure(bloc(_dessiner(d, largeur, hauteur_)), className="graphique")


@functools.lru_cache(512)
def _dessiner(d: Description, largeur: float, hauteur_: float) -> Courbee:
    """Return a small chart as a tree: the same one is drawn once, whoever looks at it."""
    dessin = lire(svg(d, Format(largeur, hauteur_, petit=True)))
    return Courbee(courber(balise("div", dessin, role="img", aria_label=d.dite)))
