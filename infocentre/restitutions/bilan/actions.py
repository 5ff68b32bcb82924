"""What follows from the figures: enjeux, difficultés, plan d'actions, relevé de décisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.lecture.indicateurs import saisies_tardives
from infocentre.lecture.livraisons import resume
from infocentre.lecture.tableaux import chiffre
from infocentre.mesures.lignes_tableaux import Attributions, Prioritaires
from infocentre.noyau.etats import DEPASSES, MAUVAIS, Etat
from infocentre.noyau.francais import (
    accord,
    citer,
    compter,
    denombrer,
    enumerer,
    evolution,
    minuscule,
    nombre,
    phrase,
    pourcentage,
    rapport,
)
from infocentre.noyau.temps import de_mois
from infocentre.restitutions.bilan.absences import NON_CALCULABLES
from infocentre.restitutions.bilan.commun import paragraphes, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.mouvements import comparer
from infocentre.restitutions.bilan.publics import EN_QPV, HORS_QPV, Cote, dire_doute, doutes
from infocentre.restitutions.bilan.qualite import (
    juges,
    persistances,
)
from infocentre.restitutions.bilan.releve import Valeur
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Liste,
    Mots,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.redaction import Contenu

ACTIONS = 10
NOMMES = 3
TABLEAUX = 6
REJETS = 0.001


@dataclass(frozen=True)
class Suites(Contenu):
    """What people wrote of the last copil's decisions."""

    modele = "bilan/suites.md"

    suites: Mots


def suites(ctx: Contexte) -> Section:
    """Return what became of the last copil's decisions, in people's words."""
    return Suites(ctx.mots("suites")).section()


def enjeux(ctx: Contexte) -> Section:
    """Return the key issues that the figures tell, then those that people see."""
    dits = [un for un in (_tension(ctx), *_objectifs(ctx), _fiabilite(ctx), _pires(ctx)) if un]
    blocs: list[Bloc] = [Liste(tuple(dits))] if dits else []
    attente = "Ce que le gestionnaire retient comme enjeux du semestre à venir."
    return Section("Enjeux-clés", (*blocs, ctx.mots("enjeux", attente)), page=True)


def difficultes(ctx: Contexte) -> Section:
    """Return the major difficulties: deliveries, what cannot be calculated, what persists."""
    dites = [
        un
        for un in (
            _livraison(ctx),
            _incalculables(ctx),
            _persistantes(ctx),
            _degradations(ctx),
            _tardives(ctx),
        )
        if un
    ]
    blocs: list[Bloc] = (
        [Liste(tuple(dites))]
        if dites
        else list(paragraphes("Les données ne signalent pas de difficulté majeure."))
    )
    attente = "Difficultés rencontrées : outils, moyens, partenaires, droit."
    return Section("Difficultés majeures", (*blocs, ctx.mots("difficultes", attente)))


# --- Enjeux ---------------------------------------------------------------------------------------


def _tension(ctx: Contexte) -> str:
    lu, passe = ctx.lire(Attributions), ctx.lire_avant(Attributions)
    ici = valeur(lu.ensemble, "demandes_pour_une_attribution")
    avant = valeur(passe.ensemble, "demandes_pour_une_attribution") if passe else None
    if ici is None:
        return ""
    actives, attributions = valeur(lu.ensemble, "demandes_actives"), valeur(lu.ensemble, "total")
    sens = evolution(ici, avant) if avant else ""
    comptes = (
        f" ({compter(actives, 'demande')} pour {compter(attributions, 'attribution')})"
        if actives is not None and attributions is not None
        else ""
    )
    suite = f", {sens} en un an" if sens and sens != "stable" else ""
    return phrase(f"**Tension** : {nombre(ici, 1)} demandes pour une attribution{comptes}{suite}")


def _objectifs(ctx: Contexte) -> list[str]:
    return [_prioritaires(ctx), *(_mixite(ctx, cote) for cote in (HORS_QPV, EN_QPV))]


