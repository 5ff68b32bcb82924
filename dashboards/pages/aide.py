"""Aide: the guide, the glossary, the column dictionary and the code lists."""

from __future__ import annotations

from collections.abc import Mapping

import dash
from dash import dcc, html

from dashboards.composants.balises import Balise, Noeud, balise
from dashboards.composants.direct import etat_direct, lien_direct
from dashboards.composants.elements import (
    attributs,
    choix,
    exports,
    titre,
    typographie,
    vide,
)
from dashboards.composants.formulaires import champ, navigation
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.texte import corps, lire_document, sommaire
from dashboards.courant import acces
from dashboards.page import Vue
from infocentre.acces.modele import Action, Role
from infocentre.contrat import Colonne, Table, contrat
from infocentre.contrat.publication import PUBLICATIONS, dire_table, ecriture, regles, sens
from infocentre.lecture.commun import catalogue, indicateurs
from infocentre.lecture.glossaire import TERMES, TYPES
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import clef_de_tri, majuscule

PAGES = {
    "/aide/gestionnaire": "Guide du gestionnaire",
    "/aide/guichet": "Guide du guichet",
    "/aide/glossaire": "Glossaire",
    "/aide/colonnes": "Dictionnaire des colonnes",
    "/aide/codes": "Listes de codes",
    "/aide/contrat": "Contrat de données",
    "/aide/tableaux": "Tableaux standard",
    "/aide/procedures": "Procédures",
    "/aide/convention": "Convention",
    "/aide/demonstration": "Démonstration",
    "/registre": "Données personnelles",
}


def _menu(ici: str) -> html.Nav:
    liens = [
        html.Li(
            html.Span(nom, className="fr-tag fr-tag--sm", **attributs(aria_current="page"))
            if chemin == ici
            else dcc.Link(nom, href=chemin, className="fr-tag fr-tag--sm")
        )
        for chemin, nom in PAGES.items()
    ]
    return html.Nav(
        html.Ul(liens, className="fr-tags-group ecran rubriques"),
        **attributs(aria_label="Pages de l'aide"),
    )


def _document(nom: str, ici: str) -> html.Div:
    try:
        document = lire_document(nom)
    except OSError:
        manque = vide("Ce document n'est pas installé", "Réinstaller l'infocentre.")
        return html.Div([titre(PAGES[ici]), _menu(ici), manque])
    return html.Div([titre(document.titre), _menu(ici), sommaire(document), corps(document)])


# The sections of the guide that a role comes for, before the summary of all of them.
POUR: Mapping[Role, tuple[str, ...]] = {
    Role.PREFET: ("Le préfet demande un chiffre", "Demander une mesure corrective", "Imprimer"),
    Role.PARTENAIRE: ("Tableaux", "Imprimer", "Se connecter"),
    Role.REGIONAL: ("Tableaux", "Demander une mesure corrective", "Se connecter"),
    Role.ANALYSTE: ("Interroger en SQL", "Lire les indicateurs", "Tableaux"),
    Role.ADMINISTRATEUR: ("Se connecter", "Protéger les personnes"),
}


def aide(**_: str) -> html.Div:
    """Return the guide of who reads: a guichet has its own."""
    return guide_du_guichet() if acces().role is Role.GUICHET else guide()


def guide(**_: str) -> html.Div:
    """Return the guide of the gestionnaire: a search, then what its reader comes for."""
    page = _document("guide", "/aide/gestionnaire")
    try:
        ancres = {nom: cle for cle, nom in lire_document("guide").sections}
    except OSError:
        return page
    moi = acces()
    siennes = POUR.get(moi.role, ()) if moi.role else ()
    pour = html.Ul([html.Li(html.A(un, href=f"#{ancres[un]}")) for un in siennes if un in ancres])
    chercher = navigation("/recherche", [champ("q", "Chercher dans l'aide")], "Chercher")
    enfants = list(page.children or [])
    debut = [
        chercher if moi.peut(Action.CHERCHER) else None,
        *([html.H2("Pour vous", className="fr-h5"), pour] if siennes else []),
    ]
    page.children = [*enfants[:2], *debut, *enfants[2:]]
    return page


def guide_du_guichet(**_: str) -> html.Div:
    """Return what a guichet is asked for, what it reads and how it answers."""
    return _document("guichet", "/aide/guichet")


def tableaux(**_: str) -> html.Div:
    """Return what each standard table says."""
    return _document("tableaux", "/aide/tableaux")


def procedures(**_: str) -> html.Div:
    """Return what may be asked of people, and what becomes of it."""
    return _document("procedures", "/aide/procedures")


def convention(**_: str) -> html.Div:
    """Return what the convention asks, and what serves it."""
    return _document("convention", "/aide/convention")


def demonstration(**_: str) -> html.Div:
    """Return what the demonstration shows."""
    return _document("demonstration", "/aide/demonstration")


