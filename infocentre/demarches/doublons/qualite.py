"""How good the search is, measured by what people decided of what it found.

Precision: of the pairs of a tier that are settled, those of one person. Recall: of the duplicates
that guichets told of and that were confirmed, those that the search had found by itself; it needs
their forms, since nobody decides of what the search does not find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from infocentre.affaires import Affaires
from infocentre.decisions.doublons import Bilan, Memoire, Verdict
from infocentre.demarches.doublons.cas import (
    PAR_FORMULAIRE,
    PROCEDURE,
    doublons_supposes,
    exiger_revue,
)
from infocentre.entrepot.relations import citer
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.descriptions import Colonnes
from infocentre.identite.memoire import compter_par_probabilite
from infocentre.identite.paires import Niveau
from infocentre.lecture.echantillons import intervalle
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import epcis, guichets_par_epci
from infocentre.mesures import lire_reglages
from infocentre.noyau.francais import pourcent

# Bands of probability that the picture of the threshold shows.
BORNES = (0.03, 0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)


@dataclass(frozen=True, slots=True)
class Part:
    """How many of how many, with the 95 % interval of the rate (Wilson)."""

    oui: int
    sur: int

    @property
    def taux(self) -> float | None:
        """Return the rate, None of nothing."""
        return self.oui / self.sur if self.sur else None

    @property
    def marge(self) -> tuple[float, float] | None:
        """Return the bounds of the rate, None of nothing."""
        return intervalle(self.oui / self.sur, self.sur) if self.sur else None


@dataclass(frozen=True, slots=True)
class Qualite:
    """What decisions say of the search; `precision` and `rappel` by tier.

    `par_heure`: pairs that a person settles in an hour, None while no time is known.
    `reapparition`: of the cases whose deletion was seen, those that came back.
    """

    precision: Mapping[Niveau, Part]
    rappel: Mapping[Niveau, Part]
    par_heure: float | None
    reapparition: Part


def mesurer(bilans: Iterable[Bilan], etats: Iterable[str]) -> Qualite:
    """Measure from what is decided of pairs, and the states of the cases that follow."""
    regles = [un for un in bilans if un.verdict not in (None, Verdict.A_VERIFIER)]
    precision: dict[Niveau, Part] = {}
    for niveau in Niveau:
        siens = [un.verdict for un in regles if un.decisions[0].niveau == niveau]
        precision[niveau] = Part(siens.count(Verdict.MEME), len(siens))
    dits = [
        un.decisions[0].niveau.removeprefix(PAR_FORMULAIRE).strip()
        for un in regles
        if un.verdict is Verdict.MEME and un.decisions[0].niveau.startswith(PAR_FORMULAIRE)
    ]
    rappel = {niveau: Part(dits.count(niveau), len(dits)) for niveau in Niveau}
    temps = [une.secondes for un in regles for une in un.decisions if une.secondes]
    vus = Counter(etats)
    revenus, partis = vus["reapparue"], vus["constatee"]
    return Qualite(
        precision,
        rappel,
        3600 * len(temps) / sum(temps) if temps else None,
        Part(revenus, revenus + partis),
    )


def qualite(v: Lecture, memoire: Memoire, registre: Affaires, departement: str) -> Qualite:
    """Measure the search of a département; raise Refus to who may not review it."""
    exiger_revue(v, departement)
    siennes = registre.lister(departement, procedure=PROCEDURE)
    return mesurer(memoire.bilans(departement).values(), [une.etat for une in siennes])


def ce_que_le_seuil_laisse_entrer(v: Lecture, departement: str) -> Colonnes:
    """Return the picture of the threshold: pairs by probability, proposed or not."""
    exiger_revue(v, departement)
    seuil = lire_reglages().doublons_seuil
    bornes = sorted({*BORNES, seuil})
    nombres = compter_par_probabilite(v.dossier, departement, bornes)
    noms = tuple(
        f"{pourcent(bas, _decimales(bas))} à {pourcent(haut, _decimales(haut))}"
        for bas, haut in pairwise(bornes)
    )
    proposees = tuple(
        nombre if bas >= seuil else None for bas, nombre in zip(bornes, nombres, strict=False)
    )
    autres = tuple(
        None if bas >= seuil else nombre for bas, nombre in zip(bornes, nombres, strict=False)
    )
    entrees = sum(un or 0 for un in proposees)
    return Colonnes(
        titre="Paires comparées, par probabilité",
        alternative=(
            f"Paires par probabilité d’être d’une même personne. Le seuil de "
            f"{pourcent(seuil, _decimales(seuil))} en laisse entrer {entrees}, hors paires exactes "
            "et de foyer."
        ),
        nom="Probabilité",
        periodes=noms,
        series=(Serie("Proposées", proposees), Serie("Sous le seuil", autres)),
        empilees=True,
    )


def _decimales(part: float) -> int:
    return 0 if round(part * 100, 6) == int(round(part * 100, 6)) else 1


@dataclass(frozen=True, slots=True)
class Frequence:
    """Demandes that double an older one, of those that are active, in a place."""

    code: str
    nom: str
    doubles: int
    actives: int

    @property
    def pour_mille(self) -> float:
        """Return how many of a thousand."""
        return 1000 * self.doubles / self.actives if self.actives else 0.0


def frequences(
    v: Lecture, memoire: Memoire | None, departement: str, noms: Mapping[str, str]
) -> tuple[list[Frequence], list[Frequence]]:
    """Return, by guichet then by EPCI, active demandes that double an older one, the most first.

    What was decided to be of several persons is left out.
    """
    exiger_revue(v, departement)
    gardiens = dict(
        v.tuples(f"SELECT numero_unique, guichet_enregistreur FROM {_sql_actives(v, departement)} ")
    )
    doubles = Counter(gardiens.get(n) for n in doublons_supposes(v, memoire, departement))
    actives = Counter(gardiens.values())
    par_guichet = [
        Frequence(code, noms.get(code, code), doubles[code], nombre)
        for code, nombre in actives.items()
        if code
    ]
    lieux = epcis(v, departement)
    par_epci = [
        Frequence(
            epci,
            lieux.get(epci, epci),
            sum(doubles[un] for un in siens),
            sum(actives[un] for un in siens),
        )
        for epci, siens in guichets_par_epci(v, departement).items()
    ]
    return _ranger(par_guichet), _ranger(par_epci)


def _ranger(toutes: list[Frequence]) -> list[Frequence]:
    """Put first where there are most: a rate of a few demandes says little."""
    return sorted(toutes, key=lambda une: (-une.doubles, -une.pour_mille, une.nom))


def _sql_actives(v: Lecture, departement: str) -> str:
    etat = v.version.etats[departement]
    lues = f"read_parquet({citer(str(v.dossier.etats / etat))})"
    return v.filtrer("etats", f"(SELECT * FROM {lues} WHERE statut = 'active')")
