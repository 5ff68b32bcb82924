"""One indicator: what it means, who departs from the others, how it moves."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboards.composants.elements import (
    Filtre,
    ariane,
    barre_filtres,
    choix,
    choix_epci,
    exports,
    lien,
    titre,
    types_a_choisir,
    vide,
)
from dashboards.composants.fiche import table_revisions
from dashboards.composants.inconnu import indicateur_connu
from dashboards.composants.indicateur import (
    chiffres,
    definition,
    reperes,
    vue_departement,
    vue_distribution,
    vue_entonnoir,
    vue_mois_revus,
    vue_place,
)
from dashboards.composants.notes import evenements_du_departement, notes
from dashboards.composants.telechargements import formes
from dashboards.exports import export
from dashboards.page import Contexte, Vue, page
from infocentre.catalogue import Catalogue, Indicateur
from infocentre.decisions.notes import Genre
from infocentre.exports import Donnees
from infocentre.lecture.commun import catalogue
from infocentre.lecture.indicateurs import (
    catalogue_du_mois,
    derniers_mois,
    guichets_de,
    habitudes_changees,
    histoire_departement,
    mesure,
    mois_revus,
    revisions,
    saisies_tardives,
    type_principal,
    versions_de_la_regle,
)
from infocentre.lecture.lignes import ValeurNommee, choisir
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import de_mois, nom_mois

PAR = {"guichet": "Guichets", "organisme": "Organismes"}


@page
def layout(c: Contexte) -> Vue | html.Div:
    """Return the page of an indicator in a month."""
    code = c.adresse.get("code", "").upper()
    cat = catalogue_du_mois(c.v, c.filtres)
    un = cat.indicateurs.get(code)
    if un is None:
        return _inconnu(c, code)
    niveau = _niveau(c)
    tous = guichets_de(c.v, c.filtres, code, niveau)
    type_guichet = c.filtres.type_guichet or type_principal(tous)
    du_type = [une for une in tous if une["type_guichet"] == type_guichet]
    tete = html.Div(
        [
            ariane([("Indicateurs", c.filtres.lien("/indicateurs")), (code, None)]),
            titre(un.libelle, _sous_titre(c, un)),
        ]
    )
    montres = derniers_mois(c.filtres, c.mois)
    versions = versions_de_la_regle(c.v, c.filtres, code, montres)
    corps = html.Div(
        [
            _avertir(c, un),
            _portee(c),
            _departement(c, cat, un, tous, du_type, niveau),
            notes(c, Genre.INDICATEUR, code),
            definition(cat, un, versions),
        ]
    )
    filtres = barre_filtres(
        c.filtres,
        c.mois,
        c.departements,
        plus=[
            *choix_epci(c.filtres, c.epcis),
            _choix_type(type_guichet),
            choix("par", "Points", list(PAR.items()), niveau),
        ],
    )
    return Vue(corps, tete=tete, filtres=filtres)


def _departement(
    c: Contexte,
    cat: Catalogue,
    un: Indicateur,
    tous: list[ValeurNommee],
    du_type: list[ValeurNommee],
    niveau: str,
) -> html.Div:
    valeurs = histoire_departement(c.v, c.filtres, un.code)
    revisees = revisions(c.v, c.filtres, "departement", "*", un.code)
    flux = cat.populations[un.population].nature == "flux"
    type_guichet = (du_type[0]["type_guichet"] or "") if du_type else c.filtres.type_guichet
    return html.Div(
        [
            chiffres(c, un, valeurs.get(c.filtres.mois), tous, niveau),
            html.P(
                [
                    lien(
                        "Voir les demandes en anomalie", c.filtres.lien("/demandes", code=un.code)
                    ),
                    lien("Pourquoi ce taux a bougé", c.filtres.lien(f"/pourquoi/{un.code}")),
                ],
                className="liens ecran",
            ),
            vue_entonnoir(c, un, du_type, type_guichet, niveau),
            vue_place(c, un, type_guichet),
            exports(
                formes(
                    lambda f: c.filtres.lien(f"/export/indicateur.{f}", code=un.code, par=niveau)
                )
            ),
            vue_departement(
                un,
                valeurs,
                derniers_mois(c.filtres, c.mois),
                frozenset(une["mois"] for une in revisees),
                reperes(c, derniers_mois(c.filtres, c.mois))(un),
            ),
            evenements_du_departement(c),
            table_revisions(revisees, lambda _: un.libelle) if revisees else None,
            vue_mois_revus(mois_revus(c.v, c.filtres, un.code), c.filtres.mois) if flux else None,
            vue_distribution(un, tous, PAR[niveau].lower()),
        ]
    )


def _niveau(c: Contexte) -> str:
    voulu = c.adresse.get("par", "guichet")
    return voulu if voulu in PAR else "guichet"


def _sous_titre(c: Contexte, un: Indicateur) -> str:
    suivi = ", suivi en premier ★" if un.suivi else ""
    return f"{un.code} – {un.titre_famille}{suivi} – {nom_mois(c.filtres.mois)}"


def _choix_type(courant: str) -> Filtre:
    """Return the filter of the type; without a guichet to compare, there is none to choose yet."""
    aucun = [] if courant else [("", "Choisir…")]
    return choix("type", "Type de guichet", [*aucun, *types_a_choisir(courant)], courant)


def _avertir(c: Contexte, un: Indicateur) -> html.P | None:
    if un.code not in saisies_tardives(c.v, c.filtres.departement, c.filtres.mois):
        return None
    retenue = un.code in habitudes_changees(c.v, c.filtres.departement, c.filtres.mois)
    return html.P(
        f"Saisie tardive probable : une partie {de_mois(c.filtres.mois)} n'est pas encore "
        "entrée dans le SNE. La valeur du mois est provisoire ; celle des 12 mois l'est moins."
        + (" Aucune estimation : les habitudes de saisie ont changé." if retenue else ""),
        className="avertissement",
    )


def _portee(c: Contexte) -> html.P | None:
    if not c.filtres.epci:
        return None
    return html.P(
        f"Guichets montrés : ceux de l'EPCI {c.epcis[c.filtres.epci]}. Le taux d'ensemble, les "
        "limites et les courbes sont ceux du département entier.",
        className="portee",
    )


def _inconnu(c: Contexte, code: str) -> html.Div:
    connu = code in catalogue().indicateurs
    message = (
        f"L'indicateur {code} n'existait pas quand ce mois a été contrôlé"
        if connu
        else f"L'indicateur « {code} » n'existe pas"
    )
    suite: Any = (
        f"Contrôler le mois de nouveau : infocentre controler --mois {c.filtres.mois}"
        if connu
        else "Le choisir dans la liste des indicateurs."
    )
    return html.Div(
        [
            titre("Indicateur"),
            vide(message, suite),
            html.P(lien("Tous les indicateurs", c.filtres.lien("/indicateurs"))),
        ]
    )


@export("indicateur")
def _exporter(c: Contexte) -> Donnees:
    """Return an indicator over the guichets (or organismes) of the month, type filter included."""
    code = c.adresse.get("code", "").upper()
    un = catalogue_du_mois(c.v, c.filtres).indicateurs.get(code)
    if un is None:
        raise Refus(f"l'indicateur « {code} » n'existe pas", que_faire="Choisir un indicateur.")
    niveau = _niveau(c)
    lignes = [
        une
        for une in guichets_de(c.v, c.filtres, code, niveau)
        if c.filtres.type_guichet in {"", une["type_guichet"]}
    ]
    lignes.sort(key=lambda une: (une["type_guichet"] or "", -(mesure(une).taux or 0)))
    colonnes = tuple(
        (
            "guichet nom type_guichet numerateur denominateur taux etat_mois numerateur_12m "
            "denominateur_12m taux_12m etat borne_basse borne_haute rang taux_ensemble"
        ).split()
    )
    return Donnees(
        un.libelle,
        colonnes,
        [choisir(une, colonnes) for une in lignes],
        de="valeurs",
    )


dash.register_page(
    __name__,
    path_template="/indicateurs/<code>",
    name="Indicateur",
    title=lambda code="", **_: f"{code.upper()} – Infocentre",
    montre="graphique",
    connu=lambda code="", **_: indicateur_connu(code),
    layout=layout,
)
