"""The analysts' file of some départements: no row of another is in the file that SQL opens.

SQL is no row filter: what one may not see is not there. It is made of the whole file when it is
first asked for, beside it, and goes with it. Who may see no small count has published tables as the
screen shows them: what it hides there is null here.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from infocentre.analystes.classes import PAR_LIGNE, lues_en_classes
from infocentre.analystes.fichier import seul, tenir_analystes
from infocentre.analystes.petits import Montres, masquer_tableaux
from infocentre.entrepot import Dossier
from infocentre.entrepot.brouillon import ouvrir_pour_ecrire
from infocentre.entrepot.dossier import ANALYSTES
from infocentre.entrepot.relations import citer, citer_nom, inserer
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import en_place

COMMUNES = frozenset({"codes", "communes", "dictionnaire", "indicateurs"})  # of everybody
NOM_MAX = 100
CLASSES, MASQUEE = "classes", "masquee"


@contextlib.contextmanager
def tenir_partie(
    dossier: Dossier,
    departements: frozenset[str] | None,
    *,
    classes: bool = False,
    masquee: bool = False,
) -> Iterator[Path]:
    """Hold the analysts' file of these départements, None for all of them.

    With `classes`, quasi-identifiers are in classes (see `classes`), for who may open no demande;
    `masquee`, published tables are without small counts and what would give them away.

    Raises:
        Refus: none of them has a controlled month, or the file cannot be written.
    """
    with tenir_analystes(dossier) as entier:
        partielle = classes or masquee
        if departements is None and not partielle:
            yield entier
            return
        connus = _connus(entier)
        siens = sorted(connus if departements is None else departements & connus)
        if not siens:
            raise Refus(
                "aucun mois n'est publié pour les départements de ce compte",
                que_faire="S'adresser à l'administrateur.",
            )
        if len(siens) == len(connus) and not partielle:
            yield entier
            return
        genre = f".{CLASSES}" * classes + f".{MASQUEE}" * masquee
        partie = entier.with_name(f"{ANALYSTES}.{_nom(siens)}{genre}")
        if not partie.exists():
            with dossier.manque_de_place(), seul(dossier):
                if not partie.exists():
                    montres = masquer_tableaux(dossier, entier.parent, siens) if masquee else None
                    _ecrire(entier, partie, siens, montres, classes=classes)
        yield partie


def _nom(siens: list[str]) -> str:
    nom = "-".join(siens)
    return nom if len(nom) < NOM_MAX else hashlib.sha256(nom.encode()).hexdigest()[:32]


def _connus(entier: Path) -> frozenset[str]:
    with duckdb.connect(str(entier), read_only=True) as con:
        lus = con.execute("SELECT DISTINCT departement FROM registre").fetchall()
    return frozenset(un for (un,) in lus)


def _ecrire(
    entier: Path, partie: Path, siens: list[str], montres: Montres | None, *, classes: bool
) -> None:
    """Copy what tables, comments and macros are, then the rows of these départements, in order.

    Of published tables, what `montres` shows of them when it is given.
    """
    voulus = ", ".join(map(citer, siens))
    with en_place(partie) as partiel, ouvrir_pour_ecrire(partiel) as con:
        ici = con.execute("SELECT current_database()").fetchall()[0][0]
        con.execute(f"ATTACH {citer(str(entier))} AS entier (READ_ONLY)")
        con.execute(f'COPY FROM DATABASE entier TO "{ici}" (SCHEMA)')
        tables = con.execute(
            "SELECT table_name, bool_or(column_name = 'departement') FROM duckdb_columns() "
            "WHERE NOT internal AND database_name = 'entier' GROUP BY table_name ORDER BY 1"
        ).fetchall()
        for table, a_un_departement in tables:
            if table in COMMUNES:
                ou = "true"
            elif a_un_departement:
                ou = f"departement IN ({voulus})"
            else:  # nobody said whose its rows are
                continue
            if montres and table in montres.lignes:
                inserer(con, table, montres.lignes[table])
                continue
            champs = _champs(con, table, montres, classes=classes)
            rangees = f'SELECT {champs} FROM entier."{table}" WHERE {ou}{_ordre(table)}'
            con.execute(f'INSERT INTO "{table}" {rangees}')
        con.execute("DETACH entier")
        con.execute("CHECKPOINT")


def _champs(
    con: duckdb.DuckDBPyConnection, table: str, montres: Montres | None, *, classes: bool
) -> str:
    """Return the columns of a table, those that single out in classes, small counts null."""
    types = dict(
        con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = 'entier' AND table_name = ? ORDER BY column_index",
            [table],
        ).fetchall()
    )
    if classes and table in PAR_LIGNE:
        return ", ".join(lues_en_classes(table, types).values())
    petits = montres.colonnes(table) if montres else {}
    return ", ".join(petits.get(nom) or citer_nom(nom) for nom in types)


def _ordre(table: str) -> str:
    """Return the order of rows, where counting them by kind would change it."""
    return " ORDER BY numero_unique" if table == "demandes" else ""
