"""A second factor: codes of the moment, of help, each good once; and a clock that is moved."""

from __future__ import annotations

import base64
import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dash
import pytest
from werkzeug.test import TestResponse

from dashboards.app import creer_app
from infocentre.acces import audit, facteurs
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Compte, Comptes, Fiche
from infocentre.acces.facteurs import Facteurs, code_du_pas
from infocentre.acces.freins import Frein, Freins
from infocentre.acces.jetons import MOT_DE_PASSE
from infocentre.acces.modele import Role
from infocentre.acces.sessions import Sessions, Visite
from infocentre.analystes.fichier import cle
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.decisions.schema import facteurs as table
from infocentre.decisions.schema import secours as secours_
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from tests.acces.conftest import Horloge
from tests.acces.navigation import CODE, LIEN, Navigateur

MOT, NEUF = "trois mots et un chat", "une autre phrase entière"
ADMIN, ALICE = "admin@metropole.fr", "alice@metropole.fr"
CLE = "k" * 32
SECRET = re.compile(r'<code class="cle">([A-Z2-7 ]+)</code>')
SECOURS = re.compile(r"<li><code>([a-z2-9]{5}-[a-z2-9]{5})</code></li>")
JETON = re.compile(r'name="jeton" value="([\w-]+)"')
FORMULAIRE = re.compile(r'name="formulaire" value="(\w+)"')


def _inviter(comptes: Comptes) -> Compte:
    admin = perimetre_du_role(Role.ADMINISTRATEUR, {})
    comptes.choisir(comptes.inviter(Fiche(ADMIN, "Ada", Role.ADMINISTRATEUR, admin)), MOT)
    ici = perimetre_du_role(Role.GESTIONNAIRE, {"departements": ["13"]})
    comptes.choisir(comptes.inviter(Fiche(ALICE, "Alice", Role.GESTIONNAIRE, ici)), MOT)
    return comptes.lire(ALICE)


