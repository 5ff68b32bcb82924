"""What a checkpoint says, in the infocentre's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infocentre.noyau.etats import SIGNIFICATIFS, Etat, en_sql

if TYPE_CHECKING:
    from pathlib import Path

    from infocentre.catalogue import Indicateur
    from infocentre.mesures import Connexion

MOSTLY_PAR_DEFAUT = 0.9

_GUICHETS = f"""
select code, departement, mois,
    count(*) filter (where etat in {en_sql(SIGNIFICATIFS)}) as significatifs,
    list(guichet order by guichet) filter (where etat = '{Etat.ROUGE}') as rouges,
    list(guichet order by guichet) filter (where etat = '{Etat.A_TRAITER}') as a_traiter
from valeurs_calculees
where niveau = 'guichet'
group by all
having significatifs > 0
order by code, departement, mois
"""

_NON_JUGES = f"""
with etats as (
    select code, departement, mois, bool_or(etat in {en_sql(SIGNIFICATIFS)}) as juge,
        bool_or(etat = '{Etat.EFFECTIF_INSUFFISANT}') as insuffisant,
        bool_or(etat = '{Etat.CONTEXTE}') as contexte
    from valeurs_calculees
    where niveau = 'guichet'
    group by all
)
select code, departement, mois,
    case
        when not calculable then '{Etat.NON_CALCULABLE}'
        when insuffisant then '{Etat.EFFECTIF_INSUFFISANT}'
        when contexte then '{Etat.CONTEXTE}'
        else '{Etat.SANS_OBJET}'
    end as motif
from calculabilite
left join etats using (code, departement, mois)
where not coalesce(juge, false)
order by code, departement, mois
"""


@dataclass(frozen=True)
class MoisJuge:
    """The guichets of one département and month whose state of an indicator is significant."""

    departement: str
    mois: str
    significatifs: int
    rouges: tuple[str, ...]
    a_traiter: tuple[str, ...]

    @property
    def part_conforme(self) -> float:
        """Share of the significant guichets that are neither rouge nor à traiter."""
        return 1 - (len(self.rouges) + len(self.a_traiter)) / self.significatifs


@dataclass(frozen=True)
class MoisNonJuge:
    """A controlled month where no guichet is significant; `motif` is a state of `valeurs`."""

    departement: str
    mois: str
    motif: str


@dataclass(frozen=True)
class BilanIndicateur:
    """The verdict on one indicator: every month must reach `mostly`; no month, a success."""

    code: str
    mostly: float
    mois: tuple[MoisJuge, ...]
    non_juges: tuple[MoisNonJuge, ...] = ()

    @property
    def reussi(self) -> bool:
        """Whether each département and month has enough guichets that conform."""
        return all(un.part_conforme >= self.mostly for un in self.mois)

    @property
    def part_conforme(self) -> float | None:
        """Lowest share of the months, None where no guichet is significant."""
        return min((un.part_conforme for un in self.mois), default=None)


@dataclass(frozen=True)
class Bilan:
    """The verdict of a checkpoint, one per indicator in the catalogue's order.

    `page` is the entrance of the Data Docs, None when they were not asked for.
    """

    indicateurs: tuple[BilanIndicateur, ...]
    page: Path | None = None

    @property
    def reussi(self) -> bool:
        """Whether every indicator succeeds."""
        return all(un.reussi for un in self.indicateurs)


def juger(
    indicateur: Indicateur,
    mois: tuple[MoisJuge, ...],
    non_juges: tuple[MoisNonJuge, ...] = (),
) -> BilanIndicateur:
    """Judge one indicator by the `mostly` of the catalogue."""
    mostly = MOSTLY_PAR_DEFAUT if indicateur.mostly is None else indicateur.mostly
    return BilanIndicateur(indicateur.code, mostly, mois, non_juges)


def lire_guichets(con: Connexion) -> dict[str, tuple[MoisJuge, ...]]:
    """Read the significant guichets of `valeurs_calculees`, by indicator."""
    resultat: dict[str, tuple[MoisJuge, ...]] = {}
    for code, departement, mois, nombre, rouges, a_traiter in con.execute(_GUICHETS).fetchall():
        un = MoisJuge(departement, mois, nombre, tuple(rouges or ()), tuple(a_traiter or ()))
        resultat[code] = (*resultat.get(code, ()), un)
    return resultat


def lire_non_juges(con: Connexion) -> dict[str, tuple[MoisNonJuge, ...]]:
    """Read the months of `calculabilite` without a significant guichet, by indicator."""
    resultat: dict[str, tuple[MoisNonJuge, ...]] = {}
    for code, departement, mois, motif in con.execute(_NON_JUGES).fetchall():
        un = MoisNonJuge(departement, mois, motif)
        resultat[code] = (*resultat.get(code, ()), un)
    return resultat
