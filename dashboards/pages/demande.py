"""Une demande: by numéro unique, all that is known in the order of time. Never a name."""

from __future__ import annotations

import calendar
import contextlib
import datetime as dt
from collections.abc import Mapping
from typing import Any

import dash
from dash import dcc, html

from dashboards import courant
from dashboards.affaires import face
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import ariane, attributs, exports, faits, lien, titre, vide
from dashboards.composants.formulaires import champ, navigation
from dashboards.composants.listes import Cellule, lignes_de, liste, trouves
from dashboards.composants.natifs import Bloc
from dashboards.composants.notes import notes
from dashboards.composants.telechargements import formes
from dashboards.courant import acces
from dashboards.exports import export
from dashboards.page import Contexte, page
from infocentre.acces.roles import Action
from infocentre.affaires import procedures
from infocentre.catalogue import Indicateur
from infocentre.catalogue.familles import famille
from infocentre.catalogue.remedes import CLOSE, RIEN_DE_POSSIBLE
from infocentre.contrat import contrat
from infocentre.decisions.notes import Genre
from infocentre.demarches.face import chemin
from infocentre.exports import Donnees, lisible
from infocentre.lecture.affaires import de_la_demande
from infocentre.lecture.chronologie import reunir
from infocentre.lecture.commun import catalogue, mois_controles, noms_guichets
from infocentre.lecture.demandes import Dossier, demande, dire_vie
from infocentre.lecture.doublons.demandes import ACTIVE
from infocentre.lecture.liens import ROLES, ranger
from infocentre.lecture.lignes import AutreDemande, Fait, Suivi
from infocentre.lecture.mots import en_mots
from infocentre.lecture.radiations import (
    PROCEDURE,
    Radiee,
    a_reprendre,
    affaire_ouverte,
    dire_raisons,
    reactivable,
)
from infocentre.lecture.recherche import numeros
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, compter, majuscule, minuscule
from infocentre.noyau.temps import de_mois, jour, nom_mois


@page
def layout(c: Contexte) -> html.Div:
    """Return the life of a demande, or the search when its numéro is not known."""
    numero = "".join(c.adresse.get("numero", "").split()).upper()
    if not numero:
        return _chercher(c, "", vide("Chercher une demande", "Saisir son numéro unique."))
    try:
        trouve = demande(c.v, numero)
    except Refus as refus:
        return _inconnue(c, numero, refus)
    noms, reprise = _noms(c, trouve), a_reprendre(c.v, trouve.etat)
    return html.Div(
        [
            ariane([("Demandes en anomalie", c.filtres.lien("/demandes")), (numero, None)]),
            titre(f"Demande {numero}", _statut(trouve)),
            faits(
                [
                    ("Situation", _situation(trouve)),
                    *([("Réactivation", _dire_reprise(reprise))] if reprise else []),
                    *_fiche(trouve.fiche, noms),
                ]
            ),
            _reclamer(c, reprise) if reprise else None,
            *_anomalies(c, trouve, noms, reprise),
            *_liens(c, trouve, noms),
            *_affaires(c, numero),
            _signaler(c, trouve, numero),
            notes(c, Genre.DEMANDE, numero, str(trouve.etat["departement"])),
            html.H2("Dans l'ordre du temps", className="fr-h5"),
            _chronologie(c, reunir(trouve.faits), noms),
            html.Div(
                [
                    html.Button(
                        "Imprimer",
                        type="button",
                        className="fr-btn fr-btn--tertiary fr-btn--sm",
                        **attributs(data_imprimer=""),
                    ),
                    exports(
                        formes(lambda f: c.filtres.lien(f"/export/demande.{f}", numero=numero))
                    ),
                ],
                className="exports",
            ),
            html.H2("Une autre demande", className="fr-h5 ecran"),
            _formulaire(""),
        ]
    )


def _chercher(c: Contexte, numero: str, message: html.Div) -> html.Div:
    fil = ariane([("Demandes en anomalie", c.filtres.lien("/demandes")), ("Une demande", None)])
    return html.Div([fil, titre("Une demande"), _formulaire(numero), message])


