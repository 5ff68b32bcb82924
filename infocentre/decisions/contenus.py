"""What an affaire holds of a person: kept apart from its events, which are never changed.

An event says the HMAC of it; the object of the affaire is that of the numéro. Both stay when the
person is erased, and tell nothing: the affaire still counts, and nobody can read of whom it was.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from infocentre.contrat import montres
from infocentre.decisions.chaine import canonique
from infocentre.decisions.doublons import membre, par_lots, sceller
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import affaires, contenus

LONGUEUR = 40  # of the object of an affaire


def objet_de(cle: str, numero: str) -> str:
    """Return the object of the affaires about a demande: it tells no numéro."""
    return membre(cle, numero)[:LONGUEUR]


class Contenu(NamedTuple):
    """What an affaire holds of a person (JSON), and the HMAC that its event says of it."""

    empreinte: str
    contenu: str


def empreinte_de(cle: str, contenu: str) -> str:
    """Return the HMAC of a content."""
    return sceller(cle, "contenu", contenu)


def ecrire_contenu(cle: str, contenu: Mapping[str, Any]) -> Contenu:
    """Return what is kept of a content."""
    texte = canonique(contenu)
    return Contenu(empreinte_de(cle, texte), texte)


def garder_contenu(con: sa.Connection, affaire: str, contenu: Contenu) -> None:
    """Keep what an affaire holds of a person."""
    con.execute(contenus.insert().values(affaire=affaire, **contenu._asdict()))


def contenus_de(magasin: Magasin, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return {affaire: what it holds of a person}, without those that were erased."""
    lus: dict[str, dict[str, Any]] = {}
    c = contenus.c
    with magasin.lire() as con:
        for voulues in par_lots(ids):
            demande = sa.select(c.affaire, c.contenu).where(c.affaire.in_(voulues))
            lus |= {affaire: json.loads(contenu) for affaire, contenu in con.execute(demande)}
    montres.lire_lignes([lus.values()])
    return lus


def effacer(magasin: Magasin, cle: str, numeros: Collection[str]) -> int:
    """Forget what affaires hold of these demandes; return how many of them held something."""
    total = 0
    with magasin.ecrire() as con:
        for lot in par_lots(sorted(numeros)):
            objets = [objet_de(cle, un) for un in lot]
            siennes = sa.select(affaires.c.id).where(affaires.c.objet.in_(objets))
            siens = contenus.delete().where(contenus.c.affaire.in_(siennes))
            total += con.execute(siens).rowcount
    return total
