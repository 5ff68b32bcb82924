"""What the page Mesures does: events of affaires, messages, answers, files to take away.

Everything is written through the registre of affaires, in the name of whoever asks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import dash
import flask
from dash import ALL, Input, State, no_update

from dashboards.clics import TOUTES, Bouton, bouton
from dashboards.courant import lecteur, qui, veille
from dashboards.gestes import (
    conclure,
    dire_refusees,
    donner,
    fichier_recu,
    premier_fichier,
    publiee,
    registre,
    sorties,
)
from dashboards.reponses import a_emporter
from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.demarches import envoi
from infocentre.demarches.message import brouillon
from infocentre.demarches.registre import registre_de
from infocentre.lecture import affaires as lues
from infocentre.lecture.commun import departements, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, simplifier
from infocentre.procedures.mesures_correctives import actes, ecrits, reponses
from infocentre.procedures.mesures_correctives.message import Pli, preparer, texte
from infocentre.procedures.mesures_correctives.proposer import proposer
from infocentre.restitutions.commande import Commande, fabriquer
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.service import lire_service

CHEMIN = "/mesures"
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

mesures = flask.Blueprint("mesures", __name__)


def empeche(id_: str, evenement: str) -> str:
    """Return why an event would be refused now, '' when it would not."""
    try:
        registre().exiger(id_, evenement)
    except Refus as refus:
        return refus.quoi
    return ""


def rappels(app: dash.Dash) -> None:
    """Register what buttons and files of the page do."""
    app.callback(
        *sorties(),
        Input({"type": "mesure-action", "evenement": ALL, "affaire": ALL}, "n_clicks"),
        State({"type": "mesure-champ", "nom": ALL}, "value"),
        State({"type": "mesure-champ", "nom": ALL}, "id"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(faire)
    app.callback(
        *sorties(),
        Input({"type": "mesure-fichier", "affaire": ALL}, "contents"),
        State({"type": "mesure-fichier", "affaire": ALL}, "filename"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(recevoir)
    app.callback(
        *sorties(),
        Input("reponse", "envois"),
        State("reponse", "valeurs"),
        State({"type": "mesure-champ", "nom": ALL}, "value"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(repondre)


def faire(
    clics: Sequence[int | None],
    valeurs: Sequence[str | None],
    champs: Sequence[Mapping[str, str]],
    recherche: str | None,
) -> tuple[Any, Any]:
    """Do what a button asks, then show the page again; a refusal is said where one clicked."""
    clic = bouton()
    if not clic or not any(clics):
        return no_update, no_update
    lire = lambda: _lire_clic(clic, zip(champs, valeurs, strict=True))  # noqa: E731
    return conclure(lambda v: _agir(v, *lire(), recherche or ""), recherche, CHEMIN)


def _lire_clic(
    clic: Bouton, champs: Iterable[tuple[Mapping[str, str], str | None]]
) -> tuple[str, str, dict[str, str]]:
    """Return the event, the affaire, and what the fields of this event say."""
    nom = clic["evenement"]
    dits = {
        champ["nom"].rpartition(".")[2]: valeur.strip()
        for champ, valeur in champs
        if valeur and champ["nom"].rpartition(".")[0] in {nom, ""}
    }
    return nom, clic["affaire"], dits


def recevoir(
    contenus: Sequence[str | None], noms: Sequence[str | None], recherche: str | None
) -> tuple[Any, Any]:
    """Read a returned workbook or mail; what is refused of it is said line by line."""
    donne = premier_fichier(contenus, noms)
    if donne is None:
        return no_update, no_update
    return conclure(lambda v: _lire(v, *donne), recherche, CHEMIN)


def repondre(
    envois: int | None,
    valeurs: Mapping[str, object] | None,
    vus: Sequence[str | None],
    recherche: str | None,
) -> tuple[Any, Any]:
    """Keep the answer of a guichet to what was told of it; a refusal is said where one clicked."""
    if not envois:
        return no_update, no_update
    rendue = lire_rendue(valeurs, vus, recherche)
    return conclure(lambda v: _enregistrer(v, rendue), recherche, CHEMIN)


class Rendue(NamedTuple):
    """A form that a guichet filled in for an affaire, and how many events it then had."""

    affaire: str
    dits: Mapping[str, str]
    vus: int | None


def lire_rendue(
    valeurs: Mapping[str, object] | None, vus: Sequence[str | None], recherche: str | None
) -> Rendue:
    """Read the form of a page: the affaire is that of its address."""
    voulue = re.search(r"[?&]affaire=([\w-]{1,24})", recherche or "")
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    connus = next(iter(vus), None)
    return Rendue(
        voulue[1] if voulue else "",
        {nom: un.strip() for nom, un in lus.items() if isinstance(un, str)},
        int(connus) if isinstance(connus, str) and connus.isdecimal() else None,
    )


def du_guichet() -> Affaires:
    """Return the affaires, on which a guichet acts."""
    return registre_de(lecteur().dossier, Acteur(qui(), "guichet"))


def _enregistrer(v: Lecture, rendue: Rendue) -> str:
    affaire, dits = lues.une_affaire(v, rendue.affaire), rendue.dits
    par_cas: dict[str, dict[str, str]] = {}
    for nom, dit in dits.items():
        reference, point, champ = nom.partition(".")
        if point and dit:
            par_cas.setdefault(reference, {})[champ] = dit
    saisie = reponses.Saisie(
        {nom: dit for nom, dit in dits.items() if "." not in nom},
        {
            reference: (un.get("sort", ""), un.get("le", ""), un.get("texte", ""))
            for reference, un in par_cas.items()
        },
        dits.get("plan", ""),
    )
    affaires = du_guichet()
    lue = reponses.lire_saisie(affaire, lues.constats(v, affaire), saisie, affaires.aujourdhui)
    reponses.enregistrer(affaires, lue, canal="application", vus=rendue.vus)
    return ""


def _agir(v: Lecture, nom: str, id_: str, dits: Mapping[str, str], recherche: str) -> str:
    """Do what a button says; return what must still be read, '' when all is done."""
    if id_ == TOUTES:
        return _ENSEMBLE[nom](v, recherche)
    if nom in {actes.ENVOYER, actes.RELANCER}:
        pour = actes.pour(relance=nom == actes.RELANCER)
        return _envoyer(v, Pli(pour, (lues.une_affaire(v, id_),)))
    affaire = lues.une_affaire(v, id_)
    if nom in {"arrive", "non_arrive"}:
        envoi.lever_le_doute(registre(), id_, arrive=nom == "arrive")
        return ""
    jour = _jour(dits["jour"]) if "jour" in dits else None
    donnees = _donnees(affaire, nom, dits)
    if actes.part_par_message(nom):
        pli = Pli(nom, (affaire,))  # type: ignore[arg-type]
        objet, corps = texte(v, pli, jour or registre().aujourdhui)
        donnees = {"objet": objet, "corps": corps, **donnees}
    vus = int(dits["vus"]) if dits.get("vus", "").isdigit() else None
    registre().agir(id_, nom, donnees, jour=jour, vus=vus)
    return ""


def _donnees(affaire: Affaire, nom: str, dits: Mapping[str, str]) -> dict[str, Any]:
    """Return what an event carries, each text read as its procedure says."""
    regle = affaire.situation.procedure.evenements.get(nom)
    lus: dict[str, Any] = {}
    for champ, dit in dits.items():
        attendue = regle.donnees.get(champ) if regle else None
        if attendue is None:
            continue
        if attendue.type == "date":
            lus[champ] = _jour(dit).isoformat()
        elif attendue.type == "oui_non":
            lus[champ] = _choisir({"oui": "oui", "non": "non"}, dit, attendue.titre) == "oui"
        elif attendue.type == "choix":
            lus[champ] = _choisir(attendue.choix, dit, attendue.titre)
        elif attendue.type in {"liste", "lignes"}:
            lus[champ] = _actions(dit)
        else:
            lus[champ] = dit
    return lus


def _choisir(choix: Mapping[str, str], texte: str, titre: str) -> str:
    """Return the code of what a person wrote or chose; raise Refus with what there is to choose."""
    for code, dit in choix.items():
        if simplifier(texte) in {simplifier(dit), code}:
            return code
    raise Refus(
        f"« {texte} » : « {titre} » n'a pas ce choix",
        que_faire=f"Choisir parmi : {', '.join(choix.values())}.",
    )


def _actions(texte: str) -> list[dict[str, str]]:
    """Read a plan: an action a line, « action ; qui ; JJ/MM/AAAA »."""
    actions = []
    for ligne in filter(None, (une.strip() for une in texte.split("\n"))):
        action, qui, quand = ([un.strip() for un in ligne.split(";")] + ["", ""])[:3]
        pour_le = _jour(quand).isoformat() if quand else ""
        actions.append({"action": action, "qui": qui, "pour_le": pour_le})
    return actions


def _jour(texte: str) -> dt.date:
    lu = _DATE.fullmatch(texte.strip())
    try:
        return dt.date(int(lu[3]), int(lu[2]), int(lu[1])) if lu else dt.date.fromisoformat(texte)
    except ValueError:
        raise Refus(f"« {texte} » n'est pas une date JJ/MM/AAAA") from None


# --- Several at once ------------------------------------------------------------------------------


def _lieu(v: Lecture, recherche: str) -> tuple[str, str]:
    """Return the département of the page, and its last controlled month."""
    dit = re.search(r"[?&]departement=([0-9AB]{3})", recherche)
    connus = departements(v)
    ici = dit[1] if dit and dit[1] in connus else connus[0]
    return ici, mois_controles(v, ici)[-1]


def _proposer(v: Lecture, recherche: str) -> str:
    proposer(v, registre(), *_lieu(v, recherche))
    return ""


def _accepter(v: Lecture, recherche: str) -> str:
    ici, _ = _lieu(v, recherche)
    list(actes.accepter(registre(), actes.a_accepter(lues.affaires(v, ici))))
    return ""


_ENSEMBLE: Mapping[str, Callable[[Lecture, str], str]] = {
    actes.PROPOSER: _proposer,
    actes.ACCEPTER: _accepter,
}


def imprimer_a_part(v: Lecture, departement: str, mois: str, organisme: str) -> bytes:
    """Return a fiche made by a process of its own: this one keeps serving pages."""
    commande = Commande("fiche", "pdf", departement, mois=mois, guichet=organisme, perimetre=v.p)
    return fabriquer(v.dossier, commande, permis=veille())


def _envoyer(v: Lecture, pli: Pli) -> str:
    """Send by SMTP; return why it was not sent, '' when it was."""
    messagerie = envoi.lire_messagerie(v.dossier.racine)
    jour = registre().aujourdhui
    messages = envoi.preparer_chacun(
        [pli], lambda un: preparer(v, un, jour, imprimer=imprimer_a_part), lambda un: un.ids[0]
    )
    return donner(messages, messagerie)


def _lire(v: Lecture, nom: str, contenu: str) -> str:
    affaires = registre()
    with fichier_recu(nom, contenu) as chemin:
        lue = reponses.lire(affaires, chemin, affaires.aujourdhui)
    for une in lue.reponses:
        lues.une_affaire(v, une.affaire)
    prises, contre = reponses.enregistrer_tout(affaires, lue)
    lus = accorder(sum(len(une.unites) for une, _ in prises), "cas lu", "cas lus")
    return dire_refusees(f"Réponse enregistrée, {lus}", (*lue.refusees, *contre))


# --- Files to take away ---------------------------------------------------------------------------


@mesures.get("/mesures/<id_>/<nom>.<forme>")
def emporter(id_: str, nom: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve the draft of a message, a letter, the note or the dossier of an affaire."""
    try:
        v = publiee()
        octets = _fichier(v, lues.une_affaire(v, id_), f"{nom}.{forme}")
    except Refus as refus:
        return flask.Response(refus.phrase, 404, mimetype="text/plain; charset=utf-8")
    return a_emporter(flask.Response(octets), f"{nom}-{id_}.{forme}")


def _fichier(v: Lecture, une: Affaire, nom: str) -> bytes:
    affaires = registre()
    jour = affaires.aujourdhui
    if nom in {"message.eml", "relance.eml"}:
        pli = Pli(actes.pour(relance=nom == "relance.eml"), (une,))
        pret = preparer(v, pli, jour, imprimer=imprimer_a_part)
        return brouillon(pret, lire_service(v.dossier.racine), affaires.instant)
    if nom == "dossier.zip":
        return ecrits.dossier(v, une, jour)
    base, _, forme = nom.rpartition(".")
    if base not in ecrits.LETTRES or forme not in {"pdf", "docx"}:
        raise Refus("ce fichier n'existe pas", que_faire="Reprendre le lien de la page.")
    return FORMES[forme](ecrits.LETTRES[base](v, une, jour))
