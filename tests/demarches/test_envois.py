"""Several messages sent at once: planned, stopped at second 29 or 31, killed, resumed, told."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.decisions import Magasin
from infocentre.demarches import envois
from infocentre.demarches.envoi import Empeche, Messagerie, lever_le_doute
from infocentre.demarches.envois import TENUE, Envoi, Prevu
from infocentre.demarches.message import Message
from infocentre.noyau.erreurs import Refus
from tests.affaires.conftest import Horloge
from tests.affaires.test_registre import CONSTAT, PROPOSE
from tests.demarches.test_envoi import Serveur, ecouter
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

MESURES = procedures()["mesures_correctives"]
LE = dt.date(2026, 11, 2)


@pytest.fixture
def horloge() -> Horloge:
    return Horloge(LE)


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return Magasin(f"sqlite:///{tmp_path / 'decisions.sqlite'}")


@pytest.fixture
def registre(magasin: Magasin, horloge: Horloge) -> Affaires:
    return Affaires(magasin, Acteur("Léa"), horloge)


@pytest.fixture
def serveur() -> Iterator[tuple[Serveur, Messagerie]]:
    recoit = Serveur()
    with ecouter(recoit) as port:
        yield (
            recoit,
            Messagerie(
                serveur="127.0.0.1", port=port, securite="aucune", expediteur="g@exemple.fr",
                secondes=60,  # nobody waits for it, but a busy machine
            ),
        )  # fmt: skip


DEUX = ("doublons", "radiations")
TOURS = 20 * PROFONDEUR  # moments of death


def _prevus(
    registre: Affaires, nombre: int, debut: int = 0, sujets: Sequence[str] = DEUX
) -> list[Prevu]:
    """Return messages to organismes, each of affaires that were accepted."""
    prevus = []
    for rang in range(debut, debut + nombre):
        ids = []
        for sujet in sujets:
            une = registre.ouvrir(MESURES, "013", f"o{rang}", sujet, PROPOSE, constats_=[CONSTAT])
            registre.agir(une.id, "accepter")
            ids.append(une.id)
        prevus.append(Prevu(tuple(ids), "signaler", f"Organisme {rang}", (f"g{rang}@exemple.fr",)))
    return prevus


def _ecrire(prevus: Sequence[Prevu]) -> Iterator[Message]:
    for un in prevus:
        premiere, *autres = un.affaires
        yield Message(premiere, un.pour, un.vers, "Objet", "Bonjour,\n", (), tuple(autres))


def _faire(magasin: Magasin, registre: Affaires, un: Envoi, messagerie: Messagerie) -> Envoi | None:
    return envois.executer(magasin, registre, un.id, _ecrire, messagerie)


def _sorts(magasin: Magasin, registre: Affaires, un: Envoi) -> list[str]:
    return [suite.sort for suite in envois.suites(registre, envois.lire(magasin, un.id))]


def _passer(horloge: Horloge, secondes: float) -> None:
    horloge.instant += dt.timedelta(seconds=secondes)


def test_nothing_leaves_before_its_instant_then_each_message_once(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    un = envois.planifier(magasin, registre, "013", "Léa", _prevus(registre, 3))
    _passer(horloge, 29)
    assert envois.dus(magasin, horloge()) == []
    assert _faire(magasin, registre, un, messagerie) is None
    assert recoit.recus == []
    _passer(horloge, 2)
    assert envois.dus(magasin, horloge()) == [un.id]
    fini = _faire(magasin, registre, un, messagerie)
    assert fini is not None
    assert fini.etat == "fini"
    assert Counter(vers for _, (vers,) in recoit.recus) == {f"g{n}@exemple.fr": 1 for n in range(3)}
    suites = envois.suites(registre, fini)
    assert [(une.sort, une.quand) for une in suites] == [("parti", horloge())] * 3
    # One message, an event of each of its affaires.
    for prevu in fini.prevus:
        dits = [registre.lire(id_).situation.evenements[-1] for id_ in prevu.affaires]
        assert [dit.nom for dit in dits] == ["signaler", "signaler"]
        assert len({dit.donnees["message_id"] for dit in dits}) == 1
    assert envois.dus(magasin, horloge()) == []


@pytest.mark.parametrize(("secondes", "partis"), [(29, 0), (31, 2)])
def test_stopped_at_second_29_all_is_stopped_at_31_it_is_told_what_left(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie],
    secondes: int, partis: int,
) -> None:  # fmt: skip
    recoit, messagerie = serveur
    un = envois.planifier(magasin, registre, "013", "Léa", _prevus(registre, 4))

    def annuler_au_deuxieme(_: object) -> None:
        if len(recoit.recus) == 1:  # while the second is given
            envois.annuler(magasin, un.id, "Zoé", horloge())

    _passer(horloge, secondes)
    if secondes < 30:
        envois.annuler(magasin, un.id, "Zoé", horloge())
        _passer(horloge, 2)
    else:
        recoit.au_contenu = annuler_au_deuxieme
    _faire(magasin, registre, un, messagerie)
    assert len(recoit.recus) == partis
    assert _sorts(magasin, registre, un) == ["parti"] * partis + ["annule"] * (4 - partis)
    lu = envois.lire(magasin, un.id)
    assert (lu.etat, lu.arrete_par, envois.dus(magasin, horloge())) == ("annule", "Zoé", [])
    _passer(horloge, 3600)
    assert _faire(magasin, registre, un, messagerie) is None
    assert len(recoit.recus) == partis


def test_stopped_while_a_message_is_written_that_one_does_not_leave(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    un = envois.planifier(magasin, registre, "013", "Léa", _prevus(registre, 4))

    def ecrire(restent: Sequence[Prevu]) -> Iterator[Message]:
        for rang, message in enumerate(_ecrire(restent)):
            if rang == 2:
                envois.annuler(magasin, un.id, "Zoé", horloge())
            yield message

    _passer(horloge, 31)
    envois.executer(magasin, registre, un.id, ecrire, messagerie)
    assert len(recoit.recus) == 2
    assert _sorts(magasin, registre, un) == ["parti", "parti", "annule", "annule"]


def test_a_double_click_is_one_sending_and_two_people_are_told_of_each_other(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie]
) -> None:
    prevus = _prevus(registre, 2)
    un = envois.planifier(magasin, registre, "013", "Léa", prevus)
    assert envois.planifier(magasin, registre, "013", "Léa", prevus).id == un.id
    with pytest.raises(Refus, match=r"Léa envoie déjà 2\smessages depuis"):
        envois.planifier(magasin, registre, "013", "Zoé", prevus[:1])
    _passer(horloge, 31)
    _faire(magasin, registre, un, serveur[1])
    with pytest.raises(Refus, match="cet envoi est fini"):
        envois.annuler(magasin, un.id, "Léa", horloge())
    assert len(serveur[0].recus) == 2


def test_two_processes_that_find_it_due_send_it_once(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    un = envois.planifier(magasin, registre, "013", "Léa", _prevus(registre, 2))
    _passer(horloge, 31)
    autres: list[Envoi | None] = []

    def une_autre_fois(_: object) -> None:
        autres.append(_faire(magasin, registre, un, messagerie))

    recoit.au_contenu = une_autre_fois
    _faire(magasin, registre, un, messagerie)
    assert autres == [None, None]
    assert len(recoit.recus) == 2


def test_one_of_six_refused_is_told_and_stays_to_send(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    recoit.refuses.add("g3@exemple.fr")
    prevus = _prevus(registre, 6)

    def ecrire(restent: Sequence[Prevu]) -> Iterable[Message | Empeche]:
        for message in _ecrire(restent):
            if message.destinataires == ("g5@exemple.fr",):
                yield Empeche(message.nom, "ses destinataires ont changé")
            else:
                yield message

    un = envois.planifier(magasin, registre, "013", "Léa", prevus)
    _passer(horloge, 31)
    envois.executer(magasin, registre, un.id, ecrire, messagerie)
    suites = envois.suites(registre, envois.lire(magasin, un.id))
    assert [une.sort for une in suites] == ["parti"] * 3 + ["refuse", "parti", "refuse"]
    assert "550 boîte inconnue" in suites[3].raison
    assert suites[5].raison == "ses destinataires ont changé"
    recoit.refuses.clear()
    encore = envois.planifier(magasin, registre, "013", "Léa", [prevus[3]])
    _passer(horloge, 31)
    _faire(magasin, registre, encore, messagerie)
    assert _sorts(magasin, registre, encore) == ["parti"]
    assert len(recoit.recus) == 5


def test_a_server_that_dies_in_the_middle_leaves_a_doubt_and_the_rest_to_send(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur

    def mourir(smtp: object) -> None:
        if len(recoit.recus) == 1:
            recoit.refuses |= {f"g{n}@exemple.fr" for n in range(6)}
            smtp.transport.abort()  # type: ignore[attr-defined]

    recoit.au_contenu = mourir
    un = envois.planifier(magasin, registre, "013", "Léa", _prevus(registre, 4))
    _passer(horloge, 31)
    _faire(magasin, registre, un, messagerie)
    assert _sorts(magasin, registre, un) == ["parti", "suspens", "refuse", "refuse"]


def test_killed_at_any_moment_nothing_is_sent_twice_lost_nor_after_it_was_stopped(
    magasin: Magasin, registre: Affaires, horloge: Horloge, serveur: tuple[Serveur, Messagerie],
    tmp_path: Path,
) -> None:  # fmt: skip
    recoit, messagerie = serveur
    recoit.attendre = 0.005
    hasard = random.Random(31)  # noqa: S311 - moments of death
    morts, arretes, url = 0, 0, f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    for tour in range(TOURS):
        prevus = _prevus(registre, 3, 3 * tour, DEUX if tour % 4 == 0 else DEUX[:1])
        un = envois.planifier(magasin, registre, "013", "Léa", prevus)
        _passer(horloge, 31)
        morts += _envoyer_et_mourir(url, horloge, un, messagerie, hasard.uniform(0.0, 0.15))
        _lever_les_doutes(registre, recoit, prevus)
        if tour % 3 == 0 and envois.lire(magasin, un.id).vivant:
            arretes += 1
            envois.annuler(magasin, un.id, "Léa", horloge())
            avant = len(recoit.recus)
            _passer(horloge, TENUE.total_seconds() + 1)
            assert _faire(magasin, registre, un, messagerie) is None
            assert len(recoit.recus) == avant
            assert set(_sorts(magasin, registre, un)) <= {"parti", "annule"}
            continue
        _passer(horloge, TENUE.total_seconds() + 1)
        _faire(magasin, registre, un, messagerie)
        assert _sorts(magasin, registre, un) == ["parti"] * 3
        siens = {un.vers[0] for un in prevus}
        assert {vers for _, (vers,) in recoit.recus} >= siens
    assert set(Counter(nom for nom, _ in recoit.recus).values()) == {1}
    assert morts >= TOURS / 2
    assert arretes >= TOURS / 12
    registre.verifier()


def _envoyer_et_mourir(
    url: str, horloge: Horloge, un: Envoi, messagerie: Messagerie, apres: float
) -> int:
    """Send in a process that is killed after so many seconds; tell whether it was."""
    enfant = os.fork()
    if enfant == 0:  # it has no thread but this one, and never comes back to pytest
        with contextlib.suppress(BaseException):
            sien = Magasin(url)
            _faire(sien, Affaires(sien, Acteur("Léa"), horloge), un, messagerie)
        os._exit(0)
    time.sleep(apres)
    os.kill(enfant, signal.SIGKILL)
    _, statut = os.waitpid(enfant, 0)
    return int(os.WIFSIGNALED(statut))


def _lever_les_doutes(registre: Affaires, recoit: Serveur, prevus: Sequence[Prevu]) -> None:
    """Say of each message in doubt whether the server has it, as a person would by its name."""
    time.sleep(0.02)  # the server ends what it was given
    arrives = {nom for nom, _ in recoit.recus}
    for un in prevus:
        suspens = envoi_en_suspens(registre.lire(un.affaires[0]).situation)
        if suspens:
            arrive = suspens.donnees["message_id"] in arrives
            lever_le_doute(registre, un.affaires[0], arrive=arrive)
