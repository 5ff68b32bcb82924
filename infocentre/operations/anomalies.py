"""The units behind a published numerator, by the rule that their month was controlled with."""

from __future__ import annotations

import functools

from infocentre.catalogue import Catalogue, lire_catalogue, sql_anomalies
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.relations import citer
from infocentre.erreurs import Refus


def sql_anomalies_publiees(dossier: Dossier, livraisons: list[Livraison], code: str) -> str:
    """Return the SELECT of the anomalies, by the rule that each département was controlled with."""
    regles: dict[str, list[str]] = {}
    for une in livraisons:
        if une.controle:
            regles.setdefault(une.controle.catalogue, []).append(citer(une.departement))
    if not regles:
        return f"{sql_anomalies(lire_catalogue(), code)} AND false"
    return " UNION ALL ".join(
        f"SELECT * FROM ({sql_anomalies(_garde(dossier, empreinte), code)}) "
        f"WHERE departement IN ({', '.join(departements)})"
        for empreinte, departements in regles.items()
    )


def catalogue_du_controle(dossier: Dossier, une: Livraison) -> Catalogue:
    """Return the catalogue that a month was controlled with; raise Refus when it was not."""
    if une.controle is None:
        raise Refus(
            f"le mois {une.mois} n'est pas encore contrôlé",
            que_faire="Lancer : infocentre controler",
        )
    return _garde(dossier, une.controle.catalogue)


@functools.lru_cache(maxsize=4)
def _garde(dossier: Dossier, empreinte: str) -> Catalogue:
    fichier = dossier.catalogues / f"{empreinte}.json"
    texte = fichier.read_text("utf-8")
    return Catalogue.depuis_json(texte, None if '"remede"' in texte else lire_catalogue())
