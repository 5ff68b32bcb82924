"""Which file of a folder is which of a correspondance: by its columns, then by what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import polars as pl

from infocentre.contrat.graphies import VIDES_AILLEURS
from infocentre.correspondances.ecrits import NOMMES, manques
from infocentre.correspondances.garde import en_usage
from infocentre.correspondances.modele import (
    Correspondance,
    Fichier,
    Indice,
    nom_de_colonne,
)
from infocentre.livraisons.composition import Association, Codes, Lu
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import citer
from infocentre.noyau.texte import nom_sur
from infocentre.reconnaissance.profil import Profil, est_une_cle
from infocentre.reconnaissance.valeurs import code_de

PART_CONNUE = 0.5  # of the columns of a file that a correspondance describes, and of its own
PART_REMPLIE = 0.5
ANNEE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d{1,3}(?!\d))")
DE_CODES = re.compile(r"(CLE|CODE|LIBL|LIBC)_(\w+)")
TABLE = "table "
F = TypeVar("F", Lu, Profil)


@dataclass(frozen=True, slots=True)
class Ecart:
    """What a file has that a correspondance does not read, and what it lacks."""

    fichier: str
    nouvelles: tuple[str, ...] = ()
    absentes: tuple[str, ...] = ()

    @property
    def change(self) -> bool:
        """Tell that columns went while others came: some were renamed, and a person says which."""
        return bool(self.nouvelles and self.absentes)


@dataclass(frozen=True, slots=True)
class Convenance:
    """How well a correspondance reads these files: which is which, and what differs.

    `manques`: compulsory tables and columns that no file gives.
    """

    association: Association
    ecarts: tuple[Ecart, ...] = ()
    manques: tuple[str, ...] = ()
    inconnus: tuple[str, ...] = field(default=())

    @property
    def exacte(self) -> bool:
        """Tell whether these files are read without a question.

        Of files that have the contract's own names, what lacks and what is unknown is told at the
        reception, as of any delivery.
        """
        renommees = any(un.change for un in self.ecarts)
        connue = self.association.correspondance.est_du_contrat or not renommees
        return connue and not self.manques

    @property
    def tables_absentes(self) -> list[str]:
        """Return the compulsory tables that no file gives."""
        return [quoi for quoi in self.manques if quoi.startswith(TABLE)]

    @property
    def etrangeres(self) -> int:
        """How many columns of the files it does not know."""
        return sum(len(un.nouvelles) for un in self.ecarts) + len(self.inconnus)


def associer(correspondance: Correspondance, profils: Sequence[Profil]) -> Convenance:
    """Say how a correspondance reads these files."""
    references, reste = _separer(correspondance, profils)
    pris: dict[int, list[Profil]] = {}
    inconnus = []
    for profil in reste:
        rang = _fichier_de(profil, correspondance)
        if rang is None:
            inconnus.append(profil.chemin.name)
        else:
            pris.setdefault(rang, []).append(profil)
    ecarts = [
        ecart
        for rang, siens in sorted(pris.items())
        for profil in siens
        if (ecart := _ecart(profil, correspondance.fichiers[rang]))
    ]
    association = Association(
        correspondance,
        {rang: tuple(map(_lu, _recents(siens))) for rang, siens in pris.items()},
        references,
        tuple(inconnus),
        code_de,
    )
    manques = tuple(_manques(correspondance, pris))
    return Convenance(association, tuple(ecarts), manques, tuple(inconnus))


def deja_connue(racine: Path, profils: Sequence[Profil]) -> Convenance | None:
    """Return how the correspondance in use that is nearest to these files reads them.

    One that would lack a whole table is of other files, that only have columns of the same names.
    """
    lues = [associer(une, profils) for une in en_usage(racine)]
    lisent = [une for une in lues if une.association.fichiers and not une.tables_absentes]
    return min(lisent, key=lambda une: (len(une.manques), une.etrangeres), default=None)


def annee_de(nom: str) -> str:
    """Return the year that the name of a file bears, '' for none."""
    annees = ANNEE.findall(nom)
    return str(annees[-1]) if annees else ""


def _recents(profils: Sequence[Profil]) -> list[Profil]:
    """Return files of the same kind, the newest first by the year of their names."""
    return sorted(profils, key=lambda un: annee_de(un.chemin.name), reverse=True)


def _lu(profil: Profil) -> Lu:
    return Lu(profil.chemin, profil.dialecte)


def noms_de(profil: Profil) -> list[str]:
    """Return the names of the columns of a file as they are compared."""
    return [nom_de_colonne(nom) for nom in profil.entete]


def _fichier_de(profil: Profil, correspondance: Correspondance) -> int | None:
    """Return the rank of the file of a correspondance that this one is, None for none.

    Two of its files that have the same columns, one being left, are told by their names.
    """
    noms = frozenset(noms_de(profil)) - {""}
    notes = [
        (_note(noms, un), profil.nom == un.exemple, -rang)
        for rang, un in enumerate(correspondance.fichiers)
        if _tient(profil, un.indice) and _assez(noms, un)
    ]
    return -max(notes)[-1] if notes else None


def _assez(noms: frozenset[str], fichier: Fichier) -> bool:
    """Tell whether most columns of the file are described, or most of those described are there."""
    connues = {nom_de_colonne(nom) for nom in fichier.connues}
    return len(noms & connues) >= PART_CONNUE * max(1, min(len(noms), len(connues)))


def _note(noms: frozenset[str], fichier: Fichier) -> float:
    """Return how alike the columns of a file and those that are described are, from 0 to 1."""
    connues = {nom_de_colonne(nom) for nom in fichier.connues}
    return len(noms & connues) / max(1, len(noms | connues))


def _tient(profil: Profil, indice: Indice | None) -> bool:
    if indice is None:
        return True
    noms = noms_de(profil)
    voulue = nom_de_colonne(indice.colonne)
    if voulue not in noms:
        return not indice.remplie
    return (remplissage(profil, noms.index(voulue)) >= PART_REMPLIE) == indice.remplie


def remplissage(profil: Profil, rang: int) -> float:
    """Return the share of the rows looked at that have a value in a column."""
    textes = profil.exemples[str(rang)].str.strip_chars()
    if textes.is_empty():
        return 0.0
    vides = pl.select(textes.is_null() | textes.is_in(VIDES_AILLEURS)).to_series()
    return 1 - int(vides.sum()) / len(textes)


def _ecart(profil: Profil, fichier: Fichier) -> Ecart | None:
    noms = [nom for nom in noms_de(profil) if nom]
    connues = {nom_de_colonne(nom) for nom in fichier.connues}
    lues = {nom_de_colonne(nom): nom for nom in fichier.colonnes}
    nouvelles = tuple(nom for nom in noms if nom not in connues)
    absentes = tuple(nom for cle, nom in lues.items() if cle not in noms)
    if not nouvelles and not absentes:
        return None
    return Ecart(profil.chemin.name, nouvelles, absentes)


def _manques(correspondance: Correspondance, pris: Mapping[int, Sequence[Profil]]) -> Iterator[str]:
    """Yield the compulsory tables and columns that no file gives."""
    presentes = {
        rang: {nom for profil in profils for nom in noms_de(profil)}
        for rang, profils in pris.items()
    }
    for table, fichier, absentes in manques(correspondance, presentes):
        if fichier is None:
            yield f"{TABLE}{table}"
        yield from (f"{table}.{nom}" for nom in absentes)


# --- Parts of one table --------------------------------------------------------------------------


def parts_de(fichiers: Sequence[F]) -> list[F]:
    """Return those of the files of one table that are its parts: one alone would be read.

    Files of several years are none; those that bear no year are left beside those that do.
    """
    annees = sorted({annee_de(un.chemin.name) for un in fichiers} - {""}, reverse=True) or [""]
    par_annee = ([un for un in fichiers if annee_de(un.chemin.name) == a] for a in annees)
    return [un for siens in par_annee if len(siens) > 1 for un in siens]


def refus_des_parts(table: str, parts: Sequence[Lu] | Sequence[Profil]) -> Refus:
    """Return why the parts of a table are not read: which, where, and what to do."""
    que_faire = "Les réunir en un seul, ou n'en laisser qu'un."
    if len({un.chemin.parent for un in parts}) > 1:
        que_faire = "Donner chaque livraison à part : un dossier, ou une archive, pour une."
    return Refus(
        f"{len(parts)} fichiers ou feuilles sont de la table « {table} », et un seul serait lu",
        citer(_places(parts), NOMMES, "autre"),
        que_faire,
    )


def _places(parts: Sequence[Lu] | Sequence[Profil]) -> list[str]:
    """Return where profiles of one table were found: files, the folders or archives, sheets."""
    chemins = list(dict.fromkeys(un.chemin for un in parts))
    noms = list(dict.fromkeys(nom_sur(un.name) for un in chemins))
    if len(noms) < len(chemins):
        return [f"{nom_sur(un.parent.name)}/{nom_sur(un.name)}" for un in chemins]
    feuilles = dict.fromkeys(nom_sur(un.dialecte.feuille or "") for un in parts)
    return noms if len(noms) > 1 else [*noms, *feuilles]


# --- Files of codes ------------------------------------------------------------------------------


def _separer(
    correspondance: Correspondance, profils: Sequence[Profil]
) -> tuple[dict[str, tuple[Codes, ...]], list[Profil]]:
    """Part the files of codes that a correspondance names from the rest."""
    nommees = {
        une.reference
        for fichier in correspondance.fichiers
        for une in (*fichier.colonnes.values(), *fichier.premiers.values())
        if une.reference
    }
    de_codes = {id(un): champ for un in profils if (champ := champ_de_codes(un))}
    references: dict[str, tuple[Codes, ...]] = {}
    for nom in sorted(nommees):
        siens = [un for un in profils if id(un) in de_codes and _est(un, de_codes[id(un)], nom)]
        if siens:
            recents = _recents(_meilleurs(siens, nom))
            references[nom] = tuple(_codes(un, de_codes[id(un)]) for un in recents)
    return references, [un for un in profils if id(un) not in de_codes]


def champ_de_codes(profil: Profil) -> str:
    """Return the field whose codes a file has, '' when it is no file of codes."""
    noms = [nom for nom in noms_de(profil) if nom]
    lus = [None if est_une_cle(nom) else DE_CODES.fullmatch(nom) for nom in noms]
    trouves = {lu[2] for lu in lus if lu}
    return trouves.pop() if len(trouves) == 1 and lus.count(None) <= AUTRES_MAX else ""


AUTRES_MAX = 2  # columns beside the key, the code and the labels: an order, a date


def _est(profil: Profil, champ: str, nom: str) -> bool:
    """Tell whether a file of codes is the one of this name, by its own name or its field's."""
    return _porte(profil, nom) or champ == nom.removeprefix("ref_").upper()


def _porte(profil: Profil, nom: str) -> bool:
    return f"_{nom}_" in f"_{_radical(profil)}_"


def _radical(profil: Profil) -> str:
    """Return the words of the name of a file, without its figures and its extension."""
    return re.sub(r"[^a-z]+", "_", profil.chemin.name.lower().split(".", 1)[0]).strip("_")


def _meilleurs(profils: Sequence[Profil], nom: str) -> list[Profil]:
    """Keep those that bear the name, alone when they can: `ref_x` is not `ref_x_y`."""
    portent = [un for un in profils if _porte(un, nom)]
    court = min((len(_radical(un)) for un in portent), default=0)
    return [un for un in portent if len(_radical(un)) == court] or list(profils)


def _codes(profil: Profil, champ: str) -> Codes:
    """Return the columns of keys and of codes: the one is the other when the file has but one."""
    noms = dict(zip(noms_de(profil), profil.entete, strict=True))
    cle = noms.get(f"CLE_{champ}")
    code = noms.get(f"CODE_{champ}")
    seul = cle or code or noms[next(iter(noms))]
    return Codes(_lu(profil), cle or seul, code or seul, annee_de(profil.chemin.name))
