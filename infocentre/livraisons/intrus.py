"""What must not enter by a column: a NIR, a telephone, an e-mail, a name where a code is expected.

Each column has a list of codes, a form, or is free (`infocentre/contrat`). What is neither on its
list nor of its form is kept if it is short, clean and carried by several rows; else it is `HL`. A
free text loses what looks like a person's. What is told of a text that cannot be read is its form.
"""

from __future__ import annotations

import re

from infocentre.contrat import Colonne, Contrat
from infocentre.contrat.dictionnaire import Ressemblance
from infocentre.contrat.graphies import NON_DOCUMENTE
from infocentre.entrepot.relations import citer

HORS_LISTE = "HL"
OTE = "…"  # no letter: a name of which nothing else is left is no name
SOUVENT = 5  # rows: what so many carry is a code that the list lacks, not the name of a person

# What a code outside its list looks like when it may be kept, and what it must not look like:
# digits only, they would be a part of a NIR, a telephone, a birth date.
CODE_NET = r"[0-9A-Za-z_]{1,10}"
PERSONNEL = r"\d{7,}|[1-4]\d{4}2[ABab]\d*"
_ENTRE = "[ .-]?"  # what may stand between the parts of a number
NIR = (
    rf"[1-478]{_ENTRE}\d\d{_ENTRE}(0[1-9]|1[0-2]|[2-9]\d){_ENTRE}"
    rf"(\d[\dABab]{_ENTRE}\d{{3}}{_ENTRE}\d{{3}}|\d\d?[ABab]\d{{5,6}})({_ENTRE}\d\d)?"
)
TELEPHONE = rf"(0|(\+|00)33{_ENTRE})[1-9]({_ENTRE}\d\d){{4}}"
JOUR = r"\d\d[/.-]\d\d[/.-]\d{4}|\d{4}-\d\d-\d\d"
COURRIEL = r".*@.*"
COURRIEL_ECRIT = r"[^\s@;,<>()]+@[^\s@;,<>()]+"
CIVILITE = r"\b(M\.|Mme|Mlle) ?\p{Lu}{2}[\p{Lu}'’-]*( \p{Lu}[\p{L}'’-]*)*"
COURT = 10  # characters of the shortest of these, but an e-mail, which no form but its own admits
FORME_MAX = 25

# In a free text: what it loses, by what it is.
_DANS_UN_TEXTE = rf"\b{NIR}\b|{TELEPHONE}\b|{COURRIEL_ECRIT}"
_PARLANTS = {  # the same in what a person types, by what it is said to be
    "un numéro unique": re.compile(
        r"(?<![0-9A-Z])([0-9]{3}|02[AB])( ?[0-9]){10} ?[0-9A-Z]{5}(?![0-9A-Z])", re.IGNORECASE
    ),
    "un numéro de sécurité sociale": re.compile(rf"\b{NIR}\b"),
    "un numéro de téléphone": re.compile(rf"(?<!\d){TELEPHONE}\b"),
    "une adresse électronique": re.compile(COURRIEL_ECRIT),
}


def intrus_dans(texte: str) -> str:
    """Return what a text that a person types has of somebody, in words; '' for nothing."""
    return next((dit for dit, forme in _PARLANTS.items() if forme.search(texte)), "")


def est_hors_liste(typee: str, colonne: Colonne, contrat: Contrat) -> str | None:
    """Return the SQL condition of a text that is neither on the list of its column nor its form."""
    if colonne.codes:
        codes = ", ".join(citer(code) for code in contrat.codes[colonne.codes])
        return f"NOT list_contains([{codes}], {typee})"
    if not colonne.forme:
        return None
    forme = contrat.formes[colonne.forme]
    admis: dict[Ressemblance, str] = {"telephone": TELEPHONE, "courriel": COURRIEL}
    refuses = "|".join([NIR, JOUR, *(un for nom, un in admis.items() if nom not in forme.admet)])
    trop_long = f"length({typee}) > {forme.longueur} OR " if forme.longueur else ""
    return (
        f"({trop_long}NOT regexp_full_match(upper({typee}), {citer(forme.motif)}) "
        f"OR CASE WHEN strlen({typee}) >= {COURT} "
        f"THEN regexp_full_match({typee}, '{refuses}') ELSE false END)"
    )


def doit_etre_frequent(typee: str, hors: str, colonne: Colonne, contrat: Contrat) -> str | None:
    """Return the SQL condition of a text that enters only if several rows carry it.

    A clean code outside its list, and a word that its form does not know: it may be a name, but
    what says « not documented ».
    """
    if colonne.rejette or colonne.libre:
        return None
    forme = contrat.formes.get(colonne.forme or "")
    if forme is None or forme.mots is None:
        return f"({hors} AND {est_net(typee)} AND {typee} <> {citer(NON_DOCUMENTE)})"
    connus = ", ".join(citer(mot) for mot in forme.mots)
    return (
        f"CASE WHEN {hors} THEN {est_net(typee)} ELSE NOT regexp_matches({typee}, '\\d') "
        f"AND NOT list_contains([{connus}], upper({typee})) END"
    )


def code_garde(typee: str) -> str:
    """Return the SQL of what is kept of a code outside its list: itself if short and clean, or HL.

    Free text, and NIR, would come in by a column that an editor shifted.
    """
    return f"CASE WHEN {est_net(typee)} THEN {typee} ELSE '{HORS_LISTE}' END"


def valeur_montree(texte: str, personnelle: str, lignes: str) -> str:
    """Return the SQL of what is told of an unreadable text: itself if short and clean, or its form.

    « 31/02/1980 » has the form 99/99/9999, « hier à midi » the form A A A. `personnelle` is the SQL
    of whether its column names a person: then the form alone is told; `lignes`, of the number of
    rows that carry it: a word that few carry may be a name.
    """
    chiffres = f"regexp_replace({texte}, '\\d', '9', 'g')"
    connu = f"(NOT regexp_matches({texte}, '\\p{{L}}') OR {lignes} >= {SOUVENT})"
    return (
        f"CASE WHEN {texte} IS NULL OR (NOT {personnelle} AND {est_net(texte)} AND {connu}) "
        f"THEN {texte} "
        f"WHEN length({texte}) > {FORME_MAX} THEN 'texte de plus de {FORME_MAX} caractères' "
        f"ELSE 'forme ' || regexp_replace({chiffres}, '[\\p{{L}}\\p{{M}}]+', 'A', 'g') END"
    )


def est_net(x: str) -> str:
    """Return the SQL condition of a text short and clean enough to be a code."""
    return f"(regexp_full_match({x}, '{CODE_NET}') AND NOT regexp_full_match({x}, '{PERSONNEL}'))"


def texte_tu(x: str, colonne: Colonne) -> str:
    """Return the SQL of a free text without what looks like a person's number or address."""
    return f"regexp_replace({x}, {citer(_tus(colonne))}, '{OTE}', 'g')"


def porte_intrus(x: str, colonne: Colonne) -> str | None:
    """Return the SQL condition of a free text of which something is taken out."""
    return f"regexp_matches({x}, {citer(_tus(colonne))})" if colonne.libre else None


def _tus(colonne: Colonne) -> str:
    return _DANS_UN_TEXTE if colonne.libre == "nom" else f"{_DANS_UN_TEXTE}|{CIVILITE}"
