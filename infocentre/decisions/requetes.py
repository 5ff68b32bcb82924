"""Queries that people keep, private or shared, and the history of what each one ran."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import brouillons, executions, requetes_gardees
from infocentre.noyau.erreurs import Refus

TITRE_MAX, SQL_MAX, VERDICT_MAX = 120, 50_000, 200
HISTORIQUE_MAX = 200


@dataclass(frozen=True, slots=True)
class RequeteGardee:
    """A query that someone keeps; others see it only when it is `partagee`."""

    id: str
    titre: str
    sql: str
    auteur: str
    partagee: bool
    creee_le: dt.datetime
    modifiee_le: dt.datetime


@dataclass(frozen=True, slots=True)
class Execution:
    """A query that someone ran; `lignes` is None when it gave none, `verdict` says why."""

    id: int
    le: dt.datetime
    sql: str
    secondes: float | None
    lignes: int | None
    verdict: str


class Requetes:
    """The queries that one person may read and change."""

    def __init__(self, magasin: Magasin, auteur: str) -> None:
        """Speak for `auteur`: everything below is theirs, or shared."""
        self._magasin = magasin
        self.auteur = auteur[:TITRE_MAX]

    def garder(self, titre: str, sql: str, *, partagee: bool) -> RequeteGardee:
        """Keep a new query; raise Refus when it has no title or no text."""
        titre, sql = _verifier(titre, sql)
        ici = _maintenant()
        # No sign: one that begins with a dash, typed after an option, is taken for another.
        id_ = secrets.token_hex(8)
        nouvelle = RequeteGardee(id_, titre, sql, self.auteur, partagee, ici, ici)
        valeurs = {nom: getattr(nouvelle, nom) for nom in RequeteGardee.__dataclass_fields__}
        with self._magasin.ecrire() as con:
            con.execute(requetes_gardees.insert().values(valeurs))
        return nouvelle

    def changer(self, id_: str, titre: str, sql: str, *, partagee: bool) -> RequeteGardee:
        """Replace one's own query; raise Refus when it is not one's own."""
        titre, sql = _verifier(titre, sql)
        valeurs = {"titre": titre, "sql": sql, "partagee": partagee, "modifiee_le": _maintenant()}
        with self._magasin.ecrire() as con:
            faite = con.execute(requetes_gardees.update().where(self._mienne(id_)).values(valeurs))
        if not faite.rowcount:
            raise _inconnue(id_)
        return self.lire(id_)

    def supprimer(self, id_: str) -> None:
        """Delete one's own query; raise Refus when it is not one's own."""
        with self._magasin.ecrire() as con:
            faite = con.execute(requetes_gardees.delete().where(self._mienne(id_)))
        if not faite.rowcount:
            raise _inconnue(id_)

    def lire(self, id_: str) -> RequeteGardee:
        """Return a query; raise Refus when it does not exist or is another's own."""
        with self._magasin.lire() as con:
            trouvee = con.execute(
                requetes_gardees.select().where(requetes_gardees.c.id == id_, self._visible())
            ).first()
        if trouvee is None:
            raise _inconnue(id_)
        return _gardee(trouvee._mapping)  # noqa: SLF001 - its documented name

    def lister(self, recherche: str = "") -> list[RequeteGardee]:
        """Return one's own queries and the shared ones, the last changed first.

        `recherche` keeps those whose title, text or author has these letters.
        """
        c = requetes_gardees.c
        demande = requetes_gardees.select().where(self._visible())
        if recherche.strip():
            champs = (c.titre, c.sql, c.auteur)
            trouve = (un.icontains(recherche.strip(), autoescape=True) for un in champs)
            demande = demande.where(sa.or_(*trouve))
        with self._magasin.lire() as con:
            lignes = con.execute(demande.order_by(c.modifiee_le.desc(), c.titre)).mappings().all()
        return [_gardee(ligne) for ligne in lignes]

    def noter(self, sql: str, *, secondes: float | None, lignes: int | None, verdict: str) -> None:
        """Add to one's history what was just run; the oldest beyond HISTORIQUE_MAX are dropped."""
        c = executions.c
        miennes = c.auteur == self.auteur
        valeurs = {
            "auteur": self.auteur,
            "le": _maintenant(),
            "sql": sql[:SQL_MAX],
            "secondes": secondes,
            "lignes": lignes,
            "verdict": verdict[:VERDICT_MAX],
        }
        with self._magasin.ecrire() as con:
            con.execute(executions.insert().values(valeurs))
            limite = con.scalar(
                sa.select(c.id).where(miennes).order_by(c.id.desc()).offset(HISTORIQUE_MAX).limit(1)
            )
            if limite is not None:
                con.execute(executions.delete().where(miennes, c.id <= limite))

    def historique(self, nombre: int = HISTORIQUE_MAX) -> list[Execution]:
        """Return what one ran, the last first."""
        c = executions.c
        demande = (
            sa.select(c.id, c.le, c.sql, c.secondes, c.lignes, c.verdict)
            .where(c.auteur == self.auteur)
            .order_by(c.id.desc())
            .limit(nombre)
        )
        with self._magasin.lire() as con:
            return [Execution(**ligne) for ligne in con.execute(demande).mappings()]

    def relire(self, rang: str) -> Execution:
        """Return what one ran, by its number; raise Refus when it is not in one's history."""
        trouvee = next((une for une in self.historique() if f"{une.id}" == rang), None)
        if trouvee is None:
            raise _inconnue(rang)
        return trouvee

    def ecrire_brouillon(self, sql: str) -> None:
        """Keep what one is writing in the place of the draft of before; an empty text is none."""
        with self._magasin.ecrire() as con:
            con.execute(brouillons.delete().where(brouillons.c.auteur == self.auteur))
            if sql.strip():
                brouillon = {"auteur": self.auteur, "sql": sql[:SQL_MAX], "le": _maintenant()}
                con.execute(brouillons.insert().values(brouillon))

    def brouillon(self) -> str:
        """Return what one was writing, empty when there is nothing."""
        demande = sa.select(brouillons.c.sql).where(brouillons.c.auteur == self.auteur)
        with self._magasin.lire() as con:
            return str(con.scalar(demande) or "")

    def compter(self, textes: Collection[str]) -> dict[str, int]:
        """Return how many times each of these texts was run, by anybody, as histories tell."""
        c = executions.c
        demande = (
            sa.select(c.sql, sa.func.count())
            .where(c.sql.in_(textes), c.lignes.is_not(None))
            .group_by(c.sql)
        )
        with self._magasin.lire() as con:
            return {str(un): int(n) for un, n in con.execute(demande)}

    def _mienne(self, id_: str) -> sa.ColumnElement[bool]:
        c = requetes_gardees.c
        return sa.and_(c.id == id_, c.auteur == self.auteur)

    def _visible(self) -> sa.ColumnElement[bool]:
        c = requetes_gardees.c
        return sa.or_(c.auteur == self.auteur, c.partagee)


def _verifier(titre: str, sql: str) -> tuple[str, str]:
    titre, sql = " ".join(titre.split()), sql.strip()
    if not titre:
        raise Refus("cette requête n'a pas de titre", que_faire="Lui donner un titre court.")
    if len(titre) > TITRE_MAX:
        raise Refus(f"ce titre a {len(titre)} lettres", que_faire=f"En garder {TITRE_MAX} au plus.")
    if not sql:
        raise Refus("cette requête est vide", que_faire="Écrire une requête, puis l'enregistrer.")
    if len(sql) > SQL_MAX:
        raise Refus("cette requête est trop longue", que_faire=f"{SQL_MAX} lettres au plus.")
    return titre, sql


def _inconnue(id_: str) -> Refus:
    return Refus(
        f"la requête « {id_[:24]} » n'existe pas, ou n'est pas la vôtre",
        que_faire="La chercher parmi les requêtes enregistrées.",
    )


def _gardee(ligne: Mapping[str, Any] | sa.RowMapping) -> RequeteGardee:
    return RequeteGardee(**{nom: ligne[nom] for nom in RequeteGardee.__dataclass_fields__})


def _maintenant() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
