"""One page per EPCI, usable in its conférence intercommunale: a map, three sentences, a table."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

from infocentre.contrat.contours import contours
from infocentre.contrat.territoires import territoires
from infocentre.graphiques.carte import Fond, preparer_fond, reunir
from infocentre.lecture.tableaux import R, TableauDe
from infocentre.mesures.lignes_tableaux import CommunesSouhaitees, MixiteHorsQpv, Territoires
from infocentre.noyau.francais import clef_de_tri, compter, de, entier, nombre, phrase, pourcentage
from infocentre.noyau.temps import dater
from infocentre.restitutions.bilan.attributions import TENSION, table_territoires
from infocentre.restitutions.bilan.commun import en_un_an, ligne, paragraphes, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.publics import EN_QPV, HORS_QPV
from infocentre.restitutions.document import Bloc, Cellule, Colonne, Liste, Section, Tableau
from infocentre.restitutions.images import Carte, Legende, dessiner_carte, graphique
from infocentre.restitutions.tables import cellule

COMMUNES = 9
TENDUS = ("attributions", "demandes_actives", "demandes_pour_une_attribution")
DEMANDES = Carte("demandes_actives")
LARGE, HAUT = 520.0, 290.0
NUANCES = 4  # known ratios below which shades say nothing


@dataclass(frozen=True, slots=True)
class Epci:
    """An EPCI of the bilan and its communes of today."""

    code: str
    nom: str
    communes: frozenset[str]


def chapitre(ctx: Contexte) -> Section:
    """Return the pages of the EPCI, the largest first."""
    manque = ctx.manque("territoires")
    if manque:
        return Section("Les territoires", (manque,), page=True)
    trouves = epcis(ctx)
    return Section(
        "Les territoires",
        paragraphes(
            "Une page par EPCI, pour sa conférence intercommunale du logement. Les demandes sont "
            "celles de la première commune souhaitée, les attributions celles de la commune du "
            "logement."
            if trouves
            else "Aucune demande ni aucune attribution n'est rattachée à un EPCI."
        ),
        tuple(_page(ctx, un, page=rang > 0) for rang, un in enumerate(trouves)),
        page=True,
    )


def epcis(ctx: Contexte) -> list[Epci]:
    """Return the EPCI that have a row in the territorial table, by demandes, those asked only."""
    lignes = [une for une in ctx.lire(Territoires).lignes if une["niveau"] == "epci"]
    lignes.sort(key=lambda une: (-(valeur(une, "demandes_actives") or 0), une["code"]))
    return [
        Epci(une["code"], une["libelle"], communes_de(une["code"]))
        for une in lignes
        if une["code"] != "NR" and (ctx.epcis is None or une["code"] in ctx.epcis)
    ]


@functools.lru_cache(maxsize=128)
def communes_de(epci: str) -> frozenset[str]:
    """Return the communes of today of an EPCI."""
    return frozenset(un.code for un in territoires().values() if un.actuelle and un.epci == epci)


def _page(ctx: Contexte, epci: Epci, *, page: bool) -> Section:
    lu = ctx.lire(Territoires)
    communes = [
        une for une in lu.lignes if une["niveau"] == "commune" and une["code"] in epci.communes
    ]
    communes.sort(
        key=lambda une: (-(valeur(une, "demandes_actives") or 0), clef_de_tri(une["libelle"]))
    )
    tete = communes[:COMMUNES]
    reste = len(communes) - len(tete)
    titre = f"{epci.nom} : communes" + (
        f" ({COMMUNES} premières sur {len(communes)} par le nombre de demandes)" if reste else ""
    )
    total = [une for une in lu.lignes if une["niveau"] == "epci" and une["code"] == epci.code]
    cle = f"epci-{epci.code}"
    table = table_territoires(ctx, lu, [*tete, *total], (cle, titre, "Commune"))
    if total:
        ensemble = (Cellule("Ensemble de l'EPCI"), *table.lignes[-1][1:])
        lignes = (*table.lignes[:-1], ensemble)
        table = replace(table, lignes=lignes, totaux=frozenset({len(tete)}))
    return Section(
        epci.nom,
        (
            Liste(tuple(phrases_epci(ctx, epci))),
            *_carte(lu, epci, communes, table),
            table,
            *_mixite(ctx, epci),
        ),
        page=page,
    )


# --- Three sentences ------------------------------------------------------------------------------


def phrases_epci(ctx: Contexte, epci: Epci) -> list[str]:
    """Return what is said of an EPCI: demandes, attributions and tension, mixité."""
    dites = [_demandes(ctx, epci), _attributions(ctx, epci), _part_mixite(ctx, epci)]
    return [une for une in dites if une] or [
        f"Les effectifs {de(epci.nom)} sont couverts par le secret statistique."
    ]


def _de(lu: TableauDe[R] | None, epci: Epci) -> R:
    return ligne(lu, epci.code, niveau="epci")


def _demandes(ctx: Contexte, epci: Epci) -> str:
    une = _de(ctx.lire(CommunesSouhaitees), epci)
    total, ensemble = valeur(une, "total"), valeur(une, "total_ensemble")
    if not total or not ensemble:
        return ""
    evolue = en_un_an(total, _de(ctx.lire_avant(CommunesSouhaitees), epci).get("total"))
    return phrase(
        f"**{compter(total, 'demande active', 'demandes actives')}** au {dater(ctx.arrete)} "
        f"visent d'abord {_le(epci.nom)}"
        + (f", {evolue}" if evolue else "")
        + f" : {pourcentage(total / ensemble)} des {entier(ensemble)} demandes du département"
    )


def _attributions(ctx: Contexte, epci: Epci) -> str:
    lu = ctx.lire(Territoires)
    une, tout = _de(lu, epci), _departement(lu)
    attributions, demandes, ratio = (valeur(une, nom) for nom in TENDUS)
    reference = valeur(tout, "demandes_pour_une_attribution")
    if not attributions:
        return ""
    evolue = en_un_an(attributions, _de(ctx.lire_avant(Territoires), epci).get("attributions"))
    debut = f"**{compter(attributions, 'attribution')}** y ont été prononcées en 12 mois" + (
        f" ({evolue})" if evolue else ""
    )
    if ratio is None or demandes is None:
        return phrase(debut)
    compare = f", contre {_decimal(reference)} dans le département" if reference else ""
    return phrase(
        f"{debut}, soit **{_decimal(ratio)} demandes pour une attribution** "
        f"({entier(demandes)} demandes actives){compare}"
    )


def _departement(lu: TableauDe[Territoires]) -> Territoires:
    return next((une for une in lu.lignes if une["niveau"] == "departement"), lu.sans_ligne)


def _part_mixite(ctx: Contexte, epci: Epci) -> str:
    une = _de(ctx.lire(MixiteHorsQpv), epci)
    n, d = valeur(une, "premier_quartile_ou_anru"), valeur(une, "attributions_hors_qpv")
    objectif = valeur(une, "objectif")
    if n is None or not d:
        return ""
    vise = f", pour un objectif de {pourcentage(objectif, 0)}" if objectif is not None else ""
    return phrase(f"{pourcentage(n / d)} {HORS_QPV.quoi} ({entier(n)} sur {entier(d)}){vise}")


def _decimal(valeur_: float) -> str:
    return nombre(valeur_, 1)


def _le(nom: str) -> str:
    """Return the name of an EPCI with its article."""
    return f"la {nom}" if nom.startswith(("CA ", "CC ", "CU ", "Métropole", "Communauté")) else nom


# --- Map and mixité -------------------------------------------------------------------------------


def _carte(
    lu: TableauDe[Territoires], epci: Epci, communes: list[Territoires], table: Tableau
) -> tuple[Bloc, ...]:
    fond = fond_epci(epci.code)
    if fond is None:
        return ()
    parlants = sum((valeur(une, "attributions") or 0) >= lu.seuil for une in communes)
    if parlants >= NUANCES:
        montree, quoi = TENSION, "Demandes pour une attribution"
        description = f"En hachures : moins de {lu.seuil} attributions, ou secret statistique."
    else:
        montree, quoi = DEMANDES, "Demandes actives"
        description = "La surface d'un cercle est en proportion du nombre de demandes."
    titre = f"{quoi}, par commune {de(epci.nom)}"
    svg = dessiner_carte(fond, communes, montree, titre, lu.seuil, a_cote=True)
    legende = Legende(f"carte-{epci.code}", titre, description)
    return (graphique(legende, svg, table, "carte", (quoi,)),)


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


def _mixite(ctx: Contexte, epci: Epci) -> tuple[Bloc, ...]:
    """Print both sides of Égalité et citoyenneté for one EPCI, on two short lines."""
    lignes = []
    for cote in (HORS_QPV, EN_QPV):
        lu = ctx.lire(cote.de)
        une = _de(lu, epci)
        if une:
            noms = (cote.voulues, cote.total, "part_du_total", "objectif")
            lignes.append((Cellule(cote.titre), *(cellule(lu, une, nom) for nom in noms)))
    if not lignes:
        return ()
    colonnes = (
        Colonne("Attributions de 12 mois suivies d'un bail"),
        Colonne("Public visé", "nombre"),
        Colonne("Attributions", "nombre"),
        Colonne("Part", "taux"),
        Colonne("Objectif", "taux", 0),
    )
    cle, titre = f"epci-{epci.code}-mixite", f"{epci.nom} : égalité et citoyenneté"
    source = ctx.source_de("territoires", "communes_souhaitees", "mixite_hors_qpv", "mixite_en_qpv")
    return (Tableau(cle, titre, colonnes, tuple(lignes), source=source),)
