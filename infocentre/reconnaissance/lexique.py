"""How close the name of a column is to what the contract holds: words, abbreviations, spelling."""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from infocentre.contrat import Colonne, contrat
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.francais import simplifier

FICHIER = "lexique.yml"
DOSSIER = "\\"  # after each folder of a column, in what BusinessObjects writes
MOT = re.compile(r"[a-z]+|[0-9]+")
CHAMEAU = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
PARENTHESE = re.compile(r"\((e|s|es|ne|x)\)")
METRES = re.compile(r"(?<![^\W_])m ?[²2](?![^\W_])")  # a unit, that tells no column
OU = re.compile(r"\boù\b")
NUMERO = re.compile(r"\bn\s*[°º]|#")
LE, PAR = re.compile(r"\b(le|depuis|on)\W*$"), re.compile(r"\b(par|by)\W*$")
NEUTRES = frozenset({"code", "cle"})  # they say that a value is one, not of what
AUTRE_RANG = 0.7  # a first is no second, nor what has no rank
LEGER, DESCRIPTION, VOISIN, EPELE = 0.2, 0.85, 0.95, 0.93
RECONNU = 0.5  # above, the whole of a name is one of the contract
PREFIXE, COURT, RESSEMBLANCE = 3, 4, 0.82
DEMANDES = ("stock", "radiation", "voeux")  # the tables of which people have other columns beside


