"""Tables of the store as they are today.

A change of table is a change here *and* one more step in migrations/.
"""

from __future__ import annotations

import datetime as dt
import functools
from enum import Enum, auto
from typing import TypedDict

import sqlalchemy as sa

META = sa.MetaData()


class Tenue(Enum):
    """What proves that the rows of a table are those that were written."""

    SCEAU = auto()  # a seal of the whole table, in `sceaux`: what a table has that says nothing
    CHAINE = auto()  # each row seals the one before
    SCELLEE = auto()  # each write of a row is sealed in the chain of `scelles`
    NOM = auto()  # a row is named by the sha256 of what it holds
    DEDUITE = auto()  # the events say it all
    PASSAGERE = auto()  # it lasts an hour: proved by nothing, and in no backup
    PREUVE = auto()  # it is what proves the others


def _tenue(tenue: Tenue) -> dict[str, Tenue]:
    return {"tenue": tenue}


@functools.cache
def tenues(voulue: Tenue) -> tuple[sa.Table, ...]:
    """Return the tables that are proved so: all are declared below, before anybody asks."""
    return tuple(une for une in META.sorted_tables if une.info.get("tenue", Tenue.SCEAU) is voulue)


def en_utc(instant: dt.datetime) -> dt.datetime:
    """Return an instant in UTC; without a zone, it is: SQLite forgets the zone of what it keeps."""
    return (instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


class Instant(sa.TypeDecorator[dt.datetime]):
    """An instant, in UTC whatever the base, and whatever the zone it was written in."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _: sa.Dialect) -> dt.datetime | None:
        """Write it in UTC, since the zone may be forgotten."""
        return en_utc(value) if value else value

    def process_result_value(self, value: dt.datetime | None, _: sa.Dialect) -> dt.datetime | None:
        """Give the zone back."""
        return en_utc(value) if value else value


requetes_gardees = sa.Table(
    "requetes_gardees",
    META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("titre", sa.String(120), nullable=False),
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("auteur", sa.String(120), nullable=False, index=True),
    sa.Column("partagee", sa.Boolean, nullable=False),
    sa.Column("creee_le", Instant, nullable=False),
    sa.Column("modifiee_le", Instant, nullable=False),
)

executions = sa.Table(
    "executions",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("auteur", sa.String(120), nullable=False),
    sa.Column("le", Instant, nullable=False),
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
    info=_tenue(Tenue.NOM),
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
    info=_tenue(Tenue.DEDUITE),
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
# `precedent`, in the way that `sceau` says. Days and instants are kept as the text that is sealed.
# `ouverture`, of the first event of an affaire: the JSON of what the affaire is (Ouverture).
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
    sa.Column("sceau", sa.Integer),
    sa.Column("ouverture", sa.Text),
    sa.Index("evenements_de", "affaire", "rang"),
    info=_tenue(Tenue.CHAINE),
)


class LigneChainee(TypedDict):
    """A row of a chain, sealed after the one before; `sceau` is None for those without a key."""

    rang: int
    precedent: str
    empreinte: str
    sceau: int | None


class Ouverture(TypedDict):
    """What an affaire is, as its first event seals it; `regles` is the sha256 of its definition."""

    procedure: str
    version: int
    regles: str
    departement: str
    objet: str
    sujet: str
    ouverte_le: str


class EvenementEcrit(LigneChainee):
    """A row of `evenements`."""

    affaire: str
    nom: str
    auteur: str
    role: str
    jour: str
    saisi_le: str
    donnees: str
    ouverture: str | None


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
    info=_tenue(Tenue.NOM),
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
    sa.Column("le", Instant, nullable=False),
    info=_tenue(Tenue.SCELLEE),
)

# The query that each person was writing, until another takes its place.
brouillons = sa.Table(
    "brouillons",
    META,
    sa.Column("auteur", sa.String(120), primary_key=True),
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("le", Instant, nullable=False),
)

# What an account chose for itself, or when it last looked, by name.
habitudes = sa.Table(
    "habitudes",
    META,
    sa.Column("qui", sa.String(120), primary_key=True),
    sa.Column("nom", sa.String(40), primary_key=True),
    sa.Column("valeur", sa.String(200), nullable=False),
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
    sa.Column("sceau", sa.Integer),
    sa.Index("audit_de", "qui", "rang"),
    sa.Index("audit_numero", "numero", "rang"),
    sa.Index("audit_le", "le"),
    info=_tenue(Tenue.CHAINE),
)


# The numéros that an entry of the audit showed, each as its HMAC: an entry says how many, and seals
# them all. They go with their entry.
audit_numeros = sa.Table(
    "audit_numeros",
    META,
    sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("empreinte", sa.String(32), primary_key=True),
    sa.Index("audit_numeros_empreinte", "empreinte"),
    info=_tenue(Tenue.CHAINE),
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
# `servi_le`: since when it is somebody's; what opens it is from then on replaced, never given.
# `invite_par`: the account that made it, none when it was made from the machine.
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
    sa.Column("servi_le", Instant),
    sa.Column("invite_par", sa.String(254)),
    info=_tenue(Tenue.SCELLEE),
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
    info=_tenue(Tenue.PASSAGERE),
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
    info=_tenue(Tenue.PASSAGERE),
)

# Failed sign-ins of an account or of an address: none is read before `libre_le`.
essais = sa.Table(
    "essais",
    META,
    sa.Column("cle", sa.String(64), primary_key=True),
    sa.Column("echecs", sa.Integer, nullable=False),
    sa.Column("libre_le", Instant, nullable=False),
    info=_tenue(Tenue.PASSAGERE),
)

# The second factor of an account: its key is made of `sel` and of the key of the data directory.
# `dernier_pas` is the last step of 30 seconds whose code was used.
facteurs = sa.Table(
    "facteurs",
    META,
    sa.Column("compte", sa.String(254), sa.ForeignKey("comptes.identifiant"), primary_key=True),
    sa.Column("sel", sa.String(64), nullable=False),
    sa.Column("dernier_pas", sa.BigInteger, nullable=False),
    sa.Column("confirme_le", Instant),
    info=_tenue(Tenue.SCELLEE),
)

# Codes good once in the place of the second factor: the sha256 of each.
secours = sa.Table(
    "secours",
    META,
    sa.Column("empreinte", sa.String(64), primary_key=True),
    sa.Column("compte", sa.String(254), sa.ForeignKey("comptes.identifiant"), nullable=False),
    sa.Index("secours_de", "compte"),
    info=_tenue(Tenue.SCELLEE),
)

# Browsers and addresses from which an account was signed in to: others cannot slow them.
appareils = sa.Table(
    "appareils",
    META,
    sa.Column("empreinte", sa.String(64), primary_key=True),
    sa.Column("compte", sa.String(254), sa.ForeignKey("comptes.identifiant"), nullable=False),
    sa.Column("adresse", sa.String(45), nullable=False),
    sa.Column("vu_le", Instant, nullable=False),
    sa.Index("appareils_de", "compte", "adresse"),
    info=_tenue(Tenue.PASSAGERE),
)

# What a person is told of their account until they say that they read it.
avis = sa.Table(
    "avis",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("compte", sa.String(254), sa.ForeignKey("comptes.identifiant"), nullable=False),
    sa.Column("le", Instant, nullable=False),
    sa.Column("texte", sa.String(500), nullable=False),
    sa.Column("lu_le", Instant),
    sa.Index("avis_de", "compte", "lu_le"),
)

# The greatest instant seen, one row: a clock that goes back is seen.
horloge = sa.Table(
    "horloge",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("vue_le", Instant, nullable=False),
    info=_tenue(Tenue.PASSAGERE),
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
    info=_tenue(Tenue.SCELLEE),
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
    info=_tenue(Tenue.SCELLEE),
)

# What an affaire holds of a person, apart from its events: they say `empreinte`, the HMAC of
# `contenu`. It goes with the person, whose HMAC is the object of the affaire.
contenus = sa.Table(
    "contenus",
    META,
    sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), primary_key=True),
    sa.Column("empreinte", sa.String(64), primary_key=True),
    sa.Column("contenu", sa.Text, nullable=False),
    info=_tenue(Tenue.SCELLEE),
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
    info=_tenue(Tenue.SCELLEE),
)

# What someone notes of a guichet, an organisme, a demande, an affaire or an indicator, or tells of
# what happened in a département from `du` to `au`. `objet` names it; of a demande, the HMAC of its
# numéro: such a note goes with the person. `lecteurs`: who may read it. `auteur` wrote it, as `nom`
# that others read, in `role`.
notes = sa.Table(
    "notes",
    META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("departement", sa.String(3), nullable=False),
    sa.Column("genre", sa.String(20), nullable=False),
    sa.Column("objet", sa.String(60), nullable=False),
    sa.Column("texte", sa.Text, nullable=False),
    sa.Column("lecteurs", sa.String(20), nullable=False),
    sa.Column("auteur", sa.String(120), nullable=False),
    sa.Column("nom", sa.String(120), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("le", Instant, nullable=False),
    sa.Column("du", sa.Date),
    sa.Column("au", sa.Date),
    sa.Index("notes_de", "departement", "genre", "objet"),
    info=_tenue(Tenue.SCELLEE),
)


# The filters of a page that someone keeps under a name: what follows « ? » in its address.
vues_gardees = sa.Table(
    "vues_gardees",
    META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("auteur", sa.String(120), nullable=False),
    sa.Column("page", sa.String(40), nullable=False),
    sa.Column("nom", sa.String(60), nullable=False),
    sa.Column("filtres", sa.String(2000), nullable=False),
    sa.Column("par_defaut", sa.Boolean, nullable=False),
    sa.Column("gardee_le", Instant, nullable=False),
    sa.Index("vues_gardees_de", "auteur", "page"),
)

# Messages that a person asked to send at once, from an instant on; until then, and before each, it
# may be stopped. `contenu` (JSON): which messages, and why some could not be written. What became
# of each is said by the events of its affaires. `porteur` is the process that sends them, as long
# as it says so: until `tenu_jusqu`.
envois = sa.Table(
    "envois",
    META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("departement", sa.String(3), nullable=False),
    sa.Column("par", sa.String(254), nullable=False),
    sa.Column("demande_le", Instant, nullable=False),
    sa.Column("part_le", Instant, nullable=False),
    sa.Column("etat", sa.String(10), nullable=False),
    sa.Column("contenu", sa.Text, nullable=False),
    sa.Column("porteur", sa.String(32)),
    sa.Column("tenu_jusqu", Instant),
    sa.Column("fini_le", Instant),
    sa.Column("arrete_par", sa.String(254)),
    sa.Index("envois_etat", "etat"),
)

# Addresses to which a message of ours came back, until somebody says that they are right.
rebonds = sa.Table(
    "rebonds",
    META,
    sa.Column("adresse", sa.String(254), primary_key=True),
    sa.Column("le", Instant, nullable=False),
    sa.Column("motif", sa.String(200), nullable=False),
    sa.Column("affaire", sa.String(24), sa.ForeignKey("affaires.id"), nullable=False),
)

# Which store this is, and which key its HMACs are made with; one row, the same in each copy.
identite = sa.Table(
    "identite",
    META,
    sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("magasin", sa.String(32), nullable=False),
    sa.Column("cle", sa.String(32)),
    info=_tenue(Tenue.PREUVE),
)

# The sha256 of all the rows of a table, written by the transaction that changes it.
sceaux = sa.Table(
    "sceaux",
    META,
    sa.Column("nom", sa.String(60), primary_key=True),
    sa.Column("lignes", sa.Integer, nullable=False),
    sa.Column("empreinte", sa.String(64), nullable=False),
    info=_tenue(Tenue.PREUVE),
)

# Append-only, chained: what a row of a table that changes held when it was written (`genre`:
# inventaire, ecriture, effacement), by its key; `contenu` is the JSON of a keyed fingerprint a
# column, never of what it holds. The first row is the inventory of a store: the heads of the chains
# that were sealed without a key.
scelles = sa.Table(
    "scelles",
    META,
    sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("le", sa.String(40), nullable=False),
    sa.Column("genre", sa.String(20), nullable=False),
    sa.Column("tenue", sa.String(40), nullable=False),
    sa.Column("cle", sa.String(400), nullable=False),
    sa.Column("contenu", sa.Text, nullable=False),
    sa.Column("precedent", sa.String(64), nullable=False),
    sa.Column("empreinte", sa.String(64), nullable=False),
    sa.Column("sceau", sa.Integer),
    sa.Index("scelles_de", "tenue", "cle"),
    info=_tenue(Tenue.CHAINE),
)


class ScelleEcrit(LigneChainee):
    """A row of `scelles`."""

    le: str
    genre: str
    tenue: str
    cle: str
    contenu: str


VERSION = "r0020"  # the last step of migrations/
