"""Every case of tests/indicateurs/: given rows, expected numerators and denominators.

A case's rows get `departement`, `arrete` and a key of their own when they give none. `attendu`
holds the counts of each guichet (no 12-month ones for a stock); a guichet left out has none.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from infocentre.catalogue import Catalogue, sql_anomalies, sql_comptes
from infocentre.catalogue.schema import creer_tables, relations
from infocentre.contrat import contrat
from infocentre.noyau import fichiers_yaml

DOSSIER = Path(__file__).parents[1] / "indicateurs"
ARRETE = date(2026, 10, 31)
DEPARTEMENT = "013"


class Cas(NamedTuple):
    """One given/expected case of one indicator."""

    code: str
    arrete: date
    lignes: list[tuple[str, dict[str, Any]]]
    attendu: dict[str, dict[str, int]]
    explications: list[str]


def _lire_cas() -> Iterator[Any]:
    for chemin in sorted(DOSSIER.glob("*.yml")):
        fiche = fichiers_yaml.lire(chemin.read_text("utf-8"))
        for brut in fiche["cas"]:
            cas = Cas(
                chemin.stem,
                brut.get("arrete", ARRETE),
                list(_lignes(fiche.get("defaut", {}), fiche.get("communs", {}), brut["tables"])),
                brut["attendu"],
                brut.get("explications", []),
            )
            yield pytest.param(cas, id=f"{chemin.stem}: {brut['nom']}")


def _lignes(
    defaut: dict[str, Any], communs: dict[str, Any], propres: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for table, lignes in communs.items():
        yield from ((table, ligne) for ligne in lignes)
    for table, lignes in propres.items():
        yield from ((table, defaut.get(table, {}) | ligne) for ligne in lignes)


@pytest.fixture(scope="module")
def base() -> duckdb.DuckDBPyConnection:
    connexion = duckdb.connect(config={"threads": 1})
    creer_tables(connexion)
    return connexion


def _charger(base: duckdb.DuckDBPyConnection, cas: Cas) -> None:
    for table in relations():
        base.execute(f"delete from {table}")
    for rang, (table, donnees) in enumerate(cas.lignes):
        ligne = _completer(table, donnees, cas.arrete, rang)
        marques = ", ".join("?" * len(ligne))
        colonnes = ", ".join(ligne)
        base.execute(f"insert into {table} ({colonnes}) values ({marques})", list(ligne.values()))


def _completer(table: str, donnees: dict[str, Any], arrete: date, rang: int) -> dict[str, Any]:
    if table not in contrat().tables:
        return donnees
    cle = contrat().tables[table].cle.lower()
    ligne: dict[str, Any] = {cle: f"{cle}-{rang}", "departement": DEPARTEMENT, "arrete": arrete}
    ligne |= donnees
    return ligne | {"mois": ligne["arrete"].strftime("%Y-%m")}


def _compter(
    base: duckdb.DuckDBPyConnection, catalogue: Catalogue, cas: Cas
) -> dict[str, dict[str, int]]:
    indicateur = catalogue.indicateurs[cas.code]
    comptes = sql_comptes(catalogue, indicateur.population)
    lignes = base.execute(
        f"""select guichet,
                coalesce(sum(n_{cas.code}) filter (where mois_juge = mois), 0) as numerateur,
                coalesce(sum(d_{cas.code}) filter (where mois_juge = mois), 0) as denominateur,
                sum(n_{cas.code}) as numerateur_12m,
                sum(d_{cas.code}) as denominateur_12m
            from ({comptes}) where mois = ? group by guichet having denominateur_12m > 0""",
        [cas.arrete.strftime("%Y-%m")],
    ).fetchall()
    fenetres = ("numerateur", "denominateur", "numerateur_12m", "denominateur_12m")
    gardees = 2 if catalogue.populations[indicateur.population].nature == "stock" else 4
    return {
        guichet: dict(zip(fenetres[:gardees], map(int, valeurs[:gardees]), strict=True))
        for guichet, *valeurs in lignes
    }


@pytest.mark.parametrize("cas", list(_lire_cas()))
def test_counts_and_anomalies(
    base: duckdb.DuckDBPyConnection, catalogue: Catalogue, cas: Cas
) -> None:
    _charger(base, cas)
    comptes = _compter(base, catalogue, cas)
    assert comptes == cas.attendu

    anomalies = base.sql(sql_anomalies(catalogue, cas.code))
    lignes = [dict(zip(anomalies.columns, ligne, strict=True)) for ligne in anomalies.fetchall()]
    assert _par_guichet(lignes) == _numerateurs(comptes)
    assert len({(ligne["departement"], ligne["mois"], ligne["unite"]) for ligne in lignes}) == len(
        lignes
    )
    assert all(ligne["explication"] and ligne["code"] == cas.code for ligne in lignes)
    if catalogue.indicateurs[cas.code].gravite:
        # What is measured is not always there (an access never used); it never goes the other way.
        assert all(ligne["gravite"] is None or ligne["gravite"] >= 0 for ligne in lignes)
    if cas.explications:
        assert sorted(ligne["explication"] for ligne in lignes) == sorted(cas.explications)


def _par_guichet(lignes: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    comptes: dict[str, tuple[int, int]] = {}
    for ligne in lignes:
        mois, tous = comptes.get(ligne["guichet"], (0, 0))
        du_mois = ligne["mois_juge"] == ligne["mois"]
        comptes[ligne["guichet"]] = (mois + du_mois, tous + 1)
    return comptes


def _numerateurs(comptes: dict[str, dict[str, int]]) -> dict[str, tuple[int, int]]:
    return {
        guichet: (un["numerateur"], un.get("numerateur_12m", un["numerateur"]))
        for guichet, un in comptes.items()
        if un.get("numerateur_12m", un["numerateur"])
    }
