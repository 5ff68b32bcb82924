"""De la requête à l'indicateur: a threshold or a rule, tried over past months."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html

from dashboards.composants.candidat import (
    NOMBRES,
    champs_de_regle,
    formulaire_regle,
    formulaire_seuils,
    montrer_apercu,
    montrer_essais,
)
from dashboards.composants.elements import choix, repli, titre
from dashboards.composants.requetes import alerte, onglets
from dashboards.composants.saisie import Champ, Formulaire, groupe
from dashboards.courant import acces, departement_ouvert, dossier
from dashboards.page import Contexte, Vue, page
from dashboards.requetes import Reponses, mes_requetes, place, rappel, texte, textes
from infocentre.acces.audit import Trace, par_jour
from infocentre.acces.modele import Action
from infocentre.catalogue import Indicateur
from infocentre.decisions import magasin_present
from infocentre.lecture.commun import catalogue
from infocentre.noyau.entiers import lire_entier
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import clef_de_tri
from infocentre.requetes.borne import essayer as essayer_regle
from infocentre.requetes.ebauche import completer
from infocentre.requetes.proposition import proposer

CODE, JOURS_MONTRES = "NOUVEAU_CODE", 7
EXEMPLE = """select *
from attributions
where date_signature_bail is not null
    and date_radiation > date_signature_bail + interval 1 year
