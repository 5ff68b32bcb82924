"""Make the reference data of infocentre/contrat/referentiels from an npm package.

Usage, once a year, after `npm pack @etalab/decoupage-administratif` and `tar xf` of its result:

    python scripts/build_referentiels.py PACKAGE_FOLDER --millesime 2026

The result depends on the package alone: the same folder gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl

Row = dict[str, Any]

REFERENTIELS = Path(__file__).parent.parent / "infocentre" / "contrat" / "referentiels"
TODAY = "commune-actuelle"
# What each control, page and reader of SQL reads: as a CSV it took three times as long.
COMMUNES = pl.Schema(
    {
        "code": pl.String,
        "nom": pl.String,
        "type": pl.String,
        "departement": pl.String,
        "region": pl.String,
        "epci": pl.String,
        "epci_nom": pl.String,
        "population": pl.Int64,
        "arrondissement": pl.String,
        "arrondissement_nom": pl.String,
    }
)
DEPARTEMENTS = ("code", "nom", "region", "region_nom", "zone")


def main() -> None:
    """Write communes.parquet, departements.csv and millesime.json."""
    parser = argparse.ArgumentParser(description="Make the reference data from the npm package.")
    parser.add_argument("package", type=Path, help="folder of the unpacked npm package")
    parser.add_argument("--millesime", type=int, required=True, help="year of the package's README")
    arguments = parser.parse_args()
    communes = pl.DataFrame(communes_of(arguments.package), COMMUNES)
    communes.write_parquet(REFERENTIELS / "communes.parquet", compression="zstd")
    departements = csv_bytes(departements_of(arguments.package), DEPARTEMENTS)
    (REFERENTIELS / "departements.csv").write_bytes(departements)
    write_millesime(arguments.package, arguments.millesime)


def communes_of(package: Path) -> list[Row]:
    """One row per code: where two share one, the commune of today, not what it absorbed.

    Parts of a commune have the EPCI of the commune they belong to.
    """
    epcis = epci_by_commune(package)
    names = {row["code"]: row["nom"] for row in data(package, "arrondissements")}
    rows = sorted(data(package, "communes"), key=lambda row: (row["code"], row["type"] == TODAY))
    return [commune_row(row, epcis, names) for row in {row["code"]: row for row in rows}.values()]


def commune_row(row: Row, epcis: dict[str, Row], arrondissements: dict[str, str]) -> Row:
    """Row of communes.parquet; null where the source has nothing."""
    epci = epcis.get(row.get("commune") or row.get("chefLieu") or row["code"], {})
    arrondissement = row.get("arrondissement") or None  # '' in Mayotte
    return {
        "code": row["code"],
        "nom": row["nom"],
        "type": row["type"],
        "departement": departement_code(row["departement"]),
        "region": row["region"],
        "epci": epci.get("code"),
        "epci_nom": epci.get("nom"),
        "population": row.get("population"),
        "arrondissement": arrondissement,
        "arrondissement_nom": arrondissements.get(arrondissement or ""),
    }


def departements_of(package: Path) -> list[Row]:
    """One row per département and collectivité d'outre-mer, its code on three characters."""
    regions = {row["code"]: row["nom"] for row in data(package, "regions")}
    rows = [
        {
            "code": departement_code(row["code"]),
            "nom": row["nom"],
            "region": row["region"],
            "region_nom": regions[row["region"]],
            "zone": row["zone"],
        }
        for row in data(package, "departements")
    ]
    return sorted(rows, key=lambda row: str(row["code"]))


def epci_by_commune(package: Path) -> dict[str, Row]:
    """EPCI à fiscalité propre of each commune-actuelle that has one."""
    return {membre["code"]: epci for epci in data(package, "epci") for membre in epci["membres"]}


def departement_code(code: str) -> str:
    """Code on three characters, as in the numéro unique: 13 -> 013, 2A -> 02A, 971 -> 971."""
    return code.zfill(3)


def data(package: Path, name: str) -> list[Row]:
    """Rows of one JSON file of the package."""
    rows: list[Row] = json.loads((package / "data" / f"{name}.json").read_text("utf-8"))
    return rows


def csv_bytes(rows: list[Row], columns: tuple[str, ...]) -> bytes:
    """UTF-8, comma, LF, header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write_millesime(package: Path, millesime: int) -> None:
    """Write where the data come from, for people who read a figure by commune or EPCI."""
    package_json = json.loads((package / "package.json").read_text("utf-8"))
    content = {
        "source": package_json["name"],
        "version": package_json["version"],
        "millesime": millesime,
        "licence": "Licence Ouverte 2.0 (Etalab)",
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    (REFERENTIELS / "millesime.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
