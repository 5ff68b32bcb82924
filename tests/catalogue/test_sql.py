"""The SQL of the catalogue: several deliveries at once, one scan, what must be delivered."""

import tracemalloc
from datetime import date

import duckdb
import pytest

from infocentre.catalogue import Catalogue, requis, sql_anomalies, sql_comptes
from infocentre.catalogue.analyse import (
    ErreurSql,
    colonnes_nommees,
    noeuds,
    parametres_nommes,
    seul_select,
    tables_nommees,
)
from infocentre.catalogue.schema import creer_tables, types_colonnes
from infocentre.catalogue.sql import sql_explication


@pytest.fixture
def base() -> duckdb.DuckDBPyConnection:
    connexion = duckdb.connect(config={"threads": 1})
    creer_tables(connexion)
    return connexion


def test_counts_keep_departements_and_deliveries_apart(
    base: duckdb.DuckDBPyConnection, catalogue: Catalogue
) -> None:
    """The same numéro and guichet code, in two départements and two arrêtés."""
    for departement, arrete, bail in (
        ("013", date(2026, 9, 30), date(2026, 8, 1)),
        ("013", date(2026, 10, 31), date(2026, 9, 10)),
        ("084", date(2026, 10, 31), None),
    ):
        base.execute(
            """insert into radiation by name select 'N1' as numero_unique, ? as departement,
            ? as arrete, ? as mois, 'G1' as guichet_enregistreur, 'RADATT' as motif_radiation,
            date '2026-09-15' as date_radiation, ?::date as date_signature_bail""",
            [departement, arrete, arrete.strftime("%Y-%m"), bail],
        )
        base.execute(
            """insert into guichets by name select 'G1' as code_guichet, ? as departement,
            ? as arrete, 'BAILLEUR' as type_guichet""",
            [departement, arrete],
        )
    lignes = base.sql(
        f"""select departement, mois, mois_juge, n_ATT_TARDIVE, d_ATT_TARDIVE, n_ATT_BAIL_NR,
        n_ATT_HORS_BAILLEUR from ({sql_comptes(catalogue, "attributions")}) order by all"""
    ).fetchall()
    assert lignes == [
        ("013", "2026-09", "2026-09", 1, 1, 0, 0),
        ("013", "2026-10", "2026-09", 0, 1, 0, 0),
        ("084", "2026-10", "2026-09", 0, 0, 1, 0),
    ]


def test_a_population_counts_all_its_indicators_in_one_scan(catalogue: Catalogue) -> None:
    for nom, population in catalogue.populations.items():
        comptes = sql_comptes(catalogue, nom)
        assert comptes.count(population.sql) == 1
        types = types_colonnes(comptes)
        attendues = [
            f"{lettre}_{un.code}" for un in catalogue.de_population(nom) for lettre in "dn"
        ]
        assert list(types) == ["departement", "guichet", "mois", "mois_juge", *attendues]
        assert {types[colonne] for colonne in attendues} == {"BIGINT"}


def test_anomalies_have_the_same_columns_for_every_code(catalogue: Catalogue) -> None:
    for code in catalogue.indicateurs:
        assert list(types_colonnes(sql_anomalies(catalogue, code)).items()) == [
            ("code", "VARCHAR"),
            ("departement", "VARCHAR"),
            ("guichet", "VARCHAR"),
            ("mois", "VARCHAR"),
            ("mois_juge", "VARCHAR"),
            ("jour", "DATE"),
            ("unite", "VARCHAR"),
            ("numero_unique", "VARCHAR"),
            ("explication", "VARCHAR"),
            ("gravite", "BIGINT"),
        ]


@pytest.mark.parametrize(
    ("valeur", "lu"),
    [
        ("date '2026-03-09'", "09/03/2026"),
        ("null::date", "non renseigné"),
        ("62.5::double", "62,5"),
        ("1200::double", "1200"),
        ("null::double", "non renseigné"),
        ("3::bigint", "3"),
        ("null::tinyint", "non renseigné"),
        ("true", "oui"),
        ("false", "non"),
        ("null::boolean", "non renseigné"),
        ("'COMMUNE'", "COMMUNE"),
        ("null::varchar", "non renseigné"),
    ],
)
def test_an_explication_writes_values_as_people_read_them(valeur: str, lu: str) -> None:
    types = types_colonnes(f"select {valeur} as valeur")
    explication = sql_explication("l'accès : {valeur}.", types)
    assert duckdb.sql(f"select {explication} from (select {valeur} as valeur)").fetchall() == [
        (f"l'accès : {lu}.",)
    ]


