"""What each file is: rows of a table, of two, what completes demandes, codes, or not known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from infocentre.contrat import contrat
from infocentre.contrat.graphies import VIDE as SANS_VALEUR
from infocentre.contrat.graphies import VIDES_AILLEURS
from infocentre.correspondances.modele import DEMANDES, Indice, Partage
from infocentre.livraisons.traduction import MELEE, TOTAUX
from infocentre.noyau.francais import simplifier
from infocentre.reconnaissance.appariement import NOM_MIN, Grilles, affecter, noter
from infocentre.reconnaissance.lexique import lexique, ressemblances
from infocentre.reconnaissance.profil import Profil
from infocentre.reconnaissance.valeurs import FORT, UNIQUE, Valeurs, en_jours

Genre = Literal["table", "partage", "complément", "codes", "inconnu"]
ASSEZ, MARGE = 0.45, 0.1
REMPLIE, VIDE = 0.9, 0.1  # shares of the rows that have a date of radiation
SANS_CLE = 4  # compulsory columns by which a table is known without its key
GROUPES_MAX = 12
SANS_LIGNES = "aucune ligne n'y est sous les noms de colonnes : demander une nouvelle extraction"


@dataclass(frozen=True, slots=True)
class Vu:
    """A file and what its columns hold."""

    cle: str
    profil: Profil
    valeurs: tuple[Valeurs, ...]

    @property
    def noms(self) -> tuple[str, ...]:
        """The names of its columns."""
        return self.profil.entete


@dataclass(frozen=True, slots=True)
class Jugement:
    """What a file is: the table of its rows, or the two; `tables` that it may be, to choose."""

    genre: Genre
    tables: tuple[str, ...] = ()
    partage: Partage | None = None
    indice: Indice | None = None
    par: str | None = None
    ordre: str | None = None
    a_choisir: bool = False
    raison: str = ""


def notes(vu: Vu) -> dict[str, float]:
    """Return how well a file is each table of the contract, from 0 to 1."""
    return {
        table: _note(vu, noter(vu.noms, vu.valeurs, table), table) for table in contrat().tables
    }


def _note(vu: Vu, grilles: Grilles, table: str) -> float:
    """Return the mean of the part of the compulsory columns that it has, and of its own read."""
    prises = {
        grilles.colonnes[j].nom: grilles.notes[i, j] for i, j in affecter(grilles.notes).items()
    }
    obligatoires = [une.nom for une in grilles.colonnes if une.obligatoire]
    numeros = any(une.parts["numero"] >= FORT for une in vu.valeurs)
    if numeros and "NUMERO_UNIQUE" not in contrat().tables[table].par_nom:
        return 0.0
    presentes = sum(nom in prises for nom in obligatoires)
    if contrat().tables[table].cle not in prises and presentes < SANS_CLE:
        return 0.0
    rappel = sum(prises.get(nom, 0.0) for nom in obligatoires) / max(1, len(obligatoires))
    nommees = sum(bool(nom) for nom in vu.noms)
    part = sum(prises.values()) / max(1, min(nommees, len(grilles.colonnes)))
    return float(rappel + part) / 2


def juger(vu: Vu) -> Jugement:
    """Say which table the rows of a file are of, by its columns and what these hold."""
    rangees = sorted(notes(vu).items(), key=lambda une: -une[1])
    meilleure, note = rangees[0]
    if note < ASSEZ:
        return Jugement("inconnu", a_choisir=True, raison="ses colonnes ne sont d'aucune table")
    autres = [
        table
        for table, autre in rangees[1:]
        if note - autre < MARGE and not {table, meilleure} <= set(DEMANDES)
    ]
    if autres:
        tables = (meilleure, *autres)
        libelles = " ou ".join(f"« {contrat().tables[une].libelle} »" for une in tables)
        return Jugement("inconnu", tables, a_choisir=True, raison=f"il convient à {libelles}")
    if meilleure in DEMANDES:
        return des_demandes(vu)
    return Jugement("table", (meilleure,))


def des_demandes(vu: Vu) -> Jugement:
    """Tell stock from radiations by whether these have a date, or the column that parts them."""
    grilles = noter(vu.noms, vu.valeurs, "radiation")
    paires = {grilles.colonnes[j].nom: i for i, j in affecter(grilles.notes).items()}
    rang = paires.get("DATE_RADIATION")
    if rang is None:
        return _sans_date(paires)
    if vu.profil.exemples.is_empty():
        return Jugement("inconnu", raison=SANS_LIGNES)
    remplie = vu.valeurs[rang].part_remplie
    if VIDE < remplie < REMPLIE:
        if partage := _partage(vu, rang):
            return Jugement("partage", DEMANDES, partage=partage)
        raison = "sa date de radiation n'est remplie que sur une partie des lignes"
        return Jugement("inconnu", DEMANDES, a_choisir=True, raison=raison)
    table = "radiation" if remplie >= REMPLIE else "stock"
    return Jugement("table", (table,), indice=Indice(vu.noms[rang], table == "radiation"))


def _sans_date(paires: Mapping[str, int]) -> Jugement:
    if "MOTIF_RADIATION" not in paires:
        return Jugement("table", ("stock",))
    raison = "il a un motif de radiation, et pas de date de radiation"
    return Jugement("inconnu", DEMANDES, a_choisir=True, raison=raison)


def _partage(vu: Vu, date: int) -> Partage | None:
    """Return the column each of whose values has always, or never, a date of radiation.

    Rows where it is empty are told alike, when they are many.
    """
    for rang, valeurs in enumerate(vu.valeurs):
        if rang == date or not 2 <= valeurs.distinctes <= GROUPES_MAX:  # noqa: PLR2004
            continue
        if tables := _groupes(vu, rang, date):
            return Partage(vu.noms[rang], tables)
    return None


def _groupes(vu: Vu, rang: int, date: int) -> dict[str, str] | None:
    parts = (
        vu.profil.exemples.select(
            valeur=pl.col(str(rang)).str.strip_chars().replace("", SANS_VALEUR),
            datee=~pl.col(str(date)).str.strip_chars().is_in(VIDES_AILLEURS),
        )
        .group_by("valeur", maintain_order=True)
        .agg(pl.col("datee").mean(), pl.len())
    )
    tables = {}
    for valeur, part, lignes in parts.iter_rows():
        if valeur == SANS_VALEUR and lignes <= TOTAUX:
            continue
        if MELEE < part < 1 - MELEE:
            return None
        tables[valeur] = "radiation" if part >= 1 - MELEE else "stock"
    dites = {table for valeur, table in tables.items() if valeur != SANS_VALEUR}
    return tables if dites == set(DEMANDES) else None


def jointure(vu: Vu, demandes: Sequence[Vu]) -> str | None:
    """Return the column by which a file is joined to demandes: theirs, one value a row."""
    cles = {
        autre.noms[rang].upper()
        for autre in demandes
        for rang, valeurs in enumerate(autre.valeurs)
        if valeurs.unique and valeurs.part_remplie > 1 - MELEE and _est_un_lien(autre.noms[rang])
    }
    return next((nom for nom in vu.noms if nom and nom.upper() in cles), None)


def _est_un_lien(nom: str) -> bool:
    """Tell whether a name is none of a column of demandes, but their numéro."""
    proches = ressemblances(nom, "radiation").colonnes
    return max(proches.values(), default=0) < NOM_MIN or proches.get("NUMERO_UNIQUE") == 1


def completer(vu: Vu, par: str) -> Jugement:
    """Say what a file joined to demandes is: a table without its numéro, or more columns."""
    ordre = next((nom for nom in vu.noms if nom.strip().upper() in {"ORDRE", "RANG"}), None)
    rang = vu.noms.index(par)
    for table in contrat().tables.values():
        if table.nom in DEMANDES or "NUMERO_UNIQUE" not in table.par_nom:
            continue
        grilles = noter(vu.noms, vu.valeurs, table.nom)
        prises = {
            grilles.colonnes[j].nom: i for i, j in affecter(grilles.notes).items() if i != rang
        }
        voulues = {c.nom for c in table.colonnes if c.obligatoire} - {"NUMERO_UNIQUE", table.cle}
        if len(prises) > 1 and voulues <= prises.keys():
            return Jugement("table", (table.nom,), par=par, ordre=ordre)
    return Jugement("complément", ("radiation",), par=par, ordre=ordre)


def departager(jugements: Mapping[str, Jugement]) -> dict[str, Jugement]:
    """Judge by the others what a person would be asked of: the table that lacks is the likeliest.

    When no compulsory one lacks, what is of no table, a note or a sheet of counts, is left.
    """
    sures = {table for un in jugements.values() if not un.a_choisir for table in un.tables}
    manque = any(une.obligatoire and une.nom not in sures for une in contrat().tables.values())
    return {
        cle: replace(un, tables=tuple(sorted(un.tables, key=sures.__contains__)))
        if un.a_choisir and un.tables
        else replace(un, a_choisir=un.a_choisir and manque)
        for cle, un in jugements.items()
    }


def rang_des_lignes(vu: Vu, jugement: Jugement) -> str | None:
    """Return the column that ranks the lines of a demande, in a file that has several of some."""
    if jugement.par or not set(jugement.tables) & set(DEMANDES):
        return None
    numeros = _numeros_repetes(vu)
    if numeros is None:
        return None
    mots = set(lexique()["rangs"])
    for rang, nom in enumerate(vu.noms):
        premier = next(iter(re.findall("[a-z]+", simplifier(nom))), "")
        if premier not in mots or vu.valeurs[rang].parts["entier"] < FORT:
            continue
        paires = pl.DataFrame([numeros, vu.profil.exemples[str(rang)]]).drop_nulls()
        if paires.n_unique() >= UNIQUE * len(paires):
            return nom
    return None


def _numeros_repetes(vu: Vu) -> pl.Series | None:
    """Return the numéros of a file, None when hardly any comes twice."""
    for rang, valeurs in enumerate(vu.valeurs):
        if valeurs.parts["numero"] >= FORT:
            return None if valeurs.unique else vu.profil.exemples[str(rang)].alias("numero")
    return None


def lignes_repetees(vu: Vu) -> float:
    """Return the share of the rows looked at whose numéro another row has too."""
    numeros = _numeros_repetes(vu)
    return 0.0 if numeros is None else 1 - numeros.n_unique() / max(1, len(numeros))


def plus_recent(vu: Vu, table: str) -> str:
    """Return the greatest date of its acts (AAAA-MM-JJ), '' when it has none."""
    grilles = noter(vu.noms, vu.valeurs, table)
    actes = {une.nom for une in contrat().tables[table].colonnes if une.vraisemblance == "acte"}
    jours = [
        str(jour)
        for i, j in affecter(grilles.notes).items()
        if grilles.colonnes[j].nom in actes
        and (jour := en_jours(vu.profil.exemples[str(i)]).max()) is not None
    ]
    return max(jours, default="")
