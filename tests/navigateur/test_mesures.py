"""Corrective measures in the browser: from what a month proposes to the verdict of the next."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.etats import Etat
from infocentre.procedures.mesures_correctives.proposer import proposer
from tests.demarches.test_envoi import Serveur, ecouter
from tests.demarches.test_rebonds import avis_de
from tests.donnees.atelier import copie
from tests.navigateur.conftest import BUREAU, LONG, Arriver, Onglet, Ouvrir, servir
from tests.navigateur.propositions import DERNIER, six_propositions
from tests.navigateur.test_depot import en_zip
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent

FERMES = 5
BASSIN, ACCUEIL = "G1307", "Bureau d’accueil du Vieux-Bassin"  # 15 people left, their access open
MAIRIE = "Mairie de Font-Claire-en-Provence"
ADMIN, GUICHET, MOT = "ada@metropole.fr", "accueil@font-claire.fr", "trois mots et un chat"
LEA = "lea@metropole.fr"
DIT = 30_000  # milliseconds that a busy machine has to tell a call for help
CLICS = 21  # files that are chosen included


@pytest.fixture(scope="module")
def boite() -> Serveur:
    """Return what the mail server received."""
    return Serveur()


@pytest.fixture(scope="module")
def donnees(
    entrepot_demo: Dossier, boite: Serveur, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Return data in which six measures are proposed, and from which messages leave."""
    racine = six_propositions(entrepot_demo, tmp_path_factory.mktemp("mesures") / "donnees")
    with ecouter(boite) as port:
        (racine / "messagerie.yml").write_text(
            f"serveur: 127.0.0.1\nport: {port}\nsecurite: aucune\nexpediteur: g@exemple.fr\n",
            "utf-8",
        )
        yield racine


@pytest.fixture(scope="module")
def site(donnees: Path) -> Iterator[str]:
    with servir(Dossier(donnees)) as adresse:
        yield adresse


class Main:
    """The hand of a gestionnaire, who counts what they click."""

    def __init__(self, onglet: Onglet) -> None:
        self.page = onglet.page
        self.clics = 0

    def cliquer(self, quoi: Locator) -> None:
        """Click once it is there."""
        self.clics += 1
        quoi.click(timeout=LONG)

    def bouton(self, nom: str) -> None:
        """Click a button by its name."""
        self.cliquer(self.page.get_by_role("button", name=nom))

    def lien(self, nom: str) -> None:
        """Click a link by its name, the first of the page."""
        self.cliquer(self.page.locator("main").get_by_role("link", name=nom).first)

    def choisir(self, champ: str, fichier: Path) -> None:
        """Choose a file."""
        self.clics += 1
        self.page.set_input_files(champ, fichier)

    def lire(self, texte: str) -> None:
        """Wait until the page says it."""
        expect(self.page.locator("main")).to_contain_text(texte, timeout=LONG)


def test_from_what_the_month_proposes_to_the_verdict_of_the_next(
    ouvrir: Ouvrir,
    site: str,
    boite: Serveur,
    entrepot_demo: Dossier,
    tmp_path: Path,
) -> None:
    debut = time.perf_counter()
    onglet = ouvrir(site)
    main_ = Main(onglet)
    onglet.aller("/")
    main_.bouton("Tout ouvrir")
    main_.lire("3 lignes faites")
    main_.cliquer(onglet.page.locator("#menu a", has_text="Mesures"))
    onglet.titre("Mesures")
    main_.lire("6 propositions à accepter")
    verifier(onglet)
    onglet.page.set_viewport_size(BUREAU)
    main_.bouton("Tout accepter")
    main_.lire("6 messages à envoyer")
    relus = _relire(onglet, main_)
    verifier(onglet)
    onglet.page.set_viewport_size(BUREAU)
    _envoyer(main_)
    assert main_.clics - relus <= 12  # who, why, the lists and their workbooks, each message read
    recus = _messages(boite)
    assert len(boite.recus) == len(recus) == 6
    assert "Appelez-nous." in _texte(recus["g1309@exemple.fr"])

    _recevoir_un_avis(onglet, recus["g1309@exemple.fr"], tmp_path)

    onglet.aller("/mesures")
    main_.lien(ACCUEIL)
    main_.lire("Signalé, étape 1")
    main_.lire("On attend la réponse de l’organisme")
    reponse = _repondre(recus["g1307@exemple.fr"], tmp_path)
    main_.choisir("input[type=file]", reponse)
    # The page is the one of the answer, with what was refused of it: nothing is to be loaded again.
    main_.lire("Réponse reçue, en cours")
    main_.lire("Cinq accès fermés.")
    dite = onglet.page.get_by_role("status").filter(has_text="Ce qui est refusé")
    expect(dite).to_contain_text("5 réponses lues")
    expect(dite).to_contain_text("« peut-être » n’est pas l’un de")
    _livrer(entrepot_demo, onglet, main_, tmp_path)
    onglet.aller("/mesures")
    main_.lien(ACCUEIL)
    expect(dite).to_have_count(0)
    main_.lire(f"Octobre 2026 : {FERMES} corrigés, 10 encore là ; encore rouge ou à traiter")
    assert main_.clics == CLICS
    print(f"{main_.clics} clics, {time.perf_counter() - debut:.0f} secondes")  # noqa: T201 - what the journey costs, with -s


