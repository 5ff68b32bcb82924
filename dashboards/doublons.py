"""What the pages of duplicates do: decisions of the review, events of cases, forms, files.

Names go to the review only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import flask
from dash import html, no_update

from dashboards.composants.elements import exports
from dashboards.composants.revue import ecrire_cas
from dashboards.courant import acces, aujourdhui, qui
from dashboards.gestes import fichier_recu
from dashboards.page import Contexte, contexte_affiche, contexte_exact
from dashboards.reponses import a_emporter
from infocentre.acces.roles import Role
from infocentre.affaires import Acteur, Affaire, Affaires, procedures
from infocentre.affaires.modele import Role as RoleDActeur
from infocentre.affaires.reglages import reglages_de
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import VERDICTS, Memoire, Verdict
from infocentre.demarches.registre import registre_de
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.paires import PROCEDURE, personnes
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import guichets_par_epci
from infocentre.noyau.entiers import lire_entier
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule, minuscule
from infocentre.noyau.temps import jour
from infocentre.procedures.doublons import actes, forcages, formulaire, listes, tirage
from infocentre.procedures.doublons import cas as dossiers
from infocentre.procedures.doublons.cas import Cas
from infocentre.procedures.doublons.decider import Geste, Revue, Suite
from infocentre.procedures.doublons.decrire import decrire, dire_poids
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES

JOURNAL = logging.getLogger("infocentre.dashboards")
PILE, RESERVE = 24, 16  # cases that the page is given at once; under RESERVE left, it is given more
SECONDES_MAX = 3600.0


def registre(v: Lecture) -> Affaires:
    """Return the affaires, on which whoever asks acts."""
    role: RoleDActeur = "guichet" if acces().role is Role.GUICHET else "gestionnaire"
    return registre_de(v.dossier, Acteur(qui(), role))


def memoire(v: Lecture) -> Memoire:
    """Return the decisions, to which whoever asks adds theirs."""
    return Memoire(ouvrir_magasin(v.dossier.racine), qui(), personnes())


def cas_voulus(v: Lecture, filtres: Filtres, adresse: Mapping[str, str]) -> list[Cas]:
    """Return the cases that the filters of the address ask for, in their order."""
    liste, ici = adresse.get("liste", "paires"), filtres.departement
    if liste == "tirage":
        return tirage.a_relire(v, memoire(v), ici)
    if liste == dossiers.A_INSTRUIRE:
        return dossiers.a_instruire(v, registre(v), ici)
    if liste == "forcages":
        return forcages.a_revoir(v, memoire(v), ici, adresse.get("guichet", ""))
    montre = {} if dossiers.aveugle() else adresse  # what tells the weight is no choice then
    return dossiers.file(
        v,
        memoire(v),
        ici,
        ordre=montre.get("ordre", dossiers.HASARD),
        niveau=montre.get("niveau", ""),
        guichets=_guichets(v, filtres, adresse),
        desaccords=liste == "desaccords",
    )


def _guichets(v: Lecture, filtres: Filtres, adresse: Mapping[str, str]) -> frozenset[str] | None:
    if guichet := adresse.get("guichet"):
        return frozenset({guichet})
    if filtres.epci:
        return guichets_par_epci(v, filtres.departement).get(filtres.epci, frozenset())
    return None


def tirer(recherche: str | None) -> str:
    """Draw the pairs on which the search is measured; return the address where they are read."""
    c = contexte(recherche)
    ici = c.filtres.departement
    tirage.tirer_au_sort(c.v, ouvrir_magasin(c.v.dossier.racine), memoire(c.v), ici)
    return c.filtres.lien("/doublons", liste="tirage")


def donner(v: Lecture, cas: Sequence[Cas]) -> list[dict[str, Any]]:
    """Return cases as the page shows them, names included."""
    if not cas:
        return []
    affaires = {un.affaire: registre(v).lire(un.affaire) for un in cas if un.affaire}
    decrits = decrire(v, cas, aujourdhui(), affaires)
    poids = [[] if dossiers.aveugle() else [f"L'outil dit : {dire_poids(un)}."] for un in cas]
    return [ecrire_cas(un, notes) for un, notes in zip(decrits, poids, strict=True)]


def decider(decision: object, recherche: str | None) -> Any:  # noqa: ANN401
    """Keep what a person decided; return what became of it, and more cases when few are left."""
    if not isinstance(decision, Mapping) or not decision:
        return no_update
    rang = decision.get("rang")
    try:
        c = contexte(recherche)
        faire = _annuler if decision.get("annuler") else _decider
        return {"rang": rang, **faire(c, decision), **_suite(c, decision)}
    except Refus as refus:
        dit = f"{majuscule(refus.quoi)}. {refus.que_faire}".strip()
        return {"rang": rang, "fait": False, "rendre": not _reglee(refus), "texte": dit}
    except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
        JOURNAL.exception("décision en échec")
        dit = "Cela n'a pas pu être fait. Recommencer ; sinon, le signaler."
        return {"rang": rang, "fait": False, "rendre": True, "texte": dit}


def contexte(recherche: str | None) -> Contexte:
    """Return what the page on the screen is about; raise Refus before anything is published."""
    c = contexte_affiche(recherche)
    if c is None:
        raise Refus("aucun mois n'est encore publié", que_faire="Contrôler une livraison.")
    return c


def _reglee(refus: Refus) -> bool:
    """Tell whether a refusal means that the case is no more to decide."""
    return "suivante est prête" in refus.que_faire


def _decider(c: Contexte, dite: Mapping[str, Any]) -> dict[str, Any]:
    v = c.v
    un = _retrouver(v, c.filtres, dite)
    geste = _lire(dite)
    magasin = ouvrir_magasin(v.dossier.racine)
    suite = Revue(v, magasin, registre(v), memoire(v)).decider(un, geste)
    return {"fait": True, "geste": suite.geste, "texte": _dire(un, geste, suite)}


def _retrouver(v: Lecture, filtres: Filtres, dite: Mapping[str, Any]) -> Cas:
    cle, numeros = str(dite.get("cle", "")), dite.get("numeros")
    if not isinstance(numeros, list):
        raise Refus("cette décision est mal dite", que_faire="Actualiser la page.")
    if cle == "+".join(map(str, numeros)):
        return dossiers.retrouver(v, memoire(v), filtres.departement, [str(n) for n in numeros])
    return dossiers.cas_de(v, une_affaire(v, cle))


def _lire(dite: Mapping[str, Any]) -> Geste:
    """Return what the page says, of which nothing is believed."""
    verdict, secondes = dite.get("verdict"), dite.get("secondes")
    if not isinstance(verdict, str) or verdict not in VERDICTS:
        raise Refus("ce choix n'existe pas", que_faire="Actualiser la page.")
    valeurs, retires = dite.get("valeurs") or {}, dite.get("retires") or []
    if not isinstance(valeurs, dict) or not isinstance(retires, list):
        raise Refus("cette décision est mal dite", que_faire="Actualiser la page.")
    duree = float(secondes) if isinstance(secondes, int | float) else None
    return Geste(
        Verdict(verdict),
        str(dite.get("garder") or ""),
        {str(champ): str(numero) for champ, numero in valeurs.items()},
        tuple(map(str, retires)),
        min(max(duree, 0.0), SECONDES_MAX) if duree is not None else None,
    )


def _dire(un: Cas, geste: Geste, suite: Suite) -> str:
    dits = [f"Décidé : {geste.verdict.dit}"]
    if suite.attend:
        dits.append("une autre personne décide aussi")
    elif suite.desaccord:
        autres = [autre for autre in un.bilan.decisions if autre.auteur != qui()]
        dits.append("désaccord avec " + ", ".join(f"{a.auteur} ({a.verdict.dit})" for a in autres))
    elif suite.affaire:
        dits.append(f"affaire {suite.affaire.id}, {minuscule(suite.affaire.titre_etat)}")
    if not suite.attend and (poids := dire_poids(un)):
        dits.append(f"l'outil disait : {poids}")
    return " ; ".join(dits) + "."


def _annuler(c: Contexte, dite: Mapping[str, Any]) -> dict[str, Any]:
    v = c.v
    geste = str(dite.get("geste") or "")
    if not geste:
        raise Refus("il n'y a rien à annuler", que_faire="")
    magasin = ouvrir_magasin(v.dossier.racine)
    Revue(v, magasin, registre(v), memoire(v)).annuler(geste)
    return {"fait": True, "texte": "Décision annulée : le cas est de nouveau à décider."}


def _suite(c: Contexte, dite: Mapping[str, Any]) -> dict[str, Any]:
    """Return more cases when the page has few left."""
    ici: Collection[str] = set(map(str, dite.get("ici") or []))
    if len(ici) >= RESERVE:
        return {}
    restants = [un for un in cas_voulus(c.v, c.filtres, c.adresse) if un.cle not in ici]
    return {"pile": donner(c.v, restants[:PILE])}


# --- The cases that are followed ------------------------------------------------------------------


def confier(recherche: str | None) -> str:
    """Give every deletion that is decided to its guichet; return '' once it is done."""
    c = contexte(recherche)
    dossiers.exiger_revue(c.v, c.filtres.departement)
    affaires = registre(c.v)
    for une in actes.decidees(affaires.lister(c.filtres.departement, procedure=PROCEDURE)):
        actes.confier(affaires, une)
    return ""


def une_affaire(v: Lecture, id_: str) -> Affaire:
    """Return a case that the reader may see; raise Refus."""
    une = registre(v).lire(id_)
    if une.situation.procedure.code != PROCEDURE or not v.p.voit(une.departement):
        raise Refus(f"l'affaire « {id_[:24]} » n'est pas un cas de doublons")
    return une


# --- The form of guichets -------------------------------------------------------------------------


def signaler(recherche: str | None, guichet: str, valeurs: Mapping[str, str]) -> html.Div:
    """Open the affaire of what a form on the screen tells; return its acknowledgement."""
    c = contexte(recherche)
    _exiger_guichet(c, guichet)
    numeros = formulaire.nettoyer(valeurs.get("numeros", "").replace(",", "\n").split("\n"))
    rang = lire_entier(valeurs.get("garder") or "1", range(1, len(numeros) + 1))
    garder = numeros[rang - 1] if rang else ""
    un = formulaire.Signalement(
        numeros, garder, valeurs.get("donnees", ""), valeurs.get("pourquoi", "")
    )
    magasin = ouvrir_magasin(c.v.dossier.racine)
    une = formulaire.signaler(c.v, magasin, registre(c.v), c.filtres.departement, guichet, un)
    return _accuse(c, guichet, [une], [])


def lire(recherche: str | None, contenu: str, nom: str) -> html.Div:
    """Read a returned workbook; return its acknowledgement, and why some rows are refused."""
    c = contexte(recherche)
    ici = c.filtres.departement
    with fichier_recu(nom, contenu) as chemin:
        try:
            lu = formulaire.lire(c.v, ici, chemin)
        except Refus as refus:
            raise Refus(refus.quoi, nom[:80], refus.que_faire) from None
    _exiger_guichet(c, lu.guichet)
    magasin = ouvrir_magasin(c.v.dossier.racine)
    faits = formulaire.enregistrer(c.v, magasin, registre(c.v), ici, lu)
    return _accuse(c, lu.guichet, *faits)


def delai_d_instruction() -> str:
    """Return in how many working days a form is handled, in words."""
    jours = reglages_de(procedures()[PROCEDURE])["delai_instruction"]
    return accorder(jours, "jour ouvré", "jours ouvrés")


def _exiger_guichet(c: Contexte, guichet: str) -> None:
    connus = noms_des_guichets(c.v, c.filtres.departement)
    if guichet not in connus or not c.v.voit("guichet", guichet):
        raise Refus(
            "ce guichet n'est pas ouvert à ce compte", que_faire="Choisir un autre guichet."
        )


def _accuse(
    c: Contexte, guichet: str, ouvertes: Sequence[Affaire], refusees: Sequence[str]
) -> html.Div:
    """Return the acknowledgement of what was told: what is taken, by when, what is refused."""
    ids = ",".join(une.id for une in ouvertes)
    adresse = f"/doublons/accuse/{guichet}.pdf?departement={c.filtres.departement}&affaires={ids}"
    pris = [
        f"Affaire {une.id} : reçue"
        + (f", traitée avant le {jour(une.echeance.due)}." if une.echeance else ".")
        for une in ouvertes
    ]
    faux = [f"{majuscule(une)}." for une in refusees]
    return html.Div(
        [
            html.Div(
                [html.P(une) for une in pris], role="status", className="fr-alert fr-alert--success"
            )
            if pris
            else None,
            exports({"Accusé de réception des cas reçus (PDF)": adresse}) if pris else None,
            html.Div(
                [html.P(une) for une in faux], role="alert", className="fr-alert fr-alert--error"
            )
            if faux
            else None,
        ]
    )


# --- Files ----------------------------------------------------------------------------------------

routes = flask.Blueprint("doublons", __name__)


@routes.get("/doublons/listes/<guichet>/<nom>.<forme>")
def emporter(guichet: str, nom: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve the work list of a guichet, or the relevé of the deletions of a month."""
    return _servir(
        lambda c: _liste(c, "" if guichet == "tous" else guichet, nom), nom, guichet, forme
    )


