"""The errors of DuckDB that people meet, in French: how to know them, what to say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypedDict

from infocentre.noyau.francais import borner
from infocentre.requetes.modele import Motif


class Lu(TypedDict, total=False):
    """An error of DuckDB, or a refusal of the checks (`refus`), with what the process adds.

    `guillemet` and `avant` are what the text has at the place of the error, and before it.
    """

    exception_type: str
    exception_message: str
    position: str
    name: str
    candidates: str
    tables: list[str]
    guillemet: bool
    avant: str
    refus: str
    nombre: int
    manque: list[str]
    trop: list[str]


# What a translation gives: why, what is wrong, what to do, the words at fault in the text.
Dit = tuple[Motif, str, str, str]
Traduction = Callable[[re.Match[str], Lu], Dit]
PROCHES, TABLES_CITEES = 3, 5
MOINS = "Restreindre la requête : un mois, un guichet, moins de colonnes, ou un regroupement."
FICHIERS = "Seules les tables du fichier des analystes se lisent : show tables en donne la liste."
_SYNTAXE = "Relire ce qui précède : une virgule, une parenthèse ou un mot peut manquer."
LETTRES = 80  # of a value that is told back
# What other dialects call otherwise, and how it is written here.
AILLEURS = {
    "charindex": "strpos(texte, cherche)",
    "dateadd": "date + interval 1 month",
    "decode": "case when … then … else … end",
    "getdate": "current_date",
    "isnull": "coalesce(valeur, autre), ou valeur is null",
    "moyenne": "avg(…)",
    "nvl": "coalesce(valeur, autre)",
    "nvl2": "case when … is not null then … else … end",
    "somme": "sum(…)",
    "sysdate": "current_date",
    "to_char": "strftime(date, '%d/%m/%Y')",
    "to_date": "strptime(texte, '%d/%m/%Y')::date",
    "to_number": "cast(… as double)",
    "top": "limit 10, à la fin de la requête",
}
# What stands before a value: a name alone there may be a text without its apostrophes.
_COMPARE = re.compile(r"(?:[=<>]|\blike|\bin\s*\([^()]*)\s*$", re.IGNORECASE)
TYPES = {
    "nombre entier": r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?(_LITERAL)?|U?INT\d+",
    "nombre": r"DOUBLE|FLOAT|DECIMAL.*",
    "date": r"DATE",
    "date et heure": r"TIMESTAMP.*",
    "durée": r"INTERVAL",
    "texte": r"VARCHAR|STRING_LITERAL",
    "vrai ou faux": r"BOOL(EAN)?",
}


def _colonne(trouve: re.Match[str], lu: Lu) -> Dit:
    nom = str(lu.get("name") or trouve["nom"])
    conseils = [_proches(re.findall(r'"([^"]+)"', _suite(trouve)))]
    if lu.get("tables"):
        conseils.append(f"Une colonne de ce nom est dans : {_quelques(lu['tables'])}.")
    if nom.lower() in AILLEURS:
        conseils = [_ici(nom)]
    if lu.get("guillemet") or _COMPARE.search(str(lu.get("avant", ""))):
        conseils.append(f"Un texte s'écrit entre apostrophes : '{nom}'.")
    que_faire = " ".join(conseil for conseil in conseils if conseil)
    return "colonne", f"la colonne « {nom} » n'existe pas ici", que_faire, nom


def _quelques(tables: list[str]) -> str:
    """Name the first tables: those of the records before the standard tables."""
    rangees = sorted(tables, key=lambda table: (bool(re.search(r"_\d\d$", table)), table))
    autres = len(rangees) - TABLES_CITEES
    return ", ".join(rangees[:TABLES_CITEES]) + (f"… ({autres} autres)" if autres > 0 else "")


def _suite(trouve: re.Match[str]) -> str:
    """Return the message after what was found in it."""
    return trouve.string[trouve.end() :]


def _proches(noms: Iterable[str]) -> str:
    gardes = list(dict.fromkeys(nom for nom in noms if nom))[:PROCHES]
    return f"Noms proches : {', '.join(gardes)}." if gardes else ""


def _absente(trouve: re.Match[str], lu: Lu) -> Dit:
    nom = trouve["nom"]
    proches = _proches(str(lu.get("candidates", "")).split(","))
    if "Function" in trouve["genre"]:
        proches = _ici(nom) if nom.lower() in AILLEURS else proches
        return "fonction", f"la fonction « {nom} » n'existe pas", proches, nom
    conseil = proches or "Les tables : show tables"
    return "table", f"la table « {nom} » n'existe pas", conseil, nom


def _ici(nom: str) -> str:
    return f"Ici : {AILLEURS[nom.lower()]}."


def _syntaxe(trouve: re.Match[str], lu: Lu) -> Dit:
    nom, precedent = trouve["nom"], str(lu.get("avant", "")).split()[-1:]
    conseil = _ici("top") if precedent and precedent[0].lower() == "top" else _SYNTAXE
    return "syntaxe", f"« {nom} » n'est pas attendu ici", conseil, nom


def _fonction(trouve: re.Match[str], _lu: Lu) -> Dit:
    """An operator or a function that does not take these types."""
    nom, types = trouve["nom"], re.split(r",\s*(?![^(]*\))", trouve["types"])
    recus = ", ".join(nom_de_type(un) for un in types if un)
    quoi = f"« {nom} » ne s'applique pas à : {recus}" if recus else f"« {nom} » attend une valeur"
    return "type", quoi, "Convertir d'abord : cast(… as date), cast(… as integer)…", nom


def nom_de_type(texte: str) -> str:
    """Return a type of DuckDB as a person calls it."""
    noms = (nom for nom, motif in TYPES.items() if re.fullmatch(motif, texte.strip()))
    return next(noms, texte.strip())


def _incompatibles(trouve: re.Match[str], _lu: Lu) -> Dit:
    quoi = f"{nom_de_type(trouve['a'])} et {nom_de_type(trouve['b'])} ne vont pas ensemble"
    return "type", quoi, "Convertir l'un des deux : cast(… as date), cast(… as varchar)…", ""


def _ambigue(trouve: re.Match[str], _lu: Lu) -> Dit:
    choix = trouve["choix"].replace('"', "").replace(" or ", " ou ")
    quoi = f"« {trouve['nom']} » est dans plusieurs tables"
    return "colonne", quoi, f"Écrire {choix}.", trouve["nom"]


def _conversion(trouve: re.Match[str], _lu: Lu) -> Dit:
    vers, nom = nom_de_type(trouve["type"]), borner(trouve["nom"], LETTRES)
    return "type", f"« {nom} » ne se lit pas comme {vers}", "", f"'{trouve['nom']}'"


def _fixe(motif: Motif, quoi: str, que_faire: str = "", mot: str = "") -> Traduction:
    """Return a translation whose texts take the groups of what was found."""

    def ecrire(trouve: re.Match[str], _lu: Lu) -> Dit:
        groupes = {nom: valeur or "" for nom, valeur in trouve.groupdict().items()}
        return motif, quoi.format(**groupes), que_faire.format(**groupes), mot.format(**groupes)

    return ecrire


_UNITES = "Les unités : day, week, month, quarter, year."
_IMBRIQUEE = _fixe("syntaxe", "la requête est trop imbriquée", "La couper en étapes (with … as).")
_FICHIER = _fixe("interdit", "une requête n'ouvre aucun fichier", FICHIERS, "{nom}")

# The type of the error, its words, the translation; the first that fits says it.
TRADUCTIONS: tuple[tuple[str, str, Traduction], ...] = (
    ("Out of Memory|OutOfMemory|MemoryError", "", _fixe(
        "memoire", "la requête demande plus de mémoire qu'il n'est permis", MOINS)),
    ("", r"bad allocation|bad_alloc|could not allocate|failed to allocate", _fixe(
        "memoire", "la requête demande plus de mémoire qu'il n'est permis", MOINS)),
    ("Recursion", "", _IMBRIQUEE),
    ("", r"[Mm]ax(imum)? (expression|recursion) depth|stack overflow|too deep", _IMBRIQUEE),
    ("Parser", r"memory exhausted", _IMBRIQUEE),
    ("", r"maximum supported string size|Lists larger than|too large", _fixe(
        "volume", "un texte ou une liste est trop grand", MOINS)),
    ("Parser", r'syntax error at or near "(?P<nom>.+?)"$', _syntaxe),
    ("Parser", r"syntax error at end of input", _fixe(
        "syntaxe", "la requête s'arrête avant la fin", "Une parenthèse ou un mot manque.")),
    ("Parser", r"unterminated .*string", _fixe(
        "syntaxe", "une apostrophe ouverte n'est pas refermée",
        "Dans un texte, l'apostrophe se double : 'l''attribution'.")),
    ("Parser", r"unterminated quoted identifier", _fixe(
        "syntaxe", "un guillemet ouvert n'est pas refermé")),
    ("Parser", r"unterminated /\* comment", _fixe(
        "syntaxe", "un commentaire /* ouvert n'est pas refermé")),
    ("Parser", r"without selection list", _fixe(
        "syntaxe", "select ne dit pas quelles colonnes prendre", "Par exemple : select *")),
    ("Parser", r"SELECT INTO|CTE needs a SELECT", _fixe(
        "instruction", "une requête lit : elle n'écrit dans aucune table")),
    ("Binder", r'Referenced column "(?P<nom>[^"]*)"', _colonne),
    ("Binder", r'does not have a column named "(?P<nom>[^"]*)"', _colonne),
    ("Binder", r'Referenced table "(?P<nom>[^"]*)" not found', _fixe(
        "table", "« {nom} » n'est ni une table ni un alias de cette requête",
        "Un alias se donne après from : from demandes as d.", "{nom}")),
    ("Binder", r'Ambiguous reference to column name "(?P<nom>[^"]*)".*?use: (?P<choix>[^)]*)',
        _ambigue),
    ("Binder", r'function call "?\'?(?P<nom>[^("]+)\((?P<types>.*?)\)["\']?\. ', _fonction),
    ("Binder", (r"No function matches the given name and argument types "
        r"'(?P<nom>[^(]+)\((?P<types>.*?)\)'\. "), _fonction),
    ("Binder", r"Cannot compare values of type (?P<a>\S+).*? and (?:values of )?type (?P<b>\S+)",
        _incompatibles),
    ("Binder", r'column "?(?P<nom>[^" ]+)"? must appear in the GROUP BY', _fixe(
        "colonne", "« {nom} » n'est ni regroupée ni calculée",
        "L'ajouter à group by, ou prendre any_value({nom}).", "{nom}")),
    ("Binder", (r'Column "(?P<nom>[^"]+)" (?:does not exist on (?:left|right) side of join|in '
        r"(?:EXCLUDE|REPLACE|RENAME) list not found)"), _fixe(
        "colonne", "la colonne « {nom} » n'existe pas ici", "", "{nom}")),
    ("Binder", r"ORDER term out of range", _fixe(
        "colonne", "order by compte une colonne qui n'existe pas",
        "Nommer la colonne, ou donner son rang dans select.")),
    ("Binder", r"LIMIT/OFFSET cannot be negative", _fixe(
        "syntaxe", "limit et offset ne sont pas négatifs")),
    ("Binder", r"Subquery returns (?P<nombre>\d+) columns - expected (?P<attendu>\d+)", _fixe(
        "syntaxe", "la sous-requête rend {nombre} colonnes au lieu de {attendu}")),
    ("Binder", r"UNNEST\(\) can only be applied to lists", _fixe(
        "type", "unnest ne déplie qu'une liste")),
    ("Binder|Conversion|Not impl", r"Unimplemented type for cast \((?P<a>\S+) -> (?P<b>\S+)\)",
        _incompatibles),
    ("", r'extract specifier "(?P<nom>.*?)" not recognized', _fixe(
        "type", "« {nom} » n'est pas une unité de temps", _UNITES, "{nom}")),
    ("", r"square root of a negative", _fixe(
        "calcul", "la racine d'un nombre négatif n'existe pas")),
    ("Binder", r"WHERE clause cannot contain aggregates", _fixe(
        "syntaxe", "where juge ligne à ligne : il ne contient ni sum ni count",
        "Mettre cette condition dans having, après group by.")),
    ("Binder", r"aggregate function calls cannot be nested", _fixe(
        "syntaxe", "un calcul d'ensemble ne se met pas dans un autre",
        "Faire le premier dans une étape : with etape as (select …).")),
    ("Binder", r"same number of result columns", _fixe(
        "syntaxe", "les deux côtés d'union n'ont pas le même nombre de colonnes")),
    ("Binder|IO|Invalid", r'capable of reading the file "(?P<nom>.*?)"', _FICHIER),
    ("Permission", r'(?:file|directory) "(?P<nom>.*?)"', _FICHIER),
    ("Permission|IO", r"(?P<nom>)", _FICHIER),
    ("", r"file system operations are disabled|disabled (?:by|through) (?:the )?configuration",
        _fixe("interdit", "une requête n'ouvre aucun fichier, ni base, ni extension", FICHIERS)),
    ("", r"configuration has been locked", _fixe(
        "interdit", "une requête ne change aucun réglage")),
    ("Catalog", r'with name "?(?P<nom>[^ "]+)"? is not in the catalog, but', _fixe(
        "fonction", "« {nom} » vient d'une extension de DuckDB, qui n'est pas chargée ici", "",
        "{nom}")),
    ("Catalog", r'(?P<genre>[\w ]+) with name "?(?P<nom>[^ "]+)"? does not exist', _absente),
    ("Conversion", r"Could not convert string '(?P<nom>.*?)' to (?P<type>\w+)", _conversion),
    ("Conversion", r'date field value out of range: "(?P<nom>.*?)"', _fixe(
        "type", "« {nom} » n'est pas une date du calendrier", "Une date : AAAA-MM-JJ.", "'{nom}'")),
    ("Conversion", r'invalid (?:date|timestamp) field format: "(?P<nom>.*?)"', _fixe(
        "type", "« {nom} » n'est pas une date", "Une date : AAAA-MM-JJ.", "'{nom}'")),
    ("Conversion", r"with value (?P<nom>\S+) can't be cast.*type (?P<type>\w+)", _fixe(
        "calcul", "{nom} ne tient pas dans le type demandé ({type})",
        "Prendre un nombre plus petit, ou un type plus large : cast(… as hugeint), double…")),
    ("Out of Range|Conversion", r"[Oo]verflow", _fixe(
        "calcul", "un calcul dépasse ce que son type peut contenir",
        "Convertir d'abord en plus large : cast(… as bigint), cast(… as double).")),
    ("Binder|Not impl", r"[Nn]on-inner join on correlated columns", _fixe(
        "syntaxe", "une sous-requête qui dépend de chaque ligne ne se joint pas par left join",
        "La calculer dans une étape : with etape as (select …), puis la joindre.")),
    ("Invalid Input", r"More than one row returned by a subquery", _fixe(
        "calcul", "une sous-requête prise pour une valeur rend plusieurs lignes",
        "Y ajouter limit 1 ou un calcul (max, count…), ou la mettre dans un in (…).")),
    ("Invalid Input", (r'Could not parse string "(?P<nom>.*?)" according to '
        r'format specifier "(?P<forme>.*?)"'), _fixe(
        "type", "« {nom} » n'a pas la forme {forme}", "try_strptime donne null à la place.",
        "'{nom}'")),
)  # fmt: skip
