"""At the door: each request has the action that the policy asks, or is refused.

What the policy does not name is refused, to everybody. What is let in reads through a `Lecture`,
whose filters show each what they may see.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import dash
import flask
from dash import html
from dash._pages import _path_to_page
from werkzeug.exceptions import HTTPException

from dashboards.composants.balises import Balise, Noeud
from dashboards.composants.elements import titre
from dashboards.composants.natifs import Bloc
from dashboards.connexion import demander_a_entrer
from dashboards.courant import reconnu
from dashboards.erreurs import APPELS, lire_json
from dashboards.exports import EXPORTS
from dashboards.inscrites import Page
from dashboards.page import Vue
from dashboards.protection import page_demandee, refuser
from infocentre.acces import politique
from infocentre.acces.modele import Acces, Action
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import apostropher
from infocentre.restitutions.registre import DOCUMENTS

REFUSE = 403
LIENS = "liens"  # what holds nothing but links that say what to do next
_REFUS = (
    "Ceci n'est pas ouvert à ce compte",
    "Ce qu'un compte ouvre est fixé par l'administrateur des comptes.",
)
# Rules whose address names what is asked: what there is, and the action of each.
_DANS_L_ADRESSE: Mapping[str, tuple[Container[str], Mapping[str, Action]]] = {
    "/export/<nom>.<format_>": (EXPORTS, politique.EXPORTS),
    "/documents/<nom>.<forme>": (DOCUMENTS, politique.DOCUMENTS),
}


def gardes(app: dash.Dash) -> None:
    """Refuse what the policy does not grant to who asks."""

    @app.server.before_request
    def garder() -> flask.typing.ResponseReturnValue | None:
        regle = str(flask.request.url_rule) if flask.request.url_rule else None
        if regle is None:  # no such address, or not by this method: said as such
            return None
        if ouverte(regle):
            return None
        qui = reconnu()
        if qui is None:
            return demander_a_entrer()
        if not all(map(qui.peut, demandees(app, regle))):
            return _refus()
        return None


def _refus() -> flask.typing.ResponseReturnValue:
    """Answer who may not: a page where a page is asked, else a sentence."""
    if not page_demandee():
        return refuser(REFUSE, *_REFUS)
    quoi, que_faire = map(apostropher, _REFUS)
    refus = Refus(quoi, que_faire=que_faire)
    return flask.render_template("refus.html", titre="Accès refusé", refus=refus), REFUSE


def ouverte(regle: str) -> bool:
    """Tell whether a rule is open to whoever asks."""
    return politique.ROUTES.get(regle, Action.ENTRER) is None


def demandees(app: dash.Dash, regle: str) -> list[Action | None]:
    """Return the actions that a request asks, None for what the policy does not name."""
    actions = _de_l_adresse(regle, flask.request.view_args or {})
    if regle == APPELS:
        actions.append(politique.RAPPELS.get(nom_du_rappel(app, lire_json())))
    return actions


def _de_l_adresse(regle: str, variables: Mapping[str, Any]) -> list[Action | None]:
    connus, siennes = _DANS_L_ADRESSE.get(regle, ((), {}))
    nom = str(variables.get("nom"))
    actions = [politique.ROUTES.get(regle)]
    return [*actions, siennes.get(nom)] if nom in connus else actions


def nom_du_rappel(app: dash.Dash, corps: object) -> str:
    """Return the function of `dashboards` that answers a call: pages.depot.suivre."""
    sortie = corps.get("output") if isinstance(corps, dict) else None
    connu = app.callback_map.get(sortie, {}).get("callback")
    faire = getattr(connu, "__wrapped__", connu)
    return f"{getattr(faire, '__module__', '')}.{getattr(faire, '__name__', '')}".removeprefix(
        "dashboards."
    )


def page_ouverte(page: Page, qui: Acces) -> bool:
    """Tell whether the policy opens a page of the register of Dash to a person."""
    return qui.peut(_d_une_page(page))


def _d_une_page(page: Page) -> Action | None:
    return politique.PAGES.get(page.get("path_template") or page["path"])


def montree(qui: Acces, page: Page, adresse: Mapping[str, str]) -> Vue:
    """Return a page as a person may see it: the links that the policy closes are plain text."""
    if not page_ouverte(page, qui):
        return Vue(html.Div([titre("Cette page n’est pas ouverte à ce compte"), html.P(_REFUS[1])]))
    vue = page["layout"](**adresse)
    vue = vue if isinstance(vue, Vue) else Vue(vue)
    if qui.role is not None:
        for racine in (vue.tete, vue.contenu):
            _fermer_liens(racine, qui)
    return vue


def _fermer_liens(noeud: Any, qui: Acces) -> None:  # noqa: ANN401 - any component, or list of them
    if isinstance(noeud, Bloc):
        arbre = vars(noeud)["arbre"]
        if _a_fermer(arbre, qui):
            vars(noeud)["arbre"] = _fermer_arbre(arbre, qui)
        return
    figure = getattr(noeud, "figure", None)
    if figure is not None:
        _fermer_marques(figure, qui)
        return
    enfants = getattr(noeud, "children", None)
    if enfants is None:
        return
    seuls = enfants if isinstance(enfants, list | tuple) else [enfants]
    a_suivre = LIENS in str(getattr(noeud, "className", "")).split()
    fermes = [_ferme(un, qui, a_suivre=a_suivre) for un in seuls]
    if any(neuf is not un for neuf, un in zip(fermes, seuls, strict=True)):
        noeud.children = fermes if isinstance(enfants, list | tuple) else fermes[0]
    for un in fermes:
        _fermer_liens(un, qui)


def _ferme(noeud: Any, qui: Acces, *, a_suivre: bool) -> Any:  # noqa: ANN401
    """Return a link as text when what it leads to is closed, a download or a call as nothing."""
    if not _clos(getattr(noeud, "href", None), qui):
        return noeud
    sans_objet = a_suivre or getattr(noeud, "download", None) is not None
    return None if sans_objet else html.Span(noeud.children)


def _a_fermer(arbre: Balise, qui: Acces) -> bool:
    """Tell whether a tree has a link to what is closed: most have none, and stay as they are."""
    restent = [arbre]
    while restent:
        un = restent.pop()
        if un[0] == "a" and _clos(un[1].get("href"), qui):
            return True
        restent += [enfant for enfant in un[2:] if isinstance(enfant, Balise)]
    return False


def _fermer_arbre(noeud: Noeud, qui: Acces) -> Noeud:
    """Return a tree as `_ferme` would its components; it may be another's as well."""
    if not isinstance(noeud, Balise):
        return noeud
    nom, attributs, *fils = noeud
    if nom == "a" and _clos(attributs.get("href"), qui):
        if "download" in attributs:
            return ""
        nom, attributs = "span", {}
    return Balise([nom, attributs, *(_fermer_arbre(un, qui) for un in fils)])


