"""The calendar: what has a date before whoever asks, and its file to subscribe to."""

from __future__ import annotations

import flask

from dashboards.courant import acces, lecteur
from dashboards.gestes import registre
from dashboards.page import Contexte
from dashboards.reponses import a_emporter
from infocentre.acces.abonnements import Abonnements
from infocentre.acces.audit import Trace, tracer
from infocentre.affaires import Acteur
from infocentre.contrat.numeros import numeros_ouverts
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions.magasin import magasin_present
from infocentre.demarches.calendrier import Date, dates, en_ics
from infocentre.demarches.face import role_de
from infocentre.demarches.registre import registre_de
from infocentre.lecture.commun import departements
from infocentre.lecture.ouverture import lire_comme
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.erreurs import Refus

routes = flask.Blueprint("calendrier", __name__)


def les_dates(c: Contexte) -> tuple[Date, ...]:
    """Return what has a date before whoever asks, in the département of a page."""
    return dates(c.v, registre(), acces(), c.filtres.departement)


@routes.get("/calendrier/<jeton>.ics")
def suivre(jeton: str) -> flask.typing.ResponseReturnValue:
    """Serve the calendar of an account to who has its secret: what this account may see now."""
    try:
        octets = _fichier(jeton)
    except Refus as refus:
        return flask.Response(refus.phrase, 404, mimetype="text/plain; charset=utf-8")
    return a_emporter(flask.Response(octets), "calendrier.ics")


def _fichier(jeton: str) -> bytes:
    magasin = magasin_present(lecteur().dossier.racine)
    ouverte = lecteur().ouvrir()
    if magasin is None or ouverte is None:
        raise Refus("aucun calendrier n'est ouvert")
    compte = Abonnements(magasin).lire(jeton)
    moi = compte.acces
    v = lire_comme(ouverte, moi.perimetre)
    siens = registre_de(lecteur().dossier, Acteur(compte.identifiant, role_de(moi)))
    lues = [une for un in departements(v) for une in dates(v, siens, moi, un)]
    lieux = [nom_departement(un) for un in departements(v)]
    titre = f"Infocentre, {lieux[0]}" if len(lieux) == 1 else "Infocentre"
    octets = en_ics(lues, titre, siens.aujourdhui, adresse_publique() or "")
    if numeros_ouverts(octets):  # an agenda is read by others, and no trace would say by whom
        raise Refus("ce calendrier nommerait des demandes", que_faire="Le lire dans la page.")
    tracer(magasin, moi, Trace.EXPORT, "/calendrier", len(lues))
    return octets
