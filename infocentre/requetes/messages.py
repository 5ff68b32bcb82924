"""What DuckDB answers in English, said in French with its place in the text."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from infocentre.requetes.modele import MEGA, Motif, RequeteRefusee

Lu = Mapping[str, Any]
# What a translation gives: why, what is wrong, what to do, the words at fault in the text.
Dit = tuple[Motif, str, str, str]
PROCHES = 3
MOINS = "Restreindre la requête : un mois, un guichet, moins de colonnes, ou un regroupement."
FICHIERS = "Seules les tables du fichier des analystes se lisent : show tables en donne la liste."
TYPES = {
    "nombre entier": r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?(_LITERAL)?|U?INT\d+",
    "nombre": r"DOUBLE|FLOAT|DECIMAL.*",
    "date": r"DATE",
    "date et heure": r"TIMESTAMP.*",
    "durée": r"INTERVAL",
    "texte": r"VARCHAR|STRING_LITERAL",
    "vrai ou faux": r"BOOL(EAN)?",
}


def traduire(erreur: Lu, sql: str) -> RequeteRefusee:
    """Return the refusal of an error of DuckDB (its JSON), or of the check before it."""
    if "refus" in erreur:
        return _REFUS[erreur["refus"]](erreur)
    erreur = {**erreur, "guillemet": _texte_a(erreur, sql)[1].startswith('"')}
    genre = str(erreur.get("exception_type", ""))
    message = str(erreur.get("exception_message", ""))
    for attendu, motif, ecrire in _TRADUCTIONS:
        if re.match(attendu, genre) and (trouve := re.search(motif, message, re.DOTALL)):
            pourquoi, quoi, que_faire, mot = ecrire(trouve, erreur)
            return RequeteRefusee(pourquoi, quoi, que_faire, _place(erreur, sql, mot))
    return _autre(genre, message, _place(erreur, sql))


def limite_temps(secondes: float) -> RequeteRefusee:
    """Return the refusal of a query that ran too long."""
    return RequeteRefusee("temps", f"la requête a dépassé {secondes:g} s ; elle est arrêtée", MOINS)


def limite_volume(octets: int) -> RequeteRefusee:
    """Return the refusal of a result too large to carry."""
    return RequeteRefusee("volume", f"le résultat dépasse {octets // MEGA} Mo", MOINS)


def limite_lignes(lignes: int) -> RequeteRefusee:
    """Return the refusal of a result of too many rows."""
    nombre = f"{lignes:,}".replace(",", "\u202f")
    return RequeteRefusee("volume", f"le résultat dépasse {nombre} lignes", MOINS)


def limite_memoire() -> RequeteRefusee:
    """Return the refusal of a query that needs too much memory."""
    return RequeteRefusee("memoire", "la requête demande plus de mémoire qu'il n'est permis", MOINS)


def arrete(code: int) -> RequeteRefusee:
    """Return the refusal of a query whose process died: memory most of the time."""
    if -code in (signal.SIGABRT, signal.SIGKILL):
        return limite_memoire()
    quoi = "la requête a arrêté son processus : trop imbriquée, ou trop gourmande"
    return RequeteRefusee("autre", quoi, "La simplifier, ou la couper en étapes (with … as).")


def instruction_refusee(_lu: Lu) -> RequeteRefusee:
    """Return the refusal of what is neither a SELECT nor an EXPLAIN of one."""
    return RequeteRefusee(
        "instruction",
        "une requête lit : elle commence par select, with, from ou explain",
        "Ni écriture, ni fichier, ni réglage n'est possible ici.",
    )


def _plusieurs(lu: Lu) -> RequeteRefusee:
    return RequeteRefusee(
        "instruction",
        f"{lu['nombre']} instructions : une seule à la fois",
        "Ne garder qu'une requête ; le point-virgule en sépare deux.",
    )


def _vide(_lu: Lu) -> RequeteRefusee:
    return RequeteRefusee("instruction", "la requête est vide", "Par exemple : from valeurs")


def _pivot(_lu: Lu) -> RequeteRefusee:
    return RequeteRefusee(
        "instruction",
        "pivot doit dire les valeurs qui font les colonnes",
        "Par exemple : pivot … on statut in ('active', 'radiée') using count(*)",
    )


def _parametres(lu: Lu) -> RequeteRefusee:
    if lu["manque"]:
        noms = ", ".join(f"${nom}" for nom in lu["manque"])
        return RequeteRefusee(
            "parametre", f"sans valeur : {noms}", "Donner une valeur à chaque paramètre."
        )
    noms = ", ".join(f"${nom}" for nom in lu["trop"])
    return RequeteRefusee("parametre", f"la requête n'a pas de paramètre {noms}")


_REFUS: dict[str, Callable[[Lu], RequeteRefusee]] = {
    "instruction": instruction_refusee,
    "plusieurs": _plusieurs,
    "vide": _vide,
    "pivot": _pivot,
    "parametres": _parametres,
}


# --- What DuckDB says -----------------------------------------------------------------------------


def _colonne(trouve: re.Match[str], lu: Lu) -> Dit:
    nom = str(lu.get("name") or trouve["nom"])
    conseils = [_proches(re.findall(r'"([^"]+)"', message_apres(trouve)))]
    if lu.get("tables"):
        conseils.append(f"Une colonne de ce nom est dans : {', '.join(lu['tables'])}.")
    if lu.get("guillemet"):
        conseils.append(f"Un texte s'écrit entre apostrophes : '{nom}'.")
    que_faire = " ".join(conseil for conseil in conseils if conseil)
    return "colonne", f"la colonne « {nom} » n'existe pas ici", que_faire, nom


def message_apres(trouve: re.Match[str]) -> str:
    """Return the message after what was found in it."""
    return trouve.string[trouve.end() :]


def _proches(noms: Iterable[str]) -> str:
    gardes = list(dict.fromkeys(nom for nom in noms if nom))[:PROCHES]
    return f"Noms proches : {', '.join(gardes)}." if gardes else ""


def _absente(trouve: re.Match[str], lu: Lu) -> Dit:
    nom = trouve["nom"]
    proches = _proches(str(lu.get("candidates", "")).split(","))
    if "Function" in trouve["genre"]:
        return "fonction", f"la fonction « {nom} » n'existe pas", proches, nom
    conseil = proches or "Les tables : show tables"
    return "table", f"la table « {nom} » n'existe pas", conseil, nom


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


def _conversion(trouve: re.Match[str], _lu: Lu) -> Dit:
    vers = nom_de_type(trouve["type"])
    return "type", f"« {trouve['nom']} » ne se lit pas comme {vers}", "", f"'{trouve['nom']}'"


def _fixe(
    motif: Motif, quoi: str, que_faire: str = "", mot: str = ""
) -> Callable[[re.Match[str], Lu], Dit]:
    """Return a translation whose texts take the groups of what was found."""

    def ecrire(trouve: re.Match[str], _lu: Lu) -> Dit:
        groupes = {nom: valeur or "" for nom, valeur in trouve.groupdict().items()}
        return motif, quoi.format(**groupes), que_faire.format(**groupes), mot.format(**groupes)

    return ecrire


_SYNTAXE = "Relire ce qui précède : une virgule, une parenthèse ou un mot peut manquer."
_IMBRIQUEE = _fixe("syntaxe", "la requête est trop imbriquée", "La couper en étapes (with … as).")
_FICHIER = _fixe("interdit", "une requête n'ouvre aucun fichier", FICHIERS, "{nom}")

_TRADUCTIONS: tuple[tuple[str, str, Callable[[re.Match[str], Lu], Dit]], ...] = (
    ("Out of Memory|OutOfMemory|MemoryError", "", _fixe(
        "memoire", "la requête demande plus de mémoire qu'il n'est permis", MOINS)),
    ("", r"bad allocation|bad_alloc|could not allocate|failed to allocate", _fixe(
        "memoire", "la requête demande plus de mémoire qu'il n'est permis", MOINS)),
    ("Recursion", "", _IMBRIQUEE),
    ("", r"[Mm]ax(imum)? (expression|recursion) depth|stack overflow|too deep", _IMBRIQUEE),
    ("Parser", r"memory exhausted", _IMBRIQUEE),
    ("", r"maximum supported string size|Lists larger than|too large", _fixe(
        "volume", "un texte ou une liste est trop grand", MOINS)),
    ("Parser", r'syntax error at or near "(?P<nom>.+?)"$', _fixe(
        "syntaxe", "« {nom} » n'est pas attendu ici", _SYNTAXE, "{nom}")),
    ("Parser", r"syntax error at end of input", _fixe(
        "syntaxe", "la requête s'arrête avant la fin", "Une parenthèse ou un mot manque.")),
    ("Parser", r"unterminated quoted string", _fixe(
        "syntaxe", "une apostrophe ouverte n'est pas refermée",
        "Dans un texte, l'apostrophe se double : 'l''attribution'.")),
    ("Parser", r"unterminated quoted identifier", _fixe(
        "syntaxe", "un guillemet ouvert n'est pas refermé")),
    ("Parser", r"unterminated /\* comment", _fixe(
        "syntaxe", "un commentaire /* ouvert n'est pas refermé")),
    ("Parser", r"SELECT INTO|CTE needs a SELECT", _fixe(
        "instruction", "une requête lit : elle n'écrit dans aucune table")),
    ("Binder", r'Referenced column "(?P<nom>[^"]*)"', _colonne),
    ("Binder", r'does not have a column named "(?P<nom>[^"]*)"', _colonne),
    ("Binder", r'Referenced table "(?P<nom>[^"]*)" not found', _fixe(
        "table", "« {nom} » n'est ni une table ni un alias de cette requête",
        "Un alias se donne après from : from demandes as d.", "{nom}")),
    ("Binder", r'Ambiguous reference to column name "(?P<nom>[^"]*)".*?use: (?P<choix>[^)]*)',
        _fixe("colonne", "« {nom} » est dans plusieurs tables", "Écrire {choix}.", "{nom}")),
    ("Binder", r'function call "?\'?(?P<nom>[^("]+)\((?P<types>.*?)\)["\']?\. ', _fonction),
    ("Binder", (r"No function matches the given name and argument types "
        r"'(?P<nom>[^(]+)\((?P<types>.*?)\)'\. "), _fonction),
    ("Binder", r"Cannot compare values of type (?P<a>\S+).*? and (?:values of )?type (?P<b>\S+)",
        lambda trouve, _lu: (
            "type",
            f"{nom_de_type(trouve['a'])} et {nom_de_type(trouve['b'])} ne se comparent pas",
            "Convertir l'un des deux : cast(… as date), cast(… as varchar)…", "")),
    ("Binder", r'column "?(?P<nom>[^" ]+)"? must appear in the GROUP BY', _fixe(
        "colonne", "« {nom} » n'est ni regroupée ni calculée",
        "L'ajouter à group by, ou prendre any_value({nom}).", "{nom}")),
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
    ("Catalog", r'(?P<genre>[\w ]+) with name "?(?P<nom>[^ "]+)"? does not exist', _absente),
    ("Conversion", r"Could not convert string '(?P<nom>.*?)' to (?P<type>\w+)", _conversion),
    ("Conversion", r'date field value out of range: "(?P<nom>.*?)"', _fixe(
        "type", "« {nom} » n'est pas une date du calendrier", "Une date : AAAA-MM-JJ.", "'{nom}'")),
    ("Conversion", r'invalid (?:date|timestamp) field format: "(?P<nom>.*?)"', _fixe(
        "type", "« {nom} » n'est pas une date", "Une date : AAAA-MM-JJ.", "'{nom}'")),
    ("Conversion", r"with value (?P<nom>\S+) can't be cast.*type (?P<type>\w+)", _fixe(
        "calcul", "{nom} ne tient pas dans le type demandé ({type})",
        "Prendre un type plus large : cast(… as bigint), cast(… as double).")),
    ("Out of Range|Conversion", r"[Oo]verflow", _fixe(
        "calcul", "un calcul dépasse ce que son type peut contenir",
        "Convertir d'abord en plus large : cast(… as bigint), cast(… as double).")),
    ("Invalid Input", r"More than one row returned by a subquery", _fixe(
        "calcul", "une sous-requête prise pour une valeur rend plusieurs lignes",
        "Y ajouter limit 1 ou un calcul (max, count…), ou la mettre dans un in (…).")),
    ("Invalid Input", (r'Could not parse string "(?P<nom>.*?)" according to '
        r'format specifier "(?P<forme>.*?)"'), _fixe(
        "type", "« {nom} » n'a pas la forme {forme}", "try_strptime donne null à la place.",
        "'{nom}'")),
)  # fmt: skip


def _autre(genre: str, message: str, place: tuple[int, int, int]) -> RequeteRefusee:
    """Keep the words of DuckDB when no translation knows them: better than nothing."""
    premiere = re.sub(r"(?:/[\w.+-]+){2,}/?", "…", message.strip().split("\n")[0])[:300]
    # An error of Python itself is ours, and may tell where the program is.
    connu = bool(premiere) and not genre.endswith(("Error", "Exception"))
    quoi = f"DuckDB refuse : {premiere}" if connu else "la requête n'a pas pu être exécutée"
    return RequeteRefusee("autre", quoi, "", place)


def _texte_a(erreur: Lu, sql: str) -> tuple[str, str]:
    """Return the text before and after the position, in bytes, that DuckDB gives."""
    try:
        octets = int(erreur["position"])
    except (KeyError, ValueError):
        return "", ""
    avant = sql.encode()[:octets].decode(errors="ignore")
    return avant, sql[len(avant) :]


def _place(erreur: Lu, sql: str, mot: str = "") -> tuple[int, int, int]:
    """Return line, column and length of the words at fault, zeros when the place is not known."""
    if "position" not in erreur:
        return 0, 0, 0
    avant, reste = _texte_a(erreur, sql)
    candidats = (mot, f'"{mot}"', f"'{mot}'")
    longueur = next((len(un) for un in candidats if un and reste.lower().startswith(un.lower())), 1)
    return avant.count("\n") + 1, len(avant) - avant.rfind("\n"), longueur