@dataclass(frozen=True, slots=True)
class Nom:
    """The words of a name, and whether some had to be guessed from their spelling."""

    mots: frozenset[str]
    epele: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name a column of the contract, or what is not read (`pourquoi`)."""

    mots: frozenset[str]
    colonne: str = ""
    pourquoi: str = ""
    plafond: float = 1.0


@dataclass(frozen=True, slots=True)
class Ressemblances:
    """How close a name is to each column of a table, from 0 to 1, and to what is not read.

    `interdite` is why it must not be read, '' if it may; `exacte` that it is the contract's own.
    """

    texte: str
    nom: Nom
    colonnes: Mapping[str, float]
    leurre: float = 0.0
    pourquoi: str = ""
    interdite: str = ""
    exacte: bool = False


@functools.cache
def lexique() -> Mapping[str, Any]:
    """Return what lexique.yml holds."""
    texte = resources.files("infocentre.reconnaissance").joinpath(FICHIER).read_text("utf-8")
    lu: dict[str, Any] = fichiers_yaml.lire(texte)
    return lu


@functools.cache
def _sens() -> Mapping[str, str]:
    """Return the word of the contract of each word that means one."""
    sens = {autre: mot for mot, autres in lexique()["mots"].items() for autre in autres}
    return sens | {mot: mot for mot in lexique()["mots"]}


@functools.cache
def _vides() -> frozenset[str]:
    return frozenset(lexique()["vides"])


@functools.cache
def _vocabulaire() -> Mapping[str, str]:
    """Return every word of the names of the contract, with the one that it stands for."""
    connus = dict(_sens())
    for texte in _textes():
        for mot in MOT.findall(simplifier(texte)):
            seul = _singulier(mot)
            if mot not in connus and mot not in _vides():
                connus[mot] = connus.get(seul, seul)
    return connus


def _textes() -> Iterable[str]:
    for table in contrat().tables.values():
        for colonne in table.colonnes:
            yield from (colonne.nom, colonne.libelle, colonne.description)
    for phrases in lexique()["colonnes"].values():
        yield from phrases


def _singulier(mot: str) -> str:
    return mot[:-1] if len(mot) >= COURT and mot[-1] in "sx" else mot


@functools.lru_cache(maxsize=8192)
def lire_nom(texte: str) -> Nom:
    """Return the words of the contract that a name is made of."""
    brut = OU.sub(" commune ", CHAMEAU.sub(" ", texte).lower())
    brut = simplifier(METRES.sub("", brut))
    brut = NUMERO.sub(" numero ", PARENTHESE.sub("", brut)).replace("œ", "oe")
    mots, epele = set[str](), False
    for mot in MOT.findall(brut):
        if mot not in _vides():
            lus, devine = _comprendre(mot)
            mots.update(lus)
            epele |= devine
    if LE.search(brut):
        mots.add("date")
    if PAR.search(brut):
        mots.add("guichet")
    return Nom(frozenset(mots), epele)


@functools.lru_cache(maxsize=8192)
def _comprendre(mot: str) -> tuple[tuple[str, ...], bool]:
    """Return the words that one stands for, and whether its spelling had to be guessed."""
    connus = _vocabulaire()
    for forme in (mot, _singulier(mot)):
        if forme in connus:
            return (connus[forme],), False
    if mot.isdigit():
        return (mot,), False
    if morceaux := _decouper(mot):
        return tuple(connus[un] for un in morceaux), False
    return _deviner(mot)


def _deviner(mot: str) -> tuple[tuple[str, ...], bool]:
    connus = _vocabulaire()
    if len(mot) >= PREFIXE:
        suites = Counter(sens for un, sens in connus.items() if un.startswith(mot))
        if suites:
            return (suites.most_common(1)[0][0],), True
    if len(mot) >= COURT:
        proches = difflib.get_close_matches(mot, connus, n=1, cutoff=RESSEMBLANCE)
        if proches:
            return (connus[proches[0]],), True
    return (mot,), False


def _decouper(mot: str) -> list[str] | None:
    """Cut a word into the fewest known ones, of two letters at least; None when it cannot be."""
    connus = _vocabulaire()
    meilleurs: list[list[str] | None] = [[]] + [None] * len(mot)
    for fin in range(2, len(mot) + 1):
        for debut in range(fin - 1):
            avant = meilleurs[debut]
            if avant is None or mot[debut:fin] not in connus:
                continue
            if meilleurs[fin] is None or len(avant) + 1 < len(meilleurs[fin] or ()):
                meilleurs[fin] = [*avant, mot[debut:fin]]
    return meilleurs[-1]


@functools.cache
def _phrases(table: str) -> tuple[Phrase, ...]:
    """Return what names each column of a table, and what names the columns that are not read."""
    phrases = [une for colonne in contrat().tables[table].colonnes for une in _de(table, colonne)]
    if table in DEMANDES:
        phrases += [
            Phrase(lire_nom(un).mots, pourquoi=pourquoi)
            for pourquoi, noms in lexique()["leurres"].items()
            for un in noms
        ]
    return tuple(une for une in phrases if une.mots)


def _de(table: str, colonne: Colonne) -> Iterable[Phrase]:
    synonymes = lexique()["colonnes"]
    noms = [colonne.nom, colonne.libelle, *synonymes.get(f"{table}.{colonne.nom}", ())]
    for nom in [*noms, *synonymes.get(colonne.nom, ())]:
        yield Phrase(lire_nom(nom).mots, colonne.nom)
    yield Phrase(lire_nom(colonne.description).mots, colonne.nom, plafond=DESCRIPTION)


@functools.cache
def _poids() -> Mapping[str, float]:
    """Return what each word is worth: the fewer columns it names, the more."""
    portent: dict[str, set[str]] = {}
    for table in contrat().tables:
        for phrase in _phrases(table):
            for mot in phrase.mots:
                portent.setdefault(mot, set()).add(phrase.colonne or phrase.pourquoi)
    total = len({colonne for colonnes in portent.values() for colonne in colonnes})
    legers = set(lexique()["legers"])
    return {
        mot: math.log(1 + total / len(colonnes)) * (LEGER if mot in legers else 1)
        for mot, colonnes in portent.items()
    }


@functools.cache
def _inconnu() -> float:
    """Return what a word that names nothing is worth: half of the rarest."""
    return max(_poids().values()) / 2


def _somme(mots: Iterable[str]) -> float:
    return sum(_poids().get(mot, _inconnu()) for mot in mots)


def _ressemblance(nom: Nom, phrase: Phrase) -> float:
    communs = nom.mots & phrase.mots
    if not communs:
        return 0.0
    if not (nom.mots ^ phrase.mots) - NEUTRES:
        note = 1.0
    else:
        note = VOISIN * 2 * _somme(communs) / (_somme(nom.mots) + _somme(phrase.mots))
    siens, voulus = ({un for un in mots if un.isdigit()} for mots in (nom.mots, phrase.mots))
    if voulus and siens != voulus:
        note *= AUTRE_RANG
    return min(note, phrase.plafond) * (EPELE if nom.epele else 1)


@functools.lru_cache(maxsize=8192)
def ressemblances(texte: str, table: str) -> Ressemblances:
    """Return how close a name is to the columns of a table."""
    nom, lu = lire_nom(texte), texte.strip().upper()
    if propre := _propre(texte, table):
        return Ressemblances(texte, nom, {propre: 1.0}, exacte=True)
    if interdite := _interdite(texte):
        return Ressemblances(texte, nom, {}, interdite=interdite)
    if lu in _non_lues():
        return Ressemblances(texte, nom, {}, 1.0, "le contrat ne lit pas cette colonne")
    notes: dict[str, float] = {}
    leurre, pourquoi = 0.0, ""
    for phrase in _phrases(table):
        note = _ressemblance(nom, phrase)
        if phrase.colonne:
            notes[phrase.colonne] = max(note, notes.get(phrase.colonne, 0.0))
        elif note > leurre and phrase.mots <= nom.mots:
            leurre, pourquoi = note, phrase.pourquoi
    proches = {un: note for un, note in notes.items() if note}
    return Ressemblances(texte, nom, proches, leurre, pourquoi)


def lire_noms(noms: Sequence[str], table: str) -> list[Ressemblances]:
    """Return how close each name of a file is to the columns of a table.

    A report of BusinessObjects writes the folders of a column before its name, after `DOSSIER`.
    Its name alone is read, unless another column of the file ends alike, or its folders tell
    another column or another person.
    """
    fins = Counter(simplifier(_fin(nom)) for nom in noms)
    return [
        _sans_dossiers(nom, table)
        if _fin(nom) and fins[simplifier(_fin(nom))] == 1
        else ressemblances(nom, table)
        for nom in noms
    ]


def _fin(nom: str) -> str:
    return nom.rpartition(DOSSIER)[2].strip()


def _sans_dossiers(nom: str, table: str) -> Ressemblances:
    entier, seul = ressemblances(nom, table), ressemblances(_fin(nom), table)
    if DOSSIER not in nom or entier.exacte or entier.interdite:
        return entier
    propre, dite = _meilleure(seul), _meilleure(entier)
    note = entier.colonnes.get(dite, 0)
    dossiers = [ressemblances(un, table) for un in nom.split(DOSSIER)[:-1]]
    ailleurs = {_meilleure(un) for un in dossiers if 1 in un.colonnes.values()} - {propre}
    if ailleurs or entier.leurre > note or (dite != propre and note >= RECONNU):
        return entier
    if dite == propre and (seul.exacte or mots_forts(seul.nom) > 1 or propre == "NUMERO_UNIQUE"):
        return replace(seul, texte=nom)
    proches = {un: min(lue, VOISIN) for un, lue in seul.colonnes.items()}  # to confirm
    mieux = proches.get(propre, 0) > note
    return replace(seul, texte=nom, colonnes=proches, exacte=False) if mieux else entier


def _meilleure(vue: Ressemblances) -> str:
    return max(vue.colonnes, key=vue.colonnes.__getitem__, default="")


def mots_forts(nom: Nom) -> int:
    """Count the words of a name that say what it is."""
    return len(nom.mots - set(lexique()["legers"]))


def _propre(texte: str, table: str) -> str | None:
    """Return the column that has this very name, or this very label."""
    colonnes, lu = contrat().tables[table].par_nom, texte.strip()
    if lu.upper() in colonnes:
        return lu.upper()
    return next((n for n, c in colonnes.items() if simplifier(c.libelle) == simplifier(lu)), None)


@functools.cache
def _non_lues() -> frozenset[str]:
    return frozenset(lexique()["non_lues"].split())


@functools.cache
def _interdites() -> Mapping[frozenset[str], str]:
    return {
        frozenset(_mots_bruts(nom)): pourquoi
        for pourquoi, noms in lexique()["interdites"].items()
        for nom in noms
    }


def _mots_bruts(texte: str) -> list[str]:
    brut = simplifier(CHAMEAU.sub(" ", texte)).replace("_", " ")
    return [un for un in MOT.findall(brut) if un not in _vides()]


def _interdite(texte: str) -> str:
    """Return why a column of this name is never read; a NIR or a comment, whatever is beside."""
    mots = _mots_bruts(texte)
    return next(
        (pourquoi for nom, pourquoi in _interdites().items() if nom and nom <= set(mots)), ""
    )
