"""The catalogue of a past control: what judged a month still says how."""

from __future__ import annotations

import functools

from infocentre.catalogue.lecture import lire_catalogue
from infocentre.catalogue.modele import Catalogue, complet
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.sceaux import texte_catalogue
from infocentre.noyau.erreurs import Refus


def catalogue_du_controle(dossier: Dossier, une: Livraison) -> Catalogue:
    """Return the catalogue that a month was controlled with; raise Refus when it was not."""
    if une.controle is None:
        raise Refus(
            f"le mois {une.mois} n'est pas encore contrôlé",
            que_faire="Lancer : infocentre controler",
        )
    return catalogue_conserve(dossier, une.controle.catalogue)


@functools.lru_cache(maxsize=4)
def catalogue_conserve(dossier: Dossier, empreinte: str) -> Catalogue:
    """Return the catalogue of this empreinte."""
    texte = texte_catalogue(dossier, empreinte)
    return Catalogue.depuis_json(texte, None if complet(texte) else lire_catalogue())
