"""What is remembered of pairs: no name, no numéro, until a compared field changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from infocentre.decisions import Magasin
from infocentre.decisions.doublons import (
    Memoire,
    Paire,
    Verdict,
    effacer,
    membre,
    sceller,
    sceller_paire,
)
from infocentre.noyau.erreurs import Refus

CLE = "k" * 32
A, B, C = "013012400000100G12", "013022500000200G12", "013032500000300G12"
MARTIN, MARTINE = ("MARTIN", "ANNE", "1980-01-02"), ("MARTINE", "ANNE", "1980-01-02")


def _paire(
    a: str = A, b: str = B, de_a: Sequence[str] = MARTIN, de_b: Sequence[str] = MARTINE
) -> Paire:
    return dataclasses.replace(sceller_paire(CLE, (a, b), (de_a, de_b)), niveau="probable")


@pytest.fixture
def magasin() -> Magasin:
    return Magasin("sqlite://")


def _decider(memoire: Memoire, verdict: str, *paires: Paire, arbitrage: bool = False) -> str:
    geste, _ = memoire.decider(
        "013", {une: Verdict(verdict) for une in paires or (_paire(),)}, arbitrage=arbitrage
    )
    return geste


def test_a_pair_is_the_same_in_both_orders_and_another_under_another_key() -> None:
    assert _paire() == _paire(B, A, MARTINE, MARTIN)
    assert _paire().paire != _paire(A, C).paire
    autre = sceller_paire("x" * 32, (A, B), (MARTIN, MARTINE))
    assert {autre.paire, autre.champs}.isdisjoint({_paire().paire, _paire().champs})
    assert sceller(CLE, "champs", "ab", "c") != sceller(CLE, "champs", "a", "bc")
    # Swapped fields are other fields: which demande says what counts.
    assert _paire(A, B, MARTINE, MARTIN).champs != _paire().champs


def test_a_decision_holds_until_a_compared_field_changes(url: str) -> None:
    magasin = Magasin(url)
    alice = Memoire(magasin, "alice")
    _decider(alice, "distinctes")
    bilan = Memoire(magasin, "bruno").bilans("013")[_paire().paire, _paire().champs]
    assert (bilan.verdict, bilan.decisions[0].auteur) == (Verdict.DISTINCTES, "alice")
    changee = _paire(de_b=("MARTINE", "ANNA", "1980-01-02"))
    assert changee.paire == _paire().paire
    assert (changee.paire, changee.champs) not in alice.bilans("013")
    assert changee.paire in alice.connues("013")
    assert alice.bilans("2A0") == {}
    _decider(alice, "meme", changee)  # asked again, and another answer is fine


def test_the_store_has_no_numero_and_no_name(magasin: Magasin) -> None:
    _decider(Memoire(magasin, "alice"), "distinctes")
    with magasin.lire() as con:
        (ligne,) = con.execute(sa.text("SELECT * FROM doublons_decisions")).mappings().all()
    for texte in (A, B, *MARTIN, *MARTINE):
        assert texte not in str(dict(ligne))


def test_who_comes_second_is_told_who_decided(magasin: Magasin) -> None:
    _decider(Memoire(magasin, "alice"), "meme")
    with pytest.raises(Refus, match="alice a déjà décidé de cette paire : même personne"):
        _decider(Memoire(magasin, "bruno"), "distinctes")


def test_a_gesture_of_several_pairs_is_refused_whole(magasin: Magasin) -> None:
    alice = Memoire(magasin, "alice")
    _decider(alice, "meme")
    with pytest.raises(Refus):
        _decider(alice, "distinctes", _paire(A, C), _paire())
    assert len(alice.bilans("013")) == 1


def test_two_people_agree_or_someone_settles(magasin: Magasin) -> None:
    alice, bruno, chloe = (Memoire(magasin, nom, 2) for nom in ("alice", "bruno", "chloé"))
    cle = _paire().paire, _paire().champs
    _decider(alice, "meme")
    attente = bruno.bilans("013")[cle]
    assert (attente.verdict, attente.desaccord) == (None, False)
    assert attente.de("bruno") is None
    with pytest.raises(Refus, match="vous avez déjà décidé"):
        _decider(alice, "meme")
    with pytest.raises(Refus, match="pas en désaccord"):
        _decider(chloe, "meme", arbitrage=True)
    _decider(bruno, "distinctes")
    assert bruno.bilans("013")[cle].desaccord
    with pytest.raises(Refus, match="en désaccord"):
        _decider(chloe, "meme")
    _decider(chloe, "conjoints", arbitrage=True)
    assert chloe.bilans("013")[cle].verdict is Verdict.CONJOINTS
    ensemble = _paire(A, C)
    _decider(alice, "separation", ensemble)
    _decider(bruno, "separation", ensemble)
    bilan = alice.bilans("013")[ensemble.paire, ensemble.champs]
    assert (bilan.verdict, len(bilan.decisions)) == (Verdict.SEPARATION, 2)


def test_what_is_to_be_checked_gives_way_to_what_is_found(magasin: Magasin) -> None:
    alice, bruno = Memoire(magasin, "alice"), Memoire(magasin, "bruno")
    cle = _paire().paire, _paire().champs
    _decider(alice, "a_verifier")
    assert alice.bilans("013")[cle].verdict is Verdict.A_VERIFIER
    _decider(alice, "distinctes")
    assert bruno.bilans("013")[cle].verdict is Verdict.DISTINCTES
    with pytest.raises(Refus, match="alice a déjà décidé"):
        _decider(bruno, "meme")


def test_ones_own_gesture_is_undone_whole_once(magasin: Magasin) -> None:
    alice = Memoire(magasin, "alice")
    geste = _decider(alice, "distinctes", _paire(), _paire(A, C))
    with pytest.raises(Refus, match="celle de alice"):
        Memoire(magasin, "bruno").annuler(geste)
    alice.annuler(geste)
    assert alice.bilans("013") == {}
    assert alice.connues("013") == frozenset()
    with pytest.raises(Refus, match="déjà annulée"):
        alice.annuler(geste)
    _decider(Memoire(magasin, "bruno"), "meme")


@pytest.mark.parametrize("efface", [A, B])
def test_the_erasure_of_either_demande_takes_the_decision(efface: str, magasin: Magasin) -> None:
    alice = Memoire(magasin, "alice")
    _decider(alice, "distinctes", _paire())
    _decider(alice, "distinctes", _paire(C, "013042500000400G12"))
    assert effacer(magasin, CLE, [efface]) == 1
    assert [une.decisions[0].paire for une in alice.bilans("013").values()] == [
        _paire(C, "013042500000400G12").paire
    ]
    with magasin.lire() as con:
        assert membre(CLE, efface) not in str(
            con.execute(sa.text("SELECT * FROM doublons_decisions")).all()
        )
