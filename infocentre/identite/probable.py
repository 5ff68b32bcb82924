"""The probable tier: how alike two demandes are, as Splink learns it. Nothing else knows Splink.

A pair's weight, in bits, is the sum of what each compared field says: how much more often that
likeness is seen of one person than of two taken at random. The model is learnt on the data itself,
with a seed: chance likenesses (u) by sampling pairs, those of one person (m) by
expectation-maximisation on two blockings; it is kept, so that a pair keeps its weight. Pairs are
weighed here in one statement, which gives what Splink's own `predict` gives (a test compares
them): a month needs no import of Splink, nor its tables.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict

import duckdb

from infocentre.noyau.complements import exiger_complement

GRAINE = 20_261_031
# Rows on which a model is learnt, and under which what is declared below is taken as it is.
ECHANTILLON, MINIMUM = 100_000, 2_000
PAIRES_TIREES = 900_000
# Share of what is declared that stays in what is learnt: a likeness that the data never showed
# of one person stays possible.
PART_DECLAREE = 0.2
# Pairs under this weight are not kept: three chances in a hundred.
PLANCHER = -5.0
RARETE = 1e-5  # no value is taken for rarer: it would weigh too much
RAPPEL_EXACT = 0.7  # share of duplicates that the exact rule finds, roughly: the prior rests on it


@dataclass(frozen=True, slots=True)
class Degre:
    """A degree of likeness: its words, its condition in SQL, its share of pairs.

    `m`: of those of one person; `u`: of those taken at random. `m` None: nothing is said of the
    field, its weight is 0. `frequence`: a rare value weighs more. `fixe`: `m` is declared, never
    learnt.
    """

    libelle: str
    condition: str
    m: float | None
    u: float = 0.0
    frequence: str = ""
    fixe: bool = False


@dataclass(frozen=True, slots=True)
class Champ:
    """A compared field, from the most alike to the least; the first condition met is its degree."""

    nom: str
    titre: str
    degres: tuple[Degre, ...]


_INVERSES = "(nom_l = prenom_r AND prenom_l = nom_r AND nom_l <> prenom_l)"


def _a_une_lettre(un: str, autre: str) -> str:
    return f"least(length({un}), length({autre})) >= 4 AND damerau_levenshtein({un}, {autre}) <= 1"


def _frappe(champ: str) -> str:
    return _a_une_lettre(f"{champ}_l", f"{champ}_r")


_PRESQUE_INVERSES = (
    f"(nom_l = prenom_r AND {_a_une_lettre('prenom_l', 'nom_r')} "
    f"OR prenom_l = nom_r AND {_a_une_lettre('nom_l', 'prenom_r')})"
)


def _proche(champ: str) -> str:
    return f"jaro_winkler_similarity({champ}_l, {champ}_r) >= 0.9"


CHAMPS = (
    Champ(
        "nom",
        "Nom",
        (
            Degre("non renseigné", "nom_l IS NULL OR nom_r IS NULL", None),
            Degre("même nom", "nom_l = nom_r", 0.8, 1e-3, "nom"),
            Degre("nom et prénom inversés", _INVERSES, 0.02, 1e-5),
            Degre("inversés, à une lettre près", _PRESQUE_INVERSES, 0.004, 1e-4, fixe=True),
            Degre(
                "le nom d’usage de l’un est le nom de naissance de l’autre",
                "nom_l = nom_naissance_r OR nom_naissance_l = nom_r "
                "OR nom_naissance_l = nom_naissance_r",
                0.05,
                7e-4,
            ),
            Degre("une lettre d’écart", _frappe("nom"), 0.06, 1.5e-3),
            Degre(
                "l’un contient l’autre",
                "least(length(nom_l), length(nom_r)) >= 4 "
                "AND (contains(nom_l, nom_r) OR contains(nom_r, nom_l))",
                0.02,
                2e-4,
            ),
            Degre("noms proches", _proche("nom"), 0.02, 1.2e-3),
            Degre("noms différents", "ELSE", 0.03, 0.995),
        ),
    ),
    Champ(
        "prenom",
        "Prénom",
        (
            Degre(
                "non renseigné, ou inversé avec le nom",
                f"prenom_l IS NULL OR prenom_r IS NULL OR {_INVERSES} OR {_PRESQUE_INVERSES}",
                None,
            ),
            Degre("même prénom", "prenom_l = prenom_r", 0.86, 0.01, "prenom"),
            Degre("une lettre d’écart", _frappe("prenom"), 0.05, 1.4e-3),
            Degre("un prénom en commun", "list_has_any(prenoms_l, prenoms_r)", 0.05, 1.5e-3),
            Degre("prénoms proches", _proche("prenom"), 0.038, 7e-4),
            Degre(
                "deux écritures d’un prénom",
                "list_has_any(ecritures_l, ecritures_r)",
                0.02,
                3e-3,
                fixe=True,
            ),
            # Not learnt: twins share all the rest, and would teach that a first name changes.
            Degre("prénoms différents", "ELSE", 0.0005, 0.986, fixe=True),
        ),
    ),
    Champ(
        "naissance",
        "Date de naissance",
        (
            Degre("non renseignée", "chiffres_l IS NULL OR chiffres_r IS NULL", None),
            Degre(
                "même date", "chiffres_l = chiffres_r AND jour_connu_l AND jour_connu_r", 0.85, 5e-5
            ),
            Degre("même année, jour inconnu (1er janvier)", "chiffres_l = chiffres_r", 0.01, 1e-6),
            Degre(
                "jour et mois inversés",
                "chiffres_l[1:4] = chiffres_r[1:4] AND chiffres_l[5:6] = chiffres_r[7:8] "
                "AND chiffres_l[7:8] = chiffres_r[5:6]",
                0.02,
                3e-5,
            ),
            # A child named after a parent: not learnt, since households would teach it.
            Degre(
                "mêmes jour et mois, quinze ans d’écart ou plus",
                "chiffres_l[5:8] = chiffres_r[5:8] "
                "AND abs(chiffres_l[1:4]::INTEGER - chiffres_r[1:4]::INTEGER) >= 15",
                3e-5,
                1.2e-3,
                fixe=True,
            ),
            Degre(
                "un chiffre d’écart",
                "damerau_levenshtein(chiffres_l, chiffres_r) <= 1",
                0.06,
                1.7e-3,
            ),
            Degre(
                "même année, ou mêmes jour et mois",
                "chiffres_l[1:4] = chiffres_r[1:4] OR chiffres_l[5:8] = chiffres_r[5:8]",
                0.03,
                0.02,
            ),
            Degre("dates différentes", "ELSE", 0.03, 0.977),
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
                1e-4,
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
                1e-5,
            ),
            Degre(
                "même nom ou même prénom de cotitulaire",
                "nom_cotitulaire_l = nom_cotitulaire_r "
                "OR prenom_cotitulaire_l = prenom_cotitulaire_r",
                0.1,
                0.015,
            ),
            Degre("cotitulaires différents", "ELSE", 0.2995, 0.985),
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
                0.05,
            ),
            Degre("communes différentes", "ELSE", 0.2, 0.95),
        ),
    ),
    Champ(
        "menage",
        "Taille du ménage",
        (
            Degre("non renseignée", "taille_menage_l IS NULL OR taille_menage_r IS NULL", None),
            Degre("même taille", "taille_menage_l = taille_menage_r", 0.7, 0.3),
            Degre("une personne d’écart", "abs(taille_menage_l - taille_menage_r) = 1", 0.2, 0.3),
            Degre("tailles différentes", "ELSE", 0.1, 0.4),
        ),
    ),
)
APPRENTISSAGES = (
    "l.territoire = r.territoire AND l.naissance = r.naissance",
    "l.territoire = r.territoire AND l.nom = r.nom AND l.prenom = r.prenom",
)


class Niveau(TypedDict, total=False):
    """A degree of likeness in the JSON of Splink: how likely of one person, and by chance."""

    sql_condition: str
    label_for_charts: str
    m_probability: float
    u_probability: float
    is_null_level: bool
    fix_m_probability: bool
    tf_adjustment_column: str
    tf_adjustment_weight: float
    tf_minimum_u_value: float


class Comparee(TypedDict):
    """A field in the JSON of Splink, its degrees in their order."""

    output_column_name: str
    comparison_description: str
    comparison_levels: list[Niveau]


class Modele(TypedDict, total=False):
    """The JSON of Splink: its settings, what each field weighs."""

    link_type: str
    unique_id_column_name: str
    probability_two_random_records_match: float
    retain_matching_columns: bool
    retain_intermediate_calculation_columns: bool
    max_iterations: int
    linker_uid: str
    blocking_rules_to_generate_predictions: list[str]
    comparisons: list[Comparee]


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


def _degre(un: Degre) -> Niveau:
    niveau: Niveau = {"sql_condition": un.condition, "label_for_charts": un.libelle}
    if un.m is None:
        return {**niveau, "is_null_level": True}
    if un.frequence:
        niveau |= {"tf_adjustment_column": un.frequence, "tf_minimum_u_value": RARETE}
    return {**niveau, "m_probability": un.m, "fix_m_probability": un.fixe}


def convient(modele: Modele) -> bool:
    """Tell whether a model that was kept is of the degrees that are declared now."""
    lus = [
        [un["sql_condition"] for un in comparee["comparison_levels"]]
        for comparee in modele["comparisons"]
    ]
    return lus == [[un.condition for un in champ.degres] for champ in CHAMPS]


def assez(con: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether a département of `personnes` has enough demandes to learn on."""
    ((nombre,),) = con.execute(
        "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM personnes GROUP BY departement)"
    ).fetchall()
    return bool(nombre >= MINIMUM)


