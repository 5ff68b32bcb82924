"""La demande: stock, flows, dépôts, ancienneté, ménages, ressources, what is wanted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from infocentre.contrat.listes import Motif
from infocentre.exports import FENETRES
from infocentre.graphiques.colonnes import Serie
from infocentre.lecture.tableaux import TableauDe, TableauLu, chiffre
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import (
    Age,
    Anciennete,
    CommunesSouhaitees,
    CompositionFamiliale,
    DelaiAnormal,
    Depots,
    Evolution,
    EvolutionAssociations,
    FormeEvolution,
    LogementActuel,
    Motifs,
    Nationalite,
    PlafondDemandes,
    Revenus,
    SerieMois,
    SituationFamiliale,
    SituationProfessionnelle,
    TailleMenage,
    TypologiesRecherchees,
)
from infocentre.noyau.temps import mois_court
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.distributions import (
    Plafonds,
    Repartition,
    au_plafond,
    repartir,
)
from infocentre.restitutions.bilan.flux import Mensuels, Semestre, du_semestre, mensuels
from infocentre.restitutions.document import Bloc, Cellule, Section, Tableau
from infocentre.restitutions.images import Legende, part_et_compte, serie
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import RETRAIT, connu

COMMUNES = 25
COMPRIS = "dont "


@dataclass(frozen=True, slots=True)
class Stock:
    """The demandes actives and what moved in 12 months; the same a year before."""

    absence: Bloc | None
    actives: float | None = None
    actives_avant: float | None = None
    hors_mutation: float | None = None
    depots: float | None = None
    radiations: float | None = None
    attributions: float | None = None
    non_renouvellements: float | None = None
    table: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The demandes actives at the end of each month, quarter and year."""

    absence: Bloc | None
    image_stock: Bloc | None = None
    mois: Tableau | None = None
    trimestres: Tableau | None = None
    annees: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Deposees:
    """The demandes deposited in 12 months, those of the portail among them."""

    absence: Bloc | None
    total: float | None = None
    avant: float | None = None
    portail: float | None = None
    part_portail: float | None = None
    part_portail_avant: float | None = None
    image: Bloc | None = None
    table: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Delai:
    """The demandes that wait for longer than the préfet's delay; `mois` None when there is none."""

    absence: Bloc | None
    mois: float | None = None
    depassent: float | None = None
    demandes: float | None = None
    image: Bloc | None = None
    table: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Communes:
    """The first commune wished for, by EPCI and by commune; `autres` are those not printed."""

    absence: Bloc | None
    premiere: CommunesSouhaitees | None = None
    autres: int = 0
    epcis: Tableau | None = None
    communes: Tableau | None = None


@dataclass(frozen=True)
class LaDemande(Contenu):
    """The figures of the chapter."""

    modele = "bilan/demande.md"

    arrete: dt.date
    semestre: Semestre
    stock: Stock
    series: Series
    flux: Mensuels
    depots: Deposees
    anciennete: Repartition
    mediane: float | None
    moyenne: float | None
    delai: Delai
    age: Repartition
    nationalite: Repartition
    taille: Repartition
    composition: Repartition
    profession: Repartition
    famille: Repartition
    revenus: Repartition
    plafonds: Plafonds
    logement: Repartition
    motifs: Repartition
    typologies: Repartition
    communes: Communes
    associations: Stock


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    anciennetes = ctx.lire(Anciennete).ensemble
    return LaDemande(
        arrete=ctx.arrete,
        semestre=du_semestre(ctx),
        stock=_stock(ctx, Evolution, "evolution"),
        series=_series(ctx),
        flux=mensuels(ctx),
        depots=_depots(ctx),
        anciennete=repartir(ctx, Anciennete, images=8),
        mediane=valeur(anciennetes, "anciennete_mediane_mois"),
        moyenne=valeur(anciennetes, "anciennete_moyenne_mois"),
        delai=_delai(ctx),
        age=repartir(ctx, Age, images=9),
        nationalite=repartir(ctx, Nationalite),
        taille=repartir(ctx, TailleMenage),
        composition=repartir(ctx, CompositionFamiliale, images=10),
        profession=repartir(ctx, SituationProfessionnelle, images=10, trier=True),
        famille=repartir(ctx, SituationFamiliale),
        revenus=repartir(ctx, Revenus, images=9),
        plafonds=au_plafond(ctx, PlafondDemandes),
        logement=repartir(ctx, LogementActuel, images=10, trier=True),
        motifs=repartir(ctx, Motifs, images=10, trier=True),
        typologies=repartir(ctx, TypologiesRecherchees, images=8),
        communes=_communes(ctx),
        associations=_stock(ctx, EvolutionAssociations, "evolution_associations"),
    ).section()


# --- Stock ----------------------------------------------------------------------------------------


def _stock(ctx: Contexte, de: type[Evolution | EvolutionAssociations], role: Role) -> Stock:
    absence = ctx.manque(role)
    if absence:
        return Stock(absence)
    lu, passe = ctx.lire(de), ctx.lire_avant(de)
    lignes = [
        une for une in lu.lignes if une["fenetre"] in {"arrete", "12_mois"} and une["total"] != 0
    ]
    actives = ligne(lu, "ACTIVES", "arrete")
    depots, radiations, attributions, sans = (
        valeur(ligne(lu, code, "12_mois"), "total")
        for code in ("DEPOTS", "RADIATIONS", Motif.ATTRIBUTION, Motif.NON_RENOUVELLEMENT)
    )
    return Stock(
        None,
        valeur(actives, "total"),
        valeur(ligne(passe, "ACTIVES", "arrete"), "total"),
        valeur(actives, "hors_mutation"),
        depots,
        radiations,
        attributions,
        sans,
        ctx.imprimer(lu, lignes, nommer=_grandeur),
    )


