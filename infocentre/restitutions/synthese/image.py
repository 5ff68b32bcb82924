"""The one picture that matters: an objective missed, else what got worse, else the demande."""

from __future__ import annotations

from dataclasses import dataclass, replace

from infocentre.graphiques import Barre, Point, barres, courbe
from infocentre.lecture.accueil import Mouvement, chiffres, mouvements, revolu
from infocentre.lecture.commun import catalogue
from infocentre.lecture.indicateurs import Mesure, derniers_mois, histoire, mesure
from infocentre.lecture.tableaux import chiffre, lire_tableau
from infocentre.mesures.lignes_tableaux import Arrondissements
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import EFFECTIF_MINIMAL
from infocentre.noyau.francais import borner, pourcent, rapport
from infocentre.noyau.temps import annuels, mois_avant, nom_mois
from infocentre.restitutions import entetes
from infocentre.restitutions.document import (
    Cellule,
    Graphique,
    Origine,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.realise import ARRONDISSEMENTS, SANS_OBJECTIF, TABLEAU

UN_AN, MOIS = 12, 24
COURBE = (680.0, 155.0)
NOM = 30


@dataclass(frozen=True, slots=True)
class Objectif:
    """The arrondissements under the objective of priority households, the lowest first.

    `d_au_moins`: the fewest attributions of those that are counted, None when no other is under it.
    """

    sous: int
    d_au_moins: int | None
    objectif: float
    dessines: tuple[Arrondissements, ...]


@dataclass(frozen=True, slots=True)
class Hausse:
    """What got worse most in a year; `nom` None for the département, `debut` the first month."""

    nom: str | None
    libelle: str
    mouvement: Mouvement
    debut: str
    premiere: Mesure | None
    derniere: Mesure


@dataclass(frozen=True, slots=True)
class Demande:
    """The demandes en attente: now, a year before, in the first month drawn."""

    ici: float | None
    avant: float | None
    debut: str
    premiere: float | None


@dataclass(frozen=True)
class Image(Contenu):
    """The picture and what it shows: one of the three, none when nothing has moved yet.

    `pas` is what goes from a point of a curve to the next; `seul` tells a first month, which has
    nothing to be compared with, from one whose delivery says too little.
    """

    modele = "synthese/image.md"

    mois: str
    image: Graphique | None
    objectif: Objectif | None = None
    hausse: Hausse | None = None
    demande: Demande | None = None
    pas: str = "mois"
    seul: bool = True


def image(edition: Edition) -> Section:
    """Return the picture, its title being what it shows."""
    contenu = _objectif(edition) or _hausse(edition) or _demande(edition)
    connus = list(edition.mois_connus)
    annuel = len(annuels([un for un in connus if un <= edition.mois])) > 1
    pas = "année" if annuel else "mois"
    return replace(contenu, pas=pas, seul=len(connus) < 2).section()  # noqa: PLR2004


# --- An objective missed --------------------------------------------------------------------------


def _objectif(edition: Edition) -> Image | None:
    """Draw the share of priority households by arrondissement, when one is under the objective."""
    lu = lire_tableau(edition.v, Arrondissements, edition.departement, edition.mois, partage=False)
    tous = [une for une in lu.modalites if une["code"] not in SANS_OBJECTIF]
    juges = [une for une in tous if une["attributions"] >= EFFECTIF_MINIMAL]
    manques = [une for une in juges if une["manquantes"]]
    autres = sum(bool(une["manquantes"]) for une in tous) > len(manques)
    if not manques:
        return None
    retenus = sorted(juges, key=lambda une: une["part_prioritaires"])[:ARRONDISSEMENTS]
    d_au_moins = EFFECTIF_MINIMAL if autres else None
    objectif = Objectif(len(manques), d_au_moins, juges[0]["objectif"], tuple(retenus))
    tableau = _chiffres_barres(edition, retenus)
    svg = _barres(retenus, objectif.objectif)
    vise = objectif.objectif
    dessin = Graphique("image", "", svg, "", tableau, "barres", (3,), objectif=vise)
    return Image(edition.mois, dessin, objectif=objectif)


def _barres(retenus: list[Arrondissements], objectif: float) -> str:
    lignes = [
        Barre(
            borner(une["libelle"], NOM),
            une["part_prioritaires"],
            ecrit=rapport(une["prioritaires"], une["attributions"], 0),
        )
        for une in retenus
    ]
    maximum = max(0.4, *(1.5 * une["part_prioritaires"] for une in retenus))
    cible = (objectif, f"objectif {pourcent(objectif)}")
    return barres(lignes, "", taux=True, cible=cible, maximum=maximum)


def _chiffres_barres(edition: Edition, retenus: list[Arrondissements]) -> Tableau:
    noms, code = ("prioritaires", "attributions", "part_prioritaires"), tableaux().code(TABLEAU)
    colonnes = entetes.colonnes(
        "image-objectif", "arrondissement", "prioritaires", "attributions", "part_prioritaires"
    )
    lignes = tuple(
        (
            Cellule(une["libelle"]),
            *(Cellule(chiffre(une, n), Origine(code, edition.mois, une["code"], n)) for n in noms),
        )
        for une in retenus
    )
    return Tableau("image", entetes.titre("image-objectif"), colonnes, lignes)


# --- What got worse -------------------------------------------------------------------------------


def _hausse(edition: Edition) -> Image | None:
    """Draw the two years of what got worse most in a year, None when nothing did."""
    pire = next(
        (
            une
            for une in mouvements(edition.v, edition.filtres).lignes
            if une["recul"] == "an"
            and une["taux"] > une["taux_avant"]
            and not revolu(une)
            and une["code"] in catalogue().indicateurs
        ),
        None,
    )
    if pire is None:
        return None
    code, guichet = pire["code"], pire["guichet"]
    niveau = "departement" if guichet == "*" else "guichet"
    lues = histoire(edition.v, edition.filtres, niveau, guichet, nombre=MOIS + 1)
    mesures = {mois: mesure(ligne) for mois, ligne in lues.get(code, {}).items()}
    derniere = mesures[edition.mois]
    colonne = "taux_12m" if derniere.sur_12_mois else "taux"
    valeurs = {mois: une.taux for mois, une in mesures.items()}
    debut, dessin = _courbe(edition, (code, guichet, colonne), valeurs)
    hausse = Hausse(
        None if guichet == "*" else pire["nom"],
        catalogue().indicateurs[code].libelle,
        pire,
        debut,
        mesures.get(debut),
        derniere,
    )
    return Image(edition.mois, dessin, hausse=hausse)


# --- The demande ----------------------------------------------------------------------------------


def _demande(edition: Edition) -> Image:
    """Draw the demandes en attente over two years; a line has two ends."""
    serie = chiffres(edition.v, edition.filtres).get("actives", {})
    if len(serie) < 2:  # noqa: PLR2004
        return Image(edition.mois, None)
    origine = (tableaux().code("evolution"), "ACTIVES", "total")
    debut, dessin = _courbe(edition, origine, {**serie})
    avant = serie.get(mois_avant(edition.mois, UN_AN)) or None
    demande = Demande(serie.get(edition.mois), avant, debut, serie.get(debut))
    return Image(edition.mois, dessin, demande=demande)


def _courbe(
    edition: Edition, origine: tuple[str, str, str], valeurs: dict[str, float | None]
) -> tuple[str, Graphique]:
    """Draw a series up to the month, two years at most, gaps shown; return its first month too."""
    montres = derniers_mois(edition.filtres, list(edition.mois_connus), MOIS + 1)
    mois = [un for un in montres if un >= min(valeurs)]
    debut = mois[0]
    code, ligne, colonne = origine
    taux = colonne.startswith("taux")
    points = [Point(un, valeurs.get(un)) for un in mois]
    svg = courbe(points, "", taux=taux, dimensions=COURBE)
    lignes = tuple(
        (Cellule(nom_mois(un)), Cellule(valeurs.get(un), Origine(code, un, ligne, colonne)))
        for un in mois
    )
    colonnes = entetes.colonnes("image-courbe", "mois", "taux" if taux else "nombre")
    tableau = Tableau("image", entetes.titre("image-courbe"), colonnes, lignes)
    return debut, Graphique("image", "", svg, "", tableau, "courbe", (1,))