def _inconnue(c: Contexte, numero: str, refus: Refus) -> html.Div:
    """Propose the demandes whose numéro has what was typed, or say why there is none."""
    groupe = numeros(c.v, c.filtres, numero)
    if not groupe.total:
        return _chercher(c, numero, vide(refus.quoi, refus.que_faire))
    reste = groupe.total - len(groupe.trouves)
    suite = f" ; les {len(groupe.trouves)} premières" if reste else ""
    dit = f"{accorder(groupe.total, 'demande')} dont le numéro contient {numero}{suite}"
    return _chercher(
        c, numero, html.Div([html.H2(dit, className="fr-h5"), trouves(groupe.trouves)])
    )


def _formulaire(numero: str) -> Bloc:
    saisie = champ("numero", "Numéro unique", numero, aide="Entier ou en partie")
    return navigation("/demande", [saisie], "Chercher")


def _noms(c: Contexte, trouve: Dossier) -> dict[str, str]:
    departement = trouve.etat["departement"]
    mois = mois_controles(c.v, departement) or c.mois
    return noms_guichets(c.v, departement, mois[-1])


def _statut(trouve: Dossier) -> str:
    etat = trouve.etat
    return f"Demande {etat['statut']}, vue pour la dernière fois au {jour(etat['vue_le'])}"


def _situation(trouve: Dossier) -> str:
    """One sentence: what the demande has become, or until when it lives."""
    etat = trouve.etat
    if etat["date_radiation"]:
        motif = contrat().codes["MOTIF_RADIATION"].get(etat["motif_radiation"] or "", "sans motif")
        return f"Radiée le {jour(etat['date_radiation'])} : {motif.lower()}"
    if etat["statut"] == "disparue":
        return "Dans aucun des deux fichiers de la dernière livraison"
    debut = max(filter(None, [etat["date_creation"], etat["date_renouvellement"]]), default=None)
    if debut is None:
        return "Active"
    return f"Active ; à renouveler avant le {jour(_un_an_apres(debut))}"


def _un_an_apres(date: dt.date) -> dt.date:
    annee = date.year + 1
    return date.replace(year=annee, day=min(date.day, calendar.monthrange(annee, date.month)[1]))


def _fiche(fiche: Mapping[str, object], noms: dict[str, str]) -> list[tuple[str, Any]]:
    return [
        (colonne.libelle, en_mots(colonne, fiche[colonne.champ], noms))
        for colonne in contrat().tables["stock"].rangees("fiche")
        if fiche[colonne.champ] is not None
    ]


def _dire_reprise(une: Radiee) -> str:
    if une["deradiee_le"]:
        return f"Déradiée le {jour(une['deradiee_le'])}, après les données de cette page"
    fin, ici = une["fenetre_fin"] or courant.aujourdhui(), courant.aujourdhui()
    if fin < ici:
        return f"N'est plus possible depuis le {jour(fin)}"
    raisons = "".join(f" ; {un}" for un in dire_raisons(une))
    reste = compter((fin - ici).days, "jour") if fin > ici else "dernier jour"
    return f"Réactivable jusqu'au {jour(fin)} ({reste}){raisons}"


def _reclamer(c: Contexte, une: Radiee) -> html.P | None:
    """Return the way to its réclamation, or to open one while its window is."""
    numero, departement = une["numero_unique"], une["departement"]
    ouverte = affaire_ouverte(c.v, departement, numero)
    if ouverte is None and not reactivable(une, courant.aujourdhui()):
        return None
    try:
        ici = face(c.v, PROCEDURE)
    except Refus:
        return None
    if ouverte and ici.voit(ouverte):
        adresse = c.filtres.lien(chemin(PROCEDURE), affaire=ouverte.id)
        dit = f"Voir la réclamation {ouverte.id}, {minuscule(ouverte.titre_etat)}"
    elif ouverte is None and ici.peut_ouvrir():
        adresse = c.filtres.lien(chemin(PROCEDURE), departement=departement, ouvrir=numero)
        dit = "Ouvrir une réclamation"
    else:
        return None
    return html.P(dcc.Link(dit, href=adresse, className="fr-btn fr-btn--sm"), className="ecran")


