"""What waits in an affaire, and for whom: the next thing to do, since when, until when.

An affaire that is at an end waits for nothing. What waits is said by its state (`suite`, and no
`attend`), by a deadline that has come, by what was answered and not read, by a message of which
nobody knows whether it left, by a rule that changed: nothing else makes it wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from infocentre.affaires.echeances import Echeance, terme
from infocentre.affaires.gardes import contre, envoi_en_suspens
from infocentre.affaires.modele import LIRE, Role, Tache
from infocentre.affaires.registre import Affaire
from infocentre.affaires.situation import Evenement

TACHES: tuple[Tache, ...] = get_args(Tache)  # the most harmful first


@dataclass(frozen=True, slots=True)
class AFaire:
    """Something to do in an affaire: by which event (None: none does it by itself), since when.

    `due` is the day it was to be done by, or the deadline that has passed; `dit` says why, where
    the state of the affaire does not.
    """

    tache: Tache
    evenement: str | None
    depuis: dt.date
    due: dt.date | None = None
    dit: str = ""

    @property
    def rang(self) -> int:
        """Its place among what waits, 0 for what does the most harm."""
        return TACHES.index(self.tache)


def a_faire(une: Affaire, jour: dt.date) -> list[AFaire]:
    """Return what waits in an affaire for who conducts it: its next thing, nothing when none does.

    What a delay proposes waits until it is done, the oldest first: a reminder is not dropped
    because the answer is late as well.
    """
    if une.situation.finie:
        return []
    if suspens := envoi_en_suspens(une.situation):
        return [AFaire("suspens", None, suspens.jour)]
    if reponse := non_lue(une):
        return [AFaire("reponse", LIRE, reponse.jour)]
    if une.a_revoir:
        return [AFaire("doute", _levee(une), une.situation.evenements[-1].jour)]
    return [*_ensuite(une, jour)][:1]


def _ensuite(une: Affaire, jour: dt.date) -> Iterator[AFaire]:
    """Yield what a deadline proposes, what the state says is next, what others are late for."""
    tard = min((e.due for e in une.echeances if passee(e, jour)), default=None)
    for echue in une.echeances:
        if echue.propose and echue.due <= jour and permis(une, echue.propose, jour):
            tache = tache_de(une, echue.propose)
            yield AFaire(tache, echue.propose, echue.due, echue.due, echue.titre)
    suite = une.suite
    if suite and (tard or not une.attend) and permis(une, suite, jour):
        pressee = any(e.alerte and e.due <= jour for e in une.echeances)
        tache = "fenetre" if pressee else "retard" if une.attend else tache_de(une, suite)
        yield AFaire(tache, suite, tard if une.attend and tard else entree(une), tard)
    elif tard:
        titre = next(e.titre for e in une.echeances if passee(e, jour))
        yield AFaire("retard", _delai_accorde(une), tard, tard, titre)


def passee(e: Echeance, jour: dt.date) -> bool:
    """Tell whether a deadline of someone is over; what it proposes is another matter."""
    return e.due < jour and not (e.alerte or e.propose or e.a_terme)


def _delai_accorde(une: Affaire) -> str | None:
    """Return the event that gives more time to who is late, None when none does."""
    delais, possibles = une.situation.procedure.delais, une.situation.procedure.possibles(une.etat)
    suspendent = (nom for e in une.echeances for nom in delais[e.nature].suspendu_par)
    return next((nom for nom in suspendent if nom in possibles), None)


def _levee(une: Affaire) -> str | None:
    """Return the event by which a person says that an affaire was looked at again."""
    regles = une.procedure.evenements
    return next(
        (
            nom
            for nom in reversed(une.situation.procedure.possibles(une.etat))
            if nom in regles and regles[nom].doute == "leve" and not regles[nom].automatique
        ),
        None,
    )


def permis(une: Affaire, nom: str, jour: dt.date, role: Role = "gestionnaire") -> bool:
    """Tell whether an event is allowed on a day, whatever it carries: its state, role and guard."""
    regle = une.situation.procedure.transition(nom)
    if regle is None or role not in regle.qui or une.etat not in (*regle.de, *regle.reste):
        return False
    midi = dt.datetime.combine(jour, dt.time(12), dt.UTC)
    un = Evenement(une.id, nom, "", role, jour, midi, {})
    return contre(regle, une.situation, un, une.reglages) is None


def tache_de(une: Affaire, nom: str) -> Tache:
    """Return what an event is in the queue, as this version says."""
    regle = une.procedure.evenements.get(nom) or une.situation.procedure.regle(nom)
    return regle.tache


def entree(une: Affaire) -> dt.date:
    """Return the day on which an affaire came to its state."""
    regle = une.situation.procedure.regle
    faits = une.situation.evenements
    return next(
        (un.jour for un in reversed(faits) if regle(un.nom).vers == une.etat), faits[-1].jour
    )


def non_lue(une: Affaire) -> Evenement | None:
    """Return the last answer that came from an account, while nobody of the service has acted.

    Who acts on an affaire has it before their eyes: what was answered then is read.
    """
    for un in reversed(une.situation.evenements):
        regle = une.mots(un)
        if un.role == "gestionnaire" and not regle.automatique:
            return None
        if un.role == "guichet" and not regle.ouvre and regle.tache == "reponse":
            return un
    return None


def demande_a(une: Affaire, role: Role) -> AFaire | None:
    """Return what waits in an affaire for who only answers it, None when nothing does.

    It is asked of them as long as a deadline counts that an event of theirs would end, whatever
    was noted meanwhile; or when their event is what comes next.
    """
    regles, situation = une.situation.procedure, une.situation
    if situation.finie:
        return None
    leurs = [nom for nom in regles.possibles(une.etat) if role in regles.evenements[nom].qui]
    dus = []
    for nature, delai in regles.delais.items():
        attendus = [nom for nom in (*delai.annule_par, delai.propose) if nom in leurs]
        debut = situation.dernier(*delai.depuis)
        if not attendus or debut is None or situation.depuis(debut, *delai.annule_par):
            continue
        due = terme(situation, nature, une.reglages)
        dus.append(AFaire("reponse", attendus[0], debut.jour, due, delai.titre))
    if not dus and une.suite in leurs:
        return AFaire("reponse", une.suite, entree(une))
    # One that is the service's own, of the same answer, comes before: the last is theirs.
    return max(dus, key=lambda un: un.due or un.depuis, default=None)


def decide_par(une: Affaire, *roles: Role) -> AFaire | None:
    """Return what an affaire waits for of those who have no event in it, None when nothing."""
    etat = une.procedure.etats.get(une.etat)
    if une.situation.finie or etat is None or etat.attend_de not in roles:
        return None
    return AFaire("decision", None, entree(une), dit=une.attend)
