"""« Ce que vous aurez »: what can be computed of files, from the columns that they give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from infocentre.catalogue import Catalogue, requis
from infocentre.catalogue.analyse import tables_nommees
from infocentre.catalogue.exigences import TABLE_ENTIERE, deplier, facultatives
from infocentre.contrat import contrat
from infocentre.correspondances.modele import Correspondance, Fichier
from infocentre.mesures.tableaux import Tableau, requis_tableau
from infocentre.noyau.francais import minuscule

DEMANDES = ("stock", "radiation")
Paire = tuple[str, str]
Etat = Literal["disponible", "partiel", "absent"]


@dataclass(frozen=True, slots=True)
class Apport:
    """An indicator, a standard table or a document: whether it will be there, what it lacks."""

    code: str
    libelle: str
    etat: Etat
    manques: tuple[Paire, ...] = ()

    @property
    def dits(self) -> tuple[str, ...]:
        """What it lacks, in French: « la table « Plis » », « Typologie » (demandes actives)."""
        return tuple(dict.fromkeys(_nommer(*une) for une in self.manques))


def donnees(correspondance: Correspondance) -> frozenset[Paire]:
    """Return the (table, COLUMN) and (table, "*") that files read by a correspondance give."""
    tables = {t for un in correspondance.fichiers for t in un.tables if un.colonnes}
    paires = {(table, TABLE_ENTIERE) for table in tables}
    for fichier in correspondance.fichiers:
        for table in _tables(fichier):
            connues = contrat().tables[table].par_nom
            vers = {une.vers for une in fichier.colonnes.values()}
            paires |= {(table, nom) for nom in vers if nom in connues and table in tables}
    return frozenset(paires)


def _tables(fichier: Fichier) -> Sequence[str]:
    return DEMANDES if fichier.complete else fichier.tables


def des_indicateurs(catalogue: Catalogue, donnees_: Collection[Paire]) -> list[Apport]:
    """Say of each indicator whether it can be calculated, as a control will."""
    return [
        _apport(un.code, un.libelle, requis(catalogue, un.code), donnees_)
        for un in catalogue.indicateurs.values()
    ]


def des_tableaux(tableaux: Mapping[str, Tableau], donnees_: Collection[Paire]) -> list[Apport]:
    """Say of each standard table whether it will have rows; partly when some columns are empty.

    A table made from others is there partly when only some of these are.
    """
    directs = {un.code: _tableau(un, donnees_) for un in tableaux.values() if un.sur == "archives"}
    par_mart = {un.mart: un.code for un in tableaux.values()}
    lus = []
    for un in tableaux.values():
        if un.code in directs:
            lus.append(directs[un.code])
            continue
        sources = [
            directs[par_mart[m]]
            for m in tables_nommees(un.sql)
            if m in par_mart and par_mart[m] in directs
        ]
        lus.append(composer(un.code, un.titre, sources))
    return lus


def composer(code: str, libelle: str, parties: Sequence[Apport]) -> Apport:
    """Return what is made of several parts: partly there when only some are."""
    etats = {une.etat for une in parties}
    manques = tuple(sorted({paire for une in parties for paire in une.manques}))
    etat: Etat = "disponible" if etats <= {"disponible"} else "partiel"
    return Apport(code, libelle, "absent" if etats == {"absent"} else etat, manques)


def _tableau(un: Tableau, donnees_: Collection[Paire]) -> Apport:
    lues = tables_nommees(un.sql)
    voulues = facultatives({paire for une in un.facultatif for paire in deplier(une, lues)})
    apport = _apport(un.code, un.titre, requis_tableau(un), donnees_)
    vides = _manques(voulues, donnees_)
    if apport.etat == "disponible" and vides:
        return Apport(un.code, un.titre, "partiel", vides)
    return apport


def _apport(
    code: str, libelle: str, exigences: Iterable[Paire], donnees_: Collection[Paire]
) -> Apport:
    manques = _manques(exigences, donnees_)
    return Apport(code, libelle, "absent" if manques else "disponible", manques)


def _manques(exigences: Iterable[Paire], donnees_: Collection[Paire]) -> tuple[Paire, ...]:
    """Return what lacks: a table that is not there is said once, without its columns."""
    return tuple(
        sorted(
            {
                une if (une[0], TABLE_ENTIERE) in donnees_ else (une[0], TABLE_ENTIERE)
                for une in exigences
                if une not in donnees_
            }
        )
    )


def _nommer(table: str, colonne: str) -> str:
    livree = contrat().tables[table]
    if colonne == TABLE_ENTIERE:
        return f"la table « {livree.libelle} »"
    return f"« {livree.par_nom[colonne].libelle} » ({minuscule(livree.libelle)})"
