"""Each form of a document and what makes it: imported when it is asked, for each is heavy."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from infocentre.noyau.texte import nettoyer
from infocentre.restitutions.document import Document


def _pdf(document: Document) -> bytes:
    from infocentre.restitutions import pdf

    return pdf.en_octets(document)


def _html(document: Document) -> bytes:
    from infocentre.restitutions import html

    return html.en_octets(document)


def _pptx(document: Document) -> bytes:
    from infocentre.restitutions import diaporama

    return diaporama.en_octets(document)


def _docx(document: Document) -> bytes:
    from infocentre.restitutions import traitement_texte

    return traitement_texte.en_octets(document)


def _xlsx(document: Document) -> bytes:
    from infocentre.restitutions import classeur

    return classeur.en_octets(document)


def sans_invisibles(chose: Any) -> Any:  # noqa: ANN401
    """Return a document, or a part of it, without the characters that no text may hold.

    Those of a delivery received before they were taken out would break an XML file.
    """
    if isinstance(chose, str):
        return nettoyer(chose)
    if isinstance(chose, (list, tuple)):
        nettes = [sans_invisibles(une) for une in chose]
        return type(chose)(*nettes) if hasattr(chose, "_fields") else type(chose)(nettes)
    if isinstance(chose, Mapping):
        return {sans_invisibles(cle): sans_invisibles(une) for cle, une in chose.items()}
    if is_dataclass(chose) and not isinstance(chose, type):
        valeurs = {un.name: getattr(chose, un.name) for un in fields(chose) if un.init}
        return replace(chose, **{nom: sans_invisibles(une) for nom, une in valeurs.items()})
    return chose


def _nette(forme: Callable[[Document], bytes], document: Document) -> bytes:
    return forme(sans_invisibles(document))


# Partials, which another process can be given.
FORMES: dict[str, Callable[[Document], bytes]] = {
    "pdf": functools.partial(_nette, _pdf),
    "html": functools.partial(_nette, _html),
    "pptx": functools.partial(_nette, _pptx),
    "docx": functools.partial(_nette, _docx),
    "xlsx": functools.partial(_nette, _xlsx),
}
