"""Deliveries of a few named persons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from infocentre.noyau.temps import fin_de_mois
from tests.livraisons.atelier import DEPARTEMENT, Ligne, Petite, en_csv, guichets, ligne

Nomme = tuple[str, str, str | None]


def personne(
    numero: str, nom: str, prenom: str, naissance: str | None, cotitulaire: Nomme | None = None
) -> Ligne:
    """Return the identity of a demande; dates as deliveries have them."""
    autre = cotitulaire or ("", "", "")
    return {
        "NUMERO_UNIQUE": numero,
        "NOM": nom,
        "NOM_NAISSANCE": "",
        "PRENOM": prenom,
        "DATE_NAISSANCE": naissance or "",
        "NOM_COTITULAIRE": autre[0],
        "PRENOM_COTITULAIRE": autre[1],
        "DATE_NAISSANCE_COTITULAIRE": autre[2] or "",
    }


def livraison(
    chemin: Path,
    gens: Sequence[Ligne],
    radiees: Sequence[tuple[str, str]] = (),
    forcees: Collection[str] = (),
) -> Path:
    """Write the delivery of the month that `chemin` names: these persons active, those radiés.

    `forcees`: the demandes that were made past the alert.
    """
    numeros = [un["NUMERO_UNIQUE"] for un in gens]
    stock = [
        ligne("stock", 0, NUMERO_UNIQUE=numero, DOUBLON_FORCE=str(int(numero in forcees)))
        for numero in numeros
    ]
    finies = [ligne("radiation", 1)]
    finies += [ligne("radiation", 1, NUMERO_UNIQUE=n, DATE_RADIATION=jour) for n, jour in radiees]
    depot = Petite()
    depot.texte("stock", en_csv(stock))
    depot.texte("radiation", en_csv(finies))
    depot.texte("guichets", en_csv(guichets()))
    depot.texte("identites", en_csv(gens))
    arrete = fin_de_mois(chemin.name).isoformat()
    return depot.manifeste(departement=DEPARTEMENT, arrete=arrete).ecrire(chemin)
