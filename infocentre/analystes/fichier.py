"""The analysts' file: pseudonymised, self-contained, with what a query needs and no name.

It belongs to a published version, and is written when an analyst first asks for it: who only
controls does not wait for it. The numéro unique becomes HMAC-SHA256(key, numéro), and so do the
identifiers of acts, messages and letters; of the birth date only the year stays, and the age is the
one reached that year; the other personal columns of the contract are left out. Rows are in the
order of what replaces their identifier: theirs would give it back.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from infocentre.analystes.dictionnaire import titre
from infocentre.analystes.masques import masquee, preparer_empreinte
from infocentre.catalogue import Indicateur
from infocentre.catalogue.conserve import catalogue_du_controle
from infocentre.contrat import Table, contrat
from infocentre.contrat.intitules import description, du_contrat
from infocentre.entrepot import Dossier, Version, sql_creer, sql_references
from infocentre.entrepot.brouillon import ouvrir_pour_ecrire
from infocentre.entrepot.dossier import ANALYSTES, ENTREPOT
from infocentre.entrepot.liens import AUTRE, LIENS, sql_liens
from infocentre.entrepot.macros import sql_macros
from infocentre.entrepot.relations import citer, fichiers_de, inserer, lecture_de, sql_archives
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.cle import lire_cle
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, en_place

MESURES = ("valeurs", "revisions", "estimations", "registre", "soldes")
ACTES = ("journal", "messages", "plis", "voeux", "utilisateurs")
MASQUAGE = "7"  # how what is copied is masked
_TEMOIN = "analystes.masquage"


def cle(dossier: Dossier) -> str:
    """Return the key of the data directory, made once."""
    return lire_cle(dossier.racine)


@contextlib.contextmanager
def tenir_analystes(dossier: Dossier) -> Iterator[Path]:
    """Hold the analysts' file of the published version, written when it is first asked for.

    Raises:
        Refus: no month is controlled, or the file cannot be written.
    """
    with dossier.tenir() as (chemin, version):
        if not _a_jour(chemin):
            with dossier.manque_de_place(), seul(dossier):
                if not _a_jour(chemin):
                    ecrire_analystes(dossier, version, chemin)
        yield chemin / ANALYSTES


def _a_jour(chemin: Path) -> bool:
    """Tell if the file of a version is there, masked as this program masks."""
    try:
        temoin = (chemin / _TEMOIN).read_text("ascii")
    except FileNotFoundError:
        return False
    return (chemin / ANALYSTES).exists() and temoin == _masquage()


@functools.cache
def _masquage() -> str:
    """Tell what is copied, and how it is masked: a file made otherwise is written again."""
    tables = contrat().tables.values()
    copiees = [
        (une.table, une.nom, une.masque, une.classe) for table in tables for une in table.colonnes
    ]
    return f"{MASQUAGE} {hashlib.sha256(repr(copiees).encode()).hexdigest()}"


def oublier_analystes(dossier: Dossier) -> None:
    """Delete the analysts' file of every version: who asks for one makes it from what is left."""
    with seul(dossier):
        for fichier in dossier.versions.glob(f"*/{ANALYSTES}*"):
            fichier.unlink()


@contextlib.contextmanager
def seul(dossier: Dossier) -> Iterator[None]:
    """Let one process write the analysts' file; the others wait for it."""
    with (dossier.racine / "verrou-analystes").open("a") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        yield


def ecrire_analystes(dossier: Dossier, version: Version, chemin: Path) -> None:
    """Write the analysts' file in the directory of a version: whole, or not at all."""
    departements = sorted(version.suivi)
    if not departements:
        raise Refus(
            "aucun mois n'est encore contrôlé",
            str(dossier.racine),
            "Contrôler les mois chargés : infocentre controler.",
        )
    for reste in chemin.glob(f"{ANALYSTES}.*"):  # of a process that was killed
        reste.unlink()
    with en_place(chemin / ANALYSTES) as partiel, ouvrir_pour_ecrire(partiel) as con:
        con.execute("SET preserve_insertion_order = false")
        preparer_empreinte(con, cle(dossier))
        _copier_mesures(con, chemin / ENTREPOT)
        _copier_indicateurs(con, dossier, version, departements)
        _copier_demandes(con, dossier, version, departements)
        _ecrire_dictionnaire(con)
        _commenter(con)
        con.execute("CHECKPOINT")
    ecrire(chemin / _TEMOIN, _masquage())


def _copier_mesures(con: duckdb.DuckDBPyConnection, entrepot: Path) -> None:
    """Copy whole what names nobody: values, register, standard tables, lists, macros."""
    con.execute(f"ATTACH {citer(str(entrepot))} AS publie (READ_ONLY)")
    marts = {un.mart for un in tableaux().values()}
    copiees = [
        nom
        for (nom,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'publie'"
        ).fetchall()
        if nom in MESURES or nom in marts
    ]
    for nom in sorted(copiees):
        # The sum of a type is a question of theirs: those of before must find the rows they know.
        ou = "WHERE niveau <> 'type'" if nom == "valeurs" else ""
        con.execute(f"CREATE TABLE {nom} AS FROM publie.{nom} {ou} ORDER BY ALL")
    con.execute("DETACH publie")
    for instruction in (*sql_creer(sql_references(), "TABLE"), *sql_macros("MACRO")):
        con.execute(instruction)


