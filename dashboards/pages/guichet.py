"""Fiche guichet: what the gestionnaire has under the eyes when calling it."""

from __future__ import annotations

import dash
import flask
from dash import html

from dashboards.composants.elements import ariane, barre_filtres, lien, titre
from dashboards.composants.fiche import (
    a_faire,
    identite,
    imprimer,
    passe,
    resume,
    revisees,
    suivies,
    verifications,
)
from dashboards.composants.fiche_indicateurs import indicateurs
from dashboards.composants.inconnu import connu, inconnu
from dashboards.composants.notes import notes
from dashboards.courant import acces, aujourdhui, qui
from dashboards.exports import export
from dashboards.journee import chez_soi
from dashboards.page import Contexte, Vue, page
from infocentre.acces.roles import Action
from infocentre.decisions.notes import Genre
from infocentre.exports import Donnees, dire_emport
from infocentre.lecture.fiche import Fiche, Niveau, lire_fiche
from infocentre.lecture.livraisons import provenance
from infocentre.lecture.remise import donnees_a_remettre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import SINGULIERS
from infocentre.procedures.mesures_correctives import classeur
from infocentre.restitutions.service import lire_service


@page
def layout(c: Contexte) -> Vue:
    """Return the page of a guichet in a month."""
    cle, tous = c.adresse.get("guichet", "").upper(), c.adresse.get("tous") == "oui"
    try:
        fiche = lire_fiche(c.v, c.filtres, "guichet", cle, tous=tous)
    except Refus as refus:
        return Vue(inconnu(c, "Guichet inconnu", cle, refus))
    type_ = SINGULIERS.get(fiche.type_guichet, "hors registre")
    tete = html.Div(
        [
            ariane([("Suivi des guichets", c.filtres.lien("/suivi")), (fiche.nom, None)]),
            html.Div(
                [
                    titre(fiche.nom, f"Guichet {fiche.cle} – {type_} – {nom_mois(c.filtres.mois)}"),
                    imprimer(c, fiche),
                ],
                className="entete-fiche",
            ),
        ]
    )
    corps = html.Div(
        [
            chez_soi(c),
            a_faire(c, fiche),
            html.Div([resume(fiche), identite(c, fiche)], className="presentation"),
            notes(c, Genre.GUICHET, fiche.cle),
            indicateurs(c, fiche),
            suivies(c, fiche),
            verifications(c, fiche),
            revisees(fiche),
            passe(c, fiche),
            _signaler(c, fiche.cle),
        ]
    )
    return Vue(corps, tete=tete, filtres=barre_filtres(c.filtres, c.mois, c.departements))


def _signaler(c: Contexte, guichet: str) -> html.P | None:
    """Return the way to the form of duplicates, for who may tell of them."""
    if not acces().peut(Action.SIGNALER):
        return None
    vers = c.filtres.lien("/doublons/signaler", guichet=guichet)
    return html.P(lien("Signaler des doublons", vers), className="ecran")


def _a_remplir(c: Contexte) -> bytes:
    """Return the workbook that a guichet (or organisme) fills in, as messages carry it."""
    fiche, code = _fiche(c)
    source, emporte = provenance(c.v, c.filtres), dire_emport(qui())
    demandes = classeur.de_la_fiche(c.v, fiche, code, aujourdhui(), source=source, emporte=emporte)
    flask.g.lignes = len(demandes.rangees)
    return classeur.en_octets(demandes)


@export("a-corriger", xlsx=_a_remplir)
def _a_remettre(c: Contexte) -> Donnees:
    """Return the units to hand over to a guichet (or organisme), of one indicator or all."""
    fiche, code = _fiche(c)
    service = lire_service(c.v.dossier.racine)
    aupres = ", ".join(filter(None, [service.auteur or service.nom, service.contact]))
    return donnees_a_remettre(c.v, fiche, code, aupres=aupres, le=aujourdhui())


def _fiche(c: Contexte) -> tuple[Fiche, str | None]:
    niveau: Niveau = "organisme" if c.adresse.get("organisme") else "guichet"
    fiche = lire_fiche(c.v, c.filtres, niveau, c.adresse.get(niveau, "").upper())
    return fiche, c.adresse.get("code", "").upper() or None


dash.register_page(
    __name__,
    path_template="/guichet/<guichet>",
    sous="/suivi",
    name="Guichet",
    title=lambda guichet="", **_: f"Guichet {guichet} – Infocentre",
    montre="graphique",
    connu=lambda guichet="", **_: connu("guichet", guichet),
    layout=layout,
)
