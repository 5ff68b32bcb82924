"""Verdicts: what a sample checked by hand said of a guichet."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    """Make the table of the verdicts."""
    op.create_table(
        "verdicts",
        sa.Column("departement", sa.String(3), primary_key=True),
        sa.Column("guichet", sa.String(60), primary_key=True),
        sa.Column("mois", sa.String(7), primary_key=True),
        sa.Column("indicateur", sa.String(60), primary_key=True),
        sa.Column("graine", sa.String(12), primary_key=True),
        sa.Column("tirees", sa.Integer, nullable=False),
        sa.Column("jugees", sa.Integer, nullable=False),
        sa.Column("fausses", sa.Integer, nullable=False),
        sa.Column("taux", sa.Float, nullable=False),
        sa.Column("borne_basse", sa.Float, nullable=False),
        sa.Column("borne_haute", sa.Float, nullable=False),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
    )
