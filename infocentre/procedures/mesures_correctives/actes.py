"""What a person does of all the measures that wait, and of the messages of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infocentre.affaires import Affaire, Affaires

# Buttons and commands of all that wait at once.
PROPOSER, ACCEPTER = "proposer", "accepter"
REDIGER = "rediger"  # by which a person changes the words of a message


def pour(*, relance: bool) -> str:
    """Return the event by which the first message leaves, or its reminder."""
    return "relancer" if relance else "signaler"


def a_accepter(unes: Iterable[Affaire]) -> list[Affaire]:
    """Return those that wait for someone to accept them."""
    return [une for une in unes if une.etat == "a_proposer"]


def a_envoyer(unes: Iterable[Affaire], *, relance: bool = False) -> list[Affaire]:
    """Return those whose message, or reminder, is the next thing to leave."""
    etat = "signale" if relance else "propose"
    return [une for une in unes if une.etat == etat]


def accepter(registre: Affaires, unes: Iterable[Affaire]) -> Iterator[Affaire]:
    """Accept affaires, one after the other; yield each as it then is."""
    return (registre.agir(une.id, ACCEPTER) for une in unes)
