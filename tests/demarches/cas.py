"""The cases that a delivery lists, asked without what a measure asks them by."""

from __future__ import annotations

from infocentre.lecture.extraits import anomalies_du_mois
from infocentre.lecture.lecteur import Lecture


def listes(v: Lecture, mois: str, code: str) -> list[tuple[str, str]]:
    """Return (guichet, unit) of each case of an indicator that a month lists alone."""
    livraison = v.version.publiee("013", mois)
    assert livraison
    with anomalies_du_mois(v, [livraison], code, guichet=None, douze_mois=False) as relation:
        return relation.project("guichet, unite").fetchall()
