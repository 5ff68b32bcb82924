"""Read the catalogue's files; whatever is wrong in them is refused by file and field."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from infocentre.catalogue.acquis import acquis
from infocentre.catalogue.familles import FICHIER as FAMILLES
from infocentre.catalogue.liaison import verifier
from infocentre.catalogue.modele import Catalogue, Indicateur, Population, ranger
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte
from infocentre.noyau.fichiers_yaml import fichiers, lire_yaml

_ENTETE = re.compile(r"^-- (\w+):(.*)$")
_SUITE = re.compile(r"^--\s{2,}(.*)$")


def lire_catalogue(
    dossier_expectations: Path | None = None, dossier_populations: Path | None = None
) -> Catalogue:
    """Read, validate and bind every file; raises Refus on the first file that is wrong.

    Files that have not changed since are not read again.
    """
    expectations = dossier_expectations or ressources("expectations")
    populations = dossier_populations or ressources("queries") / "populations"
    return _lire(expectations, populations, (_contenu(expectations), _contenu(populations)))


def _contenu(dossier: Path) -> tuple[tuple[str, bytes], ...]:
    """Return what tells whether a file of a folder has changed, of those that can be read."""
    contenus = []
    for chemin in sorted(dossier.glob("*")):
        with contextlib.suppress(OSError):
            contenus.append((chemin.name, hashlib.sha256(chemin.read_bytes()).digest()))
    return tuple(contenus)


@functools.lru_cache(maxsize=2)
def _lire(expectations: Path, dossier_populations: Path, _contenus: object) -> Catalogue:
    indicateurs = _lire_indicateurs(expectations)
    populations = _lire_populations(dossier_populations)
    catalogue = Catalogue(
        indicateurs={un.code: un for un in ranger(list(indicateurs.values()))},
        populations=populations,
    )
    noms = {un.code: nom for nom, un in indicateurs.items()}
    acquis(expectations, lambda: verifier(catalogue, noms), dossier_populations)
    return catalogue


def _lire_indicateurs(dossier: Path) -> dict[str, Indicateur]:
    bruts = {
        chemin: lire_yaml(chemin, "un indicateur")
        for chemin in fichiers(dossier, ".yml", ".yaml")
        if chemin.name != FAMILLES
    }
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
    populations = (_population(chemin) for chemin in fichiers(dossier, ".sql"))
    return {population.nom: population for population in populations}


def _population(chemin: Path) -> Population:
    entete, sql = _separer(lire_texte(chemin))
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
