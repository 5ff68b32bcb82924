"""Mesures correctives: what was asked of organismes in the semester, and what it changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from infocentre.affaires import Affaire
from infocentre.catalogue.familles import famille
from infocentre.lecture.effets import Bilan, bilan_des_mesures, dire_effet
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.effets import Effet
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import bornes
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Section
from infocentre.restitutions.redaction import Contenu


@dataclass(frozen=True, slots=True)
class Nommee:
    """An organisme of whom something was formally asked: of what, on which days, how it ended.

    `issue` is '' while it is not closed.
    """

    nom: str
    titre: str
    formalisee_le: dt.date | None
    soumise_le: dt.date | None
    issue: str


@dataclass(frozen=True)
class Mesures(Contenu):
    """What was done, who may be named of it (step 2 and on), what it changed ('': not told)."""

    modele = "bilan/mesures.md"

    fait: Bilan
    nommees: tuple[Nommee, ...]
    effet: str


def sections(ctx: Contexte) -> tuple[Section, ...]:
    """Return the section, none when nothing was asked by the month, nor for partners."""
    e = ctx.edition
    if ctx.organismes is not None or not ctx.comite:
        return ()
    fait = bilan_des_mesures(e.v, e.departement, bornes(ctx.semestre)[0], ctx.mois)
    if fait is None:
        return ()
    comptes = not ctx.partage or (
        isinstance(fait.effet, Effet) and fait.effet.observees >= seuil_secret(e.v)
    )
    # The effect is that of guichets, of which a reader of a part has not the figures.
    effet = "" if e.v.p.partiel else dire_effet(fait.effet, comptes=comptes)
    nommees = [_nommer(une, ctx) for une in fait.nommables]
    return (
        Mesures(
            fait,
            tuple(sorted(nommees, key=lambda une: (clef_de_tri(une.nom), une.titre))),
            effet,
        ).section(),
    )


def _nommer(une: Affaire, ctx: Contexte) -> Nommee:
    """Tell of an affaire what happened by the end of the month: later editions say the same."""
    jours = {une.compte(un): un for un in une.situation.evenements if un.jour <= ctx.arrete}
    formalisee, soumise, close = (jours.get(nom) for nom in ("formalisees", "soumises", "closes"))
    return Nommee(
        ctx.noms_organismes.get(une.objet, une.objet),
        famille(une.sujet).titre,
        formalisee.jour if formalisee else None,
        soumise.jour if soumise else None,
        une.situation.procedure.regle(close.nom).donnees["issue"].choix[close.donnees["issue"]]
        if close
        else "",
    )
