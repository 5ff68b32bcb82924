"""The shell around every page: skip link, header, navigation, footer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.clics import DIT
from dashboards.composants.elements import attributs
from dashboards.composants.natifs import (
    Annonce,
    Arrivees,
    BarreFiltres,
    Bloc,
    Chercher,
    Menu,
    VersionNouvelle,
    entree,
)
from dashboards.garde import page_ouverte
from dashboards.inscrites import pages
from infocentre.acces.modele import Acces, Action, Role

# What each role comes for, before the rest in its own order; who conducts, by default.
PREMIERES: Mapping[Role | None, tuple[str, ...]] = {
    None: ("/", "/mesures", "/suivi", "/doublons", "/affaires"),
    Role.ANALYSTE: ("/", "/requetes", "/tableaux"),
    Role.PREFET: ("/", "/mesures", "/documents"),
    Role.REGIONAL: ("/tableaux", "/mesures"),
    Role.GUICHET: ("/suivi", "/mesures", "/demandes"),
    Role.PARTENAIRE: ("/tableaux", "/documents"),
}
# What is opened once a month, or by few: it weighs less.
LEGERES = frozenset({"/requetes", "/livraisons", "/reglages", "/aide"})


def navigation(qui: Acces) -> list[dict[str, Any]]:
    """Return each entry of a person's menu: its address, its name, what else stands under it.

    A page says its own: `menu`, the place of its entry (and `rubrique`, for another name than the
    page's), or `sous`, the address of another's entry. One that says both has an entry of its own
    for who may not open that other.
    """
    siennes = [une for une in pages() if page_ouverte(une, qui)]
    dessous: dict[str, list[str]] = {}
    for une in siennes:
        if "sous" in une:
            dessous.setdefault(une["sous"], []).append(f"/{une['path'].split('/')[1]}")
    ouvertes = {une["path"] for une in siennes}
    premieres = PREMIERES.get(qui.role, PREMIERES[None])
    entrees = sorted(
        (une for une in siennes if "menu" in une and une.get("sous") not in ouvertes),
        key=lambda une: (_place(une["path"], premieres), int(une["menu"])),
    )
    return [
        entree(
            une["path"],
            une.get("rubrique", une["name"]),
            sorted(set(dessous.get(une["path"], []))),
            leger=une["path"] in LEGERES and une["path"] not in premieres,
        )
        for une in entrees
    ]


def _place(chemin: str, premieres: Sequence[str]) -> int:
    return premieres.index(chemin) if chemin in premieres else len(premieres)


def coquille(qui: Acces, moi: Bloc | None, *, marque: str | None) -> html.Div:
    """Return what surrounds a person's pages; `marque` is the brand block, a setting.

    `moi` says who is signed in, or where the first account is made.
    """
    return html.Div(
        [
            html.Div(
                html.Nav(
                    html.Ul(
                        html.Li(html.A("Contenu", href="#contenu", className="fr-link")),
                        className="fr-skiplinks__list",
                    ),
                    className="fr-container",
                    **attributs(aria_label="Accès rapide"),
                ),
                className="fr-skiplinks",
            ),
            _entete(qui, moi, marque),
            VersionNouvelle(id="version-nouvelle"),
            html.Main(
                [
                    html.Div(
                        [html.Div(id="tete"), BarreFiltres(id="filtres", champs=[], reglages=[])],
                        className="entete-page",
                    ),
                    html.Div(id="contenu-page"),
                ],
                id="contenu",
                tabIndex="-1",
                className="fr-container page",
            ),
            Annonce(id="annonce"),
            _pied(),
            dcc.Location(id="adresse", refresh="callback-nav"),
            dcc.Store(id=DIT),
        ]
    )


def _entete(qui: Acces, moi: Bloc | None, marque: str | None) -> html.Header:
    logo = (
        html.Div(html.P(_lignes(marque), className="fr-logo"), className="fr-header__logo")
        if marque
        else None
    )
    titre = html.Div(
        [
            dcc.Link(
                html.P("Infocentre", className="fr-header__service-title"),
                href="/",
                title="Accueil – Infocentre",
            ),
            html.P(
                "Suivi des guichets de la demande de logement social",
                className="fr-header__service-tagline",
            ),
        ],
        className="fr-header__service",
    )
    bouton = html.Button(
        "Menu",
        id="bouton-menu",
        type="button",
        className="fr-btn--menu fr-btn",
        **attributs(aria_controls="menu", aria_expanded="false"),
    )
    return html.Header(
        [
            html.Div(
                html.Div(
                    html.Div(
                        [
                            html.Div(
                                [
                                    html.Div(
                                        [logo, html.Div(bouton, className="fr-header__navbar")],
                                        className="fr-header__brand-top",
                                    ),
                                    titre,
                                ],
                                className="fr-header__brand fr-enlarge-link",
                            ),
                            Arrivees(id="arrivees") if qui.peut(Action.AFFAIRES) else None,
                            Chercher(id="chercher") if qui.peut(Action.CHERCHER) else None,
                            moi,
                        ],
                        className="fr-header__body-row",
                    ),
                    className="fr-container",
                ),
                className="fr-header__body",
            ),
            html.Div(
                html.Div(
                    html.Nav(
                        Menu(id="menu-principal", entrees=navigation(qui)),
                        className="fr-nav",
                        **attributs(aria_label="Menu principal"),
                    ),
                    className="fr-container",
                ),
                id="menu",
                className="menu",
            ),
        ],
        className="fr-header",
        role="banner",
    )


def _lignes(marque: str) -> list[Any]:
    lignes: list[Any] = []
    for rang, ligne in enumerate(marque.split("\\n")):
        lignes += [html.Br(), ligne] if rang else [ligne]
    return lignes


def _pied() -> html.Footer:
    return html.Footer(
        html.Div(
            html.P(
                "Infocentre – les taux sont calculés à partir des livraisons du SNE ; leurs "
                "définitions sont dans les pages des indicateurs.",
                className="fr-footer__content-desc",
            ),
            className="fr-container",
        ),
        className="fr-footer pied",
        role="contentinfo",
    )
