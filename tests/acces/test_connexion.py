"""Signing in: what is given to whom proves who they are, and to nobody else."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import dash
import pytest

from dashboards.app import creer_app
from infocentre.acces import audit
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.habitudes import Habitudes
from infocentre.acces.jetons import ENTREE
from infocentre.acces.modele import Role
from infocentre.acces.sessions import Sessions
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.entrepot import Dossier
from tests.acces.navigation import CODE, LIEN, Navigateur

MOT = "trois mots et un chat"
ADMIN, ALICE, GUICHET = "admin@metropole.fr", "alice@metropole.fr", "agent@bailleur.fr"
LIEUX = {
    ADMIN: (Role.ADMINISTRATEUR, {}),
    ALICE: (Role.GESTIONNAIRE, {"departements": ["13"]}),
    GUICHET: (Role.GUICHET, {"guichets": ["G1302"]}),
}


@pytest.fixture
def app(tmp_path: Path) -> dash.Dash:
    """The application over an empty data directory, where three persons may sign in."""
    comptes = Comptes(ouvrir_magasin(tmp_path))
    for identifiant, (role, lieux) in LIEUX.items():
        fiche = Fiche(identifiant, f"Compte {role}", role, perimetre_du_role(role, lieux))
        comptes.choisir(comptes.inviter(fiche), MOT)
    return creer_app(Dossier(tmp_path))


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return ouvrir_magasin(tmp_path)


@pytest.fixture
def personne(app: dash.Dash) -> Navigateur:
    return Navigateur(app)


def _connecte(app: dash.Dash, identifiant: str = ALICE) -> Navigateur:
    navigateur = Navigateur(app)
    assert navigateur.entrer(identifiant, MOT).status_code == 303
    return navigateur


# --- Who is not known -----------------------------------------------------------------------------


@pytest.mark.tentative(
    "force",
    "sans compte : pages, exports, appels, dépôt, version",
)
def test_nobody_is_shown_anything_but_the_way_in(personne: Navigateur) -> None:
    for adresse in ("/", "/suivi?mois=2026-10", "/compte", "/comptes", "/export/suivi.csv"):
        page = personne.voir(adresse)
        assert page.status_code == 401
        assert "Mot de passe" in page.text
        assert "no-store" in page.headers["Cache-Control"]
    assert 'value="/suivi?mois=2026-10"' in personne.voir("/suivi?mois=2026-10").text
    for appel in ("/_dash-layout", "/_dash-dependencies", "/version"):
        lu = personne.voir(appel, **{"Sec-Fetch-Mode": "cors"})
        assert (lu.status_code, lu.mimetype) == (401, "text/plain")
    assert personne.appeler().status_code == 401
    assert personne.poster("/depot?nom=x.zip", {}).status_code == 401
    for libre in ("/dsfr.css", "/assets/style.css", "/connexion"):
        assert personne.voir(libre).status_code == 200


def test_who_proves_who_they_are_goes_where_they_were_going(app: dash.Dash) -> None:
    alice = Navigateur(app)
    reponse = alice.entrer(" Alice@metropole.FR ", MOT, retour="/suivi?mois=2026-10")
    assert (reponse.status_code, reponse.location) == (303, "/suivi?mois=2026-10")
    pose = next(un for un in reponse.headers.getlist("Set-Cookie") if "infocentre=" in un)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(pose.split("; "))
    assert "Compte gestionnaire" in alice.voir("/_dash-layout").text
    assert alice.appeler().status_code == 200
    assert alice.voir("/connexion?retour=/demandes").location == "/demandes"
    assert _connecte(app, ADMIN).voir("/comptes").status_code == 200


def test_over_https_the_cookie_is_of_this_host_alone(
    app: dash.Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_ADRESSE", "https://infocentre.metropole.fr/")
    alice = Navigateur(app)
    alice.milieu["wsgi.url_scheme"] = "https"
    poses = alice.entrer(ALICE, MOT).headers.getlist("Set-Cookie")
    pose = next(un for un in poses if un.startswith("__Host-infocentre="))
    assert {"Secure", "HttpOnly", "Path=/"} <= set(pose.split("; "))
    assert "Domain" not in pose


@pytest.mark.tentative(
    "essais",
    "distinguer un compte connu d'un inconnu par les mots de la page",
)
def test_an_unknown_account_and_a_bad_password_are_told_the_same(
    app: dash.Dash, magasin: Magasin
) -> None:
    dits = set()
    for identifiant in (ALICE, "personne@metropole.fr"):
        page = Navigateur(app).entrer(identifiant, "pas le bon du tout")
        assert page.status_code == 401
        dits.add(re.sub(r'value="[^"]*"', "", page.text))
    assert len(dits) == 1
    total, (inconnu, connu) = audit.chercher(magasin, audit.Recherche(action=audit.Trace.ECHEC))
    assert total == 2
    assert (connu.qui, inconnu.qui) == (ALICE, "compte inconnu")  # what was typed is not kept
    assert inconnu.precisions == connu.precisions == {"adresse": "127.0.0.1", "par": "mot de passe"}


# --- Attacks --------------------------------------------------------------------------------------


@pytest.mark.tentative(
    "essais",
    "le même compte écrit autrement (majuscules, espaces, octet nul)",
    "le même compte depuis d'autres adresses",
)
def test_a_password_cannot_be_tried_without_end(app: dash.Dash) -> None:
    ecrits = (ALICE, f" {ALICE.upper()} ", f"{ALICE}\0")
    for rang in range(10):
        essai = Navigateur(app, f"198.51.100.{rang}").entrer(ecrits[rang % 3], "pas le bon du tout")
        assert essai.status_code == 401, "one account, however it is written"
    autre = Navigateur(app, "198.51.100.20")
    juste = autre.entrer(ALICE, MOT)
    assert juste.status_code == 401, "the right one too, from where nobody knows"
    assert "Trop d'essais".replace("'", "&#39;") in juste.text
    assert autre.entrer(GUICHET, MOT).status_code == 303, "others are not slowed"


@pytest.mark.tentative(
    "essais",
    "d'autres comptes depuis la même adresse",
)
def test_an_address_is_slowed_whatever_it_says_of_itself(app: dash.Dash) -> None:
    attaquant = Navigateur(app, "203.0.113.9")
    preuve = re.search(r'name="formulaire" value="(\w+)"', attaquant.voir("/connexion").text)
    assert preuve
    reponses = [
        attaquant.poster(
            "/connexion",
            {"formulaire": preuve[1], "identifiant": f"{rang}@x.fr", "mot_de_passe": "x"},
            **{"X-Forwarded-For": f"10.0.0.{rang}", "X-Real-IP": f"10.0.0.{rang}"},
        ).text
        for rang in range(31)
    ]
    assert "pas le bon" in reponses[29]
    assert "cette adresse" in reponses[30]
    assert Navigateur(app, "203.0.113.10").entrer(ALICE, MOT).status_code == 303


@pytest.mark.tentative(
    "entetes",
    "Remote-User, X-Forwarded-User, X-Email, Authorization",
    "l'accès interne du programme, dit par un en-tête",
)
def test_headers_make_nobody(personne: Navigateur) -> None:
    for nom in ("Remote-User", "X-Forwarded-User", "X-Remote-User", "X-Email", "Authorization"):
        assert personne.voir("/", **{nom: ADMIN}).status_code == 401
    for nom in ("infocentre.acces", "Infocentre-Acces", "HTTP_INFOCENTRE.ACCES"):
        assert personne.voir("/comptes", **{nom: "1"}).status_code == 401


@pytest.mark.tentative(
    "fixation",
    "un témoin posé avant la connexion",
    "le témoin d'avant, après une nouvelle connexion",
)
def test_a_session_is_never_the_one_that_somebody_prepared(app: dash.Dash) -> None:
    alice = Navigateur(app)
    alice.client.set_cookie("infocentre", "choisi-par-un-autre")
    alice.entrer(ALICE, MOT)
    premiere = alice.temoin()
    assert premiere != "choisi-par-un-autre"
    alice.envoyer("/deconnexion", "/compte")
    alice.entrer(ALICE, MOT)
    assert alice.temoin() not in {"", premiere}


def test_what_waits_is_sent_to_oneself_by_who_chose_so(app: dash.Dash, magasin: Magasin) -> None:
    alice = _connecte(app)
    page = alice.voir("/compte").text
    assert 'name="rythme" value="" checked' in page
    assert "Aucun serveur de messagerie n’est réglé" in page
    apres = alice.envoyer("/compte", action="recapitulatif", rythme="lundi")
    assert "chaque lundi" in apres.text
    assert 'value="lundi" checked' in apres.text
    refus = alice.envoyer("/compte", action="recapitulatif", rythme="heure")
    assert refus.status_code == 422
    assert Habitudes(magasin, ALICE).lire()["recapitulatif"] == "lundi"


@pytest.mark.tentative(
    "temoin",
    "après la déconnexion",
    "celui de la visite à la place de celui de la session",
    "après « fermer mes autres sessions »",
    "l'empreinte que tient la base, à la place du secret",
)
def test_a_cookie_kept_from_before_is_worth_nothing(app: dash.Dash, magasin: Magasin) -> None:
    alice, voleur = _connecte(app), Navigateur(app, "203.0.113.9")
    voleur.client.set_cookie("infocentre", alice.temoin())
    assert voleur.voir("/").status_code == 200
    alice.envoyer("/deconnexion", "/compte")
    assert voleur.voir("/").status_code == 401
    voleur.client.set_cookie("infocentre", alice.temoin("infocentre-visite") or "x")
    assert voleur.voir("/").status_code == 401

    alice = _connecte(app)
    voleur.client.set_cookie("infocentre", alice.temoin())
    assert alice.envoyer("/compte", action="sessions").location == "/compte"
    assert voleur.voir("/").status_code == 401
    assert alice.voir("/").status_code == 200
    with magasin.lire() as con:
        tenus = con.exec_driver_sql("SELECT empreinte FROM sessions").scalars().all()
    for tenu in tenus:
        voleur.client.set_cookie("infocentre", tenu)
        assert voleur.voir("/").status_code == 401, "what the store holds opens nothing"


@pytest.mark.tentative(
    "site",
    "Origin d'un autre site, « null », Sec-Fetch-Site same-site",
    "sans la preuve du formulaire, vide, inventée, illisible",
    "la preuve d'un autre navigateur, à la connexion",
)
def test_a_form_of_another_site_or_of_another_browser_is_refused(app: dash.Dash) -> None:
    alice = _connecte(app, ADMIN)
    page = alice.voir("/comptes").text
    preuve = re.search(r'name="formulaire" value="(\w+)"', page)
    assert preuve
    sienne = {"formulaire": preuve[1], "action": "fermer"}
    for donnees, entetes in (
        (sienne, {"Origin": "https://mechant.example", "Sec-Fetch-Site": "cross-site"}),
        (sienne, {"Origin": "null"}),
        (sienne, {"Sec-Fetch-Site": "same-site"}),
        ({"action": "fermer"}, {}),
        (sienne | {"formulaire": ""}, {}),
        (sienne | {"formulaire": "0" * 64}, {}),
        (sienne | {"formulaire": "é\x00"}, {}),
    ):
        for adresse in (f"/comptes/{ALICE}", "/deconnexion", "/compte", "/comptes"):
            assert alice.poster(adresse, donnees, **entetes).status_code == 403
    autre = Navigateur(app)
    autre.voir("/connexion")
    ident = {"identifiant": ALICE, "mot_de_passe": MOT}
    assert autre.poster("/connexion", sienne | ident).status_code == 403
    assert alice.voir(f"/comptes/{ALICE}").text.count("Fermer le compte") == 1


def test_the_password_alone_is_asked_again(app: dash.Dash) -> None:
    """« Les saisir de nouveau » is said of an address and a password; here is one of them."""
    refus = _connecte(app, ALICE).envoyer("/compte", action="mot-de-passe", mot_de_passe="faux")
    assert refus.status_code == 422
    assert "Le saisir de nouveau. Un mot de passe oublié se remplace" in refus.text


@pytest.mark.tentative(
    "champs",
    "rôle, départements, nom et sujet ajoutés à la connexion",
    "ajoutés à son compte, au choix du mot de passe",
    "l'identifiant et la fermeture ajoutés à la fiche d'un compte",
)
def test_fields_that_a_form_does_not_have_change_nothing(app: dash.Dash, magasin: Magasin) -> None:
    alice = Navigateur(app)
    plus = {"role": "administrateur", "departements": "tous", "nom": "Chef", "sujet": "x"}
    alice.envoyer("/connexion", identifiant=ALICE, mot_de_passe=MOT, **plus)
    alice.envoyer("/compte", action="sessions", **plus)
    lien = alice.envoyer("/compte", action="mot-de-passe", mot_de_passe=MOT, **plus).location
    assert lien
    alice.envoyer(lien, mot_de_passe=MOT + "s", encore=MOT + "s", **plus)
    compte = Comptes(magasin).lire(ALICE)
    assert (compte.role, compte.nom, compte.sujet) == (
        Role.GESTIONNAIRE,
        "Compte gestionnaire",
        None,
    )
    assert compte.perimetre.departements == frozenset({"013"})
    admin = _connecte(app, ADMIN)
    admin.envoyer(f"/comptes/{ALICE}", action="changer", identifiant=ADMIN, ferme_le="1", **plus)
    assert Comptes(magasin).lire(ALICE).role is Role.ADMINISTRATEUR
    assert Comptes(magasin).lire(ADMIN).nom == "Compte administrateur"


@pytest.mark.tentative(
    "force",
    "les pages de comptes, en gestionnaire et en guichet, lues et postées",
)
def test_pages_of_accounts_are_the_administrator_s(app: dash.Dash, magasin: Magasin) -> None:
    for identifiant in (ALICE, GUICHET):
        navigateur = _connecte(app, identifiant)
        preuve = re.search(r'name="formulaire" value="(\w+)"', navigateur.voir("/compte").text)
        assert preuve
        for adresse in ("/comptes", f"/comptes/{ADMIN}"):
            assert navigateur.voir(adresse).status_code == 403
            donnees = {"formulaire": preuve[1], "action": "fermer", "role": "administrateur"}
            assert navigateur.poster(adresse, donnees).status_code == 403
    assert Comptes(magasin).lire(ADMIN).ouvert


AILLEURS = (
    "https://x.example/", "//x.example", "/\\x.example", "\\\\x.example", "/\t/x.example",
    "javascript:alert(1)", "http:x.example", "/%0d%0aX: y\r\nX: y", "///x.example", "/ok\x00",
    "x.example", "", "/connexion?retour=/", "/lien/x", "/" + "a" * 3000, "/..//x.example\\",
)  # fmt: skip


@pytest.mark.tentative(
    "site",
    "seize retours vers un autre site après la connexion",
)
def test_signing_in_leads_nowhere_else(app: dash.Dash) -> None:
    for retour in AILLEURS:
        assert Navigateur(app).entrer(ALICE, MOT, retour=retour).location == "/", retour


# --- Links good once ------------------------------------------------------------------------------


def test_a_store_that_does_not_answer_is_told_to_who_asks_and_where_it_is_is_not(
    app: dash.Dash, magasin: Magasin
) -> None:
    session = _connecte(app)
    with magasin.ecrire() as con:
        con.exec_driver_sql("ALTER TABLE sessions RENAME TO ailleurs")
        con.exec_driver_sql("ALTER TABLE comptes RENAME TO partis")
    for page in (session.voir("/suivi"), session.voir("/connexion")):
        assert page.status_code == 503
        assert "ne peuvent être lues ni gardées" in page.text
        assert "Réessayer dans quelques minutes" in page.text
        assert "no such table" not in page.text
        assert "INFOCENTRE_DECISIONS" not in page.text


@pytest.mark.tentative(
    "temoin",
    "un lien d'invitation déjà servi, un lien inventé",
    "une session ouverte avant le changement de mot de passe",
)
def test_a_link_chooses_a_password_once(app: dash.Dash, magasin: Magasin) -> None:
    lien = f"/lien/{Comptes(magasin).lien(ALICE)}"
    session = _connecte(app)
    bruno = Navigateur(app)
    assert "Choisir un mot de passe" in bruno.voir(lien).text
    page = bruno.envoyer(lien, mot_de_passe="une phrase de mots", encore="une autre")
    assert (page.status_code, "deux saisies" in page.text) == (422, True)
    court = bruno.envoyer(lien, mot_de_passe="court", encore="court")
    assert (court.status_code, "5 caractères" in court.text) == (422, True)
    faite = bruno.envoyer(lien, mot_de_passe="une phrase de mots", encore="une phrase de mots")
    assert (faite.status_code, faite.location) == (303, "/")
    assert bruno.voir("/").status_code == 200
    assert session.voir("/").status_code == 401, "the sessions of before are closed"
    assert Navigateur(app).voir(lien).status_code == 404
    assert Navigateur(app).entrer(ALICE, MOT).status_code == 401
    assert Navigateur(app).voir("/lien/inconnu").status_code == 404


@pytest.mark.tentative(
    "site",
    "faire entrer quelqu'un par un lien de connexion qui n'est pas le sien",
)
def test_a_link_to_sign_in_waits_for_a_click_when_a_site_leads_to_it(
    app: dash.Dash, magasin: Magasin
) -> None:
    jetons = Comptes(magasin).jetons
    lien = f"/lien/{jetons.donner(ENTREE, dt.timedelta(minutes=5), compte=ALICE)}"
    alice = Navigateur(app)
    assert alice.client.head(lien).status_code == 200
    page = alice.voir(lien, **{"Sec-Fetch-Site": "cross-site"})
    assert (page.status_code, "Se connecter</button>" in page.text) == (200, True)
    assert alice.voir(lien).status_code == 303
    assert alice.voir("/").status_code == 200
    assert alice.voir(lien).status_code == 404


# --- Who administers ------------------------------------------------------------------------------


@pytest.mark.tentative("temoin", "une page restée ouverte quand le compte est fermé")
def test_the_administrator_invites_changes_closes_and_opens_again(
    app: dash.Dash, magasin: Magasin
) -> None:
    admin, nouvelle = _connecte(app, ADMIN), Navigateur(app)
    champs = {"identifiant": "Chloe@ddt.fr", "nom": "Chloé Roux", "role": "prefet"}
    refusee = admin.envoyer("/comptes", **champs)
    assert (refusee.status_code, "au moins un département" in refusee.text) == (422, True)
    assert 'value="Chloé Roux"' in refusee.text
    invitee = admin.envoyer("/comptes", **champs, departements="13")
    lien = LIEN.search(invitee.text)
    assert lien
    assert "Aucun serveur de messagerie" in invitee.text
    nouvelle.envoyer(f"/lien/{lien[1]}", mot_de_passe=MOT, encore=MOT)
    assert "Bouches-du-Rhône (013)" in nouvelle.voir("/compte").text
    fiche = "/comptes/chloe@ddt.fr"
    admin.envoyer(fiche, action="changer", nom="Chloé Roux", role="partenaire", departements="tous")
    assert "Tous les départements" in nouvelle.voir("/compte").text
    assert "1 session ouverte est close" in admin.envoyer(fiche, action="fermer").text
    assert nouvelle.voir("/compte").status_code == 401
    assert nouvelle.appeler().status_code == 401
    assert nouvelle.entrer("chloe@ddt.fr", MOT).status_code == 401
    code = CODE.search(admin.envoyer(fiche, action="rouvrir").text)
    assert code
    assert nouvelle.entrer("chloe@ddt.fr", MOT).status_code == 401, "a new password is asked"
    alice = _connecte(app)
    rouvert = LIEN.search(alice.envoyer("/compte", action="confirmer", compte="chloe@ddt.fr").text)
    assert rouvert
    nouvelle.envoyer(f"/lien/{rouvert[1]}", mot_de_passe=MOT, encore=MOT, code=code[1])
    assert len(Sessions(magasin).de(Comptes(magasin).lire("chloe@ddt.fr"))) == 1
    assert admin.envoyer(fiche, action="inventer").status_code == 422

    _, traces = audit.chercher(magasin, audit.Recherche(action=audit.Trace.COMPTE))
    dits = [(une.qui, une.objet, une.precisions["fait"].split(",")[0]) for une in traces[::-1]]
    assert dits == [
        (ADMIN, "chloe@ddt.fr", "invité"),
        (ADMIN, "chloe@ddt.fr", "lien d’invitation montré"),
        ("chloe@ddt.fr", "chloe@ddt.fr", "mot de passe choisi"),
        (ADMIN, "chloe@ddt.fr", "changé"),
        (ADMIN, "chloe@ddt.fr", "fermé"),
        (ADMIN, "chloe@ddt.fr", "rouvert"),
        (ADMIN, "chloe@ddt.fr", "remplacement demandé : le mot de passe"),
        (ALICE, "chloe@ddt.fr", "remplacement confirmé : le mot de passe"),
        ("chloe@ddt.fr", "chloe@ddt.fr", "mot de passe choisi"),
    ]


# --- One person -----------------------------------------------------------------------------------


def test_while_there_is_no_account_one_person_has_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = creer_app(Dossier(tmp_path))
    seul = Navigateur(app)
    assert seul.voir("/").status_code == 200
    assert seul.appeler().status_code == 200
    monkeypatch.setenv("INFOCENTRE_HOTES", "infocentre.metropole.fr")
    fermee = seul.voir("/")
    assert (fermee.status_code, "infocentre comptes inviter" in fermee.text) == (401, True)
    monkeypatch.delenv("INFOCENTRE_HOTES")
    premier = seul.envoyer("/comptes", identifiant=ADMIN, nom="Ada", role="administrateur")
    assert LIEN.search(premier.text)
    assert seul.voir("/").status_code == 401
