"""A mail received as .eml, opened in a process with limits: its words, the workbook it carries.

Parts within parts, or millions of them, cost that process and nothing else.
"""

from __future__ import annotations

import email
import email.policy
import re
import tempfile
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TypedDict

from infocentre.noyau.borne import GIGA, demander, repondre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import compter

SECONDES = 20
CLASSEURS = (".xlsx", ".ods", ".xls")  # ends of the names of what is filled in
TEXTE_MAX = 20_000
COUPE = "[Le texte du courriel est plus long : le lire dans le courriel reçu.]"
_CITATION = re.compile(r"\s*(>|-{3,} ?(?:Message|Original)|De :|From:)")
ABIME = (LookupError, ValueError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Courriel:
    """What a person wrote, without what they quote; the only workbook, and its name."""

    texte: str
    classeur: bytes
    nom: str


class _Demande(TypedDict):
    chemin: str
    cible: str
    nom: str


class _Lu(TypedDict):
    texte: str
    nom: str


def ouvrir(octets: bytes, nom: str) -> Courriel:
    """Return what a mail says and carries; raise Refus when it does not carry one workbook."""
    trop = Refus(
        "lire ce courriel demande trop de temps ou de mémoire",
        nom,
        "Enregistrer le seul classeur joint, et le lire.",
    )
    with tempfile.TemporaryDirectory(prefix="infocentre-courriel-") as temporaire:
        recu, cible = Path(temporaire) / "recu", Path(temporaire) / "classeur"
        recu.write_bytes(octets)
        demande: _Demande = {"chemin": str(recu), "cible": str(cible), "nom": nom}
        lu = demander(__name__, demande, _Lu, secondes=SECONDES, memoire=GIGA, trop=trop)
        return Courriel(lu["texte"], cible.read_bytes(), lu["nom"])


# --- In the process with limits -------------------------------------------------------------------


def _faire(demande: _Demande) -> _Lu:
    nom = demande["nom"]
    try:
        lu = email.message_from_bytes(
            Path(demande["chemin"]).read_bytes(), policy=email.policy.default
        )
        joints, texte = _contenu(lu)
    except ABIME as erreur:
        raise Refus("ce courriel est abîmé", nom, "Enregistrer le seul classeur joint.") from erreur
    if len(joints) != 1:
        raise Refus(
            f"ce courriel porte {compter(len(joints), 'classeur')}, un seul est attendu",
            nom,
            "Enregistrer le classeur rempli, et le lire seul.",
        )
    Path(demande["cible"]).write_bytes(joints[0][1])
    return {"texte": _abrege(_sans_citation(texte)), "nom": joints[0][0]}


def _abrege(texte: str) -> str:
    """Return the words, cut where they are too many: that they are is said at their end."""
    return texte if len(texte) <= TEXTE_MAX else f"{texte[:TEXTE_MAX]}\n{COUPE}"


def _contenu(lu: EmailMessage) -> tuple[list[tuple[str, bytes]], str]:
    joints = [
        (str(un.get_filename()), un.get_content())
        for un in lu.iter_attachments()
        if str(un.get_filename() or "").lower().endswith(CLASSEURS)
    ]
    corps = lu.get_body(("plain",))
    texte = str(corps.get_content()).strip() if corps else ""
    return [(nom, octets) for nom, octets in joints if isinstance(octets, bytes)], texte


def _sans_citation(texte: str) -> str:
    gardees = []
    for ligne in texte.split("\n"):
        if _CITATION.match(ligne):
            break
        gardees.append(ligne.rstrip())
    return "\n".join(gardees).strip()


if __name__ == "__main__":
    repondre(_faire)
