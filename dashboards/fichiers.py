"""Files that are no table: the sample to fill and its reading, the public list to publish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from dashboards.page import contexte_exact
from dashboards.reponses import a_emporter
from infocentre.exports import lisible
from infocentre.lecture.demandes import tirer_echantillon
from infocentre.lecture.echantillons import Demande, Verdict, en_classeur, relire
from infocentre.lecture.guichets import liste_publique, titre_liste_publique
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import jour, nom_mois

OCTETS_MAX = 5 << 20
TAILLE_MAX = 1000
TROP_GROS = 413

fichiers = flask.Blueprint("fichiers", __name__, template_folder="gabarits")
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


@fichiers.get("/echantillon/classeur.xlsx")
def classeur() -> flask.typing.ResponseReturnValue:
    """Draw a sample; the same guichet, month, size and seed give the same one."""
    try:
        c = contexte_exact(flask.request.args.to_dict())
        echantillon = tirer_echantillon(c.v, c.filtres, demande_lue(c.adresse))
    except Refus as refus:
        return _refuser(refus)
    nom = f"echantillon-{echantillon.demande.guichet}-{echantillon.mois}.xlsx"
    return a_emporter(flask.Response(en_classeur(echantillon)), nom)


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
    """Read a filled workbook; nothing of it is kept."""
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
        verdict = relire(recu.read(), recu.filename)
    except Refus as refus:
        return _refuser(refus)
    return flask.render_template(
        "verdict.html",
        titre="Échantillon vérifié",
        nom=recu.filename,
        tirage=", ".join(_tirage(verdict)),
        verdict=verdict,
        juges=sum(verdict.jugees.values()),
        retour="/echantillon",
        retour_texte="Revenir à l'échantillon",
    )


def _tirage(verdict: Verdict) -> Iterator[str]:
    """Say how the sample was drawn, as far as its workbook still tells."""
    if guichet := verdict.tirage.get("guichet"):
        yield f"guichet {guichet}"
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", mois := verdict.tirage.get("mois", "")):
        yield nom_mois(mois)
    if indicateur := verdict.tirage.get("indicateur"):
        yield indicateur


@fichiers.get("/guichets/liste-a-publier.html")
def liste_a_publier() -> flask.typing.ResponseReturnValue:
    """Return the public list as one page that stands alone, to put on any site."""
    try:
        c = contexte_exact(flask.request.args.to_dict())
    except Refus as refus:
        return _refuser(refus)
    guichets = liste_publique(c.v, c.filtres)
    livraison = c.v.version.publiee(c.filtres.departement, c.filtres.mois)
    page = flask.render_template(
        "liste_publique.html",
        titre=titre_liste_publique(c.filtres.departement, c.epcis.get(c.filtres.epci)),
        arrete=jour(livraison.arrete) if livraison else "",
        communes=[
            (commune or "Commune non renseignée", list(liste))
            for commune, liste in groupby(guichets, key=lambda une: une["nom_commune"])
        ],
    )
    reponse = flask.Response(page, mimetype="text/html")
    reponse.headers.set("Content-Disposition", "attachment", filename="guichets-enregistreurs.html")
    return reponse
