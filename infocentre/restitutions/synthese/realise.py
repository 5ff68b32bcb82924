"""Réalisé against objectives, by arrondissement, then what holds for the département."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.lecture.accueil import Objectif, objectifs
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import Arrondissements
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import compter, entier
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Origine, Section, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.commun import aucun, tenir

TABLEAU: Role = "arrondissements"
ARRONDISSEMENTS, LETTRES = 7, 130
# Not known, or out of the département: where nobody here has an objective.
SANS_OBJECTIF = frozenset({"NR", "HD"})


@dataclass(frozen=True, slots=True)
class Fait:
    """What is done of an objective; `manque`: how many are missing, None without an objective."""

    realise: int
    sur: int
    objectif: float | None
    manque: int | None


@dataclass(frozen=True)
class Realise(Contenu):
    """Counts against objectives; `tableau` None when it is not calculable.

    `ailleurs` and `prioritaires_ailleurs` are what no row of it has. `rien`: nothing was attributed
    in 12 months.
    """

    modele = "synthese/realise.md"

    mois: str
    rien: bool
    tableau: Tableau | None
    objectif: float | None
    ailleurs: int
    prioritaires_ailleurs: int
    prioritaires: Fait | None
    logement_dabord: Fait | None
    mixite: Fait | None


def realise(edition: Edition) -> Section:
    """Return the table by arrondissement and a sentence on the social mix."""
    lu = lire_tableau(edition.v, Arrondissements, edition.departement, edition.mois, partage=False)
    faits = {un.cle: _fait(un) for un in objectifs(edition.v, edition.filtres)}
    ici = [une for une in lu.modalites if une["code"] not in SANS_OBJECTIF]
    ailleurs = [une for une in lu.modalites if une["code"] in SANS_OBJECTIF]
    mixite = faits.get("premier_quartile")
    rien = aucun(edition, "attributions")
    montre = bool(lu.lignes) and not rien
    return Realise(
        mois=edition.mois,
        rien=rien,
        tableau=_tableau(edition, _abreger(ici), lu.ensemble) if montre else None,
        objectif=lu.ensemble["objectif"] if montre else None,
        ailleurs=sum(une["attributions"] for une in ailleurs),
        prioritaires_ailleurs=sum(une["prioritaires"] for une in ailleurs),
        prioritaires=faits.get("dalo"),
        logement_dabord=faits.get("logement_dabord"),
        mixite=mixite if mixite and mixite.sur and mixite.objectif is not None else None,
    ).section()


def _fait(un: Objectif) -> Fait:
    manque = None if un.attendu is None else max(0, math.ceil(un.attendu - un.realise - 1e-9))
    return Fait(un.realise, un.sur, un.objectif, manque)


def _abreger(lignes: list[Arrondissements]) -> list[Arrondissements]:
    """Keep the largest arrondissements; the others are one row, which has no objective."""
    gardees = tenir(lignes, lambda une: len(une["libelle"]), ARRONDISSEMENTS, LETTRES)
    if len(gardees) == len(lignes):
        return lignes
    premiers, reste = lignes[: len(gardees) - 1], lignes[len(gardees) - 1 :]
    autres: Arrondissements = {
        **reste[0],
        "code": "",
        "libelle": compter(len(reste), "autre"),
        "attributions": sum(une["attributions"] for une in reste),
        "prioritaires": sum(une["prioritaires"] for une in reste),
        "logement_dabord_annee": sum(une["logement_dabord_annee"] for une in reste),
        "prorata": None,
    }
    return [*premiers, autres]


def _tableau(
    edition: Edition, lignes: Sequence[Arrondissements], ensemble: Arrondissements
) -> Tableau:
    rangees = tuple(_rangee(edition, une) for une in (*lignes, ensemble))
    colonnes = entetes.colonnes(
        "realise",
        "arrondissement",
        "attributions",
        "prioritaires",
        "part_prioritaires",
        "objectif",
        "logement_dabord",
        "prorata",
    )
    return Tableau("realise", "", colonnes, rangees, totaux=frozenset({len(lignes)}))


def _rangee(edition: Edition, une: Arrondissements) -> tuple[Cellule, ...]:
    def origine(colonne: str) -> Origine | None:
        if not une["code"]:
            return None
        return Origine(tableaux().code(TABLEAU), edition.mois, une["code"], colonne)

    part = une["prioritaires"] / une["attributions"] if une["attributions"] else None
    return (
        Cellule(une["libelle"]),
        Cellule(une["attributions"], origine("attributions")),
        Cellule(une["prioritaires"], origine("prioritaires")),
        Cellule(part, origine("part_prioritaires")),
        _situation(une["prioritaires"], _du(une)),
        Cellule(une["logement_dabord_annee"], origine("logement_dabord_annee")),
        _situation(une["logement_dabord_annee"], une["prorata"]),
    )


def _du(une: Arrondissements) -> float | None:
    """Return the count due; None without an objective, or without an attribution."""
    if une["objectif"] is None or not une["attributions"]:
        return None
    return float(une["objectif"] * une["attributions"])


def _situation(fait: int, attendu: float | None) -> Cellule:
    """Return « atteint » or how many are missing, counted up to the next whole one."""
    if attendu is None:
        return Cellule("non fixé")
    manque = math.ceil(attendu - fait - 1e-9)
    if manque <= 0:
        return Cellule("atteint", etat=Etat.VERT)
    return Cellule(f"il en manque {entier(manque)}", etat=Etat.ORANGE)
