"""One page per EPCI, usable in its conférence intercommunale: a map, what it tells, a table."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from infocentre.contrat.contours import contours
from infocentre.contrat.territoires import territoires
from infocentre.graphiques.carte import Fond, preparer_fond, reunir
from infocentre.lecture.echantillons import intervalle
from infocentre.lecture.tableaux import LigneTableau, R, TableauDe
from infocentre.mesures.lignes_tableaux import CommunesSouhaitees, MixiteHorsQpv, Territoires
from infocentre.mesures.plans import reperes
from infocentre.noyau.francais import clef_de_tri
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.attributions import COMMUNES as PREMIERES
from infocentre.restitutions.bilan.attributions import TENSION, table_territoires
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.publics import EN_QPV, HORS_QPV
from infocentre.restitutions.document import Bloc, Cellule, Section, Tableau
from infocentre.restitutions.figures import Montre
from infocentre.restitutions.images import Legende, dessiner_carte, graphique
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import cellule

COMMUNES = 9
TENDUS = ("attributions", "demandes_actives", "demandes_pour_une_attribution")
DEMANDES = Montre("demandes_actives")
LARGE, HAUT = 520.0, 290.0
NUANCES = 4  # known ratios below which shades say nothing


@dataclass(frozen=True, slots=True)
class Epci:
    """An EPCI of the bilan and its communes of today."""

    code: str
    nom: str
    communes: frozenset[str]


@dataclass(frozen=True, slots=True)
class PageEpci:
    """What is said of an EPCI; counts None when masked or when there is none.

    `communes` are those of its table, of `communes_en_tout`; `sans_attribution` tells that nothing
    was attributed there, apart from a count that is masked. `jointes`: whose counts, demandes or
    attributions, have those that no EPCI is known for, too few to be told apart. `du_bilan`: what
    other chapters of the whole bilan print is not repeated; `repete` tells that its communes are
    among those.
    """

    nom: str
    premiere: bool
    demandes: float | None
    demandes_avant: float | None
    demandes_departement: float | None
    part: float | None
    attributions: float | None
    attributions_avant: float | None
    sans_attribution: bool
    tension: float | None
    tension_departement: float | None
    visees: float | None
    hors_qpv: float | None
    part_visee: float | None
    marge: tuple[float, float] | None
    objectif: float | None
    communes: int
    communes_en_tout: int
    teintes: bool
    carte: Bloc | None
    table: Tableau
    mixite: Tableau | None
    jointes: tuple[str, ...]
    du_bilan: bool
    repete: bool


@dataclass(frozen=True)
class LesTerritoires(Contenu):
    """The pages of the EPCI, the largest first; `manque` says why there is none."""

    modele = "bilan/territoires.md"

    manque: Bloc | None
    arrete: dt.date
    seuil: int
    epcis: Sequence[PageEpci]


def chapitre(ctx: Contexte) -> Section:
    """Return the pages of the EPCI, the largest first."""
    manque = ctx.manque("territoires")
    trouves = [] if manque else epcis(ctx)
    pages = [_page(ctx, un, premiere=not rang) for rang, un in enumerate(trouves)]
    return LesTerritoires(manque, ctx.arrete, ctx.seuil, pages).section()


def epcis(ctx: Contexte) -> list[Epci]:
    """Return the EPCI that have a row in the territorial table, by demandes, those asked only."""
    lignes = [une for une in ctx.lire(Territoires).lignes if une["niveau"] == "epci"]
    lignes.sort(key=lambda une: (-(valeur(une, "demandes_actives") or 0), une["code"]))
    return [
        Epci(une["code"], nom_de(une), communes_de(une["code"]))
        for une in lignes
        if une["code"] != "NR" and (ctx.epcis is None or une["code"] in ctx.epcis)
    ]


def nom_de(une: Territoires) -> str:
    """Return the name of an EPCI, whatever joins its row."""
    noms = (un.epci_nom for un in territoires().values() if un.epci == une["code"])
    return next(noms, une["libelle"])


@functools.lru_cache(maxsize=128)
def communes_de(epci: str) -> frozenset[str]:
    """Return the communes of today of an EPCI."""
    return frozenset(un.code for un in territoires().values() if un.actuelle and un.epci == epci)


def _page(ctx: Contexte, epci: Epci, *, premiere: bool) -> PageEpci:
    lu = ctx.lire(Territoires)
    communes = [
        une for une in lu.lignes if une["niveau"] == "commune" and une["code"] in epci.communes
    ]
    communes.sort(
        key=lambda une: (-(valeur(une, "demandes_actives") or 0), clef_de_tri(une["libelle"]))
    )
    # Its own bilan has them all.
    montrees = communes if ctx.epcis is not None else communes[:COMMUNES]
    table = _table(ctx, lu, epci, montrees)
    demandes, tendue = _de(ctx.lire(CommunesSouhaitees), epci), _de(lu, epci)
    mixte = _de(ctx.lire(MixiteHorsQpv), epci)
    total, ensemble = valeur(demandes, "total"), valeur(demandes, "total_ensemble")
    carte, teintes = _carte(lu, epci, communes, table)
    return PageEpci(
        nom=epci.nom,
        premiere=premiere,
        demandes=total,
        demandes_avant=valeur(_de(ctx.lire_avant(CommunesSouhaitees), epci), "total"),
        demandes_departement=ensemble,
        part=total / ensemble if total and ensemble else None,
        attributions=valeur(tendue, "attributions") or None,
        attributions_avant=valeur(_de(ctx.lire_avant(Territoires), epci), "attributions"),
        sans_attribution=not tendue.get("attributions"),
        tension=valeur(tendue, "demandes_pour_une_attribution"),
        tension_departement=valeur(_departement(lu), "demandes_pour_une_attribution"),
        visees=valeur(mixte, "premier_quartile_ou_anru"),
        hors_qpv=valeur(mixte, "attributions_hors_qpv") or None,
        part_visee=valeur(mixte, "part_du_total"),
        marge=_marge(mixte),
        objectif=valeur(mixte, "objectif"),
        communes=len(montrees),
        communes_en_tout=len(communes),
        teintes=teintes,
        carte=carte,
        table=table,
        mixite=_mixite(ctx, epci),
        du_bilan=ctx.epcis is None,
        repete=ctx.epcis is None and {une["code"] for une in montrees} <= _premieres(lu),
        jointes=_jointes(epci, demandes, tendue, mixte),
    )


def _premieres(lu: TableauDe[Territoires]) -> set[str]:
    """Return the communes that the chapter on attributions prints."""
    communes = (une["code"] for une in lu.lignes if une["niveau"] == "commune")
    return {*[un for un in communes if un != "NR"][:PREMIERES]}


def _marge(mixte: LigneTableau) -> tuple[float, float] | None:
    """Return the interval of the share that goes to those whom the law means, None when masked."""
    part, sur = valeur(mixte, "part_du_total"), valeur(mixte, "attributions_hors_qpv")
    return intervalle(part, round(sur)) if part is not None and sur else None


def _table(
    ctx: Contexte, lu: TableauDe[Territoires], epci: Epci, communes: Sequence[Territoires]
) -> Tableau:
    total = [une for une in lu.lignes if une["niveau"] == "epci" and une["code"] == epci.code]
    table = replace(
        table_territoires(ctx, lu, [*communes, *total], "commune"),
        cle=f"epci-{epci.code}",
        titre=entetes.titre("epci-communes", epci=epci.nom),
    )
    if not total:
        return table
    ensemble = (Cellule(_nom_ensemble(total[0], epci)), *table.lignes[-1][1:])
    return replace(
        table,
        lignes=(*table.lignes[:-1], ensemble),
        totaux=frozenset({len(communes)}),
    )


def _joint(une: LigneTableau, epci: Epci) -> str:
    """Return what the row of an EPCI says of what joins it, '' for nothing."""
    return reperes(une)["libelle"].removeprefix(epci.nom) if une else ""


def _jointes(
    epci: Epci, demandes: LigneTableau, tendue: LigneTableau, mixte: LigneTableau
) -> tuple[str, ...]:
    """Return whose counts are joined; the row that has both kinds says of which."""
    dit = _joint(tendue, epci)
    des_demandes = dit.startswith(" (demandes")  # as `fusionner` names a column
    jointes = {
        "demandes": bool(_joint(demandes, epci)) or des_demandes,
        "attributions": bool(_joint(mixte, epci)) or (bool(dit) and not des_demandes),
    }
    return tuple(nom for nom, jointe in jointes.items() if jointe)


def _nom_ensemble(une: Territoires, epci: Epci) -> str:
    """Return « Ensemble de l'EPCI », with what else its row counts: « (attributions : avec …) »."""
    return f"Ensemble de l'EPCI{_joint(une, epci)}"


