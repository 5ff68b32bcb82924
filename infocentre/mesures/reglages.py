"""Settings of the standard tables: the defaults of reglages.yml, overridden by the installation."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from infocentre.catalogue.modele import Ratio
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import exact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from infocentre.mesures.connexion import Connexion

FICHIER, VRAISEMBLANCE = "reglages.yml", "vraisemblance"
QUE_FAIRE = "Écrire un réglage par ligne, sous la forme « nom: valeur »."
SCHEMA_REGLAGES = (
    "create or replace table reglages "
    "(cle varchar, departement varchar, objet varchar, valeur double)"
)
# What was fixed for a year, which stands before the settings: these have none.
OBJECTIFS: Mapping[str, str] = {
    "mesure": "varchar",
    "departement": "varchar",
    "annee": "integer",
    "code": "varchar",
    "valeur": "double",
}
SCHEMA_OBJECTIFS = "create table if not exists objectifs ({})".format(
    ", ".join(f"{nom} {genre}" for nom, genre in OBJECTIFS.items())
)
# Settings whose keys are neither values nor départements.
PAR_OBJET = frozenset({"lec_epci", "logement_dabord_arrondissement"})
CENTIEME = 0.01
_PAR_DEFAUT = Path(__file__).with_name(FICHIER)
_INSERTION = "insert into reglages values (?, ?, ?, ?)"
_FIXER = "insert into objectifs values (?, ?, ?, ?, ?)"
Fixe = tuple[str, str, int, str, float]  # a row of `objectifs`


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


def _un_pour_cent(part: float) -> float:
    """Refuse zero, which everybody reaches, and a percent that was written as a share."""
    if part < CENTIEME:
        message = (
            f"{exact(100 * part)} % est moins d'un sur cent : un quart s'écrit 25 dans la page, "
            "0.25 dans le fichier"
        )
        raise ValueError(message)
    return part


M = TypeVar("M", bound=BaseModel)
Part = Annotated[Ratio, AfterValidator(_un_pour_cent)]
Arrondissement = Annotated[str, BeforeValidator(_arrondissement)]
Departement = Annotated[str, BeforeValidator(_departement)]
Epci = Annotated[str, BeforeValidator(_epci)]


Genre = Literal["nombre", "part", "mois", "facteur", "jours", "annee"]


def _dit(titre: str, genre: Genre, aide: str = "") -> Any:  # noqa: ANN401 - a field of pydantic
    """Declare how people call a setting, what it is counted in, what it does."""
    return Field(title=titre, description=aide, json_schema_extra={"genre": genre})


class Reglages(BaseModel):
    """Ratios between 0 and 1, délais in months, yearly objectives in attributions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seuil_secret: Annotated[int, Field(ge=1)] = _dit(
        "Secret statistique",
        "nombre",
        "Les effectifs plus petits que ce nombre, sauf 0, sont masqués dans les documents qui "
        "sont diffusés.",
    )
    delai_anormalement_long: dict[Departement, Annotated[int, Field(ge=1, le=240)]] = _dit(
        "Délai anormalement long",
        "mois",
        "Tel que le préfet l'a fixé pour le département. Sans lui, aucun dépassement n'est compté.",
    )
    dalo_objectif: Part = _dit(
        "Attributions aux ménages DALO et prioritaires",
        "part",
        "Part due par chaque réservataire (CCH L.441-1).",
    )
    lec_objectif: Part = _dit(
        "Premier quartile hors QPV",
        "part",
        "Part des attributions hors QPV due aux ménages du premier quartile et aux relogements "
        "ANRU (Égalité et citoyenneté).",
    )
    lec_qpv_objectif: Part = _dit(
        "Quartiles 2 à 4 en QPV",
        "part",
        "Part des attributions en QPV visée pour les ménages des autres quartiles.",
    )
    lec_epci: dict[Epci, Part] = _dit(
        "Premier quartile hors QPV, par EPCI",
        "part",
        "Les EPCI concernés, chacun avec son objectif ; les autres sont montrés sans objectif. "
        "Tant qu'il n'y en a aucun, tous ont celui du département.",
    )
    logement_dabord_objectif: dict[Departement, Annotated[int, Field(ge=1)]] = _dit(
        "Logement d'abord",
        "nombre",
        "Attributions visées dans l'année civile, pour le département.",
    )
    logement_dabord_arrondissement: dict[Arrondissement, Annotated[int, Field(ge=1)]] = _dit(
        "Logement d'abord, par arrondissement",
        "nombre",
        "Attributions visées dans l'année civile, par arrondissement (code INSEE).",
    )
    doublons_seuil: Part = _dit(
        "Doublons probables",
        "part",
        "Probabilité à partir de laquelle deux demandes sont proposées comme étant peut-être "
        "d'une même personne.",
    )


