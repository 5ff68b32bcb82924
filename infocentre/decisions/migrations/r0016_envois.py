"""Messages that a person asked to send at once, from an instant on."""

import sqlalchemy as sa
from alembic import op

revision = "r0016"
down_revision = "r0015"


def upgrade() -> None:
    """Make the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "envois",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("departement", sa.String(3), nullable=False),
        sa.Column("par", sa.String(254), nullable=False),
        sa.Column("demande_le", instant, nullable=False),
        sa.Column("part_le", instant, nullable=False),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("porteur", sa.String(32)),
        sa.Column("tenu_jusqu", instant),
        sa.Column("fini_le", instant),
        sa.Column("arrete_par", sa.String(254)),
    )
    op.create_index("envois_etat", "envois", ["etat"])
