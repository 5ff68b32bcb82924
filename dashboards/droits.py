"""What leaves the pages on personal data: the journal of accesses, what is held of a person."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import flask

from dashboards.connexion import CONNEXION
from dashboards.courant import lecteur, lecture
from dashboards.inscrites import pages
from dashboards.reponses import a_emporter, exporter_reponse
from infocentre.acces.audit import LIBELLES, Entree, Recherche, chercher
from infocentre.analystes.fichier import cle
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.exports import Donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.formats import Format
from infocentre.noyau.francais import majuscule
from infocentre.restitutions.extrait import FORMES_EXTRAIT, extraire

FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-excel", "json")

droits = flask.Blueprint("droits", __name__)


@droits.get("/audit/acces.<format_>")
def emporter_audit(format_: str) -> flask.Response:
    """Serve what the page of the audit found, whole."""
    voulu = next((un for un in FORMATS if un == format_), None)
    if voulu is None:
        return _refuser(Refus("Cet export n'existe pas", que_faire="Reprendre le lien de la page."))
    try:
        lues = donnees(flask.request.args.to_dict())
    except Refus as refus:
        return _refuser(refus)
    flask.g.lignes = len(lues.lignes)
    return exporter_reponse(lues, voulu)


@droits.get("/droits/extrait")
def emporter_extrait() -> flask.Response:
    """Serve all that is held about the numéro of who asks."""
    numero = flask.request.args.get("numero", "").strip().upper()
    forme = flask.request.args.get("forme", "pdf")
    v = lecture()
    if v is None or forme not in FORMES_EXTRAIT:
        return _refuser(Refus("Cet extrait n'existe pas", que_faire="Reprendre le lien."))
    try:
        octets = extraire(v, numero, forme, dt.datetime.now().astimezone().date())
    except Refus as refus:
        return _refuser(refus)
    return a_emporter(flask.Response(octets), f"extrait-{numero}.{forme}")


def _refuser(refus: Refus) -> flask.Response:
    texte = f"{majuscule(refus.quoi)}. {refus.que_faire}\n"
    return flask.Response(texte, 404, content_type="text/plain; charset=utf-8")


def lire_recherche(adresse: Mapping[str, str]) -> Recherche:
    """Read what an address looks for; raise Refus when a day is none."""
    return Recherche(
        adresse.get("qui", "").strip(),
        un if (un := adresse.get("action", "")) in LIBELLES else "",
        adresse.get("numero", "").strip(),
        _jour(adresse.get("du", "")),
        _jour(adresse.get("au", "")),
        adresse.get("empreinte", "").strip(),
        adresse.get("destinataire", "").strip(),
    )


def _jour(texte: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(texte) if texte else None
    except ValueError:
        raise Refus(
            f"« {texte[:20]} » n’est pas un jour", que_faire="L’écrire AAAA-MM-JJ."
        ) from None


def donnees(adresse: Mapping[str, str]) -> Donnees:
    """Return all that an address looks for, to be taken away."""
    magasin = ouvrir_magasin(lecteur().dossier.racine)
    sceau = cle(lecteur().dossier)
    _, entrees = chercher(magasin, lire_recherche(adresse), page=None, cle=sceau)
    champs = tuple(Entree.__dataclass_fields__)
    lignes = [tuple(_dire(getattr(une, nom)) for nom in champs) for une in entrees]
    return Donnees("Journal des accès", champs, lignes, de="audit")


def _dire(valeur: Any) -> Any:  # noqa: ANN401 - of any field
    if not isinstance(valeur, dict):
        return valeur
    return " ; ".join(f"{nom} : {un}" for nom, un in valeur.items())


def nommer(objet: str) -> str:
    """Return what an entry is about by its name: a page by its title, a call by that of its page.

    What is neither is as it is kept: a command, an account, a file.
    """
    if re.fullmatch(r"(\w+\.)+\w+", objet):
        module = objet.split(".")[-2]
        return next((p["name"] for p in pages() if p["module"].endswith(module)), objet)
    if objet == CONNEXION:
        return "Page de connexion"
    for une in pages():
        modele = une["path_template"] or une["path"]
        patron = re.sub(r"<[^>]+>", "([^/]+)", modele)
        if lu := re.fullmatch(patron, objet):
            return " ".join([une["name"], *lu.groups()])
    return objet
