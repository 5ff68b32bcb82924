"""What stands for a column that names: an identifier, a birth date, an address.

Two readers: the analysts' file, where what names is left out, and rules that people try on the
archives, which may ask if an address is there but never which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import duckdb

from infocentre.analystes.classes import PAR_LIGNE, livree_en_classe
from infocentre.contrat import Colonne, Table
from infocentre.contrat.dictionnaire import Type

_BLOC = 64  # bytes, of SHA-256
# A rule that is tried may ask if such a value is there, at most: a flag says all by being there.
_SANS_LIRE: Mapping[Type, str] = {
    "texte": "if({} IS NULL, NULL, 'x')",
    "indicatrice": "NULL::TINYINT",
}
# The age at the deposit, beside the year of birth, would tell on which side of it the birthday is.
_AGE = "year(date_creation) - year(date_naiss_demandeur)"


def preparer_empreinte(con: duckdb.DuckDBPyConnection, secret: str) -> None:
    """Make `empreinte(texte)`, the HMAC-SHA256 of a text in hexadecimal (RFC 2104)."""
    octets = secret.encode(errors="surrogateescape")
    if len(octets) > _BLOC:
        octets = hashlib.sha256(octets).digest()
    blocs = [
        bytes(octet ^ masque for octet in octets.ljust(_BLOC, b"\0")) for masque in (0x36, 0x5C)
    ]
    con.execute("CREATE TEMP TABLE secret AS SELECT ? AS interne, ? AS externe", blocs)
    con.execute(
        "CREATE TEMP MACRO empreinte(texte) AS sha256((SELECT externe FROM secret) || "
        "unhex(sha256((SELECT interne FROM secret) || encode(texte))))"
    )


def identifiant(champ: str) -> str:
    """Return what stands for an identifier that is no numéro unique."""
    return f"left(empreinte('{champ} ' || {champ}), 32)"


def masquee(colonne: Colonne) -> str | None:
    """Return what the analysts' file holds of a column, None when it is left out.

    The numéro unique is `pseudonyme`, hashed once however many rows have it.
    """
    champ = colonne.champ
    if colonne.masque is None:
        return champ
    if colonne.masque == "omettre":
        return None
    if colonne.masque == "annee":
        return f"year({champ}) AS annee_{champ.removeprefix('date_')}"
    if colonne.masque == "age":
        return f"{_AGE} AS {champ}"
    if colonne.nom == "NUMERO_UNIQUE":
        return f"pseudonyme AS {champ}"
    return f"{identifiant(champ)} AS {champ}"


def a_l_essai(colonne: Colonne) -> str | None:
    """Return what a rule that is tried reads of a column, None when it is the column itself.

    Each keeps what the rules in force ask: is it there, which rows have the same, is it well
    formed, how long is it.
    """
    champ = colonne.champ
    if colonne.masque is None:
        return None
    if colonne.masque == "annee":
        return f"date_trunc('year', {champ})::DATE"
    if colonne.masque == "age":
        return _AGE
    if colonne.nom == "NUMERORPLS":
        forme = f"regexp_full_match({champ}, '[0-9A-Za-z]{{10}}')"
        return f"if({forme}, 'X000000000', repeat('?', length({champ})))"
    if colonne.type in _SANS_LIRE:
        return _SANS_LIRE[colonne.type].format(champ)
    return identifiant(champ)


def sql_a_l_essai(table: Table, source: str) -> str:
    """Return the SELECT of the rows of a table as a rule that is tried reads them."""
    return _remplacer(source, {une.champ: a_l_essai(une) for une in table.colonnes})


def sql_a_l_essai_en_classes(table: Table, source: str) -> str:
    """Return the same for who queries in classes: no finer than what their SQL reads."""
    if table.nom not in {"stock", "radiation", *PAR_LIGNE}:
        return sql_a_l_essai(table, source)
    lues = {une.champ: (une, a_l_essai(une) or une.champ) for une in table.colonnes}
    return _remplacer(
        source, {champ: livree_en_classe(une, lue) for champ, (une, lue) in lues.items()}
    )


def _remplacer(source: str, par_champ: Mapping[str, str | None]) -> str:
    masques = {champ: sql for champ, sql in par_champ.items() if sql and sql != champ}
    if not masques:
        return source
    remplacees = ", ".join(f"{masque} AS {champ}" for champ, masque in masques.items())
    return f"SELECT * REPLACE ({remplacees}) FROM ({source})"