def _prioritaires(ctx: Contexte) -> str:
    tout = ctx.lire(Prioritaires).ensemble
    n, d, objectif, part = (
        valeur(tout, nom)
        for nom in ("prioritaires", "attributions", "objectif", "part_prioritaires")
    )
    if n is None or not d or objectif is None or part is None:
        return ""
    etat = "atteint" if part >= objectif else "pas atteint"
    return phrase(
        f"**Ménages prioritaires** : {rapport(n, d, unite='attribution')}, objectif de "
        f"{pourcentage(objectif, 0)} {etat}"
    )


def _mixite(ctx: Contexte, cote: Cote) -> str:
    lu = ctx.lire(cote.de)
    dessous = [
        f"{une['libelle']} ({rapport(*(chiffre(une, nom) for nom in (cote.voulues, cote.total)))})"
        for une in lu.modalites
        if une["code"] != "NR"
        and valeur(une, cote.total)
        and (part := valeur(une, "part_du_total")) is not None
        and (objectif := valeur(une, "objectif")) is not None
        and part < objectif
    ]
    if not dessous:
        return ""
    vise = pourcentage(valeur(lu.ensemble, "objectif") or 0, 0)
    return phrase(
        f"**Égalité et citoyenneté, {minuscule(cote.titre)}** : sous l'objectif de {vise}, "
        f"{enumerer(dessous)}"
    )


def _fiabilite(ctx: Contexte) -> str:
    douteux = doutes(ctx)
    if not douteux:
        return ""
    dits = citer(
        [dire_doute(une) for une in douteux], NOMMES, "autre indicateur", "autres indicateurs"
    )
    return phrase(f"**Fiabilité des figures de politique publique** : {dits}").replace(
        "figures", "chiffres"
    )


def _pires(ctx: Contexte) -> str:
    pires = [une for une in juges(ctx.relever()) if une.etat in MAUVAIS]
    if not pires:
        return ""
    return phrase(
        f"**Qualité de l'enregistrement** : {enumerer([dire_doute(une) for une in pires[:NOMMES]])}"
    )


# --- Difficultés ----------------------------------------------------------------------------------


def _livraison(ctx: Contexte) -> str:
    e = ctx.edition
    une = e.v.version.publiee(e.departement, ctx.mois)
    if une is None:
        return ""
    dit = resume(e.v, une)
    if not dit["lues"] or dit["rejetees"] / dit["lues"] < REJETS:
        return ""
    return phrase(
        f"**Livraison** : {rapport(dit['rejetees'], dit['lues'], unite='ligne')} de la livraison "
        f"{de_mois(ctx.mois)} {accord(dit['rejetees'], 'a été rejetée', 'ont été rejetées')} à la "
        "réception"
    )


def _incalculables(ctx: Contexte) -> str:
    absents = [
        f"{une.tableau.code} ({minuscule(une.tableau.titre)})"
        for une in ctx.absences()
        if une.cause in NON_CALCULABLES
    ]
    codes = [
        une.un.libelle
        for une in ctx.relever().valeurs.values()
        if une.niveau == "departement" and une.etat == Etat.NON_CALCULABLE
    ]
    dits = []
    if absents:
        noms = citer(absents, TABLEAUX, "autre tableau", "autres tableaux")
        dits.append(f"tableaux non calculables : {noms}")
    if codes:
        dits.append(f"indicateurs non calculables : {enumerer([minuscule(un) for un in codes])}")
    return phrase(f"**Données non livrées ou illisibles** : {' ; '.join(dits)}") if dits else ""


def _persistantes(ctx: Contexte) -> str:
    trouvees = persistances(ctx)
    if not trouvees:
        return ""
    compte = Counter(une.ici.un.libelle for une in trouvees)
    concernes = len({une.organisme for une in trouvees})
    dits = [f"{minuscule(nom)} ({compter(n, 'organisme')})" for nom, n in compte.most_common()]
    return phrase(
        f"**Difficultés persistantes** : "
        f"{denombrer(concernes, 'organisme reste', 'organismes restent')} en rouge ou à traiter "
        f"d'un semestre à l'autre, surtout pour "
        f"{citer(dits, NOMMES, 'autre indicateur', 'autres indicateurs')}"
    )


