"""Identities that change from one delivery to the next: corrections, and a few takeovers."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from infocentre.demo import noms
from infocentre.demo.actes import RADATT
from infocentre.demo.proches import Ligne, Proches, frapper
from infocentre.demo.temps import Entiers, mois_des_jours, nom_mois

if TYPE_CHECKING:
    from infocentre.demo.etat import Etat
    from infocentre.demo.identites import Personnes
    from infocentre.demo.vies import Periode, Vies

VERITE = "verite-mouvements.csv"
PART = 0.00125  # of active demandes: twenty-five among 20 000
_PART_REPRISES = 0.12  # three among twenty-five
_TROIS_ANS, _RECENTES = 3 * 365, 75


@dataclass(frozen=True)
class Mouvements:
    """By rank of a demande: the month from which its identity is another, and that identity.

    `reprises`: those that somebody else took over.
    """

    depuis: dict[int, int] = field(default_factory=dict)
    lignes: dict[int, Ligne] = field(default_factory=dict)
    reprises: set[int] = field(default_factory=set)

    def a_la_date(self, identites: pl.DataFrame, mois: int) -> pl.DataFrame:
        """Return the identities as they are known in a month."""
        faits = [rang for rang, depuis in self.depuis.items() if depuis <= mois]
        if not faits:
            return identites
        ecrites = pl.DataFrame(
            [{"rang": rang, **self.lignes[rang]} for rang in faits],
            schema={"rang": pl.UInt32, **identites.schema},
        )
        return (
            identites.with_row_index("rang")
            .update(ecrites, on="rang", how="left", include_nulls=True)
            .drop("rang")
        )


def ecrire_mouvements(cible: Path, numeros: pl.Series, tous: Mouvements) -> None:
    """Write what is true: numero, mois (AAAA-MM) from which it shows, reprise (0 or 1)."""
    with cible.open("w", encoding="utf-8", newline="") as flux:
        sortie = csv.writer(flux, delimiter=";")
        sortie.writerow(("numero", "mois", "reprise"))
        for rang, mois in sorted(tous.depuis.items()):
            sortie.writerow((numeros[rang], nom_mois(mois), int(rang in tous.reprises)))


@dataclass(frozen=True)
class Terrain:
    """Where movements are drawn: the demandes as they end, and those that already say something."""

    vies: Vies
    fin: Etat
    gens: Personnes
    proches: Proches
    periode: Periode


def tirer_mouvements(
    ou: Terrain, identites: pl.DataFrame, alea: np.random.Generator, nombre: int
) -> Mouvements:
    """Draw that many movements, none when there are too few deliveries to see them."""
    lus = Mouvements()
    premier, dernier = ou.periode.premier + 1, ou.periode.dernier
    if dernier - premier < 2:
        return lus
    reprises = round(nombre * _PART_REPRISES)
    for rang in alea.permutation(_reprenables(ou))[:reprises].tolist():
        radiee = int(mois_des_jours(ou.fin.radiation[rang : rang + 1])[0])
        lus.depuis[rang] = max(premier, radiee - 1)
        lus.reprises.add(rang)
        lus.lignes[rang] = _reprise(identites.row(rang, named=True), alea)
    for rang in alea.permutation(_corrigeables(ou))[: nombre - reprises].tolist():
        depot = int(mois_des_jours(ou.vies.saisie[rang : rang + 1])[0])
        lus.depuis[rang] = int(alea.integers(max(premier, depot + 1), dernier + 1))
        lus.lignes[rang] = _correction(identites.row(rang, named=True), alea)
    return lus


def _libres(ou: Terrain, rangs: Entiers) -> Entiers:
    """Leave out who has another demande, or looks like somebody."""
    pris = np.concatenate([ou.proches.un, ou.proches.autre, ou.gens.titulaire[ou.gens.double]])
    return rangs[~ou.gens.double[rangs] & ~np.isin(rangs, pris)]


def _reprenables(ou: Terrain) -> Entiers:
    fin = ou.periode.fin
    recentes = ou.fin.radiees(fin - _RECENTES)
    recentes = recentes[ou.fin.motif[recentes] == RADATT]
    return _libres(ou, recentes[ou.vies.creation[recentes] < fin - _TROIS_ANS])


def _corrigeables(ou: Terrain) -> Entiers:
    actives = ou.fin.actives()
    return _libres(ou, actives[ou.vies.saisie[actives] < ou.periode.fin - _RECENTES])


def _correction(une: Ligne, alea: np.random.Generator) -> Ligne:
    """Return the identity with a first name put right, or one more."""
    prenom = une["PRENOM"] or ""
    if alea.random() < 0.25:
        return {**une, "PRENOM": f"{prenom} {noms.PRENOMS_FEMMES[int(alea.integers(50))]}"}
    return {**une, "PRENOM": frapper(prenom, alea)}


def _reprise(une: Ligne, alea: np.random.Generator) -> Ligne:
    """Return the identity of somebody else."""
    return {
        **une,
        "NOM": noms.NOMS_RARES[int(alea.integers(len(noms.NOMS_RARES)))],
        "NOM_NAISSANCE": None,
        "PRENOM": "Wilfried" if alea.random() < 0.5 else "Oksana",
        "DATE_NAISSANCE": f"{int(alea.integers(1, 29)):02}/07/{int(alea.integers(1970, 2004))}",
    }
