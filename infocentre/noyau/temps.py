"""The moment; months (AAAA-MM) and semesters (AAAA-S1): counted, bounded, named in French."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Sequence

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer

MOIS = tuple(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
MOIS_COURTS = tuple("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split())
PARIS = "Europe/Paris"
ORDINAUX = {"1": "1er semestre", "2": "2e semestre"}


def a_present() -> dt.datetime:
    """Return the moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def maintenant() -> str:
    """Return the moment in ISO 8601, UTC, to the second."""
    return a_present().isoformat(timespec="seconds")


# --- Months ---------------------------------------------------------------------------------------


def rang(mois: str) -> int:
    """Return how many months a month comes after that of year 0: months are subtracted so."""
    return int(mois[:4]) * 12 + int(mois[5:]) - 1


def mois_avant(mois: str, nombre: int = 1) -> str:
    """Return the month that many months before."""
    annee, numero = divmod(rang(mois) - nombre, 12)
    return f"{annee:04d}-{numero + 1:02d}"


def mois_apres(mois: str) -> str:
    """Return the month that follows."""
    return mois_avant(mois, -1)


def mois_entre(avant: str, apres: str) -> list[str]:
    """Return the months strictly between two, oldest first."""
    return [mois_avant(apres, recul) for recul in range(rang(apres) - rang(avant) - 1, 0, -1)]


def est_annuel(avant: str, apres: str) -> bool:
    """Tell whether two successive arrêtés are yearly ones: two Decembers, and no month between."""
    return avant.endswith("-12") and apres.endswith("-12") and avant < apres


def annuels(mois: Sequence[str]) -> list[str]:
    """Return the last arrêtés, oldest first, as long as each is yearly after the one before."""
    debut = len(mois) - 1
    while debut > 0 and est_annuel(mois[debut - 1], mois[debut]):
        debut -= 1
    return list(mois[debut:])


def fin_de_mois(mois: str) -> dt.date:
    """Return the last day of a month."""
    annee, numero = int(mois[:4]), int(mois[5:])
    return dt.date(annee, numero, calendar.monthrange(annee, numero)[1])


def lire_arrete(texte: str) -> dt.date:
    """Read a date d'arrêté (AAAA-MM-JJ or JJ/MM/AAAA); raise Refus unless it ends a month."""
    for gabarit in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            jour = dt.datetime.strptime(texte.strip(), gabarit).date()  # noqa: DTZ007
        except ValueError:
            continue
        if jour != fin_de_mois(f"{jour:%Y-%m}"):
            raise Refus(
                f"l'arrêté du {jour:%d/%m/%Y} n'est pas le dernier jour d'un mois",
                que_faire="Donner la date de fin de mois à laquelle les données ont été arrêtées.",
            )
        return jour
    raise Refus(
        f"« {texte} » n'est pas une date d'arrêté",
        que_faire="L'écrire 31/10/2026 ou 2026-10-31 : le dernier jour d'un mois.",
    )


def nom_mois(mois: str) -> str:
    """Return « octobre 2026 » for 2026-10."""
    return f"{MOIS[int(mois[5:]) - 1]} {mois[:4]}"


def noms_mois(mois: Iterable[str]) -> str:
    """Return « février et mars 2026 », « décembre 2025 et janvier 2026 »: each year once."""
    par_an: dict[str, list[str]] = {}
    for un in sorted(mois):
        par_an.setdefault(un[:4], []).append(MOIS[int(un[5:]) - 1])
    return enumerer([f"{enumerer(noms)} {an}" for an, noms in par_an.items()])


def de_mois(mois: str) -> str:
    """Return « d'octobre 2026 », « de juin 2026 »."""
    nom = nom_mois(mois)
    return f"d'{nom}" if nom[0] in "ao" else f"de {nom}"


def mois_court(mois: str) -> str:
    """Return « oct. 2026 » for 2026-10; anything else is returned as it is."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", mois):
        return mois
    return f"{MOIS_COURTS[int(mois[5:]) - 1]} {mois[:4]}"


def periode(mois: str, *, stock: bool, douze_mois: bool = False) -> str:
    """Say which units a list of a month holds: those of the arrêté, of the month, of 12 months."""
    if stock:
        return f"à l'arrêté du {jour(fin_de_mois(mois))}"
    if douze_mois:
        return f"sur les 12 mois qui finissent en {nom_mois(mois)}"
    return f"en {nom_mois(mois)}"


# --- Semesters ------------------------------------------------------------------------------------


def bornes(semestre: str) -> tuple[str, str]:
    """Return the first and last months of a semester AAAA-S1 or AAAA-S2; raise Refus."""
    lu = re.fullmatch(r"((?:19|20|21)\d\d)-[Ss]([12])", semestre.strip())
    if not lu:
        raise Refus(
            f"« {semestre} » n'est pas un semestre", que_faire="L'écrire AAAA-S1 ou AAAA-S2."
        )
    annee, numero = lu.groups()
    return (f"{annee}-01", f"{annee}-06") if numero == "1" else (f"{annee}-07", f"{annee}-12")


def jours_du_semestre(mois: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of the semester of a month, known or not."""
    debut, fin = bornes(semestre_du_mois(mois))
    return dt.date.fromisoformat(f"{debut}-01"), fin_de_mois(fin)


def semestre_du_mois(mois: str) -> str:
    """Return the semester of a month: 2026-S1 for 2026-04."""
    return f"{mois[:4]}-S{1 if mois[5:] <= '06' else 2}"


def dernier_semestre(mois: Iterable[str]) -> str | None:
    """Return the newest semester whose last month is one of these, AAAA-S1 or AAAA-S2."""
    fins = [un for un in mois if un.endswith(("-06", "-12"))]
    return semestre_du_mois(max(fins)) if fins else None


def nom_semestre(semestre: str) -> str:
    """Return « 1er semestre 2026 » for 2026-S1."""
    annee, numero = semestre.strip()[:4], semestre.strip()[-1]
    return f"{ORDINAUX[numero]} {annee}"


# --- Days -----------------------------------------------------------------------------------------


def jour(iso: str | dt.date) -> str:
    """Return a date JJ/MM/AAAA."""
    date = iso if isinstance(iso, dt.date) else dt.date.fromisoformat(iso)
    return f"{date:%d/%m/%Y}"


def dater_heure(instant: dt.datetime) -> str:
    """Return « 26/11/2026 à 10 h 05 », where the machine is."""
    return f"{instant.astimezone():%d/%m/%Y} à {heure(instant)}"


def heure(instant: dt.datetime) -> str:
    """Return « 10 h 05 », where the machine is."""
    ici = instant.astimezone()
    return f"{ici.hour} h {ici:%M}"


def dater(date: dt.date) -> str:
    """Return « 30 juin 2026 », « 1er juillet 2026 »."""
    quantieme = "1er" if date.day == 1 else str(date.day)
    return f"{quantieme} {MOIS[date.month - 1]} {date.year}"
