"""From the texts of a file to typed columns: the spellings that the contract accepts, as SQL.

Each expression gives NULL for a text that is not, in full, one of the accepted spellings.
"""

from __future__ import annotations

from collections.abc import Callable

from infocentre.contrat import Colonne, Contrat
from infocentre.contrat.dictionnaire import Type

ANNEE = r"(19\d\d|20\d\d|2100)"
HEURE = r"([01]\d|2[0-3])(:[0-5]\d){2}"
DATE = rf"\d\d[/-]\d\d[/-]{ANNEE}|{ANNEE}-\d\d-\d\d( {HEURE})?"
DECIMAL_MAX = 300  # characters; more digits than that would be infinity
NUMERO_UNIQUE = r"(\d{3}|02[AB])(0[1-9]|1[0-2])\d{2}\d{6}[0-9A-Z]{5}"
BLANCS_RARES = r"regexp_replace({0}, '^[\s\x{A0}\x{202F}]+|[\s\x{A0}\x{202F}]+$', '', 'g')"
MILLIERS = "[ \u00a0\u202f]"


def texte_net(champ: str, colonne: Colonne, *, blancs_rares: bool) -> str:
    """Return the trimmed text of a field, NULL in the contract's spellings of « not known »."""
    net = BLANCS_RARES.replace("{0}", champ) if blancs_rares else f"trim({champ})"
    nuls = ["", "NA", "NA/NA"] + (["999"] if colonne.neuf_cents_99 else [])
    for nul in nuls:
        net = f"nullif({net}, '{nul}')"
    return net


def valeur_typee(x: str, colonne: Colonne) -> str:
    """Return the SQL of the typed value of a trimmed text `x`."""
    if colonne.nom == "NUMERO_UNIQUE" and not colonne.obligatoire:
        return f"CASE WHEN regexp_full_match(upper({x}), '{NUMERO_UNIQUE}') THEN upper({x}) END"
    return _LECTURES[colonne.type](x)


def _date(x: str) -> str:
    """Dates by their shape, which holds only digits and bounds the year: the cast checks the day.

    « 05/10/2026 » is cast as « 2026/10/05 ».
    """
    a_l_endroit = f"substring({x}, 7, 4) || substring({x}, 3, 4) || substring({x}, 1, 2)"
    return (
        f"CASE WHEN NOT regexp_full_match({x}, '{DATE}') THEN NULL "
        f"WHEN {x} LIKE '____-%' THEN try_cast({x} AS DATE) "
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
        f"CASE WHEN strlen({x}) = 1 THEN try_cast({x} AS BIGINT) "
        f"WHEN regexp_full_match({x}, '[+-]?\\d+') THEN try_cast({x} AS BIGINT) "
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
    sans_espace = f"regexp_replace({x}, '{MILLIERS}', '', 'g')"
    return (
        f"CASE WHEN strlen({x}) > {DECIMAL_MAX} THEN NULL "
        f"WHEN regexp_full_match({x}, '[+-]?\\d+([.,]\\d+)?') "
        f"THEN try_cast(replace({x}, ',', '.') AS DOUBLE) "
        f"WHEN regexp_full_match({x}, '[+-]?\\d{{1,3}}({MILLIERS}\\d{{3}})+([.,]\\d+)?') "
        f"THEN try_cast(replace({sans_espace}, ',', '.') AS DOUBLE) "
        f"ELSE {_entier_scientifique(x)}::DOUBLE END"
    )


def _indicatrice(x: str) -> str:
    return (
        f"CASE WHEN {x} = '1' THEN 1::TINYINT WHEN {x} = '0' THEN 0::TINYINT "
        f"WHEN {x} = '1,0' THEN 1::TINYINT WHEN {x} = '0,0' THEN 0::TINYINT "
        f"WHEN upper({x}) = 'OUI' THEN 1::TINYINT WHEN upper({x}) = 'NON' THEN 0::TINYINT END"
    )


_LECTURES: dict[Type, Callable[[str], str]] = {
    "date": _date,
    "naissance": _naissance,
    "entier": _entier,
    "decimal": _decimal,
    "indicatrice": _indicatrice,
    "code": "upper({})".format,
    "texte": str,
}


def est_anormale(typee: str, texte: str, colonne: Colonne, contrat: Contrat) -> str | None:
    """Return the SQL condition of a format anomaly: unreadable, or a code outside its list."""
    if colonne.codes:
        liste = ", ".join(f"'{code}'" for code in contrat.codes[colonne.codes])
        return f"{typee} NOT IN ({liste})"
    if colonne.rejette:
        return None
    if colonne.type in {"code", "texte"} and colonne.nom != "NUMERO_UNIQUE":
        return None
    return f"({typee} IS NULL AND {texte} IS NOT NULL)"


def est_rejetee(typee: str, colonne: Colonne) -> str | None:
    """Return the SQL condition under which a compulsory column rejects its row."""
    if colonne.rejette == "numéro unique mal formé":
        return f"NOT coalesce(regexp_full_match({typee}, '{NUMERO_UNIQUE}'), false)"
    return f"{typee} IS NULL" if colonne.rejette else None
