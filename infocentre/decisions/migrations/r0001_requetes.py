"""Queries that people keep, and the history of what they ran."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None


def upgrade() -> None:
    """Make the first two tables."""
    op.create_table(
        "requetes_gardees",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("titre", sa.String(120), nullable=False),
        sa.Column("sql", sa.Text, nullable=False),
        sa.Column("auteur", sa.String(120), nullable=False, index=True),
        sa.Column("partagee", sa.Boolean, nullable=False),
        sa.Column("creee_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modifiee_le", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "executions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sql", sa.Text, nullable=False),
        sa.Column("secondes", sa.Float),
        sa.Column("lignes", sa.BigInteger),
        sa.Column("verdict", sa.String(200), nullable=False),
        sa.Index("executions_de", "auteur", "id"),
    )
