"""The compte rendu semestriel de mission: what the gestionnaire did, as the infocentre knows it.

Deliveries, controls, anomalies opened and closed, revisions, register; places for the rest, which
people write in mots/<semestre>/mission-*.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Literal, TypedDict

from infocentre.acces.politique import LECTEURS
from infocentre.catalogue import Indicateur
from infocentre.decisions.magasin import magasin_present
from infocentre.decisions.verdicts import lister_verdicts
from infocentre.entrepot import Livraison
from infocentre.lecture.acces_sne import utilisateurs
from infocentre.lecture.commun import catalogue, mois_controles, noms_des_guichets
from infocentre.lecture.comptes import Compte, comptes
from infocentre.lecture.demarches import Demarche, demarches
from infocentre.lecture.effets import Bilan, bilan_des_mesures, dire_effet
from infocentre.lecture.guichets import Changement, compter_guichets, guichets, mouvements
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.livraisons import passages, resume
from infocentre.lecture.radiations import SansPreavis, sans_preavis
from infocentre.lecture.reunions import ENVOIS, dire_empreinte, questions, remis, tenues
from infocentre.lecture.reunions import PROCEDURE as REUNIONS
from infocentre.lecture.tenue import Tenue, tenue
from infocentre.mesures import CAUSES
from infocentre.noyau.francais import du_departement, majuscule
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.temps import (
    bornes,
    fin_de_mois,
    jours_du_semestre,
    mois_avant,
    nom_mois,
    semestre_du_mois,
)
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import entetes
from infocentre.restitutions.demarches import dire
from infocentre.restitutions.document import Cellule, Document, Mots, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.mots import lire as lire_mots
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.attendu import Persistant
from infocentre.restitutions.synthese.suivies import a_signaler

MOIS = 6
# Past facts of the semester and of as many months before, by indicator.
_CONSTATS = """
SELECT code,
    count(*) FILTER (premier_mois BETWEEN $debut AND $fin)::INT AS ici,
    count(*) FILTER (premier_mois BETWEEN $debut_avant AND $fin_avant)::INT AS avant
