"""What opens an account that is somebody's is replaced for them, and they are told."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import dash
import pytest

from dashboards.app import creer_app
from infocentre.acces import audit
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import Perimetre
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.demarches.envoi import lire_messagerie
from infocentre.demarches.reglages_messagerie import regler_messagerie
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from tests.acces.navigation import CODE, LIEN, Navigateur
from tests.dashboards.rappels import rappeler
from tests.demarches.test_envoi import Serveur, ecouter

MOT, NEUF = "trois mots et un chat", "une autre phrase entière"
ADMIN, SECOND = "admin@metropole.fr", "second@metropole.fr"
ALICE, GUICHET = "alice@metropole.fr", "agent@bailleur.fr"
LIEUX = {
    ADMIN: (Role.ADMINISTRATEUR, {}),
    SECOND: (Role.ADMINISTRATEUR, {}),
    ALICE: (Role.GESTIONNAIRE, {"departements": ["13"]}),
    GUICHET: (Role.GUICHET, {"guichets": ["G1302"]}),
}


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return ouvrir_magasin(tmp_path)


@pytest.fixture
def app(tmp_path: Path, magasin: Magasin) -> dash.Dash:
    comptes = Comptes(magasin)
    for identifiant, (role, lieux) in LIEUX.items():
        fiche = Fiche(identifiant, f"Compte {role}", role, perimetre_du_role(role, lieux))
        comptes.choisir(comptes.inviter(fiche), MOT)
    return creer_app(Dossier(tmp_path))


def _connecte(app: dash.Dash, identifiant: str, adresse: str = "127.0.0.1") -> Navigateur:
    navigateur = Navigateur(app, adresse)
    assert navigateur.entrer(identifiant, MOT).status_code == 303
    return navigateur


def _faits(magasin: Magasin, objet: str) -> list[tuple[str, str]]:
    _, traces = audit.chercher(magasin, audit.Recherche(action=audit.Trace.COMPTE), page=None)
    return [(une.qui, une.precisions["fait"]) for une in traces[::-1] if une.objet == objet]


# --- Nobody becomes somebody else -----------------------------------------------------------------


@pytest.mark.tentative(
    "compte",
    "le lien de remplacement d'un autre, montré à l'administrateur",
    "fermer puis rouvrir un compte pour en avoir le lien",
    "confirmer soi-même ce que l'on a demandé",
)
def test_an_administrator_cannot_become_somebody(app: dash.Dash, magasin: Magasin) -> None:
    admin, fiche = _connecte(app, ADMIN), f"/comptes/{GUICHET}"
    for action in ("lien", "fermer", "rouvrir"):
        page = admin.envoyer(fiche, action=action)
        assert LIEN.search(page.text) is None, action
    code = CODE.search(page.text)
    assert code, "half of what is needed"
    for jeton in (code[1], code[1].replace("-", "")):
        assert admin.voir(f"/lien/{jeton}").status_code == 404
    propre = admin.envoyer("/compte", action="confirmer", compte=GUICHET)
    assert (propre.status_code, LIEN.search(propre.text)) == (422, None)
    assert GUICHET not in admin.voir("/compte").text, "nor is it proposed"
    assert Navigateur(app).entrer(GUICHET, MOT).status_code == 401, "it was opened again, empty"
    assert Comptes(magasin).verifier(GUICHET, NEUF) is None


@pytest.mark.tentative(
    "compte",
    "le lien d'un remplacement confirmé, sans le code de qui l'a demandé",
)
def test_two_persons_replace_a_password_and_neither_could_alone(
    app: dash.Dash, magasin: Magasin
) -> None:
    admin, alice = _connecte(app, ADMIN), _connecte(app, ALICE)
    code = CODE.search(admin.envoyer(f"/comptes/{GUICHET}", action="lien").text)
    assert code
    assert GUICHET in alice.voir("/compte").text
    lien = LIEN.search(alice.envoyer("/compte", action="confirmer", compte=GUICHET).text)
    assert lien
    adresse, choix = f"/lien/{lien[1]}", {"mot_de_passe": NEUF, "encore": NEUF}
    for essai in ("", "aaaaa-aaaaa", lien[1][:11]):
        assert alice.envoyer(adresse, "/compte", **choix, code=essai).status_code == 422, essai
    # Each failure doubles what the next one waits: a busy machine may be slower than the first.
    assert any(
        "Trop d&#39;essais" in alice.envoyer(adresse, "/compte", **choix, code="bbbbb-bbbbb").text
        for _ in range(6)
    )
    assert Comptes(magasin).verifier(GUICHET, MOT), "nothing changed"


@pytest.mark.tentative(
    "compte",
    "inviter un complice pour confirmer soi-même, ou deux qui se confirment",
    "confirmer ce que demande un compte que l'on a invité",
)
def test_whoever_invites_accounts_is_not_two_persons(app: dash.Dash) -> None:
    ada = _connecte(app, ADMIN)
    complices = {}
    for nom in ("un@x.fr", "deux@x.fr"):
        champs = {"identifiant": nom, "nom": "Faux", "role": "administrateur"}
        lien = LIEN.search(ada.envoyer("/comptes", **champs).text)
        assert lien
        complices[nom] = Navigateur(app)
        complices[nom].envoyer(f"/lien/{lien[1]}", mot_de_passe=MOT, encore=MOT)
    un, deux = complices.values()
    champs = {"identifiant": "trois@x.fr", "nom": "Faux", "role": "administrateur"}
    lien = LIEN.search(un.envoyer("/comptes", **champs).text)
    assert lien
    trois = Navigateur(app)
    trois.envoyer(f"/lien/{lien[1]}", mot_de_passe=MOT, encore=MOT)
    for demande, confirme in ((ada, un), (ada, trois), (un, ada), (un, deux), (trois, deux)):
        demande.envoyer(f"/comptes/{GUICHET}", action="lien")
        refus = confirme.envoyer("/compte", action="confirmer", compte=GUICHET)
        assert (refus.status_code, LIEN.search(refus.text)) == (422, None)
        assert "même lignée" in refus.text
    second = _connecte(app, SECOND)
    bon = second.envoyer("/compte", action="confirmer", compte=GUICHET)
    assert LIEN.search(bon.text), "invited from the machine, as who asked was"


def test_the_holder_has_both_halves_and_is_told(app: dash.Dash, magasin: Magasin) -> None:
    admin, second, agent = _connecte(app, ADMIN), _connecte(app, SECOND), Navigateur(app)
    code = CODE.search(admin.envoyer(f"/comptes/{GUICHET}", action="lien").text)
    lien = LIEN.search(second.envoyer("/compte", action="confirmer", compte=GUICHET).text)
    assert code
    assert lien
    page = agent.voir(f"/lien/{lien[1]}").text
    assert f"à la demande de {ADMIN}, confirmée par {SECOND}" in page
    choix = {"mot_de_passe": NEUF, "encore": NEUF, "code": f" {code[1].upper()} "}
    entree = agent.envoyer(f"/lien/{lien[1]}", **choix)
    assert entree.location.startswith("/compte?suite="), "told before anything else"
    avis = agent.voir(entree.location).text
    assert avis.count(ADMIN) == 2, "what was asked, what was done"
    assert f"confirmée par {SECOND}" in avis
    assert "(2 avis)" in avis
    assert agent.envoyer("/compte", action="avis", suite="/aide").location == "/aide"
    assert ADMIN not in agent.voir("/compte").text
    assert _faits(magasin, GUICHET) == [
        (ADMIN, "remplacement demandé : le mot de passe"),
        (SECOND, f"remplacement confirmé : le mot de passe, demandé par {ADMIN}"),
        (GUICHET, "mot de passe choisi"),
    ]
    _, (trace, *_) = audit.chercher(magasin, audit.Recherche(action=audit.Trace.COMPTE))
    assert (trace.precisions["demande"], trace.precisions["confirme"]) == (ADMIN, SECOND)


def test_the_holder_confirms_or_refuses_from_a_session_still_open(
    app: dash.Dash, magasin: Magasin
) -> None:
    admin, agent = _connecte(app, ADMIN), _connecte(app, GUICHET)
    admin.envoyer(f"/comptes/{GUICHET}", action="lien")
    assert "Un remplacement attend" in agent.voir("/compte").text
    assert "rien ne change" in agent.envoyer("/compte", action="refuser").text
    assert agent.envoyer("/compte", action="reprendre").status_code == 422
    admin.envoyer(f"/comptes/{GUICHET}", action="lien")
    lien = agent.envoyer("/compte", action="reprendre").location
    assert agent.envoyer(lien, mot_de_passe=NEUF, encore=NEUF).status_code == 303
    assert Comptes(magasin).verifier(GUICHET, NEUF)


@pytest.mark.tentative("compte", "garder le lien d'invitation d'un compte, et s'en servir après")
def test_an_invitation_opens_an_account_that_is_nobody_s(app: dash.Dash, magasin: Magasin) -> None:
    admin, chloe = _connecte(app, ADMIN), "chloe@ddt.fr"
    champs = {"identifiant": chloe, "nom": "Chloé", "role": "prefet", "departements": "13"}
    lien = LIEN.search(admin.envoyer("/comptes", **champs).text)
    assert lien, "without a mail server, it is handed over"
    comptes = Comptes(magasin)
    comptes.lier(comptes.lire(chloe), "sujet")  # she came in by the provider meanwhile
    refus = Navigateur(app).envoyer(f"/lien/{lien[1]}", mot_de_passe=MOT, encore=MOT)
    assert (refus.status_code, "ouvrait un compte neuf" in refus.text) == (422, True)
    assert not comptes.lire(chloe).a_mot_de_passe


def test_with_a_mail_server_the_link_goes_to_the_holder_alone(
    app: dash.Dash, magasin: Magasin, tmp_path: Path
) -> None:
    admin, reglage = _connecte(app, ADMIN), tmp_path / "messagerie.yml"
    reglage.write_text("serveur: 127.0.0.1\nport: 1\nsecurite: aucune\nexpediteur: i@x.fr\n")
    page = admin.envoyer(f"/comptes/{GUICHET}", action="lien")
    assert (page.status_code, LIEN.search(page.text), CODE.search(page.text)) == (422, None, None)
    recoit = Serveur()
    with ecouter(recoit) as port:
        reglage.write_text(f"{reglage.read_text().replace('port: 1', f'port: {port}')}")
        page = admin.envoyer(f"/comptes/{GUICHET}", action="lien")
        assert (f"envoyé à {GUICHET}" in page.text, LIEN.search(page.text)) == (True, None)
        lettre = email.message_from_bytes(recoit.contenus[0], policy=email.policy.default)
        lien = LIEN.search(lettre.get_content())
        assert lien
        assert (lettre["To"], f"à la demande de {ADMIN}" in lettre.get_content()) == (GUICHET, True)
        agent = Navigateur(app, "198.51.100.9")
        agent.envoyer(f"/lien/{lien[1]}", mot_de_passe=NEUF, encore=NEUF)
    apres = email.message_from_bytes(recoit.contenus[1], policy=email.policy.default)
    assert apres["To"] == GUICHET
    assert "depuis l’adresse 198.51.100.9, à la demande de" in apres.get_content()
    assert Comptes(magasin).verifier(GUICHET, NEUF)


@pytest.mark.tentative(
    "compte",
    "régler la messagerie sur son propre serveur, puis demander le lien d'un autre",
    "le demander par un complice que l'on a invité",
    "faire envoyer le mot de passe de la messagerie à son propre serveur",
)
def test_who_chose_the_mail_server_reads_nobody_s_link(
    app: dash.Dash, magasin: Magasin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chosen on the page, it is theirs; chosen from the machine, links leave by it again."""
    monkeypatch.setenv("INFOCENTRE_SMTP_MOT_DE_PASSE", "celui du relais")
    admin, siens = _connecte(app, ADMIN), {"serveur": "127.0.0.1", "securite": "aucune"}
    comptes = Comptes(magasin)
    complice = Fiche("c@x.fr", "C", Role.ADMINISTRATEUR, perimetre_du_role(Role.ADMINISTRATEUR, {}))
    comptes.choisir(comptes.inviter(complice, ADMIN), MOT)
    recoit = Serveur()
    with ecouter(recoit) as port:
        siens |= {"port": str(port), "expediteur": "i@x.fr", "regle_par": ""}
        tenus = {"messagerie.envois": 1, "messagerie.valeurs": siens}
        dit = rappeler(app, admin.client, "messagerie-dit.children", "messagerie.envois", tenus)
        assert "Messagerie enregistrée" in str(dit)
        assert lire_messagerie(tmp_path).mot_de_passe == ""
        for qui in (admin, _connecte(app, "c@x.fr")):
            for action in ("lien", "facteur"):
                page = qui.envoyer(f"/comptes/{GUICHET}", action=action).text
                assert LIEN.search(page) is None
        assert CODE.search(admin.envoyer(f"/comptes/{GUICHET}", action="lien").text)
        assert recoit.contenus == []
        _connecte(app, SECOND).envoyer(f"/comptes/{GUICHET}", action="lien")
        assert len(recoit.contenus) == 1, "another administrator did not choose it"
        regler_messagerie(tmp_path, siens)
        assert lire_messagerie(tmp_path).mot_de_passe == "celui du relais"
        assert f"envoyé à {GUICHET}" in admin.envoyer(f"/comptes/{GUICHET}", action="lien").text


