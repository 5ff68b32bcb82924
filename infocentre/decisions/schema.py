"""Tables of the store as they are today.

A change of table is a change here *and* one more step in migrations/.
"""

from __future__ import annotations

import datetime as dt
from typing import TypedDict

import sqlalchemy as sa

META = sa.MetaData()


class Instant(sa.TypeDecorator[dt.datetime]):
    """An instant, in UTC: SQLite forgets the zone of what it keeps."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: dt.datetime | None, _: sa.Dialect) -> dt.datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=dt.UTC) if value and not value.tzinfo else value


requetes_gardees = sa.Table(
    "requetes_gardees",
    META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("titre", sa.String(120), nullable=False),
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("auteur", sa.String(120), nullable=False, index=True),
    sa.Column("partagee", sa.Boolean, nullable=False),
    sa.Column("creee_le", sa.DateTime(timezone=True), nullable=False),
    sa.Column("modifiee_le", sa.DateTime(timezone=True), nullable=False),
)

executions = sa.Table(
    "executions",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("auteur", sa.String(120), nullable=False),
    sa.Column("le", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("secondes", sa.Float),
    sa.Column("lignes", sa.BigInteger),
    sa.Column("verdict", sa.String(200), nullable=False),
    sa.Index("executions_de", "auteur", "id"),
)

# A definition of procedure as it was when affaires were opened by it; `empreinte` is its sha256.
procedures = sa.Table(
    "procedures",
    META,
    sa.Column("empreinte", sa.String(64), primary_key=True),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("definition", sa.Text, nullable=False),
)

# `etat`, `evenements` (how many) and `close_le` are what the events say: a cache.
affaires = sa.Table(
    "affaires",
    META,
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


class AffaireEcrite(TypedDict):
    """A row of `affaires`."""

    id: str
    procedure: str
    regles: str
    departement: str
    objet: str
    sujet: str
    etat: str
    evenements: int
    ouverte_le: dt.date
    close_le: dt.date | None


# Append-only, one chain for the whole store: `rang` has no hole, `empreinte` seals the row and
# `precedent`. Days and instants are kept as the text that is sealed.
evenements = sa.Table(
    "evenements",
    META,
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


class LigneChainee(TypedDict):
    """A row of a chain, sealed after the one before."""

    rang: int
    precedent: str
    empreinte: str


class EvenementEcrit(LigneChainee):
    """A row of `evenements`."""

    affaire: str
    nom: str
    auteur: str
    role: str
    jour: str
    saisi_le: str
    donnees: str


# What was told that day, never computed again; `id` is the sha256 of `contenu`, which holds that of
# `unites`: the cases, that only the organisme may read.
constats = sa.Table(
    "constats",
    META,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), nullable=False),
    sa.Column("contenu", sa.Text, nullable=False),
    sa.Column("unites", sa.Text, nullable=False),
    sa.Index("constats_de", "affaire"),
)


class ConstatEcrit(TypedDict):
    """A row of `constats`."""

    id: str
    affaire: str
    contenu: str
    unites: str


# The verdict of a sample that someone checked by hand: counts and rates, no numéro.
verdicts = sa.Table(
    "verdicts",
    META,
    sa.Column("departement", sa.String(3), primary_key=True),
    sa.Column("guichet", sa.String(60), primary_key=True),
    sa.Column("mois", sa.String(7), primary_key=True),
    sa.Column("indicateur", sa.String(60), primary_key=True),
    sa.Column("graine", sa.String(12), primary_key=True),
    sa.Column("tirees", sa.Integer, nullable=False),
    sa.Column("jugees", sa.Integer, nullable=False),
    sa.Column("fausses", sa.Integer, nullable=False),
    sa.Column("taux", sa.Float, nullable=False),
    sa.Column("borne_basse", sa.Float, nullable=False),
    sa.Column("borne_haute", sa.Float, nullable=False),
    sa.Column("auteur", sa.String(120), nullable=False),
    sa.Column("le", sa.DateTime(timezone=True), nullable=False),
)

# The query that each person was writing, until another takes its place.
brouillons = sa.Table(
    "brouillons",
    META,
    sa.Column("auteur", sa.String(120), primary_key=True),
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("le", sa.DateTime(timezone=True), nullable=False),
)

# Append-only, chained: who saw, took away or changed what. `objet` and `precisions` (JSON) never
# hold what was read, nor a name; `numero` is the numéro unique of a demande that was opened alone.
audit = sa.Table(
    "audit",
    META,
    sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("le", sa.String(40), nullable=False),
    sa.Column("qui", sa.String(120), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("objet", sa.String(200), nullable=False),
    sa.Column("numero", sa.String(18), nullable=False),
    sa.Column("nombre", sa.BigInteger),
    sa.Column("precisions", sa.Text, nullable=False),
    sa.Column("precedent", sa.String(64), nullable=False),
    sa.Column("empreinte", sa.String(64), nullable=False),
    sa.Index("audit_de", "qui", "rang"),
    sa.Index("audit_numero", "numero", "rang"),
    sa.Index("audit_le", "le"),
)


class EntreeEcrite(LigneChainee):
    """A row of `audit`."""

    le: str
    qui: str
    role: str
    action: str
    objet: str
    numero: str
    nombre: int | None
    precisions: str


# Who may sign in; `perimetre` is the JSON of a Perimetre. Nothing is deleted: an account is closed.
comptes = sa.Table(
    "comptes",
    META,
    sa.Column("identifiant", sa.String(254), primary_key=True),
    sa.Column("nom", sa.String(120), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("perimetre", sa.Text, nullable=False),
    sa.Column("organisme", sa.String(14), nullable=False),
    sa.Column("mot_de_passe", sa.String(200)),
    sa.Column("sujet", sa.String(255)),
    sa.Column("cree_le", Instant, nullable=False),
    sa.Column("ferme_le", Instant),
)

# `empreinte` is the sha256 of what the browser holds.
sessions = sa.Table(
    "sessions",
    META,
    sa.Column("empreinte", sa.String(64), primary_key=True),
    sa.Column("compte", sa.String(254), sa.ForeignKey("comptes.identifiant"), nullable=False),
    sa.Column("ouverte_le", Instant, nullable=False),
    sa.Column("vue_le", Instant, nullable=False),
    sa.Column("par", sa.String(20), nullable=False),
    sa.Column("adresse", sa.String(45), nullable=False),
    sa.Column("navigateur", sa.String(200), nullable=False),
    sa.Column("id_token", sa.Text),
    sa.Index("sessions_de", "compte"),
)

# What is good once, until it expires: links, and sign-ins that await the answer of a provider.
jetons = sa.Table(
    "jetons",
    META,
    sa.Column("empreinte", sa.String(64), primary_key=True),
    sa.Column("genre", sa.String(20), nullable=False),
    sa.Column("compte", sa.String(254), sa.ForeignKey("comptes.identifiant")),
    sa.Column("expire_le", Instant, nullable=False),
    sa.Column("donnees", sa.Text, nullable=False),
    sa.Index("jetons_de", "compte", "genre"),
)

# Failed sign-ins of an account or of an address: none is read before `libre_le`.
essais = sa.Table(
    "essais",
    META,
    sa.Column("cle", sa.String(64), primary_key=True),
    sa.Column("echecs", sa.Integer, nullable=False),
    sa.Column("libre_le", Instant, nullable=False),
)

# What someone decided of a pair of demandes. No name and no numéro: `paire` is the HMAC of the two
# numéros, `champs` of what was compared of them, `membre_*` of each, by which a purge finds it.
# `geste`: what was decided at once, and is undone at once.
doublons_decisions = sa.Table(
    "doublons_decisions",
    META,
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
    sa.Column("le", Instant, nullable=False),
    sa.Column("annulee_le", Instant),
    sa.Index("doublons_paire", "departement", "paire"),
    sa.Index("doublons_geste", "geste"),
)

# The numéros of the cases of the procedure « doublons », whose events hold HMACs only: who deletes
# a demande in the SNE must know which. They go with the names.
doublons_numeros = sa.Table(
    "doublons_numeros",
    META,
    sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), primary_key=True),
    sa.Column("membre", sa.String(64), primary_key=True),
    sa.Column("numero", sa.String(18), nullable=False),
    sa.Index("doublons_numero", "numero"),
)

# The pairs drawn of a search, frozen the day they are: `contenu` (JSON) has the bands of weight,
# how many pairs each had and the HMACs of those drawn; `sceau` is the HMAC of the row.
doublons_tirages = sa.Table(
    "doublons_tirages",
    META,
    sa.Column("departement", sa.String(3), primary_key=True),
    sa.Column("mois", sa.String(7), primary_key=True),
    sa.Column("contenu", sa.Text, nullable=False),
    sa.Column("auteur", sa.String(120), nullable=False),
    sa.Column("le", Instant, nullable=False),
    sa.Column("sceau", sa.String(64), nullable=False),
)

VERSION = "r0012"  # the last step of migrations/
