"""What the page of the users of the SNE does: reviews begun, sent, answered, asked for, closed.

Everything is written through the registre of affaires, in the name of whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash
import flask
from dash import ALL, Input, Output, State, no_update

from dashboards.clics import bouton
from dashboards.courant import acces
from dashboards.mesures import (
    LOT,
    TOUTES,
    Rendue,
    conclure,
    dire_refusees,
    donner,
    du_guichet,
    fichier_recu,
    lire_rendue,
    premier_fichier,
    publiee,
    registre,
)
from dashboards.page import contexte_affiche, contexte_exact
from dashboards.reponses import a_emporter
from infocentre.acces.modele import Action
from infocentre.affaires import Affaire
from infocentre.demarches import acces_sne
from infocentre.demarches.envoi import (
    lever_le_doute,
    limiter,
    lire_messagerie,
    preparer_chacun,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.restitutions.formes import FORMES

PAGE = acces_sne.PAGE

fichiers_acces = flask.Blueprint("fichiers_acces", __name__)


def rappels(app: dash.Dash) -> None:
    """Register what buttons and files of the page do."""
    app.callback(
        Output("adresse", "href", allow_duplicate=True),
        Output("acces-message", "children"),
        Input({"type": "acces-action", "evenement": ALL, "affaire": ALL}, "n_clicks"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(faire)
    app.callback(
        Output("adresse", "href", allow_duplicate=True),
        Output("acces-message", "children", allow_duplicate=True),
        Input({"type": "acces-fichier", "affaire": ALL}, "contents"),
        State({"type": "acces-fichier", "affaire": ALL}, "filename"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(recevoir)
    app.callback(
        Output("adresse", "href", allow_duplicate=True),
        Output("acces-message", "children", allow_duplicate=True),
        Input("reponse-acces", "envois"),
        State("reponse-acces", "valeurs"),
        State({"type": "mesure-champ", "nom": ALL}, "value"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(repondre)


def faire(clics: Sequence[int | None], recherche: str | None) -> tuple[Any, Any]:
    """Do what a button asks, then show the page again; a refusal is said where one clicked."""
    clic = bouton()
    if not clic or not any(clics):
        return no_update, no_update
    lire = lambda: (str(clic["evenement"]), str(clic["affaire"]))  # noqa: E731
    return conclure(lambda v: agir(v, *lire(), recherche or ""), recherche, PAGE)


def recevoir(
    contenus: Sequence[str | None], noms: Sequence[str | None], recherche: str | None
) -> tuple[Any, Any]:
    """Read a returned workbook; what is refused of it is said line by line."""
    donne = premier_fichier(contenus, noms)
    if donne is None:
        return no_update, no_update
    return conclure(lambda v: _lire(v, *donne), recherche, PAGE)


def repondre(
    envois: int | None,
    valeurs: Mapping[str, object] | None,
    vus: Sequence[str | None],
    recherche: str | None,
) -> tuple[Any, Any]:
    """Keep the answers of a guichet, access by access; a refusal is said where one clicked."""
    if not envois:
        return no_update, no_update
    rendue = lire_rendue(valeurs, vus, recherche)
    return conclure(lambda v: _enregistrer(v, rendue), recherche, PAGE)


def _enregistrer(v: Lecture, rendue: Rendue) -> str:
    affaires = du_guichet()
    une = acces_sne.revue(v, affaires, rendue.affaire)
    lu = acces_sne.lire_saisie(affaires, une, rendue.dits)
    acces_sne.enregistrer(affaires, lu, "application", vus=rendue.vus)
    return ""


def _lire(v: Lecture, nom: str, contenu: str) -> str:
    with fichier_recu(nom, contenu) as chemin:
        lu = acces_sne.lire(v, registre(), chemin)
    acces_sne.enregistrer(registre(), lu)
    lus = accorder(len(lu.reponses), "réponse lue", "réponses lues")
    return dire_refusees(lus, lu.refusees)


def agir(v: Lecture, nom: str, id_: str, recherche: str) -> str:
    """Do what a button says; return what must still be read, '' when all is done."""
    if id_ == TOUTES:
        c = contexte_affiche(recherche)
        if c is None or nom not in _ENSEMBLE:
            raise Refus("aucun mois n'est encore publié")
        acces_sne.exiger_revue(v, c.filtres.departement)
        return _ENSEMBLE[nom](v, c.filtres.departement)
    une = acces_sne.revue(v, registre(), id_)
    acces_sne.exiger_revue(v, une.departement)
    evenement, _, precision = nom.partition(".")
    if evenement not in _UNE:
        raise Refus("cette action n'existe pas")
    return _UNE[evenement](v, une, precision)


def _proposer(v: Lecture, ici: str) -> str:
    if acces_sne.proposer(v, registre(), ici):
        return ""
    return "Aucun guichet n'a d'accès à revoir : leur dernière revue est récente ou en cours."


def _envoyer_tout(v: Lecture, ici: str) -> str:
    figees = [une for une in acces_sne.revues(v, registre(), ici) if une.etat == "figee"]
    return _envoyer(v, figees[:LOT])


def _envoyer(v: Lecture, unes: Sequence[Affaire]) -> str:
    par_id = {une.id: une for une in unes}
    limiter(registre(), list(par_id))
    messages = preparer_chacun(par_id, lambda id_: acces_sne.preparer(v, registre(), par_id[id_]))
    return donner(messages, lire_messagerie(v.dossier.racine))


def _demander(_: Lecture, ici: str) -> str:
    if acces_sne.demander(registre(), ici):
        return ""
    return "Aucun changement nouveau n'est à demander."


_ENSEMBLE: Mapping[str, Callable[[Lecture, str], str]] = {
    "proposer": _proposer,
    "envoyer": _envoyer_tout,
    "demander": _demander,
}


def _dire_remise(v: Lecture, une: Affaire, canal: str) -> str:
    donnees = acces_sne.donnees_d_envoi(acces_sne.pieces(v, registre(), une), canal)
    registre().agir(une.id, "envoyer", donnees)
    return ""


def _clore(_: Lecture, une: Affaire, issue: str) -> str:
    registre().agir(une.id, "clore", {"issue": issue})
    return ""


def _lever(_: Lecture, une: Affaire, dit: str) -> str:
    lever_le_doute(registre(), une.id, arrive=dit == "oui")
    return ""


_UNE: Mapping[str, Callable[[Lecture, Affaire, str], str]] = {
    "envoyer": lambda v, une, _: _envoyer(v, [une]),
    "remettre": _dire_remise,
    "clore": _clore,
    "arrive": _lever,
}


# --- Files to take away ---------------------------------------------------------------------------


@fichiers_acces.get("/acces/<id_>/liste.<forme>")
def emporter(id_: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve the list of a review: the workbook to fill, or the paper to sign."""
    try:
        v = publiee()
        une = acces_sne.revue(v, registre(), id_)
        trouvees = [
            un for un in acces_sne.pieces(v, registre(), une) if un.nom.endswith(f".{forme}")
        ]
    except Refus as refus:
        return _refuser(refus)
    if not trouvees:
        return _refuser(Refus("ce fichier n'existe pas", que_faire="Reprendre le lien."))
    flask.g.lignes = len(acces_sne.acces_de(registre(), une))  # the audit says how many
    return a_emporter(flask.Response(trouvees[0].octets), trouvees[0].nom)


@fichiers_acces.get("/acces/releve.<forme>")
def emporter_releve(forme: str) -> flask.typing.ResponseReturnValue:
    """Serve what is asked of the administrator of the SNE."""
    try:
        c = contexte_exact(flask.request.args.to_dict())
        document = acces_sne.releve(c.v, registre(), c.filtres.departement, registre().aujourdhui)
    except Refus as refus:
        return _refuser(refus)
    if forme not in acces_sne.FORMES_DU_RELEVE:
        return _refuser(Refus("ce relevé n'existe pas", que_faire="Reprendre le lien."))
    octets = FORMES[forme](document)
    flask.g.lignes = sum(len(une.lignes) for une in document.tableaux() if une.cle == "demandes")
    return a_emporter(flask.Response(octets), f"acces-{c.filtres.departement}.{forme}")


def _refuser(refus: Refus) -> flask.Response:
    return flask.Response(refus.phrase, 404, mimetype="text/plain; charset=utf-8")


def conduit(v: Lecture) -> bool:
    """Tell whether whoever asks conducts the reviews of a département."""
    return acces().peut(Action.CONDUIRE) and not v.p.partiel
