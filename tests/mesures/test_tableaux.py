"""The standard tables: every case of tests/tableaux/, totals, months kept, refusals, settings.

A row of a case gets `departement`, `arrete`, a key and DEFAUT's values when it gives none. Each
row of `attendu` is found once, with those values among others; `lignes` counts the whole table.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import duckdb
import pytest

from infocentre.catalogue.analyse import tables_nommees
from infocentre.catalogue.schema import creer_tables, relations
from infocentre.contrat import contrat
from infocentre.entrepot import sql_creer, sql_references
from infocentre.entrepot.macros import sql_macros
from infocentre.mesures import (
    Reglages,
    Tableau,
    calculer_tableaux,
    ecrire_reglages,
    lire_reglages,
    lire_tableaux,
    requis_tableau,
    sql_lecture_tableau,
    trouver_tableau,
)
from infocentre.mesures.documentation import FICHIER, LIGNES, rendre_lignes, rendre_tableaux
from infocentre.mesures.plans import Reperes
from infocentre.mesures.tableaux import nommes_tableau, tableaux
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.erreurs import Refus

RACINE = Path(__file__).parents[2]
DOSSIER = RACINE / "tests" / "tableaux"
REGLAGES = lire_reglages(Path("absent.yml"))
TABLEAUX = tableaux()
DEFAUT: dict[str, dict[str, Any]] = {
    "stock": {"type_demandeur": "PP", "mode_mutation": 0, "date_creation": date(2026, 1, 15)},
    "radiation": {
        "type_demandeur": "PP",
        "mode_mutation": 0,
        "date_creation": date(2026, 1, 15),
        "motif_radiation": "RADATT",
        "date_radiation": date(2026, 10, 10),
    },
}
DOUZE_MOIS = "date_radiation between date_trunc('month', arrete) - interval 11 month and arrete"
DEPOTS = DOUZE_MOIS.replace("date_radiation", "date_creation")
ATTRIBUTIONS = f"from radiation where motif_radiation = 'RADATT' and {DOUZE_MOIS}"
# By prefix of code: what its « Ensemble » row counts, in one département and month.
TOTAUX = {
    "TAB03": ("total", "from stock where type_demandeur = 'PP'"),
    "DEM-01": ("total", "from stock where true"),
    "DEM-02": ("total", f"from (from stock union all by name from radiation) where {DEPOTS}"),
    "DEM-03": ("demandes", "from stock where type_demandeur = 'PP'"),
    "DEM-04": ("total", "from stock where true"),
    "DEM-05": ("total", "from stock where true"),
    "DEM-06": ("total", "from stock where type_demandeur = 'PP'"),
    "DEM-07": ("demandes", "from stock where nb_dalo = 1"),
    "ATT-01": ("total", ATTRIBUTIONS),
    "ATT-02": ("attributions", ATTRIBUTIONS),
    "ATT-04": ("total", ATTRIBUTIONS),
    "ATT-05": ("attributions", ATTRIBUTIONS),
    "ATT-06": (
        "attributions_hors_qpv",
        f"{ATTRIBUTIONS} and nb_hqpv = 1 and date_signature_bail is not null",
    ),
    "ATT-07": (
        "attributions_en_qpv",
        f"{ATTRIBUTIONS} and nb_qpv = 1 and date_signature_bail is not null",
    ),
    "ATT-08": ("toutes_attributions_12_mois", ATTRIBUTIONS),
    "ATT-09": ("attributions", ATTRIBUTIONS),
    "ATT-10": ("total", ATTRIBUTIONS),
    "ATT-11": ("attributions", ATTRIBUTIONS),
    "ATT-12": ("attributions", ATTRIBUTIONS),
    "ATT-13": ("attributions", ATTRIBUTIONS),
    "ATT-14": ("attributions", ATTRIBUTIONS),
    "FLUX-01": ("radiations", f"from radiation where {DOUZE_MOIS}"),
}


def ouvrir() -> duckdb.DuckDBPyConnection:
    """Open empty relations, the real communes and code lists beside them."""
    con = duckdb.connect(config={"threads": 1})
    creer_tables(con)
    con.execute("drop table communes; drop table codes")
    for instruction in (*sql_creer(sql_references(), "TEMP TABLE"), *sql_macros()):
        con.execute(instruction)
    con.execute("create table calculabilite (departement varchar, mois varchar)")
    return con


@pytest.fixture(scope="module")
def base() -> duckdb.DuckDBPyConnection:
    return ouvrir()


def inserer(con: duckdb.DuckDBPyConnection, table: str, lignes: list[dict[str, Any]]) -> None:
    for rang, donnees in enumerate(lignes):
        ligne = {
            "departement": "013",
            "arrete": date(2026, 10, 31),
            contrat().tables[table].cle.lower(): f"{table}-{rang}",
            **DEFAUT.get(table, {}),
            **donnees,
        }
        ligne["mois"] = ligne["arrete"].strftime("%Y-%m")
        marques = ", ".join("?" * len(ligne))
        con.execute(
            f"insert into {table} ({', '.join(ligne)}) values ({marques})", list(ligne.values())
        )


def controler(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create or replace table calculabilite as select departement, mois from stock "
        "union select departement, mois from radiation"
    )


def lire(
    con: duckdb.DuckDBPyConnection, code: str, mois: str = "2026-10", departement: str = "013"
) -> list[dict[str, Any]]:
    resultat = con.execute(sql_lecture_tableau(code), {"departement": departement, "mois": mois})
    colonnes = [colonne[0] for colonne in resultat.description or []]
    return [dict(zip(colonnes, ligne, strict=True)) for ligne in resultat.fetchall()]


def lire_cas() -> Iterator[Any]:
    for chemin in sorted(DOSSIER.glob("*.yml")):
        for cas in fichiers_yaml.lire(chemin.read_text("utf-8"))["cas"]:
            yield pytest.param(chemin.stem, cas, id=f"{chemin.stem}: {cas['nom']}")


@pytest.mark.parametrize(("code", "cas"), list(lire_cas()))
def test_the_rows_are_those_expected(
    base: duckdb.DuckDBPyConnection, code: str, cas: dict[str, Any]
) -> None:
    for table in ("stock", "radiation"):
        base.execute(f"delete from {table}")
        inserer(base, table, cas["tables"].get(table, []))
    controler(base)
    reglages = Reglages.model_validate(REGLAGES.model_dump() | cas.get("reglages", {}))
    ecrire_reglages(base, reglages, cas.get("objectifs", ()))
    utiles = {un: TABLEAUX[un] for un in {code, "FLUX-01", "TAB01-01"}}
    for tableau in utiles.values():
        base.execute(f"drop table if exists {tableau.mart}")
    calculer_tableaux(base, utiles)

    lignes = lire(base, code, str(cas.get("mois", "2026-10")))
    for attendue in cas["attendu"]:
        assert len([une for une in lignes if contient(une, attendue)]) == 1, (attendue, lignes)
    for absente in cas.get("absents", []):
        assert not [une for une in lignes if contient(une, absente)]
    assert len(lignes) == cas.get("lignes", len(lignes))


def contient(ligne: dict[str, Any], attendue: dict[str, Any]) -> bool:
    assert attendue.keys() <= ligne.keys()
    return all(ligne[nom] == proche(valeur) for nom, valeur in attendue.items())


def proche(valeur: object) -> object:
    return pytest.approx(valeur, abs=1e-6) if isinstance(valeur, float) else valeur


def test_each_table_has_its_test_rows() -> None:
    assert {chemin.stem for chemin in DOSSIER.glob("*.yml")} == set(TABLEAUX)


def test_the_tables_of_the_ministry_are_all_there() -> None:
    attendus = {"TAB01-01", "TAB01-02", *(f"TAB02-0{i}" for i in range(1, 4))}
    assert attendus | {f"TAB03-0{i}" for i in range(1, 10)} <= set(TABLEAUX)


def test_documentation_a_jour() -> None:
    assert (RACINE / FICHIER).read_text("utf-8") == rendre_tableaux(TABLEAUX)


def test_the_types_of_rows_are_those_of_the_tables() -> None:
    assert (RACINE / LIGNES).read_text("utf-8") == rendre_lignes(TABLEAUX)


def test_what_names_a_row_is_a_text_of_some_table() -> None:
    textes = {
        nom
        for un in TABLEAUX.values()
        for nom, genre in zip(un.colonnes, un.types, strict=True)
        if genre == "VARCHAR"
    }
    assert set(get_type_hints(Reperes).values()) == {str}
    assert Reperes.__annotations__.keys() <= textes


def test_a_role_and_a_form_without_a_table_have_rows_of_nothing() -> None:
    sans = {code: un for code, un in TABLEAUX.items() if un.declare.role != "age"}
    assert 'class Age(TypedDict):\n    """No table has such rows."""\n\n\nclass' in rendre_lignes(
        sans
    )


def test_a_form_has_the_columns_that_all_its_tables_have() -> None:
    """The ancienneté has medians, which no other distribution has."""
    ecrit = rendre_lignes(TABLEAUX)
    assert "anciennete_mediane_mois: Chiffre" in _classe(ecrit, "Anciennete")
    communes = _classe(ecrit, "FormeRepartition")
    assert "total: Chiffre" in communes
    assert "anciennete_mediane_mois" not in communes


def _classe(module: str, nom: str) -> str:
    return module.split(f"class {nom}(")[1].split("class ", maxsplit=1)[0]


@pytest.mark.parametrize("tableau", TABLEAUX.values(), ids=lambda un: un.code)
def test_what_a_table_requires_is_exact(tableau: Tableau) -> None:
    """Optional columns that its SQL or a macro names are in requiert or facultatif, no other."""
    declares = set(tableau.requiert) | set(tableau.facultatif)
    if tableau.sur == "marts":
        assert declares == set()
        return
    assert declares == set(colonnes_indispensables(tableau))
    assert requis_tableau(tableau) == {
        (table, colonne.upper()) for table, colonne in (une.split(".") for une in tableau.requiert)
    }


def colonnes_indispensables(tableau: Tableau) -> Iterator[str]:
    con = ouvrir()
    ecrire_reglages(con, REGLAGES)
    for table in sorted(tables_nommees(tableau.sql) & contrat().tables.keys()):
        for colonne in contrat().tables[table].colonnes:
            if colonne.obligatoire or (table, colonne.nom) not in nommes_tableau(tableau):
                continue
            con.execute(f"alter table {table} drop column {colonne.champ}")
            try:
                con.execute(f"describe {tableau.sql}")
            except duckdb.BinderException:
                yield f"{table}.{colonne.champ}"
            con.execute(f"alter table {table} add column {colonne.champ} {colonne.type_sql}")


@pytest.fixture(scope="module")
def hasard() -> duckdb.DuckDBPyConnection:
    """Two départements and two months of random rows: any code, unknown or null, any date."""
    con = ouvrir()
    con.execute("select setseed(0.42)")
    for table in ("stock", "radiation"):
        colonnes = ", ".join(
            f"{valeur_au_hasard(nom, type_sql)} as {nom}"
            for nom, type_sql in relations()[table].items()
            if nom not in {"departement", "arrete", "mois"}
        )
        con.execute(
            f"insert into {table} by name select {colonnes}, "
            "departement, arrete, strftime(arrete, '%Y-%m') as mois from range(800), "
            "(values ('013'), ('02A')) as d (departement), "
            "(values (date '2026-09-30'), (date '2026-10-31')) as a (arrete)"
        )
    controler(con)
    ecrire_reglages(con, REGLAGES)
    calculer_tableaux(con, TABLEAUX)
    return con


def valeur_au_hasard(nom: str, type_sql: str) -> str:
    colonne = contrat().tables["radiation"].par_nom.get(nom.upper())
    if nom.startswith("commune_log"):
        valeurs = ["13201", "13055", "13001", "84089", "2A004", "99999"]
        return f"({valeurs}::varchar[])[1 + floor(random() * 8)::int]"
    if colonne and colonne.codes:
        valeurs = [*contrat().codes[colonne.codes], "NONDOC", "ZZ", "ZY"]
        return f"({valeurs}::varchar[])[1 + floor(random() * {len(valeurs) + 1})::int]"
    return {
        "DATE": "date '2026-11-15' - floor(random() * 900)::int",
        "BIGINT": "nullif(floor(random() * 9)::bigint, 8)",
        "DOUBLE": "nullif(floor(random() * 90), 8) * 50",
        "TINYINT": "([0, 1, 1, null])[1 + floor(random() * 4)::int]::tinyint",
        "BOOLEAN": "random() < 0.5",
    }.get(type_sql, "uuid()::varchar")


@pytest.mark.parametrize("code", [un for un in TABLEAUX if {un, un[:5]} & TOTAUX.keys()])
@pytest.mark.parametrize(("departement", "mois"), [("013", "2026-09"), ("02A", "2026-10")])
def test_a_total_equals_the_direct_count(
    hasard: duckdb.DuckDBPyConnection, code: str, departement: str, mois: str
) -> None:
    colonne, source = TOTAUX.get(code) or TOTAUX[code[:5]]
    lieu = f"departement = '{departement}' and mois = '{mois}'"
    direct = un(hasard, f"select count(*) {source} and {lieu}")
    lignes = lire(hasard, code, mois, departement)
    detail = [une for une in lignes if une["code"] != "*"]
    (ensemble,) = [une for une in lignes if une["code"] == "*"]
    assert direct > 0
    assert ensemble[colonne] == direct
    if code == "ATT-08":
        return
    groupe = "dimension" if "dimension" in ensemble else "niveau"
    for un_groupe in {une.get(groupe) for une in detail} - {"arrondissement"}:
        assert sum(une[colonne] for une in detail if une.get(groupe) == un_groupe) == direct


def un(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    ligne = con.execute(sql).fetchone()
    assert ligne
    return ligne[0]


@pytest.mark.parametrize("code", ["TAB01-01", "TAB01-02"])
def test_an_evolution_equals_the_direct_counts(
    hasard: duckdb.DuckDBPyConnection, code: str
) -> None:
    lieu = "departement = '013' and mois = '2026-10'" + (
        " and type_demandeur = 'PM'" if code == "TAB01-02" else ""
    )
    lignes = {(une["code"], une["fenetre"]): une["total"] for une in lire(hasard, code)}
    actives = un(hasard, f"select count(*) from stock where {lieu}")
    radiees = un(hasard, f"select count(*) from radiation where {DOUZE_MOIS} and {lieu}")
    assert lignes["ACTIVES", "arrete"] == actives
    assert lignes["RADIATIONS", "12_mois"] == radiees
    assert lignes["ACTIVES_UN_JOUR", "12_mois"] == actives + radiees
    motifs = [*contrat().codes["MOTIF_RADIATION"], "NR"]
    for fenetre in ("mois", "trimestre", "12_mois"):
        assert sum(lignes[motif, fenetre] for motif in motifs) == lignes["RADIATIONS", fenetre]


@pytest.mark.parametrize("tableau", TABLEAUX.values(), ids=lambda un: un.code)
def test_rows_are_ordered_and_none_is_there_twice(
    hasard: duckdb.DuckDBPyConnection, tableau: Tableau
) -> None:
    sql = f"select count(*) - count(distinct (departement, mois, ordre)) from {tableau.mart}"
    assert un(hasard, sql) == 0
    assert un(hasard, f"select count(*) from {tableau.mart}") > 0


def test_mutations_and_the_others_make_the_total(hasard: duckdb.DuckDBPyConnection) -> None:
    for tableau in TABLEAUX.values():
        if {"total", "mutations", "hors_mutation"} <= set(tableau.colonnes):
            faux = f"select count(*) from {tableau.mart} where total <> mutations + hors_mutation"
            assert un(hasard, faux) == 0, tableau.code


@pytest.mark.parametrize("tableau", TABLEAUX.values(), ids=lambda un: un.code)
def test_a_share_is_the_ratio_of_two_columns(
    hasard: duckdb.DuckDBPyConnection, tableau: Tableau
) -> None:
    lignes = lire(hasard, tableau.code)
    rapports = {nom for nom in tableau.colonnes if nom.startswith("part") or "_pour_une_" in nom}
    comptes = {
        nom
        for nom in tableau.colonnes
        if nom not in rapports and all(isinstance(une[nom], int | None) for une in lignes)
    }
    for rapport in rapports:
        assert any(
            est_rapport(lignes, rapport, haut, bas) for haut in comptes for bas in comptes
        ), rapport


def est_rapport(lignes: list[dict[str, Any]], rapport: str, haut: str, bas: str) -> bool:
    return all(
        une[rapport] is None
        or (une[bas] and une[haut] is not None and une[rapport] == une[haut] / une[bas])
        for une in lignes
    )


@pytest.fixture
def petit() -> duckdb.DuckDBPyConnection:
    con = ouvrir()
    ecrire_reglages(con, REGLAGES)
    inserer(con, "stock", [{"arrete": date(2026, 9, 30)}])
    controler(con)
    calculer_tableaux(con, TABLEAUX)
    return con


def test_a_month_computed_again_replaces_its_own_and_keeps_the_others(
    petit: duckdb.DuckDBPyConnection,
) -> None:
    petit.execute("delete from stock")
    inserer(petit, "stock", [{}, {}])
    controler(petit)
    calculer_tableaux(petit, TABLEAUX)
    calculer_tableaux(petit, TABLEAUX)
    comptes = "select mois, total from tab01_01 where code = 'ACTIVES' order by mois"
    assert petit.execute(comptes).fetchall() == [("2026-09", 1), ("2026-10", 2)]
    assert [une["demandes_actives"] for une in lire(petit, "TAB02-03")][-2:] == [1, 2]


def test_a_month_that_is_non_calculable_has_no_row(petit: duckdb.DuckDBPyConnection) -> None:
    calculer_tableaux(petit, TABLEAUX, [("TAB03-04", "013", "2026-09")])
    assert lire(petit, "TAB03-04", "2026-09") == []
    assert lire(petit, "TAB03-05", "2026-09") != []


def test_a_former_mart_keeps_its_months_when_its_columns_change(
    petit: duckdb.DuckDBPyConnection,
) -> None:
    petit.execute("alter table tab03_04 rename part_total to ancienne")
    petit.execute("update tab03_04 set mois = '2025-01'")
    calculer_tableaux(petit, TABLEAUX)
    (avant,) = [une for une in lire(petit, "TAB03-04", "2025-01") if une["code"] == "*"]
    assert (avant["total"], avant["part_total"]) == (1, None)
    assert "ancienne" not in avant
    assert lire(petit, "TAB03-04", "2026-09")[-1]["part_total"] == 1.0


def test_rates_are_known_by_their_name() -> None:
    assert TABLEAUX["ATT-06"].taux == ("part_du_total", "part_revenu_connu", "objectif")
    assert TABLEAUX["ATT-08"].taux == ("part_annee", "part_12_mois", "realise_sur_prorata")
    assert TABLEAUX["TAB02-01"].taux == ("evolution_demandes_actives",)


def test_a_code_is_read_in_both_cases() -> None:
    assert trouver_tableau(TABLEAUX, "tab01-01").code == "TAB01-01"
    with pytest.raises(Refus, match="TAB99-01"):
        trouver_tableau(TABLEAUX, "TAB99-01")


CORRECT = """-- code: TAB01-01
-- titre: Titre
-- grain: une ligne
-- objet: objet
--   en deux lignes
-- sur: archives
-- note: note
-- requiert: stock.mode_mutation
select departement, mois, 1 as ordre, count(mode_mutation) as total from stock group by all
"""


DECLARE = """role: evolution
theme: [La demande, Séries]
rang: 10
sans_ligne: "rien au {arrete}"
plan:
  comptes: [total]
