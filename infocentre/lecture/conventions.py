"""Conventions, a guichet at a time: until when, as its register says or what was signed since.

And what only data can say of them: who acts without one, who signed and does nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from infocentre.affaires import Affaire, procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.contrat import contrat
from infocentre.entrepot.relations import sql_archives
from infocentre.lecture.acces_sne import utilisateurs
from infocentre.lecture.affaires import toutes
from infocentre.lecture.commun import mois_controles, par_version, registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Inscription
from infocentre.noyau.francais import accorder, minuscule
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.noyau.types_guichet import SANS_ETAT

PROCEDURE = "conventions"
SANS_DATE, ECHUE, PROCHE, COURT, FINIE = "sans_date", "depassee", "proche", "court", "finie"
# What becomes of a convention, in the order in which it asks for something.
SORTS: Mapping[str, str] = {
    ECHUE: "échue",
    PROCHE: "terme proche",
    SANS_DATE: "sans date",
    COURT: "en cours",
    FINIE: "finie",
}


@dataclass(frozen=True, slots=True)
class Convention:
    """What binds a guichet: from when, until which day (excluded), by which affaire if any.

    `fini` says how it ended before its term, '' when it did not.
    """

    guichet: str
    nom: str
    organisme: str
    type_guichet: str
    effet: dt.date | None
    terme: dt.date | None
    affaire: str = ""
    fini: str = ""

    def sort(self, le: dt.date, preavis: int) -> str:
        """Return what it is on a day: one of `SORTS`."""
        if self.fini:
            return FINIE
        if self.effet is None or self.terme is None:
            return SANS_DATE
        if self.terme <= le:
            return ECHUE
        return PROCHE if self.terme <= le + dt.timedelta(days=preavis) else COURT

    def reconductions(self, le: dt.date) -> int:
        """Return how many times it was renewed by itself up to a day: each year but the last."""
        if self.effet is None or self.terme is None:
            return 0
        fin, effet, faites = min(le, self.terme - dt.timedelta(days=1)), self.effet, 0
        while effet + relativedelta(years=faites + 1) <= fin:
            faites += 1
        return faites

    def dire(self, le: dt.date, preavis: int) -> str:
        """Say where it stands on a day, in words."""
        sort = self.sort(le, preavis)
        if sort == FINIE:
            return self.fini
        if self.effet is None or self.terme is None:
            return "date non renseignée"
        du = f"du {ecrire_jour(self.effet)}"
        if sort == ECHUE:
            return f"{du}, échue depuis le {ecrire_jour(self.terme)}"
        fois = self.reconductions(le)
        suite = f", reconduite {accorder(fois, 'fois', 'fois')}" if fois else ""
        return f"{du}{suite}, jusqu'au {ecrire_jour(self.terme)}"


def reglages() -> Mapping[str, int]:
    """Return the settings of conventions."""
    return reglages_de(procedures()[PROCEDURE])


def conventions(
    v: Lecture, departement: str, le: dt.date, mois: str | None = None, *, fermes: bool = False
) -> list[Convention]:
    """Return the conventions of the guichets that are open on a day (or not), first term first.

    The latest of the register's date and of what was signed holds. Of the register of `mois`, the
    last one controlled without it.
    """
    mois = mois or next(reversed(mois_controles(v, departement)), None)
    if mois is None:
        return []
    lues = _conventions(
        v,
        departement,
        (
            un
            for un in registre(v, departement, mois)
            if fermes or un["date_fermeture"] is None or un["date_fermeture"] > le
        ),
    )
    return sorted(lues, key=lambda une: (une.terme or dt.date.min, une.organisme, une.guichet))


def _conventions(v: Lecture, departement: str, inscrits: Iterable[Inscription]) -> list[Convention]:
    signees, duree = _signees(v, departement), reglages()["duree"]
    return [
        _convention(un, signees.get(un["organisme"]), duree)
        for un in inscrits
        if un["type_guichet"] not in SANS_ETAT
    ]


def _signees(v: Lecture, departement: str) -> dict[str, Affaire]:
    """Return the last affaire of each organisme of which something was signed or ended."""
    return {une.objet: une for une in toutes(v, departement, PROCEDURE)}


def _convention(un: Inscription, une: Affaire | None, duree: int) -> Convention:
    effet, nom = un["date_convention"], un["nom"] or un["guichet"]
    terme = effet + relativedelta(years=duree) if effet else None
    affaire, fini = "", ""
    if une is not None:
        affaire = une.id
        dit = une.situation.dite("effet")
        signee = dt.date.fromisoformat(str(dit)) if dit else None
        if signee and (effet is None or signee >= effet):
            effet, terme = signee, dt.date.fromisoformat(str(une.situation.dite("terme")))
        fini = minuscule(une.titre_etat) if une.situation.finie else ""
    return Convention(
        un["guichet"], nom, un["organisme"], un["type_guichet"], effet, terme, affaire, fini
    )


def du_guichet(v: Lecture, departement: str, mois: str, guichet: str, le: dt.date) -> str:
    """Say the convention of a guichet on a day, '' when the register of a month has no such one."""
    siennes = (un for un in registre(v, departement, mois) if un["guichet"] == guichet)
    une = next(iter(_conventions(v, departement, siennes)), None)
    return une.dire(le, reglages()["preavis"]) if une else ""


def par_sort(unes: Iterable[Convention], le: dt.date) -> dict[str, list[Convention]]:
    """Return the conventions by what they are on a day, each sort in the order of `SORTS`."""
    preavis, siennes = reglages()["preavis"], dict[str, list[Convention]]()
    for une in unes:
        siennes.setdefault(une.sort(le, preavis), []).append(une)
    return {sort: siennes[sort] for sort in SORTS if sort in siennes}


def conventions_et_sorts(
    v: Lecture, departement: str, le: dt.date, preavis: int | None = None
) -> list[tuple[Convention, str]]:
    """Return the conventions with what each is on a day, near its term so many days before it."""
    jours = reglages()["preavis"] if preavis is None else preavis
    return [(une, une.sort(le, jours)) for une in conventions(v, departement, le)]


# --- What data say --------------------------------------------------------------------------------


class Ecart(NamedTuple):
    """What data show that a convention does not allow: of which guichet, since when or how many."""

    genre: str
    guichet: str
    nom: str
    organisme: str
    dit: str


ECARTS: Mapping[str, str] = {
    "sans": "Enregistre sans convention en cours",
    "ferme": "Enregistre après sa fermeture",
    "muet": "Signataire sans acte",
    "acces": "Accès ouverts après la fin",
    "mandant": "Mandant qui enregistre encore",
}


class Actes(NamedTuple):
    """The acts of a guichet that a delivery tells: the last day, how many in the month."""

    guichet: str
    dernier: dt.date
    du_mois: int


@par_version
def actes(v: Lecture, departement: str) -> dict[str, Actes]:
    """Return the acts by guichet in the journal of the last delivery, up to its arrêté."""
    livraison = v.version.de(departement)[-1]
    fichier = v.dossier.archive(livraison) / "journal.parquet"
    sql = sql_archives(contrat().tables["journal"], [fichier] if fichier.exists() else [])
    lus = v.tuples(
        "SELECT guichet, max(date_saisie), "
        "count(*) FILTER (date_trunc('month', date_saisie) = date_trunc('month', $arrete::DATE)) "
        f"FROM {v.filtrer('actes', f'({sql})')} "
        "WHERE guichet IS NOT NULL AND date_saisie <= $arrete::DATE GROUP BY guichet",
        {"arrete": livraison.arrete},
    )
    return {guichet: Actes(guichet, *dits) for guichet, *dits in lus}


def ecarts(v: Lecture, departement: str, le: dt.date) -> list[Ecart]:
    """Return what the last delivery shows against conventions, as they are on a day."""
    if not mois_controles(v, departement):
        return []
    unes, faits = conventions(v, departement, le), actes(v, departement)
    return [
        *_acces_ouverts(v, departement, unes, le),
        *_fermes(v, departement, faits),
        *_mandants(v, departement, unes, faits),
        *_muets(unes, faits, le),
        *_sans_convention(unes, faits, le),
    ]


def _ecart(genre: str, une: Convention, dit: str) -> Ecart:
    return Ecart(genre, une.guichet, une.nom, une.organisme, dit)


def _sans_convention(
    unes: Iterable[Convention], faits: Mapping[str, Actes], le: dt.date
) -> Iterable[Ecart]:
    for une in unes:
        fait = faits.get(une.guichet)
        if fait and fait.du_mois and une.sort(le, 0) not in {COURT, PROCHE}:
            combien = accorder(fait.du_mois, "acte dans le mois", "actes dans le mois")
            yield _ecart("sans", une, f"{combien} ; convention {une.dire(le, 0)}")


def _fermes(v: Lecture, departement: str, faits: Mapping[str, Actes]) -> Iterable[Ecart]:
    for un in registre(v, departement, mois_controles(v, departement)[-1]):
        fait, ferme = faits.get(un["guichet"]), un["date_fermeture"]
        if fait and ferme and fait.dernier > ferme:
            dit = f"fermé le {ecrire_jour(ferme)}, dernier acte le {ecrire_jour(fait.dernier)}"
            nom = un["nom"] or un["guichet"]
            yield Ecart("ferme", un["guichet"], nom, un["organisme"], dit)


def _muets(unes: Iterable[Convention], faits: Mapping[str, Actes], le: dt.date) -> Iterable[Ecart]:
    depuis = le - relativedelta(months=reglages()["sans_acte"])
    for une in unes:
        if une.effet is None or une.effet > depuis or une.fini:
            continue
        fait = faits.get(une.guichet)
        if fait is None or fait.dernier <= depuis:
            dit = f"dernier acte le {ecrire_jour(fait.dernier)}" if fait else "aucun acte"
            yield _ecart("muet", une, dit)


def _acces_ouverts(
    v: Lecture, departement: str, unes: Iterable[Convention], le: dt.date
) -> Iterable[Ecart]:
    """Yield the guichets that closed, or whose organisme withdrew, and whose accesses are open."""
    livraison = v.version.de(departement)[-1]
    ouverts: dict[str, int] = {}
    for acces in utilisateurs(v, livraison):
        ouverts[acces["guichet"]] = ouverts.get(acces["guichet"], 0) + acces["ouvert"]
    finies = {une.guichet for une in unes if une.fini}
    for un in registre(v, departement, mois_controles(v, departement)[-1]):
        ferme = un["date_fermeture"]
        fini = un["guichet"] in finies or (ferme is not None and ferme <= le)
        if fini and (combien := ouverts.get(un["guichet"], 0)):
            nom = un["nom"] or un["guichet"]
            dit = accorder(combien, "accès encore ouvert", "accès encore ouverts")
            yield Ecart("acces", un["guichet"], nom, un["organisme"], dit)


def _mandants(
    v: Lecture, departement: str, unes: Iterable[Convention], faits: Mapping[str, Actes]
) -> Iterable[Ecart]:
    par_guichet = {une.guichet: une for une in unes}
    for une in toutes(v, departement, PROCEDURE):
        if une.situation.finie:
            continue
        for guichet in une.situation.dite("mandats") or []:
            fait, sienne = faits.get(guichet), par_guichet.get(guichet)
            if fait and fait.du_mois and sienne:
                combien = accorder(fait.du_mois, "acte dans le mois", "actes dans le mois")
                yield _ecart("mandant", sienne, f"{combien}, malgré le mandat de {une.id}")


# --- What a service leaves ------------------------------------------------------------------------


def a_confier(
    v: Lecture, departement: str, guichets: Iterable[str]
) -> list[tuple[str | None, int]]:
    """Return the active demandes of guichets, counted by commune first asked for, most first.

    As the newest delivery left them: whoever closes confides them to the guichets of these places.
    """
    etat = v.version.etats.get(departement)
    if etat is None:
        return []
    lus = sql_archives(contrat().tables["radiation"], [v.dossier.etats / etat])
    return v.tuples(
        "SELECT commune_log_recherche, count(*)::INTEGER AS nombre "
        f"FROM {v.filtrer('etats', f'({lus})')} "
        "WHERE statut = 'active' AND list_contains($guichets, guichet_enregistreur) "
        "GROUP BY ALL ORDER BY nombre DESC, commune_log_recherche",
        {"guichets": list(guichets)},
    )
