"""Attributions of a civil year by réservataire, as the yearly bilan of each tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from infocentre.catalogue.motifs import colonne_en_masse
from infocentre.contrat.listes import Motif
from infocentre.entrepot import Livraison
from infocentre.lecture.archives import lignes_de_liste
from infocentre.lecture.commun import livraison, par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.livraisons import description
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import de_mois

_SQL = f"""
SELECT coalesce(codes.code, if(coalesce(type_reservataire, 'NONDOC') = 'NONDOC', 'NR', 'HL'))
        AS reservataire,
    coalesce(siren_radiation, 'NR') AS bailleur,
    CASE
        WHEN type_logement_attrib IN ('T6', 'T7', 'T8', 'T9P') THEN 'T6P'
        ELSE coalesce(nullif(type_logement_attrib, 'NONDOC'), 'NR')
    END AS typologie,
    CASE WHEN nb_qpv = 1 THEN 'QPV' WHEN nb_hqpv = 1 THEN 'HQPV' ELSE 'NR' END AS zone,
    coalesce(commune_logement_attrib, 'NR') AS commune,
    count(*) AS attributions
FROM radiation
LEFT JOIN codes ON codes.liste = 'TYPE_RESERVATAIRE' AND type_reservataire = codes.code
WHERE motif_radiation = '{Motif.ATTRIBUTION}'
    AND date_radiation BETWEEN date_trunc('year', arrete) AND arrete
GROUP BY ALL
"""


_LUES = ("MOTIF_RADIATION", "TYPE_RESERVATAIRE")


class AttributionsReservees(TypedDict):
    """A count of attributions; NR where the delivery does not say, HL a réservataire off the list.

    `zone` is QPV, HQPV or NR; `bailleur` the SIREN that came with the radiation; T6P six and more.
    """

    reservataire: str
    bailleur: str
    typologie: str
    zone: str
    commune: str
    attributions: int


@par_version
def attributions_reservees(
    v: Lecture, departement: str, mois: str
) -> Sequence[AttributionsReservees]:
    """Return the attributions of the civil year up to a month, read in its delivery.

    Grain: réservataire × bailleur × typologie × zone × commune. Whole counts, of the département.
    """
    v.exiger_departements("le bilan par réservataire")
    une = livraison(v, departement, mois)
    if une is None:
        return []
    _exiger_utilisables(v, une)
    return lignes_de_liste(
        v,
        (une, "attributions réservées"),
        [une],
        _SQL,
        "SELECT * FROM {liste} ORDER BY ALL",
        {},
        AttributionsReservees,
    )


def _exiger_utilisables(v: Lecture, une: Livraison) -> None:
    """Raise Refus when a column says nothing: no attribution would be counted, or to nobody."""
    decrite = description(v, une)["tables"]["radiation"]
    raisons = [dit for nom in _LUES for dit in colonne_en_masse(decrite, "radiation", nom)]
    if raisons:
        raise Refus(
            f"le bilan par réservataire {de_mois(une.mois)} n'est pas calculable : "
            f"{' ; '.join(raisons)}",
            que_faire="Demander à l'émetteur une livraison qui porte les codes.",
        )
