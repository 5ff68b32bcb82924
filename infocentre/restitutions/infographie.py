"""One page for elected people: six figures and three pictures, those that the bilan publishes.

Where one of them is masked, who demands and what stands in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infocentre.acces.politique import LECTEURS
from infocentre.mesures.lignes_tableaux import CompositionFamiliale, TypologiesRecherchees
from infocentre.restitutions.bilan.attributions import Lieux, lieux
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.distributions import Repartition, repartir
from infocentre.restitutions.bilan.essentiel import Cle, cles
from infocentre.restitutions.bilan.flux import Semestre, du_semestre
from infocentre.restitutions.bilan.publics import Objectif, menages_prioritaires
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True)
class Infographie(Contenu):
    """The names of reports/infographie/page.md."""

    modele = "infographie/page.md"

    cle: Mapping[str, Cle]
    flux: Semestre
    lieux: Lieux
    prioritaires: Objectif
    typologies: Repartition
    compositions: Repartition


def construire(edition: Edition) -> Document:
    """Return the page of a semester."""
    ctx = Contexte(edition)
    page = Infographie(
        cles(ctx),
        du_semestre(ctx),
        lieux(ctx),
        menages_prioritaires(ctx),
        repartir(ctx, TypologiesRecherchees, images=8),
        repartir(ctx, CompositionFamiliale, images=10),
    )
    return Document(
        "infographie",
        "Le logement social en chiffres",
        edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        page.rediger(),
        lecteur=LECTEURS["infographie"],
    )
