"""The compte rendu semestriel de mission: what the gestionnaire did, as the infocentre knows it.

Deliveries, controls, anomalies opened and closed, revisions, register; places for the rest, which
people write in mots/<semestre>/mission-*.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from infocentre.acces.politique import LECTEURS
from infocentre.catalogue import Indicateur
from infocentre.catalogue.remedes import CORRIGEE
from infocentre.entrepot import Livraison
from infocentre.lecture.commun import mois_controles, valeurs
from infocentre.lecture.effets import Bilan, bilan_des_mesures, dire_effet
from infocentre.lecture.guichets import Changement, compter_guichets, guichets, mouvements
from infocentre.lecture.indicateurs import catalogue_du_mois, mesure
from infocentre.lecture.livraisons import passages, resume
from infocentre.mesures import CAUSES
from infocentre.noyau.francais import du_departement
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.temps import bornes, mois_avant, nom_mois, semestre_du_mois
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Document, Mots, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.mots import lire as lire_mots
from infocentre.restitutions.redaction import Contenu

MOIS = 6
# What was opened and closed in the semester, and opened in the one before, by indicator.
_SUIVI = """
SELECT code,
    count(*) FILTER (premier_mois BETWEEN $debut AND $fin)::INT AS ouvertes,
    count(*) FILTER (premier_mois BETWEEN $debut_avant AND $fin_avant)::INT AS ouvertes_avant,
    count(*) FILTER (mois_cloture BETWEEN $debut AND $fin AND motif_cloture = '{corrigee}')::INT
        AS corrigees,
    count(*) FILTER (mois_cloture BETWEEN $debut AND $fin AND motif_cloture <> '{corrigee}')::INT
        AS sorties
