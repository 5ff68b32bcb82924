"""Cases of duplicates as the component Revue shows them: side by side, differences marked."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from dashboards.composants.apostrophes import courber
from infocentre.decisions.doublons import Verdict
from infocentre.noyau.francais import accorder, simplifier
from infocentre.procedures.doublons.decrire import Description, Ligne

Morceau = tuple[str, bool]


def ecrire_cas(un: Description, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return a case as the component takes it, with these notes beside its own."""
    return {
        "cle": un.cle,
        "titre": f"Cas à décider : {accorder(len(un.numeros), 'demande')}",
        "notes": courber([*un.notes, *_desaccord(un), *notes]),
        "membres": [
            {"numero": numero, "guichet": guichet, "adresse": f"/demande/{numero}"}
            for numero, guichet in zip(un.numeros, un.guichets, strict=True)
        ],
        "lignes": [_ligne(une, un) for une in un.lignes],
        "garder": un.garder,
        "recente": un.recente,
        "choix": {
            numero: {
                "raisons": courber(list(choix.raisons)),
                "avertissements": courber(list(choix.avertissements)),
            }
            for numero, choix in un.choix.items()
        },
    }


def _desaccord(un: Description) -> list[str]:
    return [f"{qui} : {Verdict(verdict).dit}" for qui, verdict in un.desaccord]


def _ligne(une: Ligne, un: Description) -> dict[str, Any]:
    connues = [rang for rang, texte in enumerate(une.valeurs) if texte]
    recente = un.numeros.index(un.recente)
    return {
        "champ": une.champ,
        "titre": une.titre,
        "genre": "compare" if une.comparee else "autour",
        "differe": une.differe,
        "choisir": une.comparee and une.differe and len(connues) > 1,
        "recente": recente if recente in connues else connues[0] if connues else None,
        "valeurs": _morceaux(une.valeurs),
    }


def _morceaux(valeurs: Sequence[str]) -> list[list[Morceau]]:
    """Return each value cut into pieces, each with whether it differs from another's.

    A name is cut where letters change; a date or a number differs as a whole.
    """
    repere = next((une for une in valeurs if une), "")
    autre = next((une for une in valeurs if une and une != repere), repere)
    return [_couper(une, autre if une == repere else repere) for une in valeurs]


def _couper(texte: str, repere: str) -> list[Morceau]:
    if not texte:
        return []
    if simplifier(texte) == simplifier(repere):
        return [(texte, False)]
    if any(lettre.isdigit() for lettre in texte):
        return [(texte, True)]
    a, b = repere.upper(), texte.upper()
    if len(b) != len(texte):
        return [(texte, True)]  # « ß » has two capitals
    operations = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    coupes = [(texte[c:d], nom != "equal") for nom, _, _, c, d in operations if d > c]
    return coupes or [(texte, True)]
