"""Purger: erase what names a person one year after the radiation (décret n° 2017-917).

Names disappear from every file of `nominatif`, whatever the version; in the archives and the
states, the birth date keeps its year only, the dwelling's address and RPLS number are replaced by a
mark of the same kind. A link between two demandes goes when either is erased. No count changes:
the duplicate facts were computed at reception. What was derived from all that goes too: the
analysts' files, made again when they are asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import lire_journal
from infocentre.entrepot.etats import PARQUET
from infocentre.entrepot.liens import LIENS
from infocentre.entrepot.relations import citer
from infocentre.operations.analystes import oublier_analystes

ADRESSE_EFFACEE, RPLS_EFFACE = "EFFACÉE", "EFFACE0000"
SANS_DEMANDE = "sans demande"
MASQUES = {
    "date_naiss_demandeur": "date_trunc('year', date_naiss_demandeur)::DATE",
    "adresse_logement_attrib": f"if(adresse_logement_attrib IS NULL, NULL, '{ADRESSE_EFFACEE}')",
    "numerorpls": "if(regexp_full_match(coalesce(numerorpls, ''), '[0-9A-Za-z]{10}'), "
    f"'{RPLS_EFFACE}', numerorpls)",
}


@dataclass(frozen=True, slots=True)
class Effacement:
    """How many persons' names were erased, and in how many rows and files."""

    personnes: int = 0
    identites: int = 0
    lignes_masquees: int = 0
    fichiers: int = 0
    liens: int = 0


def purger(dossier: Dossier, le: dt.date) -> Effacement:
    """Erase, in all that is kept, what names the demandeurs radiés a year ago or more on `le`."""
    with dossier.ecrire():
        version = dossier.version()
        bilans = [
            effacer_dans(dossier, departement, _fichiers(dossier, departement), le)
            for departement in version.departements
        ]
        total = Effacement(
            *(sum(getattr(b, nom) for b in bilans) for nom in Effacement.__dataclass_fields__)
        )
        oublier_analystes(dossier)
        dossier.ajouter_ligne(
            dossier.purges,
            {"le": le.isoformat(), "personnes": total.personnes, "identites": total.identites},
        )
        return total


def jour_de_la_derniere_purge(dossier: Dossier) -> dt.date | None:
    """Return the date up to which names were erased: older deliveries loaded since follow it."""
    jours = [dt.date.fromisoformat(ligne["le"]) for ligne in lire_journal(dossier.purges)]
    return max(jours, default=None)


def _fichiers(dossier: Dossier, departement: str) -> list[Path]:
    """Directories and files that hold rows of the département, older contents and versions too."""
    return [
        *sorted((dossier.nominatif / departement).glob("*/*.parquet")),
        *sorted((dossier.archives / departement).glob("*/*")),
        *sorted((dossier.etats / departement).glob("*.parquet")),
    ]


def effacer_dans(
    dossier: Dossier, departement: str, chemins: list[Path], le: dt.date
) -> Effacement:
    """Erase in these archives and files; an archive may be one that is being received."""
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        _choisir(con, dossier, departement, chemins, le)
        personnes: set[str] = set()
        touchees = dict.fromkeys(("noms", "liens", "lignes"), 0)
        fichiers = 0
        for fichier in _deplier(chemins):
            nature = _nature(con, fichier)
            touches = _reecrire(con, fichier, dossier.temporaire, nature)
            touchees[nature] += len(touches)
            fichiers += bool(touches)
            if nature == "noms":
                personnes |= set(touches)
    return Effacement(
        len(personnes), touchees["noms"], touchees["lignes"], fichiers, touchees["liens"]
    )


def _nature(con: duckdb.DuckDBPyConnection, fichier: Path) -> str:
    """Tell what a file holds: names, links between two demandes, or rows to mask."""
    colonnes = _colonnes(con, fichier)
    return "noms" if "nom" in colonnes else "liens" if "autre_numero" in colonnes else "lignes"


def _deplier(chemins: list[Path]) -> list[Path]:
    noms = ("identites", "stock", "radiation", LIENS)
    return [
        fichier
        for chemin in chemins
        for fichier in ([chemin] if chemin.is_file() else [chemin / f"{n}.parquet" for n in noms])
        if fichier.exists()
    ]


