"""The process that makes a document: bounded, its answer alone on its way, nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from infocentre.requetes import epreuve
from infocentre.restitutions import commande
from infocentre.restitutions.commande import Commande, fabriquer

pytestmark = pytest.mark.lent

SYNTHESE = Commande("synthese", "pdf", "013", perimetre=TOUT)
RACINE = Path(__file__).parents[2]


def test_a_document_printed_by_a_page_leaves_no_directory(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert fabriquer(entrepot_demo, SYNTHESE).startswith(b"%PDF")
    assert list(tmp_path.iterdir()) == []


D_UNE_PAGE = (
    "from types import SimpleNamespace\n"
    "from dashboards.servir import worker_exit\n"
    "worker_exit(None, SimpleNamespace(booted=True))\n"
)


@pytest.mark.parametrize("fin", ["", D_UNE_PAGE], ids=["commande", "serveur"])
def test_a_process_that_printed_leaves_no_directory(tmp_path: Path, fin: str) -> None:
    programme = (
        "from infocentre.restitutions import pdf\n"
        "from tests.restitutions.exemples import TOUS, document\n"
        "assert pdf.en_octets(document(*TOUS)).startswith(b'%PDF')\n"
        f"{fin}"
    )
    milieu = {**os.environ, "PYTHONPATH": str(RACINE), "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", programme], cwd=RACINE, env=milieu, check=True)
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_prints_loads_nothing_that_receives() -> None:
    """Twenty megabytes of polars, for who only reads; half a second of readers, for who prints."""
    programme = (
        "import sys\n"
        "from infocentre.restitutions import pdf\n"
        "from infocentre.restitutions.formes import imprimer\n"
        "assert not {'numpy', 'infocentre.lecture'} & sys.modules.keys()\n"
        "from infocentre.cli import restitutions\n"
        "from infocentre.restitutions import atelier, envoi, politique_attribution\n"
        "assert envoi.imprimer is imprimer\n"
        "assert not {'polars', 'pandas', 'scipy', 'great_expectations'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", programme], cwd=RACINE, check=True)


def test_a_document_is_made_without_looking_for_cycles_all_the_time() -> None:
    programme = (
        "import gc\n"
        "from infocentre.restitutions import commande\n"
        "commande._repondre = lambda _: (0, str(gc.get_threshold()).encode())\n"
        "commande.main()\n"
    )
    appel = [sys.executable, "-c", programme]
    fini = subprocess.run(appel, cwd=RACINE, input=b"{}", stdout=-1, check=True)
    assert fini.stdout == b"(100000, 10, 10)"


def test_what_a_library_prints_is_not_in_the_document(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import infocentre.restitutions.lecture as lecture\n"
        "vraie = lecture.du_mois\n"
        "def du_mois(*suite):\n"
        "    print('je parle', flush=True)\n"
        "    return vraie(*suite)\n"
        "lecture.du_mois = du_mois\n",
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{RACINE}")
    assert fabriquer(entrepot_demo, SYNTHESE).startswith(b"%PDF")


def test_a_document_has_the_memory_that_it_is_given(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import infocentre.restitutions.lecture as lecture\n"
        "lecture.du_mois = lambda *_: bytearray(7 << 30)\n",
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{RACINE}")
    with pytest.raises(Refus, match="mémoire"):
        fabriquer(entrepot_demo, SYNTHESE)


@pytest.mark.parametrize("module", [epreuve, commande])
def test_a_refusal_is_never_raised_twice(module: object) -> None:
    """One exception raised by two threads mixes their tracebacks, and keeps what they hold."""
    partages = [nom for nom, valeur in vars(module).items() if isinstance(valeur, BaseException)]
    assert partages == []
