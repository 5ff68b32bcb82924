"""How good the search is, measured by what people decided of what it found.

Recall: of the duplicates that guichets told of and that were confirmed, those that the search had
found by itself; it needs their forms, since nobody decides of what the search does not find. How
many pairs are right is not told by those decided, which people choose: see `justesse`. Nothing here
tells a numéro nor a name: pages, bilan and measures have one definition of each figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infocentre.affaires import Affaire
from infocentre.contrat import montres
from infocentre.decisions.doublons import Bilan, Bilans, Verdict
from infocentre.entrepot.relations import citer
from infocentre.identite.paires import Niveau
from infocentre.lecture.doublons.paires import doublons_supposes
from infocentre.lecture.echantillons import intervalle
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import epcis, guichets_par_epci

# The tier of pairs that a guichet tells of, then that by which the search had found it too.
PAR_FORMULAIRE = "signalement"


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
    """What decisions say of the search, by tier: of one person among those decided, and recall.

    The share of `decidees` measures in which order people decided. `par_heure`: pairs that a person
    settles in an hour, None while no time is known.
    `reapparition`: of the cases whose deletion was seen, those that came back.
    """

    decidees: Mapping[Niveau, Part]
    rappel: Mapping[Niveau, Part]
    par_heure: float | None
    reapparition: Part


def mesurer(bilans: Iterable[Bilan], reapparition: Part) -> Qualite:
    """Measure from what is decided of pairs, and what came back of the cases that follow."""
    regles = reglees(bilans)
    decidees: dict[Niveau, Part] = {}
    for niveau in Niveau:
        siens = [un.verdict for un in regles if un.decisions[0].niveau == niveau]
        decidees[niveau] = Part(siens.count(Verdict.MEME), len(siens))
    dits = [
        un.decisions[0].niveau.removeprefix(PAR_FORMULAIRE).strip()
        for un in regles
        if un.verdict is Verdict.MEME and un.decisions[0].niveau.startswith(PAR_FORMULAIRE)
    ]
    rappel = {niveau: Part(dits.count(niveau), len(dits)) for niveau in Niveau}
    temps = [une.secondes for un in regles for une in un.decisions if une.secondes]
    return Qualite(
        decidees,
        rappel,
        3600 * len(temps) / sum(temps) if temps else None,
        reapparition,
    )


def reglees(bilans: Iterable[Bilan]) -> list[Bilan]:
    """Return the pairs of which it is said what they are."""
    return [un for un in bilans if un.verdict not in (None, Verdict.A_VERIFIER)]


def reapparition(siennes: Iterable[Affaire]) -> Part:
    """Return, of the cases whose deletion a delivery showed, those that ever came back."""
    constatees = [une for une in siennes if une.comptes("constatees")]
    revenues = [une for une in constatees if une.comptes("reapparues")]
    return Part(len(revenues), len(constatees))


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


@dataclass(frozen=True, slots=True)
class Lieux:
    """Demandes in double and active ones by guichet ('' where it is not known)."""

    doubles: Mapping[str, int]
    actives: Mapping[str, int]

    def frequence(self, code: str, nom: str, guichets: Iterable[str]) -> Frequence:
        """Return how often there are duplicates among some guichets."""
        siens = list(guichets)
        return Frequence(
            code,
            nom,
            sum(self.doubles.get(un, 0) for un in siens),
            sum(self.actives.get(un, 0) for un in siens),
        )

    @property
    def tous(self) -> Frequence:
        """Return how often there are duplicates in all."""
        return self.frequence("*", "Ensemble", self.actives)


def compter(v: Lecture, bilans: Bilans, departement: str) -> Lieux:
    """Count the active demandes that double an older one, in the newest delivery.

    What was decided to be of several persons is left out.
    """
    with montres.en_silence():
        actives = v.tuples(
            f"SELECT numero_unique, guichet_enregistreur FROM {_sql_actives(v, departement)}"
        )
    gardiens = {numero: guichet or "" for numero, guichet in actives}
    doubles = Counter(gardiens.get(n, "") for n in doublons_supposes(v, bilans, departement))
    return Lieux(doubles, Counter(gardiens.values()))


def par_guichet(lieux: Lieux, noms: Mapping[str, str]) -> list[Frequence]:
    """Return the guichets, those with most duplicates first."""
    return _ranger(
        [lieux.frequence(code, noms.get(code, code), [code]) for code in lieux.actives if code]
    )


def par_epci(v: Lecture, lieux: Lieux, departement: str) -> list[Frequence]:
    """Return the EPCI, those with most duplicates first."""
    noms = epcis(v, departement)
    return _ranger(
        [
            lieux.frequence(epci, noms.get(epci, epci), siens)
            for epci, siens in guichets_par_epci(v, departement).items()
        ]
    )


def _ranger(toutes: list[Frequence]) -> list[Frequence]:
    """Put first where there are most: a rate of a few demandes says little."""
    return sorted(toutes, key=lambda une: (-une.doubles, -une.pour_mille, une.nom))


def _sql_actives(v: Lecture, departement: str) -> str:
    etat = v.version.etats[departement]
    lues = f"read_parquet({citer(str(v.dossier.etats / etat))})"
    return v.filtrer("etats", f"(SELECT * FROM {lues} WHERE statut = 'active')")
