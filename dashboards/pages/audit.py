"""Audit: who saw, took away or changed what, searched by the administrator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

import dash
from dash import html

from dashboards.composants.elements import ariane, exports, pagination, titre, vide
from dashboards.composants.formulaires import champ, navigation
from dashboards.composants.formulaires import liste as choix
from dashboards.composants.listes import Cellule, lignes_de, liste
from dashboards.composants.natifs import Bloc
from dashboards.composants.telechargements import formes
from dashboards.courant import lecteur
from dashboards.droits import lire_recherche, nommer
from infocentre.acces.audit import (
    LIBELLES,
    NUMEROS,
    PAGE,
    SCEAU,
    Entree,
    chercher,
    tete_de,
)
from infocentre.acces.conservation import lire_conservation
from infocentre.acces.politique import ROLES
from infocentre.analystes.fichier import cle
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.noyau.entiers import MAXIMUM, lire_entier
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule

ROLES_DITS = {str(role): un.nom for role, un in ROLES.items()}
ACCENTUES = {
    "departement": "département",
    "destinataire": "à",
    "evenement": "événement",
    "methode": "méthode",
    "numeros": "demandes montrées",
    "sans_lecture": "numéros d’origine inconnue",
}
MUETTES = {"empreinte", SCEAU}
CHAMPS = ("qui", "action", "destinataire", "numero", "du", "au", "empreinte")


def audit(**adresse: str) -> html.Div:
    """Return the search and a page of what it finds."""
    try:
        voulu = lire_recherche(adresse)
    except Refus as refus:
        return html.Div(
            [titre("Journal des accès"), _formulaire({}), vide(refus.quoi, refus.que_faire)]
        )
    racine = lecteur().dossier.racine
    magasin = ouvrir_magasin(racine)
    numero = lire_entier(adresse.get("page", ""), range(1, MAXIMUM)) or 1
    sceau = cle(lecteur().dossier)
    total, entrees = chercher(magasin, voulu, page=numero, cle=sceau)
    tete, mois = tete_de(magasin), lire_conservation(racine).durees.traces.mois
    filtres = {nom: adresse[nom] for nom in CHAMPS if adresse.get(nom)}
    dit = f"{accorder(total, 'trace gardée', 'traces gardées')} {mois} mois"
    return html.Div(
        [
            ariane([("Données personnelles", "/registre"), ("Journal des accès", None)]),
            titre("Journal des accès", dit),
            _formulaire(filtres),
            _liste(entrees) if entrees else vide("Aucune trace", "Élargir la recherche."),
            pagination(
                numero,
                -(-total // PAGE),
                lambda un: f"/audit?{urlencode({**filtres, 'page': un})}",
            ),
            exports(formes(lambda f: f"/audit/acces.{f}?{urlencode(filtres)}")),
            html.P(
                f"{accorder(tete.rang, 'trace')} depuis l’origine, chacune scellée par la "
                f"suivante ; empreinte de la dernière : {tete.empreinte[:16]}. La noter ailleurs : "
                "« infocentre preuve verifier --tete » dit si rien n’a été changé ni retiré.",
                className="fr-hint-text",
            ),
        ]
    )


def _formulaire(filtres: Mapping[str, str]) -> Bloc:
    actions = [("", "Toutes"), *((cle, majuscule(un)) for cle, un in LIBELLES.items())]
    champs = [
        champ("qui", "Personne", filtres.get("qui", "")),
        choix("action", "Action", actions, filtres.get("action", "")),
        champ(
            "destinataire",
            "Destinataire",
            filtres.get("destinataire", ""),
            aide="De messages envoyés",
        ),
        champ("numero", "Numéro unique", filtres.get("numero", ""), aide="D’une demande montrée"),
        champ("du", "Du", filtres.get("du", ""), type="date"),
        champ("au", "Au", filtres.get("au", ""), type="date"),
        champ("empreinte", "Fichier", filtres.get("empreinte", ""), aide="Son sha256, ou le début"),
    ]
    return navigation("/audit", champs, "Chercher")


def _liste(entrees: list[Entree]) -> Bloc:
    return liste(
        ["Quand", "Qui", "Quoi", "Sur quoi", "Combien"],
        [_ligne(une) for une in entrees],
        "Qui a vu, emporté, demandé ou modifié quoi, du plus récent au plus ancien",
        numeriques=[4],
    )


def _ligne(une: Entree) -> list[Cellule]:
    quand = dt.datetime.fromisoformat(une.le)
    dites = [
        f"{ACCENTUES.get(nom, nom)} : {un}"
        for nom, un in une.precisions.items()
        if nom not in MUETTES and not (nom == NUMEROS and un in {1, une.nombre})
    ]
    if une.incertaine:
        dites.append("ce qui a été montré n’est pas connu")
    numero = une.numero if une.numero not in une.objet else ""
    return [
        f"{quand:%d/%m/%Y %H:%M:%S}",
        lignes_de(une.qui, ROLES_DITS.get(une.role, une.role)),
        majuscule(une.libelle),
        lignes_de(nommer(une.objet), numero, ", ".join(dites)),
        "" if une.nombre is None else f"{une.nombre}",
    ]


dash.register_page(
    __name__,
    path="/audit",
    name="Journal des accès",
    title="Journal des accès – Infocentre",
    layout=audit,
    sous="/aide",
)
