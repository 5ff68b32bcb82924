"""Envois: what waits, who is written to, what the page asks before anything leaves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import dash
import pytest
import sqlalchemy as sa

from dashboards import envois as page
from dashboards import gestes
from dashboards.app import creer_app
from infocentre.acces.audit import Recherche, Trace, chercher
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Affaires
from infocentre.contrat.numeros import numeros_ouverts
from infocentre.decisions import ouvrir_magasin, schema
from infocentre.demarches import envois, plis, rebonds
from infocentre.demarches.envoi import Empeche
from infocentre.demarches.message import Message, Pli
from infocentre.demarches.rebonds import Rebond
from infocentre.entrepot import Dossier
from infocentre.lecture import affaires as lues
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives import actes
from infocentre.procedures.mesures_correctives.proposer import proposer
from infocentre.procedures.revue_des_acces.demonstration import planter
from tests.dashboards.rappels import corps_de
from tests.dashboards.vues import ouvrir
from tests.demarches.test_envoi import Serveur, ecouter
from tests.donnees.atelier import SANS_MAGASIN, lier

pytestmark = pytest.mark.lent

MOIS, ICI = "2026-10", "?departement=013"
SMTP = "serveur: 127.0.0.1\nport: 9\nsecurite: aucune\nexpediteur: g@exemple.fr\n"


@pytest.fixture(scope="module")
def racine(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    racine = tmp_path_factory.mktemp("envois") / "donnees"
    shutil.copytree(
        entrepot_demo.racine, racine, symlinks=True, ignore=SANS_MAGASIN, copy_function=lier
    )
    return racine


@pytest.fixture
def app(racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dash.Dash:
    """Return the application, in which what the month proposes was accepted."""
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    monkeypatch.setattr(page, "veiller", lambda _: None)  # nothing leaves by itself
    return creer_app(Dossier(racine))


@pytest.fixture
def registre(app: dash.Dash) -> Iterator[Affaires]:
    with app.server.test_request_context("/envois"):
        affaires, v = gestes.registre(), gestes.publiee()
        proposer(v, affaires, "013", MOIS)
        list(actes.accepter(affaires, actes.a_accepter(lues.affaires(v, "013"))))
        yield affaires


@pytest.fixture
def messagerie(racine: Path) -> Iterator[Path]:
    fichier = racine / "messagerie.yml"
    fichier.write_text(SMTP, "utf-8")
    yield fichier
    fichier.unlink()


def _plis(_: Affaires) -> list[Pli]:
    return page.attendent(gestes.publiee(), "013")


def _champs(app: dash.Dash, adresse: str = "/envois") -> dict[str, Any]:
    (choix,) = (
        un for un in ouvrir(app, adresse).composants("Formulaire") if un.id == "envoi-choix"
    )
    return {un["nom"]: un for groupe in choix.groupes for un in groupe["champs"]}


def test_a_message_that_changed_since_it_was_read_is_read_again(
    app: dash.Dash, registre: Affaires
) -> None:
    """What a person sent is what the page showed them: other words are not told to have left."""
    un, autre, *_ = _plis(registre)
    (lue,) = (c for c in ouvrir(app, "/envois").composants("Formulaire") if c.id == "envoi-choix")
    v, jour = gestes.publiee(), registre.aujourdhui.isoformat()
    lus = {nom: dit for nom, dit in lue.valeurs.items() if nom.endswith((un.nom, autre.nom))}
    mots = {"objet": "Bonjour", "corps": "Appelez-nous."}
    plis.garder(plis.faces(v, registre), autre, mots)  # from another window
    with pytest.raises(Refus, match="» : l'affaire a changé entre-temps : « Message modifié » par"):
        page._dire(v, lus, "courrier", jour)
    assert {une.etat for pli in _plis(registre) for une in pli.affaires} == {"propose"}
    assert str(page._demander(lus, ICI)[1]["dit"]).count("Message modifié") == 1
    page._dire(v, {nom: dit for nom, dit in lus.items() if nom.endswith(un.nom)}, "courrier", jour)
    assert un.nom not in {pli.nom for pli in _plis(registre)}


def test_the_page_says_to_whom_how_many_and_what_was_changed(
    app: dash.Dash, registre: Affaires
) -> None:
    siens = _plis(registre)
    champs = _champs(app)
    assert list(champs) == [un.nom for un in siens]
    (dit,) = registre.constats(siens[0].affaires[0].constats)
    (vers,) = page.ligne(gestes.publiee(), siens[0]).vers
    aide = champs[siens[0].nom]["aide"].replace("\xa0", " ")
    assert f"{len({un[1] or un[0] for un in dit.unites})} accès" in aide
    assert vers in aide
    assert "modifié" not in aide

    mots = {"objet": "Bonjour", "corps": "Appelez-nous."}
    plis.garder(plis.faces(gestes.publiee(), registre), siens[0], mots)
    aide = _champs(app)[siens[0].nom]["aide"]
    assert "modifié" in aide


def _intention(vers: str) -> dict[str, str]:
    nom = "<A.signaler.0123456789abcdef@infocentre.invalid>"
    return {"pour": "signaler", "message_id": nom, "destinataire": vers, "empreinte": "0" * 64}


def test_without_a_server_the_page_gives_them_all_and_is_told_that_they_left(
    app: dash.Dash, registre: Affaires
) -> None:
    siens = _plis(registre)
    vu = ouvrir(app, "/envois")
    assert "Aucun serveur de messagerie n’est réglé" in vu.texte
    assert any("/envois/messages.zip" in un for un in vu.liens)
    coches = {un.nom: "oui" for un in siens[1:]} | {siens[0].nom: ""}
    jour = registre.aujourdhui
    voulus = [nom for nom, oui in coches.items() if oui]
    fait = page._dire(gestes.publiee(), dict.fromkeys(voulus, "oui"), "courrier", jour.isoformat())
    messages = "messages dits envoyés" if len(voulus) > 1 else "message dit envoyé"
    assert fait == f"{len(voulus)} {messages} le {jour:%d/%m/%Y} (courrier)."
    assert "fr-alert--success" in str(gestes.annonce(fait))
    etats = {un.ids[0]: registre.lire(un.ids[0]).etat for un in siens}
    assert set(etats.values()) == {"propose", "signale"}
    assert etats[siens[0].ids[0]] == "propose"
    dit = registre.lire(siens[1].ids[0]).situation.evenements[-1]
    assert (dit.donnees["canal"], dit.jour) == ("courrier", jour)
    with pytest.raises(Refus, match="aucun message n'est coché"):
        page._dire(gestes.publiee(), {}, "courriel", "2026-11-20")
    with pytest.raises(Refus, match="n'est pas une date"):
        page._dire(gestes.publiee(), {siens[0].nom: "oui"}, "courriel", "20/13/2026")


def test_an_address_that_gets_more_than_one_message_is_warned_of(
    app: dash.Dash, registre: Affaires
) -> None:
    """Two affaires of an organisme, one of whose messages a person wrote apart."""
    pli = _plis(registre)[0]
    dits = registre.constats(pli.affaires[0].constats)
    une = registre.ouvrir(
        pli.affaires[0].situation.procedure, "013", pli.objet, "doublons",
        {"mois": MOIS, "motif": "x"}, constats_=dits,
    )  # fmt: skip
    registre.agir(une.id, "accepter")
    assert "reçoit plus d" not in ouvrir(app, "/envois").texte
    registre.agir(une.id, "rediger", {"objet": "À part", "corps": "À part."})
    assert "Une adresse reçoit plus d'un message" in ouvrir(app, "/envois").texte


def test_nothing_is_planned_without_a_confirmation_then_once_for_two_clicks(
    app: dash.Dash, registre: Affaires, messagerie: Path
) -> None:
    noms = [un.nom for un in _plis(registre)]
    messagerie.write_text(f"{SMTP}regle_par: zoe@exemple.fr\n", "utf-8")
    _, dite = page._demander(dict.fromkeys(noms, "oui"), ICI)
    dit = " ".join(json.dumps(dite, ensure_ascii=False).split())
    assert "partiront dans 30 secondes, par 127.0.0.1 (choisi par zoe@exemple.fr) :" in dit
    magasin = ouvrir_magasin(gestes.publiee().dossier.racine)
    assert envois.derniers(magasin, "013") == []
    for _ in range(2):
        page._planifier(gestes.publiee(), noms, ICI)
    (un,) = envois.derniers(magasin, "013", 5)
    assert len(un.prevus) == len(noms)
    vu = ouvrir(app, "/envois")
    assert "messages à partir" in vu.texte.replace("\xa0", " ")
    assert "Annuler" in vu.texte
    assert _plis(registre) == []  # they are in the sending
    page._annuler(un.id, ICI)
    assert "Envoi annulé : aucun message n’est parti" in ouvrir(app, "/envois").texte.replace(
        "\xa0", " "
    )
    assert len(_plis(registre)) == len(noms)


def test_what_changed_since_it_was_read_does_not_leave(registre: Affaires) -> None:
    siens, toutes = _plis(registre)[:2], plis.faces(gestes.publiee(), registre)
    prevus = plis.prevoir(toutes, siens, registre.aujourdhui)
    plis.garder(toutes, siens[0], {"objet": "Bonjour", "corps": "Appelez-nous."})
    change, intact = plis.ecrire(toutes, prevus, registre.aujourdhui, lambda *_: b"")
    assert isinstance(change, Empeche)
    assert "il a changé depuis qu'il a été relu" in change.raison
    assert isinstance(intact, Message)


def test_a_message_that_came_back_is_said_on_the_page_and_on_the_affaire(
    app: dash.Dash, registre: Affaires
) -> None:
    v, pli = gestes.publiee(), _plis(registre)[0]
    (vers,) = page.ligne(v, pli).vers
    nom = f"<{pli.ids[0]}.signaler.0123456789abcdef@infocentre.invalid>"
    registre.agir_ensemble(pli.ids, "preparer_envoi", _intention(vers) | {"message_id": nom})
    registre.agir_ensemble(pli.ids, "envoi_echoue", {"raison": "refusé"})
    magasin = ouvrir_magasin(v.dossier.racine)
    rebonds.noter(magasin, registre, [Rebond(vers, "boîte inconnue", nom)])
    assert "boîte inconnue" in _champs(app)[pli.nom]["aide"]
    assert "L’adresse est bonne" in ouvrir(app, "/envois").texte
    assert "boîte inconnue" in ouvrir(app, f"/mesures?affaire={pli.ids[0]}").texte
    page._lever(v, vers, ICI)
    assert "boîte inconnue" not in ouvrir(app, "/envois").texte
    plis.dire_envoyes(plis.faces(v, registre), [pli], "courriel")


def test_what_an_address_names_is_chosen_and_nothing_else(
    app: dash.Dash, registre: Affaires
) -> None:
    siens = _plis(registre)
    deux, autre = siens[1:3], siens[0]
    adresse = f"/envois?affaires={','.join(un.ids[0] for un in deux)}"
    vu = ouvrir(app, adresse)
    assert f"Message 1 sur 2 : {page.ligne(gestes.publiee(), deux[0]).nom}" in vu.texte
    assert list(_champs(app, adresse)) == [un.nom for un in deux]
    assert "/envois?departement=013" in " ".join(vu.liens)  # all those that wait
    jour = registre.aujourdhui.isoformat()
    page._dire(gestes.publiee(), {un.nom: "oui" for un in deux}, "courriel", jour)
    vu = ouvrir(
        app, adresse
    )  # read again once it is done: the others are not chosen in their place
    assert "Rien de ce qui est choisi n’attend d’être envoyé" in vu.texte
    assert autre.nom in _champs(app)


def test_a_review_of_accesses_is_read_again_and_sent_from_the_same_page(
    app: dash.Dash, registre: Affaires
) -> None:
    v = gestes.publiee()
    with ouvrir_pour(v.dossier, TOUT) as entiere:
        planter(entiere, ouvrir_magasin(v.dossier.racine), "013")
    figee = next(
        une for une in registre.lister("013", procedure="revue_des_acces") if une.etat == "figee"
    )
    vu = ouvrir(app, f"/affaires/revue_des_acces?affaire={figee.id}")
    assert any("/envois?" in un and figee.id in un for un in vu.liens)
    vu = ouvrir(app, f"/envois?affaires={figee.id}")
    assert "Message 1 sur 1" in vu.texte
    assert "Liste à remplir (xlsx) et Liste à signer" in vu.texte
    assert "Garder ces mots" not in vu.texte
    (nom,) = _champs(app, f"/envois?affaires={figee.id}")
    assert nom == f"envoyer:{figee.id}"
    page._dire(v, {nom: "oui"}, "courrier", registre.aujourdhui.isoformat())
    assert registre.lire(figee.id).etat == "envoyee"


def test_the_audit_tells_who_confirmed_a_sending_and_who_got_each_message(
    app: dash.Dash, registre: Affaires, messagerie: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Léa")
    monkeypatch.setattr(page, "_imprimer", lambda *_: b"%PDF-")
    pli = next(un for un in _plis(registre) if un.affaires[0].sujet == "radiations")
    magasin = ouvrir_magasin(messagerie.parent)
    (vers,) = page.ligne(gestes.publiee(), pli).vers
    _cliquer(app, "planifier", pli.nom)
    (confirme,) = chercher(magasin, Recherche(action=Trace.ENVOI))[1]
    assert (confirme.qui, confirme.nombre) == ("Léa", 1)
    assert chercher(magasin, Recherche(destinataire=vers))[0] == 0  # it may be stopped yet
    recoit = Serveur()
    with magasin.ecrire() as con:
        con.execute(sa.update(schema.envois).values(part_le=registre.instant))
    with ecouter(recoit) as port:
        messagerie.write_text(SMTP.replace("port: 9", f"port: {port}"), "utf-8")
        page.faire_partir(app.server.config["LECTEUR"])
    assert [a for _, a in recoit.recus] == [(vers,)]
    (parti,) = chercher(magasin, Recherche(destinataire=vers.upper()))[1]
    assert (parti.action, parti.qui, parti.objet) == (Trace.MESSAGE, "Léa", "/envois")
    assert parti.precisions["affaire"] == ", ".join(pli.ids)
    (classeur,) = (
        un.get_content()
        for un in message_from_bytes(recoit.contenus[0], policy=default).iter_attachments()
        if str(un.get_filename()).endswith(".xlsx")
    )
    assert parti.nombre == len(numeros_ouverts(classeur)) > 1
    assert chercher(magasin, Recherche(destinataire="%"))[0] == 0
    page_audit = ouvrir(app, f"/audit?destinataire={vers}")
    assert f"à : {vers}" in page_audit.texte


def _cliquer(app: dash.Dash, action: str, quoi: str) -> None:
    """Click a button of the page, as the browser does."""
    id_ = {"type": "envoi-action", "action": action, "quoi": quoi}
    cle = json.dumps(id_, separators=(",", ":"), sort_keys=True)
    (sortie,) = (
        nom
        for nom, un in app.callback_map.items()
        if un["inputs"] and '"type":"envoi-action"' in un["inputs"][0]["id"]
    )
    corps = corps_de(app, str(sortie).strip(".").split("...")[0], f"{cle}.n_clicks", {})
    corps["inputs"] = [[{"id": id_, "property": "n_clicks", "value": 1}]]
    corps["state"] = [un if un["id"] in {"envoi-choix", "adresse"} else [] for un in corps["state"]]
    reponse = app.server.test_client().post("/_dash-update-component", json=corps)
    assert reponse.status_code == 200, reponse.get_data(as_text=True)
