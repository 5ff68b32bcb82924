"""The Parquet archives as they are, read by another engine: polars beside our SQL on DuckDB.

Seven indicators of every month and guichet, written once more in polars, are those that are
published, to the unit; each engine runs alone in a process, that says its time and its memory.
INFOCENTRE_DOSSIER names the data directory to read; without it a demonstration is made.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.outils import Mesure, donnees_copiees
from infocentre.catalogue import lire_catalogue
from infocentre.catalogue.sql import sql_comptes
from infocentre.entrepot import Dossier
from infocentre.entrepot.relations import citer

CODES = (
    "CPL_CONTACT",
    "CPL_RESSOURCES",
    "ATT_BAIL_NR",
    "ATT_TARDIVE",
    "ENR_DELAI",
    "REN_TARDIF",
    "RAD_ANNULEE",
)
TABLES = ("stock", "radiation", "journal", "guichets")
CLES = ("departement", "mois", "guichet")
Ligne = tuple[str, str, str, str, int, int]  # code, département, month, guichet, numerator, out of


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Count with both engines, and compare each to what is published."""
    yield from comparer(donnees_copiees(atelier))


def comparer(racine: Path) -> Iterator[Mesure]:
    """Do the same of a data directory, as `nation` does of its own."""
    publiees = set(_publiees(racine))
    yield Mesure("published values of seven indicators, by guichet", len(publiees), "")
    for nom in ("duckdb", "polars"):
        secondes, processeur, megas, lues = _lancer(nom, racine)
        yield Mesure(f"{nom}: seconds", secondes, "s")
        yield Mesure(f"{nom}: seconds of processor", processeur, "s")
        yield Mesure(f"{nom}: peak memory", megas, "MB")
        yield Mesure(f"{nom}: values that are not the published ones", len(publiees ^ lues), "", 0)


def _lancer(nom: str, racine: Path) -> tuple[float, float, float, set[Ligne]]:
    commande = [sys.executable, "-m", "benchmarks.autre_moteur", nom, str(racine)]
    lu = json.loads(subprocess.run(commande, check=True, stdout=subprocess.PIPE).stdout)
    return lu["secondes"], lu["processeur"], lu["megas"], {tuple(une) for une in lu["lignes"]}


def _publiees(racine: Path) -> Iterator[Ligne]:
    """Yield what is published of each guichet that has units."""
    base = str(Dossier(racine).courante / "infocentre.duckdb")
    with duckdb.connect(base, read_only=True) as con:
        yield from con.execute(
            "SELECT code, departement, mois, guichet, n_etat, d_etat FROM valeurs "
            "WHERE niveau = 'guichet' AND d_etat > 0 AND list_contains($codes, code)",
            {"codes": list(CODES)},
        ).fetchall()


def _archives(racine: Path) -> dict[str, list[str]]:
    """Return the files of the published deliveries, by table."""
    dossier = Dossier(racine)
    publiees = [un for un in dossier.version().livraisons if un.publiee]
    return {nom: [str(dossier.archive(un) / f"{nom}.parquet") for un in publiees] for nom in TABLES}


# --- Ours: the SQL of the catalogue ---------------------------------------------------------------


def compter_par_duckdb(racine: Path) -> list[Ligne]:
    """Return the counts by the SQL that a control runs."""
    catalogue = lire_catalogue()
    voulus = {code: catalogue.indicateurs[code] for code in CODES}
    catalogue = catalogue.model_copy(update={"indicateurs": voulus})
    lues: list[Ligne] = []
    with duckdb.connect() as con:
        for nom, fichiers in _archives(racine).items():
            liste = ", ".join(map(citer, fichiers))
            con.execute(f"CREATE VIEW {nom} AS SELECT * FROM read_parquet([{liste}])")
        con.execute("CREATE TABLE communes (code VARCHAR)")  # no rule here reads it
        for population in dict.fromkeys(un.population for un in voulus.values()):
            for code in (un.code for un in voulus.values() if un.population == population):
                lues += con.execute(
                    f"SELECT '{code}', departement, mois, guichet, sum(n_{code})::BIGINT AS n, "
                    f"sum(d_{code})::BIGINT AS d FROM ({sql_comptes(catalogue, population)}) "
                    "GROUP BY ALL HAVING d > 0"
                ).fetchall()
    return lues


# --- Another engine: the same rules, written again ------------------------------------------------


def compter_par_polars(racine: Path) -> list[Ligne]:
    """Return the counts by expressions of polars."""
    fichiers = _archives(racine)
    lues: list[Ligne] = []
    for trame in pl.collect_all(_requetes(fichiers)):
        lues += trame.rows()
    return lues


