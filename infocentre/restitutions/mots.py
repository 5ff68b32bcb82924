"""The words of people: Markdown files that keep their place when figures are computed again.

They live in INFOCENTRE_DOSSIER/mots/<document>/<cle>.md, for instance
mots/2026-S1/faits-marquants.md. Nothing here writes them: of those of a bilan, one that is missing
is asked for by its name, and is not on paper.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte
from infocentre.noyau.francais import composer
from infocentre.noyau.texte import nettoyer
from infocentre.restitutions.document import Mots, Paragraphe
from infocentre.restitutions.redaction import Contenu

TAILLE_MAX = 200_000
# The words of a bilan, by file, and what is to be written there.
DU_BILAN: Mapping[str, str] = {
    "commentaire": "pourquoi les chiffres évoluent ainsi",
    "faits-marquants": "conventions, guichets ouverts ou fermés, incidents",
    "suites": "ce que sont devenues les décisions du dernier copil",
    "enjeux": "ce qui compte pour le semestre à venir",
    "difficultes": "outils, moyens, partenaires, droit",
    "plan-actions": "actions décidées en dehors des indicateurs",
}
_BALISE = re.compile(r"<(?:/?[A-Za-z][A-Za-z0-9-]*(?:[\s/>]|$)|!|\?)")
_TITRES = {"h1": "h4", "h2": "h4", "h3": "h5", "h4": "h5", "h5": "h6", "h6": "h6"}


def fichier(racine: Path, document: str, cle: str) -> Path:
    """Return the file of these words in a data directory."""
    return racine / "mots" / document / f"{cle}.md"


def lire(racine: Path, document: str, cle: str, attente: str) -> Mots:
    """Return the words that people wrote, empty ones when there is no file; raise Refus.

    `attente` says what is to be written. HTML, scripts, pictures and links are refused.
    """
    chemin = fichier(racine, document, cle)
    texte = _lire(chemin) if chemin.is_file() else ""
    verifier(texte, chemin)
    return Mots(cle, texte.strip(), attente)


@dataclass(frozen=True)
class AEcrire(Contenu):
    """The words of a bilan that nobody wrote: their files, and what each is for."""

    modele = "bilan/mots.md"

    document: str
    manquent: list[str]


def dire_manquants(racine: Path, document: str) -> str:
    """Say which words of a bilan nobody wrote; '' when all are there."""
    manquent = [
        f"{cle}.md ({quoi})"
        for cle, quoi in DU_BILAN.items()
        if not lire(racine, document, cle, quoi).markdown
    ]
    dits = AEcrire(document, manquent).blocs() if manquent else ()
    return " ".join(un.texte for un in dits if isinstance(un, Paragraphe))


def exiger(racine: Path, document: str) -> None:
    """Raise Refus for the first file of a document's words that may not be printed."""
    for chemin in sorted((racine / "mots" / document).glob("*.md")):
        verifier(_lire(chemin), chemin)


def _lire(chemin: Path) -> str:
    texte = lire_texte(chemin)
    if len(texte) > TAILLE_MAX:
        raise Refus(
            "le texte est trop long pour un document", str(chemin), "Le ramener à quelques pages."
        )
    return nettoyer(texte)


def verifier(texte: str, ou: Path | str) -> None:
    """Raise Refus, naming the file and the line, for what a document may not print."""
    for ligne, quoi in _defauts(_moteur().parse(texte)):
        raise Refus(
            quoi,
            f"{ou}, ligne {ligne}",
            "Écrire en Markdown simple (titres, gras, italique, listes, tableaux) : "
            "rien n'a été imprimé.",
        )


def rendre(markdown: str) -> str:
    """Return words as HTML: what is not Markdown is escaped, headings come under the section's."""
    jetons = _moteur().parse(markdown)
    for jeton in jetons:
        jeton.tag = _TITRES.get(jeton.tag, jeton.tag)
        for enfant in jeton.children or ():
            if enfant.type == "text":
                enfant.content = composer(enfant.content)
    return str(_moteur().renderer.render(jetons, _moteur().options, {}))


@functools.cache
def _moteur() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).enable("table")


def _defauts(jetons: Iterable[Token]) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) in the order of the text."""
    for jeton in jetons:
        premiere = jeton.map[0] + 1 if jeton.map else 1
        yield from ((premiere + saut, quoi) for saut, quoi in _defauts_ligne(jeton.children or ()))


def _defauts_ligne(enfants: Iterable[Token]) -> Iterator[tuple[int, str]]:
    saut = 0
    for enfant in enfants:
        saut += enfant.type in {"softbreak", "hardbreak"}
        if enfant.type == "text" and _BALISE.search(enfant.content):
            yield saut, "ce texte contient du HTML ou un script"
        elif enfant.type == "image":
            yield saut, "ce texte contient une image"
        elif enfant.type == "link_open":
            yield saut, "ce texte contient un lien"
