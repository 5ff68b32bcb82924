"""All that has a date, before an account: one list, of which pages, papers and files are made.

What is due in an affaire is said by the kernel, from what its procedure declares: a new procedure
is there by itself. Beside affaires, by the rules of procedures (`jalons`), by deliveries and by
the year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from infocentre.acces.modele import Acces, Action
from infocentre.affaires import Affaires, procedures
from infocentre.affaires.echeances import tenues
from infocentre.affaires.reglages import signature
from infocentre.demarches.face import Face, chemin, voir
from infocentre.demarches.journee import Noms, flux_rendus
from infocentre.demarches.message import DOMAINE
from infocentre.lecture.accueil import DELAI_LIVRAISON
from infocentre.lecture.affaires import tete, toutes
from infocentre.lecture.commun import livraisons_annuelles, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, citer, minuscule
from infocentre.noyau.memoire import Memoire
from infocentre.noyau.temps import fin_de_mois, mois_avant
from infocentre.noyau.temps import jour as ecrire_jour

MOIS, PASSES = 12, 3  # months to come, and those whose done things are shown
SEULS, NOMMES = 3, 3  # what is due alike in a month: told one by one up to so many, then how many
FAIT, TARD, A_FAIRE = "fait", "en retard", "à faire"
LIVRAISONS, FLUX = "Livraisons", "Gestion en flux"


class Date(NamedTuple):
    """Something that has a date: of which procedure, what, of whom, when it was done.

    `cle` is its name, the same whenever it is worked out; `chemin` and `affaire` where it is done;
    `manque` what is missing.
    """

    le: dt.date
    de: str
    quoi: str
    qui: str
    cle: str
    fait: dt.date | None = None
    manque: str = ""
    chemin: str = ""
    affaire: str = ""

    def etat(self, jour: dt.date) -> str:
        """Return what it is on a day: done, late, to do."""
        if self.fait:
            return FAIT
        return TARD if self.le < jour else A_FAIRE

    def dans(self, jour: dt.date) -> str:
        """Say how far it is: J−12, today, late of so many days, done on a day."""
        jours = (self.le - jour).days
        if self.fait:
            tard = (self.fait - self.le).days
            suite = f", {accorder(tard, 'jour')} après" if tard > 0 else ""
            return f"fait le {ecrire_jour(self.fait)}{suite}"
        if jours < 0:
            return f"en retard de {accorder(-jours, 'jour')}"
        return f"J−{jours}" if jours else "aujourd'hui"


_DATES: Memoire[tuple[Date, ...]] = Memoire(64)


def dates(v: Lecture, registre: Affaires, acces: Acces, departement: str) -> tuple[Date, ...]:
    """Return what is due in the twelve months to come, late, or done lately; the first one first.

    Only what an account may see: who conducts sees all of it, who answers what is asked of them.
    """
    if not acces.peut(Action.AFFAIRES) or not v.p.voit(departement):
        return ()
    if not mois_controles(v, departement):
        return ()
    jour = registre.aujourdhui
    au = jour + relativedelta(months=MOIS)
    conduit = acces.peut(Action.CONDUIRE) and not v.p.partiel
    siennes = _DATES.lire(
        (*v.cle, departement, acces.qui, acces.role, jour),
        lambda _: tuple(_des_procedures(v, registre, acces, departement, au)),
        (tete(v), signature()),
    )
    autres: list[Date] = []
    if conduit:
        autres = [*_des_livraisons(v, departement, jour, au), *_du_flux(v, departement, jour, au)]
    return tuple(sorted(chain(siennes, autres), key=_ordre))


def _ordre(une: Date) -> tuple[object, ...]:
    return une.le, une.de, une.quoi, une.qui, une.cle


def prochaines(lues: Iterable[Date], jour: dt.date, nombre: int = 2) -> list[Date]:
    """Return the next things to do, today included."""
    return [une for une in lues if not une.fait and une.le >= jour][:nombre]


def dire(une: Date, jour: dt.date) -> str:
    """Say something that is due: what, of whom, on which day, how far it is."""
    qui = f", {une.qui}" if une.qui else ""
    return f"{une.quoi}{qui}, le {ecrire_jour(une.le)} ({une.dans(jour)})"


# --- Procedures -----------------------------------------------------------------------------------


def _des_procedures(
    v: Lecture, registre: Affaires, acces: Acces, departement: str, au: dt.date
) -> Iterator[Date]:
    depuis = registre.aujourdhui - relativedelta(months=PASSES)
    for code in procedures():
        try:
            face = voir(acces, v, registre, code)
        except Refus:  # nothing of it is theirs
            continue
        if face.comptes_seuls:
            continue
        lues = [*_des_affaires(face, departement, depuis)]
        if face.conduit:
            lues += _des_jalons(face, departement, au)
        yield from _grouper(face, (une for une in lues if une.le <= au))


def _des_affaires(face: Face, departement: str, depuis: dt.date) -> Iterator[Date]:
    procedure = face.procedure
    noms = Noms(face.v, departement)
    for une in toutes(face.v, departement, procedure.code):
        if not face.voit(une):
            continue
        qui = noms.qui(face, une)
        if face.par_numero:  # others are of the same guichet
            qui = f"{qui} ({une.id})".lstrip()
        ou = chemin(procedure.code), une.id
        dues = une.echeances if face.conduit else une.attendues
        for e in () if une.situation.finie else dues:
            if not e.alerte:
                cle = f"{une.id}.{e.nature}.{e.rang}"
                en_retard = e.due < face.registre.aujourdhui
                manque = minuscule(face.suite_dite(une)) if en_retard else ""
                yield Date(e.due, procedure.titre, e.titre, qui, cle, None, manque, *ou)
        if face.conduit:
            for e, fait in tenues(une.situation, une.reglages, depuis):
                cle = f"{une.id}.{e.nature}.{e.rang}"
                yield Date(e.due, procedure.titre, e.titre, qui, cle, fait, "", *ou)


def _des_jalons(face: Face, departement: str, au: dt.date) -> Iterator[Date]:
    code, titre = face.procedure.code, face.procedure.titre
    try:
        lus = face.regles.jalons(face.v, face.registre, departement, au)
    except Refus:  # this delivery says nothing of it
        return
    for un in lus:
        cle = f"{departement}.{code}.{un.quoi}.{un.qui}.{un.le}"
        yield Date(un.le, titre, un.quoi, un.qui, cle, un.fait, un.manque, chemin(code))


def _grouper(face: Face, lues: Iterable[Date]) -> Iterator[Date]:
    """Yield dates, those of one kind that fall in one month together when they are many."""

    def genre(une: Date) -> tuple[str, str, bool]:
        return f"{une.le:%Y-%m}", une.quoi, bool(une.fait)

    for (mois, quoi, _), siennes in groupby(
        sorted(lues, key=lambda une: (genre(une), _ordre(une))), genre
    ):
        unes = list(siennes)
        if len(unes) <= SEULS:
            yield from unes
            continue
        noms = list(dict.fromkeys(une.qui for une in unes))
        yield unes[0]._replace(
            quoi=f"{quoi} ({len(unes)})",
            qui=citer(noms, NOMMES, "autre"),
            cle=f"{face.procedure.code}.{quoi}.{mois}",
            fait=max((une.fait for une in unes if une.fait), default=None),
            affaire="",
        )


# --- Deliveries, and the year ---------------------------------------------------------------------


def _des_livraisons(v: Lecture, departement: str, jour: dt.date, au: dt.date) -> Iterator[Date]:
    """Yield the deliveries that were loaded lately, then each one that is to come."""
    livrees = v.version.de(departement)
    if not livrees:
        return
    depuis = jour - relativedelta(months=PASSES)
    pas = 12 if livraisons_annuelles(v, departement) else 1
    for une in livrees:
        chargee = dt.date.fromisoformat(une.chargee_le[:10])
        faite = _livraison(departement, une.mois, chargee)
        if chargee >= depuis and faite.le >= depuis:
            yield faite
    mois = mois_avant(livrees[-1].mois, -pas)
    while (attendue := _livraison(departement, mois)).le <= au:
        yield attendue
        mois = mois_avant(mois, -pas)


def _livraison(departement: str, mois: str, fait: dt.date | None = None) -> Date:
    arrete = fin_de_mois(mois)
    due = arrete + dt.timedelta(days=DELAI_LIVRAISON)
    quoi = f"Livraison arrêtée au {ecrire_jour(arrete)}"
    cle = f"{departement}.livraison.{mois}"
    return Date(due, LIVRAISONS, quoi, "", cle, fait, "" if fait else "à déposer", "/depot")


def _du_flux(v: Lecture, departement: str, jour: dt.date, au: dt.date) -> Iterator[Date]:
    """Yield each 28 February: the bilans of the flux of the year before (R.441-5)."""
    mois = mois_controles(v, departement)
    for annee in (jour.year - 1, jour.year):
        limite = dt.date(annee + 1, 2, 28)
        fait = flux_rendus(v, departement, str(annee))
        sans_donnees = limite < jour and f"{annee}-12" not in mois
        ancienne = bool(fait) and limite < jour - relativedelta(months=PASSES)
        if limite > au or ancienne or sans_donnees:
            continue
        quoi = f"Bilans de la gestion en flux {annee} à transmettre"
        cle = f"{departement}.flux.{annee}"
        yield Date(limite, FLUX, quoi, "", cle, fait, "" if fait else "à imprimer", "/documents")


# --- As a calendar file ---------------------------------------------------------------------------


def en_ics(lues: Iterable[Date], titre: str, jour: dt.date, adresse: str = "") -> bytes:
    """Return the dates that are not done as a calendar to subscribe to (RFC 5545): whole days.

    The same dates of a day give the same bytes; `adresse` is that of the application.
    """
    from icalendar import Calendar, Event

    fichier = Calendar()
    fichier.add("prodid", "-//Infocentre//Calendrier//FR")
    fichier.add("version", "2.0")
    fichier.add("method", "PUBLISH")
    fichier.add("x-wr-calname", titre)
    fichier.add("refresh-interval", dt.timedelta(hours=12), {"value": "DURATION"})
    for une in lues:
        if une.fait:
            continue
        evenement = Event()
        evenement.add("uid", f"{une.cle}@{DOMAINE}")
        evenement.add("dtstamp", dt.datetime.combine(jour, dt.time(), dt.UTC))
        evenement.add("dtstart", une.le)
        evenement.add("dtend", une.le + dt.timedelta(days=1))
        evenement.add("summary", " – ".join(filter(None, (une.quoi, une.qui))))
        evenement.add("categories", [une.de])
        evenement.add("transp", "TRANSPARENT")
        if une.manque:
            evenement.add("description", f"Ce qui manque : {une.manque}")
        if adresse and une.chemin:
            suite = f"?affaire={une.affaire}" if une.affaire else ""
            evenement.add("url", f"{adresse}{une.chemin}{suite}")
        fichier.add_component(evenement)
    octets: bytes = fichier.to_ical()
    return octets
