"""What a note may be about: what whoever writes it may open, an affaire of any procedure too."""

from __future__ import annotations

from infocentre.acces.modele import Acces
from infocentre.affaires import Affaires
from infocentre.decisions.notes import Genre, Sujet
from infocentre.demarches.face import voir
from infocentre.lecture.commun import indicateurs
from infocentre.lecture.demandes import demande
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus


def exiger_vu(v: Lecture, registre: Affaires, acces: Acces, sujet: Sujet) -> None:
    """Raise Refus unless the reader may open what a note is about."""
    genre, objet = sujet.genre, sujet.objet
    if not v.p.voit(sujet.departement):
        raise Refus("ce département n'est pas ouvert à ce compte")
    if genre in {Genre.GUICHET, Genre.ORGANISME} and not _connu(v, sujet):
        raise Refus(
            f"{genre} « {objet} » : il n'est pas connu, ou pas ouvert à ce compte",
            que_faire="Vérifier son code.",
        )
    if genre is Genre.DEMANDE:
        demande(v, objet)
    if genre is Genre.AFFAIRE:
        code = registre.lire(objet).procedure.code
        voir(acces, v, registre, code).lire(objet)
    if genre is Genre.INDICATEUR and objet not in {un.code for un in indicateurs()}:
        raise Refus(f"l'indicateur « {objet} » n'existe pas")


def _connu(v: Lecture, sujet: Sujet) -> bool:
    lus = v.tuples(
        "SELECT 1 FROM valeurs WHERE departement = $departement AND niveau = $niveau "
        "AND guichet = $objet LIMIT 1",
        {"departement": sujet.departement, "niveau": str(sujet.genre), "objet": sujet.objet},
    )
    return bool(lus) and v.voit(sujet.genre, sujet.objet)
