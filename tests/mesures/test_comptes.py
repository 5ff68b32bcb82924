"""From a population's rows to the long table of counts and the rules beside it."""

from __future__ import annotations

import duckdb

from infocentre.mesures import assembler_comptes, compter, ecrire_regles, populations
from tests.mesures.petit_catalogue import catalogue

Con = duckdb.DuckDBPyConnection


def source(con: Con, population: str, lignes: list[tuple[str, str, int | None]]) -> None:
    con.execute(
        f"create table {population}_source (unite varchar, departement varchar, guichet varchar, "
        "arrete date, mois varchar, jour date, numero_unique varchar, valeur integer)"
    )
    for rang, (guichet, jour, valeur) in enumerate(lignes):
        con.execute(
            f"insert into {population}_source values "
            "(?, '013', ?, '2026-10-31', '2026-10', ?, null, ?)",
            [str(rang), guichet, jour, valeur],
        )


def test_one_row_per_indicator_guichet_and_month_judged(con: Con) -> None:
    source(
        con,
        "lignes",
        [
            ("G1", "2026-10-01", 11),
            ("G1", "2026-10-31", None),
            ("G1", "2026-09-30", 10),
            ("G2", "2026-10-15", None),
        ],
    )
    source(con, "autres", [("G1", "2026-10-31", 0)])
    un = catalogue()
    for population in populations(un):
        compter(con, un, population)
    assembler_comptes(con, un)
    colonnes = "code, guichet, mois, mois_juge, numerateur, denominateur"
    assert con.execute(f"select {colonnes} from comptes order by all").fetchall() == [
        ("TEST_GRAND", "G1", "2026-10", "2026-09", 0, 1),
        ("TEST_GRAND", "G1", "2026-10", "2026-10", 1, 2),
        ("TEST_GRAND", "G2", "2026-10", "2026-10", 0, 1),
        ("TEST_NUL", "G1", "2026-10", "2026-09", 0, 1),
        ("TEST_NUL", "G1", "2026-10", "2026-10", 1, 2),
        ("TEST_ZERO", "G1", "2026-10", "2026-10", 1, 1),
    ]


def test_only_the_long_table_stays(con: Con) -> None:
    for population in ("lignes", "autres"):
        source(con, population, [])
        compter(con, catalogue(), population)
    assembler_comptes(con, catalogue())
    tables = con.execute("select table_name from duckdb_tables() order by 1").fetchall()
    assert not {"comptes_lignes", "comptes_autres"} & {nom for (nom,) in tables}


def test_rules_are_those_of_the_catalogue_in_its_order(con: Con) -> None:
    ecrire_regles(con, catalogue())
    colonnes = "ordre, code, population, nature, tolerance_zero, seuil_orange, seuil_rouge, mostly"
    assert con.execute(f"select {colonnes} from regles order by all").fetchall() == [
        (0, "TEST_GRAND", "lignes", "flux", False, 0.02, 0.05, 0.9),
        (1, "TEST_NUL", "lignes", "flux", False, 0.02, 0.05, 0.9),
        (2, "TEST_ZERO", "autres", "stock", True, None, None, None),
    ]
