"""Six figures of the month, each with where it stands against a year before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infocentre.lecture.accueil import a_reprendre, chiffres
from infocentre.lecture.commun import registre
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import accord, compter, entier, evolution, evolution_nombre, nombre
from infocentre.noyau.temps import mois_avant
from infocentre.noyau.types_guichet import EN_LIGNE
from infocentre.restitutions.document import Chiffre, Chiffres, Origine, Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.synthese.vide import Quoi, aucun

UN_AN = 12


@dataclass(frozen=True, slots=True)
class _Mesure:
    """A figure of `accueil.chiffres`: its name, how it is written, what stands under it.

    `vide` is what must have happened for it to exist, then what is written when nothing did.
    """

    cle: str
    libelle: str
    ecrire: Callable[[float], str]
    origine: tuple[Role, str, str]
    detail: Callable[[dict[str, float]], str]
    vide: tuple[Quoi, str, str] | None = None


def _une_decimale(valeur: float) -> str:
    return nombre(valeur, 1)


def _en_mois(valeur: float) -> str:
    return f"{nombre(valeur)} mois"


def _dont(cle: str, texte: str) -> Callable[[dict[str, float]], str]:
    return lambda lus: f"{entier(lus[cle])} {texte}" if cle in lus else ""


def _tension(lus: dict[str, float]) -> str:
    cle = "demandes_par_attribution_hors_mutation"
    return f"{nombre(lus[cle], 1)} sans les locataires du parc social" if cle in lus else ""


AUCUN_DEPOT: tuple[Quoi, str, str] = ("depots", "0", "aucun dépôt dans le mois")
AUCUN_LOGEMENT: tuple[Quoi, str, str] = ("attributions", "0", "aucune attribution en 12 mois")
SANS_LOGEMENT: tuple[Quoi, str, str] = ("attributions", "–", "aucune attribution en 12 mois")
# `{mois}` in an origin is the month: the row of a table that has one row per month.
MESURES = (
    _Mesure("actives", "Demandes en attente", entier, ("evolution", "ACTIVES", "total"),
            _dont("actives_hors_mutation", "hors locataires du parc social")),
    _Mesure("depots", "Demandes déposées dans le mois", entier, ("depots", "{mois}", "total"),
            _dont("depots_portail", "sur le portail internet"), AUCUN_DEPOT),
    _Mesure("attributions", "Logements attribués en 12 mois", entier,
            ("attributions", "*", "total"),
            lambda lus: f"{entier(lus['attributions'] / UN_AN)} par mois", AUCUN_LOGEMENT),
    _Mesure("demandes_par_attribution", "Demandes pour un logement attribué", _une_decimale,
            ("attributions", "*", "demandes_pour_une_attribution"), _tension, SANS_LOGEMENT),
    _Mesure("delai", "Attente avant d'être logé", _en_mois, ("delais", "*", "delai_median_mois"),
            lambda _: "la moitié des ménages logés en 12 mois ont attendu moins", SANS_LOGEMENT),
)  # fmt: skip


def chiffres_cles(edition: Edition) -> Section:
    """Return the six figures; one that cannot be calculated says so."""
    series = chiffres(edition.v, edition.filtres)
    six = (*(_chiffre(edition, une, series) for une in MESURES), _alertes(edition))
    return Section("Six chiffres", (Chiffres(six),), gabarit="six")


def _chiffre(edition: Edition, une: _Mesure, series: dict[str, dict[str, float]]) -> Chiffre:
    lus = {cle: serie[edition.mois] for cle, serie in series.items() if edition.mois in serie}
    if une.cle not in lus:
        return _sans_valeur(edition, une)
    avant = series[une.cle].get(mois_avant(edition.mois, UN_AN))
    role, ligne, colonne = une.origine
    return Chiffre(
        une.libelle,
        une.ecrire(lus[une.cle]),
        _en_un_an(une, lus[une.cle], avant),
        une.detail(lus),
        Origine(tableaux().code(role), edition.mois, ligne.format(mois=edition.mois), colonne),
    )


def _sans_valeur(edition: Edition, une: _Mesure) -> Chiffre:
    """Tell a figure that nothing happened for from one that cannot be calculated."""
    if une.vide is None or not aucun(edition, une.vide[0]):
        return Chiffre(une.libelle, "–", sur="la livraison du mois ne permet pas de le calculer")
    _, ecrit, explication = une.vide
    return Chiffre(une.libelle, ecrit, sur=explication)


def _en_un_an(une: _Mesure, valeur: float, avant: float | None) -> str:
    """Return the change as written: a figure that reads the same is stable."""
    if avant is None:
        return ""
    if une.ecrire(valeur) == une.ecrire(avant):
        return "stable en un an"
    if une.cle == "delai":
        return f"{evolution_nombre(round(valeur), round(avant), 'mois', 'mois')} en un an"
    dit = evolution(valeur, avant)
    return f"{dit} en un an" if dit else ""


def _alertes(edition: Edition) -> Chiffre:
    """Return how many guichets are in alert, out of those of the register."""
    lignes = a_reprendre(edition.v, edition.filtres)
    ici = {une["guichet"] for une in lignes if une["sens"] != "sortie"}
    neufs = ici - {une["guichet"] for une in lignes if une["sens"] == "reste"}
    lus = registre(edition.v, edition.departement, edition.mois)
    connus = sum(une["type_guichet"] != EN_LIGNE for une in lus)
    if len(edition.mois_connus) < 2:  # noqa: PLR2004 - nothing to compare with
        mouvement = ""
    elif neufs:
        nouveaux = accord(len(neufs), "nouveau", "nouveaux")
        mouvement = f"dont {len(neufs)} {nouveaux} ce mois-ci"
    else:
        mouvement = "aucun nouveau ce mois-ci"
    return Chiffre(
        "Guichets en alerte",
        entier(len(ici)),
        mouvement if ici else "aucun ce mois-ci",
        f"sur {compter(connus, 'guichet')} du registre",
    )