def glossaire(**_: str) -> html.Div:
    """Return the words of the trade, the states, the indicators and their populations."""
    return html.Div(
        [
            titre("Glossaire"),
            _menu("/aide/glossaire"),
            html.H2("Mots du métier", className="fr-h5"),
            html.Dl(
                [
                    element
                    for nom, sens in sorted(TERMES.items(), key=lambda un: clef_de_tri(un[0]))
                    for element in (html.Dt(majuscule(nom)), html.Dd(sens))
                ],
                className="definitions",
            ),
            html.H2("États", className="fr-h5"),
            liste(
                ["État", "Ce qu'il veut dire"],
                [[etat_direct(un), un.sens] for un in Etat],
                "États d'un indicateur",
            ),
            html.H2("Indicateurs", className="fr-h5"),
            liste(
                ["Code", "Indicateur", "Famille", "Population", "Référence"],
                [
                    [
                        lien_direct(un.code, f"/indicateurs/{un.code}"),
                        un.libelle,
                        un.titre_famille,
                        un.population,
                        un.reference or "",
                    ]
                    for un in indicateurs()
                ],
                "Indicateurs, dans l'ordre où ils sont montrés",
            ),
            html.H2("Populations", className="fr-h5"),
            liste(
                ["Population", "Ce qu'elle compte", "Nature"],
                [
                    [une.nom, une.objet, "à l'arrêté" if une.nature == "stock" else "sur 12 mois"]
                    for une in catalogue().populations.values()
                ],
                "Populations sur lesquelles les taux sont calculés",
            ),
        ]
    )


def colonnes(table: str = "", **_: str) -> Vue:
    """Return the dictionary of the columns of one table of a delivery."""
    tables = contrat().tables
    voulue = tables.get(table) or tables["stock"]
    options = [(une.nom, f"{une.libelle} ({une.nom})") for une in tables.values()]
    corps = html.Div(
        [
            html.P(_phrase(voulue)),
            liste(
                ["Colonne", "Libellé", "Ce qu'elle contient", "Type", "À savoir"],
                [_colonne(une) for une in voulue.colonnes],
                f"Colonnes de la table {voulue.nom}",
            ),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [titre("Dictionnaire des colonnes", voulue.libelle), _menu("/aide/colonnes")]
        ),
        filtres=[choix("table", "Table", options, voulue.nom)],
    )


def _phrase(table: Table) -> str:
    livraison = "obligatoire" if table.obligatoire else "facultative"
    return f"{majuscule(table.objet).rstrip('.')}. Table {livraison}."


def _colonne(une: Colonne) -> list[Cellule]:
    savoir: list[Noeud] = []
    if une.obligatoire:
        savoir.append("obligatoire")
    if une.personnelle:
        savoir.append("donnée personnelle")
    if une.codes:
        savoir.append(lien_direct("liste de codes", f"/aide/codes?liste={une.codes}"))
    return [une.nom, une.libelle, une.description, TYPES[une.type], _separer(savoir)]


def _separer(morceaux: list[Noeud]) -> Balise:
    """Return pieces with commas between them, as one."""
    suite = [un for morceau in morceaux for un in (", ", morceau)]
    return balise("span", *suite[1:])


def codes(**adresse: str) -> Vue:
    """Return the code lists, or one of them."""
    listes, voulue = contrat().codes, adresse.get("liste", "")
    montrees = {voulue: listes[voulue]} if voulue in listes else listes
    options = [("", "Toutes"), *((nom, nom) for nom in listes)]
    corps = [
        liste(["Code", "Libellé"], list(valeurs.items()), nom) for nom, valeurs in montrees.items()
    ]
    return Vue(
        html.Div(corps),
        tete=html.Div([titre("Listes de codes"), _menu("/aide/codes")]),
        filtres=[choix("liste", "Liste", options, voulue if voulue in listes else "")],
    )


def contrat_de_donnees(table: str = "", **_: str) -> Vue:
    """Return what a delivery must hold, for who writes it: to read, and to take away."""
    tables = contrat().tables
    voulue = tables.get(table) or tables["stock"]
    options = [(une.nom, f"{une.libelle} ({une.nom})") for une in tables.values()]
    corps = html.Div(
        [
            html.P("Pour un éditeur de logiciel, ou qui prépare une extraction."),
            html.Ul([html.Li(typographie(une)) for une in regles()]),
            exports({une.nom: f"/aide/contrat/{une.fichier}" for une in PUBLICATIONS.values()}),
            html.H2(voulue.libelle, className="fr-h5"),
            html.P(typographie(dire_table(voulue))),
            liste(
                ["Colonne", "Libellé", "Obligatoire", "Ce qu'on y écrit", "Ce qu'elle contient"],
                [_ecrite(une) for une in voulue.colonnes],
                f"Ce qu'on écrit dans la table {voulue.nom}",
            ),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [titre("Contrat de données", "Ce que l’infocentre reçoit"), _menu("/aide/contrat")]
        ),
        filtres=[choix("table", "Table", options, voulue.nom)],
    )


def _ecrite(une: Colonne) -> list[Cellule]:
    ecrit: Cellule = ecriture(une)
    if une.codes:
        ecrit = lien_direct(ecriture(une), f"/aide/codes?liste={une.codes}")
    return [une.nom, une.libelle, "oui" if une.obligatoire else "", ecrit, sens(une)]


for _rang, (_chemin, _vue) in enumerate(
    {
        "/aide": aide,
        "/aide/gestionnaire": guide,
        "/aide/guichet": guide_du_guichet,
        "/aide/glossaire": glossaire,
        "/aide/colonnes": colonnes,
        "/aide/codes": codes,
        "/aide/contrat": contrat_de_donnees,
        "/aide/tableaux": tableaux,
        "/aide/procedures": procedures,
        "/aide/convention": convention,
        "/aide/demonstration": demonstration,
    }.items()
):
    dash.register_page(
        f"aide_{_rang}",
        path=_chemin,
        name=PAGES.get(_chemin, "Aide"),
        title=f"{PAGES.get(_chemin, 'Aide')} – Infocentre",
        layout=_vue,
        **({} if _rang else {"menu": 100}),
    )
