"""From the texts of a file to typed columns: the spellings that the contract accepts, as SQL.

Each expression gives NULL for a text that is not, in full, one of the accepted spellings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from infocentre.contrat import Colonne
from infocentre.contrat.dictionnaire import TEXTUELS, Type
from infocentre.contrat.graphies import NON, OUI, PAS_SU, TEXTE_MAX, VIDES
from infocentre.contrat.numeros import NUMERO_UNIQUE
from infocentre.entrepot.relations import citer
from infocentre.livraisons.intrus import texte_tu
from infocentre.noyau.texte import INVISIBLES_SQL

ANNEE = r"(19\d\d|20\d\d|2100)"
HEURE = r"([01]\d|2[0-3])(:[0-5]\d){2}"
HEURE_COURTE = r"([01]\d|2[0-3])(:[0-5]\d){1,2}"
DATE = (
    rf"\d\d/\d\d/{ANNEE}( {HEURE_COURTE})?|\d\d[/-]\d\d[/-]{ANNEE}"
    rf"|{ANNEE}-\d\d-\d\d([ T]{HEURE})?"
)
DECIMAL_MAX = 300  # characters; more digits than that would be infinity
DECIMAL_EVIDENT = r"[0-9]{1,15}([.,][0-9]{1,15})?"
BLANCS = r"^[\s\x{A0}\x{202F}]+|[\s\x{A0}\x{202F}]+$"
MILLIERS = "[ \u00a0\u202f]"
UNITE = f"{MILLIERS}*(m²|m2|€)$"


def texte_net(champ: str, colonne: Colonne) -> str:
    """Return the SQL of the trimmed text of a field."""
    if colonne.type in TEXTUELS:
        champ = f"regexp_replace({champ}, '{INVISIBLES_SQL}', '', 'g')"
    return f"regexp_replace({champ}, '{BLANCS}', '', 'g')"


def texte_connu(net: str, colonne: Colonne) -> str:
    """Return the SQL of a trimmed text, NULL in the contract's spellings of « not known »."""
    nuls = [*VIDES, *([PAS_SU] if colonne.neuf_cents_99 else [])]
    return f"CASE WHEN NOT {dans_la_liste(net, nuls)} THEN {net} END"


def valeur_typee(x: str, colonne: Colonne) -> str:
    """Return the SQL of the typed value of a trimmed text `x`."""
    if colonne.nom == "NUMERO_UNIQUE" and not colonne.obligatoire:
        return f"CASE WHEN regexp_full_match(upper({x}), '{NUMERO_UNIQUE}') THEN upper({x}) END"
    if colonne.libre:
        x = texte_tu(x, colonne)
    return _LECTURES[colonne.type](x)


def dans_la_liste(x: str, valeurs: Iterable[str]) -> str:
    """Return the SQL condition of a text among these. No IN: DuckDB makes a join of it."""
    return f"list_contains([{', '.join(citer(valeur) for valeur in valeurs)}], {x})"


def _date(x: str) -> str:
    """Dates by their shape, which holds only digits and bounds the year: the cast checks the day.

    « 05/10/2026 » is cast as « 2026/10/05 ».
    """
    a_l_endroit = f"substring({x}, 7, 4) || substring({x}, 3, 4) || substring({x}, 1, 2)"
    return (
        f"CASE WHEN NOT regexp_full_match({x}, '{DATE}') THEN NULL "
        f"WHEN {x} LIKE '____-%' THEN try_cast(substring({x}, 1, 10) AS DATE) "
        f"ELSE try_cast({a_l_endroit} AS DATE) END"
    )


def _naissance(x: str) -> str:
    return (
        f"CASE WHEN strlen({x}) = 7 THEN CASE WHEN regexp_full_match({x}, '\\d\\d/{ANNEE}') "
        f"THEN try_cast(substring({x}, 4, 4) || '-' || substring({x}, 1, 2) || '-01' AS DATE) END "
        f"ELSE {_date(x)} END"
    )


