"""Downloads of printed documents: made on demand, from the published version only."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

import flask

from dashboards.courant import acces, veille
from dashboards.page import Contexte, contexte_exact
from dashboards.reponses import a_emporter
from infocentre.acces import politique
from infocentre.acces.modele import Action
from infocentre.acces.perimetre import TOUS, TOUT
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.ensembles import ensemble_de, reunir
from infocentre.lecture.fiche import Niveau, lire_fiche
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import du_departement
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.francais import slug
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import semestre_du_mois
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import lecture as editions
from infocentre.restitutions.commande import TEMPS, Commande
from infocentre.restitutions.partenaires import Partenaire, partenaires
from infocentre.restitutions.prepares import obtenir, preparation, preparer
from infocentre.restitutions.registre import DOCUMENTS, SITE, existe

JOURNAL = logging.getLogger("infocentre.dashboards")
ATTENTE = 15  # seconds after which to ask again
BILAN = "bilan"  # the one that each partner has its own of
_RETOUR = "Revenir aux documents"

documents = flask.Blueprint("documents", __name__, template_folder="gabarits")


@documents.get("/documents/<nom>.<forme>")
def telecharger(nom: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve a document of the month, of its semester, or the fiche of a guichet or organisme."""
    try:
        c = _contexte(nom, forme)
        commande = commander(c, nom, forme, c.adresse)
        if preparation(c.v.dossier, commande).etat == "encours":
            return _en_preparation()
        octets = obtenir(c.v.dossier, commande, veille())
    except RefusMotive as refus:  # no place, or not enough time
        if refus.motif == TEMPS:
            preparer(c.v.dossier, commande, veille())
            return _en_preparation()
        return *_refuser(refus, 503), {"Retry-After": str(ATTENTE)}
    except Refus as refus:
        return _refuser(refus, 404)
    except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
        JOURNAL.exception("document en échec")
        echec = Refus(
            "ce document n'a pas pu être préparé",
            que_faire="Recommencer ; si cela dure, le signaler avec l'heure et l'adresse.",
        )
        return _refuser(echec, 500)
    return a_emporter(flask.Response(octets), _nom(commande))


def _en_preparation() -> flask.typing.ResponseReturnValue:
    """Say that a document is being made, beyond the time of an answer: it is kept once there."""
    dit = Refus(
        "ce document est en préparation",
        que_faire="Reprendre cette adresse dans une minute : il y sera dès qu'il sera prêt.",
    )
    return *_refuser(dit, HTTPStatus.ACCEPTED), {"Retry-After": str(ATTENTE)}


def _contexte(nom: str, forme: str) -> Contexte:
    c = contexte_exact(flask.request.args.to_dict())
    if not existe(nom, forme):
        raise Refus("ce document n'existe pas", que_faire="Reprendre le lien de la page.")
    return c


def commander(c: Contexte, nom: str, forme: str, pour: Mapping[str, str]) -> Commande:
    """Return what is asked, once it is sure that the reader may see it; raise Refus.

    `pour` names the guichet, organisme or partner that it is of.
    """
    departement, mois = c.filtres.departement, c.filtres.mois
    acces().exiger(politique.DOCUMENTS.get(nom), "ce document")
    if DOCUMENTS[nom].d_un_ensemble:
        return _d_un_ensemble(c, nom, forme, pour)
    if DOCUMENTS[nom].d_un_guichet:
        niveau: Niveau = "organisme" if pour.get("organisme") else "guichet"
        lue = lire_fiche(c.v, c.filtres, niveau, pour.get(niveau, "").upper())
        if DOCUMENTS[nom].d_un_bailleur:
            return _d_un_bailleur(c, nom, forme, lue.organisme[0] if lue.organisme else "")
        cle = lue.cle
        return Commande(nom, forme, departement, mois=mois, guichet=cle, perimetre=c.v.p)
    p = lecture_imprimee(c.v, departement).p
    if DOCUMENTS[nom].periode == "semestre":
        semestre = semestre_du_mois(mois)
        cle = pour.get("partenaire", "") if nom == BILAN else ""
        if nom == BILAN and not _a_lui(c, cle):
            raise Refus("ce bilan n'est pas ouvert à ce compte", que_faire="Choisir le sien.")
        return Commande(nom, forme, departement, semestre=semestre, partenaire=cle, perimetre=p)
    if DOCUMENTS[nom].periode == "annee":
        epci = _epci(c, pour) if DOCUMENTS[nom].d_un_epci else ""
        return Commande(nom, forme, departement, annee=mois[:4], epci=epci, perimetre=p)
    return Commande(nom, forme, departement, mois=mois, perimetre=p)


