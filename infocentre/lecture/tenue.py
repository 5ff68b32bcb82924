"""How the list to publish is kept: confirmed, corrected and published, compared with the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from statistics import median_low
from typing import NamedTuple

from infocentre.lecture.affaires import toutes
from infocentre.lecture.changements import PROCEDURE as CHANGEMENTS
from infocentre.lecture.changements import Changement, accepte, changement, meme
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import liste_publique
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.liste_publique import CHAMPS
from infocentre.noyau import horaires
from infocentre.noyau.francais import accorder, enumerer, minuscule
from infocentre.noyau.temps import jour

COORDONNEES, TRANSMISSIONS, COMPARAISONS = "coordonnees", "transmissions", "comparaisons"
MONTRES, PUBLIEES = "montres", "publiees"  # what counts call the events that say so
TITRES = {un.nom: minuscule(un.titre) for un in CHAMPS} | {"guichet": "présence"}


class Confirmees(NamedTuple):
    """How many guichets have coordinates that someone confirmed, within so many days."""

    guichets: int
    jours: int


def confirmees(
    v: Lecture, filtres: Filtres, arrete: dt.date, connue_le: dt.date | None = None
) -> Confirmees | None:
    """Return them for an arrêté, as they were known on a day if any; None while nobody follows any.

    What is confirmed after the arrêté counts: an edition is of later than its data.
    """
    unes = toutes(v, filtres.departement, COORDONNEES)
    lues = [lue for une in unes if (lue := une.au(connue_le) if connue_le else une)]
    if not lues:
        return None
    jours = lues[-1].reglages["validite"]
    publies = {un["guichet"] for un in liste_publique(v, filtres)}
    dites = {une.objet: str(une.situation.dite("confirmees_le") or "") for une in lues}
    depuis = (arrete - dt.timedelta(days=jours)).isoformat()
    return Confirmees(sum(un in publies and le > depuis for un, le in dites.items()), jours)


class Correction(NamedTuple):
    """What a guichet said has changed: on which day, on which day it was published if it is."""

    guichet: str
    dite_le: dt.date
    publiee_le: dt.date | None

    @property
    def jours(self) -> int | None:
        """The days from its telling to its publication."""
        return (self.publiee_le - self.dite_le).days if self.publiee_le else None


def corrections(v: Lecture, departement: str, connue_le: dt.date | None = None) -> list[Correction]:
    """Return the changes that were accepted, as they were known on a day if any, oldest first.

    One is published once somebody says that a list that has it is, or once a delivery shows it.
    """
    listes = [
        (parues[-1].jour, {str(un["code"]): un for un in lue.situation.dite("rangees") or []})
        for une in toutes(v, departement, TRANSMISSIONS)
        if (lue := une.au(connue_le) if connue_le else une)
        if (parues := lue.comptes(PUBLIEES))
    ]
    trouvees = []
    for une in toutes(v, departement, CHANGEMENTS):
        lue = une.au(connue_le) if connue_le else une
        if lue is None or not accepte(lue):
            continue
        dit, s = changement(lue), lue.situation
        vues = [un.jour for un in lue.comptes(MONTRES)]
        vues += [
            parue_le
            for parue_le, rangees in listes
            if parue_le >= s.evenements[0].jour
            and dit.guichet in rangees
            and _montre(rangees[dit.guichet], dit)
        ]
        trouvees.append(Correction(dit.guichet, s.evenements[0].jour, min(vues, default=None)))
    return trouvees


def _montre(rangee: Mapping[str, object], dit: Changement) -> bool:
    """Tell whether a row of a list that left says a change, in the words that lists have."""
    lu = str(rangee.get(dit.champ) or "")
    if dit.champ == "horaires":
        return bool(lu) and horaires.osm(lu) == horaires.osm(dit.valeur)
    return meme(lu, dit.valeur)


class Publiees(NamedTuple):
    """How many corrections were published in a time, in how many days half of them were."""

    nombre: int
    mediane: int | None
    en_attente: int


def publiees(
    v: Lecture, departement: str, debut: dt.date, fin: dt.date, connue_le: dt.date | None = None
) -> Publiees | None:
    """Return them from a day to another, those that waited on the last one; None without any."""
    dites = [un for un in corrections(v, departement, connue_le) if un.dite_le <= fin]
    jours = [un.jours for un in dites if un.publiee_le and debut <= un.publiee_le <= fin]
    attendent = sum(un.publiee_le is None or un.publiee_le > fin for un in dites)
    if not jours and not attendent:
        return None
    connus = [un for un in jours if un is not None]
    return Publiees(len(connus), median_low(connus) if connus else None, attendent)


class Ecarts(NamedTuple):
    """How many gaps a file of the portal had on a day, of how many guichets; then, of which."""

    le: dt.date
    nombre: int
    guichets: int
    champs: tuple[tuple[str, str], ...]

    def du_guichet(self, guichet: str) -> tuple[str, ...]:
        """Return the fields that the portal says otherwise of a guichet."""
        return tuple(champ for code, champ in self.champs if code == guichet)


def ecarts(
    v: Lecture, departement: str, le: dt.date, connue_le: dt.date | None = None
) -> Ecarts | None:
    """Return those of the last comparison up to a day, None while nothing was compared."""
    jours = [jour for jour in (le, connue_le) if jour]
    siennes = [une.situation.evenements[0] for une in toutes(v, departement, COMPARAISONS)]
    connues = [un for un in siennes if un.jour <= min(jours)]
    if not connues:
        return None
    dernier = max(connues, key=lambda un: (un.jour, un.rang))
    champs = tuple((str(un["code"]), str(un["champ"])) for un in dernier.dit("ecarts") or [])
    return Ecarts(dernier.jour, len(champs), len({code for code, _ in champs}), champs)


class Tenue(NamedTuple):
    """How the list is kept in a time; each is None while nothing is known of it."""

    confirmees: Confirmees | None
    publiees: Publiees | None
    ecarts: Ecarts | None


def tenue(
    v: Lecture,
    filtres: Filtres,
    arrete: dt.date,
    jours: tuple[dt.date, dt.date],
    connue_le: dt.date | None = None,
) -> Tenue:
    """Return how the list is kept at an arrêté, in days, as it was known on a day if any."""
    return Tenue(
        confirmees(v, filtres, arrete, connue_le),
        publiees(v, filtres.departement, *jours, connue_le),
        ecarts(v, filtres.departement, jours[1], connue_le),
    )


def tenue_du_guichet(v: Lecture, filtres: Filtres, guichet: str) -> list[tuple[str, str]]:
    """Return how a guichet is kept in the list, (title, text): confirmed, corrected, compared.

    It is what is known today, to who sees the guichet.
    """
    if not v.p.voit_guichet(guichet):
        return []
    departement, dites = filtres.departement, list[tuple[str, str]]()
    siennes = [une for une in toutes(v, departement, COORDONNEES) if une.objet == guichet]
    if siennes:
        le = siennes[-1].situation.dite("confirmees_le")
        dites.append(("Confirmé", f"le {jour(str(le))}" if le else "jamais"))
    corrigees = [un for un in corrections(v, departement) if un.guichet == guichet]
    if corrigees:
        derniere = corrigees[-1]
        parue = (
            f"publié le {jour(derniere.publiee_le)}, {accorder(derniere.jours or 0, 'jour')} après"
            if derniere.publiee_le
            else "pas encore publié"
        )
        dites.append(("Changement", f"dit le {jour(derniere.dite_le)}, {parue}"))
    lus = ecarts(v, departement, dt.date.max)
    if lus and (champs := lus.du_guichet(guichet)):
        dit = enumerer([TITRES[un] for un in champs])
        dites.append(("Portail", f"dit autre chose au {jour(lus.le)} : {dit}"))
    return dites
