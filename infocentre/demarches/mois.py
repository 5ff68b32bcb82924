"""Le mois du gestionnaire: its ten steps, each done when nothing of it waits any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from infocentre.demarches.face import REPONSES
from infocentre.demarches.journee import ARRIVEE, BILAN, CONTROLE, REGISTRE, SYNTHESE, Ligne


class Etape(NamedTuple):
    """A step: its name, where it is done, the lines of the queue that are of it."""

    nom: str
    chemin: str
    sienne: Callable[[Ligne], bool]


class Avancee(NamedTuple):
    """A step of this month, and how many things of it still wait."""

    nom: str
    chemin: str
    restent: int

    @property
    def faite(self) -> bool:
        """Tell whether nothing of it waits."""
        return self.restent == 0


def _de(*codes: str) -> Callable[[Ligne], bool]:
    return lambda une: une.procedure in codes and une.genre not in REPONSES


def _livraison(evenement: str) -> Callable[[Ligne], bool]:
    return lambda une: une.genre == "livraison" and une.evenement == evenement


def _document(nom: str) -> Callable[[Ligne], bool]:
    return lambda une: une.genre == "document" and une.evenement == nom


ETAPES = (
    Etape("Livraison", "/depot", _livraison(ARRIVEE)),
    Etape("Contrôle", "/depot", _livraison(CONTROLE)),
    Etape("Registre", "/guichets", _livraison(REGISTRE)),
    Etape("À qui écrire", "/mesures", _de("mesures_correctives")),
    Etape("Réponses", "/mesures", lambda une: une.genre in REPONSES),
    Etape("Doublons", "/doublons", _de("doublons", "corrections_identite")),
    Etape("Accès au SNE", "/affaires/revue_des_acces", _de("revue_des_acces")),
    Etape("Réclamations", "/affaires/reclamations", _de("reclamations")),
    Etape("Synthèse", "/documents", _document(SYNTHESE)),
    Etape("Bilan", "/documents", _document(BILAN)),
)


def avancee(groupes: Iterable[Sequence[Ligne]]) -> list[Avancee]:
    """Return the ten steps of a month, from what waits, by groups.

    Lines of a procedure that are done together are of the same step.
    """
    comptes = [
        (une, len(siennes) if une.procedure else 1)
        for siennes in groupes
        for une in (siennes[:1] if siennes[0].procedure else siennes)
    ]
    return [
        Avancee(etape.nom, etape.chemin, sum(n for une, n in comptes if etape.sienne(une)))
        for etape in ETAPES
    ]
