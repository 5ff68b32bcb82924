"""The store of what people decide: queries kept or shared, one's history, the schema."""

from __future__ import annotations

import datetime as dt
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from infocentre.decisions import Magasin, Requetes, ouvrir_magasin, utilisateur
from infocentre.decisions import requetes as module_requetes
from infocentre.decisions.magasin import FICHIER
from infocentre.noyau.erreurs import Refus

SQL = "select 1 as un"


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return Magasin(f"sqlite:///{tmp_path / FICHIER}")


@pytest.fixture
def alice(magasin: Magasin) -> Requetes:
    return Requetes(magasin, "alice")


@pytest.fixture
def bruno(magasin: Magasin) -> Requetes:
    return Requetes(magasin, "bruno")


def test_a_store_that_another_thread_lets_go_is_closed() -> None:
    laisses = [Magasin("sqlite://")]
    with laisses[0].lire() as con:
        brute: Any = con.connection.dbapi_connection
    fil = threading.Thread(target=laisses.clear)
    fil.start()
    fil.join()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        brute.execute("select 1")


def test_a_kept_query_is_found_again(alice: Requetes) -> None:
    gardee = alice.garder("  Doublons  forcés ", f" {SQL}\n", partagee=False)
    assert alice.lire(gardee.id) == gardee
    assert (gardee.titre, gardee.sql, gardee.auteur) == ("Doublons forcés", SQL, "alice")
    assert gardee.creee_le.tzinfo == dt.UTC


def test_the_name_of_a_query_can_be_typed_after_an_option(alice: Requetes) -> None:
    noms = {alice.garder(f"La {rang}", SQL, partagee=False).id for rang in range(40)}
    assert len(noms) == 40
    assert all(un.isalnum() for un in noms), "a dash before it, and it would be an option"


def test_a_private_query_is_its_author_s_alone(alice: Requetes, bruno: Requetes) -> None:
    privee = alice.garder("à moi", SQL, partagee=False)
    assert bruno.lister() == []
    with pytest.raises(Refus, match="n'est pas la vôtre"):
        bruno.lire(privee.id)


def test_a_shared_query_is_read_by_all_and_changed_by_its_author(
    alice: Requetes, bruno: Requetes
) -> None:
    commune = alice.garder("à tous", SQL, partagee=True)
    assert bruno.lire(commune.id) == commune
    with pytest.raises(Refus):
        bruno.changer(commune.id, "à moi", "select 2", partagee=False)
    with pytest.raises(Refus):
        bruno.supprimer(commune.id)
    assert alice.lire(commune.id) == commune


def test_a_query_is_changed_then_deleted(alice: Requetes) -> None:
    gardee = alice.garder("avant", SQL, partagee=False)
    changee = alice.changer(gardee.id, "après", "select 2", partagee=True)
    assert (changee.titre, changee.sql, changee.partagee) == ("après", "select 2", True)
    assert changee.modifiee_le >= gardee.modifiee_le
    alice.supprimer(gardee.id)
    assert alice.lister() == []


@pytest.mark.parametrize(
    ("recherche", "trouvees"),
    [("", 2), ("DOUBLON", 1), ("select 2", 1), ("alice", 2), ("%", 0), ("rien", 0)],
)
def test_the_list_is_searched_by_title_text_and_author(
    alice: Requetes, recherche: str, trouvees: int
) -> None:
    alice.garder("doublons forcés", SQL, partagee=True)
    alice.garder("délais", "select 2", partagee=False)
    assert len(alice.lister(recherche)) == trouvees


@pytest.mark.parametrize(
    ("titre", "sql", "dit"),
    [
        ("  ", SQL, "titre"),
        ("x" * 121, SQL, "121 lettres"),
        ("t", " \n", "vide"),
        ("t", "x" * 50_001, "trop longue"),
    ],
)
def test_what_cannot_be_kept_is_refused(alice: Requetes, titre: str, sql: str, dit: str) -> None:
    with pytest.raises(Refus, match=dit):
        alice.garder(titre, sql, partagee=False)
    assert alice.lister() == []


def test_the_history_is_one_s_own_last_first(alice: Requetes, bruno: Requetes) -> None:
    alice.noter("select 1", secondes=0.5, lignes=1, verdict="faite")
    alice.noter("select oups", secondes=None, lignes=None, verdict="colonne inconnue")
    assert [(une.sql, une.lignes, une.verdict) for une in alice.historique()] == [
        ("select oups", None, "colonne inconnue"),
        ("select 1", 1, "faite"),
    ]
    assert bruno.historique() == []


def test_the_history_drops_the_oldest(
    alice: Requetes, bruno: Requetes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module_requetes, "HISTORIQUE_MAX", 3)
    bruno.noter("la sienne", secondes=0, lignes=0, verdict="faite")
    for rang in range(5):
        alice.noter(f"select {rang}", secondes=0, lignes=1, verdict="faite")
    assert [une.sql for une in alice.historique(99)] == ["select 4", "select 3", "select 2"]
    assert len(bruno.historique()) == 1


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    racine = tmp_path / "donnees"
    magasin = ouvrir_magasin(racine)
    assert stat.S_IMODE((racine / FICHIER).stat().st_mode) == 0o600
    assert ouvrir_magasin(racine) is magasin


def test_writers_wait_for_each_other(magasin: Magasin) -> None:
    def noter(nom: str) -> None:
        for rang in range(20):
            Requetes(magasin, nom).noter(f"select {rang}", secondes=0, lignes=1, verdict="faite")

    fils = [threading.Thread(target=noter, args=[f"u{rang}"]) for rang in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert [len(Requetes(magasin, f"u{rang}").historique()) for rang in range(4)] == [20] * 4


def test_a_change_that_fails_leaves_nothing(magasin: Magasin, alice: Requetes) -> None:
    def ecrire_puis_echouer() -> None:
        with magasin.ecrire() as con:
            con.execute(sa.text("DELETE FROM requetes_gardees"))
            raise RuntimeError

    gardee = alice.garder("t", SQL, partagee=False)
    with pytest.raises(RuntimeError):
        ecrire_puis_echouer()
    assert alice.lire(gardee.id) == gardee


@pytest.mark.parametrize("url", ["inconnue://x/y", "sqlite:////proc/interdit/decisions.sqlite"])
def test_a_store_that_cannot_be_opened_says_so(url: str) -> None:
    with pytest.raises(Refus, match="INFOCENTRE_DECISIONS"):
        Magasin(url)


def test_the_password_of_a_base_is_never_shown() -> None:
    with pytest.raises(Refus) as refus:
        Magasin("inconnue://lea:secret@hote/base")
    assert "secret" not in str(refus.value)


def test_who_uses_the_infocentre_is_a_setting_or_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", " Léa Martin ")
    assert utilisateur() == "Léa Martin"
    monkeypatch.delenv("INFOCENTRE_UTILISATEUR")
    monkeypatch.setenv("LOGNAME", "session")
    assert utilisateur() == "session"
