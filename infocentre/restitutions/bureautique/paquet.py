"""Office files are zip archives full of clocks: the same document must give the same bytes.

What the libraries' empty models bring of their own makers is left out: programs, printers, styles
of references, pictures.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from infocentre.noyau import archives

_PROPRIETES, _PROGRAMME = "docProps/core.xml", "docProps/app.xml"
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_CLASSEUR = ".xlsx"
# Of the models: a picture that file managers would show for ours, a printer of a Mac, the choice of
# a style of bibliography, a second copy of the styles for a Word of 2010.
_ETRANGERS = re.compile(
    r"docProps/thumbnail\.jpeg|ppt/printerSettings/.*|customXml/.*|word/stylesWithEffects\.xml"
)
_RELATION = re.compile(rb'<Relationship [^>]*Target="(?:\.\./|/)?([^"]+)"[^>]*/>')
_TYPE = re.compile(rb'<Override [^>]*PartName="/([^"]+)"[^>]*/>')
_DU_MODELE = re.compile(rb"<Application>Microsoft ")
_SANS_PROGRAMME = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.'
    b'openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


def figer(octets: bytes, jour: dt.date) -> bytes:
    """Return the same Office file, dated `jour` wherever it said now, its embedded files too."""
    with zipfile.ZipFile(io.BytesIO(octets)) as lu:
        noms = [nom for nom in lu.namelist() if not _ETRANGERS.fullmatch(nom)]
        return archives.reunir({nom: _contenu(nom, lu.read(nom), jour) for nom in noms})


def _contenu(nom: str, contenu: bytes, jour: dt.date) -> bytes:
    if nom == _PROPRIETES:
        moment = f"{jour.isoformat()}T00:00:00Z".encode()
        return _DATES.sub(rb"\g<1>" + moment + rb"\g<3>", contenu)
    if nom == _PROGRAMME and _DU_MODELE.search(contenu):
        return _SANS_PROGRAMME
    if nom.endswith(".rels"):
        dossier = nom.partition("_rels/")[0]
        return _RELATION.sub(lambda un: _sauf_etranger(un, dossier), contenu)
    if nom == "[Content_Types].xml":
        return _TYPE.sub(lambda un: _sauf_etranger(un, ""), contenu)
    return figer(contenu, jour) if nom.endswith(_CLASSEUR) else contenu


def _sauf_etranger(trouve: re.Match[bytes], dossier: str) -> bytes:
    """Return a line that names a part, nothing when the part is left out."""
    cible = trouve[1].decode()
    laisse = any(_ETRANGERS.fullmatch(un) for un in (cible, f"{dossier}{cible}"))
    return b"" if laisse else trouve[0]
