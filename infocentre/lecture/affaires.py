"""What is asked of organismes, as whoever reads may see it: each count has one definition, here.

What is proposed of a month rests on published values only: rouge or à traiter, enough units, a
month whose units are in, more than what chance gives. It is told by organisme and family of
indicators, its guichets inside.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

from infocentre.affaires import Acteur, Affaire, Affaires, Constat, procedures
from infocentre.affaires.gardes import contestation, livraisons_sans_rouge, plans_non_tenus
from infocentre.affaires.registre import MESURES
from infocentre.affaires.reglages import signature
from infocentre.catalogue import Indicateur
from infocentre.catalogue.familles import famille, rang
from infocentre.decisions import magasin_present, utilisateur
from infocentre.decisions.chaine import Tete
from infocentre.lecture.commun import mois_controles, par_version, registre
from infocentre.lecture.extraits import anomalies_du_mois, unites_livrees
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois, saisies_tardives
from infocentre.lecture.jugement import Juge, juger_depuis
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import inscrits_des_organismes
from infocentre.lecture.lignes import Inscription, Valeur
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import EFFECTIF_MINIMAL, MAUVAIS, Etat, en_sql
from infocentre.noyau.francais import accorder, enumerer, simplifier
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.memoire import Memoire
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import mois_apres, mois_avant, nom_mois

CONTACTS = (
    "signaler",
    "relancer",
    "repondre",
    "recevoir_plan",
    "formaliser",
    "demander_observations",
    "recevoir_observations",
)
CAS_MINIMAUX = 5  # of tolérance zéro under EFFECTIF_MINIMAL units: fewer may be chance
NOMMABLE = 2  # the step from which an organisme may be named to the comité and the préfet

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


def registre_des_affaires(v: Lecture) -> Affaires | None:
    """Return the affaires of the data directory, None when there never was one."""
    magasin = magasin_present(v.dossier.racine)
    return Affaires(magasin, Acteur(utilisateur())) if magasin else None


def tete(v: Lecture) -> Tete | None:
    """Return the head of the chain of events, None before the first."""
    affaires = registre_des_affaires(v)
    lue = affaires.tete() if affaires else None
    return lue if lue and lue.rang else None


@dataclass(frozen=True, slots=True)
class _Lues:
    """The affaires of a département at a head of the chain, and the guichets that each tells of.

    `etat` is the same as long as none has a new event.
    """

    tete: Tete
    reglages: Hashable
    affaires: tuple[Affaire, ...]
    guichets: Mapping[str, frozenset[str]]
    etat: Hashable = field(default_factory=object)


_GARDEES, _TIREES = 8, 64
_LUES: Memoire[_Lues] = Memoire(_GARDEES)


def _lire(v: Lecture, departement: str) -> _Lues | None:
    """Return the affaires of a département: of those read before, what has new events again."""
    lues = registre_des_affaires(v)
    if lues is None:
        return None
    tete, reglages = lues.tete(), signature()
    return _LUES.lire(
        (lues.lieu, departement),
        lambda avant: _relire(lues, departement, avant, tete, reglages),
        (tete, reglages),
    )


def _relire(
    lues: Affaires, departement: str, avant: _Lues | None, tete: Tete, reglages: Hashable
) -> _Lues:
    memes = avant if avant and avant.reglages == reglages else None
    changees = lues.changees(departement, memes.tete) if memes else None
    if memes is None or changees is None:
        toutes = tuple(lues.lister(departement, finies=True))
        return _Lues(tete, reglages, toutes, lues.guichets(toutes))
    if not changees:
        return replace(memes, tete=tete)
    par_id = {une.id: une for une in (*memes.affaires, *changees)}
    siennes = tuple(par_id[id_] for id_ in sorted(par_id))
    return _Lues(tete, reglages, siennes, {**memes.guichets, **lues.guichets(changees)})


P = ParamSpec("P")
T = TypeVar("T")
Calcul = Callable[Concatenate[Lecture, str, P], T]


def selon_les_affaires(calcul: Calcul[P, T]) -> Calcul[P, T]:
    """Keep what is worked out of a département while its affaires and the data are the same.

    The other arguments are hashable, and nobody changes what is returned.
    """
    gardes: Memoire[T] = Memoire(_TIREES)

    @functools.wraps(calcul)
    def lire(v: Lecture, departement: str, /, *arguments: P.args, **nommes: P.kwargs) -> T:
        lues = _lire(v, departement)
        return gardes.lire(
            (*v.cle, departement, *arguments, *sorted(nommes.items())),
            lambda _: calcul(v, departement, *arguments, **nommes),
            lues and lues.etat,
        )

    return lire


def affaires(v: Lecture, departement: str, *, finies: bool = False) -> tuple[Affaire, ...]:
    """Return the affaires of a département that the reader may see, oldest first.

    Those at an end are left out unless `finies`.
    """
    vues = _affaires_vues(v, departement)
    return vues if finies else tuple(une for une in vues if not une.situation.finie)


def _affaires_vues(v: Lecture, departement: str) -> tuple[Affaire, ...]:
    lues = _lire(v, departement)
    if lues is None or not v.p.partiel:
        return lues.affaires if lues else ()
    return tuple(une for une in lues.affaires if _vue(v, une, lues.guichets[une.id]))


def comptees(v: Lecture, departement: str) -> tuple[Affaire, ...]:
    """Return the affaires that counts of a period are of, whatever became of them.

    A count names nobody: who reads what the comité may know has the same as who conducts them.
    """
    if v.p.nommables and v.p.voit(departement):
        lues = _lire(v, departement)
        return lues.affaires if lues else ()
    return affaires(v, departement, finies=True)


def _vue(v: Lecture, une: Affaire, guichets: frozenset[str]) -> bool:
    """Tell whether a reader sees an affaire: all of it, what the comité knows, or what was told.

    Who sees some guichets sees what was told of them, not what is only thought of.
    """
    if not v.p.partiel or (v.p.nommables and une.etape >= NOMMABLE):
        return True
    return une.situation.dernier("signaler") is not None and any(map(v.p.voit_guichet, guichets))


@selon_les_affaires
def mesures_suivies(v: Lecture, departement: str) -> Mapping[str, list[Affaire]]:
    """Return {guichet or organisme: the affaires that are under way about it}."""
    lues = _lire(v, departement)
    par_cle: dict[str, list[Affaire]] = {}
    for une in affaires(v, departement):
        if une.etape and lues:
            for cle in (une.objet, *sorted(lues.guichets.get(une.id, ()))):
                par_cle.setdefault(cle, []).append(une)
    return par_cle


def de_la_demande(v: Lecture, departement: str, numero: str) -> list[Affaire]:
    """Return the affaires that tell of a demande, whatever became of them."""
    lues = registre_des_affaires(v)
    cites = lues.citant(numero) if lues else frozenset()
    return [une for une in affaires(v, departement, finies=True) if une.id in cites]


def a_taire(v: Lecture, departement: str) -> frozenset[str]:
    """Return the guichets and organismes that measures do not let be named outside the service.

    Something was asked of them, and none of it has reached the step from which it may be told.
    """
    return frozenset(
        cle
        for cle, siennes in mesures_suivies(v, departement).items()
        if max(une.etape for une in siennes) < NOMMABLE
    )


def soumises(v: Lecture, departement: str) -> tuple[Affaire, ...]:
    """Return the affaires that the comité or the préfet has, oldest first."""
    return tuple(une for une in affaires(v, departement) if une.etat in {"soumis", "transmis"})


def une_affaire(v: Lecture, id_: str) -> Affaire:
    """Return an affaire that the reader may see; raise Refus."""
    lues = registre_des_affaires(v)
    trouvee = lues.lire(id_) if lues else None
    if (
        lues is None
        or trouvee is None
        or trouvee.situation.procedure.code != MESURES
        or not v.p.voit(trouvee.departement)
        or not _vue(v, trouvee, lues.guichets([trouvee])[trouvee.id])
    ):
        raise Refus(
            f"l'affaire « {id_[:24]} » n'existe pas", que_faire="Les affaires : infocentre mesures"
        )
    return trouvee


def constats(v: Lecture, *siennes: Affaire) -> list[Constat]:
    """Return what was told in affaires, frozen: of the guichets that the reader may see by name.

    Who reads what the comité may know reads all of it.
    """
    return constats_de(v, [un for une in siennes for un in une.constats])


def constats_de(v: Lecture, ids: Iterable[str]) -> list[Constat]:
    """Return these constats, of the guichets that the reader may see by name, as `constats`."""
    lues = registre_des_affaires(v)
    dits = lues.constats(ids) if lues else []
    if not v.p.partiel or v.p.nommables:
        return dits
    return [un for un in dits if v.p.voit_guichet(un.guichet)]


def justifies(une: Affaire) -> dict[str, frozenset[str]]:
    """Return {constat: the cases that its last answers say are justified}: they stay in the rate.

    What is answered of a case later replaces what was before.
    """
    sorts_dits: dict[tuple[str, str], str] = {}
    for un in une.situation.tous("repondre"):
        for cas in un.donnees.get("unites") or ():
            sorts_dits[cas["constat"], cas["unite"]] = cas["sort"]
    par_constat: dict[str, set[str]] = {}
    for (constat, unite), sort in sorts_dits.items():
        if sort == "justifie":
            par_constat.setdefault(constat, set()).add(unite)
    return {constat: frozenset(unites) for constat, unites in par_constat.items()}


def taux_net(un: Constat, justifiees: frozenset[str]) -> float | None:
    """Return the rate of a constat without its justified cases, None without a unit."""
    restantes = un.numerateur - len(justifiees & {une[0] for une in un.unites})
    return restantes / un.denominateur if un.denominateur else None


def causes_communes(siennes: Iterable[Affaire]) -> dict[str, tuple[Affaire, ...]]:
    """Return {cause: the affaires that people said it explains}, those of most affaires first.

    The last cause said of an affaire holds; capitals and accents make no other cause.
    """
    mots: dict[str, str] = {}
    groupes: dict[str, list[Affaire]] = {}
    for une in siennes:
        if dite := une.situation.dernier("regrouper"):
            cause = dite.donnees["cause_commune"]
            cle = simplifier(cause)
            mots.setdefault(cle, cause)
            groupes.setdefault(cle, []).append(une)
    rangees = sorted(groupes.items(), key=lambda un: (-len(un[1]), un[0]))
    return {mots[cle]: tuple(dites) for cle, dites in rangees}


@selon_les_affaires
def causes_dites(v: Lecture, departement: str) -> Mapping[str, tuple[Affaire, ...]]:
    """Return the common causes of the affaires that the reader sees in a département."""
    return causes_communes(affaires(v, departement, finies=True))


# --- What the month proposes ----------------------------------------------------------------------


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
    unites = _unites(v, une.departement, une.mois, fait.un.code, douze_mois)
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
def _unites(
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


# --- What the next deliveries say -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sort:
    """What a month says of a constat: its cases by what became of them, the state it has.

    `unites` are the cases by sort: corrigee, sortie, encore, nouvelle, and passee for a past fact.
    The counts are those of the month alone; `juge` is what the state rests on.
    """

    constat: Constat
    mois: str
    unites: Mapping[str, tuple[str, ...]]
    numerateur: int
    denominateur: int
    juge: Juge

    @property
    def depasse(self) -> bool | None:
        """Tell whether it is still rouge or à traiter; None: the months say nothing of it."""
        return self.juge.mauvais

    @property
    def compte(self) -> dict[str, object]:
        """Return the counts as an event keeps them."""
        dits = {
            "guichet": self.constat.guichet,
            "code": self.constat.code,
            "constat": self.constat.id,
            "numerateur": self.numerateur,
            "denominateur": self.denominateur,
            "etat": str(self.juge.etat),
            "jugees": self.juge.denominateur,
            "en_anomalie": self.juge.numerateur,
            "depuis": self.juge.depuis,
            "depasse": self.depasse,
            **{nom: len(unites) for nom, unites in self.unites.items()},
        }
        return {nom: dit for nom, dit in dits.items() if dit not in {None, ""}}


def sorts(
    v: Lecture, dits: Sequence[Constat], mois: str, depuis: Mapping[str, str] | None = None
) -> list[Sort]:
    """Return what the delivery of a month says of what was told.

    `depuis` is {constat: the first month that counts for a past fact}, the one that follows what
    was told unless it is there.
    """
    return [_sort(v, un, mois, (depuis or {}).get(un.id) or mois_apres(un.mois)) for un in dits]


def _sort(v: Lecture, un: Constat, mois: str, depuis: str) -> Sort:
    filtres = Filtres(un.departement, mois)
    catalogue = catalogue_du_mois(v, filtres)
    indicateur = catalogue.indicateurs.get(un.code)
    valeur = _valeurs_du_mois(v, un.departement, mois).get((un.code, un.guichet))
    n, d = (
        int(valeur["numerateur"] or 0) if valeur else 0,
        int(valeur["denominateur"] or 0) if valeur else 0,
    )
    if indicateur is None:
        return Sort(un, mois, {}, n, d, Juge(Etat.NON_CALCULABLE))
    stock = catalogue.populations[indicateur.population].nature == "stock"
    du_mois = _unites(v, un.departement, mois, un.code, False).get(un.guichet, ())  # noqa: FBT003
    avant = {une[0] for une in un.unites}
    nouvelles = tuple(une[0] for une in du_mois if une[0] not in avant)
    unites: dict[str, tuple[str, ...]] = {"nouvelle": nouvelles}
    if indicateur.a_corriger:
        listees = _listees(v, un.departement, mois, un.code, stock=stock)
        devenirs = _devenir(v, un, mois, listees, stock)
        unites |= {nom: tuple(u for u in sorted(avant) if devenirs[u] == nom) for nom in DEVENIRS}
    else:
        unites["passee"] = tuple(sorted(avant))
    return Sort(un, mois, unites, n, d, juger_depuis(v, catalogue, indicateur, valeur, depuis))


DEVENIRS = ("corrigee", "sortie", "encore")


@par_version
def _valeurs_du_mois(v: Lecture, departement: str, mois: str) -> Mapping[tuple[str, str], Valeur]:
    lignes = v.lignes(
        "SELECT * FROM valeurs WHERE departement = $d AND mois = $m AND niveau = 'guichet'",
        {"d": departement, "m": mois},
        Valeur,
    )
    return {(une["code"], une["guichet"]): une for une in lignes}


def _listees(v: Lecture, departement: str, mois: str, code: str, *, stock: bool) -> set[str]:
    """Return the units that the delivery of a month lists in anomaly, wherever they are now."""
    toutes = _unites(v, departement, mois, code, not stock)
    return {une[0] for siennes in toutes.values() for une in siennes}


def _devenir(
    v: Lecture,
    un: Constat,
    mois: str,
    listees: set[str],
    stock: bool,  # noqa: FBT001
) -> dict[str, str]:
    """Return what became of each case by a month.

    Of a stock, the follow-up tells a case put right from one that left with its demande. Of a
    flow, an act is put right when the delivery has it and lists it no more; one that the delivery
    has no more left the file, as it does with the 12 months: what was done of it is not known.
    """
    sorties = _sorties(v, un.departement, un.code, un.mois, mois) if stock else frozenset[str]()
    livrees = frozenset[str]() if stock else _livrees(v, un.departement, mois, un.code)
    premier = mois_avant(mois, 11)
    devenirs = {}
    for unite, _, jour, _ in un.unites:
        if unite in listees:
            devenirs[unite] = "encore"
        elif stock:
            devenirs[unite] = "sortie" if unite in sorties else "corrigee"
        else:
            partie = unite not in livrees or (jour and jour[:7] < premier)
            devenirs[unite] = "sortie" if partie else "corrigee"
    return devenirs


@par_version
def _livrees(v: Lecture, departement: str, mois: str, code: str) -> frozenset[str]:
    """Return the units that the delivery of a month has, of the population of an indicator."""
    livraison = v.version.publiee(departement, mois)
    catalogue = catalogue_du_mois(v, Filtres(departement, mois))
    if livraison is None:
        return frozenset()
    population = catalogue.populations[catalogue.indicateurs[code].population]
    return unites_livrees(v, livraison, population)


@par_version
def _sorties(v: Lecture, departement: str, code: str, depuis: str, mois: str) -> frozenset[str]:
    """Return the units of a stock whose last anomaly, by a month, ended with their demande."""
    suivi = v.suivi(departement)
    if suivi is None:
        return frozenset()
    lues = v.tuples(
        f"SELECT unite, arg_max(motif_cloture, mois_cloture) FROM {suivi} WHERE code = $code "
        "AND mois_cloture > $depuis AND mois_cloture <= $mois GROUP BY unite",
        {"code": code, "depuis": depuis, "mois": mois},
    )
    return frozenset(unite for unite, motif in lues if motif == "sortie")


# --- Counts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comptes:
    """What waits for someone, on a day: each list has the affaires that its count counts."""

    a_ouvrir: tuple[Proposition, ...]
    a_proposer: tuple[Affaire, ...]
    a_envoyer: tuple[Affaire, ...]
    attendues: tuple[Affaire, ...]
    relances: tuple[Affaire, ...]
    silences: tuple[Affaire, ...]
    contestees: tuple[Affaire, ...]
    proches: tuple[Affaire, ...]
    a_clore: tuple[Affaire, ...]
    a_formaliser: tuple[Affaire, ...]
    a_revoir: tuple[Affaire, ...]


PROCHE = 7  # days


@selon_les_affaires
def compter(v: Lecture, departement: str, mois: str, jour: dt.date) -> Comptes:
    """Return what waits for someone: what the month proposes, answers due, what may be done."""
    toutes = affaires(v, departement)

    def dans(*etats: str) -> tuple[Affaire, ...]:
        return tuple(une for une in toutes if une.etat in etats)

    def dues(nature: str) -> tuple[Affaire, ...]:
        return tuple(
            une
            for une in toutes
            if any(e.nature == nature and e.due <= jour for e in une.echeances)
        )

    silences = dues("reponse")
    silencieuses = {une.id for une in silences}
    return Comptes(
        tuple(a_ouvrir(v, departement, mois, jour)),
        dans("a_proposer"),
        dans("propose"),
        tuple(une for une in dans("signale", "relance") if une.id not in silencieuses),
        tuple(une for une in dues("relance") if une.id not in silencieuses),
        silences,
        tuple(une for une in toutes if a_trancher(une)),
        tuple(
            une for une in toutes if une.echeance and 0 <= (une.echeance.due - jour).days <= PROCHE
        ),
        tuple(une for une in toutes if a_clore(une)),
        tuple(une for une in toutes if a_formaliser(une)),
        tuple(une for une in toutes if une.a_revoir),
    )


@dataclass(frozen=True, slots=True)
class SuitesDeRegle:
    """What a changed rule would do to measures: nothing leaves, a person decides of each.

    `ouvriraient` are organismes by name, `a_revoir` the affaires that rest on the rule,
    `cesseraient` those of which nothing would be bad any more, `nommees` the names among these
    that the comité knows.
    """

    ouvriraient: tuple[str, ...]
    a_revoir: tuple[str, ...]
    cesseraient: tuple[str, ...]
    nommees: tuple[str, ...]

    @property
    def dites(self) -> str:
        """Return it in a sentence."""
        quoi = (
            (self.ouvriraient, "organisme serait à signaler", "organismes seraient à signaler"),
            (self.a_revoir, "affaire serait à revoir", "affaires seraient à revoir"),
            (self.cesseraient, "n'aurait plus d'objet", "n'auraient plus d'objet"),
            (
                self.nommees,
                "nom connu du comité serait en cause",
                "noms connus du comité seraient en cause",
            ),
        )
        dits = [
            f"{accorder(len(siens), un, plusieurs)} ({', '.join(siens)})"
            for siens, un, plusieurs in quoi
            if siens
        ]
        suite = " ; ".join(dits) or "aucune affaire ne serait ouverte ni revue"
        return f"Mesures correctives : {suite}. Aucun message ne part d'un changement de règle."


def suites_d_une_regle(
    v: Lecture, un: Indicateur, departement: str, mois: str, etats: Mapping[str, tuple[str, str]]
) -> SuitesDeRegle:
    """Return what measures become if a rule changes; `etats`: {guichet: (before, after)}."""
    bascules = {g: (avant in MAUVAIS, apres in MAUVAIS) for g, (avant, apres) in etats.items()}
    entrent = {g for g, sens in bascules.items() if sens == (False, True)}
    sortent = {g for g, sens in bascules.items() if sens == (True, False)}
    inscrits = {une["guichet"]: une["organisme"] for une in registre(v, departement, mois)}
    connus, ouvertes = noms(v, departement, mois), affaires(v, departement)
    deja = {une.objet for une in ouvertes if une.sujet == un.famille}
    neufs = {inscrits[g] for g in entrent if g in inscrits} - deja
    dits = {une.id: constats(v, une) for une in ouvertes}
    concernees = [une for une in ouvertes if any(c.code == un.code for c in dits[une.id])]
    cessent = [
        une
        for une in concernees
        if all(c.code == un.code and c.guichet in sortent for c in dits[une.id])
    ]
    return SuitesDeRegle(
        tuple(sorted(connus.get(cle, cle) for cle in neufs)),
        tuple(une.id for une in concernees),
        tuple(une.id for une in cessent),
        tuple(connus.get(une.objet, une.objet) for une in cessent if une.etape >= NOMMABLE),
    )


def a_clore(une: Affaire) -> bool:
    """Tell whether closing is proposed: so many deliveries on end without rouge."""
    voulues = une.reglages["livraisons_sans_rouge"]
    return (
        une.etape > 0
        and not une.situation.finie
        and livraisons_sans_rouge(une.situation) >= voulues
    )


def a_trancher(une: Affaire) -> bool:
    """Tell whether what was answered contests, and waits for someone to maintain it or close."""
    possibles = une.situation.procedure.possibles(une.etat)
    return "maintenir" in possibles and contestation(une.situation) is not None


def a_formaliser(une: Affaire) -> bool:
    """Tell whether step 2 is proposed: no answer came, or the plan was not kept."""
    if une.etape != 1:
        return False
    voulues = une.reglages["livraisons_non_tenues"]
    return une.etat == "sans_reponse" or plans_non_tenus(une.situation) >= voulues


@selon_les_affaires
def noms(v: Lecture, departement: str, mois: str) -> Mapping[str, str]:
    """Return {organisme: name} of the register at a month, with those of the affaires seen."""
    connus = noms_organismes(registre(v, departement, mois))
    if not v.p.nommables:
        return connus
    vus = {une.objet for une in affaires(v, departement, finies=True)}
    return noms_organismes(inscrits_des_organismes(v, departement, mois, vus)) | connus


def guichets_de(v: Lecture, departement: str, mois: str, organisme: str) -> list[Inscription]:
    """Return the guichets of an organisme at a month, by name."""
    return [une for une in registre(v, departement, mois) if une["organisme"] == organisme]


def procedure_des_mesures() -> str:
    """Return the title of the procedure."""
    return procedures()[MESURES].titre
