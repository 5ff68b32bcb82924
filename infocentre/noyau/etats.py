"""The states of a value: code, word, sign, colours, severity; nothing else writes them down."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

EFFECTIF_MINIMAL = 20  # units under which a rate says nothing


class Etat(StrEnum):
    """A state, equal to its code as the warehouse has it; grids number them in this order.

    `sens` explains it; `gravite` is 0 where nothing is judged, and the worst is the highest;
    `encre` colours its text and mark, `fond` the cell of a workbook; `abrege` stands where there
    is no figure to show.
    """

    VERT = "vert", "vert", "●", "Le taux est sous les seuils.", 1, "#18753c", "#C3FAD5"
    ORANGE = "orange", "orange", "▲", "Le taux dépasse le premier seuil.", 2, "#b34000", "#FEEBD0"
    ROUGE = (
        "rouge",
        "rouge",
        "■",
        (
            "Si le vrai taux était au second seuil, autant d'anomalies auraient moins d'une chance "
            "sur cent."
        ),
        3,
        "#c9191e",
        "#FFDDD9",
    )
    A_TRAITER = (
        "a_traiter",
        "à traiter",
        "✖",
        "Tolérance zéro : au moins une anomalie dans le mois.",
        4,
        "#c9191e",
        "#FFDDD9",
    )
    EFFECTIF_INSUFFISANT = (
        "effectif_insuffisant",
        "effectif insuffisant",
        "○",
        f"Moins de {EFFECTIF_MINIMAL} unités : le taux ne dit rien du guichet.",
    )
    SANS_OBJET = "sans_objet", "sans objet", "–", "Aucune unité concernée.", 0, "", "", "s.o."
    NON_CALCULABLE = (
        "non_calculable",
        "non calculable",
        "?",
        (
            "Une table ou une colonne nécessaire n'a pas été livrée, ou plus de 5 % de ses valeurs "
            "(et au moins 20) sont illisibles ou hors de leur liste. La raison est dite à côté."
        ),
        0,
        "",
        "",
        "n.c.",
    )
    CONTEXTE = (
        "contexte",
        "contexte",
        "",
        "Ne dépend pas du guichet, ou son type est inconnu : jamais coloré.",
    )
    SECRET = (
        "secret_statistique",
        "secret statistique",
        "",
        "Les nombres sont masqués, et l'état aiderait à en retrouver un.",
        0,
        "",
        "",
        "s",
    )

    mot: str
    signe: str
    sens: str
    gravite: int
    encre: str
    fond: str
    abrege: str

    def __new__(  # noqa: PLR0913, PLR0917 - one argument a field
        cls,
        code: str,
        mot: str = "",
        signe: str = "",
        sens: str = "",
        gravite: int = 0,
        encre: str = "",
        fond: str = "",
        abrege: str = "",
    ) -> Self:
        """Return the state whose value is `code`."""
        un = str.__new__(cls, code)
        un._value_ = code
        un.mot, un.signe, un.sens, un.gravite = mot, signe, sens, gravite
        un.encre, un.fond, un.abrege = encre, fond, abrege
        return un

    @property
    def ecrit(self) -> str:
        """Return it as one text says it, without colour: « ■ rouge », « s.o. »."""
        return self.abrege or f"{self.signe} {self.mot}".strip()

    @classmethod
    def lire(cls, code: object) -> Self | None:
        """Return the state of a code, None for what is none."""
        return next((un for un in cls if un == code), None)


# Judged; judged badly; above a threshold, the worst first; of no unit; shown by a sign of our font.
SIGNIFICATIFS = tuple(un for un in Etat if un.gravite)
MAUVAIS = (Etat.ROUGE, Etat.A_TRAITER)
DEPASSES = (*MAUVAIS, Etat.ORANGE)
SANS_UNITE = (Etat.SANS_OBJET, Etat.NON_CALCULABLE)
AVEC_SIGNE = (*SIGNIFICATIFS, Etat.EFFECTIF_INSUFFISANT)


def est_masque(etat: str, nombre: int | None) -> bool:
    """Tell whether a count that is not there is hidden: its state says that there are units."""
    return nombre is None and etat not in SANS_UNITE


def en_sql(etats: Iterable[Etat]) -> str:
    """Return the states as a list that SQL's IN takes."""
    return "(" + ", ".join(f"'{un}'" for un in etats) + ")"
