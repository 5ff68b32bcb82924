"""First names that are written in several ways: which of them one may stand for."""

from __future__ import annotations

from pathlib import Path

import duckdb

from infocentre.noyau.fichiers_yaml import lire_yaml


def ecritures() -> dict[str, list[str]]:
    """Return, by first name as it is compared, those that it is a writing of, itself included."""
    lues: dict[str, dict[str, list[str]]] = lire_yaml(
        Path(__file__).with_name("prenoms.yml"), "des prénoms"
    )
    formes: dict[str, set[str]] = {}
    for prenoms in lues.values():
        for prenom, autres in prenoms.items():
            for un in (prenom, *autres):
                formes.setdefault(un, set()).add(prenom)
    return {prenom: sorted(siennes) for prenom, siennes in sorted(formes.items())}


def poser_ecritures(con: duckdb.DuckDBPyConnection) -> None:
    """Create `ecritures` (prenom, ecritures): one row a first name that has several writings."""
    con.execute("CREATE OR REPLACE TEMP TABLE ecritures (prenom VARCHAR, ecritures VARCHAR[])")
    lues = ecritures()
    con.execute(
        "INSERT INTO ecritures SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[][])",
        [list(lues), list(lues.values())],
    )