def _facteur(valeur: object) -> object:
    if isinstance(valeur, bool) or not isinstance(valeur, int | float) or valeur <= 1:
        message = "un facteur supérieur à 1 est attendu"
        raise ValueError(message)
    return float(valeur)


Facteur = Annotated[float, BeforeValidator(_facteur)]
Nombre = Annotated[int, Field(ge=0)]


class Seuils(BaseModel):
    """Beyond what a delivery must be confirmed or is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    lignes_min: Nombre = _dit("Lignes en dessous desquelles rien n'est comparé", "nombre")
    valeurs_min: Nombre = _dit(
        "Valeurs en cause en dessous desquelles une part n'est pas jugée", "nombre"
    )
    guichets_min: Nombre = _dit(
        "Guichets perdus du registre en dessous desquels rien n'est jugé", "nombre"
    )
    registre_codes_min: Nombre = _dit(
        "Guichets sans type, sans mode ou mal encodés en dessous desquels rien n'est jugé",
        "nombre",
    )
    annee_premiere: Nombre = _dit("Première année possible d'un arrêté", "annee")
    arrete_avance_jours: Nombre = _dit("Avance d'un arrêté sur la date du jour", "jours")
    arrete_avance_refus_jours: Nombre = _dit(
        "Avance d'un arrêté à partir de laquelle la livraison est refusée", "jours"
    )
    mois_sans_acte: Nombre = _dit("Mois entiers sans aucun acte avant l'arrêté", "mois")
    volume_perte: Ratio = _dit(
        "Lignes du stock et des radiations perdues depuis l'arrêté d'avant", "part"
    )
    volume_hausse: Facteur = _dit(
        "Hausse du stock et des radiations depuis l'arrêté d'avant", "facteur"
    )
    flux_perte: Ratio = _dit("Lignes des autres tables perdues depuis l'arrêté d'avant", "part")
    flux_hausse: Facteur = _dit("Hausse des autres tables depuis l'arrêté d'avant", "facteur")
    relues_part: Ratio = _dit(
        "Lignes déjà livrées dont une valeur a changé, sur toutes celles qui l'avaient, par mois",
        "part",
    )
    remplies_part: Ratio = _dit(
        "Valeurs manquantes de lignes déjà livrées qui sont renseignées d'un coup, par mois", "part"
    )
    perdues_part: Ratio = _dit(
        "Lignes déjà livrées d'un organisme qui ne le sont plus, par mois", "part"
    )
    publies_facteur: Facteur = _dit(
        "Changement d'un indicateur ou d'un compte sur les mois déjà livrés", "facteur"
    )
    publies_rarete: Nombre = _dit(
        "Une chance sur tant qu'un tel changement vienne du hasard, au moins", "nombre"
    )
    mois_facteur: Facteur = _dit(
        "Changement d'un indicateur ou d'un compte entre le mois nouveau et les onze d'avant",
        "facteur",
    )
    mois_rarete: Nombre = _dit(
        "Une chance sur tant que le mois nouveau soit tel par hasard, au moins", "nombre"
    )
    guichets_ensemble: Nombre = _dit("Guichets qui changent à la fois", "nombre")
    doubles_part: Ratio = _dit("Lignes du stock présentes aussi dans les radiations", "part")
    doubles_refus_part: Ratio = _dit(
        "Lignes du stock aussi radiées, à partir desquelles la livraison est refusée", "part"
    )
    repetees_part: Ratio = _dit("Lignes dont le numéro est aussi celui d'une autre", "part")
    identiques_part: Ratio = _dit("Part du stock identique à celui d'avant", "part")
    disparues_part: Ratio = _dit("Part du stock d'avant disparue sans radiation", "part")
    illisibles_part: Ratio = _dit("Valeurs illisibles d'une colonne", "part")
    hors_liste_part: Ratio = _dit("Valeurs d'une colonne hors de leur liste de codes", "part")
    videe_part: Ratio = _dit("Baisse de la part renseignée d'une colonne", "part")
    repartition_ecart: Ratio = _dit("Lignes qui ont changé de code", "part")
    code_disparu_lignes: Nombre = _dit("Lignes qu'avait un code qui n'en a plus aucune", "nombre")
    grandeur_facteur: Facteur = _dit(
        "Changement d'un montant ou d'une surface, en moyenne", "facteur"
    )
    dates_ecart_jours: Nombre = _dit("Changement des dates d'actes, en moyenne", "jours")
    naissances_ecart_jours: Nombre = _dit("Changement des dates de naissance, en moyenne", "jours")
    dates_futures_part: Ratio = _dit("Dates d'actes après l'arrêté", "part")
    guichets_inconnus_part: Ratio = _dit("Lignes dont le guichet n'est pas au registre", "part")
    registre_perdu_part: Ratio = _dit("Guichets du registre d'avant qui n'y sont plus", "part")
    territoire_part: Ratio = _dit("Numéros uniques d'un autre département", "part")


def lire_seuils(fichier: Path | None = None) -> Seuils:
    """Read the thresholds of vraisemblance: the defaults, then those of the installation."""
    propre = fichier or dossier_donnees() / FICHIER
    siens = _lire(propre).get(VRAISEMBLANCE) or {} if propre.is_file() else {}
    if not isinstance(siens, dict):
        raise Refus("« vraisemblance » ne contient pas de réglages", str(propre), QUE_FAIRE)
    return _valider(Seuils, _defauts()[VRAISEMBLANCE] | siens, propre)


def lire_reglages(fichier: Path | None = None) -> Reglages:
    """Read the defaults, then what INFOCENTRE_DOSSIER/reglages.yml says; raises Refus."""
    propre = fichier or dossier_donnees() / FICHIER
    valeurs = _defauts() | (_lire(propre) if propre.is_file() else {})
    valeurs.pop(VRAISEMBLANCE, None)
    return _valider(Reglages, valeurs, propre)


def completer_reglages(valeurs: dict[str, Any]) -> Reglages:
    """Return the settings of a control, those that did not exist then at their defaults.

    They were valid then: what is refused since is told as it was.
    """
    defauts = {cle: un for cle, un in _defauts().items() if cle != VRAISEMBLANCE}
    return Reglages.model_construct(**(defauts | valeurs))


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


def ecrire_reglages(
    con: Connexion,
    reglages: Reglages | None = None,
    fixes: Iterable[Fixe] = (),
    concernes: Collection[tuple[str, int]] | None = None,
) -> None:
    """Replace `reglages`: one row per value, `departement` and `objet` null when it is for all.

    `objet` is the EPCI of a `lec_epci` row, the arrondissement of a row by arrondissement.
    `fixes` (`objectifs.fixes`) replace what `objectifs` has of these (département, year): documents
    of other months read theirs. None: of all.
    """
    con.execute(SCHEMA_REGLAGES)
    con.execute(SCHEMA_OBJECTIFS)
    if concernes is None:
        con.execute("delete from objectifs")
    for un in concernes or ():
        con.execute("delete from objectifs where departement = ? and annee = ?", list(un))
    for ligne in _lignes(reglages or lire_reglages()):
        con.execute(_INSERTION, ligne)
    for fixe in fixes:
        con.execute(_FIXER, list(fixe))


def reglages_changes(con: Connexion) -> bool:
    """Tell whether the settings are others than those that were written in `reglages`.

    One that did not exist then was at its default.
    """
    ecrits = {*con.execute("select cle, departement, objet, valeur from reglages").fetchall()}
    dits, defauts = (
        {tuple(une) for une in _lignes(un)} for un in (lire_reglages(), completer_reglages({}))
    )
    return bool((ecrits ^ dits) - defauts)


def _lignes(reglages: Reglages) -> Iterator[list[object]]:
    for cle, valeur in reglages.model_dump().items():
        if not isinstance(valeur, dict):
            yield [cle, None, None, valeur]
        elif cle in PAR_OBJET:
            yield from ([cle, None, objet, objectif] for objet, objectif in valeur.items())
        else:
            yield from ([cle, departement, None, une] for departement, une in valeur.items())


@functools.cache
def _defauts() -> dict[str, Any]:
    """Return the settings that come with the program; nobody may change them."""
    return _lire(_PAR_DEFAUT)


def _lire(fichier: Path) -> dict[str, Any]:
    lu = fichiers_yaml.valeurs(fichier)
    if lu is None:
        return {}
    if not isinstance(lu, dict) or not all(isinstance(cle, str) for cle in lu):
        raise Refus("le fichier ne contient pas de réglages", str(fichier), QUE_FAIRE)
    return lu
