"""What a month's delivery does not let be calculated, and why."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboards.composants.elements import lien, typographie
from dashboards.page import Contexte
from infocentre.catalogue import Indicateur
from infocentre.lecture.commun import motifs
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux


def non_calculables(c: Contexte, parmi: Sequence[Indicateur]) -> html.Div | None:
    """Return the indicators that are not calculable this month, each with its reason."""
    connus = motifs(c.v, c.filtres.departement, c.filtres.mois)
    absents = [un for un in parmi if un.code in connus]
    if not absents:
        return None
    return html.Div(
        [
            html.P("Non calculables ce mois-ci (n.c.) :"),
            html.Ul(
                [
                    html.Li(
                        [
                            lien(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")),
                            typographie(f" : {connus[un.code]}"),
                        ]
                    )
                    for un in absents
                ]
            ),
        ],
        className="non-calculables",
    )


def motif_du_role(c: Contexte, role: Role) -> str | None:
    """Return why the table of a role is not calculable this month, None when nothing says so."""
    connus = motifs(c.v, c.filtres.departement, c.filtres.mois)
    return connus.get(tableaux().code(role))


def motif(c: Contexte, code: str) -> str:
    """Return why an indicator or a table is not calculable this month, in a sentence's end."""
    inconnu = "la livraison de ce mois n'apporte pas tout ce qu'il faut pour le calculer"
    return motifs(c.v, c.filtres.departement, c.filtres.mois).get(code, inconnu)
