"""What follows from the figures: enjeux, difficultés, plan d'actions, relevé de décisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.catalogue import Indicateur
from infocentre.lecture.demarches import RECONNUE, reconnues
from infocentre.lecture.indicateurs import saisies_tardives
from infocentre.lecture.livraisons import resume
from infocentre.lecture.radiations import SansPreavis
from infocentre.mesures.lignes_tableaux import (
    Attributions,
    FormeMixite,
    MixiteEnQpv,
    MixiteHorsQpv,
    Prioritaires,
)
from infocentre.mesures.tableaux import Tableau as TableauStandard
from infocentre.noyau.etats import DEPASSES, MAUVAIS, Etat
from infocentre.noyau.francais import citer, clef_de_tri, compter
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.absences import NON_CALCULABLES
from infocentre.restitutions.bilan.commun import valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.faits import chutes, connues
from infocentre.restitutions.bilan.mesures import plans
from infocentre.restitutions.bilan.mouvements import Mouvement, comparer
from infocentre.restitutions.bilan.publics import doutes
from infocentre.restitutions.bilan.qualite import juges, mauvais, par_organisme, persistances
from infocentre.restitutions.bilan.releve import Valeur
from infocentre.restitutions.bilan.semestre import SixMois, juger, preavis, six_mois
from infocentre.restitutions.document import Cellule, Mots, Section, Tableau
from infocentre.restitutions.redaction import Contenu

ACTIONS = 10
NOMMES = 3
REJETS = 0.001


@dataclass(frozen=True)
class Suites(Contenu):
    """What people wrote of the last copil's decisions."""

    modele = "bilan/suites.md"

    suites: Mots | None


def suites(ctx: Contexte) -> Section | None:
    """Return what became of the last copil's decisions, in people's words; None for none."""
    ecrites = ctx.mots("suites")
    return Suites(ecrites).section() if ecrites else None


@dataclass(frozen=True)
class Commentaire(Contenu):
    """What people wrote: why the figures moved, what is at stake, what was difficult."""

    modele = "bilan/commentaire.md"

    pourquoi: Mots | None
    enjeux: Mots | None
    difficultes: Mots | None


def commentaire(ctx: Contexte) -> Section | None:
    """Return the comment of the gestionnaire; None when nothing is written."""
    ecrits = [ctx.mots(cle) for cle in ("commentaire", "enjeux", "difficultes")]
    return Commentaire(*ecrits).section() if any(ecrits) else None


# --- Enjeux ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """Attributions to a public out of all, and the objective; None where it cannot be told."""

    nom: str
    n: float | None
    d: float | None
    objectif: float | None

    @property
    def dessous(self) -> bool:
        """Tell whether the objective is not reached."""
        if self.n is None or not self.d or self.objectif is None:
            return False
        return self.n / self.d < self.objectif


@dataclass(frozen=True)
class Enjeux(Contenu):
    """What is at stake: tension, objectives that are not reached, what worsened, what is bad."""

    modele = "bilan/enjeux.md"

    tension: float | None
    tension_avant: float | None
    actives: float | None
    attributions: float | None
    prioritaires: Part
    hors_qpv: Sequence[Part]
    en_qpv: Sequence[Part]
    pires: Sequence[Mouvement]
    pires_lieux: Sequence[Mouvement]
    rouges: Sequence[Valeur]
    doutes: Sequence[Valeur]
    mots: Mots | None


def enjeux(ctx: Contexte) -> Section:
    """Return the key issues that the figures tell, then those that people see."""
    lu, passe = ctx.lire(Attributions), ctx.lire_avant(Attributions)
    tout = ctx.lire(Prioritaires).ensemble
    pires, lieux = _degradations(ctx)
    colonne = "demandes_pour_une_attribution"
    return Enjeux(
        tension=valeur(lu.ensemble, colonne),
        tension_avant=valeur(passe.ensemble, colonne) if passe else None,
        actives=valeur(lu.ensemble, "demandes_actives"),
        attributions=valeur(lu.ensemble, "total"),
        prioritaires=Part(
            "",
            valeur(tout, "prioritaires"),
            valeur(tout, "attributions"),
            valeur(tout, "objectif"),
        ),
        hors_qpv=_parts(ctx, MixiteHorsQpv, "premier_quartile_ou_anru", "attributions_hors_qpv"),
        en_qpv=_parts(ctx, MixiteEnQpv, "quartiles_2_a_4", "attributions_en_qpv"),
        pires=pires,
        pires_lieux=lieux,
        rouges=mauvais(ctx),
        doutes=[une for une in doutes(ctx) if une.un not in {un.un for un in mauvais(ctx)}],
        mots=ctx.mots("enjeux"),
    ).section()


def _parts(ctx: Contexte, de: type[FormeMixite], voulues: str, total: str) -> list[Part]:
    """Return the EPCI that are under the objective."""
    parts = [
        Part(une["libelle"], valeur(une, voulues), valeur(une, total), valeur(une, "objectif"))
        for une in ctx.lire(de).modalites
        if une["code"] != "NR"
    ]
    return [un for un in parts if un.dessous]


def _degradations(ctx: Contexte) -> tuple[list[Mouvement], list[Mouvement]]:
    """Return what worsened in the département, then the organismes that did so for certain."""
    faits = comparer(ctx)
    lieux = [un for un in faits.pires("organisme") if un.marquant]
    tombes = chutes(ctx, [*faits.pires("departement"), *lieux], ())
    return [un for un in tombes if un not in lieux], lieux


