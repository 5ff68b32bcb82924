"""Days as people type them in a workbook: understood when there is one way to, asked else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from infocentre.noyau.francais import simplifier
from infocentre.noyau.temps import MOIS
from infocentre.noyau.temps import jour as ecrire_jour

_CHIFFRES = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]00:00(?::00)?)?")
_MOTS = re.compile(
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?"
    r"(\d{1,2})(?:er)?\s+([a-z]+)\.?\s+(\d{4}|\d{2})"
)
_NUMERO = re.compile(r"\d{5}")
_ORIGINE = dt.date(1899, 12, 30)  # of the day numbers of a cell that has no format of date
MOIS_ECRITS = tuple(simplifier(un) for un in MOIS)
SIECLE = 2000  # of a year of two digits
ANNEES = range(1900, 2200)  # that a person may mean: « 0026 » is a year that was not typed whole
_COURT = 3  # letters of a month cut short


def lire_jour(texte: str) -> dt.date | None:
    """Return the day of a text: a cell of date, JJ/MM/AAAA, JJ/MM/AA, a day number, words.

    None when it is none, or of a year that nobody means. The day is before the month, as in French.
    """
    texte = texte.strip()
    if lu := _CHIFFRES.fullmatch(texte):
        return _date(lu[3], lu[2], lu[1])
    if lu := _ISO.fullmatch(texte):
        return _date(lu[1], lu[2], lu[3])
    if _NUMERO.fullmatch(texte):
        return _ORIGINE + dt.timedelta(days=int(texte))
    if lu := _MOTS.fullmatch(simplifier(texte)):
        mois = _mois(lu[2])
        return _date(lu[3], str(mois), lu[1]) if mois else None
    return None


def _mois(dit: str) -> int | None:
    if len(dit) < _COURT:
        return None
    trouves = [rang for rang, nom in enumerate(MOIS_ECRITS, start=1) if nom.startswith(dit)]
    return trouves[0] if len(trouves) == 1 else None


def _date(annee: str, mois: str, jour: str) -> dt.date | None:
    entiere = int(annee) + (SIECLE if len(annee) < len("2000") else 0)
    if entiere not in ANNEES:
        return None
    try:
        return dt.date(entiere, int(mois), int(jour))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Ordre:
    """In which order the days of a file are written, as its own texts show.

    `americain`: one of them is a day only with the month first, so that the order of the others
    cannot be told; `francais`: one is a day only with the day first.
    """

    americain: bool = False
    francais: bool = False

    @classmethod
    def de(cls, textes: Iterable[str], debut: dt.date, fin: dt.date) -> Ordre:
        """Read the order from the texts of a column, that are expected between two days."""
        americain = francais = False
        for texte in textes:
            if not _CHIFFRES.fullmatch(texte.strip()):
                continue
            ici, autre = lire_jour(texte), _inverse(texte)
            va, irait = _entre(ici, debut, fin), _entre(autre, debut, fin)
            americain |= irait and not va
            francais |= va and not irait
        return cls(americain, francais)

    def doute(self, texte: str, debut: dt.date, fin: dt.date, *, strict: bool) -> str:
        """Say why the day of a text cannot be told, '' when it can.

        Written in digits it may be two days; `strict` asks for a proof of the order then. Where
        the month came first elsewhere, a cell of date may have been turned round too.
        """
        lu, autre = lire_jour(texte), _inverse(texte)
        if lu is None or autre is None or autre == lu:
            return ""
        deux = _entre(lu, debut, fin) and _entre(autre, debut, fin)
        en_chiffres = _CHIFFRES.fullmatch(texte.strip())
        if self.americain and (en_chiffres or deux):
            raison = "d'autres dates de ce fichier ont le mois avant le jour"
        elif strict and en_chiffres and deux and not self.francais:
            raison = "rien dans ce fichier ne dit si le jour est avant le mois"
        else:
            return ""
        return (
            f"« {texte.strip()[:30]} » peut être le {ecrire_jour(lu)} ou le {ecrire_jour(autre)} : "
            f"{raison}, l'écrire en toutes lettres"
        )


def _inverse(texte: str) -> dt.date | None:
    """Return the day that a text would be with its day and month exchanged."""
    texte = texte.strip()
    if lu := _CHIFFRES.fullmatch(texte):
        return _date(lu[3], lu[1], lu[2])
    if lu := _ISO.fullmatch(texte):
        return _date(lu[1], lu[3], lu[2])
    return None


def _entre(le: dt.date | None, debut: dt.date, fin: dt.date) -> bool:
    return le is not None and debut <= le <= fin
