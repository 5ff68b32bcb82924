"""The synthèse mensuelle of the préfet: two pages, without a word of statistics."""

from __future__ import annotations

from infocentre.restitutions.document import Chiffre, Chiffres, Document, Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.phrases import entier


def construire(edition: Edition) -> Document:
    """Return the document of a month."""
    return Document(
        gabarit="synthese",
        titre="Synthèse mensuelle",
        territoire=edition.territoire,
        periode=edition.periode,
        arrete=edition.arrete,
        version=edition.version,
        sections=(Section("Six chiffres", (Chiffres((Chiffre("Mois", entier(1)),)),)),),
    )
