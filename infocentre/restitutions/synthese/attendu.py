"""What is asked of the préfet, first: what people wrote, then what the data call for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from infocentre.lecture.accueil import a_reprendre
from infocentre.lecture.commun import libelle
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import borner, citer, clef_de_tri, minuscule
from infocentre.noyau.temps import mois_avant, nom_mois
from infocentre.restitutions import mots
from infocentre.restitutions.document import Bloc, Liste, Mots, Paragraphe, Section
from infocentre.restitutions.lecture import Edition

POINTS, AVEC_MOTS, SUITES, NOM, PHRASE = 3, 2, 2, 55, 205
SIGNES, LIGNES = 300, 3
DUREE = 12
CLE = "attendu-du-prefet"


def attendu(edition: Edition) -> Section:
    """Return the section: it always stands, so that « nothing » is read too."""
    ecrits = _mots(edition)
    place = POINTS - AVEC_MOTS if ecrits.markdown else POINTS
    points = tuple(itertools.islice(_points(edition), place))
    blocs: list[Bloc] = [ecrits] if ecrits.markdown else []
    if points:
        blocs.append(Liste(points))
    rien = Paragraphe("Rien n'est demandé ce mois-ci.")
    return Section("Ce qui est attendu de vous", tuple(blocs) or (rien,), gabarit="attendu")


def _mots(edition: Edition) -> Mots:
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
    return ecrits


def _points(edition: Edition) -> Iterator[str]:
    """Yield what calls for a decision of the préfet, the most urgent first."""
    suites = list(_suites(edition))
    yield from suites[:SUITES]
    yield from _reglages(edition)
    yield from suites[SUITES:]


def _suites(edition: Edition) -> Iterator[str]:
    """Yield who has been failing for a year: the convention brings it before the préfet."""
    limite = mois_avant(edition.mois, DUREE)
    lignes = [
        une
        for une in a_reprendre(edition.v, edition.filtres)
        if une["sens"] == "reste" and une["depuis"] <= limite
    ]
    lignes.sort(key=lambda une: (une["depuis"], clef_de_tri(une["nom"]), une["guichet"]))
    for _, siennes in itertools.groupby(lignes, key=lambda une: une["guichet"]):
        siens = list(siennes)
        libelles = [minuscule(libelle(une["code"])) for une in siens]
        au_moins = "au moins " if siens[0]["depuis"] == edition.mois_connus[0] else ""
        nom = f"**{borner(siens[0]['nom'], NOM)}**"
        debut = f"{nom} : décider des suites. En alerte depuis {au_moins}"
        depuis = nom_mois(siens[0]["depuis"])
        yield borner(f"{debut}{depuis} ({citer(libelles, 2, 'autre', 'autres')}).", PHRASE)


def _reglages(edition: Edition) -> Iterator[str]:
    """Yield the objectives that only the préfet can set, while they are not."""
    connus = edition.v.tuples(
        "SELECT DISTINCT cle FROM reglages WHERE departement = $departement",
        {"departement": edition.departement},
    )
    cles = {cle for (cle,) in connus}
    if "logement_dabord_objectif" not in cles:
        yield (
            "**Fixer l'objectif annuel du Logement d'abord** : sans lui, le réalisé ne se compare "
            "à rien."
        )
    if "delai_anormalement_long" not in cles:
        yield (
            "**Rappeler le délai anormalement long** fixé pour le département : il manque à "
            "l'infocentre, qui ne peut pas compter les demandes qui le dépassent."
        )
