"""Radiations to be checked: why each may be wrong, and until when the demande may be reactivated.

The rule is queries/listes/radiations_a_verifier.sql, its numbers the settings of the procedure of
réclamations. A delivery says all of it: an old one tells what was to be checked that day.
"""

from __future__ import annotations

import datetime as dt
import functools
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

from infocentre.affaires import Affaire, procedure_de
from infocentre.affaires.reglages import reglages_de
from infocentre.analystes.fichier import cle
from infocentre.catalogue import Indicateur
from infocentre.contrat import contrat
from infocentre.contrat.listes import Motif
from infocentre.decisions.contenus import objet_de
from infocentre.entrepot import Livraison
from infocentre.entrepot.relations import citer
from infocentre.lecture.affaires import registre_des_affaires
from infocentre.lecture.archives import AUCUNE, Liste, lignes_de_liste
from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import L, Lecture
from infocentre.lecture.lignes import EtatDemande, Reperes
from infocentre.lecture.livraisons import absentes
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import minuscule
from infocentre.noyau.temps import fin_de_mois, jour

PROCEDURE = "reclamations"
LISTE = "radiations_a_verifier"
RENOUVELLEMENT = "DATE_RENOUVELLEMENT"  # without which no window is known
RADIEE = "radiée"
PREAVIS = ("DATE_PREAVIS_SIMPLE", "DATE_PREAVIS_AR")

RAISONS: Mapping[str, str] = {
    "absent": "aucun préavis",
    "tardif": "préavis tardif",
    "panne": "panne d'envoi des préavis",
    "npai": "préavis tous revenus (NPAI)",
    "en_cours": "préavis ni distribué ni revenu",
    "renouvellement": "renouvellement saisi juste après",
    "sans_bail": "attribution sans bail",
    "hors_bailleur": "irrecevabilité hors bailleur",
    "dalo": "ménage DALO",
    "prioritaire": "ménage prioritaire",
}
# What says of whom the demande is, and nothing against the radiation.
PUBLICS = frozenset({"dalo", "prioritaire"})


class Pli(TypedDict):
    """A préavis that was sent, and what became of it."""

    type: str
    envoye_le: dt.date
    statut: str
    le: dt.date | None


class Panne(TypedDict):
    """Days on which no préavis left though some usually do, both included."""

    debut: dt.date
    fin: dt.date


class Radiee(TypedDict):
    """A demande that a delivery shows radiée; `raisons` are codes of RAISONS.

    `fenetre_fin` is the last day on which it may be reactivated, `fin_tolerance` the day until
    which the SNE keeps a demande that nobody renewed; `plis` are the préavis of the year of
    validity that ended; `a_examiner`: of the last 12 months, or its window is open; `sans_preavis`:
    for non-renouvellement without a préavis in time, reactivated since or not.
    """

    departement: str
    arrete: dt.date
    mois: str
    numero_unique: str
    guichet: str | None
    createur: str | None
    motif: str
    date_radiation: dt.date
    date_signature_bail: dt.date | None
    dernier_depot_ou_renouvellement: dt.date | None
    echeance: dt.date | None
    date_limite_preavis: dt.date | None
    fin_tolerance: dt.date | None
    fenetre_fin: dt.date | None
    jours_restants: int | None
    courriel_connu: bool
    dalo: bool
    prioritaire: bool
    portail: bool
    premier_preavis: dt.date | None
    annee_avant_distribuee: bool
    plis: list[Pli]
    panne: Panne | None
    renouvellement_saisi_le: dt.date | None
    deradiee_le: dt.date | None
    a_examiner: bool
    sans_preavis: bool
    raisons: list[str]


class Compte(NamedTuple):
    """How many radiations have a reason, of which may be reactivated, of which within 30 days."""

    raison: str
    toutes: int
    ouvertes: int
    bientot: int


def a_verifier(
    v: Lecture, livraison: Livraison, *, raison: str = "", ouvertes: bool = False
) -> list[Radiee]:
    """Return the radiations to be checked that a delivery shows, the most urgent first.

    DALO, then prioritaires, each by the days left, those that are past last. Without a `raison`,
    those that have one against them, whoever the household is; `ouvertes`: still reactivable.
    """
    v.exiger_nominatif()
    return _lire(
        v,
        livraison,
        "FROM {liste} WHERE a_examiner AND (jours_restants >= 0 OR NOT $ouvertes) AND if($raison = "
        "'', len(list_filter(raisons, une -> NOT list_contains($publics, une))) > 0, "
        "list_contains(raisons, $raison)) ORDER BY coalesce(jours_restants < 0, true), dalo DESC, "
        "prioritaire DESC, jours_restants, date_radiation, numero_unique",
        {"raison": raison, "ouvertes": ouvertes, "publics": sorted(PUBLICS)},
        Radiee,
    )


