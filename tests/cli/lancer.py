"""Run a command of the infocentre in this process and look at what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from infocentre.cli import main


@dataclass(frozen=True)
class Sortie:
    """What a command gave: its exit code and its two outputs."""

    code: int
    texte: str
    erreur: str


class Commande:
    """The command line on one data directory."""

    def __init__(
        self, racine: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        patch.setenv("INFOCENTRE_DOSSIER", str(racine))
        self.capsys = capsys

    def __call__(self, *arguments: str | Path) -> Sortie:
        """Run it; an exit by argparse counts as its code."""
        self.capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as fin:
            code = int(fin.code or 0)
        lu = self.capsys.readouterr()
        return Sortie(code, lu.out, lu.err)
