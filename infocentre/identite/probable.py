"""The probable tier: how alike two demandes are, as Splink weighs it. Nothing else knows Splink.

A pair's weight, in bits, is the sum of what each compared field says: how much more often that
likeness is seen of one person than of two taken at random. The model is learnt on the data itself,
with a seed: chance likenesses (u) by sampling pairs, those of one person (m) by
expectation-maximisation on two blockings; it is kept, so that a pair keeps its weight.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

GRAINE = 20_261_031
# Rows on which a model is learnt, and under which what is declared below is taken as it is.
ECHANTILLON, MINIMUM = 100_000, 2_000
PAIRES_TIREES = 900_000
# Share of what is declared that stays in what is learnt: a likeness that the data never showed
# of one person stays possible.
PART_DECLAREE = 0.2
# Pairs under this weight are not kept: three chances in a hundred.
PLANCHER = -5.0
LOT = 2_000_000  # pairs weighed at once: what they take in memory is bounded
RAPPEL_EXACT = 0.7  # share of duplicates that the exact rule finds, roughly: the prior rests on it


@dataclass(frozen=True, slots=True)
class Degre:
    """A degree of likeness: its words, its condition in SQL, the share of one person's pairs.

    `m` None: nothing is said of the field, its weight is 0. `frequence`: a rare value weighs more.
    `fixe`: the share is declared, never learnt.
    """

    libelle: str
    condition: str
    m: float | None
    frequence: str = ""
    fixe: bool = False


@dataclass(frozen=True, slots=True)
class Champ:
    """A compared field, from the most alike to the least; the first condition met is its degree."""

    nom: str
    titre: str
    degres: tuple[Degre, ...]


_INVERSES = "(nom_l = prenom_r AND prenom_l = nom_r AND nom_l <> prenom_l)"


def _frappe(champ: str) -> str:
    return (
        f"least(length({champ}_l), length({champ}_r)) >= 4 "
        f"AND damerau_levenshtein({champ}_l, {champ}_r) <= 1"
    )


def _proche(champ: str) -> str:
    return f"jaro_winkler_similarity({champ}_l, {champ}_r) >= 0.9"


CHAMPS = (
    Champ(
        "nom",
        "Nom",
        (
            Degre("non renseigné", "nom_l IS NULL OR nom_r IS NULL", None),
            Degre("même nom", "nom_l = nom_r", 0.8, "nom"),
            Degre("nom et prénom inversés", _INVERSES, 0.02),
            Degre(
                "le nom d’usage de l’un est le nom de naissance de l’autre",
                "nom_l = nom_naissance_r OR nom_naissance_l = nom_r "
                "OR nom_naissance_l = nom_naissance_r",
                0.05,
            ),
            Degre("une lettre d’écart", _frappe("nom"), 0.06),
            Degre(
                "l’un contient l’autre",
                "least(length(nom_l), length(nom_r)) >= 4 "
                "AND (contains(nom_l, nom_r) OR contains(nom_r, nom_l))",
                0.02,
            ),
            Degre("noms proches", _proche("nom"), 0.02),
            Degre("noms différents", "ELSE", 0.03),
        ),
    ),
    Champ(
        "prenom",
        "Prénom",
        (
            Degre(
                "non renseigné, ou inversé avec le nom",
                f"prenom_l IS NULL OR prenom_r IS NULL OR {_INVERSES}",
                None,
            ),
            Degre("même prénom", "prenom_l = prenom_r", 0.86, "prenom"),
            Degre("une lettre d’écart", _frappe("prenom"), 0.05),
            Degre("un prénom en commun", "list_has_any(prenoms_l, prenoms_r)", 0.05),
            Degre("prénoms proches", _proche("prenom"), 0.038),
            # Not learnt: twins share all the rest, and would teach that a first name changes.
            Degre("prénoms différents", "ELSE", 0.002, fixe=True),
        ),
    ),
    Champ(
        "naissance",
        "Date de naissance",
        (
            Degre("non renseignée", "chiffres_l IS NULL OR chiffres_r IS NULL", None),
            Degre("même date", "chiffres_l = chiffres_r AND jour_connu_l AND jour_connu_r", 0.85),
            Degre("même année, jour inconnu (1er janvier)", "chiffres_l = chiffres_r", 0.01),
            Degre(
                "jour et mois inversés",
                "chiffres_l[1:4] = chiffres_r[1:4] AND chiffres_l[5:6] = chiffres_r[7:8] "
                "AND chiffres_l[7:8] = chiffres_r[5:6]",
                0.02,
            ),
            Degre("un chiffre d’écart", "damerau_levenshtein(chiffres_l, chiffres_r) <= 1", 0.06),
            Degre(
                "même année, ou mêmes jour et mois",
                "chiffres_l[1:4] = chiffres_r[1:4] OR chiffres_l[5:8] = chiffres_r[5:8]",
                0.03,
            ),
            Degre("dates différentes", "ELSE", 0.03),
        ),
    ),
    Champ(
        "cotitulaire",
        "Cotitulaire",
        (
            Degre(
                "l’un est le cotitulaire de l’autre",
                "(nom_cotitulaire_l = nom_r AND prenom_cotitulaire_l = prenom_r) "
                "OR (nom_cotitulaire_r = nom_l AND prenom_cotitulaire_r = prenom_l)",
                0.0005,
            ),
            Degre(
                "non renseigné",
                "prenom_cotitulaire_l IS NULL OR prenom_cotitulaire_r IS NULL",
                None,
            ),
            Degre(
                "même cotitulaire",
                "nom_cotitulaire_l = nom_cotitulaire_r "
                "AND prenom_cotitulaire_l = prenom_cotitulaire_r",
                0.6,
            ),
            Degre(
                "même nom ou même prénom de cotitulaire",
                "nom_cotitulaire_l = nom_cotitulaire_r "
                "OR prenom_cotitulaire_l = prenom_cotitulaire_r",
                0.1,
            ),
            Degre("cotitulaires différents", "ELSE", 0.2995),
        ),
    ),
    Champ(
        "lieu",
        "Commune et code postal",
        (
            Degre(
                "non renseigné",
                "(commune_l IS NULL OR commune_r IS NULL) "
                "AND (code_postal_l IS NULL OR code_postal_r IS NULL)",
                None,
            ),
            Degre(
                "même commune ou même code postal",
                "commune_l = commune_r OR code_postal_l = code_postal_r",
                0.8,
            ),
            Degre("communes différentes", "ELSE", 0.2),
        ),
    ),
    Champ(
        "menage",
        "Taille du ménage",
        (
            Degre("non renseignée", "taille_menage_l IS NULL OR taille_menage_r IS NULL", None),
            Degre("même taille", "taille_menage_l = taille_menage_r", 0.7),
            Degre("une personne d’écart", "abs(taille_menage_l - taille_menage_r) = 1", 0.2),
            Degre("tailles différentes", "ELSE", 0.1),
        ),
    ),
)
APPRENTISSAGES = (
    "l.territoire = r.territoire AND l.naissance = r.naissance",
    "l.territoire = r.territoire AND l.nom = r.nom AND l.prenom = r.prenom",
)
Modele = dict[str, Any]


def _reglages(prior: float) -> Modele:
    """Return the settings of Splink: what is declared above."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "ligne",
        "probability_two_random_records_match": prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "max_iterations": 20,
        "linker_uid": "doublons",
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            {
                "output_column_name": champ.nom,
                "comparison_description": champ.titre,
                "comparison_levels": [_degre(un) for un in champ.degres],
            }
            for champ in CHAMPS
        ],
    }


