"""Comparison with the region and France: figures that people type, each with its source.

The infocentre knows one register only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from infocentre.mesures.declarations import Role
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.commun import ligne
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import (
    Cellule,
    Colonne,
    Genre,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.references import FICHIER, Reference, lire
from infocentre.restitutions.tables import cellule, connu


@dataclass(frozen=True, slots=True)
class _Mesure:
    """A row: its name, where the département's figure is read, the field that people type."""

    nom: str
    role: Role
    ligne: str
    colonne: str
    champ: str
    fenetre: str = ""


EFFECTIFS = (
    _Mesure("Demandes actives", "evolution", "ACTIVES", "total", "demandes_actives", "arrete"),
    _Mesure(
        "dont hors mutation",
        "evolution",
        "ACTIVES",
        "hors_mutation",
        "demandes_actives_hors_mutation",
        "arrete",
    ),
    _Mesure("Demandes déposées en 12 mois", "depots", "*", "total", "demandes_deposees_12_mois"),
    _Mesure("dont portail grand public", "depots", "*", "portail", "dont_portail"),
    _Mesure("Attributions en 12 mois", "attributions", "*", "total", "attributions_12_mois"),
    _Mesure(
        "dont hors mutation",
        "attributions",
        "*",
        "hors_mutation",
        "attributions_hors_mutation_12_mois",
    ),
    _Mesure(
        "dont ménages prioritaires",
        "prioritaires",
        "*",
        "prioritaires",
        "attributions_menages_prioritaires",
    ),
    _Mesure(
        "Attributions hors QPV suivies d'un bail",
        "mixite_hors_qpv",
        "*",
        "attributions_hors_qpv",
        "attributions_hors_qpv",
    ),
    _Mesure(
        "dont premier quartile ou ANRU",
        "mixite_hors_qpv",
        "*",
        "premier_quartile_ou_anru",
        "dont_premier_quartile_ou_anru",
    ),
)
DUREES = (
    _Mesure(
        "Ancienneté moyenne",
        "anciennete",
        "*",
        "anciennete_moyenne_mois",
        "anciennete_moyenne_mois",
    ),
    _Mesure(
        "Ancienneté médiane",
        "anciennete",
        "*",
        "anciennete_mediane_mois",
        "anciennete_mediane_mois",
    ),
    _Mesure("Délai moyen d'attribution", "delais", "*", "delai_moyen_mois", "delai_moyen_mois"),
    _Mesure("Délai médian d'attribution", "delais", "*", "delai_median_mois", "delai_median_mois"),
)
# Ratios of two of the counts above, by rank: numerator, denominator.
PARTS = (
    ("Part hors mutation des demandes actives", 1, 0),
    ("Part du portail dans les dépôts", 3, 2),
    ("Part des ménages prioritaires dans les attributions", 6, 4),
    ("Part du premier quartile ou ANRU, hors QPV", 8, 7),
)
TENSIONS = (
    ("Demandes pour une attribution", 0, 4),
    ("Demandes pour une attribution, hors mutation", 1, 5),
)


@dataclass(frozen=True)
class Comparaison(Contenu):
    """Tables that set the département beside others, None for one that nobody typed a figure of."""

    modele = "bilan/comparaisons.md"

    effectifs: Tableau | None
    tension: Tableau | None
    parts: Tableau | None
    durees: Tableau | None


def chapitre(ctx: Contexte) -> Section | None:
    """Return the comparison, None when nobody typed a figure of another territory."""
    references = connues(ctx.edition)
    return Comparaison(*_tableaux(ctx, references)).section() if references else None


def connues(edition: Edition) -> tuple[Reference, ...]:
    """Return what people typed; raise Refus, naming the field that is wrong."""
    return lire(edition.v.dossier.racine / FICHIER)


# --- Tables ---------------------------------------------------------------------------------------


def _tableaux(ctx: Contexte, references: tuple[Reference, ...]) -> Iterator[Tableau | None]:
    effectifs = [_ligne(ctx, une, references) for une in EFFECTIFS]
    durees = [_ligne(ctx, une, references) for une in DUREES]
    parts = [_rapport(nom, effectifs[n], effectifs[d], sur=True) for nom, n, d in PARTS]
    tensions = [_rapport(nom, effectifs[n], effectifs[d], sur=False) for nom, n, d in TENSIONS]
    genres: tuple[tuple[str, Genre, list[list[Cellule]]], ...] = (
        ("comparaison-effectifs", "nombre", effectifs),
        ("comparaison-tension", "decimal", tensions),
        ("comparaison-parts", "taux", parts),
        ("comparaison-durees", "decimal", durees),
    )
    for cle, genre, lignes in genres:
        montrees = [une for une in lignes if any(c.valeur is not None for c in une[2:])]
        yield _tableau(ctx, references, (cle, genre), montrees) if montrees else None


def _tableau(
    ctx: Contexte,
    references: tuple[Reference, ...],
    nom: tuple[str, Genre],
    lignes: list[list[Cellule]],
) -> Tableau:
    cle, genre = nom
    sources = " ; ".join(f"{une.territoire} : {une.source}" for une in references)
    colonnes = (
        *entetes.colonnes("comparaison", "mesure"),
        Colonne(f"{ctx.edition.territoire} ({ctx.arrete:%d/%m/%Y})", genre),
        *(Colonne(f"{une.territoire} ({une.arrete:%d/%m/%Y})", genre) for une in references),
    )
    return Tableau(
        cle,
        entetes.titre(cle),
        colonnes,
        tuple(tuple(une) for une in lignes),
        source=f"{ctx.edition.territoire} : SNE ; {sources}.",
    )


def _ligne(ctx: Contexte, mesure: _Mesure, references: tuple[Reference, ...]) -> list[Cellule]:
    lu = ctx.lire(mesure.role)
    une = ligne(lu, mesure.ligne, mesure.fenetre)
    ici = cellule(lu, une, mesure.colonne) if une else Cellule()
    valeurs = (getattr(un, mesure.champ) for un in references)
    return [Cellule(mesure.nom), ici, *(Cellule(un) for un in valeurs)]


def _rapport(
    nom: str, numerateurs: list[Cellule], denominateurs: list[Cellule], *, sur: bool
) -> list[Cellule]:
    """Return the ratio of two rows, territory by territory; with `sur`, what it is out of."""
    paires = zip(numerateurs[1:], denominateurs[1:], strict=True)
    return [Cellule(nom), *(_quotient(n, d, sur=sur) for n, d in paires)]


def _quotient(n: Cellule, d: Cellule, *, sur: bool) -> Cellule:
    if n.masquee or d.masquee:
        return Cellule(masquee=True)
    haut, bas = connu(n.valeur), connu(d.valeur)
    if haut is None or not bas:
        return Cellule()
    return Cellule(haut / bas, sur=round(bas) if sur else None)
