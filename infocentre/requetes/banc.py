"""The rows that a rule is tried on: those of its population, masked, in a file without a name.

The file is written before anything but a parser reads the rule, with no column that it does not
name. Who queries in classes has no finer rows there than in their SQL.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infocentre.analystes.masques import (
    preparer_empreinte,
    sql_a_l_essai,
    sql_a_l_essai_en_classes,
)
from infocentre.catalogue import Catalogue
from infocentre.catalogue.analyse import colonnes_nommees
from infocentre.catalogue.liaison import COLONNES_POPULATION
from infocentre.catalogue.schema import types_colonnes
from infocentre.entrepot import Dossier, Livraison, sql_references
from infocentre.entrepot.brouillon import ouvrir_pour_ecrire
from infocentre.entrepot.macros import sql_macros
from infocentre.entrepot.relations import citer_nom, sql_creer, sql_tables
from infocentre.requetes.enfant import REGLAGES

BANC, NOM = "banc-", "banc"
ABANDON = 600  # seconds after which such a file is one of a killed process

_REGISTRE = """
create table registre as
select departement, mois, code_guichet as guichet, nom, type_guichet,
    coalesce(siren, code_guichet) as organisme
from guichets
"""


@dataclass(frozen=True, slots=True)
class Regard:
    """How someone's rule sees rows and its counts are told; by default as they are.

    `classes`: days by month, amounts in classes. `graine`: counts are rounded, up or down as this
    secret says for one rule; '' when they are exact.
    """

    classes: bool = False
    graine: str = ""


ENTIER = Regard()


@contextlib.contextmanager
def lignes(
    dossier: Dossier, livraisons: list[Livraison], catalogue: Catalogue, regard: Regard
) -> Iterator[int]:
    """Give the descriptor of a file with the rows of each population of a catalogue.

    Raises:
        ErreurSql: a rule of it cannot be read.
        Refus: the machine refuses the file.
    """
    dossier.file.mkdir(mode=0o700, exist_ok=True)
    _balayer(dossier.file)
    chemin = dossier.file / f"{BANC}{uuid.uuid4().hex}"
    try:
        with dossier.manque_de_place(), ouvrir_pour_ecrire(chemin) as con:
            masquer_archives(con, dossier, livraisons, regard)
            _ecrire(con, catalogue)
        fichier = os.open(chemin, os.O_RDONLY)
    finally:
        chemin.unlink(missing_ok=True)
        chemin.with_name(f"{chemin.name}.wal").unlink(missing_ok=True)
    try:
        yield fichier
    finally:
        os.close(fichier)


def ouvrir(con: duckdb.DuckDBPyConnection, fichier: int) -> None:
    """Let a connection read these rows and nothing else, ever."""
    con.execute(f"attach '/proc/self/fd/{fichier}' as {NOM} (read_only)")
    con.execute(f"create view registre as from {NOM}.registre")
    for reglage in REGLAGES:
        con.execute(reglage)


def sur_le_banc(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue whose populations are the rows of the file."""
    populations = {
        nom: une.model_copy(update={"sql": f"select * from {NOM}.{_table(nom)}"})
        for nom, une in catalogue.populations.items()
    }
    return catalogue.model_copy(update={"populations": populations})


def masquer_archives(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, livraisons: list[Livraison], regard: Regard
) -> None:
    """Make the tables of these deliveries visible, what names masked by a key thrown away."""
    preparer_empreinte(con, secrets.token_hex(32))
    archives = [dossier.archive(une) for une in livraisons]
    lire = sql_a_l_essai_en_classes if regard.classes else sql_a_l_essai
    for instruction in (
        *sql_creer(sql_tables(archives, lire), "TEMP VIEW"),
        *sql_creer(sql_references(), "TEMP TABLE"),
        *sql_macros(),
    ):
        con.execute(instruction)


def _ecrire(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    con.execute("set preserve_insertion_order = false")
    con.execute(_REGISTRE)
    for nom, colonnes in _colonnes(catalogue).items():
        con.execute(
            f"create table {_table(nom)} as select {', '.join(map(citer_nom, colonnes))} "
            f"from (\n{catalogue.populations[nom].sql}\n) as population"
        )


def _colonnes(catalogue: Catalogue) -> Mapping[str, list[str]]:
    """Return what the rules of each population read of it, besides what counts them."""
    lues = {nom: COLONNES_POPULATION.keys() - {"numero_unique"} for nom in catalogue.populations}
    for un in catalogue.indicateurs.values():
        for regle in filter(None, (un.applicable, un.anomalie)):
            lues[un.population] |= colonnes_nommees(regle)
    return {
        nom: [une for une in types_colonnes(catalogue.populations[nom].sql) if une in siennes]
        for nom, siennes in lues.items()
    }


def _table(population: str) -> str:
    return f"population_{population}"


def _balayer(file: Path) -> None:
    for reste in file.glob(f"{BANC}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - reste.stat().st_mtime > ABANDON:
                reste.unlink()
