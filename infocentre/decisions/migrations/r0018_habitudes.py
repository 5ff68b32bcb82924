"""What an account chose for itself, or when it last looked."""

import sqlalchemy as sa
from alembic import op

revision = "r0018"
down_revision = "r0016"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "habitudes",
        sa.Column("qui", sa.String(120), primary_key=True),
        sa.Column("nom", sa.String(40), primary_key=True),
        sa.Column("valeur", sa.String(200), nullable=False),
    )