"""
ENCOURS = "Calcul en cours, jusqu'à deux minutes…"


@page
def candidat(c: Contexte) -> Vue:
    """Return the indicator to change, or the query that makes a new one, and what they say."""
    code = re.sub(r"\W", "_", c.adresse.get("code", "").strip().upper())
    sql, titre_requete = _requete(c.adresse)
    connu = None if sql else catalogue().indicateurs.get(code)
    tete = html.Div(
        [
            titre(
                "De la requête à l'indicateur",
                "Un seuil ou une règle essayés sur les mois passés, avant d'être adoptés",
            ),
            onglets("/requetes/indicateur"),
        ]
    )
    contenu = _seuils(connu) if connu else _nouveau(code, sql, titre_requete)
    suite = [
        dcc.Store(id="code-essaye", data={"code": code or CODE, "ou": c.filtres.departement}),
        dcc.Store(id="vers-regle"),
        html.P(ENCOURS, id="essai-dit", className="temps", role="status", hidden=True),
        html.Div(id="apercu"),
        _essais(),
    ]
    return Vue(
        html.Div([*contenu, *suite], className="page-candidat"),
        tete=tete,
        filtres=[choix("code", "Indicateur", _indicateurs(), connu.code if connu else "")],
    )


def _essais() -> Any:  # noqa: ANN401 - as Dash has it
    """Return who tried how many rules, for who may see small counts."""
    if not acces().peut(Action.PETITS_NOMBRES):
        return None
    depuis = dt.datetime.now().astimezone().date() - dt.timedelta(days=JOURS_MONTRES - 1)
    magasin = magasin_present(dossier().racine)
    return montrer_essais(par_jour(magasin, Trace.ESSAI, depuis) if magasin else [])


def _indicateurs() -> list[tuple[str, str]]:
    """Return the indicators in force, those of a new one first."""
    connus = sorted(catalogue().indicateurs.values(), key=lambda un: clef_de_tri(un.libelle))
    nouveau = "Un nouvel indicateur, tiré d'une requête"
    return [("", nouveau), *((un.code, f"{un.libelle} ({un.code})") for un in connus)]


def _requete(adresse: dict[str, str]) -> tuple[str, str]:
    """Return the text and the title of the query that an address names."""
    if id_ := adresse.get("requete"):
        gardee = mes_requetes().lire(id_)
        return gardee.sql, gardee.titre
    return adresse.get("sql", ""), ""


def _seuils(connu: Indicateur) -> list[Any]:
    """Return what changes the thresholds of an indicator; its whole rule is folded."""
    champs = connu.model_dump(mode="json", exclude_defaults=True)
    sans = "Cet indicateur n'a pas de seuils : il est à traiter dès la première anomalie."
    if not connu.seuils and not connu.tolerance_zero:
        sans = "Cet indicateur n'a pas de seuils : il ne juge personne."
    return [
        html.H2("Changer ses seuils", className="fr-h5"),
        None if connu.seuils else html.P(sans),
        formulaire_seuils(connu),
        repli("Changer la règle entière", formulaire_regle(champs)),
        Formulaire(id="unites", groupes=[]),
    ]


def _nouveau(code: str, sql: str, titre_requete: str) -> list[Any]:
    """Return the query of a new indicator, then its rule once it is read."""
    champs = [
        Champ("code", "Code du nouvel indicateur", aide="lettres, chiffres et tirets bas"),
        Champ("sql", "Requête", "zone", large=True, sql=True, precisions={"rows": 6}),
    ]
    dit, regle = _regle(code, sql, titre_requete) if sql or code else (None, {})
    return [
        html.H2("1. Choisir les unités", className="fr-h5"),
        html.P(
            "Un SELECT sur une population du catalogue ou une table du fichier des analystes, "
            "dont la condition est l'anomalie."
        ),
        Formulaire(
            id="unites",
            groupes=[groupe("unites", champs)],
            valeurs={"code": code, "sql": sql or EXEMPLE},
            bouton="Lire la règle",
            classe="formulaire",
        ),
        dit,
        html.H2("2. Relire la règle, l'essayer", className="fr-h5") if regle else None,
        formulaire_regle(regle),
        formulaire_seuils(None),
    ]


def _regle(code: str, sql: str, titre_requete: str) -> tuple[Any, dict[str, Any]]:
    """Return the fields of the rule that a query holds, or what is wrong."""
    if not sql:
        que_faire = "Donner la requête qui choisit les unités, ou choisir un indicateur."
        return alerte(Refus(f"aucun indicateur n'a le code « {code} »", que_faire=que_faire)), {}
    try:
        choisis = {"libelle": titre_requete} if titre_requete else {}
        return None, completer(code or CODE, proposer(sql), choisis)
    except Refus as refus:
        return alerte(refus), {}


@rappel(
    {"apercu": Output("apercu", "children")},
    {
        "_": Input("seuils", "envois"),
        "regle": Input("regle", "envois"),
        "seuils": State("seuils", "valeurs"),
        "champs": State("regle", "valeurs"),
        "essaye": State("code-essaye", "data"),
    },
    refus="apercu",
    running=[
        (Output("essai-dit", "hidden"), False, True),
        (Output("seuils", "occupe"), True, False),
        (Output("regle", "occupe"), True, False),
    ],
)
def essayer(
    _: object,
    regle: object,  # noqa: ARG001 - an event, not a value
    seuils: object,
    champs: object,
    essaye: object,
) -> Reponses:
    """Preview thresholds, or a whole rule, over past months; nothing is written."""
    donnes = textes(champs)
    if ctx.triggered_id == "seuils":
        donnes |= textes(seuils)
    entiers = champs_de_regle(texte(essaye, "code").strip().upper(), donnes)
    mois = _nombre(donnes.get("nombre", ""))
    ici = departement_ouvert(texte(essaye, "ou"))
    with place():
        apercu = essayer_regle(dossier(), entiers, acces=acces(), mois=mois, departement=ici)
    return {"apercu": montrer_apercu(apercu, entiers)}


def _nombre(lu: str) -> int:
    nombre = lire_entier(lu, NOMBRES)
    if nombre is None:
        raise Refus(
            f"« {lu} » n'est pas un nombre de mois",
            que_faire=f"De {NOMBRES[0]} à {NOMBRES[-1]} mois.",
        )
    return nombre


dash.clientside_callback(
    ClientsideFunction("requetes", "lireRegle"),
    Output("vers-regle", "data"),
    Input("unites", "envois"),
    State("unites", "valeurs"),
    prevent_initial_call=True,
)

dash.register_page(
    "requetes_candidat",
    path="/requetes/indicateur",
    name="De la requête à l'indicateur",
    title="De la requête à l'indicateur – Infocentre",
    layout=candidat,
)