def declarer(con: duckdb.DuckDBPyConnection) -> Modele:
    """Return the model as it is declared, for demandes too few to learn on; Splink stays out."""
    modele = _reglages(_prior(con, "personnes"))
    for champ, comparaison in zip(CHAMPS, modele["comparisons"], strict=True):
        for degre, niveau in zip(champ.degres, comparaison["comparison_levels"], strict=True):
            if degre.m is not None:
                niveau["u_probability"] = degre.u
    return modele


def apprendre(con: duckdb.DuckDBPyConnection) -> Modele:
    """Return a model learnt on `personnes`: on the most peopled département, `ECHANTILLON` rows.

    Raises:
        Refus: Splink, which learns, is not installed.
    """
    exiger_complement("doublons", "apprendre ce que pèsent les ressemblances")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE echantillon AS
        SELECT p.* EXCLUDE (personne), personne FROM personnes AS p JOIN (
            SELECT departement FROM personnes GROUP BY departement
            ORDER BY count(*) DESC, departement LIMIT 1
        ) USING (departement) ORDER BY md5(numero_unique) LIMIT {ECHANTILLON}""")
    with _splink(con, "echantillon", _reglages(_prior(con, "echantillon"))) as lieur:
        lieur.training.estimate_u_using_random_sampling(
            max_pairs=PAIRES_TIREES, seed=GRAINE, min_count_per_level=None, num_chunks=1
        )
        for regle in APPRENTISSAGES:
            lieur.training.estimate_parameters_using_expectation_maximisation(
                regle, fix_probability_two_random_records_match=True
            )
        appris: Modele = lieur.misc.save_model_to_json()
    con.execute("DROP TABLE echantillon")
    return _completer(appris)


def _prior(con: duckdb.DuckDBPyConnection, table: str) -> float:
    """Return how likely two demandes taken at random are of one person, from the exact ones."""
    ((nombre, exactes),) = con.execute(
        "SELECT count(*), (SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM "
        f"(SELECT count(*) AS n FROM {table} WHERE personne IS NOT NULL GROUP BY personne)) "
        f"FROM {table}"
    ).fetchall()
    return float(min((exactes + 1) / RAPPEL_EXACT / max(nombre * (nombre - 1) / 2, 1), 0.01))


def _completer(appris: Modele) -> Modele:
    """Mix what is declared into what was learnt, and give each degree its chance likeness."""
    for champ, comparaison in zip(CHAMPS, appris["comparisons"], strict=True):
        niveaux = comparaison["comparison_levels"]
        for degre, niveau in zip(champ.degres, niveaux, strict=True):
            if degre.m is None:
                continue
            m = degre.m if degre.fixe else niveau.get("m_probability") or 0.0
            niveau["m_probability"] = _arrondir(PART_DECLAREE * degre.m + (1 - PART_DECLAREE) * m)
            niveau["u_probability"] = _arrondir(max(niveau.get("u_probability") or 0.0, 1e-6))
    nom, prenom = appris["comparisons"][0]["comparison_levels"], appris["comparisons"][1]
    # Two names exchanged are as unlikely by chance as both names the same; with one letter apart,
    # ten times less.
    nom[2]["u_probability"] = (
        nom[1]["u_probability"] * prenom["comparison_levels"][1]["u_probability"]
    )
    nom[3]["u_probability"] = _arrondir(10 * nom[2]["u_probability"])
    return appris


def _arrondir(part: float) -> float:
    """Return nine digits: the others change with the order in which processors add."""
    return float(f"{part:.9g}")


def noter(con: duckdb.DuckDBPyConnection, modele: Modele) -> None:
    """Create `notees` from `candidates` (ligne_a, ligne_b): what each pair of `personnes` weighs.

    Columns: ligne_a, ligne_b, poids (bits), probabilite, details (JSON by field); pairs under
    `PLANCHER` are left out.
    """
    comparees = zip(CHAMPS, modele["comparisons"], strict=True)
    champs = [_Compare(champ, lue["comparison_levels"]) for champ, lue in comparees]
    depart = modele["probability_two_random_records_match"]
    poids = " + ".join([_bits(depart, 1 - depart), *(f"p_{un.champ.nom}" for un in champs)])
    con.execute(f"""
        CREATE OR REPLACE TABLE notees AS
        WITH paires AS (
            SELECT ligne_a, ligne_b, {", ".join(f"a.{c} AS {c}_l, b.{c} AS {c}_r" for c in _LUES)}
            FROM candidates
            JOIN (FROM personnes WHERE ligne IN (SELECT ligne_a FROM candidates)) AS a
                ON a.ligne = ligne_a
            JOIN (FROM personnes WHERE ligne IN (SELECT ligne_b FROM candidates)) AS b
                ON b.ligne = ligne_b
        ), degres AS (
            SELECT ligne_a, ligne_b, {", ".join(un.sql_degre() for un in champs)} FROM paires
        ), pesees AS (
            SELECT ligne_a, ligne_b, {", ".join(un.sql_poids() for un in champs)} FROM degres
            {" ".join(un.sql_rarete() for un in champs)}
        ), sommes AS (SELECT *, {poids} AS poids FROM pesees)
        SELECT ligne_a, ligne_b, poids, 1 / (1 + pow(2, -poids)) AS probabilite,
            to_json(struct_pack({", ".join(un.sql_detail() for un in champs)}))::VARCHAR AS details
        FROM sommes WHERE poids >= {PLANCHER}""")


_LUES = sorted(
    set(re.findall(r"(\w+)_l\b", " ".join(un.condition for champ in CHAMPS for un in champ.degres)))
)


def _bits(m: float, u: float) -> str:
    return f"{math.log2(m / u)!r}::DOUBLE"


@dataclass(frozen=True, slots=True)
class _Compare:
    """A field with what a model says of each of its degrees: its part of the SQL of weights."""

    champ: Champ
    niveaux: list[Niveau]

    def sql_degre(self) -> str:
        """Return the rank of the first degree whose condition is met, and the value that counts."""
        *premiers, dernier = self.champ.degres
        cas = " ".join(f"WHEN {un.condition} THEN {rang}" for rang, un in enumerate(premiers))
        degre = f"CASE {cas} {dernier.condition} {len(premiers)} END AS d_{self.champ.nom}"
        valeurs = (f"{colonne}_l AS v_{colonne}" for _, colonne in self._rares())
        return ", ".join([degre, *valeurs])

    def sql_poids(self) -> str:
        """Return the degree and its weight; a shared value weighs what it is rare."""
        nom = self.champ.nom
        bits = (
            "0.0" if degre.m is None else _bits(niveau["m_probability"], niveau["u_probability"])
            for degre, niveau in zip(self.champ.degres, self.niveaux, strict=True)
        )
        ajuste = "".join(
            f" + if(d_{nom} = {rang}, log2({self.niveaux[rang]['u_probability']!r}::DOUBLE "
            f"/ greatest(f_{colonne}.part, {RARETE})), 0)"
            for rang, colonne in self._rares()
        )
        return f"d_{nom}, [{', '.join(bits)}][d_{nom} + 1]{ajuste} AS p_{nom}"

    def sql_rarete(self) -> str:
        """Return the join to how often each value is borne."""
        return " ".join(
            f"LEFT JOIN (SELECT {colonne}, count(*) / sum(count(*)) OVER () AS part FROM personnes "
            f"WHERE {colonne} IS NOT NULL GROUP BY {colonne}) AS f_{colonne} "
            f"ON f_{colonne}.{colonne} = if(d_{self.champ.nom} = {rang}, v_{colonne}, NULL)"
            for rang, colonne in self._rares()
        )

    def sql_detail(self) -> str:
        """Return what the field says of a pair: its degree in words and its weight."""
        nom = self.champ.nom
        libelles = ", ".join(f"'{un.libelle}'" for un in self.champ.degres)
        return (
            f"{nom} := struct_pack(niveau := [{libelles}][d_{nom} + 1], poids := round(p_{nom}, 2))"
        )

    def _rares(self) -> list[tuple[int, str]]:
        """Return the degrees by which a rare value weighs more, with its column."""
        return [(rang, un.frequence) for rang, un in enumerate(self.champ.degres) if un.frequence]


@contextlib.contextmanager
def _splink(con: duckdb.DuckDBPyConnection, table: str, modele: Modele) -> Iterator[Any]:
    """Give a linker of Splink over a table; it says nothing, and leaves no table behind."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(con)
    lieur = Linker(api.register(table), {**modele}, log_level=None, validate_settings=False)
    try:
        yield lieur
    finally:
        lieur.table_management.delete_tables_created_by_splink_from_db()


def identifiant(modele: Modele) -> str:
    """Return what tells a model from another: pairs of two models are not comparable."""
    return hashlib.sha256(json.dumps(modele, sort_keys=True).encode()).hexdigest()[:16]
