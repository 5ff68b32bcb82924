"""A right that is missing: to read or to write, and of which file or folder."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from infocentre.entrepot.dossier import refus_de_la_machine


@pytest.fixture
def fermer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Have the system refuse a path, and all that is under it, as it does to another account."""

    def faire(ferme: Path) -> None:
        vrai = os.access

        def dire(un: Path, mode: int) -> bool:
            sous = ferme in un.parents or (ferme == un and mode != os.F_OK)
            return not sous and vrai(un, mode)

        monkeypatch.setattr(os, "access", dire)

    return faire


def test_what_may_not_be_read_is_named_and_not_what_is_written(
    tmp_path: Path, fermer: Callable[[Path], None]
) -> None:
    livraison = tmp_path / "livraison"
    livraison.mkdir()
    fichier = livraison / "stock.csv"
    fichier.touch()
    erreur = PermissionError(errno.EACCES, "Permission denied", str(fichier))
    donnees = tmp_path / "donnees"
    fermer(livraison)
    refus = refus_de_la_machine(erreur, donnees)
    assert (refus.quoi, refus.ou) == ("le droit de le lire manque à ce compte", str(livraison))


def test_a_file_that_may_be_read_or_is_to_be_made_lacks_the_right_to_write(tmp_path: Path) -> None:
    (tmp_path / "la").touch()
    for nom in ("la", "a-faire"):
        erreur = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / nom))
        refus = refus_de_la_machine(erreur, tmp_path)
        assert (refus.quoi, refus.ou) == (
            "l'écriture a échoué : le droit d'y écrire manque",
            str(tmp_path),
        ), nom
