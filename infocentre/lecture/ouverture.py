"""The published version as one reader may see it: the one place where a reading is opened."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.contrat.territoires import territoires
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import departements
from infocentre.lecture.lecteur import Lecture, VersionOuverte, lire_complete
from infocentre.lecture.lieux import guichets_par_epci, guichets_par_organisme


@contextlib.contextmanager
def ouvrir_pour(dossier: Dossier, p: Perimetre) -> Iterator[Lecture]:
    """Open the published version as a reader may see it, the same until the end."""
    with lire_complete(dossier) as lecture:
        yield lire_comme(VersionOuverte(dossier, lecture.version, lecture.con), p)


def lire_comme(ouverte: VersionOuverte, p: Perimetre) -> Lecture:
    """Return a version as a reader may see it, the guichets of its EPCI and organismes named.

    EPCI without départements are in those of their communes.
    """
    if p.epci is None and p.organismes is None:
        return _lire(ouverte, p)
    if p.departements is None and p.epci is not None:
        siens = (un.departement for un in territoires().values() if un.epci in p.epci)
        p = replace(p, departements=frozenset(siens))
    v = Lecture(ouverte, TOUT)
    ici = departements(Lecture(ouverte, replace(TOUT, departements=p.departements)))
    for cles, places in (
        (p.epci, guichets_par_epci),
        (p.organismes, guichets_par_organisme),
    ):
        if cles is not None:
            lus = [places(v, un) for un in ici]
            p = p.restreint(frozenset(g for un in lus for cle in cles for g in un.get(cle, ())))
    return _lire(ouverte, p)


def _lire(ouverte: VersionOuverte, p: Perimetre) -> Lecture:
    """Return the reading, with what everybody is told for who has guichets."""
    if p.guichets and p.petits_masques:
        # What masks is heavy, and few readers need it.
        from infocentre.lecture.etats_tus import lieux_tus
        from infocentre.lecture.publies import dits_a_tous

        tout = Lecture(ouverte, TOUT)
        ouverte.vues_de(p, lambda un: dits_a_tous(tout, un), lambda un: lieux_tus(tout, un))
    return Lecture(ouverte, p)
