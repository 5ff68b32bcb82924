"""Addresses to which a message of ours came back."""

import sqlalchemy as sa
from alembic import op

revision = "r0020"
down_revision = "r0019"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rebonds",
        sa.Column("adresse", sa.String(254), primary_key=True),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("motif", sa.String(200), nullable=False),
        sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), nullable=False),
    )
