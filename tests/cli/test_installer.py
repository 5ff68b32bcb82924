"""What a server needs is written as systemd reads it, and replaces nothing unasked."""

from __future__ import annotations

import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infocentre.cli import main
from infocentre.installation import FICHIERS, SYSTEMD, Reglages, ecrire, ferme
from infocentre.noyau.erreurs import Refus

NOM = "infocentre.exemple.fr"
BASE = "postgresql+psycopg://infocentre@/infocentre?host=%2Fvar%2Frun%2Fpostgresql"


@pytest.fixture
def ailleurs() -> Iterator[Path]:
    """Return a directory that is not under /dev: systemd has no service work there."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as dossier:
        yield Path(dossier)


def test_systemd_takes_the_units_and_finds_them_closed(ailleurs: Path) -> None:
    programme = shutil.which("systemd-analyze")
    if programme is None:
        pytest.skip("systemd is not installed")
    reglages = Reglages(nom=NOM, decisions=BASE, donnees=str(ailleurs), sauvegardes=str(ailleurs))
    ecrits = [str(un) for un in ecrire(reglages, ailleurs / "ici") if SYSTEMD in str(un)]
    assert len(ecrits) == 7
    verifie = subprocess.run(
        [programme, "verify", *ecrits], capture_output=True, text=True, check=False
    )
    assert (verifie.returncode, verifie.stderr) == (0, "")
    services = [un for un in ecrits if un.endswith(".service")]
    ferme = [programme, "security", "--offline=true", "--threshold=20", "--no-pager", *services]
    assert subprocess.run(ferme, capture_output=True, check=False).returncode == 0


def test_a_python_that_the_service_cannot_run_is_told(
    ailleurs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ailleurs.chmod(0o755)
    python = ailleurs / "a-root" / "python3"
    python.parent.mkdir(0o700)
    python.touch(0o755)
    lien = ailleurs / "python"
    lien.symlink_to(python)
    monkeypatch.setattr("sys.executable", str(lien))
    assert main(["installer", "--nom", NOM, "--prefixe", str(ailleurs / "ici")]) == 0
    assert f"{python.parent} ne lui est pas ouvert" in capsys.readouterr().out
    python.parent.chmod(0o711)
    assert ferme(lien) is None


def test_the_command_writes_all_and_says_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demande = ["installer", "--nom", NOM, "--decisions", BASE, "--prefixe", str(tmp_path)]
    assert main(demande) == 0
    dit = capsys.readouterr().out
    for chemin, (_, droits) in FICHIERS.items():
        assert stat.S_IMODE((tmp_path / chemin).stat().st_mode) == droits, chemin
        assert str(tmp_path / chemin) in dit
    assert stat.S_IMODE((tmp_path / "etc" / "nginx").stat().st_mode) == 0o755
    reglages = (tmp_path / "etc" / "infocentre.env").read_text()
    assert f'INFOCENTRE_DECISIONS="{BASE}"' in reglages
    assert f'INFOCENTRE_ADRESSE="https://{NOM}"' in reglages
    assert main(demande) == 0  # nothing to write
    assert "0 fichier écrit" in capsys.readouterr().out


def test_a_file_that_says_something_else_is_kept_unless_it_is_to_be_replaced(
    tmp_path: Path,
) -> None:
    ecrire(Reglages(nom=NOM), tmp_path)
    change = tmp_path / "etc" / "infocentre.env"
    change.write_text("INFOCENTRE_DOSSIER=/ailleurs\n")
    autre = Reglages(nom="autre.exemple.fr")
    avant = (tmp_path / "etc/nginx/sites-available/infocentre").read_text()
    with pytest.raises(Refus, match="dit autre chose"):
        ecrire(autre, tmp_path)
    assert (tmp_path / "etc/nginx/sites-available/infocentre").read_text() == avant
    assert change in ecrire(autre, tmp_path, remplacer=True)
    assert "autre.exemple.fr" in change.read_text()


@pytest.mark.parametrize(
    "reglages",
    [
        Reglages(nom="infocentre"),
        Reglages(nom="infocentre.fr;"),
        Reglages(nom="a.fr\nevil"),
        Reglages(nom=NOM, decisions='sqlite:///x"; rm'),
        Reglages(nom=NOM, donnees="/var/lib/$(id)"),
        Reglages(nom=NOM, certificat="/etc/un nom.pem"),
    ],
)
def test_what_could_be_read_as_something_else_is_refused(reglages: Reglages) -> None:
    with pytest.raises(Refus):
        reglages.textes()


@pytest.mark.parametrize(
    ("reglage", "dit"),
    [
        ({"memoire": "beaucoup"}, "« beaucoup » n’est pas une taille"),
        ({"memoire": "0"}, "« 0 » n’est pas une taille"),
        ({"donnees": "donnees"}, "« donnees » n’est pas un chemin complet"),
        ({"certificat": "../c.pem"}, "« ../c.pem » n’est pas un chemin complet"),
        ({"decisions": "mysql://x"}, "« mysql://x » n’est pas l’adresse d’une base PostgreSQL"),
    ],
)
def test_what_systemd_would_leave_aside_in_silence_is_refused(
    reglage: dict[str, str], dit: str
) -> None:
    with pytest.raises(Refus) as refus:
        Reglages(nom=NOM, **reglage).textes()
    assert refus.value.quoi == dit


@pytest.mark.parametrize("bon", [{"memoire": "4G"}, {"memoire": "60%"}, {"decisions": ""}])
def test_what_systemd_reads_is_written(bon: dict[str, str]) -> None:
    assert Reglages(nom=NOM, **bon).textes()


def test_a_percent_of_an_url_is_not_a_specifier_of_systemd() -> None:
    textes = Reglages(nom=NOM, donnees="/srv/a%20b", decisions=BASE).textes()
    assert "WorkingDirectory=/srv/a%%20b\n" in textes[f"{SYSTEMD}/infocentre.service"]
    assert 'DOSSIER="/srv/a%20b"' in textes["etc/infocentre.env"]
