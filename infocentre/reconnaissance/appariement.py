"""Which column of the contract each column of a file is: all of them at once, or to be chosen.

A pair is worth 0.6 of its names and 0.4 of its values. The best set of pairs is the solution of an
assignment; a pair that another follows by less than `MARGE` is left to a person.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from infocentre.contrat import Colonne, contrat
from infocentre.reconnaissance.lexique import Ressemblances, lire_noms, mots_forts
from infocentre.reconnaissance.valeurs import FORT, Valeurs, accord, part_connue

Etat = Literal["certain", "à confirmer", "à choisir", "laissée"]
Notes = npt.NDArray[np.float64]
NOM, VALEURS = 0.6, 0.4
MARGE = 0.1
NOM_MIN = 0.5  # below, a name is no reason to read a column as another
VALEUR_MIN = 0.3  # below, values are not those of the column
DISTINCTES_MIN = 3  # codes of a list by which it is known
SURE = 0.7  # above, values confirm an exact name
CANDIDATS = 4
# Confidence by score: measured on names that were invented for it (tests/reconnaissance).
CONFIANCES = ((0.0, 0.1), (0.5, 0.5), (0.6, 0.65), (0.7, 0.8), (0.8, 0.92), (0.9, 0.98))


@dataclass(frozen=True, slots=True)
class Candidat:
    """A column of the contract that one of a file may be, and how sure this is, from 0 to 1."""

    colonne: str
    confiance: float


@dataclass(frozen=True, slots=True)
class Appariement:
    """What a column of a file is proposed to be; `raison` says why it is not certain, or left."""

    etat: Etat
    vers: str | None
    candidats: tuple[Candidat, ...] = ()
    raison: str = ""


@dataclass(frozen=True, slots=True)
class Grilles:
    """The names, values and scores of each column of a file (row) for one of the table (column)."""

    colonnes: tuple[Colonne, ...]
    noms: Notes
    valeurs: Notes
    notes: Notes
    vues: tuple[Ressemblances, ...]

    def taire(self, colonnes: Sequence[int]) -> None:
        """Have these columns of the table be only what bears exactly their name."""
        self.notes[:, colonnes] *= self.noms[:, colonnes] == 1


def noter(
    noms: Sequence[str],
    valeurs: Sequence[Valeurs],
    table: str,
    indices: Mapping[tuple[int, str], float] | None = None,
) -> Grilles:
    """Score each pair; 0 where it cannot be. `indices` are values told by other columns."""
    colonnes = contrat().tables[table].colonnes
    places = {colonne.nom: autre for autre, colonne in enumerate(colonnes)}
    lus = lire_noms(noms, table)
    vues = tuple(_sans_nir(vue, lues) for vue, lues in zip(lus, valeurs, strict=True))
    par_nom, par_valeur = np.zeros((len(noms), len(colonnes))), np.zeros((len(noms), len(colonnes)))
    for rang, (vue, lues) in enumerate(zip(vues, valeurs, strict=True)):
        for nom, note in _possibles(vue, lues, table).items():
            autre = places[nom]
            lu = note if lues.vide else accord(lues, colonnes[autre])
            par_nom[rang, autre] = note
            par_valeur[rang, autre] = (indices or {}).get((rang, nom), lu)
    notes = NOM * par_nom + VALEURS * par_valeur
    notes[(par_valeur < VALEUR_MIN) & (par_nom < 1)] = 0
    return Grilles(colonnes, par_nom, par_valeur, notes, vues)


def _possibles(vue: Ressemblances, valeurs: Valeurs, table: str) -> dict[str, float]:
    """Return the columns that one may be, with what its name is worth, or its values alone."""
    if vue.interdite:
        return {}
    notes = {nom: note for nom, note in vue.colonnes.items() if note >= max(NOM_MIN, vue.leurre)}
    if vue.exacte or valeurs.vide:
        return notes
    for nom, liste in _reconnaissables(table).items():
        note = _par_les_valeurs(valeurs, liste)
        if note >= vue.leurre and note > notes.get(nom, 0):
            notes[nom] = note
    return notes


@functools.cache
def _reconnaissables(table: str) -> Mapping[str, str]:
    """Return the columns that their values alone may tell: numéros, codes of letters of a list."""
    codes = contrat().codes
    propres = {
        liste
        for liste, siens in codes.items()
        if all(len(code) > 1 and not code.isdigit() for code in siens)
    }
    return {
        une.nom: une.codes or ""
        for une in contrat().tables[table].colonnes
        if une.nom == "NUMERO_UNIQUE" or une.codes in propres
    }


def _par_les_valeurs(valeurs: Valeurs, liste: str) -> float:
    """Return what values alone are worth as a name: they must be of this list and no other."""
    if not liste:
        return SURE if valeurs.parts["numero"] >= FORT else 0.0
    if valeurs.distinctes < DISTINCTES_MIN or valeurs.parts["chiffres"]:
        return 0.0
    return NOM_MIN if part_connue(valeurs, liste) >= FORT else 0.0


def _sans_nir(vue: Ressemblances, valeurs: Valeurs) -> Ressemblances:
    """Forbid a column whose values have the form of a NIR, whatever its name."""
    if valeurs.parts["nir"] < FORT / 2:
        return vue
    raison = "ses valeurs ont la forme d'un numéro de sécurité sociale, jamais lu"
    return replace(vue, colonnes={}, interdite=raison, exacte=False)


def affecter(notes: Notes) -> dict[int, int]:
    """Return the column of the contract of each column of a file that has one."""
    if not notes.size:
        return {}
    # Its package takes longer to import than most deliveries to read: they have nothing to assign.
    from scipy.optimize import linear_sum_assignment

    lignes, colonnes = linear_sum_assignment(notes, maximize=True)
    return {int(i): int(j) for i, j in zip(lignes, colonnes, strict=True) if notes[i, j] > 0}


def apparier(grilles: Grilles, valeurs: Sequence[Valeurs]) -> list[Appariement]:
    """Say of each column of a file what it is proposed to be."""
    paires = _sans_restes(grilles.notes, affecter(grilles.notes))
    resultat = [
        _juger(grilles, valeurs, paires, rang) if rang in paires else _laisser(grilles, rang)
        for rang in range(len(valeurs))
    ]
    return _rivales(grilles, valeurs, paires, resultat)


def _sans_restes(notes: Notes, paires: Mapping[int, int]) -> dict[int, int]:
    """Leave out the pairs of columns whose best one another has that is not clearly better."""
    tenants = {autre: rang for rang, autre in paires.items()}
    gardees = {}
    for rang, autre in paires.items():
        meilleure = int(np.argmax(notes[rang]))
        tenant = tenants.get(meilleure, rang)
        recule = notes[rang, meilleure] - notes[rang, autre] >= MARGE
        if not recule or notes[tenant, meilleure] - notes[rang, meilleure] >= MARGE:
            gardees[rang] = autre
    return gardees


def confiance(note: float) -> float:
    """Return how often a proposal of this score is right."""
    rang = bisect.bisect_right([borne for borne, _ in CONFIANCES], note) - 1
    return CONFIANCES[max(rang, 0)][1]


def _candidats(grilles: Grilles, rang: int) -> tuple[Candidat, ...]:
    notes = grilles.notes[rang]
    ordre = [int(autre) for autre in np.argsort(-notes, kind="stable") if notes[autre] > 0]
    return tuple(
        Candidat(grilles.colonnes[autre].nom, confiance(float(notes[autre])))
        for autre in ordre[:CANDIDATS]
    )


def _laisser(grilles: Grilles, rang: int) -> Appariement:
    vue = grilles.vues[rang]
    raison = vue.interdite or vue.pourquoi if vue.leurre or vue.interdite else ""
    candidats = () if vue.interdite else _candidats(grilles, rang)
    return Appariement(
        "laissée", None, candidats, raison or "aucune colonne du contrat ne lui ressemble assez"
    )


def _juger(
    grilles: Grilles, valeurs: Sequence[Valeurs], paires: Mapping[int, int], rang: int
) -> Appariement:
    autre = paires[rang]
    candidats, nom = _candidats(grilles, rang), grilles.colonnes[autre].nom
    candidats = tuple(sorted(candidats, key=lambda un: un.colonne != nom))
    seconde = _seconde(grilles, paires, rang)
    if seconde is not None and grilles.notes[rang, autre] - grilles.notes[rang, seconde] < MARGE:
        rivale = grilles.colonnes[seconde].libelle
        return Appariement("à choisir", None, candidats, f"pourrait être aussi « {rivale} »")
    if _est_sur(grilles, valeurs[rang], rang, autre):
        return Appariement("certain", nom, candidats)
    raison = ""
    if not valeurs[rang].vide and grilles.valeurs[rang, autre] < VALEUR_MIN:
        raison = "son nom convient, ses valeurs n'ont pas la forme attendue"
    return Appariement("à confirmer", nom, candidats, raison)


def _seconde(grilles: Grilles, paires: Mapping[int, int], rang: int) -> int | None:
    """Return the next best column of the contract, but those that another column is, clearly."""
    prises = {autre: un for un, autre in paires.items()}
    notes = grilles.notes[rang]
    for autre in np.argsort(-notes, kind="stable"):
        j = int(autre)
        if j == paires[rang] or notes[j] <= 0:
            continue
        tenant = prises.get(j)
        if tenant is None or grilles.notes[tenant, j] < notes[j] + MARGE:
            return j
    return None


def _est_sur(grilles: Grilles, valeurs: Valeurs, rang: int, autre: int) -> bool:
    """Tell whether a name is exactly one of those of a column, and says enough."""
    colonne, vue = grilles.colonnes[autre], grilles.vues[rang]
    if grilles.noms[rang, autre] < 1:
        return False
    if vue.exacte:
        return valeurs.vide or grilles.valeurs[rang, autre] >= VALEUR_MIN
    if valeurs.vide or grilles.valeurs[rang, autre] < SURE:
        return False
    if mots_forts(vue.nom) > 1 or colonne.nom == "NUMERO_UNIQUE":
        return True
    return colonne.codes is not None and part_connue(valeurs, colonne.codes) >= FORT


def _rivales(
    grilles: Grilles,
    valeurs: Sequence[Valeurs],
    paires: Mapping[int, int],
    resultat: list[Appariement],
) -> list[Appariement]:
    """Leave to a person two columns of a file that may be the same one of the contract."""
    for rang, autre in paires.items():
        nom = grilles.colonnes[autre].nom
        for rival in range(len(resultat)):
            if rival in paires or not grilles.notes[rival, autre]:
                continue
            proches = grilles.notes[rang, autre] - grilles.notes[rival, autre] < MARGE
            if proches and not _est_son_libelle(grilles, valeurs, (rang, rival), autre):
                for un, l_autre in ((rang, rival), (rival, rang)):
                    resultat[un] = replace(
                        resultat[un],
                        etat="à choisir",
                        vers=None,
                        candidats=resultat[un].candidats or (Candidat(nom, 0.5),),
                        raison=f"« {grilles.vues[l_autre].texte} » pourrait l'être aussi",
                    )
    return resultat


def _est_son_libelle(
    grilles: Grilles, valeurs: Sequence[Valeurs], rangs: tuple[int, int], autre: int
) -> bool:
    """Tell whether the second column says in words what the first says in codes."""
    codes = contrat().codes.get(grilles.colonnes[autre].codes or "", {})
    premiers, seconds = (
        sum(fois for texte, fois in valeurs[rang].textes if texte.upper() in codes)
        / max(1, valeurs[rang].remplies)
        for rang in rangs
    )
    return premiers >= FORT and seconds < 1 - FORT
