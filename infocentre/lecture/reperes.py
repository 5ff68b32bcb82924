"""Repères: what rates are usual elsewhere, that one gestionnaire gives another in a file.

Deciles of the rates of organismes by indicator, version of its rule and type: no count of
anomalies, no code, no name, no numéro. `restitutions.reperes` makes the file; here it is read, and
a rate is placed among those of others.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from infocentre.catalogue import Catalogue
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.contrat.territoires import departements
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import lire as valeurs_publiees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer
from infocentre.noyau.types_guichet import TypeGuichet

FORMAT: Final = "infocentre-reperes-1"
DECILES: Final = 10
DECIMALES: Final = 2  # of a rate, in a file
_MOIS: Final = r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])"
_DEMESURE: Final = 1_000_000  # neither a rule nor organismes are so many
_CHAMPS: Final = {"format", "departement", "mois", "seuil", "reperes"}
_DEMANDER = "Demander ce fichier de nouveau à qui l'a produit."


@dataclass(frozen=True, slots=True)
class Repere:
    """The deciles of an indicator among organismes of a type."""

    indicateur: str
    regle: int
    type_guichet: str
    organismes: int
    deciles: tuple[float, ...]

    def parts_sous(self, taux: float) -> tuple[float, float]:
        """Return the share of its organismes whose rate is lower, and lower or the same.

        As deciles tell it: those of the first and last tenths are taken to be as far from their
        decile as the median.
        """
        premier, milieu, dernier = (self.deciles[un] for un in (0, DECILES // 2 - 1, -1))
        bornes = (
            max(0.0, 2 * premier - milieu),
            *self.deciles,
            min(1.0, 2 * dernier - milieu),
        )
        # Where several deciles are the same, nothing tells apart the rates that are rounded to it.
        lu = arrondi if bornes.count(arrondi := round(taux, DECIMALES)) > 1 else taux
        return _part(bornes, lu, bisect_left(bornes, lu)), _part(
            bornes, lu, bisect_right(bornes, lu)
        )


def _part(bornes: Sequence[float], taux: float, rang: int) -> float:
    """Return the share that a rate is at, between two bounds of tenths."""
    if rang in {0, len(bornes)}:
        return float(rang > 0)
    avant, apres = bornes[rang - 1], bornes[rang]
    return (rang - 1 + (taux - avant) / (apres - avant)) / DECILES


@dataclass(frozen=True, slots=True)
class Fichier:
    """What a département gave of a month; `seuil` is under how many organismes it tells nothing."""

    departement: str
    mois: str
    seuil: int
    reperes: tuple[Repere, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a type of guichets stands among those of other départements; why not, in `motif`.

    Those that have its own rate may fill several deciles, up to `decile_haut`. `autres`
    départements apply another version of the rule: they are not compared.
    """

    indicateur: str
    type_guichet: str
    regle: int
    taux: float | None
    decile: int | None
    decile_haut: int | None
    departements: int
    organismes: int
    autres: int
    motif: str

    @property
    def phrase(self) -> str:
        """Say it: « 7e décile des bailleurs de 14 départements, règle 3 »."""
        if self.decile is None:
            return self.motif
        type_ = TypeGuichet.lire(self.type_guichet) or TypeGuichet.INCONNU
        ou = accorder(self.departements, "département", "départements")
        dite = f"{self.rang} décile des {type_.pairs} de {ou}, règle {self.regle}"
        if not self.autres:
            return dite
        ailleurs = accorder(self.autres, "autre applique", "autres appliquent")
        return f"{dite} ({ailleurs} une autre version de la règle)"

    @property
    def rang(self) -> str:
        """Write its decile: « 7e », « 1er au 6e » where others have the same rate; '' of none."""
        if self.decile is None or self.decile_haut is None:
            return ""
        dit = en_rang(self.decile)
        return dit if self.decile_haut == self.decile else f"{dit} au {en_rang(self.decile_haut)}"


def en_rang(decile: int) -> str:
    """Write a rank: 1er, 7e."""
    return "1er" if decile == 1 else f"{decile}e"


# --- A file ---------------------------------------------------------------------------------------


def empreinte(contenu: Mapping[str, Any]) -> str:
    """Return the sha256 that a file bears of what it says."""
    return hashlib.sha256(json.dumps(contenu, sort_keys=True).encode()).hexdigest()


def lire(fichiers: Iterable[tuple[str, bytes]], mois: str) -> list[Fichier]:
    """Return what each file of this month has, by its name.

    Raises:
        Refus: one is no file of repères, was altered, holds a numéro, is of another month, or is
            given twice.
    """
    lus: dict[str, tuple[str, Fichier]] = {}
    for nom, octets in fichiers:
        un = ouvrir(octets, nom)
        if un.departement in lus:
            raise deux_fois(un, nom, *lus[un.departement])
        if un.mois != mois:
            quoi = f"ces repères sont de {un.mois}, et non de {mois}"
            raise Refus(quoi, nom, f"Demander ceux de {mois}, ou choisir --mois.")
        lus[un.departement] = nom, un
    return [un for _, un in lus.values()]


