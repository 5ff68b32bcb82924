"""The distributions of demandes and of attributions: counts by category, a table, a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

from infocentre.lecture.tableaux import TableauDe
from infocentre.mesures.declarations import role_du_genre
from infocentre.mesures.lignes_tableaux import FormePlafonds, FormeRepartition
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Bloc, Tableau
from infocentre.restitutions.figures import SANS_REPONSE, du_plus_grand
from infocentre.restitutions.images import Legende, repartition
from infocentre.restitutions.tables import entete


@dataclass(frozen=True, slots=True)
class Repartition:
    """A distribution as a chapter prints it; `absence` says why there is none.

    A count is None when it is masked, or when one of those that it adds up is.
    """

    lu: TableauDe[FormeRepartition]
    absence: Bloc | None
    table: Tableau | None
    image: Bloc | None

    @property
    def total(self) -> float | None:
        """All the units."""
        return valeur(self.lu.ensemble, "total")

    @property
    def tete(self) -> list[FormeRepartition]:
        """The categories that say something, the largest first: none that is masked is larger."""
        dites = [
            une
            for une in self.lu.modalites
            if une["code"] not in SANS_REPONSE and (valeur(une, "total") or 0) >= self._cachee
        ]
        return sorted(dites, key=lambda une: -une["total"])

    @property
    def _cachee(self) -> float:
        """How many a masked category that says something can have at most, 1 when none is.

        Every masked count is of one at least.
        """
        comptes = {une["code"]: valeur(une, "total") for une in self.lu.modalites}
        masquees = {code for code, compte in comptes.items() if compte is None}
        if masquees <= SANS_REPONSE:
            return 1
        connus = sum(un for un in comptes.values() if un is not None)
        return math.inf if self.total is None else self.total - connus - len(masquees) + 1

    def cumul(self, *codes: str) -> float | None:
        """Return how many are in some categories; None too where nobody answered."""
        if not any(
            valeur(une, "total") != 0
            for une in self.lu.modalites
            if une["code"] not in SANS_REPONSE
        ):
            return None
        comptes = [valeur(une, "total") for une in self.lu.modalites if une["code"] in codes]
        connus = [un for un in comptes if un is not None]
        return sum(connus) if connus and len(connus) == len(comptes) else None

    def part(self, *codes: str) -> float | None:
        """Return the share of some categories."""
        compte = self.cumul(*codes)
        return None if compte is None or not self.total else compte / self.total


@dataclass(frozen=True, slots=True)
class Plafonds(Repartition):
    """A distribution by position to the ceilings."""

    def sous(self, code: str) -> float | None:
        """Return how many stand under a ceiling."""
        return valeur(ligne(self.lu, code), "sous_le_plafond")

    @property
    def connus(self) -> float | None:
        """How many positions are known."""
        return next(
            (connu for une in self.lu.modalites if (connu := valeur(une, "plafond_connu"))), None
        )


def repartir(
    ctx: Contexte, de: type[FormeRepartition], *, images: int = 0, trier: bool = False
) -> Repartition:
    """Return a distribution, with a picture of `images` categories; the largest first if asked."""
    lu = ctx.lire(de)
    table = _imprimer(ctx, lu, trier=trier)
    image = _dessiner(lu, table, images, trier=trier) if images and table else None
    return Repartition(lu, ctx.manque(role_du_genre(de)), table, image)


def au_plafond(ctx: Contexte, de: type[FormePlafonds]) -> Plafonds:
    """Return a distribution by position to the ceilings, with its cumulated counts."""
    lu = ctx.lire(de)
    return Plafonds(lu, ctx.manque(role_du_genre(de)), _imprimer(ctx, lu), None)


def _imprimer(
    ctx: Contexte, lu: TableauDe[FormeRepartition], *, trier: bool = False
) -> Tableau | None:
    """Return the table without its empty categories, in the order of its picture."""
    if not lu.lignes:
        return None
    lignes = [une for une in lu.modalites if une["total"] != 0]
    if trier:
        lignes.sort(key=du_plus_grand)
    return ctx.imprimer(lu, [*lignes, *(une for une in lu.lignes if une["code"] == "*")])


def _dessiner(
    lu: TableauDe[FormeRepartition], table: Tableau, retenues: int, *, trier: bool
) -> Bloc:
    quoi = f"{entete(lu.tableau)} : poids de chaque modalité"
    legende = Legende(f"image-{lu.cle}", quoi, "")
    return repartition(lu, legende, table, trier=trier, retenues=retenues)