def test_nobody_changes_their_own_rights(app: dash.Dash, magasin: Magasin) -> None:
    champs = {"action": "changer", "nom": "Ada", "role": "gestionnaire", "departements": "13"}
    refus = _connecte(app, ADMIN).envoyer(f"/comptes/{ADMIN}", **champs)
    assert (refus.status_code, "ses propres droits" in refus.text) == (422, True)
    assert _connecte(app, SECOND).envoyer(f"/comptes/{ADMIN}", **champs).status_code == 200
    assert Comptes(magasin).lire(ADMIN).role is Role.GESTIONNAIRE


# --- Nobody is kept out ---------------------------------------------------------------------------


@pytest.mark.tentative(
    "essais",
    "empêcher un autre d'entrer : mille essais sur son compte, de cent adresses",
    "les mêmes essais, depuis l'adresse qu'il partage",
)
def test_what_others_try_keeps_nobody_out_of_where_they_are_known(app: dash.Dash) -> None:
    alice, ailleurs = _connecte(app, ALICE, "192.0.2.7"), Navigateur(app, "198.51.100.1")
    alice.envoyer("/deconnexion", "/compte")
    for rang in range(100):
        mechant = Navigateur(app, f"198.51.100.{rang}")
        assert mechant.entrer(ALICE, "pas le bon du tout").status_code == 401
    assert ailleurs.entrer(ALICE, MOT).status_code == 401
    assert Navigateur(app, "192.0.2.7").entrer(ALICE, MOT).status_code == 303, "a known address"
    for _ in range(8):
        assert Navigateur(app, "192.0.2.7").entrer(ALICE, "pas le bon").status_code == 401
    alice.milieu = {"REMOTE_ADDR": "203.0.113.50"}
    assert alice.entrer(ALICE, MOT).status_code == 303, "a known browser, wherever it is"


