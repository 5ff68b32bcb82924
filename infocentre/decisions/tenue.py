"""What no chain proves is sealed by table: the transaction that changes one seals it whole.

These tables are small (accounts, kept queries, verdicts, drafts). A seal tells a byte that
flipped, a row that went, an old file put back; it is no proof against who writes the base, which
chains and their anchors are for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from infocentre.decisions.schema import Tenue, identite, sceaux, tenues
from infocentre.noyau.erreurs import Refus

_TOUCHEES = "infocentre.touchees"


def suivre(moteur: sa.Engine) -> None:
    """Have each connection know which tables its transaction changes."""

    @sa.event.listens_for(moteur, "before_execute")
    def noter(con: sa.Connection, demande: Any, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        if isinstance(demande, UpdateBase):
            con.info.setdefault(_TOUCHEES, set()).add(demande.table)


def commencer(con: sa.Connection) -> None:
    """Forget what another transaction of this connection changed."""
    con.info.pop(_TOUCHEES, None)


def sceller(con: sa.Connection, tables: Iterable[sa.Table] | None = None) -> None:
    """Seal the tables that the transaction changed, or these."""
    changees = con.info.pop(_TOUCHEES, set()) if tables is None else set(tables)
    for table in tenues(Tenue.SCEAU):
        if table in changees:
            _sceller(con, table)
    con.info.pop(_TOUCHEES, None)


def sceller_tout(con: sa.Connection) -> None:
    """Seal every table as it is, and give the store who it is when it does not know."""
    presents = set(con.scalars(sa.select(sceaux.c.nom)))
    for table in tenues(Tenue.SCEAU):
        if table.name in presents:
            _sceller(con, table)
        else:
            nombre, empreinte = empreinte_de(con, table)
            con.execute(
                sceaux.insert(), {"nom": table.name, "lignes": nombre, "empreinte": empreinte}
            )
    con.info.pop(_TOUCHEES, None)
    if con.scalar(sa.select(identite.c.magasin)) is None:
        con.execute(identite.insert().values(rang=1, magasin=secrets.token_hex(16)))


def _sceller(con: sa.Connection, table: sa.Table) -> None:
    sien = sceaux.c.nom == table.name
    # Two who change a table at once seal it one after the other, each with what the other wrote.
    con.execute(sa.select(sceaux.c.nom).where(sien).with_for_update())
    nombre, empreinte = empreinte_de(con, table)
    con.execute(sceaux.update().where(sien).values(lignes=nombre, empreinte=empreinte))


def empreinte_de(con: sa.Connection, table: sa.Table) -> tuple[int, str]:
    """Return how many rows a table has, and the sha256 of all, the same in every base."""
    lu, nombre = hashlib.sha256(), 0
    for ligne in con.execute(table.select().order_by(*table.primary_key)).mappings():
        lu.update(json.dumps([en_json(ligne[une.name]) for une in table.columns]).encode() + b"\n")
        nombre += 1
    return nombre, lu.hexdigest()


def en_json(valeur: object) -> object:
    """Return a value as JSON has it, the same in both kinds of base."""
    if isinstance(valeur, dt.datetime):
        return {"instant": valeur.isoformat()}
    return {"date": valeur.isoformat()} if isinstance(valeur, dt.date) else valeur


def alterees(con: sa.Connection) -> list[str]:
    """Return the names of the tables that are not what was written, in the order of the schema."""
    ecrits = {une.nom: (une.lignes, une.empreinte) for une in con.execute(sceaux.select())}
    return [
        table.name
        for table in tenues(Tenue.SCEAU)
        if not _intacte(con, table, ecrits.get(table.name))
    ]


def _intacte(con: sa.Connection, table: sa.Table, ecrit: tuple[int, str] | None) -> bool:
    try:
        return ecrit is not None and empreinte_de(con, table) == ecrit
    except (sa.exc.DatabaseError, ValueError, TypeError):  # a text that is none, a date that is not
        return False


def reconnaitre(con: sa.Connection, attendu: str | None) -> str:
    """Return who the store is.

    Raises:
        Refus: it is another than the one that the data directory knows.
    """
    lu = con.scalar(sa.select(identite.c.magasin))
    if attendu and lu != attendu:
        raise magasin_perdu("les décisions qui sont là ne sont pas celles de ce dossier")
    if lu is None:  # nobody knows it, and it knows nothing of itself: it is new
        sceller_tout(con)
        lu = con.scalar(sa.select(identite.c.magasin))
    return str(lu)


def magasin_perdu(quoi: str, ou: str = "") -> Refus:
    """Return the refusal that tells a store that was taken away, emptied or replaced."""
    return Refus(
        quoi,
        ou,
        "Les reprendre de la dernière sauvegarde : infocentre reparer --sauvegarde DOSSIER. "
        "Sans sauvegarde, repartir sans aucune décision : infocentre reparer --decisions-neuves.",
    )
