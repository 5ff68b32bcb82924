"""`infocentre comptes`: accounts made and closed from the machine itself."""

from __future__ import annotations

import base64
import csv
import email
import email.policy
import re
import time
from pathlib import Path

import argon2
import pytest

from infocentre.acces import audit, mots_de_passe
from infocentre.acces.avis import LesAvis
from infocentre.acces.comptes import Comptes
from infocentre.acces.facteurs import Facteurs, code_du_pas
from infocentre.acces.roles import Role
from infocentre.decisions import ouvrir_magasin
from infocentre.demo.comptes import dire, entree_du_gestionnaire, preparer
from tests.cli.lancer import Commande
from tests.demarches.test_envoi import Serveur, ecouter

ADMIN = "ada@metropole.fr"
LIEN = re.compile(r"^(http://\S+)/lien/([\w-]{43})$", re.MULTILINE)


@pytest.fixture(autouse=True)
def hacheur_leger(monkeypatch: pytest.MonkeyPatch) -> None:
    leger = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(mots_de_passe, "HACHEUR", leger)


@pytest.fixture
def infocentre(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    return Commande(tmp_path, monkeypatch, capsys)


def test_accounts_are_made_listed_closed_and_opened_again(
    infocentre: Commande, tmp_path: Path
) -> None:
    assert "une seule personne" in infocentre("comptes").texte
    alice = ("alice@x.fr", "--nom", "Alice", "--role")
    sans = infocentre("comptes", "inviter", *alice, "gestionnaire", "--departement", "13")
    assert (sans.code, "aucun administrateur" in sans.erreur) == (1, True)
    premier = infocentre("comptes", "inviter", ADMIN, "--nom", "Ada", "--role", "administrateur")
    trouve = LIEN.search(premier.texte)
    assert trouve
    assert trouve[1] == "http://127.0.0.1:8050"
    comptes = Comptes(ouvrir_magasin(tmp_path))
    assert comptes.choisir(trouve[2], "trois mots et un chat").identifiant == ADMIN
    assert infocentre("comptes", "inviter", *alice, "gestionnaire", "--departement", "13").code == 0
    lignes = list(
        csv.DictReader(infocentre("comptes", "--format", "csv").texte.splitlines(), delimiter=";")
    )
    assert [(une["compte"], une["perimetre"], une["etat"]) for une in lignes] == [
        (ADMIN, "aucune donnée", "ouvert"),
        ("alice@x.fr", "département Bouches-du-Rhône (013)", "mot de passe à choisir"),
    ]
    assert infocentre("comptes", "lien", "alice@x.fr", "--entrer").code == 0
    assert "0 session fermée" in infocentre("comptes", "fermer", "alice@x.fr").texte
    refus = infocentre("comptes", "lien", "alice@x.fr", "--entrer")
    assert (refus.code, "est fermé" in refus.erreur) == (1, True)
    assert LIEN.search(infocentre("comptes", "rouvrir", "alice@x.fr").texte)
    assert infocentre("comptes", "sessions").code == 0


def test_the_machine_may_do_everything_and_says_so(infocentre: Commande, tmp_path: Path) -> None:
    """Root reads the data anyway: what is right is that the person and the audit know."""
    infocentre("comptes", "inviter", ADMIN, "--nom", "Ada", "--role", "administrateur")
    magasin = ouvrir_magasin(tmp_path)
    comptes, siens = Comptes(magasin), Facteurs(magasin, "k" * 32)
    comptes.choisir(comptes.lien(ADMIN), "trois mots et un chat")
    ada = comptes.lire(ADMIN)
    pas = int(time.time()) // 30
    siens.confirmer(ada, code_du_pas(base64.b32decode(siens.preparer(ada)), pas))
    LesAvis(magasin).lire(ADMIN)
    assert infocentre("comptes", "lien", ADMIN, "--entrer").code == 0
    remis = LIEN.search(infocentre("comptes", "lien", ADMIN, "--sans-facteur").texte)
    assert remis
    assert not siens.a(ada)
    comptes.choisir(remis[2], "une autre phrase entière")
    dits = [un.texte for un in LesAvis(magasin).de(ADMIN)]
    assert [dit.partition(" le ")[0] for dit in dits] == [
        "Un lien qui connecte ce compte sans mot de passe a été fait depuis la machine du service",
        "Le second facteur de ce compte a été ôté",
        "Le mot de passe de ce compte a été choisi par un lien",
    ]
    assert all("la machine du service" in dit for dit in dits)
    _, traces = audit.chercher(magasin, audit.Recherche(action=audit.Trace.COMPTE))
    faits = [une.precisions["fait"] for une in traces[::-1]]
    assert [fait for fait in faits if "depuis la machine du service" in fait] == [
        "lien pour se connecter, depuis la machine du service",
        "second facteur ôté, depuis la machine du service",
        "lien pour choisir un mot de passe, depuis la machine du service",
    ]


@pytest.mark.parametrize(
    ("arguments", "dit"),
    [
        (("inviter",), "il manque --role"),
        (("inviter", "a@x.fr", "--role", "prefet", "--nom", "A"), "au moins un département"),
        (("inviter", "a@x.fr", "--role", "guichet", "--nom", "A", "--epci", "1"), "ne se limite"),
        (("inviter", "a@x.fr", "--role", "partenaire", "--nom", "A", "--epci", "1"), "d'un EPCI"),
        (("inviter", "a@x.fr", "--role", "guichet", "--nom", "A", "--guichet", "G 1"), "un code"),
        (("fermer",), "il manque l'adresse"),
        (("fermer", "inconnu@x.fr"), "aucun compte"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], dit: str, infocentre: Commande
) -> None:
    sortie = infocentre("comptes", *arguments)
    assert (sortie.code, dit in sortie.erreur) == (1, True), sortie.erreur


def test_a_link_is_sent_when_there_is_a_mail_server(
    infocentre: Commande,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INFOCENTRE_ADRESSE", "https://infocentre.metropole.fr")
    inviter = ("comptes", "inviter", ADMIN, "--nom", "Ada", "--role", "administrateur", "--envoyer")
    sans = infocentre(*inviter)
    assert (sans.code, "aucun serveur de messagerie" in sans.erreur) == (1, True)
    recoit = Serveur()
    with ecouter(recoit) as port:
        (tmp_path / "messagerie.yml").write_text(
            f"serveur: 127.0.0.1\nport: {port}\nsecurite: aucune\nexpediteur: g@exemple.fr\n"
        )
        sortie = infocentre("comptes", "lien", ADMIN, "--envoyer")
    assert (sortie.code, LIEN.search(sortie.texte)) == (0, None)
    recu = email.message_from_bytes(recoit.contenus[0], policy=email.policy.default)
    assert recu["To"] == ADMIN
    lien = re.search(r"https://infocentre.metropole.fr/lien/([\w-]+)", recu.get_content())
    assert lien
    Comptes(ouvrir_magasin(tmp_path)).choisir(lien[1], "trois mots et un chat")


def test_the_demonstration_has_an_account_a_role(tmp_path: Path) -> None:
    magasin = ouvrir_magasin(tmp_path)
    prets = preparer(magasin, ["013"])
    comptes = Comptes(magasin)
    assert len({un.mot_de_passe for un in prets}) == len(Role)
    lus = {}
    for un in prets:
        compte = comptes.verifier(un.identifiant, un.mot_de_passe)
        assert compte is not None
        lus[str(compte.role)] = compte.perimetre
    assert lus.keys() == set(map(str, Role))
    assert lus["prefet"].departements == lus["analyste"].departements == frozenset({"013"})
    assert not lus["partenaire"].nominatif
    dites = dire(prets)
    assert all(un.identifiant in dites and un.mot_de_passe in dites for un in prets)
    encore = preparer(magasin, ["013"])
    assert encore == [], "once"
    assert "existent déjà" in dire(encore)
    assert "infocentre comptes lien" in dire(encore)
    assert entree_du_gestionnaire(magasin)
