"""What affaires hold of a person, apart from their events: it is erased with the person."""

import sqlalchemy as sa
from alembic import op

revision = "r0015"
down_revision = "r0014"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "contenus",
        sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), primary_key=True),
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("contenu", sa.Text, nullable=False),
    )
