"""What the journals of a data directory say, an entry a line."""

from __future__ import annotations

from typing import Any, TypedDict


class Evenement(TypedDict, total=False):
    """Of the journal of publications: `type`, `le` and `version`, then what its type says.

    A loading and a withdrawal name a delivery, a control its catalogue and its months (département,
    arrêté, empreinte), files replaced their sha256 (`archives`, `sceaux`) and what is to be
    controlled again, a purge the day up to which it erased names. `registre`: the completed
    register for which a delivery is published again. `retrouve`: the journal had lost it.
    """

    version: int
    type: str
    le: str
    departement: str
    arrete: str
    empreinte: str
    nom: str
    remplace: str | None
    sceau: str
    confirmation: str
    registre: str
    catalogue: str
    reglages: dict[str, Any]
    objectifs: list[dict[str, Any]]
    mois: list[list[str]]
    archives: dict[str, str]
    sceaux: dict[str, str]
    a_controler: list[str]
    au: str
    retrouve: bool


class Refusee(TypedDict):
    """Of the journal of refusals: a delivery that was refused."""

    livraison: str
    le: str
    motif: str


class Purge(TypedDict):
    """Of the journal of purges: up to which day names were erased, and how many."""

    le: str
    personnes: int
    identites: int


class NumeroEfface(TypedDict):
    """Of the journal of erasures: a numéro whose demandeur asked for it."""

    numero: str
    le: str
