"""The store goes from one base to another, of either kind and of any step, and loses nothing."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.decisions import Magasin, Requetes
from infocentre.decisions.copie import TRANSITOIRES, copier, recopier
from infocentre.decisions.magasin import ouvrir_base, suivre_les_etapes
from infocentre.decisions.schema import META, VERSION, executions, jetons, verdicts
from infocentre.noyau.erreurs import Refus

GARDEE = {
    "id": "abc",
    "titre": "À garder",
    "sql": "select '\u2028\n'",
    "auteur": "alice",
    "partagee": True,
    "creee_le": {"instant": "2026-10-01T08:00:00+00:00"},
    "modifiee_le": {"instant": "2026-10-01T09:30:00.123456+00:00"},
}


def rien() -> None:
    """Nothing to put in place."""


def ecrire(dossier: Path, table: str, *lignes: dict[str, object]) -> Path:
    (dossier / f"{table}.jsonl").write_text("".join(json.dumps(une) + "\n" for une in lignes))
    return dossier


def test_a_copy_from_an_older_step_is_filled_then_migrated(url: str, tmp_path: Path) -> None:
    recopier(url, ecrire(tmp_path, "requetes_gardees", GARDEE), "r0003", rien)
    magasin = Magasin(url)
    gardee = Requetes(magasin, "alice").lire("abc")
    assert (gardee.titre, gardee.sql) == ("À garder", "select '\u2028\n'")
    with magasin.lire() as con:
        assert con.scalar(sa.text("SELECT version_num FROM alembic_version")) == VERSION
        assert con.scalar(sa.select(sa.func.count()).select_from(verdicts)) == 0


def test_a_base_in_service_is_migrated_with_what_it_keeps(url: str, tmp_path: Path) -> None:
    base = ouvrir_base(url)
    with base.connect().execution_options(ecriture=True) as con, con.begin():
        suivre_les_etapes(con, None, "r0006")
    base.dispose()
    assert "doublons_decisions" not in tables(url)
    recopier(url, ecrire(tmp_path, "requetes_gardees", GARDEE), "r0006", rien)
    assert Requetes(Magasin(url), "alice").lire("abc").titre == "À garder"
    assert set(META.tables) <= tables(url)


def tables(url: str) -> set[str]:
    moteur = sa.create_engine(url)
    noms = set(sa.inspect(moteur).get_table_names())
    moteur.dispose()
    return noms


def test_what_was_copied_out_is_the_same_in_another_base(url: str, tmp_path: Path) -> None:
    source, retour = tmp_path / "aller", tmp_path / "retour"
    source.mkdir()
    retour.mkdir()
    magasin = Magasin(url)
    alice = Requetes(magasin, "alice")
    alice.garder("Doublons", "select 1", partagee=True)
    alice.noter("select 2", secondes=0.5, lignes=2, verdict="exécutée")
    with magasin.ecrire() as con:
        demain = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
        lien = {"empreinte": "0" * 64, "genre": "x", "expire_le": demain, "donnees": "{}"}
        con.execute(jetons.insert().values(lien))
    comptees = copier(magasin, source)
    assert set(comptees) == set(META.tables) - TRANSITOIRES
    assert (comptees["requetes_gardees"], comptees["executions"]) == (1, 1)
    autre = f"sqlite:///{tmp_path / 'autre.sqlite'}"
    recopier(autre, source, VERSION, rien)
    copier(Magasin(autre), retour)
    for nom in comptees:
        fichier = f"{nom}.jsonl"
        assert (source / fichier).read_text() == (retour / fichier).read_text(), nom


def test_the_next_row_has_the_next_number(url: str, tmp_path: Path) -> None:
    faite = {
        "id": 41,
        "auteur": "alice",
        "le": {"instant": "2026-10-01T08:00:00+00:00"},
        "sql": "select 1",
        "secondes": None,
        "lignes": None,
        "verdict": "exécutée",
    }
    recopier(url, ecrire(tmp_path, "executions", faite), VERSION, rien)
    magasin = Magasin(url)
    Requetes(magasin, "alice").noter("select 2", secondes=1, lignes=1, verdict="exécutée")
    with magasin.lire() as con:
        assert sorted(con.scalars(sa.select(executions.c.id))) == [41, 42]


def test_nothing_is_left_of_a_copy_that_fails_nor_put_over_what_is_there(
    url: str, tmp_path: Path
) -> None:
    source = ecrire(tmp_path, "requetes_gardees", GARDEE)

    def echouer() -> None:
        raise OSError("disque plein")

    with pytest.raises(OSError, match="disque plein"):
        recopier(url, source, VERSION, echouer)
    assert tables(url) == set()
    recopier(url, source, VERSION, rien)
    with pytest.raises(Refus, match=r"n’est pas vide \(requetes_gardees\)"):
        recopier(url, source, VERSION, rien)
    with pytest.raises(Refus, match="plus récente"):
        recopier(f"sqlite:///{tmp_path / 'neuve.sqlite'}", source, "r9999", rien)
