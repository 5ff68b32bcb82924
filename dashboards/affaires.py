"""What the page of any procedure does: affaires opened, moved, answered; files to take away.

Everything is written through the registre of affaires, in the name and the role of whoever asks;
what they may see or do, `Face` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
import flask
from dash import ALL, Input, State, no_update

from dashboards import gestes
from dashboards.clics import TOUTES, bouton
from dashboards.courant import acces
from dashboards.gestes import (
    Fait,
    Vers,
    conclure,
    dire_refusees,
    fichier_recu,
    premier_fichier,
    publiee,
    registre,
    sorties,
)
from dashboards.page import contexte_affiche, contexte_exact
from dashboards.reponses import a_emporter, exporter_reponse
from infocentre.affaires import Affaire
from infocentre.contrat.montres import lire_numeros
from infocentre.contrat.numeros import numeros_ouverts
from infocentre.demarches.envoi import lever_le_doute
from infocentre.demarches.face import Face, chemin, code_du_chemin, voir
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.formats import Format
from infocentre.noyau.francais import accorder, minuscule

FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-excel", "json")

fichiers_affaires = flask.Blueprint("fichiers_affaires", __name__)


def face(v: Lecture, code: str) -> Face:
    """Return a procedure before whoever asks; raise Refus to who sees nothing of it."""
    return voir(acces(), v, registre(), code, gestes.imprimer_a_part)


def rappels(app: dash.Dash) -> None:
    """Register what forms, buttons and files of the page do."""
    ou = (State("adresse", "pathname"), State("adresse", "search"))
    app.callback(
        *sorties(),
        Input({"type": "affaire-geste", "evenement": ALL, "affaire": ALL}, "envois"),
        State({"type": "affaire-geste", "evenement": ALL, "affaire": ALL}, "valeurs"),
        State({"type": "affaire-geste", "evenement": ALL, "affaire": ALL}, "id"),
        *ou,
        prevent_initial_call=True,
    )(remplir)
    app.callback(
        *sorties(),
        Input({"type": "affaire-bouton", "action": ALL, "affaire": ALL}, "n_clicks"),
        *ou,
        prevent_initial_call=True,
    )(faire)
    app.callback(
        *sorties(),
        Input({"type": "affaire-fichier", "affaire": ALL}, "contents"),
        State({"type": "affaire-fichier", "affaire": ALL}, "filename"),
        *ou,
        prevent_initial_call=True,
    )(recevoir)


def _ou(ou: str | None) -> tuple[str, str]:
    """Return the procedure of a page's path, and the path where its affaires stand."""
    code = code_du_chemin(ou or "")
    return code, chemin(code)


def remplir(
    _envois: Sequence[int | None],
    valeurs: Sequence[Mapping[str, object] | None],
    ids: Sequence[Mapping[str, str]],
    ou: str | None,
    recherche: str | None,
) -> tuple[Any, Any]:
    """Do an event from its form, or open an affaire; a refusal is said where one clicked."""
    voulu = bouton()
    if voulu is None:
        return no_update, no_update
    dits = next((un for un, id_ in zip(valeurs, ids, strict=False) if id_ == voulu), None) or {}
    textes = {nom: un for nom, un in dits.items() if isinstance(un, str)}
    code, ici = _ou(ou)
    return conclure(
        lambda v: _remplir(v, code, voulu["evenement"], voulu["affaire"], textes, recherche),
        recherche,
        ici,
    )


def _remplir(
    v: Lecture, code: str, nom: str, id_: str, dits: dict[str, str], recherche: str | None
) -> str:
    ici, vus = face(v, code), dits.pop("vus", "")
    if id_:
        une = ici.agir(ici.lire(id_), nom, dits, vus=int(vus) if vus.isdecimal() else None)
        return fait(une, nom)
    neuve = ici.ouvrir(_departement(recherche), dits.pop("objet", ""), dits)
    return Vers(f"{chemin(code)}?affaire={neuve.id}")


def fait(une: Affaire, nom: str) -> Fait:
    """Say what an event that a person did is, as the chronology does."""
    derniers = une.situation.evenements[::-1]
    return Fait(f"{une.mots(next((un for un in derniers if un.nom == nom), derniers[0])).arrive}.")


def _departement(recherche: str | None) -> str:
    c = contexte_affiche(recherche)
    if c is None:
        raise Refus("aucun mois n'est encore publié")
    return c.filtres.departement


def faire(_clics: Sequence[int | None], ou: str | None, recherche: str | None) -> tuple[Any, Any]:
    """Do what a button asks, of one affaire or of all that wait."""
    clic = bouton()
    if clic is None:
        return no_update, no_update
    code, ici = _ou(ou)
    return conclure(
        lambda v: agir(v, code, clic["action"], clic["affaire"], recherche),
        recherche,
        ici,
    )


