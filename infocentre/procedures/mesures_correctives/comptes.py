"""What waits for someone, what answers say, what a rule would do: each count has one definition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infocentre.affaires import Affaire, Constat
from infocentre.affaires.donnees import CasRepondu
from infocentre.catalogue import Indicateur
from infocentre.lecture.affaires import NOMMABLE, affaires, constats, noms, selon_les_affaires
from infocentre.lecture.commun import registre
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.etats import MAUVAIS
from infocentre.noyau.francais import accorder, simplifier
from infocentre.procedures.mesures_correctives.promesses import (
    contestation,
    livraisons_sans_rouge,
    plans_non_tenus,
)
from infocentre.procedures.mesures_correctives.propositions import Proposition, a_ouvrir


def dernieres_reponses(une: Affaire) -> dict[tuple[str, str], CasRepondu]:
    """Return {(constat, case): what was last answered of it}."""
    return {
        (un["constat"], un["unite"]): un
        for rendue in une.situation.tous("repondre")
        for un in rendue.donnees.get("unites") or ()
    }


def justifies(une: Affaire) -> dict[str, frozenset[str]]:
    """Return {constat: the cases that its last answers say are justified}: they stay in the rate.

    What is answered of a case later replaces what was before.
    """
    par_constat: dict[str, set[str]] = {}
    for (constat, unite), un in dernieres_reponses(une).items():
        if un["sort"] == "justifie":
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

    relances = dues("relance")  # until they are sent, however late the answer is
    relancees = {une.id for une in relances}
    silences = tuple(une for une in dues("reponse") if une.id not in relancees)
    silencieuses = {une.id for une in silences} | relancees
    return Comptes(
        tuple(a_ouvrir(v, departement, mois, jour)),
        dans("a_proposer"),
        dans("propose"),
        tuple(une for une in dans("signale", "relance") if une.id not in silencieuses),
        relances,
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
