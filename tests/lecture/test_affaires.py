"""Affaires read again after an event, and what is worked out of them, as often as needed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.schema import affaires as table
from infocentre.decisions.schema import constats, evenements
from infocentre.entrepot import Dossier, Version
from infocentre.lecture import affaires as lues
from infocentre.lecture.lecteur import Lecture, VersionOuverte
from infocentre.procedures.mesures_correctives import comptes as attendus
from tests.affaires.conftest import Horloge
from tests.affaires.test_registre import CONSTAT, PROPOSE
from tests.decisions.gardes import sans_gardes

ICI, AILLEURS = "013", "083"


@pytest.fixture
def v(tmp_path: Path) -> Lecture:
    return Lecture(VersionOuverte(Dossier(tmp_path), Version(), duckdb.connect()), TOUT)


@pytest.fixture
def registre(tmp_path: Path) -> Affaires:
    return Affaires(ouvrir_magasin(tmp_path), Acteur("Léa"))


def _ouvrir(registre: Affaires, departement: str, objet: str = "o") -> str:
    mesures = procedures()["mesures_correctives"]
    return registre.ouvrir(mesures, departement, objet, "doublons", PROPOSE, constats_=[CONSTAT]).id


def _exiger(v: Lecture, registre: Affaires) -> None:
    assert lues.affaires(v, ICI, finies=True) == tuple(registre.lister(ICI, finies=True))
    ouvertes = [une for une in registre.lister(ICI) if not une.situation.finie]
    assert lues.affaires(v, ICI) == tuple(ouvertes)


def test_what_has_new_events_is_read_again_the_rest_is_kept(v: Lecture, registre: Affaires) -> None:
    premiere, seconde = _ouvrir(registre, ICI, "a"), _ouvrir(registre, ICI, "b")
    _exiger(v, registre)
    (gardee, _) = lues.affaires(v, ICI)
    for id_, nom, donnees in (
        (seconde, "accepter", {}),
        (_ouvrir(registre, AILLEURS), "accepter", {}),
        (seconde, "signaler", {"canal": "courriel"}),
        (_ouvrir(registre, ICI, "c"), "ecarter", {"raison": "guichet fermé"}),
    ):
        registre.agir(id_, nom, donnees)
        _exiger(v, registre)
        assert lues.affaires(v, ICI)[0] is gardee
    registre.agir(premiere, "accepter")
    _exiger(v, registre)


def test_another_store_in_the_place_of_the_first_is_read_whole(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    id_ = _ouvrir(registre, ICI, "a")
    _exiger(v, registre)
    with sans_gardes(ouvrir_magasin(tmp_path)) as con:  # a backup put back, then more work
        for une in (constats, evenements, table):
            con.execute(une.delete())
    autre = _ouvrir(registre, ICI, "b")
    registre.agir(autre, "accepter")
    assert autre == id_
    _exiger(v, registre)
    assert [une.objet for une in lues.affaires(v, ICI)] == ["b"]


def test_what_is_worked_out_is_kept_until_an_event_of_the_departement(
    v: Lecture, registre: Affaires
) -> None:
    faits: list[str] = []

    @lues.selon_les_affaires
    def compter(v: Lecture, departement: str, quoi: str) -> int:
        faits.append(quoi)
        return len(lues.affaires(v, departement))

    assert compter(v, ICI, "x") == compter(v, ICI, "x") == 0
    id_ = _ouvrir(registre, ICI)
    assert [compter(v, ICI, un) for un in "xyxy"] == [1, 1, 1, 1]
    _ouvrir(registre, AILLEURS)
    assert compter(v, ICI, "x") == 1
    assert faits == ["x", "x", "y"]
    registre.agir(id_, "ecarter", {"raison": "guichet fermé"})
    assert compter(v, ICI, "x") == 0
    assert len(faits) == 4


def test_an_answer_is_awaited_or_is_to_be_asked_again_never_both(
    v: Lecture, registre: Affaires, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendus, "a_ouvrir", lambda *_: [])
    id_ = _ouvrir(registre, ICI)
    registre.agir(id_, "accepter")
    registre.agir(id_, "signaler", {"canal": "courriel"})
    attendues, relances = [], []  # a reminder waits until it is sent, however late the answer
    for jours in (0, 400):
        jour = registre.aujourdhui + dt.timedelta(days=jours)
        comptes = attendus.compter(v, ICI, "2026-10", jour)
        attendues.append(len(comptes.attendues))
        relances.append(len(comptes.relances))
        assert not comptes.silences
    assert (attendues, relances) == ([1, 0], [0, 1])


def test_an_affaire_is_as_it_was_entered_by_a_day(v: Lecture, tmp_path: Path) -> None:
    """What is entered later changes nothing of it, on whatever day it happened; nor a merger."""
    horloge = Horloge(dt.date(2026, 6, 1))
    registre = Affaires(ouvrir_magasin(tmp_path), Acteur("Léa"), horloge)
    une, autre = _ouvrir(registre, ICI, "a"), _ouvrir(registre, ICI, "b")
    registre.agir(une, "accepter")
    registre.agir(une, "signaler", {"canal": "courriel"})
    tete = registre.tete()
    horloge.mettre(dt.date(2026, 7, 10))
    registre.agir(
        une, "repondre", {"canal": "courriel", "choix": "accord"}, jour=dt.date(2026, 6, 20)
    )
    registre.agir(autre, "fusionner", {"avec": une})
    _ouvrir(registre, ICI, "c")

    def etats(jour: dt.date | None) -> dict[str, str]:
        return {un.objet: un.etat for un in lues.affaires_au(v, ICI, jour)}

    assert etats(dt.date(2026, 5, 31)) == {}
    assert etats(dt.date(2026, 6, 30)) == {"a": "signale", "b": "a_proposer"}
    maintenant = {"a": "en_cours", "b": "fusionne", "c": "a_proposer"}
    assert etats(dt.date(2026, 7, 10)) == etats(None) == maintenant
    alors, _ = lues.affaires_au(v, ICI, dt.date(2026, 6, 30))
    assert [un.due for un in alors.echeances] == [dt.date(2026, 6, 15), dt.date(2026, 6, 22)]
    assert lues.tete(v, dt.date(2026, 6, 30)) == tete
    assert lues.tete(v, dt.date(2026, 5, 31)) is None


def test_a_wrong_clock_hides_nothing_of_a_day(v: Lecture, tmp_path: Path) -> None:
    """Entered under 2030, told of in November: known from November on, not before."""
    horloge = Horloge(dt.date(2026, 11, 2))
    registre = Affaires(ouvrir_magasin(tmp_path), Acteur("Léa"), horloge)
    une = _ouvrir(registre, ICI, "a")
    horloge.mettre(dt.date(2030, 1, 1))
    registre.agir(une, "accepter")
    horloge.mettre(dt.date(2026, 11, 12))
    registre.corriger_l_horloge("pile de la machine")
    for jour, etat in ((dt.date(2026, 11, 5), "a_proposer"), (dt.date(2026, 11, 30), "propose")):
        assert [un.etat for un in lues.affaires_au(v, ICI, jour)] == [etat]
