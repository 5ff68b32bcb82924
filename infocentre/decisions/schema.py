"""Tables of the store, and how an older store becomes like them.

A change of table is a change here *and* one more step in MIGRATIONS.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

META = sa.MetaData()

version_schema = sa.Table(
    "version_schema",
    META,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("le", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
)

requetes_gardees = sa.Table(
    "requetes_gardees",
    META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("titre", sa.String(120), nullable=False),
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("auteur", sa.String(120), nullable=False, index=True),
    sa.Column("partagee", sa.Boolean, nullable=False),
    sa.Column("creee_le", sa.DateTime(timezone=True), nullable=False),
    sa.Column("modifiee_le", sa.DateTime(timezone=True), nullable=False),
)

executions = sa.Table(
    "executions",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("auteur", sa.String(120), nullable=False),
    sa.Column("le", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("secondes", sa.Float),
    sa.Column("lignes", sa.BigInteger),
    sa.Column("verdict", sa.String(200), nullable=False),
    sa.Index("executions_de", "auteur", "id"),
)

MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = ()
VERSION = 1 + len(MIGRATIONS)
