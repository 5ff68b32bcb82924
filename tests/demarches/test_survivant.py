"""The demande that is proposed to be kept: a table of cases, and what is said of the choice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from infocentre.lecture.doublons.demandes import Etat
from infocentre.procedures.doublons.survivant import proposer

pytestmark = pytest.mark.lent

CAS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("survivants.yml").read_text("utf-8")
)
LE = dt.date(2024, 2, 1)
DITES = {"attribution": "en cours d'attribution", "dalo": "reconnue DALO"}


def _etat(numero: str, dit: list[Any]) -> Etat:
    deposee, *droits = dit
    un = dict.fromkeys(Etat.__annotations__) | {
        "numero_unique": numero,
        "date_creation": deposee,
        "etat_demande": "En cours d'attribution" if "attribution" in droits else "Active",
        "nb_dalo": int("dalo" in droits),
    }
    return cast("Etat", un)


@pytest.mark.parametrize("cas", CAS, ids=[un["dit"] for un in CAS])
def test_which_demande_is_proposed_to_be_kept(cas: dict[str, Any]) -> None:
    demandes = [_etat(numero, dit) for numero, dit in cas["demandes"].items()]
    for ordre in (demandes, demandes[::-1]):
        choix = proposer(ordre, LE, 30)
        assert choix.garder == cas["garder"]
        siens = cas["demandes"][cas["garder"]][1:]
        assert {un for un in DITES if any(DITES[un] in une for une in choix.raisons)} == set(siens)
