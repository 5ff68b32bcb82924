"""From files and the correspondance that reads them to a delivery: what each table is read from."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from infocentre.contrat import Table, contrat
from infocentre.correspondances.ecrits import contenu, empreinte
from infocentre.correspondances.modele import DEMANDES, Correspondance, Dialecte, Fichier
from infocentre.livraisons.adaptation import (
    CLE,
    CODE,
    lire_reference,
    table_de,
)
from infocentre.livraisons.depot import Depot, exiger_tables
from infocentre.livraisons.traduction import Complement, Deviner, Reference, Traduction, aide
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import sha256
from infocentre.noyau.texte import nom_sur


@dataclass(frozen=True, slots=True)
class Lu:
    """A file of a delivery, and how this one is written."""

    chemin: Path
    dialecte: Dialecte


@dataclass(frozen=True, slots=True)
class Codes:
    """A file `ref_*`, with the names of its columns of keys and of codes.

    `annee`: the year that its name bears, '' for none.
    """

    lu: Lu
    cle: str
    code: str
    annee: str = ""


@dataclass(frozen=True, slots=True)
class Association:
    """Which file of a delivery is which of a correspondance.

    `fichiers` has, for each file of the correspondance by its rank, those that it reads, the newest
    first; `references` the files of codes, by the name that its columns give them, the
    newest first. `deviner`: see Traduction.
    """

    correspondance: Correspondance
    fichiers: Mapping[int, tuple[Lu, ...]]
    references: Mapping[str, tuple[Codes, ...]] = field(default_factory=dict)
    ignores: tuple[str, ...] = ()
    deviner: Deviner | None = None

    def associes(self) -> Iterator[tuple[Fichier, tuple[Lu, ...]]]:
        """Yield each file of the correspondance that is there, with those that it reads."""
        for rang, lus in sorted(self.fichiers.items()):
            yield self.correspondance.fichiers[rang], lus

    @property
    def chemins(self) -> list[Path]:
        """All the files that are read."""
        lus = [lu.chemin for siens in self.fichiers.values() for lu in siens]
        return [*lus, *(une[0].lu.chemin for une in self.references.values())]


def composer(
    association: Association,
    nom: str,
    departement: str,
    arrete: dt.date,
    con: duckdb.DuckDBPyConnection,
    temporaire: Path,
) -> Depot:
    """Return the delivery that these files are; raise Refus when it lacks a compulsory table."""
    _exiger_validite(association.correspondance, departement, arrete)
    references = dict(_references(association, con, temporaire))
    fichiers, traductions = {}, {}
    for table, fichier, lu in _tables(association):
        fichiers[table.nom] = lu.chemin
        traductions[table.nom] = _traduction(table, fichier, lu, association, references)
    exiger_tables(fichiers, nom)
    return Depot(
        nom=nom_sur(nom),
        departement=departement,
        arrete=arrete,
        fichiers=fichiers,
        lignes={},
        ignores=association.ignores,
        empreinte=_empreinte(association),
        traductions=traductions,
        correspondance={
            "empreinte": empreinte(association.correspondance),
            **contenu(association.correspondance),
        },
    )


def _exiger_validite(une: Correspondance, departement: str, arrete: dt.date) -> None:
    mois = f"{arrete:%Y-%m}"
    if une.departement and une.departement != departement:
        raise Refus(
            f"cette correspondance est celle du département {une.departement}",
            une.nom,
            f"Prendre celle du département {departement}, ou faire reconnaître ces fichiers.",
        )
    if (une.du and mois < une.du) or (une.au and mois > une.au):
        bornes = [f"depuis {une.du}" if une.du else "", f"jusqu'à {une.au}" if une.au else ""]
        raise Refus(
            f"cette correspondance ne vaut pas pour {mois}",
            une.nom,
            f"Elle vaut {' '.join(filter(None, bornes))} : faire reconnaître ces fichiers.",
        )


def _tables(association: Association) -> Iterator[tuple[Table, Fichier, Lu]]:
    """Yield each table with the file that has its rows, the newest, in the contract's order."""
    for table in contrat().tables.values():
        for fichier, lus in association.associes():
            if table.nom in fichier.tables:
                yield table, fichier, lus[0]


def _traduction(
    table: Table,
    fichier: Fichier,
    lu: Lu,
    association: Association,
    references: Mapping[str, Reference],
) -> Traduction:
    if table.nom not in DEMANDES:
        return Traduction(
            fichier, lu.dialecte, table, references, par=fichier.par, deviner=association.deviner
        )
    par = next((une.par for une, _ in association.associes() if une.par), None)
    complements = tuple(_complements(table, association, references))
    return Traduction(
        fichier, lu.dialecte, table, references, complements, par, association.deviner
    )


def _complements(
    table: Table, association: Association, references: Mapping[str, Reference]
) -> Iterator[Complement]:
    """Yield the joined files, with those of their columns that a table may have."""
    for fichier, lus in association.associes():
        siennes = {n: une for n, une in fichier.jointes.items() if une.vers in table.par_nom}
        if not siennes:
            continue
        jointe = table_de(fichier.exemple, [table.par_nom[une.vers] for une in siennes.values()])
        reduit = replace(fichier, colonnes=siennes)
        for lu in lus:
            traduction = Traduction(
                reduit,
                lu.dialecte,
                jointe,
                references,
                par=fichier.par,
                deviner=association.deviner,
            )
            yield Complement(lu.chemin, traduction)


def _references(
    association: Association, con: duckdb.DuckDBPyConnection, temporaire: Path
) -> Iterator[tuple[str, Reference]]:
    for nom, (codes, *_) in association.references.items():
        colonnes = {codes.cle: CLE, codes.code: CODE}
        fichier = Fichier.renomme(colonnes, nom)
        traduction = Traduction(
            fichier=fichier,
            dialecte=codes.lu.dialecte,
            table=table_de(nom, [aide(une, nom) for une in colonnes.values()]),
        )
        yield nom, lire_reference(con, codes.lu.chemin, temporaire, traduction)


def _empreinte(association: Association) -> str:
    """Return what tells this content from another: the files, and how they are read."""
    lus = sorted(f"{chemin.name}:{sha256(chemin)}" for chemin in association.chemins)
    return hashlib.sha256(
        "\n".join([empreinte(association.correspondance), *lus]).encode()
    ).hexdigest()
