"""From an address to a page: the one callback that every page and every filter goes through.

The filters stay where they are: a change goes to the address (assets/composants.js), the address
calls the page, and the page gives its title, the filters' options and values, and its content.
"""

from __future__ import annotations

import itertools
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

import dash
from dash import ClientsideFunction, Input, Output, html
from dash._pages import _path_to_page
from dash.development.base_component import Component

from dashboards.composants.apostrophes import courber
from dashboards.courant import acces, version_publiee
from dashboards.garde import montree, page_ouverte
from dashboards.inscrites import Page, pages
from dashboards.page import Vue
from dashboards.vues import vue_par_defaut
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import apostropher

SORTIES = (
    ("tete", "children"),
    ("filtres", "champs"),
    ("filtres", "reglages"),
    ("filtres", "adresse"),
    ("contenu-page", "children"),
    ("menu-principal", "chemin"),
    ("menu-principal", "suite"),
    ("menu-principal", "pastille"),
    ("annonce", "page"),
    ("version-nouvelle", "page"),
)
ADRESSE = "adresse"
ENTREES = ((ADRESSE, "pathname"), (ADRESSE, "search"))


def navigation(app: dash.Dash) -> None:
    """Register what shows a page, and what carries a filter to the address."""
    app.callback(
        [Output(*une) for une in SORTIES],
        [Input(*une) for une in ENTREES],
        prevent_initial_call=True,
    )(montrer)
    app.clientside_callback(
        ClientsideFunction("infocentre", "filtrer"),
        Output(ADRESSE, "search"),
        Input("filtres", "change"),
        prevent_initial_call=True,
    )


def montrer(chemin: str, recherche: str | None) -> tuple[Any, ...]:
    """Return what SORTIES name, for an address; « / » is what its reader comes for."""
    qui = acces()
    chemin = qui.accueil if chemin == "/" else chemin
    page, variables = _trouver(chemin)
    voulue, garde = recherche or "", vue_par_defaut(chemin)
    recherche = garde.appliquer(voulue) if garde else voulue
    parametres = parse_qs(recherche.removeprefix("?"), keep_blank_values=True)
    adresse = {nom: valeurs[0] for nom, valeurs in parametres.items()} | variables
    version = version_publiee()  # before what is read of it: one published meanwhile is told
    vue = montree(qui, page, adresse)
    dit = page["title"]
    titre = dit(**variables) if callable(dit) else dit
    annonce = {
        "chemin": chemin,
        "titre": apostropher(titre),
        "texte": apostropher(_resume(vue)),
        "demandee": f"{chemin}{voulue}",
        "adresse": f"{chemin}{recherche}",
        "vue": garde is not None,
    }
    return (
        courber(vue.tete),
        [un.ecrire() for un in vue.filtres],
        [un.ecrire() for un in vue.reglages],
        f"{chemin}{recherche}",
        courber(vue.contenu),
        chemin,
        _suite(vue, adresse),
        vue.pastille,
        annonce,
        {"adresse": f"{chemin}{recherche}", "version": version},
    )


def statut(chemin: str) -> int:
    """Return the status of the document at a path: 404 of what is unknown, 403 of what is closed.

    The page says the same in a sentence; what cannot be told is left to it.
    """
    qui = acces()
    page, variables = _trouver(qui.accueil if chemin == "/" else chemin)
    if page["module"].endswith("not_found_404"):
        return 404
    if not page_ouverte(page, qui):
        return 403
    connu = page.get("connu")
    try:
        return 200 if connu is None or connu(**variables) else 404
    except Refus:
        return 200


def _suite(vue: Vue, adresse: dict[str, str]) -> str:
    """Return what the menu adds to its addresses: a page that shows no data keeps what it got."""
    if vue.suite is not None:
        return vue.suite
    gardes = {nom: adresse[nom] for nom in ("departement", "epci", "mois") if adresse.get(nom)}
    return f"?{urlencode(gardes)}" if gardes else ""


def _trouver(chemin: str) -> tuple[Page, dict[str, str]]:
    """Return the page of a path, the one that says there is none by default, and its variables."""
    page, variables = cast("Any", _path_to_page)(chemin.strip("/"))
    if not page:
        page = next(une for une in pages() if une["module"].endswith("not_found_404"))
    return page, variables or {}


def _resume(vue: Vue) -> str:
    """Return the title of a page and what it is about, in words."""
    dits = (
        _en_mots(un)
        for racine in (vue.tete, vue.contenu)
        if racine is not None
        for un in html.Div(racine)._traverse()  # noqa: SLF001 - Dash's own walk
        if isinstance(un, html.H1) or getattr(un, "className", None) == "sous-titre"
    )
    return ". ".join(un for un in itertools.islice(dits, 2) if un)


def _en_mots(noeud: Any) -> str:  # noqa: ANN401 - any component, text, or list of them
    """Return the text of a component, those of its children being one."""
    if isinstance(noeud, list | tuple):
        return "".join(map(_en_mots, noeud))
    if isinstance(noeud, Component):
        return _en_mots(getattr(noeud, "children", None))
    return "" if noeud is None else str(noeud)


def appel(adresse: str) -> dict[str, Any]:
    """Return what a browser posts to have the page of an address."""
    chemin, _, recherche = adresse.partition("?")
    valeurs = (chemin, f"?{recherche}" if recherche else "")
    entrees = [f"{nom}.{propriete}" for nom, propriete in ENTREES]
    return {
        "output": f"..{'...'.join(f'{nom}.{propriete}' for nom, propriete in SORTIES)}..",
        "outputs": [{"id": nom, "property": propriete} for nom, propriete in SORTIES],
        "inputs": [
            {"id": nom, "property": propriete, "value": valeur}
            for (nom, propriete), valeur in zip(ENTREES, valeurs, strict=True)
        ],
        "changedPropIds": entrees,
        "parsedChangedPropsIds": entrees,
    }
