"""What a document is an edition of: the published version, a département, a month or semester."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from infocentre.acces.perimetre import Perimetre
from infocentre.contrat.territoires import nom_departement
from infocentre.entrepot import Dossier
from infocentre.entrepot.evenements import Evenement
from infocentre.lecture.choix import autres_mois, choisir_departement, choisir_mois
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.ensembles import Ensemble, Reunion, exiger_plusieurs, reunir
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.depart import sans
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import bornes, fin_de_mois, nom_mois, nom_semestre
from infocentre.restitutions.document import Paragraphe
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True, slots=True)
class _DUneVersion:
    """What every edition has of the version that it is made of."""

    v: Lecture

    @property
    def departements(self) -> tuple[str, ...]:
        """The départements that it is of."""
        raise NotImplementedError

    @property
    def arrete(self) -> dt.date:
        """The day on which the data were taken."""
        raise NotImplementedError

    @property
    def version(self) -> int:
        """The number of the version that published its data: later months change nothing of it."""
        return self._publication.get("version", self.v.version.numero)

    @property
    def publiee_le(self) -> dt.date | None:
        """The day on which its data were published, as the journal has it."""
        le = self._publication.get("le")
        return dt.datetime.fromisoformat(le).date() if le else None

    @property
    def _publication(self) -> Evenement:
        """The last control or withdrawal of its month or of one before it."""
        version, arrete = self.v.version, self.arrete.isoformat()
        siens = [
            un
            for un in self.v.dossier.publications()
            if un.get("version", 0) <= version.numero
            and any(
                departement in self.departements and jour <= arrete
                for departement, jour in _mois_changes(un)
            )
        ]
        return siens[-1] if siens else version.evenement


def _mois_changes(un: Evenement) -> list[tuple[str, str]]:
    """Return the département and arrêté of each month whose values an event changed."""
    if un.get("type") == "retrait":
        return [(un["departement"], un["arrete"])]
    return [(departement, jour) for departement, jour, *_ in un.get("mois", ())]


@dataclass(frozen=True, slots=True)
class Edition(_DUneVersion):
    """A month of the published version as a reader may see it, and how the period is called.

    `provisoire` says why a semester or a year rests on another month than its last, '' otherwise.
    """

    departement: str
    mois: str
    periode: str
    provisoire: str = ""

    @property
    def filtres(self) -> Filtres:
        """The month as the pages ask for it."""
        return Filtres(self.departement, self.mois)

    @property
    def departements(self) -> tuple[str, ...]:
        """The département alone."""
        return (self.departement,)

    @property
    def arrete(self) -> dt.date:
        """The day on which the data were taken."""
        return fin_de_mois(self.mois)

    @property
    def territoire(self) -> str:
        """The name of the département: Bouches-du-Rhône."""
        return nom_departement(self.departement)

    @property
    def connue_le(self) -> dt.date | None:
        """The last day whose affaires it tells: the next published arrêté; None for the newest.

        The newest month says what is known when it is printed. An older one says what was known at
        the end of the month after, when the next figures take its place: by the calendar and not by
        the day they were loaded, that a history received at once, a month received again or a
        warehouse made again would move.
        """
        suivants = [un for un in mois_controles(self.v, self.departement) if un > self.mois]
        return fin_de_mois(suivants[0]) if suivants else None

    @property
    def mois_connus(self) -> list[str]:
        """The controlled months up to this one, oldest first."""
        return [un for un in mois_controles(self.v, self.departement) if un <= self.mois]


@dataclass(frozen=True, slots=True)
class EditionReunie(_DUneVersion):
    """A month of several départements, and how the period is called; `provisoire` as an Edition."""

    reunion: Reunion
    periode: str
    provisoire: str = ""

    @property
    def departements(self) -> tuple[str, ...]:
        """Those that are summed."""
        return self.reunion.presents

    @property
    def mois(self) -> str:
        """The month of what is summed."""
        return self.reunion.mois

    @property
    def arrete(self) -> dt.date:
        """The day on which the data were taken."""
        return fin_de_mois(self.mois)


@contextlib.contextmanager
def ouvrir(dossier: Dossier, p: Perimetre) -> Iterator[Lecture]:
    """Open the published version for a reader, the same until the end; Refus before any of it."""
    dossier.exiger_version()
    with sans("pandas"), ouvrir_pour(dossier, p) as v:
        yield v


def du_mois(v: Lecture, departement: str | None = None, mois: str | None = None) -> Edition:
    """Return the edition of a month, the newest controlled one unless told; raise Refus."""
    ici = choisir_departement(v.version, departement)
    choisi = choisir_mois(v.version, mois, ici)
    return Edition(v, ici, choisi, nom_mois(choisi))


def du_semestre(v: Lecture, semestre: str, departement: str | None = None) -> Edition:
    """Return the edition of a semester 2026-S1: June's month, December's for S2; raise Refus.

    While that month is not controlled, it is the newest controlled one of the semester.
    """
    premier, dernier = bornes(semestre)
    ici = choisir_departement(v.version, departement)
    connus = mois_controles(v, ici)
    siens = [un for un in connus if premier <= un <= dernier]
    if not siens:
        raise Refus(
            f"aucun mois du semestre {semestre.strip().upper()} n'est publié",
            que_faire=autres_mois(connus),
        )
    periode = nom_semestre(semestre)
    return Edition(v, ici, siens[-1], periode, _provisoire(siens[-1], dernier))


def de_l_annee(v: Lecture, annee: str, departement: str | None = None) -> Edition:
    """Return the edition of a civil year, read in its December; raise Refus.

    While that month is not controlled, it is the newest controlled one of the year.
    """
    if not re.fullmatch(r"(?:19|20|21)\d\d", annee.strip()):
        raise Refus(f"« {annee} » n'est pas une année", que_faire="L'écrire AAAA.")
    ici = choisir_departement(v.version, departement)
    connus = mois_controles(v, ici)
    siens = [un for un in connus if un.startswith(annee.strip())]
    if not siens:
        raise Refus(
            f"aucun mois de l'année {annee.strip()} n'est publié",
            que_faire=autres_mois(connus),
        )
    dernier = f"{annee.strip()}-12"
    return Edition(v, ici, siens[-1], f"Année {annee.strip()}", _provisoire(siens[-1], dernier))


def de_l_ensemble(v: Lecture, un: Ensemble, mois: str = "", semestre: str = "") -> EditionReunie:
    """Return the edition of départements together, of a month or of a semester; raise Refus.

    It rests on the last month that all have, else on the last of any: of the semester, or of all.
    """
    exiger_plusieurs(v, un)
    if not semestre:
        reunion = reunir(v, un, mois or None)
        return EditionReunie(v, reunion, nom_mois(reunion.mois))
    entre = bornes(semestre)
    reunion = reunir(v, un, entre=entre)
    provisoire = _provisoire(reunion.mois, entre[1])
    return EditionReunie(v, reunion, nom_semestre(semestre), provisoire)


@dataclass(frozen=True)
class Provisoire(Contenu):
    """The month that a period rests on, and its last one, that is still expected."""

    modele = "commun/provisoire.md"

    mois: str
    attendu: str


def _provisoire(mois: str, dernier: str) -> str:
    if mois == dernier:
        return ""
    (dite,) = Provisoire(mois, dernier).blocs()
    return dite.texte if isinstance(dite, Paragraphe) else ""
