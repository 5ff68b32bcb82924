"""Chapters written from templates: what each name gives, what is left out, what is refused."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from jinja2 import FileSystemLoader, nodes
from jinja2.meta import find_undeclared_variables

from infocentre import demarches, procedures, restitutions
from infocentre.affaires import procedures as connues
from infocentre.noyau.config import DES_PROCEDURES, ressources
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import redaction
from infocentre.restitutions.document import (
    Chiffre,
    Chiffres,
    Colonne,
    Graphique,
    Liste,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.redaction import Contenu

TABLE = Tableau("depots", "Dépôts", (Colonne("Mois"),), ())
Ecrire = Callable[..., tuple[Section, ...]]


@dataclass(frozen=True)
class Essai(Contenu):
    modele = "essai.md"

    depots: int | None = 9377
    avant: int | None = 9429
    commune: str = "Arles"
    noms: tuple[str, ...] = ("Arles", "Istres")
    table: Tableau | None = TABLE
    image: Graphique | None = None


@pytest.fixture
def ecrire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ecrire:
    monkeypatch.setattr(redaction._milieu(), "loader", FileSystemLoader(tmp_path))

    def ecrire(texte: str, **chiffres: Any) -> tuple[Section, ...]:
        (tmp_path / "essai.md").write_text(texte, "utf-8")
        return Essai(**chiffres).rediger()

    return ecrire


def test_markdown_devient_sections(ecrire: Ecrire) -> None:
    sections = ecrire(
        "# La demande {page annexe}\n\n"
        "{% filter chapeau %}\n{{ depots | compter('dépôt') }}.\n{% endfilter %}\n\n"
        "## Les dépôts\nEn un an, {{ depots | evolution(avant) }},\n{{ commune | a }}.\n\n"
        "{{ table | titre('dépôts') | lecture('un mois par ligne.') }}\n\n"
        "- **ici** : {{ noms | enumerer }}\n- là\n"
    )
    assert sections == (
        Section(
            "La demande",
            (Paragraphe("9\u202f377\u00a0dépôts.", "chapeau"),),
            (
                Section(
                    "Les dépôts",
                    (
                        Paragraphe("En un an, en baisse de 0,6\u202f%, à Arles."),
                        Tableau("depots", "Dépôts", (Colonne("Mois"),), (), "Un mois par ligne."),
                        Liste(("**Ici** : Arles et Istres", "Là")),
                    ),
                ),
            ),
            page=True,
            annexe=True,
        ),
    )


def test_chiffre_absent_retire_ce_qui_repose_sur_lui(ecrire: Ecrire) -> None:
    (section,) = ecrire(
        "# A\n\n{{ depots | rapport(avant) }} ici.\n\nReste.\n\n- {{ avant }}\n- là\n\n"
        "{{ image }}\n{% set t %}De {{ avant }}{% endset %}\n{{ table | titre(t) }}\n",
        avant=None,
    )
    assert section.blocs == (Paragraphe("Reste."), Liste(("Là",)), TABLE)


def test_les_chiffres_qui_se_suivent_sont_cote_a_cote(ecrire: Ecrire) -> None:
    """One that is missing is left out; what only explains it is, alone, when it is missing."""
    (section,) = ecrire(
        "# A\n\n{{ chiffre('Dépôts', depots | entier, depots | evolution(avant), commune) }}\n"
        "{{ chiffre('Avant', avant | entier) }}\n"
        "{% set sur %}sur {{ avant }}{% endset %}{{ chiffre('Ici', '3', sur=sur) }}\n",
        avant=None,
    )
    assert section.blocs == (
        Chiffres((Chiffre("Dépôts", "9\u202f377", "", "Arles"), Chiffre("Ici", "3"))),
    )


def test_ce_qui_annonce_une_liste_se_tait_quand_il_n_en_reste_rien(ecrire: Ecrire) -> None:
    """Of two lists announced, the one that keeps a point keeps its words; what follows stays."""
    (section,) = ecrire(
        "# A\n\nIci :\n\n- {{ depots | entier }} dépôts\n- {{ avant | entier }} avant\n\n"
        "Là :\n\n- {{ avant | entier }} dépôts\n\nEnsuite.\n",
        avant=None,
    )
    assert section.blocs == (
        Paragraphe("Ici :"),
        Liste(("9\u202f377 dépôts",)),
        Paragraphe("Ensuite."),
    )


@pytest.mark.parametrize("nom", ["# Arles", "- Arles", "1. Arles", "> Arles", "    Arles"])
def test_un_nom_reste_un_nom(ecrire: Ecrire, nom: str) -> None:
    (section,) = ecrire("# A\n\n{{ commune }}\n", commune=nom)
    assert section.blocs == (Paragraphe(nom.strip()),)


def test_image_a_le_tableau_imprime(ecrire: Ecrire) -> None:
    image = Graphique("image", "Image", "<svg><title>Image</title></svg>", "", TABLE)
    (section,) = ecrire(
        "# A\n\n{{ image | titre('vue') }}\n{{ table | titre('imprimée') }}\n", image=image
    )
    vue, imprimee = section.blocs
    assert isinstance(vue, Graphique)
    assert (vue.titre, vue.svg, vue.tableau) == ("Vue", "<svg></svg>", imprimee)


@pytest.mark.parametrize(
    ("texte", "quoi", "ou"),
    [
        ("# A\n\n{{ depot }}", "le nom « depot » n'existe pas dans ce chapitre", ", ligne 3"),
        ("# A\n\n{{ depots | ecire }}", "le filtre « ecire » n'existe pas", ", ligne 3"),
        ("# A\n{% if depots %}\n", "« if », « for » ou « filter » n'est pas fermé", ", ligne 2"),
        ("# A\n{{ depots / 2 }}", "« 4688.5 » s'écrit par un filtre", ", ligne 2"),
        ("# A\n{{ noms | entier }}", "ce modèle ne peut pas être lu", ", ligne 2"),
        ("# A\n{{ (1 / 0) | entier }}", "ce modèle ne peut pas être lu", ", ligne 2"),
        ("# A\n{{ 'demain' | dater }}", "le nom « day » n'existe pas ici", ", ligne 2"),
        ("A", "le texte commence avant le premier titre « # »", ""),
        ("## A", "titre « A » sans titre au-dessus", ""),
        ("# A\n\nvoir\n```\nx\n```", "« ``` » n'est pas attendu", ""),
        ("# {{ image }}", "un titre repose sur un chiffre qui peut manquer", ""),
    ],
)
def test_modele_refuse(ecrire: Ecrire, texte: str, quoi: str, ou: str) -> None:
    with pytest.raises(Refus) as refus:
        ecrire(texte)
    assert quoi in refus.value.quoi
    assert refus.value.ou.startswith(f"reports/essai.md{ou}")


# --- The templates of the documents ---------------------------------------------------------------


def _contenus() -> dict[str, list[type[Contenu]]]:
    """Return the records of figures of all documents, by template."""
    for paquet in (restitutions, demarches, procedures):
        for module in pkgutil.walk_packages(paquet.__path__, f"{paquet.__name__}."):
            importlib.import_module(module.name)
    par_modele: dict[str, list[type[Contenu]]] = {}
    for un in _descendants(Contenu):
        if un.__module__.startswith("infocentre."):
            par_modele.setdefault(un.modele, []).append(un)
    return par_modele


def _descendants(classe: type[Contenu]) -> Iterator[type[Contenu]]:
    for une in classe.__subclasses__():
        yield une
        yield from _descendants(une)


def _textes_des_chapitres() -> dict[str, Path]:
    """Return the templates, by the name that a record has for each."""
    racines = {ressources("reports"): "*.md", DES_PROCEDURES.parent: "procedures/*/textes/*.md"}
    return {
        str(un.relative_to(racine)): un
        for racine, patron in racines.items()
        for un in racine.rglob(patron)
    }


def test_chaque_modele_a_ses_chiffres() -> None:
    """A name that no figure has, a figure that no sentence uses, a text of no chapter: refused."""
    contenus, sources = _contenus(), _textes_des_chapitres()
    # Those of one affaire have no record: `affaires/procedure.py` checks what each names.
    d_une_affaire = {
        f"procedures/{code}/textes/{un.modele}"
        for code, une in connues().items()
        for un in une.documents.values()
    }
    assert set(contenus) == sources.keys() - d_une_affaire
    for modele, classes in contenus.items():
        arbre = redaction._milieu().parse(sources[modele].read_text("utf-8"))
        poses = {un.name for un in arbre.find_all(nodes.Name) if un.ctx == "store"}
        noms = find_undeclared_variables(arbre) - poses - set(redaction._milieu().globals)
        (classe,) = classes
        assert noms == {un.name for un in fields(classe)}, modele
        assert not list(arbre.find_all(nodes.Concat)), f"{modele} : écrire un « set » au lieu de ~"


def test_un_nom_prend_son_article_apres_une_preposition() -> None:
    """« par la Mairie de Cassis », « à l'Office public »: a name that is printed bare has none."""
    nu = re.compile(
        r"\b(?:par|à|de|que|pour|sur) \{\{ (?:nom_guichet|guichet|bailleur|objet|organisme|jamais)"
        r" (?:\}\}|\| (?:enumerer|que))"
    )
    racines = ressources("reports"), DES_PROCEDURES.parent / "procedures"
    textes = [
        un for racine in racines for forme in ("md", "txt") for un in racine.rglob(f"*.{forme}")
    ]
    assert textes
    assert [(un.name, dit) for un in textes for dit in nu.findall(un.read_text("utf-8"))] == []
    phrase = "par {{ nom | avec_article }}, {{ noms | map('a') | list | enumerer }}"
    dits = {"nom": "Mairie de Cassis", "noms": ["Conseil départemental", "Garlaban Résidences"]}
    ecrit = redaction._sans_marque(redaction._milieu().from_string(phrase).render(dits))
    assert ecrit == "par la Mairie de Cassis, au Conseil départemental et à Garlaban Résidences"


