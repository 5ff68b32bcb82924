"""What a rule may be made of when it is tried by who may see no small count.

Each function gives a short answer in a short time, whatever the row: none waits, fails by itself,
draws, asks the machine, or makes a long text of a short one.
"""

from __future__ import annotations

from typing import Any

from infocentre.catalogue.analyse import ErreurSql, noeuds, seul_select
from infocentre.noyau.francais import enumerer

LONGUEUR_MAX = 5_000  # characters of a rule
# Of a pattern: how long it takes to be looked for grows with both, and is nobody's secret then.
MOTIF_MAX, JOKERS_MAX = 100, 2
FONCTIONS = tuple(
    (
        "abs ceil ceiling concat contains date_diff date_part date_sub date_trunc datediff "
        "datepart datetrunc day dayofmonth dayofweek dayofyear ends_with floor greatest "
        "ifnull isodow last_day least left length lower ltrim make_date mod month nullif "
        "prefix quarter regexp_full_match regexp_matches right round rtrim sign starts_with "
        "substr substring suffix trim trunc upper week weekofyear year"
    ).split()
)
_OPERATEURS = frozenset("+ - * / // % || ~~ !~~ ~~* !~~*".split())
_INTERVALLES = frozenset(f"to_{un}" for un in "days weeks months quarters years hours".split())
_LIKE = frozenset("~~ !~~ ~~* !~~*".split())
_EXPRESSIONS = frozenset({"regexp_full_match", "regexp_matches"})
_CLASSES = {"COLUMN_REF", "CONSTANT", "CAST", "COMPARISON", "CONJUNCTION", "CASE", "BETWEEN"}
_SANS_FONCTION = {
    "COMPARE_IN",
    "COMPARE_NOT_IN",
    "OPERATOR_COALESCE",
    "OPERATOR_IS_NOT_NULL",
    "OPERATOR_IS_NULL",
    "OPERATOR_NOT",
    "OPERATOR_NULLIF",
}
_TYPES = frozenset(
    "BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT FLOAT DOUBLE DECIMAL VARCHAR DATE TIMESTAMP "
    "INTERVAL INTEGER_LITERAL STRING_LITERAL SQLNULL".split()
)


def exiger_permise(expression: str, colonnes: frozenset[str]) -> None:
    """Raise ErreurSql unless a rule names only these columns and what is permitted."""
    if len(expression) > LONGUEUR_MAX:
        message = f"une règle a {LONGUEUR_MAX} caractères au plus dans un essai"
        raise ErreurSql(message)
    for noeud in noeuds(seul_select(f"select {expression}\n")["select_list"]):
        if refuse := _refuse(noeud, colonnes):
            message = f"« {refuse} » n'est pas permis dans un essai"
            raise ErreurSql(message)


def dire_permises() -> str:
    """Say which functions may be called."""
    return f"Fonctions permises : {enumerer(FONCTIONS)}."


def _refuse(noeud: dict[str, Any], colonnes: frozenset[str]) -> str:
    """Return what a node of a rule has that is not permitted, '' for nothing."""
    genre = noeud.get("class")
    if genre == "FUNCTION":
        return _fonction(noeud)
    if genre == "OPERATOR":
        return "" if noeud["type"] in _SANS_FONCTION else _dire(noeud)
    if genre == "COLUMN_REF":
        nom = ".".join(noeud["column_names"])
        return "" if nom.lower() in colonnes else nom
    if genre == "CAST":
        type_ = str(noeud["cast_type"]["id"])
        return "" if type_ in _TYPES else type_.lower()
    return "" if genre is None or genre in _CLASSES else _dire(noeud)


def _fonction(noeud: dict[str, Any]) -> str:
    nom = str(noeud["function_name"])
    if nom not in _OPERATEURS | _INTERVALLES | set(FONCTIONS):
        return nom
    motifs = noeud["children"][1:] if nom in _EXPRESSIONS | _LIKE else ()
    if any(not _est_un_motif(un, jokers=nom in _LIKE) for un in motifs):
        return f"{nom} d'un motif long ou qui change d'une unité à l'autre"
    return ""


def _est_un_motif(noeud: dict[str, Any], *, jokers: bool) -> bool:
    """Tell whether a node is a short text, the same for all rows."""
    if noeud.get("class") != "CONSTANT":
        return False
    texte = str(noeud["value"].get("value", ""))
    return len(texte) <= MOTIF_MAX and (not jokers or texte.count("%") <= JOKERS_MAX)


def _dire(noeud: dict[str, Any]) -> str:
    return str(noeud["type"]).lower().replace("_", " ")
