"""Accounts, their links and their sessions, in each base."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.acces import mots_de_passe
from infocentre.acces.appareils import Appareils
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.freins import Frein, Freins, d_une_entree
from infocentre.acces.jetons import FOURNISSEUR, MOT_DE_PASSE, empreinte
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import Perimetre
from infocentre.acces.sessions import Sessions, Visite, minutes
from infocentre.decisions import Magasin
from infocentre.decisions.schema import comptes as table
from infocentre.decisions.schema import jetons, sessions
from infocentre.noyau.erreurs import Refus
from tests.acces.conftest import Horloge

MOT = "trois mots et un chat"
DES_BOUCHES = Perimetre(departements=frozenset({"013"}))
ALICE = Fiche("alice@metropole.fr", "Alice Martin", Role.GESTIONNAIRE, DES_BOUCHES)
ADMIN = Fiche("admin@metropole.fr", "Ada Min", Role.ADMINISTRATEUR, Perimetre(frozenset()))


def _inviter(comptes: Comptes) -> str:
    """Invite an administrator, without whom there is no account, then Alice; return her link."""
    comptes.inviter(ADMIN)
    return comptes.inviter(ALICE)


def test_an_account_lives_from_invitation_to_closing(url: str, horloge: Horloge) -> None:
    magasin = Magasin(url)
    comptes, ouvertes = Comptes(magasin, horloge), Sessions(magasin, horloge)
    assert comptes.aucun()
    lien = _inviter(comptes)
    assert comptes.verifier(ALICE.identifiant, MOT) is None
    assert comptes.choisir(lien, MOT).identifiant == ALICE.identifiant
    with pytest.raises(Refus, match="déjà servi"):
        comptes.choisir(lien, "une autre phrase entière")

    assert comptes.verifier("alice\0@x\ud800", "mot\0" * 400) is None
    alice = comptes.verifier(" Alice@METROPOLE.fr", MOT)
    assert alice is not None
    assert (alice.acces.role, alice.acces.perimetre) == (Role.GESTIONNAIRE, DES_BOUCHES)
    secret = ouvertes.ouvrir(alice, Visite("mot de passe", "192.0.2.7", "Firefox"))
    lue = ouvertes.lire(secret)
    assert lue is not None
    assert (lue.compte, lue.visite.adresse) == (alice, "192.0.2.7")

    autre = comptes.lien(ALICE.identifiant)
    comptes.fermer(ALICE.identifiant)
    assert ouvertes.lire(secret) is None
    tardive = ouvertes.ouvrir(alice, Visite("lien"))
    assert ouvertes.lire(tardive) is None, "opened while the account was being closed"
    assert comptes.verifier(ALICE.identifiant, MOT) is None
    with pytest.raises(Refus, match="déjà servi"):
        comptes.choisir(autre, "une autre phrase entière")
    with pytest.raises(Refus, match="est fermé"):
        comptes.lien(ALICE.identifiant)

    comptes.rouvrir(ALICE.identifiant)
    comptes.choisir(comptes.lien(ALICE.identifiant), "une autre phrase entière")
    assert ouvertes.lire(secret) is None
    assert comptes.verifier(ALICE.identifiant, MOT) is None
    assert comptes.verifier(ALICE.identifiant, "une autre phrase entière")
    assert [un.nom for un in comptes.lister()] == ["Ada Min", "Alice Martin"]


def test_sessions_end_by_rest_by_age_and_together(url: str, horloge: Horloge) -> None:
    magasin = Magasin(url)
    comptes, ouvertes = Comptes(magasin, horloge), Sessions(magasin, horloge)
    _inviter(comptes)
    alice = comptes.lire(ALICE.identifiant)
    reposee = ouvertes.ouvrir(alice, Visite("lien"))
    horloge.avancer(minutes=119)
    assert ouvertes.lire(reposee, active=False)
    horloge.avancer(minutes=2)
    assert ouvertes.lire(reposee) is None, "a page that asks for news is no use of it"

    tenue = ouvertes.ouvrir(alice, Visite("lien"))
    for _ in range(7):
        horloge.avancer(minutes=100)
        assert ouvertes.lire(tenue)
    horloge.avancer(minutes=21)
    assert ouvertes.lire(tenue) is None, "12 hours, used or not"

    secrets = [ouvertes.ouvrir(alice, Visite("lien", navigateur=str(rang))) for rang in range(3)]
    ouvertes.fermer(secrets[0])
    assert sorted(une.visite.navigateur for une in ouvertes.de(alice)) == ["1", "2"]
    assert ouvertes.fermer_toutes(alice) == 2
    assert not any(map(ouvertes.lire, secrets))


def test_a_reading_writes_at_most_once_a_minute(magasin: Magasin, horloge: Horloge) -> None:
    comptes, ouvertes = Comptes(magasin, horloge), Sessions(magasin, horloge)
    _inviter(comptes)
    secret = ouvertes.ouvrir(comptes.lire(ALICE.identifiant), Visite("lien"))
    ecrites = 0

    def compter(*appel: object) -> None:
        nonlocal ecrites
        ecrites += str(appel[2]).startswith("UPDATE")

    sa.event.listen(magasin._moteur, "before_cursor_execute", compter)
    for _ in range(12):
        horloge.avancer(seconds=10)
        assert ouvertes.lire(secret)
    assert ecrites == 1


def test_a_page_that_asks_for_news_reads_nothing_while_nothing_is_written(
    tmp_path: Path, horloge: Horloge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And sees at once that its session was ended, by somebody or by time."""
    monkeypatch.setattr("infocentre.decisions.magasin.SURE", -1.0)
    magasin = Magasin(f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    comptes, ouvertes = Comptes(magasin, horloge), Sessions(magasin, horloge)
    _inviter(comptes)
    alice = comptes.lire(ALICE.identifiant)
    secret, autre = (ouvertes.ouvrir(alice, Visite("lien")) for _ in range(2))
    assert ouvertes.lire(secret, active=False)
    lues: list[object] = []
    sa.event.listen(magasin._moteur, "before_cursor_execute", lambda *un: lues.append(un[2]))
    for _ in range(10):
        horloge.avancer(seconds=4)
        assert ouvertes.lire(secret, active=False)
    assert lues == []
    Sessions(Magasin(magasin.lieu), horloge).fermer(secret)  # another process
    assert ouvertes.lire(secret, active=False) is None
    assert ouvertes.lire(autre, active=False)
    horloge.avancer(minutes=121)
    assert ouvertes.lire(autre, active=False) is None


@pytest.mark.tentative(
    "temoin",
    "lire un secret dans la base",
)
def test_the_store_holds_no_secret(magasin: Magasin, horloge: Horloge) -> None:
    comptes, ouvertes = Comptes(magasin, horloge), Sessions(magasin, horloge)
    lien = _inviter(comptes)
    comptes.choisir(lien, MOT)
    secret = ouvertes.ouvrir(comptes.lire(ALICE.identifiant), Visite("lien"))
    autre = comptes.lien(ALICE.identifiant)
    with magasin.lire() as con:
        tout = str([con.execute(un.select()).all() for un in (table, sessions, jetons)])
    assert empreinte(secret) in tout
    assert "$argon2id$" in tout
    for cache in (secret, lien, autre, MOT):
        assert cache not in tout


@pytest.mark.parametrize(
    ("mot", "refus"),
    [
        ("onze lettre", "11 caractères"),
        ("Motdepasse2026!", "essayés en premier"),
        ("mot de passe 2026", "essayés en premier"),
        ("Azertyuiop123", "essayés en premier"),
        ("1q2w3e4r5t6y", "essayés en premier"),
        ("aaaaaaaaaaaaaaaa", "essayés en premier"),
        ("Alice Martin 1987", "essayés en premier"),
        ("alice@metropole.fr", "essayés en premier"),
        ("a" * 201, "plus de 200"),
    ],
)
def test_a_password_that_would_be_found_is_refused(mot: str, refus: str, magasin: Magasin) -> None:
    comptes = Comptes(magasin)
    lien = _inviter(comptes)
    with pytest.raises(Refus, match=refus):
        comptes.choisir(lien, mot)
    assert comptes.choisir(lien, MOT).identifiant == ALICE.identifiant, "it is still good"


def test_length_is_all_that_is_asked_of_a_password() -> None:
    mots_de_passe.exiger_bon("uneligneentierement", "Alice Martin")
    assert len(mots_de_passe.tirer()) == 29


def test_accents_typed_in_two_ways_are_one_password() -> None:
    assert mots_de_passe.verifier(
        mots_de_passe.hacher("cl\u00e9 sous le pot"), "cle\u0301 sous le pot"
    )


@pytest.mark.tentative(
    "duree",
    "se connecter à un compte connu, fermé, sans mot de passe, inconnu : le même calcul",
    "le premier essai après le démarrage",
    "les mêmes lectures et écritures de la base",
)
def test_an_account_that_does_not_exist_costs_the_same(
    magasin: Magasin, horloge: Horloge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an attacker times: argon2 and the store do the same, whatever the account."""
    comptes, freins = Comptes(magasin), Freins(magasin, horloge)
    appareils = Appareils(magasin)
    comptes.choisir(_inviter(comptes), MOT)
    ferme = replace(ALICE, identifiant="ferme@metropole.fr")
    comptes.choisir(comptes.inviter(ferme), MOT)
    comptes.fermer(ferme.identifiant)
    fait: list[str] = []
    vraie = mots_de_passe.HACHEUR

    class Temoin:
        def verify(self, hash_: str, mot: str) -> bool:
            fait.append(hash_.rsplit("$", 2)[0])
            return vraie.verify(hash_, mot)

        def hash(self, mot: str) -> str:
            fait.append("hash")
            return vraie.hash(mot)

    monkeypatch.setattr(mots_de_passe, "HACHEUR", Temoin())
    sa.event.listen(magasin._moteur, "before_cursor_execute", lambda *lus: fait.append(lus[2]))
    vus = []
    for identifiant in (ALICE.identifiant, ADMIN.identifiant, ferme.identifiant, "x@metropole.fr"):
        mots_de_passe._factice.cache_clear()  # each is the first after a start
        fait.clear()
        lieu = appareils.lieu(identifiant, "", "192.0.2.7")
        freins.compter(d_une_entree(identifiant, "192.0.2.7", lieu, ""))
        assert comptes.verifier(identifiant, "un mauvais mot de passe") is None
        vus.append(list(fait))
    assert [len([un for un in une if un.startswith("$argon2id")]) for une in vus] == [1] * 4
    assert vus[1:] == vus[:-1]


def test_delays_grow_and_are_shared_by_processes(url: str, horloge: Horloge) -> None:
    un, autre = Freins(Magasin(url), horloge), Freins(Magasin(url), horloge)
    siens = _ici(ALICE.identifiant, "192.0.2.7")
    for _ in range(3):
        un.compter(siens)
    attentes = []
    for _ in range(12):
        with pytest.raises(Refus, match="trop d'essais") as refus:
            autre.compter(siens)
        attentes.append(refus.value.que_faire.split(",")[0].removeprefix("Attendre "))
        horloge.avancer(seconds=2 ** len(attentes) / 2 if len(attentes) < 11 else 900)
        un.compter(siens)
    assert attentes[:6] == [
        "1 seconde", "2 secondes", "4 secondes", "8 secondes", "16 secondes", "32 secondes",
    ]  # fmt: skip
    assert attentes[-1] == "15 minutes"
    autre.compter(_ici("bruno@metropole.fr", "192.0.2.8"))

    horloge.avancer(hours=1)
    un.compter(siens)
    un.rendre(siens)
    un.compter(siens)


def _ici(identifiant: str, adresse: str) -> tuple[Frein, ...]:
    """Return what slows who comes from an address that the account was signed in to from."""
    return d_une_entree(identifiant, adresse, "adresse", "")


@pytest.mark.tentative(
    "essais",
    "tous les essais au même instant",
)
def test_attempts_made_at_once_are_all_counted(url: str, horloge: Horloge) -> None:
    freins = Freins(Magasin(url), horloge)

    def essayer(rang: int) -> bool:
        try:
            freins.compter(d_une_entree(ALICE.identifiant, f"192.0.2.{rang % 8}", "inconnu", ""))
        except Refus:
            return False
        return True

    with ThreadPoolExecutor(8) as fils:
        assert sum(fils.map(essayer, range(24))) == 10


def test_an_address_is_slowed_after_thirty_failures(magasin: Magasin, horloge: Horloge) -> None:
    freins = Freins(magasin, horloge)
    for rang in range(30):
        freins.compter(_ici(f"{rang}@metropole.fr", "192.0.2.7"))
    with pytest.raises(Refus, match="depuis cette adresse"):
        freins.compter(_ici("31@metropole.fr", "192.0.2.7"))


def test_tokens_are_good_once_in_time_and_for_their_purpose(url: str, horloge: Horloge) -> None:
    comptes = Comptes(Magasin(url), horloge)
    premier = _inviter(comptes)
    second = comptes.lien(ALICE.identifiant)
    with pytest.raises(Refus, match="déjà servi"):
        comptes.jetons.prendre(MOT_DE_PASSE, premier)
    with pytest.raises(Refus, match="déjà servi"):
        comptes.jetons.prendre(FOURNISSEUR, second)
    horloge.avancer(days=6, hours=23)
    assert comptes.jetons.lire(MOT_DE_PASSE, second).compte == ALICE.identifiant
    horloge.avancer(hours=1)
    with pytest.raises(Refus, match="a expiré"):
        comptes.jetons.prendre(MOT_DE_PASSE, second)


def test_the_last_administrator_stays(magasin: Magasin) -> None:
    comptes = Comptes(magasin)
    _inviter(comptes)
    with pytest.raises(Refus, match="aucun administrateur"):
        comptes.fermer(ADMIN.identifiant)
    with pytest.raises(Refus, match="aucun administrateur"):
        comptes.changer(Fiche(ADMIN.identifiant, "Ada Min", Role.ANALYSTE, DES_BOUCHES))
    assert comptes.lire(ADMIN.identifiant).ouvert
    change = comptes.changer(
        Fiche(ALICE.identifiant, "Alice M.", Role.ADMINISTRATEUR, ADMIN.perimetre)
    )
    assert change.role is Role.ADMINISTRATEUR
    comptes.fermer(ADMIN.identifiant)


@pytest.mark.parametrize(
    ("fiche", "refus"),
    [
        (Fiche("alice", "Alice", Role.ANALYSTE, DES_BOUCHES), "adresse électronique"),
        (Fiche("a@b.fr\nBcc: x@y.fr", "Alice", Role.ANALYSTE, DES_BOUCHES), "électronique"),
        (Fiche("a\u202e@b.fr", "Alice", Role.ANALYSTE, DES_BOUCHES), "adresse électronique"),
        (Fiche("a@b.fr", " ", Role.ANALYSTE, DES_BOUCHES), "nom de la personne"),
        (Fiche("a@b.fr", "Alice\x1b[2J", Role.ANALYSTE, DES_BOUCHES), "nom de la personne"),
        (Fiche("a@b.fr", "Alice", Role.ANALYSTE, DES_BOUCHES, "12"), "SIREN"),
    ],
)
def test_what_cannot_be_an_account_is_refused(fiche: Fiche, refus: str, magasin: Magasin) -> None:
    with pytest.raises(Refus, match=refus):
        Comptes(magasin).inviter(fiche)


def test_an_account_is_not_invited_twice(magasin: Magasin) -> None:
    _inviter(Comptes(magasin))
    with pytest.raises(Refus, match="s'appelle déjà"):
        Comptes(magasin).inviter(Fiche("ALICE@metropole.fr", "A", Role.ANALYSTE, DES_BOUCHES))
    with pytest.raises(Refus, match="aucun compte"):
        Comptes(magasin).lire("personne@metropole.fr")


def test_lengths_of_sessions_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFOCENTRE_SESSION_REPOS", "15")
    assert minutes("INFOCENTRE_SESSION_REPOS", 120).total_seconds() == 900
    monkeypatch.setenv("INFOCENTRE_SESSION_REPOS", "deux heures")
    with pytest.raises(Refus, match="minutes"):
        minutes("INFOCENTRE_SESSION_REPOS", 120)
