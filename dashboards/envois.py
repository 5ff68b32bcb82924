"""What the page Envois does: read again, confirm, stop in time, tell; and sends what is planned.

One thread of the server looks after what is planned: a page that is closed stops nothing, a server
that is started again goes on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import dash
import flask
from dash import ALL, Input, Output, State, html, no_update

from dashboards.clics import bouton, patienter
from dashboards.composants import envois as pieces
from dashboards.composants.apostrophes import courber
from dashboards.courant import lecteur, qui, veille
from dashboards.gestes import (
    Fait,
    Vers,
    conclure,
    fichier_recu,
    imprimer_a_part,
    premier_fichier,
    publiee,
    registre,
    sorties,
)
from dashboards.page import contexte_affiche
from dashboards.reponses import a_emporter
from infocentre.acces.audit import Scelles, Trace, tracer
from infocentre.acces.comptes import Comptes
from infocentre.acces.modele import SEUL, Acces, Action
from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.registre import devance
from infocentre.analystes.fichier import cle
from infocentre.contrat import montres
from infocentre.decisions.magasin import Magasin, magasin_present, ouvrir_magasin
from infocentre.demarches import emportes, envois, plis, rebonds
from infocentre.demarches.envoi import Empeche, limiter, lire_messagerie
from infocentre.demarches.invitations import messagerie_reglee
from infocentre.demarches.message import Message, Pli, brouillon
from infocentre.demarches.registre import registre_de
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.ouverture import lire_comme
from infocentre.noyau import file
from infocentre.noyau.archives import reunir
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import A_REMETTRE
from infocentre.noyau.francais import accorder, majuscule, slug
from infocentre.noyau.jours import lire_jour
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions.commande import Commande, fabriquer
from infocentre.restitutions.service import lire_service

JOURNAL = logging.getLogger("infocentre.dashboards")
CHEMIN, CHOIX = "/envois", "affaires"  # of the address: the affaires whose messages are shown
CADENCE, REPIT = 1.0, 30.0  # seconds between two looks at what is planned; after a failure
RETARD = dt.timedelta(hours=1)  # after which what did not leave is to be confirmed again
ARRET = "un arrêt du serveur de plus d’une heure"
FERME = "la fermeture du compte qui l’a demandé"
ATTENTE = 120.0  # for a place to print a fiche: messages wait, pages go first

routes = flask.Blueprint("envois", __name__)


# --- What waits -----------------------------------------------------------------------------------


def plis_de(v: Lecture) -> plis.Faces:
    """Return the procedures whose messages leave by mail, before whoever asks."""
    return plis.faces(v, registre())


def attendent(v: Lecture, departement: str, choix: Collection[str] = ()) -> list[Pli]:
    """Return the messages that wait to leave, those of a sending under way left out."""
    magasin = magasin_present(v.dossier.racine)
    pris = envois.pris(magasin) if magasin else frozenset[str]()
    tous = plis.attendent(plis_de(v), departement, choix)
    return [un for un in tous if pris.isdisjoint(un.ids)]


def choisies(adresse: Mapping[str, str]) -> tuple[str, ...]:
    """Return the affaires whose messages an address names, () for all that wait."""
    return tuple(filter(None, adresse.get(CHOIX, "").split(",")))


def ligne(v: Lecture, pli: Pli) -> pieces.Ligne:
    """Return a message as the list shows it."""
    une, toutes = pli.affaires[0], plis_de(v)
    face = plis.face_de(toutes, une)
    (prevu,) = plis.prevoir(toutes, [pli])
    marquees = refusees(v)
    dites = tuple(f"{un} {marquees[un].dite}" for un in prevu.vers if un in marquees)
    quoi = pieces.RELANCE if pli.relance else majuscule(une.procedure.une)
    dite = face.regles.ampleur(v, pli)
    vus = " ".join(str(len(une.situation.evenements)) for une in pli.affaires)
    return pieces.Ligne(pli.nom, prevu.nom, quoi, dite, prevu.vers, face.ecrit(pli), dites, vus)


def refusees(v: Lecture) -> Mapping[str, rebonds.Refusee]:
    """Return the addresses to which messages came back."""
    magasin = magasin_present(v.dossier.racine)
    return rebonds.refusees(magasin) if magasin else {}


def lire_noms(v: Lecture, noms: Sequence[str]) -> list[Pli]:
    """Return messages by their names; raise Refus."""
    lus, toutes = [nom.partition(":") for nom in noms], plis_de(v)
    return [plis.relire(toutes, ids.split(","), pour) for pour, _, ids in lus]


def lire_coches(v: Lecture, choisis: Mapping[str, object] | None) -> list[Pli]:
    """Return the messages that are ticked; raise Refus when one is no longer as it was read."""
    ceux, toutes = lire_noms(v, pieces.coches(choisis)), plis_de(v)
    for un in ceux:
        for une, vus in zip(un.affaires, pieces.vus(choisis, un.nom), strict=False):
            if autres := une.situation.evenements[vus:]:
                contre, nom = devance(une, autres), plis.face_de(toutes, une).nom(une)
                raise Refus(f"« {nom} » : {contre.quoi}", que_faire=contre.que_faire)
    return ceux


def montrer(v: Lecture, ceux: Sequence[Pli], rang: int) -> html.Div:
    """Return a message to read; its words may be changed where its procedure lets them be."""
    pli = ceux[rang]
    face = plis.face_de(plis_de(v), pli.affaires[0])
    objet, corps = face.texte(pli)
    joints, change = face.dire_pieces(pli), bool(face.regles.redige)
    return pieces.message(rang, len(ceux), ligne(v, pli), objet, corps, joints, change=change)


def suivre_le_dernier(departement: str) -> tuple[html.Div | None, bool]:
    """Return where the last sending of a département stands, and whether it still moves."""
    magasin = magasin_present(lecteur().dossier.racine)
    un = next(iter(envois.derniers(magasin, departement)), None) if magasin else None
    if un is None:
        return None, False
    affaires = registre()
    return pieces.suivi(un, envois.suites(affaires, un), affaires.instant), un.vivant


# --- Clicks ---------------------------------------------------------------------------------------


def rappels(app: dash.Dash) -> None:
    """Register what the page calls."""
    app.callback(
        *sorties(),
        Input({"type": "envoi-action", "action": ALL, "quoi": ALL}, "n_clicks"),
        State({"type": "envoi-texte", "nom": ALL}, "value"),
        State({"type": "envoi-texte", "nom": ALL}, "id"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(faire)
    app.callback(
        *sorties(),
        Input({"type": "envoi-demande", "action": ALL}, "n_clicks"),
        State("envoi-choix", "valeurs"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(demander)
    app.callback(
        *sorties(),
        Input("envoi-dire", "envois"),
        State("envoi-dire", "valeurs"),
        State("envoi-choix", "valeurs"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(dire)
    app.callback(
        *sorties(),
        Input({"type": "envoi-rebond", "quoi": ALL}, "contents"),
        State({"type": "envoi-rebond", "quoi": ALL}, "filename"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(recevoir)
    app.callback(
        Output("envoi-lu", "children"),
        Output("envoi-rang", "data"),
        Input({"type": "envoi-voir", "sens": ALL}, "n_clicks"),
        State("envoi-rang", "data"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(voir)
    app.callback(
        Output("envoi-bouton", "children"),
        Input("envoi-choix", "valeurs"),
        prevent_initial_call=True,
    )(compter)
    app.callback(
        Output("envoi-suite", "children"),
        Output("envoi-horloge", "disabled"),
        Output("adresse", "href", allow_duplicate=True),
        Input("envoi-horloge", "n_intervals"),
        State("adresse", "search"),
        running=patienter("envoi-horloge"),
        prevent_initial_call=True,
    )(suivre)


def demander(
    _clics: Sequence[int | None], choisis: Mapping[str, object] | None, recherche: str | None
) -> tuple[Any, Any]:
    """Ask whether to send what is ticked, or ask no more: nothing is done yet."""
    clic = bouton()
    if not clic:
        return no_update, no_update
    if clic["action"] == "confirmer":
        return _demander(choisis, recherche)
    return no_update, None


def faire(
    _clics: Sequence[int | None],
    textes: Sequence[str | None],
    noms: Sequence[Mapping[str, str]],
    recherche: str | None,
) -> tuple[Any, Any]:
    """Do what a button asks, then show the page again; a refusal is said where one clicked."""
    clic = bouton()
    if not clic:
        return no_update, no_update
    quoi = str(clic["quoi"])
    ecrits = {un["nom"]: texte or "" for un, texte in zip(noms, textes, strict=True)}
    gestes = {
        "planifier": lambda v: _planifier(v, quoi.split(), recherche),
        "stopper": lambda _: _annuler(quoi, recherche),
        "garder": lambda v: _garder(v, quoi, ecrits),
        "lever": lambda v: _lever(v, quoi, recherche),
    }
    geste = gestes.get(clic["action"])
    return conclure(geste, recherche, CHEMIN) if geste else (no_update, no_update)


def _lieu(recherche: str | None) -> tuple[str, str]:
    c = contexte_affiche(recherche)
    if c is None or not c.mois:
        raise Refus("aucun mois n'est encore publié")
    return c.filtres.departement, c.mois[-1]


def _par(racine: Path) -> str:
    """Say by which server messages leave, and who chose it here: they read what passes by it."""
    if not messagerie_reglee(racine):
        return ""
    lue = lire_messagerie(racine)
    return f", par {lue.serveur}" + (f" (choisi par {lue.regle_par})" if lue.regle_par else "")


def _demander(choisis: Mapping[str, object] | None, recherche: str | None) -> tuple[Any, Any]:
    """Ask whether to send what is ticked."""
    dites: list[Any] = []

    def lire(v: Lecture) -> str:
        if not pieces.coches(choisis):
            raise Refus("aucun message n'est coché", que_faire="Cocher ceux à envoyer.")
        lignes = [ligne(v, un) for un in lire_coches(v, choisis)]
        secondes = round(envois.DELAI.total_seconds())
        dites.append(pieces.a_confirmer(lignes, secondes, _par(v.dossier.racine)))
        return " "

    adresse, refus = conclure(lire, recherche, CHEMIN)
    ici = f"{CHEMIN}{recherche or ''}"
    return (no_update, {"adresse": ici, "dit": courber(dites[0])}) if dites else (adresse, refus)


def _planifier(v: Lecture, noms: Sequence[str], recherche: str | None) -> str:
    lire_messagerie(v.dossier.racine)  # said now, and not when they should leave
    departement, _ = _lieu(recherche)
    affaires = registre()
    prevus = plis.prevoir(plis_de(v), lire_noms(v, noms), affaires.aujourdhui)
    limiter(affaires, [un.affaires[0] for un in prevus])
    envois.planifier(ouvrir_magasin(v.dossier.racine), affaires, departement, qui(), prevus)
    veiller(lecteur())
    return Vers(_revenir(recherche, "prevu"))


def _annuler(id_: str, recherche: str | None) -> str:
    affaires = registre()
    envois.annuler(ouvrir_magasin(lecteur().dossier.racine), id_, qui(), affaires.instant)
    return Vers(_revenir(recherche, "annule"))


def _garder(v: Lecture, nom: str, ecrits: Mapping[str, str]) -> str:
    (pli,) = lire_noms(v, [nom])
    plis.garder(plis_de(v), pli, ecrits)
    return ""


def _lever(v: Lecture, adresse: str, recherche: str | None) -> str:
    rebonds.lever(ouvrir_magasin(v.dossier.racine), adresse)
    return Vers(_revenir(recherche, "levee"))


def recevoir(
    contenus: Sequence[str | None], noms: Sequence[str | None], recherche: str | None
) -> tuple[Any, Any]:
    """Read the notice of a message that came back, and mark the address."""
    donne = premier_fichier(contenus, noms)
    if donne is None:
        return no_update, no_update
    return conclure(lambda v: _noter(v, *donne), recherche, CHEMIN)


def _noter(v: Lecture, nom: str, contenu: str) -> str:
    with fichier_recu(nom, contenu) as chemin:
        lus = rebonds.lire(chemin.read_bytes(), chemin.name)
    notees, _ = rebonds.noter(ouvrir_magasin(v.dossier.racine), registre(), lus)
    if not notees:
        raise Refus(
            "aucune adresse à marquer : cet avis n'est pas celui d'un message parti d'ici",
            que_faire="Donner l'avis du serveur, qui joint le message ou ses en-têtes.",
        )
    return "\n".join(f"{une.adresse} : {une.dite}" for une in notees)


def dire(
    envois_: int | None,
    valeurs: Mapping[str, object] | None,
    choisis: Mapping[str, object] | None,
    recherche: str | None,
) -> tuple[Any, Any]:
    """Say that a person sent what is ticked; a refusal is said where one clicked."""
    if not envois_:
        return no_update, no_update
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    return conclure(
        lambda v: _dire(v, choisis, str(lus.get("canal") or ""), str(lus.get("jour") or "")),
        recherche,
        CHEMIN,
    )


def _dire(v: Lecture, choisis: Mapping[str, object] | None, canal: str, jour: str) -> str:
    if not pieces.coches(choisis):
        raise Refus("aucun message n'est coché", que_faire="Cocher ceux qui sont envoyés.")
    le = lire_jour(jour)
    if le is None:
        raise Refus(f"« {jour[:20]} » n'est pas une date JJ/MM/AAAA")
    ceux = lire_coches(v, choisis)
    plis.dire_envoyes(plis_de(v), ceux, canal, le)
    dits = accorder(len(ceux), "message dit envoyé", "messages dits envoyés")
    return Fait(f"{dits} le {ecrire_jour(le)} ({canal}).")


def voir(_clics: Sequence[int | None], rang: object, recherche: str | None) -> tuple[Any, Any]:
    """Return the message before or after the one on the screen, and its rank."""
    clic = bouton()
    if not clic:
        return no_update, no_update
    v = publiee()
    ceux = attendent(v, _lieu(recherche)[0], choisies(_parametres(recherche)))
    if not ceux:
        return None, 0
    ici = rang if isinstance(rang, int) else 0
    la = max(0, min(ici + (1 if clic["sens"] == "apres" else -1), len(ceux) - 1))
    return courber(montrer(v, ceux, la)), la


def compter(choisis: Mapping[str, object] | None) -> Any:  # noqa: ANN401 - any component
    """Return the button that sends, with how many are ticked."""
    return courber(pieces.a_envoyer(len(pieces.coches(choisis))).children)


def suivre(battements: int | None, recherche: str | None) -> tuple[Any, Any, Any]:
    """Return where the sending stands; once it is at an end, the page is shown again."""
    if not battements:
        return no_update, no_update, no_update
    departement, _ = _lieu(recherche)
    suite, vit = suivre_le_dernier(departement)
    return courber(suite), not vit, no_update if vit else _revenir(recherche, "fini")


def _revenir(recherche: str | None, suivi: str) -> str:
    """Return the address of the page, changed by what became of a sending."""
    neuf = {"suivi": f"{suivi}-{uuid.uuid4().hex[:6]}"}
    return f"{CHEMIN}?{urlencode(_parametres(recherche) | neuf)}"


def _parametres(recherche: str | None) -> dict[str, str]:
    return dict(parse_qsl((recherche or "").removeprefix("?")))


# --- Files ----------------------------------------------------------------------------------------


@routes.get("/envois/messages.zip")
def emporter() -> flask.typing.ResponseReturnValue:
    """Serve all the messages that wait, as drafts that a mail programme opens."""
    try:
        v = publiee()
        recherche = flask.request.query_string.decode(errors="replace")
        departement, mois = _lieu(recherche)
        octets = _archive(v, departement, choisies(_parametres(recherche)))
    except Refus as refus:
        return flask.Response(refus.phrase, 404, mimetype="text/plain; charset=utf-8")
    return a_emporter(flask.Response(octets), f"messages-{departement}-{mois}.zip")


def _archive(v: Lecture, departement: str, choix: Collection[str]) -> bytes:
    affaires, service, toutes = registre(), lire_service(v.dossier.racine), plis_de(v)
    ceux = plis.prevoir(toutes, attendent(v, departement, choix))
    if not ceux:
        raise Refus("aucun message n'attend d'être envoyé")

    def tenir() -> contextlib.AbstractContextManager[object]:
        return file.place(v.dossier.file, uuid.uuid4().hex, qui=qui(), permis=veille())

    messages = plis.ecrire(toutes, ceux, affaires.aujourdhui, imprimer_a_part, tenir)
    emportes_: list[Message] = []
    fichiers: dict[str, bytes] = {}
    for prevu, un in zip(ceux, messages, strict=True):
        nom = f"{slug(prevu.nom)}-{prevu.affaires[0]}"
        if isinstance(un, Empeche):
            fichiers[f"{nom}-pas-ecrit.txt"] = f"{un.raison}\n".encode()
        else:
            fichiers[f"{nom}.eml"] = brouillon(un, service, affaires.instant)
            emportes_.append(un)
    emportes.garder(ouvrir_magasin(v.dossier.racine), affaires, qui(), emportes_)
    return reunir(fichiers)


# --- What is planned leaves -----------------------------------------------------------------------


_VEILLES: dict[str, threading.Thread] = {}
_VERROU = threading.Lock()


def veiller(ouvert: Lecteur) -> None:
    """Have one thread of this process look after what is planned, from now on."""
    lieu = str(ouvert.dossier.racine.absolute())
    with _VERROU:
        fil = _VEILLES.get(lieu)
        if fil is None or not fil.is_alive():
            fil = threading.Thread(target=_veiller_sans_fin, args=(ouvert,), daemon=True)
            _VEILLES[lieu] = fil
            fil.start()


def _veiller_sans_fin(ouvert: Lecteur) -> None:
    while True:
        repit = CADENCE
        try:
            faire_partir(ouvert)
        except Refus as refus:
            JOURNAL.warning("envoi remis à plus tard : %s", refus)
            repit = REPIT
        except Exception:  # noqa: BLE001 - it goes on; the log has the rest
            JOURNAL.exception("envoi en échec")
            repit = REPIT
        time.sleep(repit)


def faire_partir(ouvert: Lecteur) -> None:
    """Send what is due of what is planned."""
    racine = ouvert.dossier.racine
    magasin = magasin_present(racine)
    if magasin is None:
        return
    for id_ in envois.dus(magasin, dt.datetime.now().astimezone()):
        un = envois.lire(magasin, id_)
        demandeur = _demandeur(magasin, un.par)
        affaires = registre_de(ouvert.dossier, Acteur(un.par))
        tard = affaires.instant - un.part_le > RETARD
        if demandeur is None or tard:
            envois.annuler(magasin, id_, ARRET if tard else FERME, affaires.instant)
            continue
        _faire_partir_un(ouvert, magasin, affaires, un, demandeur)


def _demandeur(magasin: Magasin, par: str) -> Acces | None:
    """Return the rights of who asked, None once they may not."""
    compte = Comptes(magasin).trouver(par)
    if compte is None:
        return SEUL  # whoever started the program, while there are no accounts
    return compte.acces if compte.ouvert and compte.acces.peut(Action.CONDUIRE) else None


def _faire_partir_un(
    ouvert: Lecteur, magasin: Magasin, affaires: Affaires, un: envois.Envoi, demandeur: Acces
) -> None:
    lue = ouvert.ouvrir()
    if lue is None:
        return
    v = lire_comme(lue, demandeur.perimetre)
    messagerie = lire_messagerie(ouvert.dossier.racine)
    vus = montres.commencer()

    def tracer_le_message(octets: bytes, dites: Mapping[str, str]) -> None:
        numeros = vus.dans(octets)
        sceaux = Scelles(numeros, cle(ouvert.dossier)) if numeros else None
        nombre = len(numeros) or None
        tracer(magasin, demandeur, Trace.MESSAGE, CHEMIN, nombre, montres=sceaux, **dites)

    A_REMETTRE.set(tracer_le_message)
    try:
        jour = un.demande_le.astimezone().date()
        envois.executer(
            magasin,
            affaires,
            un.id,
            lambda restent: plis.ecrire(
                plis.faces(v, affaires), restent, jour, _imprimer, _tenir(ouvert.dossier, un.par)
            ),
            messagerie,
        )
    finally:
        montres.finir()


def _imprimer(v: Lecture, departement: str, mois: str, organisme: str) -> bytes:
    """Return a fiche made by a process of its own."""
    commande = Commande("fiche", "pdf", departement, mois=mois, guichet=organisme, perimetre=v.p)
    return fabriquer(v.dossier, commande, attente=ATTENTE)


def _tenir(dossier: Dossier, par: str) -> Callable[[], contextlib.AbstractContextManager[object]]:
    return lambda: file.place(dossier.file, uuid.uuid4().hex, ATTENTE, qui=par)
