"""Forms of events, from what their procedure declares: texts that a person types, read by type.

A page, a command and a returned workbook give the same texts, {name: text}; a row of `lignes` is
« name.reference.column » on a page, a line « value ; value » elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from infocentre.affaires.modele import Donnee, Procedure, Transition, TypeDonnee
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer, minuscule, simplifier
from infocentre.noyau.horaires import dire_heure, lire_heure
from infocentre.noyau.jours import ANNEES, lire_jour
from infocentre.noyau.temps import jour as ecrire_jour

OUI_NON: Mapping[str, str] = {"oui": "oui", "non": "non"}
SEPARATEUR = ";"


def lire(regle: Transition, dits: Mapping[str, str]) -> dict[str, Any]:
    """Return what an event carries, from texts; what is empty is left out.

    Raises:
        Refus: a text is not of its type; all of them are said, by title.
    """
    lus: dict[str, Any] = {}
    fautes: list[str] = []
    for nom, texte in dits.items():
        attendue = regle.donnees.get(nom)
        if attendue is None or attendue.calculee:
            fautes.append(f"« {nom} » n'est pas attendu")
            continue
        if not texte.strip():
            continue
        try:
            lus[nom] = lire_une(attendue, texte.strip())
        except Refus as refus:
            fautes.append(f"« {attendue.titre} » : {refus.quoi}")
    if fautes:
        raise Refus(" ; ".join(fautes), regle.titre, "Corriger, puis recommencer.")
    return lus


def lire_une(attendue: Donnee, texte: str) -> Any:  # noqa: ANN401 - as its type says
    """Return a value from its text; raise Refus that says what is expected."""
    lecteur = _LECTEURS.get(attendue.type)
    return lecteur(attendue, texte) if lecteur else texte


def lire_date(texte: str) -> dt.date:
    """Return the day that a text is; raise Refus when it is none."""
    jour = lire_jour(texte)
    if jour is None:
        # As a browser shows what was typed there.
        dit = re.sub(r"(\d{4,6})-(\d\d)-(\d\d)", r"\3/\2/\1", texte.strip()[:30])
        bornes = f"de {ANNEES.start} à {ANNEES.stop - 1}"
        raise Refus(f"« {dit} » n'est pas une date JJ/MM/AAAA, {bornes}")
    return jour


def _entier(_: Donnee, texte: str) -> int:
    chiffres = re.sub(r"\s", "", texte)
    if not re.fullmatch(r"-?\d{1,15}", chiffres):
        raise Refus(f"« {texte[:30]} » n'est pas un nombre entier, de 15 chiffres au plus")
    return int(chiffres)


def _liste(_: Donnee, texte: str) -> list[str]:
    return [un.strip() for un in re.split(rf"[\n{SEPARATEUR}]", texte) if un.strip()]


def _lignes(attendue: Donnee, texte: str) -> list[dict[str, Any]]:
    return [_ligne(attendue, un) for un in texte.split("\n") if un.strip()]


def _ligne(attendue: Donnee, texte: str) -> dict[str, Any]:
    """Read a row: the values of its columns, in their order."""
    dits = [un.strip() for un in texte.split(SEPARATEUR)]
    colonnes = list(attendue.colonnes.items())
    if len(dits) > len(colonnes):
        raise Refus(f"« {texte[:40]} » a plus de valeurs que de colonnes ({aide(attendue)})")
    return {
        nom: lire_une(colonne, dit)
        for (nom, colonne), dit in zip(colonnes, dits, strict=False)
        if dit
    }


def _choisir(choix: Mapping[str, str], texte: str) -> str:
    """Return the code of what a person wrote or chose."""
    for code, dit in choix.items():
        if simplifier(texte) in {simplifier(dit), simplifier(code)}:
            return code
    raise Refus(f"« {texte[:30]} » n'est pas l'un de {enumerer(list(choix.values()), 'ou')}")


_LECTEURS: Mapping[TypeDonnee, Callable[[Donnee, str], Any]] = {
    "date": lambda _, texte: lire_date(texte).isoformat(),
    "heure": lambda _, texte: lire_heure(texte),
    "entier": _entier,
    "oui_non": lambda _, texte: _choisir(OUI_NON, texte) == "oui",
    "choix": lambda attendue, texte: _choisir(attendue.choix, texte),
    "liste": _liste,
    "lignes": _lignes,
}


def aide(attendue: Donnee) -> str:
    """Return how a value is typed, '' when there is nothing to explain."""
    if attendue.aide:
        return attendue.aide
    if attendue.type == "date":
        return "JJ/MM/AAAA"
    if attendue.type == "heure":
        return "14 h 30, par exemple"
    if attendue.type == "lignes":
        titres = f" {SEPARATEUR} ".join(
            minuscule(un.titre) for un in attendue.colonnes.values() if not un.calculee
        )
        return f"une par ligne : {titres}"
    return "une par ligne" if attendue.type == "liste" else ""


def options(attendue: Donnee) -> list[tuple[str, str]]:
    """Return the choices of a value, (code, how it is read)."""
    choix = OUI_NON if attendue.type == "oui_non" else attendue.choix
    return list(choix.items())


def ecrire(attendue: Donnee, valeur: Any) -> str:  # noqa: ANN401 - as its type says
    """Return a value as people read it."""
    if attendue.type == "choix":
        return attendue.choix.get(valeur, str(valeur))
    if attendue.type == "date":
        return ecrire_jour(valeur)
    if attendue.type == "heure":
        return dire_heure(valeur)
    if attendue.type == "oui_non":
        return "oui" if valeur else "non"
    if attendue.type == "liste":
        return ", ".join(map(str, valeur))
    return str(valeur)


def par_cas(
    procedure: Procedure, saisie: Mapping[str, str]
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Split what a page gives: {reference: {column: text}} of a workbook's rows, the rest."""
    une = procedure.classeur
    rangees: dict[str, dict[str, str]] = {}
    reste: dict[str, str] = {}
    for nom, texte in saisie.items():
        reference, point, colonne = nom.partition(".")
        if une is not None and point:
            rangees.setdefault(reference, {})[colonne] = texte.strip()
        else:
            reste[nom] = texte
    return rangees, reste
