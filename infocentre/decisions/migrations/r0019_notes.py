"""What people note, what happened in a département, the filters that each keeps under a name."""

import sqlalchemy as sa
from alembic import op

revision = "r0019"
down_revision = "r0018"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "notes",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("departement", sa.String(3), nullable=False),
        sa.Column("genre", sa.String(20), nullable=False),
        sa.Column("objet", sa.String(60), nullable=False),
        sa.Column("texte", sa.Text, nullable=False),
        sa.Column("lecteurs", sa.String(20), nullable=False),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("du", sa.Date),
        sa.Column("au", sa.Date),
    )
    op.create_index("notes_de", "notes", ["departement", "genre", "objet"])
    op.create_table(
        "vues_gardees",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("nom", sa.String(60), nullable=False),
        sa.Column("filtres", sa.String(2000), nullable=False),
        sa.Column("par_defaut", sa.Boolean, nullable=False),
        sa.Column("gardee_le", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("vues_gardees_de", "vues_gardees", ["auteur", "page"])
