"""Find the query of the library that answers a question in French; nothing leaves the machine.

Okapi BM25 over what each query says of itself (title, `synonymes` of its header, tags, description,
parameters, columns of its result), words being cut to their stem. `synonymes.yml`, beside the
queries, says which words of the trade are the same. A word that no query has is read as the nearest
one that some query has: accents and slips are forgiven.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import ressources
from infocentre.noyau.francais import simplifier
from infocentre.requetes.bibliotheque import Requete

QUESTION_MAX = 300  # characters that are read of a question
SYNONYMES = "synonymes.yml"
# Okapi's usual constants: how soon a repeated word says no more, how much length weighs.
_K, _B = 1.2, 0.6
_POIDS = {"titre": 4, "synonymes": 4, "tags": 2, "parametres": 1, "description": 1, "colonnes": 1}
_MEME_METIER = 0.8  # a word of the same meaning, against the word itself
_PROCHE, _LETTRES_MIN = 0.76, 4  # how alike two words are for one to be a slip for the other
_MOT = re.compile(r"[a-z]\d\b|\d{1,3}\b|[^\W\d_]{2,}")
_ALIAS = re.compile(r'\bas\s+(?:"([^"]+)"|([^\W\d]\w*))', re.IGNORECASE)
_VIDES = frozenset(
    "a actuellement affiche afficher ai ainsi alors ans au aucun aucune aussi autre autres aux "
    "avec avoir avons ca car ce ceci cela celle celles celui ces cet cette ceux chaque chez "
    "chiffre chiffres ci combien comme comment connaitre dans de depuis des deux dire dois doit "
    "donc donne donner donnez dont du elle elles en encore entre est et etait etre eu faire fait "
    "faut font ici il ils je la laquelle le les lesquels leur leurs liste lister lui ma mais me "
    "mes moi moins mon montre montrer ne ni nombre non nos notre nous on ont ou par parmi pas peu "
    "peut plus plusieurs pour pourquoi qu quand que quel quelle quelles quels qui quoi sa sans "
    "savoir se selon ses si soit son sont souhaite sous sur ta taux te tel tous tout toute toutes "
    "tres trop trouver un une va vers veut veux voir vos votre voudrais vouloir vous y".split()
)


def chercher(requetes: Mapping[str, Requete], question: str) -> list[Requete]:
    """Return the queries that say something of the question, the nearest to it first."""
    index = _index(tuple(requetes.values()))
    notes = index.notes(question[:QUESTION_MAX])
    return [index.requetes[rang] for rang in sorted(notes, key=lambda rang: -notes[rang])]


@functools.lru_cache(4)
def _index(requetes: tuple[Requete, ...]) -> _Index:
    return _Index(requetes)


class _Index:
    """The words of each query, and how rare each is."""

    def __init__(self, requetes: tuple[Requete, ...]) -> None:
        self.requetes = requetes
        self._comptes = [_compter(une) for une in requetes]
        longueurs = [compte.total() for compte in self._comptes]
        moyenne = sum(longueurs) / len(longueurs) if longueurs else 1
        self._normes = [_K * (1 - _B + _B * longueur / moyenne) for longueur in longueurs]
        self._connus = frozenset(mot for compte in self._comptes for mot in compte)
        self._proches = functools.lru_cache(256)(self._chercher_proches)

    def notes(self, question: str) -> dict[int, float]:
        """Return the score of each query that has a word of the question, by its rank."""
        notes: dict[int, float] = {}
        for mot in dict.fromkeys(mots(question)):
            for rang, apport in self._apports(self._variantes(mot)).items():
                notes[rang] = notes.get(rang, 0) + apport
        return notes

    def _apports(self, variantes: Mapping[str, float]) -> dict[int, float]:
        """Return what one word adds to each query, those of its meaning counting as one word."""
        comptes = {
            rang: sum(compte[un] * poids for un, poids in variantes.items() if un in compte)
            for rang, compte in enumerate(self._comptes)
            if not variantes.keys().isdisjoint(compte)
        }
        rarete = math.log(1 + (len(self.requetes) - len(comptes) + 0.5) / (len(comptes) + 0.5))
        return {
            rang: rarete * compte * (_K + 1) / (compte + self._normes[rang])
            for rang, compte in comptes.items()
        }

    def _variantes(self, mot: str) -> dict[str, float]:
        """Return a word and those that mean the same, each with what it is worth."""
        memes = _metier().get(mot, frozenset())
        if mot in self._connus or memes & self._connus:
            return dict.fromkeys(memes, _MEME_METIER) | {mot: 1.0}
        proches = self._proches(mot)
        autres = {un for proche in proches for un in _metier().get(proche, ())}
        return dict.fromkeys(autres, _MEME_METIER**2) | dict.fromkeys(proches, _MEME_METIER)

    def _chercher_proches(self, mot: str) -> tuple[str, ...]:
        if len(mot) < _LETTRES_MIN:
            return ()
        connus = self._connus | _metier().keys()
        return tuple(difflib.get_close_matches(mot, sorted(connus), 2, _PROCHE))


def _compter(requete: Requete) -> Counter[str]:
    """Return the words of a query, each as many times as its place is worth."""
    compte: Counter[str] = Counter()
    for champ, textes in _champs(requete).items():
        for mot in mots(" ".join(textes)):
            compte[mot] += _POIDS[champ]
    return compte


def _champs(requete: Requete) -> dict[str, Iterable[str]]:
    return {
        "titre": [requete.titre],
        "synonymes": requete.synonymes,
        "tags": requete.tags,
        "parametres": [f"{un.libelle} {un.defaut or ''}" for un in requete.parametres.values()],
        "description": [requete.description, requete.grain or ""],
        "colonnes": [dit or nom for dit, nom in _ALIAS.findall(requete.sql)],
    }


def mots(texte: str) -> Iterator[str]:
    """Yield the stems of the words of a text that say something, without accents."""
    texte = texte.lower().replace("œ", "oe").replace("_", " ")
    for mot in _MOT.findall(texte):
        if simplifier(mot) not in _VIDES:
            yield _racine(mot)


@functools.lru_cache(4096)
def _racine(mot: str) -> str:
    import snowballstemmer  # all its languages: who lists the library asks for no stem

    return simplifier(snowballstemmer.stemmer("french").stemWord(mot))


@functools.cache
def _metier() -> dict[str, frozenset[str]]:
    """Return, for each word of the trade, those that mean the same."""
    fichier: Path = ressources("queries") / "bibliotheque" / SYNONYMES
    groupes = [
        frozenset(racine for mot in groupe for racine in mots(mot))
        for groupe in fichiers_yaml.lire(fichier.read_text("utf-8"))
    ]
    memes: dict[str, frozenset[str]] = {}
    for groupe in groupes:
        for mot in groupe:
            memes[mot] = memes.get(mot, frozenset()) | groupe
    return memes
