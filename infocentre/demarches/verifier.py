"""What the deliveries just published say of the affaires of every procedure."""

from __future__ import annotations

from collections.abc import Iterable

from infocentre.acces.comptes import Comptes
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire
from infocentre.decisions import magasin_present
from infocentre.demarches.face import passer
from infocentre.demarches.registre import registre_de
from infocentre.entrepot import Dossier, Livraison
from infocentre.restitutions.lecture import ouvrir


def apres_controle(
    dossier: Dossier, auteur: str, controles: Iterable[Livraison]
) -> dict[str, list[Affaire]]:
    """Follow the affaires of every département by what has just been published, if there are any.

    What all are told of the months just controlled is decided too, where guichets may come to read
    it. What cannot be is said by the next night.
    Returns {procedure: its affaires after each event}, of those that have one.
    """
    magasin = magasin_present(dossier.racine)
    if magasin is None:
        return {}
    registre = registre_de(dossier, Acteur(auteur, "minuteur"))
    suivies: dict[str, list[Affaire]] = {}
    with ouvrir(dossier, TOUT) as v:
        for departement in v.version.departements:
            for code, siennes in passer(v, registre, departement).items():
                suivies.setdefault(code, []).extend(siennes)
        if not Comptes(magasin).aucun():
            # The bilans are imported with it, that a control without accounts has no use of.
            from infocentre.restitutions.masques_decides import decider_les_indicateurs

            decider_les_indicateurs(v, {(une.departement, une.mois) for une in controles})
    return suivies
