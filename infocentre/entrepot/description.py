"""What livraison.json says of a delivery: `livraisons` writes it, a test compares it with this."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class FaitsColonne(TypedDict):
    """Values of a column: delivered, of which not read, of which outside the list of codes."""

    renseignees: int
    illisibles: int
    hors_liste: int


class FaitsDate(TypedDict):
    """Dates of an act: how many are after the arrêté, and the last one that is not."""

    futures: int
    dernier: str | None


class Faits(TypedDict):
    """What is counted of a table, by column; the first archives have none of it.

    `moyennes`: days since 1900, or geometric for an amount. `repartitions`: rows by code, the most
    frequent ones, and by « TERRITOIRE » of the numéros. `guichets`: rows of one that is unknown.
    `milliemes`: amounts of three decimals; `communes`: codes that no commune of France has;
    `accents`: texts decoded wrongly (« CitÃ© »): in the columns that have some.
    """

    colonnes: dict[str, FaitsColonne]
    dates: dict[str, FaitsDate]
    moyennes: dict[str, float]
    guichets: dict[str, int]
    repartitions: dict[str, dict[str, int]]
    milliemes: NotRequired[dict[str, int]]
    communes: NotRequired[dict[str, int]]
    accents: NotRequired[dict[str, int]]


class TableDecrite(TypedDict):
    """How a file was read: its rows, its columns, and the facts that plausibility judges."""

    fichier: str
    encodage: str
    autrement: NotRequired[int]
    coupe: NotRequired[bool]
    suites: NotRequired[int]
    lus: int
    livrees: list[str]
    inconnues: list[str]
    interdites: list[str]
    absentes: list[str]
    conserves: int
    rejets: dict[str, int]
    faits: NotRequired[Faits]


def compte_de(table: TableDecrite, colonne: str) -> FaitsColonne | None:
    """Return what was counted of a column, None for one that was not."""
    return table["faits"]["colonnes"].get(colonne) if "faits" in table else None


class CodeInconnu(TypedDict):
    """A code outside its list."""

    table: str
    colonne: str
    code: str
    lignes: int


class GuichetInconnu(TypedDict):
    """A guichet that the register does not know."""

    guichet: str
    table: str
    lignes: int


class DeuxTypes(TypedDict):
    """A guichet that the register has twice."""

    guichet: str
    types: list[str | None]


class RegistreDit(TypedDict):
    """What the register of a month rests on, where the delivery did not say all of it.

    `livre`: a register was delivered. `livraison`: empreinte of what was delivered. `tenu`: sha256
    of the register, completed by a person, that was used; '' for none. `ajoutes`: guichets that the
    delivery's register did not have; `completes`: of those that it had, the fields it left empty.
    `a_completer`: guichets that act and whose type or mode nobody said; `nouveaux`: those of them
    that the register in use, delivered or completed, does not name. `sans`: by column of the
    register (TYPE_GUICHET, MODE_ENREGISTREMENT), the acts of those guichets and all acts.
    """

    livre: bool
    livraison: str
    tenu: str
    ajoutes: list[str]
    completes: dict[str, list[str]]
    a_completer: list[str]
    nouveaux: list[str]
    sans: dict[str, tuple[int, int]]


class VerdictEcrit(TypedDict):
    """What one check of plausibility says."""

    controle: str
    libelle: str
    verdict: str
    seuil: str
    phrases: list[str]
    que_faire: str


class Confirmation(TypedDict):
    """Why a delivery that was to confirm is good."""

    raison: str
    le: str


class Vraisemblance(TypedDict):
    """What was judged of a delivery."""

    verdicts: list[VerdictEcrit]
    confirmation: Confirmation | None


class Description(TypedDict):
    """The whole; what is not required came after the first archives."""

    nom: str
    departement: str
    arrete: str
    mois: str
    empreinte: str
    tables: dict[str, TableDecrite]
    fichiers_ignores: list[str]
    correspondance: NotRequired[dict[str, Any] | None]
    anomalies_format: int
    codes_inconnus: list[CodeInconnu]
    guichets_inconnus: list[GuichetInconnu]
    guichets_deux_types: NotRequired[list[DeuxTypes]]
    noms_sans_accents: NotRequired[list[str]]
    registre: NotRequired[RegistreDit]
    plis_sans_demande: int
    messages_guichet_inconnu: int
    vraisemblance: NotRequired[Vraisemblance | None]
    sha256: NotRequired[dict[str, str]]


def lignes_gardees(description: Description) -> int:
    """Return how many rows an archive has, all tables together."""
    return sum(table["conserves"] for table in description["tables"].values())
