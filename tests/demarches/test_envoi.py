"""Sending through a real SMTP server that accepts, refuses, drops: once each, or it is said."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import email
import email.policy
import os
import random
import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.decisions import Magasin
from infocentre.demarches.envoi import (
    Bilan,
    Messagerie,
    envoyer,
    envoyer_un,
    lever_le_doute,
    limiter,
    lire_messagerie,
    preparer_chacun,
)
from infocentre.demarches.message import Message, Piece
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import A_REMETTRE
from tests.affaires.test_registre import CONSTAT, PROPOSE
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

MESURES = procedures()["mesures_correctives"]


class Serveur:
    """What the server does of each message, and what it took: (Message-ID, recipients)."""

    def __init__(self) -> None:
        self.recus: list[tuple[str, tuple[str, ...]]] = []
        self.contenus: list[bytes] = []
        self.refuses: set[str] = set()
        self.au_contenu: Callable[[SMTP], str | None] = lambda _: None
        self.attendre = 0.0
        self.lignes = 0  # that are open: without any, nothing more of what was given arrives

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 boîte inconnue"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, serveur: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.attendre)
        if reponse := self.au_contenu(serveur):
            return reponse
        assert isinstance(envelope.content, bytes)
        self.contenus.append(envelope.content)
        lu = email.message_from_bytes(envelope.content)
        self.recus.append((lu["Message-ID"], tuple(envelope.rcpt_tos)))
        return "250 accepté"


class _Ligne(SMTP):
    """A line to the server, which counts those that are open."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.lignes += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.lignes -= 1


EXIGE: dict[str, Any] = {}  # how a server judges who names himself, where a test says it


class _Controle(Controller):
    """What listens, by lines that are counted."""

    def factory(self) -> SMTP:
        return _Ligne(self.handler, **self.SMTP_kwargs, **EXIGE)


