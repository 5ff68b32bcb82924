"""A chart on the screen: its picture that one can question, and the table of the same numbers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from dash import ALL, ClientsideFunction, Input, Output, clientside_callback, dcc, html

from dashboards.composants.elements import attributs, lien, repli
from infocentre.graphiques.descriptions import Carte, Description, Table
from infocentre.graphiques.plotly import hauteur, plotly
from infocentre.graphiques.svg import Format, svg
from infocentre.noyau.francais import slug

DONNEES = "Voir les données"
PETITE = 110
CONFIG: Any = {
    "locale": "fr",
    "displaylogo": False,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"],
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
    petit: bool = False,
) -> html.Figure:
    """Return a chart, what is told to who cannot see it, and its table folded under it.

    `nom` tells it from another of the same title on the page. `table` replaces the one that is
    derived from the description, `sans_table` says that the page shows the same numbers beside;
    `petit` is one of many small ones, whose table stands elsewhere.
    """
    role = attributs(aria_label=d.dite)
    dessous = table_de(d) if table is None else table
    return html.Figure(
        [
            html.Div(_tracer(d, nom or slug(d.titre), petit=petit), role="group", **role),
            None if petit or sans_table else repli(DONNEES, dessous),
        ],
        className="graphique",
    )


def _tracer(d: Description, nom: str, *, petit: bool) -> dcc.Graph:
    """Return the picture at its height, so that nothing moves when it comes."""
    config = CONFIG | {"toImageButtonOptions": CONFIG["toImageButtonOptions"] | {"filename": nom}}
    place: dict[str, Any] = {"height": f"{PETITE if petit else hauteur(d)}px"}
    if isinstance(d, Carte):
        place = {"aspectRatio": f"{d.fond.largeur:.0f} / {d.fond.hauteur + 60:.0f}"}
    return dcc.Graph(
        id={"type": "graphique", "nom": nom},
        figure=plotly(d, petit=petit),
        config=config | ({"displayModeBar": False} if petit else {}),
        responsive=True,
        style=place,
    )


def table_de(d: Description) -> html.Div:
    """Return the numbers of a chart as a table, its rows leading where its marks lead."""
    lue: Table = d.table()
    lignes = [
        html.Tr(
            [
                html.Th(lien(nom, vers) if vers else nom, scope="row"),
                *(html.Td(cellule, className="nombre") for cellule in cellules),
            ]
        )
        for (nom, *cellules), vers in zip(lue.lignes, lue.liens, strict=True)
    ]
    entete = html.Thead(html.Tr([html.Th(un, scope="col") for un in lue.colonnes]))
    return html.Div(
        html.Table([html.Caption(d.titre), entete, html.Tbody(lignes)]),
        className="tableau",
        tabIndex="0",
        role="region",
        **attributs(aria_label=d.titre),
    )


def vignette(d: Description, largeur: float, hauteur_: float) -> html.Img:
    """Return a chart too small to be questioned, as an image: nothing is loaded to draw it."""
    dessin = svg(d, Format(largeur, hauteur_, petit=True))
    return html.Img(
        src=f"data:image/svg+xml,{quote(dessin)}", alt=d.dite, width=largeur, height=hauteur_
    )