def _code(secret: str, instant: dt.datetime, pas: int = 0) -> str:
    """Return what an application shows for a key, so many steps from an instant."""
    return code_du_pas(base64.b32decode(secret), int(instant.timestamp()) // 30 + pas)


# --- RFC 4226 and 6238 ----------------------------------------------------------------------------


def test_codes_are_those_of_the_standards() -> None:
    """RFC 4226, appendix D; RFC 6238, appendix B, its last six figures."""
    secret = b"12345678901234567890"
    assert [code_du_pas(secret, pas) for pas in range(10)] == [
        "755224", "287082", "359152", "969429", "338314",
        "254676", "287922", "162583", "399871", "520489",
    ]  # fmt: skip
    dits = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    assert {quand: code_du_pas(secret, quand // 30) for quand in dits} == dits


@pytest.mark.tentative(
    "compte",
    "un code déjà servi, celui d'avant, celui de deux pas plus loin",
    "le même code, au même instant, huit fois",
)
def test_a_code_is_good_once_within_a_step_of_the_clock(url: str, horloge: Horloge) -> None:
    magasin = Magasin(url)
    alice, siens = _inviter(Comptes(magasin, horloge)), Facteurs(magasin, CLE, horloge)
    secret = siens.preparer(alice)
    assert siens.preparer(alice) == secret, "shown again, until it is confirmed"
    assert not siens.a(alice)
    for loin in (-2, 2, 1000):
        with pytest.raises(Refus, match="pas le bon"):
            siens.confirmer(alice, _code(secret, horloge(), loin))
    assert len(siens.confirmer(alice, _code(secret, horloge(), -1))) == 10
    assert siens.a(alice)
    with pytest.raises(Refus, match="déjà servi"):
        siens.verifier(alice, _code(secret, horloge(), -1))
    siens.verifier(alice, _code(secret, horloge(), 1))
    with pytest.raises(Refus):
        siens.verifier(alice, _code(secret, horloge(), 0))
    horloge.avancer(seconds=60)

    def essayer(_: int) -> bool:
        try:
            siens.verifier(alice, _code(secret, horloge()))
        except Refus:
            return False
        return True

    with ThreadPoolExecutor(8) as fils:
        assert sum(fils.map(essayer, range(8))) == 1
    horloge.avancer(days=-1)
    with pytest.raises(Refus):
        siens.verifier(alice, _code(secret, horloge()))


def test_codes_of_help_are_good_once_and_the_store_knows_none(
    magasin: Magasin, horloge: Horloge
) -> None:
    alice, siens = _inviter(Comptes(magasin, horloge)), Facteurs(magasin, CLE, horloge)
    secret = siens.preparer(alice)
    codes = siens.confirmer(alice, _code(secret, horloge()))
    with magasin.lire() as con:
        tenus = str([con.execute(un.select()).all() for un in (table, secours_)])
    for cache in (secret, base64.b32decode(secret).hex(), *codes, *(un[:5] for un in codes)):
        assert cache not in tenus
    siens.verifier(alice, f" {codes[0].upper()} ")
    with pytest.raises(Refus):
        siens.verifier(alice, codes[0])
    assert siens.restants(alice) == 9
    autre = Comptes(magasin, horloge).lire(ADMIN)
    with pytest.raises(Refus):
        siens.verifier(autre, codes[1])
    with pytest.raises(Refus):
        Facteurs(magasin, "autre" * 8, horloge).verifier(alice, codes[1])
    siens.oter(alice, codes[1])
    assert not siens.a(alice)
    assert siens.preparer(alice) != secret


# --- Signing in -----------------------------------------------------------------------------------


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return ouvrir_magasin(tmp_path)


@pytest.fixture
def app(magasin: Magasin, tmp_path: Path) -> dash.Dash:
    _inviter(Comptes(magasin))
    return creer_app(Dossier(tmp_path))


def _suivre(navigateur: Navigateur, page: str, code: str) -> TestResponse:
    """Send the code that a page asks for."""
    jeton, preuve = JETON.search(page), FORMULAIRE.search(page)
    assert jeton
    assert preuve
    donnees = {"formulaire": preuve[1], "jeton": jeton[1], "code": code}
    return navigateur.poster("/connexion/code", donnees)


def _ajouter(app: dash.Dash, magasin: Magasin, racine: Path) -> tuple[str, list[str]]:
    """Give Alice a second factor, as her page does; return its key and its codes of help."""
    del magasin, racine
    alice = Navigateur(app)
    alice.entrer(ALICE, MOT)
    faux = alice.envoyer("/compte", action="facteur", mot_de_passe="pas le bon du tout")
    assert faux.status_code == 422
    lu = SECRET.search(alice.envoyer("/compte", action="facteur", mot_de_passe=MOT).text)
    assert lu
    secret = lu[1].replace(" ", "")
    assert alice.envoyer("/compte", action="facteur-confirmer", code="000000").status_code == 422
    code = _code(secret, dt.datetime.now(dt.UTC), -1)
    page = alice.envoyer("/compte", action="facteur-confirmer", code=code)
    codes = SECOURS.findall(page.text)
    assert len(codes) == 10
    alice.envoyer("/deconnexion", "/compte")
    return secret, codes


@pytest.mark.tentative(
    "compte",
    "le mot de passe sans le second facteur, un code faux, un jeton d'un autre navigateur",
    "sauter le second facteur par le lien de remplacement",
)
def test_a_password_alone_opens_nothing(app: dash.Dash, magasin: Magasin, tmp_path: Path) -> None:
    secret, codes = _ajouter(app, magasin, tmp_path)
    alice, voleur = Navigateur(app), Navigateur(app, "203.0.113.9")
    page = alice.entrer(ALICE, MOT, retour="/aide")
    assert (page.status_code, alice.temoin()) == (200, "")
    assert alice.voir("/").status_code == 401
    assert secret not in page.text.replace(" ", "")
    faux = _suivre(alice, page.text, "000000")
    assert faux.status_code == 401
    voleur.voir("/connexion")
    jeton = JETON.search(page.text)
    preuve = FORMULAIRE.search(voleur.voir("/connexion").text)
    assert jeton
    assert preuve
    vole = {"formulaire": preuve[1], "jeton": jeton[1], "code": codes[0]}
    assert voleur.poster("/connexion/code", vole).status_code == 401
    bon = _suivre(alice, page.text, codes[0])
    assert bon.location.startswith("/compte?suite=%2Faide"), "she is told of her new factor"
    assert alice.voir("/").status_code == 200
    assert _suivre(alice, page.text, codes[1]).status_code in {401, 403}
    _, (trace, *_) = audit.chercher(magasin, audit.Recherche(action=audit.Trace.CONNEXION))
    assert trace.precisions["par"] == "mot de passe et code"

    comptes = Comptes(magasin)
    lien = f"/lien/{comptes.lien(ALICE, MOT_DE_PASSE, {'par': ADMIN})}"
    autre = Navigateur(app)
    page = autre.envoyer(lien, mot_de_passe=NEUF, encore=NEUF)
    assert (page.status_code, autre.temoin()) == (200, ""), "a mailbox is not two factors"


def test_codes_are_not_tried_without_end(app: dash.Dash, magasin: Magasin, tmp_path: Path) -> None:
    _ajouter(app, magasin, tmp_path)
    voleur = Navigateur(app, "203.0.113.9")
    page = voleur.entrer(ALICE, MOT)
    dits = [_suivre(voleur, page.text, f"{rang:06d}").text for rang in range(7)]
    assert ["Trop d&#39;essais" in dit for dit in dits][:5] == [False] * 5
    assert "Trop d&#39;essais" in dits[6]


def test_a_role_that_must_have_one_adds_it_to_come_in(
    app: dash.Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(facteurs.REGLAGE, "administrateur, analyste")
    assert Navigateur(app).entrer(ALICE, MOT).status_code == 303, "another role"
    ada = Navigateur(app)
    page = ada.entrer(ADMIN, MOT)
    lu = SECRET.search(page.text)
    assert (page.status_code, ada.temoin(), lu is None) == (200, "", False)
    assert lu
    code = _code(lu[1].replace(" ", ""), dt.datetime.now(dt.UTC))
    entree = _suivre(ada, page.text, code)
    assert len(SECOURS.findall(entree.text)) == 10
    assert ada.voir("/comptes").status_code == 200
    assert _suivre(Navigateur(app), page.text, code).status_code in {401, 403}
    monkeypatch.setenv(facteurs.REGLAGE, "chef")
    dit = Navigateur(app).entrer(ALICE, MOT)
    assert (dit.status_code, "rôle" in dit.text) == (503, True)


@pytest.mark.tentative(
    "compte",
    "finir, avec son propre second facteur, une connexion commencée par l'ancien mot de passe",
    "la clé d'un second facteur, lue par l'ancien mot de passe avant que le titulaire l'ajoute",
)
def test_what_a_former_password_began_ends_with_it(
    app: dash.Dash, magasin: Magasin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice has no factor yet; a thief who has her password is shown a key, then she replaces it.

    Nine minutes are left to the thief's half of a connexion, and the key that Alice confirms must
    not be the one that the thief read. What others began stays.
    """
    monkeypatch.setenv(facteurs.REGLAGE, "tous")
    voleur, alice, ada = Navigateur(app, "203.0.113.9"), Navigateur(app), Navigateur(app)
    page, d_ada = voleur.entrer(ALICE, MOT), ada.entrer(ADMIN, MOT)
    vue, autre = SECRET.search(page.text), SECRET.search(d_ada.text)
    assert vue
    assert autre
    comptes = Comptes(magasin)
    comptes.choisir(comptes.lien(ALICE), NEUF)
    ici = dt.datetime.now(dt.UTC)
    finie = _suivre(voleur, page.text, _code(vue[1].replace(" ", ""), ici))
    assert (finie.status_code, voleur.temoin()) == (401, "")
    assert SECRET.search(finie.text) is None, "another key, by the same half"
    sienne = SECRET.search(alice.entrer(ALICE, NEUF).text)
    assert sienne
    assert sienne[1] != vue[1]
    _suivre(ada, d_ada.text, _code(autre[1].replace(" ", ""), ici))
    assert ada.temoin()


def test_a_lost_factor_is_replaced_as_a_password_is(
    app: dash.Dash, magasin: Magasin, tmp_path: Path
) -> None:
    _ajouter(app, magasin, tmp_path)
    comptes = Comptes(magasin)
    second = perimetre_du_role(Role.ADMINISTRATEUR, {})
    comptes.choisir(comptes.inviter(Fiche("b@x.fr", "B", Role.ADMINISTRATEUR, second)), MOT)
    ada, autre, alice = Navigateur(app), Navigateur(app), Navigateur(app)
    ada.entrer(ADMIN, MOT)
    autre.entrer("b@x.fr", MOT)
    code = CODE.search(ada.envoyer(f"/comptes/{ALICE}", action="facteur").text)
    lien = LIEN.search(autre.envoyer("/compte", action="confirmer", compte=ALICE).text)
    assert code
    assert lien
    faux = alice.envoyer(f"/lien/{lien[1]}", code=code[1], mot_de_passe="pas le bon du tout")
    assert faux.status_code == 422, "the link and the code are not the password"
    entree = alice.envoyer(f"/lien/{lien[1]}", code=code[1], mot_de_passe=MOT)
    assert entree.status_code == 303
    assert "Le second facteur de ce compte a été ôté" in alice.voir(entree.location).text
    assert not Facteurs(magasin, cle(Dossier(tmp_path))).a(comptes.lire(ALICE))


# --- A clock that is moved ------------------------------------------------------------------------


@pytest.mark.tentative("duree", "reculer l'horloge pour qu'une session, ou un lien, dure toujours")
@pytest.mark.parametrize("jours", [1, 400])
def test_a_clock_set_back_ends_what_was_open(url: str, horloge: Horloge, jours: int) -> None:
    magasin = Magasin(url)
    comptes, ouvertes = Comptes(magasin, horloge), Sessions(magasin, horloge)
    alice = _inviter(comptes)
    finie = ouvertes.ouvrir(alice, Visite("lien"))
    horloge.avancer(hours=13)
    assert ouvertes.lire(finie) is None
    secret, lien = ouvertes.ouvrir(alice, Visite("lien")), comptes.lien(ALICE)
    horloge.avancer(days=-jours)
    assert ouvertes.lire(secret) is None
    assert ouvertes.lire(finie) is None, "nor does one come back"
    with pytest.raises(Refus, match="déjà servi"):
        comptes.choisir(lien, NEUF)
    neuve = ouvertes.ouvrir(alice, Visite("lien"))
    assert ouvertes.lire(neuve), "time goes on from there"
    horloge.avancer(hours=13)
    assert ouvertes.lire(neuve) is None
    _, (trace, *_) = audit.chercher(magasin, audit.Recherche(action=audit.Trace.COMPTE))
    assert "horloge a reculé" in trace.precisions["fait"]


def test_clocks_of_two_machines_may_differ_a_little(url: str, horloge: Horloge) -> None:
    magasin = Magasin(url)
    ouvertes = Sessions(magasin, horloge)
    secret = ouvertes.ouvrir(_inviter(Comptes(magasin, horloge)), Visite("lien"))
    for minutes in (9, -9, 5, -5):
        horloge.avancer(minutes=minutes)
        assert ouvertes.lire(secret)


def test_a_delay_is_never_longer_than_it_was_told(url: str, horloge: Horloge) -> None:
    freins, un = Freins(Magasin(url), horloge), Frein("f" * 64, 3)
    for _ in range(3):
        freins.compter([un])
    with pytest.raises(Refus, match="essais") as refus:
        freins.compter([un])
    assert "Attendre 1 seconde," in refus.value.que_faire
    horloge.avancer(days=-1)
    freins.compter([un])
    with pytest.raises(Refus, match="essais") as refus:
        freins.compter([un])
    assert "Attendre 2 secondes," in refus.value.que_faire
