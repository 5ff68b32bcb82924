"""Audit: the numéros that each entry showed, as HMACs."""

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"


def upgrade() -> None:
    """Make the table of the numéros of the audit."""
    op.create_table(
        "audit_numeros",
        sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("empreinte", sa.String(32), primary_key=True),
    )
    op.create_index("audit_numeros_empreinte", "audit_numeros", ["empreinte"])
