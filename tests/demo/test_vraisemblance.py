"""The demonstration is plausible: no check of vraisemblance has anything to say of it."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from infocentre.controles.vraisemblance import Examen
from infocentre.controles.vraisemblance.controles import CONTROLES
from infocentre.controles.vraisemblance.mesures import mesurer
from infocentre.controles.vraisemblance.verdicts import PASSE, rendre
from infocentre.mesures.reglages import lire_seuils
from tests.demo.conftest import Demonstration

pytestmark = pytest.mark.lent


def test_aucun_mois_de_la_demonstration_n_est_a_confirmer(demonstration: Demonstration) -> None:
    seuils = lire_seuils()
    descriptions = sorted(demonstration.descriptions, key=lambda une: une["arrete"])
    for avant, apres in [(None, descriptions[0]), *pairwise(descriptions)]:
        mesures = mesurer(Examen(apres, avant, dt.date(2026, 11, 25)))
        for un in CONTROLES:
            siennes = [une for une in mesures if une.controle == un.nom]
            verdict = rendre(un, siennes, un.bornes(seuils))
            assert verdict.verdict == PASSE, (apres["arrete"], verdict)
