"""What is submitted to the préfet, first: what people wrote, then what he alone can decide.

Of an organisme, nothing is submitted before the comité has it (convention 3.2.2 b): what the
gestionnaire conducts is told apart, see `suivies`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from infocentre.catalogue import Indicateur
from infocentre.lecture.accueil import a_reprendre
from infocentre.lecture.commun import catalogue, registre, valeurs
from infocentre.lecture.demarches import Demarche, a_taire, demarches
from infocentre.lecture.guichets import ferme_le
from infocentre.lecture.lignes import Valeur
from infocentre.lecture.radiations import SansPreavis, sans_preavis
from infocentre.lecture.reglages import a_fixer
from infocentre.mesures.jugement import exces
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import MAUVAIS
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions import mots
from infocentre.restitutions.document import Mots, Section
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.commun import tenir

POINTS, AVEC_MOTS, LETTRES = 3, 1, 400
SIGNES, LIGNES = 300, 3
DUREE = 12
CLE = "attendu-du-prefet"


@dataclass(frozen=True, slots=True)
class Cas:
    """The worst of an organisme or guichet: `n` of `d` of an indicator, and how many more.

    Of the month, or of 12 months (`annee`). `depuis` is the first month of all of it, `au_moins`:
    maybe before; both are empty for an organisme, of which the months are not told.
    """

    un: Indicateur
    n: int
    d: int
    annee: bool
    autres: int
    depuis: str = ""
    au_moins: bool = False


@dataclass(frozen=True, slots=True)
class Persistant:
    """A guichet that has been failing for a year or more; `ferme`: since when it is closed."""

    guichet: str
    organisme: str
    nom: str
    cas: Cas
    ferme: dt.date | None

    @property
    def longueur(self) -> int:
        """Letters that are not always the same."""
        return len(self.nom) + len(self.cas.un.libelle)


@dataclass(frozen=True, slots=True)
class Saisie:
    """What the comité or the préfet has, and what is still bad of it, None when nothing is."""

    demarche: Demarche
    cas: Cas | None

    @property
    def longueur(self) -> int:
        """Letters that are not always the same."""
        return len(self.demarche.nom) + (len(self.cas.un.libelle) if self.cas else 0)


@dataclass(frozen=True)
class Attendu(Contenu):
    """What the préfet is asked: `mots` of the gestionnaire, None when there are none."""

    modele = "synthese/attendu.md"

    mois: str
    mots: Mots | None
    saisies: tuple[Saisie, ...]
    preavis: SansPreavis | None
    fermes: tuple[Persistant, ...]
    objectif_non_fixe: bool
    delai_non_fixe: bool


def attendu(edition: Edition) -> Section:
    """Return the section: it always stands, so that « nothing » is read too."""
    ecrits = _mots(edition)
    place = AVEC_MOTS if ecrits else POINTS
    saisies = tenir(_saisies(edition), lambda une: une.longueur, place, LETTRES)
    preavis = sans_preavis_en_12_mois(edition)
    ouverts = preavis if preavis and preavis.ouvertes else None
    reste = max(0, place - len(saisies) - bool(ouverts))
    siens = [un for un in persistants(edition) if un.ferme]
    manquent = a_fixer(edition.v, edition.departement, edition.mois)
    return Attendu(
        edition.mois,
        ecrits,
        saisies,
        ouverts,
        tenir(siens, lambda un: un.longueur, reste, LETTRES) if reste else (),
        objectif_non_fixe=not ecrits and "logement_dabord_objectif" in manquent,
        delai_non_fixe=not ecrits and "delai_anormalement_long" in manquent,
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


def sans_preavis_en_12_mois(edition: Edition) -> SansPreavis | None:
    """Return the radiations of 12 months without a préavis in time, None for none."""
    debut = mois_avant(edition.mois, DUREE - 1)
    return sans_preavis(edition.v, edition.departement, edition.mois, debut)


def connues(edition: Edition) -> tuple[Demarche, ...]:
    """Return what was asked of organismes, as the edition knows it."""
    return demarches(edition.v, edition.departement, edition.mois, edition.connue_le)


def _saisies(edition: Edition) -> list[Saisie]:
    """Return what the comité or the préfet has, the oldest first."""
    return [Saisie(une, pire(edition, une)) for une in connues(edition) if une.saisie]


def pire(edition: Edition, une: Demarche) -> Cas | None:
    """Return what is worst of an organisme, of what was asked of it; None when nothing is bad."""
    siennes = _mauvaises(
        edition,
        "organisme",
        lambda lue: (
            lue["guichet"] == une.organisme
            and catalogue().indicateurs[lue["code"]].famille == une.famille
        ),
    )
    return _cas(sorted(siennes, key=_gravite)) if siennes else None


def persistants(edition: Edition) -> list[Persistant]:
    """Return who has been failing for a year: what is illegal first, then by number of cases.

    Who was only asked informally is left out: it is not named (convention 3.2.2 b).
    """
    limite, tus = mois_avant(edition.mois, DUREE), a_taire(connues(edition))
    inscrits = {
        une["guichet"]: une for une in registre(edition.v, edition.departement, edition.mois)
    }
    depuis: dict[str, dict[str, str]] = {}
    for une in a_reprendre(edition.v, edition.filtres):
        vieille = une["sens"] == "reste" and une["depuis"] <= limite
        if vieille and une["code"] in catalogue().indicateurs:
            depuis.setdefault(une["guichet"], {})[une["code"]] = une["depuis"]
    lues: dict[str, list[Valeur]] = {}
    for lue in valeurs(edition.v, edition.departement, edition.mois):
        if lue["code"] in depuis.get(lue["guichet"], ()):
            lues.setdefault(lue["guichet"], []).append(lue)
    trouves = []
    for guichet, siennes in lues.items():
        inscrit = inscrits.get(guichet)
        organisme = inscrit["organisme"] if inscrit else guichet
        if organisme in tus:
            continue
        siennes.sort(key=_gravite)
        un = Persistant(
            guichet,
            organisme,
            (inscrit["nom"] if inscrit else None) or guichet,
            _cas(siennes, min(depuis[guichet].values()), edition.mois_connus[0]),
            ferme_le(inscrit, edition.arrete) if inscrit else None,
        )
        trouves.append((_gravite(siennes[0]), clef_de_tri(un.nom), guichet, un))
    return [un for *_, un in sorted(trouves, key=lambda dit: dit[:3])]


def _mauvaises(edition: Edition, niveau: str, voulue: Callable[[Valeur], bool]) -> list[Valeur]:
    return [
        lue
        for lue in valeurs(edition.v, edition.departement, edition.mois, niveau=niveau)
        if lue["etat"] in MAUVAIS and lue["code"] in catalogue().indicateurs and voulue(lue)
    ]


def _gravite(une: Valeur) -> tuple[bool, float]:
    """Sort what is illegal first, then by units beyond what the orange threshold allows."""
    un = catalogue().indicateurs[une["code"]]
    return not un.tolerance_zero, -exces(un.seuils, une["n_etat"] or 0, une["d_etat"] or 0)


def _cas(lues: list[Valeur], depuis: str = "", premier: str = "") -> Cas:
    """Return the worst case of values, the gravest first."""
    la = lues[0]
    return Cas(
        catalogue().indicateurs[la["code"]],
        n=la["n_etat"] or 0,
        d=la["d_etat"] or 0,
        annee=la["fenetre"] == "12m",
        autres=len(lues) - 1,
        depuis=depuis,
        au_moins=bool(depuis) and depuis == premier,
    )