def _fermer_marques(figure: Mapping[str, Any], qui: Acces) -> None:
    """Have the marks of a chart open nothing that is closed."""
    for trace in figure["data"]:
        if "customdata" in trace:
            trace["customdata"] = ["" if _clos(un, qui) else un for un in trace["customdata"]]


def _clos(href: object, qui: Acces) -> bool:
    """Tell whether an address is of the application, in a place that the policy closes."""
    return isinstance(href, str) and href.startswith("/") and not _mene(href, qui)


def _mene(href: str, qui: Acces) -> bool:
    """Tell whether the policy opens what an address of the application leads to."""
    return all(map(qui.peut, exigees(urlsplit(href).path)))


@functools.lru_cache(4096)
def exigees(chemin: str) -> tuple[Action | None, ...]:
    """Return the actions that a path asks, the same for whoever follows it; « / » leads anyone."""
    if chemin == "/":
        return ()
    page, _ = cast("Any", _path_to_page)(chemin.strip("/"))
    return (_d_une_page(page),) if page else tuple(_d_une_route(chemin))


def _d_une_route(chemin: str) -> list[Action | None]:
    adresses = flask.current_app.url_map.bind("")
    try:
        regle, variables = adresses.match(chemin, return_rule=True)
    except HTTPException:
        return []
    return [] if ouverte(str(regle)) else _de_l_adresse(str(regle), variables)
