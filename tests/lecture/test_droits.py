"""What hides small counts from who may not see them: the threshold that the version has."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import Perimetre
from infocentre.lecture.droits import preparer
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
