"""The triangle, and the estimate of a young month beside its count."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from infocentre.mesures import actualiser_triangle, calculer_estimations
from infocentre.mesures.estimations import estimer
from infocentre.mesures.mack import Reels

Con = duckdb.DuckDBPyConnection
# Share of a month's entries that are there at its own arrêté, one month later …
ARRIVEES = np.array([0.6, 0.2, 0.08, 0.04, 0.03, 0.02, 0.01, 0.01, 0.004, 0.003, 0.002, 0.001])


def mois(rang: int) -> str:
    return f"{2024 + rang // 12}-{rang % 12 + 1:02d}"


def controler(con: Con, arretes: list[int], comptes: dict[tuple[int, int], int]) -> None:
    """Give the denominators of FLUX_G by (arrêté, month judged); a tenth in anomaly."""
    con.execute("create table valeurs (code varchar, departement varchar, mois varchar, "
                "niveau varchar, etat varchar)")  # fmt: skip
    for arrete in arretes:
        con.execute("insert into calculabilite values ('FLUX_G', '013', ?, true)", [mois(arrete)])
        con.execute(
            "insert into valeurs values ('FLUX_G', '013', ?, 'departement', 'vert')",
            [mois(arrete)],
        )
    for (arrete, juge), d in comptes.items():
        con.execute(
            "insert into comptes values ('FLUX_G', '013', 'G1', ?, ?, ?, ?)",
            [mois(arrete), mois(juge), d // 10, d],
        )
    actualiser_triangle(con)
    calculer_estimations(con)


def regulier(arretes: range, volume: int) -> dict[tuple[int, int], int]:
    cumul = ARRIVEES.cumsum()
    return {
        (arrete, arrete - age): round(volume * float(cumul[age]))
        for arrete in arretes
        for age in range(12)
    }


def estimation(con: Con, rang: int, mesure: str = "denominateur") -> tuple[object, ...]:
    lignes = con.execute(
        "select mois, constate, estime, borne_basse, borne_haute, completude, "
        "saisie_tardive_probable from estimations where mois_juge = ? and mesure = ?",
        [mois(rang), mesure],
    ).fetchall()
    assert len(lignes) == 1
    return tuple(lignes[0])


def test_a_regular_series_is_completed_exactly(con: Con) -> None:
    controler(con, list(range(12, 24)), regulier(range(12, 24), 1000))
    arrete, constate, estime, basse, haute, completude, tardive = estimation(con, 23)
    assert (arrete, constate, tardive) == (mois(23), 600, True)
    assert (estime, basse, haute) == pytest.approx((1000, 1000, 1000), rel=1e-6)
    assert completude == pytest.approx(0.6)


def test_an_old_month_is_its_own_estimate_and_warns_of_nothing(con: Con) -> None:
    controler(con, list(range(12, 24)), regulier(range(12, 24), 1000))
    assert estimation(con, 12) == (mois(23), 1000, 1000, 1000, 1000, 1, False)
    assert estimation(con, 16)[6] is False  # 99 % are there
    assert con.execute("select count(*) from estimations").fetchone() == (24,)


def test_few_months_give_no_estimate(con: Con) -> None:
    controler(con, list(range(12, 17)), regulier(range(12, 17), 1000))
    assert estimation(con, 16) == (mois(16), 600, None, None, None, None, False)


def test_small_counts_give_no_estimate(con: Con) -> None:
    controler(con, list(range(12, 24)), regulier(range(12, 24), 30))
    assert estimation(con, 23)[1:3] == (18, None)
    assert estimation(con, 23, "numerateur")[1:3] == (1, None)


def test_a_month_not_controlled_is_a_hole_not_a_zero(con: Con) -> None:
    arretes = [arrete for arrete in range(12, 30) if arrete != 20]
    comptes = {k: v for k, v in regulier(range(12, 30), 1000).items() if k[0] != 20}
    controler(con, arretes, comptes)
    assert estimation(con, 29)[2] == pytest.approx(1000, rel=1e-6)


def test_nothing_controlled_gives_nothing(con: Con) -> None:
    controler(con, [], {})
    assert con.execute("select count(*) from estimations").fetchone() == (0,)


def test_the_triangle_keeps_other_months_and_replaces_those_counted_again(con: Con) -> None:
    controler(con, [12, 13], {(12, 12): 50, (13, 13): 60, (13, 12): 70})
    con.execute("delete from calculabilite; delete from comptes")
    con.execute("insert into calculabilite values ('FLUX_G', '013', ?, true)", [mois(13)])
    for guichet, d in (("G1", 61), ("G2", 4)):
        con.execute(
            "insert into comptes values ('FLUX_G', '013', ?, ?, ?, 0, ?)",
            [guichet, mois(13), mois(13), d],
        )
    actualiser_triangle(con)
    lignes = con.execute(
        "select mois, mois_juge, guichet, denominateur from triangle order by all"
    ).fetchall()
    assert lignes == [
        (mois(12), mois(12), "*", 50),
        (mois(12), mois(12), "G1", 50),
        (mois(13), mois(13), "*", 65),
        (mois(13), mois(13), "G1", 61),
        (mois(13), mois(13), "G2", 4),
    ]


def simuler(arretes: int, series: int, volume: float) -> tuple[Reels, Reels]:
    """Return triangles seen up to the newest arrêté, and the final counts then hidden."""
    hasard = np.random.default_rng(1993)
    nombre = arretes + 11
    finals = hasard.poisson(volume, (series, nombre))
    cumuls = hasard.multinomial(finals, ARRIVEES).cumsum(axis=2).astype(float)
    juges, ages = np.indices((nombre, 12))
    vus = (juges + ages >= 11) & (juges + ages < nombre)
    triangles = np.where(vus, cumuls, np.nan)[:, ::-1]
    return triangles, finals[:, ::-1][:, :12].astype(float)


@pytest.mark.parametrize(("arretes", "volume"), [(12, 100), (25, 100), (25, 1000)])
def test_hiding_the_last_months_of_a_known_series(arretes: int, volume: float) -> None:
    triangles, finals = simuler(arretes, 200, volume)
    estimation = estimer(triangles)
    jeunes = slice(0, 4)
    dedans = (estimation.borne_basse <= finals) & (finals <= estimation.borne_haute)
    assert 0.90 <= dedans[:, jeunes].mean() <= 0.99
    assert np.mean(estimation.estime[:, jeunes] / finals[:, jeunes]) == pytest.approx(1, abs=0.02)
