"""A numéro unique is recognised wherever it is written, as a word of its own."""

from __future__ import annotations

import email.policy
import io
import json
import zipfile
from email.message import EmailMessage

import pytest

from infocentre.contrat.numeros import numeros_ecrits, numeros_ouverts, sans_autres_numeros

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
        ('"offset":0.011627906976744207,', set()),
    ],
)
def test_numeros_are_found(texte: str, attendus: set[str]) -> None:
    assert numeros_ecrits(texte.encode()) == attendus


def _archive(**membres: bytes) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as ecrite:
        for nom, octets in membres.items():
            ecrite.writestr(nom, octets)
    return tampon.getvalue()


def _courriel(*jointes: bytes) -> bytes:
    un = EmailMessage(policy=email.policy.SMTP)
    un["Subject"] = "Doublons à reprendre, dont l'objet est si long qu'il est écrit sur deux lignes"
    un["To"] = "guichet@exemple.fr"
    un.set_content("Voir le classeur. " * 30)
    for une in jointes:
        un.add_attachment(une, maintype="application", subtype="octet-stream", filename="a.xlsx")
    return un.as_bytes()


@pytest.mark.parametrize(
    ("octets", "attendus"),
    [
        (f"{UN};x".encode(), {UN}),
        (
            json.dumps({"dit": f"demande\u00a0{UN}\n{AUTRE} et é{CORSE}"}).encode(),
            {UN, AUTRE, CORSE},
        ),
        (_archive(a=f"<t>{UN}</t>".encode(), b=_archive(c=AUTRE.encode())), {UN, AUTRE}),
        (_courriel(_archive(a=UN.encode())), {UN}),
        (_archive(a=UN.encode())[:-30], set()),
        (b"%PDF-1.7 " + UN.encode(), {UN}),
    ],
    ids=["texte", "json", "archive", "courriel", "archive abîmée", "pdf abîmé"],
)
def test_a_file_is_opened_to_find_them(octets: bytes, attendus: set[str]) -> None:
    assert numeros_ouverts(octets) == attendus


def test_a_text_is_kept_without_those_of_others() -> None:
    assert sans_autres_numeros(f"/demande/{UN}?x={AUTRE}", {UN}) == f"/demande/{UN}?x=…"
    assert sans_autres_numeros(3, ()) == 3
