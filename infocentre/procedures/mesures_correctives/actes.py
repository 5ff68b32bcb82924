"""What a person does of measures by hand: of one, of all that wait; who answers to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from infocentre.affaires import Affaire, Affaires
from infocentre.affaires.modele import ENVOIS
from infocentre.procedures.mesures_correctives.message import Pour

# Buttons and commands: those of all that wait at once, and of the message of one.
PROPOSER, ACCEPTER, ENVOYER, RELANCER = "proposer", "accepter", "envoyer", "envoyer_relance"
REDIGER = "rediger"
ATTENDUES = frozenset({"reponse", "plan", "observations"})  # deadlines of those who answer


def a_la_main(une: Affaire) -> list[str]:
    """Return what a person may ask for in its state, its words apart: those have their own form."""
    return [
        nom
        for nom in une.situation.procedure.possibles(une.etat)
        if nom != REDIGER and not _d_un_autre(une, nom)
    ]


def _d_un_autre(une: Affaire, nom: str) -> bool:
    """Tell whether the timer, the sending or a changed rule is what asks for an event."""
    dit = une.procedure.evenements.get(nom)
    if dit is None:
        return False
    return dit.automatique or nom in ENVOIS or (dit.doute == "leve" and not une.a_revoir)


def pour(*, relance: bool) -> Pour:
    """Return the event by which the first message leaves, or its reminder."""
    return "relancer" if relance else "signaler"


def message_pret(une: Affaire) -> Pour | None:
    """Return the event by which the message of its state leaves, None when it has none."""
    suite = {"propose": pour(relance=False), "signale": pour(relance=True)}
    return suite.get(une.etat)


def part_par_message(nom: str) -> bool:
    """Tell whether an event is told by words that a person read again."""
    return nom in get_args(Pour)


def repond(une: Affaire) -> bool:
    """Tell whether an answer of the guichet is awaited or taken in its state."""
    regles = une.situation.procedure
    return any("guichet" in regles.evenements[nom].qui for nom in regles.possibles(une.etat))


def a_accepter(unes: Iterable[Affaire]) -> list[Affaire]:
    """Return those that wait for someone to accept them."""
    return [une for une in unes if une.etat == "a_proposer"]


def a_envoyer(unes: Iterable[Affaire], *, relance: bool = False) -> list[Affaire]:
    """Return those whose message, or reminder, is the next thing to leave."""
    return [une for une in unes if message_pret(une) == pour(relance=relance)]


def accepter(registre: Affaires, unes: Iterable[Affaire]) -> Iterator[Affaire]:
    """Accept affaires, one after the other; yield each as it then is."""
    return (registre.agir(une.id, ACCEPTER) for une in unes)
