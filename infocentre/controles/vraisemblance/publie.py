"""What a delivery would publish, counted by its own rules beside the arrêté of its reference.

One pass over each archive, once in a command: indicators, and what the first figures of the
documents are made of, by guichet, in the months that both deliveries judge, in the new month and in
those before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.catalogue.motifs import est_inutilisable, motifs_des_indicateurs
from infocentre.contrat import contrat
from infocentre.entrepot.brouillon import est_peu
from infocentre.entrepot.description import Description, lignes_gardees
from infocentre.entrepot.relations import citer, sql_creer, sql_references, sql_rendre_visibles
from infocentre.livraisons.trames import preter, rendre
from infocentre.mesures import assembler_comptes, compter, populations
from infocentre.noyau.temps import mois_avant

FENETRE = 11  # months before that of the arrêté
COMPTEES = 4  # archives whose counts wait for those of the month after
QUESTIONS = 3  # a control asks so many times more of the same rows: reading more of them once pays
# What is counted without units could have happened as often, in a month, as makes no difference.
INNOMBRABLES = 10**8
Rapport = tuple[int, int]  # in anomaly, of units


@dataclass(frozen=True, slots=True)
class Releve:
    """One thing counted of one guichet.

    `alors` and `ici`: the months that both deliveries judge (a stock: at each arrêté), as the
    reference and as the new one say them. `passe` and `mois`: as the new one says the months
    before its own, and its own.
    """

    code: str
    guichet: str
    alors: Rapport
    ici: Rapport
    passe: Rapport
    mois: Rapport


@dataclass(frozen=True, slots=True)
class Publies:
    """All that is counted; `series`: by code, each month before the new one, guichets together.

    `seuls`: what is counted without units, as the demandes deposited; `stocks`: what is counted at
    an arrêté.
    """

    releves: Sequence[Releve] = ()
    series: Mapping[str, Sequence[Rapport]] = field(default_factory=dict)
    libelles: Mapping[str, str] = field(default_factory=dict)
    seuls: frozenset[str] = frozenset()
    stocks: frozenset[str] = frozenset()


_GRANDEURS = """
create or replace temp table grandeurs as
with demandes as (
    select mois, cle_guichetcreateur as guichet, date_creation as jour,
        'DEPOTS' as code, 'demandes déposées' as libelle
    from stock
    union all
    select mois, cle_guichetcreateur, date_creation, 'DEPOTS', 'demandes déposées'
    from radiation
    union all
    select mois, guichet_enregistreur, date_radiation, 'RADIATIONS', 'demandes radiées'
    from radiation
    union all
    select r.mois, r.guichet_enregistreur, r.date_radiation, c.code,
        concat('radiations de motif ', c.code, ' (', lower(c.libelle), ')')
    from radiation as r
    join codes as c on c.liste = 'MOTIF_RADIATION' and c.code = r.motif_radiation
)
select code, libelle, coalesce(guichet, 'INCONNU') as guichet, mois,
    strftime(jour, '%Y-%m') as mois_juge, count(*) as numerateur
from demandes
group by all
"""
_TOUS = """
select code, null::varchar as libelle, guichet, mois, mois_juge, numerateur::bigint as numerateur,
    denominateur::bigint as denominateur,
    code in (from stocks) as stock
from comptes
union all by name
select code, libelle, guichet, mois, mois_juge, numerateur, 0::bigint as denominateur,
    false as stock
