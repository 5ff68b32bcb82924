"""Whether an anomaly can still be put right, and the only words in which people are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Remede = Literal["corriger", "constater"]

# What becomes of a unit in anomaly: `statut` and `motif_cloture` of its follow-up.
OUVERTE, CLOSE, CONSTAT = "ouverte", "close", "constat passé"
CORRIGEE, SORTIE, RETIREE = "corrigée", "sortie", "retirée"


@dataclass(frozen=True, slots=True)
class Mots:
    """How an anomaly of data (corriger), or a past fact (constater), is spoken of.

    `reste` follows a noun (« 63 demandes à corriger »), `un` and `des` a number (« 158 constats
    passés »); `dit` is a sentence of its own.
    """

    reste: str
    un: str
    des: str
    titre: str
    d_abord: str
    comment: str
    suite: str
    rien: str
    dit: str


MOTS: dict[Remede, Mots] = {
    "corriger": Mots(
        reste="à corriger",
        un="cas à corriger",
        des="cas à corriger",
        titre="À corriger",
        d_abord="À corriger d'abord",
        comment="Comment corriger",
        suite="à corriger",
        rien="Rien à corriger",
        dit="Une fois corrigé dans le SNE, un cas quitte la liste à la livraison suivante.",
    ),
    "constater": Mots(
        reste="à ne plus refaire",
        un="constat passé",
        des="constats passés",
        titre="À ne plus refaire",
        d_abord="À ne plus refaire d'abord",
        comment="Comment ne plus le refaire",
        suite=CONSTAT,
        rien="Aucun constat passé",
        dit="Ces faits sont passés et ne se corrigent pas : seuls comptent les mois à venir.",
    ),
}
RIEN_DE_POSSIBLE = "Rien n'est à reprendre sur les cas passés."


def dire_suite(
    remede: Remede, statut: str | None, motif: str | None, mois: str, reactivable: str = ""
) -> str:
    """Return what became of a unit, in words: of today's remède, whatever its file was told.

    `mois` is the month of its end as people read it, empty when it has none; `reactivable` the last
    day on which what it did may be undone.
    """
    if statut != CLOSE:
        return f"réactivable jusqu'au {reactivable}" if reactivable else MOTS[remede].suite
    if remede == "constater" or motif == RETIREE:
        return f"retirée par une livraison corrigée de {mois}"
    return f"{motif} en {mois}"
