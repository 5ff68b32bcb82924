"""How mails leave, set without writing a file: one reader, a password that nothing shows."""

from __future__ import annotations

import email
import stat
from pathlib import Path

import pytest

from infocentre.cli import main
from infocentre.demarches import reglages_messagerie as reglages
from infocentre.demarches.envoi import FICHIER, SECRET, lire_messagerie
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.service import lire_service
from tests.demarches.test_envoi import Serveur, ecouter

MOT = "un mot de passe: # très long"
DITS = {"serveur": "smtp.exemple.fr", "expediteur": "suivi@exemple.fr", "utilisateur": "suivi"}


def test_what_is_set_is_read_by_whoever_sends(tmp_path: Path) -> None:
    reglages.regler_messagerie(tmp_path, {**DITS, "port": "465", "securite": "tls"}, MOT)
    lue = lire_messagerie(tmp_path)
    assert (lue.serveur, lue.port, lue.securite) == ("smtp.exemple.fr", 465, "tls")
    assert lue.mot_de_passe == MOT
    assert stat.S_IMODE((tmp_path / SECRET).stat().st_mode) == 0o600


def test_the_password_is_in_no_text_that_is_shown_or_written(tmp_path: Path) -> None:
    reglages.regler_messagerie(tmp_path, DITS, MOT)
    lue = lire_messagerie(tmp_path)
    dits = (repr(lue), str(lue.model_dump()), (tmp_path / FICHIER).read_text("utf-8"))
    assert not [dit for dit in dits if MOT in dit]
    assert reglages.messagerie_connue(tmp_path) == {
        **DITS, "port": "587", "securite": "starttls", "secondes": "30"
    }  # fmt: skip


def test_an_empty_password_keeps_the_one_there_is_but_for_another_server(tmp_path: Path) -> None:
    reglages.regler_messagerie(tmp_path, DITS, MOT)
    reglages.regler_messagerie(tmp_path, {**DITS, "expediteur": "autre@exemple.fr"})
    assert lire_messagerie(tmp_path).mot_de_passe == MOT
    reglages.regler_messagerie(tmp_path, {**DITS, "serveur": "smtp.ailleurs.fr"})
    assert lire_messagerie(tmp_path).mot_de_passe == ""
    assert not (tmp_path / SECRET).exists()


def test_a_file_written_by_hand_stays_valid_with_its_comments(tmp_path: Path) -> None:
    (tmp_path / FICHIER).write_text(
        "# le relais de la DSI\nserveur: relais.fr\nexpediteur: a@b.fr\n", "utf-8"
    )
    assert lire_messagerie(tmp_path).serveur == "relais.fr"
    reglages.regler_messagerie(tmp_path, {**reglages.messagerie_connue(tmp_path), "port": "25"})
    assert (tmp_path / FICHIER).read_text("utf-8").startswith("# le relais de la DSI\n")
    assert lire_messagerie(tmp_path).port == 25


@pytest.mark.parametrize(
    ("dits", "mot", "dit"),
    [
        ({"serveur": ""}, "", "champ « serveur » : il manque"),
        ({"port": "70000"}, "", "champ « port » : 70000 est hors des bornes"),
        ({"port": "vingt"}, "", "champ « port » : un nombre entier est attendu"),
        ({"securite": "ssl"}, "", "champ « securite » : « ssl » n'est pas l'un de"),
        ({"expediteur": "pas une adresse"}, "", "n'est pas une adresse électronique"),
        ({"expediteur": "a@b.fr\nBcc: c@d.fr"}, "", "n'est pas une adresse électronique"),
        ({"securite": "aucune"}, "mot", "un mot de passe ne part pas sans chiffrement"),
        ({}, "x" * 2_000, "ce mot de passe n'en est pas un"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(
    tmp_path: Path, dits: dict[str, str], mot: str, dit: str
) -> None:
    reglages.regler_messagerie(tmp_path, DITS, MOT)
    avant = {un.name: un.read_bytes() for un in tmp_path.iterdir()}
    with pytest.raises(Refus, match=dit):
        reglages.regler_messagerie(tmp_path, DITS | dits, mot)
    assert {un.name: un.read_bytes() for un in tmp_path.iterdir()} == avant


def test_a_try_leaves_as_the_messages_will_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    recoit = Serveur()
    recoit.refuses.add("personne@exemple.fr")
    with ecouter(recoit) as port:
        regler = ["messagerie", "regler", "--serveur", "127.0.0.1", "--port", str(port)]
        assert main([*regler, "--securite", "aucune", "--expediteur", "suivi@exemple.fr"]) == 0
        assert main(["messagerie", "signer", "--auteur", "Léa Roux", "--contact", "04 00"]) == 0
        assert main(["messagerie", "essayer", "--vers", "lea@exemple.fr"]) == 0
        assert main(["messagerie", "essayer", "--vers", "personne@exemple.fr"]) == 1
    assert lire_service(tmp_path).auteur == "Léa Roux"
    (contenu,) = recoit.contenus
    recu = email.message_from_bytes(contenu)
    assert recu["From"] == "suivi@exemple.fr"
    assert "Léa Roux" in recu.get_payload(decode=True).decode()  # type: ignore[union-attr]
    dit = capsys.readouterr()
    assert "Essai parti à lea@exemple.fr" in dit.out
    assert "550 boîte inconnue" in dit.err


def test_a_name_given_empty_is_asked_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    regler = ["messagerie", "regler", "--serveur", "s.fr", "--expediteur", "g@s.fr"]
    assert main([*regler, "--utilisateur", "moi"]) == 0
    assert "utilisateur : moi" in capsys.readouterr().out
    assert main(["messagerie", "regler", "--utilisateur", ""]) == 0
    assert "utilisateur" not in capsys.readouterr().out
    assert lire_messagerie(tmp_path).serveur == "s.fr"


def test_a_backup_has_the_settings_and_not_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    racine = tmp_path / "donnees"
    racine.mkdir()
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    reglages.regler_messagerie(racine, DITS, MOT)
    assert main(["sauvegarder", str(tmp_path / "sauvegardes")]) == 0, capsys.readouterr().err
    gardes = {un.name for un in (tmp_path / "sauvegardes").rglob("*") if un.is_file()}
    assert FICHIER in gardes
    assert SECRET not in gardes


def test_a_signature_emptied_is_none_and_takes_words_again(tmp_path: Path) -> None:
    fichier = tmp_path / "service.yml"
    fichier.write_text("# la DDTM\nnom: DDTM 13\n")
    reglages.regler_service(tmp_path, {})
    assert "DDTM" not in lire_service(tmp_path).nom
    reglages.regler_service(tmp_path, {"nom": "DDTM 13"})
    assert lire_service(tmp_path).nom == "DDTM 13"
    assert fichier.read_text() == "# la DDTM\nnom: DDTM 13\n"


def test_a_folder_of_notices_is_one_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "avis").mkdir()
    reglages.regler_messagerie(tmp_path, {**DITS, "dossier_rebonds": "avis"})
    assert lire_messagerie(tmp_path).dossier_rebonds == "avis"
    with pytest.raises(Refus, match="avis de non-remise n'existe pas"):
        reglages.regler_messagerie(tmp_path, {**DITS, "dossier_rebonds": "/absent/Maildir"})
    assert lire_messagerie(tmp_path).dossier_rebonds == "avis"
    reglages.regler_messagerie(tmp_path, DITS)
    assert lire_messagerie(tmp_path).dossier_rebonds is None
