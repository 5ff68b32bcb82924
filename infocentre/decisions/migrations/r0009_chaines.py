"""Chains that prove: seals say how they were made; what changes is sealed in a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0007"


def upgrade() -> None:
    """Add what a seal says, and the table of what is sealed; `scelles.achever` fills it."""
    op.add_column("evenements", sa.Column("sceau", sa.Integer))
    op.add_column("evenements", sa.Column("ouverture", sa.Text))
    op.add_column("audit", sa.Column("sceau", sa.Integer))
    op.create_table(
        "scelles",
        sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("le", sa.String(40), nullable=False),
        sa.Column("genre", sa.String(20), nullable=False),
        sa.Column("tenue", sa.String(40), nullable=False),
        sa.Column("cle", sa.String(400), nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("precedent", sa.String(64), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("sceau", sa.Integer),
    )
    op.create_index("scelles_de", "scelles", ["tenue", "cle"])
