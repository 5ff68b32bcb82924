"""The slides that a comité projects: native tables and charts, messages for titles, notes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from infocentre.restitutions.bureautique.images import dessiner
from infocentre.restitutions.bureautique.natifs import lire_natif
from infocentre.restitutions.bureautique.paquet import figer
from infocentre.restitutions.bureautique.valeurs import (
    PROPRIETE_MAX,
    auteur,
    pied,
    titre_complet,
)
from infocentre.restitutions.document import Document, Graphique

if TYPE_CHECKING:
    from pptx.presentation import Presentation

    from infocentre.restitutions.diaporama.pages import Diapositive, Images


def en_octets(document: Document) -> bytes:
    """Return the pptx of a document; the same document gives the same bytes."""
    from infocentre.restitutions.diaporama.choix import choisir
    from infocentre.restitutions.diaporama.modele import nouveau
    from infocentre.restitutions.diaporama.pages import ajouter, couverture

    diaporama = nouveau()
    _proprietes(diaporama, document)
    couverture(diaporama, document)
    diapositives = choisir(document)
    images = _images(diapositives)
    for diapositive in diapositives:
        ajouter(diaporama, diapositive, document, images)
    tampon = io.BytesIO()
    diaporama.save(tampon)
    return figer(tampon.getvalue(), document.arrete)


def _images(diapositives: list[Diapositive]) -> Images:
    """Draw the pictures that no native chart can show."""
    voulus = [
        bloc
        for une in diapositives
        for bloc in une.blocs
        if isinstance(bloc, Graphique) and lire_natif(bloc) is None
    ]
    dessins = dessiner([un.svg for un in voulus])
    return {un.cle: image for un, image in zip(voulus, dessins, strict=True)}


def _proprietes(diaporama: Presentation, document: Document) -> None:
    proprietes = diaporama.core_properties
    proprietes.title = titre_complet(document)[:PROPRIETE_MAX]
    proprietes.author = proprietes.last_modified_by = auteur(document)
    proprietes.language = "fr-FR"
    proprietes.subject = document.destinataire[:PROPRIETE_MAX]
    proprietes.keywords = ""
    proprietes.comments = pied(document)[:PROPRIETE_MAX]