def _copier_indicateurs(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, version: Version, departements: list[str]
) -> None:
    """Say of each indicator of the newest months who answers for it, and its remède."""
    con.execute(
        "CREATE TABLE indicateurs (code VARCHAR, libelle VARCHAR, famille VARCHAR, "
        "imputable VARCHAR, suivi BOOLEAN, remede VARCHAR, encore_possible VARCHAR)"
    )
    connus: dict[str, Indicateur] = {}
    for departement in departements:
        publiees = [un for une in version.de(departement) if (un := une.publiee)]
        connus |= catalogue_du_controle(dossier, publiees[-1]).indicateurs
    inserer(
        con,
        "indicateurs",
        [
            (
                un.code,
                un.libelle,
                un.titre_famille,
                un.imputable,
                un.suivi,
                un.remede,
                un.encore_possible,
            )
            for un in sorted(connus.values(), key=lambda un: un.code)
        ],
    )


def _copier_demandes(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, version: Version, departements: list[str]
) -> None:
    """Copy the newest state of each demande, and the acts of the newest delivery."""
    etats = [dossier.etats / version.etats[departement] for departement in departements]
    archives = [dossier.archive(version.de(departement)[-1]) for departement in departements]
    actes = {nom: fichiers_de(contrat().tables[nom], archives) for nom in ACTES}
    _pseudonymiser(con, [etats, *(actes[nom] for nom in ACTES if _a_un_numero(nom))])
    con.execute(f"CREATE TABLE {LIENS} AS {_sql_liens(archives)}")
    demandes = contrat().tables["radiation"]
    con.execute(f"CREATE TABLE demandes AS {_sql_masquee(demandes, 'vue_le, statut', etats)}")
    for nom, fichiers in actes.items():
        sql = _sql_masquee(contrat().tables[nom], "arrete", fichiers)
        con.execute(f"CREATE TABLE {nom} AS {sql}")


def _sql_liens(archives: list[Path]) -> str:
    """Return the links of the newest deliveries, both numéros being pseudonyms of `demandes`."""
    autres = ", ".join(nom for nom in AUTRE if nom != "autre_numero")
    return (
        f"SELECT l.departement, l.arrete, l.code, un.pseudonyme AS numero_unique, "
        f"autre.pseudonyme AS autre_numero, {autres} FROM ({sql_liens(archives)}) AS l "
        "INNER JOIN pseudonymes AS un USING (numero_unique) "
        "LEFT JOIN pseudonymes AS autre ON autre.numero_unique = l.autre_numero "
        "ORDER BY un.pseudonyme, l.code"
    )


def _ecrire_dictionnaire(con: duckdb.DuckDBPyConnection) -> None:
    """Say what each column means, and the list of its codes, in a table that SQL can join."""
    con.execute(
        "CREATE TABLE dictionnaire (nom_table VARCHAR, table_dite VARCHAR, rang INTEGER, "
        "colonne VARCHAR, type VARCHAR, sens VARCHAR, liste VARCHAR)"
    )
    inserer(
        con,
        "dictionnaire",
        [
            (table, _dire(table), rang, nom, type_, description(nom, table), _liste(table, nom))
            for table, nom, rang, type_ in _colonnes(con)
        ],
    )


def _commenter(con: duckdb.DuckDBPyConnection) -> None:
    """Write in the file what its tables and columns mean: any tool shows it."""
    colonnes = _colonnes(con)
    commentaires = [
        f"COMMENT ON TABLE {table} IS {citer(_dire(table))}"
        for table in sorted({table for table, *_ in colonnes})
    ]
    commentaires += [
        f'COMMENT ON COLUMN {table}."{colonne}" IS {citer(dit)}'
        for table, colonne, *_ in colonnes
        if (dit := _commentaire(table, colonne))
    ]
    con.execute("; ".join(["BEGIN", *commentaires, "COMMIT"]))


def _colonnes(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, str]]:
    """Return the columns of the file: table, name, place, type."""
    return con.execute(
        "SELECT table_name, column_name, column_index, data_type FROM duckdb_columns() "
        "WHERE NOT internal AND database_name = current_database() ORDER BY ALL"
    ).fetchall()


def _dire(table: str) -> str:
    return " : ".join(titre(table))


def _commentaire(table: str, colonne: str) -> str:
    codes = _liste(table, colonne)
    return description(colonne, table) + (f" (liste {codes} de la table codes)" if codes else "")


def _liste(table: str, colonne: str) -> str | None:
    """Return the list of codes that the values of a column are in."""
    source = du_contrat(table, colonne)
    return source.codes if source and not source.masque else None


def _a_un_numero(table: str) -> bool:
    return "NUMERO_UNIQUE" in contrat().tables[table].par_nom


def _pseudonymiser(con: duckdb.DuckDBPyConnection, sources: list[list[Path]]) -> None:
    """Create `pseudonymes`: each numéro is hashed once, however many acts bear on it."""
    numeros = " UNION ".join(
        f"SELECT numero_unique FROM {lecture_de(fichiers)} WHERE numero_unique IS NOT NULL"
        for fichiers in sources
        if fichiers
    )
    con.execute(
        "CREATE TEMP TABLE pseudonymes AS SELECT numero_unique, "
        f"empreinte(numero_unique) AS pseudonyme FROM ({numeros})"
    )


def _sql_masquee(table: Table, reperes: str, fichiers: list[Path]) -> str:
    """Return the SELECT of what the analysts may have of some files of a table."""
    champs = ", ".join(champ for colonne in table.colonnes if (champ := masquee(colonne)))
    jointure = "LEFT JOIN pseudonymes USING (numero_unique)" if _a_un_numero(table.nom) else ""
    lignes = f"({sql_archives(table, fichiers)})"
    copiee = f"SELECT departement, {reperes}, {champs} FROM {lignes} {jointure}"
    cle = table.par_nom[table.cle]
    return f"FROM ({copiee}) ORDER BY {cle.champ if cle.masque == 'pseudonyme' else 'ALL'}"
