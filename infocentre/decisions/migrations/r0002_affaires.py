"""Affaires: what is asked of someone, the events that tell it, the figures that were told."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    """Make the four tables of the affaires."""
    op.create_table(
        "procedures",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
    )
    op.create_table(
        "affaires",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("procedure", sa.String(60), nullable=False),
        sa.Column("regles", sa.String(64), sa.ForeignKey("procedures.empreinte"), nullable=False),
        sa.Column("departement", sa.String(3), nullable=False),
        sa.Column("objet", sa.String(40), nullable=False),
        sa.Column("sujet", sa.String(60), nullable=False),
        sa.Column("etat", sa.String(60), nullable=False),
        sa.Column("evenements", sa.Integer, nullable=False),
        sa.Column("ouverte_le", sa.Date, nullable=False),
        sa.Column("close_le", sa.Date),
        sa.Index("affaires_de", "departement", "etat"),
        sa.Index("affaires_objet", "departement", "objet", "sujet"),
    )
    op.create_table(
        "evenements",
        sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), nullable=False),
        sa.Column("nom", sa.String(60), nullable=False),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("jour", sa.String(10), nullable=False),
        sa.Column("saisi_le", sa.String(40), nullable=False),
        sa.Column("donnees", sa.Text, nullable=False),
        sa.Column("precedent", sa.String(64), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Index("evenements_de", "affaire", "rang"),
    )
    op.create_table(
        "constats",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("unites", sa.Text, nullable=False),
        sa.Index("constats_de", "affaire"),
    )
