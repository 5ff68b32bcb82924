"""Office files are zip archives full of clocks: the same document must give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

_MOMENT_ZIP = (1980, 1, 1, 0, 0, 0)
_PROPRIETES = "docProps/core.xml"
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_CLASSEUR = ".xlsx"
# A picture of the library's empty model: file managers would show it for ours.
_VIGNETTE, _RELATIONS = "docProps/thumbnail.jpeg", "_rels/.rels"
_LIEN_VIGNETTE = re.compile(rb"<Relationship [^>]*thumbnail\.jpeg[^>]*/>")


def figer(octets: bytes, jour: dt.date) -> bytes:
    """Return the same Office file, dated `jour` wherever it said now, its embedded files too."""
    tampon = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(octets)) as lu,
        zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as ecrit,
    ):
        for nom in lu.namelist():
            if nom == _VIGNETTE:
                continue
            entree = zipfile.ZipInfo(nom, _MOMENT_ZIP)
            entree.compress_type = zipfile.ZIP_DEFLATED
            entree.external_attr = 0o600 << 16
            ecrit.writestr(entree, _contenu(nom, lu.read(nom), jour))
    return tampon.getvalue()


def _contenu(nom: str, contenu: bytes, jour: dt.date) -> bytes:
    if nom == _PROPRIETES:
        moment = f"{jour.isoformat()}T00:00:00Z".encode()
        return _DATES.sub(rb"\g<1>" + moment + rb"\g<3>", contenu)
    if nom == _RELATIONS:
        return _LIEN_VIGNETTE.sub(b"", contenu)
    return figer(contenu, jour) if nom.endswith(_CLASSEUR) else contenu
