"""What a person does of all the measures that wait, and of the messages of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infocentre.affaires import Affaire, Affaires
from infocentre.procedures.mesures_correctives.message import Pour

# Buttons and commands: those of all that wait at once, and of the message of one.
PROPOSER, ACCEPTER, ENVOYER, RELANCER = "proposer", "accepter", "envoyer", "envoyer_relance"


def pour(*, relance: bool) -> Pour:
    """Return the event by which the first message leaves, or its reminder."""
    return "relancer" if relance else "signaler"


def message_pret(une: Affaire) -> Pour | None:
    """Return the event by which the message of its state leaves, None when it has none."""
    suite = {"propose": pour(relance=False), "signale": pour(relance=True)}
    return suite.get(une.etat)


def a_accepter(unes: Iterable[Affaire]) -> list[Affaire]:
    """Return those that wait for someone to accept them."""
    return [une for une in unes if une.etat == "a_proposer"]


def a_envoyer(unes: Iterable[Affaire], *, relance: bool = False) -> list[Affaire]:
    """Return those whose message, or reminder, is the next thing to leave."""
    return [une for une in unes if message_pret(une) == pour(relance=relance)]


def accepter(registre: Affaires, unes: Iterable[Affaire]) -> Iterator[Affaire]:
    """Accept affaires, one after the other; yield each as it then is."""
    return (registre.agir(une.id, ACCEPTER) for une in unes)
