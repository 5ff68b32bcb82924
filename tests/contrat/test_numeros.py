"""A numéro unique is recognised wherever it is written, as a word of its own."""

from __future__ import annotations

import pytest

from infocentre.contrat.numeros import numeros_ecrits

UN, AUTRE, CORSE = "0130126003573GDPUB", "0130126003574G1302", "02A0126003573GDPUB"


@pytest.mark.parametrize(
    ("texte", "attendus"),
    [
        (UN, {UN}),
        (f'{{"href":"/demande/{UN}","x":"{AUTRE}"}}', {UN, AUTRE}),
        (f"é{CORSE};unite_{UN}", {CORSE, UN}),
        (f"x{UN} {AUTRE}z 9{UN}", set()),
        (f"[0.12345678901234567,9{UN},{CORSE},7.12345678901{UN} {UN}]", {CORSE, UN}),
        ("26/11/2026 1234567890123", set()),
    ],
)
def test_numeros_are_found(texte: str, attendus: set[str]) -> None:
    assert numeros_ecrits(texte.encode()) == attendus
