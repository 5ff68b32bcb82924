"""What deliveries show that a guichet has to learn: it is new, or an indicator stays bad.

A need that is no more in the newest month is gone: nobody has to close it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dateutil.relativedelta import relativedelta

from infocentre.affaires import Affaire, procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.lecture.affaires import toutes
from infocentre.lecture.commun import libelle, mois_controles, noms_des_guichets
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.etats import DEPASSES
from infocentre.noyau.temps import mois_avant
from infocentre.procedures.formations.gardes import inscrits

PROCEDURE = "formations"
NOUVEAU = ""  # the code of what is no indicator: a guichet that begins


@dataclass(frozen=True, slots=True)
class Besoin:
    """Why a guichet is to be trained: new, or one indicator; since which month, by which day.

    `seance` is the last session that it is inscribed to or came to, `venu` whether it came.
    """

    guichet: str
    nom: str
    code: str
    depuis: str
    avant: dt.date | None = None
    seance: dt.date | None = None
    venu: bool = False

    @property
    def dit(self) -> str:
        """Return why, in words."""
        return libelle(self.code) if self.code else "guichet nouveau"

    @property
    def pourvu(self) -> bool:
        """Tell whether it came since, or is inscribed."""
        return self.seance is not None


def besoins(v: Lecture, departement: str) -> list[Besoin]:
    """Return the needs of the newest controlled month, those that nothing meets first."""
    connus = mois_controles(v, departement)
    if not connus:
        return []
    ici, r = connus[-1], reglages_de(procedures()[PROCEDURE])
    noms, seances = noms_des_guichets(v, departement), toutes(v, departement, PROCEDURE)
    apres = _debut(connus[-r["mois_rouges"] :][0])
    vus = (
        *_nouveaux(v, departement, ici, r["mois_nouveau"], r["delai_nouveau"]),
        *_rouges(v, departement, ici, r["mois_rouges"]),
    )
    trouves = [
        _suivi(Besoin(guichet, noms.get(guichet, guichet), code, depuis, avant), seances, apres)
        for guichet, code, depuis, avant in vus
    ]
    return sorted(trouves, key=lambda un: (un.pourvu, un.code, un.depuis, un.nom))


def _nouveaux(
    v: Lecture, departement: str, mois: str, combien: int, delai: int
) -> Iterable[tuple[str, str, str, dt.date]]:
    """Yield the guichets that a register shows for the first time, and not the first register."""
    lus = v.tuples(
        "SELECT guichet, min(mois) AS premier FROM registre WHERE departement = $d GROUP BY ALL "
        "HAVING premier > (SELECT min(mois) FROM registre WHERE departement = $d) "
        "AND premier > $avant AND premier <= $mois AND max(mois) = $mois ORDER BY ALL",
        {"d": departement, "mois": mois, "avant": mois_avant(mois, combien)},
    )
    for guichet, premier in lus:
        yield guichet, NOUVEAU, premier, _debut(premier) + relativedelta(months=delai + 1)


def _rouges(
    v: Lecture, departement: str, mois: str, combien: int
) -> Iterable[tuple[str, str, str, None]]:
    """Yield (guichet, code) bad for so many months in a row, as they were published."""
    lus = v.tuples(
        "WITH lus AS (SELECT guichet, code, mois, list_contains($etats, etat) AS mauvais "
        "FROM valeurs WHERE departement = $d AND niveau = 'guichet' AND mois <= $mois), "
        "bons AS (SELECT guichet, code, coalesce(max(mois) FILTER (NOT mauvais), '') AS bon "
        "FROM lus GROUP BY ALL) "
        "SELECT guichet, code, min(mois) FROM lus JOIN bons USING (guichet, code) "
        "WHERE mois > bon GROUP BY ALL HAVING count(*) >= $combien AND max(mois) = $mois "
        "ORDER BY ALL",
        {"d": departement, "mois": mois, "etats": list(DEPASSES), "combien": combien},
    )
    for guichet, code, depuis in lus:
        yield guichet, code, depuis, None


def _suivi(un: Besoin, seances: Iterable[Affaire], apres: dt.date) -> Besoin:
    """Return a need with the last session about it, of which its guichet had time to learn.

    What is as bad so many months after a session is a need again.
    """
    for une in reversed([*seances]):
        s = une.situation
        le, codes = dt.date.fromisoformat(str(s.dite("seance_le"))), s.dite("codes") or []
        if une.etat == "seance_annulee" or le < (apres if un.code else _debut(un.depuis)):
            continue
        if un.code and codes and un.code not in codes:
            continue
        venus = {ligne["guichet"] for ligne in s.dite("venus") or []}
        if un.guichet in venus or (un.guichet in inscrits(s) and une.etat == "seance_fixee"):
            return replace(un, seance=le, venu=un.guichet in venus)
    return un


def _debut(mois: str) -> dt.date:
    return dt.date.fromisoformat(f"{mois}-01")
