"""Three alerts in sentences: who enters, what got worse, what has been failing for long."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from infocentre.lecture.accueil import Mouvement, a_reprendre, mouvements
from infocentre.lecture.commun import libelle
from infocentre.lecture.indicateurs import parmi
from infocentre.noyau.francais import (
    borner,
    clef_de_tri,
    denombrer,
    entier,
    enumerer,
    majuscule,
    minuscule,
    part,
    phrase,
)
from infocentre.noyau.temps import mois_avant, nom_mois
from infocentre.restitutions.document import Liste, Paragraphe, Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.synthese.attendu import DUREE

ALERTES, NOM, PHRASE = 3, 55, 240


def alertes(edition: Edition) -> Section:
    """Return at most three alerts, a sentence each, never two on the same guichet and code."""
    points: dict[tuple[str, str], str] = {}
    hausses = dict(_degradations(edition))
    for cle, texte in itertools.chain(hausses.items(), _entrees(edition), _durables(edition)):
        points.setdefault(cle, borner(texte, PHRASE))
    trois = tuple(itertools.islice(points.values(), ALERTES))
    bloc = Liste(trois) if trois else Paragraphe("Aucune alerte ce mois-ci.")
    titre = f"{majuscule(denombrer(len(trois), 'alerte', feminin=True))}" if trois else "Alertes"
    note = (_sur_combien(edition),) if hausses else ()
    return Section(titre, (bloc, *note), gabarit="alertes")


def _sur_combien(edition: Edition) -> Paragraphe:
    """Say among how many comparisons the rises stand."""
    tous = mouvements(edition.v, edition.filtres)
    return Paragraphe(phrase(f"hausses retenues {parmi(tous.comparaisons)}"), "note")


Alerte = tuple[tuple[str, str], str]


def _degradations(edition: Edition) -> Iterator[Alerte]:
    """Yield what got worse for sure, the guichets' before the département's."""
    lignes = [
        une
        for une in mouvements(edition.v, edition.filtres).lignes
        if une["taux"] > une["taux_avant"]
    ]
    cites = {une["code"] for une in lignes if une["guichet"] != "*"}
    lignes = [une for une in lignes if une["guichet"] != "*" or une["code"] not in cites]
    for une in sorted(lignes, key=lambda une: une["guichet"] == "*"):
        yield (une["guichet"], une["code"]), _degradation(edition, une)


def _degradation(edition: Edition, une: Mouvement) -> str:
    qui = "Dans tout le département" if une["guichet"] == "*" else borner(une["nom"], NOM)
    glisse = une["recul"] == "an" and une["nature"] == "flux"
    quand = "en 12 mois" if glisse else f"en {nom_mois(edition.mois)}"
    return (
        f"**{qui}** : {minuscule(libelle(une['code']))} en hausse, "
        f"{entier(une['n'])} sur {entier(une['d'])} {quand} ({part(une['taux'])}), "
        f"contre {entier(une['n_avant'])} sur {entier(une['d_avant'])} "
        f"({part(une['taux_avant'])}) {_avant(edition, une)}."
    )


def _avant(edition: Edition, une: Mouvement) -> str:
    if une["recul"] == "an":
        return "un an plus tôt"
    if une["nature"] == "flux":
        return "sur les onze mois d'avant"
    return f"en {nom_mois(mois_avant(edition.mois))}"


def _entrees(edition: Edition) -> Iterator[Alerte]:
    """Yield the guichets that enter in alert this month, all their indicators at once."""
    if len(edition.mois_connus) > 1:
        yield from _par_guichet(edition, "entree", "entre en alerte ce mois-ci")


def _durables(edition: Edition) -> Iterator[Alerte]:
    """Yield those that have been in alert for less than a year: the others are asked about."""
    yield from _par_guichet(edition, "reste", "reste en alerte")


def _par_guichet(edition: Edition, sens: str, verbe: str) -> Iterator[Alerte]:
    lignes = [une for une in a_reprendre(edition.v, edition.filtres) if une["sens"] == sens]
    if sens == "reste":
        lignes = [une for une in lignes if une["depuis"] > mois_avant(edition.mois, DUREE)]
    lignes.sort(key=lambda une: (une["depuis"], clef_de_tri(une["nom"]), une["guichet"]))
    for guichet, siennes in itertools.groupby(lignes, key=lambda une: une["guichet"]):
        siens = list(siennes)
        libelles = enumerer([minuscule(libelle(une["code"])) for une in siens[:2]])
        depuis = _depuis(edition, siens[0]["depuis"]) if sens == "reste" else ""
        nom = borner(siens[0]["nom"], NOM)
        yield (guichet, siens[0]["code"]), f"**{nom}** {verbe}{depuis} : {libelles}."


def _depuis(edition: Edition, mois: str) -> str:
    au_moins = "au moins " if mois == edition.mois_connus[0] else ""
    return f" depuis {au_moins}{nom_mois(mois)}"