def _de(lu: TableauDe[R] | None, epci: Epci) -> R:
    return ligne(lu, epci.code, niveau="epci")


def _departement(lu: TableauDe[Territoires]) -> Territoires:
    return next((une for une in lu.lignes if une["niveau"] == "departement"), lu.sans_ligne)


# --- Map and mixité -------------------------------------------------------------------------------


def _carte(
    lu: TableauDe[Territoires], epci: Epci, communes: list[Territoires], table: Tableau
) -> tuple[Bloc | None, bool]:
    """Return the map of the communes, and whether its shades tell the tension, not the demandes."""
    fond = fond_epci(epci.code)
    parlants = sum((valeur(une, "attributions") or 0) >= lu.seuil for une in communes)
    teintes = parlants >= NUANCES
    if fond is None:
        return None, teintes
    montree = TENSION if teintes else DEMANDES
    quoi = "Demandes pour une attribution" if teintes else "Demandes actives"
    svg = dessiner_carte(fond, communes, montree, quoi, lu.seuil, a_cote=True)
    legende = Legende(f"carte-{epci.code}", f"{quoi} par commune", "")
    return graphique(legende, svg, table, "carte", (montree.colonne,)), teintes


@functools.lru_cache(maxsize=128)
def fond_epci(epci: str) -> Fond | None:
    """Return the map of the communes of an EPCI, as large as its page allows."""
    codes = communes_de(epci)
    traces: dict[str, Any] = dict(contours(sorted(codes)))
    divisions: dict[str, list[str]] = {}
    for un in territoires().values():
        if un.arrondissement and un.mere in codes:
            divisions.setdefault(un.mere, []).append(un.code)
    for code, parts in divisions.items():
        traces[code] = reunir(contours(parts), parts)
    if not traces:
        return None
    groupes = dict.fromkeys(traces, epci)
    fond = preparer_fond(traces, groupes, LARGE)
    if fond.hauteur <= HAUT:
        return fond
    return preparer_fond(traces, groupes, LARGE * HAUT / fond.hauteur)


def _mixite(ctx: Contexte, epci: Epci) -> Tableau | None:
    """Print both sides of Égalité et citoyenneté for one EPCI, on two short lines."""
    lignes = []
    for cote in (HORS_QPV, EN_QPV):
        lu = ctx.lire(cote.de)
        une = _de(lu, epci)
        if une:
            noms = (cote.voulues, cote.total, "part_du_total", "objectif")
            lignes.append((Cellule(cote.titre), *(cellule(lu, une, nom) for nom in noms)))
    if not lignes:
        return None
    colonnes = entetes.colonnes(
        "epci-mixite", "cote", "voulues", "total", "part_du_total", "objectif"
    )
    cle, titre = f"epci-{epci.code}-mixite", entetes.titre("epci-mixite", epci=epci.nom)
    source = ctx.source_de("territoires", "communes_souhaitees", "mixite_hors_qpv", "mixite_en_qpv")
    return Tableau(cle, titre, colonnes, tuple(lignes), source=source)
