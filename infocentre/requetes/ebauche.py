"""What a person's query leaves on the disk: an indicator with its test, or a file of the library.

Files appear whole, and never in the place of another.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infocentre.catalogue import Catalogue, Indicateur, lire_catalogue
from infocentre.catalogue.analyse import ErreurSql, colonnes_nommees
from infocentre.catalogue.familles import SANS_FAMILLE
from infocentre.catalogue.modele import Seuils
from infocentre.catalogue.schema import types_colonnes
from infocentre.contrat import contrat
from infocentre.decisions import RequeteGardee
from infocentre.noyau.config import dossier_donnees, ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import en_place, refus_d_ecriture
from infocentre.noyau.imputables import PERSONNE
from infocentre.requetes.bibliotheque import lire_requete, requete_libre
from infocentre.requetes.essais import LIGNES
from infocentre.requetes.proposition import Proposition

A_COMPLETER = "À compléter"
SEUILS = Seuils(orange=0.02, rouge=0.05).model_dump()
_ORDRE = tuple(Indicateur.model_fields)
_NOM = re.compile(r"[a-z][a-z0-9_]{2,59}")
_A_ECRIRE = """# Aucune ligne d'essai n'a pu être inventée pour cette règle : les écrire ici, comme
# dans les autres fichiers (un cas « conforme » et un cas « anomalie » au moins).
cas: []
"""


def completer(code: str, proposition: Proposition, choisis: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a candidate: what a person chose, and what can be said without them.

    Texts that only a person can write begin with A_COMPLETER.
    """
    catalogue = lire_catalogue()
    voisins = catalogue.de_population(proposition.population)
    famille = voisins[-1].famille if voisins else SANS_FAMILLE
    juge = {} if choisis.get("imputable") == PERSONNE or choisis.get("tolerance_zero") else SEUILS
    defauts: dict[str, Any] = {
        "code": code,
        "libelle": f"{A_COMPLETER} (nom de l'indicateur)",
        "famille": famille,
        "imputable": "guichet",
        "population": proposition.population,
        "applicable": proposition.applicable,
        "anomalie": proposition.anomalie,
        "explication": _explication(catalogue, proposition),
        "seuils": juge or None,
        "pourquoi": f"{A_COMPLETER} (ce que cette anomalie fait perdre, et à qui).",
        "correction": f"{A_COMPLETER} (ce que le guichet doit faire).",
        "remede": "corriger",
        "version": 1,
        "depuis": f"{dt.datetime.now().astimezone():%Y-%m}",
    }
    champs = defauts | {nom: valeur for nom, valeur in choisis.items() if valeur is not None}
    champs.setdefault("ordre", _ordre(catalogue, champs["famille"]))
    return {nom: champs[nom] for nom in _ORDRE if champs.get(nom) is not None}


def en_yaml(champs: Mapping[str, Any]) -> str:
    """Return the text of expectations/<CODE>.yml, fields in the usual order."""
    return "".join(
        f"{nom}: {_valeur_yaml(champs[nom])}\n" for nom in _ORDRE if champs.get(nom) is not None
    )


def ecrire_candidat(
    indicateur: Indicateur, essais: str | None, projet: Path | None = None
) -> tuple[Path, Path]:
    """Write expectations/<CODE>.yml and tests/indicateurs/<CODE>.yml; return both.

    `essais` is the text of its test rows, None when they are to be written; `projet` holds both
    directories.

    Raises:
        Refus: the code is taken, a file exists, or a directory is missing.
    """
    racine = projet or projet_par_defaut()
    definition, essai = (
        racine / dossier / f"{indicateur.code}.yml" for dossier in ("expectations", LIGNES)
    )
    for cible in (definition, essai):
        _exiger_place(cible)
    _ecrire_neuf(essai, essais or _A_ECRIRE)
    try:
        _ecrire_neuf(definition, en_yaml(indicateur.model_dump(mode="json", exclude_defaults=True)))
    except Refus:
        essai.unlink()
        raise
    return definition, essai


def projet_par_defaut() -> Path:
    """Return the project that the infocentre runs from; raise Refus when it is a bare install."""
    racine = ressources("expectations").parent
    if not (racine / LIGNES).is_dir():
        raise Refus(
            "l'infocentre installé n'a pas de dossier d'essais",
            str(racine),
            "Donner --dossier : celui du projet, qui contient expectations et tests/indicateurs.",
        )
    return racine


