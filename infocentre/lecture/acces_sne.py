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
from infocentre.entrepot.relations import sql_archives
from infocentre.lecture.lecteur import Lecture

HEURES = 24
AN = dt.timedelta(days=365)


class Utilisateur(TypedDict):
    """A row of the table of users."""

    id_utilisateur: str
    guichet: str
    profil: str
    date_ouverture: dt.date
    date_derniere_connexion: dt.date | None
    date_depart: dt.date | None
    date_fermeture: dt.date | None
    inactif: bool  # for six months at the arrêté, as ACC_INACTIF has it


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
    return v.lignes(
        f"SELECT id_utilisateur, guichet, coalesce(profil, '') AS profil, date_ouverture, "
        f"date_derniere_connexion, date_depart, date_fermeture, greatest(date_ouverture, "
        f"date_derniere_connexion) + INTERVAL 6 MONTH < arrete AS inactif "
        f"FROM {v.filtrer('utilisateurs', f'({sql})')} "
        "WHERE guichet IS NOT NULL ORDER BY guichet, id_utilisateur",
        {},
        Utilisateur,
    )


def ouvert(un: Utilisateur, arrete: dt.date) -> bool:
    """Tell whether an access is open at the arrêté, as the population `acces` has it."""
    fin = un["date_fermeture"]
    return un["date_ouverture"] <= arrete and (fin is None or fin > arrete)


def parti(un: Utilisateur, arrete: dt.date) -> bool:
    """Tell whether the departure of a user is declared and past."""
    return un["date_depart"] is not None and un["date_depart"] <= arrete


def departs(tous: Iterable[Utilisateur], arrete: dt.date) -> list[Departs]:
    """Return the departures by guichet that declared some: the longest open first."""
    siens: dict[str, list[Utilisateur]] = {}
    for un in tous:
        depart = un["date_depart"]
        if depart and parti(un, arrete) and (depart > arrete - AN or ouvert(un, arrete)):
            siens.setdefault(un["guichet"], []).append(un)
    lus = [_departs(guichet, partis, arrete) for guichet, partis in siens.items()]
    return sorted(lus, key=lambda un: (-(un.ouvert_depuis or 0), -(un.maximum or 0), un.guichet))


def _departs(guichet: str, partis: list[Utilisateur], arrete: dt.date) -> Departs:
    fermes = [_heures(un, arrete) for un in partis if not ouvert(un, arrete)]
    ouverts = [_heures(un, arrete) for un in partis if ouvert(un, arrete)]
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
