"""Indicators over the months of a semester: what its last month alone does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from infocentre.lecture.commun import arrete_precedent, par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.etats import Etat
from infocentre.noyau.temps import bornes, est_annuel, mois_avant, mois_entre, semestre_du_mois

NiveauJuge = Literal["departement", "type", "organisme", "guichet"]

_SQL = f"""
WITH lues AS (
    SELECT v.code, niveau, guichet AS cle, type_guichet, mois, numerateur AS n, denominateur AS d,
        etat_mois, etat, r.nature = 'stock' AS stock, r.tolerance_zero, r.ordre
    FROM valeurs AS v JOIN regles AS r USING (code)
    WHERE departement = $departement AND mois BETWEEN $debut AND $fin
        AND (r.tolerance_zero OR r.imputable = 'gestionnaire')
        AND etat_mois <> '{Etat.CONTEXTE}'
)
FROM lues
WHERE niveau = 'departement' OR (code, niveau, cle) IN (
    SELECT (code, niveau, cle) FROM lues WHERE d > 0
)
ORDER BY ordre, list_position(['departement', 'type', 'organisme', 'guichet'], niveau), cle, mois
"""


class _Lue(TypedDict):
    code: str
    niveau: NiveauJuge
    cle: str
    type_guichet: str | None
    mois: str
    n: int | None
    d: int | None
    etat_mois: str
    etat: str
    stock: bool
    tolerance_zero: bool


@dataclass(frozen=True, slots=True)
class MoisJuge:
    """What a month of the semester published; None where the month or the value is missing."""

    mois: str
    n: int | None = None
    d: int | None = None
    etat: Etat | None = None

    @property
    def taux(self) -> float | None:
        """Rate of the month, None without a unit."""
        return self.n / self.d if self.n is not None and self.d else None


@dataclass(frozen=True, slots=True)
class IndicateurDuSemestre:
    """An indicator of a place over a semester, as each month published it.

    `mois` has every month of the semester up to the last one read. `n` and `d` add them up; None
    for a `stock`, whose units are the same from one arrêté to the next. `etat_fin` is the state
    shown in the last month.
    """

    code: str
    niveau: NiveauJuge
    cle: str
    type_guichet: str | None
    stock: bool
    tolerance_zero: bool
    mois: tuple[MoisJuge, ...]
    etat_fin: Etat | None

    @property
    def n(self) -> int | None:
        """Anomalies of the semester."""
        return None if self.stock else _ajouter(un.n for un in self.mois)

    @property
    def d(self) -> int | None:
        """Units of the semester."""
        return None if self.stock else _ajouter(un.d for un in self.mois)

    @property
    def taux(self) -> float | None:
        """Rate of the semester, None without a unit."""
        n, d = self.n, self.d
        return n / d if n is not None and d else None

    @property
    def etats(self) -> tuple[Etat | None, ...]:
        """State of each month by itself."""
        return tuple(un.etat for un in self.mois)

    @property
    def etat_pire(self) -> Etat | None:
        """The worst state that a month had, None when none was judged."""
        juges = [un for un in self.etats if un is not None and un.gravite]
        return max(juges, key=lambda un: un.gravite, default=None)

    @property
    def pire(self) -> MoisJuge | None:
        """The month with most anomalies, or the highest rate where some are tolerated.

        Of two that are equal the newest; None when no month has an anomaly.
        """
        return max(self._touches, key=self._mal, default=None)

    @property
    def ex_aequo(self) -> bool:
        """Whether another month was touched as much: none is the most touched."""
        maux = [self._mal(un)[0] for un in self._touches]
        return bool(maux) and maux.count(max(maux)) > 1

    @property
    def _touches(self) -> list[MoisJuge]:
        return [un for un in self.mois if un.n and un.d]

    def _mal(self, un: MoisJuge) -> tuple[float, float, str]:
        n, taux = float(un.n or 0), un.taux or 0.0
        return (n, taux, un.mois) if self.tolerance_zero else (taux, n, un.mois)

    @property
    def pire_mois(self) -> str | None:
        """Its month, AAAA-MM."""
        return self.pire.mois if self.pire else None

    @property
    def pire_n(self) -> int | None:
        """Its anomalies."""
        return self.pire.n if self.pire else None

    @property
    def pire_d(self) -> int | None:
        """Its units."""
        return self.pire.d if self.pire else None


@par_version
def semestre_des_indicateurs(
    v: Lecture, departement: str, mois: str
) -> Sequence[IndicateurDuSemestre]:
    """Return tolérance zéro and the gestionnaire's own indicators over the semester of a month.

    From the first month of the semester to `mois` (that one alone when deliveries are yearly), for
    the département and for each type, organisme and guichet that is judged and had a unit; in the
    order of the catalogue.
    """
    debut, _ = bornes(semestre_du_mois(mois))
    lignes = v.lignes(_SQL, {"departement": departement, "debut": debut, "fin": mois}, _Lue)
    groupes: dict[tuple[str, NiveauJuge, str], list[_Lue]] = {}
    for une in lignes:
        groupes.setdefault((une["code"], une["niveau"], une["cle"]), []).append(une)
    precedent = arrete_precedent(v, departement, mois)
    annuel = precedent is not None and est_annuel(precedent, mois)
    attendus = [mois] if annuel else [*mois_entre(mois_avant(debut), mois), mois]
    return tuple(_reunir(siennes, attendus) for siennes in groupes.values())


def _reunir(lignes: Sequence[_Lue], mois: Sequence[str]) -> IndicateurDuSemestre:
    derniere = lignes[-1]
    par_mois = {
        une["mois"]: MoisJuge(une["mois"], une["n"], une["d"], Etat.lire(une["etat_mois"]))
        for une in lignes
    }
    return IndicateurDuSemestre(
        derniere["code"],
        derniere["niveau"],
        derniere["cle"],
        derniere["type_guichet"],
        derniere["stock"],
        derniere["tolerance_zero"],
        tuple(par_mois.get(un, MoisJuge(un)) for un in mois),
        Etat.lire(derniere["etat"]) if derniere["mois"] == mois[-1] else None,
    )


def _ajouter(nombres: Iterable[int | None]) -> int | None:
    """Return the sum of the counts that are known, None when none is."""
    connus = [un for un in nombres if un is not None]
    return sum(connus) if connus else None