def _degre(un: Degre) -> Modele:
    niveau: Modele = {"sql_condition": un.condition, "label_for_charts": un.libelle}
    if un.m is None:
        return {**niveau, "is_null_level": True}
    if un.frequence:
        niveau |= {"tf_adjustment_column": un.frequence, "tf_minimum_u_value": 1e-5}
    return {**niveau, "m_probability": un.m, "fix_m_probability": un.fixe}


def apprendre(con: duckdb.DuckDBPyConnection) -> Modele:
    """Return a model learnt on `personnes`: on the most peopled département, `ECHANTILLON` rows."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE echantillon AS
        SELECT p.* EXCLUDE (personne), personne FROM personnes AS p JOIN (
            SELECT departement FROM personnes GROUP BY departement
            ORDER BY count(*) DESC, departement LIMIT 1
        ) USING (departement) ORDER BY md5(numero_unique) LIMIT {ECHANTILLON}""")
    ((nombre, exactes),) = con.execute(
        "SELECT count(*), (SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM "
        "(SELECT count(*) AS n FROM echantillon WHERE personne IS NOT NULL GROUP BY personne)) "
        "FROM echantillon"
    ).fetchall()
    prior = (exactes + 1) / RAPPEL_EXACT / max(nombre * (nombre - 1) / 2, 1)
    with _splink(con, "echantillon", _reglages(min(prior, 0.01))) as (_, lieur):
        lieur.training.estimate_u_using_random_sampling(
            max_pairs=PAIRES_TIREES, seed=GRAINE, min_count_per_level=None, num_chunks=1
        )
        if nombre >= MINIMUM:
            for regle in APPRENTISSAGES:
                lieur.training.estimate_parameters_using_expectation_maximisation(
                    regle, fix_probability_two_random_records_match=True
                )
        appris: Modele = lieur.misc.save_model_to_json()
    con.execute("DROP TABLE echantillon")
    return _completer(appris)


