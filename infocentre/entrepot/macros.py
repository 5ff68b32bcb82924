"""The macros of queries/macros/: what standard tables share, made where the relations are.

A macro reads only what it is given, the reference lists and other macros, so that it can be made
anywhere. Populations call none: what a control judged by is kept with it, macros are not.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus

_MACRO = re.compile(
    r"(?:--.*\n)*create macro (?P<nom>\w+)\((?P<parametres>[\w\s,]*)\) as\s+"
    r"(?P<table>table\s+)?(?P<corps>[^;]+);\s*"
)
_CORRIGER = "Corriger ce fichier de queries/macros/, puis recommencer."


@dataclass(frozen=True, slots=True)
class Macro:
    """One macro: `corps` is the SELECT of its rows, or of its only value."""

    nom: str
    parametres: tuple[str, ...]
    rend_des_lignes: bool
    corps: str

    def sql(self, quoi: str) -> str:
        """Return the statement that makes it, as `quoi` (TEMP MACRO)."""
        genre, corps = ("TABLE ", self.corps) if self.rend_des_lignes else ("", f"({self.corps})")
        return (
            f"CREATE OR REPLACE {quoi} {self.nom}({', '.join(self.parametres)}) AS {genre}{corps}"
        )


@functools.cache
def macros(dossier: Path | None = None) -> Mapping[str, Macro]:
    """Return the macros by name, each after those that it calls (cached); Refus for a wrong one."""
    lues = dict(_lire(dossier or ressources("queries") / "macros"))
    appels = {
        nom: {mot for mot in re.findall(r"\w+", macro.corps) if mot in lues and mot != nom}
        for nom, macro in lues.items()
    }
    try:
        return {nom: lues[nom] for nom in TopologicalSorter(appels).static_order()}
    except CycleError as erreur:
        noms = " → ".join(erreur.args[1])
        raise Refus("des macros s'appellent en rond", noms, _CORRIGER) from None


def sql_macros(quoi: str = "TEMP MACRO") -> list[str]:
    """Return the statements that create the macros; they read communes and codes."""
    return [macro.sql(quoi) for macro in macros().values()]


def _lire(dossier: Path) -> Iterator[tuple[str, Macro]]:
    for chemin in sorted(dossier.glob("*.sql")):
        lue = _MACRO.fullmatch(chemin.read_text("utf-8"))
        if lue is None or lue["nom"] != chemin.stem:
            quoi = f"« create macro {chemin.stem}(…) as … ; » est attendu, seul dans le fichier"
            raise Refus(quoi, chemin.name, _CORRIGER)
        parametres = tuple(re.findall(r"\w+", lue["parametres"]))
        yield chemin.stem, Macro(chemin.stem, parametres, bool(lue["table"]), lue["corps"].strip())
