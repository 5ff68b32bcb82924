"""What a delivery says again of rows that the arrêté before had: their values, and which are gone.

A month adds rows and changes few of those that were there. A file whose format moved, or that
lacks an organisme, says something else of what was already delivered: that is counted here, and
only counts leave the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infocentre.contrat import Colonne, Table, contrat
from infocentre.entrepot.description import Description
from infocentre.entrepot.effacees import EFFACEES, VIDE_EFFACEE
from infocentre.entrepot.relations import citer
from infocentre.noyau.organismes import Inscrit, noms_organismes

LIGNES_RELUES = 10_000
VIDE, MEME, AUTRE, RENSEIGNEE = "", "=", "≠", "*"
_ENTRE = "\x1f"
# Rows that are due to be there again: their guichet, and the date (if any) that the window holds.
_DUES = {
    "stock": ("guichet_enregistreur", "true"),
    "radiation": ("guichet_enregistreur", "a.date_radiation >= {debut}"),
    "journal": ("guichet", "a.date_saisie >= {debut}"),
    "messages": ("guichet", "a.date_envoi >= {debut}"),
    "utilisateurs": ("guichet", "a.date_fermeture is null"),
}
# Identifiers that may be given anew at each extraction: a row is the same with this, too.
_AVEC = {
    "journal": "numero_unique",
    "messages": "date_envoi",
    "plis": "numero_unique",
    "voeux": "numero_unique",
    "utilisateurs": "date_ouverture",
}
# A demande that was radiated, or reactivated, is in the other file.
_AUSSI = {"stock": "radiation", "radiation": "stock"}


@dataclass(frozen=True, slots=True)
class Relecture:
    """Rows of both deliveries that had one value of a column, and what they have now.

    `valeur` is a code, RENSEIGNEE for a column that is no list, VIDE when it was empty. `devenues`:
    rows by what they became, a code, MEME, AUTRE or VIDE.
    """

    table: str
    colonne: str
    valeur: str
    devenues: Mapping[str, int]

    @property
    def lignes(self) -> int:
        """Rows that had this value."""
        return sum(self.devenues.values())

    @property
    def changees(self) -> int:
        """Rows that have it no more."""
        return self.lignes - self.devenues.get(MEME, 0)


@dataclass(frozen=True, slots=True)
class Perte:
    """Rows of an organisme that were in a table before, and those that are in no file now."""

    table: str
    organisme: str
    lignes: int
    perdues: int


def relire(
    con: duckdb.DuckDBPyConnection,
    archive: Path,
    avant: Path,
    ici: Description,
    alors: Description,
) -> list[Relecture]:
    """Count, by column and value of the reference (`avant`), what the same rows say here.

    Of the columns alone of which a row says something else. What evolves is not compared with a
    later arrêté, and what a purge erased of the reference is no change. Of a large table, the rows
    of LIGNES_RELUES keys or so: a drift is in all of them.
    """
    return [
        une
        for table in contrat().tables.values()
        if not table.nominative and table.nom in ici["tables"] and table.nom in alors["tables"]
        for une in _relire_table(con, table, (archive, ici), (avant, alors))
    ]


def compter_pertes(
    con: duckdb.DuckDBPyConnection, archive: Path, avant: Path, debut: str
) -> list[Perte]:
    """Count, by table and organisme of the register before, the rows that are in no file now.

    `debut` (AAAA-MM-JJ): rows of acts before it may have left the window.
    """
    noms = _noms(con, avant)
    return [
        Perte(nom, noms.get(organisme, organisme), lignes, perdues)
        for nom in _DUES
        if (avant / f"{nom}.parquet").exists() and (archive / f"{nom}.parquet").exists()
        for organisme, lignes, perdues in con.execute(
            _sql_pertes(nom, archive, avant, debut)
        ).fetchall()
    ]


def _table(archive: Path, nom: str) -> str:
    return f"read_parquet({citer(str(archive / f'{nom}.parquet'))})"


def _relire_table(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    ici: tuple[Path, Description],
    alors: tuple[Path, Description],
) -> Iterator[Relecture]:
    livrees = [set(un[1]["tables"][table.nom]["livrees"]) for un in (ici, alors)]
    avance = ici[1]["arrete"] > alors[1]["arrete"]
    colonnes = [
        une
        for une in table.colonnes
        if une.nom in livrees[0] & livrees[1]
        and une.nom != table.cle
        and (avance or not une.evolue)
    ]
    if not colonnes:
        return
    part = alors[1]["tables"][table.nom]["conserves"] // LIGNES_RELUES + 1
    cle = table.cle.lower()
    memes = " AND ".join(f"a.{un} = b.{un}" for un in (cle, _AVEC.get(table.nom)) if un)
    lignes = (
        f"FROM {_table(alors[0], table.nom)} AS a "
        f"JOIN {_table(ici[0], table.nom)} AS b ON {memes} "
        f"WHERE hash(a.{cle}) % {part} = 0 AND hash(b.{cle}) % {part} = 0"
    )
    # Most columns say the same again: to tell so costs half as much as to count what they say.
    changent = con.execute(_selon(colonnes, "bool_or(({}) IS NOT TRUE)", _est_meme) + lignes)
    autres = [une for une, change in zip(colonnes, changent.fetchall()[0], strict=True) if change]
    if autres:
        lus = con.execute(_selon(autres, "histogram({})", _passage) + lignes).fetchall()[0]
        for colonne, passages in zip(autres, lus, strict=True):
            yield from _par_valeur(colonne, passages)


def _selon(colonnes: Sequence[Colonne], agregat: str, sql: Callable[[Colonne], str]) -> str:
    return f"SELECT {', '.join(agregat.format(sql(une)) for une in colonnes)} "


def _par_valeur(colonne: Colonne, passages: Mapping[str, int]) -> Iterator[Relecture]:
    devenues: dict[str, dict[str, int]] = {}
    for passage, nombre in passages.items():
        valeur, devenue = passage.split(_ENTRE)
        devenues.setdefault(valeur, {})[devenue] = nombre
    for valeur, siennes in devenues.items():
        yield Relecture(colonne.table, colonne.nom, valeur, siennes)


def _passage(colonne: Colonne) -> str:
    """Return the SQL text of what a row had and what it became."""
    avant, apres = f"a.{colonne.champ}", f"b.{colonne.champ}"
    autre = f"{apres}::VARCHAR" if colonne.en_liste else citer(AUTRE)
    valeur = f"{avant}::VARCHAR" if colonne.en_liste else citer(RENSEIGNEE)
    return (
        f"concat(if({avant} IS NULL, {citer(VIDE)}, {valeur}), {citer(_ENTRE)}, "
        f"case when {_est_meme(colonne)} then {citer(MEME)} "
        f"when {apres} is null then {citer(VIDE)} else {autre} end)"
    )


def _est_meme(colonne: Colonne) -> str:
    """Return the SQL condition of a row that says the same again, or what it may say now."""
    avant, apres = f"a.{colonne.champ}", f"b.{colonne.champ}"
    meme = f"{apres} IS NOT DISTINCT FROM {avant}"
    if colonne.evolue:
        meme += f" OR {apres} > {avant}" if colonne.type == "date" else f" OR {apres} <> {avant}"
    if colonne.personnelle:
        effacee = EFFACEES.get(colonne.champ, VIDE_EFFACEE)
        meme += f" OR {effacee.format(avant=avant, apres=apres)}"
    return meme


def _sql_pertes(nom: str, archive: Path, avant: Path, debut: str) -> str:
    """Return organisme, rows due, rows lost; a table most of which is lost has other keys."""
    guichet, dues = _DUES[nom]
    cle = contrat().tables[nom].cle.lower()
    fichiers = [_table(archive, une) for une in (nom, _AUSSI.get(nom, "")) if une]
    encore = " UNION ALL ".join(f"SELECT {cle} FROM {un}" for un in fichiers)
    return f"""
        WITH encore AS (SELECT DISTINCT {cle} FROM ({encore})),
        dues AS (
            SELECT coalesce(g.siren, a.{guichet}) AS organisme, e.{cle} IS NULL AS perdue
            FROM {_table(avant, nom)} AS a
            LEFT JOIN encore AS e ON a.{cle} = e.{cle}
            LEFT JOIN {_table(avant, "guichets")} AS g ON a.{guichet} = g.code_guichet
            WHERE a.{guichet} IS NOT NULL AND {dues.format(debut=f"DATE {citer(debut)}")}
        )
        SELECT organisme, count(*) AS lignes, count(*) FILTER (perdue) AS perdues FROM dues
        WHERE (SELECT 2 * count(*) FILTER (perdue) <= count(*) FROM dues)
        GROUP BY organisme"""


def _noms(con: duckdb.DuckDBPyConnection, avant: Path) -> dict[str, str]:
    lus = con.execute(
        "SELECT code_guichet, nom, coalesce(siren, code_guichet) "
        f"FROM {_table(avant, 'guichets')} ORDER BY ALL"
    ).fetchall()
    return noms_organismes(
        Inscrit(guichet=code, nom=nom, organisme=organisme) for code, nom, organisme in lus
    )
