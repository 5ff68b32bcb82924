"""Six messages read and sent in a few clicks: by a server of mails, or taken away at once."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin, schema
from infocentre.entrepot import Dossier
from tests.demarches.test_envoi import Serveur, ecouter
from tests.navigateur.conftest import BUREAU, LONG, Onglet, Ouvrir, servir
from tests.navigateur.propositions import six_propositions
from tests.navigateur.test_mesures import Main
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent


@pytest.fixture(scope="module")
def donnees(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demonstration before its last delivery, in which six organismes are proposed."""
    return six_propositions(entrepot_demo, tmp_path_factory.mktemp("envois") / "donnees")


@pytest.fixture(scope="module")
def site(donnees: Path) -> Iterator[str]:
    with servir(Dossier(donnees)) as adresse:
        yield adresse


class Envoyeur(NamedTuple):
    """The application with a server of mails: its address, its data, what was received."""

    site: str
    racine: Path
    boite: Serveur


@pytest.fixture(scope="module")
def envoyeur(donnees: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Envoyeur]:
    """Serve a copy of these data, whose messages leave."""
    racine = tmp_path_factory.mktemp("envoyeur") / "donnees"
    shutil.copytree(donnees, racine, symlinks=True)
    boite = Serveur()
    with ecouter(boite) as port, servir(Dossier(racine)) as site:
        (racine / "messagerie.yml").write_text(
            f"serveur: 127.0.0.1\nport: {port}\nsecurite: aucune\nexpediteur: g@exemple.fr\n",
            "utf-8",
        )
        yield Envoyeur(site, racine, boite)


def test_six_messages_are_read_and_sent_from_the_accueil(
    ouvrir: Ouvrir, envoyeur: Envoyeur
) -> None:
    """By a server of mails: from what the month proposes to the receipt."""
    onglet = ouvrir(envoyeur.site)
    main_ = Main(onglet)
    onglet.aller("/")
    main_.bouton("Tout ouvrir")
    main_.lire("accepter la proposition 6")
    main_.bouton("Tout accepter")
    _cocher_puis_decocher(onglet)
    main_.lien("Relire et envoyer (6)")
    onglet.titre("Envois")
    avant = main_.clics
    _lire_au_clavier(onglet, main_)
    lus = main_.clics - avant
    main_.bouton("Envoyer les 6 messages")
    main_.bouton("Confirmer l’envoi")
    main_.lire("6 messages à partir")
    with ouvrir_magasin(envoyeur.racine).ecrire() as con:  # their 30 seconds are over
        con.execute(sa.update(schema.envois).values(part_le=schema.envois.c.demande_le))
    main_.lire("6 messages partis")
    verifier(onglet)
    assert (lus, main_.clics - lus, main_.clics) == (5, 5, 10)  # ≤ 6 unread, ≤ 12 read
    recus = envoyeur.boite.recus
    assert len({vers for _, vers in recus}) == len(recus) == 6


def _cocher_puis_decocher(onglet: Onglet) -> None:
    """Those that are ticked, and no other, are what the head of the group leads to."""
    groupe = onglet.page.locator("section.journee-message")
    expect(groupe.get_by_role("link", name="Relire et envoyer (6)")).to_be_visible(timeout=LONG)
    cases = groupe.get_by_role("checkbox")
    for rang in (1, 3):
        cases.nth(rang).check()
    vers = groupe.get_by_role("link", name="Relire et envoyer (2)").get_attribute("href")
    voulues = [cases.nth(rang).get_attribute("value") for rang in (1, 3)]
    assert vers
    assert parse_qs(urlsplit(vers).query)["affaires"] == [",".join(map(str, voulues))]
    for rang in (1, 3):
        cases.nth(rang).uncheck()


def test_six_messages_are_read_taken_away_and_said_to_be_sent(
    ouvrir: Ouvrir, site: str, donnees: Path
) -> None:
    onglet = ouvrir(site)
    main_ = Main(onglet)
    onglet.aller("/mesures")
    main_.bouton("Ouvrir les affaires")
    main_.lire("6 propositions à accepter")
    main_.bouton("Tout accepter")
    main_.lire("6 messages à envoyer")
    main_.lien("Relire et envoyer")
    onglet.titre("Envois")
    verifier(onglet)
    onglet.page.set_viewport_size(BUREAU)
    sans_lire = main_.clics
    _lire_au_clavier(onglet, main_)
    with onglet.page.expect_download(timeout=LONG) as prise:
        main_.lien("Les 6 messages (.zip)")
    lus = _messages(Path(prise.value.path()))
    main_.bouton("Je les ai envoyés")
    main_.lire("Aucun message n’attend d’être envoyé")
    assert sans_lire + 2 <= 6
    assert main_.clics <= 12
    _exiger(lus, Affaires(ouvrir_magasin(donnees), Acteur("Léa")))


def _lire_au_clavier(onglet: Onglet, main_: Main) -> None:
    """Read the five that follow: the focus stays on what leads to the next."""
    main_.bouton("Message suivant")
    main_.lire("Message 2 sur 6")
    for rang in range(3, 7):
        main_.clics += 1
        onglet.page.keyboard.press("Enter")
        main_.lire(f"Message {rang} sur 6")


def _messages(archive: Path) -> list[EmailMessage]:
    with zipfile.ZipFile(archive) as ouverte:
        return [
            email.message_from_bytes(ouverte.read(nom), policy=email.policy.default)
            for nom in ouverte.namelist()
        ]


def _exiger(lus: list[EmailMessage], registre: Affaires) -> None:
    """Each message is a draft, with its workbook; each affaire says that it was sent."""
    assert len(lus) == 6
    assert {un["X-Unsent"] for un in lus} == {"1"}
    assert len({str(un["To"]) for un in lus}) == 6
    for un in lus:
        (xlsx,) = (j for j in un.iter_attachments() if str(j.get_filename()).endswith(".xlsx"))
        livre = openpyxl.load_workbook(io.BytesIO(xlsx.get_content()))
        assert livre.sheetnames == ["Réponse", "Cas", "Référence"]
    signalees = [une for une in registre.lister("013") if une.etat == "signale"]
    assert len(signalees) == 6
    for une in signalees:
        dit = une.situation.evenements[-1].donnees
        assert dit["canal"] == "courriel"
        (sien,) = (un for un in lus if str(un["To"]) == dit["destinataire"])
        assert {un["nom"]: un["sha256"] for un in dit["fichiers"]} == {
            j.get_filename(): hashlib.sha256(j.get_content()).hexdigest()
            for j in sien.iter_attachments()
        }
