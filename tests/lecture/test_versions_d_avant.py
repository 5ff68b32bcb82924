"""A version that an older program published: what it has not is empty, nothing else changes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.objectifs import lire_faits
from infocentre.lecture.reglages import A_FIXER, a_fixer
from infocentre.lecture.tableaux import lire_tableau
from tests.donnees.atelier import alleger, base_legere, copie


def test_a_column_that_a_table_has_had_since_is_empty_in_what_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    dossier = Dossier(copie(base_legere(1), tmp_path / "donnees"))
    with duckdb.connect(str((dossier.courante / "infocentre.duckdb").resolve())) as con:
        con.execute("alter table tab03_02 drop column part_total")
    ouverte = Lecteur(dossier).ouvrir()
    assert ouverte
    v = Lecture(ouverte, TOUT)
    for partage in (False, True):
        lues = lire_tableau(v, "TAB03-02", "013", "2026-01", partage=partage).lignes
        assert lues, "its rows are there"
        assert {une["part_total"] for une in lues} == {None}
        assert all(une["libelle"] and "part_mutations" in une for une in lues)


def test_before_objectives_were_kept_settings_alone_were_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    dossier = Dossier(copie(base_legere(1), tmp_path / "donnees"))
    with duckdb.connect(str((dossier.courante / "infocentre.duckdb").resolve())) as con:
        con.execute("drop table objectifs")
    ouverte = Lecteur(dossier).ouvrir()
    assert ouverte
    for p in (TOUT, Perimetre(departements=frozenset({"013"}))):
        v = Lecture(ouverte, p)
        assert a_fixer(v, "013", "2026-01").keys() == A_FIXER.keys()
        assert lire_faits(v, "013", "2026-01").series, "tables that read objectives are counted"
