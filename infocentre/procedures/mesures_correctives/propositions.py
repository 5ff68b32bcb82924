"""What a month gives reason to tell organismes: of published values only.

Rouge or à traiter, enough units, a month whose units are in, more than what chance gives. It is
told by organisme and family of indicators, its guichets inside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from infocentre.affaires import Affaire, Constat
from infocentre.catalogue import Indicateur
from infocentre.catalogue.familles import famille, rang
from infocentre.lecture.affaires import affaires
from infocentre.lecture.commun import mois_controles, par_version, registre
from infocentre.lecture.extraits import anomalies_du_mois
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois, saisies_tardives
from infocentre.lecture.jugement import juger_depuis
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Valeur
from infocentre.noyau.etats import EFFECTIF_MINIMAL, MAUVAIS, en_sql
from infocentre.noyau.francais import accorder, enumerer
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import mois_apres, nom_mois

CAS_MINIMAUX = 5  # of tolérance zéro under EFFECTIF_MINIMAL units: fewer may be chance
_MAUVAISES = f"""
SELECT v.*,
    (SELECT coalesce(max(mois), '') FROM valeurs AS a
     WHERE a.niveau = 'guichet' AND a.departement = v.departement AND a.code = v.code
        AND a.guichet = v.guichet AND a.mois < v.mois
        AND a.etat NOT IN {en_sql(MAUVAIS)}) AS dernier_bon
FROM valeurs AS v
WHERE v.departement = $departement AND v.mois = $mois AND v.niveau = 'guichet'
    AND v.etat IN {en_sql(MAUVAIS)}
