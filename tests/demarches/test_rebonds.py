"""Messages that came back: the notices of servers mark the address, forged ones mark nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import mailbox
from pathlib import Path

import pytest

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.decisions import Magasin
from infocentre.demarches import rebonds
from infocentre.demarches.message import Message
from infocentre.noyau.borne import demander
from infocentre.noyau.erreurs import Refus
from tests.affaires.conftest import Horloge
from tests.affaires.test_registre import CONSTAT, PROPOSE

MESURES = procedures()["mesures_correctives"]


@pytest.fixture(autouse=True)
def sans_processus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, but where its limits are what is looked at."""
    monkeypatch.setattr(rebonds, "demander", lambda _, demande, *__, **___: rebonds._faire(demande))


@pytest.fixture
def magasin() -> Magasin:
    return Magasin("sqlite://")


@pytest.fixture
def registre(magasin: Magasin) -> Affaires:
    return Affaires(magasin, Acteur("Léa"), Horloge(dt.date(2026, 11, 12)))


def _parti(registre: Affaires, vers: str = "accueil@mairie.fr") -> str:
    """Send a message to an address; return its Message-ID."""
    une = registre.ouvrir(MESURES, "013", "o1", "doublons", PROPOSE, constats_=[CONSTAT])
    registre.agir(une.id, "accepter")
    un = Message(une.id, "signaler", (vers,), "Doublons", "Bonjour,\n")
    dits = {"pour": un.pour, "message_id": un.message_id, "destinataire": vers}
    registre.agir(une.id, "preparer_envoi", {**dits, "empreinte": un.empreinte})
    envoi = {"canal": "courriel", "message_id": un.message_id, "destinataire": vers}
    registre.agir(une.id, "signaler", envoi)
    return un.message_id


def avis_de(
    message_id: str,
    adresse: str = "Accueil@mairie.fr",
    action: str = "failed",
    status: str = "5.1.1",
    *,
    entetes: bool = False,
) -> bytes:
    """Return what a mail server sends back (RFC 3464)."""
    return f"""\
From: MAILER-DAEMON@relais.fr
To: suivi@exemple.fr
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail system could not deliver it.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.fr

Final-Recipient: rfc822; {adresse}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1
 <accueil@mairie.fr>: boite inconnue

--b
Content-Type: {"text/rfc822-headers" if entetes else "message/rfc822"}

Message-ID: {message_id}
Subject: Doublons

--b--
""".encode()


@pytest.mark.parametrize("entetes", [True, False])
def test_the_notice_of_a_server_marks_the_address(
    magasin: Magasin, registre: Affaires, *, entetes: bool
) -> None:
    lus = rebonds.lire(avis_de(_parti(registre), entetes=entetes), "avis.eml")
    (notee,), autres = rebonds.noter(magasin, registre, lus)
    assert (notee.adresse, autres) == ("accueil@mairie.fr", [])
    assert notee.motif == "550 5.1.1 <accueil@mairie.fr>: boite inconnue"
    assert rebonds.refusees(magasin)["accueil@mairie.fr"].dite.startswith("refusée le 12/11/2026")
    rebonds.lever(magasin, "accueil@mairie.fr")
    assert rebonds.refusees(magasin) == {}