def _requetes(fichiers: dict[str, list[str]]) -> list[pl.LazyFrame]:
    c = pl.col
    stock = _de(fichiers["stock"], "guichet_enregistreur", "type_demandeur contact_mail nb_qna "
                "revenu_mensuel_foyer")  # fmt: skip
    attribuees = _douze_mois(
        _de(
            fichiers["radiation"],
            "guichet_enregistreur",
            "motif_radiation date_radiation date_signature_bail",
        ).filter(motif_radiation="RADATT"),
        "date_radiation",
    )
    journal = _de(fichiers["journal"], "guichet", "type_evenement canal numero_unique "
                  "date_evenement date_saisie date_echeance")  # fmt: skip
    saisies = _douze_mois(journal.filter(c("canal").ne_missing("PORTAIL")), "date_saisie")
    return [
        _compter("CPL_CONTACT", stock, c("contact_mail").ne_missing(1)),
        _compter(
            "CPL_RESSOURCES",
            stock.filter(type_demandeur="PP"),
            c("nb_qna").eq_missing(1)
            | (c("nb_qna").is_null() & c("revenu_mensuel_foyer").is_null()),
        ),
        _compter("ATT_BAIL_NR", attribuees, c("date_signature_bail").is_null()),
        _compter(
            "ATT_TARDIVE",
            attribuees.filter(c("date_signature_bail").is_not_null()),
            c("date_radiation") > c("date_signature_bail").dt.offset_by("15d"),
        ),
        _compter(
            "ENR_DELAI",
            saisies.filter(type_evenement="CRE"),
            c("date_saisie") > c("date_evenement").dt.offset_by("1mo"),
        ),
        _compter(
            "REN_TARDIF",
            saisies.filter(c("date_echeance").is_not_null(), type_evenement="REN"),
            c("date_evenement") > c("date_echeance"),
        ),
        _compter("RAD_ANNULEE", _radiees(journal), c("annulee") <= c("jour")),
    ]


def _radiees(journal: pl.LazyFrame) -> pl.LazyFrame:
    """Return the radiations that are three months old in the 12 months, and what undid each."""
    cle, jour = ["departement", "arrete", "numero_unique"], "date_evenement"
    annulees = journal.filter(type_evenement="DERAD").select(
        *cle, pl.col(jour), pl.col(jour).alias("annulee")
    )
    radiees = journal.filter(type_evenement="RAD").with_columns(
        pl.col(jour).dt.offset_by("3mo").alias("jour")
    )
    jointes = radiees.sort(jour).join_asof(
        annulees.sort(jour), on=jour, by=cle, strategy="forward", check_sortedness=False
    )
    return _douze_mois(jointes, "jour")


def _de(fichiers: Sequence[str], guichet: str, colonnes: str) -> pl.LazyFrame:
    """Read columns of a table: each file has its own codes of texts, that are made texts again."""
    noms = colonnes.split()
    return pl.concat(
        [
            pl.scan_parquet(un).select(
                "departement",
                "arrete",
                "mois",
                pl.col(guichet).cast(pl.String).fill_null("INCONNU").alias("guichet"),
                *noms,
            ).with_columns(pl.col(pl.Categorical).cast(pl.String))
            for un in fichiers
        ]
    )  # fmt: skip


def _douze_mois(lu: pl.LazyFrame, jour: str) -> pl.LazyFrame:
    """Keep the units of the 12 months that end with the arrêté."""
    debut = pl.col("arrete").dt.truncate("1mo").dt.offset_by("-11mo")
    return lu.filter(pl.col(jour).is_between(debut, pl.col("arrete")))


def _compter(code: str, unites: pl.LazyFrame, anomalie: pl.Expr) -> pl.LazyFrame:
    n, d = anomalie.sum().cast(pl.Int64), pl.len().cast(pl.Int64)
    return unites.group_by(CLES).agg(n=n, d=d).select(pl.lit(code), *CLES, "n", "d")


MOTEURS: dict[str, Callable[[Path], list[Ligne]]] = {
    "duckdb": compter_par_duckdb,
    "polars": compter_par_polars,
}


def principal(nom: str, racine: Path) -> dict[str, Any]:
    """Count with one engine; return what it counted, in what time and memory."""
    debut = time.perf_counter()
    lignes = MOTEURS[nom](racine)
    secondes = time.perf_counter() - debut
    vu = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "secondes": secondes,
        "processeur": vu.ru_utime + vu.ru_stime,
        "megas": vu.ru_maxrss / 1024,
        "lignes": lignes,
    }


if __name__ == "__main__":
    json.dump(principal(sys.argv[1], Path(sys.argv[2])), sys.stdout)
