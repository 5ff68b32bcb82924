"""A chain: each row seals the one before, so that none is changed without being seen.

`rang` has no hole; `empreinte` seals what the row holds and `precedent`, the seal of the row
before. The rule of a seal is written in its row (`sceau`):

- none: the sha256 of the columns that the table had then (`SANS_CLE`), in their order. Whoever may
  write the base may make it again;
- 2: the HMAC, under a key drawn from that of the data directory, of the names and values of all the
  columns that are not null. A column that comes later is null in the rows of before, whose seals
  hold; once filled, it is sealed with no line to add here.

What a chain cannot see by itself is an end cut off, nor who has the key: its head goes out of reach
(`ancres`), to be compared.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa

from infocentre.decisions.schema import LigneChainee
from infocentre.noyau.erreurs import Refus

ORIGINE = "0" * 64
SOUS_CLE = 2
# What rows sealed without a key seal: the columns that their table had, and none since.
SANS_CLE: Mapping[str, tuple[str, ...]] = {
    "evenements": (
        "rang", "affaire", "nom", "auteur", "role", "jour", "saisi_le", "donnees", "precedent",
    ),
    "audit": (
        "rang", "le", "qui", "role", "action", "objet", "numero", "nombre", "precisions",
        "precedent",
    ),
}  # fmt: skip
L = TypeVar("L", bound=LigneChainee)


@dataclass(frozen=True, slots=True)
class Tete:
    """How many rows there are, and the seal of the last."""

    rang: int
    empreinte: str


DEBUT = Tete(0, ORIGINE)


def canonique(valeur: object) -> str:
    """Return the JSON of which there is one only; what JSON has not is written as Python does."""
    return json.dumps(
        valeur, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr
    )


def empreinte(texte: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(texte.encode(errors="surrogateescape")).hexdigest()


def sous_cle(con: sa.Connection, texte: str) -> str:
    """Return the HMAC of a text, under the key of seals of the store."""
    secret = con.get_execution_options()["secret"]
    return hmac.new(secret(), texte.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()


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


def lisible(valeur: object) -> str:
    """Return what a damaged row holds, as may be printed."""
    return str(valeur).encode(errors="replace").decode()[:60]


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
        scellee = self.suivante(con, tete, ligne)
        con.execute(_ajout(self.table), scellee)
        return scellee

    def suivante(self, con: sa.Connection, tete: Tete, ligne: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row that follows a head, sealed; nothing is written."""
        dites = {"rang": tete.rang + 1, "precedent": tete.empreinte, "sceau": SOUS_CLE}
        suite = {**ligne, **dites}
        return suite | {"empreinte": self.sceller(con, suite)}

    def prendre_la_main(self, con: sa.Connection) -> None:
        """Let one write at a time: the chain has one end.

        Not by a lock of the table: who may only add rows to it has none that keeps others away.
        """
        if con.dialect.name == "postgresql":
            verrou = int.from_bytes(hashlib.sha256(self.table.name.encode()).digest()[:4], "big")
            con.execute(sa.select(sa.func.pg_advisory_xact_lock(verrou)))

    def sceller(self, con: sa.Connection, ligne: Mapping[str, Any]) -> str:
        """Return the seal of a row, by the rule that it says."""
        if ligne.get("sceau") is None:
            return empreinte(
                canonique([ligne.get(nom) for nom in SANS_CLE.get(self.table.name, ())])
            )
        tenues = {nom: un for nom, un in ligne.items() if un is not None and nom != "empreinte"}
        return sous_cle(con, canonique([self.table.name, tenues]))

    def tete(self, con: sa.Connection) -> Tete:
        """Return the head of the chain."""
        derniere = con.execute(_derniere(self.table)).first()
        return Tete(derniere.rang, derniere.empreinte) if derniere else DEBUT

    def relire(self, con: sa.Connection, depuis: Tete = DEBUT) -> Iterator[tuple[L, str]]:
        """Yield every row that follows a head, with what is wrong with it, '' when nothing is."""
        c = self.table.c
        cle_avant = False
        for lue in con.execute(
            self.table.select().where(c.rang > depuis.rang).order_by(c.rang)
        ).mappings():
            ligne = cast("L", dict(lue))
            cle = ligne["sceau"] is not None
            yield ligne, self._faute(con, ligne, depuis, sans_cle_apres=cle_avant and not cle)
            depuis, cle_avant = Tete(ligne["rang"], ligne["empreinte"]), cle_avant or cle

    def suivre(self, con: sa.Connection, depuis: Tete = DEBUT) -> Iterator[L]:
        """Yield every row that follows a head, checked.

        Raises:
            Refus: it names the first row that is altered, missing or added.
        """
        for ligne, faute in self.relire(con, depuis):
            if faute:
                raise self.alteree(faute)
            yield ligne

    def _faute(
        self, con: sa.Connection, ligne: L, precedente: Tete, *, sans_cle_apres: bool
    ) -> str:
        attendu, nomme = precedente.rang + 1, self.nommer(ligne)
        if ligne["rang"] != attendu:
            return f"{self.genre} {attendu} manque (le suivant est {nomme})"
        if ligne["precedent"] != precedente.empreinte:
            return f"{nomme} ne suit pas {self.genre} {precedente.rang} tel qu'il est"
        if ligne["sceau"] not in (None, SOUS_CLE) or ligne["empreinte"] != self.sceller(con, ligne):
            return f"{nomme} a été modifié"
        if sans_cle_apres or self._en_trop(ligne):
            return f"{nomme} n'est pas scellé comme il devrait l'être"
        return ""

    def _en_trop(self, ligne: L) -> bool:
        """Tell whether a row sealed without a key holds what its seal does not."""
        if ligne["sceau"] is not None:
            return False
        scellees = {*SANS_CLE.get(self.table.name, ()), "empreinte"}
        return any(un is not None for nom, un in ligne.items() if nom not in scellees)

    def alteree(self, quoi: str) -> Refus:
        """Return the refusal that tells what is altered."""
        return Refus(
            quoi, self.nom, "Ce qui précède est intact ; comparer la suite avec une sauvegarde."
        )
