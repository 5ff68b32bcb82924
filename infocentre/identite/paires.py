"""The pairs of demandes of a département, as the last search left them.

One parquet file a département, one row a pair, active demandes of one arrêté. It holds no name,
only numéros and what was compared; it is nominative all the same, since it tells of persons.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ILLISIBLES
from infocentre.entrepot.etats import parquet
from infocentre.entrepot.relations import citer
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import en_place

COLONNES = {
    "departement": "VARCHAR",
    "numero_a": "VARCHAR",
    "numero_b": "VARCHAR",
    "niveau": "VARCHAR",
    "probabilite": "DOUBLE",
    "poids": "DOUBLE",
    "details": "VARCHAR",
    "groupe": "VARCHAR",
    "vue_le": "DATE",
}
PRIVE = 0o600
# What is kept by numéro, and erased by `purger` with it.
GENRES = ("empreintes", "notees", "paires")


class Niveau(StrEnum):
    """Why a pair is proposed: the first that applies.

    EXACT: the rule of the indicators (same names, birth date and territory). FOYER: one is the
    cotitulaire of the other. PROBABLE: the compared fields are more alike than by chance.
    """

    EXACT = "exact"
    FOYER = "foyer"
    PROBABLE = "probable"


@dataclass(frozen=True, slots=True)
class Comparaison:
    """What the comparison of a field found, in French; its weight in bits, None when not scored."""

    niveau: str
    poids: float | None = None


@dataclass(frozen=True, slots=True)
class Paire:
    """Two active demandes, `numero_a` < `numero_b`.

    `poids` is in bits (match weight), None when the pair was not scored; `groupe` is the least
    numéro of those that pairs link together; `vue_le` the arrêté at which it was found.
    """

    departement: str
    numero_a: str
    numero_b: str
    niveau: Niveau
    vue_le: dt.date
    groupe: str = ""
    probabilite: float | None = None
    poids: float | None = None
    details: Mapping[str, Comparaison] = field(default_factory=dict)


def fichier_paires(dossier: Dossier, departement: str) -> Path:
    """Return where the pairs of a département are."""
    return dossier.doublons / f"paires-{departement}.parquet"


def fichiers_doublons(dossier: Dossier, departement: str) -> list[Path]:
    """Return all that is kept of the pairs of a département, each named <kind>-<département>."""
    noms = (f"{genre}-{departement}.parquet" for genre in GENRES)
    return [fichier for nom in noms if (fichier := dossier.doublons / nom).exists()]


def lire_paires(dossier: Dossier, departement: str) -> list[Paire]:
    """Return the pairs that the last search found, none before any; by numéros.

    Raises:
        Refus: the file is damaged.
    """
    fichier = fichier_paires(dossier, departement)
    if not fichier.exists():
        return []
    try:
        with duckdb.connect() as con:
            lignes = con.execute(
                f"SELECT {', '.join(COLONNES)} FROM read_parquet({citer(str(fichier))}) "
                "ORDER BY numero_a, numero_b"
            ).fetchall()
    except ILLISIBLES as erreur:
        raise _abime(fichier) from erreur
    return [_paire(**dict(zip(COLONNES, ligne, strict=True))) for ligne in lignes]


def _abime(fichier: Path) -> Refus:
    return Refus(
        "le fichier des paires est abîmé",
        str(fichier),
        "Les chercher de nouveau : infocentre doublons chercher.",
    )


def _paire(niveau: str, details: str, **dites: Any) -> Paire:  # noqa: ANN401 - as read
    compares = {champ: Comparaison(**un) for champ, un in json.loads(details).items()}
    return Paire(niveau=Niveau(niveau), details=compares, **dites)


def seuil_des_paires(dossier: Dossier, departement: str) -> float | None:
    """Return the probability from which the last search kept a pair, None when it did not say it.

    Raises:
        Refus: the file is damaged.
    """
    sql = "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = 'seuil'"
    fichier = fichier_paires(dossier, departement)
    try:
        with duckdb.connect() as con:
            lu = con.execute(sql, [str(fichier)]).fetchone()
    except ILLISIBLES as erreur:
        raise _abime(fichier) from erreur
    return float(lu[0]) if lu else None


def ecrire_paires(
    con: duckdb.DuckDBPyConnection,
    dossier: Dossier,
    departement: str,
    vue_le: dt.date,
    seuil: float,
) -> None:
    """Replace the pairs of a département by those of `trouvees`, with their groups.

    `trouvees`: departement, numero_a, numero_b, niveau, probabilite, poids, details; `seuil`: the
    probability from which a pair is there.
    """
    siennes = f"departement = {citer(departement)}"
    liens = con.execute(f"SELECT numero_a, numero_b FROM trouvees WHERE {siennes}").fetchall()
    groupes = grouper(liens)
    con.execute("CREATE OR REPLACE TEMP TABLE groupes (numero VARCHAR, groupe VARCHAR)")
    con.execute(
        "INSERT INTO groupes SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [list(groupes), list(groupes.values())],
    )
    copier(
        con,
        f"SELECT departement, numero_a, numero_b, niveau, probabilite, poids, details, "
        f"groupe, DATE '{vue_le}' AS vue_le FROM trouvees "
        f"JOIN groupes ON numero = numero_a WHERE {siennes} ORDER BY numero_a, numero_b",
        fichier_paires(dossier, departement),
        dossier.temporaire,
        f"KV_METADATA {{seuil: {seuil}}}",
    )


def copier(
    con: duckdb.DuckDBPyConnection, sql: str, cible: Path, temporaire: Path, *options: str
) -> None:
    """Write the rows of a SELECT to a nominative file: nobody but the owner may read it."""
    for parent in (cible.parent.parent, cible.parent):
        parent.mkdir(mode=0o700, exist_ok=True)
    with en_place(cible, dans=temporaire, droits=PRIVE) as partiel:
        con.execute(f"COPY ({sql}) TO {citer(str(partiel))} {parquet(*options)}")


def grouper(liens: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return, by numéro that a pair holds, the least of those that pairs link it to."""
    parent: dict[str, str] = {}

    def tete(numero: str) -> str:
        parent.setdefault(numero, numero)
        while parent[numero] != numero:
            parent[numero] = parent[parent[numero]]
            numero = parent[numero]
        return numero

    for un, autre in liens:
        premier, second = sorted((tete(un), tete(autre)))
        parent[second] = premier
    return {numero: tete(numero) for numero in list(parent)}