def _grandeur(une: FormeEvolution) -> str:
    """Name a row and its window; what it is a part of stands above it."""
    fenetre, nom = FENETRES[une["fenetre"]], une["libelle"]
    if nom.startswith(COMPRIS):
        return f"{RETRAIT}{nom}"
    return nom if fenetre in nom else f"{nom}, {fenetre}"


# --- Series ---------------------------------------------------------------------------------------


def _series(ctx: Contexte) -> Series:
    absence = ctx.manque("serie_mois")
    if absence:
        return Series(absence)
    return Series(
        None,
        _image_stock(ctx),
        _table_serie(ctx, ctx.lire("serie_mois")),
        _table_serie(ctx, ctx.lire("serie_trimestres")),
        _table_serie(ctx, ctx.lire("serie_annees")).ou_rien,
    )


def _image_stock(ctx: Contexte) -> Bloc:
    """Draw what each month added to the stock or took from it: the stock itself is a flat line.

    Two years of months where the delivery of a year before is published.
    """
    lus = [lu for lu in (ctx.lire_avant(SerieMois), ctx.lire(SerieMois)) if lu]
    lignes = [une for lu in lus for une in lu.lignes if connu(une["demandes_actives"]) is not None]
    table = Tableau(
        "stock-ecarts",
        "",
        entetes.colonnes("stock-ecarts", "mois", "ecart"),
        tuple((Cellule(une["libelle"]), Cellule(_ecart(une))) for une in lignes),
        source=ctx.source_de("serie_mois"),
    )
    legende = Legende(
        f"image-{lus[-1].cle}-stock", "Demandes actives, écart avec la fin du mois précédent", ""
    )
    return serie(
        [mois_court(une["periode"]) for une in lignes],
        [Serie("Écart avec la fin du mois précédent", tuple(map(_ecart, lignes)))],
        ("ecart",),
        legende,
        table,
    )


def _ecart(une: SerieMois) -> float | None:
    ici, avant_ = connu(une["demandes_actives"]), connu(une["demandes_actives_precedentes"])
    return None if ici is None or avant_ is None else ici - avant_


def _table_serie(ctx: Contexte, lu: TableauLu, sorte: str = "") -> Tableau:
    lignes = [une for une in lu.lignes if chiffre(une, "demandes_actives") is not None]
    return ctx.imprimer(lu, lignes, sorte=sorte)


# --- Dépôts, délai, communes ----------------------------------------------------------------------


def _depots(ctx: Contexte) -> Deposees:
    absence = ctx.manque("depots")
    if absence:
        return Deposees(absence)
    lu, passe = ctx.lire(Depots), ctx.lire_avant(Depots)
    table = ctx.imprimer(lu)
    return Deposees(
        None,
        valeur(lu.ensemble, "total"),
        valeur(ligne(passe, "*"), "total"),
        valeur(lu.ensemble, "portail"),
        valeur(lu.ensemble, "part_portail"),
        valeur(ligne(passe, "*"), "part_portail"),
        _image_depots(lu, table),
        table,
    )


def _image_depots(lu: TableauDe[Depots], table: Tableau) -> Bloc:
    portail = [connu(une["portail"]) for une in lu.modalites]
    guichets = [
        None if un is None or total is None else total - un
        for un, total in zip(portail, (connu(une["total"]) for une in lu.modalites), strict=True)
    ]
    return serie(
        [mois_court(une["code"]) for une in lu.modalites],
        [Serie("Guichets", tuple(guichets)), Serie("Portail", tuple(portail))],
        ("total", "portail"),
        Legende(f"image-{lu.cle}", "Demandes déposées chaque mois, dont celles du portail", ""),
        table,
    )


def _delai(ctx: Contexte) -> Delai:
    lu = ctx.lire(DelaiAnormal)
    delai = lu.ensemble.get("delai_mois")
    absence = ctx.manque("delai_anormal")
    if absence or delai is None:
        return Delai(absence)
    table = ctx.imprimer(lu)
    legende = Legende(f"image-{lu.cle}", "Part des demandes au-delà du délai, par typologie", "")
    image = part_et_compte(
        lu.modalites, legende, table, ("part_au_dela", "au_dela_du_delai", "demandes")
    )
    return Delai(
        None,
        delai,
        valeur(lu.ensemble, "au_dela_du_delai"),
        valeur(lu.ensemble, "demandes"),
        image,
        table,
    )


def _communes(ctx: Contexte) -> Communes:
    absence = ctx.manque("communes_souhaitees")
    if absence:
        return Communes(absence)
    lu = ctx.lire(CommunesSouhaitees)
    communes = [une for une in lu.lignes if une["niveau"] == "commune" and une["code"] != "NR"]
    tete = communes[:COMMUNES]
    epcis = [une for une in lu.lignes if une["niveau"] in {"epci", "departement"}]
    epcis.sort(key=lambda une: une["niveau"] == "departement")
    return Communes(
        None,
        tete[0] if len(tete) > 1 and valeur(tete[0], "total") else None,
        len(communes) - len(tete),
        ctx.imprimer(lu, epcis, sorte="epci"),
        ctx.imprimer(lu, tete, sorte="commune") if tete else None,
    )