FROM {suivi} JOIN regles USING (code)
WHERE imputable <> '{personne}' AND remede = 'constater'
GROUP BY code
"""


class _Faits(TypedDict):
    code: str
    ici: int
    avant: int


@dataclass(frozen=True, slots=True)
class _Passes:
    """Past facts of an indicator, in the semester and before."""

    un: Indicateur
    ici: int
    avant: int


@dataclass(frozen=True, slots=True)
class _Corrigibles:
    """The account of an indicator whose anomalies can be put right."""

    un: Indicateur
    compte: Compte


@dataclass(frozen=True)
class CompteRendu(Contenu):
    """What was done in a semester; tables None when there is nothing to say.

    `compte` is the account of what can be put right, from the arrêté of `depuis` on; `constats` are
    the past facts of the semester, that nobody can correct. `constats_avant`: those of as many
    months before, None when one of them is not known, or one of the semester (`manquants`). Reasons
    of refusal end without a stop.
    `preavis`: radiations without one in time, told whole.
    """

    modele = "mission/compte_rendu.md"

    controlees: int
    attendues: int
    lues: int
    indicateurs: int
    guichets: int
    livraisons: Tableau
    manquants: Sequence[str]
    remplacees: int
    refus: tuple[str, ...]
    compte: Compte
    depuis: str
    mois: str
    constats: int
    constats_avant: int | None
    table_a_corriger: Tableau | None
    table_constats: Tableau | None
    preavis: SansPreavis | None
    revisions: Tableau | None
    mouvements: Sequence[Changement]
    tenue: Tenue
    mesures: Bilan | None
    effet: str
    table_demarches: Tableau | None
    a_signaler: Sequence[Persistant]
    connue_le: dt.date | None
    table_echantillons: Tableau | None
    table_reunions: Tableau | None
    table_envois: Tableau | None
    posees: int
    repondues: int
    acces_ouverts: int | None
    acces_fermes: int | None
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
    controlees, corrigibles, constats = _controlees(edition), _comptes(edition), _faits(edition)
    remplacees, refus = _refus(edition)
    mesures = _mesures(edition)
    semestre = mois_du_semestre(edition)
    posees, repondues = questions(
        edition.v, edition.departement, *jours_du_semestre(edition.mois), edition.connue_le
    )
    return CompteRendu(
        controlees=len(controlees),
        attendues=len(semestre),
        lues=sum(resume(edition.v, une)["lues"] for une in controlees),
        indicateurs=len(catalogue_du_mois(edition.v, edition.filtres).indicateurs),
        guichets=compter_guichets(guichets(edition.v, edition.filtres)).ouverts,
        livraisons=_livraisons(edition, controlees),
        manquants=_manquants(edition),
        remplacees=remplacees,
        refus=refus,
        compte=_total(corrigibles),
        depuis=_depuis(edition),
        mois=edition.mois,
        constats=sum(une.ici for une in constats),
        constats_avant=sum(une.avant for une in constats) if _avant(edition) else None,
        table_a_corriger=_table_a_corriger(edition, corrigibles),
        table_constats=_constats(constats, avant=_avant(edition)),
        preavis=sans_preavis(edition.v, edition.departement, edition.mois, semestre[0]),
        revisions=_revisions(edition),
        mouvements=[un for un in mouvements(edition.v, edition.filtres) if un["mois"] in semestre],
        tenue=tenue(
            edition.v,
            edition.filtres,
            edition.arrete,
            jours_du_semestre(edition.mois),
            edition.connue_le,
        ),
        mesures=mesures,
        effet=dire_effet(mesures.effet) if mesures else "",
        table_demarches=_demarches(edition),
        a_signaler=a_signaler(edition),
        connue_le=edition.connue_le,
        table_echantillons=_echantillons(edition),
        table_reunions=_reunions(edition),
        table_envois=_envois(edition),
        posees=posees,
        repondues=repondues,
        acces_ouverts=_acces(edition, "date_ouverture"),
        acces_fermes=_acces(edition, "date_fermeture"),
        **_mots(edition),
    )


def _mots(edition: Edition) -> dict[str, Mots]:
    """Return what people wrote for this semester, by the chapter that it is of."""
    racine, semestre = edition.v.dossier.racine, semestre_du_mois(edition.mois)
    return {
        chapitre: lire_mots(racine, semestre, f"mission-{chapitre}", "")
        for chapitre in ("echantillons", "demarches", "reunions", "difficultes")
    }


def _mesures(edition: Edition) -> Bilan | None:
    """Return what was asked of organismes in the semester, None when nothing ever was."""
    semestre = mois_du_semestre(edition)
    return bilan_des_mesures(
        edition.v, edition.departement, semestre[0], semestre[-1], edition.connue_le
    )


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


def _manquants(edition: Edition) -> list[str]:
    """Return the months of the semester that are not published, those after the last one apart."""
    connus = mois_controles(edition.v, edition.departement)
    return [un for un in mois_du_semestre(edition) if un not in connus]


def _avant(edition: Edition) -> bool:
    """Tell whether the semester and as many months before it are known, none left out."""
    semestre = mois_du_semestre(edition)
    voulus = {mois_avant(semestre[0], recul) for recul in range(1, len(semestre) + 1)}
    return voulus.union(semestre) <= set(mois_controles(edition.v, edition.departement))


def _depuis(edition: Edition) -> str:
    """Return the month whose arrêté the account starts from: the one before, or the first known."""
    semestre = mois_du_semestre(edition)
    connus = mois_controles(edition.v, edition.departement)
    avant = [un for un in connus if un < semestre[0]]
    return avant[-1] if avant else next(un for un in connus if un in semestre)


def _comptes(edition: Edition) -> list[_Corrigibles]:
    """Return the accounts that are not empty, in the order of the catalogue."""
    connus = comptes(edition.v, edition.departement, _depuis(edition), edition.mois)
    return [
        _Corrigibles(un, connus[code])
        for code, un in catalogue_du_mois(edition.v, edition.filtres).indicateurs.items()
        if code in connus and un.imputable != PERSONNE and any(astuple(connus[code]))
    ]


def _total(siens: Sequence[_Corrigibles]) -> Compte:
    return Compte(*(sum(rang) for rang in zip(*(astuple(un.compte) for un in siens), strict=True)))


def _faits(edition: Edition) -> list[_Passes]:
    """Return the past facts of each indicator that had some, in the order of the catalogue."""
    relation = edition.v.suivi(edition.departement)
    if relation is None:
        return []
    semestre = mois_du_semestre(edition)
    lus = edition.v.lignes(
        _CONSTATS.format(suivi=relation, personne=PERSONNE),
        {
            "debut": semestre[0],
            "fin": semestre[-1],
            "debut_avant": mois_avant(semestre[0], len(semestre)),
            "fin_avant": mois_avant(semestre[0]),
        },
        _Faits,
    )
    par_code = {un["code"]: un for un in lus}
    return [
        _Passes(un, par_code[code]["ici"], par_code[code]["avant"])
        for code, un in catalogue_du_mois(edition.v, edition.filtres).indicateurs.items()
        if code in par_code and (par_code[code]["ici"] or par_code[code]["avant"])
    ]


def _table_a_corriger(edition: Edition, siens: Sequence[_Corrigibles]) -> Tableau | None:
    if not siens:
        return None
    colonnes = entetes.colonnes(
        "mission-anomalies",
        "indicateur",
        "avant",
        "ouvertes",
        "corrigees",
        "sorties",
        "vieillies",
        "restent",
        depuis=f"{fin_de_mois(_depuis(edition)):%d/%m/%Y}",
        fin=f"{edition.arrete:%d/%m/%Y}",
    )
    lignes = [(Cellule(un.un.libelle), *map(Cellule, astuple(un.compte))) for un in siens]
    total = (Cellule("Ensemble"), *map(Cellule, astuple(_total(siens))))
    table = Tableau(
        "mission-anomalies", "", colonnes, (*lignes, total), totaux=frozenset({len(lignes)})
    )
    # Of the first month alone, what there is: it has no account.
    return table.garder([0, len(colonnes) - 1]) if _depuis(edition) == edition.mois else table


def _demarches(edition: Edition) -> Tableau | None:
    """Return what was done of the semester, those under way first.

    An organisme is named from step 2 on, or once what it contested is accepted.
    """
    debut = dt.date.fromisoformat(f"{mois_du_semestre(edition)[0]}-01")
    toutes = demarches(edition.v, edition.departement, edition.mois, edition.connue_le)
    siennes = [une for une in toutes if not une.finie or max(une.actes.values()) >= debut]
    if not siennes:
        return None
    lignes = tuple(
        (
            Cellule(une.titre),
            Cellule(une.nom if une.nommable or une.reconnue else _sans_nom(une)),
            Cellule(dire(une, "faits")),
            Cellule(dire(une, "ensuite") or "–"),
        )
        for une in sorted(siennes, key=lambda une: (-une.etape * (not une.finie), une.affaire))
    )
    colonnes = entetes.colonnes("mission-demarches", "objet", "organisme", "faits", "ensuite")
    return Tableau("mission-demarches", "", colonnes, lignes, entetes=2)


def _echantillons(edition: Edition) -> Tableau | None:
    """Return the samples that people verified in the semester, of which a verdict is kept."""
    magasin, (debut, fin) = (
        magasin_present(edition.v.dossier.racine),
        jours_du_semestre(edition.mois),
    )
    siens = lister_verdicts(magasin, edition.departement) if magasin else []
    noms, regles = noms_des_guichets(edition.v, edition.departement), catalogue().indicateurs
    connus = [un for un in siens if edition.connue_le is None or un.le.date() <= edition.connue_le]
    lignes = tuple(
        (
            Cellule(noms.get(un.guichet, un.guichet)),
            Cellule(regles[un.indicateur].libelle if un.indicateur in regles else "Demandes"),
            Cellule(un.le.date()),
            Cellule(un.jugees),
            Cellule(un.fausses),
            Cellule(un.taux),
        )
        for un in sorted(connus, key=lambda un: un.le)
        if debut <= un.le.date() <= fin
    )
    colonnes = entetes.colonnes(
        "mission-echantillons", "guichet", "objet", "le", "jugees", "fausses", "taux"
    )
    return Tableau("mission-echantillons", "", colonnes, lignes).ou_rien


def _reunions(edition: Edition) -> Tableau | None:
    """Return the meetings and trainings that were held in the semester, with their minutes."""
    unes = tenues(
        edition.v, edition.departement, *jours_du_semestre(edition.mois), edition.connue_le
    )
    lignes = tuple(
        (
            Cellule(une.instance),
            Cellule(une.le),
            Cellule(une.presents),
            Cellule(une.decisions),
            Cellule(une.compte_rendu),
        )
        for une in unes
    )
    colonnes = entetes.colonnes(
        "mission-reunions", "objet", "le", "presents", "decisions", "compte_rendu"
    )
    return Tableau("mission-reunions", "", colonnes, lignes).ou_rien


def _envois(edition: Edition) -> Tableau | None:
    """Return what was sent of meetings and to lists in the semester, each file by its sha256."""
    debut, fin = jours_du_semestre(edition.mois)
    vus = remis(edition.v, edition.departement, REUNIONS, ENVOIS, connue_le=edition.connue_le)
    vers: dict[tuple[dt.date, str, str], int] = {}
    for un in reversed(vus):
        if debut <= un.le <= fin:
            cle = (un.le, un.fichier, un.sha256)
            vers[cle] = vers.get(cle, 0) + un.a_qui.count("@")
    lignes = tuple(
        (Cellule(le), Cellule(fichier), Cellule(n or None), Cellule(dire_empreinte(sha256)))
        for (le, fichier, sha256), n in vers.items()
    )
    colonnes = entetes.colonnes("mission-envois", "le", "fichier", "destinataires", "sha256")
    return Tableau("mission-envois", "", colonnes, lignes).ou_rien


def _acces(edition: Edition, champ: Literal["date_ouverture", "date_fermeture"]) -> int | None:
    """Return how many accesses to the SNE were opened, or closed, in the semester.

    None when the delivery lists no user: that is not none opened.
    """
    livraison = edition.v.version.publiee(edition.departement, edition.mois)
    debut, fin = jours_du_semestre(edition.mois)
    lus = utilisateurs(edition.v, livraison) if livraison else []
    if not lus:
        return None
    return sum(debut <= le <= min(fin, edition.arrete) for un in lus if (le := un[champ]))


def _sans_nom(une: Demarche) -> str:
    type_ = TypeGuichet.lire(une.type_guichet)
    return majuscule(type_.un if type_ else "organisme")


def _constats(siens: Sequence[_Passes], *, avant: bool) -> Tableau | None:
    """Return the past facts of the semester: nobody opens nor corrects them.

    Those that the semester has no more stay where `avant` is told: they are part of its sum.
    """
    if not any(une.ici for une in siens):
        return None
    colonnes = entetes.colonnes(
        "mission-constats", "indicateur", "ouvertes", "avant", "encore_possible"
    )
    lignes = tuple(
        (
            Cellule(une.un.libelle),
            Cellule(une.ici),
            Cellule(une.avant if avant else None),
            Cellule(une.un.encore_possible or "–"),
        )
        for une in siens
        if une.ici or avant
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
