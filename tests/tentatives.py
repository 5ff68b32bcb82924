"""What somebody tries who wants in, by family: written beside each test, read in one page.

    @pytest.mark.tentative("export", "le code d'un autre guichet", "deux fois le paramètre")

says what a test tries, an attempt a text. `python -m tests.tentatives` writes docs/tentatives.md.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.requetes.attaques import ATTAQUES

RACINE = Path(__file__).parents[1]
PAGE = RACINE / "docs" / "tentatives.md"
FAMILLES: Mapping[str, str] = {
    "adresse": "Un autre guichet dans l'adresse",
    "rappel": "Un autre guichet, un autre appel dans le corps d'un appel",
    "export": "L'export d'un autre",
    "requete": "La requête gardée d'un autre",
    "pdf": "Le document d'un autre",
    "affaire": "L'affaire d'un autre",
    "reponse": "La réponse à l'affaire d'un autre",
    "temoin": "Le témoin d'une session rejoué",
    "force": "L'adresse tapée, que rien ne montrait",
    "site": "La demande d'un autre site",
    "champs": "Un champ ajouté à un formulaire",
    "traversee": "Un fichier hors de ce qui est servi",
    "fixation": "Une session préparée par un autre",
    "entetes": "Un en-tête qui voudrait être cru",
    "essais": "Un mot de passe essayé sans fin",
    "compte": "Devenir quelqu’un, ou lui ressembler",
    "jeton": "Un jeton du fournisseur d'identité falsifié",
    "candidat": "Un numéro deviné par une règle à l'essai",
    "duree": "Ce que le temps de réponse dirait",
    "effectifs": "Ce que des comptes diraient",
    "fichiers": "Un texte livré qui agirait ailleurs",
    "balises": "Des balises dans ce que d'autres liront",
}
TETE = """# Tentatives

Ce qu'un attaquant essaie, et le test qui montre que rien ne passe. Chaque test dit lui-même ce
qu'il essaie ; cette page en est tirée par `python -m tests.tentatives`, et un test échoue quand une
famille n'a rien ou que la page n'est plus à jour.
"""


@dataclass(frozen=True)
class Tentative:
    """What is tried, and the test that does."""

    famille: str
    texte: str
    test: str


def lire() -> list[Tentative]:
    """Return what the tests say that they try, in the order of their files."""
    return [
        un for chemin in sorted((RACINE / "tests").rglob("test_*.py")) for un in _du_fichier(chemin)
    ]


def _du_fichier(chemin: Path) -> Iterator[Tentative]:
    texte = chemin.read_text("utf-8")
    if "mark.tentative" not in texte:
        return
    for noeud in ast.walk(ast.parse(texte)):
        if not isinstance(noeud, ast.FunctionDef):
            continue
        for marque in noeud.decorator_list:
            if isinstance(marque, ast.Call) and ast.unparse(marque.func) == "pytest.mark.tentative":
                famille, *textes = map(ast.literal_eval, marque.args)
                test = f"{chemin.relative_to(RACINE).as_posix()}::{noeud.name}"
                yield from (Tentative(famille, un, test) for un in textes)


def rediger() -> str:
    """Return the page."""
    toutes = lire()
    compte = (
        f"{len(toutes)} tentatives, et {len(ATTAQUES)} textes SQL écrits pour lire, écrire, régler "
        "ou épuiser (`tests/requetes/attaques.py`), chacun joué dans le bac à sable."
    )
    lignes = [TETE, compte]
    for famille, titre in FAMILLES.items():
        siennes = [une for une in toutes if une.famille == famille]
        lignes += ["", f"## {titre}", ""]
        vu = ""
        for une in siennes:
            if une.test != vu:
                lignes.append(f"- `{une.test}`")
                vu = une.test
            lignes.append(f"  - {une.texte}")
    return "\n".join(lignes) + "\n"


if __name__ == "__main__":
    PAGE.write_text(rediger(), "utf-8")