image:
  forme: aucune
"""


def ecrire(dossier: Path, sql: str = CORRECT, declare: str = DECLARE) -> None:
    (dossier / "TAB01-01.sql").write_text(sql, "utf-8")
    (dossier / "TAB01-01.yml").write_text(declare, "utf-8")


@pytest.mark.parametrize(
    ("avant", "apres", "message"),
    [
        ("rang: 10\n", "", "champ « rang » : il manque"),
        ("rang: 10", "rangs: 10", "champ « rangs » : champ inconnu d'un tableau"),
        ("role: evolution", "role: evolutions", "champ « role » : « evolutions » n'est pas l'un"),
        ("forme: aucune", "forme: nuage", "champ « image.forme » : « nuage » n'est pas l'un"),
        ("[total]", "[totaux]", "champ « plan » : le tableau n'a pas de colonne « totaux »"),
        ("rang: 10", "rang: [", "YAML valide"),
        ("rang: 10", "rang: 10\nrang: 20", "champ « rang » : écrit deux fois"),
        ("[total]", "[]", "champ « plan » : il ne dit rien de la colonne « total »"),
        (
            "forme: aucune",
            "forme: aucune\nimprime: {colonnes: {totaux: Total}}",
            "champ « imprime » : le tableau n'a pas de colonne « totaux »",
        ),
        (
            "forme: aucune",
            "forme: aucune\nimprime: {colonnes: {total.apres: Total}}",
            "champ « imprime » : le tableau n'a pas de colonne « total.apres »",
        ),
        (
            "forme: aucune",
            "forme: aucune\nimprime: {colonnes: {total: {titres: Total}}}",
            "champ « imprime.colonnes.total.titres » : champ inconnu d'un tableau",
        ),
        (
            "forme: aucune",
            "forme: aucune\nimprime: {forme: repartition}",
            "champ « imprime » : le tableau n'a pas de colonne « hors_mutation »",
        ),
        (
            "forme: aucune",
            "forme: aucune\nimprime: {forme: repartitions}",
            "champ « imprime.forme » : « repartitions » n'est pas l'une de impressions.yml",
        ),
        (
            "forme: aucune",
            "forme: aucune\nimprime: {aussi: {image: {colonnes: {totaux: Total}}}}",
            "champ « imprime » : le tableau n'a pas de colonne « totaux »",
        ),
    ],
)
def test_a_wrong_declaration_is_refused(
    tmp_path: Path, avant: str, apres: str, message: str
) -> None:
    assert avant in DECLARE
    ecrire(tmp_path, declare=DECLARE.replace(avant, apres))
    with pytest.raises(Refus) as refus:
        lire_tableaux(tmp_path)
    assert message in refus.value.quoi
    assert refus.value.ou.startswith("TAB01-01.yml")


def test_a_table_has_its_two_files_and_a_role_of_its_own(tmp_path: Path) -> None:
    ecrire(tmp_path)
    (tmp_path / "TAB01-02.yml").write_text(DECLARE, "utf-8")
    with pytest.raises(Refus, match="le tableau de ce fichier manque"):
        lire_tableaux(tmp_path)
    (tmp_path / "TAB01-02.sql").write_text(CORRECT.replace("01-01", "01-02"), "utf-8")
    with pytest.raises(Refus, match="« evolution » est déjà celui de TAB01-01"):
        lire_tableaux(tmp_path)
    (tmp_path / "TAB01-02.yml").unlink()
    with pytest.raises(Refus, match="ce qui est déclaré de ce tableau manque"):
        lire_tableaux(tmp_path)


def test_the_header_is_read(tmp_path: Path) -> None:
    ecrire(tmp_path)
    (tableau,) = lire_tableaux(tmp_path).values()
    assert tableau.objet == "objet en deux lignes"
    assert tableau.colonnes == ("departement", "mois", "total")


@pytest.mark.parametrize(
    ("avant", "apres", "message"),
    [
        ("-- titre: Titre\n", "", "champ « titre » : il manque"),
        ("-- titre: Titre", "-- titre:", "champ « titre » : le texte est vide"),
        ("-- note:", "-- auteur: x\n-- note:", "champ « auteur » : champ inconnu d'un tableau"),
        ("sur: archives", "sur: autres", "champ « sur » : « autres » n'est pas l'un de"),
        ("code: TAB01-01", "code: TAB1", "champ « code » : « TAB1 » est mal formé"),
        ("code: TAB01-01", "code: TAB01-02", "TAB01-02 n'est pas le nom du fichier"),
        ("stock.mode_mutation", "stock.inconnue", "« stock.inconnue » n'est pas dans le contrat"),
        ("from stock", "from identites", "« identites » n'est pas une relation des archives"),
        ("count(mode_mutation)", "count(inconnue)", "la colonne « inconnue » n'existe pas"),
        ("1 as ordre, ", "", "colonne « ordre » : INTEGER ou BIGINT attendu (absente)"),
        ("group by all", "group by", "erreur de syntaxe|incomplète"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, avant: str, apres: str, message: str) -> None:
    assert avant in CORRECT
    ecrire(tmp_path, CORRECT.replace(avant, apres))
    with pytest.raises(Refus) as refus:
        lire_tableaux(tmp_path)
    assert any(une in refus.value.quoi for une in message.split("|")), refus.value.quoi
    assert "TAB01-01.sql" in refus.value.ou


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refus, match="aucun fichier"):
        lire_tableaux(tmp_path)


def test_default_settings_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    assert lire_reglages().seuil_secret == 11
    (tmp_path / "reglages.yml").write_text('delai_anormalement_long: {"013": 30}\n', "utf-8")
    reglages = lire_reglages()
    assert (reglages.seuil_secret, reglages.delai_anormalement_long) == (11, {"013": 30})
    con = duckdb.connect()
    ecrire_reglages(con)
    lignes = con.execute("from reglages where cle in ('dalo_objectif', 'delai_anormalement_long')")
    assert lignes.fetchall() == [
        ("delai_anormalement_long", "013", None, 30.0),
        ("dalo_objectif", None, None, 0.25),
    ]


@pytest.mark.parametrize(
    ("texte", "message"),
    [
        ("seuil: 11", "champ « seuil » : ce réglage n'existe pas"),
        ("seuil_secret: onze", "champ « seuil_secret » : un nombre entier est attendu"),
        ("dalo_objectif: 25", "champ « dalo_objectif » : 25"),
        ("delai_anormalement_long: {013: 30}", "entre guillemets"),
        ("lec_epci: {2000: 0.25}", "SIREN d'EPCI"),
        ("a: [", "YAML valide"),
        ("- 1", "ne contient pas de réglages"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, texte: str, message: str) -> None:
    fichier = tmp_path / "reglages.yml"
    fichier.write_text(texte, "utf-8")
    with pytest.raises(Refus) as refus:
        lire_reglages(fichier)
    assert message in refus.value.quoi
    assert str(fichier) in refus.value.ou


def test_no_code_of_a_table_is_written_in_python() -> None:
    """A document names a table by its role: whatever its case, a code stands in its files only."""
    code = re.compile(r"(?:.*[-/])?(?:TAB\d\d|ATT|DEM|FLUX)[-_]\d\d(?:-\w+)?", re.IGNORECASE)
    ecrits = [
        f"{chemin.relative_to(RACINE)}:{noeud.lineno} {noeud.value}"
        for paquet in ("infocentre", "dashboards")
        for chemin in sorted((RACINE / paquet).rglob("*.py"))
        for noeud in ast.walk(ast.parse(chemin.read_text("utf-8")))
        if isinstance(noeud, ast.Constant)
        if isinstance(noeud.value, str) and code.fullmatch(noeud.value)
    ]
    assert ecrits == []
