"""The relations that measures read, empty, and rules of every kind."""

from __future__ import annotations

import duckdb

SCHEMA = """
create table comptes (
    code varchar, departement varchar, guichet varchar, mois varchar, mois_juge varchar,
    numerateur bigint, denominateur bigint
);
create table calculabilite (code varchar, departement varchar, mois varchar, calculable boolean);
create table registre (
    departement varchar, mois varchar, guichet varchar, nom varchar, type_guichet varchar,
    organisme varchar
);
create table regles (
    code varchar, population varchar, nature varchar, imputable varchar, tolerance_zero boolean,
    seuil_orange double, seuil_rouge double, mostly double, ordre integer, remede varchar,
    fenetre varchar
);
insert into regles values
    ('FLUX_G', 'enregistrements', 'flux', 'guichet', false, 0.02, 0.05, 0.9, 1, 'corriger', '12m'),
    ('FLUX_T', 'preavis', 'flux', 'gestionnaire', false, 0.05, 0.10, 0.9, 2, 'constater', '12m'),
    ('FLUX_C', 'attributions', 'flux', 'contexte', false, null, null, null, 3, 'corriger', '12m'),
    ('FLUX_TZ', 'radiations', 'flux', 'guichet', true, null, null, 0.9, 4, 'corriger', 'mois'),
    ('STOCK_G', 'actives', 'stock', 'guichet', false, 0.05, 0.10, 0.9, 5, 'corriger', 'mois'),
    ('STOCK_TZ', 'acces', 'stock', 'guichet', true, null, null, 0.9, 6, 'corriger', 'mois');
alter table regles add column sortie_corrige boolean;
update regles set sortie_corrige = code = 'STOCK_TZ';
"""


def ouvrir() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(SCHEMA)
    return con
