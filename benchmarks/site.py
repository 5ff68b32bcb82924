"""The static site of a large publication: 1 000 pages and their data, without what masks them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, chronometrer
from infocentre.contrat.territoires import Territoire, territoires
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import fin_de_mois, mois_apres
from infocentre.restitutions.ouvert import site
from infocentre.restitutions.ouvert.cellules import THEMES, TOUT, Cellule
from infocentre.restitutions.ouvert.paquet import Paquet
from infocentre.restitutions.ouvert.publications import Publication

PAGES, SECONDES = 1_000, 60.0
MOIS = list(itertools.accumulate(range(24), lambda un, _: mois_apres(un), initial="2024-10"))
MESURES = {
    "communes_souhaitees": ("total", "mutations", "hors_mutation"),
    "territoires": ("attributions", "demandes_actives", "demandes_pour_une_attribution"),
}


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Write the site of as many communes as make 1 000 pages with their EPCI."""
    cellules = list(_cellules())
    themes: dict[str, list[Cellule]] = {un.nom: [] for un in THEMES} | {
        "demandes-actives": cellules
    }
    publication = Publication(1, "2026-11-05", 11, dict.fromkeys(MOIS, ""))
    publie = Paquet("013", tuple(MOIS), 11, "", themes, (), (), (), (publication,))
    (cible := atelier / "site").mkdir()
    secondes = chronometrer(lambda: site.ecrire(publie, cible))
    pages = len(list(cible.rglob("*.html")))
    yield Mesure("pages", pages, "")
    yield Mesure("cells", len(cellules), "")
    yield Mesure("1 000 pages", secondes * PAGES / pages, "s", SECONDES)


def _cellules() -> Iterator[Cellule]:
    yield from _lieu("departement", "13", "Bouches-du-Rhône")
    epcis: dict[str, str] = {}
    communes: list[Territoire] = []
    for un in territoires().values():
        if len(communes) + len(epcis) >= PAGES - 2:
            break
        if un.actuelle and un.epci:
            communes.append(un)
            epcis[un.epci] = un.epci_nom
    for code, nom in epcis.items():
        yield from _lieu("epci", code, nom)
    for un in communes:
        yield from _lieu("commune", un.code, un.nom)


def _lieu(niveau: str, code: str, nom: str) -> Iterator[Cellule]:
    for rang, mois in enumerate(MOIS):
        arrete = fin_de_mois(mois).isoformat()
        for role, mesures in MESURES.items():
            tableau = tableaux().par_role[role].code  # type: ignore[index]
            ici = ("13", mois, arrete, tableau, niveau, code, nom, TOUT, "*", "Ensemble", "*", "")
            for mesure in mesures:
                yield Cellule(*ici, mesure, 100 + rang, None)
