"""Whose counts have those that no EPCI is known for: demandes, attributions, or both."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

import pytest

from infocentre.mesures.partage import _nommer_fusion
from infocentre.mesures.plans import Fusion
from infocentre.mesures.tableaux import tableaux
from infocentre.restitutions import bilan
from infocentre.restitutions.bilan import territoires
from infocentre.restitutions.bilan.territoires import Epci, LesTerritoires
from infocentre.restitutions.lecture import Edition

ROQUE = Epci("200000001", "CC de Roque", frozenset())


def row(joints: str = "", role: str = "territoires") -> Any:
    """The row of an EPCI once NR has joined it for a column, as what is shared names it."""
    lignes = [
        {"code": ROQUE.code, "libelle": ROQUE.nom},
        {"code": "NR", "libelle": "Commune non renseignée"},
    ]
    if not joints:
        return lignes[0]
    plan = tableaux().du_role(cast("Any", role)).plan
    return lignes[0] | {"libelle": _nommer_fusion(lignes, Fusion(0, (1,), (joints,)), plan)}


def test_what_is_joined_is_of_demandes_or_of_attributions() -> None:
    seule = row()
    assert territoires._jointes(ROQUE, seule, seule, seule) == ()
    assert territoires._jointes(ROQUE, seule, row("attributions"), seule) == ("attributions",)
    assert territoires._jointes(ROQUE, seule, row("demandes_actives"), seule) == ("demandes",)
    hors_qpv = row("attributions_hors_qpv", "mixite_hors_qpv")
    assert territoires._jointes(ROQUE, seule, seule, hors_qpv) == ("attributions",)
    assert territoires._jointes(ROQUE, row("total", "communes_souhaitees"), seule, hors_qpv) == (
        "demandes",
        "attributions",
    )
    assert territoires._jointes(ROQUE, cast("Any", {}), cast("Any", {}), cast("Any", {})) == ()


@pytest.mark.parametrize(
    ("jointes", "dit"),
    [
        ((), None),
        (("attributions",), "Les attributions comprennent celles dont la commune ou l'EPCI"),
        (("demandes", "attributions"), "Les demandes et les attributions comprennent celles"),
    ],
)
def test_the_page_of_an_epci_says_of_which(
    edition_demo: Edition, jointes: tuple[str, ...], dit: str | None
) -> None:
    ctx = bilan.Contexte(edition_demo, partage=False)
    une = territoires._page(ctx, territoires.epcis(ctx)[0], premiere=True)
    lue = LesTerritoires(None, ctx.arrete, ctx.seuil, [replace(une, jointes=jointes)]).section()
    texte = re.sub(r"[\u2019]", "'", str(lue))
    assert (dit in texte) if dit else ("comprennent" not in texte)
