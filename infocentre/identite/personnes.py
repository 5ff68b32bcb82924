"""Persons as they are compared: names normalised, with what the stock says of their household.

Grain: one row per active demande that has an identity, at the newest arrêté whose delivery has
names. NIR is never delivered, never read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.dossier import ILLISIBLES
from infocentre.entrepot.relations import citer
from infocentre.entrepot.sceaux import exiger_archives, fichier_nominatif
from infocentre.identite.prenoms import poser_ecritures
from infocentre.livraisons.identites import normaliser_noms, sql_personne
from infocentre.noyau.erreurs import Refus

STOCK, IDENTITES = "stock.parquet", "identites.parquet"
_PRENOMS = """list_filter(
    regexp_split_to_array(upper(strip_accents(i.prenom)), '[^A-Z]+'), x -> length(x) > 1)"""
# The birth of a person whose birth is not known, as it is typed to pass the form.
_NAISSANCE = "if(year(i.date_naissance) <= 1900, NULL, i.date_naissance)"
# What a pair is compared on: when none of it has changed, its weight has not either.
COMPARES = (
    *("nom", "nom_naissance", "prenom", "prenoms", "ecritures", "date_naissance"),
    "nom_cotitulaire",
    *("prenom_cotitulaire", "date_naissance_cotitulaire", "commune", "code_postal"),
    "taille_menage",
)
NOMS = ("nom", "nom_naissance", "prenom", "nom_cotitulaire", "prenom_cotitulaire")


@dataclass(frozen=True, slots=True)
class Identite:
    """What two demandes are compared on, as the delivery has it; None is not delivered."""

    numero_unique: str
    nom: str | None
    nom_naissance: str | None
    prenom: str | None
    date_naissance: dt.date | None
    nom_cotitulaire: str | None
    prenom_cotitulaire: str | None
    date_naissance_cotitulaire: dt.date | None
    code_postal: str | None
    commune: str | None
    taille_menage: int | None


def livraison_nominative(dossier: Dossier, departement: str) -> Livraison | None:
    """Return the newest delivery of a département, in force, whose names are there."""
    suite = reversed(dossier.version().de(departement))
    return next((une for une in suite if fichier_nominatif(dossier, une).exists()), None)


def identites(dossier: Dossier, departement: str, numeros: Iterable[str]) -> dict[str, Identite]:
    """Return the fields to compare of these demandes, by numéro; one whose names are gone is not.

    Raises:
        Refus: the names cannot be read.
    """
    livraison = livraison_nominative(dossier, departement)
    voulus = list(numeros)
    if livraison is None or not voulus:
        return {}
    noms = fichier_nominatif(dossier, livraison)
    try:
        with duckdb.connect() as con:
            lignes = con.execute(
                "SELECT numero_unique, nom, nom_naissance, prenom, date_naissance, "
                "nom_cotitulaire, prenom_cotitulaire, date_naissance_cotitulaire, code_postal, "
                f"commune_log_actuel, taille_menage FROM read_parquet({citer(str(noms))}) AS i "
                f"LEFT JOIN read_parquet({citer(str(dossier.archive(livraison) / STOCK))}) AS s "
                "USING (numero_unique) WHERE numero_unique IN (SELECT unnest(?))",
                [voulus],
            ).fetchall()
    except ILLISIBLES as erreur:
        raise Refus(
            "le fichier des noms est abîmé", str(noms), "Le remettre : infocentre reparer."
        ) from erreur
    return {ligne[0]: Identite(*ligne) for ligne in lignes}


@dataclass(frozen=True, slots=True)
class Source:
    """The two files that persons of a département are read from."""

    identites: Path
    stock: Path


def sources(dossier: Dossier, livraisons: list[Livraison]) -> list[Source]:
    """Return the files of these deliveries; raise Refus when one is not what was written."""
    exiger_archives(dossier, livraisons, (STOCK, IDENTITES))
    return [
        Source(fichier_nominatif(dossier, une), dossier.archive(une) / STOCK) for une in livraisons
    ]


def preparer_personnes(con: duckdb.DuckDBPyConnection, lues: list[Source]) -> None:
    """Create `personnes`: the active demandes of these files that have an identity.

    Names are normalised as the indicators do; `personne` is their key, null when a part is empty.
    A birth on January 1st is often one whose day is unknown: `naissance` is null there, `annee`
    is kept; in 1900 or before, nothing of it is known. The exact rule, which is the indicators'
    own, still reads the date. `ecritures` are the first names that this one is a writing of.
    `ligne` is an integer for each; `empreinte` tells whether what is compared has changed.
    """
    noms = [citer(str(une.identites)) for une in lues]
    stocks = [citer(str(une.stock)) for une in lues]
    con.execute(
        "CREATE OR REPLACE TEMP VIEW identites AS "
        f"FROM read_parquet([{', '.join(noms)}], union_by_name = true)"
    )
    normaliser_noms(con, NOMS)
    poser_ecritures(con)
    con.execute(f"""
        CREATE OR REPLACE TABLE personnes AS
        SELECT *, (row_number() OVER ())::INTEGER AS ligne, hash({", ".join(COMPARES)}) AS empreinte
        FROM (SELECT i.departement, i.numero_unique, s.date_creation,
            substring(i.numero_unique, 1, 3) AS territoire,
            {_normal("nom")}, {_normal("nom_naissance")}, {_normal("prenom")},
            {_PRENOMS} AS prenoms, i.date_naissance,
            coalesce(e.ecritures, []) AS ecritures,
            strftime({_NAISSANCE}, '%Y%m%d') AS chiffres,
            dayofyear({_NAISSANCE}) > 1 AS jour_connu,
            if(dayofyear({_NAISSANCE}) = 1, NULL, {_NAISSANCE}) AS naissance,
            year({_NAISSANCE}) AS annee,
            {_normal("nom_cotitulaire")}, {_normal("prenom_cotitulaire")},
            i.date_naissance_cotitulaire, i.code_postal,
            s.commune_log_actuel AS commune, s.taille_menage,
            {sql_personne("i.numero_unique", "nom.normal", "prenom.normal", "i.date_naissance")}
                AS personne
        FROM identites AS i
        JOIN read_parquet([{", ".join(stocks)}], union_by_name = true) AS s
            USING (departement, numero_unique)
        {" ".join(f"LEFT JOIN noms AS {c} ON i.{c} = {c}.texte" for c in NOMS)}
        LEFT JOIN ecritures AS e ON e.prenom = prenom.normal)""")
    con.execute("DROP TABLE noms; DROP TABLE ecritures")


def _normal(colonne: str) -> str:
    return f"nullif({colonne}.normal, '') AS {colonne}"
