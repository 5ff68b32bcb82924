"""The cotation of who asks and of who was housed: how many reasons of priority each has.

Aggregates only, of the whole département: nobody's cotation is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from infocentre.contrat.listes import Motif
from infocentre.lecture.archives import lignes_d_une_partie
from infocentre.lecture.commun import derniers, livraison
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.livraisons import description
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.diffusions import Registre, Systeme, masquer_et_inscrire
from infocentre.mesures.secret import Somme

COLONNE, SUJET = "NB_PRIORITE_COTATION", "cotation"
CLASSES = {"0": "Aucune", "1": "1", "2": "2", "3": "3 et plus", "NR": "Non renseignée"}
_COMPTES = f"""
SELECT coalesce(least(greatest(nb_priorite_cotation, 0), 3)::VARCHAR, 'NR') AS code,
    count(*) FILTER (WHERE active) AS demandes, count(*) FILTER (WHERE NOT active) AS attributions
FROM (
    SELECT nb_priorite_cotation, true AS active FROM stock
    UNION ALL
    SELECT nb_priorite_cotation, false FROM radiation
    WHERE motif_radiation = '{Motif.ATTRIBUTION}'
        AND date_radiation BETWEEN date_trunc('year', arrete) AND arrete
)
GROUP BY ALL"""


class Compte(TypedDict):
    """Of a number of reasons: demandes actives, attributions of the year; None when masked."""

    code: str
    libelle: str
    demandes: int | None
    attributions: int | None


@dataclass(frozen=True, slots=True)
class Cotation:
    """Who asks and who was housed, by number of reasons of priority."""

    lignes: Sequence[Compte]


@derniers(2)
def cotation(v: Lecture, departement: str, mois: str) -> Cotation | None:
    """Return the spread, small counts masked; None when the delivery has no such column.

    Raises:
        Refus: to who sees some guichets only.
    """
    v.exiger_departements("la cotation")
    une = livraison(v, departement, mois)
    tables = description(v, une)["tables"] if une else {}
    if une is None or any(COLONNE not in tables[nom]["livrees"] for nom in ("stock", "radiation")):
        return None
    lues = lignes_d_une_partie(v, une, {}, {"cotation": _COMPTES})["cotation"]
    quoi = ("demandes", "attributions")
    valeurs = {(nom, str(ligne["code"])): int(ligne[nom]) for ligne in lues for nom in quoi}
    sommes = []
    for nom in quoi:
        parts = tuple(cle for cle in valeurs if cle[0] == nom)
        valeurs[nom, "*"] = sum(valeurs[part] for part in parts)
        sommes.append(Somme((nom, "*"), parts))
    registre = Registre(v.dossier.diffusions / departement / SUJET / mois)
    cachees = masquer_et_inscrire(registre, Systeme(valeurs, sommes), seuil_secret(v))
    montrees = {cle: None if cle in cachees else un for cle, un in valeurs.items()}
    return Cotation(
        [
            Compte(
                code=code,
                libelle=libelle,
                demandes=montrees["demandes", code],
                attributions=montrees["attributions", code],
            )
            for code, libelle in (*CLASSES.items(), ("*", "Ensemble"))
            if ("demandes", code) in montrees
        ]
    )
