"""Brouillons: the query that each person was writing."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    """Make the table of the drafts."""
    op.create_table(
        "brouillons",
        sa.Column("auteur", sa.String(120), primary_key=True),
        sa.Column("sql", sa.Text, nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
    )
