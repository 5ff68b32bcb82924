"""The analysts' file as its readers see it: its tables, and what each column means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb

from infocentre.acces.conservation import en_classes
from infocentre.analystes.classes import dire_classe
from infocentre.analystes.dictionnaire import ordre_des_tables, titre
from infocentre.analystes.partie import tenir_partie
from infocentre.analystes.petits import publiee
from infocentre.contrat.intitules import description, du_contrat
from infocentre.lecture.commun import catalogue, par_version
from infocentre.lecture.lecteur import Lecture

TYPES = {
    "VARCHAR": "texte",
    "DATE": "date",
    "TIMESTAMP": "date et heure",
    "BOOLEAN": "vrai ou faux",
    "DOUBLE": "nombre",
    "BIGINT": "entier",
    "INTEGER": "entier",
    "TINYINT": "0 ou 1",
}


SANS_PETITS = "vide : petit nombre, ou nombre qui permettrait d'en retrouver un"


@dataclass(frozen=True, slots=True)
class ColonneLue:
    """One column: its French type, its meaning, the list of its codes (code → label) if any."""

    nom: str
    type: str
    sens: str
    liste: str | None = None


@dataclass(frozen=True, slots=True)
class TableLue:
    """One table of the analysts' file; `lignes` is how many rows it has."""

    nom: str
    libelle: str
    objet: str
    lignes: int
    colonnes: tuple[ColonneLue, ...]


@par_version
def schema_analystes(v: Lecture) -> tuple[TableLue, ...]:
    """Return the tables of the published file: those of the demandes first, then by name."""
    v.exiger_departements("la base des analystes")
    classes = en_classes(v.dossier.racine, nominatif=v.p.nominatif)
    colonnes: dict[str, list[ColonneLue]] = {}
    with (
        tenir_partie(
            v.dossier, v.p.departements, classes=classes, masquee=v.p.petits_masques
        ) as fichier,
        duckdb.connect(str(fichier), read_only=True) as con,
    ):
        lues = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY table_name, column_index"
        ).fetchall()
        lignes = dict(
            con.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall()
        )
    for table, nom, type_ in lues:
        lue = _colonne(table, nom, type_)
        if classes and (dite := dire_classe(table, nom, type_)):
            lue = replace(lue, sens=f"{lue.sens} (en classes : {dite})".strip())
        colonnes.setdefault(table, []).append(lue)
    rangs = {nom: rang for rang, nom in enumerate(ordre_des_tables())}
    return tuple(
        TableLue(nom, *_titre(nom, masquee=v.p.petits_masques), lignes[nom], tuple(colonnes[nom]))
        for nom in sorted(colonnes, key=lambda nom: (rangs.get(nom, len(rangs)), nom))
    )


def _titre(table: str, *, masquee: bool) -> tuple[str, str]:
    """Return the name of a table and what it holds, and what of it is hidden."""
    nom, objet = titre(table)
    return nom, f"{objet} ({SANS_PETITS})" if masquee and publiee(table) else objet


def codes_connus(v: Lecture | None) -> dict[str, Callable[[], frozenset[str]]]:
    """Return what has a page of its own, by the path of that page: its codes, when asked for."""
    if v is None:
        return {}
    return {
        "/guichet/": lambda: _codes(v, "guichet"),
        "/organisme/": lambda: _codes(v, "siren"),
        "/indicateurs/": lambda: frozenset(catalogue().indicateurs),
    }


@par_version
def _codes(v: Lecture, champ: str) -> frozenset[str]:
    lus = v.tuples(f"SELECT DISTINCT {champ} FROM registre WHERE {champ} IS NOT NULL")
    return frozenset(code for (code,) in lus)


def _colonne(table: str, nom: str, type_: str) -> ColonneLue:
    type_lu = TYPES.get(type_, type_.lower())
    source = du_contrat(table, nom)
    if source is None or source.masque:
        return ColonneLue(nom, type_lu, description(nom, table))
    type_lu = "0 ou 1" if source.type == "indicatrice" else type_lu
    return ColonneLue(nom, type_lu, description(nom, table), source.codes)
