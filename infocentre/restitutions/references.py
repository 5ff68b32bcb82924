"""What is known of the region and France: typed, or imported, in comparaisons.yml.

The file is INFOCENTRE_DOSSIER/comparaisons.yml: an entry for each territory, with its source.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from infocentre.catalogue.modele import Texte
from infocentre.contrat.intitules import libelle as intitule_de
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire as ecrire_fichier
from infocentre.noyau.fichiers import seul_ici
from infocentre.noyau.jours import lire_jour

FICHIER = "comparaisons.yml"
CORRIGER = "Corriger ce fichier ; l'aide « Imprimer » du guide en donne un exemple."


def _liste_en_tuple(valeur: object) -> object:
    return tuple(valeur) if isinstance(valeur, list) else valeur


def _nombre(valeur: object) -> object:
    if isinstance(valeur, bool) or not isinstance(valeur, int | float) or valeur < 0:
        message = "un nombre positif est attendu, sans espace (178102)"
        raise ValueError(message)
    return valeur


def _date(valeur: object) -> object:
    if not isinstance(valeur, dt.date):
        message = "une date AAAA-MM-JJ est attendue"
        raise ValueError(message)  # noqa: TRY004 - pydantic reports nothing else by field
    return valeur


Nombre = Annotated[float, BeforeValidator(_nombre)]
Jour = Annotated[dt.date, BeforeValidator(_date)]


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(_Fige):
    """What is known of another territory at a date; counts, and durations in months."""

    territoire: Texte
    arrete: Jour
    source: Texte
    demandes_actives: Nombre | None = None
    demandes_actives_hors_mutation: Nombre | None = None
    demandes_deposees_12_mois: Nombre | None = None
    dont_portail: Nombre | None = None
    attributions_12_mois: Nombre | None = None
    attributions_hors_mutation_12_mois: Nombre | None = None
    attributions_menages_prioritaires: Nombre | None = None
    attributions_hors_qpv: Nombre | None = None
    dont_premier_quartile_ou_anru: Nombre | None = None
    anciennete_moyenne_mois: Nombre | None = None
    anciennete_mediane_mois: Nombre | None = None
    delai_moyen_mois: Nombre | None = None
    delai_median_mois: Nombre | None = None


class Comparaisons(_Fige):
    """The whole file: one entry for each territory."""

    references: Annotated[tuple[Reference, ...], BeforeValidator(_liste_en_tuple)]


# What is typed, by field, in the words of a form.
_PROPRES: Mapping[str, str] = {
    "arrete": "Données arrêtées au",
    "demandes_deposees_12_mois": "Demandes déposées en 12 mois",
    "dont_portail": "dont portail grand public",
    "attributions_12_mois": "Attributions en 12 mois",
    "attributions_hors_mutation_12_mois": "Attributions hors mutation en 12 mois",
    "attributions_menages_prioritaires": "Attributions aux ménages prioritaires",
    "attributions_hors_qpv": "Attributions hors QPV suivies d'un bail",
    "dont_premier_quartile_ou_anru": "dont premier quartile ou ANRU",
    "anciennete_moyenne_mois": "Ancienneté moyenne, en mois",
    "anciennete_mediane_mois": "Ancienneté médiane, en mois",
    "delai_moyen_mois": "Délai moyen d'attribution, en mois",
    "delai_median_mois": "Délai médian d'attribution, en mois",
}
LIBELLES: Mapping[str, str] = {
    champ: _PROPRES.get(champ) or intitule_de(champ) for champ in Reference.model_fields
}
TEXTES = ("territoire", "arrete", "source")
_ENTETE = ("mesure", "libelle")


def lire(fichier: Path) -> tuple[Reference, ...]:
    """Read what people typed, nothing when the file is absent; raise Refus, naming the field."""
    if not fichier.is_file():
        return ()
    brut = fichiers_yaml.valeurs(fichier)
    try:
        return Comparaisons.model_validate(brut).references
    except ValidationError as erreur:
        quoi = refus_champs(erreur, fichier.name).quoi
        raise Refus(
            quoi.replace("champ inconnu du catalogue", "cette mesure n'existe pas"),
            str(fichier),
            CORRIGER,
        ) from None


# --- Typed, imported ------------------------------------------------------------------------------


def enregistrer(racine: Path, dites: Mapping[str, str]) -> tuple[Reference, ...]:
    """Write what is typed of a territory, in place of what was known; return all that is known.

    A territory of which no figure is typed is taken out.

    Raises:
        Refus: a field is wrong; nothing is written.
    """
    with seul_ici(racine):
        une = _lue(dites)
        autres = [un for un in lire(racine / FICHIER) if un.territoire != une.territoire]
        gardees = (*autres, une) if _chiffree(une) else tuple(autres)
        _ecrire(racine, gardees)
    return gardees


def importer(racine: Path, octets: bytes, nom: str) -> tuple[Reference, ...]:
    """Write what a CSV file says, in place of all that was known; return it.

    Raises:
        Refus: a line or a field is wrong; nothing is written.
    """
    lues = depuis_csv(octets, nom)
    with seul_ici(racine):
        _ecrire(racine, lues)
    return lues


def en_csv(references: tuple[Reference, ...]) -> str:
    """Return the file to fill: a line for each field, a column for each territory."""
    connues = references or tuple(
        Reference(territoire=nom, arrete=dt.date(2000, 1, 1), source="à écrire")
        for nom in ("Région", "France")
    )
    texte = io.StringIO()
    lignes = csv.writer(texte, delimiter=";", lineterminator="\r\n")
    lignes.writerow((*_ENTETE, *(une.territoire for une in connues)))
    for champ, libelle in LIBELLES.items():
        if champ != "territoire":
            lignes.writerow((champ, libelle, *(_ecrit(getattr(une, champ)) for une in connues)))
    return texte.getvalue()


def depuis_csv(octets: bytes, nom: str) -> tuple[Reference, ...]:
    """Read what `en_csv` wrote, filled; raise Refus that names the line or the field.

    A spreadsheet saves it in the encoding of Windows.
    """
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252", "replace")
    try:
        brutes = list(csv.reader(io.StringIO(texte, newline=None), delimiter=";"))
    except csv.Error:  # a cell without end: a stray quote, or what is no text
        brutes = []
    lignes = [une for une in brutes if any(une)]
    if not lignes or [un.strip().lower() for un in lignes[0][:2]] != list(_ENTETE):
        raise Refus(
            "la première ligne n'est pas « mesure;libelle;territoire… »",
            nom,
            "Repartir du modèle : infocentre comparaisons --modele FICHIER.csv",
        )
    territoires = [un.strip() for un in lignes[0][2:]]
    dites: list[dict[str, str]] = [{"territoire": un} for un in territoires]
    for rang, (champ, *reste) in enumerate(lignes[1:], 2):
        if champ.strip() not in LIBELLES:
            raise Refus(
                f"« {champ} » n'est pas une mesure",
                f"{nom}, ligne {rang}",
                f"Mesures possibles : {', '.join(LIBELLES)}.",
            )
        for une, valeur in zip(dites, reste[1:], strict=False):
            une[champ.strip()] = valeur
    lues = tuple(map(_lue, dites))
    return tuple(une for une in lues if _chiffree(une))


def _lue(dites: Mapping[str, str]) -> Reference:
    """Return a territory from what is typed; raise Refus for each field that is wrong."""
    valeurs = {champ: _valeur(champ, dites.get(champ, "")) for champ in LIBELLES}
    qui = dites.get("territoire", "").strip() or "territoire sans nom"
    try:
        return Reference.model_validate({un: v for un, v in valeurs.items() if v is not None})
    except ValidationError as erreur:
        quoi = refus_champs(erreur, FICHIER).quoi
        raise Refus(quoi, qui, "Corriger, puis recommencer : rien n'est écrit.") from None


def _valeur(champ: str, dite: str) -> object:
    texte = dite.strip()
    if not texte:
        return None
    if champ == "arrete":
        return lire_jour(texte) or texte
    if champ in TEXTES:
        return texte
    nombre = "".join(texte.split()).replace(",", ".")
    try:
        return float(nombre)
    except ValueError:
        return texte


def _chiffree(une: Reference) -> bool:
    return any(getattr(une, champ) is not None for champ in LIBELLES if champ not in TEXTES)


def _ecrit(valeur: object) -> str:
    if valeur is None:
        return ""
    return f"{valeur:g}".replace(".", ",") if isinstance(valeur, float) else str(valeur)


def _ecrire(racine: Path, references: tuple[Reference, ...]) -> None:
    brutes = [
        {champ: _entier(v) for champ, v in une.model_dump(exclude_none=True).items()}
        for une in references
    ]
    texte = yaml.safe_dump({"references": brutes}, allow_unicode=True, sort_keys=False)
    ecrire_fichier(racine / FICHIER, texte)


def _entier(valeur: object) -> object:
    return int(valeur) if isinstance(valeur, float) and valeur.is_integer() else valeur