def _entier(x: str) -> str:
    return (
        f"CASE WHEN regexp_full_match({x}, '[+-]?\\d+') THEN try_cast({x} AS BIGINT) "
        f"WHEN regexp_full_match({x}, '[+-]?\\d+[.,]0+') "
        f"THEN try_cast(regexp_replace({x}, '[.,]0+$', '') AS BIGINT) "
        f"ELSE {_entier_scientifique(x)} END"
    )


def _entier_scientifique(x: str) -> str:
    decimal = f"try_cast(replace({x}, ',', '.') AS DOUBLE)"
    return (
        f"CASE WHEN regexp_full_match({x}, '[+-]?\\d+([.,]\\d+)?[eE][+-]?\\d+') "
        f"AND {decimal} = trunc({decimal}) AND abs({decimal}) < 9e18 "
        f"THEN try_cast({decimal} AS BIGINT) END"
    )


def _decimal(x: str) -> str:
    sans_unite = f"regexp_replace({x}, '{UNITE}', '')"
    return f"CASE WHEN strlen({x}) <= {DECIMAL_MAX} THEN {_decimal_sans_unite(sans_unite)} END"


def _decimal_sans_unite(x: str) -> str:
    sans_espace = f"regexp_replace({x}, '{MILLIERS}', '', 'g')"
    return (
        f"CASE WHEN regexp_full_match({x}, "
        f"'[+-]?(\\d+|\\d{{1,3}}({MILLIERS}\\d{{3}})+)([.,]\\d+)?') "
        f"THEN try_cast(replace({sans_espace}, ',', '.') AS DOUBLE) "
        f"WHEN regexp_full_match({x}, '[+-]?\\d{{1,3}}(\\.\\d{{3}})+,\\d+') "
        f"THEN try_cast(replace(replace({x}, '.', ''), ',', '.') AS DOUBLE) "
        f"ELSE {_entier_scientifique(x)}::DOUBLE END"
    )


def _indicatrice(x: str) -> str:
    return (
        f"CASE WHEN {dans_la_liste(f'upper({x})', OUI)} THEN 1::TINYINT "
        f"WHEN {dans_la_liste(f'upper({x})', NON)} THEN 0::TINYINT END"
    )


def _texte(x: str) -> str:
    return f"CASE WHEN strlen({x}) > {TEXTE_MAX} THEN substring({x}, 1, {TEXTE_MAX}) ELSE {x} END"


_LECTURES: dict[Type, Callable[[str], str]] = {
    "date": _date,
    "naissance": _naissance,
    "entier": _entier,
    "decimal": _decimal,
    "indicatrice": _indicatrice,
    "code": "upper({})".format,
    "texte": _texte,
}


def porte_invisibles(champ: str, colonne: Colonne) -> str | None:
    """Return the SQL condition of a text that holds a character which none may hold."""
    if colonne.type not in TEXTUELS:
        return None
    return f"regexp_matches({champ}, '{INVISIBLES_SQL}')"


def est_illisible(typee: str, texte: str, colonne: Colonne) -> str | None:
    """Return the SQL condition of an optional value that cannot be read."""
    if colonne.rejette or (colonne.type in TEXTUELS and colonne.nom != "NUMERO_UNIQUE"):
        return None
    return f"({typee} IS NULL AND {texte} IS NOT NULL)"


def est_trop_long(texte: str, colonne: Colonne) -> str | None:
    """Return the SQL condition of a text that is cut."""
    if colonne.type != "texte":
        return None
    return f"(strlen({texte}) > {TEXTE_MAX} AND length({texte}) > {TEXTE_MAX})"


def est_rejetee(typee: str, colonne: Colonne) -> str | None:
    """Return the SQL condition under which a compulsory column rejects its row."""
    if colonne.rejette == "numéro unique mal formé":
        return f"NOT coalesce(regexp_full_match({typee}, '{NUMERO_UNIQUE}'), false)"
    return f"{typee} IS NULL" if colonne.rejette else None
