"""Users of the SNE as deliveries list them, and how long their access outlives their departure.

They are not the accounts of this application. A delivery tells days: a day counts 24 hours.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from infocentre.contrat import contrat
from infocentre.entrepot import Livraison
from infocentre.entrepot.relations import citer, sql_archives
from infocentre.lecture.commun import catalogue
from infocentre.lecture.lecteur import Lecture

HEURES = 24
AN = dt.timedelta(days=365)
POPULATION = "acces"  # of the accesses that are open


class Utilisateur(TypedDict):
    """A row of the table of users."""

    id_utilisateur: str
    guichet: str
    profil: str
    date_ouverture: dt.date
    date_derniere_connexion: dt.date | None
    date_depart: dt.date | None
    date_fermeture: dt.date | None
    ouvert: bool  # of the population of accesses
    anomalies: list[str]  # the indicators of that population that it is in anomaly for


class Departs(NamedTuple):
    """Departures that a guichet declared, within a year of the arrêté, or whose access is open.

    Hours go from the day of the departure to that of the closing, 0 when it came before; those of
    `ouvert_depuis` to the arrêté, of the oldest that is still open, None when none is.
    """

    guichet: str
    declares: int
    fermes: int
    le_jour_meme: int
    mediane: float | None
    maximum: int | None
    encore_ouverts: int
    ouvert_depuis: int | None


def utilisateurs(v: Lecture, livraison: Livraison) -> list[Utilisateur]:
    """Return the users that a delivery lists, of the guichets that the reader sees."""
    fichier = v.dossier.archive(livraison) / "utilisateurs.parquet"
    sql = sql_archives(contrat().tables["utilisateurs"], [fichier] if fichier.exists() else [])
    ouverts, en_anomalie = _juger()
    return v.lignes(
        f"WITH utilisateurs AS (SELECT * FROM {v.filtrer('utilisateurs', f'({sql})')}), "
        f"ouverts AS ({ouverts}) "
        "SELECT u.id_utilisateur, u.guichet, coalesce(u.profil, '') AS profil, u.date_ouverture, "
        "u.date_derniere_connexion, u.date_depart, u.date_fermeture, "
        "o.unite IS NOT NULL AS ouvert, "
        f"list_filter([{en_anomalie}]::VARCHAR[], un -> un IS NOT NULL) AS anomalies "
        "FROM utilisateurs AS u LEFT JOIN ouverts AS o ON o.unite = u.id_utilisateur "
        "WHERE u.guichet IS NOT NULL ORDER BY u.guichet, u.id_utilisateur",
        {},
        Utilisateur,
    )


def _juger() -> tuple[str, str]:
    """Return the SELECT of the accesses that are open, and what names the anomalies of each.

    Both are of the catalogue: what an indicator says of accesses, a review says.
    """
    siens = [un for un in catalogue().indicateurs.values() if un.population == POPULATION]
    regles = ", ".join(f"o.{un.code}" for un in siens)
    juges = ", ".join(
        f"CASE WHEN {un.applicable or 'true'} AND ({un.anomalie}) THEN {citer(un.code)} END "
        f"AS {un.code}"
        for un in siens
    )
    return f"SELECT unite, {juges} FROM ({catalogue().populations[POPULATION].sql})", regles


def parti(un: Utilisateur, arrete: dt.date) -> bool:
    """Tell whether the departure of a user is declared and past."""
    return un["date_depart"] is not None and un["date_depart"] <= arrete


def departs(tous: Iterable[Utilisateur], arrete: dt.date) -> list[Departs]:
    """Return the departures by guichet that declared some: the longest open first."""
    siens: dict[str, list[Utilisateur]] = {}
    for un in tous:
        depart = un["date_depart"]
        if depart and parti(un, arrete) and (depart > arrete - AN or un["ouvert"]):
            siens.setdefault(un["guichet"], []).append(un)
    lus = [_departs(guichet, partis, arrete) for guichet, partis in siens.items()]
    return sorted(lus, key=lambda un: (-(un.ouvert_depuis or 0), -(un.maximum or 0), un.guichet))


def _departs(guichet: str, partis: list[Utilisateur], arrete: dt.date) -> Departs:
    fermes = [_heures(un, arrete) for un in partis if not un["ouvert"]]
    ouverts = [_heures(un, arrete) for un in partis if un["ouvert"]]
    return Departs(
        guichet,
        len(partis),
        len(fermes),
        fermes.count(0),
        statistics.median(fermes) if fermes else None,
        max(fermes, default=None),
        len(ouverts),
        max(ouverts, default=None),
    )


def _heures(un: Utilisateur, arrete: dt.date) -> int:
    """Return the hours from a departure to the closing, or to the arrêté while there is none."""
    fin = un["date_fermeture"]
    ferme = fin if fin and fin <= arrete else arrete
    return max(0, (ferme - (un["date_depart"] or ferme)).days) * HEURES
