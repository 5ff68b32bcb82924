"""Méthode et limites: perimeter, definitions, breaks in series, what cannot be said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.lecture.guichets import compter_guichets, guichets
from infocentre.lecture.indicateurs import habitudes_changees, saisies_tardives
from infocentre.lecture.livraisons import resume
from infocentre.lecture.tableaux import LigneTableau
from infocentre.mesures.lignes_tableaux import DelaiAnormal, LogementDabord
from infocentre.noyau.francais import minuscule
from infocentre.restitutions.bilan import comparaisons
from infocentre.restitutions.bilan.absences import Cause
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.flux import du_semestre
from infocentre.restitutions.bilan.publics import dire_doute, doutes
from infocentre.restitutions.document import Section
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import connu

ZONAGE = "QPV, géographie de 2024"


@dataclass(frozen=True)
class Methode(Contenu):
    """What the figures of a month rest on; counts of the delivery None when it is not known.

    `court` leaves out definitions and breaks in series; `absents` holds the titles of the tables
    without a row, by cause (Cause.name); `cases` counts the cells of the standard tables, of which
    `masquees` are hidden.
    """

    modele = "bilan/methode.md"

    court: bool
    annuel: bool
    arrete: dt.date
    departement: str
    territoire: str
    guichets: int
    zonage: str
    lues: int | None
    rejetees: int | None
    provisoire: str
    mois: str
    mois_avant: str
    compare: bool
    flux_compares: bool
    absents: dict[str, list[str]]
    delai_non_fixe: bool
    logement_non_fixe: bool
    douteux: list[str]
    tardives: bool
    habitudes_changees: bool
    sans_reference: bool
    masquees: int
    cases: int


def chapitre(ctx: Contexte, *, court: bool = False) -> Section:
    """Return the chapter; a short one has neither definitions nor breaks in series."""
    e = ctx.edition
    livraison = e.v.version.publiee(e.departement, ctx.mois)
    dit = resume(e.v, livraison) if livraison else None
    delai, logement = ctx.lire(DelaiAnormal), ctx.lire(LogementDabord)
    lus = ctx.tous() if ctx.partage else []
    masquees = sum(lu.masquees or 0 for lu in lus)
    return Methode(
        court=court,
        annuel=ctx.annuel,
        arrete=ctx.arrete,
        departement=e.departement.removeprefix("0"),
        territoire=e.territoire,
        guichets=compter_guichets(guichets(e.v, e.filtres)).ouverts,
        zonage=ZONAGE,
        lues=dit["lues"] if dit else None,
        rejetees=dit["rejetees"] if dit else None,
        provisoire=e.provisoire,
        mois=ctx.mois,
        mois_avant=ctx.mois_avant,
        compare=ctx.compare,
        flux_compares=not court and du_semestre(ctx).compare,
        absents=_absents(ctx),
        delai_non_fixe=bool(delai.lignes) and delai.ensemble.get("delai_mois") is None,
        logement_non_fixe=bool(logement.lignes)
        and logement.ensemble.get("objectif_annuel") is None,
        douteux=[dire_doute(une) for une in doutes(ctx)],
        tardives=bool(saisies_tardives(e.v, e.departement, ctx.mois)),
        habitudes_changees=bool(habitudes_changees(e.v, e.departement, ctx.mois)),
        sans_reference=not comparaisons.connues(e),
        masquees=masquees,
        cases=masquees + sum(_nombres(lu.lignes) for lu in lus),
    ).section()


def _absents(ctx: Contexte) -> dict[str, list[str]]:
    """Return apart what was not delivered, not counted yet, what did not happen."""
    absences = ctx.absences()
    return {
        cause.name: [minuscule(une.tableau.titre) for une in absences if une.cause is cause]
        for cause in Cause
    }


def _nombres(lignes: Sequence[LigneTableau]) -> int:
    return sum(isinstance(v, int) and connu(v) is not None for une in lignes for v in une.values())