def _relire(onglet: Onglet, main_: Main) -> int:
    """Change a message as a person may: it leaves as it was written; return the clicks it cost.

    All the messages that wait are then on the screen.
    """
    avant = main_.clics
    main_.lien(MAIRIE)
    onglet.titre(MAIRIE)
    verifier(onglet)
    onglet.page.set_viewport_size(BUREAU)
    main_.lien("Relire et envoyer")
    onglet.titre("Envois")
    corps = onglet.page.locator("#envoi-lu textarea").last
    expect(corps).to_have_value(re.compile("^Bonjour,"))
    corps.fill("Bonjour,\n\nAppelez-nous.\n")
    main_.bouton("Garder ces mots")
    main_.lire("modifié")
    expect(corps).to_have_value(re.compile("Appelez-nous"))
    main_.lien("Voir tous les messages")
    main_.lire("Message 1 sur 6")
    return main_.clics - avant


def _envoyer(main_: Main) -> None:
    """Read all the messages, send them, wait until they left."""
    for rang in range(2, 7):  # the first is on the screen
        main_.bouton("Message suivant")
        main_.lire(f"Message {rang} sur 6")
    main_.bouton("Envoyer les 6 messages")
    main_.lire("6 messages partiront dans 30 secondes")
    main_.bouton("Confirmer l’envoi")
    main_.lire("Départ dans")
    main_.lire("6 messages partis")


def _messages(boite: Serveur) -> Mapping[str, EmailMessage]:
    """Return what left, by recipient."""
    lus = [email.message_from_bytes(un, policy=email.policy.default) for un in boite.contenus]
    return {str(un["To"]): un for un in lus}


def _texte(recu: EmailMessage) -> str:
    corps = recu.get_body(("plain",))
    assert corps
    return str(corps.get_content())


def _recevoir_un_avis(onglet: Onglet, parti: EmailMessage, tmp_path: Path) -> None:
    """Drop what a server sent back: the address is marked, on the page of sendings too."""
    chemin = tmp_path / "avis.eml"
    chemin.write_bytes(avis_de(str(parti["Message-ID"]), str(parti["To"])))
    onglet.page.set_input_files("input[type=file]", chemin)
    marquee = re.compile(re.escape(str(parti["To"])) + ".*refus")
    expect(onglet.page.locator("main")).to_contain_text(marquee, timeout=LONG)
    onglet.aller("/envois")
    onglet.page.get_by_text("Un message est revenu").click()
    expect(onglet.page.get_by_role("listitem").filter(has_text=marquee)).to_be_visible()


def _repondre(recu: EmailMessage, tmp_path: Path) -> Path:
    """Return the answer of the organisme: the workbook that it received, filled in, by mail."""
    (joint,) = [un for un in recu.iter_attachments() if str(un.get_filename()).endswith(".xlsx")]
    classeur = openpyxl.load_workbook(io.BytesIO(joint.get_content()))
    classeur["Réponse"]["B1"] = "d'accord"
    for rang in range(2, 2 + FERMES):
        classeur["Cas"][f"G{rang}"] = "corrigé"
        classeur["Cas"][f"H{rang}"] = dt.date(2026, 10, 20)
    classeur["Cas"][f"G{2 + FERMES}"] = "peut-être"
    tampon = io.BytesIO()
    classeur.save(tampon)
    rendu = EmailMessage()
    rendu["Subject"] = f"Re: {recu['Subject']}"
    rendu.set_content("Cinq accès fermés.\n")
    rendu.add_attachment(
        tampon.getvalue(), maintype="application", subtype="zip", filename="rendu.xlsx"
    )
    chemin = tmp_path / "reponse.eml"
    chemin.write_bytes(rendu.as_bytes())
    return chemin


