"""Réalisé against objectives, by arrondissement, then what holds for the département."""

from __future__ import annotations

import math

from infocentre.lecture.accueil import Objectif, objectifs
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import Arrondissements
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import borner, entier, pourcentage, rapport
from infocentre.noyau.temps import nom_mois
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Origine,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.synthese.vide import aucun

TABLEAU: Role = "arrondissements"
ARRONDISSEMENTS, NOM = 7, 26
SANS_OBJECTIF = frozenset({"NR", "HD"})
COLONNES = (
    Colonne("Arrondissement"),
    Colonne("Attribués en 12 mois", "nombre"),
    Colonne("à des prioritaires", "nombre"),
    Colonne("Part", "taux"),
    Colonne("Face à l'objectif"),
    Colonne("Logement d'abord, année", "nombre"),
    Colonne("Face à l'objectif"),
)


def realise(edition: Edition) -> Section:
    """Return the table by arrondissement and a sentence on the social mix."""
    lu = lire_tableau(edition.v, Arrondissements, edition.departement, edition.mois, partage=False)
    generaux = {un.cle: un for un in objectifs(edition.v, edition.filtres)}
    blocs: list[Bloc] = []
    if aucun(edition, "attributions"):
        blocs.append(Paragraphe(_rien(edition)))
    elif lu.lignes:
        blocs.append(_tableau(edition, _abreger(lu.modalites), lu.ensemble))
    else:
        blocs += _sans_tableau(generaux)
    blocs += _mixite(generaux.get("premier_quartile"))
    return Section("Réalisé et objectifs", tuple(blocs), gabarit="realise")


def _rien(edition: Edition) -> str:
    return (
        "Aucun logement n'a été attribué dans les 12 mois qui finissent en "
        f"{nom_mois(edition.mois)} : rien ne se compare aux objectifs."
    )


def _abreger(lignes: list[Arrondissements]) -> list[Arrondissements]:
    """Keep the largest arrondissements; the others are one row, which has no objective."""
    if len(lignes) <= ARRONDISSEMENTS:
        return lignes
    premiers, reste = lignes[: ARRONDISSEMENTS - 1], lignes[ARRONDISSEMENTS - 1 :]
    autres: Arrondissements = {
        **reste[0],
        "code": "",
        "libelle": f"{len(reste)} autres",
        "attributions": sum(une["attributions"] for une in reste),
        "prioritaires": sum(une["prioritaires"] for une in reste),
        "logement_dabord_annee": sum(une["logement_dabord_annee"] for une in reste),
        "prorata": None,
    }
    return [*premiers, autres]


def _tableau(edition: Edition, lignes: list[Arrondissements], ensemble: Arrondissements) -> Tableau:
    rangees = tuple(_rangee(edition, une) for une in (*lignes, ensemble))
    objectif = pourcentage(ensemble["objectif"], 0)
    return Tableau(
        cle="realise",
        titre="Logements attribués, par arrondissement du logement",
        colonnes=COLONNES,
        lignes=rangees,
        lecture="Ménages prioritaires : reconnus au titre du DALO, ou relevant des autres "
        f"priorités de la loi, objectif {objectif} des attributions. Logement d'abord : ménages "
        "sans abri, en hébergement ou à l'hôtel ; l'objectif est compté au prorata des mois.",
        totaux=frozenset({len(lignes)}),
    )


def _rangee(edition: Edition, une: Arrondissements) -> tuple[Cellule, ...]:
    def origine(colonne: str) -> Origine | None:
        if not une["code"]:
            return None
        return Origine(tableaux().code(TABLEAU), edition.mois, une["code"], colonne)

    ailleurs = une["code"] in SANS_OBJECTIF
    part = une["prioritaires"] / une["attributions"] if une["attributions"] else None
    return (
        Cellule(borner(une["libelle"], NOM)),
        Cellule(une["attributions"], origine("attributions")),
        Cellule(une["prioritaires"], origine("prioritaires")),
        Cellule(part, origine("part_prioritaires")),
        _situation(une["prioritaires"], _du(une), sans_objet=ailleurs),
        Cellule(une["logement_dabord_annee"], origine("logement_dabord_annee")),
        _situation(une["logement_dabord_annee"], une["prorata"], sans_objet=ailleurs),
    )


def _du(une: Arrondissements) -> float | None:
    """Return the count due; None outside the département, where nobody here has an objective."""
    if une["objectif"] is None or not une["attributions"] or une["code"] in SANS_OBJECTIF:
        return None
    return float(une["objectif"] * une["attributions"])


def _situation(fait: int, attendu: float | None, *, sans_objet: bool = False) -> Cellule:
    """Return « atteint » or how many are missing, counted up to the next whole one."""
    if attendu is None:
        return Cellule("–" if sans_objet else "non fixé")
    manque = math.ceil(attendu - fait - 1e-9)
    if manque <= 0:
        return Cellule("atteint", etat=Etat.VERT)
    return Cellule(f"il en manque {entier(manque)}", etat=Etat.ORANGE)


def _sans_tableau(generaux: dict[str, Objectif]) -> list[Bloc]:
    """Return what the département's own tables say, when that by arrondissement is not there."""
    blocs: list[Bloc] = []
    if dalo := generaux.get("dalo"):
        blocs.append(Paragraphe(f"Ménages prioritaires : {_dire(dalo, 'attributions de 12 mois')}"))
    if abord := generaux.get("logement_dabord"):
        blocs.append(
            Paragraphe(f"Logement d'abord : {_dire(abord, 'attributions depuis janvier')}")
        )
    blocs.append(
        Paragraphe(
            "Le détail par arrondissement n'est pas disponible pour ce mois : la livraison n'a "
            "pas ce qu'il faut, ou le mois a été contrôlé avec une version antérieure.",
            "note",
        )
    )
    return blocs


def _dire(un: Objectif, de_quoi: str) -> str:
    fait = f"**{rapport(un.realise, un.sur)}** {de_quoi}"
    if un.attendu is None:
        return f"{fait}, sans objectif fixé."
    situation = _situation(un.realise, un.attendu).valeur
    return f"{fait} ; objectif {situation}."


def _mixite(un: Objectif | None) -> list[Bloc]:
    """Say the mix outside QPV without a word of statistics."""
    if un is None or not un.sur or un.objectif is None:
        return []
    objectif = f"objectif de {pourcentage(un.objectif, 0)}"
    manque = entier((un.attendu or 0) - un.realise)
    situation = f"{objectif} atteint" if un.atteint else f"{objectif}, il en manque {manque}"
    texte = (
        f"Mixité : hors quartiers prioritaires, **{rapport(un.realise, un.sur)}** attributions de "
        "12 mois vont à des ménages aux plus faibles ressources ou relogés par le renouvellement "
        f"urbain ({situation})."
    )
    return [Paragraphe(texte)]
