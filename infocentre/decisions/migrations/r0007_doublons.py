"""Doublons: what was decided of pairs, as HMACs; the numéros of the cases under way."""

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"


def upgrade() -> None:
    """Make the table of the decisions, and that of the numéros."""
    op.create_table(
        "doublons_decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement", sa.String(3), nullable=False),
        sa.Column("paire", sa.String(64), nullable=False),
        sa.Column("champs", sa.String(64), nullable=False),
        sa.Column("membre_a", sa.String(64), nullable=False),
        sa.Column("membre_b", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("arbitrage", sa.Boolean, nullable=False),
        sa.Column("niveau", sa.String(20), nullable=False),
        sa.Column("poids", sa.Float),
        sa.Column("secondes", sa.Float),
        sa.Column("geste", sa.String(16), nullable=False),
        sa.Column("affaire", sa.String(24)),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("annulee_le", sa.DateTime(timezone=True)),
    )
    op.create_index("doublons_paire", "doublons_decisions", ["departement", "paire"])
    op.create_index("doublons_geste", "doublons_decisions", ["geste"])
    op.create_table(
        "doublons_numeros",
        sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), primary_key=True),
        sa.Column("membre", sa.String(64), primary_key=True),
        sa.Column("numero", sa.String(18), nullable=False),
    )
    op.create_index("doublons_numero", "doublons_numeros", ["numero"])