def _completer(appris: Modele) -> Modele:
    """Mix what is declared into what was learnt, and give each degree its chance likeness."""
    for champ, comparaison in zip(CHAMPS, appris["comparisons"], strict=True):
        niveaux = comparaison["comparison_levels"]
        for degre, niveau in zip(champ.degres, niveaux, strict=True):
            if degre.m is None:
                continue
            m = degre.m if degre.fixe else niveau.get("m_probability") or 0.0
            niveau["m_probability"] = PART_DECLAREE * degre.m + (1 - PART_DECLAREE) * m
            niveau["u_probability"] = max(niveau.get("u_probability") or 0.0, 1e-6)
    nom, prenom = appris["comparisons"][0]["comparison_levels"], appris["comparisons"][1]
    # Two names exchanged are as unlikely by chance as both names the same.
    nom[2]["u_probability"] = (
        nom[1]["u_probability"] * prenom["comparison_levels"][1]["u_probability"]
    )
    return appris


def noter(con: duckdb.DuckDBPyConnection, modele: Modele) -> None:
    """Create `notees` from `candidates` (ligne_a, ligne_b): what each pair of `personnes` weighs.

    Columns: ligne_a, ligne_b, poids (bits), probabilite, details (JSON by field); pairs under
    `PLANCHER` are left out.
    """
    con.execute(
        "CREATE OR REPLACE TABLE notees (ligne_a INTEGER, ligne_b INTEGER, poids DOUBLE, "
        "probabilite DOUBLE, details VARCHAR)"
    )
    ((nombre,),) = con.execute("SELECT count(*) FROM candidates").fetchall()
    with _splink(con, "personnes", modele) as (api, lieur):
        for debut in range(0, nombre, LOT):
            con.execute(
                "CREATE OR REPLACE TABLE a_noter AS SELECT '0' AS match_key, "
                "ligne_a AS join_key_l, ligne_b AS join_key_r FROM candidates "
                f"WHERE rowid >= {debut} AND rowid < {debut + LOT}"
            )
            lieur.table_management.register_blocked_pairs_for_predict(api.register("a_noter"))
            predites = lieur.inference.predict(
                threshold_match_weight=PLANCHER, warning_mode="never"
            )
            con.execute(
                "INSERT INTO notees SELECT ligne_l, ligne_r, match_weight, match_probability, "
                f"{_sql_details()} FROM {predites.physical_name}"
            )
            predites.drop_table_from_database_and_remove_from_cache()
    con.execute("DROP TABLE IF EXISTS a_noter")


def _sql_details() -> str:
    champs = ", ".join(f"{champ.nom} := {_sql_champ(champ)}" for champ in CHAMPS)
    return f"to_json(struct_pack({champs}))::VARCHAR"


def _sql_champ(champ: Champ) -> str:
    """Return what a field says of a pair: its degree in words and its weight."""
    connus = [un for un in champ.degres if un.m is not None]
    vide = next(un.libelle for un in champ.degres if un.m is None)
    cas = " ".join(
        f"WHEN {len(connus) - 1 - rang} THEN '{un.libelle}'" for rang, un in enumerate(connus)
    )
    ajuste = f" + mw_tf_adj_{champ.nom}" if any(un.frequence for un in champ.degres) else ""
    return (
        f"struct_pack(niveau := CASE gamma_{champ.nom} {cas} ELSE '{vide}' END, "
        f"poids := round(mw_{champ.nom}{ajuste}, 2))"
    )


@contextlib.contextmanager
def _splink(
    con: duckdb.DuckDBPyConnection, table: str, modele: Modele
) -> Iterator[tuple[Any, Any]]:
    """Give a linker of Splink over a table; it says nothing, and leaves no table behind."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(con)
    lieur = Linker(api.register(table), modele, log_level=None, validate_settings=False)
    try:
        yield api, lieur
    finally:
        lieur.table_management.delete_tables_created_by_splink_from_db()


def identifiant(modele: Modele) -> str:
    """Return what tells a model from another: pairs of two models are not comparable."""
    return hashlib.sha256(json.dumps(modele, sort_keys=True).encode()).hexdigest()[:16]
