"""« Vos attributions » of a bailleur, « Votre contingent » of a réservataire, and what is asked.

Its own counts, whole; of the others, only what the public bilan prints.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from infocentre.lecture.reglages import objectifs_propres
from infocentre.lecture.tableaux import LigneTableau, TableauLu
from infocentre.lecture.tableaux_propres import (
    des_bailleurs,
    des_reservataires,
    tableaux_des_bailleurs,
    tableaux_propres,
)
from infocentre.mesures.declarations import Role
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.publics import EN_QPV, HORS_QPV
from infocentre.restitutions.document import Bloc, Cellule, Section, Tableau
from infocentre.restitutions.gestion_en_flux import RESERVATAIRES
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
LUS_DU_CONTINGENT: tuple[Role, ...] = (*LUS, "arrondissements")
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
# Of a réservataire, read in tables of its contingent alone.
DU_CONTINGENT = (
    replace(
        OBLIGATIONS[0],
        nom="Ménages prioritaires, DALO compris, sur votre contingent (CCH L.441-1, L.313-26-2)",
        ligne=ENSEMBLE,
    ),
)
# How tables of a month are read.
Lire = Callable[[str], Mapping[Role, TableauLu]]


@dataclass(frozen=True, slots=True)
class Bilan:
    """What was attributed in 12 months; a figure is None when the delivery does not tell.

    `jugees`: how many obligations there are attributions for, `sous`: those that are not met.
    """

    total: float
    mutations: float | None
    avant: float | None
    logement_dabord: float | None
    median: float | None
    median_avant: float | None
    obligations: Tableau
    jugees: int
    sous: list[str]
    image: Bloc
    reservataires: Tableau
    arrondissements: Tableau | None
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


@dataclass(frozen=True)
class VotreContingent(Contenu):
    """What the section says; `bilan` is None when no attribution is known on the contingent."""

    modele = "bilan/votre_contingent.md"

    arrete: dt.date
    contingent: str
    absence: Bloc | None
    bilan: Bilan | None
    median_departement: float | None


def section(ctx: Contexte, bailleurs: Collection[str]) -> Section:
    """Return what a bailleur (its SIREN, or several) attributed in the 12 months of the bilan."""
    absence = _absence(ctx, LUS)
    return VosAttributions(
        arrete=ctx.arrete,
        sirens=sorted(bailleurs),
        absence=absence,
        bilan=None
        if absence
        else _bilan(ctx, _des_bailleurs(ctx, bailleurs), OBLIGATIONS, _propres(ctx, bailleurs)),
        median_departement=_median(ctx.lire("delais").ensemble),
    ).section()


def contingent(ctx: Contexte, flux: str) -> Section:
    """Return what was attributed for a réservataire in the 12 months of the bilan."""
    absence, un = _absence(ctx, LUS_DU_CONTINGENT), RESERVATAIRES[flux]
    return VotreContingent(
        arrete=ctx.arrete,
        contingent=un.nom,
        absence=absence,
        bilan=None
        if absence
        else _bilan(ctx, _du_contingent(ctx, un.codes), DU_CONTINGENT, _propres(ctx, un.codes)),
        median_departement=_median(ctx.lire("delais").ensemble),
    ).section()


def _absence(ctx: Contexte, roles: Sequence[Role]) -> Bloc | None:
    """Return what is said in place of tables that cannot be counted, None when they can."""
    return next((dite for role in roles if (dite := ctx.manque(role))), None)


def _propres(ctx: Contexte, codes: Collection[str]) -> Mapping[str, float]:
    """Return the objectives of their own, by measure; none of several that are counted together."""
    un, *autres = codes
    e = ctx.edition
    return {} if autres else objectifs_propres(e.v, e.departement, e.mois, un)


def _median(ici: LigneTableau) -> float | None:
    return valeur(ici, "delai_median_mois")


def _des_bailleurs(ctx: Contexte, bailleurs: Collection[str]) -> Lire:
    siren, *autres = bailleurs
    e = ctx.edition

    def lire(mois: str) -> Mapping[Role, TableauLu]:
        de_chacun = {} if autres else tableaux_des_bailleurs(e.v, e.departement, mois, LUS)
        return de_chacun.get(siren) or tableaux_propres(
            e.v, e.departement, mois, des_bailleurs(bailleurs), LUS
        )

    return lire


def _du_contingent(ctx: Contexte, codes: Collection[str]) -> Lire:
    e, part = ctx.edition, des_reservataires(codes)
    return lambda mois: tableaux_propres(e.v, e.departement, mois, part, LUS_DU_CONTINGENT)


def _bilan(
    ctx: Contexte, lire: Lire, obligations: Sequence[Obligation], propres: Mapping[str, float]
) -> Bilan | None:
    siens = lire(ctx.mois)
    tout = siens["attributions"].ensemble
    total = valeur(tout, "total")
    if not total:
        return None
    avant = lire(ctx.mois_avant) if ctx.compare else {}
    passe = avant["attributions"].ensemble if avant else {}
    reservataires = _imprimer(siens, avant, "prioritaires")
    vises = {un: _objectif(siens, propres, un) for un in (une.role for une in obligations)}
    manquent = {
        une.nom: manque
        for une in obligations
        if (manque := _manquantes(_ligne(siens, une), une, vises[une.role])) is not None
    }
    return Bilan(
        total,
        valeur(tout, "mutations"),
        valeur(passe, "total"),
        valeur(siens["logement_dabord"].ensemble, "attributions_12_mois"),
        _median(siens["delais"].ensemble),
        _median(avant["delais"].ensemble) if avant else None,
        _obligations(ctx, siens, avant, obligations, vises),
        len(manquent),
        [nom for nom, manque in manquent.items() if manque],
        part_et_compte(
            [une for une in siens["prioritaires"].modalites if une["attributions"]],  # type: ignore[misc]
            Legende("vos-prioritaires", "Part des ménages prioritaires, par réservataire", ""),
            reservataires,
            ("part_prioritaires", "prioritaires", "attributions"),
            vise=True,
        ),
        reservataires,
        _imprimer(_viser(siens, vises), avant, "arrondissements")
        if "arrondissements" in siens
        else None,
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


def _objectif(
    siens: Mapping[Role, TableauLu], propres: Mapping[str, float], role: Role
) -> float | None:
    """Return the objective of their own, else that of the département, as the letter tells it."""
    return propres.get(role, valeur(ligne(siens[role], ENSEMBLE), "objectif"))


def _viser(
    siens: Mapping[Role, TableauLu], vises: Mapping[Role, float | None]
) -> Mapping[Role, TableauLu]:
    """Return their table by arrondissement, what is missing there being to their objective."""
    lu, (une,) = siens["arrondissements"], DU_CONTINGENT
    lignes = [{**ici, "manquantes": _manquantes(ici, une, vises[une.role])} for ici in lu.lignes]
    return {**siens, "arrondissements": replace(lu, lignes=lignes)}


def _manquantes(ici: LigneTableau, une: Obligation, objectif: float | None) -> float | None:
    """Return how many attributions more the objective asks for, None when there is none."""
    total, voulues = (valeur(ici, nom) for nom in (une.total, une.voulues))
    if objectif is None or not total or voulues is None:
        return None
    return max(math.ceil(objectif * total - 1e-9) - voulues, 0)


def _obligations(
    ctx: Contexte,
    siens: Mapping[Role, TableauLu],
    avant: Mapping[Role, TableauLu],
    obligations: Sequence[Obligation],
    vises: Mapping[Role, float | None],
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
    for une in obligations:
        ici, passee = _ligne(siens, une), _ligne(avant, une)
        departement = ligne(ctx.lire(une.role), une.ligne)
        corps.append(
            (
                Cellule(une.nom),
                Cellule(ici.get(une.voulues, 0)),  # type: ignore[arg-type]
                Cellule(ici.get(une.total, 0)),  # type: ignore[arg-type]
                Cellule(valeur(ici, une.part)),
                Cellule(vises[une.role]),
                Cellule(_manquantes(ici, une, vises[une.role])),
                Cellule(valeur(passee, une.part)),
                cellule(ctx.lire(une.role), departement, une.part),
            )
        )
    return Tableau("vos-obligations", "", colonnes, tuple(corps))
