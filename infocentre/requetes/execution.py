"""Ask the analysts' file of the published version, in a process that cannot do anything else.

    executer(dossier, "SELECT … WHERE mois = $mois", {"mois": "2026-10"}, qui="Léa")   a screen
    exporter(dossier, sql, parametres, "xlsx", fichier, qui="Léa")                     a file
    annuler(dossier, identifiant)                                  from any process, by its name

Every call is written in INFOCENTRE_DOSSIER/requetes.jsonl: who, what, how long, rows, verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from infocentre.entrepot import Dossier
from infocentre.requetes.modele import ECRAN, EXPORT, FormatExport, Limites, Resultat


def executer(
    dossier: Dossier,
    sql: str,
    parametres: Mapping[str, object] | None = None,
    limites: Limites = ECRAN,
    *,
    qui: str,
    identifiant: str | None = None,
) -> Resultat:
    """Run one SELECT or EXPLAIN; return its first rows.

    `parametres` are the values of its `$named` parameters. `identifiant` (letters, digits, dashes;
    unguessable, chosen by the caller) is what `annuler` takes.

    Raises:
        RequeteRefusee: in French, with the place in the text when there is one.
        Refus: nothing is published yet.
    """
    raise NotImplementedError


def exporter(  # noqa: PLR0913 - the last three are said by name
    dossier: Dossier,
    sql: str,
    parametres: Mapping[str, object] | None,
    format_: FormatExport,
    cible: Path,
    limites: Limites = EXPORT,
    *,
    qui: str,
    identifiant: str | None = None,
) -> int:
    """Write the full result of one SELECT to a file; return its number of rows.

    The file appears whole or not at all. Same refusals as `executer`; too many rows is one.
    """
    raise NotImplementedError


def annuler(dossier: Dossier, identifiant: str) -> bool:
    """Stop the query of this name, waiting or running, in whatever process; tell if it was there.

    Its caller gets RequeteRefusee, motif « annulee », within a quarter of a second.
    """
    raise NotImplementedError
