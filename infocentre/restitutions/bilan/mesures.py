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
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Section
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
    e, debut = ctx.edition, dt.date.fromisoformat(f"{bornes(ctx.semestre)[0]}-01")
    nommees = [
        une
        for une in demarches(e.v, e.departement, ctx.mois, e.connue_le)
        if une.nommable and (not une.finie or max(une.actes.values()) >= debut)
    ]
    nommees.sort(key=lambda une: (clef_de_tri(une.nom), une.titre))
    return (Mesures(dit, tuple(nommees), effet).section(),)
