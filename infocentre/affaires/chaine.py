"""The chain of events: each seals the one before, so that none is changed without being seen.

A constat is sealed by its id, the sha256 of what it holds, which an event quotes. What the chain
cannot see by itself is an end cut off: its head is printed on the monthly synthèse, to be compared.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from infocentre.decisions.schema import constats, evenements
from infocentre.noyau.erreurs import Refus

ORIGINE = "0" * 64
SCELLES = ("rang", "affaire", "nom", "auteur", "role", "jour", "saisi_le", "donnees", "precedent")


@dataclass(frozen=True, slots=True)
class Tete:
    """How many events there are, and the seal of the last."""

    rang: int
    empreinte: str


def canonique(valeur: object) -> str:
    """Return the JSON of which there is one only."""
    return json.dumps(valeur, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sceller(ligne: Mapping[str, Any]) -> str:
    """Return the seal of an event's row, the seal of the one before included."""
    return hashlib.sha256(canonique([ligne[nom] for nom in SCELLES]).encode()).hexdigest()


def empreinte(texte: str) -> str:
    """Return the sha256 of a text: the id of a constat, the seal of its cases."""
    return hashlib.sha256(texte.encode()).hexdigest()


def tete(con: sa.Connection) -> Tete:
    """Return the head of the chain."""
    derniere = con.execute(
        sa.select(evenements.c.rang, evenements.c.empreinte)
        .order_by(evenements.c.rang.desc())
        .limit(1)
    ).first()
    return Tete(*derniere) if derniere else Tete(0, ORIGINE)


def verifier(con: sa.Connection, attendue: str = "") -> Tete:
    """Check every event and every constat that one quotes; return the head.

    `attendue` is a head that was printed, or its first letters: it must be in the chain.

    Raises:
        Refus: it names the first event that is altered, missing or added.
    """
    precedente, retrouvee = Tete(0, ORIGINE), not attendue
    cites: dict[str, str] = {}
    for lue in con.execute(evenements.select().order_by(evenements.c.rang)).mappings():
        ligne = dict(lue)
        _verifier_ligne(ligne, precedente)
        precedente = Tete(ligne["rang"], ligne["empreinte"])
        retrouvee = retrouvee or ligne["empreinte"].startswith(attendue)
        for id_ in _cites(ligne["donnees"]):
            cites.setdefault(id_, _nommer(ligne))
    _verifier_constats(con, cites)
    if not retrouvee:
        raise Refus(
            f"aucun événement n'a l'empreinte {attendue} : la fin de la chaîne a été retirée, ou "
            "la chaîne entière refaite",
            que_faire="Comparer avec une sauvegarde d'avant.",
        )
    return precedente


def _verifier_ligne(ligne: Mapping[str, Any], precedente: Tete) -> None:
    attendu = precedente.rang + 1
    if ligne["rang"] != attendu:
        manque = f"l'événement {attendu} manque (le suivant est {_nommer(ligne)})"
        raise _altere(manque)
    if ligne["precedent"] != precedente.empreinte:
        raise _altere(f"{_nommer(ligne)} ne suit pas l'événement {precedente.rang} tel qu'il est")
    if ligne["empreinte"] != sceller(ligne):
        raise _altere(f"{_nommer(ligne)} a été modifié")


def _cites(donnees: str) -> Iterable[str]:
    lues = json.loads(donnees)
    return [str(un) for un in lues.get("constats", [])]


def _verifier_constats(con: sa.Connection, cites: Mapping[str, str]) -> None:
    presents = set()
    lus = con.execute(sa.select(constats.c.id, constats.c.contenu, constats.c.unites))
    for id_, contenu, unites in lus:
        intact = empreinte(contenu) == id_ and json.loads(contenu)["unites"] == empreinte(unites)
        if not intact:
            ou = f", que cite {cites[id_]}," if id_ in cites else ""
            raise _altere(f"le constat {id_[:12]}{ou} a été modifié")
        presents.add(id_)
    for id_, ou in cites.items():
        if id_ not in presents:
            raise _altere(f"le constat {id_[:12]}, que cite {ou}, manque")


def _nommer(ligne: Mapping[str, Any]) -> str:
    quand = str(ligne["saisi_le"])[:10]
    try:
        quand = f"{dt.date.fromisoformat(quand):%d/%m/%Y}"
    except ValueError:
        quand = "date illisible"
    return (
        f"l'événement {ligne['rang']} (affaire {ligne['affaire']}, « {ligne['nom']} », saisi le "
        f"{quand})"
    )


def _altere(quoi: str) -> Refus:
    return Refus(
        quoi,
        "chaîne des événements",
        "Ce qui précède est intact ; comparer la suite avec une sauvegarde.",
    )
