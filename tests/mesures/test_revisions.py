"""What becomes of a value that was published when its month is computed again."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from infocentre.mesures import calculer_valeurs, reviser

Con = duckdb.DuckDBPyConnection
M, LE = "2026-10", datetime(2026, 11, 5, 8, 30)  # noqa: DTZ001 - DuckDB's TIMESTAMP is naive


@pytest.fixture
def causes(con: Con) -> Con:
    con.execute("create table causes (departement varchar, mois varchar, cause varchar)")
    con.execute("insert into calculabilite values ('FLUX_G', '013', '2026-10', true)")
    return con


def publier(con: Con, comptes: dict[str, tuple[int, int]], mois: str = M) -> None:
    con.execute("delete from comptes; update calculabilite set mois = ?", [mois])
    for guichet, (n, d) in comptes.items():
        con.execute(
            "insert into comptes values ('FLUX_G', '013', ?, ?, ?, ?, ?)",
            [guichet, mois, mois, n, d],
        )
    calculer_valeurs(con)
    reviser(con, LE)


def vieillir(con: Con) -> None:
    """Take away what versions published before do not have."""
    for colonne in ("fenetre", "n_etat", "d_etat", "taux_etat"):
        con.execute(f"alter table valeurs drop column {colonne}")
    con.execute("delete from valeurs where niveau = 'type'")


def revisions(con: Con, colonnes: str) -> list[tuple[object, ...]]:
    return con.execute(f"select {colonnes} from revisions order by all").fetchall()


def test_the_first_publication_is_no_revision(causes: Con) -> None:
    publier(causes, {"G1": (1, 30)})
    assert revisions(causes, "*") == []
    assert causes.execute("select niveau from valeurs order by all").fetchall() == [
        ("departement",),
        ("guichet",),
        ("type",),
    ]


def test_what_was_published_before_the_windows_is_completed_without_a_revision(causes: Con) -> None:
    publier(causes, {"G1": (1, 30), "G2": (9, 30)}, "2026-09")
    attendues = causes.execute("from valeurs order by all").fetchall()
    vieillir(causes)
    publier(causes, {"G1": (1, 30)})
    assert revisions(causes, "*") == []
    assert (
        causes.execute("from valeurs where mois = '2026-09' order by all").fetchall() == attendues
    )


def test_a_type_has_no_revision_of_its_own(causes: Con) -> None:
    publier(causes, {"G1": (0, 30)})
    publier(causes, {"G1": (9, 30)})
    assert revisions(causes, "niveau") == [("departement",), ("guichet",)]


def test_the_same_values_change_nothing(causes: Con) -> None:
    publier(causes, {"G1": (1, 30)})
    avant = causes.execute("from valeurs order by all").fetchall()
    publier(causes, {"G1": (1, 30)})
    assert revisions(causes, "*") == []
    assert causes.execute("from valeurs order by all").fetchall() == avant


def test_a_corrected_value_keeps_the_former_one(causes: Con) -> None:
    publier(causes, {"G1": (0, 30)})
    causes.execute("insert into causes values ('013', '2026-10', 'règle')")
    publier(causes, {"G1": (9, 30)})
    colonnes = (
        "niveau, guichet, mois, numerateur_avant, numerateur_apres, denominateur_12m_avant, "
        "denominateur_12m_apres, etat_mois_avant, etat_avant, etat_apres, le, cause"
    )
    fin = (M, 0, 9, 30, 30, "vert", "vert", "rouge", LE, "règle")
    assert revisions(causes, colonnes) == [("departement", "*", *fin), ("guichet", "G1", *fin)]


def test_values_that_appear_and_disappear_are_revisions(causes: Con) -> None:
    publier(causes, {"G1": (1, 30)})
    publier(causes, {"G2": (1, 30)})
    assert revisions(causes, "guichet, denominateur_avant, denominateur_apres, cause") == [
        ("G1", 30, None, "livraison"),
        ("G2", None, 30, "livraison"),
    ]
    assert causes.execute("select guichet from valeurs order by 1").fetchall() == [
        ("*",),
        ("G2",),
        ("INCONNU",),
    ]


def test_a_month_published_for_the_first_time_leaves_the_others_alone(causes: Con) -> None:
    publier(causes, {"G1": (1, 30)})
    publier(causes, {"G1": (2, 30)}, mois="2026-09")
    assert revisions(causes, "*") == []
    assert causes.execute("select count(distinct mois) from valeurs").fetchone() == (2,)
