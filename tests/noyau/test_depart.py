"""The time that a process counts days in: Paris where the machine has none, else its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# 23:30 in Greenwich, on the last day of June: the 1st of July in Paris.
VEILLE = "1782862200"
DIRE = (
    "import datetime as dt; from infocentre.noyau.depart import prendre_l_heure_de_paris;"
    "prendre_l_heure_de_paris();"
    f"print(dt.datetime.fromtimestamp({VEILLE}).isoformat(' ', 'minutes'))"
)


@pytest.mark.parametrize(
    ("fuseau", "dit"),
    [
        ("", "2026-07-01 01:30"),  # the machine's, which is UTC when nobody set it
        ("UTC", "2026-06-30 23:30"),
        ("Indian/Reunion", "2026-07-01 03:30"),
        ("America/Cayenne", "2026-06-30 20:30"),
    ],
)
def test_days_are_those_of_paris_unless_a_zone_is_said(fuseau: str, dit: str) -> None:
    milieu = {nom: une for nom, une in os.environ.items() if nom != "TZ"}
    fait = subprocess.run(
        [sys.executable, "-c", DIRE],
        env=milieu | ({"TZ": fuseau} if fuseau else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert fait.stdout.strip() == dit
