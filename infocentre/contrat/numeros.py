"""The form of a numéro unique: département, month, year, rank, then the guichet that created it."""

from __future__ import annotations

import contextlib
import email
import email.policy
import io
import re
import threading
import zipfile
from collections.abc import Collection, Iterator
from email.message import EmailMessage

LONGUEUR = 18
NUMERO_UNIQUE = r"([0-9]{3}|02[AB])(0[1-9]|1[0-2])[0-9]{8}[0-9A-Z]{5}"
_DIX = b"0" * 10
_EN_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MOT = rb"[0-9A-Za-z]"
_ECRIT = re.compile(
    rb"[0-9]{2}[0-9AB][0-9]{10}[0-9A-Z]{5}(?!%b)(?<!%b.{18})(?<![0-9]\..{18})" % (_MOT, _MOT),
    re.DOTALL,  # decimals are none
)


def est_numero(texte: str) -> bool:
    """Tell whether a text is a numéro unique, and nothing else."""
    return re.fullmatch(NUMERO_UNIQUE, texte) is not None


def numeros_ecrits(contenu: bytes) -> frozenset[str]:
    """Return the numéros uniques that a text shows, each a word of its own.

    Every answer is read: ten figures in a row are looked for first, which is done at once. They
    begin a numéro, or stand after its département.
    """
    zeros = contenu.translate(_EN_ZEROS)
    vus: set[str] = set()
    ici = zeros.find(_DIX)
    while ici >= 0:
        for debut in (ici, ici - 3):
            if debut >= 0 and (lu := _ECRIT.match(contenu, debut)):
                vus.add(lu[0].decode())
        ici = zeros.find(_DIX, ici + len(_DIX))
    return frozenset(vus)


def sans_autres_numeros(texte: object, gardes: Collection[str]) -> object:
    """Return a text without the numéros that it quotes, but those to keep; else what is given."""
    if not isinstance(texte, str):
        return texte
    for un in numeros_ecrits(texte.encode(errors="replace")) - set(gardes):
        texte = texte.replace(un, "…")
    return texte


_EMBOITES = 3  # an archive in a message in an archive
_ECHAPPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ENTETE, _ENTETES = re.compile(rb"[A-Za-z-]+: "), 8192  # bytes of a message
_PDF = threading.Lock()  # PDFium reads one file at a time


def numeros_ouverts(octets: bytes) -> frozenset[str]:
    """Return the numéros that a file shows to who opens it.

    A workbook, a PDF, a message, an archive, JSON or any text; one that is damaged is a text.
    """
    vus = frozenset[str]()
    for texte in _textes_de(octets, _EMBOITES):
        vus |= numeros_ecrits(texte)
    return vus


def _textes_de(octets: bytes, reste: int) -> Iterator[bytes]:
    if reste and octets.startswith(b"PK\3\4"):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(octets)) as lue:
            for nom in lue.namelist():
                yield from _textes_de(lue.read(nom), reste - 1)
    elif octets.startswith(b"%PDF-"):
        yield octets
        yield from _pages(octets)
    elif reste and _ENTETE.match(octets) and b"MIME-Version:" in octets[:_ENTETES]:
        lu = email.message_from_bytes(octets, _class=EmailMessage, policy=email.policy.default)
        for partie in lu.walk():
            contenu = partie.get_payload(decode=True)
            if isinstance(contenu, bytes):
                yield from _textes_de(contenu, reste - 1)
    elif octets[:1] in {b"{", b"["}:  # of JSON: what is escaped is no letter of the next word
        yield _ECHAPPE.sub(b" ", octets)
    else:
        yield octets


def _pages(octets: bytes) -> Iterator[bytes]:
    import pypdfium2

    with (
        _PDF,
        contextlib.suppress(pypdfium2.PdfiumError),
        pypdfium2.PdfDocument(octets) as lu,
    ):
        for page in lu:
            yield page.get_textpage().get_text_bounded().encode(errors="replace")
