"""Windows, states, intervals, rank and funnel, from counts given by hand."""

from __future__ import annotations

import math
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infocentre.mesures import calculer_valeurs, wilson
from tests.mesures.tables import ouvrir

Con = duckdb.DuckDBPyConnection
Compte = tuple[str, str, int, int]  # guichet, mois_juge, numerateur, denominateur
M, M_1, M_11 = "2026-10", "2026-09", "2025-11"


def donner(con: Con, code: str, comptes: list[Compte], *, calculable: bool = True) -> None:
    con.execute("insert into calculabilite values (?, '013', ?, ?)", [code, M, calculable])
    for guichet, mois_juge, n, d in comptes:
        con.execute(
            "insert into comptes values (?, '013', ?, ?, ?, ?, ?)",
            [code, guichet, M, mois_juge, n, d],
        )


def inscrire(con: Con, guichet: str, type_guichet: str, organisme: str | None = None) -> None:
    con.execute(
        "insert into registre values ('013', ?, ?, 'nom', ?, ?)",
        [M, guichet, type_guichet, organisme or guichet],
    )


def valeur(con: Con, code: str, guichet: str, niveau: str = "guichet") -> dict[str, Any]:
    calculer_valeurs(con)
    resultat = con.execute(
        "from valeurs_calculees where code = ? and guichet = ? and niveau = ?",
        [code, guichet, niveau],
    )
    noms = [colonne[0] for colonne in resultat.description]
    lignes = resultat.fetchall()
    assert len(lignes) == 1
    return dict(zip(noms, lignes[0], strict=True))


def wilson_attendu(n: int, d: int) -> tuple[float, float]:
    z, p = 1.96, n / d
    centre, rayon = p + z * z / 2 / d, z * math.sqrt(p * (1 - p) / d + z * z / 4 / d / d)
    return (centre - rayon) / (1 + z * z / d), (centre + rayon) / (1 + z * z / d)


def test_the_two_windows_come_from_the_month_judged(con: Con) -> None:
    donner(con, "FLUX_G", [("G1", M, 1, 4), ("G1", M_1, 2, 30), ("G1", M_11, 0, 6)])
    un = valeur(con, "FLUX_G", "G1")
    assert (un["numerateur"], un["denominateur"], un["taux"]) == (1, 4, 0.25)
    assert (un["numerateur_12m"], un["denominateur_12m"], un["taux_12m"]) == (3, 40, 3 / 40)
    assert un["nb_mois"] == 3


def test_the_state_of_a_flow_is_that_of_the_12_months(con: Con) -> None:
    donner(con, "FLUX_G", [("G1", M, 1, 4), ("G1", M_1, 20, 96)])
    un = valeur(con, "FLUX_G", "G1")
    assert (un["etat_mois"], un["etat"]) == ("effectif_insuffisant", "rouge")
    assert (un["fenetre"], un["n_etat"], un["d_etat"], un["taux_etat"]) == ("12m", 21, 100, 0.21)
    assert (un["borne_basse"], un["borne_haute"]) == pytest.approx(wilson_attendu(21, 100))


def test_a_stock_is_judged_on_its_month_and_has_no_12_months(con: Con) -> None:
    donner(con, "STOCK_G", [("G1", M, 6, 100)])
    un = valeur(con, "STOCK_G", "G1")
    assert (un["etat_mois"], un["etat"], un["nb_mois"]) == ("orange", "orange", 1)
    assert (un["fenetre"], un["n_etat"], un["d_etat"], un["taux_etat"]) == ("mois", 6, 100, 0.06)
    assert un["numerateur_12m"] is un["denominateur_12m"] is un["taux_12m"] is None
    assert (un["borne_basse"], un["borne_haute"]) == pytest.approx(wilson_attendu(6, 100))


