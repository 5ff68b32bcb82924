"""The list of services enregistreurs, to print: who is open and where, what changed in a year."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.lecture.guichets import liste_publique, mouvements, reserve
from infocentre.lecture.lignes import Guichet
from infocentre.noyau import horaires
from infocentre.noyau.francais import du_departement, enumerer
from infocentre.noyau.temps import de_mois, nom_mois
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import entetes
from infocentre.restitutions.document import (
    Cellule,
    Document,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu

SENS = {
    "ouvert": "nouveau au registre",
    "renommé": "renommé",
    "fermé": "fermé",
    "retiré": "retiré du registre",
}


def construire(edition: Edition, seulement: frozenset[str] | None = None) -> Document:
    """Return the list of a month; `seulement` keeps the guichets of a territory."""
    return Document(
        "courriers",
        "Liste des services enregistreurs",
        edition.territoire,
        f"Registre {de_mois(edition.mois)}",
        edition.arrete,
        edition.version,
        sections(edition, seulement),
    )


@dataclass(frozen=True, slots=True)
class DeType:
    """How many open guichets are of a type, and the nouns that it takes."""

    nombre: int
    un: str
    plusieurs: str


@dataclass(frozen=True)
class Liste(Contenu):
    """The open guichets, what changed in a year, what the register lacks; None for no row.

    `ici` is the département, '' for a part of it.
    """

    modele = "guichets/liste.md"

    arrete: dt.date
    ici: str
    guichets: int
    reserve: str
    types: Sequence[DeType]
    liste: Tableau
    changements: Tableau | None
    lacunes: Tableau | None
    incomplets: int


def sections(edition: Edition, seulement: frozenset[str] | None = None) -> tuple[Section, ...]:
    """Return the open guichets, what changed in a year, what the register lacks."""
    ouverts = [
        une
        for une in liste_publique(edition.v, edition.filtres)
        if seulement is None or une["guichet"] in seulement
    ]
    incomplets = [une for une in ouverts if une["lacunes"]]
    types = Counter(_type(une) for une in ouverts)
    return Liste(
        arrete=edition.arrete,
        ici=du_departement(edition.departement, edition.territoire) if seulement is None else "",
        guichets=len(ouverts),
        reserve=next(filter(None, map(reserve, ouverts)), ""),
        types=[DeType(nombre, un.un, un.plusieurs) for un, nombre in types.most_common()],
        liste=_liste(ouverts),
        changements=_mouvements(edition, seulement),
        lacunes=_lacunes(incomplets),
        incomplets=len(incomplets),
    ).rediger()


def _type(une: Guichet) -> TypeGuichet:
    return TypeGuichet.lire(une["type_guichet"]) or TypeGuichet.AUTRE


def _liste(ouverts: Sequence[Guichet]) -> Tableau:
    corps = [
        (
            Cellule(une["nom_commune"] or "Commune non renseignée"),
            Cellule(une["nom"] or f"Guichet {une['guichet']}"),
            Cellule(une["guichet"]),
            Cellule(_type(une).singulier),
            Cellule(", ".join(filter(None, (une["adresse"], une["code_postal"]))) or "–"),
            Cellule(une["telephone"] or "–"),
            Cellule(horaires.dire(une["horaires"]) or "–"),
        )
        for une in ouverts
    ]
    colonnes = entetes.colonnes(
        "liste", "commune", "guichet", "code", "type", "adresse", "telephone", "horaires"
    )
    return Tableau(
        "liste",
        "",
        colonnes,
        tuple(corps),
        entetes=2,
    )


def _mouvements(edition: Edition, seulement: frozenset[str] | None) -> Tableau | None:
    lignes = [
        une
        for une in mouvements(edition.v, edition.filtres)
        if seulement is None or une["guichet"] in seulement
    ]
    if not lignes:
        return None
    corps = [
        (
            Cellule(une["nom"] or une["guichet"]),
            Cellule(une["guichet"]),
            Cellule(SENS[une["mouvement"]]),
            Cellule(f"{une['le']:%d/%m/%Y}" if une["le"] else nom_mois(une["mois"])),
        )
        for une in lignes
    ]
    colonnes = entetes.colonnes("changements", "guichet", "code", "changement", "date")
    return Tableau("changements", "", colonnes, tuple(corps))


def _lacunes(incomplets: Sequence[Guichet]) -> Tableau | None:
    if not incomplets:
        return None
    corps = [
        (
            Cellule(une["nom"] or une["guichet"]),
            Cellule(une["guichet"]),
            Cellule(enumerer(une["lacunes"])),
        )
        for une in incomplets
    ]
    colonnes = entetes.colonnes("lacunes", "guichet", "code", "a_completer")
    return Tableau("lacunes", "", colonnes, tuple(corps))
