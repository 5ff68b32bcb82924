"""Chiffres-clés, what is to be remembered, and the gestionnaire's faits marquants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infocentre.lecture.demarches import Demarche
from infocentre.lecture.effets import Bilan
from infocentre.lecture.guichets import Changement, mouvements
from infocentre.lecture.radiations import SansPreavis
from infocentre.lecture.tableaux import LigneTableau
from infocentre.mesures.declarations import Role
from infocentre.noyau.temps import bornes, nom_semestre
from infocentre.restitutions.bilan import mesures
from infocentre.restitutions.bilan.absences import NON_CALCULABLES
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.faits import EnRouge, chutes, connues, en_rouge
from infocentre.restitutions.bilan.flux import Semestre, du_semestre
from infocentre.restitutions.bilan.mouvements import Mouvement, comparer, progres
from infocentre.restitutions.bilan.qualite import juges, mauvais
from infocentre.restitutions.bilan.releve import Valeur
from infocentre.restitutions.bilan.semestre import SixMois, incidents, juger, preavis
from infocentre.restitutions.document import Mots, Origine, Section
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import origine

# What is put forward: name in the template, role of its table, row, column, window.
_CLES: Mapping[str, tuple[Role, str, str, str]] = {
    "actives": ("evolution", "ACTIVES", "total", "arrete"),
    "depots": ("depots", "*", "total", ""),
    "attributions": ("attributions", "*", "total", ""),
    "tension": ("attributions", "*", "demandes_pour_une_attribution", ""),
    "tension_hors": ("attributions", "*", "demandes_pour_une_attribution_hors_mutation", ""),
    "delai": ("delais", "*", "delai_median_mois", ""),
    "anciennete": ("anciennete", "*", "anciennete_mediane_mois", ""),
    "prioritaires": ("prioritaires", "*", "part_prioritaires", ""),
    "mixite": ("mixite_hors_qpv", "*", "part_du_total", ""),
}


@dataclass(frozen=True, slots=True)
class Cle:
    """A key figure, a year before, where it is read; the row that it stands in."""

    ici: float | None
    avant: float | None
    origine: Origine | None
    ligne: LigneTableau

    def __call__(self, nom: str) -> float | None:
        """Return another figure of its row, None when it is masked or missing."""
        return valeur(self.ligne, nom)


@dataclass(frozen=True)
class Essentiel(Contenu):
    """Key figures, who stays in red, what moved and what was asked; `court`: the figures only.

    `effet` is '' where it is not told; `connue_le`: the day until which affaires are told, None for
    what is known when it is printed.
    """

    modele = "bilan/essentiel.md"

    court: bool
    provisoire: str
    arrete: dt.date
    arrete_avant: dt.date
    compare: bool
    flux_compares: bool
    cle: Mapping[str, Cle]
    flux: Semestre | None
    juges: int
    rouges: Sequence[Valeur]
    chiffres: bool
    en_rouge: Sequence[EnRouge]
    pires: Sequence[Mouvement]
    pires_lieux: Sequence[Mouvement]
    mieux: Sequence[Mouvement]
    mieux_lieux: Sequence[Mouvement]
    incidents: Sequence[tuple[SixMois, SansPreavis | None]]
    mesures: Bilan | None
    effet: str
    a_decider: Sequence[Demarche]
    connue_le: dt.date | None
    registre: Sequence[Changement]
    incomplet: bool
    marquants: Mots | None


def chapitre(ctx: Contexte, *, court: bool = False) -> Section:
    """Return the page that says most; only its key figures when `court`."""
    faits, rouges = comparer(ctx), en_rouge(ctx)
    durables = {un.organisme for un in rouges}
    lieux = [un for un in faits.de("organisme") if un.marquant]
    tombes = chutes(ctx, [*faits.pires("departement"), *(un for un in lieux if un.pire)], rouges)
    gains = progres(ctx, [*faits.mieux("departement"), *(un for un in lieux if not un.pire)])
    fait, effet = mesures.fait(ctx)
    return Essentiel(
        court=court,
        provisoire=ctx.edition.provisoire,
        arrete=ctx.arrete,
        arrete_avant=ctx.arrete_avant,
        compare=ctx.compare,
        flux_compares=not court and du_semestre(ctx).compare,
        cle=cles(ctx),
        flux=_flux(ctx),
        juges=len(juges(juger(ctx))),
        rouges=mauvais(ctx),
        chiffres=ctx.organismes is None,
        en_rouge=rouges,
        pires=[un for un in tombes if un.ici.niveau == "departement"],
        pires_lieux=[un for un in tombes if un.ici.niveau == "organisme"],
        mieux=[un for un in gains if un.ici.niveau == "departement"],
        mieux_lieux=[
            un for un in gains if un.ici.niveau == "organisme" and un.ici.cle not in durables
        ],
        incidents=[(un, preavis(ctx, un)) for un in incidents(ctx) if un.fini],
        mesures=fait,
        effet=effet,
        a_decider=[une for une in connues(ctx) if une.saisie],
        connue_le=ctx.edition.connue_le,
        registre=_registre(ctx),
        incomplet=any(une.cause in NON_CALCULABLES for une in ctx.absences()),
        marquants=ctx.mots("faits-marquants"),
    ).section()


def cles(ctx: Contexte) -> Mapping[str, Cle]:
    """Return what is put forward, by its name in a template."""
    return {nom: _lire(ctx, *lieu) for nom, lieu in _CLES.items()}


def _lire(ctx: Contexte, role: Role, code: str, colonne: str, fenetre: str) -> Cle:
    lu = ctx.lire(role)
    une = ligne(lu, code, fenetre)
    ici = valeur(une, colonne)
    avant = valeur(ligne(ctx.lire_avant(role), code, fenetre), colonne)
    return Cle(ici, avant, None if ici is None else origine(lu, une, colonne), une)


def _flux(ctx: Contexte) -> Semestre | None:
    """Return the flows of the semester, None while it is under way."""
    flux = du_semestre(ctx)
    return flux if flux.nom == nom_semestre(ctx.semestre) else None


def _registre(ctx: Contexte) -> list[Changement]:
    """Return what changed in the register over the semester, the oldest first.

    Nothing in what partners have in common: no guichet is named there.
    """
    if ctx.organismes is not None:
        return []
    debut, _ = bornes(ctx.semestre)
    tous = mouvements(ctx.edition.v, ctx.edition.filtres)
    return sorted((un for un in tous if un["mois"] >= debut), key=lambda un: un["mois"])