def test_aucune_phrase_n_est_dans_le_code() -> None:
    """What a document says stands in its templates; a refusal and what to do of it are no document.

    Of forms, what stands beside the text is left out: the legend of « s », the foot of pages, what
    the page Documents says of each.
    """
    formes = {"document.py", "ecriture.py", "registre.py"}
    racine = Path(restitutions.__path__[0])
    trouvees = [
        f"{fichier.relative_to(racine)}:{ligne} {texte}"
        for fichier in sorted(racine.rglob("*.py"))
        if fichier.name not in formes
        for ligne, texte in _textes(ast.parse(fichier.read_text("utf-8")))
        if texte.rstrip()[-1:] in ".!?"
        and len(re.findall(r"[^\W\d_]{2,}", texte)) >= 5
        and not re.match(r"(?:L')?[A-Za-z]+er\b", texte)  # « Corriger ce fichier… »
    ]
    assert trouvees == []


def _textes(arbre: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of what is written as text, docstrings and refusals left out."""
    for noeud in ast.iter_child_nodes(arbre):
        if isinstance(noeud, ast.Call) and getattr(noeud.func, "id", "").startswith("Refus"):
            continue
        if isinstance(noeud, ast.Raise) or (
            isinstance(noeud, ast.Expr) and isinstance(noeud.value, ast.Constant)
        ):
            continue
        if isinstance(noeud, ast.Constant) and isinstance(noeud.value, str):
            yield noeud.lineno, noeud.value
        elif isinstance(noeud, ast.JoinedStr):
            textes = [un.value for un in noeud.values if isinstance(un, ast.Constant)]
            yield noeud.lineno, " ".join(map(str, textes))
        else:
            yield from _textes(noeud)