def _anomalies(
    c: Contexte, trouve: Dossier, noms: dict[str, str], reprise: Radiee | None
) -> list[Any]:
    if not trouve.anomalies:
        return []
    ouverte = reprise is not None and reactivable(reprise, courant.aujourdhui())
    fin = reprise["fenetre_fin"] if reprise and ouverte else None
    lignes = [_anomalie(c, une, trouve, noms, fin) for une in trouve.anomalies]
    return [
        html.H2("Anomalies relevées", className="fr-h5"),
        liste(
            ["Indicateur", "Constat", "Ce qu'il faut faire", "Quand", "Suite"],
            lignes,
            "Indicateurs dans lesquels cette demande est, ou a été, en anomalie",
        ),
    ]


def _anomalie(
    c: Contexte, une: Suivi, trouve: Dossier, noms: dict[str, str], fin: dt.date | None
) -> list[Cellule]:
    un = catalogue().indicateurs.get(une["code"])
    adresse = c.filtres.lien(
        "/demandes",
        code=une["code"],
        guichet=une["guichet"],
        mois=une["dernier_mois"],
        fenetre="mois",
    )
    return [
        lignes_de(
            lien_direct(un.libelle if un else une["code"], adresse),
            _guichet(c, une["guichet"], noms),
        ),
        majuscule(trouve.constats.get((une["code"], une["unite"]), "")),
        _remede(un) if une["statut"] != CLOSE else "",
        _quand(une),
        dire_vie(un, une, fin),
    ]


def _affaires(c: Contexte, numero: str) -> list[Any]:
    """Return the affaires about this demande, and those that tell of it; nothing without any."""
    ici = c.filtres.departement
    siennes = [
        (une, minuscule(famille(une.sujet).titre)) for une in de_la_demande(c.v, ici, numero)
    ]
    for code, procedure in procedures().items():
        with contextlib.suppress(Refus):
            unes = face(c.v, code).de_la_demande(ici, numero)
            siennes += [(une, procedure.une) for une in unes]
    points = []
    for une, dit in siennes:
        vers = c.filtres.lien(chemin(une.procedure.code), affaire=une.id)
        points.append(html.Li([lien(une.id, vers), f" : {dit}, {minuscule(une.titre_etat)}"]))
    return [html.H2("Affaires", className="fr-h5"), html.Ul(points)] if points else []


def _signaler(c: Contexte, trouve: Dossier, numero: str) -> html.P | None:
    """Return the way to the form of duplicates, for who may tell of a demande that is active."""
    etat = trouve.etat
    if etat["statut"] != ACTIVE or not acces().peut(Action.SIGNALER):
        return None
    siens = (etat["guichet_enregistreur"], etat["cle_guichetcreateur"])
    guichet = next((un for un in siens if un and c.v.voit("guichet", un)), "")
    vers = c.filtres.lien("/doublons/signaler", guichet=guichet, numero=numero)
    corriger = c.filtres.lien("/doublons/corrections", numero=numero)
    return html.P(
        [
            lien("Signaler un doublon de cette demande", vers),
            " · ",
            lien("Demander une correction d'identité", corriger),
        ],
        className="ecran",
    )


def _remede(un: Indicateur | None) -> str:
    """Return what can be done of an anomaly that stands, empty for one out of the catalogue."""
    if un is None:
        return ""
    return un.correction if un.a_corriger else majuscule(un.encore_possible or RIEN_DE_POSSIBLE)


def _quand(une: Suivi) -> str:
    premier, dernier = une["premier_mois"], une["dernier_mois"]
    if premier == dernier:
        return f"en {nom_mois(premier)}"
    if une["statut"] != CLOSE:
        return f"depuis {nom_mois(premier)}"
    return f"{de_mois(premier)} à {nom_mois(dernier)}"