@pytest.mark.parametrize(
    ("n", "d", "etat"),
    [
        (0, 20, "vert"),
        (0, 19, "effectif_insuffisant"),
        (19, 19, "effectif_insuffisant"),
        (1, 50, "vert"),  # 2 %: the threshold itself is not above
        (2, 50, "orange"),
        (7, 50, "orange"),  # at 5 %, P(X >= 7) is 1.18 %
        (8, 50, "rouge"),  # P(X >= 8) is 0.32 %
    ],
)
def test_thresholds_and_small_counts(con: Con, n: int, d: int, etat: str) -> None:
    donner(con, "FLUX_G", [("G1", M, n, d)])
    un = valeur(con, "FLUX_G", "G1")
    assert un["etat_mois"] == un["etat"] == etat


@pytest.mark.parametrize("code", ["FLUX_TZ", "STOCK_TZ"])
@pytest.mark.parametrize(("n", "etat"), [(0, "vert"), (1, "a_traiter")])
def test_tolerance_zero_whatever_the_denominator(con: Con, code: str, n: int, etat: str) -> None:
    donner(con, code, [("G1", M, n, 1)])
    assert valeur(con, code, "G1")["etat"] == etat


def test_tolerance_zero_is_judged_on_the_month(con: Con) -> None:
    donner(con, "FLUX_TZ", [("G1", M_1, 3, 30), ("G2", M, 0, 2), ("G2", M_1, 1, 1)])
    sans_mois, vert = valeur(con, "FLUX_TZ", "G1"), valeur(con, "FLUX_TZ", "G2")
    assert (sans_mois["etat_mois"], sans_mois["etat"]) == ("sans_objet", "sans_objet")
    assert sans_mois["borne_basse"] is None
    assert (sans_mois["n_etat"], sans_mois["d_etat"], sans_mois["taux_etat"]) == (0, 0, None)
    assert (vert["etat"], vert["fenetre"], vert["n_etat"], vert["d_etat"]) == ("vert", "mois", 0, 2)
    assert (vert["borne_basse"], vert["borne_haute"]) == pytest.approx(wilson_attendu(0, 2))


def test_what_depends_on_the_gestionnaire_colours_the_departement_only(con: Con) -> None:
    inscrire(con, "G1", "BAILLEUR", "S1")
    donner(con, "FLUX_T", [("G1", M, 30, 100)])
    assert valeur(con, "FLUX_T", "G1")["etat"] == "contexte"
    assert valeur(con, "FLUX_T", "S1", "organisme")["etat"] == "contexte"
    assert valeur(con, "FLUX_T", "*", "departement")["etat"] == "rouge"


def test_context_is_never_coloured(con: Con) -> None:
    inscrire(con, "GDPUB", "PORTAIL")
    donner(con, "FLUX_C", [("G1", M, 30, 100)])
    donner(con, "FLUX_G", [("GDPUB", M, 30, 100)])
    donner(con, "FLUX_TZ", [("GDPUB", M, 30, 100)])
    for niveau, guichet in (("guichet", "G1"), ("departement", "*")):
        assert valeur(con, "FLUX_C", guichet, niveau)["etat"] == "contexte"
    for code in ("FLUX_G", "FLUX_TZ"):
        assert valeur(con, code, "GDPUB")["etat_mois"] == "contexte"
    assert valeur(con, "FLUX_G", "*", "departement")["etat"] == "rouge"


def test_an_indicator_without_its_column_has_one_row_without_counts(con: Con) -> None:
    donner(con, "FLUX_C", [("G1", M, 3, 100)], calculable=False)
    un = valeur(con, "FLUX_C", "*", "departement")
    assert (un["etat_mois"], un["etat"]) == ("non_calculable", "non_calculable")
    assert un["numerateur"] is un["denominateur_12m"] is un["nb_mois"] is un["taux"] is None
    assert un["n_etat"] is un["d_etat"] is un["taux_etat"] is None
    assert con.execute("select count(*) from valeurs_calculees").fetchone() == (1,)


def test_a_departement_without_a_unit_still_has_its_row(con: Con) -> None:
    donner(con, "FLUX_G", [])
    un = valeur(con, "FLUX_G", "*", "departement")
    assert (un["denominateur"], un["denominateur_12m"], un["nb_mois"]) == (0, 0, 0)
    assert (un["etat"], un["taux"], un["borne_basse"]) == ("sans_objet", None, None)


