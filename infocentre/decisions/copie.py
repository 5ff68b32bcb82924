"""The store, copied out of one base and into another, of either kind: rows as JSON, a file a table.

What lasts an hour stays: sessions, links, failed sign-ins, known browsers, the clock. Who signs in
again loses nothing, and a copy never opens again what was closed since.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from infocentre.decisions import scelles
from infocentre.decisions.magasin import (
    Magasin,
    creer,
    etape_presente,
    ouvrir_base,
    secret_des_sceaux,
    suivre_les_etapes,
)
from infocentre.decisions.schema import META, VERSION, Tenue, tenues
from infocentre.decisions.tenue import en_json, sceller_tout
from infocentre.noyau.erreurs import Refus

LOT = 5_000
TRANSITOIRES = frozenset(une.name for une in tenues(Tenue.PASSAGERE))
# What an unused store has all the same.
_TENUES_DE_SOI = frozenset(
    {"alembic_version", "scelles", *(une.name for une in tenues(Tenue.PREUVE))}
)


def copier(magasin: Magasin, cible: Path) -> dict[str, int]:
    """Write each table of the store, all of one moment, in a directory; return its rows."""
    with magasin.lire() as con:
        if con.dialect.name == "postgresql":  # SQLite always reads one moment
            con.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return {
            table.name: _ecrire(con, table, cible / f"{table.name}.jsonl")
            for table in META.sorted_tables
            if table.name not in TRANSITOIRES
        }


def _ecrire(con: sa.Connection, table: sa.Table, fichier: Path) -> int:
    nombre = 0
    ordonnee = table.select().order_by(*table.primary_key)
    lignes = con.execute(ordonnee.execution_options(yield_per=LOT)).mappings()
    with fichier.open("w", encoding="utf-8") as flux:
        for ligne in lignes:
            flux.write(json.dumps({nom: en_json(un) for nom, un in ligne.items()}) + "\n")
            nombre += 1
    return nombre


def _lire(valeur: object) -> object:
    if not isinstance(valeur, dict):
        return valeur
    ((genre, texte),) = valeur.items()
    lire = {"date": dt.date.fromisoformat, "instant": dt.datetime.fromisoformat}
    return lire[genre](texte)


def recopier(
    url: str, source: Path, etape: str, poser: Callable[[], None], racine: Path | None = None
) -> None:
    """Fill an empty base with what `copier` wrote when the store was at this step, then migrate it.

    `poser` is called last: when it raises, the base stays empty. What was never sealed is, with the
    key of the data directory `racine`.

    Raises:
        Refus: the base holds something, the copy is of a newer infocentre, or the key is missing.
    """
    ouvert = ouvrir_base(url).execution_options(secret=secret_des_sceaux(racine))
    try:
        with ouvert.connect().execution_options(ecriture=True) as con, con.begin():
            _exiger_vide(con)
            if etape == VERSION:
                creer(con)
            else:
                suivre_les_etapes(con, None, etape)
            _remplir(con, source)
            if etape != VERSION:
                suivre_les_etapes(con, etape)
                sceller_tout(con)
                scelles.achever(con)
            scelles.poser_les_gardes(con)
            poser()
    finally:
        ouvert.dispose()


def _exiger_vide(con: sa.Connection) -> None:
    """Raise Refus when the base holds rows; what an unused store made is dropped."""
    presentes = sa.MetaData()
    presentes.reflect(con)
    tenues = [
        table.name
        for table in presentes.sorted_tables
        if table.name not in _TENUES_DE_SOI and con.execute(table.select().limit(1)).first()
    ]
    if tenues:
        raise Refus(
            f"la base des décisions n’est pas vide ({', '.join(tenues[:3])})",
            con.engine.url.render_as_string(hide_password=True),
            "Restaurer dans une base vide : INFOCENTRE_DECISIONS.",
        )
    if etape_presente(con):
        presentes.drop_all(con)


def _remplir(con: sa.Connection, source: Path) -> None:
    presentes = sa.MetaData()
    presentes.reflect(con)
    for table in presentes.sorted_tables:
        fichier = source / f"{table.name}.jsonl"
        if not fichier.exists():
            continue
        for lot in _lots(fichier):
            con.execute(table.insert(), lot)
        if con.dialect.name == "postgresql":
            _suivre_les_numeros(con, table)


def _lots(fichier: Path) -> Iterator[list[dict[str, object]]]:
    lot: list[dict[str, object]] = []
    with fichier.open(encoding="utf-8", newline="\n") as flux:
        for ligne in flux:
            lot.append({nom: _lire(un) for nom, un in json.loads(ligne).items()})
            if len(lot) == LOT:
                yield lot
                lot = []
    if lot:
        yield lot


def _suivre_les_numeros(con: sa.Connection, table: sa.Table) -> None:
    """Have PostgreSQL number the next row after those that came with their number."""
    for colonne in table.primary_key:
        suite = con.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, colonne.name)))
        dernier = con.scalar(sa.select(sa.func.max(colonne))) if suite else None
        if dernier:
            con.execute(sa.select(sa.func.setval(suite, dernier)))
