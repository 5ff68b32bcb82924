"""Settings of the standard tables: the defaults of reglages.yml, overridden by the installation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from infocentre.catalogue.modele import Ratio
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infocentre.mesures.connexion import Connexion

FICHIER, VRAISEMBLANCE = "reglages.yml", "vraisemblance"
QUE_FAIRE = "Écrire un réglage par ligne, sous la forme « nom: valeur »."
SCHEMA_REGLAGES = (
    "create or replace table reglages "
    "(cle varchar, departement varchar, objet varchar, valeur double)"
)
# Settings whose keys are neither values nor départements.
PAR_OBJET = frozenset({"lec_epci", "logement_dabord_arrondissement"})
_PAR_DEFAUT = Path(__file__).with_name(FICHIER)
_INSERTION = "insert into reglages values (?, ?, ?, ?)"


def _departement(valeur: object) -> object:
    # YAML reads an unquoted 013 as the octal number 11: no number is accepted.
    if not isinstance(valeur, str) or not re.fullmatch(r"\d{3}|02[AB]", valeur):
        message = 'un département sur trois caractères, entre guillemets, est attendu ("013")'
        raise ValueError(message)
    return valeur


def _epci(valeur: object) -> object:
    if not re.fullmatch(r"\d{9}", str(valeur)):
        message = "un SIREN d'EPCI de neuf chiffres est attendu"
        raise ValueError(message)
    return str(valeur)


def _arrondissement(valeur: object) -> object:
    if not isinstance(valeur, str) or not re.fullmatch(r"\d{3,4}|2[AB]\d", valeur):
        message = 'un code INSEE d\'arrondissement, entre guillemets, est attendu ("131")'
        raise ValueError(message)
    return valeur


M = TypeVar("M", bound=BaseModel)
Arrondissement = Annotated[str, BeforeValidator(_arrondissement)]
Departement = Annotated[str, BeforeValidator(_departement)]
Epci = Annotated[str, BeforeValidator(_epci)]


class Reglages(BaseModel):
    """Ratios between 0 and 1, délais in months, yearly objectives in attributions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seuil_secret: Annotated[int, Field(ge=1)]
    delai_anormalement_long: dict[Departement, Annotated[int, Field(ge=1, le=240)]]
    dalo_objectif: Ratio
    lec_objectif: Ratio
    lec_qpv_objectif: Ratio
    lec_epci: dict[Epci, Ratio]
    logement_dabord_objectif: dict[Departement, Annotated[int, Field(ge=0)]]
    logement_dabord_arrondissement: dict[Arrondissement, Annotated[int, Field(ge=0)]]


def _facteur(valeur: object) -> object:
    if isinstance(valeur, bool) or not isinstance(valeur, int | float) or valeur <= 1:
        message = "un facteur supérieur à 1 est attendu"
        raise ValueError(message)
    return float(valeur)


Facteur = Annotated[float, BeforeValidator(_facteur)]
Nombre = Annotated[int, Field(ge=0)]


class Seuils(BaseModel):
    """Beyond what a delivery must be confirmed or is refused; meanings are in reglages.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    lignes_min: Nombre
    valeurs_min: Nombre
    guichets_min: Nombre
    registre_codes_min: Nombre
    annee_premiere: Nombre
    arrete_avance_jours: Nombre
    arrete_avance_refus_jours: Nombre
    mois_sans_acte: Nombre
    volume_perte: Ratio
    volume_hausse: Facteur
    flux_perte: Ratio
    flux_hausse: Facteur
    doubles_part: Ratio
    doubles_refus_part: Ratio
    identiques_part: Ratio
    disparues_part: Ratio
    illisibles_part: Ratio
    hors_liste_part: Ratio
    videe_part: Ratio
    repartition_ecart: Ratio
    code_disparu_lignes: Nombre
    grandeur_facteur: Facteur
    dates_ecart_jours: Nombre
    naissances_ecart_jours: Nombre
    dates_futures_part: Ratio
    guichets_inconnus_part: Ratio
    registre_perdu_part: Ratio
    territoire_part: Ratio


def lire_seuils(fichier: Path | None = None) -> Seuils:
    """Read the thresholds of vraisemblance: the defaults, then those of the installation."""
    propre = fichier or dossier_donnees() / FICHIER
    siens = _lire(propre).get(VRAISEMBLANCE) or {} if propre.is_file() else {}
    if not isinstance(siens, dict):
        raise Refus("« vraisemblance » ne contient pas de réglages", str(propre), QUE_FAIRE)
    return _valider(Seuils, _lire(_PAR_DEFAUT)[VRAISEMBLANCE] | siens, propre)


def lire_reglages(fichier: Path | None = None) -> Reglages:
    """Read the defaults, then what INFOCENTRE_DOSSIER/reglages.yml says; raises Refus."""
    propre = fichier or dossier_donnees() / FICHIER
    valeurs = _lire(_PAR_DEFAUT) | (_lire(propre) if propre.is_file() else {})
    valeurs.pop(VRAISEMBLANCE, None)
    return _valider(Reglages, valeurs, propre)


def _valider(modele: type[M], valeurs: dict[str, Any], propre: Path) -> M:
    try:
        return modele.model_validate(valeurs)
    except ValidationError as erreur:
        quoi = refus_champs(erreur, propre.name).quoi
        raise Refus(
            quoi.replace("champ inconnu du catalogue", "ce réglage n'existe pas"),
            str(propre),
            "Corriger ce fichier de réglages, puis recommencer.",
        ) from None


def ecrire_reglages(con: Connexion, reglages: Reglages | None = None) -> None:
    """Replace `reglages`: one row per value, `departement` and `objet` null when it is for all.

    `objet` is the EPCI of a `lec_epci` row, the arrondissement of a row by arrondissement.
    """
    con.execute(SCHEMA_REGLAGES)
    for ligne in _lignes(reglages or lire_reglages()):
        con.execute(_INSERTION, ligne)


def _lignes(reglages: Reglages) -> Iterator[list[object]]:
    for cle, valeur in reglages.model_dump().items():
        if not isinstance(valeur, dict):
            yield [cle, None, None, valeur]
        elif cle in PAR_OBJET:
            yield from ([cle, None, objet, objectif] for objet, objectif in valeur.items())
        else:
            yield from ([cle, departement, None, une] for departement, une in valeur.items())


def _lire(fichier: Path) -> dict[str, Any]:
    try:
        lu = yaml.safe_load(fichier.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Refus(
            "le fichier ne peut pas être lu, ou n'est pas en UTF-8",
            str(fichier),
            "Vérifier les droits de lecture, l'enregistrer en UTF-8.",
        ) from None
    except yaml.YAMLError as erreur:
        marque = getattr(erreur, "problem_mark", None)
        ou = f"{fichier}, ligne {marque.line + 1}" if marque else str(fichier)
        raise Refus("le texte n'est pas du YAML valide", ou, QUE_FAIRE) from None
    if lu is None:
        return {}
    if not isinstance(lu, dict) or not all(isinstance(cle, str) for cle in lu):
        raise Refus("le fichier ne contient pas de réglages", str(fichier), QUE_FAIRE)
    return lu