# --- Difficultés ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difficultes(Contenu):
    """What went wrong: the delivery, what cannot be calculated, what persists, what worsened."""

    modele = "bilan/difficultes.md"

    mois: str
    lues: int
    rejetees: int
    incalculables: Sequence[TableauStandard]
    illisibles: Sequence[Indicateur]
    persistants: Sequence[tuple[str, Sequence[Indicateur]]]
    pires: Sequence[Mouvement]
    pires_lieux: Sequence[Mouvement]
    incidents: Sequence[tuple[SixMois, SansPreavis | None]]
    manquants: Sequence[str]
    tardives: bool
    mots: Mots | None


def difficultes(ctx: Contexte) -> Section:
    """Return the major difficulties, then those that people met."""
    e = ctx.edition
    pires, lieux = _degradations(ctx)
    lues, rejetees = _livraison(ctx)
    siens = six_mois(ctx)
    return Difficultes(
        mois=ctx.mois,
        lues=lues,
        rejetees=rejetees if rejetees >= REJETS * lues else 0,
        incalculables=[une.tableau for une in ctx.absences() if une.cause in NON_CALCULABLES],
        illisibles=[
            une.un
            for une in ctx.relever().valeurs.values()
            if une.niveau == "departement" and une.etat == Etat.NON_CALCULABLE
        ],
        persistants=par_organisme(persistances(ctx)),
        pires=pires,
        pires_lieux=lieux,
        incidents=[(un, preavis(ctx, un)) for un in siens if un.touches],
        manquants=siens[0].manquants if siens else (),
        tardives=bool(saisies_tardives(e.v, e.departement, ctx.mois)),
        mots=ctx.mots("difficultes"),
    ).section()


def _livraison(ctx: Contexte) -> tuple[int, int]:
    """Return how many lines of the month's delivery were read, and rejected."""
    une = ctx.edition.v.version.publiee(ctx.edition.departement, ctx.mois)
    dit = resume(ctx.edition.v, une) if une else None
    return (dit["lues"], dit["rejetees"]) if dit else (0, 0)


# --- Plan d'actions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan(Contenu):
    """What is proposed for each indicator of the département over a threshold, the worst first.

    `engages`: what organismes promised, of those that may be named; `sans_nom`: the other plans.
    """

    modele = "bilan/plan.md"

    table: Tableau | None
    montrees: int
    autres: Sequence[Indicateur]
    engages: Tableau | None
    sans_nom: int
    mots: Mots | None


def plan(ctx: Contexte) -> Section:
    """Return what is proposed, indicator by indicator, then what people decided besides."""
    tous = a_reprendre(ctx)
    lignes = tuple(_action(ctx, une) for une in tous[:ACTIONS])
    colonnes = entetes.colonnes("plan", "constat", "taux", "action", "organismes", "suite")
    table = Tableau("plan", "plan", colonnes, lignes, source=ctx.source("indicateurs"))
    return Plan(
        table if lignes else None,
        len(lignes),
        [une.un for une in tous[ACTIONS:]],
        *plans(ctx),
        ctx.mots("plan-actions"),
    ).section()


def a_reprendre(ctx: Contexte) -> list[Valeur]:
    """Return the values of the département over a threshold: the worst, then what worsened."""
    pires = {un.ici.un.code for un in comparer(ctx).pires("departement")}
    depassent = [une for une in juges(juger(ctx)) if une.etat in DEPASSES]
    return sorted(
        depassent,
        key=lambda une: (
            une.etat not in MAUVAIS,
            une.un.code not in pires,
            une.un.ordre,
        ),
    )


def _action(ctx: Contexte, une: Valeur) -> tuple[Cellule, ...]:
    return (
        Cellule(une.un.libelle),
        une.cellule(),
        Cellule(f"{une.un.mots.titre}. {une.un.conseil}"),
        Cellule(_concernes(ctx, une.un)),
        Cellule("Gestionnaire, à fixer" if une.un.imputable == "gestionnaire" else "À fixer"),
    )


def _concernes(ctx: Contexte, un: Indicateur) -> str:
    """Name the organismes that are rouge or à traiter, three at most."""
    if un.imputable == "gestionnaire":
        return ""
    noms = ctx.noms_organismes
    pires = [
        une
        for une in juger(ctx).valeurs.values()
        if une.un.code == un.code and une.niveau == "organisme" and une.etat in MAUVAIS
    ]
    pires.sort(key=lambda une: (-(0 if une.masquee else une.d or 0), une.cle))
    vus = [une for une in pires if ctx.organismes is None or une.cle in ctx.organismes]
    if not vus:
        return "Tous" if not pires else compter(len(pires), "organisme")
    justes = {cle for cle, famille in reconnues(connues(ctx)) if famille == un.famille}
    nommes = sorted(
        (
            noms.get(une.cle, une.cle) + (f" ({RECONNUE})" if une.cle in justes else "")
            for une in vus[:NOMMES]
        ),
        key=clef_de_tri,
    )
    return citer([*nommes, *(une.cle for une in vus[NOMMES:])], NOMMES, "autre", "autres")


@dataclass(frozen=True)
class ReleveDecisions(Contenu):
    """Nothing is known of it before the meeting."""

    modele = "bilan/releve.md"


def releve(_: Contexte) -> Section:
    """Return the record of decisions, to be filled in during the meeting."""
    return ReleveDecisions().section()
