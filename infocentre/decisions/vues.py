"""The filters of a page that someone keeps under a name, and those they open it with."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import vues_gardees
from infocentre.noyau.erreurs import Refus

NOM_MAX, FILTRES_MAX, VUES_MAX, AUTEUR_MAX = 60, 2_000, 50, 120


@dataclass(frozen=True, slots=True)
class VueGardee:
    """Filters under a name; `par_defaut`: the page opens with them."""

    id: str
    page: str
    nom: str
    filtres: str
    par_defaut: bool


class Vues:
    """The views that one person keeps: nobody else's are read nor changed."""

    def __init__(self, magasin: Magasin, auteur: str) -> None:
        """Speak for `auteur`."""
        self._magasin, self.auteur = magasin, auteur[:AUTEUR_MAX]

    def garder(self, page: str, nom: str, filtres: str, *, par_defaut: bool) -> VueGardee:
        """Keep filters under a name, in the place of those that had it; raise Refus."""
        nom = " ".join(nom.split())
        if not nom:
            raise Refus("cette vue n'a pas de nom", que_faire="Lui donner un nom court.")
        if len(nom) > NOM_MAX:
            raise Refus(f"ce nom a {len(nom)} lettres", que_faire=f"En garder {NOM_MAX} au plus.")
        if not filtres:
            raise Refus("aucun filtre n'est choisi", que_faire="En choisir un, puis garder la vue.")
        if len(filtres) > FILTRES_MAX:
            raise Refus("ces filtres sont trop longs", que_faire="En choisir moins.")
        c = vues_gardees.c
        vue = VueGardee(secrets.token_hex(8), page, nom, filtres, par_defaut)
        with self._magasin.ecrire() as con:
            con.execute(vues_gardees.delete().where(self._miennes(page), c.nom == nom))
            siennes = sa.select(sa.func.count()).select_from(vues_gardees)
            if (con.scalar(siennes.where(c.auteur == self.auteur)) or 0) >= VUES_MAX:
                raise Refus(f"{VUES_MAX} vues sont gardées", que_faire="En supprimer une d'abord.")
            if par_defaut:
                con.execute(_ordinaires(self._miennes(page)))
            con.execute(
                vues_gardees.insert().values(
                    id=vue.id,
                    auteur=self.auteur,
                    page=page,
                    nom=nom,
                    filtres=filtres,
                    par_defaut=par_defaut,
                    gardee_le=dt.datetime.now(dt.UTC),
                )
            )
        return vue

    def choisir(self, page: str, id_: str) -> None:
        """Have the page open with a view; with none, when `id_` is empty or already chosen."""
        with self._magasin.ecrire() as con:
            avant = con.scalar(
                sa.select(vues_gardees.c.id).where(
                    self._miennes(page), vues_gardees.c.par_defaut.is_(True)
                )
            )
            con.execute(_ordinaires(self._miennes(page)))
            if id_ and id_ != avant:
                une = sa.and_(self._miennes(page), vues_gardees.c.id == id_)
                faite = con.execute(vues_gardees.update().where(une).values(par_defaut=True))
                if not faite.rowcount:
                    raise _inconnue()

    def supprimer(self, page: str, id_: str) -> None:
        """Forget a view; raise Refus when it is not one's own."""
        une = sa.and_(self._miennes(page), vues_gardees.c.id == id_)
        with self._magasin.ecrire() as con:
            if not con.execute(vues_gardees.delete().where(une)).rowcount:
                raise _inconnue()

    def lister(self, page: str) -> list[VueGardee]:
        """Return the views of a page, by name."""
        c = vues_gardees.c
        demande = sa.select(c.id, c.page, c.nom, c.filtres, c.par_defaut).where(self._miennes(page))
        with self._magasin.lire() as con:
            return [VueGardee(**une) for une in con.execute(demande.order_by(c.nom)).mappings()]

    def par_defaut(self, page: str) -> str:
        """Return the filters that a page opens with, '' when none was chosen."""
        return next((une.filtres for une in self.lister(page) if une.par_defaut), "")

    def _miennes(self, page: str) -> sa.ColumnElement[bool]:
        return sa.and_(vues_gardees.c.auteur == self.auteur, vues_gardees.c.page == page)


def _ordinaires(lesquelles: sa.ColumnElement[bool]) -> sa.Update:
    return vues_gardees.update().where(lesquelles).values(par_defaut=False)


def _inconnue() -> Refus:
    return Refus("cette vue n'existe plus", que_faire="Actualiser la page.")
