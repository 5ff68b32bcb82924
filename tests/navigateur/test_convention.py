"""What the convention asks, pressed: minutes filled in and sent, a charter sent to be signed."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document
from playwright.sync_api import expect

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.decisions import ouvrir_magasin, schema
from infocentre.demarches.face import Face
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.temps import jour
from infocentre.procedures.chartes import demonstration as chartes
from infocentre.procedures.reunions.regles import CODE, LISTES
from tests.demarches.test_envoi import Serveur, ecouter
from tests.donnees.atelier import copie
from tests.navigateur.conftest import BUREAU, LONG, Arriver, Onglet, servir
from tests.navigateur.test_mesures import Main
from tests.navigateur.test_pages import verifier

pytestmark = pytest.mark.lent


@pytest.fixture
def racine(entrepot_demo: Dossier, tmp_path: Path) -> Path:
    """Return a demonstration of which a comité is held, and a charter in force."""
    ou = copie(entrepot_demo.racine, tmp_path / "donnees")
    with ouvrir_pour(Dossier(ou), TOUT) as v:
        registre = Affaires(ouvrir_magasin(ou), Acteur("Léa"))
        membres = [{"qualite": "Directrice", "organisme": "DDETS", "courriel": "d@exemple.fr"}]
        dite = {"source": "Préfecture", "revue_le": registre.aujourdhui.isoformat()}
        registre.ouvrir(procedures()[LISTES], "013", "copil", "liste", dite | {"inscrits": membres})
        face = Face(v, registre, procedures()[CODE])
        dits = {"heure": "14:00", "lieu": "Préfecture", "presidence": "le préfet"}
        une = face.ouvrir("013", "copil", dits | {"le_jour": jour(registre.aujourdhui)})
        face.agir(une, "tenir", {})
        chartes.planter(v, ouvrir_magasin(ou), "013")
    return ou


@pytest.fixture
def site(racine: Path) -> Iterator[str]:
    with servir(Dossier(racine)) as adresse:
        yield adresse


def test_minutes_are_filled_in_read_validated_taken_away_and_said_to_be_sent(
    arriver: Arriver, racine: Path, site: str, tmp_path: Path
) -> None:
    onglet = Onglet(arriver().new_page(), site)
    page, contenu, main_ = onglet.page, onglet.page.locator("main"), Main(onglet)
    page.set_default_timeout(LONG)
    onglet.aller("/affaires/reunions")
    contenu.get_by_role("link", name="Comité de pilotage").first.click()
    expect(contenu).to_contain_text("La réunion a eu lieu.", timeout=LONG)
    verifier(onglet)
    page.set_viewport_size(BUREAU)
    with page.expect_download(timeout=LONG) as prise:
        main_.lien("Compte rendu à remplir (.docx)")
    rempli = _remplir(Path(prise.value.path()), tmp_path / "rempli.docx")
    page.set_input_files("input[type=file]", rempli)
    expect(contenu).to_contain_text("Le compte rendu est lu, avec ses décisions.", timeout=LONG)
    main_.bouton("Valider le compte rendu")
    expect(contenu).to_contain_text("Le compte rendu est validé", timeout=LONG)
    onglet.aller("/envois")
    with page.expect_download(timeout=LONG) as prise:
        main_.cliquer(contenu.locator("a[href*='messages.zip']"))
    (courriel,) = _messages(Path(prise.value.path()), "compte rendu")
    main_.bouton("Je les ai envoyés")
    main_.lire("Aucun message n’attend d’être envoyé")
    assert onglet.erreurs == []

    (une,) = Affaires(ouvrir_magasin(racine), Acteur("Léa")).lister("013", procedure=CODE)
    assert une.titre_etat == "Compte rendu envoyé"
    (piece,) = courriel.iter_attachments()
    parti = une.situation.evenements[-1]
    assert parti.dit("fichiers") == [
        {"nom": piece.get_filename(), "sha256": hashlib.sha256(piece.get_content()).hexdigest()}
    ]


def _remplir(vide: Path, rempli: Path) -> Path:
    document = Document(str(vide))
    presents, decisions = document.tables
    presents.rows[1].cells[2].text = "oui"
    for cellule, dit in zip(
        decisions.rows[1].cells, ("Écrire", "DDETS", "31/12/2030"), strict=True
    ):
        cellule.text = dit
    document.save(str(rempli))
    return rempli


def _messages(archive: Path, objet: str) -> list[EmailMessage]:
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as ouverte:
        lus = [
            email.message_from_bytes(ouverte.read(nom), policy=email.policy.default)
            for nom in ouverte.namelist()
        ]
    return [un for un in lus if objet in str(un["Subject"])]


def test_a_charter_leaves_by_mail_to_be_signed(arriver: Arriver, racine: Path, site: str) -> None:
    """By a server of mails: the first organisme of which the adhesion is to be signed."""
    recoit = Serveur()
    with ecouter(recoit) as port:
        (racine / "messagerie.yml").write_text(
            f"serveur: 127.0.0.1\nport: {port}\nsecurite: aucune\nexpediteur: g@exemple.fr\n",
            "utf-8",
        )
        onglet = Onglet(arriver().new_page(), site)
        contenu, main_ = onglet.page.locator("main"), Main(onglet)
        onglet.page.set_default_timeout(LONG)
        onglet.aller("/affaires/adhesions")
        verifier(onglet)
        onglet.page.set_viewport_size(BUREAU)
        rangee = onglet.page.get_by_role("row").filter(has_text="À signer")
        rangee.get_by_role("link").first.click()
        expect(contenu).to_contain_text("La charte est à signer par l’organisme.", timeout=LONG)
        onglet.aller("/envois")
        main_.bouton("Envoyer le message")
        main_.bouton("Confirmer l’envoi")
        main_.lire("1 message à partir")
        with ouvrir_magasin(racine).ecrire() as con:  # its 30 seconds are over
            con.execute(sa.update(schema.envois).values(part_le=schema.envois.c.demande_le))
        main_.lire("1 message parti")
        assert onglet.erreurs == []
    ((_, vers),) = recoit.recus
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"))
    envoyees = [un for un in registre.lister("013", procedure="adhesions")
                if un.situation.dite("destinataire") == ", ".join(vers)]  # fmt: skip
    assert [un.titre_etat for un in envoyees] == ["Envoyée"]
    (fichier,) = envoyees[0].situation.dite("fichiers")
    assert fichier["nom"].startswith("ou-vous-en-etes")
