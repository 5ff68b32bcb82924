"""News of the month: what is to be done, what moved; each a sentence with its links."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from dash import html

from dashboards.composants.elements import attributs, lien, taux, typographie
from dashboards.page import Contexte
from infocentre.lecture.accueil import (
    AReprendre,
    Attente,
    Mouvement,
    a_reprendre,
    attente,
    mouvements,
)
from infocentre.lecture.commun import libelle
from infocentre.lecture.indicateurs import parmi
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, clef_de_tri, entier, minuscule
from infocentre.noyau.temps import jour, mois_avant, nom_mois

GUICHETS_CITES = 6
MOUVEMENTS = 5


def a_faire(c: Contexte, aujourdhui: dt.date) -> html.P | html.Ul:
    """Return what waits: deliveries, guichets to call, those that came back."""
    departement = c.filtres.departement
    points = _points_livraison(c, attente(c.v, departement, aujourdhui))
    lignes = a_reprendre(c.v, c.filtres)
    compare = mois_avant(c.filtres.mois) in c.mois
    for sens in ("entree", "reste", "sortie"):
        concernees = [ligne for ligne in lignes if ligne["sens"] == sens]
        if concernees:
            texte = _dire(concernees, sens, compare=compare)
            points.append(_point_guichets(c, concernees, sens, texte))
    if not points:
        return html.P("Rien n'attend : livraisons à jour, aucun guichet en rouge ni à traiter.")
    return html.Ul([html.Li(point) for point in points], className="a-faire")


def _points_livraison(c: Contexte, vue: Attente) -> list[Any]:
    points: list[Any] = []
    vers = c.filtres.lien("/livraisons")
    if vue.attendue:
        texte = f"La livraison arrêtée au {jour(vue.attendue)} n'est pas arrivée."
        points.append([html.Strong("Livraison en retard. "), texte])
    points += [
        [lien(f"Livraison « {refus['livraison']} » refusée", vers), f" : {refus['motif']}"]
        for refus in vue.refusees
    ]
    if vue.a_controler:
        noms = ", ".join(nom_mois(un) for un in vue.a_controler)
        points.append(
            [html.Strong(f"À contrôler : {noms}. "), "Lancer ", html.Code("infocentre controler")]
        )
    return points


def _dire(lignes: Sequence[AReprendre], sens: str, *, compare: bool) -> str:
    """Return the sentence; without a month before, an entry is only what stands."""
    verbes = {
        "entree": ("passe en rouge ou à traiter", "passent en rouge ou à traiter"),
        "reste": ("reste en rouge ou à traiter", "restent en rouge ou à traiter"),
        "sortie": ("revient au vert ou à l'orange", "reviennent au vert ou à l'orange"),
    }
    un, plusieurs = verbes[sens] if compare else ("en rouge ou à traiter",) * 2
    nombre = len({ligne["guichet"] for ligne in lignes})
    return accorder(nombre, f"guichet {un}", f"guichets {plusieurs}")


def _point_guichets(c: Contexte, lignes: list[AReprendre], sens: str, texte: str) -> list[Any]:
    """Return a sentence and who it is about: each guichet, its indicators, since when."""
    tries = sorted(lignes, key=lambda ligne: (clef_de_tri(ligne["nom"]), ligne["nom"]))
    groupes = [
        (guichet, list(siennes))
        for guichet, siennes in itertools.groupby(tries, key=lambda ligne: ligne["guichet"])
    ]
    elements = [html.Li(_guichet(c, siennes, sens)) for _, siennes in groupes[:GUICHETS_CITES]]
    if len(groupes) > GUICHETS_CITES:
        reste = len(groupes) - GUICHETS_CITES
        suite = accorder(reste, "autre guichet", "autres guichets")
        elements.append(html.Li(lien(f"et {suite}", c.filtres.lien("/suivi"))))
    return [html.Strong(f"{texte}."), html.Ul(elements)]


def _guichet(c: Contexte, lignes: list[AReprendre], sens: str) -> list[Any]:
    """Return who it is and its indicators; since when, said once when it is the same for all."""
    premiere = lignes[0]
    depuis = [f" {_depuis(c, ligne)}" if sens == "reste" else "" for ligne in lignes]
    if len(set(depuis)) == 1:
        depuis = [*[""] * (len(lignes) - 1), depuis[0]]
    morceaux: list[Any] = [
        lien(premiere["nom"], c.filtres.lien(f"/guichet/{premiere['guichet']}")),
        " : ",
    ]
    for rang, ligne in enumerate(lignes):
        vers = c.filtres.lien("/demandes", code=ligne["code"], guichet=ligne["guichet"])
        morceaux += [
            ", " if rang else "",
            _signe(ligne["etat"]),
            lien(_libelle(ligne["code"]), vers),
            depuis[rang],
        ]
    return morceaux


def _depuis(c: Contexte, ligne: AReprendre) -> str:
    au_moins = "au moins " if ligne["depuis"] == c.mois[0] else ""
    return f"depuis {au_moins}{nom_mois(ligne['depuis'])}"


def _signe(code: str) -> html.Span:
    return html.Span(f"{Etat(code).signe} ", className=f"etat-{code}", title=Etat(code).mot)


def _libelle(code: str) -> str:
    return minuscule(libelle(code))


def ce_qui_a_bouge(c: Contexte) -> html.P | html.Div:
    """Return the surest movements, a sentence each, and how many comparisons were made."""
    tous = mouvements(c.v, c.filtres)
    if not tous.comparaisons:
        return html.P("Rien ne se compare encore : les effectifs sont trop petits.")
    if not tous.lignes:
        return html.P(typographie(f"Aucun mouvement ne tient, {parmi(tous.comparaisons)}."))
    montres = tous.lignes[:MOUVEMENTS]
    nombre = accorder(len(tous.lignes), "mouvement")
    combien = (
        f"Les {len(montres)} plus nets de {nombre}" if len(montres) < len(tous.lignes) else nombre
    )
    return html.Div(
        [
            html.Ul([html.Li(_mouvement(c, une)) for une in montres], className="mouvements"),
            html.P(typographie(f"{combien}, {parmi(tous.comparaisons)}."), className="comptes"),
        ]
    )


def _mouvement(c: Contexte, ligne: Mouvement) -> list[Any]:
    """Return the sentence of a movement, its guichet and its indicator being links."""
    hausse = ligne["taux"] > ligne["taux_avant"]
    qui: Any = "Ensemble du département"
    if ligne["guichet"] != "*":
        qui = lien(ligne["nom"], c.filtres.lien(f"/guichet/{ligne['guichet']}"))
    code = ligne["code"]
    chemin = lien(_libelle(code), c.filtres.lien(f"/indicateurs/{code}"))
    sur = f"{entier(ligne['n'])} sur {entier(ligne['d'])}"
    combien = (
        f"{taux(ligne['taux'])} {_quand(c, ligne)} ({sur}), "
        f"contre {taux(ligne['taux_avant'])} {_avant(c, ligne)}."
    )
    signe, classe, verbe = (
        ("▲", Etat.ORANGE, "augmentent") if hausse else ("▼", Etat.VERT, "reculent")
    )
    return [
        html.Span(f"{signe} ", className=f"etat-{classe}", **attributs(aria_hidden="true")),
        qui,
        " : les ",
        chemin,
        f" {verbe}. {combien}",
    ]


def _quand(c: Contexte, ligne: Mouvement) -> str:
    glisse = ligne["recul"] == "an" and ligne["nature"] == "flux"
    return "sur 12 mois" if glisse else f"en {nom_mois(c.filtres.mois)}"


def _avant(c: Contexte, ligne: Mouvement) -> str:
    if ligne["recul"] == "an":
        return "un an plus tôt"
    precedent = f"en {nom_mois(mois_avant(c.filtres.mois))}"
    return "sur les onze mois d'avant" if ligne["nature"] == "flux" else precedent
