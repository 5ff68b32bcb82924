"""The list of services enregistreurs, to print: who is open and where, what changed in a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from infocentre.lecture.guichets import guichets, mouvements
from infocentre.lecture.lignes import Guichet
from infocentre.noyau.francais import compter, denombrer, du_departement, enumerer, phrase
from infocentre.noyau.temps import de_mois, nom_mois
from infocentre.noyau.types_guichet import EN_LIGNE, TypeGuichet
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Document,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition

SENS = {"ouvert": "nouveau au registre", "fermé": "fermé", "retiré": "retiré du registre"}


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


def sections(edition: Edition, seulement: frozenset[str] | None = None) -> tuple[Section, ...]:
    """Return the open guichets, what changed in a year, what the register lacks."""
    tous = [
        une
        for une in guichets(edition.v, edition.filtres)
        if une["type_guichet"] != EN_LIGNE and (seulement is None or une["guichet"] in seulement)
    ]
    ouverts = [une for une in tous if une["ouvert"]]
    return (
        Section("Les guichets ouverts", (_chapeau(edition, ouverts), _liste(ouverts))),
        Section("Ce qui a changé en un an", _mouvements(edition, seulement)),
        Section("Ce qui manque au registre", _lacunes(ouverts)),
    )


def _chapeau(edition: Edition, ouverts: Sequence[Guichet]) -> Paragraphe:
    types = Counter(_type(une) for une in ouverts)
    dits = enumerer([compter(nombre, un.un, un.plusieurs) for un, nombre in types.most_common()])
    ici = du_departement(edition.departement, edition.territoire)
    texte = (
        f"{compter(len(ouverts), 'guichet')} {ici} {'reçoit' if len(ouverts) < 2 else 'reçoivent'} "  # noqa: PLR2004
        f"les demandes de logement social au {edition.arrete:%d/%m/%Y}"
    )
    return Paragraphe(phrase(f"{texte} : {dits}" if dits else texte), "chapeau")


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
            Cellule(une["horaires"] or "–"),
        )
        for une in ouverts
    ]
    colonnes = ("Commune", "Guichet", "Code", "Type", "Adresse", "Téléphone", "Horaires")
    return Tableau(
        "liste",
        "Par commune, puis par nom",
        tuple(Colonne(nom) for nom in colonnes),
        tuple(corps),
        entetes=2,
    )


def _mouvements(edition: Edition, seulement: frozenset[str] | None) -> tuple[Bloc, ...]:
    lignes = [
        une
        for une in mouvements(edition.v, edition.filtres)
        if seulement is None or une["guichet"] in seulement
    ]
    if not lignes:
        return (Paragraphe("Aucun guichet n'a été ouvert, fermé ni retiré."),)
    corps = [
        (
            Cellule(une["nom"] or une["guichet"]),
            Cellule(une["guichet"]),
            Cellule(SENS[une["mouvement"]]),
            Cellule(f"{une['le']:%d/%m/%Y}" if une["le"] else nom_mois(une["mois"])),
        )
        for une in lignes
    ]
    colonnes = tuple(Colonne(nom) for nom in ("Guichet", "Code", "Changement", "Date"))
    return (Tableau("changements", "Le plus récent d'abord", colonnes, tuple(corps)),)


def _lacunes(ouverts: Sequence[Guichet]) -> tuple[Bloc, ...]:
    incomplets = [une for une in ouverts if une["lacunes"]]
    if not incomplets:
        return (Paragraphe("Toutes les fiches sont complètes."),)
    corps = [
        (
            Cellule(une["nom"] or une["guichet"]),
            Cellule(une["guichet"]),
            Cellule(enumerer(une["lacunes"])),
        )
        for une in incomplets
    ]
    colonnes = tuple(Colonne(nom) for nom in ("Guichet", "Code", "À compléter"))
    dite = f"{denombrer(len(incomplets), 'fiche', feminin=True)} à compléter"
    return (Tableau("lacunes", phrase(dite).rstrip("."), colonnes, tuple(corps)),)
