"""What a bilan puts first: who stays in red, what fell, what was asked; each organisme once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.lecture.demarches import Demarche, a_taire, demarches, ecrites_depuis, reconnues
from infocentre.lecture.radiations import les_compte
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.mouvements import Mouvement, sans_doublons
from infocentre.restitutions.bilan.qualite import Persistance, persistances
from infocentre.restitutions.bilan.releve import Valeur
from infocentre.restitutions.bilan.semestre import preavis


@dataclass(frozen=True, slots=True)
class EnRouge:
    """An organisme in red from a semester to the next, for its worst; what was asked of it.

    `demarche` is None when nothing was, or when it may not be told; `jamais`: nobody wrote to it.
    """

    nom: str
    organisme: str
    pire: Valeur
    autres: int
    demarche: Demarche | None
    jamais: bool


def connues(ctx: Contexte) -> tuple[Demarche, ...]:
    """Return what was asked of organismes as the edition knows it; nothing for partners."""
    e = ctx.edition
    if ctx.organismes is not None or not ctx.comite:
        return ()
    return demarches(e.v, e.departement, ctx.mois, e.connue_le)


def en_rouge(ctx: Contexte) -> list[EnRouge]:
    """Return who stays in red, once each: what is illegal first, then by number of cases."""
    par_organisme: dict[str, list[Persistance]] = {}
    for une in persistances(ctx):
        par_organisme.setdefault(une.organisme, []).append(une)
    dites, tus = connues(ctx), a_taire(connues(ctx))
    comite = ctx.comite and ctx.organismes is None
    trouves = []
    for organisme, siennes in par_organisme.items():
        siennes.sort(key=_gravite)
        pire = siennes[0].ici
        demarche = _sienne(dites, organisme, pire.un.famille)
        trouves.append(
            EnRouge(
                siennes[0].nom,
                organisme,
                pire,
                len(siennes) - 1,
                demarche,
                jamais=comite
                and demarche is None
                and organisme not in tus
                and not ecrites_depuis(dites, organisme, pire.un.famille, ctx.mois_avant),
            )
        )
    return sorted(trouves, key=lambda un: _rang(un.pire))


def _gravite(une: Persistance) -> tuple[bool, int, int]:
    return _rang(une.ici)


def _rang(une: Valeur) -> tuple[bool, int, int]:
    """Rank what is illegal first, then by cases that are shown, in the catalogue's order."""
    return not une.un.tolerance_zero, 0 if une.masquee else -(une.n or 0), une.un.ordre


def _sienne(dites: Sequence[Demarche], organisme: str, famille: str) -> Demarche | None:
    """Return what was asked of an organisme that may be told, nothing of what is only closed."""
    justes = reconnues(tuple(dites))
    siennes = [
        une
        for une in dites
        if (une.organisme, une.famille) == (organisme, famille)
        and ((une.nommable and not une.finie) or (une.reconnue and (organisme, famille) in justes))
    ]
    return siennes[-1] if siennes else None


def chutes(ctx: Contexte, pires: Sequence[Mouvement], rouges: Sequence[EnRouge]) -> list[Mouvement]:
    """Return the falls that are not told otherwise: of who stays in red, nor of what is over.

    The movement of all, or of a type, is that of the organisme that is named for the same.
    """
    deja = {un.organisme for un in rouges}
    gardees = [un for un in pires if un.ici.niveau != "organisme" or un.ici.cle not in deja]
    return sans_doublons([un for un in gardees if not _conte(ctx, un)])


def _conte(ctx: Contexte, un: Mouvement) -> bool:
    """Tell whether a movement is that of radiations that are told whole."""
    return les_compte(un.ici.un) and preavis(ctx) is not None
