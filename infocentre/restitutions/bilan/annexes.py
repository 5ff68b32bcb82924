"""Annexes: definitions of the indicators, secret statistique, glossary, list of guichets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from infocentre.catalogue import Indicateur
from infocentre.lecture.glossaire import TERMES
from infocentre.lecture.guichets import liste_publique
from infocentre.lecture.lignes import Guichet
from infocentre.lecture.tenue import Tenue, tenue
from infocentre.noyau.francais import A_PEU_PRES, clef_de_tri
from infocentre.noyau.temps import jours_du_semestre
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Cellule, Section, Tableau
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True)
class Definitions(Contenu):
    """The indicators, by what their effectif is (« demandes actives à l'arrêté »)."""

    modele = "bilan/definitions.md"

    indicateurs: Mapping[str, Collection[Indicateur]]


def definitions(ctx: Contexte, codes: Collection[str] | None = None) -> Section:
    """Return what each indicator counts, in the catalogue's order; `codes` keeps some of them."""
    catalogue = ctx.catalogue
    par_effectif: dict[str, list[Indicateur]] = {}
    for un in catalogue.indicateurs.values():
        if codes is None or un.code in codes:
            objet = catalogue.populations[un.population].objet
            par_effectif.setdefault(objet, []).append(un)
    return Definitions(par_effectif).section()


@dataclass(frozen=True)
class Secret(Contenu):
    """From how many units a count is told; `environ`: some masked rates are, about."""

    modele = "bilan/secret.md"

    seuil: int
    environ: bool


def secret(ctx: Contexte, texte: str | None = None) -> Section:
    """Return what is masked and why; of a text, what it has to explain."""
    return Secret(
        ctx.seuil, environ=texte is None or "environ " in texte or A_PEU_PRES in texte
    ).section()


@dataclass(frozen=True)
class Glossaire(Contenu):
    """The words of the trade and what they mean, in alphabetical order."""

    modele = "bilan/glossaire.md"

    termes: Mapping[str, str]


def glossaire(_: Contexte, texte: str | None = None) -> Section:
    """Return the words of the trade; those of a `texte` only, in lower case, when it is given."""
    mots = sorted(TERMES, key=clef_de_tri)
    dits = {mot: TERMES[mot] for mot in mots if texte is None or mot.lower() in texte}
    return Glossaire(dits).section()


@dataclass(frozen=True)
class Registre(Contenu):
    """The guichets open at the arrêté."""

    modele = "bilan/guichets.md"

    nombre: int
    tenue: Tenue
    par_type: Tableau
    table: Tableau


def registre(ctx: Contexte) -> Section:
    """Return the guichets open at the arrêté, by commune."""
    e = ctx.edition
    ouverts = liste_publique(e.v, e.filtres)
    dite = tenue(e.v, e.filtres, e.arrete, jours_du_semestre(e.mois), e.connue_le)
    return Registre(len(ouverts), dite, _par_type(ouverts), _table(ouverts)).section()


def _par_type(ouverts: list[Guichet]) -> Tableau:
    """Return how many guichets of each type, of how many organismes, in how many communes."""
    siens = [
        (un.pluriel, [une for une in ouverts if TypeGuichet.lire(une["type_guichet"]) is un])
        for un in TypeGuichet
    ]
    groupes = [*((nom, ceux) for nom, ceux in siens if ceux), ("Ensemble", ouverts)]
    corps = [
        (
            Cellule(nom),
            Cellule(len(ceux)),
            Cellule(len({une["organisme"] for une in ceux})),
            Cellule(len({une["nom_commune"] for une in ceux})),
        )
        for nom, ceux in groupes
    ]
    colonnes = entetes.colonnes("guichets-types", "type", "guichets", "organismes", "communes")
    return Tableau(
        "guichets-types",
        entetes.titre("guichets-types"),
        colonnes,
        tuple(corps),
        totaux=frozenset({len(corps) - 1}),
    )


def _court(type_guichet: str | None) -> str:
    lu = TypeGuichet.lire(type_guichet)
    return lu.court if lu else "–"


def _table(ouverts: list[Guichet]) -> Tableau:
    corps = [
        (
            Cellule(une["guichet"]),
            Cellule(une["nom"] or "–"),
            Cellule(_court(une["type_guichet"])),
            Cellule((une["nom_commune"] or "–").removesuffix(" Arrondissement")),
            Cellule(une["telephone"] or "–"),
        )
        for une in ouverts
    ]
    colonnes = entetes.colonnes("guichets", "code", "guichet", "type", "commune", "telephone")
    return Tableau(
        "guichets",
        entetes.titre("guichets"),
        colonnes,
        tuple(corps),
        entetes=2,
        repliees=frozenset(range(len(corps))),
    )
