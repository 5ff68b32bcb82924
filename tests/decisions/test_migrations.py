"""The schema of the store: made step by step, from nothing or from before, the same everywhere."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from infocentre.decisions import Magasin, Requetes
from infocentre.decisions.magasin import suivre_les_etapes
from infocentre.decisions.schema import META, VERSION
from infocentre.noyau.erreurs import Refus

# What the store was before its first migration, as that version made it.
AVANT = """
CREATE TABLE version_schema (version INTEGER NOT NULL PRIMARY KEY,
    le DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL);
INSERT INTO version_schema (version) VALUES (1);
CREATE TABLE requetes_gardees (id VARCHAR(16) NOT NULL PRIMARY KEY, titre VARCHAR(120) NOT NULL,
    sql TEXT NOT NULL, auteur VARCHAR(120) NOT NULL, partagee BOOLEAN NOT NULL,
    creee_le DATETIME NOT NULL, modifiee_le DATETIME NOT NULL);
CREATE INDEX ix_requetes_gardees_auteur ON requetes_gardees (auteur);
CREATE TABLE executions (id INTEGER NOT NULL PRIMARY KEY, auteur VARCHAR(120) NOT NULL,
    le DATETIME NOT NULL, sql TEXT NOT NULL, secondes FLOAT, lignes BIGINT,
    verdict VARCHAR(200) NOT NULL);
CREATE INDEX executions_de ON executions (auteur, id);
INSERT INTO requetes_gardees VALUES
    ('abc', 'À garder', 'select 1', 'alice', 1, '2026-10-01 08:00:00', '2026-10-01 08:00:00');
"""


def _ecarts(url: str) -> list[object]:
    moteur = sa.create_engine(url)
    with moteur.connect() as con:
        contexte = MigrationContext.configure(con, opts={"compare_type": True})
        ecarts = compare_metadata(contexte, META)
    moteur.dispose()
    return list(ecarts)


def test_the_steps_make_the_tables_that_the_code_reads(url: str) -> None:
    moteur = sa.create_engine(url)
    with moteur.begin() as con:
        suivre_les_etapes(con, None)
    moteur.dispose()
    assert _ecarts(url) == []
    Magasin(url)


def test_an_empty_base_gets_at_once_what_the_steps_make(url: str) -> None:
    Magasin(url)
    assert _ecarts(url) == []
    moteur = sa.create_engine(url)
    with moteur.begin() as con:
        assert con.scalar(sa.text("SELECT version_num FROM alembic_version")) == VERSION
        suivre_les_etapes(con, VERSION)
    moteur.dispose()


def test_a_store_of_before_is_brought_up_with_what_it_keeps(tmp_path: Path) -> None:
    fichier = tmp_path / "decisions.sqlite"
    with contextlib.closing(sqlite3.connect(fichier)) as con:
        con.executescript(AVANT)
    magasin = Magasin(f"sqlite:///{fichier}")
    assert Requetes(magasin, "alice").lire("abc").titre == "À garder"
    with magasin.lire() as con:
        assert con.scalar(sa.text("SELECT version_num FROM alembic_version")) == VERSION
    assert [str(un[0]) for un in _ecarts(f"sqlite:///{fichier}")] == ["remove_table"]  # type: ignore[index]


def test_an_account_of_before_that_was_somebody_s_stays_theirs(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    moteur = sa.create_engine(url)
    lignes = {
        "mot": "'$argon2id$', NULL, NULL",
        "sujet": "NULL, 's-1', NULL",
        "ferme": "NULL, NULL, '2026-10-02 08:00:00'",
        "rouvert": "NULL, NULL, NULL",
        "invite": "NULL, NULL, NULL",
    }
    with moteur.begin() as con:
        suivre_les_etapes(con, None, "r0007")
        for nom, dites in lignes.items():
            con.exec_driver_sql(
                "INSERT INTO comptes (identifiant, nom, role, perimetre, organisme, mot_de_passe, "
                f"sujet, ferme_le, cree_le) VALUES ('{nom}@x.fr', 'N', 'analyste', '{{}}', '', "
                f"{dites}, '2026-10-01 08:00:00')"
            )
        con.exec_driver_sql(
            "INSERT INTO audit VALUES (1, '2026-10-01', 'rouvert@x.fr', 'analyste', 'connexion', "
            "'/connexion', '', NULL, '{}', '', '')"
        )
        con.exec_driver_sql(
            "INSERT INTO audit VALUES (2, '2026-10-01', 'mot@x.fr', 'administrateur', 'compte', "
            """'invite@x.fr', '', NULL, '{"fait":"invité, analyste"}', '', '')"""
        )
    moteur.dispose()
    with Magasin(url).lire() as con:
        servis = sa.text("SELECT identifiant FROM comptes WHERE servi_le IS NOT NULL ORDER BY 1")
        lus = con.execute(servis).scalars().all()
        invites = sa.text("SELECT identifiant, invite_par FROM comptes WHERE invite_par > ''")
        assert con.execute(invites).all() == [("invite@x.fr", "mot@x.fr")]
    assert lus == [f"{nom}@x.fr" for nom in ("ferme", "mot", "rouvert", "sujet")]


def test_a_newer_store_is_refused(url: str) -> None:
    magasin = Magasin(url)
    with magasin.ecrire() as con:
        con.execute(sa.text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(Refus, match="plus récente"):
        Magasin(url)


def test_queries_are_kept_in_each_base(url: str) -> None:
    alice = Requetes(Magasin(url), "alice")
    gardee = alice.garder("Doublons", "select 1", partagee=True)
    assert Requetes(Magasin(url), "bruno").lire(gardee.id) == gardee


def test_a_server_that_goes_away_says_so_and_loses_nothing() -> None:
    from tests.postgresql import serveur

    with serveur() as url:
        magasin = Magasin(url)
        alice = Requetes(magasin, "alice")
        alice.garder("avant", "select 1", partagee=True)
    with pytest.raises(Refus, match="ne peuvent être lues ni gardées"):
        alice.lister()
