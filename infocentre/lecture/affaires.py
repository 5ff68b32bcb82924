"""What is asked of organismes, as whoever reads may see it: each count has one definition, here."""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.chaine import Tete
from infocentre.decisions import magasin_present, utilisateur
from infocentre.lecture.lecteur import Lecture


def registre(v: Lecture) -> Affaires | None:
    """Return the affaires of the data directory, None when there never was one."""
    magasin = magasin_present(v.dossier.racine)
    return Affaires(magasin, Acteur(utilisateur())) if magasin else None


def tete(v: Lecture) -> Tete | None:
    """Return the head of the chain of events, None before the first."""
    affaires = registre(v)
    lue = affaires.tete() if affaires else None
    return lue if lue and lue.rang else None
