"""What a month says of what was told: its cases by what became of them, the state it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infocentre.affaires import Constat
from infocentre.lecture.commun import par_version
from infocentre.lecture.extraits import unites_livrees
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.jugement import Juge, juger_depuis
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Valeur
from infocentre.noyau.etats import Etat
from infocentre.noyau.temps import mois_apres, mois_avant
from infocentre.procedures.mesures_correctives.propositions import unites_du_mois


@dataclass(frozen=True, slots=True)
class Sort:
    """What a month says of a constat: its cases by what became of them, the state it has.

    `unites` are the cases by sort: corrigee, sortie, encore, nouvelle, and passee for a past fact.
    The counts are those of the month alone; `juge` is what the state rests on.
    """

    constat: Constat
    mois: str
    unites: Mapping[str, tuple[str, ...]]
    numerateur: int
    denominateur: int
    juge: Juge

    @property
    def depasse(self) -> bool | None:
        """Tell whether it is still rouge or à traiter; None: the months say nothing of it."""
        return self.juge.mauvais

    @property
    def compte(self) -> dict[str, object]:
        """Return the counts as an event keeps them."""
        dits = {
            "guichet": self.constat.guichet,
            "code": self.constat.code,
            "constat": self.constat.id,
            "numerateur": self.numerateur,
            "denominateur": self.denominateur,
            "etat": str(self.juge.etat),
            "jugees": self.juge.denominateur,
            "en_anomalie": self.juge.numerateur,
            "depuis": self.juge.depuis,
            "depasse": self.depasse,
            **{nom: len(unites) for nom, unites in self.unites.items()},
        }
        return {nom: dit for nom, dit in dits.items() if dit not in {None, ""}}


def sorts(
    v: Lecture, dits: Sequence[Constat], mois: str, depuis: Mapping[str, str] | None = None
) -> list[Sort]:
    """Return what the delivery of a month says of what was told.

    `depuis` is {constat: the first month that counts for a past fact}, the one that follows what
    was told unless it is there.
    """
    return [_sort(v, un, mois, (depuis or {}).get(un.id) or mois_apres(un.mois)) for un in dits]


def _sort(v: Lecture, un: Constat, mois: str, depuis: str) -> Sort:
    filtres = Filtres(un.departement, mois)
    catalogue = catalogue_du_mois(v, filtres)
    indicateur = catalogue.indicateurs.get(un.code)
    valeur = _valeurs_du_mois(v, un.departement, mois).get((un.code, un.guichet))
    n, d = (
        int(valeur["numerateur"] or 0) if valeur else 0,
        int(valeur["denominateur"] or 0) if valeur else 0,
    )
    if indicateur is None:
        return Sort(un, mois, {}, n, d, Juge(Etat.NON_CALCULABLE))
    stock = catalogue.populations[indicateur.population].nature == "stock"
    du_mois = unites_du_mois(v, un.departement, mois, un.code, False).get(un.guichet, ())  # noqa: FBT003
    avant = {une[0] for une in un.unites}
    nouvelles = tuple(une[0] for une in du_mois if une[0] not in avant)
    unites: dict[str, tuple[str, ...]] = {"nouvelle": nouvelles}
    if indicateur.a_corriger:
        listees = _listees(v, un.departement, mois, un.code, stock=stock)
        devenirs = _devenir(v, un, mois, listees, stock)
        unites |= {nom: tuple(u for u in sorted(avant) if devenirs[u] == nom) for nom in DEVENIRS}
    else:
        unites["passee"] = tuple(sorted(avant))
    return Sort(un, mois, unites, n, d, juger_depuis(v, catalogue, indicateur, valeur, depuis))


DEVENIRS = ("corrigee", "sortie", "encore")


@par_version
def _valeurs_du_mois(v: Lecture, departement: str, mois: str) -> Mapping[tuple[str, str], Valeur]:
    lignes = v.lignes(
        "SELECT * FROM valeurs WHERE departement = $d AND mois = $m AND niveau = 'guichet'",
        {"d": departement, "m": mois},
        Valeur,
    )
    return {(une["code"], une["guichet"]): une for une in lignes}


def _listees(v: Lecture, departement: str, mois: str, code: str, *, stock: bool) -> set[str]:
    """Return the units that the delivery of a month lists in anomaly, wherever they are now."""
    toutes = unites_du_mois(v, departement, mois, code, not stock)
    return {une[0] for siennes in toutes.values() for une in siennes}


def _devenir(
    v: Lecture,
    un: Constat,
    mois: str,
    listees: set[str],
    stock: bool,  # noqa: FBT001
) -> dict[str, str]:
    """Return what became of each case by a month.

    Of a stock, the follow-up tells a case put right from one that left with its demande. Of a
    flow, an act is put right when the delivery has it and lists it no more; one that the delivery
    has no more left the file, as it does with the 12 months: what was done of it is not known.
    """
    sorties = _sorties(v, un.departement, un.code, un.mois, mois) if stock else frozenset[str]()
    livrees = frozenset[str]() if stock else _livrees(v, un.departement, mois, un.code)
    premier = mois_avant(mois, 11)
    devenirs = {}
    for unite, _, jour, _ in un.unites:
        if unite in listees:
            devenirs[unite] = "encore"
        elif stock:
            devenirs[unite] = "sortie" if unite in sorties else "corrigee"
        else:
            partie = unite not in livrees or (jour and jour[:7] < premier)
            devenirs[unite] = "sortie" if partie else "corrigee"
    return devenirs


@par_version
def _livrees(v: Lecture, departement: str, mois: str, code: str) -> frozenset[str]:
    """Return the units that the delivery of a month has, of the population of an indicator."""
    livraison = v.version.publiee(departement, mois)
    catalogue = catalogue_du_mois(v, Filtres(departement, mois))
    if livraison is None:
        return frozenset()
    population = catalogue.populations[catalogue.indicateurs[code].population]
    return unites_livrees(v, livraison, population)


@par_version
def _sorties(v: Lecture, departement: str, code: str, depuis: str, mois: str) -> frozenset[str]:
    """Return the units of a stock whose last anomaly, by a month, ended with their demande."""
    suivi = v.suivi(departement)
    if suivi is None:
        return frozenset()
    lues = v.tuples(
        f"SELECT unite, arg_max(motif_cloture, mois_cloture) FROM {suivi} WHERE code = $code "
        "AND mois_cloture > $depuis AND mois_cloture <= $mois GROUP BY unite",
        {"code": code, "depuis": depuis, "mois": mois},
    )
    return frozenset(unite for unite, motif in lues if motif == "sortie")