@pytest.mark.tentative("essais", "dire que l'on est un navigateur connu, d'un autre compte")
def test_a_known_browser_is_known_to_its_account_alone(app: dash.Dash) -> None:
    mechant = _connecte(app, GUICHET, "198.51.100.1")
    mechant.envoyer("/deconnexion", "/compte")
    for rang in range(12):
        mechant.milieu = {"REMOTE_ADDR": f"198.51.100.{rang}"}
        essai = mechant.entrer(ALICE, "pas le bon du tout")
    assert "Trop d&#39;essais" in essai.text


# --- Names that look like others ------------------------------------------------------------------


@pytest.mark.parametrize(
    "identifiant",
    ["gеst84@metropole.fr", "alicе@metropole.fr", "aliсe@metropole.fr", "a\u0131ice@metropole.fr",
     "alice@métropole.fr", "al\u200bice@metropole.fr", "ａlice@metropole.fr ο", "a b@metropole.fr"],
)  # fmt: skip
@pytest.mark.tentative("compte", "inviter un compte dont le nom en imite un autre")
def test_an_account_that_looks_like_another_is_not_made(identifiant: str, magasin: Magasin) -> None:
    fiche = Fiche(identifiant, "Alice", Role.ADMINISTRATEUR, Perimetre(frozenset()))
    with pytest.raises(Refus, match="en imite une autre"):
        Comptes(magasin).inviter(fiche)


def test_a_wide_letter_is_the_letter(magasin: Magasin) -> None:
    fiche = Fiche("ａlice@metropole.fr", "Ａlice", Role.ADMINISTRATEUR, Perimetre(frozenset()))
    Comptes(magasin).inviter(fiche)
    assert [(un.identifiant, un.nom) for un in Comptes(magasin).lister()] == [
        ("alice@metropole.fr", "Alice")
    ]


def test_a_name_is_written_in_latin_letters(magasin: Magasin) -> None:
    for nom in ("Аda Martin", "Ada Μartin", "Αλίκη"):
        with pytest.raises(Refus, match="nom de la personne"):
            Comptes(magasin).inviter(
                Fiche("a@x.fr", nom, Role.ADMINISTRATEUR, Perimetre(frozenset()))
            )
    nom = "Zoë d’Ærø-Łuk, née O'Çelik 2"
    Comptes(magasin).inviter(Fiche("a@x.fr", nom, Role.ADMINISTRATEUR, Perimetre(frozenset())))
    assert re.sub("’", "'", Comptes(magasin).lire("a@x.fr").nom).startswith("Zoë d'Ærø")
