"""Minutes that were filled in (.docx), opened in a process with limits: its tables, its points."""

from __future__ import annotations

import re
import tempfile
import zipfile
from pathlib import Path
from typing import Any, TypedDict

from infocentre.noyau.borne import GIGA, demander, repondre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import simplifier

SECONDES = 20
PRESENTS = ("Qualité", "Organisme", "Présent (oui, non, excusé)", "Pouvoir de")
DECISIONS = ("Décision", "Qui", "Pour le")
POINTILLES = "……"
_AFFAIRE = re.compile(r"\b\d{2}[0-9AB]-\d{4}-\d{5}\b")
_POINT = re.compile(r"Point (\d+) –")


class Lu(TypedDict):
    """What minutes say: of which meeting, who was there, what was said and decided."""

    affaire: str
    presents: list[dict[str, str]]
    dits: list[dict[str, str]]
    decisions: list[dict[str, str]]


class _Demande(TypedDict):
    chemin: str
    nom: str


def lire(octets: bytes, nom: str) -> Lu:
    """Return what filled minutes say; raise Refus when they are none of ours."""
    trop = Refus(
        "lire ce compte rendu demande trop de temps ou de mémoire",
        nom,
        "Reprendre le document à remplir, et y recopier le texte seul.",
    )
    with tempfile.NamedTemporaryFile(prefix="infocentre-compte-rendu-", suffix=".docx") as fichier:
        fichier.write(octets)
        fichier.flush()
        demande: _Demande = {"chemin": fichier.name, "nom": nom}
        return demander(__name__, demande, Lu, secondes=SECONDES, memoire=2 * GIGA, trop=trop)


# --- In the process with limits -------------------------------------------------------------------


def _faire(demande: _Demande) -> Lu:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    faux = Refus(
        "ce fichier n'est pas un compte rendu à remplir",
        demande["nom"],
        "Reprendre « Compte rendu à remplir » sur la page de la réunion.",
    )
    try:
        lu = Document(str(Path(demande["chemin"])))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as erreur:
        raise faux from erreur
    paragraphes = [un.text.strip() for un in lu.paragraphs]
    tables = [
        [[c.text.strip() for c in rangee.cells] for rangee in table.rows] for table in lu.tables
    ]
    textes = [*paragraphes, *(c for table in tables for rangee in table for c in rangee)]
    textes += [un.text for section in lu.sections for un in section.footer.paragraphs]
    affaire = next((trouve[0] for un in textes if (trouve := _AFFAIRE.search(un))), "")
    if not affaire:
        raise faux
    decisions = _lignes(tables, DECISIONS, ("dite", "par_qui", "pour_le"))
    return {
        "affaire": affaire,
        "presents": _presents(tables),
        "dits": _dits(paragraphes),
        "decisions": [un for un in decisions if un.get("dite")],
    }


def _lignes(
    tables: list[list[list[str]]], titres: tuple[str, ...], noms: tuple[str, ...]
) -> list[dict[str, str]]:
    """Return the rows of the tables that have these titles, by name; empty cells are left out."""
    voulus = [simplifier(un) for un in titres]
    lues: list[dict[str, str]] = []
    for table in tables:
        entete = [simplifier(un) for un in table[0]] if table else []
        if not set(voulus) <= set(entete):
            continue
        rangs = [entete.index(un) for un in voulus]
        for rangee in table[1:]:
            ligne = {
                nom: rangee[rang]
                for nom, rang in zip(noms, rangs, strict=True)
                if rang < len(rangee) and rangee[rang]
            }
            lues += [ligne] if ligne else []
    return lues


def _presents(tables: list[list[list[str]]]) -> list[dict[str, str]]:
    """Return those who are told present, or for whom someone was."""
    lues = _lignes(tables, PRESENTS, ("qualite", "organisme", "present", "represente"))
    return [
        {nom: un for nom, un in ligne.items() if nom != "present"}
        for ligne in lues
        if ligne.get("qualite")
        and simplifier(ligne.get("present", "")).startswith(("o", "x", "present"))
    ]


def _dits(paragraphes: list[str]) -> list[dict[str, str]]:
    """Return what is written under each point of the agenda, by its number."""
    dits: list[dict[str, str]] = []
    point, textes = "", list[str]()
    for un in [*paragraphes, "Point 0 –"]:
        trouve = _POINT.match(un)
        if trouve or un == "Décisions":
            if point and textes:
                dits.append({"point": point, "dit": "\n".join(textes)})
            point, textes = (trouve[1] if trouve else ""), []
        elif un and POINTILLES not in un:
            textes.append(un)
    return dits


def _repondre(demande: Any) -> Lu:  # noqa: ANN401 - what the process is given
    return _faire(demande)


if __name__ == "__main__":
    repondre(_repondre)
