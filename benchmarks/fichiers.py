"""Stock files for the benchmarks: one clean and typed, one with the dirt of the contract."""

from __future__ import annotations

from pathlib import Path

import duckdb

from infocentre.contrat import Colonne, contrat

CODES_LIBRES = {
    "numero_unique": "'013' || lpad((1 + i % 12)::VARCHAR, 2, '0') || "
    "lpad((15 + i % 12)::VARCHAR, 2, '0') || lpad((i % 1000000)::VARCHAR, 6, '0') || 'G' || "
    "(1200 + (i // 1000000) * 100 + i % 97)",
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


def valeur(colonne: Colonne, rang: int) -> str:
    """Return the SQL of a clean value of a column, `i` being the rank of its row."""
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
        centiemes = round(100 * min(colonne.etendue[1], 3000))
        return f"CASE WHEN {graine} % 9 > 0 THEN ({graine} % {centiemes}) / 100.0 END"
    raise ValueError(champ)


def _colonnes() -> list[Colonne]:
    """Return the columns of the stock that every delivery has had."""
    return [une for une in contrat().tables["stock"].colonnes if not une.depuis]


def _propre(con: duckdb.DuckDBPyConnection, lignes: int) -> None:
    colonnes = ",\n".join(
        f"{valeur(colonne, rang)} AS {colonne.champ}" for rang, colonne in enumerate(_colonnes())
    )
    con.execute(f"CREATE TABLE propre AS SELECT {colonnes} FROM range({lignes}) t(i)")


# A text of the contract's dirt, by type: {x} is the clean value, {h} a number from 0 to 99.
ABSENTE = "CASE WHEN {x} IS NULL THEN ([NULL, 'NA', 'NA/NA'])[1 + {h} % 3] "
DATE_SALE = (
    f"{ABSENTE} WHEN {{h}} < 40 THEN strftime({{x}}, '%d/%m/%Y') "
    "WHEN {h} < 60 THEN strftime({x}, '%d-%m-%Y') WHEN {h} < 80 THEN {x}::VARCHAR "
    "WHEN {h} < 99 OR {obligatoire} THEN strftime({x}, '%Y-%m-%d 00:00:00') ELSE '31/02/2026' END"
)
SALES = {
    "date": DATE_SALE,
    "naissance": DATE_SALE,
    "entier": "CASE WHEN {h} < 80 THEN {x}::VARCHAR WHEN {h} < 90 THEN {x} || ',0' "
    "WHEN {h} < 97 THEN '{na}' WHEN {h} < 99 THEN {x} || '.0' ELSE '12,5' END",
    "decimal": f"{ABSENTE} WHEN {{h}} < 50 THEN replace({{x}}::VARCHAR, '.', ',') "
    "WHEN {h} < 98 THEN {x}::VARCHAR WHEN {h} < 99 THEN '1.1144e+006' ELSE 'nan' END",
    "indicatrice": "CASE WHEN {h} < 70 THEN {x}::VARCHAR WHEN {h} < 90 THEN {x} || ',0' "
    "ELSE CASE {x} WHEN 1 THEN 'Oui' ELSE 'non' END END",
    "code": "CASE WHEN {h} = 0 THEN ' ' || {x} || ' ' WHEN {h} = 1 THEN lower({x}) ELSE {x} END",
}
GUICHETS = [
    "CODE_GUICHET;NOM;TYPE_GUICHET;MODE_ENREGISTREMENT",
    *(f"G{1200 + rang};Guichet {rang};BAILLEUR;DIRECT" for rang in range(97)),
    "GDPUB;Portail;PORTAIL;DIRECT",
]
COLONNES_RADIATION = (
    "NUMERO_UNIQUE;TYPE_DEMANDEUR;GUICHET_ENREGISTREUR;CLE_GUICHETCREATEUR;DATE_CREATION;"
    "DOUBLON_FORCE;ESTCREEESITEGRANDPUBLIC;DATE_RADIATION;MOTIF_RADIATION"
)
RADIATION = [
    COLONNES_RADIATION,
    "013092599999912345;PHY;G1200;G1200;2025-09-01;0;0;2026-09-01;RADATT",
]


def _sale(colonne: Colonne, rang: int) -> str:
    if colonne.nom == "NUMERO_UNIQUE":
        return "CASE WHEN hash(rowid) % 500 = 0 THEN 'X' || numero_unique ELSE numero_unique END"
    return SALES[colonne.type].format(
        x=colonne.champ,
        h=f"(hash(rowid * 977 + {rang}) % 100)::BIGINT",
        na="999" if colonne.neuf_cents_99 else "NA",
        obligatoire=colonne.obligatoire,
    )


def fabriquer(dossier: Path, lignes: int) -> tuple[Path, Path]:
    """Write `propre.csv` (typed, UTF-8) and a delivery with its dirty equivalent; return both."""
    livraison = dossier / "2026-10"
    livraison.mkdir(parents=True)
    propre, utf8 = dossier / "propre.csv", dossier / "sale.csv"
    with duckdb.connect() as con:
        _propre(con, lignes)
        con.execute(f"COPY propre TO '{propre}' (HEADER, DELIMITER ';')")
        _salir(con, utf8)
    _couper(utf8, livraison / "stock.csv")
    utf8.unlink()
    for nom, contenu in (("guichets", GUICHETS), ("radiation", RADIATION)):
        (livraison / f"{nom}.csv").write_text("\n".join(contenu) + "\n", "utf-8")
    return propre, livraison


def _salir(con: duckdb.DuckDBPyConnection, cible: Path) -> None:
    """Write the dirty texts in UTF-8, one line in 333 being repeated at the end."""
    textes = ", ".join(
        f"{_sale(colonne, rang)} AS {colonne.champ}" for rang, colonne in enumerate(_colonnes())
    )
    con.execute(f"CREATE TABLE sales AS SELECT rowid AS rang, {textes} FROM propre")
    con.execute(
        "COPY (SELECT * EXCLUDE rang, 'x' AS colonne_inconnue FROM "
        "(FROM sales UNION ALL BY NAME FROM sales WHERE rang % 333 = 0)) "
        f"TO '{cible}' (HEADER, DELIMITER ';')"
    )


def _couper(utf8: Path, cible: Path) -> None:
    """Copy to Windows-1252, one line in 1 500 being cut in its middle."""
    with utf8.open(encoding="utf-8") as entree, cible.open("w", encoding="cp1252") as sortie:
        for numero, ligne in enumerate(entree):
            coupee = numero % 1500 == 1499
            sortie.write(ligne[: len(ligne) // 2] + "\n" if coupee else ligne)
