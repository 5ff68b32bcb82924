"""Stock files for the benchmarks: one clean and typed, one with the dirt of the contract."""

from __future__ import annotations

from pathlib import Path

import duckdb

from infocentre.contrat import contrat

CODES_LIBRES = {
    "numero_unique": "'013' || lpad((1 + i % 12)::VARCHAR, 2, '0') || lpad((15 + i % 12)::VARCHAR, 2, '0')"
    " || lpad((i % 1000000)::VARCHAR, 6, '0') || 'G' || (1200 + (i // 1000000) * 100 + i % 97)",
    "etat_demande": "CASE WHEN i % 7 = 0 THEN 'RÉACTIVÉE' ELSE 'ACTIVE' END",
    "guichet_enregistreur": "'G' || (1200 + i % 97)",
    "cle_guichetcreateur": "CASE WHEN i % 2 = 0 THEN 'GDPUB' ELSE 'G' || (1200 + i % 97) END",
    "version_cerfa": "'14069*0' || (1 + i % 5)",
    "type_logement_actuel": "'T' || (1 + h % 5)",
    "commune_log_actuel": "lpad((13001 + h % 119)::VARCHAR, 5, '0')",
    "commune_log_recherche": "lpad((13001 + h % 97)::VARCHAR, 5, '0')",
}
DATES = {
    "date_creation": "DATE '2021-01-01' + (h % 2000)::INTEGER",
    "date_modification": "DATE '2024-01-01' + (h % 900)::INTEGER",
    "date_renouvellement": "CASE WHEN h % 3 > 0 THEN DATE '2025-10-01' + (h % 380)::INTEGER END",
    "date_preavis_simple": "CASE WHEN h % 5 = 0 THEN DATE '2025-09-01' + (h % 380)::INTEGER END",
    "date_preavis_ar": "CASE WHEN h % 11 = 0 THEN DATE '2025-09-01' + (h % 380)::INTEGER END",
    "date_naiss_demandeur": "DATE '1940-01-01' + (h % 24000)::INTEGER",
}


def _valeur(colonne: object, rang: int) -> str:
    graine = f"(hash(i * 1000 + {rang}) % 1000003)::BIGINT"
    champ = colonne.champ
    if champ in CODES_LIBRES or champ in DATES:
        return CODES_LIBRES.get(champ, DATES.get(champ, "")).replace("h %", f"{graine} %")
    if colonne.codes:
        liste = [code.replace("'", "''") for code in contrat().codes[colonne.codes]]
        valeurs = "', '".join(liste)
        return f"(['{valeurs}'])[1 + {graine} % {len(liste)}]"
    if colonne.type == "indicatrice":
        return f"({graine} % 4 = 0)::TINYINT"
    if colonne.type == "entier":
        return f"1 + {graine} % 5"
    if colonne.type == "decimal":
        return f"CASE WHEN {graine} % 9 > 0 THEN ({graine} % 300000) / 100.0 END"
    raise ValueError(champ)


def _propre(con: duckdb.DuckDBPyConnection, lignes: int) -> None:
    colonnes = ",\n".join(
        f"{_valeur(colonne, rang)} AS {colonne.champ}"
        for rang, colonne in enumerate(contrat().tables["stock"].colonnes)
    )
    con.execute(f"CREATE TABLE propre AS SELECT {colonnes} FROM range({lignes}) t(i)")


def _sale(colonne: object, rang: int) -> str:
    x, h = colonne.champ, f"(hash(rowid * 977 + {rang}) % 100)::BIGINT"
    if colonne.type in {"date", "naissance"}:
        return (
            f"CASE WHEN {x} IS NULL THEN ([NULL, 'NA', 'NA/NA'])[1 + {h} % 3]"
            f" WHEN {h} < 40 THEN strftime({x}, '%d/%m/%Y') WHEN {h} < 60 THEN strftime({x}, '%d-%m-%Y')"
            f" WHEN {h} < 80 THEN {x}::VARCHAR WHEN {h} < 99 OR {colonne.obligatoire}"
            f" THEN strftime({x}, '%Y-%m-%d 00:00:00') ELSE '31/02/2026' END"
        )
    if colonne.type == "entier":
        na = "999" if colonne.neuf_cents_99 else "NA"
        return (
            f"CASE WHEN {h} < 80 THEN {x}::VARCHAR WHEN {h} < 90 THEN {x} || ',0'"
            f" WHEN {h} < 97 THEN '{na}' WHEN {h} < 99 THEN {x} || '.0' ELSE '12,5' END"
        )
    if colonne.type == "decimal":
        return (
            f"CASE WHEN {x} IS NULL THEN ([NULL, 'NA', 'NA/NA'])[1 + {h} % 3]"
            f" WHEN {h} < 50 THEN replace({x}::VARCHAR, '.', ',') WHEN {h} < 98 THEN {x}::VARCHAR"
            f" WHEN {h} < 99 THEN '1.1144e+006' ELSE 'nan' END"
        )
    if colonne.type == "indicatrice":
        return (
            f"CASE WHEN {h} < 70 THEN {x}::VARCHAR WHEN {h} < 90 THEN {x} || ',0'"
            f" ELSE CASE {x} WHEN 1 THEN 'Oui' ELSE 'non' END END"
        )
    if x == "numero_unique":
        return f"CASE WHEN hash(rowid) % 500 = 0 THEN 'X' || {x} ELSE {x} END"
    return f"CASE WHEN {h} = 0 THEN ' ' || {x} || ' ' WHEN {h} = 1 THEN lower({x}) ELSE {x} END"


def fabriquer(dossier: Path, lignes: int) -> tuple[Path, Path]:
    """Write `propre.csv` (typed, UTF-8) and `stock.csv` (dirty, Windows-1252); return both paths."""
    dossier.mkdir(parents=True, exist_ok=True)
    propre, sale, utf8 = dossier / "propre.csv", dossier / "stock.csv", dossier / "sale-utf8.csv"
    con = duckdb.connect()
    _propre(con, lignes)
    con.execute(f"COPY propre TO '{propre}' (HEADER, DELIMITER ';')")
    con.execute(
        f"CREATE TABLE repetees AS SELECT rowid AS r, {', '.join(_sale(c, i) + ' AS ' + c.champ for i, c in enumerate(contrat().tables['stock'].colonnes))} FROM propre"
    )
    con.execute(
        f"COPY (SELECT * EXCLUDE r, 'x' AS colonne_inconnue FROM (FROM repetees UNION ALL BY NAME FROM repetees WHERE r % 333 = 0))"
        f" TO '{utf8}' (HEADER, DELIMITER ';')"
    )
    with utf8.open("rb") as entree, sale.open("wb") as sortie:
        for numero, ligne in enumerate(entree):
            texte = ligne.decode().encode("cp1252")
            sortie.write(texte[: len(texte) // 2] + b"\n" if numero % 1500 == 1499 else texte)
    utf8.unlink()
    return propre, sale