def radiee(v: Lecture, livraison: Livraison, numero: str) -> Radiee | None:
    """Return what a delivery says of a numéro that it shows radié, None when it does not."""
    v.exiger_nominatif()
    return _radiee(v, _radiations(v, livraison), numero)


@par_version
def _radiee(v: Lecture, radiations: Liste, numero: str) -> Radiee | None:
    lues = lignes_de_liste(
        v,
        radiations,
        _vues(v, "FROM {liste} WHERE numero_unique = $n"),
        {"n": numero},
        Radiee,
        {"radiation": f"numero_unique = {citer(numero)}"},
    )
    return lues[0] if lues else None


def a_reprendre(v: Lecture, etat: EtatDemande) -> Radiee | None:
    """Return the radiation that may be undone, or could have been; None of one that houses.

    None too when its delivery does not tell until when.
    """
    if _logee(etat["motif_radiation"], etat["date_signature_bail"]):
        return None
    try:
        une = radiee_de(v, etat, etat["numero_unique"])
    except Refus:
        return None
    return une if une and une["fenetre_fin"] else None


def radiee_de(v: Lecture, etat: Reperes, numero: str) -> Radiee | None:
    """Return what the last delivery that has a demande says of its radiation, None without one."""
    vue_le = etat["vue_le"].isoformat()
    siennes = [une for une in v.version.de(etat["departement"]) if une.arrete == vue_le]
    return radiee(v, siennes[0], numero) if siennes and etat["statut"] == RADIEE else None


class _Compte(TypedDict):
    raison: str
    toutes: int
    ouvertes: int
    bientot: int


def comptes(v: Lecture, livraison: Livraison) -> list[Compte]:
    """Return how many radiations there are to check, by reason; first « toutes », each once.

    `toutes` has those with a reason against them; a household that is DALO or prioritaire counts
    in its own line.
    """
    lus = _lire(
        v,
        livraison,
        "SELECT raison, count(*) AS toutes, count(*) FILTER (jours_restants >= 0) AS ouvertes, "
        "count(*) FILTER (jours_restants BETWEEN 0 AND 30) AS bientot FROM (SELECT jours_restants, "
        "unnest(if(len(list_filter(raisons, une -> NOT list_contains($publics, une))) > 0, "
        "list_append(raisons, 'toutes'), raisons)) AS raison FROM {liste} WHERE a_examiner) "
        "GROUP BY raison",
        {"publics": sorted(PUBLICS)},
        _Compte,
    )
    par_raison = {un["raison"]: Compte(**un) for un in lus}
    return [par_raison.get(une, Compte(une, 0, 0, 0)) for une in ("toutes", *RAISONS)]


def pannes(v: Lecture, livraison: Livraison) -> list[tuple[dt.date, dt.date]]:
    """Return the first and last day of each breakdown that a radiation follows."""
    lues = _lire(
        v,
        livraison,
        "SELECT DISTINCT panne.debut AS debut, panne.fin AS fin FROM {liste} "
        "WHERE a_examiner AND list_contains(raisons, 'panne') ORDER BY debut",
        {},
        Panne,
    )
    return [(une["debut"], une["fin"]) for une in lues]


@dataclass(frozen=True, slots=True)
class SansPreavis:
    """Radiations for non-renouvellement without a préavis in time, those of the portal too.

    `absents` had none at all; the others' first one left from `premiers` on to the second day.
    `panne`: when none left though some usually do. `remises` are reactivated by now, `ouvertes`
    may still be at the arrêté, `bientot` within 30 days; `fenetres` are the first and last day of
    those that may still be, of all that were not reactivated when none may.
    """

    total: int
    portail: int
    absents: int
    remises: int
    ouvertes: int
    bientot: int
    radiees: tuple[dt.date, dt.date]
    premiers: tuple[dt.date, dt.date] | None
    fenetres: tuple[dt.date, dt.date] | None
    panne: tuple[dt.date, dt.date] | None

    @property
    def hors_portail(self) -> int:
        """Those that RAD_SANS_PREAVIS counts."""
        return self.total - self.portail


class _SansPreavis(TypedDict):
    total: int
    portail: int
    absents: int
    remises: int
    ouvertes: int
    bientot: int
    radiee_de: dt.date
    radiee_a: dt.date
    preavis_de: dt.date | None
    preavis_a: dt.date | None
    fenetre_de: dt.date | None
    fenetre_a: dt.date | None
    panne_de: dt.date | None
    panne_a: dt.date | None