@routes.get("/doublons/formulaire/<guichet>.<forme>")
def formulaire_vide(guichet: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve the form of a guichet, to fill in."""

    def faire(c: Contexte) -> Document | bytes:
        _exiger_guichet(c, guichet)
        ici = c.filtres.departement
        if forme == "xlsx":
            nom = noms_des_guichets(c.v, ici)[guichet]
            return formulaire.classeur(ici, guichet, nom, aujourdhui())
        return listes.formulaire(c.v, ici, guichet, aujourdhui())

    return _servir(faire, "formulaire-doublons", guichet, forme)


@routes.get("/doublons/accuse/<guichet>.<forme>")
def accuse(guichet: str, forme: str) -> flask.typing.ResponseReturnValue:
    """Serve the acknowledgement of the cases that a guichet told of, named in the address."""

    def faire(c: Contexte) -> Document:
        _exiger_guichet(c, guichet)
        ici, lues = c.filtres.departement, registre(c.v)
        voulues = {un for un in flask.request.args.get("affaires", "").split(",") if un}
        siennes = [
            une
            for une in lues.lister(ici, procedure=PROCEDURE, objet=guichet, finies=True)
            if une.id in voulues and une.situation.evenements[0].donnees["origine"] == "formulaire"
        ]
        if not voulues or len(siennes) != len(voulues):
            raise Refus("ces cas ne sont pas de ce guichet", que_faire="Reprendre le lien.")
        return listes.accuse(c.v, ici, guichet, siennes, [], aujourdhui())

    return _servir(faire, "accuse-doublons", guichet, forme)


def _liste(c: Contexte, guichet: str, nom: str) -> Document:
    ici = c.filtres.departement
    dossiers.exiger_revue(c.v, ici)
    affaires = registre(c.v).lister(ici, procedure=PROCEDURE, finies=True)
    if nom == "travail" and guichet:
        return listes.travail(c.v, ici, guichet, affaires, aujourdhui())
    if nom == "releve":
        return listes.releve(c.v, ici, guichet, affaires, c.filtres.mois, aujourdhui())
    raise Refus("ce fichier n'existe pas", que_faire="Reprendre le lien de la page.")


def _servir(
    faire: Callable[[Contexte], Document | bytes], nom: str, guichet: str, forme: str
) -> flask.typing.ResponseReturnValue:
    if forme not in {"pdf", "xlsx"}:
        return flask.Response("Ce fichier n'existe pas.", 404, mimetype="text/plain")
    try:
        fait = faire(contexte_exact(dict(flask.request.args)))
        octets = fait if isinstance(fait, bytes) else FORMES[forme](fait)
    except Refus as refus:
        texte = f"{refus.quoi}. {refus.que_faire}".strip()
        return flask.Response(texte, 404, mimetype="text/plain; charset=utf-8")
    return a_emporter(flask.Response(octets), f"{nom}-{guichet}.{forme}")
