"""Titles and headings of documents' own tables: changed in a file, refused where they are wrong."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Colonne

RACINE = Path(entetes.__file__).parent
BON = """
visites:
  titre: Visites de {annee}
  colonnes:
    guichet: Guichet
    nombre: {titre: "En {annee}", genre: nombre}
    mutations:
"""


@pytest.fixture
def fichier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    chemin = tmp_path / entetes.FICHIER
    chemin.write_text(BON, "utf-8")
    monkeypatch.setattr(entetes, "declares", lambda: entetes.lire(chemin))
    return chemin


def lire_visites() -> tuple[Colonne, ...]:
    entetes.titre("visites", annee="2026")
    return entetes.colonnes("visites", "guichet", "nombre", annee="2026")


@pytest.mark.usefixtures("fichier")
def test_a_title_and_headings_are_those_of_the_file() -> None:
    assert entetes.titre("visites", annee="2026") == "Visites de 2026"
    assert entetes.colonnes("visites", "nombre", "guichet", annee="2026") == (
        Colonne("En 2026", "nombre", nom="nombre"),
        Colonne("Guichet", nom="guichet"),
    )


@pytest.mark.usefixtures("fichier")
def test_a_heading_left_empty_is_that_of_the_dictionary() -> None:
    (colonne,) = entetes.colonnes("visites", "mutations")
    assert colonne.titre == "Mutations"


@pytest.mark.parametrize(
    ("avant", "apres", "message"),
    [
        ("genre: nombre", "genres: nombre", "visites.colonnes.nombre.genres » : champ inconnu"),
        ("genre: nombre", "genre: entier", "visites.colonnes.nombre.genre » : « entier » n'est"),
        ("guichet: Guichet", "guichets: Guichet", "visites.colonnes » : un document imprime « gui"),
        ("{annee}", "{mois}", "visites.titre » : « Visites de {mois} » nomme entre accolades"),
        ("visites:", "visite:", "champ « visites » : un document imprime ce tableau, qui manque"),
        ("  titre: Vis", "  titres: Vis", "champ « visites.titres » : champ inconnu d'un tableau"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_field(
    fichier: Path, avant: str, apres: str, message: str
) -> None:
    fichier.write_text(BON.replace(avant, apres, 1), "utf-8")
    with pytest.raises(Refus) as refus:
        lire_visites()
    assert message in refus.value.quoi
    assert entetes.FICHIER in refus.value.ou


def test_the_file_declares_what_documents_print_and_nothing_else() -> None:
    """Read in the calls: « entetes.colonnes("plan", "constat", …) »."""
    imprimees: dict[str, set[str]] = {}
    for chemin in RACINE.rglob("*.py"):
        for appel in ast.walk(ast.parse(chemin.read_text("utf-8"))):
            if (
                isinstance(appel, ast.Call)
                and isinstance(appel.func, ast.Attribute)
                and appel.func.attr == "colonnes"
                and isinstance(appel.func.value, ast.Name)
                and appel.func.value.id == "entetes"
            ):
                cle, *noms = (
                    un.value
                    for argument in appel.args
                    for un in ast.walk(argument)
                    if isinstance(un, ast.Constant) and isinstance(un.value, str)
                )
                imprimees.setdefault(cle, set()).update(noms)
    declarees = {cle: set(un.colonnes) for cle, un in entetes.declares().items() if un.colonnes}
    assert declarees == imprimees
