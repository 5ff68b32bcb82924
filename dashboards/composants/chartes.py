"""Where an organisme stands with the charters in force, on its page."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.affaires import face
from dashboards.composants.elements import lien
from dashboards.composants.listes import liste
from dashboards.page import Contexte
from infocentre.lecture.chartes import ADHESIONS, PROCEDURE, en_vigueur, positions
from infocentre.noyau.erreurs import Refus


def engagements(c: Contexte, organisme: str) -> html.Div | None:
    """Return its commitments, a table a charter; None while none is in force, or is not theirs."""
    try:
        if face(c.v, ADHESIONS).comptes_seuls:
            return None
    except Refus:
        return None
    blocs: list[Any] = [
        liste(
            ("Code", "Engagement", "Où en est-il"),
            [[un.engagement.code, un.engagement.texte, un.dit] for un in une.tenues],
            f"{charte.titre}, version {charte.numero} : {une.adhesion}",
        )
        for charte in en_vigueur(c.v, c.filtres.departement)
        for une in positions(c.v, c.filtres.departement, charte, organisme)
    ]
    if not blocs:
        return None
    vers = c.filtres.lien(f"/affaires/{PROCEDURE}")
    tete = [html.H2("Chartes", className="fr-h5"), html.P(lien("Toutes les chartes", vers))]
    return html.Div([*tete, *blocs])
