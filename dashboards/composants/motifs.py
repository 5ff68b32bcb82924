"""What a month's delivery does not let be calculated, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dash import html
from dash.development.base_component import Component

from dashboards.composants.elements import lien, typographie
from dashboards.page import Contexte
from infocentre.catalogue import Indicateur
from infocentre.lecture.commun import motifs
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import minuscule


def non_calculables(c: Contexte, parmi: Sequence[Indicateur]) -> html.Div | None:
    """Return the indicators that are not calculable this month, by the reason that they share."""
    connus = motifs(c.v, c.filtres.departement, c.filtres.mois)
    par_motif: dict[str, list[Indicateur]] = {}
    for un in parmi:
        if un.code in connus:
            par_motif.setdefault(connus[un.code], []).append(un)
    if not par_motif:
        return None
    points = [
        html.Li([typographie(f"{dit} : "), *_liens(c, siens)]) for dit, siens in par_motif.items()
    ]
    return html.Div(
        [html.P("Non calculables ce mois-ci (n.c.) :"), html.Ul(points)],
        className="non-calculables",
    )


def _liens(c: Contexte, siens: Sequence[Indicateur]) -> Iterator[str | Component]:
    for rang, un in enumerate(siens):
        yield ", " if rang else ""
        yield lien(minuscule(un.libelle), c.filtres.lien(f"/indicateurs/{un.code}"))


def motif_du_role(c: Contexte, role: Role) -> str | None:
    """Return why the table of a role is not calculable this month, None when nothing says so."""
    connus = motifs(c.v, c.filtres.departement, c.filtres.mois)
    return connus.get(tableaux().code(role))


def motif(c: Contexte, code: str) -> str:
    """Return why an indicator or a table is not calculable this month, in a sentence's end."""
    inconnu = "la livraison de ce mois n'apporte pas tout ce qu'il faut pour le calculer"
    return motifs(c.v, c.filtres.departement, c.filtres.mois).get(code, inconnu)
