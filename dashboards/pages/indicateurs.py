"""Indicateurs: every indicator of the month, the worst first; green and context folded."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.balises import Balise, Noeud, balise
from dashboards.composants.direct import etat_direct, lien_direct, part_de, part_du_mois
from dashboards.composants.elements import (
    barre_filtres,
    choix_epci,
    repli,
    taux,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.natifs import Bloc
from dashboards.page import Contexte, Vue, page
from infocentre.lecture.indicateurs import Mesure, Resume, mesure, resumes
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, majuscule, points_signes
from infocentre.noyau.temps import nom_mois

COLONNES = (
    "Indicateur",
    "Département",
    "État",
    "Un an plus tôt",
    "En un an",
    "Le mois seul",
    "Guichets",
    "Code",
)


@page
def layout(c: Contexte) -> Vue:
    """Return the indicators, the worst first: value of the département, guichets per state."""
    tous = sorted(
        resumes(c.v, c.filtres), key=lambda une: (*(-un for un in une.gravite), une.un.ordre)
    )
    depasses = [une for une in tous if une.depasse]
    verts = [une for une in tous if not une.depasse and une.vert]
    sans_etat = [une for une in tous if not une.depasse and not une.vert]
    corps = html.Div(
        [
            html.P(
                "Chaque indicateur est un taux d'anomalies : plus il est bas, mieux c'est. "
                "★ : suivi en premier. Le taux du département porte sur les 12 mois "
                "glissants, sur la situation à l'arrêté pour ce qui est compté à cette date, sur "
                "le mois seul pour la tolérance zéro. "
                "La colonne « Guichets » compte ceux qui sont en ■ rouge ou à traiter, ▲ orange, "
                "● vert, ○ effectif insuffisant." + _portee(c)
            ),
            html.H2(_titre(len(depasses)), className="fr-h5"),
            _liste(c, depasses, "Indicateurs au-dessus d'un seuil") if depasses else None,
            _replies(c, verts, "autre indicateur, en vert", "autres indicateurs, en vert"),
            _replies(
                c, sans_etat, "indicateur qui ne se juge pas", "indicateurs qui ne se jugent pas"
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


def _titre(nombre: int) -> str:
    if not nombre:
        return "Aucun indicateur n'est au-dessus d'un seuil, aucun guichet n'est en rouge"
    nom = accorder(nombre, "indicateur")
    return typographie(f"{nom} au-dessus d'un seuil, ou avec un guichet en rouge ou à traiter")


def _replies(c: Contexte, eux: list[Resume], un: str, plusieurs: str) -> html.Details | None:
    if not eux:
        return None
    nombre = accorder(len(eux), un, plusieurs)
    return repli(nombre, _liste(c, eux, majuscule(plusieurs)))


def _liste(c: Contexte, eux: list[Resume], legende: str) -> Bloc:
    return liste(COLONNES, [_ligne(c, une) for une in eux], legende, numeriques=(1, 3, 4, 5))


def _portee(c: Contexte) -> str:
    if not c.filtres.epci:
        return ""
    return f" Elle ne compte ici que les guichets de l'EPCI {c.epcis[c.filtres.epci]}."


def _ligne(c: Contexte, une: Resume) -> list[Cellule]:
    un, ligne = une.un, une.departement
    m, avant = (mesure(lue) if lue else None for lue in (ligne, une.avant))
    return [
        balise(
            "span",
            lien_direct(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")),
            " ★" if un.suivi else "",
        ),
        part_de(m) if m else "–",
        etat_direct(ligne["etat"]) if ligne else "–",
        taux(avant.taux) if avant else "–",
        _evolution(c, une, m, avant),
        part_du_mois(ligne) if ligne and m and m.sur_12_mois else "–",
        _guichets(une) if une.un.imputable == "guichet" else "–",
        un.code,
    ]


def _evolution(c: Contexte, une: Resume, m: Mesure | None, avant: Mesure | None) -> Cellule:
    """Return by how many points the rate moved in a year, which leads to why."""
    if m is None or avant is None or m.taux is None or avant.taux is None:
        return "–"
    ecart = m.taux - avant.taux
    if not round(100 * ecart, 1):
        return "stable"
    return lien_direct(points_signes(ecart), c.filtres.lien(f"/pourquoi/{une.un.code}"))


def _guichets(une: Resume) -> Balise:
    """Return how many guichets stand in each state: sign, number, and the word for who listens."""
    etats = une.etats
    comptes = (
        (Etat.ROUGE, une.graves, "rouge ou à traiter"),
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
