"""Messages that a person takes away to send them: which files each holds, until they have left.

They are rows of the table of the plans, which never leave by themselves.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from infocentre.affaires import Affaires
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import envois
from infocentre.demarches.envois import GARDES
from infocentre.demarches.message import Message, Pli

EMPORTE = "emporte"
_C = envois.c


def garder(magasin: Magasin, registre: Affaires, par: str, ceux: Sequence[Message]) -> None:
    """Keep the name and sha256 of the files of messages that a person takes away."""
    if not ceux:
        return
    departement, instant = registre.lire(ceux[0].affaire).departement, registre.instant
    dits = {Pli.nommer(un.pour, un.affaires): un.donnees["fichiers"] for un in ceux}
    with magasin.ecrire() as con:
        con.execute(envois.delete().where(_C.etat == EMPORTE, _C.demande_le < instant - GARDES))
        con.execute(
            envois.insert().values(
                id=secrets.token_hex(8),
                departement=departement,
                par=par,
                demande_le=instant,
                part_le=instant,
                etat=EMPORTE,
                contenu=json.dumps(dits, ensure_ascii=False),
            )
        )


def fichiers(magasin: Magasin, un: Pli) -> list[Mapping[str, Any]]:
    """Return the files of a message as it was last taken away, [] when it was not.

    What was taken before its affaires came to their state is of another message.
    """
    depuis = max(une.situation.arrivee.saisi_le for une in un.affaires)
    siens = sa.select(_C.contenu).where(_C.etat == EMPORTE, _C.demande_le >= depuis)
    with magasin.lire() as con:
        for contenu in con.scalars(siens.order_by(_C.demande_le.desc())):
            if dits := json.loads(contenu).get(un.nom):
                return list(dits)
    return []
