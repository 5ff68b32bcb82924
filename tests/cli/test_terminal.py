"""What a delivery holds never drives the terminal of who reads it."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from infocentre.cli import main
from infocentre.exports import Donnees, exporter
from infocentre.noyau.formats import Format
from infocentre.noyau.texte import Ecran, a_l_ecran, imprimable

HOSTILE = "Mairie\x1b[2J de \u202eSalon\x07\udce9"
INOFFENSIF = r"Mairie\x1b[2J de \u202eSalon\x07\udce9"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _montrer(
    monkeypatch: pytest.MonkeyPatch, flux: io.StringIO, format_: Format, texte: str = HOSTILE
) -> str:
    monkeypatch.setattr(sys, "stdout", flux)
    donnees = Donnees(f"Titre {texte}", ("nom",), [(texte,)], note=texte)
    with a_l_ecran():
        exporter(donnees, format_, None)
        print("Fin", texte)  # noqa: T201
    return flux.getvalue()


def test_a_text_is_spelt_out_and_keeps_its_lines() -> None:
    assert imprimable(HOSTILE) == INOFFENSIF
    assert imprimable("Cœur d’Île\t– 10 €\n\u202f\u00a0«") == "Cœur d’Île\t– 10 €\n\u202f\u00a0«"


@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_a_terminal_receives_nothing_raw(monkeypatch: pytest.MonkeyPatch, format_: Format) -> None:
    monkeypatch.setenv("TERM", "xterm")
    texte = _montrer(monkeypatch, _Terminal(), format_, HOSTILE.removesuffix("\udce9"))
    for brut in ("\x1b[2J", "\u202e", "\x07", "\udce9"):
        assert brut not in texte
    assert f"Fin {INOFFENSIF.removesuffix(chr(92) + 'udce9')}" in texte


def test_a_program_receives_data_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    sale = HOSTILE.removesuffix("\udce9")
    assert sale in _montrer(monkeypatch, io.StringIO(), "csv", sale)


def test_a_table_in_a_file_or_a_pipe_is_printable_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in _montrer(monkeypatch, io.StringIO(), "table")


def test_a_refusal_and_what_is_unforeseen_are_printable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path / "donnees"))
    livraison = tmp_path / os.fsdecode(b"envoi\x1b[2J\xe2\x80\xae\xe9")
    assert main(["charger", str(livraison)]) == 1
    erreur = capsys.readouterr().err
    assert r"envoi\x1b[2J\u202e\udce9" in erreur
    assert "imprévue" not in erreur
    assert not isinstance(sys.stdout, Ecran)


@pytest.mark.parametrize("commande", ["contrat", "--version", "--help"])
@pytest.mark.parametrize(
    ("sortie", "code", "dit"),
    [("/dev/full", 1, "n'a pas pu être écrit : le disque est plein"), (os.devnull, 0, "")],
)
def test_what_cannot_be_printed_is_not_said_of_the_data(
    tmp_path: Path, commande: str, sortie: str, code: int, dit: str
) -> None:
    with Path(sortie).open("w") as flux:
        fait = subprocess.run(
            [sys.executable, "-m", "infocentre", commande],
            env=os.environ | {"INFOCENTRE_DOSSIER": str(tmp_path)},
            stdout=flux,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert fait.returncode == code
    assert dit in fait.stderr
    assert str(tmp_path) not in fait.stderr
    assert "Exception" not in fait.stderr


def _dire(sortie: int) -> subprocess.Popen[bytes]:
    """Have the contract printed by a machine that is not in UTF-8."""
    return subprocess.Popen(
        [sys.executable, "-m", "infocentre", "contrat"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        stdout=sortie,
    )


def test_a_file_is_in_utf8_whatever_the_machine_and_its_terminal_shows_what_it_can() -> None:
    faite = _dire(subprocess.PIPE)
    dans_un_fichier = faite.communicate()[0].decode("utf-8")
    assert (faite.returncode, "l’infocentre" in dans_un_fichier) == (0, True)
    maitre, esclave = pty.openpty()
    try:
        faite = _dire(esclave)
        os.close(esclave)
        lu = b""
        with contextlib.suppress(OSError):  # the end of a terminal
            while morceau := os.read(maitre, 1 << 16):
                lu += morceau
        assert faite.wait() == 0
        assert "obligatoire" in lu.decode("latin-1")
    finally:
        os.close(maitre)
