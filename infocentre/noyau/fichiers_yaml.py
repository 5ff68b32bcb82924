"""Files of the catalogue: YAML whose keys stand once, texts in UTF-8."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte

# Nothing but plain values is built; that of C is ten times as fast.
SUR: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def lire(texte: str) -> Any:  # noqa: ANN401 - what a person wrote
    """Return the plain values of a text; raise yaml.YAMLError where it is none of YAML."""
    return yaml.load(texte, Loader=SUR)  # noqa: S506 - it is safe


def fichiers(dossier: Path, *suffixes: str) -> list[Path]:
    """Return the files of a folder of the catalogue; raise Refus when there is none."""
    fichiers = (
        sorted(chemin for chemin in dossier.iterdir() if chemin.suffix in suffixes)
        if dossier.is_dir()
        else []
    )
    if not fichiers:
        raise Refus(
            f"aucun fichier {suffixes[0]} du catalogue",
            str(dossier),
            "Réinstaller l'infocentre, ou remettre les fichiers du catalogue à leur place.",
        )
    return fichiers


def valeurs(chemin: Path, ou: str = "") -> Any:  # noqa: ANN401 - what a person wrote
    """Return the plain values of a file; raise Refus where it is no YAML or says a key twice.

    `ou` is how the file is named to who reads the refusal, its whole path unless told.
    """
    try:
        return yaml.load(lire_texte(chemin, ou), Loader=_Lecteur)  # noqa: S506 - it is safe
    except yaml.YAMLError as erreur:
        raise _refus_yaml(erreur, ou or str(chemin)) from None


def lire_yaml(chemin: Path, quoi: str) -> dict[str, Any]:
    """Return the fields of a file that describes `quoi`; raise Refus where it is no such thing."""
    brut = valeurs(chemin, chemin.name)
    if not isinstance(brut, dict):
        raise Refus(
            f"le fichier ne décrit pas {quoi}",
            chemin.name,
            "Écrire un champ par ligne, sous la forme « nom: valeur ».",
        )
    return brut


def _refus_yaml(erreur: yaml.YAMLError, fichier: str) -> Refus:
    marque = getattr(erreur, "problem_mark", None)
    ou = f"{fichier}, ligne {marque.line + 1}" if marque else fichier
    if isinstance(erreur, _ChampRepete):
        return Refus(str(erreur.problem), ou, "Ne garder qu'une fois ce champ.")
    return Refus(
        "le texte n'est pas du YAML valide",
        ou,
        "Vérifier les deux-points, les guillemets et les retraits de cette ligne.",
    )


class _ChampRepete(yaml.constructor.ConstructorError):
    """The same key twice in one mapping, of which YAML would silently keep the last."""


class _Lecteur(SUR):  # type: ignore[misc,valid-type]
    """A safe loader that refuses a key written twice."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's own
    ) -> dict[Hashable, Any]:
        vues: set[object] = set()
        scalaires = (cle for cle, _ in node.value if isinstance(cle, yaml.ScalarNode))
        for cle in scalaires:
            if cle.value in vues:
                probleme = f"champ « {cle.value} » : écrit deux fois"
                raise _ChampRepete(None, None, probleme, cle.start_mark)
            vues.add(cle.value)
        construit: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return construit
