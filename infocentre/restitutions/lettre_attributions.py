"""The letter to a bailleur: the objectives of attributions that it misses, what it is asked.

Its own counts, whole, of the whole département; no figure of anybody else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.acces.politique import LECTEURS
from infocentre.lecture.lieux import du_departement
from infocentre.lecture.objectifs import REGLES, lire_faits
from infocentre.lecture.situations import (
    AUX_BAILLEURS,
    DECEMBRE,
    Situation,
    dire_depuis,
    dire_rythme,
    dire_vise,
    du_bailleur,
)
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Document, Tableau
from infocentre.restitutions.gestion_en_flux import bailleur
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.politique_attribution import ZONAGE, comptes
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True, slots=True)
class Demande:
    """What a measure asks of the bailleur: how many, to whom, out of which attributions."""

    manque: int
    public: str
    sur: str
    depuis: str


@dataclass(frozen=True)
class Lettre(Contenu):
    """The names of reports/courriers/attributions_bailleur.md."""

    modele = "courriers/attributions_bailleur.md"

    annee: str
    arrete: dt.date
    finie: bool
    juges: int
    manque: int
    demandes: Sequence[Demande]
    non_calculables: Sequence[str]
    tableau: Tableau | None


def construire(edition: Edition, nom: str, document: str) -> Document:
    """Return the letter to a bailleur (SIREN, name, or one of its guichets).

    Raises:
        Refus: no such guichet or organisme, or it is no bailleur.
    """
    e = edition
    siren, nom_ = bailleur(e, nom)
    v = du_departement(e.v, e.departement)
    lues = du_bailleur(v, e.departement, e.mois, siren)
    motifs = lire_faits(v, e.departement, e.mois).motifs
    retards = [une for une in lues if (une.manque or 0) > 0]
    lettre = Lettre(
        annee=e.mois[:4],
        arrete=e.arrete,
        finie=e.arrete.month == DECEMBRE,
        juges=sum(une.atteint is not None for une in lues),
        manque=sum(une.manque or 0 for une in retards),
        demandes=[_demande(une) for une in retards],
        non_calculables=[
            f"{REGLES[un].titre} : {motifs[un]}" for un in AUX_BAILLEURS if un in motifs
        ],
        tableau=_tableau(lues, e.arrete),
    )
    return Document(
        "courriers",
        "Objectifs d'attribution : où vous en êtes",
        e.territoire,
        e.periode,
        e.arrete,
        e.version,
        lettre.rediger(),
        destinataire=nom_,
        mentions={"Zonage": ZONAGE, "Bailleur": siren},
        lecteur=LECTEURS[document],
    )


def _demande(une: Situation) -> Demande:
    regle = REGLES[une.mesure]
    sur = f"{regle.sur} sur des {regle.bailleur}" if regle.bailleur else regle.sur
    return Demande(une.manque or 0, regle.public, sur, dire_depuis(une))


def _tableau(lues: Sequence[Situation], arrete: dt.date) -> Tableau | None:
    """Return where each measure stands; None when the bailleur attributed nothing."""
    corps = tuple(
        (
            Cellule(une.titre),
            *comptes(une),
            Cellule(dire_vise(une.vise)),
            Cellule(max(une.manque, 0) if une.manque is not None else None),
            Cellule(dire_depuis(une)),
            Cellule(dire_rythme(une, arrete) or une.muette),
        )
        for une in lues
    )
    if not corps:
        return None
    colonnes = entetes.colonnes(
        "lettre-objectifs",
        "mesure",
        "realise",
        "sur",
        "part",
        "objectif",
        "manque",
        "depuis",
        "rythme",
    )
    return Tableau("lettre-objectifs", entetes.titre("lettre-objectifs"), colonnes, corps)
