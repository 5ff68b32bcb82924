"""The chain of events, and all that follows from it: none is changed without being seen.

The first event of an affaire seals what it is: of whom, about what, by which rules (their sha256).
Its row keeps what events say, to be found quickly: each of its columns is worked out again here. A
constat is sealed by its id, the sha256 of what it holds, which an event quotes; a definition of
procedure by its own, which the first event does. The head of the chain is printed on the monthly
synthèse and goes out of reach (`decisions/ancres.py`), to be compared.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from infocentre.affaires.procedure import relire
from infocentre.affaires.situation import Evenement, replier
from infocentre.decisions.chaine import (
    DEBUT,
    SOUS_CLE,
    Chaine,
    Tete,
    empreinte,
    jour_ecrit,
    lisible,
)
from infocentre.decisions.scelles import brutes
from infocentre.decisions.schema import (
    EvenementEcrit,
    affaires,
    constats,
    evenements,
    procedures,
)
from infocentre.noyau.erreurs import Refus


def _nommer(ligne: EvenementEcrit) -> str:
    quand = jour_ecrit(ligne["saisi_le"])
    return (
        f"l'événement {ligne['rang']} (affaire {lisible(ligne['affaire'])}, "
        f"« {lisible(ligne['nom'])} », saisi le {quand})"
    )


CHAINE = Chaine(evenements, "chaîne des événements", "l'événement", _nommer)
# What the row of an affaire keeps of its opening, and how people read it.
COLONNES: Mapping[str, str] = {
    "procedure": "la procédure",
    "regles": "les règles",
    "departement": "le département",
    "objet": "l'organisme ou l'objet",
    "sujet": "le sujet",
    "ouverte_le": "l'ouverture",
    "etat": "l'état",
    "evenements": "le nombre d'événements",
    "close_le": "la clôture",
}


def verifier(con: sa.Connection, attendue: str = "") -> Tete:
    """Check every event and what follows from them; return the head.

    `attendue` is a head that was printed, or its first letters: it must be in the chain.

    Raises:
        Refus: it names the first event, constat, definition or affaire that is altered.
    """
    lues = list(CHAINE.relire(con))
    for faute in (une for _, une in lues if une):
        raise CHAINE.alteree(faute)
    if attendue and not any(ligne["empreinte"].startswith(attendue) for ligne, _ in lues):
        raise Refus(
            f"aucun événement n'a l'empreinte {attendue} : la fin de la chaîne a été retirée, ou "
            "la chaîne entière refaite",
            que_faire="Comparer avec une sauvegarde d'avant.",
        )
    for faute in fautes(con, lues):
        raise CHAINE.alteree(faute)
    return Tete(lues[-1][0]["rang"], lues[-1][0]["empreinte"]) if lues else DEBUT


def fautes(con: sa.Connection, lues: Sequence[tuple[EvenementEcrit, str]]) -> Iterator[str]:
    """Say what is altered among events, as `CHAINE.relire` gives them, and what follows of them."""
    yield from (faute for _, faute in lues if faute)
    lignes = [ligne for ligne, _ in lues]
    yield from _constats(con, lignes)
    definitions: dict[str, str] = {}
    yield from _procedures(con, definitions)
    yield from _affaires(con, lignes, definitions)


# --- Constats, definitions ------------------------------------------------------------------------


def _constats(con: sa.Connection, lignes: Sequence[EvenementEcrit]) -> Iterator[str]:
    cites: dict[str, EvenementEcrit] = {}
    for ligne in lignes:
        for id_ in _cites(ligne["donnees"]):
            cites.setdefault(id_, ligne)
    presents = set()
    for _, un in brutes(con, constats):
        presents.add(un["id"])
        yield from _constat(un, cites.get(un["id"]))
    for id_, ligne in cites.items():
        if id_ not in presents:
            yield f"le constat {id_[:12]}, que cite {_nommer(ligne)}, manque"


def _cites(donnees: str) -> list[str]:
    dits = _objet(donnees).get("constats", [])
    return [str(un) for un in dits] if isinstance(dits, list) else []


def _constat(un: Mapping[str, Any], cite: EvenementEcrit | None) -> Iterator[str]:
    nomme = f"le constat {lisible(un['id'])[:12]}"
    contenu = str(un["contenu"])
    if empreinte(contenu) != un["id"] or _objet(contenu).get("unites") != empreinte(
        str(un["unites"])
    ):
        ou = f", que cite {_nommer(cite)}," if cite else ""
        yield f"{nomme}{ou} a été modifié"
    elif cite is None:
        yield f"{nomme} n'est cité par aucun événement : il a été ajouté"
    elif un["affaire"] != cite["affaire"]:
        yield f"{nomme}, que cite {_nommer(cite)}, est rangé sous une autre affaire"


def _objet(texte: object) -> dict[str, Any]:
    """Return the JSON object that a text is, {} when it is none: the seal of its row tells."""
    try:
        lu = json.loads(str(texte))
    except (ValueError, RecursionError):
        return {}
    return lu if isinstance(lu, dict) else {}


def _procedures(con: sa.Connection, bonnes: dict[str, str]) -> Iterator[str]:
    """Say which definitions are altered; fill {empreinte: definition} of those that are not."""
    for _, une in brutes(con, procedures):
        definition = str(une["definition"])
        dite = _objet(definition)
        nommee = f"la définition {lisible(une['empreinte'])[:12]} ({lisible(une['code'])})"
        if empreinte(definition) != une["empreinte"]:
            yield f"{nommee} d'une procédure a été modifiée"
        elif (dite.get("code"), dite.get("version")) != (une["code"], une["version"]):
            yield f"{nommee} d'une procédure est notée sous un autre nom ou une autre version"
        else:
            bonnes[str(une["empreinte"])] = definition


# --- Affaires -------------------------------------------------------------------------------------


def _affaires(
    con: sa.Connection, lignes: Sequence[EvenementEcrit], definitions: Mapping[str, str]
) -> Iterator[str]:
    siens: dict[str, list[EvenementEcrit]] = {}
    for ligne in lignes:
        siens.setdefault(ligne["affaire"], []).append(ligne)
    presentes = set()
    for _, une in brutes(con, affaires):
        presentes.add(une["id"])
        yield from _affaire(une, siens.get(une["id"], []), definitions)
    for id_, ses in siens.items():
        if id_ not in presentes:
            yield f"l'affaire {lisible(id_)} manque : ses événements, {len(ses)}, sont là"


def _affaire(
    une: Mapping[str, Any], siens: Sequence[EvenementEcrit], definitions: Mapping[str, str]
) -> Iterator[str]:
    nommee = f"l'affaire {lisible(une['id'])}"
    if not siens:
        yield f"{nommee} n'a aucun événement : elle a été ajoutée, ou eux retirés"
        return
    ouvertures = [_objet(ligne["ouverture"]) for ligne in siens if ligne["ouverture"] is not None]
    if ouvertures[1:] or (siens[0]["sceau"] == SOUS_CLE) != bool(siens[0]["ouverture"]):
        yield f"{nommee} : son premier événement ne dit pas ce qu'elle est, ou un autre le dit"
    dite = dict(ouvertures[0]) if ouvertures else {}
    if une["regles"] not in definitions:
        yield f"{nommee} : la définition de sa procédure manque ou n'est plus ce qu'elle était"
    else:
        suite, mene = _situation(definitions[une["regles"]], siens)
        yield from ([f"{nommee} : {suite}"] if suite else [])
        dite |= mene
    for nom in COLONNES:
        if nom in dite and une[nom] != dite[nom]:
            yield (
                f"{nommee} : {COLONNES[nom]} est noté « {lisible(une[nom])} », alors que ses "
                f"événements, scellés, disent « {lisible(dite[nom])} »"
            )


def _situation(definition: str, siens: Sequence[EvenementEcrit]) -> tuple[str, dict[str, Any]]:
    """Return what is wrong with what these events fold to ('' when nothing is), and the columns."""
    try:
        apres = replier(relire(definition), map(en_evenement, siens))
    except Refus as refus:
        return f"ses événements ne se suivent pas ({refus.quoi})", {}
    except (ValueError, TypeError, KeyError, AttributeError):
        return "un de ses événements ne se lit plus", {}
    close_le = apres.evenements[-1].jour.isoformat() if apres.finie else None
    return "", {"etat": apres.etat, "evenements": len(siens), "close_le": close_le}


def en_evenement(ligne: EvenementEcrit) -> Evenement:
    """Return the event that a row holds."""
    return Evenement(
        ligne["affaire"],
        ligne["nom"],
        ligne["auteur"],
        ligne["role"],
        dt.date.fromisoformat(ligne["jour"]),
        dt.datetime.fromisoformat(ligne["saisi_le"]),
        json.loads(ligne["donnees"]),
        ligne["rang"],
    )
