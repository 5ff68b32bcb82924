"""The procedures, a folder each, read and checked: what is wrong is refused by file and field.

`infocentre/procedures/<code>/` holds all that is known of one: `procedure.yml`, the texts of its
letters (`textes/`), its guards (`gardes.py`), its rules (`regles.py`, which `demarches` calls).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from pydantic import ValidationError

from infocentre.affaires.gardes import GARDES
from infocentre.affaires.modele import Donnee, Procedure, Transition
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import DES_PROCEDURES as DOSSIER
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte
from infocentre.noyau.fichiers_yaml import lire_yaml

FICHIER, TEXTES = "procedure.yml", "textes"
PAQUET = "infocentre.procedures"
DE = " d'une procédure"
# What a letter may name of any affaire, beside what its events carry.
DE_TOUTES = frozenset(
    {
        "affaire",
        "departement",
        "objet",
        "ouverte_le",
        "etat",
        "jour",
        "faits",
        "reglages",
        "echeances",
        "service",
        "contact",
        "liste",
        "chiffre",
        "lignes",
    }
)


def lire_procedure(chemin: Path) -> Procedure:
    """Read and check one procedure.yml and the texts beside it; raise Refus that names the fault.

    The folder is the name of its code.
    """
    ou = f"{chemin.parent.name}/{chemin.name}"
    brut = _lire(chemin)
    try:
        procedure = Procedure.model_validate(brut)
    except ValidationError as erreur:
        raise refus_champs(erreur, ou, DE, {}) from None
    if procedure.code != chemin.parent.name:
        raise Refus(
            f"champ « code » : {procedure.code} n'est pas le nom de son dossier",
            ou,
            f"Renommer le dossier en {procedure.code}, ou corriger le code.",
        )
    if (chemin.parent / "gardes.py").exists():
        _declarer_les_gardes(procedure.code)
    fautes = [*_sans_garde(procedure), *_sans_suite(procedure), *_textes(procedure, chemin.parent)]
    if fautes:
        raise Refus(fautes[0], ou, "Corriger ce fichier, puis recommencer.")
    return procedure


def _declarer_les_gardes(code: str) -> None:
    try:
        importlib.import_module(f"{PAQUET}.{code}.gardes")
    except (ImportError, SyntaxError, NameError, AttributeError) as erreur:
        quoi = f"les gardes d'une procédure ne se lisent pas : {erreur}"
        raise Refus(quoi, f"{code}/gardes.py", "Corriger ce fichier, puis recommencer.") from None


def _lire(chemin: Path) -> dict[str, Any]:
    """Return the fields of a procedure.yml; all have this name: what is wrong says the folder."""
    try:
        return lire_yaml(chemin, "une procédure")
    except Refus as refus:
        du_nom = f"{chemin.parent.name}/" if refus.ou.startswith(chemin.name) else ""
        raise Refus(refus.quoi, f"{du_nom}{refus.ou}", refus.que_faire) from None


def _sans_garde(une: Procedure) -> Iterator[str]:
    for nom, un in une.evenements.items():
        if un.garde and un.garde not in GARDES:
            yield (
                f"champ « evenements.{nom}.garde » : la garde « {un.garde} » n'existe pas "
                f"(gardes : {', '.join(sorted(GARDES))})"
            )


def _sans_suite(une: Procedure) -> Iterator[str]:
    """Say which states tell nobody what comes next: someone acts, or something is awaited."""
    for nom, etat in une.etats.items():
        if etat.final:
            if etat.suite or etat.attend:
                yield f"champ « etats.{nom} » : un état final n'a ni « suite » ni « attend »"
        elif etat.suite is None and etat.attend is None:
            yield (
                f"champ « etats.{nom}.suite » : dire l'événement qui vient ensuite, ou par "
                "« attend » ce que l'on attend"
            )
        elif etat.suite is not None and etat.suite not in une.possibles(nom):
            yield f"champ « etats.{nom}.suite » : « {etat.suite} » n'en part pas"


def _textes(une: Procedure, dossier: Path) -> Iterator[str]:
    """Say which papers and mails have no text, or one that names what no event carries."""
    portees = {nom for un in une.evenements.values() for nom in un.donnees}
    connus = DE_TOUTES | portees | set(une.valeurs)
    modeles = [(f"documents.{nom}.modele", un.modele) for nom, un in une.documents.items()]
    modeles += [
        (f"evenements.{nom}.message", un.message)
        for nom, un in une.evenements.items()
        if un.message
    ]
    for champ, modele in modeles:
        chemin = dossier / TEXTES / modele
        if not chemin.exists():
            yield f"champ « {champ} » : {TEXTES}/{modele} n'existe pas"
            continue
        try:
            lu = _MILIEU.parse(lire_texte(chemin))
        except TemplateSyntaxError as erreur:
            ou = f"{TEXTES}/{modele}, ligne {erreur.lineno}"
            yield f"{ou} : ce texte ne se lit pas (une accolade, un « if » qui n'est pas fermé)"
            continue
        for inconnu in sorted(_noms(lu) - connus)[:1]:
            yield (
                f"{TEXTES}/{modele} : « {inconnu} » n'est porté par aucun événement de la "
                "procédure, ni dans ses « valeurs »"
            )


def _noms(lu: nodes.Template) -> set[str]:
    """Return the names that a text takes and does not give itself."""
    noms = {genre: set[str]() for genre in ("load", "store", "param")}
    for un in lu.find_all(nodes.Name):
        noms[un.ctx].add(un.name)
    importes = {
        un if isinstance(un, str) else un[1]
        for importe in lu.find_all(nodes.FromImport)
        for un in importe.names
    }
    donnes = {"loop"} if lu.find(nodes.For) else set[str]()
    return noms["load"] - noms["store"] - noms["param"] - importes - donnes


_MILIEU = Environment(autoescape=False)  # noqa: S701 - read for its names, never rendered


def lire_procedures(dossier: Path = DOSSIER) -> dict[str, Procedure]:
    """Return the procedures of a folder, by code."""
    chemins = sorted(dossier.glob(f"*/{FICHIER}"))
    if not chemins:
        raise Refus(
            "aucune procédure",
            str(dossier),
            "Réinstaller l'infocentre, ou remettre les dossiers des procédures à leur place.",
        )
    codes = Counter(str(_lire(un).get("code")) for un in chemins)
    if doubles := [code for code, fois in codes.items() if fois > 1]:
        raise Refus(
            f"deux procédures ont le code « {doubles[0]} »",
            str(dossier),
            "Donner à chacune le sien, celui de son dossier.",
        )
    lues = [lire_procedure(chemin) for chemin in chemins]
    return {une.code: une for une in lues}


@functools.cache
def procedures() -> dict[str, Procedure]:
    """Return the procedures of this version of the infocentre."""
    return lire_procedures()


@functools.lru_cache(maxsize=64)
def relire(definition: str) -> Procedure:
    """Return the procedure that a stored definition is; the same one is read once."""
    return Procedure.depuis_json(definition)


def actuelle(procedure: Procedure) -> Procedure:
    """Return a procedure as this version has it: its words and papers, for an older affaire."""
    with contextlib.suppress(KeyError):
        return procedure_de(procedure.code)
    return procedure


@functools.cache
def procedure_de(code: str) -> Procedure:
    """Return a procedure of this version without reading the others; raise KeyError for none."""
    chemin = DOSSIER / code / FICHIER
    if not chemin.is_file():
        raise KeyError(code)
    return lire_procedure(chemin)


def forme(procedure: Procedure, nom: str) -> Transition | None:
    """Return an event of an affaire's procedure, None when it has none of this name.

    What a delivery says has the shape of today in every affaire: no person fills it in, and one
    that began before may be told that a delivery says nothing. So have the days that a person
    says. Its rules stay as they were.
    """
    une = procedure.transition(nom)
    ici = actuelle(procedure).evenements.get(nom)
    if une is None or ici is None:
        return une
    if ici.automatique:
        return une.model_copy(update={"donnees": ici.donnees})
    return une.model_copy(update={"donnees": _aux_jours_de(ici.donnees, une.donnees)})


def _aux_jours_de(ici: Mapping[str, Donnee], avant: Mapping[str, Donnee]) -> dict[str, Donnee]:
    """Return data as they were, each date held to the days that its name is held to now."""
    rendues = dict(avant)
    for nom, une in avant.items():
        if nom in ici and ici[nom].type == une.type:
            colonnes = _aux_jours_de(ici[nom].colonnes, une.colonnes)
            rendues[nom] = une.model_copy(update={"jour": ici[nom].jour, "colonnes": colonnes})
    return rendues
