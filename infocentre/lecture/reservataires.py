"""Attributions of a civil year by réservataire, as the yearly bilan of each tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from infocentre.catalogue.motifs import colonne_en_masse
from infocentre.contrat.listes import Motif
from infocentre.entrepot import Livraison
from infocentre.lecture.archives import Liste, lignes_de_liste
from infocentre.lecture.commun import livraison, par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.livraisons import description
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import de_mois

_CLES = """coalesce(codes.code, if(coalesce(type_reservataire, 'NONDOC') = 'NONDOC', 'NR', 'HL'))
        AS reservataire,
    coalesce(siren_radiation, 'NR') AS bailleur,
    CASE
        WHEN type_logement_attrib IN ('T6', 'T7', 'T8', 'T9P') THEN 'T6P'
        ELSE coalesce(nullif(type_logement_attrib, 'NONDOC'), 'NR')
    END AS typologie,
    CASE
        WHEN date_signature_bail IS NULL THEN 'NR'
        WHEN nb_qpv = 1 THEN 'QPV'
        WHEN nb_hqpv = 1 THEN 'HQPV'
        ELSE 'NR'
    END AS zone,
    coalesce(commune_logement_attrib, 'NR') AS commune"""
_DE_L_ANNEE = f"""FROM radiation
LEFT JOIN codes ON codes.liste = 'TYPE_RESERVATAIRE' AND type_reservataire = codes.code
WHERE motif_radiation = '{Motif.ATTRIBUTION}'
    AND date_radiation BETWEEN date_trunc('year', arrete) AND arrete"""
_SQL = f"SELECT {_CLES}, count(*) AS attributions {_DE_L_ANNEE} GROUP BY ALL"
_UNE_A_UNE = f"""
SELECT {_CLES},
    coalesce(mode_mutation, 0) = 1 AS mutation,
    coalesce(1 IN (nb_dalo, nb_menage_prioritaire), false) AS prioritaire,
    coalesce(nb_dalo = 1, false) AS dalo,
    coalesce(delai_attribution, date_signature_bail - date_creation) / 30.4375 AS delai,
    if(delai >= 0, delai, NULL) AS delai_mois
{_DE_L_ANNEE}
"""


_LUES = ("MOTIF_RADIATION", "TYPE_RESERVATAIRE")
# Without them in the delivery, a count would be 0 where nothing is known.
_DITES = (
    "MODE_MUTATION",
    "NB_DALO",
    "NB_MENAGE_PRIORITAIRE",
    "DATE_SIGNATURE_BAIL",
    "NB_QPV",
    "NB_HQPV",
)


class AttributionsReservees(TypedDict):
    """A count of attributions; NR where the delivery does not say, HL a réservataire off the list.

    `zone` is QPV or HQPV, of those that a lease followed as for the objectives, or NR; `bailleur`
    the SIREN that came with the radiation; T6P six and more.
    """

    reservataire: str
    bailleur: str
    typologie: str
    zone: str
    commune: str
    attributions: int


class Attribution(TypedDict):
    """An attribution, as the bilan of a flux counts it: keys as above, `delai_mois` if known."""

    reservataire: str
    typologie: str
    zone: str
    commune: str
    mutation: bool
    prioritaire: bool
    dalo: bool
    delai_mois: float | None


class Flux(NamedTuple):
    """The attributions of a civil year of a bailleur; `muettes`: columns that say nothing."""

    attributions: Sequence[Attribution]
    muettes: frozenset[str]


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
    reservees = Liste((une, "attributions réservées"), (une,), _SQL)
    requete = "SELECT * FROM {liste} ORDER BY ALL"
    return lignes_de_liste(v, reservees, requete, {}, AttributionsReservees)


@par_version
def attributions_en_flux(v: Lecture, departement: str, mois: str, bailleur: str) -> Flux:
    """Return the attributions of a bailleur (SIREN) in the civil year up to a month, in clear.

    They are for the bailleur, and for each réservataire what was attributed on its flux.
    """
    v.exiger_departements("le bilan de la gestion en flux")
    une = livraison(v, departement, mois)
    if une is None:
        return Flux([], frozenset())
    _exiger_utilisables(v, une)
    decrite = description(v, une)["tables"]["radiation"]
    muettes = {nom for nom in _DITES if nom not in decrite["livrees"]}
    lignes = lignes_de_liste(
        v,
        Liste((une, "attributions en flux"), (une,), _UNE_A_UNE),
        "SELECT * EXCLUDE (bailleur, delai) FROM {liste} WHERE bailleur = $bailleur ORDER BY ALL",
        {"bailleur": bailleur},
        Attribution,
    )
    return Flux(lignes, frozenset(muettes))


def incalculable(v: Lecture, departement: str, mois: str) -> list[str]:
    """Return why attributions of a month cannot be told by réservataire, nothing if they can."""
    une = livraison(v, departement, mois)
    return _raisons(v, une) if une else []


def _raisons(v: Lecture, une: Livraison) -> list[str]:
    """Return the columns that say nothing: no attribution would be counted, or to nobody."""
    decrite = description(v, une)["tables"]["radiation"]
    return [dit for nom in _LUES for dit in colonne_en_masse(decrite, "radiation", nom)]


def _exiger_utilisables(v: Lecture, une: Livraison) -> None:
    """Raise Refus when attributions cannot be told by réservataire."""
    if raisons := _raisons(v, une):
        raise Refus(
            f"le bilan par réservataire {de_mois(une.mois)} n'est pas calculable : "
            f"{' ; '.join(raisons)}",
            que_faire="Demander à l'émetteur une livraison qui porte les codes.",
        )