"""


class _Mauvaise(Valeur):
    dernier_bon: str


class Fait(NamedTuple):
    """A value of a guichet that is to be told, since which month it has been so."""

    un: Indicateur
    valeur: Valeur
    guichet: str
    nom: str
    depuis: str

    @property
    def numerateur(self) -> int:
        """Units in anomaly, of the window that the state rests on."""
        return int(self.valeur["n_etat"] or 0)

    @property
    def denominateur(self) -> int:
        """Units judged."""
        return int(self.valeur["d_etat"] or 0)


@dataclass(frozen=True, slots=True)
class Proposition:
    """What a month proposes to tell an organisme, of one family of indicators.

    `avant` are the affaires of the same organisme and family, whatever became of them; `premier`
    is the first published month, before which nothing is known.
    """

    departement: str
    mois: str
    organisme: str
    nom: str
    sujet: str
    faits: tuple[Fait, ...]
    avant: tuple[Affaire, ...] = ()
    premier: str = ""

    @property
    def titre(self) -> str:
        """The family as people read it."""
        return famille(self.sujet).titre

    @property
    def depuis(self) -> str:
        """The first month since which something of it has been so."""
        return min(un.depuis for un in self.faits)

    @property
    def motif(self) -> str:
        """Say why, in a sentence."""
        guichets = len({un.guichet for un in self.faits})
        codes = list(dict.fromkeys(un.un.libelle for un in self.faits))
        dits = enumerer([f"« {un} »" for un in codes])
        ou = f" dans {accorder(guichets, 'guichet')}" if guichets > 1 else ""
        return f"{dits}{ou}, {dire_depuis(self.depuis, self.premier)}"


def dire_depuis(mois: str, premier: str) -> str:
    """Return « depuis juin 2026 », « au moins » when nothing is known of before."""
    return f"depuis {nom_mois(mois)}{' au moins' if mois == premier else ''}"


@par_version
def faits_a_dire(v: Lecture, departement: str, mois: str) -> tuple[Fait, ...]:
    """Return the values of guichets that a month gives reason to tell; grain: guichet × code."""
    filtres = Filtres(departement, mois)
    catalogue = catalogue_du_mois(v, filtres)
    tardives = saisies_tardives(v, departement, mois)
    noms = {une["guichet"]: une for une in registre(v, departement, mois)}
    lignes = v.lignes(_MAUVAISES, {"departement": departement, "mois": mois}, _Mauvaise)
    faits = []
    for une in lignes:
        un = catalogue.indicateurs.get(une["code"])
        if un is None or une["guichet"] not in noms or not _a_dire(un, une, tardives):
            continue
        depuis = _depuis(v, une)
        if depuis == mois and _regle_changee(v, departement, mois, un):
            continue
        nom = noms[une["guichet"]]["nom"] or une["guichet"]
        faits.append(Fait(un, une, une["guichet"], nom, depuis))
    return tuple(sorted(faits, key=lambda f: (f.guichet, f.un.ordre)))


def _depuis(v: Lecture, une: _Mauvaise) -> str:
    """Return the first month on end, among those published, of a value that is bad."""
    connus = mois_controles(v, une["departement"])
    return next((un for un in connus if une["dernier_bon"] < un), une["mois"])


def _regle_changee(v: Lecture, departement: str, mois: str, un: Indicateur) -> bool:
    """Tell whether the month before was judged by another rule: what it makes bad waits a month."""
    avant = [m for m in mois_controles(v, departement) if m < mois]
    if not avant:
        return False
    ancien = catalogue_du_mois(v, Filtres(departement, avant[-1])).indicateurs.get(un.code)
    return ancien is None or ancien.version != un.version


def _a_dire(un: Indicateur, une: Valeur, tardives: Iterable[str]) -> bool:
    """Tell whether a bad value says something of the guichet that answers for it."""
    if un.imputable in {PERSONNE, "gestionnaire"}:
        return False
    jeune = une["fenetre"] == "mois" and une["denominateur_12m"] is not None and un.code in tardives
    if un.tolerance_zero:
        cas = max(int(une["n_etat"] or 0), int(une["numerateur_12m"] or 0))
        unites = max(int(une["d_etat"] or 0), int(une["denominateur_12m"] or 0))
        return not jeune and cas > 1 and (unites >= EFFECTIF_MINIMAL or cas >= CAS_MINIMAUX)
    return not jeune and int(une["d_etat"] or 0) >= EFFECTIF_MINIMAL


def propositions(v: Lecture, departement: str, mois: str) -> list[Proposition]:
    """Return what a month gives reason to tell, by organisme and family, by name."""
    inscrits = {une["guichet"]: une for une in registre(v, departement, mois)}
    noms = noms_organismes(inscrits.values())
    groupes: dict[tuple[str, str], list[Fait]] = {}
    for fait in faits_a_dire(v, departement, mois):
        organisme = inscrits[fait.guichet]["organisme"]
        if v.voit("organisme", organisme):
            groupes.setdefault((organisme, fait.un.famille), []).append(fait)
    connues = affaires(v, departement, finies=True)
    premier = next(iter(mois_controles(v, departement)), "")
    toutes = [
        Proposition(
            departement,
            mois,
            organisme,
            noms.get(organisme, organisme),
            sujet,
            tuple(faits),
            tuple(une for une in connues if (une.objet, une.sujet) == (organisme, sujet)),
            premier,
        )
        for (organisme, sujet), faits in groupes.items()
    ]
    return sorted(toutes, key=lambda une: (une.nom, rang(une.sujet)))


def a_ouvrir(v: Lecture, departement: str, mois: str, jour: dt.date) -> list[Proposition]:
    """Return the propositions that no affaire says yet: none is open, none was just set aside."""
    return [une for une in propositions(v, departement, mois) if neuve(v, une, jour)]


def neuve(v: Lecture, une: Proposition, jour: dt.date) -> bool:
    """Tell whether a proposition says something that its earlier affaires do not.

    What was set aside, or contested with reason, is not told again for a time; what was put right
    is when the months since are bad again, whatever the year says.
    """
    if any(not autre.situation.finie for autre in une.avant):
        return False
    finies = [autre for autre in une.avant if autre.etat in {"ecarte", "clos"}]
    if not finies:
        return True
    derniere = finies[-1].situation.evenements[-1]
    if derniere.donnees.get("issue") == "corrige":
        depuis = mois_apres(f"{derniere.jour:%Y-%m}")
        connu = catalogue_du_mois(v, Filtres(une.departement, une.mois))
        juges = (juger_depuis(v, connu, f.un, f.valeur, depuis) for f in une.faits)
        return any(un.mauvais for un in juges)
    delai = finies[-1].reglages["delai_ecart"]
    return (jour - derniere.jour).days >= delai


def figer(v: Lecture, une: Proposition) -> list[Constat]:
    """Return what is told of a proposition, with the cases behind it: it will never change."""
    return [_figer(v, une, fait) for fait in une.faits]


def _figer(v: Lecture, une: Proposition, fait: Fait) -> Constat:
    douze_mois = fait.valeur["fenetre"] == "12m"
    unites = unites_du_mois(v, une.departement, une.mois, fait.un.code, douze_mois)
    connu = catalogue_du_mois(v, Filtres(une.departement, une.mois))
    stock = connu.populations[fait.un.population].nature == "stock"
    return Constat(
        une.departement,
        fait.guichet,
        fait.nom,
        fait.un.code,
        fait.un.libelle,
        fait.un.version,
        une.mois,
        v.version.numero,
        fait.numerateur,
        fait.denominateur,
        fait.valeur["borne_basse"],
        fait.valeur["borne_haute"],
        fait.valeur["etat"],
        "stock" if stock else fait.valeur["fenetre"],
        fait.depuis,
        unites.get(fait.guichet, ()),
    )


Unite = tuple[str, str, str, str]


@par_version
def unites_du_mois(
    v: Lecture,
    departement: str,
    mois: str,
    code: str,
    douze_mois: bool,  # noqa: FBT001
) -> Mapping[str, tuple[Unite, ...]]:
    """Return the cases behind the numerators of an indicator, by guichet."""
    livraison = v.version.publiee(departement, mois)
    if livraison is None:
        return {}
    siennes: dict[str, list[Unite]] = {}
    with anomalies_du_mois(v, [livraison], code, guichet=None, douze_mois=douze_mois) as relation:
        lues = relation.project("guichet, unite, numero_unique, jour, explication").fetchall()
    for guichet, unite, numero, jour, explication in lues:
        siennes.setdefault(guichet, []).append(
            (str(unite), numero or "", jour.isoformat() if jour else "", explication or "")
        )
    return {guichet: tuple(sorted(unites)) for guichet, unites in siennes.items()}
