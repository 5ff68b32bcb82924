"""What whoever reviews duplicates reads of the search: its quality, its threshold, its places."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from infocentre.affaires import Affaires
from infocentre.decisions.doublons import Memoire
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.descriptions import Colonnes
from infocentre.identite.memoire import compter_par_probabilite
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.doublons.qualite import (
    Frequence,
    Qualite,
    compter,
    mesurer,
    par_epci,
    par_guichet,
    reapparition,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures import lire_reglages
from infocentre.noyau.francais import pourcent
from infocentre.procedures.doublons.cas import exiger_revue

# Bands of probability that the picture of the threshold shows.
BORNES = (0.03, 0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)


def qualite(v: Lecture, memoire: Memoire, registre: Affaires, departement: str) -> Qualite:
    """Measure the search of a département; raise Refus to who may not review it."""
    exiger_revue(v, departement)
    siennes = registre.lister(departement, procedure=PROCEDURE, finies=True)
    return mesurer(memoire.bilans(departement).values(), reapparition(siennes))


def ce_que_le_seuil_laisse_entrer(v: Lecture, departement: str) -> Colonnes:
    """Return the picture of the threshold: pairs by probability, proposed or not."""
    exiger_revue(v, departement)
    seuil = lire_reglages().doublons_seuil
    bornes = sorted({*BORNES, seuil})
    nombres = compter_par_probabilite(v.dossier, departement, bornes)
    noms = tuple(
        f"{pourcent(bas, _decimales(bas))} à {pourcent(haut, _decimales(haut))}"
        for bas, haut in pairwise(bornes)
    )
    proposees = tuple(
        nombre if bas >= seuil else None for bas, nombre in zip(bornes, nombres, strict=False)
    )
    autres = tuple(
        None if bas >= seuil else nombre for bas, nombre in zip(bornes, nombres, strict=False)
    )
    entrees = sum(un or 0 for un in proposees)
    return Colonnes(
        titre="Paires comparées, par probabilité",
        alternative=(
            f"Paires par probabilité d’être d’une même personne. Le seuil de "
            f"{pourcent(seuil, _decimales(seuil))} en laisse entrer {entrees}, hors paires exactes "
            "et de foyer."
        ),
        nom="Probabilité",
        valeurs="paires",
        periodes=noms,
        series=(Serie("Proposées", proposees), Serie("Sous le seuil", autres)),
        empilees=True,
    )


def _decimales(part: float) -> int:
    return 0 if round(part * 100, 6) == int(round(part * 100, 6)) else 1


def frequences(
    v: Lecture, memoire: Memoire | None, departement: str, noms: Mapping[str, str]
) -> tuple[list[Frequence], list[Frequence]]:
    """Return duplicates by guichet then by EPCI; raise Refus to who may not review them."""
    exiger_revue(v, departement)
    lieux = compter(v, memoire.bilans(departement) if memoire else {}, departement)
    return par_guichet(lieux, noms), par_epci(v, lieux, departement)
