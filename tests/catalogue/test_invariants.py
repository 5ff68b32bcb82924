"""What holds whatever the rows: numerators within denominators, lists equal to counts."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infocentre.catalogue import Catalogue, sql_anomalies, sql_comptes
from infocentre.catalogue.schema import creer_tables, relations
from infocentre.contrat import contrat
from infocentre.contrat.dictionnaire import Colonne
from infocentre.entrepot.relations import FAITS_STOCK
from tests.profondeur import PROFONDEUR

ARRETES = (date(2026, 1, 31), date(2026, 2, 28))
GUICHETS = ["G1", "G2", "G3"]
LIGNES = 40
Comptes = dict[tuple[str, ...], tuple[int, int]]


def _valeur(hasard: random.Random, colonne: Colonne) -> object:
    if hasard.random() < 0.15 and not colonne.rejette:
        return None
    if colonne.nom == "NUMERO_UNIQUE":
        return f"N{hasard.randrange(2 * LIGNES)}"
    if colonne.type == "code":
        return hasard.choice(_codes(colonne))
    tirages: dict[str, Callable[[], object]] = {
        "date": lambda: ARRETES[1] - timedelta(days=hasard.randrange(-10, 500)),
        "entier": lambda: hasard.randrange(2),
        "decimal": lambda: hasard.uniform(0, 250),
        "texte": lambda: "texte",
    }
    genre = {"naissance": "date", "indicatrice": "entier"}.get(colonne.type, colonne.type)
    return tirages[genre]()


def _codes(colonne: Colonne) -> list[str]:
    if "GUICHET" in colonne.nom and colonne.codes is None:
        return GUICHETS
    return [*contrat().codes.get(colonne.codes or "", {}), "NONDOC", "1234567890"]


def _tirer(hasard: random.Random) -> list[tuple[str, dict[str, Any]]]:
    lignes: dict[tuple[object, ...], tuple[str, dict[str, Any]]] = {}
    for nom, table in contrat().tables.items():
        if table.nominative:
            continue
        for rang in range(LIGNES):
            arrete = hasard.choice(ARRETES)
            ligne = {une.champ: _valeur(hasard, une) for une in table.colonnes}
            ligne |= {"arrete": arrete, "mois": arrete.strftime("%Y-%m")}
            ligne["departement"] = hasard.choice(("013", "084"))
            if table.cle.startswith("ID_"):
                ligne[table.cle.lower()] = f"{nom}-{rang}"
            if nom == "stock":
                ligne |= {fait: hasard.choice((True, False, None)) for fait in FAITS_STOCK}
            famille = "demandes" if nom in ("stock", "radiation") else nom
            cle = (famille, ligne["departement"], ligne["arrete"], ligne[table.cle.lower()])
            lignes[cle] = (nom, ligne)
    return list(lignes.values())


def _base(lignes: list[tuple[str, dict[str, Any]]]) -> duckdb.DuckDBPyConnection:
    base = duckdb.connect(config={"threads": 1})
    creer_tables(base)
    base.execute("insert into communes (code) values ('13001'), ('1234567890')")
    for table, ligne in lignes:
        marques = ", ".join("?" * len(ligne))
        base.execute(
            f"insert into {table} ({', '.join(ligne)}) values ({marques})", [*ligne.values()]
        )
    return base


def _compter(base: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Comptes:
    comptes: Comptes = {}
    for nom in catalogue.populations:
        relation = base.sql(sql_comptes(catalogue, nom))
        for valeurs in relation.fetchall():
            ligne = dict(zip(relation.columns, valeurs, strict=True))
            for un in catalogue.de_population(nom):
                grain = (un.code, *valeurs[:4])
                comptes[grain] = (ligne[f"n_{un.code}"], ligne[f"d_{un.code}"])
    return comptes


def _lister(base: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> dict[tuple[str, ...], int]:
    listees: dict[tuple[str, ...], int] = {}
    for code in catalogue.indicateurs:
        requete = f"""select code, departement, guichet, mois, mois_juge, count(*),
            count(distinct unite), count(*) filter (where coalesce(explication, '') = '')
            from ({sql_anomalies(catalogue, code)}) group by all"""
        for *grain, nombre, unites, muettes in base.execute(requete).fetchall():
            assert nombre == unites
            assert muettes == 0
            listees[tuple(grain)] = nombre
    return listees


@settings(max_examples=3 * PROFONDEUR, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graine=st.integers(min_value=0, max_value=2**32))
def test_counts_and_lists_agree_whatever_the_rows_and_their_order(
    catalogue: Catalogue, graine: int
) -> None:
    hasard = random.Random(graine)  # noqa: S311 - test data
    lignes = _tirer(hasard)
    base = _base(lignes)
    comptes = _compter(base, catalogue)
    assert all(0 <= numerateur <= denominateur for numerateur, denominateur in comptes.values())
    assert all(guichet for _, _, guichet, *_ in comptes)
    numerateurs = {grain: numerateur for grain, (numerateur, _) in comptes.items() if numerateur}
    assert _lister(base, catalogue) == numerateurs

    hasard.shuffle(lignes)
    assert _compter(_base(lignes), catalogue) == comptes


def test_every_relation_of_the_contract_is_bound() -> None:
    attendues = {nom for nom, table in contrat().tables.items() if not table.nominative}
    assert set(relations()) == attendues | {"communes", "codes"}
