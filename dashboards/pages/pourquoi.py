"""Pourquoi ce taux a bougé: the movement of an indicator between two months, split exactly."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.elements import (
    ariane,
    barre_filtres,
    choix,
    choix_epci,
    choix_type,
    lien,
    titre,
    vide,
)
from dashboards.composants.inconnu import indicateur_connu
from dashboards.composants.mouvement import cascade, en_bref, les_parts
from dashboards.page import Contexte, Vue, page
from infocentre.lecture.commun import noms_des_organismes
from infocentre.lecture.decomposition import (
    expliquer_mouvement,
    guichets_du_lieu,
    nommer_parts,
)
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import mois_avant, nom_mois
from infocentre.noyau.types_guichet import PLURIELS

UN_AN = 12


@page
def layout(c: Contexte) -> Vue:
    """Return why an indicator moved, for a territory, between two months."""
    code = c.adresse.get("code", "").upper()
    un = catalogue_du_mois(c.v, c.filtres).indicateurs.get(code)
    if un is None:
        raise Refus(
            f"L'indicateur « {code} » n'existe pas",
            que_faire="Le choisir dans la liste des indicateurs.",
        )
    avant = _depuis(c)
    organismes = noms_des_organismes(c.v, c.filtres.departement, c.filtres.mois)
    organisme = c.adresse.get("organisme", "")
    organisme = organisme if organisme in organismes else ""
    tete = html.Div(
        [
            ariane(
                [
                    ("Indicateurs", c.filtres.lien("/indicateurs")),
                    (un.libelle, c.filtres.lien(f"/indicateurs/{code}")),
                    ("Pourquoi ce taux a bougé", None),
                ]
            ),
            titre(
                "Pourquoi ce taux a bougé", _sous_titre(c, un.libelle, organismes.get(organisme))
            ),
        ]
    )
    filtres = barre_filtres(
        c.filtres,
        c.mois,
        c.departements,
        plus=[
            choix("depuis", "Comparé à", _mois_d_avant(c), avant),
            *choix_epci(c.filtres, c.epcis),
            choix_type(c.filtres),
            choix("organisme", "Organisme", _options(organismes), organisme),
        ],
    )
    return Vue(_contenu(c, code, avant, organisme), tete=tete, filtres=filtres)


def _contenu(c: Contexte, code: str, avant: str, organisme: str) -> html.Div:
    mois = (avant, c.filtres.mois)
    siens = guichets_du_lieu(c.v, c.filtres, mois, organisme)
    e = (
        expliquer_mouvement(c.v, c.filtres.departement, code, mois, siens)
        if avant < c.filtres.mois
        else None
    )
    if e is None:
        return vide(
            "Il n'y a pas de mouvement à expliquer",
            "À l'un des deux mois, aucune unité n'est concernée ici : choisir un autre mois ou un "
            "territoire plus large.",
        )
    noms = nommer_parts(c.v, c.filtres.departement, e)
    return html.Div(
        [
            en_bref(e, noms),
            cascade(c, e, noms),
            les_parts(c, e, noms),
            html.P(lien("Voir l'indicateur", c.filtres.lien(f"/indicateurs/{code}"))),
        ]
    )


def _mois_d_avant(c: Contexte) -> list[tuple[str, str]]:
    avant = [un for un in reversed(c.mois) if un < c.filtres.mois]
    return [(un, nom_mois(un)) for un in avant or [c.filtres.mois]]


def _depuis(c: Contexte) -> str:
    """Return the former month: the one asked, else a year before, else the first known."""
    connus = [un for un, _ in _mois_d_avant(c)]
    voulu = c.adresse.get("depuis", "")
    if voulu in connus:
        return voulu
    an = mois_avant(c.filtres.mois, UN_AN)
    return an if an in connus else connus[-1]


def _options(organismes: dict[str, str]) -> list[tuple[str, str]]:
    tries = sorted(organismes.items(), key=lambda un: (clef_de_tri(un[1]), un[0]))
    return [("", "Tous les organismes"), *tries]


def _sous_titre(c: Contexte, libelle: str, organisme: str | None) -> str:
    type_ = PLURIELS.get(c.filtres.type_guichet)
    lieu = f"{c.lieu}, vos guichets" if c.v.p.partiel else c.lieu
    return " – ".join(un for un in (libelle, organisme, type_, lieu) if un)


dash.register_page(
    __name__,
    path_template="/pourquoi/<code>",
    sous="/indicateurs",
    name="Pourquoi ce taux a bougé",
    title=lambda code="", **_: f"Pourquoi {code.upper()} a bougé – Infocentre",
    montre="graphique",
    connu=lambda code="", **_: indicateur_connu(code),
    layout=layout,
)
