"""Read the catalogue's files; whatever is wrong in them is refused by file and field."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from infocentre.catalogue.liaison import verifier
from infocentre.catalogue.modele import Catalogue, Indicateur, Population, ranger
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus

_ENTETE = re.compile(r"^-- (\w+):(.*)$")
_SUITE = re.compile(r"^--\s{2,}(.*)$")
_CHAMPS_ENTETE = ("nom", "nature", "grain", "objet", "requiert")


def lire_catalogue(
    dossier_expectations: Path | None = None, dossier_populations: Path | None = None
) -> Catalogue:
    """Read, validate and bind every file; raises Refus on the first file that is wrong."""
    indicateurs = _lire_indicateurs(dossier_expectations or ressources("expectations"))
    populations = _lire_populations(dossier_populations or ressources("queries") / "populations")
    catalogue = Catalogue(
        indicateurs={un.code: un for un in ranger(list(indicateurs.values()))},
        populations=populations,
    )
    verifier(catalogue, {un.code: nom for nom, un in indicateurs.items()})
    return catalogue


def _lire_indicateurs(dossier: Path) -> dict[str, Indicateur]:
    bruts = {chemin: _lire_yaml(chemin) for chemin in _fichiers(dossier, ".yml", ".yaml")}
    _refuser_codes_repetes(bruts)
    return {chemin.name: _indicateur(chemin, brut) for chemin, brut in bruts.items()}


def _indicateur(chemin: Path, brut: dict[str, Any]) -> Indicateur:
    try:
        indicateur = Indicateur.model_validate(brut)
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name) from None
    if indicateur.code != chemin.stem:
        raise Refus(
            f"champ « code » : {indicateur.code} n'est pas le nom du fichier",
            chemin.name,
            f"Renommer le fichier en {indicateur.code}.yml, ou corriger le code.",
        )
    return indicateur


def _refuser_codes_repetes(bruts: dict[Path, dict[str, Any]]) -> None:
    premiers: dict[Hashable, Path] = {}
    for chemin, brut in bruts.items():
        code = brut.get("code")
        if isinstance(code, str) and code in premiers:
            raise Refus(
                f"champ « code » : {code} est déjà défini dans {premiers[code].name}",
                chemin.name,
                "Retirer l'un des deux fichiers, ou lui donner un code nouveau.",
            )
        premiers[str(code)] = chemin


def _lire_populations(dossier: Path) -> dict[str, Population]:
    populations = (_population(chemin) for chemin in _fichiers(dossier, ".sql"))
    return {population.nom: population for population in populations}


def _population(chemin: Path) -> Population:
    entete, sql = _separer(_lire_texte(chemin))
    exigences = tuple(mot.strip() for mot in entete.pop("requiert", "").split(",") if mot.strip())
    try:
        population = Population.model_validate(entete | {"sql": sql, "requiert": exigences})
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name) from None
    if population.nom != chemin.stem:
        raise Refus(
            f"champ « nom » : {population.nom} n'est pas le nom du fichier",
            chemin.name,
            f"Renommer le fichier en {population.nom}.sql, ou corriger le nom.",
        )
    return population


def _separer(texte: str) -> tuple[dict[str, Any], str]:
    lignes = texte.strip().splitlines()
    entete: dict[str, Any] = {}
    champ = ""
    for rang, ligne in enumerate(lignes):
        if trouve := _ENTETE.match(ligne):
            champ = trouve[1]
            entete[champ] = trouve[2].strip()
        elif champ and (suite := _SUITE.match(ligne)):
            entete[champ] = f"{entete[champ]} {suite[1].strip()}"
        else:
            return entete, "\n".join(lignes[rang:]).strip()
    return entete, ""


def _fichiers(dossier: Path, *suffixes: str) -> list[Path]:
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


def _lire_texte(chemin: Path) -> str:
    try:
        return chemin.read_text("utf-8")
    except UnicodeDecodeError:
        raise Refus(
            "le fichier n'est pas en UTF-8", chemin.name, "L'enregistrer en UTF-8."
        ) from None
    except OSError as erreur:
        raise Refus(
            f"le fichier ne peut pas être lu ({erreur.strerror})",
            str(chemin),
            "Vérifier qu'il existe et les droits de lecture.",
        ) from None


def _lire_yaml(chemin: Path) -> dict[str, Any]:
    try:
        # A CSafeLoader: nothing but plain values is built.
        brut = yaml.load(_lire_texte(chemin), Loader=_Lecteur)  # noqa: S506
    except yaml.YAMLError as erreur:
        raise _refus_yaml(erreur, chemin.name) from None
    if not isinstance(brut, dict):
        raise Refus(
            "le fichier ne décrit pas un indicateur",
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


class _Lecteur(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
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
