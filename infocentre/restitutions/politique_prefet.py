"""The note to the préfet: who is behind an objective of attributions, since when, by how many.

It is for the préfet alone, in clear.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infocentre.acces.politique import LECTEURS
from infocentre.lecture.objectifs import REGLES
from infocentre.lecture.situations import (
    Politique,
    Situation,
    dire_depuis,
    dire_rythme,
    par_epci,
    situer,
)
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Document, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.politique_attribution import ZONAGE, Appel, appels, comptes, vise
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.registre import NOTE


@dataclass(frozen=True)
class Note(Contenu):
    """The names of reports/courriers/attributions_prefet.md."""

    modele = "courriers/attributions_prefet.md"

    annee: str
    arrete: dt.date
    juges: int
    retards: int
    menages: int
    epcis: int
    tableau: Tableau | None
    reservataires: Tableau | None
    finie: bool
    appels: Sequence[Appel]
    exces: int | None


def construire(edition: Edition) -> Document:
    """Return who is behind its objective, since when, by how many households, in clear."""
    e = edition
    lues = par_epci(e.v, e.departement, e.mois)
    derriere = [
        une
        for siennes in lues.values()
        for une in siennes
        if (une.manque or 0) > 0 and not REGLES[une.mesure].plafond
    ]
    tout = situer(e.v, e.departement, e.mois)
    exces = [une.manque for une in tout.ensemble if REGLES[une.mesure].plafond]
    contenu = Note(
        annee=tout.annee,
        arrete=e.arrete,
        juges=_juges(lues.values()),
        retards=len(derriere),
        menages=sum(une.manque or 0 for une in derriere),
        epcis=len({une.lieu.epci for une in derriere}),
        tableau=_retards("politique-retards", derriere, tout, "EPCI"),
        reservataires=_retards(
            "politique-retards-reservataires",
            [
                une
                for une in tout.parts.get(("prioritaires", "reservataire"), ())
                if (une.manque or 0) > 0
            ],
            tout,
            "Réservataire",
        ),
        finie=tout.finie,
        appels=appels(tout),
        exces=next((un for un in exces if un and un > 0), None),
    )
    return Document(
        "courriers",
        "Objectifs d'attribution : qui ne les atteint pas",
        e.territoire,
        e.periode,
        e.arrete,
        e.version,
        contenu.rediger(),
        mentions={"Zonage": ZONAGE},
        lecteur=LECTEURS[NOTE],
    )


def _juges(lues: Iterable[Sequence[Situation]]) -> int:
    """Return how many objectives to reach can be judged, of all EPCI; a ceiling is none."""
    return sum(
        une.atteint is not None and not REGLES[une.mesure].plafond
        for siennes in lues
        for une in siennes
    )


def _retards(cle: str, lues: Iterable[Situation], tout: Politique, qui: str) -> Tableau | None:
    """Return who is behind, the most missing first; None for nobody."""
    corps = tuple(
        (
            Cellule(une.nom),
            Cellule(REGLES[une.mesure].titre),
            *comptes(une),
            Cellule(vise(une)),
            Cellule(une.manque),
            Cellule(dire_depuis(une)),
            Cellule(dire_rythme(une, tout.arrete)),
        )
        for une in sorted(lues, key=lambda une: -(une.manque or 0))
    )
    if not corps:
        return None
    colonnes = entetes.colonnes(
        "politique-retards",
        "qui",
        "mesure",
        "realise",
        "sur",
        "part",
        "objectif",
        "manque",
        "depuis",
        "rythme",
        qui=qui,
    )
    return Tableau(cle, entetes.titre(cle), colonnes, corps)
