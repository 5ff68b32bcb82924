"""Recherche des doublons: what the threshold lets in, how good it is, where duplicates are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import html

from dashboards import doublons
from dashboards.composants.elements import (
    ariane,
    barre_filtres,
    lien,
    repli,
    tableau,
    titre,
    typographie,
)
from dashboards.composants.graphique import graphique
from dashboards.composants.listes import liste
from dashboards.page import Contexte, Vue, page
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.forcages import Estimation, Juges, estimer_les
from infocentre.lecture.doublons.justesse import Justesse, Justesses
from infocentre.lecture.doublons.paires import NIVEAUX
from infocentre.lecture.doublons.qualite import Frequence, Part, Qualite
from infocentre.lecture.mouvements import A_VERIFIER, COLONNES, DEFINITION, Ligne, mouvements
from infocentre.noyau.francais import accorder, majuscule, nombre, pourcent
from infocentre.noyau.temps import jour
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.procedures.doublons import forcages, tirage
from infocentre.procedures.doublons.mesure import seuil
from infocentre.procedures.doublons.qualite import (
    ce_que_le_seuil_laisse_entrer,
    frequences,
    qualite,
)

PREMIERS = 15  # guichets shown before the fold
MESURE = (
    "Justesse : parmi les paires trouvées, celles qui sont bien d'une même personne, d'après des "
    "paires tirées au sort dans chaque tranche de poids. La part des paires décidées ne la dit pas "
    ": elle dépend de celles que l'on relit d'abord. Couverture : parmi les doublons que les "
    "guichets ont signalés et qui ont été confirmés, ceux que la recherche avait trouvés "
    "d'elle-même. Les intervalles sont à 95 %."
)
FORCAGES = (
    "Créations des douze derniers mois, forcées malgré l'alerte et encore actives, avec la demande "
    "que l'alerte visait. Un forçage est injustifié quand les deux sont d'une même personne : des "
    "jumeaux, des homonymes, une séparation le justifient. Trente demandes sont tirées au sort par "
    "type de guichet ; une part est dite, d'un type ou d'un guichet, à partir de dix revues. Le "
    "filtre Guichet de la revue tire "
    "jusqu'à trente des siennes. Une mesure corrective est proposée quand plus de {seuil} % des "
    "forçages d'un guichet sont injustifiés à coup sûr (borne basse)."
)


@page
def layout(c: Contexte) -> Vue:
    """Return the picture, the measures, the places and the movements of the département."""
    ici = c.filtres.departement
    memoire, registre = doublons.memoire(c.v), doublons.registre(c.v)
    par_guichet, par_epci = frequences(c.v, memoire, ici, noms_des_guichets(c.v, ici))
    corps = [
        html.H2("Ce que le seuil laisse entrer", className="fr-h5"),
        html.P(
            "Paires comparées, par probabilité d'être d'une même personne.", className="comptes"
        ),
        graphique(ce_que_le_seuil_laisse_entrer(c.v, ici)),
        html.P(
            [
                "Le seuil est le réglage ",
                lien("Doublons probables", c.filtres.lien("/reglages", reglage="doublons_seuil")),
                ". Les paires exactes et de foyer n'en dépendent pas.",
            ]
        ),
        html.H2("Ce que valent les paires", className="fr-h5"),
        *_qualite(qualite(c.v, memoire, registre, ici), tirage.mesurer(c.v, memoire, ici)),
        html.H2("Où sont les doublons", className="fr-h5"),
        *_lieux(par_guichet, par_epci),
        html.H2("Forçages injustifiés", className="fr-h5"),
        *_forcages(c, forcages.juger(c.v, memoire, ici)),
        html.H2("Mouvements d'identité", className="fr-h5"),
        *_mouvements(c, mouvements(c.v, ici)),
    ]
    tete = html.Div(
        [
            ariane([("Doublons", c.filtres.lien("/doublons")), ("Recherche", None)]),
            titre("Recherche des doublons", c.lieu),
        ]
    )
    filtres = [un for un in barre_filtres(c.filtres, c.mois, c.departements) if un.nom != "mois"]
    return Vue(html.Div(corps), tete=tete, filtres=filtres)


def _qualite(lue: Qualite, justesses: Justesses) -> list[Any]:
    lignes = [
        [
            NIVEAUX[niveau],
            nombre(decidees.sur, 0),
            nombre(decidees.oui, 0),
            _dire_justesse(justesses.get(niveau)),
            _dire(lue.rappel[niveau]),
        ]
        for niveau, decidees in lue.decidees.items()
    ]
    suite = [
        "Pas encore de temps connu."
        if lue.par_heure is None
        else f"Une personne décide de {nombre(lue.par_heure, 0)} paires à l'heure."
    ]
    if lue.reapparition.sur:
        suite.append(f"Réapparues après suppression : {_dire(lue.reapparition)}.")
    return [
        liste(
            ["Paires", "Décidées", "Même personne", "Justesse", "Couverture"],
            lignes,
            "Justesse et couverture, par niveau",
            numeriques=[1, 2],
        ),
        html.P(" ".join(suite)),
        html.P(typographie(MESURE), className="fr-text--sm"),
    ]


def _dire_justesse(une: Justesse | None) -> str:
    """Return the rate that a draw gives, what is left to decide before, « – » where none is."""
    if une is None:
        return "–"
    if une.taux is None or une.marge is None:
        restent = accorder(une.a_relire, "paire tirée", "paires tirées")
        return f"{restent} à relire" if une.a_relire else "aucun tirage au sort"
    bas, haut = une.marge
    tirees = accorder(une.sur, "paire tirée", "paires tirées")
    return f"{pourcent(une.taux, 0)} (de {pourcent(bas, 0)} à {pourcent(haut, 0)} ; {tirees})"


def _dire(part: Part) -> str:
    """Return a rate with its counts and interval, « – » where nothing is known."""
    if part.taux is None or part.marge is None:
        return "–"
    bas, haut = part.marge
    marge = f"de {pourcent(bas, 0)} à {pourcent(haut, 0)}"
    return f"{pourcent(part.taux, 0)} ({part.oui} sur {part.sur} ; {marge})"


def _lieux(par_guichet: list[Frequence], par_epci: list[Frequence]) -> list[Any]:
    suite = [un for un in par_guichet[PREMIERS:] if un.doubles]
    blocs = [
        _frequences(par_epci, "EPCI", "Demandes en double, par EPCI"),
        _frequences(par_guichet[:PREMIERS], "Guichet", "Demandes en double, par guichet"),
    ]
    if suite:
        autres = _frequences(suite, "Guichet", "Demandes en double, autres guichets")
        blocs.append(repli("Les autres guichets", autres))
    dit = (
        "Une demande est en double quand une plus ancienne, active elle aussi, est peut-être de la "
        "même personne (paires exactes et probables) et que personne n'a décidé le contraire."
    )
    return [*blocs, html.P(typographie(dit), className="fr-text--sm")]


def _frequences(toutes: list[Frequence], quoi: str, legende: str) -> Any:  # noqa: ANN401 - a component
    lignes = [
        [une.nom, nombre(une.pour_mille, 1), nombre(une.doubles, 0), nombre(une.actives, 0)]
        for une in toutes
    ]
    return liste(
        [quoi, "Pour 1 000 actives", "En double", "Actives"], lignes, legende, numeriques=[1, 2, 3]
    )


def _forcages(c: Contexte, lus: Juges) -> list[Any]:
    noms = noms_des_guichets(c.v, c.filtres.departement)
    lignes = [
        [
            _nom(une.nom, noms),
            nombre(une.forcees, 0),
            nombre(une.revues.sur, 0),
            nombre(une.revues.oui, 0),
            _estimer(une),
        ]
        for une in estimer_les(lus)
    ]
    suite = lien("Revoir les forçages tirés au sort", c.filtres.lien("/doublons", liste="forcages"))
    return [
        html.P(typographie(FORCAGES.format(seuil=seuil()))),
        liste(
            ["Guichets", "Forcées", "Revues", "Même personne", "Injustifiés, estimation"],
            lignes,
            "Forçages injustifiés, d'après les demandes tirées au sort",
            numeriques=[1, 2, 3],
        ),
        html.P(
            [
                suite,
                f". {accorder(lus.perdus, 'autre forçage', 'autres forçages')} : la demande que "
                "l'alerte visait n'est pas retrouvée parmi les actives."
                if lus.perdus
                else ".",
            ]
        ),
    ]


def _estimer(une: Estimation) -> str:
    if une.taux is None or une.marge is None:
        return "–"
    bas, haut = une.marge
    return f"{pourcent(une.taux, 0)} (de {pourcent(bas, 0)} à {pourcent(haut, 0)})"


def _nom(code: str, guichets: Mapping[str, str]) -> str:
    """Return the name of a stratum: all, a type of guichet, a guichet."""
    if code == "*":
        return "Tous"
    if code in set(TypeGuichet):
        return TypeGuichet(code).pluriel
    return guichets.get(code, code)


def _mouvements(c: Contexte, lignes: list[Ligne]) -> list[Any]:
    texte = html.P(typographie(DEFINITION))
    if not lignes:
        return [texte, html.P("Aucun mouvement n'a été vu.")]
    a_verifier = [une for une in lignes if une.a_verifier]
    autres = [une for une in lignes if not une.a_verifier]
    blocs: list[Any] = [texte, html.P(typographie(A_VERIFIER))]
    if a_verifier:
        blocs.append(_table(c, a_verifier, "Mouvements à vérifier"))
    if autres:
        blocs.append(repli("Les autres mouvements", _table(c, autres, "Autres mouvements")))
    return blocs


def _table(c: Contexte, lignes: list[Ligne], legende: str) -> Any:  # noqa: ANN401 - a component
    return tableau(
        [majuscule(nom) for nom in COLONNES.values()],
        [
            [
                lien(une.numero, c.filtres.lien(f"/demande/{une.numero}"))
                if une.numero
                else "inconnue",
                jour(une.mouvement.vu_le),
                une.mouvement.genre,
                nombre(une.mouvement.similarite, 2),
                "–" if une.mouvement.anciennete is None else str(une.mouvement.anciennete),
                une.mouvement.guichet or "",
                jour(une.mouvement.attribuee_le) if une.mouvement.attribuee_le else "non",
                _correction(c, une),
            ]
            for une in lignes
        ],
        legende,
        numeriques=[3, 4],
    )


def _correction(c: Contexte, une: Ligne) -> Any:  # noqa: ANN401 - text or link
    """Return what explains a movement, or the way to say it."""
    if une.correction or not une.numero:
        return typographie(une.correction)
    mois = f"{une.mouvement.vu_le:%Y-%m}"
    vers = c.filtres.lien("/doublons/corrections", numero=une.numero, mouvement=mois)
    return lien("Expliquer", vers)


dash.register_page(
    __name__,
    path="/doublons/recherche",
    sous="/doublons",
    name="Recherche des doublons",
    title="Recherche des doublons – Infocentre",
    layout=layout,
)
