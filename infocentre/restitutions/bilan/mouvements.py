"""What moved in a year in a bilan: every comparison it makes, corrected for their number."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import Niveau, Releve, Valeur, relever

COMPARES: tuple[Niveau, ...] = ("departement", "organisme")


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A value that moved in a year; `ecart` is in ratio."""

    ici: Valeur
    avant: Valeur

    @property
    def ecart(self) -> float:
        """Return by how much the rate moved."""
        return (self.ici.taux or 0) - (self.avant.taux or 0)


@dataclass(frozen=True, slots=True)
class Comparaisons:
    """How many comparisons the document makes, and the movements that stand, surest first."""

    nombre: int = 0
    mouvements: tuple[Mouvement, ...] = ()

    def de(self, niveau: Niveau) -> list[Mouvement]:
        """Return the movements of the département or of the organismes."""
        return [un for un in self.mouvements if un.ici.niveau == niveau]


def comparer(ctx: Contexte) -> Comparaisons:
    """Compare the département and the organismes of the document with a year before.

    Values that may not be shared are left out. A movement under the first threshold at both
    ends counts among the comparisons, and is not told.
    """
    if not ctx.compare:
        return Comparaisons()
    return _comparer(
        ctx.edition.v,
        ctx.edition.departement,
        (ctx.mois, ctx.mois_avant),
        ctx.catalogue.en_json(),
        ctx.organismes,
        partage=ctx.partage,
    )


@par_version
def _comparer(
    v: Lecture,
    departement: str,
    mois: tuple[str, str],
    catalogue: str,
    organismes: frozenset[str] | None,
    *,
    partage: bool,
) -> Comparaisons:
    ici, avant = (relever(v, departement, un, catalogue, partage=partage) for un in mois)
    tous = _comparables(ici, avant, organismes)
    chances = chances_d_un_ecart(
        ([un.avant.n or 0 for un in tous], [un.avant.d or 0 for un in tous]),
        ([un.ici.n or 0 for un in tous], [un.ici.d or 0 for un in tous]),
    )
    tenus = zip(tous, chances, retenir_ensemble(chances), strict=True)
    retenus = [(chance, un) for un, chance, tient in tenus if tient and _compte(un)]
    retenus.sort(key=lambda une: (une[0], -abs(une[1].ecart), une[1].ici.un.code, une[1].ici.cle))
    return Comparaisons(len(tous), tuple(un for _, un in retenus))


def _comparables(ici: Releve, avant: Releve, organismes: frozenset[str] | None) -> list[Mouvement]:
    return [
        Mouvement(une, ancienne)
        for cle, une in ici.valeurs.items()
        if une.niveau in COMPARES
        and (une.niveau == "departement" or organismes is None or une.cle in organismes)
        and (ancienne := avant.valeurs.get(cle)) is not None
        and une.jugee
        and ancienne.jugee
        and une.taux is not None
        and ancienne.taux is not None
    ]


def _compte(un: Mouvement) -> bool:
    seuils = un.ici.un.seuils
    return seuils is not None and max(un.ici.taux or 0, un.avant.taux or 0) > seuils.orange
