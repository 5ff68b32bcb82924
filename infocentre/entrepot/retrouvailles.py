"""What a journal has lost and a version still knows: the events that would have made it."""

from __future__ import annotations

from collections.abc import Iterable

from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.version import Controle, Livraison, Version

Cle = tuple[str, str]


def evenement_chargement(livraison: Livraison, ancienne: Livraison | None) -> Evenement:
    """Return the journal's entry of a loading."""
    evenement: Evenement = {
        "type": "chargement",
        "le": livraison.chargee_le,
        "departement": livraison.departement,
        "arrete": livraison.arrete,
        "empreinte": livraison.empreinte,
        "nom": livraison.nom,
        "remplace": ancienne.empreinte if ancienne else None,
        "sceau": livraison.sceau,
    }
    if livraison.confirmation:
        evenement["confirmation"] = livraison.confirmation
    return evenement


def en_vigueur(journal: Iterable[Evenement]) -> dict[Cle, str]:
    """Return {(département, arrêté): empreinte} once these events are replayed."""
    resultat: dict[Cle, str] = {}
    for une in journal:
        if une["type"] == "chargement":
            resultat[une["departement"], une["arrete"]] = une["empreinte"]
        elif une["type"] == "retrait":
            resultat.pop((une["departement"], une["arrete"]), None)
    return resultat


def evenements_manquants(version: Version, journal: list[Evenement]) -> list[Evenement]:
    """Return, in order, the events that a journal lacks to give the version.

    Those that are made again say so (`retrouve`); a control made again has no settings, which
    only the journal kept.
    """
    if not version.numero:
        return []
    dernier = [] if _a(journal, version.numero) else [version.evenement]
    connus = [*journal, *dernier]
    retrouves = [*_chargements(version, connus), *_controles(version, connus)]
    if not _a(journal, version.numero + 1):
        retrouves += _retraits(version, connus)
    refaits: list[Evenement] = [
        {"version": version.numero, **un, "retrouve": True} for un in retrouves
    ]
    return refaits + dernier


def _a(journal: list[Evenement], numero: int) -> bool:
    return any(une["version"] >= numero and not une.get("retrouve") for une in journal)


def _chargements(version: Version, connus: list[Evenement]) -> list[Evenement]:
    presents = {
        (une["departement"], une["arrete"], une["empreinte"], une["le"])
        for une in connus
        if une["type"] == "chargement"
    }
    absents = [
        une
        for une in version.livraisons
        if (*une.cle, une.empreinte, une.chargee_le) not in presents
    ]
    absents.sort(key=lambda une: (une.chargee_le, une.cle))
    return [evenement_chargement(une, None) for une in absents]


def _retraits(version: Version, connus: list[Evenement]) -> list[Evenement]:
    """Deliveries that the journal has in force and a version as new has not: withdrawn."""
    absentes = en_vigueur(connus).keys() - {une.cle for une in version.livraisons}
    le = max((une.get("le", "") for une in connus), default="")
    return [
        {"type": "retrait", "le": le, "departement": departement, "arrete": arrete}
        for departement, arrete in sorted(absentes)
    ]


def _controles(version: Version, connus: list[Evenement]) -> list[Evenement]:
    faits = {
        (une["le"], departement, arrete)
        for une in connus
        if une["type"] == "controle"
        for departement, arrete, _ in une["mois"]
    }
    absents: dict[Controle, list[Livraison]] = {}
    for une in version.livraisons:
        if une.controle and (une.controle.le, *une.cle) not in faits:
            absents.setdefault(une.controle, []).append(une)
    return [
        {
            "type": "controle",
            "le": controle.le,
            "catalogue": controle.catalogue,
            "mois": [[une.departement, une.arrete, une.empreinte] for une in siennes],
        }
        for controle, siennes in sorted(absents.items(), key=lambda paire: paire[0].le)
    ]


def ordonner(journal: list[Evenement]) -> list[Evenement]:
    """Return the events in the order of time: those found again go where they happened."""
    ordre = [une for une in journal if not une.get("retrouve")]
    for une in (une for une in journal if une.get("retrouve")):
        apres = une["type"] != "chargement"
        rang = next(
            (
                rang
                for rang, autre in enumerate(ordre)
                if (_le(autre) > _le(une) if apres else _le(autre) >= _le(une))
            ),
            len(ordre),
        )
        ordre.insert(rang, une)
    return ordre


def utiles(journal: list[Evenement]) -> list[Evenement]:
    """Return the events that still count: no loading of what was withdrawn since."""
    retraits = {
        (une["departement"], une["arrete"]): rang
        for rang, une in enumerate(journal)
        if une["type"] == "retrait"
    }
    return [
        une
        for rang, une in enumerate(journal)
        if une["type"] != "chargement"
        or rang > retraits.get((une["departement"], une["arrete"]), -1)
    ]


def _le(evenement: Evenement) -> str:
    return str(evenement.get("le", ""))
