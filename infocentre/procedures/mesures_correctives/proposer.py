"""What a month proposes becomes affaires, which a person accepts, merges or sets aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.registre import MESURES
from infocentre.demarches.regles import regles_de
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives.propositions import (
    Proposition,
    a_ouvrir,
    figer,
    propositions,
)


def proposer(v: Lecture, registre: Affaires, departement: str, mois: str) -> list[Affaire]:
    """Open what a month proposes, refresh what waits for a decision; return what changed.

    Run twice, it does nothing the second time. A relapse of what was closed « corrigé » reopens it.
    """
    changees = [
        ouvrir(v, registre, une) for une in a_ouvrir(v, departement, mois, registre.aujourdhui)
    ]
    changees += [
        registre.agir(autre.id, "actualiser", _dire(une), constats_=figer(v, une))
        for une in propositions(v, departement, mois)
        for autre in une.avant
        if autre.etat in {"a_proposer", "propose"} and _plus_ancienne(autre, mois)
    ]
    for code in procedures():  # an estimate takes the place of a raw rate that waits
        changees += regles_de(code).proposer_mesures(v, registre, departement, mois)
    return changees


def ouvrir(v: Lecture, registre: Affaires, une: Proposition) -> Affaire:
    """Open the affaire of a proposition, or open again the one of which it is a relapse."""
    constats = figer(v, une)
    for close in reversed(une.avant):
        if close.etat == "clos":
            try:
                return registre.agir(close.id, "rouvrir", _dire(une), constats_=constats)
            except Refus:  # not put right, or too long ago: another affaire
                break
    return registre.ouvrir(
        procedures()[MESURES],
        une.departement,
        une.organisme,
        une.sujet,
        _dire(une),
        constats_=constats,
        seule=True,
    )


def _dire(une: Proposition) -> Mapping[str, Any]:
    return {"mois": une.mois, "motif": une.motif}


def _plus_ancienne(une: Affaire, mois: str) -> bool:
    dit = une.situation.dernier("proposer", "actualiser", "rouvrir")
    return bool(dit and dit.donnees["mois"] < mois)


def fusionner(registre: Affaires, de: str, avec: str) -> Affaire:
    """Merge what an affaire would say into another of the same organisme; return the other."""
    une, autre = registre.lire(de), registre.lire(avec)
    if une.id == autre.id or (une.departement, une.objet) != (autre.departement, autre.objet):
        raise Refus(
            f"les affaires {une.id} et {autre.id} ne sont pas deux affaires d'un même organisme",
            que_faire="Fusionner avec une autre affaire de cet organisme.",
        )
    constats = registre.constats(une.constats)
    # The other one first: if it cannot take them, nothing is lost.
    reprise = registre.agir(autre.id, "absorber", {"de": une.id}, constats_=constats)
    registre.agir(une.id, "fusionner", {"avec": autre.id})
    return reprise