def _livrer(demo: Dossier, onglet: Onglet, main_: Main, tmp_path: Path) -> None:
    """Hand over the next delivery, published at once: the first accesses are no longer in it."""
    livraison = shutil.copytree(demo.racine.with_name("livraisons") / DERNIER, tmp_path / DERNIER)
    lignes = [un.split(b";") for un in (livraison / "utilisateurs.csv").read_bytes().split(b"\n")]
    siens = sorted(
        (un for un in lignes if un[0] == BASSIN.encode() and un[2] != b"NA" and un[3] == b"NA"),
        key=lambda un: un[-1],
    )
    for ligne in siens[:FERMES]:
        ligne[3] = b"20/10/2026"
    (livraison / "utilisateurs.csv").write_bytes(b"\n".join(map(b";".join, lignes)))
    manifeste = json.loads((livraison / "manifeste.json").read_text("utf-8"))
    for annonce in manifeste["fichiers"]:
        annonce.pop("sha256", None)
    (livraison / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    main_.cliquer(onglet.page.locator("#menu a", has_text="Livraisons"))
    onglet.titre("Livraisons")
    main_.lien("Déposer une livraison")
    main_.choisir("#depot-fichier", en_zip(livraison, tmp_path / "octobre.zip"))
    expect(onglet.page.locator(".travail-fait").first).to_contain_text("Chargée", timeout=LONG)
    main_.bouton("Contrôler et publier")
    expect(onglet.page.locator(".travail").first).to_contain_text("1 mois publié", timeout=LONG)


def test_a_guichet_signs_in_from_its_message_and_answers(
    arriver: Arriver, entrepot_demo: Dossier, tmp_path: Path
) -> None:
    """The link of the message, the sign-in, its cases, an answer; no affaire of another."""
    racine = copie(entrepot_demo.racine, tmp_path / "donnees")
    magasin = ouvrir_magasin(racine)
    mienne, autre = _signaler(racine, Affaires(magasin, Acteur("Léa")))
    _inviter(Comptes(magasin))
    with servir(Dossier(racine)) as site:
        onglet, chez_lea = (Onglet(arriver().new_page(), site) for _ in range(2))
        page = onglet.page
        page.goto(f"{site}/mesures?affaire={mienne}")
        _entrer(page, GUICHET)
        onglet.titre(MAIRIE)
        expect(page).to_have_url(f"{site}/mesures?affaire={mienne}")
        _repondre_pour_tous(onglet)
        _appeler_a_l_aide(onglet, chez_lea)
        _lire_la_grille(onglet, racine)
        onglet.aller("/")  # nothing of the queue of others is called for
        onglet.aller(f"/mesures?affaire={autre}")
        expect(page.locator("main")).to_contain_text("n’existe pas")
        assert ACCUEIL not in page.content()
        assert onglet.hotes == {"127.0.0.1"}
        # Before the sign-in, the page is not there.
        assert [un for un in onglet.erreurs if "401" not in un] == []
    registre = Affaires(magasin, Acteur("Léa"))
    rendue, appel = registre.lire(mienne).situation.tous("repondre")
    assert (appel.dit("choix"), appel.dit("texte")) == ("aide", "Pouvez-vous nous aider ?")
    assert (rendue.auteur, rendue.role) == (GUICHET, "guichet")
    (dit,) = registre.constats(registre.lire(mienne).constats)
    assert [un["sort"] for un in rendue.donnees["unites"]].count("conteste") == 1
    assert len(rendue.donnees["unites"]) == len(dit.unites)


def _lire_la_grille(onglet: Onglet, racine: Path) -> None:
    """What is hidden of the département is « s », beside its state; the rest is its true rate."""
    onglet.aller("/suivi")
    cases = onglet.page.locator(".ag-floating-top .ag-cell:has(.case)")
    expect(cases.first).to_be_visible()
    lues = {un.get_attribute("col-id"): un.locator("b").inner_text() for un in cases.all()}
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        vraies = v.tuples(
            "SELECT code, etat, n_etat, d_etat FROM valeurs WHERE niveau = 'departement' "
            "AND mois = (SELECT max(mois) FROM valeurs)"
        )
    dites = {
        code: (f"{Etat(etat).signe}s", f"{Etat(etat).signe}{n / d:.1%}".replace(".", ","))
        for code, etat, n, d in vraies
    }
    rangs = Counter(dites[str(code)].index(re.sub(r"\s", "", un)) for code, un in lues.items())
    assert min(rangs[0], rangs[1]) > 0


def _entrer(page: Page, qui: str) -> None:
    page.get_by_label("Adresse électronique").fill(qui)
    page.get_by_label("Mot de passe").fill(MOT)
    page.get_by_role("button", name="Se connecter").click()


def _appeler_a_l_aide(guichet: Onglet, lea: Onglet) -> None:
    """Ask for help: who conducts is told on the page that they read, then on their first screen."""
    lea.page.goto(f"{lea.site}/connexion")
    _entrer(lea.page, LEA)
    expect(lea.page.get_by_role("region", name="Réponses à lire")).to_be_visible()
    lea.aller("/indicateurs")
    signe = lea.page.get_by_role("link", name="1 nouvelle")
    expect(signe).to_have_count(0)
    guichet.page.get_by_label("Votre réponse").select_option("aide")
    guichet.page.get_by_label("Vos observations").fill("Pouvez-vous nous aider ?")
    guichet.page.get_by_role("button", name="Envoyer la réponse").click()
    expect(guichet.page.get_by_role("main")).to_contain_text("besoin d’aide")
    expect(signe).to_be_visible(timeout=DIT)
    signe.click()
    aide = lea.page.get_by_role("region", name="Aide demandée")
    expect(aide).to_contain_text("Pouvez-vous nous aider ?")
    lea.exiger_propre()


def _repondre_pour_tous(onglet: Onglet) -> None:
    """One answer for all the cases, one of them apart; then all of it is read again."""
    page = onglet.page
    contenu = page.locator("main")
    expect(contenu).to_contain_text("Réponse attendue le")  # until when, and the message
    expect(contenu.locator(".lettre")).to_contain_text("Ce que nous vous demandons d’ici au")
    expect(page.get_by_label("Corrigé le")).to_have_count(0)  # past facts
    cas = page.locator("fieldset").filter(has=page.get_by_label("Ce cas est")).first
    expect(cas).to_be_hidden()  # one answer is of all of them
    page.get_by_label("Votre réponse").select_option("déjà engagé")
    page.get_by_label("Plan d’action").fill("Former l'accueil ; la cheffe ; 15/12/2026")
    page.get_by_label(re.compile("^Tous les cas")).select_option("justifié")
    page.get_by_label("Justifiés ou contestés parce que").fill("Décision du bailleur.")
    page.get_by_text("Répondre cas par cas").click()
    cas.get_by_label("Ce cas est").select_option("contesté")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_role("alert")).to_contain_text("un commentaire est attendu")
    cas.get_by_label("Justifié ou contesté parce que").fill("Pas notre guichet.")
    verifier(onglet)
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(contenu).to_contain_text("Réponse reçue, en cours", timeout=LONG)
    # What was answered is read again, by its guichet too.
    expect(contenu).to_contain_text("elle se complète ici")
    expect(contenu).to_contain_text("cas : ")
    expect(contenu).to_contain_text("Former l’accueil (pour le 15/12/2026)")
    page.get_by_text("Répondu, cas par cas").click()
    lues = page.get_by_role("row").filter(has_text="Décision du bailleur.")
    expect(page.get_by_role("row").filter(has_text="Pas notre guichet.")).to_have_count(1)
    expect(lues.first).to_be_visible()
    page.get_by_text("Répondre cas par cas").click()
    expect(cas.get_by_label("Ce cas est")).to_have_value("conteste")


def _signaler(racine: Path, registre: Affaires) -> tuple[str, str]:
    """Tell what August proposes; return the affaire of the mairie, then the other."""
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        ouvertes = proposer(v, registre, "013", "2026-08")
    for une in ouvertes:
        registre.agir(une.id, "accepter")
        dits = {"objet": "À examiner", "corps": "Ce que nous vous demandons d’ici au 12."}
        registre.agir(une.id, "signaler", {"canal": "courriel", **dits})
    par_guichet = {registre.constats(une.constats)[0].guichet: une.id for une in ouvertes}
    return par_guichet["G1309"], par_guichet[BASSIN]


def _inviter(comptes: Comptes) -> None:
    for fiche in (
        Fiche(ADMIN, "Ada Min", Role.ADMINISTRATEUR, perimetre_du_role(Role.ADMINISTRATEUR, {})),
        Fiche(GUICHET, "Accueil", Role.GUICHET,
              perimetre_du_role(Role.GUICHET, {"guichets": ["G1309"]})),
        Fiche(LEA, "Léa", Role.GESTIONNAIRE,
              perimetre_du_role(Role.GESTIONNAIRE, {"departements": ["013"]})),
    ):  # fmt: skip
        comptes.choisir(comptes.inviter(fiche), MOT)
