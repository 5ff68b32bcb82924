"""What a file shows to who opens it, by other means than those of the infocentre."""

from __future__ import annotations

import email
import email.policy
import gzip
import html
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import duckdb
import polars as pl
import pypdfium2

_BALISE = re.compile("<[^>]*>")
_ENTETE = re.compile(rb"[A-Za-z-]+: ")


def textes(octets: bytes) -> Iterator[str]:
    """Yield all that there is to read of a file: its bytes, then what it holds once opened.

    A workbook, a text or slides, an archive, a PDF, a table of Parquet, a base, a message, JSON, a
    page.
    """
    if octets.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(octets)) as lue:
            for nom in lue.namelist():
                yield nom
                yield from textes(lue.read(nom))
    elif octets.startswith(b"%PDF-"):
        with pypdfium2.PdfDocument(octets) as papier:
            yield repr(papier.get_metadata_dict())
            yield from (page.get_textpage().get_text_range() for page in papier)
    elif octets.startswith(b"PAR1"):
        yield repr(pl.read_parquet(io.BytesIO(octets)).rows())
    elif octets.startswith(b"\x1f\x8b"):
        yield from textes(gzip.decompress(octets))
    elif _ENTETE.match(octets) and b"MIME-Version:" in octets:
        yield from _message(octets)
    elif octets[8:12] == b"DUCK":
        yield from _base(octets)
    else:
        yield from _texte(octets.decode("utf-8", "replace"))


def _base(octets: bytes) -> Iterator[str]:
    """Yield the rows of each table; not the bytes: they begin with a sum, which may be « { »."""
    with tempfile.TemporaryDirectory() as dossier:
        fichier = Path(dossier) / "base.duckdb"
        fichier.write_bytes(octets)
        with duckdb.connect(str(fichier), read_only=True) as con:
            for (nom,) in con.execute("SHOW TABLES").fetchall():
                yield repr(con.execute(f'FROM "{nom}"').fetchall())


def _message(octets: bytes) -> Iterator[str]:
    lu = email.message_from_bytes(octets, _class=EmailMessage, policy=email.policy.default)
    yield from map(str, lu.values())
    for partie in lu.walk():
        contenu = partie.get_payload(decode=True)
        if isinstance(contenu, bytes):
            yield from textes(contenu)


def _texte(lu: str) -> Iterator[str]:
    """Yield a text, then without what JSON escapes or the marks of a page."""
    yield lu
    if lu[:1] in {"{", "["}:
        yield from (repr(json.loads(un)) for un in _objets(lu))
    if "<" in lu:
        yield html.unescape(_BALISE.sub("", lu))


def _objets(lu: str) -> list[str]:
    """Return the objects of a text: one, or one a line."""
    lignes = lu.splitlines()
    return lignes if lignes[1:] and lignes[0].endswith("}") else [lu]
