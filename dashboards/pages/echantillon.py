"""Échantillon: draw demandes to check by hand, and read the verdicts back."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    ariane,
    barre_filtres,
    choix_epci,
    taux,
    titre,
    typographie,
)
from dashboards.composants.formulaires import (
    cache,
    champ,
    envoi,
    fichier,
    liste,
    telechargement,
)
from dashboards.composants.listes import Cellule
from dashboards.composants.listes import liste as tableau_liste
from dashboards.composants.natifs import Bloc
from dashboards.fichiers import refus_du_tirage
from dashboards.page import Contexte, Vue, page
from infocentre.decisions.verdicts import VerdictGarde
from infocentre.lecture.commun import indicateurs, libelle, noms_guichets, registre
from infocentre.lecture.echantillons import verdicts
from infocentre.noyau.francais import accorder, majuscule, minuscule
from infocentre.noyau.temps import jour, nom_mois

CLASSEUR = ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def layout(c: Contexte) -> Vue:
    """Return the two forms: draw, read back."""
    tete = html.Div(
        [
            ariane([("Demandes en anomalie", c.filtres.lien("/demandes")), ("Échantillon", None)]),
            titre("Échantillon à vérifier", nom_mois(c.filtres.mois)),
        ]
    )
    corps = html.Div(
        [
            html.H2("1. Tirer", className="fr-h5"),
            _dire_refus(c),
            html.P(
                "Le classeur donne, en mots, les faits à vérifier sur pièces, et des colonnes de "
                "verdict vides. Le tirage est réparti entre demandes récentes, anciennes, "
                "attributions et autres radiations ; avec un indicateur, entre demandes en "
                "anomalie et sans anomalie. Le même numéro donne le même tirage."
            ),
            _tirer(c),
            html.H2("2. Lire les verdicts", className="fr-h5"),
            html.P(
                "Remplir la colonne « Conforme » par oui ou non. Le taux d'erreur est donné avec "
                "sa marge d'incertitude, et gardé : la fiche du guichet le montre. Aucun numéro ni "
                "commentaire du classeur n'est gardé."
            ),
            envoi(
                "/echantillon/lecture",
                [
                    fichier(
                        "classeur", "Classeur rempli", CLASSEUR, aide="Format .xlsx, 5 Mo au plus"
                    )
                ],
                "Lire les verdicts",
            ),
            *_gardes(c),
        ]
    )
    return Vue(
        corps,
        tete=tete,
        filtres=barre_filtres(
            c.filtres, c.mois, c.departements, plus=choix_epci(c.filtres, c.epcis)
        ),
    )


def _dire_refus(c: Contexte) -> html.Div | None:
    """Say beside the form why its sample could not be drawn."""
    refus = refus_du_tirage(c)
    if refus is None:
        return None
    dit = html.P(typographie(refus.phrase))
    return html.Div(dit, className="fr-alert fr-alert--error fr-alert--sm", role="alert")


def _gardes(c: Contexte) -> list[Any]:
    """Return the verdicts kept, the last given first; the one just read is told above."""
    gardes = verdicts(c.v, c.filtres.departement)
    connus = noms_guichets(c.v, c.filtres.departement, c.filtres.mois)
    contenu: list[Any] = [html.P("Aucun verdict n'est encore gardé.")]
    if gardes:
        colonnes = ["Guichet", "Tirage", "Jugées", "Non conformes", "Taux d'erreur", "Lu le"]
        lignes = [_garde(c, un, connus) for un in gardes]
        contenu = [tableau_liste(colonnes, lignes, "Échantillons vérifiés", numeriques=(2, 3))]
    lu = c.adresse.get("lu") == "oui" and gardes
    return [
        html.H2("3. Verdicts gardés", className="fr-h5"),
        html.P(f"Verdict gardé : {_dire(gardes[0], connus)}.", className="fr-text--lead")
        if lu
        else None,
        *contenu,
    ]


def _dire(un: VerdictGarde, connus: dict[str, str]) -> str:
    nom = connus.get(un.guichet, un.guichet)
    return f"{nom}, {accorder(un.jugees, 'demande jugée', 'demandes jugées')}, {_marge(un)}"


def _marge(un: VerdictGarde) -> str:
    bornes = f"de {taux(un.borne_basse)} à {taux(un.borne_haute)}"
    return f"{taux(un.taux)} d'erreur, marge d'incertitude à 95 % {bornes}"


def _garde(c: Contexte, un: VerdictGarde, connus: dict[str, str]) -> list[Cellule]:
    parmi = libelle(un.indicateur) if un.indicateur else "toutes les demandes"
    return [
        lien_direct(connus.get(un.guichet, un.guichet), c.filtres.lien(f"/guichet/{un.guichet}")),
        f"{majuscule(nom_mois(un.mois))}, {minuscule(parmi)}, tirage n° {un.graine}",
        un.jugees,
        un.fausses,
        f"{taux(un.taux)} (de {taux(un.borne_basse)} à {taux(un.borne_haute)})",
        jour(un.le.date()),
    ]


def _tirer(c: Contexte) -> Bloc:
    connus = registre(c.v, c.filtres.departement, c.filtres.mois, c.vus)
    guichets = [
        ("", "Choisir…"),
        *((une["guichet"], une["nom"] or une["guichet"]) for une in connus),
    ]
    codes = [
        ("", "Toutes les demandes"),
        *((un.code, f"{un.code} – {un.libelle}") for un in indicateurs()),
    ]
    return telechargement(
        "/echantillon/classeur.xlsx",
        [
            cache("departement", c.filtres.departement),
            cache("mois", c.filtres.mois),
            liste("guichet", "Guichet", guichets, c.adresse.get("guichet", ""), requis=True),
            liste("code", "Parmi", codes, c.adresse.get("code", "")),
            champ(
                "n",
                "Nombre de demandes",
                c.adresse.get("n", "30"),
                type="number",
                min="1",
                max="1000",
            ),
            champ("graine", "Numéro du tirage", c.adresse.get("graine", "1"), type="number"),
        ],
        "Tirer l'échantillon",
    )


dash.register_page(
    __name__,
    path="/echantillon",
    sous="/demandes",
    name="Échantillon",
    title="Échantillon à vérifier – Infocentre",
    layout=layout,
)
