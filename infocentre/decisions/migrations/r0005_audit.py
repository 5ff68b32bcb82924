"""Audit: who saw, took away or changed what."""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"


def upgrade() -> None:
    """Make the table of the audit."""
    op.create_table(
        "audit",
        sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("le", sa.String(40), nullable=False),
        sa.Column("qui", sa.String(120), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("objet", sa.String(200), nullable=False),
        sa.Column("numero", sa.String(18), nullable=False),
        sa.Column("nombre", sa.BigInteger),
        sa.Column("precisions", sa.Text, nullable=False),
        sa.Column("precedent", sa.String(64), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
    )
    op.create_index("audit_de", "audit", ["qui", "rang"])
    op.create_index("audit_numero", "audit", ["numero", "rang"])
    op.create_index("audit_le", "audit", ["le"])
