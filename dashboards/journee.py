"""Ma journée: the queue of whoever asks, and what its buttons do."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import Input, Output, State, html, no_update

from dashboards.calendrier import les_dates
from dashboards.composants.apostrophes import courber
from dashboards.composants.balises import Balise
from dashboards.composants.elements import typographie
from dashboards.composants.journee import DITE, FILE, arbre, ma_journee
from dashboards.courant import acces, aujourdhui, lecteur, lecture, qui
from dashboards.gestes import alerte, registre
from dashboards.page import Contexte, contexte_affiche
from infocentre.acces.habitudes import TOUR, Habitudes, Visite
from infocentre.acces.modele import Action
from infocentre.affaires.reglages import signature
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.calendrier import prochaines
from infocentre.demarches.face import chemin
from infocentre.demarches.journee import Ligne, faire, file_d_attente
from infocentre.lecture.commun import departements
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.memoire import Memoire

DITES_AU_PLUS = 3  # lines whose doing is told one by one


def attendent(v: Lecture, departement: str) -> tuple[tuple[Ligne, ...], dt.date]:
    """Return what waits for whoever asks, and the day that it is."""
    if not acces().peut(Action.AFFAIRES):
        return (), aujourdhui()
    siens = registre()
    return file_d_attente(v, siens, acces(), departement), siens.aujourdhui


def la_mienne(c: Contexte) -> html.Div:
    """Return the queue of whoever asks, who has then seen what came; their month above it."""
    return ma_journee(_arbre(c))


def _arbre(c: Contexte) -> Balise:
    lignes, jour = attendent(c.v, c.filtres.departement)
    conduit = acces().peut(Action.CONDUIRE) and not c.v.p.partiel
    suites = prochaines(les_dates(c), jour)
    return arbre(c, lignes, jour, _visite(lignes), qui=qui(), conduit=conduit, suites=suites)


def chez_soi(c: Contexte) -> html.Section | None:
    """Return what is asked of a guichet, for the page where it comes in; None when nothing is."""
    moi = acces()
    if moi.peut(Action.CONDUIRE) or not moi.peut(Action.REPONDRE):
        return None
    siennes = la_mienne(c)
    return html.Section([html.H2("Ma journée", className="fr-h5"), siennes])


def _visite(lignes: Sequence[Ligne]) -> Visite:
    """Keep that they look now; a store that is not writable keeps nothing."""
    arrivee = max((une.arrivee for une in lignes if une.arrivee), default=None)
    with contextlib.suppress(Refus):
        return _habitudes().regarder(registre().instant, arrivee=arrivee)
    return Visite()


def _habitudes() -> Habitudes:
    return Habitudes(ouvrir_magasin(lecteur().dossier.racine), qui())


def arrivees() -> int:
    """Return how many things came since whoever asks last looked at what waits for them."""
    v, moi = lecture(), acces()
    if v is None or not moi.peut(Action.AFFAIRES):
        return 0
    marque = ouvrir_magasin(v.dossier.racine).marque
    if marque is None:
        return _compter(v)
    with contextlib.suppress(OSError):
        marque = (marque, v.dossier.refus.stat().st_mtime_ns)
    version = (marque, signature(), registre().aujourdhui)
    return _ARRIVEES.lire((*v.cle, qui(), moi.role), lambda _: _compter(v), version)


_ARRIVEES: Memoire[int] = Memoire(256)


def _compter(v: Lecture) -> int:
    vue = _habitudes().visite().vue_le
    ici = departements(v)
    return sum(une.nouvelle(vue, qui()) for un in ici for une in attendent(v, un)[0])


def rappels(app: dash.Dash) -> None:
    """Register what the buttons of the queue do."""
    app.callback(
        Output(FILE, "arbre"),
        Output(FILE, "reponse"),
        Output(DITE, "children"),
        Output(FILE, "vers"),
        Input(FILE, "fait"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(agir)


def agir(fait: object, recherche: str | None) -> tuple[Any, Any, Any, Any]:
    """Do what a person asks of lines of the queue, then show it again; say what was not done.

    An affaire that is opened alone is then shown.
    """
    dit = fait if isinstance(fait, Mapping) else {}
    cles, groupe, fois = dit.get("cles"), dit.get("groupe") or "", dit.get("fois")
    if not isinstance(cles, list):
        return no_update, no_update, no_update, no_update
    c = contexte_affiche(recherche)
    if c is None:
        return no_update, fois, alerte(Refus("aucun mois n'est encore publié")), no_update
    try:
        if cles == [TOUR]:
            _habitudes().garder(**{TOUR: "fait"})
            return courber(_arbre(c)), fois, None, no_update
        ici = c.filtres.departement
        vue_le = _habitudes().visite().vue_le
        faits = faire(c.v, registre(), acces(), ici, map(str, cles), str(groupe), vue_le)
        if len(faits.ouvertes) == 1 and not groupe and not faits.refuses:
            (une,) = faits.ouvertes
            vers = c.filtres.lien(chemin(une.procedure.code), affaire=une.id)
            return no_update, fois, None, vers
        return courber(_arbre(c)), fois, _dire(faits.dits, faits.refuses), no_update
    except Refus as refus:
        return no_update, fois, alerte(refus), no_update


def _dire(faits: Sequence[str], refuses: Sequence[str]) -> html.Div:
    lignes = accorder(len(faits), "ligne faite", "lignes faites")
    chacune = f" {'. '.join(faits)}." if len(faits) <= DITES_AU_PLUS else ""
    dits = [f"{lignes}.{chacune}"] if faits else []
    dits += dict.fromkeys(refuses)
    classe = "warning" if refuses else "success"
    return html.Div(
        [html.P(courber(typographie(un))) for un in dits],
        className=f"fr-alert fr-alert--{classe} fr-alert--sm",
    )