def _choisir(
    con: duckdb.DuckDBPyConnection,
    dossier: Dossier,
    departement: str,
    chemins: list[Path],
    le: dt.date,
) -> None:
    """Create `effaces`: numéros whose newest known state is a radiation of a year ago or more.

    A demande that disappeared without a radiation follows a year after it was last seen. One that
    no stock and no radiation of any delivery holds was radiée before their window, which is a year
    at least: its names go with the delivery's own arrêté.
    """
    vues = [_sql_connus(dossier, departement), *_sql_vues(chemins), *_sql_nommes(con, chemins)]
    con.execute(f"""
        CREATE TABLE effaces AS SELECT numero_unique FROM (
            SELECT * FROM ({" UNION ALL BY NAME ".join(vues)})
            QUALIFY row_number() OVER (
                PARTITION BY numero_unique
                ORDER BY statut = '{SANS_DEMANDE}', vue_le DESC, rang DESC
            ) = 1
        ) WHERE CASE statut WHEN 'radiée' THEN date_radiation + INTERVAL 1 YEAR
            WHEN 'disparue' THEN vue_le + INTERVAL 1 YEAR
            WHEN '{SANS_DEMANDE}' THEN vue_le END <= DATE '{le}'""")


def _sql_connus(dossier: Dossier, departement: str) -> str:
    """Newest state of each demande, as the published version has it."""
    etat = dossier.version().etats.get(departement)
    if etat is None:
        return (
            "SELECT NULL::VARCHAR AS numero_unique, NULL::DATE AS vue_le, "
            "NULL::VARCHAR AS statut, NULL::DATE AS date_radiation, 1 AS rang LIMIT 0"
        )
    return (
        "SELECT numero_unique, vue_le, statut, date_radiation, 1 AS rang "
        f"FROM read_parquet({citer(str(dossier.etats / etat))})"
    )


def _sql_vues(chemins: list[Path]) -> list[str]:
    """What each archive says of its demandes: an older content may know one that no state has."""
    return [
        f"SELECT numero_unique, arrete AS vue_le, '{statut}' AS statut, {date} AS date_radiation, "
        f"0 AS rang FROM read_parquet({citer(str(chemin / f'{table}.parquet'))})"
        for chemin in chemins
        if chemin.is_dir()
        for table, statut, date in (
            ("stock", "active", "NULL::DATE"),
            ("radiation", "radiée", "date_radiation"),
        )
    ]


def _sql_nommes(con: duckdb.DuckDBPyConnection, chemins: list[Path]) -> list[str]:
    """Numéros that have a name, whether or not a demande is known."""
    return [
        f"SELECT numero_unique, arrete AS vue_le, '{SANS_DEMANDE}' AS statut, "
        f"NULL::DATE AS date_radiation, 0 AS rang FROM read_parquet({citer(str(fichier))})"
        for fichier in _deplier(chemins)
        if "nom" in _colonnes(con, fichier)
    ]


def _colonnes(con: duckdb.DuckDBPyConnection, fichier: Path) -> set[str]:
    lignes = con.execute(f"DESCRIBE FROM read_parquet({citer(str(fichier))})").fetchall()
    return {ligne[0] for ligne in lignes}


def _reecrire(
    con: duckdb.DuckDBPyConnection, fichier: Path, temporaire: Path, nature: str
) -> list[str]:
    """Write the file again without what must go; return the numéro of each row concerned."""
    lecture = f"read_parquet({citer(str(fichier))})"
    masques = {c: m for c, m in MASQUES.items() if c in _colonnes(con, fichier)}
    concerne = _EFFACE
    if nature == "liens":
        concerne = f"({_EFFACE} OR coalesce(autre_numero IN (FROM effaces), false))"
    if nature == "lignes":
        change = " OR ".join(f"{c} IS DISTINCT FROM {m}" for c, m in masques.items())
        concerne = f"{_EFFACE} AND ({change})"
    touches = [
        numero
        for (numero,) in con.execute(
            f"SELECT numero_unique FROM {lecture} WHERE {concerne}"
        ).fetchall()
    ]
    if not touches:
        return touches
    remplacements = ", ".join(f"if({_EFFACE}, {masque}, {c}) AS {c}"
                              for c, masque in masques.items())  # fmt: skip
    garde = (
        f"SELECT * REPLACE ({remplacements}) FROM {lecture}"
        if nature == "lignes"
        else f"FROM {lecture} WHERE NOT {concerne}"
    )
    partiel = temporaire / f"purge-{fichier.name}"
    con.execute(f"COPY ({garde}) TO {citer(str(partiel))} {PARQUET}")
    if nature == "noms":
        partiel.chmod(0o600)
    partiel.replace(fichier)
    return touches


_EFFACE = "numero_unique IN (FROM effaces)"
