"""Facteurs: second factors, known browsers, notices, the greatest instant seen."""

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"

COMPTE = "comptes.identifiant"
# An account is somebody's when it has what opens it, or had: it was closed, or came in.
SERVI = """
UPDATE comptes SET servi_le = cree_le
WHERE mot_de_passe IS NOT NULL OR sujet IS NOT NULL OR ferme_le IS NOT NULL
   OR identifiant IN (SELECT qui FROM audit WHERE action = 'connexion')
"""
INVITES = """
UPDATE comptes SET invite_par = (
    SELECT min(qui) FROM audit
    WHERE action = 'compte' AND role = 'administrateur' AND objet = identifiant
      AND precisions LIKE '%"fait":"invité%'
)
"""


def upgrade() -> None:
    """Add what tells whose an account is, and make the tables of what proves it."""
    instant = sa.DateTime(timezone=True)
    op.add_column("comptes", sa.Column("servi_le", instant))
    op.add_column("comptes", sa.Column("invite_par", sa.String(254)))
    op.execute(SERVI)
    op.execute(INVITES)
    op.create_table(
        "facteurs",
        sa.Column("compte", sa.String(254), sa.ForeignKey(COMPTE), primary_key=True),
        sa.Column("sel", sa.String(64), nullable=False),
        sa.Column("dernier_pas", sa.BigInteger, nullable=False),
        sa.Column("confirme_le", instant),
    )
    op.create_table(
        "secours",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("compte", sa.String(254), sa.ForeignKey(COMPTE), nullable=False),
    )
    op.create_index("secours_de", "secours", ["compte"])
    op.create_table(
        "appareils",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("compte", sa.String(254), sa.ForeignKey(COMPTE), nullable=False),
        sa.Column("adresse", sa.String(45), nullable=False),
        sa.Column("vu_le", instant, nullable=False),
    )
    op.create_index("appareils_de", "appareils", ["compte", "adresse"])
    op.create_table(
        "avis",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("compte", sa.String(254), sa.ForeignKey(COMPTE), nullable=False),
        sa.Column("le", instant, nullable=False),
        sa.Column("texte", sa.String(500), nullable=False),
        sa.Column("lu_le", instant),
    )
    op.create_index("avis_de", "avis", ["compte", "lu_le"])
    op.create_table(
        "horloge",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("vue_le", instant, nullable=False),
    )
