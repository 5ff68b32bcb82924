"""What is submitted to the préfet, first: what people wrote, then what the data call for."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

from infocentre.catalogue import Indicateur
from infocentre.catalogue.familles import famille
from infocentre.lecture.accueil import a_reprendre
from infocentre.lecture.affaires import a_taire, noms, soumises
from infocentre.lecture.commun import catalogue, registre, valeurs
from infocentre.lecture.guichets import ferme_le
from infocentre.lecture.lignes import Valeur
from infocentre.mesures.jugement import exces
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import mois_avant
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import mots
from infocentre.restitutions.document import Mots, Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.commun import tenir

SUITES, AVEC_MOTS, LETTRES = 3, 1, 400
SIGNES, LIGNES = 300, 3
DUREE = 12
CLE = "attendu-du-prefet"


@dataclass(frozen=True, slots=True)
class Suite:
    """A guichet that has been failing for a year or more, and what for, the gravest first.

    `n` of `d` units of the first indicator `un`, of the month or of 12 months (`annee`); `illegal`:
    it is tolerated of nobody; `autres`: how many more indicators. `depuis` is the first month of
    all of it, `au_moins`: maybe before. `ferme`: the day since when the guichet is closed.
    """

    nom: str
    bailleur: bool
    illegal: bool
    un: Indicateur
    autres: int
    n: int
    d: int
    annee: bool
    depuis: str
    au_moins: bool
    ferme: dt.date | None

    @property
    def longueur(self) -> int:
        """Letters that are not always the same."""
        return len(self.nom) + len(self.un.libelle)


@dataclass(frozen=True, slots=True)
class Soumise:
    """A corrective measure of step 3: of whom, of what, since when, under which reference."""

    nom: str
    titre: str
    le: dt.date
    reference: str


@dataclass(frozen=True)
class Attendu(Contenu):
    """What the préfet is asked: `mots` of the gestionnaire, None when there are none.

    Who was only asked informally is not named (convention 3.2.2 b).
    """

    modele = "synthese/attendu.md"

    mois: str
    mots: Mots | None
    soumises: tuple[Soumise, ...]
    suites: tuple[Suite, ...]
    objectif_non_fixe: bool
    delai_non_fixe: bool


def attendu(edition: Edition) -> Section:
    """Return the section: it always stands, so that « nothing » is read too."""
    ecrits = _mots(edition)
    deja = _soumises(edition)
    place = max(0, (AVEC_MOTS if ecrits else SUITES) - len(deja))
    suites = tenir(_suites(edition), lambda une: une.longueur, place, LETTRES)
    manques = {} if ecrits else _manques(edition)
    return Attendu(
        edition.mois,
        ecrits,
        deja,
        suites,
        objectif_non_fixe=manques.get("logement_dabord_objectif", False),
        delai_non_fixe=manques.get("delai_anormalement_long", False),
    ).section()


def _mots(edition: Edition) -> Mots | None:
    """Return the words of the gestionnaire; raise Refus when they would not fit."""
    racine = edition.v.dossier.racine
    ecrits = mots.lire(racine, edition.mois, CLE, "")
    lignes = len(ecrits.markdown.splitlines())
    if len(ecrits.markdown) > SIGNES or lignes > LIGNES:
        raise Refus(
            f"le texte est trop long pour la synthèse ({len(ecrits.markdown)} signes, {lignes} "
            "lignes)",
            str(mots.fichier(racine, edition.mois, CLE)),
            f"Le ramener à {SIGNES} signes et {LIGNES} lignes.",
        )
    return ecrits if ecrits.markdown else None


def _soumises(edition: Edition) -> tuple[Soumise, ...]:
    """Return the measures whose dossier is with the comité or the préfet, SUITES at most."""
    connus = noms(edition.v, edition.departement, edition.mois)
    dites = []
    for une in soumises(edition.v, edition.departement)[:SUITES]:
        for saisine in une.comptes("soumises")[-1:]:
            nom = connus.get(une.objet, une.objet)
            dites.append(Soumise(nom, famille(une.sujet).titre, saisine.jour, une.id))
    return tuple(dites)


def _suites(edition: Edition) -> list[Suite]:
    """Return who has been failing for a year: what is illegal first, then by number of cases."""
    limite = mois_avant(edition.mois, DUREE)
    tus = a_taire(edition.v, edition.departement)
    lignes = [
        une
        for une in a_reprendre(edition.v, edition.filtres)
        if une["sens"] == "reste"
        and une["depuis"] <= limite
        and une["code"] in catalogue().indicateurs
        and une["guichet"] not in tus
    ]
    lignes.sort(key=lambda une: une["guichet"])
    fermes = {
        une["guichet"]: ferme_le(une, edition.arrete)
        for une in registre(edition.v, edition.departement, edition.mois)
    }
    lues = {
        (une["guichet"], une["code"]): une
        for une in valeurs(edition.v, edition.departement, edition.mois)
    }
    rangees = []
    for guichet, siennes in itertools.groupby(lignes, key=lambda une: une["guichet"]):
        siens = list(siennes)
        valeurs_lues = sorted((lues[guichet, une["code"]] for une in siens), key=_gravite)
        depuis = min(une["depuis"] for une in siens)
        ferme = fermes.get(guichet)
        suite = _suite(edition, siens[0]["nom"], depuis, valeurs_lues, ferme)
        rangees.append((_gravite(valeurs_lues[0]), clef_de_tri(suite.nom), guichet, suite))
    return [suite for *_, suite in sorted(rangees, key=lambda une: une[:3])]


def _gravite(une: Valeur) -> tuple[bool, float]:
    """Sort what is illegal first, then by units beyond what the orange threshold allows."""
    un = catalogue().indicateurs[une["code"]]
    return not un.tolerance_zero, -exces(un.seuils, une["n_etat"] or 0, une["d_etat"] or 0)


def _suite(
    edition: Edition, nom: str, depuis: str, lues: list[Valeur], ferme: dt.date | None
) -> Suite:
    pire = lues[0]
    un = catalogue().indicateurs[pire["code"]]
    return Suite(
        nom,
        bailleur=pire["type_guichet"] == TypeGuichet.BAILLEUR,
        illegal=un.tolerance_zero,
        un=un,
        autres=len(lues) - 1,
        n=pire["n_etat"] or 0,
        d=pire["d_etat"] or 0,
        annee=pire["fenetre"] == "12m",
        depuis=depuis,
        au_moins=depuis == edition.mois_connus[0],
        ferme=ferme,
    )


def _manques(edition: Edition) -> dict[str, bool]:
    """Tell the objectives that only the préfet can set, while they are not."""
    connus = edition.v.tuples(
        "SELECT DISTINCT cle FROM reglages WHERE departement = $departement",
        {"departement": edition.departement},
    )
    cles = {cle for (cle,) in connus}
    return {cle: cle not in cles for cle in ("logement_dabord_objectif", "delai_anormalement_long")}
