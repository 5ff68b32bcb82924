"""Demandes that look alike: one person written two ways, and persons that are easily confused.

What is true of them is written beside the deliveries, where nothing of the infocentre reads it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from infocentre.demo.noms import NOMS
from infocentre.demo.temps import Entiers

if TYPE_CHECKING:
    from infocentre.demo.identites import Personnes

VERITE = "verite-doublons.csv"
PART = 0.003  # of active demandes: sixty among 20 000
_PART_MEME_FOYER = 0.9  # the others have moved, or live with somebody else
_VOISINES = dict(
    zip("azertyuiopqsdfghjklmwxcvbn", "zertyuioposdfghjklmlxcvbnb", strict=True)
)  # a key and its neighbour
Ligne = dict[str, str | None]


class Genre(StrEnum):
    """How two demandes look alike."""

    FRAPPE_NOM = "faute de frappe dans le nom"
    FRAPPE_PRENOM = "faute de frappe dans le prénom"
    DATE = "un chiffre de la date"
    DATE_INVERSEE = "jour et mois inversés"
    INVERSION = "nom et prénom inversés"
    MARIAGE = "nom d’usage et nom de naissance"
    PRENOMS = "un prénom de plus"
    NOM_COMPOSE = "un nom de plus"
    EXACTE = "même écriture"
    JUMEAUX = "jumeaux"
    HOMONYMES = "homonymes"
    PARENT = "parent et enfant de même nom"
    SEPARATION = "séparation"
    COTITULAIRES = "cotitulaires"


MEMES = frozenset(list(Genre)[:9])
# Out of a hundred.
_PARTS = {
    **dict.fromkeys([Genre.FRAPPE_NOM, Genre.FRAPPE_PRENOM], 12),
    **dict.fromkeys([Genre.DATE, Genre.INVERSION, Genre.MARIAGE], 9),
    **dict.fromkeys([Genre.DATE_INVERSEE, Genre.PRENOMS, Genre.NOM_COMPOSE], 6),
    **dict.fromkeys([Genre.JUMEAUX, Genre.HOMONYMES, Genre.COTITULAIRES], 7),
    **dict.fromkeys([Genre.PARENT, Genre.SEPARATION], 5),
}


@dataclass(frozen=True)
class Proches:
    """Pairs of demandes, by rank: `autre` is made to look like `un`, which is older."""

    un: Entiers
    autre: Entiers
    genres: tuple[Genre, ...]

    def __iter__(self) -> Iterator[tuple[int, int, Genre]]:
        """Give each pair."""
        return zip(self.un.tolist(), self.autre.tolist(), self.genres, strict=True)

    def meler(self, gens: Personnes) -> Personnes:
        """Return the people with the sex and birth date that pairs share."""
        naissance, femme = gens.naissance.copy(), gens.femme.copy()
        for un, autre, genre in self:
            if genre in MEMES or genre is Genre.JUMEAUX:
                naissance[autre] = naissance[un]
            if genre in MEMES or genre in (Genre.HOMONYMES, Genre.PARENT):
                femme[autre] = femme[un]
        return replace(gens, naissance=naissance, femme=femme)

    def foyers(self, gens: Personnes, alea: np.random.Generator) -> Entiers:
        """Return, for each demande, the one whose household and dwelling it has: most have theirs.

        Two demandes of one person are mostly of one household.
        """
        nombre = len(gens.nom)
        de = np.where(alea.random(nombre) < _PART_MEME_FOYER, gens.titulaire, np.arange(nombre))
        for un, autre, genre in self:
            if genre is not Genre.HOMONYMES and alea.random() < _PART_MEME_FOYER:
                de[autre] = un
        return de


def choisir(actives: Entiers, gens: Personnes, alea: np.random.Generator, nombre: int) -> Proches:
    """Draw that many pairs among demandes that are active, each demande in one at most."""
    libres = alea.permutation(actives[~gens.double[actives]]).tolist()
    genres = [un for un, part in _PARTS.items() for _ in range(round(nombre * part / 100))]
    paires: list[tuple[int, int, Genre]] = []
    for genre in genres:
        rang = next((r for r, un in enumerate(libres) if _convient(genre, gens, un)), None)
        if rang is None or len(libres) < 2:
            break
        premier = libres.pop(rang)
        second = libres.pop()
        paires.append((min(premier, second), max(premier, second), genre))
        if premier > second and genre in (Genre.DATE_INVERSEE, Genre.MARIAGE):
            paires[-1] = (premier, second, genre)
    return Proches(
        np.array([une[0] for une in paires], dtype=np.int64),
        np.array([une[1] for une in paires], dtype=np.int64),
        tuple(une[2] for une in paires),
    )


def _convient(genre: Genre, gens: Personnes, un: int) -> bool:
    """Tell whether such a pair may be made of a demande."""
    if genre is Genre.MARIAGE:
        return bool(gens.femme[un])
    jour = np.datetime64(int(gens.naissance[un]), "D").astype(object)
    if genre is Genre.DATE_INVERSEE:
        return bool(jour.day <= 12 and jour.day != jour.month)
    return True


def ecrire(
    identites: pl.DataFrame, proches: Proches, gens: Personnes, alea: np.random.Generator
) -> pl.DataFrame:
    """Return the identities with those of the second of each pair written as its kind says."""
    lignes: dict[int, Ligne] = {}
    rangs = [*proches.un.tolist(), *proches.autre.tolist()]
    lues = dict(zip(rangs, identites[rangs].to_dicts(), strict=True)) if rangs else {}
    for un, autre, genre in proches:
        jour = np.datetime64(int(gens.naissance[un]), "D").astype(object)
        modele = {**lues[un], "DATE_NAISSANCE": f"{jour:%d/%m/%Y}"}
        lignes[un] = modele
        lignes[autre] = _ECRIRE[genre](modele, lues[autre], alea)
        if genre in (Genre.SEPARATION, Genre.COTITULAIRES):
            lignes[un] = _cotitulaire(modele, lignes[autre])
    ecrites = pl.DataFrame(
        [{"rang": rang, **ligne} for rang, ligne in lignes.items()],
        schema={"rang": pl.UInt32, **identites.schema},
    )
    return (
        identites.with_row_index("rang")
        .update(ecrites, on="rang", how="left", include_nulls=True)
        .drop("rang")
    )


def _frapper(texte: str, alea: np.random.Generator) -> str:
    """Return a word with one letter doubled, dropped, exchanged with the next or mistyped."""
    rang = int(alea.integers(1, max(len(texte) - 1, 2)))
    lettre = texte[rang : rang + 1]
    return (
        texte[:rang] + texte[rang + 1 :],
        texte[:rang] + lettre + texte[rang:],
        texte[:rang] + texte[rang + 1 : rang + 2] + lettre + texte[rang + 2 :],
        texte[:rang] + _VOISINES.get(lettre.lower(), "e") + texte[rang + 1 :],
    )[int(alea.integers(4))]


def frapper(texte: str, alea: np.random.Generator) -> str:
    """Return a word mistyped, so that it differs whatever the case."""
    for _ in range(9):
        frappe = _frapper(texte, alea)
        if frappe.lower() != texte.lower():
            return frappe
    return texte + "e"


def _frappe_nom(un: Ligne, _: Ligne, alea: np.random.Generator) -> Ligne:
    return {**un, "NOM": frapper(un["NOM"] or "", alea)}


def _frappe_prenom(un: Ligne, _: Ligne, alea: np.random.Generator) -> Ligne:
    return {**un, "PRENOM": frapper(un["PRENOM"] or "", alea)}


def _date(un: Ligne, _: Ligne, alea: np.random.Generator) -> Ligne:
    """Change one digit, of the day or of the year."""
    jour, mois, annee = (un["DATE_NAISSANCE"] or "").split("/")
    if jour[0] in "012" and alea.random() < 0.5:
        jour = f"{jour[0]}{int(jour[1]) % 8 + 1}"
    else:
        annee = f"{annee[:3]}{(int(annee[3]) + int(alea.integers(1, 5))) % 10}"
    return {**un, "DATE_NAISSANCE": f"{jour}/{mois}/{annee}"}


def _date_inversee(un: Ligne, _: Ligne, __: np.random.Generator) -> Ligne:
    jour, mois, annee = (un["DATE_NAISSANCE"] or "").split("/")
    return {**un, "DATE_NAISSANCE": f"{mois}/{jour}/{annee}"}


def _inversion(un: Ligne, _: Ligne, __: np.random.Generator) -> Ligne:
    return {**un, "NOM": un["PRENOM"], "PRENOM": un["NOM"]}


def _mariage(un: Ligne, _: Ligne, alea: np.random.Generator) -> Ligne:
    return {**un, "NOM": NOMS[int(alea.integers(len(NOMS)))], "NOM_NAISSANCE": un["NOM"]}


def _prenoms(un: Ligne, autre: Ligne, _: np.random.Generator) -> Ligne:
    return {**un, "PRENOM": f"{un['PRENOM']} {autre['PRENOM']}"}


def _nom_compose(un: Ligne, autre: Ligne, _: np.random.Generator) -> Ligne:
    return {**un, "NOM": f"{un['NOM']}-{autre['NOM']}"}


def _jumeaux(un: Ligne, autre: Ligne, _: np.random.Generator) -> Ligne:
    return {**autre, "NOM": un["NOM"], "DATE_NAISSANCE": un["DATE_NAISSANCE"]} | _chez(un)


def _homonymes(un: Ligne, autre: Ligne, _: np.random.Generator) -> Ligne:
    return {**autre, "NOM": un["NOM"], "PRENOM": un["PRENOM"]}


def _parent(un: Ligne, autre: Ligne, alea: np.random.Generator) -> Ligne:
    """Write a child that bears the first name of its parent: thirty years apart, same home."""
    jour, mois, annee = (un["DATE_NAISSANCE"] or "").split("/")
    ecart = int(alea.integers(19, 33))
    annee = str(int(annee) - ecart if int(annee) > 1960 else int(annee) + ecart)
    jour = f"{int(alea.integers(1, 28)):02}"
    return _homonymes(un, autre, alea) | {"DATE_NAISSANCE": f"{jour}/{mois}/{annee}"} | _chez(un)


def _conjoint(un: Ligne, autre: Ligne, _: np.random.Generator) -> Ligne:
    return {**autre, "DATE_NAISSANCE": autre["DATE_NAISSANCE"] or "12/03/1985"} | _chez(un)


def _couple(un: Ligne, autre: Ligne, alea: np.random.Generator) -> Ligne:
    return _cotitulaire(_conjoint(un, autre, alea), un)


def _chez(un: Ligne) -> Ligne:
    return {"CODE_POSTAL": un["CODE_POSTAL"]}


def _cotitulaire(un: Ligne, autre: Ligne) -> Ligne:
    """Return an identity whose cotitulaire is the other."""
    champs = ("NOM", "PRENOM", "DATE_NAISSANCE")
    return {**un, **{f"{champ}_COTITULAIRE": autre[champ] for champ in champs}}


_ECRIRE: dict[Genre, Callable[[Ligne, Ligne, np.random.Generator], Ligne]] = {
    Genre.FRAPPE_NOM: _frappe_nom,
    Genre.FRAPPE_PRENOM: _frappe_prenom,
    Genre.DATE: _date,
    Genre.DATE_INVERSEE: _date_inversee,
    Genre.INVERSION: _inversion,
    Genre.MARIAGE: _mariage,
    Genre.PRENOMS: _prenoms,
    Genre.NOM_COMPOSE: _nom_compose,
    Genre.JUMEAUX: _jumeaux,
    Genre.HOMONYMES: _homonymes,
    Genre.PARENT: _parent,
    Genre.SEPARATION: _conjoint,
    Genre.COTITULAIRES: _couple,
}


def ecrire_verite(cible: Path, numeros: pl.Series, proches: Proches, gens: Personnes) -> None:
    """Write what is true: numero_a, numero_b, genre, meme_personne; one row a pair.

    A demande written again to look like another is no longer of the person that it was of.
    """
    cible.parent.mkdir(parents=True, exist_ok=True)
    reecrites = set(proches.autre.tolist())
    exactes = [
        (titulaire, autre, Genre.EXACTE)
        for autre in np.flatnonzero(gens.double).tolist()
        if not {titulaire := int(gens.titulaire[autre]), autre} & reecrites
    ]
    with cible.open("w", encoding="utf-8", newline="") as flux:
        sortie = csv.writer(flux, delimiter=";")
        sortie.writerow(("numero_a", "numero_b", "genre", "meme_personne"))
        for un, autre, genre in [*exactes, *proches]:
            premier, second = sorted((numeros[un], numeros[autre]))
            sortie.writerow((premier, second, genre, int(genre in MEMES)))