def _d_un_ensemble(c: Contexte, nom: str, forme: str, pour: Mapping[str, str]) -> Commande:
    """Return what is asked of several départements, all of them that the reader sees."""
    if acces().imprime == acces().perimetre:
        c.v.exiger_departements("ce document")
    reunion = reunir(c.v, ensemble_de(c.v, region=pour.get("region")), pour.get("arrete") or None)
    p = replace(TOUT, departements=c.v.p.departements)
    region = pour.get("region") or TOUS
    if DOCUMENTS[nom].periode == "semestre":
        semestre = semestre_du_mois(reunion.mois)
        return Commande(nom, forme, "", semestre=semestre, region=region, perimetre=p)
    return Commande(nom, forme, "", mois=reunion.mois, region=region, perimetre=p)


def _epci(c: Contexte, pour: Mapping[str, str]) -> str:
    """Return the EPCI that a document is asked of; who sees some only may have theirs alone."""
    epci = pour.get("epci") or c.filtres.epci
    if c.v.p.epci is not None and epci not in c.v.p.epci:
        epci = "" if epci else next(iter(sorted(c.v.p.epci)), "")
        if not epci:
            raise Refus("ce bilan n'est pas ouvert à ce compte", que_faire="Choisir le sien.")
    return epci


def guichet_de_bailleur(c: Contexte, guichet: str) -> bool:
    """Tell whether a guichet is one of a bailleur that the reader sees whole."""
    inscrits = registre(c.v, c.filtres.departement, c.filtres.mois)
    lue = next((une for une in inscrits if une["guichet"] == guichet), None)
    if lue is None or lue["type_guichet"] != TypeGuichet.BAILLEUR:
        return False
    try:
        _d_un_bailleur(c, "", "", lue["organisme"])
    except Refus:
        return False
    return True


def _d_un_bailleur(c: Contexte, nom: str, forme: str, siren: str) -> Commande:
    """Return what is asked of a whole bailleur, once the reader sees all of its guichets.

    Those that it had in any month of the year, which the document is of, whichever month is asked.
    """
    departement, annee = c.filtres.departement, c.filtres.mois[:4]
    v = lecture_imprimee(c.v, departement)
    mois = (un for un in mois_controles(v, departement) if un.startswith(annee))
    inscrits = (une for un in mois for une in registre(v, departement, un))
    siens = {une["guichet"] for une in inscrits if une["organisme"] == siren}
    if not siens or not all(c.v.p.voit_guichet(un) for un in siens):
        raise Refus(
            "ce bilan est celui d'un bailleur entier, et ce compte n'en voit qu'une partie",
            que_faire="S'adresser au gestionnaire territorial.",
        )
    return Commande(nom, forme, departement, annee=annee, guichet=siren, perimetre=v.p)


def lecture_imprimee(v: Lecture, departement: str) -> Lecture:
    """Return what a document of a département is made of, whoever is given the document."""
    if acces().imprime == acces().perimetre:
        v.exiger_departements("ce document")
        return v
    return du_departement(v, departement)


def bilans_ouverts(c: Contexte) -> dict[str, Partenaire]:
    """Return the partners whose bilan the reader may have, by key.

    Those of their EPCI, or those in which nobody's own counts are; all of them to who may have
    every document. Who may not name a partner has the whole one.
    """
    if not acces().peut(Action.PARTENAIRES):
        return {}
    v = lecture_imprimee(c.v, c.filtres.departement)
    semestre = semestre_du_mois(c.filtres.mois)
    connus = partenaires(editions.du_semestre(v, semestre, c.filtres.departement))
    if acces().peut(Action.DOCUMENTS):
        return connus
    siens = acces().perimetre.epci or frozenset()
    return {
        cle: un
        for cle, un in connus.items()
        if un.lecteur == Lecteur.PUBLIC or (un.epci and siens.issuperset(un.epci))
    }


def _a_lui(c: Contexte, pour: str) -> bool:
    """Tell whether the bilan of a partner is open to the reader: the whole one, without any, is."""
    if not pour or acces().peut(Action.DOCUMENTS):
        return True  # a name that is no partner's is said so when it is made
    return pour in bilans_ouverts(c)


def _nom(commande: Commande) -> str:
    parties = (
        "site" if commande.forme == SITE else commande.nom,
        commande.departement or commande.region,
        commande.semestre or commande.annee or commande.mois,
    )
    propre = slug(commande.guichet), commande.partenaire, commande.epci
    return "-".join(filter(None, (*parties, *propre))) + (f".{commande.forme}")


def _refuser(refus: Refus, code: int) -> tuple[str, int]:
    page = flask.render_template(
        "refus.html", titre="Documents", refus=refus, retour="/documents", retour_texte=_RETOUR
    )
    return page, code