def ecrire_bibliotheque(gardee: RequeteGardee, nom: str, dossier: Path | None = None) -> Path:
    """Write a saved query as a file of the library; return it.

    Its header is completed with its title and author; parameters that it does not declare become
    texts. Without `dossier`: queries/bibliotheque of the project, else the data directory's own.

    Raises:
        Refus: the name is taken or malformed, or the query is not a fit one.
    """
    if not _NOM.fullmatch(nom):
        raise Refus(
            f"« {nom} » n'est pas un nom de requête",
            que_faire="Écrire trois à soixante minuscules sans accent, chiffres ou « _ ».",
        )
    lieu = dossier or bibliotheque_par_defaut()
    lieu.mkdir(parents=True, exist_ok=True)
    cible = lieu / f"{nom}.sql"
    _exiger_place(cible)
    texte = _avec_entete(gardee)
    lire_requete(texte, nom)
    _ecrire_neuf(cible, texte)
    return cible


def bibliotheque_par_defaut() -> Path:
    """Return where a territory's queries go: the project, or the data of a bare install."""
    livree = ressources("queries") / "bibliotheque"
    return (
        livree
        if (livree.parents[1] / "pyproject.toml").is_file()
        else (dossier_donnees() / "bibliotheque")
    )


def _avec_entete(gardee: RequeteGardee) -> str:
    """Return the text of a query with the fields of a header that it lacks."""
    requete = requete_libre(gardee.sql, gardee.titre)
    presents = set(re.findall(r"^-- (\w+(?: \w+)?):", gardee.sql, re.MULTILINE))
    champs = {
        "titre": gardee.titre,
        "description": requete.description,
        "auteur": gardee.auteur,
        **{
            f"parametre {nom}": f"{{type: {un.type}, libelle: {un.libelle}}}"
            for nom, un in requete.parametres.items()
        },
    }
    lignes = [f"-- {champ}: {valeur}" for champ, valeur in champs.items() if champ not in presents]
    return "\n".join([*lignes, gardee.sql.strip(), ""])


def _ordre(catalogue: Catalogue, famille: str) -> int:
    """Return a place after the last indicator of the famille."""
    rangs = [un.ordre for un in catalogue.indicateurs.values() if un.famille == famille]
    tous = [un.ordre for un in catalogue.indicateurs.values()]
    return max(rangs or tous, default=0) + 1


def _explication(catalogue: Catalogue, proposition: Proposition) -> str:
    """Say what the rule looked at, column by column, personal ones left out."""
    population = catalogue.populations.get(proposition.population)
    if population is None:
        return "unité en anomalie"
    connues = types_colonnes(population.sql)
    libelles = {une.champ: une for table in contrat().tables.values() for une in table.colonnes}
    nommees = _nommees(proposition)
    termes = [
        f"{libelles[nom].libelle if nom in libelles else nom.replace('_', ' ')} {{{nom}}}"
        for nom in connues
        if nom in nommees and not (nom in libelles and libelles[nom].personnelle)
    ]
    return ", ".join(un[0].lower() + un[1:] for un in termes) or "unité en anomalie"


def _nommees(proposition: Proposition) -> frozenset[str]:
    try:
        return colonnes_nommees(proposition.anomalie)
    except ErreurSql:
        return frozenset()


def _valeur_yaml(valeur: object) -> str:
    if isinstance(valeur, str) and "\n" in valeur.strip():
        return "|-\n" + "\n".join(f"  {ligne}" for ligne in valeur.strip().splitlines())
    brut = yaml.safe_dump(valeur, allow_unicode=True, default_flow_style=True, width=10_000)
    return brut.removesuffix("...\n").strip()


def _exiger_place(cible: Path) -> None:
    if not cible.parent.is_dir():
        raise Refus(
            "ce dossier n'existe pas",
            str(cible.parent),
            "Donner --dossier : celui du projet, qui contient expectations et tests/indicateurs.",
        )
    if cible.exists():
        raise Refus(
            "ce fichier existe déjà", str(cible), "Choisir un autre nom, ou l'effacer d'abord."
        )


def _ecrire_neuf(cible: Path, texte: str) -> None:
    """Write a file whole under its name; raise Refus when somebody made it meanwhile."""
    with refus_d_ecriture(cible, "Vérifier les droits."):
        try:
            with en_place(cible, droits=0o644, neuf=True) as partiel:
                partiel.write_text(texte, "utf-8")
        except FileExistsError:
            _exiger_place(cible)
            raise
