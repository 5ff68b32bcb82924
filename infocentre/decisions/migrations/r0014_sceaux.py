"""Which store this is, and what seals the tables that no chain proves."""

import sqlalchemy as sa
from alembic import op

revision = "r0014"
down_revision = "r0012"


def upgrade() -> None:
    """Make both tables; the store seals what it finds once it is of today."""
    op.create_table(
        "identite",
        sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("magasin", sa.String(32), nullable=False),
        sa.Column("cle", sa.String(32)),
    )
    op.create_table(
        "sceaux",
        sa.Column("nom", sa.String(60), primary_key=True),
        sa.Column("lignes", sa.Integer, nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
    )
