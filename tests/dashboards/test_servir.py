"""The server: what starts it, what it has ready, how it stops."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

import pytest

from dashboards.app import chauffer, creer_app
from dashboards.servir import ADRESSE, PREMIERES, Ecoute, demarrer
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import Perimetre
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import copie

pytestmark = pytest.mark.lent


def port_libre() -> int:
    with socket.create_server((ADRESSE, 0)) as prise:
        port: int = prise.getsockname()[1]
        return port


def test_the_demonstration_is_served_even_without_a_terminal(tmp_path: Path) -> None:
    port = port_libre()
    commande = [sys.executable, "-m", "infocentre", "demo", "--taille", "200", "--mois", "1"]
    with (
        (tmp_path / "sortie").open("w") as sortie,
        subprocess.Popen(
            [*commande, "--port", str(port)],
            env=os.environ
            | {"INFOCENTRE_DOSSIER": str(tmp_path / "donnees"), "INFOCENTRE_PROCESSUS": "1"},
            stdout=sortie,
            stderr=subprocess.STDOUT,
        ) as serveur,
    ):
        try:
            assert entrer_en_un_clic(port, tmp_path / "sortie")["version"] > 0
        finally:
            serveur.terminate()
    assert serveur.returncode == 0
    lu = (tmp_path / "sortie").read_text("utf-8")
    assert "ENR_DELAI" in lu
    comptes = r"^  (\w+)@demo\.test +(?:[a-z2-9]{5}-){4}[a-z2-9]{5} "
    assert set(re.findall(comptes, lu, re.MULTILINE)) == set(map(str, Role))
    assert lu.splitlines()[-1].startswith(f"Tableaux de bord : http://{ADRESSE}:{port}/")


def entrer_en_un_clic(port: int, sortie: Path) -> dict[str, int]:
    """Follow the link that the demonstration prints, then ask what is published."""
    navigateur = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    limite = time.monotonic() + 120
    while time.monotonic() < limite:
        trouve = re.search(r"http://\S+/lien/\S+", sortie.read_text("utf-8"))
        with contextlib.suppress(urllib.error.URLError):
            if trouve and navigateur.open(trouve[0], timeout=30).status == 200:
                with navigateur.open(f"http://{ADRESSE}:{port}/version", timeout=30) as reponse:
                    lu: dict[str, int] = json.load(reponse)
                    return lu
        time.sleep(0.3)
    pytest.fail("Le serveur ne répond pas.")


def test_what_is_damaged_keeps_nobody_from_being_served(
    entrepot_demo: Dossier, tmp_path: Path
) -> None:
    racine = copie(entrepot_demo.racine, tmp_path / "donnees")
    for suivi in (racine / "suivi").rglob("*.parquet"):
        suivi.unlink()
        suivi.write_bytes(b"PAR1")
    application = creer_app(Dossier(racine)).server
    chauffer(application, PREMIERES)
    assert application.test_client().get("/version").status_code == HTTPStatus.OK


def test_what_no_version_changes_is_read_before_the_processes_part(tmp_path: Path) -> None:
    programme = (
        "import sys\n"
        "from dashboards.servir import serveur\n"
        "serveur()\n"
        "from infocentre.affaires.procedure import procedures\n"
        "from infocentre.contrat import territoires\n"
        "from infocentre.demarches.regles import regles_de\n"
        "from infocentre.lecture.commun import catalogue\n"
        "from infocentre.mesures.tableaux import tableaux\n"
        "lues = [territoires.territoires, territoires.noms_des_epcis, catalogue, tableaux,\n"
        "        territoires.departements_des_epcis, procedures]\n"
        "print(*(lue.cache_info().currsize for lue in lues))\n"
        "print(regles_de.cache_info().currsize == len(procedures()) > 10)\n"
        # What starts threads as it is imported would not outlive the fork.
        "print(sys.modules['pandas'], 'polars' in sys.modules)\n"
    )
    milieu = os.environ | {"INFOCENTRE_DOSSIER": str(tmp_path)}
    commande = [sys.executable, "-c", programme]
    fini = subprocess.run(commande, check=True, capture_output=True, text=True, env=milieu)
    assert fini.stdout == "1 1 1 1 1 1\nTrue\nNone False\n"


@pytest.fixture
def donnees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, whose server is only asked to start."""
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path / "donnees"))
    monkeypatch.setenv("INFOCENTRE_ROOT", "oui")
    monkeypatch.setattr(os, "execv", lambda _programme, arguments: lances.append(arguments))
    lances.clear()
    return tmp_path / "donnees"


lances: list[list[str]] = []


def test_a_port_that_is_taken_is_told(donnees: Path) -> None:
    with socket.create_server((ADRESSE, 0)) as prise:
        port = prise.getsockname()[1]
        with pytest.raises(Refus, match=f"le port {port} n'est pas libre"):
            demarrer(Ecoute(port=port))
    inviter(donnees)
    with pytest.raises(Refus, match=r"ne peut pas écouter http://192\.0\.2\.7:"):
        demarrer(Ecoute("192.0.2.7", port))
    assert lances == []


def test_the_network_is_not_served_without_accounts(
    donnees: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port, prise = port_libre(), tmp_path / "web.sock"
    partout, locale = Ecoute("0.0.0.0", port), Ecoute(port=port)  # noqa: S104 - it is refused
    par_socket = Ecoute(socket=prise)
    for ecoute in (partout, par_socket):
        with pytest.raises(Refus, match="personne n’a encore de compte"):
            demarrer(ecoute)
    demarrer(locale)
    monkeypatch.setenv("INFOCENTRE_HOTES", "infocentre.exemple.fr")
    with pytest.raises(Refus, match="personne n’a encore de compte"):
        demarrer(locale)
    inviter(donnees)
    for ecoute in (partout, par_socket, locale):
        demarrer(ecoute)
    assert [une[2] for une in lances] == [
        f"--bind=127.0.0.1:{port}",
        f"--bind=0.0.0.0:{port}",
        f"--bind=unix:{prise}",
        f"--bind=127.0.0.1:{port}",
    ]


@pytest.mark.usefixtures("donnees")
def test_as_many_processes_answer_as_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    locale = Ecoute(port=port_libre())
    demarrer(locale)
    for dit in ("1", "8"):
        monkeypatch.setenv("INFOCENTRE_PROCESSUS", dit)
        demarrer(locale)
    assert [un for une in lances for un in une if "workers" in un] == [
        "--workers=2",
        "--workers=1",
        "--workers=8",
    ]
    for dit in ("0", "65", "deux", "-1", "²"):
        monkeypatch.setenv("INFOCENTRE_PROCESSUS", dit)
        with pytest.raises(Refus, match=f"« {dit} » n’est pas un nombre de processus"):
            demarrer(locale)
    assert len(lances) == 3


def test_root_does_not_serve_the_network(donnees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INFOCENTRE_ROOT")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    inviter(donnees)
    with pytest.raises(Refus, match="root ne sert pas le réseau"):
        demarrer(Ecoute("0.0.0.0", port_libre()))  # noqa: S104 - it is refused
    demarrer(Ecoute(port=port_libre()))
    assert len(lances) == 1


def inviter(donnees: Path) -> None:
    """Give the installation its first administrator."""
    Comptes(ouvrir_magasin(donnees)).inviter(
        Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre())
    )


def test_no_style_asks_for_letters_that_are_not_served() -> None:
    styles = Path(__file__).parents[2] / "dashboards" / "assets"
    assert [un.name for un in styles.glob("*.css") if "italic" in un.read_text("utf-8")] == []
