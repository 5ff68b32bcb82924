"""Six figures of the month, each with where it stands against a year before."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.lecture.accueil import (
    AReprendre,
    a_reprendre,
    actives_livrees,
    chiffres,
    compare_de_loin,
)
from infocentre.lecture.commun import arrete_precedent, motifs
from infocentre.lecture.guichets import compter_guichets, guichets
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions.document import Origine, Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.commun import Quoi, aucun, juges

UN_AN = 12
# By key of `accueil.chiffres`: the role of its table, its row and column, what must have happened
# for it to exist. `{mois}` is the month: the row of a table that has one row per month.
_LUES: dict[str, tuple[Role, str, str, Quoi | None]] = {
    "actives": ("evolution", "ACTIVES", "total", None),
    "depots": ("depots", "{mois}", "total", "depots"),
    "attributions": ("attributions", "*", "total", "attributions"),
    "demandes_par_attribution": (
        "attributions",
        "*",
        "demandes_pour_une_attribution",
        "attributions",
    ),
    "delai": ("delais", "*", "delai_median_mois", "attributions"),
}


@dataclass(frozen=True, slots=True)
class Mesure:
    """A figure of the month; `avant`: a year before, None when unknown or zero.

    `aucun` tells one that nothing happened for from one that cannot be calculated, of which
    `motif` says why.
    """

    ici: float | None
    avant: float | None
    origine: Origine | None
    aucun: bool
    motif: str | None


@dataclass(frozen=True)
class Six(Contenu):
    """The six figures; those without `Mesure` only say more of another.

    `alertes` are guichets rouge or à traiter, as the accueil counts them; `neufs` enter this month,
    None when there is no month to compare with; `compare`: since which month, None when it is the
    one before. `juges`: whether one is judged of anything.
    `fermes_en_alerte` are closed ones of them; who is in no register is neither open nor closed.
    """

    modele = "synthese/chiffres.md"

    actives: Mesure
    actives_hors_mutation: float | None
    depots: Mesure
    depots_portail: float | None
    attributions: Mesure
    tension: Mesure
    tension_hors_mutation: float | None
    delai: Mesure
    alertes: int
    ouverts_en_alerte: int
    fermes_en_alerte: int
    neufs: int | None
    compare: str | None
    guichets: int
    juges: bool


def chiffres_cles(edition: Edition) -> Section:
    """Return the six figures; one that cannot be calculated says so."""
    series = chiffres(edition.v, edition.filtres)
    lues = {cle: _mesure(edition, cle, series.get(cle, {})) for cle in _LUES}
    alerte = a_reprendre(edition.v, edition.filtres)
    ici = {une["guichet"] for une in alerte if une["sens"] != "sortie"}
    anciens = {une["guichet"] for une in alerte if une["sens"] == "reste"}
    registre = guichets(edition.v, edition.filtres)
    ouverts = {une["guichet"] for une in registre if une["ouvert"]}
    fermes = {une["guichet"] for une in registre} - ouverts

    def de(cle: str) -> float | None:
        return series.get(cle, {}).get(edition.mois)

    return Six(
        actives=lues["actives"],
        actives_hors_mutation=de("actives_hors_mutation"),
        depots=lues["depots"],
        depots_portail=de("depots_portail"),
        attributions=lues["attributions"],
        tension=lues["demandes_par_attribution"],
        tension_hors_mutation=de("demandes_par_attribution_hors_mutation"),
        delai=lues["delai"],
        alertes=len(ici),
        ouverts_en_alerte=len(ici & ouverts),
        fermes_en_alerte=len(ici & fermes),
        neufs=len(ici - anciens) if len(edition.mois_connus) > 1 else None,
        compare=_compare(edition, [une for une in alerte if une["guichet"] not in anciens]),
        guichets=compter_guichets(registre).ouverts,
        juges=juges(edition),
    ).section()


def _compare(edition: Edition, neufs: list[AReprendre]) -> str | None:
    """Return the month since which there are new ones, or none; None when it is the one before."""
    avant = arrete_precedent(edition.v, edition.departement, edition.mois)
    loin = None if avant == mois_avant(edition.mois) else avant
    return compare_de_loin(neufs, edition.mois) or loin


def _mesure(edition: Edition, cle: str, serie: dict[str, float]) -> Mesure:
    role, ligne, colonne, quoi = _LUES[cle]
    ici = serie.get(edition.mois)
    avant = serie.get(mois_avant(edition.mois, UN_AN)) or None
    ligne = ligne.format(mois=edition.mois)
    origine = Origine(tableaux().code(role), edition.mois, ligne, colonne)
    rien = ici is None and quoi is not None and aucun(edition, quoi)
    if ici is None and cle == "actives":  # the stock is told all the same, of no table
        ici = actives_livrees(edition.v, edition.filtres, frozenset(serie)).get(edition.mois)
    motif = motifs(edition.v, edition.departement, edition.mois).get(tableaux().code(role))
    return Mesure(ici, avant, origine if edition.mois in serie else None, rien, motif)
