"""The affaires of a data directory, as whoever acts on them has them."""

from __future__ import annotations

import datetime as dt

from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier


def registre_de(dossier: Dossier, acteur: Acteur) -> Affaires:
    """Return the affaires beside these deliveries: a clock far ahead of the newest is refused."""

    def dernier_arrete() -> dt.date | None:
        arretes = [une.arrete for une in dossier.version().livraisons]
        return dt.date.fromisoformat(max(arretes)) if arretes else None

    return Affaires(ouvrir_magasin(dossier.racine), acteur, dernier_arrete=dernier_arrete)
