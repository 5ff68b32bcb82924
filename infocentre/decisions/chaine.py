"""A chain: each row seals the one before, so that none is changed without being seen.

`rang` has no hole, `empreinte` is the sha256 of what the row holds and of `precedent`, the seal of
the row before. What a chain cannot see by itself is an end cut off: its head is printed, to be
compared.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa

from infocentre.decisions.schema import LigneChainee
from infocentre.noyau.erreurs import Refus

ORIGINE = "0" * 64
L = TypeVar("L", bound=LigneChainee)


@dataclass(frozen=True, slots=True)
class Tete:
    """How many rows there are, and the seal of the last."""

    rang: int
    empreinte: str


DEBUT = Tete(0, ORIGINE)


def canonique(valeur: object) -> str:
    """Return the JSON of which there is one only."""
    return json.dumps(valeur, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def empreinte(texte: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(texte.encode()).hexdigest()


# Written once a table: SQLAlchemy then has the SQL of each ready, which cost more than running it.
@functools.cache
def _ajout(table: sa.Table) -> sa.Insert:
    return table.insert()


@functools.cache
def _derniere(table: sa.Table) -> sa.Select[tuple[int, str]]:
    return sa.select(table.c.rang, table.c.empreinte).order_by(table.c.rang.desc()).limit(1)


def jour_ecrit(instant: object) -> str:
    """Return the day of an instant as it is kept, as people read it; it may be altered."""
    try:
        return f"{dt.date.fromisoformat(str(instant)[:10]):%d/%m/%Y}"
    except ValueError:
        return "date illisible"


@dataclass(frozen=True, slots=True)
class Chaine(Generic[L]):
    """A table whose rows are chained; `genre` is what a row is (masculine), `nommer` names one."""

    table: sa.Table
    nom: str
    genre: str
    nommer: Callable[[L], str]

    def ajouter(self, con: sa.Connection, ligne: Mapping[str, Any]) -> dict[str, Any]:
        """Write a row after the last, sealed; return it. The transaction is one that writes."""
        self.prendre_la_main(con)
        return self.ajouter_apres(con, self.tete(con), ligne)

    def ajouter_apres(
        self, con: sa.Connection, tete: Tete, ligne: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Write a row after the head that was read in the same transaction."""
        suite = {**ligne, "rang": tete.rang + 1, "precedent": tete.empreinte}
        scellee = suite | {"empreinte": self.sceller(suite)}
        con.execute(_ajout(self.table), scellee)
        return scellee

    def prendre_la_main(self, con: sa.Connection) -> None:
        """Let one write at a time: the chain has one end."""
        if con.dialect.name == "postgresql":
            con.execute(sa.text(f"LOCK TABLE {self.table.name} IN EXCLUSIVE MODE"))

    def sceller(self, ligne: Mapping[str, Any]) -> str:
        """Return the seal of a row: of all its columns, in their order, but the seal itself."""
        noms = [une.name for une in self.table.columns if une.name != "empreinte"]
        return empreinte(canonique([ligne[nom] for nom in noms]))

    def tete(self, con: sa.Connection) -> Tete:
        """Return the head of the chain."""
        derniere = con.execute(_derniere(self.table)).first()
        return Tete(derniere.rang, derniere.empreinte) if derniere else DEBUT

    def suivre(self, con: sa.Connection, depuis: Tete = DEBUT) -> Iterator[L]:
        """Yield every row that follows a head, checked.

        Raises:
            Refus: it names the first row that is altered, missing or added.
        """
        c = self.table.c
        for lue in con.execute(
            self.table.select().where(c.rang > depuis.rang).order_by(c.rang)
        ).mappings():
            ligne = cast("L", dict(lue))
            self._verifier(ligne, depuis)
            depuis = Tete(ligne["rang"], ligne["empreinte"])
            yield ligne

    def _verifier(self, ligne: L, precedente: Tete) -> None:
        attendu, nomme = precedente.rang + 1, self.nommer(ligne)
        if ligne["rang"] != attendu:
            raise self.alteree(f"{self.genre} {attendu} manque (le suivant est {nomme})")
        if ligne["precedent"] != precedente.empreinte:
            avant = f"{self.genre} {precedente.rang}"
            raise self.alteree(f"{nomme} ne suit pas {avant} tel qu'il est")
        if ligne["empreinte"] != self.sceller(ligne):
            raise self.alteree(f"{nomme} a été modifié")

    def alteree(self, quoi: str) -> Refus:
        """Return the refusal that tells what is altered."""
        return Refus(
            quoi, self.nom, "Ce qui précède est intact ; comparer la suite avec une sauvegarde."
        )