EXIGENCES = {
    "DBL_FORCE": set(),
    "ENR_DELAI": {("journal", "*"), ("journal", "CANAL")},
    "ENR_PJ_IDENTITE": {("stock", "NB_PJIDENTITE"), ("radiation", "NB_PJIDENTITE")},
    "CPL_RESSOURCES": {("stock", "NB_QNA"), ("stock", "REVENU_MENSUEL_FOYER")},
    "DBL_ACTIF": {("identites", "*")},
    "DBL_RELOGE": {("identites", "*"), ("radiation", "DATE_SIGNATURE_BAIL")},
    "REN_ECHUE": {("stock", "DATE_RENOUVELLEMENT")},
    "RAD_SANS_PREAVIS": {
        ("radiation", "DATE_RENOUVELLEMENT"),
        ("radiation", "DATE_PREAVIS_SIMPLE"),
        ("radiation", "DATE_PREAVIS_AR"),
    },
    "RAD_IRR_HORS_BAILLEUR": set(),
    "ATT_ADRESSE_NR": {("radiation", "NUMERORPLS"), ("radiation", "ADRESSE_LOGEMENT_ATTRIB")},
    "MSG_ANOMALIE": {("messages", "*"), ("messages", "DATE_RENVOI_OK")},
    "PLI_NPAI": {("plis", "*")},
    "ACC_DEPART_OUVERT": {
        ("utilisateurs", "*"),
        ("utilisateurs", "DATE_DEPART"),
        ("utilisateurs", "DATE_FERMETURE"),
    },
}


@pytest.mark.parametrize("code", EXIGENCES)
def test_what_an_indicator_needs_delivered(catalogue: Catalogue, code: str) -> None:
    assert requis(catalogue, code) == EXIGENCES[code]


def test_champs_suivis_are_needed_in_both_files(catalogue: Catalogue) -> None:
    """19 columns for 18 champs: the revenu fiscal has two."""
    demandes = requis(catalogue, "CPL_CHAMPS")
    assert len(demandes) == 2 * 19
    assert {table for table, _ in demandes} == {"stock", "radiation"}


def test_names_are_read_by_duckdb_s_own_parser() -> None:
    assert colonnes_nommees("Date_A > date_b + interval 1 month and 'date_c' <> '' -- d") == {
        "date_a",
        "date_b",
    }
    assert tables_nommees("with a as (select * from stock) select * from a, guichets g") == {
        "stock",
        "guichets",
    }
    with pytest.raises(ErreurSql):
        colonnes_nommees("true from stock")


def test_long_texts_are_not_kept() -> None:
    parametres_nommes("select 1")
    tracemalloc.start()
    try:
        for rang in range(200):
            assert parametres_nommes(f"select $n{rang}, '{'a' * 15_000}'") == {f"n{rang}"}
            parametres_nommes(f"select $m{rang}")
        gardes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert gardes < 1_000_000


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select '" + "a" * 100_000 + "'", "trop longue"),
        ("select '\0'", "caractère nul"),
        ("select '\ud800'", "n'existe pas"),
        ("select 1; select 2", "une seule requête"),
        ("insert into t values (1)", "une seule requête"),
        ("select '", "unterminated"),
    ],
)
def test_what_cannot_be_read_is_said(sql: str, message: str) -> None:
    with pytest.raises(ErreurSql, match=message):
        parametres_nommes(sql)


def test_a_deep_tree_is_walked_or_refused() -> None:
    assert len(list(noeuds(seul_select("select " + "(select " * 100 + "1" + ")" * 100)))) > 100
    with pytest.raises(ErreurSql, match=r"imbriquée|depth"):
        seul_select("select " + "(select " * 400 + "1" + ")" * 400)


def test_the_nodes_of_a_tree_come_outer_first() -> None:
    arbre = {"a": {"b": [{"c": 1}, {"d": {}}]}, "e": {"f": 2}}
    assert [sorted(un) for un in noeuds(arbre)] == [["a", "e"], ["b"], ["c"], ["d"], [], ["f"]]