@par_version
def sans_preavis(v: Lecture, departement: str, mois: str, depuis: str) -> SansPreavis | None:
    """Return what the delivery of a month tells of those since a month; None for none.

    None too when it does not tell it: a column that it has not, an archive that cannot be read.
    """
    livraison = v.version.publiee(departement, mois)
    if livraison is None:
        return None
    try:
        manquent = absentes(v, livraison, "radiation")
        lu = None if not manquent.isdisjoint(PREAVIS) else _compter(v, livraison, depuis)
    except Refus:
        return None
    if lu is None or not lu["total"]:
        return None
    return SansPreavis(
        lu["total"],
        lu["portail"],
        lu["absents"],
        lu["remises"],
        lu["ouvertes"],
        lu["bientot"],
        (lu["radiee_de"], lu["radiee_a"]),
        _jours(lu["preavis_de"], lu["preavis_a"]),
        _jours(lu["fenetre_de"], lu["fenetre_a"]),
        _jours(lu["panne_de"], lu["panne_a"]),
    )


def _compter(v: Lecture, livraison: Livraison, depuis: str) -> _SansPreavis:
    (lu,) = _lire(
        v,
        livraison,
        "SELECT count(*) AS total, count(*) FILTER (portail) AS portail, "
        "count(*) FILTER (premier_preavis IS NULL) AS absents, "
        "count(*) FILTER (deradiee_le IS NOT NULL) AS remises, "
        "count(*) FILTER (deradiee_le IS NULL AND jours_restants >= 0) AS ouvertes, "
        "count(*) FILTER (deradiee_le IS NULL AND jours_restants BETWEEN 0 AND 30) AS bientot, "
        "min(date_radiation) AS radiee_de, max(date_radiation) AS radiee_a, "
        "min(premier_preavis) AS preavis_de, max(premier_preavis) AS preavis_a, "
        "coalesce(min(fenetre_fin) FILTER (deradiee_le IS NULL AND jours_restants >= 0), "
        "min(fenetre_fin) FILTER (deradiee_le IS NULL)) AS fenetre_de, "
        "max(fenetre_fin) FILTER (deradiee_le IS NULL) AS fenetre_a, "
        "min(panne.debut) AS panne_de, max(panne.fin) AS panne_a "
        "FROM {liste} WHERE sans_preavis AND strftime(date_radiation, '%Y-%m') "
        "BETWEEN $depuis AND $mois",
        {"depuis": depuis, "mois": livraison.mois},
        _SansPreavis,
        {"radiation": f"motif_radiation = {citer(Motif.NON_RENOUVELLEMENT)}"},
    )
    return lu


def les_compte(un: Indicateur) -> bool:
    """Tell whether an indicator counts some of these: what it says of them is only a part."""
    return Motif.NON_RENOUVELLEMENT in (un.applicable or "") and "premier_preavis" in un.anomalie


def _jours(debut: dt.date | None, fin: dt.date | None) -> tuple[dt.date, dt.date] | None:
    return (debut, fin) if debut and fin else None


def _lire(
    v: Lecture,
    livraison: Livraison,
    requete: str,
    parametres: dict[str, Any],
    genre: type[L],
    gardees: Mapping[str, str] = AUCUNE,
) -> list[L]:
    """Return the rows of a SELECT, of what may be seen of {liste}; raise Refus without a window."""
    liste = _radiations(v, livraison)
    return lignes_de_liste(v, liste, _vues(v, requete), parametres, genre, gardees)


def _vues(v: Lecture, requete: str) -> str:
    vue = v.filtrer(LISTE, "(FROM {liste})")
    return requete.replace("{liste}", f"({vue})")


def _radiations(v: Lecture, livraison: Livraison) -> Liste:
    if RENOUVELLEMENT in (manquent := absentes(v, livraison, "radiation")):
        raise Refus(
            f"la livraison de {livraison.mois} n'a pas la colonne {RENOUVELLEMENT} : jusqu'à quand "
            "une demande radiée peut être réactivée ne se calcule pas",
            que_faire="La demander à l'émetteur des fichiers, puis charger de nouveau le mois.",
        )
    reglages = reglages_de(procedure_de(PROCEDURE))
    contenu = sql_radiations(reglages, preavis=manquent.isdisjoint(PREAVIS))
    return Liste((LISTE, livraison, contenu), (livraison,), contenu)


