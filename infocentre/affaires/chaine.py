"""The chain of events, and the constats that they quote: none is changed without being seen.

A constat is sealed by its id, the sha256 of what it holds, which an event quotes. The head of the
chain is printed on the monthly synthèse, to be compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from infocentre.decisions.chaine import DEBUT, Chaine, Tete, empreinte, jour_ecrit
from infocentre.decisions.schema import EvenementEcrit, constats, evenements
from infocentre.noyau.erreurs import Refus


def _nommer(ligne: EvenementEcrit) -> str:
    quand = jour_ecrit(ligne["saisi_le"])
    return (
        f"l'événement {ligne['rang']} (affaire {ligne['affaire']}, « {ligne['nom']} », saisi le "
        f"{quand})"
    )


CHAINE = Chaine(evenements, "chaîne des événements", "l'événement", _nommer)


def verifier(con: sa.Connection, attendue: str = "") -> Tete:
    """Check every event and every constat that one quotes; return the head.

    `attendue` is a head that was printed, or its first letters: it must be in the chain.

    Raises:
        Refus: it names the first event that is altered, missing or added.
    """
    tete, retrouvee = DEBUT, not attendue
    cites: dict[str, str] = {}
    for ligne in CHAINE.suivre(con):
        tete = Tete(ligne["rang"], ligne["empreinte"])
        retrouvee = retrouvee or tete.empreinte.startswith(attendue)
        for id_ in _cites(ligne["donnees"]):
            cites.setdefault(id_, _nommer(ligne))
    _verifier_constats(con, cites)
    if not retrouvee:
        raise Refus(
            f"aucun événement n'a l'empreinte {attendue} : la fin de la chaîne a été retirée, ou "
            "la chaîne entière refaite",
            que_faire="Comparer avec une sauvegarde d'avant.",
        )
    return tete


def _cites(donnees: str) -> Iterable[str]:
    lues = json.loads(donnees)
    return [str(un) for un in lues.get("constats", [])]


def _verifier_constats(con: sa.Connection, cites: Mapping[str, str]) -> None:
    presents = set()
    lus = con.execute(sa.select(constats.c.id, constats.c.contenu, constats.c.unites))
    for id_, contenu, unites in lus:
        intact = empreinte(contenu) == id_ and json.loads(contenu).get("unites") == empreinte(
            unites
        )
        if not intact:
            ou = f", que cite {cites[id_]}," if id_ in cites else ""
            raise CHAINE.alteree(f"le constat {id_[:12]}{ou} a été modifié")
        presents.add(id_)
    for id_, ou in cites.items():
        if id_ not in presents:
            raise CHAINE.alteree(f"le constat {id_[:12]}, que cite {ou}, manque")
