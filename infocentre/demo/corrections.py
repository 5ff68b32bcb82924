"""Corrections of identity of the demonstration: one at each step, one that explains a movement.

They are asked of the demandes that the generator wrote wrong, the day the demonstration is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import Magasin
from infocentre.demo.decisions import Verite
from infocentre.demo.proches import Genre
from infocentre.identite.personnes import identites
from infocentre.lecture.doublons.demandes import ACTIVE, lire_etats
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.mouvements import mouvements
from infocentre.procedures.corrections_identite.corrections import (
    CLASSER,
    FAITE,
    Correction,
    demander,
)
from infocentre.procedures.mesures_correctives.demonstration import QUI

ERREUR, CHANGEMENT = "erreur_manifeste", "changement_justifie"
Suite = tuple[str, Mapping[str, str]]
# Of which demandes, what is asked, and what follows.
_DEMANDES: tuple[tuple[Genre, str, str, tuple[str, ...], tuple[Suite, ...]], ...] = (
    (Genre.INVERSION, ERREUR, "piece_identite", ("nom", "prenom"), ()),
    (Genre.DATE, ERREUR, "acte_naissance", ("date_naissance",), ((FAITE, {}),)),
    (Genre.MARIAGE, CHANGEMENT, "acte_mariage", ("nom",), ((FAITE, {}),)),
    (Genre.FRAPPE_PRENOM, ERREUR, "aucune", ("prenom",), ()),
    (
        Genre.PRENOMS,
        CHANGEMENT,
        "titre_sejour",
        ("prenom",),
        ((CLASSER, {"issue": "injustifiee"}),),
    ),
)


def planter(v: Lecture, magasin: Magasin, departement: str, verite: Verite) -> int:
    """Ask for a correction of each kind; return how many, the movement explained included."""
    registre = Affaires(magasin, Acteur(QUI))
    faites = 0
    for genre, nature, piece, champs, suites in _DEMANDES:
        numero = _demande(v, departement, verite, genre)
        if numero is None:
            continue
        affaire = demander(
            v, magasin, registre, departement, Correction(numero, nature, piece, champs)
        )
        for nom, donnees in suites:
            registre.agir(affaire.id, nom, donnees)
        faites += 1
    return faites + _expliquer(v, magasin, registre, departement)


def _demande(v: Lecture, departement: str, verite: Verite, genre: Genre) -> str | None:
    """Return the newest demande of a pair of that kind, still active, whose names are delivered.

    The last delivery may have its line rejected.
    """
    siennes = [max(paire) for paire, un in verite.items() if un is genre]
    etats = lire_etats(v, departement, identites(v.dossier, departement, siennes))
    return max((un for un, etat in etats.items() if etat["statut"] == ACTIVE), default=None)


def _expliquer(v: Lecture, magasin: Magasin, registre: Affaires, departement: str) -> int:
    """Say why the names of one demande changed."""
    for un in mouvements(v, departement):
        if un.numero is not None and un.a_verifier:
            mois = f"{un.mouvement.vu_le:%Y-%m}"
            une = Correction(un.numero, CHANGEMENT, "decision", mouvement=mois)
            demander(v, magasin, registre, departement, une)
            return 1
    return 0
