"""Forcing, fairly: a sample of forced creations is reviewed, and « injustifiés » is estimated.

The raw rate of DBL_FORCE blames a guichet for twins, namesakes and separations as well. What is
looked at are the creations of twelve months, forced past the alert, that are still active, with the
active demande that the alert was of: that of the same person exactly, else the one that the search
finds most alike. The sample is drawn by type of guichet, each demande by its HMAC: the same for
everybody, known to nobody beforehand.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from infocentre.analystes.fichier import cle
from infocentre.contrat import montres
from infocentre.decisions.doublons import Bilans, Verdict, sceller
from infocentre.entrepot.liens import Lien, sql_liens
from infocentre.entrepot.relations import citer
from infocentre.identite.memoire import fichier_notees
from infocentre.identite.paires import fichier_paires
from infocentre.lecture.doublons.paires import bilan_de, sceller_les
from infocentre.lecture.doublons.qualite import Part, reglees
from infocentre.lecture.echantillons import Z_95
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.types_guichet import TypeGuichet

FORCAGE = "forcage"  # the tier of a pair that is reviewed for its forcing
PAR_TYPE = 30  # reviewed in each type of guichet, and of a guichet that is looked at
ASSEZ = 10  # reviewed of a guichet or of a type, all when it has fewer, to say something of it


class Forcage(TypedDict):
    """A creation forced past the alert, and the demande that the alert was of."""

    numero_unique: str
    autre_numero: str | None
    guichet: str | None
    type_guichet: str


@dataclass(frozen=True, slots=True)
class Estimation:
    """Forced creations of a stratum: all of them, and those found unjustified among the reviewed.

    `marge`: bounds of the share of unjustified ones at 95 %; None, as `taux`, before enough are.
    """

    nom: str
    forcees: int
    revues: Part
    taux: float | None
    marge: tuple[float, float] | None


def forcages(v: Lecture, departement: str) -> list[Forcage]:
    """Return the active forced creations of twelve months; the other may not be found.

    The other may be of any guichet: Refus to who sees some only.
    """
    v.exiger_departements("La revue des créations forcées")
    etat = v.version.etats.get(departement)
    livraisons = v.version.de(departement)
    if etat is None or not livraisons:
        return []
    archive = v.dossier.archive(livraisons[-1])
    etats = f"read_parquet({citer(str(v.dossier.etats / etat))})"
    sql = f"""
        (SELECT e.numero_unique, c.autre_numero, e.departement,
            e.guichet_enregistreur, e.cle_guichetcreateur,
            coalesce(g.type_guichet, '{TypeGuichet.AUTRE}') AS type_guichet
        FROM {etats} AS e
        LEFT JOIN (
            SELECT numero_unique, arg_max(autre_numero, (poids, autre_numero)) AS autre_numero
            FROM ({_sql_autres(v, departement, archive)}) AS t
            SEMI JOIN (FROM {etats} WHERE statut = 'active') AS a
                ON a.numero_unique = t.autre_numero
            GROUP BY numero_unique
        ) AS c ON c.numero_unique = e.numero_unique
        LEFT JOIN read_parquet({citer(str(archive / "guichets.parquet"))}) AS g
            ON g.code_guichet = e.cle_guichetcreateur
        WHERE e.statut = 'active' AND e.doublon_force = 1
            AND e.date_creation > DATE '{livraisons[-1].arrete}' - INTERVAL 12 MONTH)"""
    with montres.en_silence():  # who shows some of them reads these
        return v.lignes(
            "SELECT numero_unique, autre_numero, cle_guichetcreateur AS guichet, type_guichet "
            f"FROM {v.filtrer('etats', sql)} ORDER BY numero_unique",
            {},
            Forcage,
        )


def _sql_autres(v: Lecture, departement: str, archive: Path) -> str:
    """Return the SELECT of what each demande may double, the likelier the heavier."""
    alerte = (
        f"SELECT numero_unique, autre_numero, 1000.0 AS poids FROM ({sql_liens([archive])}) "
        f"WHERE code = '{Lien.FORCE}' AND autre_numero IS NOT NULL"
    )
    sources = [alerte]
    for lus in (fichier_paires(v.dossier, departement), fichier_notees(v.dossier, departement)):
        if lus.exists():
            paires = f"read_parquet({citer(str(lus))})"
            sources += [
                f"SELECT {un}, {autre}, coalesce(poids, 0.0) FROM {paires}"
                for un, autre in (("numero_a", "numero_b"), ("numero_b", "numero_a"))
            ]
    return " UNION ALL ".join(sources)


def retrouves(tous: Iterable[Forcage]) -> list[Forcage]:
    """Leave out those whose other demande is not found: nobody can judge them here."""
    return [un for un in tous if un["autre_numero"]]


def tirer(tous: Iterable[Forcage], secret: str) -> list[Forcage]:
    """Return the sample: in each type of guichet, the first `PAR_TYPE` by their HMAC."""
    par_type: dict[str, list[Forcage]] = {}
    for un in sorted(tous, key=lambda f: sceller(secret, FORCAGE, f["numero_unique"])):
        par_type.setdefault(un["type_guichet"], []).append(un)
    return [un for siens in par_type.values() for un in siens[:PAR_TYPE]]


def tirer_du_guichet(tous: Iterable[Forcage], guichet: str, secret: str) -> list[Forcage]:
    """Return the sample of a guichet: what the type's has of it, and those that follow."""
    return tirer((un for un in tous if un["guichet"] == guichet), secret)


