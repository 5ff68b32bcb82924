"""Les attributions: volume, tension, délais, typologies, réservataires, ressources, territoires."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import takewhile

from infocentre.contrat.territoires import territoires
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.fonds import fond_de_carte
from infocentre.lecture.tableaux import LigneTableau, TableauDe, chiffre
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import (
    Attributions,
    Delais,
    PlafondAttributions,
    PressionCompositions,
    PressionTypologies,
    Profil,
    Reservataires,
    Territoires,
    Typologies,
)
from infocentre.noyau.francais import minuscule, nombre
from infocentre.noyau.temps import mois_court
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.distributions import (
    Plafonds,
    Repartition,
    au_plafond,
    repartir,
)
from infocentre.restitutions.document import Bloc, Cellule, Colonne, Section, Tableau
from infocentre.restitutions.figures import SANS_REPONSE, Montre
from infocentre.restitutions.images import (
    Legende,
    dessiner_carte,
    en_mois,
    face_a_face,
    graphique,
    rapports,
    serie,
)
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import (
    MINIMUM,
    RETRAIT,
    cellule,
    champs,
    connu,
    entete,
    nom_ligne,
    titre,
)

COMMUNES = 25
CITEES = 3
TENSION = Montre("demandes_pour_une_attribution", "attributions")
RATIO = "demandes_pour_une_attribution"
# What tells demandeurs from attributaires most, of all that their table compares.
DIMENSIONS = ("age", "taille", "profession", "logement")
BARRES = 6
# Rows of the tension: a name, then what the columns of all become for a part of them.
PARTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Toutes demandes", "", {}),
    ("Mutations", "_mutations", {"total": "mutations"}),
    ("Hors mutation", "_hors_mutation", {"total": "hors_mutation"}),
)
MARGE = 2.58  # standard deviations that chance goes beyond once in a hundred


@dataclass(frozen=True, slots=True)
class Volume:
    """The attributions of 12 months, and the demandes actives for each."""

    absence: Bloc | None
    total: float | None = None
    hors_mutation: float | None = None
    avant: float | None = None
    actives: float | None = None
    tension: float | None = None
    tension_avant: float | None = None
    tension_hors_mutation: float | None = None
    image: Bloc | None = None
    table: Tableau | None = None
    table_tension: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Attente:
    """The months from deposit to lease: half of the households waited less than `median`."""

    absence: Bloc | None
    median: float | None = None
    moyen: float | None = None
    median_avant: float | None = None
    image: Bloc | None = None
    table: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Obtenues:
    """The typology that was attributed to those who wanted each.

    `obtenues` of `total` got what they wanted, None when something of it is masked; `par_souhait`
    has the rows of those who wanted a typology and got it.
    """

    absence: Bloc | None
    obtenues: float | None = None
    total: float | None = None
    par_souhait: Sequence[Typologies] = ()
    table: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Pression:
    """Demandes for one attribution by category: `plus` has the most, `moins` the fewest.

    `partielle`: other categories are wanted, of too few attributions or masked ones. `ensemble`:
    that of all of them, a line of the picture; None when masked.
    """

    absence: Bloc | None
    plus: LigneTableau | None = None
    moins: LigneTableau | None = None
    image: Bloc | None = None
    table: Tableau | None = None
    partielle: bool = False
    ensemble: float | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """Attributaires beside demandeurs: who is served more than their share, and who less.

    `table` has the greatest differences; the `autres` categories are in the workbook.
    """

    absence: Bloc | None
    mieux: Sequence[Profil] = ()
    moins: Sequence[Profil] = ()
    image: Bloc | None = None
    table: Tableau | None = None
    autres: int = 0


@dataclass(frozen=True, slots=True)
class Lieux:
    """Attributions and tension by place; Marseille by arrondissement."""

    absence: Bloc | None
    premieres: Sequence[Territoires] = ()
    total: float | None = None
    autres: int = 0
    masquees: bool = False  # a commune of the table, or of the others, has a masked count
    seuil: int = 0
    minimum: int = 0  # of what the title of the map names
    plus: Territoires | None = None
    moins: Territoires | None = None
    contours: bool = False
    carte: Bloc | None = None
    epcis: Tableau | None = None
    communes: Tableau | None = None
    divisee: Territoires | None = None
    haut: Territoires | None = None
    bas: Territoires | None = None
    arrondissements: Tableau | None = None


@dataclass(frozen=True)
class LesAttributions(Contenu):
    """The figures of the chapter."""

    modele = "bilan/attributions.md"

    arrete: dt.date
    volume: Volume
    attente: Attente
    obtenues: Obtenues
    typologies: Pression
    reservataires: Repartition
    plafonds: Plafonds
    compositions: Pression
    face: Face
    lieux: Lieux


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    return LesAttributions(
        arrete=ctx.arrete,
        volume=_volume(ctx),
        attente=_attente(ctx),
        obtenues=_obtenues(ctx),
        typologies=_pression(ctx, PressionTypologies, "pression_typologies"),
        reservataires=repartir(ctx, Reservataires, images=8, trier=True),
        plafonds=au_plafond(ctx, PlafondAttributions),
        compositions=_pression(ctx, PressionCompositions, "pression_compositions"),
        face=_face(ctx),
        lieux=lieux(ctx),
    ).section()


# --- Volume ---------------------------------------------------------------------------------------


def _volume(ctx: Contexte) -> Volume:
    absence = ctx.manque("attributions")
    if absence:
        return Volume(absence)
    lu, passe = ctx.lire(Attributions), ctx.lire_avant(Attributions)
    lignes = [*lu.modalites, *(une for une in lu.lignes if une["code"] == "*")]
    table = ctx.imprimer(lu, lignes)
    tout = lu.ensemble
    return Volume(
        None,
        valeur(tout, "total"),
        valeur(tout, "hors_mutation"),
        valeur(ligne(passe, "*"), "total"),
        valeur(tout, "demandes_actives"),
        valeur(tout, RATIO),
        valeur(ligne(passe, "*"), RATIO),
        valeur(tout, f"{RATIO}_hors_mutation"),
        _image_volume(lu, table),
        table,
        _table_tension(ctx, lu, passe),
    )


def _image_volume(lu: TableauDe[Attributions], table: Tableau) -> Bloc:
    series = [
        Serie("Hors mutation", tuple(connu(une["hors_mutation"]) for une in lu.modalites)),
        Serie("Mutations", tuple(connu(une["mutations"]) for une in lu.modalites)),
    ]
    legende = Legende(
        f"image-{lu.cle}", "Attributions de chaque mois, mutations et hors mutation", ""
    )
    return serie(
        [mois_court(une["code"]) for une in lu.modalites],
        series,
        ("hors_mutation", "mutations"),
        legende,
        table,
    )


def _table_tension(
    ctx: Contexte, lu: TableauDe[Attributions], passe: TableauDe[Attributions] | None
) -> Tableau:
    """Print « demandes pour une attribution » of all, then of each part, with its two counts."""
    avant = [passe] if passe else []
    montres = [un for un in champs(lu.tableau, "tension") if not un.temps or avant]
    corps = [
        (
            Cellule(nom),
            *(
                cellule(de, de.ensemble, noms.get(un.nom, f"{un.nom}{suffixe}"))
                for un in montres
                for de in (avant if un.temps else [lu])
            ),
        )
        for nom, suffixe, noms in PARTS
    ]
    return Tableau(
        f"{lu.cle}-tension",
        titre(lu.tableau, "tension"),
        (Colonne(entete(lu.tableau, "tension")), *(un.colonne for un in montres)),
        tuple(corps),
        source=ctx.source_de("attributions"),
    )


# --- Délais ---------------------------------------------------------------------------------------


def _attente(ctx: Contexte) -> Attente:
    absence = ctx.manque("delais")
    if absence:
        return Attente(absence)
    lu, passe = ctx.lire(Delais), ctx.lire_avant(Delais)
    table = ctx.imprimer(lu)
    legende = Legende(f"image-{lu.cle}", "Délai médian d'attribution par typologie, en mois", "")
    return Attente(
        None,
        valeur(lu.ensemble, "delai_median_mois"),
        valeur(lu.ensemble, "delai_moyen_mois"),
        valeur(ligne(passe, "*"), "delai_median_mois"),
        en_mois(lu.modalites, legende, table, "delai_median_mois"),
        table,
    )


# --- Typologies, pressure -------------------------------------------------------------------------


def _obtenues(ctx: Contexte) -> Obtenues:
    absence = ctx.manque("typologies")
    if absence:
        return Obtenues(absence)
    lu = ctx.lire(Typologies)
    tout = next(
        (une for une in lu.lignes if une["code_recherche"] == une["code_attribue"] == "*"),
        lu.sans_ligne,
    )
    diagonale = [
        une for une in lu.lignes if une["code_recherche"] == une["code_attribue"] not in {"*", "NR"}
    ]
    comptes = [valeur(une, "attributions") for une in diagonale]
    connus = [un for un in comptes if un is not None]
    dites = [
        une
        for une in diagonale
        if valeur(une, "attributions") and valeur(une, "attributions_du_souhait")
    ]
    dites.sort(key=lambda une: -une["attributions_du_souhait"])
    return Obtenues(
        None,
        sum(connus) if len(connus) == len(comptes) else None,
        valeur(tout, "attributions"),
        dites[:CITEES],
        _matrice(ctx, lu),
    )


def _matrice(ctx: Contexte, lu: TableauDe[Typologies]) -> Tableau:
    """Print the attributions as a matrix: typology wanted in rows, attributed in columns."""
    par = {(une["code_recherche"], une["code_attribue"]): une for une in lu.lignes}
    recherches = dict.fromkeys(
        (une["code_recherche"], une["libelle_recherche"]) for une in lu.lignes
    )
    attribues = sorted(
        {(une["code_attribue"], une["libelle_attribue"]) for une in lu.lignes},
        key=lambda une: (une[0] == "*", une[0] == "NR", une[0]),
    )
    corps = [
        (Cellule(nom), *(_case(lu, par.get((code, autre))) for autre, _ in attribues))
        for code, nom in recherches
    ]
    return Tableau(
        lu.cle,
        titre(lu.tableau),
        (Colonne(entete(lu.tableau)), *(Colonne(nom, "nombre") for _, nom in attribues)),
        tuple(corps),
        source=ctx.source_de("typologies"),
        totaux=frozenset(rang for rang, (code, _) in enumerate(recherches) if code == "*"),
    )


def _case(lu: TableauDe[Typologies], une: Typologies | None) -> Cellule:
    return Cellule(0) if une is None else cellule(lu, une, "attributions")


def _pression(
    ctx: Contexte,
    de: type[PressionTypologies | PressionCompositions],
    role: Role,
) -> Pression:
    absence = ctx.manque(role)
    if absence:
        return Pression(absence)
    lu = ctx.lire(de)
    table = ctx.imprimer(lu)
    voulues = [
        une
        for une in lu.modalites
        if une["code"] not in SANS_REPONSE and une["demandes_actives"] != 0
    ]
    dites = [
        une
        for une in voulues
        if (valeur(une, "attributions") or 0) >= lu.seuil and valeur(une, RATIO) is not None
    ]
    dites.sort(key=lambda une: -chiffre(une, RATIO))
    legende = Legende(f"image-{lu.cle}", lu.tableau.titre, "")
    ensemble = valeur(lu.ensemble, RATIO)
    return Pression(
        None,
        dites[0] if len(dites) > 1 else None,
        dites[-1] if len(dites) > 1 else None,
        rapports(dites, legende, table, RATIO, ensemble),
        table,
        len(dites) < len(voulues),
        ensemble,
    )


# --- Attributaires beside demandeurs --------------------------------------------------------------


def _face(ctx: Contexte) -> Face:
    absence = ctx.manque("profil")
    if absence:
        return Face(absence)
    lu = ctx.lire(Profil)
    lignes = [une for une in lu.lignes if une["dimension"] in {*DIMENSIONS, "ensemble"}]
    gardees = [une for une in lignes if {une["demandes"], une["attributions"]} != {0}]

    def imprimer(retenues: Sequence[Profil], sorte: str = "") -> Tableau:
        premieres = {une["dimension"]: nom_ligne(une) for une in reversed(retenues)}.values()
        return ctx.imprimer(
            lu, retenues, sorte=sorte, nommer=lambda une: _nom_profil(une, premieres)
        )

    table = imprimer(gardees)
    servies = sorted(
        (une for une in gardees if une["code"] not in {*SANS_REPONSE, "*"} and _ecart(une)),
        key=lambda une: -_ecart(une),
    )
    mieux = [une for une in servies if _ecart(une) > MARGE][:CITEES]
    moins = [une for une in reversed(servies) if _ecart(une) < -MARGE][:CITEES]
    legende = Legende(f"image-{lu.cle}", lu.tableau.titre, "")
    montrees = sorted(servies, key=lambda une: -abs(_ecart(une)))[:BARRES]
    montrees.sort(key=lignes.index)
    if not montrees:
        return Face(None, mieux, moins, None, table)
    image = face_a_face(montrees, legende, table, [gardees.index(une) for une in montrees])
    ecarts = [*montrees, *(une for une in gardees if une["code"] == "*")]
    autres = len(gardees) - len(ecarts)
    return Face(None, mieux, moins, image, imprimer(ecarts, "ecarts"), autres)


def _nom_profil(une: Profil, premieres: Container[str]) -> str:
    """Name a row; the first of a dimension says which."""
    nom = une["libelle"]
    if une["code"] == "*":
        return nom
    if f"{une['dimension']}/{une['code']}" in premieres:
        return f"{une['libelle_dimension']} : {minuscule(nom)}"
    return f"{RETRAIT}{minuscule(nom)}"


def _ecart(une: Profil) -> float:
    """Return how far the share of attributions is from that of demandes, in standard deviations."""
    demandes, attributions, total = (
        valeur(une, nom) for nom in ("part_demandes", "part_attributions", "attributions_ensemble")
    )
    if not demandes or attributions is None or not total or demandes >= 1:
        return 0.0
    return (attributions - demandes) / math.sqrt(demandes * (1 - demandes) / total)


# --- Territoires ----------------------------------------------------------------------------------


def lieux(ctx: Contexte) -> Lieux:
    """Return attributions and tension by place."""
    absence = ctx.manque("territoires")
    if absence:
        return Lieux(absence)
    lu = ctx.lire(Territoires)
    niveaux = {
        nom: [une for une in lu.lignes if une["niveau"] == nom]
        for nom in ("departement", "epci", "commune", "arrondissement")
    }
    communes = [une for une in niveaux["commune"] if une["code"] != "NR"]
    tete = communes[:COMMUNES]
    par_commune = table_territoires(ctx, lu, tete, "commune")
    arrondissements = sorted(niveaux["arrondissement"], key=lambda une: une["code"])
    table = (
        table_territoires(ctx, lu, arrondissements, "arrondissement") if arrondissements else None
    )
    carte = _carte(ctx, lu, communes, par_commune)
    total = valeur(ligne(lu, "*", niveau="departement"), "attributions")
    return Lieux(
        None,
        _premieres(communes, total),
        total,
        len(communes) - len(tete),
        any(valeur(une, "attributions") is None for une in communes),
        lu.seuil,
        MINIMUM,
        *_extremes(communes, MINIMUM),
        carte is not None or not communes[1:],
        carte,
        table_territoires(ctx, lu, [*niveaux["epci"], *niveaux["departement"]], "epci"),
        par_commune if tete else None,
        _divisee(communes, arrondissements),
        *_extremes(arrondissements, lu.seuil),
        table,
    )


def _premieres(communes: Sequence[Territoires], total: float | None) -> list[Territoires]:
    """Return the communes of the most attributions: none that is masked has more.

    One has at most what the others leave of all of them. None where there is one commune alone.
    """
    comptes = [valeur(une, "attributions") for une in communes]
    connus = [un for un in comptes if un is not None]
    masquees = len(comptes) - len(connus)
    reste = math.inf if total is None else total - sum(connus) - masquees + 1
    plancher = max(reste, 1) if masquees else 1
    dites = takewhile(lambda une: (valeur(une, "attributions") or 0) >= plancher, communes)
    return list(dites)[:CITEES] if communes[1:] else []


def _extremes(
    lieux: Sequence[Territoires], attributions: int
) -> tuple[Territoires | None, Territoires | None]:
    """Return the places of the most and the fewest demandes for one attribution.

    Among those of so many attributions at least, Nones when there are not two, or when one
    decimal, as it is printed, would tell « from 6,9 to 6,9 ».
    """
    dits = [une for une in lieux if _dit(une, attributions) and valeur(une, RATIO) is not None]
    dits.sort(key=lambda une: -chiffre(une, RATIO))
    bornes = {nombre(chiffre(une, RATIO), 1) for une in dits}
    return (dits[0], dits[-1]) if len(bornes) > 1 else (None, None)


def _dit(une: Territoires, seuil: int) -> bool:
    """Tell whether there are attributions enough for a ratio to mean something."""
    return (valeur(une, "attributions") or 0) >= seuil


def _divisee(
    communes: Sequence[Territoires], arrondissements: Sequence[Territoires]
) -> Territoires | None:
    """Return the commune that is divided into arrondissements, when its count may be told."""
    meres = {territoires()[une["code"]].mere for une in arrondissements}
    return next((une for une in communes if une["code"] in meres and _dit(une, 1)), None)


def table_territoires(
    ctx: Contexte, lu: TableauDe[Territoires], lignes: Sequence[Territoires], sorte: str
) -> Tableau:
    """Return attributions, demandes and their ratio by territory."""
    return ctx.imprimer(lu, lignes, sorte=sorte, nommer=nom_court)


def nom_court(ligne: Territoires) -> str:
    """Return « 8e arrondissement » for Marseille 8e Arrondissement, else the name."""
    nom = ligne["libelle"]
    if ligne["niveau"] != "arrondissement":
        return nom
    return f"{nom.split()[-2]} arrondissement" if nom.endswith("Arrondissement") else nom


def _carte(
    ctx: Contexte, lu: TableauDe[Territoires], communes: list[Territoires], table: Tableau
) -> Bloc | None:
    """Return the map, None where there is one commune, or their contours are not known."""
    fond = fond_de_carte(ctx.edition.departement, "commune", 620) if communes[1:] else None
    if fond is None:
        return None
    titre = "Demandes pour une attribution, par commune"
    svg = dessiner_carte(fond, communes, TENSION, titre, lu.seuil, a_cote=True)
    legende = Legende(f"carte-{lu.cle}", titre, "")
    return graphique(legende, svg, table, "carte", (RATIO,))
