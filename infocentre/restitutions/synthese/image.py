"""The one picture that matters: an objective missed, else what got worse, else the demande."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.graphiques import Barre, Point, barres, courbe
from infocentre.lecture.accueil import chiffres, mouvements
from infocentre.lecture.commun import catalogue
from infocentre.lecture.indicateurs import histoire, mesure
from infocentre.lecture.tableaux import chiffre, lire_tableau
from infocentre.mesures.lignes_tableaux import Arrondissements
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import EFFECTIF_MINIMAL
from infocentre.noyau.francais import (
    borner,
    compter,
    denombrer,
    entier,
    evolution,
    majuscule,
    minuscule,
    part,
    pourcentage,
    rapport,
)
from infocentre.noyau.temps import de_mois, mois_avant, nom_mois
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Graphique,
    Origine,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.synthese.realise import ARRONDISSEMENTS, SANS_OBJECTIF, TABLEAU

UN_AN, MOIS = 12, 24
COURBE = (680.0, 200.0)
NOM, TITRE = 26, 150


def image(edition: Edition) -> Section:
    """Return the picture, its title being what it shows."""
    bloc = _objectif(edition) or _degradation(edition) or _demande(edition)
    return Section("L'image du mois", (bloc,), page=True, gabarit="image")


# --- An objective missed --------------------------------------------------------------------------


def _objectif(edition: Edition) -> Bloc | None:
    """Draw the share of priority households by arrondissement, when one is under the objective."""
    lu = lire_tableau(edition.v, Arrondissements, edition.departement, edition.mois, partage=False)
    juges = [
        une
        for une in lu.modalites
        if une["code"] not in SANS_OBJECTIF and une["attributions"] >= EFFECTIF_MINIMAL
    ]
    manques = [une for une in juges if une["manquantes"]]
    if not manques:
        return None
    retenus = sorted(juges, key=lambda une: une["part_prioritaires"])[:ARRONDISSEMENTS]
    objectif = pourcentage(juges[0]["objectif"], 0)
    combien = majuscule(denombrer(len(manques), "arrondissement est", "arrondissements sont"))
    titre = f"{combien} sous l'objectif de {objectif} de logements attribués aux prioritaires"
    texte = (
        f"Part des ménages prioritaires dans les logements attribués en 12 mois, de "
        f"{part(retenus[0]['part_prioritaires'])} ({retenus[0]['libelle']}) à "
        f"{part(retenus[-1]['part_prioritaires'])} ({retenus[-1]['libelle']})."
    )
    svg = _barres(retenus, texte, juges[0]["objectif"])
    return Graphique("image", titre, svg, texte, _chiffres_barres(edition, retenus), "barres", (3,))


def _barres(retenus: list[Arrondissements], texte: str, objectif: float) -> str:
    lignes = [
        Barre(
            borner(une["libelle"], NOM),
            une["part_prioritaires"],
            ecrit=rapport(une["prioritaires"], une["attributions"], 0),
        )
        for une in retenus
    ]
    maximum = max(0.4, *(1.5 * une["part_prioritaires"] for une in retenus))
    cible = (objectif, f"objectif {pourcentage(objectif, 0)}")
    return barres(lignes, texte, taux=True, cible=cible, maximum=maximum)


def _chiffres_barres(edition: Edition, retenus: list[Arrondissements]) -> Tableau:
    noms, code = ("prioritaires", "attributions", "part_prioritaires"), tableaux().code(TABLEAU)
    colonnes = (
        Colonne("Arrondissement"),
        Colonne("Ménages prioritaires", "nombre"),
        Colonne("Logements attribués", "nombre"),
        Colonne("Part", "taux"),
    )
    lignes = tuple(
        (
            Cellule(une["libelle"]),
            *(Cellule(chiffre(une, n), Origine(code, edition.mois, une["code"], n)) for n in noms),
        )
        for une in retenus
    )
    return Tableau("image", "Ménages prioritaires par arrondissement", colonnes, lignes)


# --- What got worse -------------------------------------------------------------------------------


def _degradation(edition: Edition) -> Bloc | None:
    """Draw the two years of what got worse most in a year, None when nothing did."""
    pires = [
        une
        for une in mouvements(edition.v, edition.filtres).lignes
        if une["recul"] == "an"
        and une["taux"] > une["taux_avant"]
        and une["code"] in catalogue().indicateurs
    ]
    if not pires:
        return None
    pire = pires[0]
    niveau = "departement" if pire["guichet"] == "*" else "guichet"
    un = catalogue().indicateurs[pire["code"]]
    lues = histoire(
        edition.v, edition.filtres, niveau, pire["guichet"], (un.code,), nombre=MOIS + 1
    ).get(un.code, {})
    mesures = {mois: mesure(ligne) for mois, ligne in lues.items()}
    serie = {mois: une.taux for mois, une in mesures.items()}
    ecrits = {mois: rapport(une.numerateur, une.denominateur) for mois, une in mesures.items()}
    qui = "Dans tout le département" if niveau == "departement" else borner(pire["nom"], 60)
    titre = (
        f"{qui} : {minuscule(un.libelle)}, {part(pire['taux'])} contre "
        f"{part(pire['taux_avant'])} un an plus tôt"
    )
    glisse = mesures[edition.mois].sur_12_mois
    colonne = "taux_12m" if glisse else "taux"
    quoi = "sur les 12 mois qui finissent avec" if glisse else "à la fin de"
    return _courbe(
        edition,
        borner(titre, TITRE),
        _Serie(
            f"Part des anomalies {quoi} chaque mois",
            (un.code, pire["guichet"], colonne),
            serie,
            ecrits,
        ),
    )


# --- The demande ----------------------------------------------------------------------------------


def _demande(edition: Edition) -> Bloc:
    """Draw the demandes en attente over two years."""
    serie: dict[str, float | None] = {**chiffres(edition.v, edition.filtres).get("actives", {})}
    if len(serie) < 2:  # noqa: PLR2004 - a line has two ends
        return Paragraphe("L'image du mois viendra avec un deuxième mois : rien n'a encore bougé.")
    ici, avant = serie.get(edition.mois), serie.get(mois_avant(edition.mois, UN_AN))
    titre = "Les demandes en attente"
    if ici is not None:
        titre = compter(ici, "demande en attente", "demandes en attente")
        dit = evolution(ici, avant) if avant else ""
        titre += f", un nombre {dit} en un an" if dit else ""
    texte = "Demandes en attente à la fin de chaque mois"
    ecrits = {un: entier(valeur) for un, valeur in serie.items() if valeur is not None}
    origine = (tableaux().code("evolution"), "ACTIVES", "total")
    return _courbe(edition, titre, _Serie(texte, origine, serie, ecrits))


@dataclass(frozen=True, slots=True)
class _Serie:
    """What a curve draws by month: what it is, where it comes from, its values, as written."""

    texte: str
    origine: tuple[str, str, str]
    valeurs: dict[str, float | None]
    ecrits: dict[str, str]


def _courbe(edition: Edition, titre: str, serie: _Serie) -> Graphique:
    """Draw a series up to the month, two years at most, gaps shown."""
    debut = max(min(serie.valeurs), mois_avant(edition.mois, MOIS))
    mois = [mois_avant(edition.mois, recul) for recul in range(MOIS, -1, -1)]
    mois = [un for un in mois if un >= debut]
    code, ligne, colonne = serie.origine
    taux = colonne.startswith("taux")
    dit = _legende(serie, debut, edition.mois)
    points = [Point(un, serie.valeurs.get(un)) for un in mois]
    svg = courbe(points, dit, taux=taux, dimensions=COURBE)
    lignes = tuple(
        (Cellule(nom_mois(un)), Cellule(serie.valeurs.get(un), Origine(code, un, ligne, colonne)))
        for un in mois
    )
    colonnes = (Colonne("Mois"), Colonne("Valeur", "taux" if taux else "nombre"))
    tableau = Tableau("image", titre, colonnes, lignes)
    return Graphique("image", titre, svg, dit, tableau, "courbe", (1,))


def _legende(serie: _Serie, debut: str, fin: str) -> str:
    """Say what is drawn, from when to when, and both ends when they differ."""
    dit = f"{serie.texte}, {de_mois(debut)} à {nom_mois(fin)}"
    bouts = [serie.ecrits[un] for un in (debut, fin) if un in serie.ecrits]
    if len(set(bouts)) < 2:  # noqa: PLR2004 - two ends that differ
        return f"{dit}."
    return f"{dit} : de {bouts[0]} à {bouts[1]}."
