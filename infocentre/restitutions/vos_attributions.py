"""« Vos attributions »: what a bailleur attributed, beside what the law asks of it.

Its own counts, whole; of the others, only what the public bilan prints.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from infocentre.lecture.tableaux import LigneTableau, TableauLu
from infocentre.lecture.tableaux_propres import (
    des_bailleurs,
    tableaux_des_bailleurs,
    tableaux_propres,
)
from infocentre.mesures.declarations import Role
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.publics import EN_QPV, HORS_QPV
from infocentre.restitutions.document import Bloc, Cellule, Section, Tableau
from infocentre.restitutions.images import Legende, part_et_compte
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import ENSEMBLE, cellule, imprimer

LUS: tuple[Role, ...] = (
    "attributions",
    "delais",
    "prioritaires",
    "mixite_hors_qpv",
    "mixite_en_qpv",
    "logement_dabord",
)
NON_RESERVE = "AUCUN"


@dataclass(frozen=True, slots=True)
class Obligation:
    """A share that the law asks of attributions: `role`, row and columns of its standard table."""

    nom: str
    role: Role
    ligne: str
    voulues: str
    total: str
    part: str


OBLIGATIONS = (
    Obligation(
        "Ménages prioritaires, logements non réservés (CCH L.441-1)",
        "prioritaires",
        NON_RESERVE,
        "prioritaires",
        "attributions",
        "part_prioritaires",
    ),
    *(
        Obligation(cote.titre, cote.role, ENSEMBLE, cote.voulues, cote.total, "part_du_total")
        for cote in (HORS_QPV, EN_QPV)
    ),
)


@dataclass(frozen=True, slots=True)
class Bilan:
    """What a bailleur attributed in 12 months; a figure is None when the delivery does not tell."""

    total: float
    mutations: float | None
    avant: float | None
    logement_dabord: float | None
    median: float | None
    median_avant: float | None
    obligations: Tableau
    sous: list[str]
    image: Bloc
    reservataires: Tableau
    hors_qpv: Tableau
    en_qpv: Tableau
    delais: Tableau


@dataclass(frozen=True)
class VosAttributions(Contenu):
    """What the section says; `bilan` is None when no attribution is known as theirs."""

    modele = "bilan/vos_attributions.md"

    arrete: dt.date
    sirens: list[str]
    absence: Bloc | None
    bilan: Bilan | None
    median_departement: float | None


def section(ctx: Contexte, bailleurs: Collection[str]) -> Section:
    """Return what a bailleur (its SIREN, or several) attributed in the 12 months of the bilan."""
    absences = [dite for role in LUS if (dite := ctx.manque(role))]
    return VosAttributions(
        arrete=ctx.arrete,
        sirens=sorted(bailleurs),
        absence=absences[0] if absences else None,
        bilan=None if absences else _bilan(ctx, frozenset(bailleurs)),
        median_departement=valeur(ctx.lire("delais").ensemble, "delai_median_mois"),
    ).section()


def _lire(ctx: Contexte, bailleurs: frozenset[str], mois: str) -> Mapping[Role, TableauLu]:
    e = ctx.edition
    siren, *autres = bailleurs
    de_chacun = {} if autres else tableaux_des_bailleurs(e.v, e.departement, mois, LUS)
    return de_chacun.get(siren) or tableaux_propres(
        e.v, e.departement, mois, des_bailleurs(bailleurs), LUS
    )


def _bilan(ctx: Contexte, bailleurs: frozenset[str]) -> Bilan | None:
    siens = _lire(ctx, bailleurs, ctx.mois)
    tout = siens["attributions"].ensemble
    total = valeur(tout, "total")
    if not total:
        return None
    avant = _lire(ctx, bailleurs, ctx.mois_avant) if ctx.compare else {}
    passe = avant["attributions"].ensemble if avant else {}
    obligations = _obligations(ctx, siens, avant)
    reservataires = _imprimer(siens, avant, "prioritaires")
    return Bilan(
        total,
        valeur(tout, "mutations"),
        valeur(passe, "total"),
        valeur(siens["logement_dabord"].ensemble, "attributions_12_mois"),
        valeur(siens["delais"].ensemble, "delai_median_mois"),
        valeur(avant["delais"].ensemble, "delai_median_mois") if avant else None,
        obligations,
        [une.nom for une in OBLIGATIONS if _manquantes(_ligne(siens, une), une)],
        part_et_compte(
            [une for une in siens["prioritaires"].modalites if une["attributions"]],  # type: ignore[misc]
            Legende("vos-prioritaires", "Part des ménages prioritaires, par réservataire", ""),
            reservataires,
            ("part_prioritaires", "prioritaires", "attributions"),
            siens["prioritaires"].ensemble.get("objectif"),  # type: ignore[arg-type]
        ),
        reservataires,
        _imprimer(siens, avant, "mixite_hors_qpv"),
        _imprimer(siens, avant, "mixite_en_qpv"),
        _imprimer(siens, avant, "delais"),
    )


def _imprimer(
    siens: Mapping[Role, TableauLu], avant: Mapping[Role, TableauLu], role: Role
) -> Tableau:
    """Return a table as the bilan prints it; its figures are of no published table."""
    table = imprimer(siens[role], None, avant.get(role))
    lignes = tuple(tuple(replace(case, origine=None) for case in une) for une in table.lignes)
    return replace(table, cle=f"vos-{table.cle}", titre="", lignes=lignes)


def _ligne(lus: Mapping[Role, TableauLu], une: Obligation) -> LigneTableau:
    return ligne(lus.get(une.role), une.ligne)


def _manquantes(ici: LigneTableau, une: Obligation) -> float | None:
    """Return how many attributions more the objective asks for, None when there is none."""
    objectif, total, voulues = (valeur(ici, nom) for nom in ("objectif", une.total, une.voulues))
    if objectif is None or not total or voulues is None:
        return None
    return max(math.ceil(objectif * total - 1e-9) - voulues, 0)


def _obligations(
    ctx: Contexte, siens: Mapping[Role, TableauLu], avant: Mapping[Role, TableauLu]
) -> Tableau:
    colonnes = entetes.colonnes(
        "vos-obligations",
        "obligation",
        "voulues",
        "total",
        "part",
        "objectif",
        "manquantes",
        "avant",
        "departement",
    )
    corps = []
    for une in OBLIGATIONS:
        ici, passee = _ligne(siens, une), _ligne(avant, une)
        departement = ligne(ctx.lire(une.role), une.ligne)
        corps.append(
            (
                Cellule(une.nom),
                Cellule(ici.get(une.voulues, 0)),  # type: ignore[arg-type]
                Cellule(ici.get(une.total, 0)),  # type: ignore[arg-type]
                Cellule(valeur(ici, une.part)),
                Cellule(valeur(ligne(siens[une.role], ENSEMBLE), "objectif")),
                Cellule(_manquantes(ici, une)),
                Cellule(valeur(passee, une.part)),
                cellule(ctx.lire(une.role), departement, une.part),
            )
        )
    return Tableau("vos-obligations", "", colonnes, tuple(corps))
