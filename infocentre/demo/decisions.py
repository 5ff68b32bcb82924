"""Decisions already taken of the demonstration's duplicates, as its generator knows them."""

from __future__ import annotations

import csv
from pathlib import Path

from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import Magasin
from infocentre.decisions.doublons import Memoire, Verdict
from infocentre.demo.proches import MEMES, VERITE, Genre
from infocentre.lecture.doublons.paires import personnes
from infocentre.lecture.lecteur import Lecture
from infocentre.procedures.doublons.cas import Cas, file
from infocentre.procedures.doublons.decider import Geste, Revue
from infocentre.procedures.mesures_correctives.demonstration import QUI

NOMBRE = 24
_VERDICTS = {
    Genre.SEPARATION: Verdict.SEPARATION,
    Genre.COTITULAIRES: Verdict.CONJOINTS,
    **dict.fromkeys(MEMES, Verdict.MEME),
}
Verite = dict[tuple[str, str], Genre]


def lire_verite(dossier: Path) -> Verite:
    """Return what the generator wrote beside the deliveries: the kind of each pair."""
    with (dossier / VERITE).open(encoding="utf-8", newline="") as flux:
        _, *lignes = csv.reader(flux, delimiter=";")
    return {(a, b): Genre(genre) for a, b, genre, _ in lignes}


def decider(v: Lecture, magasin: Magasin, departement: str, verite: Verite) -> int:
    """Decide of every other case of two demandes, the surest first; return how many."""
    memoire = Memoire(magasin, QUI, personnes())
    revue = Revue(v, magasin, Affaires(magasin, Acteur(QUI)), memoire)
    cas = [un for un in file(v, memoire, departement, ordre="lourdes") if _connu(un, verite)]
    faits = _varier(cas, verite)[:NOMBRE]
    for rang, un in enumerate(faits):
        genre = verite[un.numeros[0], un.numeros[1]]
        verdict = _VERDICTS.get(genre, Verdict.DISTINCTES)
        revue.decider(un, Geste(verdict, secondes=4.0 + rang * 7 % 15))
    return len(faits)


def _connu(un: Cas, verite: Verite) -> bool:
    return len(un.numeros) == 2 and (un.numeros[0], un.numeros[1]) in verite


def _varier(cas: list[Cas], verite: Verite) -> list[Cas]:
    """Return every other case of each kind, each kind in turn."""
    par_genre: dict[Genre, list[Cas]] = {}
    for un in cas:
        par_genre.setdefault(verite[un.numeros[0], un.numeros[1]], []).append(un)
    moities = [siens[::2] for siens in par_genre.values()]
    tours = max(map(len, moities), default=0)
    return [siens[tour] for tour in range(tours) for siens in moities if tour < len(siens)]
