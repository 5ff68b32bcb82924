"""The bilan semestriel: one module per chapter, content that does not depend on the form."""

from __future__ import annotations

from collections.abc import Callable

from infocentre.acces.politique import LECTEURS
from infocentre.noyau.francais import du_departement
from infocentre.noyau.lecteurs import Lecteur
from infocentre.restitutions.bilan import (
    actions,
    annexes,
    attributions,
    comparaisons,
    demande,
    essentiel,
    methode,
    publics,
    qualite,
    territoires,
)
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Document, Section
from infocentre.restitutions.lecture import Edition

__all__ = ["CHAPITRES", "PROJETES", "Contexte", "construire"]

# In the order of the document; who prints a part of it chooses among these names. A chapter is None
# when it has nothing to say.
CHAPITRES: dict[str, Callable[[Contexte], Section | None]] = {
    "essentiel": essentiel.chapitre,
    "commentaire": actions.commentaire,
    "methode": methode.chapitre,
    "suites": actions.suites,
    "demande": demande.chapitre,
    "attributions": attributions.chapitre,
    "publics": publics.chapitre,
    "territoires": territoires.chapitre,
    "comparaisons": comparaisons.chapitre,
    "qualite": qualite.chapitre,
    "plan": actions.plan,
    "releve": actions.releve,
    "organismes": qualite.annexe,
    "definitions": annexes.definitions,
    "secret": annexes.secret,
    "glossaire": annexes.glossaire,
    "guichets": annexes.registre,
}
# What other chapters say, gathered for the slides of the comité alone.
PROJETES: dict[str, Callable[[Contexte], Section]] = {
    "enjeux": actions.enjeux,
    "difficultes": actions.difficultes,
}


def _perimetre(edition: Edition) -> str:
    nom = du_departement(edition.departement, edition.territoire)
    return f"Tous les guichets enregistreurs {nom}"


def construire(edition: Edition, contexte: Contexte | None = None) -> Document:
    """Return the bilan of a semester; `contexte` keeps some EPCI or organismes only."""
    ctx = contexte or Contexte(edition)
    return Document(
        "bilan",
        "Bilan semestriel",
        edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        tuple(une for chapitre in CHAPITRES.values() if (une := chapitre(ctx))),
        mentions={
            "Objet": "Demande et attributions de logements locatifs sociaux",
            "Périmètre": _perimetre(edition),
            "Zonage": methode.ZONAGE,
        },
        lecteur=LECTEURS["bilan"] if ctx.partage else Lecteur.SERVICE,
        projetees=tuple(chapitre(ctx) for chapitre in PROJETES.values()),
    )
