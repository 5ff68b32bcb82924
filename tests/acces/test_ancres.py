"""Anchors: the heads of the chains leave at set moments, and what cannot leave is said."""

from __future__ import annotations

import os
import re
import socket
import stat
from pathlib import Path

import pytest

from infocentre.acces import ancres
from infocentre.acces.ancres import ancrer, ancrer_chaque_heure, comparer, lire
from infocentre.acces.audit import Trace, tracer
from infocentre.acces.modele import SEUL
from infocentre.cli.preuves import ancrer_le_jour
from infocentre.decisions import ouvrir_magasin
from tests.demarches.test_envoi import Serveur, ecouter


def _vivre(racine: Path, nombre: int = 3) -> None:
    for rang in range(nombre):
        tracer(ouvrir_magasin(racine), SEUL, Trace.REQUETE, "/requetes", rang)


def test_nothing_is_anchored_of_a_directory_that_has_no_store(tmp_path: Path) -> None:
    assert ancrer(tmp_path, "publication") == []
    assert list(tmp_path.iterdir()) == []


def test_heads_go_to_a_file_elsewhere_and_to_syslog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    donnees, ailleurs = tmp_path / "donnees", tmp_path / "ailleurs.jsonl"
    donnees.mkdir()
    _vivre(donnees)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as journal:
        journal.bind(("127.0.0.1", 0))
        journal.settimeout(5)
        port = journal.getsockname()[1]
        monkeypatch.setenv("INFOCENTRE_ANCRES", f"{ailleurs} ; syslog:127.0.0.1:{port}")
        assert ancrer(donnees, "publication") == []
        recue = journal.recv(4096)
    assert recue.startswith(b"<14>infocentre: {")
    assert stat.S_IMODE(ailleurs.stat().st_mode) == 0o600
    assert ailleurs.read_bytes() == (donnees / ancres.FICHIER).read_bytes()
    du_journal = tmp_path / "journal"  # as a journal gives it back, with what it puts before
    du_journal.write_bytes(b"Nov 29 10:00:00 srv " + recue.split(b">", 1)[1].rstrip(b"\0") + b"\n")
    with ouvrir_magasin(donnees).lire() as con:
        (une,), fautes = lire([du_journal, ailleurs], con)
        assert (une.pourquoi, une.traces, une.tetes["audit"].rang, fautes) == (
            "publication", 12, 3, [],
        )  # fmt: skip
        assert list(comparer(con, [une])) == []
    (dit, *_) = comparer(None, [une])
    assert re.fullmatch(
        r"l'ancre du \d\d/\d\d/\d{4} dit 3 enregistrements d'accès, tête \w{8}… ; la base n'en a "
        "que 0 : la fin manque", dit,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("destination", "dit"),
    [
        ("{racine}/plus/ancres.jsonl", "est dans les données"),
        ("/nulle/part/ancres.jsonl", "son dossier n'existe pas"),
        ("syslog:127.0.0.1:port", "n'a pas de port"),
    ],
)
def test_what_cannot_leave_is_said_and_undoes_nothing(
    destination: str, dit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _vivre(tmp_path)
    monkeypatch.setenv("INFOCENTRE_ANCRES", destination.format(racine=tmp_path))
    (echec,) = ancrer(tmp_path, "publication")
    assert dit in echec
    assert len(lire([tmp_path / ancres.FICHIER])[0]) == 1


def test_the_anchor_of_the_day_leaves_by_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _vivre(tmp_path)
    monkeypatch.setenv("INFOCENTRE_ANCRES", "courriel:controle@exemple.fr")
    (echec,) = ancrer_le_jour(tmp_path)
    assert "aucun serveur de messagerie n'est réglé" in echec
    recoit = Serveur()
    with ecouter(recoit) as port:
        (tmp_path / "messagerie.yml").write_text(
            f"serveur: 127.0.0.1\nport: {port}\nsecurite: aucune\nexpediteur: g@exemple.fr\n"
        )
        assert ancrer_le_jour(tmp_path) == []
    (contenu,) = recoit.contenus
    recu = tmp_path / "recu.eml"
    recu.write_bytes(contenu.split(b"\r\n\r\n", 1)[1].replace(b"\r\n", b"\n"))
    with ouvrir_magasin(tmp_path).lire() as con:
        (une,), fautes = lire([recu], con)
    assert (une.pourquoi, une.tetes["audit"].rang, fautes) == ("chaque jour", 3, [])


def test_a_server_anchors_once_an_hour(tmp_path: Path) -> None:
    _vivre(tmp_path)
    for fait, attendues in ((0, 1), (0, 1), (3500, 1), (3700, 2), (-9000, 3)):
        if fait:
            ici = (tmp_path / ancres.FICHIER).stat().st_mtime
            os.utime(tmp_path / ancres.FICHIER, (ici - fait, ici - fait))
        ancrer_chaque_heure(tmp_path)
        assert len((tmp_path / ancres.FICHIER).read_text().splitlines()) == attendues, fait
