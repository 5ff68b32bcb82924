"""The command line made from its records of options, in French. Imports nothing heavy."""

from __future__ import annotations

import argparse
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, fields
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

from infocentre import __version__
from infocentre.cli.options import COMMANDES, Commande, dite
from infocentre.noyau.texte import est_un_texte

TRADUCTIONS = {
    "usage: ": "utilisation : ",
    "positional arguments": "arguments",
    "options": "options",
    "subcommands": "commandes",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "arguments inconnus : %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "« %(value)s » n'est pas possible ; choisir parmi %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": "« %(value)s » n'est pas une valeur correcte",
    "not allowed with argument %s": "ne va pas avec %s",
    "ambiguous option: %(option)s could match %(matches)s": ("%(option)s est ambigu : %(matches)s"),
}


class _Francais(argparse.HelpFormatter):
    """Help in French, wide enough for the commands' names."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34, width=100)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or "utilisation : ")


class Analyseur(argparse.ArgumentParser):
    """An argument parser whose help and errors are in French."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"formatter_class": _Francais, "add_help": False, "allow_abbrev": False}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", "--aide", action="help", help="affiche cette aide")

    def error(self, message: str) -> NoReturn:
        """Say in French what is wrong with the arguments; exit 2."""
        aide = f"{self.prog} --help"
        self.exit(2, f"{self.prog} : {en_francais(message)}\n→ Voir {aide}\n")


def en_francais(message: str) -> str:
    """Return an error of argparse in French."""
    for anglais, francais in TRADUCTIONS.items():
        motif = re.escape(anglais)
        motif = re.sub(r"%\\\((\w+)\\\)([rs])", r"(?P<\1>.+?)", motif)
        motif = motif.replace("%s", "(?P<tout>.+?)")
        if trouve := re.fullmatch(motif, message):
            valeurs = {nom: valeur.strip("'") for nom, valeur in trouve.groupdict().items()}
            if "message" in valeurs:
                valeurs["message"] = en_francais(trouve["message"])
            texte = francais.replace("%s", "%(tout)s")
            return texte % valeurs
    return message


def lire_ligne(arguments: Sequence[str] | None) -> tuple[Commande, Any]:
    """Return the command of a line and its typed options; exit 2 with a sentence when it is bad."""
    lus = vars(construire().parse_args(arguments))
    commande = COMMANDES[lus.pop("commande")]
    return commande, commande.options(
        **{nom: tuple(un) if isinstance(un, list) else un for nom, un in lus.items()}
    )


@functools.cache
def construire() -> Analyseur:
    """Return the parser of every command of the infocentre (made once)."""
    analyseur = Analyseur(
        prog="infocentre",
        description="L'infocentre du gestionnaire territorial : des livraisons mensuelles du SNE "
        "au « Suivi des guichets ».",
        epilog="Tout est rangé sous INFOCENTRE_DOSSIER (./donnees par défaut).",
    )
    analyseur.add_argument(
        "--version",
        action="version",
        version=f"infocentre {__version__}",
        help="dit quelle version est installée",
    )
    commandes = analyseur.add_subparsers(
        title="commandes", prog="infocentre", dest="commande", metavar="COMMANDE", required=True
    )
    for une in COMMANDES.values():
        _ajouter(commandes.add_parser(une.nom, help=une.aide, description=une.aide), une.options)
    return analyseur


def _ajouter(analyseur: Analyseur, options: type[Any]) -> None:
    """Add what a command asks: its own first, then what it shares with others."""
    types = get_type_hints(options)
    propres = options.__annotations__
    groupes: dict[str, argparse._MutuallyExclusiveGroup] = {}
    for un in sorted(fields(options), key=lambda un: un.name not in propres):
        cible: argparse._ActionsContainer = analyseur
        lue = dite(un)
        if exclut := lue.exclut:
            if exclut not in groupes:
                groupes[exclut] = analyseur.add_mutually_exclusive_group()
            cible = groupes[exclut]
        noms = [un.name] if lue.place else [f"--{un.name.replace('_', '-')}"]
        cible.add_argument(*noms, help=lue.aide, **_forme(un, types[un.name]))


def _forme(champ: Field[Any], type_: Any) -> dict[str, Any]:  # noqa: ANN401 - a type of any field
    """Return what argparse must know of a field: how it is read, how often, among what."""
    requis, lue = champ.default is MISSING, dite(champ)
    forme: dict[str, Any] = {} if requis else {"default": champ.default}
    if type_ is bool:
        return {"action": "store_true"}
    if get_origin(type_) in {Union, UnionType}:
        (type_,) = (un for un in get_args(type_) if un is not NoneType)
    if lue.metavar:
        forme |= {"metavar": lue.metavar}
    choix = get_args(type_) if get_origin(type_) is Literal else lue.choix
    if choix:
        facultatif = {"nargs": "?"} if lue.place and not requis else {}
        return forme | {"choices": choix} | facultatif
    if get_origin(type_) is tuple:
        plusieurs = {"nargs": "+" if requis else "*"}
        repete = plusieurs if lue.place else {"action": "append", "default": []}
        un = get_args(type_)[0]
        return forme | repete | {"type": _texte if un is str else un}
    if lue.place and not requis:
        forme |= {"nargs": "?"}
    if requis and not lue.place:
        forme |= {"required": True}
    return forme | {"type": lue.lire or (_texte if type_ is str else type_)}


def _texte(brut: str) -> str:
    """Check that a text is one: bytes that are no UTF-8 could be neither kept nor shown."""
    if not est_un_texte(brut):
        raise argparse.ArgumentTypeError("ce texte n'est pas en UTF-8")
    return brut
