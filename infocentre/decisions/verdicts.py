"""Verdicts of the samples that people checked by hand: counts and rates, never a numéro."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import verdicts

TIRAGE = ("departement", "guichet", "mois", "indicateur", "graine")


@dataclass(frozen=True, slots=True)
class VerdictGarde:
    """What a sample said: drawn how, of how many units judged, the error rate and its margin.

    `indicateur` is empty for a sample of all the demandes; rates are ratios.
    """

    departement: str
    guichet: str
    mois: str
    indicateur: str
    graine: str
    tirees: int
    jugees: int
    fausses: int
    taux: float
    borne_basse: float
    borne_haute: float
    auteur: str
    le: dt.datetime


def garder_verdict(magasin: Magasin, verdict: VerdictGarde) -> None:
    """Keep a verdict, in the place of the one that the same sample had."""
    valeurs = asdict(verdict)
    with magasin.ecrire() as con:
        con.execute(verdicts.delete().where(*(verdicts.c[nom] == valeurs[nom] for nom in TIRAGE)))
        con.execute(verdicts.insert().values(valeurs))


def lister_verdicts(magasin: Magasin, departement: str) -> list[VerdictGarde]:
    """Return the verdicts of a département, the last given first."""
    demande = sa.select(verdicts).where(verdicts.c.departement == departement)
    with magasin.lire() as con:
        lignes = con.execute(demande.order_by(verdicts.c.le.desc())).mappings().all()
    return [VerdictGarde(**ligne) for ligne in lignes]