def test_the_folder_of_the_settings_is_read_by_the_day_each_mail_once(
    magasin: Magasin, registre: Affaires, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boite, vers = tmp_path / "Maildir", "accueil@mairie.fr"
    for nom in ("new", "cur", "tmp"):
        (boite / nom).mkdir(parents=True)
    avis = boite / "new" / "1.M1.relais"
    avis.write_bytes(avis_de(_parti(registre)))
    (boite / "new" / "2.M2.relais").write_bytes(b"Subject: Bonjour\n\nUn message de quelqu'un.\n")
    (boite / "cur" / "3.M3.relais:2,S").write_bytes(b"\x00" * 10 + b"\xff" * 400)
    (boite / "new" / "lien").symlink_to("/etc/passwd")

    def relever() -> tuple[list[str], list[str], int]:
        lu = rebonds.relever(tmp_path, "Maildir", magasin, registre)
        return [une.adresse for une in lu.notees], lu.laisses, lu.restent

    monkeypatch.setattr(rebonds, "PAR_RELEVE", 2)
    notees, laisses, restent = relever()
    assert (notees, laisses, restent) == ([vers], [], 1)
    rebonds.lever(magasin, vers)
    avis.rename(boite / "cur" / "1.M1.relais:2,S")  # somebody has read it
    assert relever()[0] == []
    assert rebonds.refusees(magasin) == {}  # what a person said stands
    (boite / "new" / "4.M4.relais").write_bytes(
        avis_de(_parti(registre, "b@mairie.fr"), "b@mairie.fr")
    )
    assert relever()[0] == ["b@mairie.fr"]
    with pytest.raises(Refus, match="n'existe pas"):
        rebonds.relever(tmp_path, "absent", magasin, registre)


@pytest.mark.parametrize(
    ("message_id", "adresse"),
    [
        ("<013-2026-00001.signaler.0123456789abcdef@infocentre.invalid>", "accueil@mairie.fr"),
        ("<autre@ailleurs.fr>", "accueil@mairie.fr"),
        ("", "accueil@mairie.fr"),
        ("vrai", "prefet@etat.fr"),  # of a message of ours, to somebody else
    ],
)
def test_a_forged_notice_marks_nothing(
    magasin: Magasin, registre: Affaires, message_id: str, adresse: str
) -> None:
    vrai = _parti(registre)
    avis = avis_de(vrai if message_id == "vrai" else message_id, adresse)
    notees, autres = rebonds.noter(magasin, registre, rebonds.lire(avis, "avis.eml"))
    assert (notees, len(autres)) == ([], 1)
    assert rebonds.refusees(magasin) == {}


def test_a_delay_is_no_refusal(registre: Affaires) -> None:
    avis = avis_de(_parti(registre), action="delayed", status="4.4.1")
    assert rebonds.lire(avis, "avis.eml") == []


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x00" * 10_000,
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: ?;;\n",
        "".join(
            f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000)
        ).encode(),
        b"Content-Type: message/delivery-status\n\n"
        + b"\n\nFinal-Recipient: rfc822; ../../etc/passwd\nAction: failed" * 3_000,
        b"Content-Type: message/delivery-status\n\n\n\nFinal-Recipient: rfc822; "
        + b"a" * 100_000 + b"@b.fr\nAction: failed",
    ],
)  # fmt: skip
def test_a_hostile_mail_marks_nothing_and_crashes_nothing(
    magasin: Magasin, registre: Affaires, octets: bytes
) -> None:
    lus = []
    with contextlib.suppress(Refus):  # it is no notice, or cannot be read
        lus = rebonds.lire(octets, "../avis.eml")
    assert rebonds.noter(magasin, registre, lus)[0] == []
    assert rebonds.refusees(magasin) == {}


def test_a_folder_of_mails_is_read_whatever_its_form(registre: Affaires, tmp_path: Path) -> None:
    avis = avis_de(_parti(registre))
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    maildir.add(avis)
    maildir.add(b"Subject: bonjour\n\nUn autre courriel.\n")
    mbox = mailbox.mbox(tmp_path / "boite.mbox")
    mbox.add(avis)
    mbox.close()
    (tmp_path / "seul.eml").write_bytes(avis)
    (tmp_path / "Maildir" / "new" / "lien").symlink_to("/etc/passwd")
    for ou, nombre in (("Maildir", 2), ("boite.mbox", 1), ("seul.eml", 1)):
        trouves = []
        contenus = [octets for _, octets in rebonds.courriels(tmp_path / ou)]
        assert len(contenus) == nombre
        for octets in contenus:
            with contextlib.suppress(Refus):
                trouves += rebonds.lire(octets, ou)
        assert [un.adresse for un in trouves] == ["accueil@mairie.fr"]


def test_parts_within_parts_cost_a_process_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rebonds, "demander", demander)
    poupees = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(5_000))
    with pytest.raises(Refus, match=r"(?:lire )?ce courriel"):
        rebonds.lire("".join(poupees).encode(), "poupées.eml")
