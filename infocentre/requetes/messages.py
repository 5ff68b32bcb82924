"""What DuckDB answers in English, said in French with its place in the text."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Sequence

from infocentre.noyau.francais import entier
from infocentre.requetes.modele import MEGA, RequeteRefusee
from infocentre.requetes.traductions import MOINS, TRADUCTIONS, Lu


def traduire(erreur: Lu, sql: str) -> RequeteRefusee:
    """Return the refusal of an error of DuckDB (its JSON)."""
    avant, reste = _texte_a(erreur, sql)
    erreur = {**erreur, "guillemet": reste.startswith('"'), "avant": avant}
    genre = str(erreur.get("exception_type", ""))
    message = str(erreur.get("exception_message", ""))
    for attendu, motif, ecrire in TRADUCTIONS:
        if re.match(attendu, genre) and (trouve := re.search(motif, message, re.DOTALL)):
            pourquoi, quoi, que_faire, mot = ecrire(trouve, erreur)
            return RequeteRefusee(pourquoi, quoi, que_faire, _place(erreur, sql, mot))
    return _autre(genre, message, _place(erreur, sql))


def refuser(lu: Lu) -> RequeteRefusee:
    """Return the refusal of the checks of the process, which wrote it."""
    return _REFUS[lu["refus"]](lu)


def limite_temps(secondes: float) -> RequeteRefusee:
    """Return the refusal of a query that ran too long."""
    return RequeteRefusee("temps", f"la requête a dépassé {secondes:g} s ; elle est arrêtée", MOINS)


def limite_volume(octets: int) -> RequeteRefusee:
    """Return the refusal of a result too large to carry."""
    return RequeteRefusee("volume", f"le résultat dépasse {octets // MEGA} Mo", MOINS)


def limite_lignes(lignes: int) -> RequeteRefusee:
    """Return the refusal of a result of too many rows."""
    return RequeteRefusee("volume", f"le résultat dépasse {entier(lignes)} lignes", MOINS)


def limite_valeurs(valeurs: int) -> RequeteRefusee:
    """Return the refusal of a result of too many values, those inside lists counted."""
    return RequeteRefusee("volume", f"le résultat dépasse {entier(valeurs)} valeurs", MOINS)


def limite_colonnes(colonnes: int) -> RequeteRefusee:
    """Return the refusal of a query of too many columns, in its result or within."""
    quoi = f"la requête a plus de {entier(colonnes)} colonnes"
    return RequeteRefusee("volume", quoi, "En choisir moins, ou les compter en lignes.")


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


def sans_cloison(manque: Sequence[str]) -> RequeteRefusee:
    """Say that this machine lacks walls that a query, or the trial of a rule, needs."""
    return RequeteRefusee(
        "cloison",
        f"le système de ce serveur ne sait pas enfermer une requête ({' ni '.join(manque)})",
        "Le mettre à jour (Linux 5.13 ou plus récent), ou accepter de s’en passer en connaissance "
        "de cause : INFOCENTRE_SANS_CLOISON=oui.",
    )


_REFUS: dict[str, Callable[[Lu], RequeteRefusee]] = {
    "instruction": instruction_refusee,
    "plusieurs": _plusieurs,
    "vide": _vide,
    "pivot": _pivot,
    "parametres": _parametres,
    "cloison": lambda lu: sans_cloison(lu["manque"]),
    "valeurs": lambda lu: limite_valeurs(lu["nombre"]),
    "colonnes": lambda lu: limite_colonnes(lu["nombre"]),
}


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
    fautif = re.match(rf"""(?:\w+\.)?(["']?){re.escape(mot)}\1""", reste, re.IGNORECASE)
    longueur = len(fautif[0]) if fautif and mot else 1
    return avant.count("\n") + 1, len(avant) - avant.rfind("\n"), longueur
