"""Every form of a document, declared once; what makes it, heavy, is imported when it is asked."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from infocentre.noyau.texte import nettoyer
from infocentre.restitutions.document import Document


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
        """Return a document as the content of a file of this form."""
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
