"""Every form of a document, declared once; what makes it, heavy, is imported when it is asked."""

from __future__ import annotations

import functools
import hashlib
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from infocentre.noyau.texte import nettoyer
from infocentre.restitutions.document import Document


def sans_invisibles(chose: Any) -> Any:  # noqa: ANN401
    """Return a document, or a part of it, without the characters that no text may hold.

    Those of a delivery received before they were taken out would break an XML file. What has none
    is returned as it is: nearly always, the whole document.
    """
    if isinstance(chose, str):
        return chose if isinstance(chose, Enum) else nettoyer(chose)
    if isinstance(chose, (list, tuple)):
        nettes = [sans_invisibles(une) for une in chose]
        refaire = getattr(type(chose), "_make", type(chose))
        return chose if _memes(nettes, chose) else refaire(nettes)
    if isinstance(chose, Mapping):
        couples = list(chose.items())
        nettes = [sans_invisibles(un) for un in couples]
        return chose if _memes(nettes, couples) else dict(nettes)
    if is_dataclass(chose) and not isinstance(chose, type):
        valeurs = {nom: getattr(chose, nom) for nom in _champs(type(chose))}
        nettes = [sans_invisibles(une) for une in valeurs.values()]
        neuves = dict(zip(valeurs, nettes, strict=True))
        return chose if _memes(nettes, valeurs.values()) else replace(chose, **neuves)
    return chose


def _memes(nettes: Iterable[object], avant: Iterable[object]) -> bool:
    return all(une is autre for une, autre in zip(nettes, avant, strict=True))


@functools.cache
def _champs(genre: type[Any]) -> tuple[str, ...]:
    return tuple(un.name for un in fields(genre) if un.init)


Former = Callable[[Document], bytes]


def imprimer(former: Former, document: Document, fichier: Path) -> str:
    """Write a document in a file; return its sha256.

    It is here for processes that print side by side what another reads: they import no reader.
    """
    octets = former(document)
    fichier.write_bytes(octets)
    return hashlib.sha256(octets).hexdigest()


_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Forme:
    """A form of a document; its module, beside this one, has `en_octets(document)`.

    A form that is not `pour_tous` is only that of the documents whose record offers it.
    """

    nom: str
    libelle: str
    module: str
    mime: str
    pour_tous: bool = True

    def __call__(self, document: Document) -> bytes:
        """Return a document as the content of a file of this form; its tables were read."""
        from infocentre.contrat import montres  # the command line names forms, and reads nothing

        for tableau in document.tableaux():
            montres.lire_lignes((une.valeur for une in ligne) for ligne in tableau.lignes)
        module = importlib.import_module(f"infocentre.restitutions.{self.module}")
        octets: bytes = module.en_octets(sans_invisibles(document))
        return octets


# Every place that offers, reads or writes a form goes through these; the first is the default.
FORMES: dict[str, Forme] = {
    une.nom: une
    for une in (
        Forme("pdf", "PDF", "pdf", "application/pdf"),
        Forme("html", "Page HTML", "html", "text/html; charset=utf-8"),
        Forme(
            "pptx",
            "Diaporama (.pptx)",
            "diaporama",
            f"{_OFFICE}.presentationml.presentation",
            pour_tous=False,
        ),
        Forme(
            "docx",
            "Texte à modifier (.docx)",
            "traitement_texte",
            f"{_OFFICE}.wordprocessingml.document",
        ),
        Forme(
            "xlsx",
            "Tous les tableaux (.xlsx)",
            "classeur",
            f"{_OFFICE}.spreadsheetml.sheet",
        ),
    )
}
