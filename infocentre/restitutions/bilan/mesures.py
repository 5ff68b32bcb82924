"""Mesures correctives: what was asked of organismes in the semester, and what it changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from infocentre.lecture.demarches import Demarche, demarches
from infocentre.lecture.effets import Bilan, bilan_des_mesures, dire_effet
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.effets import Effet
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import bornes
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.demarches import dire
from infocentre.restitutions.document import Cellule, Section, Tableau
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True)
class Mesures(Contenu):
    """What was done, who may be named of it (step 2 and on), what it changed ('': not told)."""

    modele = "bilan/mesures.md"

    fait: Bilan
    nommees: tuple[Demarche, ...]
    effet: str


def fait(ctx: Contexte) -> tuple[Bilan | None, str]:
    """Return what was done in the semester and its effect ('': not told), nothing to partners."""
    e = ctx.edition
    if ctx.organismes is not None or not ctx.comite:
        return None, ""
    fait = bilan_des_mesures(e.v, e.departement, bornes(ctx.semestre)[0], ctx.mois, e.connue_le)
    if fait is None:
        return None, ""
    comptes = not ctx.partage or (
        isinstance(fait.effet, Effet) and fait.effet.observees >= seuil_secret(e.v)
    )
    # The effect is that of guichets, of which a reader of a part has not the figures.
    return fait, "" if e.v.p.partiel else dire_effet(fait.effet, comptes=comptes)


def sections(ctx: Contexte) -> tuple[Section, ...]:
    """Return the section, none when nothing was asked by the month, nor for partners."""
    dit, effet = fait(ctx)
    if dit is None:
        return ()
    nommees = tuple(une for une in _du_semestre(ctx) if une.nommable)
    return (Mesures(dit, nommees, effet).section(),)


def _du_semestre(ctx: Contexte) -> list[Demarche]:
    """Return what was under way in the semester, by the name of the organisme."""
    e, debut = ctx.edition, dt.date.fromisoformat(f"{bornes(ctx.semestre)[0]}-01")
    siennes = [
        une
        for une in demarches(e.v, e.departement, ctx.mois, e.connue_le)
        if not une.finie or max(une.actes.values()) >= debut
    ]
    return sorted(siennes, key=lambda une: (clef_de_tri(une.nom), une.titre))


def plans(ctx: Contexte) -> tuple[Tableau | None, int]:
    """Return the plans of who may be named, action by action, and how many others have one.

    Nothing is told where measures are not.
    """
    if fait(ctx)[0] is None:
        return None, 0
    tous = [une for une in _du_semestre(ctx) if une.plan]
    lignes = tuple(
        (
            Cellule(une.nom),
            Cellule(une.titre),
            Cellule(action),
            Cellule(pour_le),
            Cellule(dire(une, "tenue")),
        )
        for une in tous
        if une.nommable
        for action, pour_le in une.promesses
    )
    colonnes = entetes.colonnes("plans", "organisme", "objet", "action", "pour_le", "tenue")
    table = Tableau("plans", "", colonnes, lignes, entetes=2).ou_rien
    return table, sum(not une.nommable for une in tous)
