"""The life of a demande as people read it: what several sources tell of one fact is told once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from infocentre.lecture.lignes import Fait
from infocentre.noyau.francais import minuscule

# What an act, a pli or a message tells is a fact that the demande carries too.
_SOURCES = re.compile(r"(acte|pli|message) : (.*)")
_MEMES = {
    "création": "dépôt de la demande",
    "création après la séparation d'un couple": "dépôt de la demande",
    "modification": "modification de la demande",
}
_MODIFICATION = "modification de la demande"


def reunir(faits: Iterable[Fait]) -> list[Fait]:
    """Return the facts in their order, each once: its details and its sources joined.

    A modification on the day of another act, or of its entry, is that act.
    """
    groupes: dict[tuple[object, str], list[Fait]] = {}
    for un in faits:
        groupes.setdefault((un["le"], _cle(un)), []).append(un)
    jours = {le for (le, cle), siens in groupes.items() if cle != _MODIFICATION and _acte(siens)}
    saisies = {
        trouve
        for siens in groupes.values()
        for un in siens
        for trouve in re.findall(r"saisi le (\d\d/\d\d/\d{4})", un["detail"] or "")
    }
    return [
        _joindre(siens)
        for (le, cle), siens in groupes.items()
        if cle != _MODIFICATION
        or (le not in jours and (le is None or f"{siens[0]['le']:%d/%m/%Y}" not in saisies))
        or any(un["fait"].startswith("acte") for un in siens)
    ]


def _acte(siens: list[Fait]) -> bool:
    return any(un["guichet"] for un in siens)


def _cle(un: Fait) -> str:
    lu = _SOURCES.fullmatch(un["fait"])
    nom = (lu[2] if lu else un["fait"]).lower()
    return "radiation" if nom.startswith("radiation") else _MEMES.get(nom, nom)


def _joindre(siens: list[Fait]) -> Fait:
    """Make one fact of those that several sources tell: named by the demande, else by the first."""
    nomme = next((un for un in siens if not _SOURCES.fullmatch(un["fait"])), siens[0])
    lu = _SOURCES.fullmatch(nomme["fait"])
    return {
        "le": nomme["le"],
        "fait": lu[2] if lu else nomme["fait"],
        "guichet": next((un["guichet"] for un in siens if un["guichet"]), None),
        "detail": " ; ".join(dict.fromkeys(filter(None, map(_dire, siens)))),
        "source": " ; ".join(dict.fromkeys(un["source"] for un in siens)),
    }


def _dire(un: Fait) -> str:
    """Return the detail, after what tells it when it is a pli or a message."""
    lu = _SOURCES.fullmatch(un["fait"])
    detail = un["detail"] or ""
    return f"{lu[1]} : {minuscule(detail)}" if lu and lu[1] != "acte" and detail else detail
