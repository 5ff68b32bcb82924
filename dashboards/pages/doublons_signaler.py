"""Signaler des doublons: the form of a guichet, on the screen, as a workbook or on paper."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, State, callback, dcc, html, no_update

from dashboards import doublons
from dashboards.composants.elements import (
    Filtre,
    ariane,
    attributs,
    barre_filtres,
    choix,
    exports,
    lien,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.saisie import Champ, formulaire, groupe
from dashboards.gestes import alerte
from dashboards.page import Contexte, Vue, page
from dashboards.requetes import texte, textes
from infocentre.demarches.face import par_echeance
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.demandes import lire_etats, numeros_de
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer
from infocentre.noyau.temps import jour
from infocentre.procedures.doublons.formulaire import RANGS, nettoyer
from infocentre.procedures.doublons.formulaire import choix as choix_de
from infocentre.procedures.doublons.listes import EFFACE

RENDRE = "Rendre le classeur rempli"
AIDE = (
    "De deux à cinq demandes actives d'une même personne, créées ou gérées par ce guichet. Chaque "
    "cas est traité sous {delai}. N'écrire aucun nom."
)


@page
def layout(c: Contexte) -> Vue:
    """Return the form of the guichet of the address, the first that the reader sees."""
    c.v.exiger_nominatif()
    noms = noms_des_guichets(c.v, c.filtres.departement)
    if not noms:
        raise Refus("aucun guichet n'est ouvert à ce compte")
    tries = sorted(noms.items(), key=lambda un: un[1])
    voulu = c.adresse.get("guichet", "")
    guichet = voulu if voulu in noms else tries[0][0]
    base = f"/doublons/formulaire/{guichet}"
    suite = f"?departement={c.filtres.departement}"
    corps = html.Div(
        [
            html.P(typographie(AIDE.format(delai=doublons.delai_d_instruction()))),
            formulaire(
                "signalement",
                [groupe("signalement", _champs())],
                {"numeros": "\n".join(nettoyer([c.adresse.get("numero", "")[:30]]))},
                bouton="Signaler ce cas",
            ),
            html.Div(id="signalement-dit"),
            html.H2("Plusieurs cas à la fois", className="fr-h5"),
            html.P("Un classeur d'une ligne par cas, ou une feuille à imprimer, à rendre rempli."),
            exports(
                {
                    "Formulaire (.xlsx)": f"{base}.xlsx{suite}",
                    "Formulaire à imprimer (PDF)": f"{base}.pdf{suite}",
                }
            ),
            html.Label(
                [
                    "Classeur rempli (.xlsx)",
                    dcc.Upload(
                        html.Button(
                            RENDRE,
                            type="button",
                            className="fr-btn fr-btn--sm fr-btn--secondary",
                            **attributs(aria_label=RENDRE),
                        ),
                        id="signalement-fichier",
                        accept=".xlsx,.ods,.xls",
                        max_size=5 << 20,
                    ),
                ]
            ),
            html.Div(id="signalement-lu"),
            *_cas(c, guichet),
            html.P(
                lien("Corrections d'identité", c.filtres.lien("/doublons/corrections")),
                className="fr-mt-3w",
            ),
            dcc.Store(id="signalement-guichet", data=guichet),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [
                ariane([("Doublons", c.filtres.lien("/doublons")), ("Signaler", None)]),
                titre("Signaler des doublons", noms[guichet]),
            ]
        ),
        filtres=_filtres(c, tries, guichet),
    )


def _filtres(c: Contexte, tries: list[tuple[str, str]], guichet: str) -> list[Filtre]:
    communs = [un for un in barre_filtres(c.filtres, c.mois, c.departements) if un.nom != "mois"]
    return [*communs, choix("guichet", "Guichet", tries, guichet)]


def _cas(c: Contexte, guichet: str) -> list[Any]:
    """Return the cases of the guichet under way: told by it, or to be deleted by it."""
    registre, ici = doublons.registre(c.v), c.filtres.departement
    dites = registre.lister(ici, procedure=PROCEDURE, objet=guichet)
    siennes = sorted(dites, key=par_echeance)
    if not siennes:
        return []
    numeros = numeros_de(c.v, siennes)
    vues = lire_etats(c.v, ici, {n for siens in numeros.values() for n in siens.values()})
    lignes: list[list[Cellule]] = [
        [
            une.id,
            enumerer(sorted(vues.keys() & numeros.get(une.id, {}).values())) or EFFACE,
            une.titre_etat,
            f"{une.echeance.titre} le {jour(une.echeance.due)}" if une.echeance else "–",
        ]
        for une in siennes
    ]
    colonnes = ("Affaire", "Demandes", "État", "Échéance")
    legende = "Cas de ce guichet, l'échéance la plus proche d'abord"
    return [html.H2("Cas en cours", className="fr-h5"), liste(colonnes, lignes, legende)]


def _champs() -> list[Champ]:
    rangs = [(str(rang), nom) for rang, nom in enumerate(RANGS, start=1)]
    return [
        Champ(
            "numeros",
            "Numéros uniques",
            "zone",
            "un par ligne, de deux à cinq",
            large=True,
            precisions={"rows": 5},
        ),
        Champ("garder", "Demande à conserver", "liste", options=rangs),
        Champ("donnees", "Données à conserver", "liste", options=_options("donnees_a_garder")),
        Champ("pourquoi", "Pourquoi", "liste", options=_options("pourquoi")),
    ]


def _options(nom: str) -> list[tuple[str, str]]:
    return [("", "Choisir…"), *choix_de(nom).items()]


@callback(
    Output("signalement-dit", "children"),
    Input("signalement", "envois"),
    State("signalement", "valeurs"),
    State("signalement-guichet", "data"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def signaler(envois: object, valeurs: object, guichet: object, recherche: str | None) -> Any:  # noqa: ANN401
    """Open the affaire of a case, or say all that is wrong with it."""
    if not envois:
        return no_update
    try:
        return doublons.signaler(recherche, texte(guichet), textes(valeurs))
    except Refus as refus:
        return alerte(refus)


@callback(
    Output("signalement-lu", "children"),
    Input("signalement-fichier", "contents"),
    State("signalement-fichier", "filename"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def lire(contenu: object, nom: object, recherche: str | None) -> Any:  # noqa: ANN401
    """Read a returned workbook: what is taken, and why the rest is not."""
    if not isinstance(contenu, str) or not contenu:
        return no_update
    try:
        return doublons.lire(recherche, contenu, nom if isinstance(nom, str) else "")
    except Refus as refus:
        return alerte(refus)


dash.register_page(
    "doublons_signaler",
    path="/doublons/signaler",
    menu=42,
    sous="/doublons",
    rubrique="Doublons",
    name="Signaler des doublons",
    title="Signaler des doublons – Infocentre",
    layout=layout,
)
