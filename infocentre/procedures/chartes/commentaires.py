"""Free fields of a file: which demandes say of a person what none may, and how many; no text of it.

A file is read once, line by line, and forgotten: what comes out is a numéro and a category.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from infocentre.contrat.numeros import NUMERO_UNIQUE
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import DES_PROCEDURES
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.noyau.francais import simplifier
from infocentre.reconnaissance import texte

FICHIER = "lexique.yml"
LIBRES = ("comment", "observation", "remarque", "libre")  # in the title of a column of free text
REGARDEES = 200  # rows in which the numéros are looked for
PORTEE = 3  # words after that of a street or of a place, in its name
_MOT = re.compile(r"[^\W\d_]+|[.,;:!?()]")
_NUMERO = re.compile(NUMERO_UNIQUE)
_TRONC = "*"
_MINIMUM = 2  # letters of the shortest stem


class Categorie(BaseModel):
    """What is looked for: its title, its words; `*` ends a stem."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titre: str
    mots: tuple[str, ...]


class Lexique(BaseModel):
    """The words by category, and the version by which counts were made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    lieux: frozenset[str]
    categories: dict[str, Categorie]


@dataclass(slots=True)
class Examen:
    """What a file showed: rows read, those without a numéro, (numéro, category), counts."""

    lexique: int
    lues: int = 0
    sans_numero: int = 0
    signales: list[tuple[str, str]] = field(default_factory=list)

    @property
    def comptes(self) -> Mapping[str, int]:
        """How many demandes in each category, by its title."""
        return Counter(titre for _, titre in dict.fromkeys(self.signales))


@functools.cache
def lexique() -> Lexique:
    """Return the lexicon; raise Refus for a wrong file."""
    try:
        return Lexique.model_validate(lire_yaml(DES_PROCEDURES / "chartes" / FICHIER, "un lexique"))
    except ValidationError as erreur:
        raise refus_champs(erreur, FICHIER, " d'un lexique", {}) from None


def examiner(chemin: Path, colonnes: Sequence[str] = ()) -> Examen:
    """Read the free fields of a file; `colonnes` are their titles, those that look so without any.

    Raises:
        Refus: it is no table, or no column of it has numéros uniques, or free text.
    """
    lu = texte.lire(chemin, chemin.name)
    noms = lu.tableau.noms
    rang = _rang_du_numero(lu.lignes[:REGARDEES], noms, chemin.name)
    libres = _rangs_libres(noms, colonnes, rang, chemin.name)
    examen, titres = Examen(lexique().version), lexique().categories
    for ligne in texte.enregistrements(chemin, lu):
        examen.lues += 1
        numero = ligne[rang].strip() if rang < len(ligne) else ""
        vues = {un for r in libres if r < len(ligne) for un in categories(ligne[r])}
        if not _NUMERO.fullmatch(numero):
            examen.sans_numero += 1
            continue
        examen.signales += [(numero, un.titre) for nom, un in titres.items() if nom in vues]
    return examen


def _rang_du_numero(lignes: Sequence[Sequence[str]], noms: Sequence[str], nom: str) -> int:
    """Return the rank of the column whose values are numéros uniques."""
    for rang in range(len(noms)):
        dits = [un for ligne in lignes if rang < len(ligne) and (un := ligne[rang].strip())]
        if dits and 2 * sum(bool(_NUMERO.fullmatch(un)) for un in dits) > len(dits):
            return rang
    raise Refus(
        "aucune colonne n'a de numéros uniques : rien ne dirait quelle demande relire",
        nom,
        "Demander une extraction qui porte le numéro unique de chaque demande.",
    )


def _rangs_libres(
    noms: Sequence[str], voulues: Sequence[str], numero: int, nom: str
) -> tuple[int, ...]:
    dits = [simplifier(un) for un in noms]
    absentes = [un for un in voulues if simplifier(un) not in dits]
    if absentes:
        raise Refus(
            f"il n'y a pas de colonne « {absentes[0][:40]} »", nom, f"Colonnes : {', '.join(noms)}."
        )
    rangs = (
        [dits.index(simplifier(un)) for un in voulues]
        if voulues
        else [r for r, un in enumerate(dits) if any(mot in un for mot in LIBRES)]
    )
    if retenus := tuple(un for un in rangs if un != numero):
        return retenus
    raise Refus(
        "aucune colonne ne dit par son titre qu'elle est de texte libre",
        nom,
        f"La nommer : --colonne NOM. Colonnes : {', '.join(noms)}.",
    )


def categories(dit: str) -> frozenset[str]:
    """Return the categories of what a text may not say."""
    if not dit:
        return frozenset()
    mots = [_nu(un) for un in _MOT.findall(dit)]
    lieux = lexique().lieux
    return frozenset(
        categorie
        for rang, mot in enumerate(mots)
        for suite, categorie in _candidats(mot)
        if all(
            rang + n < len(mots) and _est(mots[rang + n], un) for n, un in enumerate(suite, start=1)
        )
        and not _dans_un_nom(mots[max(0, rang - PORTEE) : rang], lieux)
    )


def _dans_un_nom(avant: Sequence[str], lieux: frozenset[str]) -> bool:
    """Tell whether the words before a word begin the name of a street, in the same sentence."""
    for mot in reversed(avant):
        if not mot.isalpha():
            return False
        if mot in lieux:
            return True
    return False


@functools.lru_cache(maxsize=1 << 16)
def _nu(mot: str) -> str:
    return simplifier(mot).replace("œ", "oe")


def _est(mot: str, terme: str) -> bool:
    if terme.endswith(_TRONC):
        return mot.startswith(terme[:-1])
    return mot == terme


@functools.lru_cache(maxsize=1 << 16)
def _candidats(mot: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return what a word may begin: the words that must follow, the category."""
    exacts, troncs = _index()
    debuts = [troncs.get(mot[:fin], ()) for fin in range(_MINIMUM, len(mot) + 1)]
    return tuple(un for trouves in (exacts.get(mot, ()), *debuts) for un in trouves)


_Index = Mapping[str, list[tuple[tuple[str, ...], str]]]


@functools.cache
def _index() -> tuple[_Index, _Index]:
    """Return the terms by their first word, whole ones and stems apart."""
    exacts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    troncs: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for nom, une in lexique().categories.items():
        for terme in une.mots:
            premier, *suite = terme.split()
            if premier.endswith(_TRONC):
                troncs.setdefault(premier[:-1], []).append((tuple(suite), nom))
            else:
                exacts.setdefault(premier, []).append((tuple(suite), nom))
    return exacts, troncs
