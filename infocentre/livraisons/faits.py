"""Facts of a delivery, counted over the rows kept of each table: what vraisemblance judges.

Only counts, means of a whole table and codes leave the rows: nothing here names a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import polars as pl

from infocentre.contrat import Colonne, Table
from infocentre.contrat.territoires import codes_des_communes
from infocentre.entrepot.description import Faits, FaitsColonne, FaitsDate
from infocentre.livraisons.intrus import HORS_LISTE as HL
from infocentre.livraisons.natures import HORS_LISTE, ILLISIBLE, SANS_CLE

CODES_GARDES = 40
ORIGINE = dt.date(1900, 1, 1)
MONTANT_MAX = 1e12
PAYS = "99"  # the beginning of the code of a country
# What the first two bytes of « é », « œ » or « ’ » in UTF-8 are in Windows-1252.
MAL_DECODE = "[ÂÃÅ][{}]|â€".format(
    "".join(bytes([un]).decode("cp1252", "ignore") or chr(un) for un in range(0x80, 0xC0))
)
MILLE, PRES = 1_000_000, 1e-6  # thousandths: of a thousand, and how near to a whole number

Anomalies = Mapping[tuple[str, str, str], int]  # rows by table, column and nature
Inconnus = Mapping[str, Mapping[str, int]]  # rows by column, then code of guichet


def compter_faits(
    trame: pl.DataFrame, table: Table, arrete: dt.date, anomalies: Anomalies, inconnus: Inconnus
) -> Faits:
    """Return the facts of the rows kept of a table."""
    return {
        "colonnes": {
            un.nom: _colonne(trame, table, un, anomalies) for un in _archivees(trame, table)
        },
        "dates": {
            un.nom: _date(trame[un.champ], arrete) for un in _surveillees(trame, table, "acte")
        },
        "moyennes": {nom: un for nom, un in _moyennes(trame, table) if un is not None},
        "guichets": {nom: sum(siens.values()) for nom, siens in inconnus.items()},
        "repartitions": dict(_repartitions(trame, table)),
        "milliemes": {nom: un for nom, un in _milliemes(trame, table) if un},
        "communes": {nom: un for nom, un in _sans_commune(trame, table) if un},
        "accents": {nom: un for nom, un in _mal_decodes(trame, table) if un},
    }


def compter_guichets_inconnus(trame: pl.DataFrame, table: Table, connus: pl.Series) -> Inconnus:
    """Return the rows of a table by code of guichet that the register (`connus`) does not have."""
    return {
        colonne.nom: dict(_inconnus(trame[colonne.champ], connus).iter_rows())
        for colonne in _surveillees(trame, table, "guichet")
    }


def _archivees(trame: pl.DataFrame, table: Table) -> list[Colonne]:
    return [une for une in table.colonnes if une.champ in trame.columns]


def _surveillees(trame: pl.DataFrame, table: Table, role: str) -> list[Colonne]:
    return [une for une in _archivees(trame, table) if role in {une.vraisemblance, une.nature}]


def _colonne(
    trame: pl.DataFrame, table: Table, colonne: Colonne, anomalies: Anomalies
) -> FaitsColonne:
    """Count what was delivered of a column, what of it could not be read, what no list has."""
    illisibles = sum(
        anomalies.get((table.nom, colonne.nom, nature), 0) for nature in (ILLISIBLE, SANS_CLE)
    )
    return {
        "renseignees": trame.height - trame[colonne.champ].null_count() + illisibles,
        "illisibles": illisibles,
        "hors_liste": anomalies.get((table.nom, colonne.nom, HORS_LISTE), 0),
    }


def _date(jours: pl.Series, arrete: dt.date) -> FaitsDate:
    futures = jours > arrete
    dernier = jours.filter(~futures).max()
    return {"futures": int(futures.sum()), "dernier": str(dernier) if dernier else None}


def _moyennes(trame: pl.DataFrame, table: Table) -> Iterator[tuple[str, float | None]]:
    for colonne in _archivees(trame, table):
        valeurs = trame[colonne.champ]
        if colonne.vraisemblance == "grandeur":
            logs = valeurs.filter((valeurs > 0) & (valeurs < MONTANT_MAX)).log().to_frame()
            yield colonne.nom, _arrondir(logs.select(pl.first().mean().exp()), 2)
        elif colonne.vraisemblance == "acte" or (
            colonne.type == "naissance" and not table.nominative
        ):
            jours = (valeurs - ORIGINE).dt.total_days().to_frame()
            moyenne = _arrondir(jours.select(pl.first().mean()), 0)
            yield colonne.nom, None if moyenne is None else int(moyenne)


def _milliemes(trame: pl.DataFrame, table: Table) -> Iterator[tuple[str, int]]:
    """Count the amounts of three decimals: no price has any, « 52.038 » is 52 038 euros."""
    for colonne in _archivees(trame, table):
        if colonne.nature == "euros":
            milliemes = trame[colonne.champ].drop_nulls() * 1000
            entiers = milliemes.round()
            trois = ((milliemes - entiers).abs() < PRES) & (entiers % 10 != 0)
            yield colonne.nom, int((trois & (entiers.abs() < MILLE)).sum())


def _sans_commune(trame: pl.DataFrame, table: Table) -> Iterator[tuple[str, int]]:
    """Count the codes that no commune of France has, nor any country: postal codes, most often."""
    for colonne in _archivees(trame, table):
        if colonne.nature == "commune":
            comptes = dict(_compter(trame[colonne.champ]).iter_rows())
            sans = comptes.keys() - codes_des_communes() - {HL}
            yield colonne.nom, sum(comptes[un] for un in sans if not un.startswith(PAYS))


def _mal_decodes(trame: pl.DataFrame, table: Table) -> Iterator[tuple[str, int]]:
    """Count the texts of UTF-8 that was read as Windows-1252, then written again: « CitÃ© »."""
    for colonne in _archivees(trame, table):
        if colonne.type == "texte":
            comptes = _compter(trame[colonne.champ])
            mal = comptes[colonne.champ].str.contains(MAL_DECODE)
            yield colonne.nom, int(comptes.filter(mal)["count"].sum())


def _arrondir(moyenne: pl.DataFrame, decimales: int) -> float | None:
    arrondie: float | None = moyenne.select(
        pl.first().round(decimales, "half_away_from_zero")
    ).item()
    return arrondie


def _repartitions(trame: pl.DataFrame, table: Table) -> Iterator[tuple[str, dict[str, int]]]:
    """Count the most frequent values of key codes, and the territories of the numéros."""
    if table.nominative:
        return
    for colonne in _surveillees(trame, table, "repartition"):
        yield colonne.nom, _frequents(trame[colonne.champ])
    if "NUMERO_UNIQUE" in table.par_nom:
        yield "TERRITOIRE", _frequents(trame["numero_unique"].str.head(3))


def _frequents(codes: pl.Series) -> dict[str, int]:
    comptes = _compter(codes).sort("count", codes.name, descending=[True, False])
    return dict(comptes.head(CODES_GARDES).iter_rows())


def _inconnus(codes: pl.Series, connus: pl.Series) -> pl.DataFrame:
    comptes = _compter(codes)
    return comptes.filter(~comptes[codes.name].is_in(connus.implode()))


def _compter(codes: pl.Series) -> pl.DataFrame:
    """Return the values of a column as texts, and how many rows have each (`count`)."""
    return codes.drop_nulls().value_counts().with_columns(pl.col(codes.name).cast(pl.String))
