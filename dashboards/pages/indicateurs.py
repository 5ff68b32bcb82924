"""Indicateurs: every indicator of the month, by famille."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import dash
from dash import html

from dashboards.composants.balises import Balise, Noeud, balise
from dashboards.composants.direct import etat_direct, lien_direct, part
from dashboards.composants.elements import barre_filtres, choix_epci, titre
from dashboards.composants.listes import Cellule, Groupe, liste
from dashboards.page import Contexte, Vue, page
from infocentre.lecture.indicateurs import Resume, mesure, resumes
from infocentre.noyau.etats import MAUVAIS, Etat
from infocentre.noyau.temps import nom_mois

COLONNES = (
    "Indicateur",
    "Département",
    "État",
    "Le mois",
    "Guichets",
    "Code",
)


@page
def layout(c: Contexte) -> Vue:
    """Return the indicators by famille: value of the département, guichets per state."""
    tous = resumes(c.v, c.filtres)
    corps = html.Div(
        [
            html.P(
                "Chaque indicateur est un taux d'anomalies : plus il est bas, mieux c'est. "
                "★ : la quinzaine, suivie en premier. Le taux du département porte sur les 12 mois "
                "glissants, sur la situation à l'arrêté pour ce qui est compté à cette date, sur "
                "le mois seul pour la tolérance zéro. "
                "La colonne « Guichets » compte ceux qui sont en ■ rouge ou à traiter, ▲ orange, "
                "● vert, ○ effectif insuffisant." + _portee(c)
            ),
            liste(
                COLONNES,
                _lignes(c, tous),
                f"Indicateurs, {nom_mois(c.filtres.mois)}",
                numeriques=(1, 3),
            ),
        ],
        className="liste-indicateurs",
    )
    return Vue(
        corps,
        tete=titre("Indicateurs", f"{len(tous)} indicateurs, {nom_mois(c.filtres.mois)}"),
        filtres=barre_filtres(
            c.filtres, c.mois, c.departements, plus=choix_epci(c.filtres, c.epcis)
        ),
    )


def _portee(c: Contexte) -> str:
    if not c.filtres.epci:
        return ""
    return f" Elle ne compte ici que les guichets de l'EPCI {c.epcis[c.filtres.epci]}."


def _lignes(c: Contexte, tous: list[Resume]) -> Iterator[Groupe | list[Cellule]]:
    for nom, groupe in groupby(tous, key=lambda une: une.un.titre_famille):
        yield Groupe(nom)
        for une in groupe:
            yield _ligne(c, une)


def _ligne(c: Contexte, une: Resume) -> list[Cellule]:
    un, ligne = une.un, une.departement
    m = mesure(ligne) if ligne else None
    return [
        balise(
            "span",
            lien_direct(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")),
            " ★" if un.suivi else "",
        ),
        part(m.numerateur, m.denominateur) if m else "–",
        etat_direct(ligne["etat"]) if ligne else "–",
        part(ligne["numerateur"], ligne["denominateur"]) if ligne and m and m.sur_12_mois else "–",
        _guichets(une) if une.un.imputable == "guichet" else "–",
        un.code,
    ]


def _guichets(une: Resume) -> Balise:
    """Return how many guichets stand in each state: sign, number, and the word for who listens."""
    etats = une.etats
    comptes = (
        (Etat.ROUGE, sum(etats[un] for un in MAUVAIS), "rouge ou à traiter"),
        *((un, etats[un], un.mot) for un in (Etat.ORANGE, Etat.VERT, Etat.EFFECTIF_INSUFFISANT)),
    )
    ecrits: list[Noeud] = []
    for etat, nombre, nom in comptes:
        signe = balise("span", etat.signe, aria_hidden="true")
        mot = balise("span", f" {nom}", class_="fr-sr-only")
        classe = f"etat etat-{etat if nombre else Etat.SANS_OBJET}"
        ecrits += [" ", balise("span", signe, f" {nombre}", mot, class_=classe)]
    return balise("span", *ecrits[1:], class_="etats")


dash.register_page(
    __name__,
    path="/indicateurs",
    menu=30,
    name="Indicateurs",
    title="Indicateurs – Infocentre",
    layout=layout,
)