@dataclass(frozen=True, slots=True)
class Juges:
    """What is known of the forcings of a département: all that can be judged, those that are.

    `par_type` and `par_guichet` are {numéro: unjustified} of those reviewed in each sample;
    `perdus`, how many cannot be judged, the other demande not being found.
    """

    tous: tuple[Forcage, ...]
    par_type: Mapping[str, bool]
    par_guichet: Mapping[str, Mapping[str, bool]]
    perdus: int = 0


def juger(v: Lecture, bilans: Bilans, departement: str) -> Juges:
    """Read what was decided of the samples; a guichet that has not enough forcings is left out."""
    secret = cle(v.dossier)
    forces = forcages(v, departement)
    tous = retrouves(forces)
    tires = tirer(tous, secret)
    nombres = Counter(un["guichet"] or "" for un in tous)
    assez = sorted(un for un, nombre in nombres.items() if un and nombre >= ASSEZ)
    siens = {un: tirer_du_guichet(tous, un, secret) for un in assez}
    vus = [*tires, *(un for lot in siens.values() for un in lot)]
    paires = sceller_les(v, departement, {paire(un) for un in vus})
    verdicts = {deux: bilan_de(bilans, une).verdict for deux, une in paires.items()}

    def dits(lus: Iterable[Forcage]) -> dict[str, bool]:
        regles = ((un["numero_unique"], verdicts[paire(un)]) for un in lus)
        return {
            numero: verdict is Verdict.MEME
            for numero, verdict in regles
            if verdict not in (None, Verdict.A_VERIFIER)
        }

    par_guichet = {un: dits(lot) for un, lot in siens.items()}
    return Juges(tuple(tous), dits(tires), par_guichet, len(forces) - len(tous))


def estimer_les(lus: Juges) -> list[Estimation]:
    """Return the share of unjustified forcings: of all, by type, by guichet that has enough."""
    types = _par(lambda un: un["type_guichet"], lus.tous, lus.par_type)
    return [_ensemble(types), *types, *par_guichet(lus)] if lus.tous else []


def par_guichet(lus: Juges) -> list[Estimation]:
    """Return the estimate of each guichet of which enough was reviewed."""
    nombres = Counter(un["guichet"] or "" for un in lus.tous)
    estimations = []
    for guichet, dits in sorted(lus.par_guichet.items()):
        part = Part(sum(dits.values()), len(dits))
        if part.sur >= ASSEZ:
            une = Estimation(guichet, nombres[guichet], part, part.taux, part.marge)
            estimations.append(une)
    return estimations


def du_semestre(
    v: Lecture, bilans: Bilans, departement: str, *, dernier: bool
) -> Estimation | None:
    """Return what was judged of forcings, None while nothing was.

    What it tells of all of them is said of the newest delivery only: of an older month, the sample
    is not drawn again, and how many were judged under its name is all that is known.
    """
    if dernier:
        toutes = estimer_les(juger(v, bilans, departement))
        une = toutes[0] if toutes else None
    else:
        siens = [
            un for un in reglees(bilans.values()) if un.decisions[0].niveau.startswith(FORCAGE)
        ]
        injustifies = sum(un.verdict is Verdict.MEME for un in siens)
        une = Estimation("*", len(siens), Part(injustifies, len(siens)), None, None)
    return une if une and une.revues.sur else None


def _par(
    quoi: Callable[[Forcage], str], tous: Iterable[Forcage], dits: Mapping[str, bool]
) -> list[Estimation]:
    groupes: dict[str, list[Forcage]] = {}
    for un in tous:
        groupes.setdefault(quoi(un), []).append(un)
    estimations = []
    for nom, siens in sorted(groupes.items()):
        lus = [dits[un["numero_unique"]] for un in siens if un["numero_unique"] in dits]
        part = Part(sum(lus), len(lus))
        assez = part.sur >= min(ASSEZ, len(siens))
        taux, marge = (part.taux, part.marge) if assez else (None, None)
        estimations.append(Estimation(nom, len(siens), part, taux, marge))
    return estimations


def _ensemble(types: Sequence[Estimation]) -> Estimation:
    """Return the estimate of all: each type weighs as many forcings as it has."""
    total = sum(un.forcees for un in types)
    part = Part(sum(un.revues.oui for un in types), sum(un.revues.sur for un in types))
    if any(un.taux is None for un in types):
        return Estimation("*", total, part, None, None)
    taux = sum(un.forcees * (un.taux or 0.0) for un in types) / total
    variance = sum(_variance(un, total) for un in types)
    demi = Z_95 * math.sqrt(variance)
    return Estimation("*", total, part, taux, (max(0.0, taux - demi), min(1.0, taux + demi)))


def _variance(un: Estimation, total: int) -> float:
    """Return what a type adds to the variance: drawn without replacement; never 0 while drawn.

    The rate is that of Agresti and Coull, so that 0 or all of a few does not pass for certain.
    """
    n = un.revues.sur
    lisse = (un.revues.oui + 2) / (n + 4)
    return (un.forcees / total) ** 2 * lisse * (1 - lisse) / (n + 4) * (1 - n / un.forcees)


def paire(un: Forcage) -> tuple[str, str]:
    """Return a forced creation and the other, in the order that their pair is known by."""
    un_, autre = sorted((un["numero_unique"], un["autre_numero"] or ""))
    return un_, autre
