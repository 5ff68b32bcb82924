"""Doublons: the pairs drawn at random, on which what the search is worth is measured."""

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"


def upgrade() -> None:
    """Make the table of the draws."""
    op.create_table(
        "doublons_tirages",
        sa.Column("departement", sa.String(3), primary_key=True),
        sa.Column("mois", sa.String(7), primary_key=True),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sceau", sa.String(64), nullable=False),
    )
