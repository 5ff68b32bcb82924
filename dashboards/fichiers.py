"""Files that are no table: the sample to fill and its reading, the public list to publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from urllib.parse import urlencode

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from dashboards.courant import aujourdhui, qui
from dashboards.courant import lecture as lecture_courante
from dashboards.page import Contexte, contexte_exact
from dashboards.reponses import a_emporter
from infocentre.contrat.publication import PUBLICATIONS
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.decisions.verdicts import VerdictGarde, garder_verdict
from infocentre.exports import lisible
from infocentre.lecture import liste_publique
from infocentre.lecture.changements import liste_a_publier
from infocentre.lecture.demandes import tirer_echantillon
from infocentre.lecture.echantillons import Demande, Verdict, a_garder, en_classeur, relire
from infocentre.lecture.guichets import (
    reserve,
    titre_liste_publique,
)
from infocentre.noyau import horaires
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import slug
from infocentre.noyau.temps import jour

OCTETS_MAX = 5 << 20
TAILLE_MAX = 1000
TROP_GROS, VOIR = 413, 303
REFUSE = "refus"

fichiers = flask.Blueprint("fichiers", __name__, template_folder="gabarits")
fichiers.add_app_template_filter(horaires.dire, "horaires_en_clair")
fichiers.add_app_template_filter(reserve)
fichiers.add_app_template_filter(lambda ratio: lisible(ratio, taux=True), "part")


def _refuser(refus: Refus, code: int = 400) -> tuple[str, int]:
    page = flask.render_template(
        "refus.html",
        titre="Échantillon à vérifier",
        refus=refus,
        retour="/echantillon",
        retour_texte="Revenir à l'échantillon",
    )
    return page, code


@fichiers.get("/aide/contrat/<nom>")
def contrat(nom: str) -> flask.typing.ResponseReturnValue:
    """Hand the contract of data over, in one of its forms."""
    voulue = next((une for une in PUBLICATIONS.values() if une.fichier == nom), None)
    if voulue is None:
        flask.abort(404)
    return a_emporter(flask.Response(voulue.ecrire()), nom)


@fichiers.get("/echantillon/classeur.xlsx")
def classeur() -> flask.typing.ResponseReturnValue:
    """Draw a sample; the same guichet, month, size and seed give the same one.

    What cannot be drawn is said by the page, beside its form.
    """
    adresse = flask.request.args.to_dict()
    try:
        c = contexte_exact(adresse)
        echantillon = tirer_echantillon(c.v, c.filtres, demande_lue(c.adresse))
    except Refus:
        return flask.redirect(f"/echantillon?{urlencode({**adresse, REFUSE: 'oui'})}", VOIR)
    nom = f"echantillon-{echantillon.demande.guichet}-{echantillon.mois}.xlsx"
    return a_emporter(flask.Response(en_classeur(echantillon)), nom)


def refus_du_tirage(c: Contexte) -> Refus | None:
    """Return why the sample that an address asks cannot be drawn, None when it was not refused."""
    if REFUSE not in c.adresse:
        return None
    try:
        demandee = {nom: valeur for nom, valeur in c.adresse.items() if nom != REFUSE}
        exact = contexte_exact(demandee)
        tirer_echantillon(exact.v, exact.filtres, demande_lue(demandee))
    except Refus as refus:
        return refus
    return None


def demande_lue(adresse: dict[str, str]) -> Demande:
    """Read what an address asks to draw; raise Refus when it is no sample."""
    guichet = adresse.get("guichet", "").strip().upper()
    n, graine = adresse.get("n", "30").strip(), adresse.get("graine", "1").strip()
    if not guichet:
        raise Refus("Aucun guichet n'est choisi", que_faire="Choisir le guichet à contrôler.")
    if not re.fullmatch(r"\d{1,4}", n) or not 1 <= int(n) <= TAILLE_MAX:
        raise Refus(
            f"« {n} » n'est pas une taille d'échantillon",
            que_faire=f"Donner un nombre de demandes entre 1 et {TAILLE_MAX}.",
        )
    if not re.fullmatch(r"-?\d{1,9}", graine):
        raise Refus(f"« {graine} » n'est pas une graine", que_faire="Donner un nombre entier.")
    return Demande(guichet, int(n), int(graine), adresse.get("code", "").upper() or None)


@fichiers.post("/echantillon/lecture")
def lecture() -> flask.typing.ResponseReturnValue:
    """Read a filled workbook and keep its verdict: counts and rates, nothing else of it."""
    flask.request.max_content_length = OCTETS_MAX
    try:
        recu = flask.request.files.get("classeur")
    except RequestEntityTooLarge:
        trop = Refus("Ce fichier est trop gros", que_faire="Donner le classeur d'un échantillon.")
        return _refuser(trop, TROP_GROS)
    if recu is None or not recu.filename:
        rien = Refus("Aucun fichier n'a été choisi", que_faire="Choisir le classeur rempli.")
        return _refuser(rien)
    try:
        garde = _garder(relire(recu.read(), recu.filename))
    except Refus as refus:
        return _refuser(refus)
    lieu = {"departement": garde.departement, "guichet": garde.guichet, "lu": "oui"}
    return flask.redirect(f"/echantillon?{urlencode(lieu)}", VOIR)


def _garder(verdict: Verdict) -> VerdictGarde:
    v = lecture_courante()
    if v is None:
        raise Refus("Aucun mois n'est encore publié", que_faire="Contrôler une livraison.")
    garde = a_garder(v, verdict, qui())
    garder_verdict(ouvrir_magasin(v.dossier.racine), garde)
    return garde


SCHEMA = "guichets-enregistreurs.schema.json"
EN_DONNEES: Mapping[str, Callable[[Iterable[Mapping[str, str]]], bytes]] = {
    "csv": liste_publique.en_csv,
    "geojson": liste_publique.en_geojson,
}


@fichiers.get("/guichets/liste-a-publier.<forme>")
def liste_en_donnees(forme: str) -> flask.typing.ResponseReturnValue:
    """Hand the public list over as data, or the schema that its table obeys."""
    if forme == "schema.json":
        return a_emporter(flask.Response(liste_publique.schema()), SCHEMA)
    if forme not in EN_DONNEES:
        flask.abort(404)
    try:
        c = contexte_exact(flask.request.args.to_dict())
    except Refus as refus:
        return _refuser(refus)
    octets = EN_DONNEES[forme](liste_publique.lignes(liste_a_publier(c.v, c.filtres, aujourdhui())))
    return a_emporter(flask.Response(octets), f"guichets-enregistreurs.{forme}")


@fichiers.get("/guichets/liste-a-publier.html")
def page_a_publier() -> flask.typing.ResponseReturnValue:
    """Return the public list as one page that stands alone, to put on any site."""
    try:
        c = contexte_exact(flask.request.args.to_dict())
    except Refus as refus:
        return _refuser(refus)
    guichets = liste_a_publier(c.v, c.filtres, aujourdhui())
    livraison = c.v.version.publiee(c.filtres.departement, c.filtres.mois)
    page = flask.render_template(
        "liste_publique.html",
        titre=titre_liste_publique(c.filtres.departement, c.epcis.get(c.filtres.epci)),
        arrete=jour(livraison.arrete) if livraison else "",
        communes=[
            (commune or "Commune non renseignée", slug(commune or "sans"), list(liste))
            for commune, liste in groupby(guichets, key=lambda une: une["nom_commune"])
        ],
    )
    reponse = flask.Response(page, mimetype="text/html")
    reponse.headers.set("Content-Disposition", "attachment", filename="guichets-enregistreurs.html")
    return reponse
