"""The policy of attributions: where each place and organisme stands, by the year's objectives.

Counts are those of the standard tables ATT-05 to ATT-08: their own SELECTs, run on the delivery of
a month cut by commune, bailleur and month of radiation. The sum of 12 months is theirs to the unit;
what is said of a year is the sum of its months.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from infocentre.lecture.archives import lignes_d_une_partie
from infocentre.lecture.commun import derniers, livraison, motifs
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.declarations import Role
from infocentre.mesures.objectifs import TITRES, Mesure
from infocentre.mesures.reglages import completer_reglages
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import mois_avant, mois_entre

Suivie = Literal[Mesure, "dalo"]  # the DALO are followed, and owed nothing apart
Axe = Literal["", "reservataire", "bailleur", "commune"]
TOUT, INCONNU, NON_RESERVE = "*", "NR", "AUCUN"
PREFET = ("PPRIOR", "PFONCT")
LECTURES = 4  # deliveries whose counts stay in memory


class Lieu(NamedTuple):
    """A place (an EPCI, '*' for the département), or a part of it: a bailleur, a commune there."""

    epci: str
    axe: Axe = ""
    code: str = ""


class Compte(NamedTuple):
    """Attributions that count, out of how many; `connu`: those of which it is known."""

    realise: int = 0
    sur: int = 0
    connu: int = 0

    def plus(self, autre: Compte) -> Compte:
        """Return both together."""
        return Compte(*(a + b for a, b in zip(self, autre, strict=True)))


@dataclass(frozen=True, slots=True)
class Regle:
    """A measure: the role of the table that counts it, what it counts, out of which attributions.

    `plafond`: it is not to be exceeded, where the others are to be reached. `bailleur`: the
    dwellings on which a bailleur owes it, '' for all of them.
    """

    titre: str
    role: Role
    public: str
    sur: str
    reference: str
    plafond: bool = False
    bailleur: str = ""


REGLES: Mapping[Suivie, Regle] = MappingProxyType(
    {
        "prioritaires": Regle(
            TITRES["prioritaires"],
            "prioritaires",
            "aux ménages prioritaires",
            "attributions",
            "CCH L.441-1",
            bailleur="logements non réservés",
        ),
        "mixite_hors_qpv": Regle(
            TITRES["mixite_hors_qpv"],
            "mixite_hors_qpv",
            "au premier quartile ou à un relogement ANRU",
            "attributions hors QPV suivies d'un bail",
            "CCH L.441-1",
        ),
        "mixite_en_qpv": Regle(
            TITRES["mixite_en_qpv"],
            "mixite_en_qpv",
            "aux trois quartiles supérieurs",
            "attributions en QPV suivies d'un bail",
            "CCH L.441-1",
        ),
        "contingent": Regle(
            TITRES["contingent"],
            "reservataires",
            "sur le contingent du préfet",
            "attributions",
            "CCH R.441-5",
            plafond=True,
        ),
        "logement_dabord": Regle(
            TITRES["logement_dabord"],
            "logement_dabord",
            "à des ménages sans abri, hébergés ou à l'hôtel",
            "attributions",
            "objectif local",
        ),
        "dalo": Regle(
            "Ménages DALO", "prioritaires", "aux ménages DALO", "attributions", "CCH L.441-1"
        ),
    }
)
Serie = Mapping[str, Compte]  # by month of radiation


@dataclass(frozen=True, slots=True)
class Faits:
    """What a delivery says of 12 months, by measure and place; `objectifs`: the rule in force.

    That rule is the one of the settings, as the standard tables print it: {(measure, EPCI): share,
    or number a year}; `motifs` says why a measure is not calculable. `mois` are those that the
    delivery covers, in which nothing may have been attributed.
    """

    series: Mapping[tuple[Suivie, Lieu], Serie]
    objectifs: Mapping[tuple[Suivie, str], float | None]
    motifs: Mapping[Suivie, str] = field(default_factory=dict)
    mois: Sequence[str] = ()

    def serie(self, mesure: Suivie, lieu: Lieu) -> Serie:
        """Return the months of a measure somewhere, none where nothing was attributed."""
        return self.series.get((mesure, lieu), {})

    def lieux(self, mesure: Suivie, epci: str, axe: Axe) -> list[Lieu]:
        """Return the parts of an EPCI of which a measure has attributions, by code."""
        return sorted(
            lieu
            for une, lieu in self.series
            if une == mesure and (lieu.epci, lieu.axe) == (epci, axe)
        )


def somme(serie: Serie, annee: str = "") -> Compte:
    """Return the counts of a year, of all 12 months by default."""
    total = Compte()
    for mois, un in serie.items():
        if mois.startswith(annee):
            total = total.plus(un)
    return total


# What names a part of `radiation` in the standard tables, in place of a month: it ends by one.
_PART = (
    "concat_ws('/', coalesce(commune_logement_attrib, 'NR'), coalesce(siren_radiation, 'NR'), "
    "strftime(date_radiation, '%Y-%m'))"
)
# By role: what is read of its table, « Ensemble » of the part or its rows.
_LUS: Mapping[Role, str] = {
    "prioritaires": "SELECT mois AS part, code, attributions AS sur, prioritaires, dalo "
    "FROM ({sql}) WHERE code <> '*' AND attributions > 0",
    "mixite_hors_qpv": "SELECT mois AS part, premier_quartile_ou_anru AS realise, "
    "attributions_hors_qpv AS sur, attributions_hors_qpv_revenu_connu AS connu "
    "FROM ({sql}) WHERE code = '*'",
    "mixite_en_qpv": "SELECT mois AS part, quartiles_2_a_4 AS realise, "
    "attributions_en_qpv AS sur, attributions_en_qpv_revenu_connu AS connu "
    "FROM ({sql}) WHERE code = '*'",
    "logement_dabord": "SELECT mois AS part, attributions_12_mois AS realise, "
    "toutes_attributions_12_mois AS sur FROM ({sql}) WHERE code = '*'",
}
# A delivery covers the months from the first one in which it radiates a demande, for any motive.
_DEBUT = (
    "SELECT min(strftime(date_radiation, '%Y-%m')) AS mois FROM radiation "
    "WHERE sur_douze_mois(date_radiation, arrete)"
)
# The settings that are the law's share, by measure; the others have no value of their own.
_CLES: Mapping[Suivie, str] = {
    "prioritaires": "dalo_objectif",
    "mixite_hors_qpv": "lec_objectif",
    "mixite_en_qpv": "lec_qpv_objectif",
}
# The settings that say what is aimed at, as the standard tables read them.
_REGLES = (
    "SELECT cle, coalesce(objet, '') AS objet, valeur FROM reglages WHERE cle IN ('dalo_objectif', "
    "'lec_objectif', 'lec_qpv_objectif', 'lec_epci', 'logement_dabord_objectif') "
    "AND (departement IS NULL OR departement = $departement)"
)


@derniers(LECTURES)
def lire_faits(v: Lecture, departement: str, mois: str) -> Faits:
    """Return the counts of the 12 months up to a month; those of the whole département.

    Raises:
        Refus: to who sees some guichets only.
    """
    v.exiger_departements("la politique d'attribution")
    une = livraison(v, departement, mois)
    if une is None:
        return Faits({}, {})
    connus = motifs(v, departement, mois)
    codes = {role: tableaux().du_role(role) for role in _LUS}
    absents = {
        role: connus.get(un.code, "aucun tableau ne le compte")
        for role, un in codes.items()
        if un.code in connus or not un.existe
    }
    requetes: dict[str, str] = {
        role: lu.format(sql=codes[role].sql) for role, lu in _LUS.items() if role not in absents
    }
    requetes |= {"epci": "SELECT code, epci FROM territoires()", "debut": _DEBUT}
    parts = {"radiation": _PART}
    lues = lignes_d_une_partie(v, une, {}, requetes, parts)
    epcis = {un["code"]: un["epci"] or INCONNU for un in lues["epci"]}
    return Faits(
        _series(lues, epcis),
        _objectifs(v, departement, {*epcis.values()}),
        {mesure: absents[role] for mesure, role in _ROLE_LU.items() if role in absents},
        _jusqu_a(mois, lues["debut"][0]["mois"]),
    )


def _objectifs(
    v: Lecture, departement: str, epcis: Iterable[str]
) -> dict[tuple[Suivie, str], float | None]:
    """Return what the settings aim at; where they name EPCI, the others have no objective of mix.

    An EPCI where nothing was attributed has no row in a table, and its objective all the same.
    """
    lus: dict[tuple[str, str], float | None] = {
        (cle, objet): valeur
        for cle, objet, valeur in v.tuples(_REGLES, {"departement": departement})
    }
    nommes = {objet: valeur for (cle, objet), valeur in lus.items() if cle == "lec_epci"}
    visees: dict[tuple[Suivie, str], float | None] = {
        ("prioritaires", TOUT): lus.get((_CLES["prioritaires"], "")),
        ("logement_dabord", TOUT): lus.get(("logement_dabord_objectif", "")),
    }
    for mesure in ("mixite_hors_qpv", "mixite_en_qpv"):
        visees |= dict.fromkeys(
            ((mesure, un) for un in (TOUT, *(nommes or epcis))), lus.get((_CLES[mesure], ""))
        )
    return visees | {("mixite_hors_qpv", un): valeur for un, valeur in nommes.items()}


def de_la_loi(mesure: Suivie, part: float) -> bool:
    """Tell whether a share is the one that settings have as long as nobody changed it."""
    return mesure in _CLES and part == getattr(completer_reglages({}), _CLES[mesure])


def _jusqu_a(mois: str, debut: str | None) -> Sequence[str]:
    """Return the months from one to another, both included; none without a first one."""
    if debut is None:
        return ()
    return [*mois_entre(mois_avant(debut), mois), mois]


# The role that each measure is read by: ATT-05 counts by réservataire too, as ATT-04 does.
_ROLE_LU: Mapping[Suivie, Role] = {
    "prioritaires": "prioritaires",
    "dalo": "prioritaires",
    "contingent": "prioritaires",
    "mixite_hors_qpv": "mixite_hors_qpv",
    "mixite_en_qpv": "mixite_en_qpv",
    "logement_dabord": "logement_dabord",
}


def _series(
    lues: Mapping[str, Sequence[Mapping[str, Any]]], epcis: Mapping[str, str]
) -> dict[tuple[Suivie, Lieu], dict[str, Compte]]:
    """Add up the parts by measure, place and month."""
    series: defaultdict[tuple[Suivie, Lieu], defaultdict[str, Counter[str]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for mesure, part, axes, un in _apports(lues):
        commune, bailleur, mois = part.split("/")
        dits = {"": "", "commune": commune, "bailleur": bailleur, **axes}
        for axe, code in dits.items():
            if code is None:
                continue
            ici = epcis.get(commune, INCONNU)
            for epci in (TOUT, ici) if axe != "commune" else (ici,):
                lieu = Lieu(epci, axe, code)  # type: ignore[arg-type] # one of Axe
                series[mesure, lieu][mois].update(realise=un.realise, sur=un.sur, connu=un.connu)
    return {
        cle: {mois: Compte(**nombres) for mois, nombres in sorted(serie.items())}
        for cle, serie in series.items()
    }


Apport = tuple[Suivie, str, Mapping[str, str | None], Compte]
_PAS_PAR: Mapping[Suivie, Mapping[str, str | None]] = {
    "logement_dabord": {"bailleur": None, "commune": None},
    "contingent": {"bailleur": None, "commune": None},
    "dalo": {"bailleur": None, "commune": None},
}


def _apports(lues: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Apport]:
    """Yield what each row brings to each measure, and how it stands on the axes that it is on.

    A bailleur owes its share of priority households on what nobody reserved: the others are owed by
    their réservataires (CCH L.441-1).
    """
    for une in lues.get("prioritaires", ()):
        part, sur, reservataire = une["part"], une["sur"], une["code"]
        a_lui = {} if reservataire == NON_RESERVE else {"bailleur": None}
        siens = {"reservataire": reservataire, **a_lui}
        yield "prioritaires", part, siens, Compte(une["prioritaires"], sur, sur)
        yield "dalo", part, _PAS_PAR["dalo"], Compte(une["dalo"], sur, sur)
        reserve = sur if reservataire in PREFET else 0
        yield "contingent", part, _PAS_PAR["contingent"], Compte(reserve, sur, sur)
    mixites: tuple[Suivie, ...] = ("mixite_hors_qpv", "mixite_en_qpv")
    for mesure in mixites:
        for une in lues.get(mesure, ()):
            yield mesure, une["part"], {}, Compte(une["realise"], une["sur"], une["connu"])
    for une in lues.get("logement_dabord", ()):
        nombres = Compte(une["realise"], une["sur"], une["sur"])
        yield "logement_dabord", une["part"], _PAS_PAR["logement_dabord"], nombres
