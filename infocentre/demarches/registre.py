"""The affaires of a data directory, as whoever acts on them has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.registre import AVANCE_MAX
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier, Livraison


def registre_de(dossier: Dossier, acteur: Acteur) -> Affaires:
    """Return the affaires beside these deliveries: a clock far ahead of the last is refused."""
    return Affaires(
        ouvrir_magasin(dossier.racine),
        acteur,
        derniere_livraison=lambda: jour_connu(dossier.version().livraisons),
    )


def jour_connu(livraisons: Iterable[Livraison]) -> dt.date | None:
    """Return the last day that these deliveries vouch for; None when there are none.

    It is that of the newest arrêté or, later, that of a load: the first one, and each one that
    comes no more than AVANCE_MAX after what was known. A load that jumps years ahead, made under
    the very clock that is to be judged, vouches for nothing.
    """
    toutes = list(livraisons)
    if not toutes:
        return None
    charges = sorted(dt.date.fromisoformat(une.chargee_le[:10]) for une in toutes)
    connu = max(charges[0], *(dt.date.fromisoformat(une.arrete) for une in toutes))
    for charge in charges:
        if charge <= connu + AVANCE_MAX:
            connu = max(connu, charge)
    return connu
