"""Réglages: what this installation decides, what a change would change, who changed what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import Input, Output, State, callback, dcc, html, no_update

from dashboards.clics import appele
from dashboards.composants.apostrophes import courber
from dashboards.composants.balises import balise
from dashboards.composants.direct import lien_direct, repli_direct
from dashboards.composants.elements import (
    ariane,
    attributs,
    barre_filtres,
    lien,
    repli,
    tableau,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.natifs import Bloc
from dashboards.courant import acces, dossier, perimetre, qui
from dashboards.page import Contexte, Vue, contexte_affiche, page
from infocentre import travaux
from infocentre.acces.modele import Action
from infocentre.contrat.territoires import nom_departement, territoires
from infocentre.exports import lisible
from infocentre.lecture.reglages import Difference, differences
from infocentre.mesures.reglages_changes import (
    Changement,
    Reglage,
    changer,
    essayer,
    historique,
    reglages,
    trouver,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, exact, nombre, pourcent
from infocentre.noyau.temps import dater_heure, de_mois, nom_mois

UNITES = {"mois": " mois", "jours": " jours"}
MONTREES, HISTORIQUE = 30, 20
AVANT = "Un objectif d'attribution fixé pour une année passe avant ceux-ci."


@page
def layout(c: Contexte) -> Vue:
    """Return the settings, and the form of the one that the address names."""
    racine = dossier().racine
    tous = reglages(racine)
    return Vue(
        html.Div(
            [
                _autres(),
                html.Div(_formulaire(c), id="reglage"),
                html.Div(_liste(c, tous), id="reglages"),
            ]
        ),
        tete=html.Div(
            [
                ariane([("Livraisons", c.filtres.lien("/livraisons")), ("Réglages", None)]),
                titre("Réglages", nom_departement(c.filtres.departement)),
            ]
        ),
        filtres=barre_filtres(c.filtres, c.mois, c.departements)[:-1],
    )


def _autres() -> html.P:
    """Return the ways to what else is set here."""
    liens = [
        lien("Signature des messages", "/reglages/signature"),
        lien("Région et France", "/reglages/comparaisons"),
        lien("Objectifs d'attribution", "/reglages/objectifs"),
    ]
    if acces().peut(Action.COMPTES):
        liens.append(lien("Messagerie", "/reglages/messagerie"))
    return html.P([un for suite in liens for un in (" · ", suite)][1:])


@callback(
    Output("reglage-dit", "children"),
    Output("reglages", "children"),
    Input("reglage-essayer", "n_clicks"),
    Input("reglage-enregistrer", "n_clicks"),
    State("reglage-valeur", "value"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def agir(
    _essai: int | None,
    _ecriture: int | None,
    valeur: str | None,
    recherche: str | None,
) -> tuple[Any, Any]:
    """Show what a value would change, or write it; say what is wrong with it."""
    c = contexte_affiche(recherche)
    voulu = _voulu(c) if c else None
    essai, ecriture = appele("reglage-essayer"), appele("reglage-enregistrer")
    if c is None or voulu is None or not (essai or ecriture):
        return no_update, no_update
    texte = str(valeur if valeur is not None else "")
    try:
        _exiger_sien(c, voulu)
        if essai:
            return courber(_apercu(c, voulu, texte)), no_update
        fait = changer(dossier().racine, voulu.cle, voulu.objet, texte, qui())
    except Refus as refus:
        return html.P(
            courber(typographie(refus.phrase)), className="fr-error-text", role="alert"
        ), no_update
    return courber(_enregistre(c, voulu, fait)), courber(_liste(c, reglages(dossier().racine)))


def _voulu(c: Contexte) -> Reglage | None:
    """Return the setting that the address names, None when it names none."""
    cle, objet = c.adresse.get("reglage", ""), c.adresse.get("objet", "")
    if not cle:
        return None
    return trouver(dossier().racine, cle, objet)


def _sien(c: Contexte, un: Reglage) -> bool:
    """Tell whether the reader may change a setting: one of all départements is for who has all."""
    if un.par:
        return un.objet in _objets(c, un.par)
    return perimetre().departements is None


def _exiger_sien(c: Contexte, un: Reglage) -> None:
    if not _sien(c, un):
        raise Refus(
            "ce réglage vaut pour des départements qui ne sont pas ouverts à ce compte",
            que_faire="S'adresser à qui suit tous les départements de cette installation.",
        )


def _formulaire(c: Contexte) -> list[Any]:
    un = _voulu(c)
    if un is None or not _sien(c, un):
        return []
    unite = {"part": "en %", "mois": "en mois", "jours": "en jours"}.get(un.genre, "")
    pour = f", {_nom_objet(c, un)}" if un.objet else ""
    defaut = _ecrire(un, un.defaut)
    aide = " ".join(filter(None, [un.aide, f"Vide : {defaut}."]))
    return [
        html.Div(
            [
                html.H2(f"{un.titre}{pour}", className="fr-h5"),
                html.Div(
                    [
                        html.Label(
                            [
                                f"Valeur{f', {unite}' if unite else ''}",
                                html.Span(typographie(aide), className="fr-hint-text"),
                            ],
                            htmlFor="reglage-valeur",
                            className="fr-label",
                        ),
                        dcc.Input(
                            id="reglage-valeur",
                            value=_saisir(un),
                            className="fr-input valeur-reglage",
                            maxLength=20,
                        ),
                    ],
                    className="fr-input-group",
                ),
                html.P(
                    [
                        _bouton("Voir ce que cela change", "reglage-essayer", second=True),
                        _bouton("Enregistrer", "reglage-enregistrer"),
                    ],
                    className="exports",
                ),
                html.Div(id="reglage-dit", **attributs(aria_live="polite")),
            ],
            className="fr-callout",
        )
    ]


def _bouton(texte: str, ident: str, *, second: bool = False) -> html.Button:
    classe = "fr-btn fr-btn--sm" + (" fr-btn--secondary" if second else "")
    return html.Button(texte, id=ident, type="button", className=classe)


def _apercu(c: Contexte, un: Reglage, texte: str) -> list[Any]:
    """Return what a value would change in the tables of the month."""
    neufs = essayer(dossier().racine, un.cle, un.objet, texte)
    if un.vraisemblance:
        dit = "Rien ne change dans ce qui est publié : la prochaine livraison sera jugée ainsi."
        return [html.P(dit)]
    if un.cle == "seuil_secret":
        return [html.P(typographie(_secret(neufs.seuil_secret)))]
    trouvees = differences(c.v, c.filtres.departement, c.filtres.mois, neufs)
    if not trouvees:
        return [html.P(f"Aucun chiffre ne change dans les tableaux {de_mois(c.filtres.mois)}.")]
    combien = accorder(len(trouvees), "chiffre change", "chiffres changent")
    plus = len(trouvees) - MONTREES
    return [
        html.P(f"{combien} dans les tableaux {de_mois(c.filtres.mois)}. Rien n'est écrit."),
        tableau(
            ["Tableau", "Ligne", "Chiffre", "Aujourd'hui", "Avec cette valeur"],
            [_difference(une) for une in trouvees[:MONTREES]],
            "Chiffres que ce réglage change",
            numeriques=(3, 4),
        ),
        html.P(f"Et {accorder(plus, 'autre chiffre', 'autres chiffres')}.") if plus > 0 else None,
    ]


def _secret(seuil: int) -> str:
    if seuil <= 1:
        return "Aucun effectif ne serait masqué : rien ne protégerait les petits nombres."
    return (
        f"Les effectifs de 1 à {seuil - 1} seraient masqués, et ce qu'il faut autour pour qu'on ne "
        "les retrouve pas, dans les documents préparés après le prochain contrôle."
    )


def _difference(une: Difference) -> list[str]:
    figures = ["–" if un is None else lisible(un, taux=une.taux) for un in (une.avant, une.apres)]
    return [une.tableau, une.ligne, une.colonne, *figures]


def _enregistre(c: Contexte, un: Reglage, fait: Changement) -> list[Any]:
    avant, apres = _ecrire(un, fait.avant), _ecrire(un, fait.apres)
    dit = f"Enregistré : {apres} (avant : {avant})."
    if un.vraisemblance:
        return [html.P([dit, " La prochaine livraison sera jugée ainsi."], role="status")]
    return [
        html.P(
            [dit, " Les documents le suivront une fois le mois contrôlé de nouveau."], role="status"
        ),
        _bouton(f"Contrôler de nouveau {nom_mois(c.filtres.mois)}", "reglage-controler"),
        html.Div(id="reglage-controle"),
    ]


@callback(
    Output("reglage-controle", "children"),
    Input("reglage-controler", "n_clicks"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def controler(clics: int | None, recherche: str | None) -> Any:  # noqa: ANN401
    """Ask that the month be controlled again, and say where to follow it."""
    c = contexte_affiche(recherche)
    if c is None or not clics:
        return no_update
    demande = {"departement": c.filtres.departement, "mois": c.filtres.mois}
    racine = dossier().racine
    try:
        travaux.demander(racine, "controler", qui(), demande)
    except Refus as refus:
        return html.P(courber(typographie(refus.phrase)), className="fr-error-text")
    travaux.lancer(racine)
    return html.P(["Le contrôle est demandé. ", lien("Le suivre", "/depot")], role="status")


def _liste(c: Contexte, tous: Sequence[Reglage]) -> list[Any]:
    siens = [un for un in tous if not un.vraisemblance]
    seuils = [un for un in tous if un.vraisemblance]
    return [
        html.H2("Objectifs et seuils", className="fr-h5"),
        html.P(typographie(AVANT)),
        _tableau(c, siens, "Objectifs et seuils de cette installation"),
        repli(
            "Vraisemblance : quand une livraison est à confirmer, ou refusée",
            _tableau(c, seuils, "Seuils de vraisemblance des livraisons"),
        ),
        *_historique(c),
    ]


def _tableau(c: Contexte, tous: Sequence[Reglage], legende: str) -> Bloc:
    lignes = [ligne for un in tous for ligne in _lignes(c, un, tous)]
    return liste(["Réglage", "Pour", "Valeur", "Par défaut", "Changer"], lignes, legende)


def _lignes(c: Contexte, un: Reglage, tous: Sequence[Reglage]) -> list[list[Cellule]]:
    """Return the row of a setting; by territory, one for each that is set and one to add."""
    if not un.par:
        adresse = c.filtres.lien("/reglages", reglage=un.cle)
        vers = lien_direct("Changer", adresse) if _sien(c, un) else None
        return [[un.titre, "Tous", _ecrire(un, un.valeur), _ecrire(un, un.defaut), vers]]
    fixes = {autre.objet for autre in tous if autre.cle == un.cle and autre.objet}
    lignes: list[list[Cellule]] = []
    if un.objet and _sien(c, un):
        vers = lien_direct("Changer", c.filtres.lien("/reglages", reglage=un.cle, objet=un.objet))
        lignes.append(
            [un.titre, _nom_objet(c, un), _ecrire(un, un.valeur), _ecrire(un, un.defaut), vers]
        )
    dernier = [autre for autre in tous if autre.cle == un.cle][-1]
    restent = {o: nom for o, nom in _objets(c, un.par).items() if o not in fixes}
    if un is dernier and restent:
        liens = [
            lien_direct(nom, c.filtres.lien("/reglages", reglage=un.cle, objet=objet))
            for objet, nom in restent.items()
        ]
        plusieurs = balise("ul", [balise("li", un) for un in liens])
        fixer = liens[0] if len(liens) == 1 else repli_direct("Fixer", plusieurs)
        lignes.append([un.titre, "Les autres" if fixes else "Aucun", "non fixé", "", fixer])
    return lignes


def _objets(c: Contexte, par: str) -> Mapping[str, str]:
    """Return the territories of the département for which a setting may be set, by code."""
    ici = c.filtres.departement
    if par == "département":
        return {ici: nom_departement(ici)}
    if par == "EPCI":
        return c.epcis
    codes = {t.sous_prefecture for t in territoires().values() if t.departement == ici}
    return {code: f"Arrondissement {code}" for code in sorted(codes) if code}


def _du_departement(c: Contexte, un: Reglage, objet: str) -> bool:
    """Tell whether a territory is in what the reader sees: the département of the page, or all."""
    return perimetre().departements is None or objet in _objets(c, un.par)


def _nom_objet(c: Contexte, un: Reglage) -> str:
    return _objets(c, un.par).get(un.objet, un.objet)


def _historique(c: Contexte) -> list[Any]:
    connus = {un.cle: un for un in reglages(dossier().racine)}
    faits = [
        un
        for un in historique(dossier().racine)
        if un.cle in connus and (not un.objet or _du_departement(c, connus[un.cle], un.objet))
    ][:HISTORIQUE]
    if not faits:
        return []
    lignes = [_fait(c, un, connus[un.cle]) for un in faits]
    return [
        html.H2("Qui a changé quoi", className="fr-h5"),
        liste(["Le", "Par", "Réglage", "Avant", "Après"], lignes, "Changements de réglages"),
    ]


def _fait(c: Contexte, fait: Changement, un: Reglage) -> list[str]:
    le = dater_heure(dt.datetime.fromisoformat(fait.le))
    pour = _objets(c, un.par).get(fait.objet, fait.objet) if fait.objet else ""
    quoi = f"{un.titre}, {pour}" if pour else un.titre
    return [le, fait.par, quoi, _ecrire(un, fait.avant), _ecrire(un, fait.apres)]


def _ecrire(un: Reglage, valeur: float | None) -> str:
    """Write a value as people read it."""
    if valeur is None:
        return "non fixé" if un.par else "valeur par défaut"
    if un.genre == "part":
        return pourcent(valeur)
    if un.genre == "facteur":
        return f"× {exact(valeur)}"
    if un.genre == "annee":
        return f"{valeur:.0f}"
    return nombre(valeur) + UNITES.get(un.genre, "")


def _saisir(un: Reglage) -> str:
    """Write a value as it is typed again."""
    if un.valeur is None:
        return ""
    return exact(100 * un.valeur) if un.genre == "part" else exact(un.valeur)


dash.register_page(
    __name__,
    path="/reglages",
    sous="/livraisons",
    name="Réglages",
    title="Réglages – Infocentre",
    layout=layout,
)
