"""De la requête à l'indicateur: a SELECT becomes a rule, tried over past months."""

from __future__ import annotations

import re
from typing import Any

import dash
from dash import html

from dashboards.composants.balises import balise, bloc, lire
from dashboards.composants.candidat import formulaire_candidat
from dashboards.composants.elements import titre
from dashboards.composants.formulaires import champ, navigation, zone
from dashboards.composants.requetes import onglets
from dashboards.page import Contexte, page
from dashboards.requetes import mes_requetes
from infocentre.lecture.commun import catalogue
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import majuscule
from infocentre.requetes.ebauche import completer
from infocentre.requetes.proposition import proposer

CODE = "NOUVEAU_CODE"
EXEMPLE = """select *
from attributions
where date_signature_bail is not null
    and date_radiation > date_signature_bail + interval 1 year
"""


@page
def candidat(c: Contexte) -> html.Div:
    """Return the two steps: the units, then the rule with its preview."""
    code = re.sub(r"\W", "_", c.adresse.get("code", "").strip().upper())
    sql, titre_requete = _requete(c.adresse)
    connu = next(iter(catalogue().indicateurs), CODE)
    return html.Div(
        [
            titre(
                "De la requête à l'indicateur",
                "Une règle ou un seuil essayés sur les mois passés, avant d'être adoptés",
            ),
            onglets("/requetes/indicateur"),
            html.H2("1. Choisir les unités", className="fr-h5"),
            html.P(
                "Un SELECT sur une population du catalogue ou une table du fichier des analystes, "
                "dont la condition est l'anomalie. Pour changer une règle ou un seuil en vigueur, "
                "donner seulement le code de l'indicateur."
            ),
            navigation(
                "/requetes/indicateur",
                [
                    champ("code", "Code de l'indicateur", code, aide=f"par exemple {connu}"),
                    zone("sql", "Requête", sql or ("" if code else EXEMPLE), lignes=6),
                ],
                "Lire la règle",
            ),
            *_regle(c, code, sql, titre_requete),
        ],
        className="page-candidat",
    )


def _requete(adresse: dict[str, str]) -> tuple[str, str]:
    """Return the text and the title of the query that an address names."""
    if id_ := adresse.get("requete"):
        gardee = mes_requetes().lire(id_)
        return gardee.sql, gardee.titre
    return adresse.get("sql", ""), ""


def _regle(c: Contexte, code: str, sql: str, titre_requete: str) -> list[Any]:
    """Return the second step, once there is something to make a rule of."""
    if not code and not sql:
        return []
    try:
        champs = _champs(code or CODE, sql, titre_requete)
    except Refus as refus:
        return [_refus(refus)]
    return [
        html.H2("2. Relire la règle, l'essayer", className="fr-h5"),
        bloc(
            balise(
                "div",
                lire(formulaire_candidat(code or CODE, champs, c.filtres.departement)),
                class_="bloc-candidat",
            )
        ),
        html.Div(id="apercu"),
    ]


def _champs(code: str, sql: str, titre_requete: str) -> dict[str, Any]:
    en_vigueur = catalogue().indicateurs.get(code)
    if not sql:
        if en_vigueur is None:
            raise Refus(
                f"aucun indicateur n'a le code « {code} »",
                que_faire="Donner la requête qui choisit les unités, ou un code en vigueur.",
            )
        return en_vigueur.model_dump(mode="json", exclude_defaults=True)
    choisis = {"libelle": titre_requete} if titre_requete else {}
    return completer(code, proposer(sql), choisis)


def _refus(refus: Refus) -> html.Div:
    quoi = f"{majuscule(refus.quoi)}."
    return html.Div(
        html.P([html.B(quoi), f" {refus.que_faire}"]),
        className="fr-alert fr-alert--error fr-alert--sm",
    )


dash.register_page(
    "requetes_candidat",
    path="/requetes/indicateur",
    name="De la requête à l'indicateur",
    title="De la requête à l'indicateur – Infocentre",
    layout=candidat,
)
