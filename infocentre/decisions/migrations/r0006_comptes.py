"""Comptes: who may sign in, their sessions, links good once, failed sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"

COMPTE = "comptes.identifiant"


def upgrade() -> None:
    """Make the tables of accounts."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "comptes",
        sa.Column("identifiant", sa.String(254), primary_key=True),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("perimetre", sa.Text, nullable=False),
        sa.Column("organisme", sa.String(14), nullable=False),
        sa.Column("mot_de_passe", sa.String(200)),
        sa.Column("sujet", sa.String(255)),
        sa.Column("cree_le", instant, nullable=False),
        sa.Column("ferme_le", instant),
    )
    op.create_table(
        "sessions",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("compte", sa.String(254), sa.ForeignKey(COMPTE), nullable=False),
        sa.Column("ouverte_le", instant, nullable=False),
        sa.Column("vue_le", instant, nullable=False),
        sa.Column("par", sa.String(20), nullable=False),
        sa.Column("adresse", sa.String(45), nullable=False),
        sa.Column("navigateur", sa.String(200), nullable=False),
        sa.Column("id_token", sa.Text),
    )
    op.create_index("sessions_de", "sessions", ["compte"])
    op.create_table(
        "jetons",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("genre", sa.String(20), nullable=False),
        sa.Column("compte", sa.String(254), sa.ForeignKey(COMPTE)),
        sa.Column("expire_le", instant, nullable=False),
        sa.Column("donnees", sa.Text, nullable=False),
    )
    op.create_index("jetons_de", "jetons", ["compte", "genre"])
    op.create_table(
        "essais",
        sa.Column("cle", sa.String(64), primary_key=True),
        sa.Column("echecs", sa.Integer, nullable=False),
        sa.Column("libre_le", instant, nullable=False),
    )