from grandeurs
"""


@dataclass(frozen=True, slots=True)
class _Comptage:
    """What is counted by which rules: where it is read, and its rows, make no difference."""

    departement: str
    mois: str
    empreinte: str
    regles: str
    archive: Path = field(compare=False)
    lignes: int = field(compare=False)


_COMPTES: dict[_Comptage, pl.DataFrame] = {}  # the newest last


def compter_publies(
    con: duckdb.DuckDBPyConnection,
    archives: tuple[Path, Path],
    descriptions: tuple[Description, Description],
) -> Publies:
    """Count a delivery and its reference, in this order; they are of two arrêtés.

    An indicator that one of them does not allow is left out.
    """
    catalogue = lire_catalogue()
    ici, alors = (une["mois"] for une in descriptions)
    _rassembler(con, catalogue, archives, descriptions)
    libelles = {code: f"{code} ({un.libelle})" for code, un in catalogue.indicateurs.items()}
    nommes = con.execute(
        "select distinct code, libelle from tous where libelle is not null"
    ).fetchall()
    seuls = frozenset(code for code, _ in nommes)
    releves = [_sans_unites(un) if un.code in seuls else un for un in _releves(con, ici, alors)]
    stocks = frozenset(_stocks(catalogue))
    return Publies(releves, _series(con, ici), libelles | dict(nommes), seuls, stocks)


def _rassembler(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    archives: Sequence[Path],
    descriptions: Sequence[Description],
) -> None:
    """Create `tous`, what is counted of these archives, but what one of them does not allow."""
    motifs = [motifs_des_indicateurs(catalogue, une) for une in descriptions]
    exclus = [code for code in catalogue.indicateurs if any(un[code] for un in motifs)]
    if any(est_inutilisable(une, "radiation", "MOTIF_RADIATION") for une in descriptions):
        exclus += contrat().codes["MOTIF_RADIATION"]
    voulus = [
        _Comptage(
            une["departement"],
            une["mois"],
            une["empreinte"],
            catalogue.empreinte,
            archive,
            lignes_gardees(une),
        )
        for archive, une in zip(archives, descriptions, strict=True)
    ]
    with preter(con, "comptees", pl.concat(_comptes(con, catalogue, voulus))):
        con.execute(
            "create or replace temp table tous as "
            "from comptees where not list_contains(?::varchar[], code)",
            [exclus],
        )


def _comptes(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, voulus: Sequence[_Comptage]
) -> list[pl.DataFrame]:
    """Return what is counted of each of these months; what was counted lately is not again."""
    connus = {un: _COMPTES[un] for un in voulus if un in _COMPTES}
    if manquent := list(dict.fromkeys(un for un in voulus if un not in connus)):
        lues = est_peu(QUESTIONS * sum(un.lignes for un in manquent))
        comptes = _compter(con, catalogue, [un.archive for un in manquent], lues=lues)
        connus |= {un: comptes.filter(pl.col("mois") == un.mois) for un in manquent}
    _COMPTES.update(connus)
    for ancien in list(_COMPTES)[:-COMPTEES]:
        _COMPTES.pop(ancien, None)
    return [connus[un] for un in voulus]


def _compter(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, archives: list[Path], *, lues: bool
) -> pl.DataFrame:
    """Return code, libelle (of what is no indicator), guichet, months and counts of archives."""
    tables = sql_rendre_visibles(archives, lues=lues)
    # One population looks for a commune, once: a table of all of them takes four times as long.
    for ordre in (*tables, *sql_creer(sql_references(), "TEMP VIEW")):
        con.execute(ordre)
    for population in populations(catalogue):
        compter(con, catalogue, population)
    assembler_comptes(con, catalogue)
    con.execute(
        "create or replace temp table stocks as select unnest(?::varchar[]) as code",
        [_stocks(catalogue)],
    )
    con.execute(_GRANDEURS)
    return rendre(con, _TOUS)


def _stocks(catalogue: Catalogue) -> list[str]:
    return [
        code
        for code, un in catalogue.indicateurs.items()
        if catalogue.populations[un.population].nature == "stock"
    ]


def _releves(con: duckdb.DuckDBPyConnection, ici: str, alors: str) -> list[Releve]:
    premier = mois_avant(max(ici, alors), FENETRE)
    partage = f"stock or mois_juge between {citer(premier)} and {citer(min(ici, alors))}"
    passe = _passe(ici)
    filtres = (
        f"mois = {citer(alors)} and ({partage})",
        f"mois = {citer(ici)} and ({partage})",
        passe,
        f"mois = {citer(ici)} and mois_juge = {citer(ici)} and not stock",
    )
    sommes = ", ".join(
        f"coalesce(sum({quoi}) filter ({filtre}), 0)::bigint"
        for filtre in filtres
        for quoi in ("numerateur", "denominateur")
    )
    lus = con.execute(f"select code, guichet, {sommes} from tous group by all order by all")
    return [
        Releve(code, guichet, (a, b), (c, d), (e, f), (g, h))
        for code, guichet, a, b, c, d, e, f, g, h in lus.fetchall()
    ]


def _sans_unites(un: Releve) -> Releve:
    """Give what is counted alone as many possible units as makes no difference."""
    return Releve(
        un.code,
        un.guichet,
        (un.alors[0], INNOMBRABLES),
        (un.ici[0], INNOMBRABLES),
        (un.passe[0], FENETRE * INNOMBRABLES),
        (un.mois[0], INNOMBRABLES),
    )


def _series(con: duckdb.DuckDBPyConnection, ici: str) -> dict[str, list[Rapport]]:
    lus = con.execute(
        "select code, bool_or(libelle is not null), sum(numerateur)::bigint, "
        "sum(denominateur)::bigint "
        f"from tous where {_passe(ici)} group by code, mois_juge order by code, mois_juge"
    )
    series: dict[str, list[Rapport]] = {}
    for code, seul, n, d in lus.fetchall():
        series.setdefault(code, []).append((n, INNOMBRABLES if seul else d))
    return series


def _passe(ici: str) -> str:
    premier, dernier = mois_avant(ici, FENETRE), mois_avant(ici)
    return (
        f"mois = {citer(ici)} and not stock "
        f"and mois_juge between {citer(premier)} and {citer(dernier)}"
    )
