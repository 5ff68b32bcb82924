"""What hides small counts from who may not see them: the threshold that the version has."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import Perimetre
from infocentre.lecture.droits import Tu, preparer
from infocentre.mesures import ecrire_reglages, lire_reglages


@pytest.mark.parametrize(
    ("seuil", "lue"), [(11, (12, 120, 0.1)), (13, (None, 120, None)), (121, (None, None, None))]
)
def test_small_counts_are_those_of_the_setting(
    tmp_path: Path, seuil: int, lue: tuple[object, ...]
) -> None:
    """12 of 120: told from 11 on, hidden to who sets 13."""
    reglages = lire_reglages(tmp_path / "reglages.yml").model_copy(update={"seuil_secret": seuil})
    with duckdb.connect() as con:
        ecrire_reglages(con, reglages)
        con.execute(
            "CREATE TABLE valeurs AS SELECT '013' AS departement, 'G1' AS guichet, "
            "12 AS numerateur, 120 AS denominateur, 0.1::DOUBLE AS taux"
        )
        vues = preparer(con, Perimetre(masque=True))
        lues = con.execute(
            f"SELECT numerateur, denominateur, taux FROM {vues.schema}.valeurs"
        ).fetchall()
    assert lues == [lue]


@pytest.mark.parametrize(
    ("tus", "etat"),
    [
        ([("013", "2026-10", "REN", "type", "CCAS")], "secret_statistique"),
        ([("013", "2026-09", "REN", "type", "CCAS")], "vert"),
        (None, "secret_statistique"),  # nothing is known of what may be told
    ],
)
def test_the_state_of_a_type_is_not_one_masked_count_to_a_guichet(
    tus: list[Tu] | None, etat: str
) -> None:
    """Of nine guichets of others the type has the anomaly: who has none would know that it is one.

    Its own is told as it is: 1 of 90.
    """
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE registre AS SELECT '013' AS departement, '2026-10' AS mois, "
            "'CCAS' AS type_guichet, concat('G', n) AS guichet, guichet AS organisme "
            "FROM range(10) AS les (n)"
        )
        con.execute(
            "CREATE TABLE valeurs (departement VARCHAR, mois VARCHAR, code VARCHAR, "
            "niveau VARCHAR, guichet VARCHAR, type_guichet VARCHAR, fenetre VARCHAR, "
            "n_etat BIGINT, d_etat BIGINT, etat VARCHAR)"
        )
        con.execute(
            "INSERT INTO valeurs SELECT '013', '2026-10', 'REN', niveau, cle, 'CCAS', '12m', 1, "
            "90, 'vert' FROM (VALUES ('type', 'CCAS'), ('guichet', 'G0')) AS les (niveau, cle)"
        )
        p = Perimetre(departements=frozenset({"013"}), guichets=frozenset({"G0"}))
        lus = None if tus is None else lambda _: tus
        vues = preparer(con, p, tus=lus)
        lues = con.execute(
            f"SELECT niveau, n_etat, etat FROM {vues.schema}.valeurs ORDER BY niveau"
        ).fetchall()
    assert lues == [("guichet", 1, "vert"), ("type", None, etat)]
