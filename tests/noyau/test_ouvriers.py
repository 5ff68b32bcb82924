"""The processes that share work: none is left, whatever becomes of who asked."""

from __future__ import annotations

import os
import select
import subprocess
import sys

import pytest

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.ouvriers import ouvriers, rendu

QUI_DEMANDE = """
import os, sys
from infocentre.noyau.ouvriers import ouvriers
with ouvriers(2, os.getpid) as processus:
    print(processus.submit(os.getpid).result(), flush=True)
    sys.stdin.read()
"""


def test_no_process_is_left_of_one_that_was_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", QUI_DEMANDE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as demande:
        assert demande.stdout
        fils = os.pidfd_open(int(demande.stdout.readline()))
        demande.kill()
        mort = select.poll()  # a process that has run for long has more files than select() takes
        mort.register(fils, select.POLLIN)
        assert mort.poll(60_000)
        os.close(fils)


def test_one_that_dies_is_said() -> None:
    with ouvriers(1, os.getpid) as processus, pytest.raises(Refus, match="s'est arrêtée"):
        rendu(processus.submit(os._exit, 1))
