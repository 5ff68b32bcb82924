"""A delivery without its register, and the workbook that a person fills for it."""

from __future__ import annotations

import functools
import io
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from infocentre.contrat import contrat
from infocentre.demarches import registre_guichets as classeur
from infocentre.entrepot import Dossier
from tests.donnees.atelier import base, charger, controler, interroger
from tests.donnees.communs import une_fois
from tests.donnees.retors import livraisons

MOIS = ("2026-02", "2026-03")
Alterer = Callable[[Any], None]


def sans_registre(livraison: Path, cible: Path) -> Path:
    """Copy a delivery without its register, nor the manifest that tells it."""
    copiee = cible / livraison.name
    shutil.copytree(livraison, copiee, ignore=shutil.ignore_patterns("guichets.*", "manifeste*"))
    return copiee


@functools.cache
def au_brouillon() -> Path:
    """Return a data directory with two months without register, controlled: never change it."""

    def faire(racine: Path) -> None:
        atelier = racine.with_name("sans-registre")
        siennes = [sans_registre(une, atelier) for une in livraisons()[1:]]
        charger(racine, *siennes, departement="013")
        controler(racine)

    return une_fois("registre-au-brouillon", faire)


@functools.cache
def vrai_registre() -> dict[str, dict[str, object]]:
    """Return the register that the same delivery has when it brings it, by code."""
    champs = ["guichet", *(une.champ for une in contrat().tables["guichets"].colonnes[1:])]
    lus = interroger(
        base(1, 2, 3), f"SELECT {', '.join(champs)} FROM registre WHERE mois = '{MOIS[1]}'"
    )
    return {code: dict(zip(champs[1:], dits, strict=True)) for code, *dits in lus}


@functools.cache
def brouillon(racine: Path) -> bytes:
    """Return the workbook to fill of a data directory, as it is the first time."""
    dossier = Dossier(racine)
    return classeur.brouillon(dossier, dossier.version(), "013")


def rempli(
    octets: bytes, registre: Mapping[str, Mapping[str, object]], alterer: Alterer | None = None
) -> bytes:
    """Fill a workbook as a person would: choices by their words; then alter it."""
    livre = openpyxl.load_workbook(io.BytesIO(octets))
    feuille = livre["Registre"]
    titres = [case.value for case in feuille[1]]
    for rang in range(2, feuille.max_row + 1):
        connu = registre.get(str(feuille.cell(rang, 1).value), {})
        for une in contrat().tables["guichets"].colonnes[1:]:
            valeur = connu.get(une.champ)
            mot = contrat().codes[une.codes].get(str(valeur), "") if une.codes else valeur
            if valeur is not None:
                feuille.cell(rang, titres.index(une.libelle) + 1).value = mot
    if alterer:
        alterer(livre)
    sortie = io.BytesIO()
    livre.save(sortie)
    return sortie.getvalue()


def lire(racine: Path, octets: bytes, departement: str | None = None) -> classeur.Lu:
    """Read a filled workbook beside these data."""
    return classeur.lire(octets, "registre.xlsx", functools.partial(_connus, racine), departement)


@functools.cache
def _connus(racine: Path, departement: str) -> Collection[str]:
    dossier = Dossier(racine)
    return classeur.guichets_connus(dossier, dossier.version())(departement)
