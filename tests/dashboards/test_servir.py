"""The server: what starts it, what it has ready, how it stops."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dashboards.servir import ADRESSE, demarrer
from infocentre.noyau.erreurs import Refus


def port_libre() -> int:
    with socket.create_server((ADRESSE, 0)) as prise:
        port: int = prise.getsockname()[1]
        return port


def test_la_demonstration_se_sert_meme_sans_terminal(tmp_path: Path) -> None:
    port = port_libre()
    commande = [sys.executable, "-m", "infocentre", "demo", "--taille", "200", "--mois", "1"]
    with (
        (tmp_path / "sortie").open("w") as sortie,
        subprocess.Popen(
            [*commande, "--port", str(port)],
            env=os.environ | {"INFOCENTRE_DOSSIER": str(tmp_path / "donnees")},
            stdout=sortie,
            stderr=subprocess.STDOUT,
        ) as serveur,
    ):
        try:
            assert attendre(f"http://{ADRESSE}:{port}/version")["version"] > 0
        finally:
            serveur.terminate()
    assert serveur.returncode == 0
    lu = (tmp_path / "sortie").read_text("utf-8")
    assert "ENR_DELAI" in lu
    assert lu.splitlines()[-1].startswith(f"Tableaux de bord : http://{ADRESSE}:{port}/")


def attendre(adresse: str) -> dict[str, int]:
    limite = time.monotonic() + 120
    while time.monotonic() < limite:
        with (
            contextlib.suppress(urllib.error.URLError),
            urllib.request.urlopen(adresse, timeout=30) as reponse,  # noqa: S310 - loopback
        ):
            lu: dict[str, int] = json.load(reponse)
            return lu
        time.sleep(0.3)
    pytest.fail("Le serveur ne répond pas.")


def test_un_port_pris_est_dit(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ADRESSE, 0)) as prise:
        port = prise.getsockname()[1]
        monkeypatch.setattr(os, "execv", pytest.fail)
        with pytest.raises(Refus, match=f"le port {port} n'est pas libre"):
            demarrer(port)