def deux_fois(un: Fichier, nom: str, deja: str, autre: Fichier) -> Refus:
    """Return what is said of a file, when `autre` of the same département is given with it."""
    meme = "le même que" if autre == un else "du même département que"
    return Refus(f"ce fichier est {meme} {deja}", nom, "N'en donner qu'un, le dernier reçu.")


def ouvrir(octets: bytes, ou: str) -> Fichier:
    """Return what a file has; raise Refus, naming it by `ou`."""
    if numeros_ecrits(octets):
        quoi = "ce fichier contient un numéro unique : des repères n'en ont jamais"
        raise Refus(quoi, ou, "Le détruire, et le dire à qui l'a envoyé.")
    try:
        lu = json.loads(octets.decode())
        scelle = lu.pop("empreinte")
        reconnu = lu["format"] == FORMAT and lu.keys() == _CHAMPS
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        reconnu, lu, scelle = False, {}, ""
    if not reconnu:
        raise Refus(f"ce n'est pas un fichier de repères ({FORMAT})", ou, _DEMANDER)
    if empreinte(lu) != scelle:
        raise Refus("ce fichier de repères a été modifié", ou, _DEMANDER)
    try:
        un = Fichier(lu["departement"], lu["mois"], lu["seuil"], tuple(map(_relire, lu["reperes"])))
        cles = {(r.indicateur, r.type_guichet) for r in un.reperes}
        juste = len(cles) == len(un.reperes) and un.departement in departements()
        juste &= re.fullmatch(_MOIS, un.mois) is not None
        juste &= type(un.seuil) is int and un.seuil > 0
        juste &= all(un.seuil <= r.organismes < _DEMESURE for r in un.reperes)
    except (TypeError, ValueError, KeyError, OverflowError):
        juste = False
    if not juste:
        raise Refus("un repère de ce fichier est mal formé", ou, _DEMANDER)
    return un


def _relire(lu: Mapping[str, Any]) -> Repere:
    """Return a repère of a file; raise ValueError, TypeError or KeyError for what is none."""
    un = Repere(**{**lu, "deciles": tuple(map(float, lu["deciles"]))})
    juste = len(un.deciles) == DECILES - 1 and TypeGuichet.lire(un.type_guichet) is not None
    juste &= (type(un.indicateur), type(un.regle), type(un.organismes)) == (str, int, int)
    juste &= 0 < un.regle < _DEMESURE
    if not juste or not all(0 <= a <= b <= 1 for a, b in pairwise(un.deciles)):
        raise ValueError
    return un


# --- A place --------------------------------------------------------------------------------------


def places(v: Lecture, filtres: Filtres, lus: Sequence[Fichier]) -> list[Place]:
    """Return the places of the types of a month; rates are one's own, whole."""
    regles = catalogue_du_mois(v, filtres)
    valeurs = {
        (une["code"], une["cle"]): une["n"] / une["d"]
        for une in valeurs_publiees(v, filtres.departement, filtres.mois, regles)
        if une["niveau"] == "type" and une["n"] is not None and une["d"]
    }
    return situer(regles, lambda code, type_: valeurs.get((code, type_)), lus, seuil_secret(v))


def situer(
    regles: Catalogue,
    taux: Callable[[str, str], float | None],
    lus: Sequence[Fichier],
    seuil: int,
) -> list[Place]:
    """Return where the rate of each type, by indicator, stands among those of the files.

    Two versions of a rule are never mixed: where it is another one elsewhere, it is said. What was
    told of fewer organismes than our own `seuil` is left out.
    """
    ailleurs: dict[tuple[str, str], list[Repere]] = defaultdict(list)
    for fichier in lus:
        for un in fichier.reperes:
            ailleurs[un.indicateur, un.type_guichet].append(un)
    return [
        _situer(code, type_guichet, regles.indicateurs[code].version, taux, tous, seuil)
        for (code, type_guichet), tous in sorted(ailleurs.items())
        if code in regles.indicateurs
    ]


def _situer(
    code: str,
    type_guichet: str,
    version: int,
    taux: Callable[[str, str], float | None],
    tous: Sequence[Repere],
    seuil: int,
) -> Place:
    memes = [un for un in tous if un.regle == version]
    assez = [un for un in memes if un.organismes >= seuil]
    organismes, ici = sum(un.organismes for un in assez), taux(code, type_guichet)
    decile, haut, motif = None, None, ""
    if not memes:
        versions = enumerer([str(un) for un in sorted({un.regle for un in tous})], "ou")
        motif = f"ailleurs, la règle est en version {versions} : rien n'est comparé"
    elif not assez:
        motif = f"ailleurs, moins de {seuil} organismes : rien n'est comparé"
    elif ici is None:
        motif = "ce type n'a pas de taux ici, ou il est masqué"
    else:
        lues = [(un.parts_sous(ici), un.organismes) for un in assez]
        sous, jusqu_a = (sum(parts[rang] * n for parts, n in lues) / organismes for rang in (0, 1))
        decile = min(DECILES, int(sous * DECILES) + 1)
        haut = max(decile, math.ceil(jusqu_a * DECILES - 1e-9))
    return Place(
        code,
        type_guichet,
        version,
        ici,
        decile,
        haut,
        len(assez),
        organismes,
        len(tous) - len(memes),
        motif,
    )