def test_the_departement_counts_each_month_once(con: Con) -> None:
    donner(con, "FLUX_G", [("G1", M, 0, 5), ("G2", M, 1, 5), ("G2", M_1, 1, 5)])
    un = valeur(con, "FLUX_G", "*", "departement")
    assert (un["denominateur"], un["denominateur_12m"], un["nb_mois"]) == (10, 15, 2)


def test_the_months_are_those_that_the_delivery_covers_whatever_the_guichet(con: Con) -> None:
    con.execute("update regles set population = 'enregistrements' where code = 'FLUX_T'")
    donner(con, "FLUX_G", [("G1", M, 0, 5), ("G2", M_1, 1, 5), ("G2", "2025-10", 1, 5)])
    donner(con, "FLUX_T", [("G1", M_11, 0, 1)])
    donner(con, "FLUX_C", [("G1", M, 0, 1)])
    assert valeur(con, "FLUX_G", "G1")["nb_mois"] == 3  # October, September, and November before
    assert valeur(con, "FLUX_T", "G1")["nb_mois"] == 3
    assert valeur(con, "FLUX_C", "G1")["nb_mois"] == 1  # attributions are another population


def test_rank_is_among_the_significant_of_one_type_ties_equal(con: Con) -> None:
    for guichet in ("G1", "G2", "G3", "G4", "G5"):
        inscrire(con, guichet, "BAILLEUR")
    inscrire(con, "M1", "COMMUNE")
    comptes = [
        ("G1", M, 1, 20),
        ("G2", M, 2, 40),
        ("G3", M, 0, 20),
        ("G4", M, 8, 20),
        ("G5", M, 0, 19),
        ("M1", M, 9, 20),
        ("INCONNU", M, 0, 30),
    ]
    donner(con, "FLUX_G", comptes)
    rangs = {guichet: valeur(con, "FLUX_G", guichet)["rang"] for guichet, *_ in comptes}
    attendus = {"G3": 1, "G1": 2, "G2": 2, "G4": 4, "M1": 1, "G5": None, "INCONNU": None}
    assert rangs == attendus


def test_the_funnel_is_drawn_around_the_pooled_rate_of_the_type(con: Con) -> None:
    inscrire(con, "G1", "BAILLEUR")
    inscrire(con, "G2", "BAILLEUR")
    inscrire(con, "M1", "COMMUNE")
    donner(con, "FLUX_G", [("G1", M, 2, 30), ("G2", M_1, 8, 70), ("M1", M, 50, 50)])
    un = valeur(con, "FLUX_G", "G2")
    ecart = math.sqrt(0.1 * 0.9 / 70)
    assert un["taux_ensemble"] == pytest.approx(0.1)
    assert un["entonnoir_bas_95"] == pytest.approx(0.1 - 1.96 * ecart)
    assert un["entonnoir_haut_95"] == pytest.approx(0.1 + 1.96 * ecart)
    assert un["entonnoir_bas_998"] == 0.0  # clipped
    assert un["entonnoir_haut_998"] == pytest.approx(0.1 + 3.09 * ecart)


def test_an_organisme_is_the_sum_of_its_guichets_and_judged_as_such(con: Con) -> None:
    inscrire(con, "G1", "BAILLEUR", "S1")
    inscrire(con, "G2", "BAILLEUR", "S1")
    donner(con, "FLUX_G", [("G1", M, 3, 15), ("G2", M, 4, 15), ("INCONNU", M, 1, 1)])
    un = valeur(con, "FLUX_G", "S1", "organisme")
    assert (un["numerateur"], un["denominateur"], un["etat"]) == (7, 30, "rouge")
    assert con.execute(
        "select count(*) from valeurs_calculees where niveau = 'organisme'"
    ).fetchone() == (1,)


