"""Pairs of demandes drawn at random, frozen the day they are: what the search is worth is read on.

A draw holds no name and no numéro. Each is sealed under the key of the data directory: a size or a
pair changed afterwards is seen.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from infocentre.decisions.doublons import membre, sceller
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import doublons_tirages, en_utc
from infocentre.noyau.erreurs import Refus


@dataclass(frozen=True, slots=True)
class Tiree:
    """A pair drawn, as the store knows it: the HMAC of its two numéros, then of each."""

    paire: str
    membre_a: str
    membre_b: str


@dataclass(frozen=True, slots=True)
class Bande:
    """Pairs of a tier that weigh alike: how many there were, how many were drawn, which.

    `bas` and `haut` are weights in bits, both bounds included, None for pairs without weight.
    `paires` is shorter than `tirees` once demandes of some are erased.
    """

    niveau: str
    bas: float | None
    haut: float | None
    effectif: int
    tirees: int
    paires: tuple[Tiree, ...]


@dataclass(frozen=True, slots=True)
class Tirage:
    """A draw among the pairs that the search of a département had found by an arrêté (`mois`)."""

    departement: str
    mois: str
    bandes: tuple[Bande, ...]
    auteur: str
    le: dt.datetime


def garder_tirage(magasin: Magasin, cle: str, un: Tirage) -> None:
    """Keep a draw.

    Raises:
        Refus: there is one of that month.
    """
    c = doublons_tirages.c
    deja = sa.select(c.mois).where(c.departement == un.departement, c.mois == un.mois)
    with magasin.ecrire() as con:
        if con.execute(deja).first():
            raise Refus(
                f"des paires de {un.mois} sont déjà tirées au sort ({un.departement})",
                que_faire="Relire celles-là.",
            )
        con.execute(doublons_tirages.insert().values(_ligne(cle, un)))


def lire_tirages(
    magasin: Magasin, cle: str, departement: str, avant: dt.datetime | None = None
) -> list[Tirage]:
    """Return the draws of a département made before a moment, the newest first.

    Raises:
        Refus: one of them is not what was written.
    """
    c = doublons_tirages.c
    conditions = [c.departement == departement]
    if avant is not None:
        conditions.append(c.le < avant)
    with magasin.lire() as con:
        demande = sa.select(doublons_tirages).where(*conditions).order_by(c.le.desc())
        lignes = con.execute(demande).mappings().all()
    return [_lire(cle, dict(une)) for une in lignes]


def effacer_des_tirages(magasin: Magasin, cle: str, numeros: Collection[str]) -> None:
    """Forget the pairs drawn of which a demande is erased; how many were drawn stays.

    A draw that is not what was written is left so: sealed again, it would pass for right.
    """
    siens = {membre(cle, un) for un in numeros}
    c = doublons_tirages.c
    with magasin.ecrire() as con:
        for une in con.execute(sa.select(doublons_tirages)).mappings().all():
            try:
                lu = _lire(cle, dict(une))
            except Refus:
                continue
            reste = replace(lu, bandes=tuple(_sans(bande, siens) for bande in lu.bandes))
            if reste != lu:
                celui_la = (c.departement == lu.departement, c.mois == lu.mois)
                con.execute(doublons_tirages.update().where(*celui_la).values(_ligne(cle, reste)))


def _sans(une: Bande, effaces: set[str]) -> Bande:
    gardees = [un for un in une.paires if effaces.isdisjoint((un.membre_a, un.membre_b))]
    return replace(une, paires=tuple(gardees))


def _ligne(cle: str, un: Tirage) -> dict[str, object]:
    contenu = json.dumps([asdict(bande) for bande in un.bandes], ensure_ascii=False)
    ligne = {"departement": un.departement, "mois": un.mois, "auteur": un.auteur, "le": un.le}
    return {**ligne, "contenu": contenu, "sceau": _sceau(cle, un, contenu)}


def _lire(cle: str, ligne: dict[str, object]) -> Tirage:
    contenu, sceau = str(ligne.pop("contenu")), ligne.pop("sceau")
    nu = Tirage(bandes=(), **ligne)  # type: ignore[arg-type]
    if _sceau(cle, nu, contenu) != sceau:
        raise Refus(
            f"le tirage des doublons de {nu.mois} ({nu.departement}) n'est plus celui qui a été "
            "écrit",
            que_faire="Remettre les décisions d'une sauvegarde : infocentre restaurer.",
        )
    bandes = (
        Bande(**{**une, "paires": tuple(Tiree(**paire) for paire in une["paires"])})
        for une in json.loads(contenu)
    )
    return replace(nu, bandes=tuple(bandes))


def _sceau(cle: str, un: Tirage, contenu: str) -> str:
    le = en_utc(un.le).isoformat()
    return sceller(cle, "tirage", un.departement, un.mois, un.auteur, le, contenu)
