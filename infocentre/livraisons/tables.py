"""The rows of one file in DuckDB: typed, with their rejects and their format anomalies.

For a table `t` of the contract:
- `t` has one row per readable record, its rowid being its rank in the file: the typed columns,
  `motif` (NULL, or the reason of its rejection), `defauts` (its format anomalies);
- `ruptures_t` turns a rank into the physical line of the record's start, and `natures_t` the number
  of an anomaly in `defauts` (« 12:MzEv; », the text in base 64) into its column and nature;
- `rejets` and `anomalies_format` gain what was found, with file, line, column and value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from infocentre.contrat import Colonne, Table, contrat
from infocentre.entrepot.relations import citer_nom
from infocentre.livraisons.sources import Source
from infocentre.livraisons.typage import (
    TEXTUELS,
    code_garde,
    dans_la_liste,
    est_hors_liste,
    est_illisible,
    est_rejetee,
    est_trop_long,
    porte_invisibles,
    texte_net,
    valeur_montree,
    valeur_typee,
)
from infocentre.noyau.erreurs import Refus

PART_MAX_REJETS = 0.05
MOTIFS = ("numéro unique mal formé", "identifiant vide", "date obligatoire illisible")
HORS_LISTE, ILLISIBLE = "code hors liste", "valeur illisible"
OTES, COUPE = "caractères invisibles ôtés", "texte coupé"
DEFAUTS_AUCUN = "NULL::VARCHAR"
SANS_REJET = (
    "NULL::VARCHAR AS motif, NULL::VARCHAR AS rejet_colonne, NULL::VARCHAR AS rejet_valeur, "
    f"{DEFAUTS_AUCUN} AS defauts"
)

SCHEMA = """
CREATE TABLE rejets (
    "table" VARCHAR, fichier VARCHAR, ligne BIGINT, colonne VARCHAR, valeur VARCHAR, motif VARCHAR
);
CREATE TABLE anomalies_format (
    "table" VARCHAR, fichier VARCHAR, colonne VARCHAR, valeur VARCHAR, nature VARCHAR,
    nombre BIGINT, premiere_ligne BIGINT
);
"""


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of one file: its columns and its counts of records.

    `autrement` lines are not in the encoding of the others.
    """

    table: str
    fichier: str
    encodage: str
    autrement: int
    lus: int
    livrees: tuple[str, ...]
    inconnues: tuple[str, ...]
    interdites: tuple[str, ...]


def est_interdite(colonne: str) -> bool:
    """Tell a column that is never let in: NIR and free-text comments."""
    return colonne == "NIR" or colonne.startswith("COMMENTAIRE")