# At 5 %, P(X >= 11) among 100 is 1.15 %, P(X >= 12) is 0.43 %.
@pytest.mark.parametrize(("n", "etat"), [(2, "vert"), (3, "orange"), (11, "orange"), (12, "rouge")])
def test_a_type_holds_its_guichets_and_is_judged_as_one(con: Con, n: int, etat: str) -> None:
    inscrire(con, "G1", "COMMUNE")
    inscrire(con, "G2", "COMMUNE")
    inscrire(con, "B1", "BAILLEUR")
    donner(con, "FLUX_G", [("G1", M, 1, 40), ("G2", M_1, n - 1, 60), ("B1", M, 9, 9)])
    un = valeur(con, "FLUX_G", "COMMUNE", "type")
    assert (un["numerateur"], un["denominateur"]) == (1, 40)
    assert (un["n_etat"], un["d_etat"], un["nb_mois"], un["etat"]) == (n, 100, 2, etat)
    assert un["type_guichet"] == "COMMUNE"
    assert un["rang"] is un["taux_ensemble"] is None


def test_the_guichets_outside_the_register_are_a_type_and_the_portal_is_not_judged(
    con: Con,
) -> None:
    inscrire(con, "GDPUB", "PORTAIL")
    donner(con, "FLUX_G", [("GDPUB", M, 30, 100), ("G8", M, 30, 60), ("G9", M, 0, 40)])
    assert valeur(con, "FLUX_G", "PORTAIL", "type")["etat"] == "contexte"
    un = valeur(con, "FLUX_G", "INCONNU", "type")
    assert (un["n_etat"], un["d_etat"], un["etat"], un["type_guichet"]) == (30, 100, "rouge", None)


def test_nothing_is_judged_of_an_unknown_type_nor_of_a_departement_that_has_no_other(
    con: Con,
) -> None:
    inscrire(con, "GDPUB", "PORTAIL")
    inscrire(con, "G1", "INCONNU", "S1")
    inscrire(con, "G2", "INCONNU")
    donner(con, "FLUX_G", [("GDPUB", M, 9, 90), ("G1", M, 30, 100), ("G2", M, 0, 50)])
    donner(con, "FLUX_TZ", [("G1", M, 30, 100), ("G8", M, 1, 1)])
    for code in ("FLUX_G", "FLUX_TZ"):
        for niveau, lieu in (("guichet", "G1"), ("organisme", "S1"), ("departement", "*")):
            un = valeur(con, code, lieu, niveau)
            assert (un["etat"], un["etat_mois"], un["rang"]) == ("contexte", "contexte", None)
            assert un["taux_ensemble"] is None
    assert valeur(con, "FLUX_G", "G1")["taux"] == 0.3
    un = valeur(con, "FLUX_TZ", "INCONNU", "type")  # with who is outside the register
    assert (un["numerateur"], un["etat"], un["type_guichet"]) == (31, "contexte", "INCONNU")


def test_a_departement_is_judged_once_a_type_is_known(con: Con) -> None:
    inscrire(con, "G1", "INCONNU", "S1")
    inscrire(con, "G2", "BAILLEUR", "S1")
    donner(con, "FLUX_G", [("G1", M, 30, 100), ("G2", M, 0, 1)])
    assert valeur(con, "FLUX_G", "*", "departement")["etat"] == "rouge"
    un = valeur(con, "FLUX_G", "S1", "organisme")
    assert (un["type_guichet"], un["etat"]) == ("BAILLEUR", "rouge")
    assert valeur(con, "FLUX_G", "G1")["etat"] == "contexte"


def test_what_depends_on_the_gestionnaire_does_not_colour_a_type(con: Con) -> None:
    inscrire(con, "G1", "BAILLEUR")
    donner(con, "FLUX_T", [("G1", M, 30, 100)])
    assert valeur(con, "FLUX_T", "BAILLEUR", "type")["etat"] == "contexte"


