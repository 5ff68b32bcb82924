"""Where a degradation of the département comes from: which organisme, by its part of the movement.

What is told of an organisme is told only where both its values of the bilan may be shared, and
those of the département: a part and a whole would tell the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.lecture.commun import registre
from infocentre.lecture.decomposition import (
    Explication,
    Recit,
    dire_mouvement,
    expliquer_mouvement,
    regrouper,
)
from infocentre.mesures.decomposition import Compte
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.mouvements import Mouvement
from infocentre.restitutions.bilan.releve import Valeur


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a movement comes from; `recit` is None where the secret keeps it."""

    mouvement: Mouvement
    recit: Recit | None


def provenances(ctx: Contexte, faits: Sequence[Mouvement]) -> tuple[Provenance, ...]:
    """Return where movements of the département come from, in their order.

    Nothing is told in a document that shows some organismes only, nor of a count of a semester.
    """
    if ctx.organismes is not None:
        return ()
    return tuple(trouvee for un in faits if not un.semestre and (trouvee := _provenance(ctx, un)))


def _provenance(ctx: Contexte, un: Mouvement) -> Provenance | None:
    e, mois = ctx.edition, (ctx.mois_avant, ctx.mois)
    lue = expliquer_mouvement(e.v, e.departement, un.ici.un.code, mois)
    if lue is None or not _meme_mouvement(lue, un):
        return None
    organismes = {
        une["guichet"]: une["organisme"]
        for un_mois in mois
        for une in registre(e.v, e.departement, un_mois)
    }
    recit = dire_mouvement(regrouper(lue, organismes), ctx.noms_organismes)
    return Provenance(un, recit if _partageable(ctx, un, recit) else None)


def _meme_mouvement(lue: Explication, un: Mouvement) -> bool:
    """Tell whether guichets add up to what the bilan tells of the département."""
    return (lue.avant, lue.apres) == (_compte(un.avant), _compte(un.ici))


def _compte(une: Valeur) -> Compte:
    return Compte(une.n or 0, une.d or 0)


def _partageable(ctx: Contexte, un: Mouvement, recit: Recit) -> bool:
    """Tell whether all that the sentence names and counts may be shared."""
    if un.masque:
        return False
    cites = [source for source in (*recit.premieres, recit.contraire) if source and source.part]
    for source in cites:
        cle = source.part.guichet if source.part else ""
        for mois in (ctx.mois_avant, ctx.mois):
            valeur = ctx.relever(mois)(un.ici.un.code, "organisme", cle)
            if valeur is None or valeur.masquee or not valeur.d:
                return False
    return True
