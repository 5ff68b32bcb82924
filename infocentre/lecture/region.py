"""A region in one page: départements side by side, what they have together, EPCI of several."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import cast

from infocentre.acces.perimetre import TOUS
from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import departements, mois_controles, par_version
from infocentre.lecture.ensembles import Reunion, ensemble_de, regions, reunir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.sommes import (
    Comparee,
    additionner,
    comparer,
    refaire_les_epcis,
    sommer_tableau,
)
from infocentre.lecture.tableaux import TableauDe, lire_tableau, trouver
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import Territoires
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.francais import clef_de_tri

ENSEMBLE = "*"
Chiffre = object  # a count, a ratio, MASQUE, or None


@dataclass(frozen=True, slots=True)
class Grandeur:
    """A figure of standard tables: the role of its table, its row, its column."""

    titre: str
    role: Role
    ligne: Mapping[str, str]
    colonne: str


GRANDEURS = (
    Grandeur("Demandes actives", "evolution", {"code": "ACTIVES", "fenetre": "arrete"}, "total"),
    Grandeur(
        "Demandes déposées en 12 mois",
        "evolution",
        {"code": "DEPOTS", "fenetre": "12_mois"},
        "total",
    ),
    Grandeur(
        "Demandes radiées en 12 mois",
        "evolution",
        {"code": "RADIATIONS", "fenetre": "12_mois"},
        "total",
    ),
    Grandeur("Attributions en 12 mois", "attributions", {"code": ENSEMBLE}, "total"),
    Grandeur(
        "Demandes pour une attribution",
        "attributions",
        {"code": ENSEMBLE},
        "demandes_pour_une_attribution",
    ),
)


def suivies(epci: str = "") -> tuple[Grandeur, ...]:
    """Return the figures that are shown of départements, or of an EPCI that lies in several."""
    if not epci:
        return GRANDEURS
    colonnes = {
        "Demandes actives": "demandes_actives",
        "Attributions en 12 mois": "attributions",
        "Demandes pour une attribution": "demandes_pour_une_attribution",
    }
    return tuple(
        Grandeur(titre, "territoires", {"code": epci}, nom) for titre, nom in colonnes.items()
    )


@dataclass(frozen=True, slots=True)
class EpciPartage:
    """An EPCI of several départements: those that are there, those that are not, its row."""

    nom: str
    presents: tuple[str, ...]
    absents: tuple[str, ...]
    ligne: Territoires


@dataclass(frozen=True, slots=True)
class Region:
    """Départements side by side.

    `lieux`: each département and the month that is shown of it, its last one where it has not that
    of the `reunion`; `grandeurs`, by title: of each département, and of ENSEMBLE.
    """

    reunion: Reunion
    lieux: tuple[tuple[str, str], ...]
    comparees: Sequence[Comparee]
    grandeurs: Mapping[str, Mapping[str, Chiffre]]
    par_epci: TableauDe[Territoires]

    @property
    def epcis(self) -> list[EpciPartage]:
        """The EPCI of several départements."""
        return partages(self.par_epci, self.reunion)

    def decale(self, mois: str) -> bool:
        """Tell whether a month is not that of what is summed."""
        return mois != self.reunion.mois


def choix(v: Lecture) -> dict[str, str]:
    """Return {code: name} of what may be seen together: regions, then TOUS when it is another."""
    noms = regions(v)
    vus = departements(v)
    une_seule = len(noms) == 1 and set(vus) <= set(
        ensemble_de(v, region=next(iter(noms))).departements
    )
    return noms if une_seule or len(vus) < 2 else noms | {TOUS: "Tous les départements"}  # noqa: PLR2004


def mois_de(v: Lecture, code: str) -> list[str]:
    """Return the months that a département of what is seen together has, oldest first."""
    un = ensemble_de(v, region=code)
    ici = [d for d in departements(v) if d in un.departements]
    return sorted({mois for d in ici for mois in mois_controles(v, d)})


@par_version
def lire_region(v: Lecture, code: str, mois: str | None) -> Region:
    """Return what is shown of a region, or of TOUS, at a month, the last that all have by default.

    Raises:
        Refus: there is no such region, or month, or the reader sees fewer than two départements.
    """
    reunion = reunir(v, ensemble_de(v, region=code), mois)
    lieux = _lieux(v, reunion)
    return Region(
        reunion, lieux, comparer(v, lieux), grandeurs(v, reunion, lieux), par_epci(v, reunion)
    )


def _lieux(v: Lecture, reunion: Reunion) -> tuple[tuple[str, str], ...]:
    """Return each département that has a month up to that of the reunion, with the last of them."""
    avant = {
        d: max((m for m in mois_controles(v, d) if m <= reunion.mois), default="")
        for d in reunion.ensemble.departements
        if d in departements(v)
    }
    return tuple((d, m) for d, m in sorted(avant.items()) if m)


def grandeurs(
    v: Lecture, reunion: Reunion, lieux: Sequence[tuple[str, str]], *, partage: bool = False
) -> dict[str, dict[str, Chiffre]]:
    """Return the `suivies` by title: of each département at its month, and of ENSEMBLE."""
    lus: dict[str, dict[str, Chiffre]] = {}
    for une in suivies(reunion.ensemble.epci):
        tables = {d: lire_tableau(v, une.role, d, m, partage=partage) for d, m in lieux}
        tables[ENSEMBLE] = sommer_tableau(v, reunion, une.role, partage=partage).tableau
        lus[une.titre] = {d: _chiffre(une, list(lu.lignes)) for d, lu in tables.items()}
    return lus


def _chiffre(une: Grandeur, lignes: Sequence[Mapping[str, object]]) -> Chiffre:
    trouvees = (
        ligne[une.colonne]
        for ligne in lignes
        if all(ligne[nom] == valeur for nom, valeur in une.ligne.items())
    )
    return next(trouvees, None)


def par_epci(v: Lecture, reunion: Reunion, *, partage: bool = False) -> TableauDe[Territoires]:
    """Return what every EPCI has in départements together, a row each."""
    lus = [lire_tableau(v, Territoires, d, m, partage=partage) for d, m in reunion.lieux]
    parts = []
    for lu in lus:
        siennes = [dict(une) for une in lu.lignes]
        refaire_les_epcis(trouver("territoires"), siennes)
        parts.append([une for une in siennes if une["niveau"] == "epci"])
    lignes = additionner(trouver("territoires"), [siennes for siennes in parts if siennes])
    masquees = sum(un == MASQUE for une in lignes for un in une.values())
    return TableauDe(
        trouver("territoires"),
        "+".join(reunion.presents),
        reunion.mois,
        cast("list[Territoires]", lignes),
        seuil_secret(v),
        masquees if any(lu.partage for lu in lus) else None,
    )


def partages(lu: TableauDe[Territoires], reunion: Reunion) -> list[EpciPartage]:
    """Return the EPCI of several départements, each whole as far as these are there, by name."""
    etendues = _etendues()
    trouves = [
        EpciPartage(
            une["libelle"],
            tuple(d for d in etendues[une["code"]] if d in reunion.presents),
            tuple(d for d in etendues[une["code"]] if d not in reunion.presents),
            une,
        )
        for une in lu.lignes
        if une["code"] in etendues
    ]
    return sorted(trouves, key=lambda un: clef_de_tri(un.nom))


@functools.cache
def _etendues() -> Mapping[str, tuple[str, ...]]:
    """Return {EPCI: its départements} of those that have several."""
    paires = sorted({(un.epci, un.departement) for un in territoires().values() if un.actuelle})
    par_epci = {epci: tuple(d for _, d in siens) for epci, siens in groupby(paires, itemgetter(0))}
    return {epci: siens for epci, siens in par_epci.items() if epci and len(siens) > 1}