FROM {suivi} JOIN regles USING (code)
WHERE imputable <> '{personne}'
GROUP BY code
"""


class _Suivies(TypedDict):
    code: str
    ouvertes: int
    ouvertes_avant: int
    corrigees: int
    sorties: int


@dataclass(frozen=True, slots=True)
class _Vies:
    """What became of the anomalies of an indicator; `restent`: those of its list at the arrêté."""

    un: Indicateur
    ouvertes: int
    ouvertes_avant: int
    corrigees: int
    sorties: int
    restent: int


@dataclass(frozen=True)
class CompteRendu(Contenu):
    """What was done in a semester; tables None when there is nothing to say.

    `a_corriger` counts what can be put right and is not yet, as every document does; `constats` are
    the past facts of the semester, that nobody can correct. `constats_avant`: those of as many
    months before, None when one of them is not known. Reasons of refusal end without a stop.
    """

    modele = "mission/compte_rendu.md"

    controlees: int
    attendues: int
    lues: int
    indicateurs: int
    guichets: int
    livraisons: Tableau
    remplacees: int
    refus: tuple[str, ...]
    ouvertes: int
    corrigees: int
    sorties: int
    a_corriger: int
    constats: int
    constats_avant: int | None
    table_a_corriger: Tableau | None
    table_constats: Tableau | None
    revisions: Tableau | None
    mouvements: Sequence[Changement]
    mesures: Bilan | None
    effet: str
    echantillons: Mots
    demarches: Mots
    reunions: Mots
    difficultes: Mots


def construire(edition: Edition) -> Document:
    """Return the compte rendu of a semester; raise Refus for words that cannot be printed."""
    ici = du_departement(edition.departement, edition.territoire)
    return Document(
        "courriers",
        "Compte rendu semestriel de mission",
        edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        _contenu(edition).rediger(),
        destinataire=f"au préfet {ici}",
        mentions={"Données arrêtées au": f"{edition.arrete:%d/%m/%Y}"},
        lecteur=LECTEURS["mission"],
    )


def _contenu(edition: Edition) -> CompteRendu:
    controlees, vies = _controlees(edition), _vies(edition)
    corrigibles = [une for une in vies if une.un.a_corriger]
    constats = [une for une in vies if not une.un.a_corriger]
    remplacees, refus = _refus(edition)
    mesures = _mesures(edition)
    semestre = mois_du_semestre(edition)
    return CompteRendu(
        controlees=len(controlees),
        attendues=len(semestre),
        lues=sum(resume(edition.v, une)["lues"] for une in controlees),
        indicateurs=len(catalogue_du_mois(edition.v, edition.filtres).indicateurs),
        guichets=compter_guichets(guichets(edition.v, edition.filtres)).ouverts,
        livraisons=_livraisons(edition, controlees),
        remplacees=remplacees,
        refus=refus,
        ouvertes=sum(une.ouvertes for une in corrigibles),
        corrigees=sum(une.corrigees for une in corrigibles),
        sorties=sum(une.sorties for une in corrigibles),
        a_corriger=sum(une.restent for une in corrigibles),
        constats=sum(une.ouvertes for une in constats),
        constats_avant=sum(une.ouvertes_avant for une in constats) if _avant(edition) else None,
        table_a_corriger=_corrigibles(corrigibles),
        table_constats=_constats([une for une in constats if une.ouvertes], avant=_avant(edition)),
        revisions=_revisions(edition),
        mouvements=[un for un in mouvements(edition.v, edition.filtres) if un["mois"] in semestre],
        mesures=mesures,
        effet=dire_effet(mesures.effet) if mesures else "",
        **{
            cle: lire_mots(
                edition.v.dossier.racine, semestre_du_mois(edition.mois), f"mission-{cle}", ""
            )
            for cle in ("echantillons", "demarches", "reunions", "difficultes")
        },
    )


def _mesures(edition: Edition) -> Bilan | None:
    """Return what was asked of organismes in the semester, None when nothing ever was."""
    semestre = mois_du_semestre(edition)
    return bilan_des_mesures(edition.v, edition.departement, semestre[0], semestre[-1])


def mois_du_semestre(edition: Edition) -> list[str]:
    """Return the months from the first of the semester to the one that is read."""
    premier, _ = bornes(semestre_du_mois(edition.mois))
    tous = [mois_avant(edition.mois, recul) for recul in reversed(range(MOIS))]
    return [un for un in tous if un >= premier]


def _controlees(edition: Edition) -> list[Livraison]:
    semestre = set(mois_du_semestre(edition))
    return [
        publiee
        for une in edition.v.version.de(edition.departement)
        if une.mois in semestre and (publiee := une.publiee)
    ]


def _jour(instant: str) -> dt.date:
    return dt.datetime.fromisoformat(instant).date()


def _livraisons(edition: Edition, controlees: Sequence[Livraison]) -> Tableau:
    colonnes = entetes.colonnes(
        "mission-livraisons",
        "mois",
        "recue",
        "delai_reception",
        "controlee",
        "delai_controle",
        "actives",
        "lues",
        "rejetees",
    )
    lignes = tuple(_ligne_de_livraison(edition, une) for une in controlees)
    return Tableau("mission-livraisons", "", colonnes, lignes)


def _ligne_de_livraison(edition: Edition, une: Livraison) -> tuple[Cellule, ...]:
    dit, recue = resume(edition.v, une), _jour(une.chargee_le)
    controlee = _jour(une.controle.le) if une.controle else None
    return (
        Cellule(nom_mois(une.mois)),
        Cellule(recue),
        Cellule((recue - dt.date.fromisoformat(une.arrete)).days),
        Cellule(controlee),
        Cellule((controlee - recue).days if controlee else None),
        Cellule(dit["actives"]),
        Cellule(dit["lues"]),
        Cellule(dit["rejetees"]),
    )


def _refus(edition: Edition) -> tuple[int, tuple[str, ...]]:
    """Return how many deliveries of the semester were replaced, and why some were refused."""
    semestre = set(mois_du_semestre(edition))
    tous = passages(edition.v, edition.departement)
    remplacees = [
        un
        for un in tous
        if un.statut == "remplacée" and un.livraison and un.livraison.mois in semestre
    ]
    refusees = [un for un in tous if un.statut == "refusée" and un.le[:7] in semestre]
    return len(remplacees), tuple(un.motif.rstrip(".") for un in refusees)


def _avant(edition: Edition) -> bool:
    """Tell whether as many months before the semester are known, one after the other."""
    semestre = mois_du_semestre(edition)
    voulus = {mois_avant(semestre[0], recul) for recul in range(1, len(semestre) + 1)}
    return voulus <= set(mois_controles(edition.v, edition.departement))


def _vies(edition: Edition) -> list[_Vies]:
    """Return what became of the anomalies of each indicator, in the order of the catalogue."""
    if edition.v.suivi(edition.departement) is None:
        return []
    suivies = {une["code"]: une for une in _suivi(edition)}
    lues = valeurs(edition.v, edition.departement, edition.mois, niveau="departement", guichet="*")
    restent = {une["code"]: mesure(une).numerateur for une in lues}
    vies = []
    for code, un in catalogue_du_mois(edition.v, edition.filtres).indicateurs.items():
        une = suivies.get(code) or _Suivies(
            code=code, ouvertes=0, ouvertes_avant=0, corrigees=0, sorties=0
        )
        ouvertes, avant, reste = une["ouvertes"], une["ouvertes_avant"], restent.get(code, 0)
        closes = une["corrigees"], une["sorties"]
        vues = (ouvertes, *closes, reste) if un.a_corriger else (ouvertes, avant)
        if un.imputable != PERSONNE and any(vues):
            vies.append(_Vies(un, ouvertes, avant, *closes, reste))
    return vies


def _suivi(edition: Edition) -> list[_Suivies]:
    relation = edition.v.suivi(edition.departement)
    if relation is None:
        return []
    semestre = mois_du_semestre(edition)
    return edition.v.lignes(
        _SUIVI.format(suivi=relation, corrigee=CORRIGEE, personne=PERSONNE),
        {
            "debut": semestre[0],
            "fin": semestre[-1],
            "debut_avant": mois_avant(semestre[0], len(semestre)),
            "fin_avant": mois_avant(semestre[0]),
        },
        _Suivies,
    )


def _corrigibles(vies: Sequence[_Vies]) -> Tableau | None:
    if not vies:
        return None
    colonnes = entetes.colonnes(
        "mission-anomalies", "indicateur", "ouvertes", "corrigees", "sorties", "restent"
    )
    comptes = [(une.ouvertes, une.corrigees, une.sorties, une.restent) for une in vies]
    lignes = [
        (Cellule(une.un.libelle), *map(Cellule, siens))
        for une, siens in zip(vies, comptes, strict=True)
    ]
    total = (Cellule("Ensemble"), *(Cellule(sum(rang)) for rang in zip(*comptes, strict=True)))
    return Tableau(
        "mission-anomalies", "", colonnes, (*lignes, total), totaux=frozenset({len(lignes)})
    )


def _constats(vies: Sequence[_Vies], *, avant: bool) -> Tableau | None:
    """Return the past facts of the semester: nobody opens nor corrects them."""
    if not vies:
        return None
    colonnes = entetes.colonnes(
        "mission-constats", "indicateur", "ouvertes", "avant", "encore_possible"
    )
    lignes = tuple(
        (
            Cellule(une.un.libelle),
            Cellule(une.ouvertes),
            Cellule(une.ouvertes_avant if avant else None),
            Cellule(une.un.encore_possible or "–"),
        )
        for une in vies
    )
    return Tableau("mission-constats", "", colonnes, lignes)


def _revisions(edition: Edition) -> Tableau | None:
    semestre = mois_du_semestre(edition)
    lignes = edition.v.tuples(
        "SELECT mois, cause, max(le)::DATE AS le, count(DISTINCT code)::INT AS codes, "
        "count(*)::INT AS valeurs, count(*) FILTER (etat_avant <> etat_apres)::INT AS etats "
        "FROM revisions WHERE departement = $d AND niveau = 'guichet' "
        "AND mois BETWEEN $debut AND $fin GROUP BY mois, cause ORDER BY mois, cause",
        {"d": edition.departement, "debut": semestre[0], "fin": semestre[-1]},
    )
    if not lignes:
        return None
    corps = tuple(
        (Cellule(nom_mois(mois)), Cellule(CAUSES[cause]), *(Cellule(un) for un in comptes))
        for mois, cause, *comptes in lignes
    )
    colonnes = entetes.colonnes(
        "mission-revisions", "mois", "cause", "le", "codes", "valeurs", "etats"
    )
    return Tableau("mission-revisions", "", colonnes, corps)