def _liens(c: Contexte, trouve: Dossier, noms: dict[str, str]) -> list[Any]:
    """The other demandes of the same person, whichever of the two is in anomaly."""
    if not trouve.liens:
        return []
    return [
        html.H2("Autres demandes de la même personne", className="fr-h5"),
        liste(
            ["Autre demande", "Ce qu'elle est", "Guichet créateur", "Gérée par", "Dates", "Vue"],
            [_lien(c, siens, noms) for siens in _par_numero(trouve.liens)],
            "Demandes de même nom, même prénom, même date de naissance et même territoire",
        ),
    ]


def _par_numero(liens: list[AutreDemande]) -> list[list[AutreDemande]]:
    """Return the links of each other demande together: it may be tied in several ways."""
    groupes: dict[str, list[AutreDemande]] = {}
    for un in liens:
        groupes.setdefault(un["numero"], []).append(un)
    return list(groupes.values())


def _lien(c: Contexte, siens: list[AutreDemande], noms: dict[str, str]) -> list[Cellule]:
    un = siens[0]
    premier = min(lien["premier_mois"] for lien in siens)
    dernier = max(lien["dernier_mois"] for lien in siens)
    vue = f"en {nom_mois(premier)}"
    if premier != dernier:
        vue = f"{de_mois(premier)} à {nom_mois(dernier)}"
    bail = next((lien["date_bail"] for lien in siens if lien["date_bail"]), None)
    return [
        lien_direct(un["numero"], c.filtres.lien(f"/demande/{un['numero']}")),
        lignes_de(*(majuscule(ROLES[lien["code"], lien["sens"]]) for lien in siens)),
        _guichet(c, un["guichet"], noms),
        _guichet(c, un["gestionnaire"], noms),
        lignes_de(
            _le("Déposée", un["date_creation"]),
            _le("Bail signé", bail),
            _le("Radiée", un["date_radiation"]),
        ),
        vue,
    ]


def _le(quoi: str, date: dt.date | None) -> str | None:
    return f"{quoi} le {lisible(date)}" if date else None


def _chronologie(c: Contexte, lignes: list[Fait], noms: dict[str, str]) -> Bloc:
    return liste(
        ["Date", "Fait", "Guichet", "Détail", "Source"],
        [
            [
                lisible(une["le"]) or "sans date",
                majuscule(une["fait"]),
                _guichet(c, une["guichet"], noms),
                une["detail"],
                une["source"],
            ]
            for une in lignes
        ],
        "Actes, plis, préavis, renouvellements, radiations et messages, tels que livrés",
    )


def _guichet(c: Contexte, guichet: str | None, noms: dict[str, str]) -> Cellule:
    if not guichet:
        return ""
    return lien_direct(noms.get(guichet, guichet), c.filtres.lien(f"/guichet/{guichet}"))


@export("demande")
def exporter(c: Contexte) -> Donnees:
    """Take away the life of a demande."""
    numero = "".join(c.adresse.get("numero", "").split()).upper()
    trouve = demande(c.v, numero)
    noms = _noms(c, trouve)
    return Donnees(
        f"Demande {numero}",
        ("le", "fait", "guichet", "nom", "detail", "source"),
        [
            (
                une["le"],
                une["fait"],
                une["guichet"],
                noms.get(une["guichet"] or "", ""),
                une["detail"],
                une["source"],
            )
            for une in ranger(trouve.faits, trouve.liens)
        ],
        de="vie_demande",
    )


dash.register_page(
    "demande",
    path="/demande",
    sous="/demandes",
    name="Une demande",
    title="Une demande – Infocentre",
    layout=layout,
)
dash.register_page(
    "demande_numero",
    path_template="/demande/<numero>",
    name="Une demande",
    title="Une demande – Infocentre",
    layout=layout,
)
