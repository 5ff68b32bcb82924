"""Mesures: what is asked of organismes; one affaire, its story and what may be done of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import html

from dashboards.affaires import face
from dashboards.clics import MESSAGE
from dashboards.composants.elements import (
    barre_filtres,
    choix,
    lien,
    pagination,
    titre,
    typographie,
)
from dashboards.composants.mesures import (
    COMPTEES,
    a_decider,
    causes,
    constats_figes,
    dementis,
    liste_des_affaires,
    propositions,
    repondus,
)
from dashboards.courant import acces, aujourdhui
from dashboards.page import Contexte, Vue, page
from dashboards.pages.affaires import montrer
from infocentre.acces.modele import Action
from infocentre.affaires import Affaire
from infocentre.affaires.registre import MESURES
from infocentre.demarches.face import Face, par_echeance
from infocentre.lecture import affaires as lues
from infocentre.lecture.effets import dire_effet, effet_des_mesures
from infocentre.lecture.filtres import PAR_PAGE, nombre_de_pages, page_montree
from infocentre.noyau.francais import accorder
from infocentre.procedures.mesures_correctives import comptes as attendus

ETAPES = {
    "": "Toutes, en cours",
    "0": "À décider ou à envoyer",
    "1": "Étape 1, signalées",
    "2": "Étape 2, formalisées",
    "3": "Étape 3, soumises",
    "finies": "Finies",
}


@page
def layout(c: Contexte) -> Vue:
    """Return the affaires of a département, or one of them (`affaire`)."""
    if c.adresse.get("affaire"):
        return _une(c, face(c.v, MESURES))
    ici, etape = c.filtres.departement, c.adresse.get("etape", "")
    comptes = attendus.compter(c.v, ici, c.mois[-1], aujourdhui())
    toutes = lues.affaires(c.v, ici, finies=True)
    voulues = COMPTEES.get(c.adresse.get("attend", ""))
    montrees = [une for une in toutes if _montree(une, etape)]
    if voulues:
        montrees = list(getattr(comptes, c.adresse["attend"]))
    noms = lues.noms(c.v, ici, c.mois[-1])
    a_faire = [
        html.H2("À faire", className="fr-h5"),
        a_decider(comptes, c.filtres),
        html.Div(id=MESSAGE),
        propositions(comptes.a_ouvrir, c.filtres),
    ]
    repond = acces().peut(Action.REPONDRE)
    conduit = acces().peut(Action.CONDUIRE)
    corps = html.Div(
        [
            *(a_faire if conduit else []),
            html.P(lien("Accès au SNE et leur revue", c.filtres.lien("/affaires/revue_des_acces")))
            if acces().peut(Action.ACCES_SNE)
            else None,
            html.H2(
                accorder(len(montrees), *voulues)
                if voulues
                else accorder(len(montrees), "affaire"),
                className="fr-h5",
            ),
            html.P(lien("Voir toutes les affaires", c.filtres.lien("/mesures")))
            if voulues
            else None,
            _liste(c, montrees, noms)
            if montrees
            else html.P(_dire_aucune(etape, comptes.a_ouvrir)),
            causes(attendus.causes_dites(c.v, ici), noms),
            *_effet(c),
        ]
    )
    aux = "à vos guichets" if repond and not conduit else "aux organismes"
    return Vue(
        corps,
        tete=titre("Mesures", f"{c.lieu} : ce qui est demandé {aux}, et ce qu'il en advient"),
        filtres=barre_filtres(
            c.filtres,
            c.mois,
            c.departements,
            plus=[choix("etape", "Étape", list(ETAPES.items()), etape)],
        ),
    )


def _effet(c: Contexte) -> list[Any]:
    """Return what contacting changed, to who sees all that was told: of a part, it says nothing."""
    if c.v.p.partiel:
        return []
    lu = effet_des_mesures(c.v, c.filtres.departement, c.mois[-1])
    return [html.H2("Effet", className="fr-h5"), html.P(typographie(dire_effet(lu)))]


def _dire_aucune(etape: str, proposees: Sequence[object]) -> str:
    if etape:
        return "Aucune affaire à cette étape."
    if not acces().peut(Action.CONDUIRE):
        return "Rien n'est demandé en ce moment."
    plus_haut = "Aucune affaire : ce que le mois propose de signaler se lit plus haut."
    return plus_haut if proposees else "Aucune affaire en cours."


def _liste(c: Contexte, montrees: list[Affaire], noms: Mapping[str, str]) -> html.Div:
    """Return a page of the affaires, the nearest deadline first."""
    tries = sorted(montrees, key=par_echeance)
    numero = page_montree(c.adresse, len(tries))
    pages = nombre_de_pages(len(tries))
    debut = PAR_PAGE * (numero - 1)
    autres = {nom: c.adresse.get(nom, "") for nom in ("etape", "attend")}
    return html.Div(
        [
            liste_des_affaires(
                face(c.v, MESURES), tries[debut : debut + PAR_PAGE], noms, c.filtres
            ),
            pagination(numero, pages, lambda n: c.filtres.lien("/mesures", page=str(n), **autres)),
        ]
    )


def _montree(une: Affaire, etape: str) -> bool:
    if etape == "finies":
        return une.situation.finie
    return not une.situation.finie and etape in {"", str(une.etape)}


def _une(c: Contexte, ici: Face) -> Vue:
    une = ici.lire(c.adresse["affaire"])
    return montrer(
        c,
        ici,
        une,
        [
            html.H2("Ce qui est dit", className="fr-h5"),
            constats_figes(une, ici.constats(une), c.filtres),
            dementis(c.v, une, c.filtres),
            repondus(c.v, une),
        ],
    )


dash.register_page(
    __name__,
    path="/mesures",
    menu=45,
    name="Mesures",
    title="Mesures – Infocentre",
    layout=layout,
)
