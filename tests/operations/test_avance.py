"""Several deliveries in one command: the next is received meanwhile, and seen in its turn only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from infocentre.entrepot import Dossier
from infocentre.entrepot.journal import lire_journal
from infocentre.noyau.erreurs import Refus
from infocentre.operations.avance import Retenu, en_avance
from infocentre.operations.chargement import Demande, charger
from tests.livraisons.atelier import bonnes, en_csv, petite

PATIENCE = 60


class Dits:
    """What a person is told, in order."""

    def __init__(self) -> None:
        self.lignes: list[str] = []

    def table(self, nom: str, octets: int) -> Callable[[int], None]:
        self.lignes.append(nom)
        return lambda lus: self.lignes.append(f"{nom} {lus}/{octets}")


def test_the_next_is_made_while_one_is_in_use() -> None:
    deuxieme, ou = threading.Event(), []

    def faire() -> Iterator[int]:
        for rang in range(3):
            ou.append(threading.current_thread() is threading.main_thread())
            if rang == 1:
                deuxieme.set()
            yield rang
        raise Refus("plus rien")

    suite = en_avance(faire(), Retenu(Dits()))
    assert next(suite) == 0
    assert deuxieme.wait(PATIENCE)
    assert [next(suite), next(suite)] == [1, 2]
    with pytest.raises(Refus, match="plus rien"):
        next(suite)
    assert ou == [True, False, False]


def test_nothing_is_made_any_more_once_it_is_closed() -> None:
    parti, fait = threading.Event(), []

    def faire() -> Iterator[int]:
        yield 0
        parti.wait(PATIENCE)
        fait.append(1)
        yield 1

    with closing(en_avance(faire(), Retenu(Dits()))) as suite:
        assert next(suite) == 0
        threading.Timer(0.05, parti.set).start()
    assert fait == [1]


def test_what_is_told_ahead_waits_for_its_turn() -> None:
    dits = Dits()
    suivi = Retenu(dits)
    suivi.table("stock", 9)(9)
    assert dits.lignes == ["stock", "stock 9/9"]
    suivi.retenir()
    avancer = suivi.table("radiation", 5)
    avancer(2)
    assert dits.lignes == ["stock", "stock 9/9"]
    suivi.laisser()
    assert dits.lignes[2:] == ["radiation", "radiation 2/5"]
    avancer(3)
    assert dits.lignes[4:] == ["radiation 3/5"]


def test_a_command_loads_in_order_until_one_is_refused(tmp_path: Path) -> None:
    """The second is a guichet's worth of demandes, too few to be judged by shares or volumes."""
    chemins = []
    for arrete, actives in (("2026-10-31", 40), ("2026-11-30", 3), ("2026-12-31", 0)):
        stock = en_csv(bonnes("stock", actives)) if actives else "NOM;PRENOM\nMartin;Zoé\n"
        livraison = petite().texte("stock", stock).manifeste(arrete=arrete)
        chemins.append(livraison.ecrire(tmp_path / arrete))
    dossier, dits = Dossier(tmp_path / "donnees"), Dits()
    suite = charger(dossier, Demande(tuple(chemins)), dits)
    for rang, arrete in enumerate(["2026-10-31", "2026-11-30"], start=1):
        assert next(suite).description["arrete"] == arrete
        assert dits.lignes.count("stock") == rang
    with pytest.raises(Refus, match="colonne"):
        next(suite)
    assert dits.lignes.count("stock") == 3
    assert [une.arrete for une in dossier.version().livraisons] == ["2026-10-31", "2026-11-30"]
    (refusee,) = lire_journal(dossier.refus)
    assert refusee["livraison"] == "2026-12-31"
    assert not dossier.temporaire.exists()
