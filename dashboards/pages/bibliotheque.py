"""Bibliothèque: the queries that are kept for the territory, ready to run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlencode

import dash
from dash import html

from dashboards.composants.elements import attributs, lien, titre, typographie, vide
from dashboards.composants.formulaires import champ, navigation
from dashboards.composants.requetes import lien_requete, onglets
from dashboards.page import Contexte, page
from infocentre.noyau.francais import accorder
from infocentre.requetes.bibliotheque import Requete, lire_bibliotheque

TAGS_MONTRES = 14


@page
def bibliotheque(c: Contexte) -> html.Div:
    """Return the queries of a tag and a search, each with what it gives and what one chooses."""
    toutes = lire_bibliotheque()
    tag, cherche = c.adresse.get("tag", ""), c.adresse.get("recherche", "")
    retenues = [une for une in toutes.values() if _retenue(une, tag, cherche)]
    return html.Div(
        [
            titre("Requêtes", f"{len(toutes)} requêtes prêtes à exécuter, avec leurs paramètres"),
            onglets("/requetes/bibliotheque"),
            navigation(
                "/requetes/bibliotheque",
                [champ("recherche", "Chercher", cherche, type="search")],
                "Chercher",
            ),
            _tags(toutes.values(), tag),
            _fiches(retenues),
        ]
    )


def _retenue(une: Requete, tag: str, cherche: str) -> bool:
    dit = " ".join([une.nom, une.titre, une.description, *une.tags]).lower()
    return tag in {"", *une.tags} and all(mot in dit for mot in cherche.lower().split())


def _tags(toutes: Iterable[Requete], choisi: str) -> html.Nav:
    """Return the most used tags, the chosen one marked; a second click on it shows all again."""
    comptes = Counter(tag for une in toutes for tag in une.tags)
    montres = sorted({tag for tag, _ in comptes.most_common(TAGS_MONTRES)} | {choisi} - {""})
    return html.Nav(
        html.Ul([html.Li(_tag(tag, comptes[tag], choisi=tag == choisi)) for tag in montres]),
        className="tags",
        **attributs(aria_label="Thèmes"),
    )


def _tag(tag: str, nombre: int, *, choisi: bool) -> html.Span:
    adresse = (
        "/requetes/bibliotheque" if choisi else f"/requetes/bibliotheque?{urlencode({'tag': tag})}"
    )
    marque = attributs(aria_current="true") if choisi else {}
    return html.Span(lien(f"{tag} ({nombre})", adresse), className="tag", **marque)


def _fiches(retenues: list[Requete]) -> html.Div:
    if not retenues:
        return vide("Aucune requête ne répond à cette recherche", "Changer de mot ou de thème.")
    return html.Div(
        [
            html.P(accorder(len(retenues), "requête", "requêtes"), className="fr-hint-text"),
            html.Ul([_fiche(une) for une in retenues], className="fiches-requetes"),
        ]
    )


def _fiche(une: Requete) -> html.Li:
    auteur = une.auteur not in {None, "infocentre"}
    choisis = ", ".join(parametre.libelle for parametre in une.parametres.values())
    return html.Li(
        [
            html.H2(lien(une.titre, lien_requete(bibliotheque=une.nom)), className="fr-h6"),
            html.P(typographie(une.description)),
            html.P(f"À choisir : {choisis}", className="fr-hint-text") if choisis else None,
            html.P(f"De {une.auteur}", className="fr-hint-text") if auteur else None,
        ]
    )


dash.register_page(
    "requetes_bibliotheque",
    path="/requetes/bibliotheque",
    name="Bibliothèque",
    title="Bibliothèque de requêtes – Infocentre",
    layout=bibliotheque,
)
