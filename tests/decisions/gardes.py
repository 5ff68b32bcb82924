"""What whoever may write the file of the store does first: take away what refuses a change."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from infocentre.decisions import Magasin


def lever_les_gardes(con: sa.Connection) -> None:
    """Drop the guards of SQLite; PostgreSQL has none of its own."""
    if con.dialect.name == "sqlite":
        siennes = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for nom in con.scalars(siennes).all():
            con.exec_driver_sql(f"DROP TRIGGER {nom}")


@contextlib.contextmanager
def sans_gardes(magasin: Magasin) -> Iterator[sa.Connection]:
    """Give a connection that may change what is chained."""
    with magasin.ecrire() as con:
        lever_les_gardes(con)
        yield con