def agir(v: Lecture, code: str, action: str, id_: str, recherche: str | None) -> str:
    """Do what a button says; return what was done, or what must still be read of it."""
    ici = face(v, code)
    if id_ == TOUTES:
        departement = _departement(recherche)
        if not ici.conduit:
            raise Refus("cette action n'est pas ouverte à ce compte")
        ici.regles.exiger(v, departement)
        return _faire_ensemble(ici, departement, action)
    une = ici.lire(id_)
    if not ici.conduit:
        raise Refus("cette action n'est pas ouverte à ce compte")
    if action in {"arrive", "non_arrive"}:
        lever_le_doute(ici.registre, une.id, arrive=action == "arrive")
        return Fait(
            "Noté : le message est arrivé." if action == "arrive" else "Noté : il est à renvoyer."
        )
    raise Refus("cette action n'existe pas")


def _faire_ensemble(ici: Face, departement: str, action: str) -> str:
    """Do what waits of a whole département; return how many it was of, or what is still to read."""
    regles, lues = ici.regles, ici.lister(departement)
    connus = {un.nom: un for un in regles.ensembles(ici.v, ici.registre, departement, lues)}
    a_lire = regles.ensemble(ici.v, ici.registre, departement, action)
    voulu = connus.get(action)
    return (
        a_lire
        if a_lire or voulu is None
        else Fait(f"Fait : {minuscule(voulu.titre)} ({voulu.nombre}).")
    )


def recevoir(
    contenus: Sequence[str | None],
    noms: Sequence[str | None],
    ou: str | None,
    recherche: str | None,
) -> tuple[Any, Any]:
    """Read a returned workbook; what is refused of it is said line by line."""
    donne, chez = premier_fichier(contenus, noms), bouton()
    if donne is None or chez is None:
        return no_update, no_update
    code, ici = _ou(ou)
    return conclure(lambda v: _recevoir(v, code, chez["affaire"], *donne), recherche, ici)


def _recevoir(v: Lecture, code: str, id_: str, nom: str, contenu: str) -> str:
    ici = face(v, code)
    with fichier_recu(nom, contenu) as recu:
        canal = "courriel" if ici.conduit else "application"
        _, lu = ici.recevoir(recu, canal, ici.lire(id_))
    return dire_refusees(accorder(len(lu.lignes), "réponse lue", "réponses lues"), lu.refusees)


# --- Files to take away ---------------------------------------------------------------------------


@fichiers_affaires.get("/affaires/<code>/<id_>/<nom>.<forme>")
def emporter(code: str, id_: str, nom: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve a paper of an affaire, or its workbook (« classeur.xlsx »)."""
    try:
        ici = face(publiee(), code)
        une = ici.lire(id_)
        octets, fichier = _fichier(ici, une, nom, forme)
    except Refus as refus:
        return _refuser(refus)
    lire_numeros(numeros_ouverts(octets))
    flask.g.lignes = max(1, len(ici.cas(une)))  # the audit says how many
    return a_emporter(flask.Response(octets), fichier)


def _fichier(ici: Face, une: Affaire, nom: str, forme: str) -> tuple[bytes, str]:
    if (nom, forme) == ("classeur", "xlsx"):
        titre = ici.procedure.classeur.titre if ici.procedure.classeur else "classeur"
        return ici.classeur(une), ici.nom_de_fichier(une, titre, forme)
    octets = ici.imprimer(une, nom, forme)
    return octets, ici.nom_de_fichier(une, ici.documents(une)[nom][0], forme)


@fichiers_affaires.get("/affaires/<code>/releve/<nom>.<forme>")
def emporter_releve(code: str, nom: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve a paper about all affaires of a département."""
    try:
        c = contexte_exact(flask.request.args.to_dict())
        octets, document = face(c.v, code).releve(c.filtres.departement, nom, forme)
    except Refus as refus:
        return _refuser(refus)
    flask.g.lignes = sum(len(une.lignes) for une in document.tableaux())
    return a_emporter(flask.Response(octets), f"{nom}-{c.filtres.departement}.{forme}")


@fichiers_affaires.get("/affaires/<code>/liste.<format_>")
def emporter_liste(code: str, format_: str) -> flask.typing.ResponseReturnValue:
    """Serve the affaires that whoever asks sees, those at an end too."""
    voulu = next((un for un in FORMATS if un == format_), None)
    if voulu is None:
        return _refuser(Refus("cet export n'existe pas", que_faire="Reprendre le lien de la page."))
    try:
        c = contexte_exact(flask.request.args.to_dict())
        lues = face(c.v, code).exporter(c.filtres.departement)
    except Refus as refus:
        return _refuser(refus)
    flask.g.lignes = len(lues.lignes)
    return exporter_reponse(lues, voulu)


def _refuser(refus: Refus) -> flask.Response:
    return flask.Response(refus.phrase, 404, mimetype="text/plain; charset=utf-8")
