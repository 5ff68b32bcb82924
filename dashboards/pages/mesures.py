"""Mesures: what is asked of organismes; one affaire, its story and what may be done of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import html

from dashboards import mesures
from dashboards.composants.elements import (
    ariane,
    barre_filtres,
    choix,
    exports,
    lien,
    pagination,
    repli,
    titre,
    typographie,
)
from dashboards.composants.mesures import (
    a_decider,
    bouton,
    causes,
    chronologie,
    constats_figes,
    formulaire,
    liste_des_affaires,
    lu_jusqu_ici,
    message_a_relire,
    par_echeance,
    propositions,
    reception,
    reponse,
    resume,
)
from dashboards.composants.notes import notes
from dashboards.courant import acces
from dashboards.page import Contexte, Vue, page
from infocentre.acces.modele import Action, Role
from infocentre.affaires import Affaire, Constat
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.affaires.modele import Visibilite
from infocentre.catalogue.familles import famille
from infocentre.decisions.notes import Genre
from infocentre.demarches.cas import cas
from infocentre.demarches.envoi import FICHIER
from infocentre.lecture import affaires as lues
from infocentre.lecture.effets import dire_effet, effet_des_mesures
from infocentre.lecture.filtres import PAR_PAGE, nombre_de_pages, page_montree
from infocentre.noyau.francais import accorder
from infocentre.procedures.mesures_correctives import actes
from infocentre.procedures.mesures_correctives import comptes as attendus
from infocentre.procedures.mesures_correctives.message import texte

ETAPES = {
    "": "Toutes, en cours",
    "0": "À décider ou à envoyer",
    "1": "Étape 1, signalées",
    "2": "Étape 2, formalisées",
    "3": "Étape 3, soumises",
    "finies": "Finies",
}
# What an affaire lets be read of its events, by the role of who does not conduct it.
_LECTEURS: Mapping[Role | None, Visibilite] = {Role.GUICHET: "guichet", Role.PREFET: "prefet"}
CAS_PAR_PAGE = 25


@page
def layout(c: Contexte) -> Vue:
    """Return the affaires of a département, or one of them (`affaire`)."""
    dossier = c.v.dossier
    if c.adresse.get("affaire"):
        return _une(c, lues.une_affaire(c.v, c.adresse["affaire"]))
    ici, etape = c.filtres.departement, c.adresse.get("etape", "")
    comptes = attendus.compter(c.v, ici, c.mois[-1], mesures.aujourdhui())
    toutes = lues.affaires(c.v, ici, finies=True)
    montrees = [une for une in toutes if _montree(une, etape)]
    noms = lues.noms(c.v, ici, c.mois[-1])
    a_faire = [
        html.H2("À faire", className="fr-h5"),
        a_decider(comptes, messagerie=(dossier.racine / FICHIER).exists()),
        html.Div(id="mesure-message"),
        propositions(comptes.a_ouvrir, c.filtres),
    ]
    repond = acces().peut(Action.REPONDRE)
    conduit = acces().peut(Action.CONDUIRE)
    corps = html.Div(
        [
            *(a_faire if conduit else []),
            html.P(lien("Accès au SNE et leur revue", c.filtres.lien("/affaires/revue_des_acces")))
            if acces().peut(Action.ACCES_SNE)
            else None,
            html.H2(accorder(len(montrees), "affaire"), className="fr-h5"),
            _liste(c, montrees, noms) if montrees else html.P(_dire_aucune(etape)),
            causes(attendus.causes_dites(c.v, ici), noms),
            *_effet(c),
        ]
    )
    aux = "à vos guichets" if repond and not conduit else "aux organismes"
    return Vue(
        corps,
        tete=titre("Mesures", f"{c.lieu} : ce qui est demandé {aux}, et ce qu'il en advient"),
        filtres=barre_filtres(
            c.filtres,
            c.mois,
            c.departements,
            plus=[choix("etape", "Étape", list(ETAPES.items()), etape)],
        ),
    )


def _effet(c: Contexte) -> list[Any]:
    """Return what contacting changed, to who sees all that was told: of a part, it says nothing."""
    if c.v.p.partiel:
        return []
    lu = effet_des_mesures(c.v, c.filtres.departement, c.mois[-1])
    return [html.H2("Effet", className="fr-h5"), html.P(typographie(dire_effet(lu)))]


def _dire_aucune(etape: str) -> str:
    if acces().peut(Action.CONDUIRE):
        return "Aucune affaire : ce que le mois propose de signaler se lit plus haut."
    return "Aucune affaire à cette étape." if etape else "Rien n'est demandé en ce moment."


def _liste(c: Contexte, montrees: list[Affaire], noms: Mapping[str, str]) -> html.Div:
    """Return a page of the affaires, the nearest deadline first."""
    tries = par_echeance(montrees)
    numero = page_montree(c.adresse, len(tries))
    pages = nombre_de_pages(len(tries))
    debut = PAR_PAGE * (numero - 1)
    autres = {"etape": c.adresse.get("etape", "")}
    return html.Div(
        [
            liste_des_affaires(
                tries[debut : debut + PAR_PAGE],
                noms,
                c.filtres,
                conduit=acces().peut(Action.CONDUIRE),
            ),
            pagination(numero, pages, lambda n: c.filtres.lien("/mesures", page=str(n), **autres)),
        ]
    )


def _montree(une: Affaire, etape: str) -> bool:
    if etape == "finies":
        return une.situation.finie
    return not une.situation.finie and etape in {"", str(une.etape)}


def _une(c: Contexte, une: Affaire) -> Vue:
    noms = lues.noms(c.v, une.departement, c.mois[-1])
    nom, dits = noms.get(une.objet, une.objet), lues.constats(c.v, une)
    conduit = acces().peut(Action.CONDUIRE)
    corps = html.Div(
        [
            resume(une, nom, c.filtres, conduit=conduit),
            *(_a_conduire(c, une) if conduit else _a_repondre(c, une, dits)),
            html.H2("Ce qui est dit", className="fr-h5"),
            constats_figes(une, dits, c.filtres),
            notes(c, Genre.AFFAIRE, une.id, une.departement),
            html.H2("Chronologie", className="fr-h5"),
            chronologie(
                une,
                None if conduit else _LECTEURS.get(acces().role, "copil"),
                entiere=not c.v.p.partiel or c.v.voit("organisme", une.objet),
            ),
        ]
    )
    fil = ariane([("Mesures", c.filtres.lien("/mesures")), (une.id, None)])
    return Vue(corps, tete=html.Div([fil, titre(f"{nom} : {famille(une.sujet).titre.lower()}")]))


def _a_conduire(c: Contexte, une: Affaire) -> list[Any]:
    return [html.Div(id="mesure-message"), lu_jusqu_ici(une), _suspens(une), _a_faire(c, une)]


def _a_repondre(c: Contexte, une: Affaire, dits: Sequence[Constat]) -> list[Any]:
    """Return what answers an affaire, to who may; nothing once an answer is no longer awaited."""
    if not acces().peut(Action.REPONDRE) or not actes.repond(une):
        return []
    tous = list(cas(dits))
    numero = page_montree(c.adresse, len(tous), CAS_PAR_PAGE)
    debut = CAS_PAR_PAGE * (numero - 1)
    pages = nombre_de_pages(len(tous), CAS_PAR_PAGE)
    return [
        html.H2("Répondre", className="fr-h5"),
        lu_jusqu_ici(une),
        reponse(une, tous[debut : debut + CAS_PAR_PAGE], len(tous)),
        html.Div(id="mesure-message"),
        pagination(
            numero, pages, lambda n: c.filtres.lien("/mesures", affaire=une.id, page=str(n))
        ),
    ]


def _suspens(une: Affaire) -> html.Div | None:
    suspens = envoi_en_suspens(une.situation)
    if suspens is None:
        return None
    return html.Div(
        [
            html.P(
                f"Un envoi à {suspens.donnees['destinataire']} est peut-être parti : son "
                f"Message-ID est {suspens.donnees['message_id']}. Est-il arrivé ?"
            ),
            bouton("Il est arrivé", "arrive", une.id, second=True),
            bouton("Il n'est pas arrivé", "non_arrive", une.id, second=True),
        ],
        className="avertissement",
    )


def _a_faire(c: Contexte, une: Affaire) -> html.Section:
    """Return what may be done of an affaire now, and why the rest may not."""
    possibles = actes.a_la_main(une)
    contre = {nom: mesures.empeche(une.id, nom) for nom in possibles}
    return html.Section(
        [
            html.H2("Ce qui peut être fait", className="fr-h5") if possibles else None,
            *_message(c, une),
            _ecrits(une),
            reception(une) if actes.repond(une) else None,
            *[formulaire(une, nom, contre[nom]) for nom in possibles],
        ]
    )


def _message(c: Contexte, une: Affaire) -> list[Any]:
    pour = actes.message_pret(une)
    if pour is None:
        return []
    premier = pour == actes.pour(relance=False)
    objet, corps = texte(c.v, une, pour, mesures.aujourdhui())
    envoyer = actes.ENVOYER if premier else actes.RELANCER
    fichier = "message.eml" if premier else "relance.eml"
    boutons: list[Any] = [
        exports({"Message et ses fichiers (.eml)": f"/mesures/{une.id}/{fichier}"})
    ]
    if (c.v.dossier.racine / FICHIER).exists() and not mesures.empeche(une.id, pour):
        boutons.insert(0, bouton("Envoyer ce message", envoyer, une.id))
    titre_ = "Le message, à relire" if premier else "La relance, à relire"
    return [
        repli(titre_, message_a_relire(une, objet, corps), ouvert=premier),
        html.Div(boutons),
    ]


def _ecrits(une: Affaire) -> html.P | None:
    liens = {}
    if une.comptes("signalees") and une.etape:
        liens["Lettre de demande formalisée (.docx)"] = f"/mesures/{une.id}/lettre.docx"
    if une.etape >= lues.NOMMABLE:
        liens["Demande d'observations (.docx)"] = f"/mesures/{une.id}/observations.docx"
        liens["Note au comité (PDF)"] = f"/mesures/{une.id}/note.pdf"
        liens["Dossier (.zip)"] = f"/mesures/{une.id}/dossier.zip"
    return exports(liens) if liens else None


dash.register_page(
    __name__,
    path="/mesures",
    menu=45,
    name="Mesures",
    title="Mesures – Infocentre",
    layout=layout,
)
