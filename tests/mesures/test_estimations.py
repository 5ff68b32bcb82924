"""The triangle, and the estimate of a young month beside its count."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import pytest
from scipy import optimize, stats

from benchmarks.simulations import Monde
from benchmarks.statistiques import apres_une_rupture
from infocentre.mesures.estimations import actualiser_triangle, calculer_estimations, estimer

Con = duckdb.DuckDBPyConnection
# Share of a month's entries that are there at its own arrêté, one month later …
ARRIVEES = np.array([0.6, 0.2, 0.08, 0.04, 0.03, 0.02, 0.01, 0.01, 0.004, 0.003, 0.002, 0.001])


def mois(rang: int) -> str:
    return f"{2024 + rang // 12}-{rang % 12 + 1:02d}"


def controler(con: Con, arretes: list[int], comptes: dict[tuple[int, int], int]) -> None:
    """Give the denominators of FLUX_G by (arrêté, month judged); a tenth in anomaly."""
    con.execute(
        "create table valeurs (code varchar, departement varchar, mois varchar, "
        "niveau varchar, etat varchar)"
    )
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
    assert estime == pytest.approx(1000, rel=1e-6)
    # Nothing varied, but 400 units that come one by one do: 11 steps, Student 2.228, √(1 + 5 / 11).
    annoncee = 2.228 * math.sqrt(math.log(1 + 400 / 1000**2)) * math.sqrt(16 / 11) / 1.96
    # A month as the 19 that are nearly whole: 1 000 units that come one by one, Student 2.101.
    autres = 2.101 * math.sqrt((1 + 1 / 19) / 1000) / 1.96
    # Eleven others had 600 units at that age: habits changed by 2.5 out of 3.75 and the density.
    poids = 2.5 / (3.75 + 1 / math.sqrt(2 * math.pi * (1 + 1 / 11) / 600))
    rayon = optimize.brentq(
        lambda x: (
            (1 - poids) * stats.norm.sf(x / annoncee) + poids * stats.norm.sf(x / autres) - 0.025
        ),
        0,
        1,
    )
    assert basse == pytest.approx(math.floor(1000 * math.exp(-rayon)), abs=1)
    assert haute == pytest.approx(math.ceil(1000 * math.exp(rayon)), abs=1)
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


def test_a_month_half_empty_gives_no_estimate_and_says_so(con: Con) -> None:
    comptes = regulier(range(12, 36), 1000)
    comptes[35, 35] = 300  # 600 are there in the other months
    controler(con, list(range(12, 36)), comptes)
    assert estimation(con, 35) == (mois(35), 300, None, None, None, None, True)
    assert estimation(con, 34)[2] == pytest.approx(1000, rel=1e-6)
    assert rompus(con) == {mois(35)}


def test_a_step_that_months_no_longer_make_withholds_every_estimate(con: Con) -> None:
    comptes = regulier(range(12, 36), 1000)
    for arrete in range(32, 36):  # four months: 300 at their own arrêté, 650 at the next
        for age, compte in enumerate((300, 650, 790, 860)[: 36 - arrete]):
            comptes[arrete + age, arrete] = compte
    controler(con, list(range(12, 36)), comptes)
    assert rompus(con) == {mois(rang) for rang in range(25, 36)}
    assert estimation(con, 30)[2:6] == (None, None, None, None)
    assert estimation(con, 24)[1:5] == (1000, 1000, 1000, 1000), "the whole month is what it is"


def rompus(con: Con) -> set[str]:
    lignes = con.execute(
        "select mois_juge from estimations where rupture and mesure = 'denominateur'"
    ).fetchall()
    return {mois_juge for (mois_juge,) in lignes}


@pytest.mark.parametrize(
    ("monde", "arretes"),
    [
        (Monde("promptes", 40), 7),
        (Monde("moyennes", 150), 13),
        (Monde("lentes", 1000, activite=0.1, ete=0.2, regularite=300), 25),
    ],
)
def test_the_interval_holds_what_months_come_to_at_every_age(monde: Monde, arretes: int) -> None:
    triangles, finals = monde.tirer(np.random.default_rng(1993), 300, arretes)
    estimation = estimer(triangles)
    dedans = (estimation.borne_basse <= finals) & (finals <= estimation.borne_haute)
    assert (dedans.mean(axis=0) >= 0.93).all(), dedans.mean(axis=0)
    jeunes = estimation.estime[:, :4] / finals[:, :4]
    assert np.mean(jeunes) == pytest.approx(1, abs=0.02)
    assert estimation.rupture.mean() <= 0.05


def test_after_a_rupture_no_wrong_estimate_goes_without_a_warning() -> None:
    monde = Monde("moyennes", 1000, activite=0.03, ensuite="relâchées")
    fausses, tues, biais = apres_une_rupture(monde, series=50)
    assert biais == pytest.approx(-0.5, abs=0.02)
    assert fausses >= 300
    assert tues == 0
