"""Three alerts in sentences: who enters, what got worse, what has been failing for long."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from infocentre.lecture.accueil import (
    Mouvement,
    a_reprendre,
    compare_de_loin,
    mouvements,
    revolu,
)
from infocentre.lecture.commun import catalogue, libelle, registre
from infocentre.lecture.guichets import ferme_le
from infocentre.lecture.indicateurs import parmi
from infocentre.lecture.radiations import SansPreavis, les_compte
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions.document import Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.attendu import DUREE, sans_preavis_en_12_mois
from infocentre.restitutions.synthese.commun import tenir

ALERTES, LETTRES = 3, 420


@dataclass(frozen=True, slots=True)
class Alerte:
    """A guichet, or the département when `nom` is None, and what is wrong there.

    `mouvement`: the counts of what rises, or of what is over (`passe`), `glisse` when it adds up 12
    months. `preavis`: radiations that are told whole. `depuis` is the first month of what lasts,
    `au_moins`: maybe before. `ferme`: the day since when it is closed. `deja`: who enters for these
    was in alert already, for others. `compare`: when who enters was not in alert,
    None for the month before.
    """

    genre: Literal["hausse", "passe", "preavis", "entree", "reste"]
    nom: str | None
    libelles: tuple[str, ...]
    mouvement: Mouvement | None = None
    preavis: SansPreavis | None = None
    glisse: bool = False
    depuis: str = ""
    au_moins: bool = False
    ferme: dt.date | None = None
    deja: bool = False
    compare: str | None = None

    @property
    def longueur(self) -> int:
        """Letters that are not always the same."""
        return len(self.nom or "") + sum(map(len, self.libelles))


@dataclass(frozen=True)
class Alertes(Contenu):
    """At most three alerts; `premier`: the month has none before it to be compared with."""

    modele = "synthese/alertes.md"

    mois: str
    alertes: tuple[Alerte, ...]
    premier: bool


def alertes(edition: Edition) -> Section:
    """Return at most three alerts, a sentence each, never two on the same guichet and code."""
    uniques: dict[tuple[str, str], Alerte] = {}
    for cle, une in itertools.chain(_hausses(edition), _entrees(edition), _durables(edition)):
        uniques.setdefault(cle, une)
    retenues = tenir(uniques.values(), lambda une: une.longueur, ALERTES, LETTRES)
    return Alertes(edition.mois, retenues, len(edition.mois_connus) < 2).section()  # noqa: PLR2004


def comparaisons(edition: Edition) -> str | None:
    """Say among how many comparisons the rises stand, None without one."""
    comparees = mouvements(edition.v, edition.filtres).comparaisons
    return parmi(comparees) if any(_hausses(edition)) else None


Trouvees = Iterator[tuple[tuple[str, str], Alerte]]


def _hausses(edition: Edition) -> Trouvees:
    """Yield what got worse for sure, the guichets' before the département's."""
    lignes = [
        une
        for une in mouvements(edition.v, edition.filtres).lignes
        if une["taux"] > une["taux_avant"]
    ]
    cites = {une["code"] for une in lignes if une["guichet"] != "*"}
    lignes = [une for une in lignes if une["guichet"] != "*" or une["code"] not in cites]
    preavis = sans_preavis_en_12_mois(edition)
    for une in sorted(lignes, key=lambda une: une["guichet"] == "*"):
        un = catalogue().indicateurs.get(une["code"])
        if preavis and un and les_compte(un):
            if not preavis.ouvertes:  # else it is submitted to the préfet
                yield ("*", un.code), Alerte("preavis", None, (un.libelle,), preavis=preavis)
            continue
        yield (
            (une["guichet"], une["code"]),
            Alerte(
                "passe" if revolu(une) else "hausse",
                None if une["guichet"] == "*" else une["nom"],
                (libelle(une["code"]),),
                une,
                glisse=une["recul"] == "an" and une["nature"] == "flux",
            ),
        )


def _entrees(edition: Edition) -> Trouvees:
    """Yield the guichets that enter in alert this month, all their indicators at once."""
    if len(edition.mois_connus) > 1:
        yield from _par_guichet(edition, "entree")


def _durables(edition: Edition) -> Trouvees:
    """Yield those that have been in alert for less than a year: the others are asked about."""
    yield from _par_guichet(edition, "reste")


def _par_guichet(edition: Edition, sens: Literal["entree", "reste"]) -> Trouvees:
    toutes = a_reprendre(edition.v, edition.filtres)
    lignes = [une for une in toutes if une["sens"] == sens]
    anciens = {une["guichet"] for une in toutes if une["sens"] == "reste"}
    if sens == "reste":
        lignes = [une for une in lignes if une["depuis"] > mois_avant(edition.mois, DUREE)]
    lignes.sort(key=lambda une: (une["depuis"], clef_de_tri(une["nom"]), une["guichet"]))
    fermes = {
        une["guichet"]: ferme_le(une, edition.arrete)
        for une in registre(edition.v, edition.departement, edition.mois)
    }
    for guichet, siennes in itertools.groupby(lignes, key=lambda une: une["guichet"]):
        siens = list(siennes)
        depuis = siens[0]["depuis"]
        yield (
            (guichet, siens[0]["code"]),
            Alerte(
                sens,
                siens[0]["nom"],
                tuple(libelle(une["code"]) for une in siens[:2]),
                depuis=depuis,
                au_moins=depuis == edition.mois_connus[0],
                ferme=fermes.get(guichet),
                deja=guichet in anciens,
                compare=compare_de_loin(siens[:2], edition.mois),
            ),
        )