def _degradations(ctx: Contexte) -> str:
    pires = [un for un in comparer(ctx).de("departement") if un.ecart > 0]
    dits = [
        f"{minuscule(un.ici.un.libelle)}, de {pourcentage(un.avant.taux or 0)} à "
        f"{pourcentage(un.ici.taux or 0)}"
        for un in pires[:NOMMES]
    ]
    return phrase(f"**Dégradations** : {enumerer(dits)}") if dits else ""


def _tardives(ctx: Contexte) -> str:
    e = ctx.edition
    codes = saisies_tardives(e.v, e.departement, ctx.mois)
    if not codes:
        return ""
    return phrase(
        f"**Saisies tardives** : une partie des actes {de_mois(ctx.mois)} n'est "
        "probablement pas encore entrée dans le SNE ; les chiffres sur 12 mois en souffrent moins"
    )


# --- Plan d'actions and decisions -----------------------------------------------------------------


def plan(ctx: Contexte) -> Section:
    """Return the actions that the indicators call for, with room for who and when."""
    lignes = _actions(ctx)
    blocs: list[Bloc] = [
        Paragraphe(
            "Propositions tirées des indicateurs du département qui dépassent un seuil ; le "
            "comité de pilotage les retient, les complète et fixe les échéances."
        )
    ]
    if lignes:
        blocs.append(
            Tableau(
                "plan",
                "Plan d'actions proposé",
                (
                    Colonne("Constat"),
                    Colonne("Taux", "taux"),
                    Colonne("Action proposée"),
                    Colonne("Organismes concernés"),
                    Colonne("Échéance"),
                ),
                tuple(lignes),
                "Les organismes nommés sont en rouge ou à traiter.",
                ctx.source("indicateurs"),
            )
        )
    attente = "Actions décidées en dehors des indicateurs : formations, conventions, outils."
    return Section("Plan d'actions", (*blocs, ctx.mots("plan-actions", attente)), page=True)


def a_reprendre(ctx: Contexte) -> list[Valeur]:
    """Return the values of the département over a threshold, the worst first."""
    pires = [une for une in juges(ctx.relever()) if une.etat in DEPASSES]
    return sorted(pires, key=lambda une: (DEPASSES.index(Etat(une.etat)), une.un.ordre))


def _actions(ctx: Contexte) -> Sequence[tuple[Cellule, ...]]:
    return [
        (
            Cellule(une.un.libelle),
            une.cellule(),
            Cellule(f"{une.un.mots.titre}. {une.un.conseil}"),
            Cellule(_concernes(ctx, une.un.code)),
            Cellule("à fixer"),
        )
        for une in a_reprendre(ctx)[:ACTIONS]
    ]


def _concernes(ctx: Contexte, code: str) -> str:
    """Name the organismes that are rouge or à traiter, three at most."""
    noms = ctx.noms_organismes
    pires = [
        une
        for une in ctx.relever().valeurs.values()
        if une.un.code == code and une.niveau == "organisme" and une.etat in MAUVAIS
    ]
    pires.sort(key=lambda une: (-(une.d or 0), une.cle))
    vus = [une for une in pires if ctx.organismes is None or une.cle in ctx.organismes]
    if not vus:
        return "tous" if not pires else compter(len(pires), "organisme")
    return citer([noms.get(une.cle, une.cle) for une in vus], NOMMES, "autre", "autres")


@dataclass(frozen=True)
class ReleveDecisions(Contenu):
    """Nothing is known of it before the meeting."""

    modele = "bilan/releve.md"


def releve(_: Contexte) -> Section:
    """Return the record of decisions, to be filled in during the meeting."""
    return ReleveDecisions().section()