def preparer(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of rejects and anomalies, and each table of the contract, empty."""
    con.execute(SCHEMA)
    for table in contrat().tables.values():
        champs = ", ".join(f"NULL::{c.type_sql} AS {c.champ}" for c in table.colonnes)
        con.execute(f"CREATE TABLE {table.nom} AS SELECT {champs}, {SANS_REJET} LIMIT 0")


def recevoir_table(con: duckdb.DuckDBPyConnection, table: Table, source: Source) -> Reception:
    """Load one file into its table; raise Refus for a missing compulsory column."""
    _exiger_colonnes(table, source)
    _exiger_lignes(table, source)
    livrees = [colonne for colonne in table.colonnes if colonne.nom in source.colonnes]
    _charger(con, table, source, livrees)
    _noter_illisibles(con, source, table)
    _noter_rejets(con, table, source.fichier)
    _exiger_peu_de_rejets(con, source)
    interdites = tuple(nom for nom in source.colonnes if est_interdite(nom))
    return Reception(
        table=table.nom,
        fichier=source.fichier,
        encodage=source.encodage,
        autrement=source.autrement,
        lus=source.lus,
        livrees=tuple(colonne.nom for colonne in livrees),
        inconnues=tuple(
            nom or "(sans nom)"
            for nom in source.colonnes
            if nom not in table.par_nom and nom not in interdites
        ),
        interdites=interdites,
    )


def _exiger_colonnes(table: Table, source: Source) -> None:
    absentes = [c.nom for c in table.colonnes if c.obligatoire and c.nom not in source.colonnes]
    if absentes:
        pluriel = len(absentes) > 1
        raise Refus(
            f"colonne{'s' if pluriel else ''} obligatoire{'s' if pluriel else ''} "
            f"absente{'s' if pluriel else ''} : {', '.join(absentes)}",
            f"{source.fichier}, ligne 1",
            "Demander une extraction complète ; les noms attendus sont ceux du contrat de données.",
        )


def _exiger_lignes(table: Table, source: Source) -> None:
    if table.obligatoire and source.lus == 0:
        raise Refus(
            "le fichier ne contient que la ligne d'en-tête",
            source.fichier,
            "Demander une nouvelle extraction.",
        )


def _charger(
    con: duckdb.DuckDBPyConnection, table: Table, source: Source, livrees: list[Colonne]
) -> None:
    try:
        con.execute(
            f"CREATE OR REPLACE TABLE {table.nom} AS {_sql_lecture(table, source, livrees)}"
        )
    except duckdb.Error as erreur:
        if _manque_de_place(erreur):
            raise
        raise Refus(
            "le fichier est abîmé : sa lecture a échoué",
            source.fichier,
            "Télécharger de nouveau la livraison, ou demander une nouvelle extraction.",
        ) from erreur
    lues = con.execute(f"SELECT count(*) FROM {table.nom}").fetchall()[0][0]
    if lues != source.gardes:
        raise Refus(
            f"{source.gardes} lignes attendues, {lues} lues",
            source.fichier,
            "Le fichier a changé pendant la lecture : recommencer.",
        )
    con.execute(
        f"CREATE TABLE ruptures_{table.nom} AS "
        "SELECT unnest(?::BIGINT[]) AS rang, unnest(?::BIGINT[]) AS decalage",
        [source.ruptures.rangs, source.ruptures.decalages],
    )
    natures = [(nom, nature) for nom, nature, *_ in _defauts(source, livrees)]
    con.execute(
        f"CREATE TABLE natures_{table.nom} AS SELECT unnest(range(len($1))) AS numero, "
        "unnest($1::VARCHAR[]) AS colonne, unnest($2::VARCHAR[]) AS nature",
        [[nom for nom, _ in natures], [nature for _, nature in natures]],
    )


def _manque_de_place(erreur: duckdb.Error) -> bool:
    """Tell an error of this machine from one of the file that is read."""
    if isinstance(erreur, duckdb.IOException):
        return "read" not in str(erreur)
    return isinstance(erreur, duckdb.OutOfMemoryException)


def _sql_lecture(table: Table, source: Source, livrees: list[Colonne]) -> str:
    """Four layers, so that DuckDB computes each text, value and judgement once.

    n_ is the net text of a column, v_ its typed value, h_ whether it is a code outside its list,
    i_ whether invisible characters were taken out of it. Of a code of a list, n_ is the text as it
    came, and r_ whether that is in the list: nothing is left to do then.
    """
    nets = ", ".join(
        f"{citer_nom(c.nom) if c.codes else _texte(source, citer_nom(c.nom), c)} AS n_{c.champ}"
        for c in livrees
    )
    otes = "".join(
        f", {porte_invisibles(citer_nom(c.nom))} AS i_{c.champ}" for c in _otables(source, livrees)
    )
    reconnus = "".join(
        f", {dans_la_liste(citer_nom(c.nom), contrat().codes[c.codes])} AS r_{c.champ}"
        for c in livrees
        if c.codes
    )
    types = ", ".join(f"{_typee(source, c)} AS v_{c.champ}" for c in livrees)
    hors = {
        c.nom: f"CASE WHEN r_{c.champ} THEN false ELSE {condition} END" if c.codes else condition
        for c in livrees
        if (condition := est_hors_liste(f"v_{c.champ}", c, contrat()))
    }
    listes = "".join(f", {condition} AS h_{nom.lower()}" for nom, condition in hors.items())
    champs = ", ".join(_valeur(c, c in livrees, c.nom in hors) for c in table.colonnes)
    return (
        f"SELECT {champs}, {_sql_rejet(table, livrees)}, "
        f"{_sql_defauts(table, source, livrees)} AS defauts FROM (SELECT *{listes} "
        f"FROM (SELECT *, {types} FROM (SELECT {nets}{reconnus}{otes} FROM {source.relation})))"
    )


def _valeur(colonne: Colonne, livree: bool, liste: bool) -> str:  # noqa: FBT001
    champ = colonne.champ
    if not livree:
        return f"NULL::{colonne.type_sql} AS {champ}"
    if not liste:
        return f"v_{champ} AS {champ}"
    return f"CASE WHEN h_{champ} THEN {code_garde(f'v_{champ}')} ELSE v_{champ} END AS {champ}"


def _otables(source: Source, livrees: list[Colonne]) -> list[Colonne]:
    """Columns whose texts may lose invisible characters, in a file that has some."""
    return [c for c in livrees if source.invisibles and c.type in TEXTUELS]


def _typee(source: Source, colonne: Colonne) -> str:
    """Return the SQL of a typed value; a text that is a code of its list is its own."""
    champ = f"n_{colonne.champ}"
    if not colonne.codes:
        return valeur_typee(champ, colonne)
    autre = valeur_typee(_texte(source, champ, colonne), colonne)
    return f"CASE WHEN r_{colonne.champ} THEN {champ} ELSE {autre} END"


def _texte(source: Source, champ: str, colonne: Colonne) -> str:
    invisibles = source.invisibles and colonne.type in TEXTUELS
    if colonne.nom in source.a_rogner or invisibles:
        return texte_net(
            champ, colonne, blancs_rares=source.blancs_rares, invisibles=source.invisibles
        )
    return f"nullif({champ}, '999')" if colonne.neuf_cents_99 else champ


def _sql_rejet(table: Table, livrees: list[Colonne]) -> str:
    """Reason, column and value of the first reject that applies, in the contract's order."""
    cas = [
        (c, condition)
        for motif in MOTIFS
        for c in livrees
        if c.rejette == motif and (condition := est_rejetee(f"v_{c.champ}", c))
    ]
    motif = " ".join(f"WHEN {condition} THEN '{c.rejette}'" for c, condition in cas)
    colonne = " ".join(f"WHEN {condition} THEN '{c.nom}'" for c, condition in cas)
    valeur = " ".join(f"WHEN {condition} THEN n_{c.champ}" for c, condition in cas)
    rejetee = " OR ".join(condition for _, condition in cas)
    gardee = "NULL::VARCHAR" if table.nominative else f"CASE {valeur} END"
    return (
        f"CASE WHEN {rejetee} THEN CASE {motif} END END AS motif, "
        f"CASE WHEN {rejetee} THEN CASE {colonne} END END AS rejet_colonne, "
        f"CASE WHEN {rejetee} THEN {gardee} END AS rejet_valeur"
    )


def _sql_defauts(table: Table, source: Source, livrees: list[Colonne]) -> str:
    """Text of the format anomalies of a row, by number, NULL where there is none."""
    cas = list(_defauts(source, livrees))
    if not cas:
        return DEFAUTS_AUCUN
    textes = ["''" if table.nominative else f"to_base64(encode({x}))" for *_, x in cas]
    dits = ", ".join(
        f"CASE WHEN {condition} THEN concat('{rang}:', {texte}, ';') END"
        for rang, ((_, _, condition, _), texte) in enumerate(zip(cas, textes, strict=True))
    )
    anormale = " OR ".join(condition for _, _, condition, _ in cas)
    return f"CASE WHEN {anormale} THEN concat({dits}) END"


def _defauts(source: Source, livrees: list[Colonne]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the column, the nature, the SQL of the condition and that of the text told."""
    for colonne in livrees:
        champ, nom = colonne.champ, colonne.nom
        if est_hors_liste(f"v_{champ}", colonne, contrat()):
            yield nom, HORS_LISTE, f"h_{champ}", f"v_{champ}"
        if illisible := est_illisible(f"v_{champ}", f"n_{champ}", colonne):
            yield nom, ILLISIBLE, illisible, f"n_{champ}"
        if coupe := est_trop_long(f"n_{champ}", colonne):
            yield nom, COUPE, coupe, "NULL"
        if source.invisibles and colonne.type in TEXTUELS:
            yield nom, OTES, f"i_{champ}", "NULL"


def _noter_illisibles(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> None:
    con.execute(
        "INSERT INTO rejets SELECT ?, ?, unnest(?::BIGINT[]), NULL, unnest(?::VARCHAR[]), "
        "'ligne illisible'",
        [
            table.nom,
            source.fichier,
            [ligne for ligne, _ in source.illisibles],
            [detail for _, detail in source.illisibles],
        ],
    )


def _noter_rejets(con: duckdb.DuckDBPyConnection, table: Table, fichier: str) -> None:
    con.execute(
        f"""INSERT INTO rejets
        SELECT ?, ?, r.rowid + ruptures.decalage, r.rejet_colonne,
            {valeur_montree("r.rejet_valeur", _est_personnelle("r.rejet_colonne", table))}, r.motif
        FROM (SELECT rowid, * FROM {table.nom} WHERE motif IS NOT NULL) AS r
        ASOF JOIN ruptures_{table.nom} AS ruptures ON r.rowid >= ruptures.rang""",
        [table.nom, fichier],
    )


def _exiger_peu_de_rejets(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    motifs = con.execute(
        "SELECT motif, count(*), min(ligne) FROM rejets WHERE fichier = ? GROUP BY ALL "
        "ORDER BY 2 DESC, 1",
        [source.fichier],
    ).fetchall()
    rejets = sum(nombre for _, nombre, _ in motifs)
    if rejets > PART_MAX_REJETS * source.lus:
        detail = " ; ".join(
            f"{motif} : {nombre} (première : ligne {ligne})" for motif, nombre, ligne in motifs
        )
        raise Refus(
            f"{rejets} lignes rejetées sur {source.lus}, plus de 5 % — {detail}",
            source.fichier,
            "Demander une nouvelle extraction ; la livraison précédente reste en place.",
        )


def ecarter(
    con: duckdb.DuckDBPyConnection, table: str, reception: Reception, perdants: str, motif: str
) -> None:
    """Reject the rows whose rowid `perdants` gives, for a reason not held against the file."""
    cle = contrat().tables[table].cle
    valeur = _cle_montree(contrat().tables[table])
    con.execute(f"CREATE OR REPLACE TEMP TABLE perdants AS {perdants}")
    con.execute(
        f"""INSERT INTO rejets
        SELECT ?, ?, r.rowid + ruptures.decalage, ?, {valeur}, ?
        FROM (SELECT rowid, * FROM {table} WHERE rowid IN (FROM perdants)) AS r
        ASOF JOIN ruptures_{table} AS ruptures ON r.rowid >= ruptures.rang""",
        [table, reception.fichier, cle, motif],
    )
    con.execute(f"UPDATE {table} SET motif = ? WHERE rowid IN (FROM perdants)", [motif])


def _cle_montree(table: Table) -> str:
    """Return the SQL of the key of a row set aside: a numéro is well-formed, an identifier not."""
    if table.nominative:
        return "NULL"
    champ = f"r.{table.cle.lower()}"
    colonne = table.par_nom[table.cle]
    if colonne.nom == "NUMERO_UNIQUE":
        return champ
    return valeur_montree(champ, str(colonne.personnelle).lower())


def _est_personnelle(nom: str, table: Table) -> str:
    """Return the SQL of whether the column of this name says something of a person."""
    noms = ", ".join(f"'{colonne.nom}'" for colonne in table.colonnes if colonne.personnelle)
    return f"({nom} IN ({noms}))" if noms else "false"


def noter_anomalies(con: duckdb.DuckDBPyConnection, reception: Reception) -> None:
    """List the format anomalies of the rows kept: one row per column, value and nature."""
    table = contrat().tables[reception.table]
    con.execute(
        f"""INSERT INTO anomalies_format
        SELECT ?, ?, colonne, CASE WHEN nature = '{HORS_LISTE}' THEN {code_garde("texte")}
                ELSE {valeur_montree("texte", _est_personnelle("colonne", table))} END AS valeur,
            nature, sum(nombre), min(ligne)
        FROM (
            SELECT colonne, nature, count(*) AS nombre, min(d.rang + decalage) AS ligne,
                nullif(decode(from_base64(split_part(defaut, ':', 2))), '') AS texte
            FROM (
                SELECT rowid AS rang, unnest(string_split(rtrim(defauts, ';'), ';')) AS defaut
                FROM {reception.table} WHERE motif IS NULL AND defauts IS NOT NULL
            ) AS d ASOF JOIN ruptures_{reception.table} AS ruptures ON d.rang >= ruptures.rang
            JOIN natures_{reception.table} ON numero = split_part(defaut, ':', 1)::INTEGER
            GROUP BY ALL
        ) GROUP BY ALL ORDER BY 3, 6 DESC, 4""",
        [reception.table, reception.fichier],
    )