@pytest.mark.parametrize(
    ("types", "attendu"),
    [
        ({"G1": ("BAILLEUR", 10), "G2": ("COMMUNE", 11)}, "COMMUNE"),
        ({"G1": ("COMMUNE", 10), "G2": ("BAILLEUR", 10)}, "BAILLEUR"),
        ({"G1": ("PORTAIL", 90), "G2": ("COMMUNE", 1)}, "COMMUNE"),
        ({"G1": ("PORTAIL", 90), "G2": ("PORTAIL", 1)}, "PORTAIL"),
    ],
)
def test_the_type_of_an_organisme(
    con: Con, types: dict[str, tuple[str, int]], attendu: str
) -> None:
    for guichet, (type_guichet, _) in types.items():
        inscrire(con, guichet, type_guichet, "S1")
    donner(con, "FLUX_G", [(guichet, M, 0, d) for guichet, (_, d) in types.items()])
    un = valeur(con, "FLUX_G", "S1", "organisme")
    assert un["type_guichet"] == attendu
    assert (un["etat"] == "contexte") == (attendu == "PORTAIL")


def test_departements_and_months_do_not_mix(con: Con) -> None:
    inscrire(con, "GDPUB", "PORTAIL")
    donner(con, "FLUX_G", [("GDPUB", M, 1, 50)])
    con.execute("insert into calculabilite values ('FLUX_G', '084', ?, true)", [M])
    con.execute("insert into comptes values ('FLUX_G', '084', 'GDPUB', ?, ?, 50, 50)", [M, M])
    calculer_valeurs(con)
    lignes = con.execute(
        "select departement, numerateur, etat from valeurs_calculees "
        "where niveau = 'guichet' order by 1"
    ).fetchall()
    assert lignes == [("013", 1, "contexte"), ("084", 50, "rouge")]


def test_running_again_gives_the_same(con: Con) -> None:
    donner(con, "FLUX_G", [("G1", M, 1, 30)])
    assert valeur(con, "FLUX_G", "G1") == valeur(con, "FLUX_G", "G1")


COMPTES = st.lists(
    st.tuples(
        st.sampled_from(["G1", "G2", "G3", "INCONNU"]),
        st.sampled_from([M, M_1, M_11]),
        st.integers(0, 40),
        st.integers(1, 40),
    ).map(lambda c: (c[0], c[1], min(c[2], c[3]), c[3])),
    unique_by=lambda c: (c[0], c[1]),
)


@given(comptes=COMPTES)
def test_guichets_sum_to_organismes_and_departement(comptes: list[Compte]) -> None:
    with ouvrir() as con:
        for guichet, organisme in (("G1", "S1"), ("G2", "S1"), ("G3", "S3")):
            inscrire(con, guichet, "BAILLEUR", organisme)
        donner(con, "FLUX_G", comptes)
        calculer_valeurs(con)
        sommes = """
            select coalesce(sum(numerateur), 0), coalesce(sum(denominateur), 0),
                coalesce(sum(numerateur_12m), 0), coalesce(sum(denominateur_12m), 0)
            from valeurs_calculees where """
        total, guichets, organismes, inscrits = (
            con.execute(sommes + filtre).fetchone()
            for filtre in (
                "niveau = 'departement'",
                "niveau = 'guichet'",
                "niveau = 'organisme'",
                "niveau = 'guichet' and guichet <> 'INCONNU'",
            )
        )
        assert total == guichets
        assert organismes == inscrits
        faux = (
            "numerateur > denominateur or taux_12m < borne_basse - 1e-12 "
            "or taux_12m > borne_haute + 1e-12"
        )
        assert con.execute(f"select * from valeurs_calculees where {faux}").fetchall() == []


@given(n=st.integers(0, 500), reste=st.integers(0, 500))
def test_wilson_bounds_hold_the_rate(n: int, reste: int) -> None:
    d = n + reste
    requete = f"select {wilson(str(n), str(d), 'basse')}, {wilson(str(n), str(d), 'haute')}"
    basse, haute = duckdb.execute(requete).fetchall()[0]
    if d == 0:
        assert basse is haute is None
    else:
        assert 0 <= basse <= n / d + 1e-12
        assert n / d - 1e-12 <= haute <= 1
        assert (basse, haute) == pytest.approx(wilson_attendu(n, d), abs=1e-12)
