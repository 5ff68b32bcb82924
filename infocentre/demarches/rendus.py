"""Files that people hand back: a workbook, or the mail that carries it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from infocentre.demarches import courriel
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import refus_de_lecture
from infocentre.noyau.francais import premiers

OCTETS_MAX = 30 << 20
NOMMEES = 10  # rows refused that are told one by one


def lire_octets(chemin: Path, au_plus: int = OCTETS_MAX) -> bytes:
    """Return what a returned file holds; raise Refus when it cannot be read or is too large."""
    with refus_de_lecture(chemin), chemin.open("rb") as flux:
        octets = flux.read(au_plus + 1)
    if len(octets) > au_plus:
        raise Refus(
            f"ce fichier dépasse {au_plus >> 20} Mo",
            chemin.name,
            "Vérifier que c'est bien celui qui est attendu, et lui seul.",
        )
    return octets


def ouvrir_rendu(nom: str, octets: bytes) -> tuple[str, bytes, str]:
    """Return (words of the mail, workbook, its name) of a workbook or of a mail that has one."""
    if not nom.lower().endswith(".eml"):
        return "", octets, nom
    recu = courriel.ouvrir(octets, nom)
    return recu.texte, recu.classeur, recu.nom


def dire_refusees(refusees: Sequence[str]) -> str:
    """Return why each row is refused: « ligne 2 : … ; ligne 5 : … ; et 3 autres lignes »."""
    return " ; ".join(premiers(refusees, NOMMEES, "autre ligne", "autres lignes"))