@contextlib.contextmanager
def ecouter(recoit: Serveur) -> Iterator[int]:
    """Listen for messages; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as libre:
        port: int = libre.getsockname()[1]
    controle = _Controle(recoit, hostname="127.0.0.1", port=port)
    controle.start()
    try:
        yield port
    finally:
        controle.stop()


@pytest.fixture
def serveur() -> Iterator[tuple[Serveur, Messagerie]]:
    recoit = Serveur()
    with ecouter(recoit) as port:
        yield (
            recoit,
            Messagerie(
                serveur="127.0.0.1", port=port, securite="aucune", expediteur="g@exemple.fr",
                secondes=2,
            ),
        )  # fmt: skip


@pytest.fixture
def registre(tmp_path: Path) -> Affaires:
    return Affaires(Magasin(f"sqlite:///{tmp_path / 'decisions.sqlite'}"), Acteur("Léa"))


def _messages(registre: Affaires, nombre: int) -> list[Message]:
    """Return messages of affaires that were accepted, each to its own address."""
    messages = []
    for rang in range(nombre):
        une = registre.ouvrir(MESURES, "013", f"o{rang}", "doublons", PROPOSE, constats_=[CONSTAT])
        registre.agir(une.id, "accepter")
        vers = (f"guichet{rang}@exemple.fr",)
        messages.append(Message(une.id, "signaler", vers, "Doublons : à examiner", "Bonjour,\n"))
    return messages


def test_each_message_is_sent_once_and_its_name_kept(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    messages = _messages(registre, 3)
    bilan = envoyer(registre, messages, messagerie)
    assert bilan == Bilan(tuple(un.affaire for un in messages), (), ())
    assert recoit.recus == [(un.message_id, un.destinataires) for un in messages]
    une = registre.lire(messages[0].affaire)
    assert une.etat == "signale"
    assert une.situation.evenements[-1].donnees["message_id"] == messages[0].message_id
    encore = envoyer(registre, messages, messagerie)
    assert [id_ for id_, _ in encore.echouees] == [un.affaire for un in messages]
    assert len(recoit.recus) == 3


def test_what_arrives_is_what_was_written_with_its_files(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    """Long lines, accents, a line that begins with a point, files larger than a line of SMTP."""
    (un,) = _messages(registre, 1)
    corps = "Bonjour,\n.\n" + "Délai d’enregistrement ; " * 60 + "\n"
    pieces = (Piece("fiche.pdf", bytes(range(256)) * 400), Piece("cas.xlsx", b"\n" * 5_000))
    ecrit = dataclasses.replace(un, corps=corps, pieces=pieces)
    assert envoyer(registre, [ecrit], serveur[1]).envoyees == (un.affaire,)
    recu = email.message_from_bytes(serveur[0].contenus[0], policy=email.policy.default)
    assert isinstance(recu, EmailMessage)
    texte = recu.get_body(("plain",))
    assert texte is not None
    assert texte.get_content() == corps
    joints = {str(j.get_filename()): j.get_content() for j in recu.iter_attachments()}
    assert joints == {piece.nom: piece.octets for piece in pieces}


def test_a_recipient_that_is_refused_is_named_and_may_be_tried_again(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    recoit.refuses = {"guichet0@exemple.fr"}
    messages = _messages(registre, 2)
    bilan = envoyer(registre, messages, messagerie)
    assert bilan.envoyees == (messages[1].affaire,)
    assert "guichet0@exemple.fr : refusé par le serveur (550" in bilan.echouees[0][1]
    recoit.refuses = set()
    assert envoyer(registre, messages[:1], messagerie).envoyees == (messages[0].affaire,)


def test_a_content_that_is_refused_is_not_sent(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    recoit.au_contenu = lambda _: "552 trop gros"
    (un,) = _messages(registre, 1)
    assert "552 trop gros" in envoyer(registre, [un], messagerie).echouees[0][1]
    assert registre.lire(un.affaire).etat == "propose"


def test_a_line_that_breaks_while_a_message_is_given_leaves_a_doubt(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur

    def couper(smtp: SMTP) -> None:
        assert smtp.transport is not None
        smtp.transport.abort()  # type: ignore[attr-defined]

    recoit.au_contenu = couper
    messages = _messages(registre, 2)
    bilan = envoyer(registre, messages[:1], messagerie)
    assert bilan.en_suspens[0][1].startswith(messages[0].message_id)
    recoit.au_contenu = lambda _: None
    # Nothing of it is sent again before a person has said; the others go.
    bilan = envoyer(registre, messages, messagerie)
    assert (len(bilan.en_suspens), bilan.envoyees) == (1, (messages[1].affaire,))
    with pytest.raises(Refus, match="aucun envoi n'est en suspens"):
        lever_le_doute(registre, messages[1].affaire, arrive=True)
    lever_le_doute(registre, messages[0].affaire, arrive=False)
    assert envoyer(registre, messages[:1], messagerie).envoyees == (messages[0].affaire,)


def test_a_death_between_the_word_of_a_person_and_what_it_says_sends_nothing_again(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    (un,) = _messages(registre, 1)
    intention = {"pour": "signaler", "message_id": un.message_id, "destinataire": "a@b.fr"}
    registre.agir(un.affaire, "preparer_envoi", intention | {"empreinte": un.empreinte})
    registre.agir(un.affaire, "lever_doute", {"arrive": True})
    assert len(envoyer(registre, [un], serveur[1]).en_suspens) == 1
    lever_le_doute(registre, un.affaire, arrive=True)
    assert registre.lire(un.affaire).etat == "signale"
    assert serveur[0].recus == []


def test_a_doubt_that_a_person_lifts_counts_as_sent_that_day(registre: Affaires) -> None:
    (un,) = _messages(registre, 1)
    intention = {"pour": "signaler", "message_id": un.message_id, "destinataire": "a@b.fr"}
    registre.agir(un.affaire, "preparer_envoi", intention | {"empreinte": un.empreinte})
    lever_le_doute(registre, un.affaire, arrive=True)
    assert registre.lire(un.affaire).etat == "signale"


@pytest.mark.parametrize(
    ("vers", "recu"),
    [
        ("lea@é.fr", "lea@xn--9ca.fr"),
        ("léa@exemple.fr", ""),
        ("pas une adresse", ""),
    ],
)
def test_an_address_with_accents_is_sent_to_or_refused_without_a_doubt(
    registre: Affaires, serveur: tuple[Serveur, Messagerie], vers: str, recu: str
) -> None:
    recoit, messagerie = serveur
    un, autre = _messages(registre, 2)
    bilan = envoyer(registre, [dataclasses.replace(un, destinataires=(vers,)), autre], messagerie)
    assert bilan.envoyees == ((un.affaire, autre.affaire) if recu else (autre.affaire,))
    assert [vers for _, (vers,) in recoit.recus] == [*filter(None, [recu]), "guichet1@exemple.fr"]
    assert not bilan.en_suspens
    assert envoi_en_suspens(registre.lire(un.affaire).situation) is None


@pytest.mark.parametrize("mot", ["secret", "mot de passé"])
def test_a_password_is_given_as_it_is_written(mot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recus: list[object] = []

    def juger(*recu: Any) -> AuthResult:
        recus.append(recu[-1])
        juste = recu[-1].password == mot.encode()
        return AuthResult(success=juste, handled=juste)

    monkeypatch.setitem(EXIGE, "authenticator", juger)
    monkeypatch.setitem(EXIGE, "auth_require_tls", False)  # noqa: FBT003 - the value of an item
    recoit, courriel = Serveur(), EmailMessage()
    courriel["Subject"] = "essai"
    with ecouter(recoit) as port:
        m = Messagerie(
            serveur="127.0.0.1", port=port, securite="aucune", expediteur="g@exemple.fr",
            utilisateur="moi",
        )  # fmt: skip
        m._mot_de_passe = "un autre"
        with pytest.raises(Refus, match="refusé par le serveur"):
            envoyer_un(m, courriel, "lea@exemple.fr")
        m._mot_de_passe = mot
        envoyer_un(m, courriel, "lea@exemple.fr")
    assert [vers for _, vers in recoit.recus] == [("lea@exemple.fr",)]


def test_what_a_server_does_not_know_is_said_in_french(
    serveur: tuple[Serveur, Messagerie],
) -> None:
    courriel = EmailMessage()
    for reglage, dit in (
        ({"securite": "starttls"}, "ne connaît pas STARTTLS : choisir TLS"),
        ({"utilisateur": "moi"}, "ne connaît pas de nom ni de mot de passe"),
    ):
        with pytest.raises(Refus, match=dit):
            envoyer_un(serveur[1].model_copy(update=reglage), courriel, "lea@exemple.fr")


@pytest.mark.parametrize("panne", ["fermé", "lent"])
def test_a_server_that_is_down_or_slow_sends_nothing_and_loses_nothing(
    registre: Affaires, serveur: tuple[Serveur, Messagerie], panne: str
) -> None:
    recoit, messagerie = serveur
    (un,) = _messages(registre, 1)
    if panne == "fermé":
        bilan = envoyer(registre, [un], messagerie.model_copy(update={"port": 9}))
        assert "ne répond pas" in bilan.echouees[0][1]
        assert registre.lire(un.affaire).etat == "propose"
    else:
        recoit.attendre = 1.5
        bilan = envoyer(registre, [un], messagerie.model_copy(update={"secondes": 1}))
        assert "liaison coupée" in bilan.en_suspens[0][1]


def test_a_base_that_goes_away_leaves_a_doubt_and_nothing_is_sent_twice(
    base_postgresql: str, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    registre = Affaires(Magasin(base_postgresql), Acteur("Léa"))
    messages = _messages(registre, 3)
    recoit.au_contenu = lambda _: _ouvrir_la_base(base_postgresql, "false")
    bilan = envoyer(registre, messages, messagerie)
    recoit.au_contenu = lambda _: None
    _ouvrir_la_base(base_postgresql, "true")
    ((douteux, pourquoi),) = bilan.en_suspens
    assert (douteux, bilan.envoyees) == (messages[0].affaire, ())
    assert "parti sans que cela ait pu être gardé : les décisions" in pourquoi
    assert all("ne peuvent être lues ni gardées" in raison for _, raison in bilan.echouees)
    assert [nom for nom, _ in recoit.recus] == [messages[0].message_id]

    suite = envoyer(registre, messages, messagerie)
    assert [id_ for id_, _ in suite.en_suspens] == [douteux]
    lever_le_doute(registre, douteux, arrive=True)
    assert Counter(nom for nom, _ in recoit.recus) == {un.message_id: 1 for un in messages}
    assert {registre.lire(un.affaire).etat for un in messages} == {"signale"}
    registre.verifier()


def _ouvrir_la_base(base: str, oui: str) -> None:
    """Let lines to a base be opened, or cut those that are and refuse others."""
    adresse = sa.make_url(base)
    ailleurs = sa.create_engine(adresse.set(database="template1"), isolation_level="AUTOCOMMIT")
    with ailleurs.connect() as con:
        con.exec_driver_sql(f"ALTER DATABASE {adresse.database} ALLOW_CONNECTIONS {oui}")
        con.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (adresse.database,),
        )
    ailleurs.dispose()


def test_a_batch_has_a_limit(registre: Affaires, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [un.affaire for un in _messages(registre, 3)]
    limiter(registre, ids)
    monkeypatch.setattr("infocentre.affaires.registre.reglages_de", lambda _: {"envois_par_lot": 2})
    with pytest.raises(Refus, match="3 messages à envoyer, 2 au plus"):
        limiter(registre, ids)
    with pytest.raises(Refus, match="aucun message n'attend"):
        limiter(registre, [])


def test_a_message_that_cannot_be_written_stops_no_other(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    messages = {un.affaire: un for un in _messages(registre, 3)}
    sans_adresse, *autres = messages

    def ecrire(id_: str) -> Message:
        if id_ == sans_adresse:
            raise Refus("aucune adresse électronique n'est connue", que_faire="En donner une.")
        return messages[id_]

    bilan = envoyer(registre, preparer_chacun(messages, ecrire), serveur[1])
    assert bilan.envoyees == tuple(autres)
    ((id_, raison),) = bilan.echouees
    assert (id_, registre.lire(id_).etat) == (sans_adresse, "propose")
    assert "aucune adresse électronique n'est connue" in raison


def test_the_settings_of_the_mail_are_refused_field_by_field(tmp_path: Path) -> None:
    with pytest.raises(Refus, match="aucun serveur de messagerie n'est réglé"):
        lire_messagerie(tmp_path)
    fichier = tmp_path / "messagerie.yml"
    fichier.write_text("serveur: s.fr\nexpediteur: a@b.fr\nport: 70000\nmot: x\n", "utf-8")
    with pytest.raises(Refus, match=r"champ « port » : 70000.*champ « mot »"):
        lire_messagerie(tmp_path)


FOIS = 10 * PROFONDEUR


def test_killed_at_any_moment_each_recipient_receives_once(
    registre: Affaires, serveur: tuple[Serveur, Messagerie], tmp_path: Path
) -> None:
    recoit, messagerie = serveur
    recoit.attendre = 0.01
    hasard = random.Random(14)  # noqa: S311 - moments of death
    messages = _messages(registre, FOIS)
    url = f"sqlite:///{tmp_path / 'decisions.sqlite'}"
    morts = 0

    def ouvrir() -> Affaires:
        return Affaires(Magasin(url), Acteur("Léa"))

    def restes() -> list[Message]:
        attendent = {une.id for une in registre.lister() if une.etat == "propose"}
        return [un for un in messages if un.affaire in attendent]

    for _ in range(FOIS):
        morts += _envoyer_et_mourir(ouvrir, restes(), messagerie, hasard.uniform(0.005, 0.05))
        _lever_les_doutes(registre, recoit)
    envoyer(registre, restes(), messagerie)
    assert morts >= FOIS / 5
    assert {registre.lire(un.affaire).etat for un in messages} == {"signale"}
    assert Counter(nom for nom, _ in recoit.recus) == {un.message_id: 1 for un in messages}
    registre.verifier()


def _envoyer_et_mourir(
    ouvrir: Callable[[], Affaires], messages: list[Message], messagerie: Messagerie, apres: float
) -> bool:
    """Send in a process that is killed after some seconds; return whether it died of it."""
    fils = os.fork()
    if not fils:  # the child has no thread but this one, and never comes back to pytest
        with contextlib.suppress(BaseException):
            envoyer(ouvrir(), messages, messagerie)
        os._exit(0)
    fin = time.monotonic() + apres
    while time.monotonic() < fin:
        if os.waitpid(fils, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    os.kill(fils, signal.SIGKILL)
    return os.waitpid(fils, 0)[1] == signal.SIGKILL


def _lever_les_doutes(registre: Affaires, recoit: Serveur, procedure: str = MESURES.code) -> None:
    """Do as a person does: look for the Message-ID among what arrived, and say it."""
    fin = time.monotonic() + 10
    while recoit.lignes and time.monotonic() < fin:
        time.sleep(0.005)
    arrives = {nom for nom, _ in recoit.recus}
    for une in registre.lister(procedure=procedure):
        if suspens := envoi_en_suspens(une.situation):
            lever_le_doute(registre, une.id, arrive=suspens.donnees["message_id"] in arrives)


def test_nothing_is_given_to_the_server_before_who_gets_it_is_told(
    registre: Affaires, serveur: tuple[Serveur, Messagerie]
) -> None:
    """Whatever sends: the only two places that give a mail to a server say so, or give nothing."""
    recoit, messagerie = serveur
    dites: list[Mapping[str, str]] = []

    def refuser(_: bytes, dite: Mapping[str, str]) -> None:
        dites.append(dite)
        raise Refus("les traces ne peuvent être gardées")

    jeton = A_REMETTRE.set(refuser)
    try:
        (message,) = _messages(registre, 1)
        bilan = envoyer(registre, [message], messagerie)
        assert bilan.echouees == ((message.affaire, "les traces ne peuvent être gardées"),)
        courriel = EmailMessage()
        courriel["Subject"] = "Essai"
        with pytest.raises(Refus, match="traces"):
            envoyer_un(messagerie, courriel, "lea@exemple.fr")
    finally:
        A_REMETTRE.reset(jeton)
    assert recoit.recus == []
    assert dites == [
        {"affaire": message.affaire, "destinataire": ", ".join(message.destinataires)},
        {"destinataire": "lea@exemple.fr", "sujet": "Essai"},
    ]
    ailleurs = [
        str(un)
        for un in (*Path("infocentre").rglob("*.py"), *Path("dashboards").rglob("*.py"))
        if re.search(r"smtplib\.SMTP(_SSL)?\(", un.read_text("utf-8"))
    ]
    assert ailleurs == ["infocentre/demarches/envoi.py"]
