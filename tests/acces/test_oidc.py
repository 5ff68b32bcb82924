"""Signing in by a provider of identities: what it proves opens a session, and nothing else."""

from __future__ import annotations

import html
import http.server
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import dash
import pytest
from werkzeug.test import TestResponse

from dashboards.app import creer_app
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.acces.reglage_oidc import joignable
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.entrepot import Dossier
from tests.acces.fournisseur import (
    Dire,
    Provider,
    en_disant,
    par_la_cle_jointe,
    par_la_cle_publique,
    par_une_autre,
    parametres,
    provider,
    sans_signature,
)
from tests.acces.navigation import Navigateur

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
ALICE, SIRET = "alice@metropole.fr", "20005480700017"


@pytest.fixture(scope="module")
def serveur() -> Iterator[Provider]:
    with provider() as un:
        yield un


@pytest.fixture
def fournisseur(serveur: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    neuf = Provider()
    serveur.id_token, serveur.userinfo, serveur.renvois = neuf.id_token, neuf.userinfo, {}
    monkeypatch.setenv("INFOCENTRE_OIDC_EMETTEUR", serveur.adresse)
    monkeypatch.setenv("INFOCENTRE_OIDC_CLIENT", serveur.client)
    monkeypatch.setenv("INFOCENTRE_OIDC_SECRET", "un secret de ce client")
    return serveur


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return ouvrir_magasin(tmp_path)


@pytest.fixture
def app(magasin: Magasin, tmp_path: Path) -> dash.Dash:
    comptes = Comptes(magasin)
    admin = perimetre_du_role(Role.ADMINISTRATEUR, {})
    comptes.inviter(Fiche("admin@metropole.fr", "Ada", Role.ADMINISTRATEUR, admin))
    siens = perimetre_du_role(Role.GESTIONNAIRE, {"departements": ["13"]})
    comptes.inviter(Fiche(ALICE, "Alice", Role.GESTIONNAIRE, siens, SIRET[:9]))
    return creer_app(Dossier(tmp_path))


class _SansSuite(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _reconnaitre(provider_: Provider, adresse: str, sujet: str = "s-1", **claims: str) -> str:
    """Have the provider recognise somebody; return where it sends the browser back."""
    dits = {"email": ALICE, "siret": SIRET, "given_name": "Alice"} | claims
    personne = urllib.request.Request(  # noqa: S310 - loopback
        f"{provider_.adresse}/users/{sujet}",
        json.dumps(dits).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(personne).close()  # noqa: S310
    ouvreur = urllib.request.build_opener(_SansSuite)
    try:
        ouvreur.open(adresse, urllib.parse.urlencode({"sub": sujet}).encode()).close()
    except urllib.error.HTTPError as suite:
        retour = suite.headers["Location"]
        suite.close()
        return str(retour)
    pytest.fail("no way back")


def _partir(navigateur: Navigateur) -> str:
    depart = navigateur.voir("/connexion/fournisseur?retour=/suivi")
    assert depart.status_code == 303, depart.text
    return str(depart.location)


def _revenir(navigateur: Navigateur, retour: str) -> TestResponse:
    morceaux = urllib.parse.urlsplit(retour)
    return navigateur.voir(f"{morceaux.path}?{morceaux.query}", **{"Sec-Fetch-Site": "cross-site"})


def test_who_is_recognised_comes_in_and_goes_out(
    app: dash.Dash, fournisseur: Provider, magasin: Magasin
) -> None:
    alice = Navigateur(app)
    assert "S’identifier avec ProConnect" in alice.voir("/connexion").text
    adresse = _partir(alice)
    demande = parametres(adresse)
    assert adresse.startswith(f"{fournisseur.adresse}/oauth2/authorize?")
    assert demande["redirect_uri"] == "http://localhost/connexion/retour"
    assert demande["code_challenge_method"] == "S256"
    assert len(demande["code_challenge"]) == 43
    assert min(len(demande["state"]), len(demande["nonce"])) >= 32
    entree = _revenir(alice, _reconnaitre(fournisseur, adresse))
    assert (entree.status_code, entree.location) == (303, "/suivi")
    assert "Alice" in alice.voir("/_dash-layout").text
    assert Comptes(magasin).lire(ALICE).sujet == "s-1"

    sortie = alice.envoyer("/deconnexion", "/compte")
    vers = re.search(r'href="(http://localhost:\d+/oauth2/end_session[^"]+)"', sortie.text)
    assert vers
    fin = parametres(vers[1].replace("&amp;", "&"))
    assert fin["id_token_hint"].count(".") == 2
    assert fin["post_logout_redirect_uri"] == "http://localhost/connexion"
    assert alice.voir("/").status_code == 401


PREUVE, SIGNE, ADRESSE = "pas prouvé", "pas signé", "l'adresse électronique"
# Who lies, how, and what the person reads of it.
MENTEURS: dict[str, tuple[str, Dire | None, str]] = {
    "no signature": ("id_token", sans_signature, PREUVE),
    "HS256 by the public key": ("id_token", par_la_cle_publique, PREUVE),
    "another key": ("id_token", par_une_autre, PREUVE),
    "a key that it carries": ("id_token", par_la_cle_jointe, PREUVE),
    "another reader": ("id_token", en_disant(aud="autre-application"), PREUVE),
    "several readers": ("id_token", en_disant(aud=["infocentre", "autre"]), "destiné à d'autres"),
    "another issuer": ("id_token", en_disant(iss="https://mechant.example"), PREUVE),
    "expired": ("id_token", en_disant(exp=int(time.time()) - 60), PREUVE),
    "without end": ("id_token", en_disant(exp=None), PREUVE),
    "swapped nonce": ("id_token", en_disant(nonce="n" * 43), PREUVE),
    "without nonce": ("id_token", en_disant(nonce=None), PREUVE),
    "userinfo without signature": ("userinfo", sans_signature, PREUVE),
    "userinfo HS256 by the public key": ("userinfo", par_la_cle_publique, PREUVE),
    "userinfo by another key": ("userinfo", par_une_autre, PREUVE),
    "userinfo for another": ("userinfo", en_disant(aud="autre-application"), PREUVE),
    "userinfo of another issuer": ("userinfo", en_disant(iss="https://mechant.example"), PREUVE),
    "userinfo expired": ("userinfo", en_disant(exp=int(time.time()) - 60), PREUVE),
    "userinfo of somebody else": ("userinfo", en_disant(sub="s-2"), "deux personnes"),
    "userinfo in plain JSON": ("userinfo", None, SIGNE),
    "no address": ("userinfo", en_disant(email=None), ADRESSE),
    "an address not checked": ("userinfo", en_disant(email_verified=False), ADRESSE),
    "not checked, as a text": ("userinfo", en_disant(email_verified="false"), ADRESSE),
    "checked, as a text": ("userinfo", en_disant(email_verified="true"), ADRESSE),
    "checked, as a number": ("userinfo", en_disant(email_verified=1), ADRESSE),
    "not checked, as a number": ("userinfo", en_disant(email_verified=0), ADRESSE),
    "nothing said of the check": ("userinfo", en_disant(email_verified=None), ADRESSE),
    "a year old": ("id_token", en_disant(iat=int(time.time()) - 365 * 86_400), "trop ancien"),
    "of an unknown age": ("id_token", en_disant(iat=None), PREUVE),
    "userinfo a year old": ("userinfo", en_disant(iat=int(time.time()) - 31_536_000), "ancien"),
    "unknown account": ("userinfo", en_disant(email="x@metropole.fr"), "Aucun compte"),
    "another organisme": ("userinfo", en_disant(siret="11000201100044"), "votre organisme"),
    "no organisme": ("userinfo", en_disant(siret=None), "votre organisme"),
}


@pytest.mark.tentative(
    "jeton",
    "sans signature (alg none)",
    "HS256 avec la clé publique",
    "signé par une autre clé",
    "signé par une clé qu'il porte",
    "destiné à une autre application",
    "destiné à plusieurs",
    "d'un autre émetteur",
    "expiré",
    "sans fin",
    "nonce changé",
    "sans nonce",
    "userinfo sans signature",
    "userinfo en HS256 avec la clé publique",
    "userinfo signé par une autre clé",
    "userinfo destiné à une autre application",
    "userinfo d'un autre émetteur",
    "userinfo expiré",
    "userinfo d'une autre personne",
    "userinfo en JSON non signé",
    "sans adresse",
    "adresse non vérifiée : faux, « false », 0, ou rien de dit",
    "âgé d'un an, ou sans âge",
    "compte inconnu",
    "autre organisme",
    "sans organisme",
)
def test_what_is_not_proved_is_refused_with_a_sentence(
    app: dash.Dash, fournisseur: Provider, magasin: Magasin
) -> None:
    for nom, (ou, dire, lu) in MENTEURS.items():
        fournisseur.id_token, fournisseur.userinfo = Provider().id_token, Provider().userinfo
        setattr(fournisseur, ou, dire)
        alice = Navigateur(app)
        refus = _revenir(alice, _reconnaitre(fournisseur, _partir(alice)))
        dit = re.search(r'role="alert">\s*<h2[^>]*>([^<]+)</h2>\s*<p>[^<]+</p>', refus.text)
        assert (refus.status_code, dit is None, alice.temoin()) == (401, False, ""), nom
        assert lu.casefold() in html.unescape(dit[1] if dit else "").casefold(), nom
        assert alice.voir("/").status_code == 401, nom
    assert Comptes(magasin).lire(ALICE).sujet is None


@pytest.mark.tentative(
    "jeton",
    "un niveau plus bas que celui exigé (eidas1), ou pas de niveau",
)
def test_a_level_that_is_asked_is_proved_or_refused(
    app: dash.Dash, fournisseur: Provider, magasin: Magasin, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "acr_values" not in parametres(_partir(Navigateur(app)))
    monkeypatch.setenv("INFOCENTRE_OIDC_ACR", "eidas2 eidas3")
    alice = Navigateur(app)
    assert parametres(_partir(alice))["acr_values"] == "eidas2 eidas3"
    for niveau in (None, "eidas1", "eidas2 eidas3", ["eidas2"], ""):
        fournisseur.id_token = en_disant(acr=niveau)
        refus = _revenir(alice, _reconnaitre(fournisseur, _partir(alice)))
        assert (refus.status_code, "niveau de sécurité exigé" in refus.text) == (401, True), niveau
    assert Comptes(magasin).lire(ALICE).sujet is None, "it is bound to nobody by what is refused"
    fournisseur.id_token = en_disant(acr="eidas2")
    assert _revenir(alice, _reconnaitre(fournisseur, _partir(alice))).status_code == 303

    monkeypatch.setenv("INFOCENTRE_OIDC_ACR_ROLES", "prefet")
    fournisseur.id_token = en_disant(acr="eidas1")
    bruno = Navigateur(app)
    assert _revenir(bruno, _reconnaitre(fournisseur, _partir(bruno))).status_code == 303


def test_the_provider_s_level_is_a_second_factor_and_its_absence_is_none(
    app: dash.Dash, fournisseur: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_SECOND_FACTEUR", "tous")
    alice = Navigateur(app)
    demande = _revenir(alice, _reconnaitre(fournisseur, _partir(alice)))
    assert (demande.status_code, "second facteur" in demande.text) == (200, True)
    assert alice.voir("/").status_code == 401
    monkeypatch.setenv("INFOCENTRE_OIDC_ACR", "eidas2")
    fournisseur.id_token = en_disant(acr="eidas2")
    assert _revenir(alice, _reconnaitre(fournisseur, _partir(alice))).status_code == 303


def test_a_provider_may_be_known_to_check_addresses_and_say_nothing_of_it(
    app: dash.Dash, fournisseur: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_OIDC_COURRIEL", "verifie")
    alice = Navigateur(app)
    for dit, code in ((False, 401), ("false", 401), (0, 401), (None, 303)):
        fournisseur.userinfo = en_disant(email_verified=dit)
        entree = _revenir(alice, _reconnaitre(fournisseur, _partir(alice)))
        assert entree.status_code == code, dit
    monkeypatch.setenv("INFOCENTRE_OIDC_COURRIEL", "oui")
    assert alice.voir("/connexion/fournisseur").status_code == 401


@pytest.mark.tentative(
    "jeton",
    "le retour qu'un autre a commencé",
    "l'état d'un autre, un état vide, un code inventé",
    "un retour déjà servi, ou servi à un autre navigateur",
)
def test_what_comes_back_is_what_left_by_the_same_browser_once(
    app: dash.Dash, fournisseur: Provider
) -> None:
    alice, mechant = Navigateur(app), Navigateur(app)
    sien = _reconnaitre(fournisseur, _partir(mechant), "s-9", email="mechant@x.fr")
    assert _revenir(alice, sien).status_code == 401, "a sign-in that another began"
    retour = _reconnaitre(fournisseur, _partir(alice))
    echange = re.sub(r"state=[^&]+", f"state={parametres(sien)['state']}", retour)
    assert _revenir(alice, echange).status_code == 401, "a state that is somebody else's"
    assert _revenir(alice, re.sub(r"state=[^&]+", "state=", retour)).status_code == 401
    assert _revenir(alice, re.sub(r"code=[^&]+", "code=invente", retour)).status_code == 401
    assert _revenir(alice, retour).status_code == 401, "its state was used by the attempt before"
    abandon = f"/connexion/retour?error=access_denied&state={parametres(_partir(alice))['state']}"
    assert "abandonnée" in _revenir(alice, abandon).text
    retour = _reconnaitre(fournisseur, _partir(alice))
    assert _revenir(alice, retour).status_code == 303
    assert _revenir(Navigateur(app), retour).status_code == 401


@pytest.mark.tentative(
    "jeton",
    "une autre personne du fournisseur qui a repris l'adresse",
    "un compte fermé",
)
def test_an_account_stays_that_of_the_first_it_was_of(
    app: dash.Dash, fournisseur: Provider, magasin: Magasin
) -> None:
    alice = Navigateur(app)
    assert _revenir(alice, _reconnaitre(fournisseur, _partir(alice))).status_code == 303
    autre = Navigateur(app)
    refus = _revenir(autre, _reconnaitre(fournisseur, _partir(autre), "s-2"))
    assert (refus.status_code, "changé de titulaire" in refus.text) == (401, True)
    Comptes(magasin).fermer(ALICE)
    assert alice.voir("/").status_code == 401
    ferme = Navigateur(app)
    assert _revenir(ferme, _reconnaitre(fournisseur, _partir(ferme))).status_code == 401


class _Piege(http.server.BaseHTTPRequestHandler):
    recus: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.recus.append(self.path)
        self.send_response(200)
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the name that the library calls


@pytest.mark.tentative(
    "jeton",
    "la découverte renvoyée vers une machine interne",
    "le code et le secret renvoyés ailleurs",
    "l'identité renvoyée ailleurs",
    "les clés prises ailleurs",
    "un fournisseur distant qui désigne cette machine",
)
def test_nothing_is_asked_where_the_provider_sends_instead(
    app: dash.Dash, fournisseur: Provider
) -> None:
    assert not joignable("http://127.0.0.1:5432/", "https://idp.example")
    with http.server.HTTPServer(("127.0.0.1", 0), _Piege) as piege:
        threading.Thread(target=piege.serve_forever, daemon=True).start()
        ailleurs = f"http://127.0.0.1:{piege.server_port}/interne"
        urllib.request.urlopen(f"{ailleurs}/essai").close()  # noqa: S310 - loopback
        alice = Navigateur(app)
        for chemin in ("/oauth2/token", "/userinfo", "/jwks"):
            fournisseur.renvois = {chemin: ailleurs}
            refus = _revenir(alice, _reconnaitre(fournisseur, _partir(alice)))
            assert (refus.status_code, alice.temoin()) == (401, ""), chemin
        fournisseur.renvois = {"/.well-known/openid-configuration": ailleurs}
        refus = alice.voir("/connexion/fournisseur")
        assert (refus.status_code, "il ne répond pas" in refus.text) == (401, True)
        piege.shutdown()
    assert _Piege.recus == ["/interne/essai"], "the trap is heard, by this test alone"


def test_it_is_off_by_default_and_said_when_it_cannot_be_asked(
    app: dash.Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    personne = Navigateur(app)
    assert "S’identifier avec" not in personne.voir("/connexion").text
    assert personne.voir("/connexion/fournisseur").status_code == 401
    monkeypatch.setenv("INFOCENTRE_OIDC_EMETTEUR", "http://localhost:9")
    assert personne.voir("/connexion").status_code == 200
    assert "réglé à moitié" in personne.voir("/connexion/fournisseur").text
    monkeypatch.setenv("INFOCENTRE_OIDC_CLIENT", "infocentre")
    monkeypatch.setenv("INFOCENTRE_OIDC_SECRET", "un secret de ce client")
    assert "il ne répond pas" in personne.voir("/connexion/fournisseur").text
    monkeypatch.setenv("INFOCENTRE_OIDC_EMETTEUR", "http://identite.example")
    assert "pas joint en https" in personne.voir("/connexion/fournisseur").text
