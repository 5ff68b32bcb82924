"""A value of the contract in words: a code's label, the name of a guichet, of a commune."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.contrat import Colonne, contrat
from infocentre.exports import lisible
from infocentre.lecture.guichets import nom_commune

UNITES: Mapping[str, str] = {"euros": "€", "metres_carres": "m²"}


def en_mots(colonne: Colonne, valeur: object, noms: Mapping[str, str]) -> str:
    """Return a value that is there as a person reads it; `noms` are those of the guichets."""
    texte = str(valeur)
    if colonne.nature == "guichet":
        return noms.get(texte, texte)
    if colonne.nature == "commune":
        return nom_commune(texte)
    if unite := UNITES.get(colonne.nature):
        return f"{lisible(valeur).removesuffix(',00')} {unite}"
    if colonne.type == "indicatrice":
        return "oui" if valeur else "non"
    return contrat().codes[colonne.codes].get(texte, texte) if colonne.codes else lisible(valeur)