def sql_radiations(reglages: Mapping[str, int], *, preavis: bool = True) -> str:
    """Return the SELECT over the archive of a delivery; `preavis`: it has the dates of both."""
    nombres = {nom: str(un) for nom, un in reglages.items()}
    return _gabarit().substitute(nombres, colonnes_des_preavis=str(preavis).lower())


@functools.cache
def _gabarit() -> string.Template:
    return string.Template((ressources("queries") / "listes" / f"{LISTE}.sql").read_text("utf-8"))


# --- In words -------------------------------------------------------------------------------------


def dire_raisons(une: Radiee) -> list[str]:
    """Return what is against a radiation, with the days."""
    contre = [code for code in une["raisons"] if code not in PUBLICS]
    return [_DIRE[code](une) if code in _DIRE else RAISONS[code] for code in contre]


_DIRE = {
    "absent": lambda une: f"aucun préavis depuis le {jour(une['dernier_depot_ou_renouvellement'])}",
    "tardif": lambda une: (
        f"préavis du {jour(une['premier_preavis'])}, dû le {jour(une['date_limite_preavis'])} au "
        "plus tard"
    ),
    "panne": lambda une: (
        f"aucun préavis n'est parti du {jour(une['panne']['debut'])} au "
        f"{jour(une['panne']['fin'])}, quand le sien était à envoyer"
    ),
    "npai": lambda une: "préavis revenu (NPAI) : " + ", ".join(map(_du, une["plis"])),
    "en_cours": lambda une: "préavis ni distribué ni revenu : " + ", ".join(map(_du, une["plis"])),
    "renouvellement": lambda une: (
        f"renouvellement saisi le {jour(une['renouvellement_saisi_le'])}, après la radiation"
    ),
}


def _du(un: Pli) -> str:
    return f"envoi du {jour(un['envoye_le'])}"


def dire_pli(un: Pli) -> str:
    """Return a préavis in words: « préavis simple du …, non distribué (NPAI) le … »."""
    codes = contrat().codes
    genre = codes["TYPE_PLI"].get(un["type"], un["type"])
    sort = codes["STATUT_PLI"].get(un["statut"], un["statut"])
    quand = f" le {jour(un['le'])}" if un["le"] else ""
    return f"{genre} du {jour(un['envoye_le'])} : {minuscule(sort)}{quand}"


def reactivable(une: Radiee | None, le: dt.date) -> bool:
    """Tell whether a demande that is radiée may still be reactivated on a day.

    One that was attributed with a lease is not: the household is housed.
    """
    if une is None or une["deradiee_le"] or une["fenetre_fin"] is None:
        return False
    return not logee(une) and le <= une["fenetre_fin"]


class _Fenetre(TypedDict):
    numero_unique: str
    fenetre_fin: dt.date


def fenetres(
    v: Lecture, departement: str, numeros: Iterable[str | None], le: dt.date
) -> dict[str, dt.date]:
    """Return {numéro: the last day} of those of these that may still be reactivated on a day.

    None when the newest delivery does not tell.
    """
    try:
        lues = _lire(
            v,
            derniere(v, departement),
            "SELECT numero_unique, fenetre_fin FROM {liste} WHERE fenetre_fin >= $le AND "
            "deradiee_le IS NULL AND (motif <> $logee OR date_signature_bail IS NULL) AND "
            "list_contains($numeros::VARCHAR[], numero_unique)",
            {"le": le, "logee": Motif.ATTRIBUTION.value, "numeros": [un for un in numeros if un]},
            _Fenetre,
        )
    except Refus:
        return {}
    return {une["numero_unique"]: une["fenetre_fin"] for une in lues}


def affaire_ouverte(v: Lecture, departement: str, numero: str) -> Affaire | None:
    """Return the réclamation that is under way for a demande, None without one."""
    registre, objet = registre_des_affaires(v), objet_de(cle(v.dossier), numero)
    if registre is None:
        return None
    return next(iter(registre.lister(departement, procedure=PROCEDURE, objet=objet)), None)


def logee(une: Radiee) -> bool:
    """Tell whether a demande ended by an attribution, with a lease."""
    return _logee(une["motif"], une["date_signature_bail"])


def _logee(motif: str | None, bail: dt.date | None) -> bool:
    return motif == Motif.ATTRIBUTION and bail is not None


def derniere(v: Lecture, departement: str) -> Livraison:
    """Return the newest delivery of a département; raise Refus when there is none."""
    siennes = v.version.de(departement)
    if not siennes:
        raise Refus("aucune livraison n'est chargée pour ce département")
    return siennes[-1]


def arrete_de(livraison: Livraison) -> dt.date:
    """Return the day at which a delivery was taken."""
    return fin_de_mois(livraison.mois)
