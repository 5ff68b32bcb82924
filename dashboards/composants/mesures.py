"""Pieces of the page Mesures: what waits, the list, one affaire and what may be done of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.clics import TOUTES
from dashboards.composants.direct import etat_direct, lien_direct
from dashboards.composants.elements import lien, repli, typographie
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.natifs import Bloc
from infocentre.affaires import Affaire, Constat
from infocentre.catalogue.familles import famille
from infocentre.demarches.face import Face
from infocentre.exports import lisible
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accord, accorder, enumerer, minuscule
from infocentre.noyau.temps import jour, nom_mois, periode
from infocentre.procedures.mesures_correctives.actes import (
    ACCEPTER,
    PROPOSER,
)
from infocentre.procedures.mesures_correctives.comptes import (
    Comptes,
    justifies,
    taux_net,
)
from infocentre.procedures.mesures_correctives.propositions import Proposition
from infocentre.procedures.mesures_correctives.recit import cas_dementis, cas_repondus

CAS_MONTRES = 50  # of a list of cases, the others being counted
COLONNES = ("Organisme", "Objet", "Étape", "État", "Échéance", "Dernier événement")


def bouton(
    texte: str, evenement: str, affaire: str = TOUTES, *, second: bool = False
) -> html.Button:
    """Return a button that does something of an affaire, or of all that wait."""
    classe = "fr-btn fr-btn--secondary" if second else "fr-btn"
    return html.Button(
        texte,
        id={"type": "mesure-action", "evenement": evenement, "affaire": affaire},
        className=f"{classe} fr-btn--sm",
        type="button",
    )


# What waits and is done one by one: each count leads to its own affaires.
COMPTEES: Mapping[str, tuple[str, str]] = {
    "silences": ("réponse n'est pas venue", "réponses ne sont pas venues"),
    "contestees": (
        "contestation : maintenir ce qui est dit, ou clore",
        "contestations : maintenir ce qui est dit, ou clore",
    ),
    "a_formaliser": ("demande à formaliser", "demandes à formaliser"),
    "a_clore": ("affaire à clore", "affaires à clore"),
    "a_revoir": (
        "affaire à revoir : une règle a changé",
        "affaires à revoir : une règle a changé",
    ),
}


def a_decider(comptes: Comptes, filtres: Filtres) -> html.Div:
    """Return what waits for someone, with the button that does it for all at once."""
    points: list[Any] = []

    def ajouter(
        nombre: int, un: str, plusieurs: str, suite: html.Button | dcc.Link | str = ""
    ) -> None:
        if nombre:
            points.append(html.Li([html.Strong(f"{accorder(nombre, un, plusieurs)}. "), suite]))

    relire = lien("Relire et envoyer", filtres.lien("/envois"))
    ajouter(
        len(comptes.a_ouvrir),
        "organisme à signaler",
        "organismes à signaler",
        bouton("Ouvrir les affaires", PROPOSER),
    )
    ajouter(
        len(comptes.a_proposer),
        "proposition à accepter ou à écarter",
        "propositions à accepter ou à écarter",
        bouton("Tout accepter", ACCEPTER, second=True),
    )
    ajouter(
        len(comptes.a_envoyer),
        "message à envoyer",
        "messages à envoyer",
        relire,
    )
    ajouter(
        len(comptes.relances),
        "relance à envoyer",
        "relances à envoyer",
        relire,
    )
    for nom, (un, plusieurs) in COMPTEES.items():
        voir = lien("Les voir", filtres.lien("/mesures", attend=nom))
        ajouter(len(getattr(comptes, nom)), un, plusieurs, voir)
    if not points:
        return html.Div(html.P("Rien n'attend de décision."))
    return html.Div(html.Ul(points, className="a-faire"))


def propositions(neuves: Sequence[Proposition], filtres: Filtres) -> html.Div | None:
    """Return what the month gives reason to tell, with why and what was said before."""
    if not neuves:
        return None
    lignes: list[list[Cellule]] = [
        [
            lien_direct(une.nom, filtres.lien(f"/organisme/{une.organisme}")),
            une.titre,
            typographie(une.motif),
            _avant(une),
        ]
        for une in neuves
    ]
    colonnes = ("Organisme", "Famille", "Pourquoi", "Ce qui a déjà été dit")
    return html.Div([liste(colonnes, lignes, "Ce que le mois propose de signaler")])


def _avant(une: Proposition) -> str:
    if not une.avant:
        return "rien"
    derniere = une.avant[-1]
    le = derniere.situation.evenements[-1].jour
    return f"{derniere.id} : {minuscule(derniere.titre_etat)} le {jour(le)}"


def liste_des_affaires(
    face: Face, affaires: Sequence[Affaire], noms: Mapping[str, str], filtres: Filtres
) -> Bloc:
    """Return affaires as a table; to who conducts them, what may follow too."""
    lignes: list[list[Cellule]] = [
        [
            lien_direct(noms.get(une.objet, une.objet), filtres.lien("/mesures", affaire=une.id)),
            famille(une.sujet).titre,
            str(une.etape) if une.etape else "–",
            une.titre_etat + (", à revoir" if une.a_revoir else ""),
            typographie(face.prochaine(une)) or "–",
            jour(face.dernier_vu(une).jour),
        ]
        for une in affaires
    ]
    return liste(COLONNES, lignes, "Affaires, l'échéance la plus proche d'abord")


# --- One affaire ----------------------------------------------------------------------------------


def constats_figes(une: Affaire, dits: Sequence[Constat], filtres: Filtres) -> Bloc:
    """Return what was told, as it was that day; the rate without justified cases beside it."""
    nets = justifies(une)
    lignes: list[list[Cellule]] = [
        [
            lien_direct(un.nom, filtres.lien(f"/guichet/{un.guichet}")),
            un.libelle,
            periode(un.mois, stock=un.fenetre == "stock", douze_mois=un.fenetre == "12m"),
            un.numerateur,
            un.denominateur,
            lisible(un.taux, taux=True),
            *([_net(un, nets.get(un.id, frozenset()))] if nets else []),
            etat_direct(un.etat),
        ]
        for un in dits
    ]
    nette = ("Taux net des cas justifiés",) if nets else ()
    colonnes = ("Guichet", "Indicateur", "Période", "Anomalies", "Effectif", "Taux", *nette, "État")
    numeriques = (3, 4, 5, 6) if nets else (3, 4, 5)
    return liste(colonnes, lignes, "Ce qui est dit, figé ce jour-là", numeriques=numeriques)


def _net(un: Constat, justifiees: frozenset[str]) -> str:
    return (
        f"{lisible(taux_net(un, justifiees), taux=True)} ({accorder(len(justifiees), 'justifié')})"
    )


def causes(communes: Mapping[str, Sequence[Affaire]], noms: Mapping[str, str]) -> Bloc | None:
    """Return what several organismes have in common, None when nobody said any."""
    lignes: list[list[Cellule]] = []
    for cause, siennes in communes.items():
        organismes = sorted({une.objet for une in siennes})
        qui = enumerer([noms.get(un, un) for un in organismes])
        lignes.append([typographie(cause), len(organismes), typographie(qui)])
    colonnes = ("Cause", "Organismes", "Lesquels")
    return liste(colonnes, lignes, "Causes communes", numeriques=(1,)) if lignes else None


def dementis(v: Lecture, une: Affaire, filtres: Filtres) -> html.Div | None:
    """Return the cases said to be put right that the last delivery still lists."""
    mois, faux = cas_dementis(v, une)
    if not faux:
        return None
    dits = accord(len(faux), "cas dit corrigé est encore là", "cas dits corrigés sont encore là")
    lignes: list[list[Cellule]] = [
        [
            lien_direct(un.numero, filtres.lien(f"/demande/{un.numero}"))
            if un.numero and v.p.nominatif
            else un.unite,
            un.constat.nom,
            typographie(un.explication),
            jour(le) if le else "–",
        ]
        for un, le in faux[:CAS_MONTRES]
    ]
    legende = f"Dits corrigés et encore là en {nom_mois(mois)}"
    reste = len(faux) - len(lignes)
    return html.Div(
        [
            html.H2(f"{len(faux)} {dits}", className="fr-h5"),
            liste(("Cas", "Guichet", "Ce qui est constaté", "Dit corrigé le"), lignes, legende),
            html.P(f"Et {accorder(reste, 'autre')}.") if reste else None,
        ]
    )


def repondus(v: Lecture, une: Affaire) -> html.Details | None:
    """Return what was last answered of the cases, None when nothing was of any."""
    dits = cas_repondus(v, une)
    if not dits:
        return None
    lignes: list[list[Cellule]] = [
        [un.numero or un.unite, un.constat.nom, sort, le or "–", typographie(pourquoi)]
        for un, sort, le, pourquoi in dits
    ]
    colonnes = ("Cas", "Guichet", "Réponse", "Corrigé le", "Précision")
    titre = f"Répondu, cas par cas ({len(dits)})"
    return repli(titre, liste(colonnes, lignes, "Ce qui est répondu de chaque cas"))
